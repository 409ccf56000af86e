"""The page of the one box."""

from __future__ import annotations

from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from changqing_web.finding.found import (
    count_untold,
    find_everything,
    find_exact,
    is_question_of_lack,
    say_where,
)
from changqing_web.finding.lacking import list_open_in, list_wanting, make_line
from changqing_web.index import catalogue
from changqing_web.models import Role
from changqing_web.walls import Here, PageRoute

_LONGEST: Final = 200
_PAGE: Final = 50


def search_workspace(request: HttpRequest, here: Here) -> HttpResponse:
    """Find cases, what the open case holds, and pages of the guide.

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
        "untold": count_untold(here) if is_question_of_lack(words) else 0,
        "board_url": f"{reverse('board', args=[slug])}?{urlencode({'q': words})}",
        "guide_url": f"{reverse('guide')}?{urlencode({'q': words})}",
    }
    return render(request, "finding/found.html", more)


def show_lacking(request: HttpRequest, here: Here) -> HttpResponse:
    """List the cases in which a finding is open, or that still need a paper."""
    criterion, kind = request.GET.get("finding", ""), request.GET.get("paper", "")
    law = catalogue()
    if criterion in law.criteria:
        title, number = law.criteria[criterion].title, request.GET.get("page")
        page: Page[Any] = Paginator(list_open_in(here, criterion), _PAGE).get_page(
            number
        )
    elif kind in law.materials:
        title, number = law.materials[kind].label, request.GET.get("page")
        page = Paginator(list_wanting(here, kind), _PAGE).get_page(number)
    else:
        raise Http404
    more = {
        "section": "find",
        "title": title,
        "paper": kind if not criterion else "",
        "page": page,
        "lines": [make_line(row) for row in page.object_list],
        "untold": count_untold(here),
    }
    return render(request, "finding/lacking.html", more)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/find/",
        view=search_workspace,
        name="find",
        least=Role.EDITOR,
    ),
    PageRoute(
        path="w/<slug:workspace>/find/lacking/",
        view=show_lacking,
        name="lacking",
        least=Role.EDITOR,
    ),
)
