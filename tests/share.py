"""How much of a long test runs: all with CI=true, as in `.ci/run`; else its share."""

from __future__ import annotations

import os
from collections.abc import Sequence, Sized
from itertools import count
from math import gcd
from typing import Final, TypeVar

import pytest

CI: Final = os.environ.get("CI", "").lower() == "true"
_LESS: Final = 8

T = TypeVar("T")


def examples(whole: int) -> int:
    """Count the examples that Hypothesis tries: `whole`, or an eighth, but five."""
    return whole if CI else min(whole, max(5, whole // _LESS))


def stride(whole: int) -> int:
    """Say how many steps to go on at once: `whole`, or eight times as many."""
    return whole if CI else whole * _LESS


def every_so_many(whole: Sequence[T]) -> Sequence[T]:
    """Select all, or one in eight and always the last: the same ones every time."""
    return whole if CI else [*whole[:-1:_LESS], *whole[-1:]]


def mark_rest_long(items: Sequence[pytest.Item]) -> None:
    """Leave a share of each law that is marked `share`; the rest is for CI=true alone.

    One case in eight of each such test and always the last, the same ones every time.
    Where several lists are crossed the step shares no factor with their lengths: so it
    comes to every value of each.
    """
    laws: dict[tuple[object, str], list[pytest.Function]] = {}
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("share"):
            laws.setdefault((item.parent, item.originalname), []).append(item)
    for cases in laws.values():
        step = _step(cases[0], len(cases))
        for case in set(cases) - {*cases[:-1:step], *cases[-1:]}:
            case.add_marker("long")


def _step(case: pytest.Function, count_of_cases: int) -> int:
    lists = [mark.args[1] for mark in case.iter_markers("parametrize")]
    lengths = [len(values) for values in lists if isinstance(values, Sized)]
    if len(lists) < 2:
        return _LESS
    # No wider than leaves a case for each value of the longest list.
    widest = min(_LESS, count_of_cases // max(lengths, default=1))
    return next(
        step
        for step in count(max(widest, 2))
        if all(gcd(step, length) == 1 for length in lengths)
    )
