"""How many months the steps of a dated plan cover, where each says from when till when.

A step without its first or its last day may end anywhere, and a month that no step
covers is no month of the plan: then nothing is said, and a person reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from changqing.calendar import count_whole_months
from changqing.evidence.parse import end_of_month, find_days, find_months
from changqing.law.kinds.material import FoundBy
from changqing.readers.flow import Flow, fold_signs
from changqing.readers.grid import CellText, PaperTable, TableRow
from changqing.readers.layout import Quote
from changqing.readers.phrases import Prose
from changqing.readers.proposal import ProposedFact, UnclearFact
from changqing.readers.signing_lines import is_signing_row
from changqing.readers.whole_columns import WholeColumns
from changqing.text import Text

STEP_COLUMN: Final = "step"
"""The column with what is done in a step, as `columns` of a material names it."""
END_COLUMN: Final = "step_end"
"""The column with the last day of a step, named there as well."""
_TILL: Final = r"(?:[-—–~～]{1,2}|至|到|起至)"
_JOINED: Final = rf"\s{{0,9}}{_TILL}\s{{0,9}}"
MONTH_TO_MONTH: Final = re.compile(
    rf"(?P<y>20\d{{2}})\s*年\s*(?P<a>\d{{1,2}})\s{{0,9}}月?{_JOINED}(?P<b>\d{{1,2}})\s*月"
)
QUARTER: Final = re.compile(
    r"(?P<y>20\d{2})\s{0,9}年?\s{0,9}第?(?P<q>[一二三四1234])\s*季度"
)
# Nothing is tried twice: a paper may be full of blanks and dashes.
_WHOLE: Final = re.compile(r"(?:\s|份|全月|整月)*+")
_BETWEEN: Final = re.compile(rf"{_WHOLE.pattern}(?:{_TILL}{_WHOLE.pattern})?")
_QUARTERS: Final = "一二三四1234"

_WHOLE_YEAR: Final = re.compile(r"\s*(20\d{2})年全年\s*")
_LEAST_STEPS: Final = 2
_YEAR: Final = re.compile(r"20\d{2}(?=[-/.年])")
_SENTENCE_PERIOD: Final = re.compile(
    rf"^[^,。;:]{{0,14}}?[(:]?(?P<period>20\d{{2}}(?:[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}日?起?{_TILL}"
    r"(?:20\d{2}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?"
    rf"|年\d{{1,2}}月?{_TILL}(?:20\d{{2}}年)?\d{{1,2}}月(?!\d)|年第?[一二三四]季度|年全年))"
)
"""From when till when a step lasts, at the beginning of its sentence."""
_OPEN_STEP: Final = re.compile(r"[^,。;:]{0,14}?[(:]?20\d{2}[-/.年]\d")
_ONLY_DAY: Final = re.compile(
    r"[一-龥]{0,8}[:\t]?20\d{2}[-/.年]\d{1,2}[-/.月]?(?:\d{1,2}日?)?"
)
"""The day on which a plan was written."""
_LAST_WITHOUT_YEAR: Final = re.compile(
    rf"((20\d{{2}})年\d{{1,2}}月\d{{1,2}}日?起?{_TILL})(\d{{1,2}}月\d{{1,2}}日?)"
)

Period = tuple[date, date]
"""The first and the last day."""


@dataclass(frozen=True, kw_only=True)
class _PlanStep:
    """A row of a plan: from when till when, if it says so, and where it stands."""

    period: Period | None
    quote: Quote


def find_spans(whole: WholeColumns) -> Iterator[ProposedFact | UnclearFact]:
    """Find for how many whole months the rows of a plan follow one another."""
    for key, fact, reading in whole.paper.list_reads("columns"):
        if reading.by is not FoundBy.SPAN:
            continue
        column = whole.column_of[key]
        tables = [table for table in whole.tables if table.has(column)]
        steps = [step for table in tables for step in _list_steps(table.rows, column)]
        # Days of which no table says what is done then, or by whom, are no plan:
        # leases, contracts.
        names = (STEP_COLUMN, *_list_owner_columns(whole))
        if not steps or not any(table.has(name) for table in tables for name in names):
            if not steps and (span := _find_in_sentences(whole.flow)) is not None:
                months, quote = span
                yield ProposedFact(
                    subject=whole.paper.paper,
                    fact=fact.id,
                    value=months,
                    quote=quote,
                    confidence=min(90, quote.confidence),
                )
            continue
        if (doubt := _find_doubt(whole, column, tables, steps)) is not None:
            why, quote = doubt
            yield UnclearFact(
                subject=whole.paper.paper, fact=fact.id, why=why, quotes=(quote,)
            )
            continue
        periods = [(*step.period, step.quote) for step in steps if step.period]
        first, _, begins = min(periods, key=lambda period: period[0])
        _, last, ends = max(periods, key=lambda period: period[1])
        quotes = [quote for quote in (begins, ends) if quote.page == ends.page]
        yield ProposedFact(
            subject=whole.paper.paper,
            fact=fact.id,
            value=count_whole_months(first, last + timedelta(days=1)),
            quote=Quote(
                page=ends.page,
                pieces=tuple(
                    dict.fromkeys(piece for quote in quotes for piece in quote.pieces)
                ),
            ),
            confidence=min(94, *(step.quote.confidence for step in steps)),
        )


def _find_in_sentences(flow: Flow) -> tuple[int, Quote] | None:
    """Find how many months sentences cover that each begin with the days of a step.

    2027年1月至3月，由李某补题库；2027年4月至6月，…: they have to follow one another. No
    other sentence may begin with a day, as one that ends or begins anywhere does.
    """
    runs: list[list[tuple[Period, int, int]]] = [[]]
    for start, end in Prose(flow).list_sentences():
        sentence = flow.text[start:end]
        match = _SENTENCE_PERIOD.search(sentence)
        if match is None:
            if _OPEN_STEP.match(sentence) and not _ONLY_DAY.fullmatch(sentence):
                return None
            runs.append([])
            continue
        period = parse_period(_write_year(match["period"]))
        rest = sentence[: match.start("period")] + sentence[match.end() :]
        if period is None or _YEAR.search(rest):
            return None
        runs[-1].append((period, start + match.start("period"), start + match.end()))
    steps = [run for run in runs if run]
    if len(steps) != 1 or len(steps[0]) < _LEAST_STEPS:
        return None
    periods = [period for period, _, _ in steps[0]]
    if periods != sorted(periods) or has_idle_month(periods):
        return None
    last = max(last for _, last in periods)
    _, first_sign, last_sign = steps[0][-1]
    months = count_whole_months(periods[0][0], last + timedelta(days=1))
    return months, flow.quote(first_sign, last_sign)


def _write_year(text: str) -> str:
    """Write the year of a last day that leaves it out: 2027年7月1日至12月31日."""
    match = _LAST_WITHOUT_YEAR.fullmatch(text)
    return text if match is None else f"{match[1]}{match[2]}年{match[3]}"


def _list_owner_columns(whole: WholeColumns) -> Iterator[str]:
    """List the columns that say who does what: their heads are of plans alone."""
    for key, _, reading in whole.paper.list_reads("columns"):
        if reading.by is FoundBy.NAMES:
            yield whole.column_of[key]


def _find_doubt(
    whole: WholeColumns,
    column: str,
    tables: Sequence[PaperTable],
    steps: Sequence[_PlanStep],
) -> tuple[Text, Quote] | None:
    """Find what leaves open how long a plan lasts: why, and where it stands."""
    undated = next((step.quote for step in steps if step.period is None), None)
    for place in (column, END_COLUMN):
        undated = undated or whole.find_unread(place, lambda words: bool(words.strip()))
    if undated is not None:
        return _UNDATED, undated
    if len(tables) > 1:
        return _SEVERAL, steps[0].quote
    if has_idle_month([step.period for step in steps if step.period]):
        return _IDLE, steps[0].quote
    return None


def parse_period(text: str) -> Period | None:
    """Read from when till when a step lasts, in one cell; None if it does not say so.

    2027-01-15至2027-03-31, 2027年1月-3月, 2027年2月 (all of it), 2027年第三季度.
    """
    text = fold_signs(text)
    pair: Period | None
    if whole_year := _WHOLE_YEAR.fullmatch(text):
        return date(int(whole_year[1]), 1, 1), date(int(whole_year[1]), 12, 31)
    if days := find_days(text):
        spans = [(day.start, day.end) for day in days]
        pair = (days[0].value, days[-1].value)
    elif joined := MONTH_TO_MONTH.search(text):
        spans = [joined.span()]
        pair = _make_months(int(joined["y"]), int(joined["a"]), int(joined["b"]))
    elif quarter := QUARTER.search(text):
        spans = [quarter.span()]
        number = _QUARTERS.index(quarter["q"]) % 4 + 1
        pair = _make_months(int(quarter["y"]), 3 * number - 2, 3 * number)
    elif months := find_months(text):
        spans = [(month.start, month.end) for month in months]
        pair = (months[0].value.replace(day=1), months[-1].value)
    else:
        return None
    if len(spans) > 2 or (days and len(spans) < 2):
        return None
    if pair is None or not _says_no_more(text, spans) or pair[1] < pair[0]:
        return None
    return pair


def _says_no_more(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether nothing stands beside the days of a cell: 2027年3月起 ends anywhere."""
    outside = text[: spans[0][0]], text[spans[-1][1] :]
    between = (text[end:start] for (_, end), (start, _) in pairwise(spans))
    return all(map(_WHOLE.fullmatch, outside)) and all(map(_BETWEEN.fullmatch, between))


