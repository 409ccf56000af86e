"""From readings to incidents: several failures open one, several passes close it.

A pure state machine. What was not seen changes nothing, and a gap of our own observer
begins the counting anew: it can make us slower, and never opens or closes anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from changqing.watch.model import Incident, ObserverView, Watched, WatchReading
from changqing.watch.settings import WatchRule


def advance_watched(
    before: Watched, reading: WatchReading, rule: WatchRule
) -> tuple[Watched, Incident | None]:
    """Give the state after a reading, and the incident that it opens or closes, if any.

    A reading whose `good` is None leaves the state as it is. `rule` says how many
    failures in a row, over how many hours, open an incident, and how many passes close
    it.

    An incident that is closed comes with its id, key and `closed_at`; what else is
    known of it stands with its opening.
    """
    if reading.good is None:
        return before, None
    if reading.good:
        return _count_pass(before, reading, rule)
    since = before.since if before.fails and before.since is not None else reading.at
    # Counted no further than it takes: only states that changed are written, and months
    # of one outage must not add to the history at every look.
    now = replace(
        before, fails=min(before.fails + 1, rule.fails), passes=0, since=since
    )
    if now.incident is not None or now.fails < rule.fails:
        return now, None
    if reading.at - since < timedelta(hours=rule.hours):
        return now, None
    name = make_incident_id(reading.key, since.isoformat())
    opened = Incident(
        id=name,
        lapse=reading.lapse,
        key=reading.key,
        text=reading.text,
        since=since,
        opened_at=reading.at,
    )
    return replace(now, incident=name), opened


def _count_pass(
    before: Watched, reading: WatchReading, rule: WatchRule
) -> tuple[Watched, Incident | None]:
    if before.incident is None:
        return Watched(), None
    # Closing asks for passes in a row just as opening asks for failures: else what goes
    # up and down would be told at every look.
    passes = before.passes + 1
    if passes < rule.passes:
        return replace(before, fails=0, passes=passes), None
    closed = Incident(
        id=before.incident,
        lapse=reading.lapse,
        key=reading.key,
        text=reading.text,
        since=reading.at,
        opened_at=reading.at,
        closed_at=reading.at,
    )
    return Watched(), closed


def advance_view(
    before: ObserverView, reading: WatchReading, rule: WatchRule
) -> ObserverView:
    """Give how one of several observers sees a thing after a reading of its own.

    By the counts of `rule`, as `advance_watched` gives it for one that is alone.
    """
    if reading.good is None:
        return before
    watched, _ = advance_watched(before.watched, reading, rule)
    return ObserverView(watched=watched, good=reading.good and watched.incident is None)


def decide_together(
    views: Iterable[ObserverView], *, is_open: bool, needed: int, of: int
) -> bool | None:
    """Decide by all observers of now: True opens an incident, False closes the open.

    So many must hold that there is one; it is over once so many see the thing in order
    that the others are too few. None changes nothing: what was not seen never does.
    """
    views = tuple(views)
    if (
        not is_open
        and sum(view.watched.incident is not None for view in views) >= needed
    ):
        return True
    if is_open and sum(view.good for view in views) > of - needed:
        return False
    return None


def carry_over_gap(before: Watched) -> Watched:
    """Carry a state over a time in which we did not look: incidents stay."""
    return Watched(incident=before.incident)


def make_incident_id(key: str, since: str) -> str:
    """Make the name of the incident of a thing since a moment; always the same."""
    return hashlib.sha256(f"{key}\n{since}".encode()).hexdigest()[:16]
