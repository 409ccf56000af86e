"""Two values of one fact are the same within its tolerance, wherever it is asked."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.evidence.tolerance import is_near
from changqing.rules.types import Value

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("one", "other", "tolerance", "near"),
    [
        (100, 103, 3, True),
        (100, 104, 3, False),
        (DAY, date(2026, 11, 26), 2, True),
        (DAY, date(2026, 11, 27), 2, False),
        (0, False, 5, False),
        (True, False, 1, False),
        (True, True, 0, True),
        ("甲", "甲", 0, True),
        ("甲", "乙", 9, False),
        (frozenset({"a"}), frozenset({"a"}), 0, True),
        (None, None, 0, True),
        (None, 0, 9, False),
        (DAY, "2026-11-24", 9, False),
    ],
)
def test_values_are_the_same_within_the_tolerance(
    one: Value | None, other: Value | None, tolerance: int, near: bool
) -> None:
    assert is_near(one, other, tolerance) is near
    assert is_near(other, one, tolerance) is near
