"""How much of a long test runs: all with CI=true, as in `.ci/run`; else its share."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final, TypeVar

import pytest
from _pytest.mark import ParameterSet

CI: Final = os.environ.get("CI", "").lower() == "true"
_LESS: Final = 5

T = TypeVar("T")


def examples(whole: int) -> int:
    """Count the examples that Hypothesis tries: `whole`, or a fifth, but five."""
    return whole if CI else min(whole, max(5, whole // _LESS))


def stride(whole: int) -> int:
    """Say how many steps to go on at once: `whole`, or five times as many."""
    return whole if CI else whole * _LESS


def every_so_many(whole: Sequence[T]) -> Sequence[T]:
    """Select all, or one in five and always the last: the same ones every time."""
    return whole if CI else [*whole[:-1:_LESS], *whole[-1:]]


def mark_rest_long(whole: Sequence[T]) -> list[ParameterSet]:
    """Make parameters of which all but one in five are for CI=true alone."""
    kept = every_so_many(range(len(whole)))
    long = pytest.mark.long
    return [
        pytest.param(value, marks=() if place in kept else long)
        for place, value in enumerate(whole)
    ]
