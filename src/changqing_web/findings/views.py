"""结论: every criterion asked twice; a row opens in place and has its own address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from markupsafe import Markup

from changqing.law.kit import Dimension
from changqing.report.answers import Answers
from changqing.report.counting import (
    count_verdicts,
    format_key,
    is_settled,
    rank_finding,
)
from changqing.report.model import FindingView, Tally, TermView
from changqing.report.words import DIMENSIONS, STANDINGS, VERDICTS
from changqing.text import Text
from changqing_web.case.charts import CasePage, make_case_page
from changqing_web.cases import load_report, make_case_context
from changqing_web.findings.mending import Mending, find_mending
from changqing_web.models import Role
from changqing_web.walls import Here, PageRoute

Mender = Callable[[FindingView], Mending]
_NAMES: Final = ("verdict", "dimension", "standing", "q")
_IN_FULL: Final = "all"
_PRINTS: Final = ("1", _IN_FULL)
SORTS: Final[Mapping[str, Text]] = {
    "urgency": Text(zh="轻重", en="urgency"),
    "dimension": Text(zh="维度", en="dimension"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """One comparison with both answers, and its drawing where it has one."""

    data: TermView
    label: str
    wanted: str
    drawing: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One finding as the table shows it."""

    key: str
    anchor: str
    data: FindingView
    answers: Answers
    opened: bool
    settled: bool = False
    terms: tuple[TermRow, ...] = ()
    aside: tuple[TermRow, ...] = ()
    mending: Mending | None = None

    @property
    def query(self) -> str:
        """What opens it, as the end of a query."""
        return urlencode({"open": self.key})

    @property
    def drawing_key(self) -> str | None:
        """By what its drawing is kept with the page; None of one that is open."""
        return None if self.opened else self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingGroup:
    """The findings of one dimension, with how many hold as claimed and as proven."""

    name: str
    rows: tuple[FindingRow, ...]
    tally: Tally


