"""指南: licences, papers, procedures and questions, each citable by its address."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from changqing_web.index import catalogue
from changqing_web.walls import Route


def guide(request: HttpRequest, user: User) -> HttpResponse:
    """All there is to read, and a search over it."""
    return render(
        request, "guide.html", {"section": "guide", "licences": catalogue().licences}
    )


ROUTES = (Route(path="guide/", view=guide, name="guide"),)
