"""Working days in China, as the deadlines of administrative law count them.

The State Council announces each year's days off in the autumn before it. Past the
last announcement the count goes on with weekends and the statutory holidays, and the
answer says that it is provisional (暂按): the announcement may still move it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from changqing.jsondata import Json, read_list, read_object, read_text, read_whole
from changqing.law.folders import CATALOGUE_ROOT
from changqing.yamlfile.read import read

__all__ = [
    "DayCount",
    "Reckoned",
    "add_months",
    "add_working_days",
    "count_working_days",
    "is_provisional",
    "is_working_day",
    "subtract_working_days",
]

_SATURDAY = 5
_ONE = timedelta(days=1)


class Reckoned(NamedTuple):
    """A day found by counting, and whether an announcement may still move it."""

    day: date
    provisional: bool


class DayCount(NamedTuple):
    """A number of working days, and whether an announcement may still change it."""

    days: int
    provisional: bool


def is_working_day(day: date) -> bool:
    """Tell whether offices work on `day`; see `is_provisional` for how sure that is."""
    announced = _find_announcement(day)
    if announced is not None:
        return announced
    return day.weekday() < _SATURDAY and day not in _compute_days_off(day.year)


def is_provisional(day: date) -> bool:
    """Tell whether what we say of `day` has not been announced yet.

    The last week of an announced year stays provisional until the next year's
    announcement, which may borrow from it for the New Year holiday.
    """
    if _find_announcement(day) is None:
        return True
    borrowed = day.month == 12 and day.day >= 25 and day.year < date.max.year
    return borrowed and _find_announcement(date(day.year + 1, 1, 1)) is None


def add_working_days(day: date, count: int) -> Reckoned:
    """Find the `count`-th working day after `day`, which itself is not counted.

    Zero gives `day` back, a negative count goes backwards. Linear in `count`. Stops
    at the last day a date can hold.
    """
    if count < 0:
        return subtract_working_days(day, -count)
    return _walk_days(day, count, _ONE)


def subtract_working_days(day: date, count: int) -> Reckoned:
    """Find the `count`-th working day before `day`, which itself is not counted."""
    if count < 0:
        return add_working_days(day, -count)
    return _walk_days(day, count, -_ONE)


def count_working_days(start: date, end: date) -> DayCount:
    """Count the working days after `start`, up to and with `end`.

    Negative when `end` lies before `start`.
    """
    if end < start:
        backwards = count_working_days(end, start)
        return DayCount(-backwards.days, backwards.provisional)
    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    return DayCount(
        sum(is_working_day(day) for day in days),
        any(is_provisional(day) for day in days),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holidays:
    """The days off that the law names, each as month and day.

    `festivals` has by year the first day of spring and the three others.
    """

    fixed: tuple[str, ...]
    spring_days: int
    days_before_spring: int
    festivals: Mapping[str, tuple[str, ...]]


def add_months(day: date, count: int) -> date:
    """Add `count` months to `day` (fewer when negative), clamped to the month's end.

    31 January plus one month is 28 or 29 February. Raises ValueError outside the years
    1 to 9999.
    """
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def count_whole_months(start: date, end: date) -> int:
    """Count the months that are over on `end`, from `start`: 31 January to 1 March: 1.

    Negative where `end` is before `start`.
    """
    months = 12 * (end.year - start.year) + end.month - start.month
    return months - (end.day < start.day)


def _walk_days(day: date, count: int, step: timedelta) -> Reckoned:
    provisional = False
    edge = date.max if step > timedelta(0) else date.min
    while count > 0 and day != edge:
        day += step
        # Each day on the way counts, not only the last: an announcement that makes any
        # of them a day off, or a working day, moves where the count ends.
        provisional = provisional or is_provisional(day)
        count -= is_working_day(day)
    return Reckoned(day, provisional or count > 0)


@cache
def _find_announcement(day: date) -> bool | None:
    """Find what was announced for `day`; None in a year without an announcement."""
    # Imported on first use: most commands never count working days.
    from chinese_calendar import is_workday

    try:
        return bool(is_workday(day))
    except NotImplementedError:
        return None


@cache
def _compute_days_off(year: int) -> frozenset[date]:
    """The statutory holidays of a year nobody has announced.

    A holiday that falls on a weekend, or on another holiday, is made up on the next
    free working day. Which weekends an announcement swaps cannot be foreseen.
    """
    off: set[date] = set()
    displaced: list[date] = []
    for holiday in _list_statutory_holidays(year):
        if holiday.weekday() >= _SATURDAY or holiday in off:
            displaced.append(holiday)
        off.add(holiday)
    for holiday in displaced:
        substitute = holiday
        while substitute.weekday() >= _SATURDAY or substitute in off:
            substitute += _ONE
        off.add(substitute)
    return frozenset(off)


def _list_statutory_holidays(year: int) -> list[date]:
    """List the days off that the law names, in order; the festivals where known.

    Two festivals that share a day are both listed.
    """
    law = _read_holidays()
    fixed = [_make_day(year, day) for day in law.fixed]
    festivals = law.festivals.get(str(year))
    if festivals is None:
        return sorted(fixed)
    spring, *others = (_make_day(year, day) for day in festivals)
    eve = spring - timedelta(days=law.days_before_spring)
    spring_days = [eve + timedelta(days=number) for number in range(law.spring_days)]
    return sorted([*fixed, *spring_days, *others])


def _make_day(year: int, month_and_day: str) -> date:
    return date.fromisoformat(f"{year:04}-{month_and_day}")


@cache
def _read_holidays() -> _Holidays:
    """Read 全国年节及纪念日放假办法 as the catalogue has it."""
    root = CATALOGUE_ROOT / "calendar"
    file = read(root / "holidays.yaml", shown="calendar/holidays.yaml")
    law = read_object(file.data)
    spring = read_object(law["spring_festival"])
    return _Holidays(
        fixed=_read_texts(law["fixed"]),
        spring_days=read_whole(spring["days"]),
        days_before_spring=read_whole(spring["before"]),
        festivals={
            year: _read_texts(days)
            for year, days in read_object(law["festivals"]).items()
        },
    )


def _read_texts(value: Json) -> tuple[str, ...]:
    return tuple(map(read_text, read_list(value)))
