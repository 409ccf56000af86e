"""个人材料: who saw the papers about persons, and on which day they are deleted."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from changqing.case.edit import StaleError
from changqing.case.values import NotAValueError, parse_date
from changqing.casework.erased import read_erasures
from changqing.casework.personal import NOT_REACHED, REACHED, find_personal
from changqing.errors import ChangqingError
from changqing.text import Text
from changqing_web.cases import make_case_context
from changqing_web.errors import RETRY_CHANGED, list_issues
from changqing_web.facts.fact_field import say_mistake
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.papers.access import format_accesses, list_accesses
from changqing_web.papers.erasing import find_last_failure, set_day
from changqing_web.walls import Here, PageRoute

_PAGE: Final = 50


def show_personal_papers(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the papers about persons: who saw them, when they go, what went."""
    return _render_page(request, here)


def _render_page(
    request: HttpRequest,
    here: Here,
    *,
    errors: list[str] | None = None,
    typed: str | None = None,
    status: int = 200,
) -> HttpResponse:
    materials = catalogue().materials
    trouble = list(errors or ())
    papers, erasures = [], []
    try:
        papers = [
            (paper, materials[paper.kind].label, reason.text)
            for paper in find_personal(catalogue(), here.folder)
            if (reason := materials[paper.kind].personal) is not None
        ]
        erasures = [
            (
                erasure,
                materials[erasure.kind].label
                if erasure.kind in materials
                else Text("", ""),
            )
            for erasure in reversed(read_erasures(here.folder))
        ]
    except ChangqingError as error:
        trouble += list_issues(error)
    page = Paginator(list_accesses(here), _PAGE).get_page(request.GET.get("page"))
    section = "answers" if here.role is Role.RESPONDENT else "evidence"
    return render(
        request,
        "papers/personal.html",
        make_case_context(
            here,
            section,
            papers=papers,
            erasures=erasures,
            page=page,
            lines=format_accesses(page.object_list),
            day=here.row.board.delete_personal_on,
            typed=typed,
            failure=find_last_failure(here),
            before=settings.DELETION_NOTICE_DAYS,
            reached=REACHED,
            not_reached=NOT_REACHED,
            may_set=here.may(Role.OWNER),
            may_open=here.may(Role.EDITOR),
            errors=trouble,
        ),
        status=status,
    )


def set_deletion(request: HttpRequest, here: Here) -> HttpResponse:
    """Set the day on which the papers about persons are deleted, or none."""
    typed = request.POST.get("day", "").strip()
    try:
        day = read_day(typed)
        changed = set_day(here, day)
    except NotAValueError as error:
        error_lines = [say_mistake(error).say(page_language())]
        return _render_page(request, here, errors=error_lines, typed=typed, status=422)
    except StaleError:
        error_lines = [RETRY_CHANGED.say(page_language())]
        return _render_page(request, here, errors=error_lines, typed=typed, status=409)
    except ChangqingError as error:
        return _render_page(
            request, here, errors=list_issues(error), typed=typed, status=422
        )
    if changed and day is not None:
        messages.success(
            request,
            t(f"个人材料将在{day}删除。", f"Papers about persons go on {day}."),
        )
    elif changed:
        messages.success(request, t("不再定删除日。", "No day of deletion any more."))
    address = reverse("personal", args=[here.workspace.slug, here.row.folder])
    return HttpResponseRedirect(address, status=303)


def read_day(typed: str) -> date | None:
    """Read the day that was typed; None for an empty field.

    NotAValueError for no day.
    """
    return parse_date(typed) if typed else None


def show_accesses(request: HttpRequest, here: Here) -> HttpResponse:
    """Show who saw papers about persons, over all cases of the workspace."""
    every = list_accesses(here)
    who = request.GET.get("who", "")
    case = request.GET.get("case", "")
    selected = every.filter(actor=who) if who else every
    selected = selected.filter(case=case) if case else selected
    page = Paginator(selected, _PAGE).get_page(request.GET.get("page"))
    names = dict(here.workspace.cases.values_list("folder", "name"))
    return render(
        request,
        "papers/accesses.html",
        {
            "section": "members",
            "page": page,
            "lines": [
                (line, names.get(line.access.case, line.access.case))
                for line in format_accesses(page.object_list)
            ],
            "actors": every.order_by("actor")
            .values_list("actor", flat=True)
            .distinct(),
            "chosen": {"who": who, "case": case},
        },
    )


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/personal/",
        view=show_personal_papers,
        name="personal",
        least=Role.RESPONDENT,
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/personal/day/",
        view=set_deletion,
        name="personal_day",
        least=Role.OWNER,
        methods=("POST",),
    ),
    PageRoute(
        path="w/<slug:workspace>/accesses/",
        view=show_accesses,
        name="accesses",
        least=Role.OWNER,
    ),
)
