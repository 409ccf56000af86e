"""What a run says in figures: every count comes from `changqing.screening.results`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from changqing.law.kit import Dimension
from changqing.law.model import Verdict
from changqing.screening.result_words import SENTENCE_WORDS, name_column, name_value
from changqing.screening.results import (
    CERTAIN,
    SENTENCE_NAMES,
    Asked,
    CaseGroup,
    ResultTable,
    count_dimensions,
    count_sentences,
    count_verdicts,
)
from changqing.screening.screen import ScreenRun
from changqing.text import Text, both
from changqing.watch.model import Lapse
from changqing_web.index import catalogue
from changqing_web.register.runs import (
    RunStamp,
    ShownRun,
    find_catalogue,
    stamp_run,
)

LAPSE_CRITERIA: Final[Mapping[Lapse, str]] = {
    Lapse.STOPPED_ANSWERING: "service_reachable",
    Lapse.STOPPED_PUBLISHING: "published_recently",
    Lapse.NO_REDRESS: "complaint_channel_open",
}
"""By which criterion a run tells each of the three lapses."""
MARKED: Final = tuple(
    verdict
    for verdict in Verdict
    if verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
)
_SILENT: Final = both("")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkCount:
    """How many cases a criterion marks with a verdict."""

    verdict: Verdict
    cases: int
    criterion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRow:
    """A line of counts: what is counted, and the cases by each of `MARKED`.

    `dimension` is its code where the line is one of a dimension.
    """

    code: str
    name: Text
    marks: tuple[MarkCount, ...]
    about: Text = _SILENT
    dimension: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRow:
    """A province or a licence: its cases, and what is certain of the three lapses."""

    code: str
    name: Text
    cases: int
    lapses: tuple[tuple[Text, tuple[MarkCount, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceRow:
    """One sentence, and how many cases it says each thing of."""

    code: str
    name: Text
    states: tuple[tuple[str, Text, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOverview:
    """The figures of a run, or of those of its cases that are chosen."""

    cases: int
    sentences: tuple[SentenceRow, ...]
    lapses: tuple[MarkRow, ...]
    dimensions: tuple[MarkRow, ...]
    criteria: tuple[MarkRow, ...]
    regions: tuple[GroupRow, ...]
    licences: tuple[GroupRow, ...]


def make_overview(shown_run: ShownRun, within: CaseGroup) -> RunOverview:
    """Count a run; what was counted once stays in memory, since a run never changes."""
    return _make_overview(shown_run, within, stamp_run(shown_run))


@lru_cache(maxsize=128)
def _make_overview(
    shown_run: ShownRun, within: CaseGroup, _stamp: RunStamp
) -> RunOverview:
    run, run_law = shown_run.run, find_catalogue(shown_run.run)
    sentences = count_sentences(run, None, within)
    verdicts = count_verdicts(run, Asked(within=within), run_law)
    marks = _count_by_verdict(verdicts, "criterion")
    criteria = [
        MarkRow(
            code=code,
            name=name_value("criterion", code),
            marks=_count_marks(by_verdict, code),
            about=run_law.criteria[code].dimension.text
            if code in run_law.criteria
            else _SILENT,
        )
        for code, by_verdict in marks.items()
    ]
    criteria.sort(key=lambda row: _weigh_marks(row.marks), reverse=True)
    dimensions = _count_by_verdict(count_dimensions(run, run_law, within), "dimension")
    return RunOverview(
        cases=_add_cases(sentences),
        sentences=tuple(_count_states(sentences)),
        lapses=tuple(
            MarkRow(
                code=criterion,
                name=lapse.text,
                marks=_count_marks(marks.get(criterion, {}), criterion),
                about=name_value("criterion", criterion),
            )
            for lapse, criterion in LAPSE_CRITERIA.items()
        ),
        dimensions=tuple(
            MarkRow(
                code=dimension.value,
                name=dimension.text,
                marks=_count_marks(dimensions.get(dimension.value, {}), ""),
                dimension=dimension.value,
            )
            for dimension in Dimension
        ),
        criteria=tuple(criteria),
        regions=tuple(_count_groups(run, "region", within)),
        licences=tuple(_count_groups(run, "licence", within)),
    )


def _count_states(table: ResultTable) -> Iterable[SentenceRow]:
    """What each sentence says; None is of cases that it is not said of."""
    for name in SENTENCE_NAMES:
        counts = _count_by(table, name)
        states = tuple(
            (state.value, state.text, counts.get(state.value, 0))
            for state in SENTENCE_WORDS[name]
        )
        if any(count for _, _, count in states):
            yield SentenceRow(code=name, name=name_column(name), states=states)


def _count_groups(run: ScreenRun, by: str, within: CaseGroup) -> Iterable[GroupRow]:
    run_law = find_catalogue(run)
    cases = _count_by(count_sentences(run, by, within), by)
    counts_by_group: dict[object, dict[str, dict[str, int]]] = {}
    for row in _name_rows(count_verdicts(run, Asked(by=by, within=within), run_law)):
        of_criterion = counts_by_group.setdefault(row[by], {}).setdefault(
            str(row["criterion"]), {}
        )
        of_criterion[str(row["verdict"])] = read_count(row["cases"])
    for code, count in sorted(
        cases.items(), key=lambda counted: (-counted[1], str(counted[0]))
    ):
        marks = counts_by_group.get(code, {})
        yield GroupRow(
            code=str(code),
            name=_name_group(by, code),
            cases=count,
            lapses=tuple(
                (
                    lapse.text,
                    tuple(
                        mark
                        for mark in _count_marks(marks.get(criterion, {}), criterion)
                        if mark.verdict in CERTAIN and mark.cases
                    ),
                )
                for lapse, criterion in LAPSE_CRITERIA.items()
            ),
        )


def _name_group(by: str, code: object) -> Text:
    """A province by its name, a licence by its code and its name."""
    licence = catalogue().licences.get(str(code)) if by == "licence" else None
    if licence is None:
        return name_value(by, code)
    return Text(f"{code} {licence.label.zh}", f"{code} {licence.label.en}")


def _count_by_verdict(table: ResultTable, key: str) -> dict[str, dict[str, int]]:
    """Cases by criterion or dimension, then by verdict."""
    counts: dict[str, dict[str, int]] = {}
    for row in _name_rows(table):
        of_key = counts.setdefault(str(row[key]), {})
        of_key[str(row["verdict"])] = read_count(row["cases"])
    return counts


def _count_marks(
    by_verdict: Mapping[str, int], criterion: str
) -> tuple[MarkCount, ...]:
    return tuple(
        MarkCount(
            verdict=verdict, cases=by_verdict.get(verdict.value, 0), criterion=criterion
        )
        for verdict in MARKED
    )


def _weigh_marks(marks: Iterable[MarkCount]) -> tuple[int, int]:
    """What is certain first, then what lacks proof."""
    certain = lacking = 0
    for mark in marks:
        if mark.verdict in CERTAIN:
            certain += mark.cases
        else:
            lacking += mark.cases
    return certain, lacking


def _count_by(table: ResultTable, column: str) -> dict[object, int]:
    counts: dict[object, int] = {}
    for row in _name_rows(table):
        value = row[column]
        counts[value] = counts.get(value, 0) + read_count(row["cases"])
    return counts


def _add_cases(table: ResultTable) -> int:
    return sum(read_count(row["cases"]) for row in _name_rows(table))


def _name_rows(table: ResultTable) -> Iterable[Mapping[str, object]]:
    return (dict(zip(table.columns, row, strict=True)) for row in table.rows)


def read_count(value: object) -> int:
    """Read a count of a table. TypeError where it is none."""
    if not isinstance(value, int):
        raise TypeError(value)
    return value
