"""Observations become what cadence and availability are given; blind is neither."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from changqing.case.subjects import Subject
from changqing.day import find_day_start
from changqing.evidence.observations import Observation, ObservationKind, Observations
from changqing.outlook.availability import Blind, UpCheck, judge_availability
from changqing.outlook.cadence import UnseenDays, judge_cadence
from changqing.outlook.coefficients import load_shipped
from changqing.outlook.observed import (
    list_blind_times,
    list_checks,
    list_publication_days,
    list_unseen_days,
)

DAY = date(2026, 6, 1)
HOUR = timedelta(hours=1)


def seen(kind: str, at: datetime, value: int | None = None) -> Observation:
    return Observation(
        subject=Subject("service", "site"),
        kind=ObservationKind(kind),
        at=at,
        value=value,
        source="https://example.com/",
    )


def test_publications_count_by_beijing_day() -> None:
    late = datetime(2026, 6, 1, 15, 59, tzinfo=UTC)
    rows = [
        seen("publication", late),
        seen("publication", late + timedelta(minutes=1)),
        seen("check", late + timedelta(days=3), 1),
    ]
    assert list_publication_days(rows) == {DAY, date(2026, 6, 2)}


def test_blind_times_that_touch_are_one() -> None:
    at = find_day_start(DAY)
    rows = [seen("blind", at + HOUR, 3600), seen("blind", at, 3600)]
    assert list_blind_times(rows) == (Blind(start=at, end=at + 2 * HOUR),)


def test_only_a_day_that_was_blind_throughout_is_unseen() -> None:
    at = find_day_start(DAY)
    day = 86_400
    assert list_unseen_days([seen("blind", at, day)]) == (
        UnseenDays(first=DAY, last=DAY),
    )
    assert list_unseen_days([seen("blind", at, day - 1)]) == ()
    assert list_unseen_days([seen("blind", at + HOUR, 2 * day)]) == (
        UnseenDays(first=DAY + timedelta(days=1), last=DAY + timedelta(days=1)),
    )


def test_a_check_in_a_blind_time_is_none() -> None:
    at = find_day_start(DAY)
    rows = [
        seen("check", at, 1),
        seen("check", at + HOUR, 0),
        seen("blind", at + HOUR, 60),
        seen("check", at + 2 * HOUR),
        seen("check", at + 3 * HOUR, 0),
    ]
    assert list_checks(rows) == (
        UpCheck(at=at, up=True),
        UpCheck(at=at + 3 * HOUR, up=False),
    )


def test_blindness_is_neither_silence_nor_up_after_a_round_on_disk(
    tmp_path: Path,
) -> None:
    end = find_day_start(date(2026, 11, 24))
    rows = [seen("publication", end - timedelta(days=7 * n)) for n in range(2, 40)]
    rows += [seen("check", end - HOUR * n, 1) for n in range(240, 2000)]
    rows.append(seen("blind", end - HOUR * 240, 240 * 3600))
    kept = Observations(tmp_path)
    kept.append(rows, now=end)
    told = kept.read()
    as_of = date(2026, 11, 23)
    judged = judge_cadence(
        list_publication_days(told),
        watched_from=date(2026, 1, 1),
        as_of=as_of,
        unseen=list_unseen_days(told),
        coefficients=load_shipped().cadence,
    )
    assert judged.stands_on == as_of - timedelta(days=10)
    assert judged.silent_days == 3
    level = judge_availability(
        list_checks(told),
        as_of=end,
        blind=list_blind_times(told),
        coefficients=load_shipped().availability,
    )
    assert level.recent.level == 1
    assert level.recent.observed == timedelta(days=20)