def has_idle_month(periods: Sequence[Period]) -> bool:
    """Tell whether between the steps of a plan a whole month has none."""
    reached: date | None = None
    for first, last in sorted(periods):
        if reached is not None:
            months = 12 * (first.year - reached.year) + first.month - reached.month
            if months > 1:
                return True
        reached = last if reached is None else max(reached, last)
    return False


def _make_months(year: int, first: int, last: int) -> Period | None:
    if not 1 <= first <= last <= 12:
        return None
    return date(year, first, 1), end_of_month(year, last)


def _list_steps(rows: Sequence[TableRow], column: str) -> Iterator[_PlanStep]:
    """List the steps: of each row with a day its period, and where it stands."""
    for row in rows:
        began, ended = row.find_text(column), row.find_text(END_COLUMN)
        cells = [cell for cell in (began, ended) if cell is not None]
        if not cells or is_signing_row(dict(enumerate(cell.text for cell in cells))):
            continue
        yield _PlanStep(period=_join_ends(began, ended), quote=_join_quotes(cells))


def _join_ends(began: CellText | None, ended: CellText | None) -> Period | None:
    if began is None:
        return None
    if ended is None:
        return parse_period(began.text)
    first, last = _parse_end(began.text), _parse_end(ended.text)
    if first is None or last is None or last[1] < first[0]:
        return None
    return first[0], last[1]


def _parse_end(text: str) -> Period | None:
    """Read the one day or month that stands in a cell."""
    text = fold_signs(text)
    days = find_days(text)
    if not days:
        return parse_period(text)
    if len(days) > 1 or not _says_no_more(text, [(days[0].start, days[0].end)]):
        return None
    return days[0].value, days[0].value


def _join_quotes(cells: Sequence[CellText]) -> Quote:
    page = cells[0].quote.page
    return Quote(
        page=page,
        pieces=tuple(
            piece
            for cell in cells
            if cell.quote.page == page
            for piece in cell.quote.pieces
        ),
    )


_UNDATED: Final = Text(
    zh="有的步骤没有写起止日期，排到几个月须人工核对",
    en="a step has no first and last day; a person must check the months it covers",
)
_SEVERAL: Final = Text(
    zh="有几张写日期的表，哪张是计划、排到几个月须人工核对",
    en="several tables have days; a person must check which is the plan and its months",
)
_IDLE: Final = Text(
    zh="步骤之间有的月份没有安排，排满几个月须人工核对",
    en="a month between the steps has none; a person must check how many it covers",
)
