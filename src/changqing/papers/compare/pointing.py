"""Whether the words that somebody pointed at stand in a paper, and say the value."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from changqing.case.comparison import Comparison
from changqing.case.page import squeeze
from changqing.evidence.paper_text import find_quote
from changqing.evidence.parse import find_days, find_months, find_shares
from changqing.papers.compare.figures import (
    QuotePlace,
    is_reckoned,
    list_amounts,
    list_counts,
    list_places,
)
from changqing.papers.compare.outcome import (
    NO_SUCH_WORDS,
    ValueHit,
    describe_missing,
    make_denial,
    make_gap,
    make_read,
)
from changqing.papers.compare.phrases import find_other_value, list_words_alone
from changqing.papers.compare.sought import SoughtValue
from changqing.papers.compare.spelling import (
    MAX_WORDS,
    UNITS,
    find_counts,
    spell_canonically,
)
from changqing.rules.types import Kind, Value
from changqing.text import Text

_CUT: Final = Text(
    zh="所引原文把一个数字或域名截断了，请整个引",
    en="the words quoted cut a figure or a domain in two; quote the whole of it",
)
_BOUND: Final = Text(
    zh="原文写的是上限、下限或约数，不是确数",
    en="the words give a limit or an estimate, and no exact figure",
)


def compare_pointing(target: SoughtValue, words: str) -> Comparison:
    """Hold quoted words against the paper, and the typed value against them."""
    line_range = find_quote(target.text, words)
    if line_range is None:
        return make_gap(target, NO_SUCH_WORDS)
    first, last = line_range
    lines = target.text.lines
    bare = squeeze(words)
    hit = ValueHit(value=target.value or False, at=first, words=words[:MAX_WORDS])
    if target.fact.type.kind in (Kind.BOOLEAN, Kind.CATEGORY, Kind.SET):
        around = "".join(lines[at].bare for at in range(first, last + 1))
        parts = (part for at in range(first, last + 1) for part in lines[at].parts)
        other = find_other_value(target, bare, around, list_words_alone(parts))
        if other is not None:
            quote = lines[first].words[:MAX_WORDS]
            return make_denial(target, replace(hit, value=other, words=quote))
        missing = _find_missing(target, bare)
        return make_gap(target, missing) if missing else make_read(target, hit)
    places = [
        quote_place
        for quote_place in list_places(target, bare)
        if not quote_place.is_cut
    ]
    if not places:
        return make_gap(target, _CUT)
    values = [value for place in places for value in _parse_quote(target, place)]
    if any(map(target.is_same, values)):
        return make_read(target, hit)
    if values:
        return make_denial(target, replace(hit, value=values[0]))
    if _is_bound(target, places):
        return make_gap(target, _BOUND)
    if _may_be_counted(target) and is_reckoned(target, bare, places):
        return make_read(target, hit)
    return make_gap(target, None)


def _find_missing(target: SoughtValue, words: str) -> Text | None:
    """Say which name or address of a typed set does not stand in the words."""
    if not isinstance(target.value, frozenset) or target.fact.value_labels:
        return None
    for member in sorted(target.value):
        if squeeze(member) not in words:
            return describe_missing(member)
    return None


def _may_be_counted(target: SoughtValue) -> bool:
    """Whether a value need not be printed as such: so many months, from when on."""
    return target.fact.type.kind is Kind.NUMBER and target.fact.unit not in (
        "fen",
        "basis_points",
    )


def _is_bound(target: SoughtValue, places: Iterable[QuotePlace]) -> bool:
    """Whether the typed number stands there as a bound alone: 不超过6个月."""
    if target.fact.type.kind is not Kind.NUMBER:
        return False
    counts, exact = set(), set()
    for place in places:
        around = f"{place.before}{place.words}{place.after}"
        counts |= set(find_counts(around))
        exact |= set(list_counts(target, around))
    return any(number == target.value for number, _, _ in counts - exact)


def _parse_quote(target: SoughtValue, place: QuotePlace) -> list[Value]:
    """Parse the values of the fact's own type in a quotation, with their units.

    What stands before and after it tells what its figures are: 不超过, 以下, 透支.
    """
    fact, words = target.fact, place.words
    begin = len(place.before)
    around = f"{place.before}{words}{place.after}"
    inside = range(begin, begin + len(words))
    match fact.type.kind:
        case Kind.DATE:
            days = [day.value for day in find_days(words)]
            return [*days, *(month.value for month in find_months(words))]
        case Kind.NUMBER if fact.unit == "fen":
            return [
                amount.fen
                for amount in list_amounts(target, around)
                if amount.unit and amount.start in inside
            ]
        case Kind.NUMBER if fact.unit == "basis_points":
            return list(find_shares(words))
        case Kind.NUMBER:
            units = UNITS.get(fact.unit or "count", "")
            return [
                number
                for number, start, end in list_counts(target, around)
                if units and start in inside and re.match(units, around[end:])
            ]
        case _:
            typed = squeeze(str(target.value))
            spelled = squeeze(spell_canonically(fact.text_kind, words))
            return [str(target.value)] if typed in spelled else []
