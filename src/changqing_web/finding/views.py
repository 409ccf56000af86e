"""The page of the one box."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from changqing_web.finding.found import find_everything, find_exact, say_where
from changqing_web.models import Role
from changqing_web.walls import Here, PageRoute

_LONGEST: Final = 200


def find(request: HttpRequest, here: Here) -> HttpResponse:
    """Find projects, what the open project holds, and pages of the guide.

    The very name, credit code or folder of a case leads straight to it.
    """
    words = " ".join(request.GET.get("q", "").split())[:_LONGEST]
    slug = here.workspace.slug
    if not words:
        return redirect("board", workspace=slug)
    exact = find_exact(here, words)
    if exact is not None:
        return redirect("case", workspace=slug, case=exact.folder)
    folder = request.GET.get("case", "")
    case = here.workspace.cases.filter(folder=folder).first() if folder else None
    more = {
        "section": "find",
        "words": words,
        "groups": find_everything(here, case, words),
        "where": say_where(case),
        "board_url": f"{reverse('board', args=[slug])}?{urlencode({'q': words})}",
        "guide_url": f"{reverse('guide')}?{urlencode({'q': words})}",
    }
    return render(request, "finding/found.html", more)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/find/", view=find, name="find", least=Role.EDITOR
    ),
)
