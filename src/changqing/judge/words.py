"""Values and expressions said in words; every word comes from the catalogue."""

from __future__ import annotations

from datetime import date

from changqing.case.normalise import write_phone
from changqing.law.kinds.fact import Fact
from changqing.law.said import say_number
from changqing.rules.types import Value
from changqing.text import Text, both

YES = Text(zh="是", en="yes")
NO = Text(zh="否", en="no")
UNKNOWN = Text(zh="未知", en="unknown")
UNSET = Text(zh="须向受理机关确认", en="to be confirmed with the authority")


def say_value(value: Value | None, fact: Fact | None) -> Text:
    """Say a value as a person reads it; None is unknown, never empty."""
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
    if fact is not None and fact.text_kind == "phone":
        return both(write_phone(value))
    return both(value)
