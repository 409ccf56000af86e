"""Checks over time: the level, the outages, and what they say about the next days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from changqing.outlook.availability import (
    LONGEST_HOLD,
    RULE,
    Account,
    Availability,
    Blind,
    Outage,
    UpCheck,
    judge_availability,
    say_availability,
    select_alike,
    sum_account,
)
from changqing.outlook.chances import say_range
from changqing.outlook.coefficients import load_shipped
from changqing.report.build_outlook import build_availability
from changqing.report.codec import to_plain

AS_OF = datetime(2026, 11, 24, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

hours_ago = st.integers(min_value=1, max_value=100 * 24)
looks = st.dictionaries(hours_ago, st.booleans(), min_size=1, max_size=40)
spans = st.tuples(hours_ago, st.integers(min_value=1, max_value=72))


def check(hours: int, up: bool = True) -> UpCheck:
    return UpCheck(at=AS_OF - hours * HOUR, up=up)


def blind(first: int, last: int) -> Blind:
    return Blind(start=AS_OF - first * HOUR, end=AS_OF - last * HOUR)


def hourly(days: int, down: range = range(0)) -> list[UpCheck]:
    return [check(hours, up=hours not in down) for hours in range(1, 24 * days + 1)]


def judge(checks: list[UpCheck], *gaps: Blind) -> Availability:
    return judge_availability(
        checks, as_of=AS_OF, blind=gaps, coefficients=load_shipped().availability
    )


def by_hand(seen: dict[int, bool], dark: set[int], hours: int) -> tuple[int, int]:
    """Hours up and observed of the last `hours`, one by one."""
    known = {ago: up for ago, up in seen.items() if ago not in dark}
    up = observed = 0
    for hour in range(1, hours + 1):
        before = [ago for ago in known if ago >= hour]
        if hour in dark or not before or min(before) - hour >= LONGEST_HOLD / HOUR:
            continue
        observed += 1
        up += known[min(before)]
    return up, observed


# -- laws


@given(looks, st.lists(spans, max_size=3))
def test_the_figure_recomputes_hour_by_hour_from_the_history(
    seen: dict[int, bool], gaps: list[tuple[int, int]]
) -> None:
    dark = {start - step for start, length in gaps for step in range(length)}
    found = judge(
        [check(hours, up=up) for hours, up in seen.items()],
        *(blind(start, start - length) for start, length in gaps),
    )
    for part, days in ((found.recent, 30), (found.past, 90)):
        up, observed = by_hand(seen, dark, 24 * days)
        assert (part.up / HOUR, part.observed / HOUR) == (up, observed)


@given(looks, spans)
def test_time_nobody_saw_is_never_up_and_never_down(
    seen: dict[int, bool], gap: tuple[int, int]
) -> None:
    checks = [check(hours, up=up) for hours, up in seen.items()]
    whole = judge(checks).past
    part = judge(checks, blind(gap[0], gap[0] - gap[1])).past
    dark = min(gap[1], gap[0]) * HOUR
    assert part.observed <= whole.observed
    # A check lost to the gap changes what its neighbours hold; else only it is missing.
    if not any(gap[0] - gap[1] < hours <= gap[0] for hours in seen):
        assert whole.observed - part.observed <= dark
        assert part.up <= whole.up
        assert part.observed - part.up <= whole.observed - whole.up


@given(st.booleans(), spans)
def test_a_gap_of_the_observer_changes_nothing_but_the_width(
    up: bool, gap: tuple[int, int]
) -> None:
    checks = [check(hours, up=up) for hours in range(1, 95 * 24, 6)]
    assume(gap[0] < 90 * 24)
    whole, part = judge(checks), judge(checks, blind(gap[0], gap[0] - gap[1]))
    assert part.recent.level == whole.recent.level == float(up)
    assert part.level_range[0] <= whole.level_range[0]
    assert part.level_range[1] >= whole.level_range[1]
    assert len(part.past.outages) == len(whole.past.outages) == 1 - up


@given(looks)
def test_the_interval_holds_the_level(
    seen: dict[int, bool],
) -> None:
    found = judge([check(hours, up=up) for hours, up in seen.items()])
    low, high = found.level_range
    assert 0 <= low <= high <= 1
    if found.recent.level is not None:
        assert low <= found.recent.level <= high


def past_with(up: float, outage: Outage) -> Account:
    return Account(
        since=AS_OF - 90 * DAY,
        up=up * DAY,
        observed=90 * DAY,
        checks=2160,
        outages=(outage,),
    )


def down_for(hours: int, *, over: bool) -> Outage:
    start = AS_OF - hours * HOUR
    return Outage(start=start, end=AS_OF if over else None, observed=hours * HOUR)


@given(st.floats(min_value=0, max_value=90), st.floats(min_value=0, max_value=5))
def test_less_up_and_being_down_never_raise_the_share(up: float, lost: float) -> None:
    coefficients = load_shipped().availability

    def share(days: float, *, over: bool) -> float:
        found = select_alike(past_with(days, down_for(30, over=over)), coefficients)
        assert found is not None
        return found.reached.value

    assert share(max(0.0, up - lost), over=True) <= share(up, over=True)
    assert share(up, over=False) <= share(up, over=True)


@given(st.lists(st.tuples(hours_ago, st.booleans()), max_size=20), st.randoms())
def test_order_does_not_matter(seen: list[tuple[int, bool]], dice: Random) -> None:
    checks = [check(hours, up=up) for hours, up in seen]
    shuffled = list(checks)
    dice.shuffle(shuffled)
    assert judge(shuffled) == judge(checks)


# -- single cases


def test_all_up_is_never_certain() -> None:
    found = judge(hourly(91))
    assert found.recent.level == 1.0
    assert 0.99 < found.level_range[0] < 1.0
    assert found.recent.checks == 720
    assert found.alike is not None
    assert found.alike.reached.high < 1
    assert "没有看到中断" in say_availability(found)[1].zh


def test_the_longest_outage_and_its_ends() -> None:
    found = judge([*hourly(91, down=range(100, 105)), check(300, up=False)])
    assert found.longest is not None
    assert found.longest.start == AS_OF - 104 * HOUR
    assert found.longest.end == AS_OF - 99 * HOUR
    assert found.longest.observed == 5 * HOUR
    assert found.down is None


def test_an_outage_from_before_counts_from_the_first_day() -> None:
    found = judge(hourly(100, down=range(89 * 24 + 1, 95 * 24)))
    assert found.longest is not None
    assert found.longest.observed == DAY
    assert found.longest.start == AS_OF - (95 * 24 - 1) * HOUR


def test_an_outage_that_was_over_before_does_not_count() -> None:
    found = judge(hourly(100, down=range(92 * 24, 95 * 24)))
    assert found.past.outages == ()
    assert found.longest is None


def test_down_now_tells_how_outages_of_that_length_ended() -> None:
    found = judge(hourly(91, down=range(1, 31)))
    assert found.down is not None
    assert found.down.observed == 30 * HOUR
    assert found.returns is not None
    assert found.returns.hours == 24
    words = " ".join(text.en for text in say_availability(found))
    assert "Still down when last seen, for 1 day so far." in words
    assert "Of outages that had lasted 1 day, about nine in ten ended" in words


def test_down_for_longer_than_ninety_days_counts_from_its_start() -> None:
    found = judge([check(hours, up=False) for hours in range(1, 120 * 24, 24)])
    assert found.down is not None
    assert found.down.observed > 110 * DAY
    assert found.returns is not None
    assert found.returns.hours == 720


def test_a_short_outage_has_no_row_in_the_table() -> None:
    checks = [*hourly(91, down=range(1)), check(0)]
    checks[0] = replace(checks[0], up=False, at=AS_OF - HOUR / 2)
    found = judge(checks)
    assert found.down is not None
    assert found.returns is None


def test_a_moment_seen_up_and_down_is_no_outage() -> None:
    found = sum_account([check(240, up=False), check(240)], AS_OF - 10 * DAY, AS_OF)
    assert found.outages == ()


def test_an_outage_across_a_gap_is_one_and_its_gap_is_left_out() -> None:
    found = judge(hourly(91, down=range(100, 131)), blind(120, 110))
    assert len(found.past.outages) == 1
    assert found.past.outages[0].observed == 21 * HOUR


def test_a_check_in_blind_time_counts_for_nothing() -> None:
    found = judge(hourly(91, down=range(100, 106)), blind(106, 99))
    assert found.past.outages == ()
    assert found.recent.level == 1.0
    assert found.recent.checks == 720 - 7


def test_a_state_holds_for_two_days_at_most() -> None:
    found = sum_account([check(240)], AS_OF - 10 * DAY, AS_OF)
    assert found.observed == found.up == LONGEST_HOLD


def test_time_before_the_first_check_is_not_observed() -> None:
    assert judge(hourly(25)).past.observed == 25 * DAY


@pytest.mark.parametrize("days", [0, 1, 19])
def test_it_says_unknown_with_too_few_days(days: int) -> None:
    found = judge(hourly(days))
    assert found.alike is None
    assert found.unknown is not None
    assert found.unknown.zh.startswith("未知：")
    assert found.unknown.en.startswith("Unknown: ")
    assert found.unknown in say_availability(found)


def test_an_outage_of_less_than_a_day_is_like_no_counted_case() -> None:
    found = judge(hourly(91, down=range(1, 20)))
    assert found.alike is None
    assert found.unknown is not None
    assert "中断还不满一天" in found.unknown.zh
    assert found.unknown in say_availability(found)
    lasting = judge(hourly(91, down=range(1, 31))).alike
    assert lasting is not None
    assert lasting.is_down


def test_what_is_ahead_is_told_as_counted_cases_and_a_range() -> None:
    """No single chance stands anywhere that the forecast is shown."""
    found = judge(hourly(91))
    assert found.alike is not None
    share = found.alike.reached
    (said,) = [text for text in say_availability(found) if "此后90天：" in text.zh]
    reach = say_range(share.low, share.high)
    assert f"{share.n}例" in said.zh
    assert f"{share.count}例在线率不低于99%" in said.zh
    assert f"可能是{reach}" in said.zh
    assert f"it may be {reach}" in said.en
    view = build_availability(found).at_least_99_over_90_days
    assert view is not None
    assert view.shown == "range"
    assert (view.low, view.high) == (share.low, share.high)
    assert view.low < share.count / share.n < view.high


def test_nothing_observed_is_no_level() -> None:
    found = judge([])
    assert found.recent.level is None
    assert found.level_range == (0.0, 1.0)
    assert say_availability(found)[0].zh == "最近30天没有有效观察。"


def test_the_level_is_never_rounded_up() -> None:
    checks = [*hourly(91), UpCheck(at=AS_OF - 10 * HOUR + HOUR / 60, up=False)]
    checks.append(UpCheck(at=AS_OF - 10 * HOUR + HOUR / 59, up=True))
    assert "在线率99.99%" in say_availability(judge(checks))[0].zh


def test_the_rule_and_the_population_are_printed_with_the_figure() -> None:
    words = say_availability(judge(hourly(91)))
    assert words[-2:] == (RULE, load_shipped().availability.population.text)


def test_the_shape_of_the_json() -> None:
    data = to_plain(build_availability(judge(hourly(91, down=range(1, 31)))))
    assert data.keys() == {
        "service",
        "as_of",
        "last_30_days",
        "last_90_days",
        "longest_outage",
        "down",
        "returns",
        "at_least_99_over_90_days",
        "unknown",
        "rule",
        "words",
        "population",
    }
    shapes = {
        "last_30_days": {"level", "low", "high", "checks", "up_s", "observed_s"},
        "last_90_days": {"up_s", "observed_s", "outages"},
        "longest_outage": {"start", "end", "observed_s"},
        "down": {"start", "end", "observed_s"},
        "returns": {"hours", "n", "sites", "ended", "low", "high"},
        "at_least_99_over_90_days": {
            *("shown", "kind", "n", "monitors", "reached", "low", "high"),
        },
    }
    for name, keys in shapes.items():
        part = data[name]
        assert isinstance(part, dict)
        assert part.keys() == keys
    quiet = to_plain(build_availability(judge(hourly(5))))
    assert quiet["down"] is quiet["returns"] is quiet["longest_outage"] is None
    assert quiet["at_least_99_over_90_days"] is None
