"""When two values of one fact are the same."""

from __future__ import annotations

from datetime import date

from changqing.rules.types import Value


def is_near(one: Value | None, other: Value | None, tolerance: int) -> bool:
    """Tell whether two values differ by no more than the tolerance of their fact.

    `tolerance` is in the unit of a number, or in days. Values that are no measure, and
    two that are not of one type, are near only where they are equal: TRUE is not 1.
    """
    if type(one) is not type(other):
        return False
    if isinstance(one, date) and isinstance(other, date):
        return abs((one - other).days) <= tolerance
    if isinstance(one, int) and isinstance(other, int) and type(one) is int:
        return abs(one - other) <= tolerance
    return one == other
