"""项目: the answer first, then what blocks, what to do next, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from markupsafe import Markup

from changqing.casework.upgrade import find_upgrade
from changqing.documents.one_page_pdf import FILE_NAMES, render_one_page_pdf
from changqing.report.build_one_page import build_one_page
from changqing.report.html import render_one_page
from changqing.report.model import GapView
from changqing.report.outlook_model import AvailabilityView, CadenceView, RunwayView
from changqing.text import Text
from changqing_web import jobs
from changqing_web.case.charts import CasePage, make_case_page
from changqing_web.cases import load_report, make_case_context
from changqing_web.downloads import make_download
from changqing_web.findings.mending import GapStep, find_gap_step
from changqing_web.index import catalogue
from changqing_web.language import page_language
from changqing_web.models import Job, Role
from changqing_web.papers.access import format_accesses, list_accesses
from changqing_web.papers.settling import count_waiting
from changqing_web.record import add_case_event
from changqing_web.review.marks import count_marks, list_current
from changqing_web.templatetags.changqing import glyph
from changqing_web.walls import Here, PageRoute

_NEXT_SHOWN: Final = 8
_CHANGES_SHOWN: Final = 6
_SEEN_SHOWN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """One part of the outlook: what it is about, the finding, what it rests on."""

    name: str
    of: str
    finding: str
    rests_on: tuple[str, ...]
    drawn: tuple[object, ...] = ()


def show_case(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the overview of a case."""
    report = load_report(here)
    page = make_case_page(here, report)
    errands = page.errands
    first = [errand for errand in errands if errand.required] or errands
    steps_shown = sorted(first, key=lambda errand: errand.start)[:_NEXT_SHOWN]
    return render(
        request,
        "case/case.html",
        make_case_context(
            here,
            "case",
            report=report,
            upgrade=find_upgrade(here.folder),
            waiting=count_waiting(here) if here.may(Role.EDITOR) else 0,
            first=report.first_sentence,
            page=page,
            one_page=render_one_page(page, draw=_draw_glyph),
            dimensions=[
                {"group": group, "drawing": page.draw_group(group)}
                for group in page.dimensions
            ],
            blocking=page.blocking,
            endurance=page.endurance,
            rows=[
                (kind, page.build_rows(kind)) for kind in ("commitments", "renewals")
            ],
            ahead=list_ahead(page),
            changes=report.outlook.recent_changes[-_CHANGES_SHOWN:][::-1],
            next_steps=steps_shown,
            more_steps=len(errands) - len(steps_shown),
            gap_groups=[
                (title, [(gap, _find_step(here, gap)) for gap in gaps])
                for title, gaps in page.gaps
            ],
            job=find_last_look(here),
            may_edit=here.may(Role.EDITOR),
            licences=[
                (code, licence.label)
                for code, licence in catalogue().licences.items()
                if code != here.row.board.licence
            ]
            if here.may(Role.EDITOR)
            else [],
            marks=count_marks(list_current(here)) if here.may(Role.EDITOR) else {},
            seen=format_accesses(list_accesses(here)[:_SEEN_SHOWN]),
        ),
    )


def _draw_glyph(code: str, size: int) -> Markup:
    return Markup("{}").format(glyph(code, size))


def download_one_page(request: HttpRequest, here: Here) -> HttpResponse:
    """Give the answer on one page of A4, to keep or print."""
    language = page_language()
    content = render_one_page_pdf(build_one_page(load_report(here)), language)
    name = f"{here.row.folder}-{FILE_NAMES.say(language)}"
    return make_download(content, name, "application/pdf")


def _find_step(here: Here, gap: GapView) -> GapStep | None:
    """What to do about a gap, for who may do it."""
    return find_gap_step(here, gap) if here.may(Role.EDITOR) else None


def list_ahead(page: CasePage) -> list[Ahead]:
    """List cadence and availability of each service, then the runway."""
    outlook = page.report.outlook
    parts = [
        _make_ahead(
            page,
            page.say_heading("cadence"),
            cadence,
            [] if cadence.unknown else page.build_chances(cadence),
        )
        for cadence in outlook.cadence
    ]
    parts += [
        _make_ahead(
            page,
            page.say_heading("availability"),
            availability,
            page.build_levels(availability),
        )
        for availability in outlook.availability
    ]
    parts.append(_make_ahead(page, page.say_heading("runway"), outlook.runway, []))
    return parts


def _make_ahead(
    page: CasePage,
    name: str,
    part: CadenceView | AvailabilityView | RunwayView,
    drawings: Sequence[object],
) -> Ahead:
    unknown = page.t("未知：没有观察记录。", "Unknown: nothing was observed.")
    finding, *further = map(page.say, part.words) if part.words else (unknown,)
    service = None if isinstance(part, RunwayView) else part.service
    return Ahead(
        name=name,
        of="" if service is None else page.say(service.label),
        finding=finding,
        rests_on=tuple(further),
        drawn=tuple(drawings),
    )


def find_last_look(here: Here) -> Job | None:
    """Find the last look that was asked for on the pages, under way or over."""
    return (
        Job.objects.filter(workspace=here.workspace, case=here.row.folder, kind="look")
        .select_related("workspace")
        .order_by("-pk")
        .first()
    )


def begin_look(request: HttpRequest, here: Here) -> HttpResponse:
    """Look at the site again, in the background."""
    before = find_last_look(here)
    job = jobs.begin_job(here, "look")
    if before is None or before.pk != job.pk:
        add_case_event(
            here,
            "look",
            Text(zh="要求再看一遍网站", en="asked for another look at the site"),
            job=job.pk,
        )
    return redirect("case", workspace=here.workspace.slug, case=here.row.folder)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/",
        view=show_case,
        name="case",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/answer.pdf",
        view=download_one_page,
        name="one_page",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/look/",
        view=begin_look,
        name="look",
        least=Role.EDITOR,
        methods=("POST",),
    ),
)
