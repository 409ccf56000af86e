"""Which figures say as much as they print: no bound, no debt, none that is cut off."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.case.numerals import HAN_NUMERALS
from changqing.case.page import squeeze
from changqing.evidence.paper_text import LinePart
from changqing.evidence.parse import (
    FoundAmount,
    find_amounts,
    find_bound,
    find_days,
    find_months,
)
from changqing.papers.compare.sought import SoughtValue
from changqing.papers.compare.spelling import UNITS, find_counts

_GOES_ON: Final = re.compile(
    rf"(?:\d[.,]?|[{HAN_NUMERALS}])\|(?:[.,]?\d|[{HAN_NUMERALS}])"
    r"|[a-z\d](?:[-.]\|[a-z\d]|\|[-.]?[a-z])|[a-z](?:[-.]?\|\d|\|[-.]\d)"
)
"""Where a figure or a domain goes on over the edge of a quotation, written |."""
_NEAR: Final = 40
"""Characters before and after a figure that say what it is."""
_COUNTS_ANOTHER: Final = re.compile(r"[-/.年月]\||\|[一-龥a-z%〇:/.-]")
"""Where a number, which is written |, is of something else: |人, |条, 2026-|."""
_NUMBERS: Final = re.compile(
    r"(?:第|序号|编号|页码|no\.?)[:\s]*\||\|\s*[页号条款项章节](?![一-龥])"
)
"""Where a number, which is written |, only numbers or counts pages: 第|页, 序号 |."""
_LEADS_ON: Final = r"(?:余额|金额|[:为是有共计合\s]|人民币|[¥￥])*$"
"""What stands between what an amount is of and the amount."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotePlace:
    """One place of a quotation, with what stands before and after it in its lines.

    A blank is kept where the quotation begins or ends at one.
    `is_cut`: it begins or ends within a figure, as 1,000元 of 21,000元.
    """

    before: str
    words: str
    after: str
    is_cut: bool


def list_places(target: SoughtValue, words: str) -> Iterator[QuotePlace]:
    """List where folded words stand in a paper."""
    lines = target.text.lines
    for first, last in sorted(set(target.text.find(words, squeeze, "bare"))):
        parts = [part for at in range(first, last + 1) for part in lines[at].parts]
        around = "".join(part.bare for part in parts)
        edges = _find_edges(parts)
        at = around.find(words)
        while at >= 0:
            end = at + len(words)
            yield QuotePlace(
                before=around[:at] + " " * (at in edges),
                words=words,
                after=" " * (end in edges) + around[end:],
                is_cut=any(_is_in_figure(around, edge) for edge in {at, end} - edges),
            )
            at = around.find(words, at + 1)


def _find_edges(parts: Iterable[LinePart]) -> set[int]:
    """Find where, in the folded text of some parts, one ends or a blank stood."""
    edges, at = {0}, 0
    for part in parts:
        for sign in part.span.text:
            if not squeeze(sign):
                edges.add(at)
            at += len(squeeze(sign))
        edges.add(at)
    return edges


def _is_in_figure(text: str, at: int) -> bool:
    around = f"{text[max(at - 2, 0) : at]}|{text[at : at + 2]}"
    return _GOES_ON.search(around) is not None


def list_amounts(target: SoughtValue, words: str) -> list[FoundAmount]:
    """List the amounts that are there in full: 冻结余额 and 不超过 are not."""
    return [
        amount
        for amount in find_amounts(words)
        if (amount.is_reached or _means(target, amount.bound))
        and not _is_excepted(target, words[max(amount.start - _NEAR, 0) : amount.start])
    ]


def list_counts(target: SoughtValue, words: str) -> list[tuple[int, int, int]]:
    """List the whole numbers of a text, but for bounds that the fact does not mean."""
    units = UNITS.get(target.fact.unit or "count", "")
    return [
        (number, begin, end)
        for number, begin, end in find_counts(words)
        if _means(
            target,
            find_bound(
                words[max(begin - _NEAR, 0) : begin],
                re.sub(rf"^(?:{units})", "", words[end : end + _NEAR]),
            ),
        )
    ]


def _means(target: SoughtValue, bound: object) -> bool:
    return bound in (None, target.rule.bound if target.rule is not None else None)


def _is_excepted(target: SoughtValue, before: str) -> bool:
    """Whether an amount is of what `unless` has: 贷款余额, 冻结."""
    if target.rule is None or not target.rule.unless:
        return False
    words = (squeeze(word).rstrip(".…") for word in target.rule.unless)
    listed = "|".join(re.escape(word) for word in words)
    return re.search(f"(?:{listed}){_LEADS_ON}", before) is not None


def is_reckoned(
    target: SoughtValue, words: str, places: Collection[QuotePlace]
) -> bool:
    """Tell whether a whole number stands in folded words bare, or between days of them.

    So many months from a day that is quoted to one that the paper has; a month that has
    begun may count. Figures of anything else say nothing of it: 第二条, a telephone,
    nor does the 3 of 第3页.
    """
    value = target.value
    for number, begin, end in list_counts(target, words):
        if number != value:
            continue
        for place in places:
            before, after = place.before + words[:begin], words[end:] + place.after
            near = f"{before[-1:]}|{after[:1]}"
            wide = f"{before[-4:]}|{after[:3]}"
            if not _COUNTS_ANOTHER.search(near) and not _NUMBERS.search(wide):
                return True
    first = _list_days(words)
    if not first:
        return False
    last = {day for line in target.text.lines for day in _list_days(line.bare)}
    return any(
        value in _measure_spans(begin, end, target.fact.unit)
        for begin in first
        for end in last
        if begin <= end
    )


def _list_days(words: str) -> set[date]:
    return {day.value for day in (*find_days(words), *find_months(words))}


def _measure_spans(begin: date, end: date, unit: str | None) -> tuple[int, ...]:
    """Measure how long it is between two days, the last unit that has begun too."""
    months = (end.year - begin.year) * 12 + end.month - begin.month
    match unit:
        case "months":
            return months, months + 1
        case "years":
            return months // 12, (months + 1) // 12
        case "days":
            return (end - begin).days, (end - begin).days + 1
        case _:
            return ()
