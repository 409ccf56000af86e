"""What a person is offered to record today: what the table and its guards allow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import chain

from changqing.case.model import Case
from changqing.casework.events import Act, Event
from changqing.casework.stages import list_possible_acts
from changqing.casework.state import MATTERS, CaseState
from changqing.casework.transitions import TRANSITIONS, AskedEvent
from changqing.law.model import Catalogue


def find_allowed_acts(
    catalogue: Catalogue, case: Case, state: CaseState, today: date
) -> tuple[Act, ...]:
    """Find the acts of which an event could be recorded, in the order of the table."""

    def is_allowed(act: Act) -> bool:
        guard = TRANSITIONS[state.stage, act].guard
        return any(
            guard(AskedEvent(catalogue=catalogue, case=case, state=state, event=event))
            is None
            for event in _list_sample_events(act, state, today)
        )

    return tuple(act for act in list_possible_acts(state) if is_allowed(act))


def _list_sample_events(act: Act, state: CaseState, today: date) -> Iterable[Event]:
    """Events that a person might record: one that fits is enough to offer the act."""
    if act is Act.LINE:
        return [Event(act=act, on=today, by="", lines=(line,)) for line in state.lines]
    if act is Act.BEGIN:
        names = chain.from_iterable(MATTERS.values())
        return [Event(act=act, on=today, by="", matter=name) for name in names]
    return [Event(act=act, on=today, by="", until=date.max)]
