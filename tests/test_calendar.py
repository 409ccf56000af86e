"""Working days: announced years as announced, later years provisional."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from chinese_calendar import get_holiday_detail, is_workday
from hypothesis import given
from hypothesis import strategies as st

from changqing import calendar

ANY_DAY = st.dates(min_value=date(1890, 1, 1), max_value=date(2120, 12, 31))
FEW = st.integers(min_value=0, max_value=90)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [
        first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)
    ]


@pytest.mark.parametrize("year", [2004, 2020, 2025, 2026])
def test_announced_years_are_as_announced(year: int) -> None:
    assert all(calendar.is_working_day(day) == is_workday(day) for day in days_of(year))


def test_a_saturday_swapped_for_a_holiday_is_a_working_day() -> None:
    assert calendar.is_working_day(date(2026, 2, 14))
    assert not calendar.is_working_day(date(2026, 2, 20))


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 9, 29), 1, date(2026, 9, 30)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 3, 2), 60, date(2026, 5, 28)),
    ],
)
def test_the_day_itself_is_not_counted(day: date, count: int, expected: date) -> None:
    assert calendar.add_working_days(day, count) == (expected, False)


@pytest.mark.parametrize("year", [2028, 2031, 2087])
def test_unannounced_years_keep_the_statutory_holidays_and_are_provisional(
    year: int,
) -> None:
    for month, day in [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]:
        assert not calendar.is_working_day(date(year, month, day))
        assert calendar.is_provisional(date(year, month, day))
    assert calendar.add_working_days(date(year, 3, 1), 5).provisional
    assert calendar.count_working_days(date(year, 3, 1), date(year, 4, 1)).provisional


@pytest.mark.parametrize(
    "festival",
    [
        date(2028, 1, 25),
        date(2028, 1, 28),
        date(2028, 4, 4),
        date(2028, 5, 29),
        date(2031, 1, 22),
        date(2031, 1, 24),
        date(2031, 6, 24),
    ],
)
def test_festivals_of_unannounced_years_are_days_off(festival: date) -> None:
    assert not calendar.is_working_day(festival)


def test_a_holiday_on_a_weekend_is_made_up_on_the_next_working_day() -> None:
    assert date(2028, 1, 1).strftime("%a") == "Sat"
    assert not calendar.is_working_day(date(2028, 1, 3))
    assert calendar.is_working_day(date(2028, 1, 4))


def test_two_holidays_on_one_day_give_two_days_off() -> None:
    # In 2031 Mid-Autumn is 1 October, a Wednesday; the 6th is the next Monday.
    assert not calendar.is_working_day(date(2031, 10, 6))
    assert calendar.is_working_day(date(2031, 10, 7))


@pytest.mark.parametrize("year", range(2008, 2027))
def test_every_holiday_that_the_law_names_was_announced_as_one(year: int) -> None:
    law = set(calendar._list_statutory_holidays(year))
    eve_and_second_of_may = 2 if year < 2025 else 0  # the text of 2024 added them
    announced = [day for day in law if get_holiday_detail(day)[0]]
    assert len(law) - len(announced) <= eve_and_second_of_may
    assert len(law) >= 12


@pytest.mark.parametrize("year", [2025, 2026])
def test_the_foreseen_year_has_as_many_working_days_as_the_announced_one(
    year: int,
) -> None:
    foreseen = Counter(
        day.weekday() < 5 and day not in calendar._compute_days_off(year)
        for day in days_of(year)
    )
    announced = Counter(is_workday(day) for day in days_of(year))
    assert foreseen == announced


def test_the_next_notice_may_still_move_the_last_week_of_december() -> None:
    years = range(2026, 2100)
    last = next(y for y in years if calendar.is_provisional(date(y, 12, 31)))
    assert calendar.is_provisional(date(last, 12, 25))
    assert not calendar.is_provisional(date(last, 12, 24))


@pytest.mark.parametrize(
    "day", [date.min, date(1899, 12, 31), date(2100, 5, 5), date.max]
)
def test_no_year_is_an_error(day: date) -> None:
    assert calendar.is_provisional(day)
    assert calendar.add_working_days(day, 3).provisional
    assert calendar.subtract_working_days(day, 3).provisional


@given(ANY_DAY, FEW)
def test_adding_then_subtracting_returns_to_a_working_day(
    day: date, count: int
) -> None:
    start = calendar.add_working_days(day, 1).day
    there = calendar.add_working_days(start, count).day
    assert calendar.subtract_working_days(there, count).day == start


@given(ANY_DAY, FEW)
def test_the_day_found_is_a_working_day_that_many_after(day: date, count: int) -> None:
    found, provisional = calendar.add_working_days(day, count)
    assert found == day if count == 0 else calendar.is_working_day(found)
    assert calendar.count_working_days(day, found) == (count, provisional)


@given(ANY_DAY, st.integers(min_value=0, max_value=30), FEW, FEW)
def test_a_later_start_or_a_longer_wait_never_ends_earlier(
    day: date, later: int, count: int, more: int
) -> None:
    end = calendar.add_working_days(day, count).day
    assert calendar.add_working_days(day + timedelta(days=later), count).day >= end
    assert calendar.add_working_days(day, count + more).day >= end


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 24), 2, date(2027, 1, 24)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
    ],
)
def test_months_end_on_the_same_day_or_the_end_of_the_month(
    day: date, count: int, expected: date
) -> None:
    assert calendar.add_months(day, count) == expected


@given(ANY_DAY, st.integers(min_value=-600, max_value=600))
def test_a_day_more_or_a_month_more_never_ends_earlier(day: date, count: int) -> None:
    end = calendar.add_months(day, count)
    assert calendar.add_months(day + timedelta(days=1), count) >= end
    assert calendar.add_months(day, count + 1) > end


@given(ANY_DAY, FEW)
def test_a_negative_count_goes_the_other_way(day: date, count: int) -> None:
    back = calendar.subtract_working_days(day, count)
    assert calendar.add_working_days(day, -count) == back
    between = calendar.count_working_days(day, back.day)
    assert between.days == -calendar.count_working_days(back.day, day).days


@given(ANY_DAY, FEW)
def test_an_answer_past_an_unannounced_day_stays_provisional(
    day: date, count: int
) -> None:
    if calendar.add_working_days(day, count).provisional and day > date(2004, 1, 1):
        assert calendar.add_working_days(day, count + 1).provisional
