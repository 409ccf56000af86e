"""The day on which tests stand, whatever day it is.

Looks and papers of the examples are fresh for days only, and their planned day passes.
The time of day goes on as it does. Programs of their own go by the machine's clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Final

from changqing.day import beijing_day
from changqing.rehearsal.live import RECORDED_ON

TODAY: Final = RECORDED_ON + timedelta(days=3)


def move_to_today(at: datetime) -> datetime:
    """Give the same time of day, in Beijing, on the day of the tests."""
    return at + (TODAY - beijing_day(at))


class Clock(datetime):
    """What a module under test knows as `datetime`."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """Give the time on the day of the tests."""
        return move_to_today(datetime.now(tz))
