"""读取: what was read in the papers, beside the page it stands on, to be settled.

Nothing that was read becomes the company's own word by itself: a person takes it, puts
it right or leaves it, one value at a time, or together those that check themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from changqing.case import edit
from changqing.casework.personal import is_personal
from changqing.errors import ChangqingError
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.readings import KeptReadings
from changqing.papers.accept import (
    take_back,
)
from changqing.papers.issuer_page import list_offered_checks
from changqing.papers.open import open_case
from changqing.papers.open_settlements import holds_key_point
from changqing.papers.settle import (
    ReadPaper,
    Settlement,
    SettlementState,
)
from changqing.readers.filetype import FileType, find_type
from changqing.readers.page_view import draw_page_apart
from changqing.text import Text
from changqing_web import jobs
from changqing_web.cases import find_key_path, load_report, make_case_context
from changqing_web.downloads import disarm_answer
from changqing_web.errors import list_issues
from changqing_web.facts import questions
from changqing_web.facts.fact_field import FactField
from changqing_web.facts.said import log_what_is_said
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import t
from changqing_web.models import Job, PaperAccess, Role
from changqing_web.papers.access import GivenPaper, note_access
from changqing_web.papers.page_places import (
    crop_around,
    find_box_on,
    find_page,
    list_lines,
    list_places,
)
from changqing_web.papers.reading_decisions import (
    keep_decisions,
    make_decisions,
    make_field,
    read_decision,
    record_decision,
)
from changqing_web.papers.settling import (
    CasePapers,
    ReadRow,
    SettleRow,
    list_bulk,
    load_papers,
    make_read_row,
    make_settle_row,
    name_paper,
)
from changqing_web.walls import Here, PageRoute

_DRAWN: Final = frozenset({FileType.PDF, FileType.PICTURE})


# The list


def show_reading(request: HttpRequest, here: Here) -> HttpResponse:
    """Show all papers: what is unread, and how much is left to settle in each."""
    if request.method == "POST":
        jobs.begin_job(here, "read")
        return HttpResponseRedirect(request.path, status=303)
    papers = load_papers(here)
    rows = [make_read_row(papers, about) for about in papers.read]
    first = next((about.paper.id for about, _ in papers.list_waiting()), None)
    return render(
        request,
        "papers/reading.html",
        make_case_context(
            here,
            "evidence",
            rows=sorted(rows, key=lambda row: (not row.conflicts, not row.left)),
            unread=[(paper, name_paper(paper)) for paper in papers.unread],
            left=papers.count_waiting(),
            first=first,
            questions=None if first or papers.unread else _count_questions(here),
            bulk=_list_rows(papers, rows, list_bulk),
            unasked=_list_rows(papers, rows, CasePapers.list_unasked),
            issuers=list_offered_checks(papers.case),
            job=find_last_job(here),
        ),
    )


def _count_questions(here: Here) -> int:
    """Count what only the applicant can answer, once the papers are settled."""
    case_data = edit.read(here.folder)
    return len(questions.list_fields_asked(catalogue(), case_data, load_report(here)))


def _list_rows(
    papers: CasePapers,
    rows: Sequence[ReadRow],
    choose: Callable[[CasePapers, ReadPaper], list[Settlement]],
) -> list[tuple[ReadRow, list[SettleRow]]]:
    """List the values that are chosen of each paper, papers without one left out."""
    return [
        (
            row,
            [
                make_settle_row(papers, row.about, settlement)
                for settlement in settlements
            ],
        )
        for row in rows
        if (settlements := choose(papers, row.about))
    ]


def find_last_job(here: Here) -> Job | None:
    """Find the reading that is under way, or that failed last."""
    job = (
        Job.objects.filter(workspace=here.workspace, case=here.row.folder, kind="read")
        .order_by("-pk")
        .first()
    )
    if job is None or job.state == Job.State.DONE:
        return None
    return job


def take_sure(request: HttpRequest, here: Here) -> HttpResponse:
    """Take together what checks itself, or what documents alone print.

    Those that the page showed, and no others.
    """
    papers, names = load_papers(here), set(request.POST.getlist("name"))
    taken_count = 0
    try:
        for about in papers.read:
            settlements = [
                settlement
                for settlement in (
                    *list_bulk(papers, about),
                    *papers.list_unasked(about),
                )
                if settlement.name in names
            ]
            if settlements:
                decisions = [
                    decision
                    for settlement in settlements
                    for decision in make_decisions(about, settlement)
                ]
                keep_decisions(here, papers.case, about, decisions)
                papers = load_papers(here)
                taken_count += len(settlements)
        log_what_is_said(here)
    except ChangqingError as error:
        _tell_wrong(request, error)
    messages.success(
        request, t(f"采用了{taken_count}个值。", f"{taken_count} values taken.")
    )
    refresh_case(here.workspace, here.row.folder)
    return HttpResponseRedirect(_find_address(here), status=303)


def _find_address(
    here: Here, paper: str | None = None, at: str = "", *, is_shown: bool = False
) -> str:
    """Where a value is settled; `is_shown`: a paper about a person stays unmasked."""
    case = [here.workspace.slug, here.row.folder]
    if paper is None:
        return reverse("reading", args=case)
    address = reverse("reading_paper", args=[*case, paper])
    unmasked = "&show=1" if is_shown else ""
    return f"{address}?at={quote(at)}{unmasked}#at" if at else address


# One paper


def show_read_paper(request: HttpRequest, here: Here, paper: str) -> HttpResponse:
    """Show the page on one side with the place lit, the values on the other."""
    papers = load_papers(here)
    if any(unread.id == paper for unread in papers.unread):
        return HttpResponseRedirect(_find_address(here), status=303)
    about = papers.find(paper)
    if request.method == "POST":
        return _take_decision(request, here, papers, about)
    return _render_paper(request, here, papers, about, request.GET.get("at", ""))


def _render_paper(
    request: HttpRequest,
    here: Here,
    papers: CasePapers,
    about: ReadPaper,
    at: str,
    *,
    field: FactField | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render a paper with its values, those to settle first and one of them lit."""
    unsettled = papers.list_left(about)
    others = [
        settlement
        for settlement in about.settlements
        if settlement not in unsettled
        and (settlement.follows is None or settlement.state is SettlementState.SETTLED)
    ]
    listed = [*unsettled, *others]
    lit = next((settlement for settlement in listed if settlement.name == at), None)
    if lit is None and listed:
        lit = listed[0]
    page = find_page(about.reading, lit, request.GET.get("page", ""))
    is_drawn = _is_drawn(papers, about)
    personal = is_personal(catalogue(), about.paper.kind)
    show_asked = request.GET.get("show") or request.POST.get("show")
    is_shown = not personal or show_asked == "1"
    looks = papers.list_looks(about)
    # One look settles several values, so that nobody takes them of a masked page: there
    # a key point stands alone.
    on_page = _find_plain(looks, page.number) if page else []
    together = on_page if is_shown else []
    alone = lit is None or request.GET.get("alone") == "1" or field is not None
    at_once = _find_with(looks, lit) if is_shown and not alone else []
    if field is None and lit is not None:
        field = make_field(lit)
    return render(
        request,
        "papers/reading_paper.html",
        make_case_context(
            here,
            "evidence",
            row=make_read_row(papers, about),
            paper=about.paper,
            label=name_paper(about.paper),
            rows=[
                make_settle_row(papers, about, settlement, lit=settlement is lit)
                for settlement in unsettled
            ],
            together=[
                make_settle_row(papers, about, settlement) for settlement in together
            ]
            if len(together) > 1
            else [],
            masked_values=0 if is_shown else len(on_page),
            settled=[
                make_settle_row(papers, about, settlement, lit=settlement is lit)
                for settlement in others
            ],
            lit=None if lit is None else make_settle_row(papers, about, lit, lit=True),
            one=field,
            page=page,
            pages=[paper_page.number for paper_page in about.reading.pages],
            box=None if lit is None or page is None else find_box_on(lit, page),
            at_once=[
                (
                    make_settle_row(papers, about, settlement),
                    # The same words are cut out once.
                    None
                    if page is None
                    or settlement.box in [e.box for e in at_once[:number]]
                    else crop_around(settlement, page),
                )
                for number, settlement in enumerate(at_once)
            ],
            beside=[]
            if page is None
            else [
                box
                for settlement in at_once or (together if len(together) > 1 else [])
                if (box := find_box_on(settlement, page))
            ],
            crop=None if lit is None or page is None else crop_around(lit, page),
            places=list_places(page) if page is not None and is_shown else [],
            lines=list_lines(page, lit) if page is not None and is_shown else [],
            drawn=is_drawn,
            personal=personal,
            shown=is_shown,
            may_settle=is_shown or not is_drawn,
        ),
        status=status,
    )


