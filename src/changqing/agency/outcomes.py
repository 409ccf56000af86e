"""What came of it: passed at once or returned, and how many days, each with its n."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median_low
from typing import Final

from changqing.casework.events import Act, Event, Journal
from changqing.errors import TamperError


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """How many days something took: of `n` cases, never of none without saying so."""

    n: int
    least: int | None = None
    median: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """The first application of each case that was handed in.

    `at_once`, `returned`, `refused` and `withdrawn` add up with `waiting` to
    `handed_in`; returned ones may have been granted since. `cases` is all that were
    counted; those in `altered`, whose events were changed, are left out.
    """

    cases: int
    handed_in: int
    at_once: int
    returned: int
    refused: int
    withdrawn: int
    waiting: int
    to_acceptance: Took
    to_grant: Took
    answering: Took
    altered: tuple[str, ...]


def count_outcomes(folders: Iterable[Path]) -> Outcomes:
    """Count over the events of many cases; names those whose events were changed."""
    cases, kinds = 0, Counter[str]()
    acceptance: list[int] = []
    grant: list[int] = []
    answers: list[int] = []
    altered: list[str] = []
    for folder in folders:
        try:
            events = Journal(folder).list_events()
        except TamperError:
            altered.append(folder.name)
            continue
        cases += 1
        life = _select_first_application(events)
        if not life:
            continue
        start = life[0].on
        kinds[_find_outcome(life)] += 1
        acceptance += _list_days(start, _find_first_day(life, Act.ACCEPTANCE))
        grant += _list_days(start, _find_first_day(life, Act.GRANT, Act.LICENCE))
        answers += _list_answer_days(life)
    return Outcomes(
        cases=cases,
        handed_in=kinds.total(),
        at_once=kinds["at_once"],
        returned=kinds["returned"],
        refused=kinds["refused"],
        withdrawn=kinds["withdrawn"],
        waiting=kinds["waiting"],
        to_acceptance=_summarise_days(acceptance),
        to_grant=_summarise_days(grant),
        answering=_summarise_days(answers),
        altered=tuple(altered),
    )


def _select_first_application(events: Sequence[Event]) -> Sequence[Event]:
    """From the first handing in of the application to the end of that matter."""
    if not events or events[0].act is not Act.SUBMIT:
        return ()
    for place, event in enumerate(events):
        if event.act in _ENDS:
            return events[: place + 1]
    return events


def _find_outcome(life: Sequence[Event]) -> str:
    acts = {event.act for event in life}
    if Act.CORRECTION in acts:
        return "returned"
    if acts & {Act.NON_ACCEPTANCE, Act.REFUSAL}:
        return "refused"
    if Act.WITHDRAW in acts:
        return "withdrawn"
    return "at_once" if acts & {Act.ACCEPTANCE, Act.GRANT, Act.LICENCE} else "waiting"


def _find_first_day(life: Sequence[Event], *acts: Act) -> date | None:
    return next((event.on for event in life if event.act in acts), None)


def _list_days(start: date, end: date | None) -> list[int]:
    return [] if end is None else [(end - start).days]


def _list_answer_days(life: Sequence[Event]) -> list[int]:
    """Days from each notice of correction to the handing in that answered it."""
    days: list[int] = []
    noticed: date | None = None
    for event in life:
        if event.act is Act.CORRECTION and noticed is None:
            noticed = event.on
        elif event.act is Act.SUBMIT and noticed is not None:
            days.append((event.on - noticed).days)
            noticed = None
    return days


def _summarise_days(days: Sequence[int]) -> Took:
    if not days:
        return Took(n=0)
    return Took(n=len(days), least=min(days), median=median_low(days), most=max(days))


_ENDS: Final = frozenset(
    {Act.LICENCE, Act.NON_ACCEPTANCE, Act.REFUSAL, Act.WITHDRAW, Act.DEREGISTRATION}
)
