"""What follows from the readings of a look: states that changed, and incidents.

For one observer alone, and for several of whom so many must hold that something lapsed.
Pure: the state before and the readings in, what is to be written out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from changqing.text import Text
from changqing.watch.journal import ObserverState, WatchState
from changqing.watch.machine import (
    advance_view,
    advance_watched,
    carry_over_gap,
    decide_together,
    make_incident_id,
)
from changqing.watch.model import Incident, ObserverView, Watched, WatchReading
from changqing.watch.settings import WatchSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class LookOutcome:
    """What is to be written of a look: states that changed, and incidents.

    `seen` is how the observer of the look sees each thing, where it is one of several.
    `closed` are the ids of incidents.
    """

    states: Mapping[str, Watched] = field(default_factory=dict)
    seen: Mapping[str, ObserverView] = field(default_factory=dict)
    opened: Sequence[Incident] = ()
    closed: Sequence[str] = ()

    def add_outcome(self, other: LookOutcome) -> LookOutcome:
        """Put what follows from other readings of the same look beside it."""
        return LookOutcome(
            states={**self.states, **other.states},
            seen={**self.seen, **other.seen},
            opened=[*self.opened, *other.opened],
            closed=[*self.closed, *other.closed],
        )


def follow_alone(
    state: WatchState,
    readings: Sequence[WatchReading],
    settings: WatchSettings,
    *,
    gap: bool,
) -> LookOutcome:
    """Tell what follows where one observer is enough.

    `gap`: it was blind since its last look, so that the counting begins anew.
    """
    is_open = {incident.key: incident.id for incident in state.open}
    before = dict(state.watched)
    if gap:
        before = {key: carry_over_gap(watched) for key, watched in before.items()}
    after = dict(before)
    opened: list[Incident] = []
    closed: list[str] = []
    for reading in readings:
        was = after.get(reading.key, Watched())
        if was.incident != is_open.get(reading.key):
            # It was opened or closed by several together; they are alone no more.
            was = Watched(incident=is_open.get(reading.key))
        watched, incident = advance_watched(
            was, reading, settings.find_rule(reading.lapse)
        )
        after[reading.key] = watched
        if incident is not None and incident.closed_at is None:
            opened.append(incident)
            is_open[reading.key] = incident.id
        elif incident is not None:
            closed.append(incident.id)
            del is_open[reading.key]
    changed = {
        key: watched
        for key, watched in after.items()
        if state.watched.get(key, Watched()) != watched
    }
    return LookOutcome(states=changed, opened=opened, closed=closed)


def follow_together(
    state: WatchState,
    observer: str,
    readings: Sequence[WatchReading],
    settings: WatchSettings,
    *,
    fresh_since: datetime,
    gap: bool,
) -> LookOutcome:
    """Tell what follows where several observe: so many must hold that it lapsed.

    Who has not looked since `fresh_since` is not heard: it can neither open nor close.
    """
    rule = settings.observers
    own = state.observers.get(observer, ObserverState())
    after = dict(own.views)
    if gap:
        after = {
            key: ObserverView(watched=carry_over_gap(view.watched))
            for key, view in after.items()
        }
    others = {
        name: state.observers[name].views
        for name in rule.names
        if name != observer and _is_fresh(state.observers.get(name), fresh_since)
    }
    is_open = {incident.key: incident.id for incident in state.open}
    opened: list[Incident] = []
    closed: list[str] = []
    for reading in readings:
        key = reading.key
        view = advance_view(
            after.get(key, ObserverView()), reading, settings.find_rule(reading.lapse)
        )
        after[key] = view
        views = {observer: view} | {
            name: theirs[key] for name, theirs in others.items() if key in theirs
        }
        decided = decide_together(
            views.values(),
            is_open=key in is_open,
            needed=rule.needed,
            of=len(rule.names),
        )
        if decided is True:
            incident = _open_together(reading, views, rule.needed)
            opened.append(incident)
            is_open[key] = incident.id
        elif decided is False:
            closed.append(is_open.pop(key))
    changed = {
        key: view
        for key, view in after.items()
        if own.views.get(key, ObserverView()) != view
    }
    return LookOutcome(seen=changed, opened=opened, closed=closed)


def _is_fresh(observer: ObserverState | None, since: datetime) -> bool:
    return (
        observer is not None
        and observer.last_look is not None
        and observer.last_look >= since
    )


def _open_together(
    reading: WatchReading, views: Mapping[str, ObserverView], needed: int
) -> Incident:
    """Open an incident since the moment from which so many hold that it lapsed."""
    holding = {
        name: view.watched.since or reading.at
        for name, view in views.items()
        if view.watched.incident is not None
    }
    since = sorted(holding.values())[needed - 1]
    names = sorted(holding)
    return Incident(
        id=make_incident_id(reading.key, since.isoformat()),
        lapse=reading.lapse,
        key=reading.key,
        text=Text(
            zh=f"{reading.text.zh}；看到的有：{'、'.join(names)}",
            en=f"{reading.text.en}; seen by {', '.join(names)}",
        ),
        since=since,
        opened_at=reading.at,
    )