def _is_drawn(papers: CasePapers, about: ReadPaper) -> bool:
    """Whether its pages are shown as pictures, and not by their words alone."""
    path = about.paper.file.path
    return find_type(papers.case.read_file(path), path) in _DRAWN


def _find_plain(looks: Iterable[list[Settlement]], page: int) -> list[Settlement]:
    """Find the plain values of a page, which one look settles together."""
    for look in looks:
        if look[0].is_plain and look[0].page == page and not holds_key_point(look):
            return look
    return []


def _find_with(
    looks: Iterable[list[Settlement]], lit: Settlement | None
) -> list[Settlement]:
    """Find a key point, and what is settled with it by one look at its place."""
    for look in looks:
        if len(look) > 1 and holds_key_point(look) and lit in look:
            return look
    return []


# Settling


def _take_decision(
    request: HttpRequest, here: Here, papers: CasePapers, about: ReadPaper
) -> HttpResponse:
    name, step = request.POST.get("name", ""), request.POST.get("do", "")
    if step == "page":
        return _take_page(request, here, papers, about)
    order = [settlement.name for settlement in papers.list_left(about)]
    settlement = next((e for e in about.settlements if e.name == name), None)
    if settlement is None or step not in {"accept", "edit", "reject", "undo"}:
        raise Http404
    is_shown = request.POST.get("show") == "1"
    if (
        step in {"accept", "edit"}
        and not is_shown
        and is_personal(catalogue(), about.paper.kind)
        and _is_drawn(papers, about)
    ):
        messages.error(request, t(_UNSEEN.zh, _UNSEEN.en))
        again = _find_address(here, about.paper.id, name)
        return HttpResponseRedirect(again, status=303)
    try:
        if step == "undo":
            take_back(
                papers.case,
                about.paper,
                settlement.subject,
                settlement.fact,
                by=here.name,
                key=find_key_path(),
                now=timezone.now(),
            )
        else:
            decided = read_decision(request, about, settlement, step)
            if isinstance(decided, FactField):
                at = settlement.name
                return _render_paper(
                    request, here, papers, about, at, field=decided, status=422
                )
            keep_decisions(here, papers.case, about, decided)
        log_what_is_said(here)
    except ChangqingError as error:
        _tell_wrong(request, error)
        again = _find_address(here, about.paper.id, name, is_shown=is_shown)
        return HttpResponseRedirect(again, status=303)
    record_decision(here, about, settlement, step)
    refresh_case(here.workspace, here.row.folder)
    following = _find_next(here, papers, about, order, [name], is_shown=is_shown)
    return HttpResponseRedirect(following, status=303)


