"""记录: who did what to the case, and when."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from changqing_web.cases import context
from changqing_web.models import CaseEvent, Role
from changqing_web.walls import Here, Route


def events(request: HttpRequest, here: Here) -> HttpResponse:
    """The events of a case, newest first."""
    found = CaseEvent.objects.filter(workspace=here.workspace, case=here.row.folder)
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "events.html", context(here, "events", page=page))


ROUTES = (
    Route(
        path="w/<slug:workspace>/c/<str:case>/events/",
        view=events,
        name="events",
        least=Role.EDITOR,
    ),
)
