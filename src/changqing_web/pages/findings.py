"""结论: every criterion asked twice; a row opens in place and has its own address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from markupsafe import Markup

from changqing.report.answers import Answers
from changqing.report.reading import Reading
from changqing.report.words import DIMENSIONS, STANDINGS, VERDICTS
from changqing.text import Text
from changqing_web.cases import Json, context, document
from changqing_web.charts import CasePage, key_of, page_of
from changqing_web.mending import Mending, mending
from changqing_web.models import Role
from changqing_web.walls import Here, Route

Mender = Callable[[Reading], Mending]
_NAMES: Final = ("verdict", "dimension", "standing", "q")
_IN_FULL: Final = "all"
_PRINTS: Final = ("1", _IN_FULL)
_SETTLED: Final = ("met", "not_applicable")
"""Printed as one line each, unless all is printed in full."""
SORTS: Final[Mapping[str, Text]] = {
    "dimension": Text(zh="维度", en="dimension"),
    "urgency": Text(zh="轻重", en="urgency"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One comparison with both answers, and its drawing where it has one."""

    data: Mapping[str, object]
    label: str
    wanted: str
    drawing: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One finding as the table shows it."""

    key: str
    anchor: str
    data: Mapping[str, object]
    answers: Answers
    opened: bool
    terms: tuple[Term, ...] = ()
    aside: tuple[Term, ...] = ()
    mending: Mending | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The findings of one dimension, with how many hold as claimed and as proven."""

    name: str
    rows: tuple[Row, ...]
    claimed: int
    proven: int
    total: int


def findings(request: HttpRequest, here: Here) -> HttpResponse:
    """The table, or one row of it when that is all that was asked for."""
    found = document(here)
    page = page_of(here, found)
    opened = request.GET.get("open", "")
    asked = request.htmx  # type: ignore[attr-defined]
    if asked and asked.target and asked.target in page.anchors.values():
        return _one_row(request, here, page, asked.target, opened, asked.current_url)
    printed = request.GET.get("print") in _PRINTS
    mend = _mender(here, page, printed=printed)
    fits = [one for one in page.findings if _fits(one, request, but="verdict")]
    shown = [
        one for one in fits if request.GET.get("verdict") in (None, "", _verdict(one))
    ]
    if opened and "@" not in opened and all(key_of(one) != opened for one in shown):
        first = next((o for o in shown if o.code("criterion") == opened), None)
        opened = opened if first is None else key_of(first)
    in_full = request.GET.get("print") == _IN_FULL
    rows = [
        row_of(
            page,
            one,
            opened=key_of(one) == opened
            or (printed and (in_full or _verdict(one) not in _SETTLED)),
            mend=mend,
        )
        for one in shown
    ]
    sort = request.GET.get("sort", "dimension")
    more: dict[str, object] = {
        "document": found,
        "page": page,
        "groups": groups(page, rows, sort),
        "shown": len(shown),
        "of": len(page.findings),
        "verdicts": _tabs(fits),
        "all_verdicts": len(fits),
        "filters": _filters(request, page),
        "narrowed": any(request.GET.get(name) for name in _NAMES),
        "sort": sort if sort in SORTS else "dimension",
        "sorts": SORTS.items(),
        "errands": _errands(found),
        "conflicts": found["conflicts"],
        "printed": printed,
        "in_full": in_full,
    }
    template = "findings_print.html" if printed else "findings.html"
    if asked:
        template = "findings_list.html"
    return render(request, template, context(here, "findings", **more))


def _one_row(
    request: HttpRequest,
    here: Here,
    page: CasePage,
    anchor: str,
    opened: str,
    before: str | None,
) -> HttpResponse:
    """The row that was clicked, and the one that it closes."""
    left = parse_qs(urlsplit(before or "").query).get("open", [""])[0]
    mend = _mender(here, page, printed=False)
    rows, closed = [], []
    for one in page.findings:
        if page.anchor(one) == anchor:
            rows.append(row_of(page, one, opened=key_of(one) == opened, mend=mend))
        elif key_of(one) == left:
            closed.append(row_of(page, one, opened=False))
    more = {
        "page": page,
        "rows": rows,
        "closed": closed,
        "conflicts": page.read.data["conflicts"],
        "errands": _errands(page.read.data),
    }
    return render(request, "_findings_swap.html", context(here, "findings", **more))