def _take_page(
    request: HttpRequest, here: Here, papers: CasePapers, about: ReadPaper
) -> HttpResponse:
    """Take the values that were shown together for one look, and no others."""
    names = set(request.POST.getlist("together"))
    is_shown = request.POST.get("show") == "1"
    if is_personal(catalogue(), about.paper.kind) and not is_shown:
        raise Http404  # a masked page offers nothing to take by a look at it
    unsettled = papers.list_left(about)
    offered = sorted(
        (
            look
            for look in papers.list_looks(about)
            if len(look) > 1 or not holds_key_point(look)
        ),
        key=holds_key_point,
    )
    settlements = next(
        (
            there
            for look in offered
            if (
                there := [settlement for settlement in look if settlement.name in names]
            )
        ),
        [],
    )
    if not settlements:
        messages.error(request, t(_CHANGED.zh, _CHANGED.en))
        return HttpResponseRedirect(_find_address(here, about.paper.id), status=303)
    try:
        decisions = [
            decision
            for settlement in settlements
            for decision in make_decisions(about, settlement)
        ]
        keep_decisions(here, papers.case, about, decisions)
        log_what_is_said(here)
    except ChangqingError as error:
        _tell_wrong(request, error)
        again = _find_address(
            here, about.paper.id, settlements[0].name, is_shown=is_shown
        )
        return HttpResponseRedirect(again, status=303)
    for settlement in settlements:
        record_decision(here, about, settlement, "accept")
    refresh_case(here.workspace, here.row.folder)
    order, names_taken = (
        [settlement.name for settlement in unsettled],
        [settlement.name for settlement in settlements],
    )
    following = _find_next(here, papers, about, order, names_taken, is_shown=is_shown)
    return HttpResponseRedirect(following, status=303)


