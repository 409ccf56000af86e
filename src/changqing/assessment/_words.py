"""Values and expressions said in words; every word comes from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from changqing.catalogue import Catalogue, Fact
from changqing.expression import Kind, Value
from changqing.text import Text, both

YES = Text(zh="是", en="yes")
NO = Text(zh="否", en="no")
UNKNOWN = Text(zh="未知", en="unknown")
UNSET = Text(zh="须向受理机关确认", en="to be confirmed with the authority")

_UNITS: Mapping[str, Text] = {
    "days": Text(zh="日", en=" days"),
    "working_days": Text(zh="个工作日", en=" working days"),
    "months": Text(zh="个月", en=" months"),
    "years": Text(zh="年", en=" years"),
    "persons": Text(zh="人", en=" people"),
    "hours": Text(zh="小时", en=" hours"),
    "minutes": Text(zh="分钟", en=" minutes"),
    "count": both(""),
}
_FEN_PER_YUAN = 100
_FEN_PER_WAN = 1_000_000


def say_number(number: int, unit: str | None) -> Text:
    """A whole number with its unit: fen as 元 or 万元, basis points as per cent."""
    if unit == "fen":
        if number % _FEN_PER_YUAN == 0 and abs(number) >= _FEN_PER_WAN:
            wan = Decimal(number) / _FEN_PER_WAN
            return Text(zh=f"{_plain(wan)}万元", en=f"CNY {number // _FEN_PER_YUAN:,}")
        yuan = Decimal(number) / _FEN_PER_YUAN
        return Text(zh=f"{_plain(yuan)}元", en=f"CNY {yuan:,}")
    if unit == "basis_points":
        return both(f"{_plain(Decimal(number) / 100)}%")
    word = _UNITS.get(unit or "count", both(f" {unit}"))
    return Text(zh=f"{number}{word.zh}", en=f"{number}{word.en}")


def say_value(value: Value | None, fact: Fact | None) -> Text:
    """A value as a person reads it; None is unknown, never empty."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, int):
        return say_number(value, None if fact is None else fact.unit)
    if isinstance(value, date):
        return both(value.isoformat())
    if isinstance(value, frozenset):
        members = [say_value(member, fact) for member in sorted(value)]
        if not members:
            return Text(zh="无", en="none")
        return Text(
            zh="、".join(member.zh for member in members),
            en=", ".join(member.en for member in members),
        )
    if fact is not None and value in fact.value_labels:
        return fact.value_labels[value]
    return both(value)


def say_literal(value: Value, like: Fact | None) -> Text:
    """A literal of an expression, in the unit of the fact it is compared with."""
    if like is not None and like.type.kind in (Kind.CATEGORY, Kind.SET, Kind.NUMBER):
        return say_value(value, like)
    return say_value(value, None)


def fact_of(catalogue: Catalogue, subject: str, name: str) -> Fact | None:
    """The fact's definition, or None for a name outside the vocabulary."""
    return catalogue.facts.get((subject, name))


def _plain(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
