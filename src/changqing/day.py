"""Beijing days at the border, UTC inside."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

BEIJING = ZoneInfo("Asia/Shanghai")
_MOST_DAYS: Final = 4096
"""Days and instants that are kept: a case asks thousands of times for a few dozen."""


@lru_cache(maxsize=_MOST_DAYS)
def beijing_day(instant: datetime) -> date:
    """Tell the day an aware instant falls on in Beijing.

    What lies beyond the days there are is on the last of them, or the first: a
    certificate without an end says 9999-12-31 23:59:59 UTC (RFC 5280, 4.1.2.5).
    """
    try:
        return instant.astimezone(BEIJING).date()
    except OverflowError:
        return date.min if instant.year == date.min.year else date.max


@lru_cache(maxsize=_MOST_DAYS)
def find_day_start(day: date) -> datetime:
    """Find the first instant, in UTC, of a Beijing day."""
    return datetime.combine(day, time.min, tzinfo=BEIJING).astimezone(UTC)


def find_last_valid_day(day: date, days: int | None) -> date | None:
    """Find the last day on which something true on `day` counts; None: for ever."""
    if days is None:
        return None
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max


def find_earliest(*days: date | None) -> date | None:
    """Find the earliest of some last days, of which None never ends."""
    ending = [day for day in days if day is not None]
    return min(ending, default=None)
