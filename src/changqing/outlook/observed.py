"""From observations kept over time to what cadence and availability are given.

Time in which our own observer was not shown to work is neither silence nor up: it
comes out as `UnseenDays` and as `Blind` time, and as nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from changqing.day import beijing_day, find_day_start
from changqing.evidence.observations import Observation, ObservationKind
from changqing.outlook.availability import Blind, UpCheck
from changqing.outlook.cadence import UnseenDays

_DAY = timedelta(days=1)


def list_publication_days(rows: Iterable[Observation]) -> frozenset[date]:
    """List the Beijing days with at least one item."""
    return frozenset(
        beijing_day(row.at) for row in rows if row.kind is ObservationKind.PUBLICATION
    )


def list_blind_times(rows: Iterable[Observation]) -> tuple[Blind, ...]:
    """List when the observer is not shown to work, in order, neighbours joined."""
    spans = sorted(
        (row.at, row.at + timedelta(seconds=row.value or 0))
        for row in rows
        if row.kind is ObservationKind.BLIND
    )
    merged: list[Blind] = []
    for start, end in spans:
        if merged and start <= merged[-1].end:
            last = merged.pop()
            start, end = last.start, max(last.end, end)
        merged.append(Blind(start=start, end=end))
    return tuple(merged)


def list_unseen_days(rows: Iterable[Observation]) -> tuple[UnseenDays, ...]:
    """List the Beijing days that were blind from beginning to end.

    Of a day that was seen for a part, a look at its end still tells what came out.
    """
    unseen: list[UnseenDays] = []
    for blind in list_blind_times(rows):
        first = beijing_day(blind.start)
        if find_day_start(first) < blind.start:
            first += _DAY
        last = beijing_day(blind.end) - _DAY
        if first <= last:
            unseen.append(UnseenDays(first=first, last=last))
    return tuple(unseen)


def list_checks(rows: Iterable[Observation]) -> tuple[UpCheck, ...]:
    """List the checks that saw something: none in a blind time or without value."""
    observations = list(rows)
    blind = list_blind_times(observations)
    return tuple(
        UpCheck(at=row.at, up=row.value > 0)
        for row in observations
        if row.kind is ObservationKind.CHECK
        and row.value is not None
        and not any(time.start <= row.at < time.end for time in blind)
    )
