"""A renewal looks back: of each year of the term, what was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from changqing.casework._stages import State


@dataclass(frozen=True, slots=True, kw_only=True)
class TermYear:
    """One year reported on. `reported` False: no event says so, which is not a no.

    Such a report may have been handed in and not recorded here.
    """

    year: int
    reported: bool


def look_back(state: State, today: date) -> tuple[TermYear, ...]:
    """The years of the licence that are over; empty where its day is not recorded."""
    return tuple(_years(state, today))


def _years(state: State, today: date) -> Iterator[TermYear]:
    if state.licensed_on is None:
        return
    for year in range(state.licensed_on.year, today.year):
        reported = date(year, 12, 31) in state.reported
        yield TermYear(year=year, reported=reported)
