"""How a typed text, day or number is looked for: at its label first, then anywhere.

At a label another value denies what was typed; anywhere else it says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from changqing.case.comparison import Comparison
from changqing.case.normalise import are_comparable
from changqing.case.page import squeeze
from changqing.evidence.parse import (
    find_days,
    find_months,
    find_shares,
    normalise_text,
)
from changqing.evidence.reading import SURE
from changqing.evidence.tolerance import Sameness, compare_for
from changqing.papers.compare.beside import find_after_label, is_label
from changqing.papers.compare.figures import list_amounts, list_counts
from changqing.papers.compare.outcome import (
    ValueHit,
    make_denial,
    make_gap,
    make_hit,
    make_read,
)
from changqing.papers.compare.sought import SoughtValue
from changqing.papers.compare.spelling import (
    COMPANY,
    MAX_WORDS,
    UNITS,
    find_window,
    is_like,
    spell_canonically,
)
from changqing.rules.types import Kind, Value

_FROM: Final = re.compile(r"(?:起|开始|至|到|-|—|~|～)")
_BEGINS: Final = re.compile(r"(?:起|开始)")
_UNTIL: Final = re.compile(r"(?:_until|_through|_expires_on|_valid_to)$")
_DENIED_BY_LABEL: Final = frozenset({"company_name", "credit_code", "domain"})
"""Kinds of text of which what stands at a label can be told from what stands beside."""


def compare_plain_value(target: SoughtValue, lines: Sequence[int]) -> Comparison:
    """Hold a typed text, day or number against the lines that speak of its subject."""
    labelled = list(_find_labelled(target, lines))
    for hit in _sort_hits(target, labelled):
        if target.is_same(hit.value):
            return make_read(target, hit)
    standing = _sort_hits(target, _find_standing(target, lines))
    sure = [
        hit
        for hit in labelled
        if hit.sure and _differs(target, hit.value) and not _may_be_misread(target, hit)
    ]
    # What was typed may stand beside the label too, as the one end of a span.
    beside = {hit.at for hit in sure} & {hit.at for hit in standing}
    if sure and not beside:
        return make_denial(target, sure[0])
    return make_read(target, standing[0]) if standing else make_gap(target, None)


def _sort_hits(target: SoughtValue, hits: Iterable[ValueHit]) -> list[ValueHit]:
    """The hits at the place that was given before all others."""
    return sorted(hits, key=lambda hit: not target.is_at_place(hit.at))


def _differs(target: SoughtValue, value: Value) -> bool:
    typed, kind = target.value, target.fact.text_kind
    if isinstance(value, str) and isinstance(typed, str):
        if kind not in _DENIED_BY_LABEL:
            return False
        return are_comparable(kind, value, typed) and not (
            value in typed or typed in value
        )
    return True


def _may_be_misread(target: SoughtValue, hit: ValueHit) -> bool:
    """Whether a name may be the typed one with a letter that OCR took for another."""
    if target.fact.text_kind != "company_name" or not is_like(
        str(hit.value), str(target.value)
    ):
        return False
    parts = target.text.lines[hit.at].parts
    return any(part.span.confidence < SURE for part in parts)


# At the labels of the fact


def _find_labelled(target: SoughtValue, lines: Sequence[int]) -> Iterator[ValueHit]:
    """Find the values that stand beside the labels of the fact."""
    names = [target.fact.label.zh]
    columns: tuple[str, ...] = ()
    if target.rule is not None:
        names = [*target.rule.labels, *names]
        columns = target.rule.columns
    labels = [squeeze(label) for label in names]
    heads = {*labels, *(squeeze(column) for column in columns)}
    inside = set(lines)
    for at in lines:
        for place, part in enumerate(target.text.lines[at].parts):
            if part.head and part.head in heads:
                yield from _find_values(target, part.bare, at, sure=part.is_sure)
            if is_label(part.bare, labels):
                for words, where, sure in find_after_label(
                    target.text, at, place, inside
                ):
                    yield from _find_values(target, words, where, sure=sure)
                continue
            for label in labels:
                window = find_window(part.bare, label)
                if window:
                    yield from _find_values(target, window, at, sure=part.is_sure)


def _find_values(
    target: SoughtValue, words: str, at: int, *, sure: bool
) -> Iterator[ValueHit]:
    """Find the values of the fact's type that stand at a label.

    Of several nobody can say which is meant: they may say what was typed, and deny
    nothing.
    """
    values = list(dict.fromkeys(_parse_values(target, words)))
    for value in values:
        yield ValueHit(
            value=value,
            at=at,
            words=target.text.lines[at].words[:MAX_WORDS],
            sure=sure and len(values) == 1,
        )


def _parse_values(target: SoughtValue, words: str) -> Sequence[Value]:
    fact = target.fact
    match fact.type.kind:
        case Kind.DATE:
            return _parse_days(words, is_end=_is_end(target))
        case Kind.NUMBER if fact.unit == "fen":
            return [amount.fen for amount in list_amounts(target, words)]
        case Kind.NUMBER if fact.unit == "basis_points":
            return list(find_shares(words))
        case Kind.NUMBER:
            return _parse_counts(target, words)
        case Kind.TEXT:
            return _parse_text(fact.text_kind, words)
        case _:
            return []


def _parse_days(words: str, *, is_end: bool) -> Sequence[Value]:
    """Parse days, else months; of an end the last one, and none from which it runs."""
    days = find_days(words) or find_months(words)
    if not is_end:
        return [day.value for day in days]
    ends = [day.value for day in days if not _BEGINS.match(words, day.end)]
    return ends[-1:]


def _parse_counts(target: SoughtValue, words: str) -> list[Value]:
    """Parse counts with their unit; without one where nothing else stands there.

    一般 is no count, and 3日 none of months.
    """
    units = UNITS.get(target.fact.unit or "count")
    counts = list_counts(target, words)
    counted: list[Value] = [
        number
        for number, _, end in counts
        if units is not None and re.match(units, words[end:])
    ]
    alone = len(counts) == 1 and counts[0][1] == 0 and counts[0][2] >= len(words) - 1
    return counted or ([counts[0][0]] if alone else [])


def _parse_text(kind: str | None, words: str) -> list[Value]:
    cut = re.split(r"[。；;]", words, maxsplit=1)[0]
    if kind == "company_name":
        match = COMPANY.search(cut)
        cut = "" if match is None else match[0]
    elif kind != "address":
        cut = re.split(r"[,，、（(]", cut, maxsplit=1)[0]
    value = normalise_text(kind, cut) if cut else None
    return [] if value is None else [value]


def _is_end(target: SoughtValue) -> bool:
    return _UNTIL.search(target.fact.id) is not None


# Anywhere among the lines


def _find_standing(target: SoughtValue, lines: Sequence[int]) -> Iterator[ValueHit]:
    """Find where the typed value itself stands in the paper."""
    match target.value:
        case str():
            yield from _find_text(target, target.value, set(lines))
        case date():
            for at, words, _ in target.list_texts(lines):
                if _has_day(target, words, target.value):
                    yield make_hit(target, at)
        case int():
            for at, words, _ in target.list_texts(lines):
                if _has_number(target, at, words, target.value):
                    yield make_hit(target, at)


def _find_text(target: SoughtValue, value: str, inside: set[int]) -> Iterator[ValueHit]:
    """Find a text by its letters; a telephone number also by its digits."""
    kind, text = target.fact.text_kind, target.text

    def spell(words: str) -> str:
        return squeeze(spell_canonically(kind, words))

    for first, last in text.find(squeeze(value), spell, kind or "plain"):
        if first in inside and _stands_alone(target, value, first, last):
            words = "".join(text.lines[at].words for at in range(first, last + 1))
            yield ValueHit(value=value, at=first, words=words[:MAX_WORDS])
    if kind == "phone":
        for at in sorted(inside):
            numbers = re.findall(
                r"[+\d][\d\-() ]{5,20}\d(?:转\d+)?",
                " ".join(part.span.text for part in text.lines[at].parts),
            )
            if any(normalise_text(kind, number) == value for number in numbers):
                yield make_hit(target, at)


def _stands_alone(target: SoughtValue, value: str, first: int, last: int) -> bool:
    """Whether a text is no part of a longer one: a code, a domain, a branch."""
    words = "".join(target.text.lines[at].bare for at in range(first, last + 1))
    spelled = re.escape(squeeze(value))
    match target.fact.text_kind:
        case "domain":
            after = rf"{spelled}(?![a-z0-9-]|\.[a-z0-9])"
            return (
                re.search(rf"(?<![a-z0-9.-]){after}", words) is not None
                or re.search(rf"(?:www\.|//){after}", words) is not None
            )
        case "credit_code":
            return re.search(rf"(?<![a-z0-9]){spelled}(?![a-z0-9])", words) is not None
        case "company_name":
            bare = squeeze(spell_canonically("company_name", words))
            return re.search(rf"{spelled}(?!\w{{0,12}}分公司)", bare) is not None
        case _:
            return True


def _has_day(target: SoughtValue, words: str, value: date) -> bool:
    for day in find_days(words):
        if compare_for(target.fact, day.value, value) is Sameness.SAME:
            begins = _FROM.match(words, day.end) is not None
            if not (_is_end(target) and begins):
                return True
    months = find_months(words) if _is_end(target) else []
    return any(month.value == value for month in months)


def _has_number(target: SoughtValue, at: int, words: str, value: int) -> bool:
    """Whether the words of a line have the number, in the unit of its fact."""
    unit = target.fact.unit
    if unit == "fen":
        amounts = [amount.fen for amount in list_amounts(target, words) if amount.unit]
        return any(
            compare_for(target.fact, number, value) is Sameness.SAME
            for number in amounts
        )
    if unit == "basis_points":
        return value in find_shares(words)
    units = UNITS.get(unit or "count")
    line = target.text.lines[at]
    for part in line.parts if line.is_row else ():
        counted = units is not None and re.search(units, part.head)
        if counted and [v for v, _, _ in list_counts(target, part.bare)] == [value]:
            return True
    if units is None:
        return False
    return any(
        number == value and re.match(units, words[end:]) is not None
        for number, _, end in list_counts(target, words)
    )