def show_findings(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the table, or one row of it where that is all that was asked for."""
    report = load_report(here)
    page = make_case_page(here, report)
    opened = request.GET.get("open", "")
    htmx = request.htmx  # type: ignore[attr-defined]
    if htmx and htmx.target and htmx.target in page.anchors.values():
        return _render_row(request, here, page, htmx.target, opened, htmx.current_url)
    printed = request.GET.get("print") in _PRINTS
    mend = _make_mender(here, printed=printed)
    fits = [
        finding
        for finding in page.findings
        if _matches_filters(finding, request, but="verdict")
    ]
    findings_shown = [
        finding
        for finding in fits
        if request.GET.get("verdict") in (None, "", finding.effective_verdict)
    ]
    if (
        opened
        and "@" not in opened
        and all(format_key(finding) != opened for finding in findings_shown)
    ):
        first = next((o for o in findings_shown if o.criterion == opened), None)
        opened = opened if first is None else format_key(first)
    in_full = request.GET.get("print") == _IN_FULL
    rows = [
        make_row(
            page,
            finding,
            opened=format_key(finding) == opened
            or (printed and (in_full or not is_settled(finding))),
            mend=mend,
        )
        for finding in findings_shown
    ]
    sort = request.GET.get("sort", next(iter(SORTS)))
    settled = [] if printed else [row for row in rows if row.settled]
    waiting = [row for row in rows if printed or not row.settled]
    template = "findings/print.html" if printed else "findings/findings.html"
    if htmx:
        template = "findings/list.html"
    return render(
        request,
        template,
        make_case_context(
            here,
            "findings",
            report=report,
            page=page,
            groups=group_findings(page, waiting, "dimension" if printed else sort),
            settled=group_findings(page, settled, "dimension"),
            settled_count=len(settled),
            unfolded=not waiting or any(row.opened for row in settled),
            shown=len(findings_shown),
            of=len(page.findings),
            verdicts=_count_tabs(fits),
            all_verdicts=len(fits),
            filters=_list_filters(request, page),
            narrowed=any(request.GET.get(name) for name in _NAMES),
            sort=sort if sort in SORTS else next(iter(SORTS)),
            sorts=SORTS.items(),
            errands=page.errands_by_name,
            conflicts=report.conflicts,
            printed=printed,
            in_full=in_full,
            **_begin_queries(request),
        ),
    )


def _begin_queries(request: HttpRequest) -> dict[str, str]:
    """The query that closes the open row, and the beginning of one that opens a row."""
    query_kept = request.GET.copy()
    for name in ("open", "lang"):
        query_kept.pop(name, None)
    query = urlencode([(n, v) for n, values in query_kept.lists() for v in values])
    return {"closing": f"?{query}", "way": f"?{query}&" if query else "?"}


def _render_row(
    request: HttpRequest,
    here: Here,
    page: CasePage,
    anchor: str,
    opened: str,
    before: str | None,
) -> HttpResponse:
    """The row that was clicked, and the one that it closes."""
    row_left = parse_qs(urlsplit(before or "").query).get("open", [""])[0]
    mend = _make_mender(here, printed=False)
    rows, closed = [], []
    for finding in page.findings:
        if page.make_anchor(finding) == anchor:
            rows.append(
                make_row(page, finding, opened=format_key(finding) == opened, mend=mend)
            )
        elif format_key(finding) == row_left:
            closed.append(make_row(page, finding, opened=False))
    more = {
        "page": page,
        "rows": rows,
        "closed": closed,
        "conflicts": page.report.conflicts,
        "errands": page.errands_by_name,
        **_begin_queries(request),
    }
    return render(
        request, "findings/_swap.html", make_case_context(here, "findings", **more)
    )


def _make_mender(here: Here, *, printed: bool) -> Mender | None:
    """What leads to mending a finding; nothing for paper, or who may not edit."""
    if printed or not here.may(Role.EDITOR):
        return None
    return lambda finding: find_mending(here, finding)


def make_row(
    page: CasePage, finding: FindingView, *, opened: bool, mend: Mender | None = None
) -> FindingRow:
    """Make a finding as the table shows it.

    What only the open row needs is made then.
    """
    terms = finding.terms if opened else ()
    return FindingRow(
        key=format_key(finding),
        anchor=page.make_anchor(finding),
        data=finding,
        answers=page.find_answers(finding),
        opened=opened,
        settled=is_settled(finding),
        terms=tuple(_make_term(page, finding, term) for term in terms if term.settles),
        aside=tuple(
            _make_term(page, finding, term) for term in terms if not term.settles
        ),
        mending=mend(finding) if opened and mend is not None else None,
    )


def _make_term(page: CasePage, finding: FindingView, term: TermView) -> TermRow:
    label, bound = page.say_comparison(term)
    return TermRow(
        data=term,
        label=label,
        wanted=bound,
        drawing=page.draw_threshold(finding, term),
    )


def group_findings(
    page: CasePage, rows: Sequence[FindingRow], sort: str
) -> list[FindingGroup]:
    """Group by dimension in its fixed order, or all in one by urgency."""
    ordered = sorted(rows, key=lambda row: rank_finding(row.data))
    if sort == "urgency":
        return [_make_group("", ordered)] if ordered else []
    return [
        _make_group(page.name("dimension", dimension), of)
        for dimension in Dimension
        if (of := [row for row in ordered if row.data.dimension is dimension])
    ]


def _make_group(name: str, rows: Sequence[FindingRow]) -> FindingGroup:
    tally = count_verdicts(row.data for row in rows)
    return FindingGroup(name=name, rows=tuple(rows), tally=tally)


def _matches_filters(
    finding: FindingView, request: HttpRequest, *, but: str = ""
) -> bool:
    for name in ("verdict", "dimension", "standing"):
        value_chosen = request.GET.get(name)
        if name != but and value_chosen and getattr(finding, name) != value_chosen:
            return False
    words = request.GET.get("q", "").strip().casefold()
    return not words or words in _join_words(finding)


def _join_words(finding: FindingView) -> str:
    """All that the search looks in: both titles, who, evidence, sources."""
    words = [finding.criterion, *finding.evidence]
    texts = [finding.title, finding.subject.label]
    for citation in finding.citations:
        texts.append(citation.instrument)
        words += [citation.number or "", citation.article or ""]
    words += [word for text in texts if text for word in (text.zh, text.en)]
    return "\n".join(words).casefold()


def _count_tabs(fits: Sequence[FindingView]) -> list[tuple[str, Text, int]]:
    tally = count_verdicts(fits)
    return [(code, name, tally.count(code)) for code, name in VERDICTS.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFilter:
    """A menu that narrows the list: the values that occur, and the one chosen."""

    code: str
    name: Text
    chosen: str
    choices: tuple[tuple[str, Text], ...]


def _list_filters(request: HttpRequest, page: CasePage) -> list[FindingFilter]:
    kinds = (
        ("dimension", Text(zh="维度", en="Dimension"), DIMENSIONS),
        ("standing", Text(zh="效力", en="Standing"), STANDINGS),
    )
    used = {
        kind: {getattr(finding, kind) for finding in page.findings}
        for kind, _, _ in kinds
    }
    return [
        FindingFilter(
            code=kind,
            name=name,
            chosen=request.GET.get(kind, ""),
            choices=tuple(
                (code, label) for code, label in words.items() if code in used[kind]
            ),
        )
        for kind, name, words in kinds
    ]


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/findings/",
        view=show_findings,
        name="findings",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
    ),
)