def _mender(here: Here, page: CasePage, *, printed: bool) -> Mender | None:
    """What leads to mending a finding; nothing for paper, or who may not edit."""
    if printed or not here.may(Role.EDITOR):
        return None
    return lambda one: mending(here, page, one)


def row_of(
    page: CasePage, one: Reading, *, opened: bool, mend: Mender | None = None
) -> Row:
    """A finding as the table shows it; what only the open row needs is made then."""
    terms = one.parts("terms") if opened else ()
    return Row(
        key=key_of(one),
        anchor=page.anchor(one),
        data=one.data,
        answers=page.answers(one),
        opened=opened,
        terms=tuple(_term(page, one, term) for term in terms if page.settles(term)),
        aside=tuple(_term(page, one, term) for term in terms if not page.settles(term)),
        mending=mend(one) if opened and mend is not None else None,
    )


def _term(page: CasePage, one: Reading, term: Reading) -> Term:
    label, wanted = page.compared(term)
    return Term(
        data=term.data,
        label=label,
        wanted=wanted,
        drawing=page.threshold(one, term),
    )


def groups(page: CasePage, rows: Sequence[Row], sort: str) -> list[Group]:
    """By dimension in its fixed order, or all in one by urgency."""
    urgent = list(VERDICTS)
    ordered = sorted(rows, key=lambda row: urgent.index(str(row.data["verdict"])))
    if sort == "urgency":
        return [_group("", ordered)] if ordered else []
    names = dict.fromkeys([*DIMENSIONS, *(str(r.data["dimension"]) for r in ordered)])
    return [
        _group(page.name("dimension", code), of)
        for code in names
        if (of := [row for row in ordered if row.data["dimension"] == code])
    ]


def _group(name: str, rows: Sequence[Row]) -> Group:
    count = [row for row in rows if row.data["verdict"] != "not_applicable"]
    return Group(
        name=name,
        rows=tuple(rows),
        claimed=sum(row.data["claimed"] is True for row in count),
        proven=sum(row.data["proven"] is True for row in count),
        total=len(count),
    )


def _verdict(one: Reading) -> str:
    return one.code("verdict")


def _fits(one: Reading, request: HttpRequest, *, but: str = "") -> bool:
    for name in ("verdict", "dimension", "standing"):
        chosen = request.GET.get(name)
        if name != but and chosen and one.code(name) != chosen:
            return False
    words = request.GET.get("q", "").strip().casefold()
    return not words or words in _searched(one)


def _searched(one: Reading) -> str:
    """All that the search looks in: both titles, who, evidence, sources."""
    said: list[object] = [one.code("criterion"), *one.codes("evidence")]
    places = [one.data.get("title"), one.part("subject").data.get("label")]
    for citation in one.parts("citations"):
        places.append(citation.data.get("instrument"))
        said += [citation.code("number"), citation.code("article")]
    for text in places:
        said += text.values() if isinstance(text, Mapping) else []
    return "\n".join(str(each) for each in said).casefold()


def _tabs(fits: Sequence[Reading]) -> list[tuple[str, Text, int]]:
    seen = Counter(_verdict(one) for one in fits)
    return [(code, name, seen[code]) for code, name in VERDICTS.items()]


def _filters(request: HttpRequest, page: CasePage) -> list[Json]:
    kinds = (
        ("dimension", Text(zh="维度", en="Dimension"), DIMENSIONS),
        ("standing", Text(zh="效力", en="Standing"), STANDINGS),
    )
    used = {kind: {one.code(kind) for one in page.findings} for kind, _, _ in kinds}
    return [
        {
            "code": kind,
            "name": name,
            "chosen": request.GET.get(kind, ""),
            "choices": [
                (code, said) for code, said in words.items() if code in used[kind]
            ],
        }
        for kind, name, words in kinds
    ]


def _errands(found: Mapping[str, object]) -> dict[str, Json]:
    errands = found.get("errands")
    return {one["errand"]: one for one in errands} if isinstance(errands, list) else {}


ROUTES = (
    Route(
        path="w/<slug:workspace>/c/<str:case>/findings/",
        view=findings,
        name="findings",
        least=Role.REVIEWER,
        hidden_from=frozenset({Role.RESPONDENT}),
    ),
)
