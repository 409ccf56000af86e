"""Every clock of a procedure is shown by an example, and the calendar's corners too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from changqing.calendar import is_working_day
from changqing.guide.procedure import Givens, date_steps
from changqing.law.kinds.procedure import (
    Clock,
    Direction,
    Procedure,
    ProcedureExample,
)
from tests.casework.casework_sample import catalogue

CLOCKS = [
    (procedure.id, step.id, place)
    for procedure in catalogue().procedures.values()
    for step in procedure.steps
    for place in range(len(step.clocks))
]


def reckoned(
    procedure: Procedure, example: ProcedureExample
) -> Iterator[tuple[str, Clock, date, date]]:
    """The clocks an example runs: whose step, which, from which day, to which."""
    givens = Givens(
        licence=example.given.licence,
        scope=example.given.scope,
        region=example.given.region or "",
        as_of=example.given.as_of,
        days=example.given.days,
    )
    known = dict(example.given.days)
    for step in date_steps(catalogue(), procedure, givens):
        if step.day is not None:
            known.setdefault(step.step.id, step.day)
        for reckoning in step.reckonings:
            if reckoning.day is not None and step.step.id in example.then:
                yield (
                    step.step.id,
                    reckoning.clock,
                    known[reckoning.clock.start],
                    reckoning.day,
                )


@pytest.mark.parametrize(("procedure", "step", "place"), CLOCKS)
def test_every_clock_has_an_example_with_its_day(
    procedure: str, step: str, place: int
) -> None:
    found = catalogue().procedures[procedure]
    clock = next(
        procedure_step for procedure_step in found.steps if procedure_step.id == step
    ).clocks[place]
    assert any(
        (name, run) == (step, clock)
        for example in found.examples
        for name, run, _, _ in reckoned(found, example)
    )


def counts_working_days(clock: Clock) -> bool:
    amount = clock.amount
    if amount is None or amount.by_law is None:
        return False
    fact, key = amount.by_law
    value = catalogue().law[fact].values[key]
    return value.unit == "working_days"


def days_within(start: date, end: date) -> set[date]:
    first, last = min(start, end), max(start, end)
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


NEW_YEAR = {date(2026, 1, 1)}
SPRING_FESTIVAL = {date(2026, 2, 17)}
WORKED_WEEKEND = {
    day
    for day in days_within(date(2026, 1, 1), date(2026, 12, 31))
    if day.weekday() >= 5 and is_working_day(day)
}


@pytest.mark.parametrize(
    "crossed",
    [NEW_YEAR, SPRING_FESTIVAL, WORKED_WEEKEND],
    ids=["new-year", "spring-festival", "worked-weekend"],
)
def test_examples_count_working_days_across(crossed: set[date]) -> None:
    across = {
        (procedure.id, step)
        for procedure in catalogue().procedures.values()
        for example in procedure.examples
        for step, clock, start, end in reckoned(procedure, example)
        if counts_working_days(clock) and crossed & days_within(start, end)
    }
    assert len(across) >= 3, across


def test_days_off_are_not_counted_in_any_example() -> None:
    for procedure in catalogue().procedures.values():
        for example in procedure.examples:
            for _, clock, start, end in reckoned(procedure, example):
                if counts_working_days(clock):
                    assert is_working_day(end)
                    assert (end > start) == (clock.direction is Direction.AFTER)
