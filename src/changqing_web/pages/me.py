"""账号: a person's own account, and the workspaces they are in."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from changqing_web.models import Membership
from changqing_web.walls import Route


def me(request: HttpRequest, user: User) -> HttpResponse:
    """Password, second factor, language, workspaces, sign out."""
    memberships = Membership.objects.filter(user=user).select_related("workspace")
    return render(request, "me.html", {"memberships": memberships})


ROUTES = (Route(path="me/", view=me, name="me"),)
