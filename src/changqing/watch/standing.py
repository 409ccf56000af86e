"""How a watched case stands after a round: what is open, what fails, what is well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from changqing.casework.promises import Promise
from changqing.errors import ChangqingError
from changqing.watch.journal import WatchState
from changqing.watch.model import THREE, BlindTime, Incident, Lapse, Sight, Watched


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStanding:
    """How a case stands after a round. `problem` says why nothing could be done.

    `well_since` is set when nothing is open or failing and the last look saw that the
    service answers; `sights` tells of each kind of lapse that users notice first;
    `failing` counts what was seen wrong, not often enough yet for an incident; `unseen`
    what this look could not see. `blind` are the times of this round in which our own
    observer was not shown to work. `promises` are those of the plans. `looked` False:
    not due yet.
    """

    folder: Path
    name: str
    at: datetime
    looked: bool = False
    sites: int = 0
    failing: int = 0
    unseen: int = 0
    opened: tuple[Incident, ...] = ()
    closed: tuple[Incident, ...] = ()
    open: tuple[Incident, ...] = ()
    blind: tuple[BlindTime, ...] = ()
    well_since: datetime | None = None
    sights: Mapping[Lapse, Sight] = field(default_factory=dict)
    promises: tuple[Promise, ...] = ()
    problem: ChangqingError | None = None


def build_standing(
    folder: Path,
    name: str,
    state: WatchState,
    at: datetime,
    *,
    looked: bool = False,
    opened: tuple[Incident, ...] = (),
    closed: tuple[Incident, ...] = (),
    blind: tuple[BlindTime, ...] = (),
    sites: int = 0,
    unseen: int = 0,
    promises: tuple[Promise, ...] = (),
) -> WatchStanding:
    """Build how a case stands from the state of its watch and what one look added."""
    lapsed = {incident.key for incident in state.open}
    failing = len(
        {key for key, watched in _list_watched(state) if watched.fails} - lapsed
    )
    ends = [
        incident.closed_at
        for incident in state.incidents.values()
        if incident.closed_at
    ]
    return WatchStanding(
        folder=folder,
        name=name,
        at=at,
        looked=looked,
        sites=sites,
        failing=failing,
        unseen=unseen,
        opened=opened,
        closed=closed,
        open=state.open,
        blind=blind,
        well_since=(
            None
            if state.open
            or failing
            or state.find_sight(Lapse.STOPPED_ANSWERING) is not Sight.WELL
            else max(ends, default=state.first_sight)
        ),
        sights={lapse: state.find_sight(lapse) for lapse in THREE},
        promises=promises,
    )


def _list_watched(state: WatchState) -> Iterator[tuple[str, Watched]]:
    """List what is watched by its key, for each observer."""
    yield from state.watched.items()
    for observer in state.observers.values():
        for key, view in observer.views.items():
            yield key, view.watched
