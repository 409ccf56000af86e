"""The closing balance of a statement that says none: the last of a running balance.

Nobody is believed to have found the column of balances by its head: every line has to
follow from the one before it by an amount that stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from changqing.evidence.parse import find_amounts, find_days
from changqing.readers.layout import PageLayout, Quote
from changqing.readers.values import find_unit

_LEAST_LINES: Final = 3
_WHOLE_NUMBER: Final = re.compile(r"-?\d{1,9}")
_YEARLESS: Final = re.compile(r"\s*(\d{1,2})(?:[-/]|月)(\d{1,2})日?\s*")
_MONTHS: Final = 12
_LONGEST_MONTH: Final = 31
_FROM_RIGHT: Final = 2  # places from the right at which a balance may stand


@dataclass(frozen=True, slots=True, kw_only=True)
class _BalanceLine:
    """A line of a statement: its day, and its amounts from left to right.

    The day is year, month and day, or the last two where the statement leaves out the
    year: 10-28.
    """

    day: tuple[int, ...]
    amounts: tuple[tuple[int, Quote], ...]


def find_closing_balance(pages: Sequence[PageLayout]) -> tuple[int, Quote] | None:
    """Find the balance after the last entry, in fen, and where it stands.

    None where the entries do not follow from one another, or are counted in anything
    but yuan.
    """
    if any(find_unit(page) not in (None, 1) for page in pages):
        return None
    for plain in (False, True):
        entries = [
            entry for page in pages for entry in _list_entries(page, plain=plain)
        ]
        balance = _find_last(entries) if len(entries) >= _LEAST_LINES else None
        if balance is not None:
            return balance
    return None


def _find_last(entries: Sequence[_BalanceLine]) -> tuple[int, Quote] | None:
    """Find the balance of the last entry, if each follows from the one before it."""
    for place in range(1, _FROM_RIGHT + 1):
        if any(len(entry.amounts) <= place - 1 for entry in entries):
            continue
        for order in (entries, entries[::-1]):
            days = [entry.day for entry in order]
            if days == sorted(days) and _follow(order, place):
                return order[-1].amounts[-place]
    return None


def _list_entries(page: PageLayout, *, plain: bool) -> Iterator[_BalanceLine]:
    for row in page.rows:
        spans = [page.spans[at] for at in row]
        days = {day for span in spans for day in _list_days(span.text)}
        amounts = [
            (
                -span_amounts[0].fen
                if span_amounts[0].negative
                else span_amounts[0].fen,
                page.quote_spans([at]),
            )
            for at in row
            if not _list_days(page.spans[at].text)
            and len(span_amounts := find_amounts(page.spans[at].text, owed=True)) == 1
            and ("." in page.spans[at].text or (plain and _is_plain(page, at)))
        ]
        if len(days) == 1 and amounts:
            yield _BalanceLine(day=days.pop(), amounts=tuple(amounts))


def _list_days(text: str) -> list[tuple[int, ...]]:
    """List the days of a cell, also of one that holds a month and a day alone."""
    found = find_days(text)
    if not found and (match := _YEARLESS.fullmatch(text)):
        month, day = int(match[1]), int(match[2])
        is_day = 1 <= month <= _MONTHS and 1 <= day <= _LONGEST_MONTH
        return [(month, day)] if is_day else []
    return [(day.value.year, day.value.month, day.value.day) for day in found]


def _is_plain(page: PageLayout, at: int) -> bool:
    """Whether a cell holds a whole number, as workbooks have amounts without fen."""
    span = page.spans[at]
    return span.cell is not None and bool(_WHOLE_NUMBER.fullmatch(span.text.strip()))


def _follow(entries: Sequence[_BalanceLine], place: int) -> bool:
    """Whether each balance is the one before it, more or less an amount of its line."""
    for before, after in pairwise(entries):
        step = abs(after.amounts[-place][0] - before.amounts[-place][0])
        others = {
            abs(fen)
            for number, (fen, _) in enumerate(after.amounts)
            if number != len(after.amounts) - place
        }
        if step not in others or not step:
            return False
    return True
