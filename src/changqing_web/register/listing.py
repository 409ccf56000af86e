"""Companies of a run: all of them by name, or those whom a measured signal marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.http import urlencode

from changqing.evidence.model import GapReason
from changqing.law.kit import Dimension
from changqing.law.model import Verdict
from changqing.law.subjects import SUBJECTS
from changqing.screening.case_results import (
    CASE_COLUMNS,
    CasePart,
    CaseReason,
    CaseResults,
    list_cases,
    scan_cases,
)
from changqing.screening.lead_journal import ScreenSignal, find_journal
from changqing.screening.leads import select_companies
from changqing.screening.result_words import name_column, name_value
from changqing.screening.results import SENTENCE_NAMES, CaseGroup
from changqing.screening.screen import RUN_FILE
from changqing.screening.signals import (
    MeasuredSignal,
    find_measured,
    list_samples,
)
from changqing.text import Text, both
from changqing_web.register.runs import (
    RunStamp,
    ShownRun,
    find_catalogue,
    stamp_run,
)

if TYPE_CHECKING:
    import polars as pl

    Stamps = tuple[tuple[str, int, int], ...]

PAGE: Final = 50
_OTHER: Final = Text("其他", "Other")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCompanies:
    """Which companies of a run are asked for; `signal` None is all of them."""

    within: CaseGroup
    words: str
    signal: ScreenSignal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyLine:
    """A company in a list, and the address of what the run says of it."""

    case: str
    company: str
    url: str
    about: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    """Why a criterion is not met, in words."""

    code: str
    title: Text
    verdict: Verdict
    whose: Text
    not_proven: Text
    gaps: Text
    entries: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonGroup:
    """The criteria of one dimension that are not met."""

    name: Text
    lines: tuple[ReasonLine, ...]


def measure_signal(shown_run: ShownRun, signal: ScreenSignal) -> MeasuredSignal:
    """Find how often a signal was right; CaseError where a sample is damaged."""
    return _measure_signal(shown_run, signal, _stamp_samples(shown_run, signal))


def list_part(
    shown_run: ShownRun, query: AskedCompanies, *, start: int, most: int | None
) -> CasePart:
    """List a part of the companies that are asked for.

    Raises CaseError where the signal is not measured to be right often enough.
    """
    cases = (
        _collect_cases(shown_run, stamp_run(shown_run))
        if query.signal is None
        else _select_marked(
            shown_run, query.signal, _stamp_samples(shown_run, query.signal)
        )
    )
    return list_cases(
        cases.lazy(), within=query.within, words=query.words, start=start, most=most
    )


def list_page(
    shown_run: ShownRun, query: AskedCompanies, number: str | None, slug: str
) -> Page[CompanyLine]:
    """List one page of the companies that are asked for."""
    return Paginator(_Lines(shown_run, query, slug), PAGE).get_page(number)  # type: ignore[arg-type]


class _Lines:
    """What a pager counts and takes a part of: neither reads the rest."""

    def __init__(self, shown_run: ShownRun, query: AskedCompanies, slug: str) -> None:
        self._shown, self._asked, self._slug = shown_run, query, slug
        self._total = -1

    def count(self) -> int:
        """Count them."""
        if self._total < 0:
            part = list_part(self._shown, self._asked, start=0, most=1)
            self._total = part.total
        return self._total

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, places: slice) -> list[CompanyLine]:
        start = places.start or 0
        part = list_part(
            self._shown, self._asked, start=start, most=(places.stop or 0) - start
        )
        return [_make_line(self._shown, row, self._slug) for row in part.table.rows]


def list_reasons(results: CaseResults, shown_run: ShownRun) -> list[ReasonGroup]:
    """List why criteria are not met, by dimension."""
    run_law = find_catalogue(shown_run.run)
    groups: dict[Dimension | None, list[ReasonLine]] = {}
    for reason in results.reasons:
        criterion = run_law.criteria.get(reason.criterion)
        dimension = None if criterion is None else criterion.dimension
        groups.setdefault(dimension, []).append(_make_reason(reason, shown_run))
    return [
        ReasonGroup(
            name=_OTHER if dimension is None else dimension.text.capitalised,
            lines=tuple(groups[dimension]),
        )
        for dimension in (*Dimension, None)
        if dimension in groups
    ]


def list_about(results: CaseResults) -> list[tuple[Text, Text]]:
    """List whose a case is and what for, each with its name."""
    return [
        (name_column(name), name_value(name, value))
        for name, value in results.given.items()
        if name not in {"case", "company"}
    ]


def list_sentences(results: CaseResults) -> list[tuple[Text, str, Text]]:
    """List what the two sentences say: name, code and words of what is said."""
    return [
        (name_column(name), value, name_value(name, value))
        for name in SENTENCE_NAMES
        if (value := results.sentences[name]) is not None
    ]


def list_met(results: CaseResults) -> list[Text]:
    """List the titles of the criteria that are met."""
    return [name_value("criterion", name) for name in results.met]


def find_address(shown_run: ShownRun, slug: str, case: str) -> str:
    """Find the page of one company of a run."""
    place = reverse("register_company", args=[slug, shown_run.name])
    return f"{place}?{urlencode({'id': case})}"


def _make_line(shown_run: ShownRun, row: tuple[object, ...], slug: str) -> CompanyLine:
    cells: Mapping[str, object] = dict(zip(CASE_COLUMNS, row, strict=True))
    case = str(cells["case"])
    return CompanyLine(
        case=case,
        company=str(cells["company"] or case),
        url=find_address(shown_run, slug, case),
        about=tuple(
            name_value(name, cells[name])
            for name in CASE_COLUMNS
            if name not in {"case", "company"}
        ),
    )


def _make_reason(reason: CaseReason, shown_run: ShownRun) -> ReasonLine:
    facts = find_catalogue(shown_run.run).facts
    subject = SUBJECTS.get(reason.subject)
    name = both(reason.subject) if subject is None else subject.text
    return ReasonLine(
        code=reason.criterion,
        title=name_value("criterion", reason.criterion),
        verdict=reason.verdict,
        whose=name
        if reason.id in {"", "self"}
        else Text(f"{name.zh} {reason.id}", f"{name.en} {reason.id}"),
        not_proven=_join_names(
            facts[reason.subject, fact].label
            if (reason.subject, fact) in facts
            else both(fact)
            for fact in reason.not_proven
        ),
        gaps=_join_names(map(_name_gap, reason.gaps)),
        entries=" ".join(f"证{number:04d}" for number in reason.entries) or "–",
    )


def _join_names(names: Iterable[Text]) -> Text:
    listed = list(names)
    if not listed:
        return both("–")
    return Text(
        "、".join(name.zh for name in listed), ", ".join(name.en for name in listed)
    )


def _name_gap(code: str) -> Text:
    return GapReason(code).text if code in {*GapReason} else both(code)


def _stamp_samples(shown_run: ShownRun, signal: ScreenSignal) -> Stamps:
    """What a run and the samples of a signal are now: people fill them in meanwhile."""
    files = [shown_run.run.folder / RUN_FILE, *list_samples(shown_run.run, signal)]
    journal = find_journal(shown_run.run)  # a second look may have refuted a lead
    files += [journal] if journal.exists() else []
    return tuple(
        (path.name, (file_stat := path.stat()).st_mtime_ns, file_stat.st_size)
        for path in files
    )


@lru_cache(maxsize=64)
def _measure_signal(
    shown_run: ShownRun, signal: ScreenSignal, _stamps: Stamps
) -> MeasuredSignal:
    return find_measured(shown_run.run, signal, find_catalogue(shown_run.run))


@lru_cache(maxsize=2)
def _collect_cases(shown_run: ShownRun, _stamp: RunStamp) -> pl.DataFrame:
    """Collect whose the cases of a run are: 20 MB for 200,000."""
    return scan_cases(shown_run.run).collect()


@lru_cache(maxsize=2)
def _select_marked(
    shown_run: ShownRun, signal: ScreenSignal, _stamps: Stamps
) -> pl.DataFrame:
    """Select whom a signal marks; kept, since to find them reads every reason."""
    return select_companies(
        shown_run.run, signal, find_catalogue(shown_run.run)
    ).collect()
