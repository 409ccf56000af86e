"""What was published, and what it says about the days to come."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from changqing.outlook.cadence import (
    Cadence,
    UnseenDays,
    count_active_weeks,
    judge_cadence,
    say_cadence,
)
from changqing.outlook.coefficients import load_shipped
from changqing.report.build_outlook import build_cadence
from changqing.report.codec import to_plain

AS_OF = date(2026, 11, 24)  # a Tuesday
WATCHED_FROM = AS_OF - timedelta(days=900)
DAY = timedelta(days=1)
HORIZONS = (180, 365)

days_ago = st.integers(min_value=0, max_value=700)
histories = st.sets(days_ago, min_size=3, max_size=40)
spans = st.tuples(days_ago, st.integers(min_value=0, max_value=60))


def ago(days: int) -> date:
    return AS_OF - days * DAY


def judge(
    *days: int,
    as_of: date = AS_OF,
    unseen: tuple[UnseenDays, ...] = (),
    watched: int = 900,
) -> Cadence:
    return judge_cadence(
        [ago(day) for day in days],
        watched_from=ago(watched),
        as_of=as_of,
        unseen=unseen,
        coefficients=load_shipped().cadence,
    )


def probability(found: Cadence, horizon: int) -> float:
    """0 after more than a year of silence, where none is given."""
    chance = found.chances.get(horizon)
    return 0.0 if chance is None else chance.probability


# -- laws


@given(histories, days_ago)
def test_an_item_more_never_lowers_the_probability(days: set[int], more: int) -> None:
    before, after = judge(*days), judge(*days, more)
    for horizon in HORIZONS:
        assert probability(after, horizon) >= probability(before, horizon)


@given(histories, st.integers(min_value=1, max_value=700))
def test_a_newest_item_that_is_newer_never_lowers_the_probability(
    days: set[int], sooner: int
) -> None:
    newest = min(days)
    moved = days - {newest} | {max(0, newest - sooner)}
    for horizon in HORIZONS:
        assert probability(judge(*moved), horizon) >= probability(judge(*days), horizon)


@given(histories, st.integers(min_value=1, max_value=400))
def test_a_day_without_news_never_raises_the_probability(
    days: set[int], passed: int
) -> None:
    before, after = judge(*days), judge(*days, as_of=AS_OF + passed * DAY)
    for horizon in HORIZONS:
        assert probability(after, horizon) <= probability(before, horizon)


@given(histories, st.lists(spans, max_size=4))
def test_a_gap_of_the_observer_changes_nothing_but_the_width(
    days: set[int], gaps: list[tuple[int, int]]
) -> None:
    unseen = tuple(
        UnseenDays(first=ago(start + length), last=ago(start)) for start, length in gaps
    )
    with_gaps = judge(*days, unseen=unseen)
    assume(with_gaps.unknown is None)
    # The clock stands still behind the last day on which the observer worked.
    without = judge_cadence(
        [ago(day) for day in days],
        watched_from=WATCHED_FROM,
        as_of=with_gaps.stands_on,
        coefficients=load_shipped().cadence,
    )
    assert with_gaps.silent_days == without.silent_days
    assert with_gaps.weeks == without.weeks
    assert with_gaps.comparable == without.comparable
    assert with_gaps.chances.keys() == without.chances.keys()
    for horizon, chance in with_gaps.chances.items():
        assert chance.probability == without.chances[horizon].probability
        assert chance.low <= without.chances[horizon].low
        assert chance.high >= without.chances[horizon].high


@given(histories, spans, spans)
def test_a_longer_gap_is_never_narrower(
    days: set[int], one: tuple[int, int], two: tuple[int, int]
) -> None:
    first, second = (
        UnseenDays(first=ago(start + length), last=ago(max(1, start)))
        for start, length in (one, two)
    )
    both, single = judge(*days, unseen=(first, second)), judge(*days, unseen=(first,))
    assume(both.unknown is None)
    for horizon, chance in both.chances.items():
        assert chance.low <= single.chances[horizon].low
        assert chance.high >= single.chances[horizon].high


@given(histories)
def test_a_longer_horizon_is_never_less_likely(days: set[int]) -> None:
    chances = judge(*days).chances
    if chances:
        assert chances[365].probability >= chances[180].probability


@given(histories)
def test_the_probability_lies_in_its_range(days: set[int]) -> None:
    for chance in judge(*days).chances.values():
        assert 0 < chance.low <= chance.probability <= chance.high < 1


@given(st.lists(days_ago, min_size=3, max_size=30), st.randoms())
def test_order_and_repetition_do_not_matter(days: list[int], dice: Random) -> None:
    shuffled = [*days, *days]
    dice.shuffle(shuffled)
    assert judge(*shuffled) == judge(*days)


# -- single cases


def test_calendar_weeks_are_counted_from_monday() -> None:
    monday = date(2026, 11, 23)
    assert count_active_weeks([monday, monday + DAY], AS_OF) == 1
    assert count_active_weeks([monday, monday - DAY], AS_OF) == 2
    assert count_active_weeks([monday - 51 * 7 * DAY], AS_OF) == 1
    assert count_active_weeks([monday - 51 * 7 * DAY - DAY], AS_OF) == 0


def test_nobody_has_more_than_52_weeks() -> None:
    assert judge(*range(500)).weeks == 52


def test_days_outside_the_window_do_not_count() -> None:
    found = judge(10, 20, 30, -3, 950)
    assert (found.published, found.silent_days) == (3, 10)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (judge(10, 20), "2天有更新"),
        (judge(), "0天有更新"),
        (judge(1, 5, 9, watched=100), "101天"),
        (judge(watched=-1), "还没有看过"),
        (judge(40, 50, 60, unseen=(UnseenDays(first=ago(31), last=AS_OF),)), "32天"),
        (
            judge(
                1, 2, 3, watched=300, unseen=(UnseenDays(first=ago(290), last=ago(90)),)
            ),
            "100天",
        ),
    ],
    ids=[
        "two items",
        "none",
        "short",
        "never looked",
        "observer stopped",
        "observer mostly away",
    ],
)
def test_it_says_unknown_and_why(found: Cadence, says: str) -> None:
    assert found.unknown is not None
    assert found.unknown.zh.startswith("未知：")
    assert found.unknown.en.startswith("Unknown: ")
    assert says in found.unknown.zh
    assert found.chances == {}
    assert found.comparable is None
    assert say_cadence(found) == (found.unknown,)


def test_sixty_days_of_silence_still_show_the_number_first() -> None:
    words = say_cadence(judge(60, 90, 120, 150))
    assert "可能" in words[1].zh
    assert "31–60天" in words[2].zh


def test_beyond_sixty_days_the_table_leads_and_the_number_recedes() -> None:
    found = judge(95, 155, 215, 275)
    assert found.table_leads
    words = say_cadence(found)
    assert words[0].en == "Silent for 95 days, items in 4 of the last 52 weeks."
    assert words[1].en.startswith("Of comparable sites silent for 91–180 days, about")
    assert "仅供参考" in words[2].zh


def test_after_a_year_of_silence_only_the_table_is_left() -> None:
    found = judge(365, 380, 400)
    assert found.unknown is None
    assert found.chances == {}
    assert found.comparable is not None
    assert found.comparable.last is None
    assert judge(364, 380, 400).chances.keys() == {180, 365}


def test_silence_that_nobody_observed_is_said_so() -> None:
    found = judge(50, 60, 70, unseen=(UnseenDays(first=ago(30), last=ago(21)),))
    assert found.unseen_days == 10
    assert "其中10天未能观察" in say_cadence(found)[0].zh


def test_a_day_with_an_item_is_not_unseen() -> None:
    gap = (UnseenDays(first=ago(10), last=ago(8)),)
    assert judge(9, 20, 30, unseen=gap).unseen_days == 1


def test_an_item_seen_later_shows_that_day_to_be_observed() -> None:
    found = judge(1, 20, 30, unseen=(UnseenDays(first=ago(5), last=AS_OF),))
    assert (found.stands_on, found.silent_days) == (ago(1), 0)


def test_what_may_have_come_out_unseen_raises_the_upper_end() -> None:
    days = (50, 60, 70, 80)
    seen = judge(*days)
    blind = judge(*days, unseen=(UnseenDays(first=ago(20), last=ago(5)),))
    for horizon, chance in seen.chances.items():
        assert blind.chances[horizon].high > chance.high
        assert blind.chances[horizon].low == chance.low


def test_days_since_the_observer_stopped_lower_the_lower_end_alone() -> None:
    days = (50, 60, 70, 80)
    stopped = judge(*days, unseen=(UnseenDays(first=ago(9), last=AS_OF),))
    stood = judge(*days, as_of=ago(10))
    for horizon, chance in stood.chances.items():
        assert stopped.chances[horizon].probability == chance.probability
        assert stopped.chances[horizon].high == chance.high
        assert stopped.chances[horizon].low < chance.low


def test_a_busy_site_that_pauses_is_no_less_likely_within_the_longer_horizon() -> None:
    chances = judge(*range(65, 430)).chances
    assert chances[365].probability >= chances[180].probability


def test_the_population_is_always_named() -> None:
    for found in (judge(3, 9, 30), judge(100, 120, 140), judge(500, 510, 520)):
        assert say_cadence(found)[-1] == load_shipped().cadence.population.text


def test_the_shape_of_the_json() -> None:
    data = to_plain(build_cadence(judge(20, 40, 60)))
    assert data.keys() == {
        "service",
        "as_of",
        "stands_on",
        "observed_days",
        "dated_by_site_days",
        "published_days",
        "silent_days",
        "unseen_days",
        "active_weeks_52",
        "unknown",
        "leads",
        "within",
        "comparable",
        "words",
        "population",
        "fitted_rows",
        "table",
    }
    within, comparable = data["within"], data["comparable"]
    assert isinstance(within, dict)
    assert isinstance(comparable, dict)
    assert within.keys() == comparable["within"].keys() == {"180", "365"}
    assert within["180"].keys() == {"probability", "low", "high"}
    assert comparable["within"]["180"].keys() == {
        "n",
        "sites",
        "published",
        "low",
        "high",
    }
    assert data["leads"] == "number"


def test_unknown_has_no_figures_in_the_json() -> None:
    data = to_plain(build_cadence(judge(20)))
    assert data["within"] == {}
    assert data["comparable"] is None
    assert data["unknown"]["en"].startswith("Unknown")


def test_other_coefficients_are_the_callers_to_choose() -> None:
    ours = load_shipped().cadence
    flat = replace(
        ours,
        fits={
            days: replace(fit, weights=(0.0, 0.0, 0.0))
            for days, fit in ours.fits.items()
        },
    )
    found = judge_cadence(
        [ago(1), ago(2), ago(3)],
        watched_from=WATCHED_FROM,
        as_of=AS_OF,
        coefficients=flat,
    )
    assert found.chances[180].probability == 0.5
