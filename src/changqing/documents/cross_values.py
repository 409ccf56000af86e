"""Whether two values that texts and records write are the same, or one is more."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from changqing.case.values import NotAValueError, parse_value
from changqing.documents.cross_text import Mention
from changqing.evidence.parse import find_days
from changqing.evidence.tolerance import Sameness, compare_for
from changqing.law.kinds.fact import Fact
from changqing.rules.types import Value

_NO_DIGIT = re.compile(r"\D")
_DIGITS = re.compile(r"[0-9]+")


def parse_written(fact: Fact | None, shape: str, written: str) -> Value:
    """Parse the value a text gives; as written where it is none of that kind."""
    readable: object = written
    if shape == "day" and (days := find_days(written)):
        readable = days[0].value.isoformat()
    elif shape in ("persons", "machines", "days", "months"):
        digits = _DIGITS.search(written)
        readable = int(digits.group()) if digits else written
    if fact is None and shape == "phone":
        return _NO_DIGIT.sub("", written.removeprefix("+86"))
    if fact is None:
        return str(readable).replace(" ", "").lower()
    try:
        value = parse_value(fact, readable).value
    except NotAValueError:
        return written
    return written if value is None else value


def are_alike(one: Value, other: Value, fact: Fact | None) -> bool:
    """Tell whether two values of a fact may be the same: else they contradict."""
    if fact is None:
        return one == other
    return compare_for(fact, one, other) is not Sameness.DIFFERENT


def is_beginning(one: Mention, value: Value, whole: Value) -> bool:
    """Tell whether a value cut off at a line's end may be the beginning of another."""
    texts = isinstance(value, str) and isinstance(whole, str)
    return one.may_go_on and texts and str(whole).startswith(str(value))


def is_more(one: Value, other: Value) -> bool:
    """Tell whether a number or day is above another; of anything else no."""
    if isinstance(one, date) and isinstance(other, date):
        return one > other
    numbers: Iterable[Value] = (one, other)
    if all(
        isinstance(number, int) and not isinstance(number, bool) for number in numbers
    ):
        return int(one) > int(other)  # type: ignore[arg-type]
    return False
