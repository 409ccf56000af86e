"""案件: the answer first, then what blocks, what to do next, and what it rests on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from changqing_web.cases import context, document
from changqing_web.models import Role
from changqing_web.walls import Here, Route


def case(request: HttpRequest, here: Here) -> HttpResponse:
    """The overview of a case."""
    return render(request, "case.html", context(here, "case", document=document(here)))


ROUTES = (
    Route(
        path="w/<slug:workspace>/c/<str:case>/",
        view=case,
        name="case",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
    ),
)