_UNSEEN: Final = Text(
    zh="先查看原件，看过再采用", en="Show the paper first, and take it once seen"
)
_CHANGED: Final = Text(
    zh="这一页的值刚才已有变动，请再看一遍",
    en="The values of this page have changed meanwhile; please look again",
)


def _tell_wrong(request: HttpRequest, error: ChangqingError) -> None:
    for line in list_issues(error):
        messages.error(request, line)


def _find_next(
    here: Here,
    papers: CasePapers,
    about: ReadPaper,
    order: Sequence[str],
    names_done: Sequence[str],
    *,
    is_shown: bool,
) -> str:
    """Where the next value is settled: in this paper, in the next one, or the list.

    `order` is what was left of the paper before the values `names_done` were settled.
    """
    at = max((order.index(name) for name in names_done if name in order), default=-1)
    following = [
        name for name in (*order[at + 1 :], *order[: at + 1]) if name not in names_done
    ]
    if following:
        return _find_address(here, about.paper.id, following[0], is_shown=is_shown)
    other = next((e for e, _ in papers.list_waiting() if e is not about), None)
    if other is None:
        return _find_address(here)
    return _find_address(here, other.paper.id, papers.list_left(other)[0].name)


# The picture


def show_page_picture(
    request: HttpRequest, here: Here, paper: str, number: int
) -> HttpResponse:
    """Draw a page of a paper, upright; to see one about a person is audited."""
    case = open_case(here.folder, catalogue())
    about = next(
        (listed_paper for listed_paper in case.papers if listed_paper.id == paper), None
    )
    if about is None:
        raise Http404
    readings = KeptReadings(Evidence(here.folder))
    content = case.read_file(about.file.path)
    digest = hashlib.sha256(content).hexdigest()
    if digest != about.file.digest or digest not in readings:
        raise Http404
    page = next(
        (
            paper_page
            for paper_page in readings[digest].pages
            if paper_page.number == number
        ),
        None,
    )
    if page is None:
        raise Http404
    if is_personal(catalogue(), about.kind):
        given_paper = GivenPaper(paper=paper, kind=about.kind, digest=digest)
        note_access(here, PaperAccess.Way.VIEW, [given_paper])
    name = PurePosixPath(about.file.path).name
    picture = draw_page_apart(content, name, number=number, turned=page.turned)
    if picture is None:
        raise Http404
    answer = HttpResponse(picture, content_type="image/png")
    disarm_answer(answer)
    return answer


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/reading/",
        view=show_reading,
        name="reading",
        least=Role.EDITOR,
        methods=("GET", "POST"),
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/reading/sure/",
        view=take_sure,
        name="reading_sure",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/reading/<slug:paper>/",
        view=show_read_paper,
        name="reading_paper",
        least=Role.EDITOR,
        methods=("GET", "POST"),
        sample={"paper": "business_licence"},
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/reading/<slug:paper>/page-<int:number>.png",
        view=show_page_picture,
        name="reading_picture",
        least=Role.EDITOR,
        sample={"paper": "business_licence", "number": 1},
    ),
)
