"""Availability: how much of the time the service answered, and what that says.

The accounting rule (`RULE`, printed with the figure): what a check saw holds until the
next check, two days at most; time in which the observer is not shown to work, and time
before the first check, counts neither as up nor as down. The level is time up over time
observed. `account` is the whole of it, so that anybody can recompute the figure from
the history.

Of the next 90 days no chance is given. A model of the last 90 days is right on the
monitors it was fitted on and off by nine points in a hundred on others, whose services
are better or worse throughout. What is given are counted cases: of services whose last
90 days were alike (down for a day or longer; else the level), how many were up 99 % of
the next 90, and a range wide enough for monitors that were not counted. Whether a
service will be shut down for good cannot be told from checks, and is not.

Counted and measured by `benchmarks/outlook.py`; never to be blended with another
number.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, zip_longest

from changqing.outlook.chances import compute_wilson_interval, say_range, say_share
from changqing.outlook.coefficients import (
    AvailabilityCoefficients,
    LevelRow,
    ReturnRow,
)
from changqing.text import Text

TARGET_PER_CENT = 99
NEXT_DAYS = 90
LEVEL_DAYS = 30
PAST_DAYS = 90
LEAST_OBSERVED_DAYS = 20
LONGEST_HOLD = timedelta(days=2)
LEAST_OUTAGE = timedelta(days=1)
"""How long a service must have been down to count among those that are."""
RULE = Text(
    zh="每次检查的结果算到下一次检查为止，最多算两天；未能证明观察方自身网络正常的时段，"
    "既不算在线，也不算中断。在线率 = 在线时长 ÷ 有效观察时长。",
    en="What a check saw holds until the next one, for two days at most; time in which"
    " the observer’s own network is not shown to work counts neither as up nor as down."
    " Availability = time up ÷ time observed.",
)
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_NOTHING = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpCheck:
    """One look from outside: did the service answer. `at` has a time zone."""

    at: datetime
    up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Blind:
    """Time from `start` up to `end` in which the observer is not shown to work."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """From the first check that saw it down to the first that saw it up again.

    `observed` leaves out what nobody saw; `end` None: not over, as far as is known.
    """

    start: datetime
    end: datetime | None
    observed: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The time from `since`, by the rule; `checks` counts those in it.

    `outages` are those not over by `since`, in order; their `observed` begins there.
    """

    since: datetime
    up: timedelta
    observed: timedelta
    checks: int
    outages: tuple[Outage, ...]

    @property
    def level(self) -> float | None:
        """Time up over time observed; None when nothing was observed."""
        return self.up / self.observed if self.observed else None

    @property
    def down(self) -> Outage | None:
        """The outage that is not over."""
        if self.outages and self.outages[-1].end is None:
            return self.outages[-1]
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """The last 30 days, the last 90, and the next 90 where they can be told.

    `level_range` is the 95 % Wilson interval of the level of `recent`, as if counted in
    its checks. `down` is the outage that is not over, from its very start;
    `returns` how outages that had lasted as long ended, `alike` what became of services
    whose last 90 days were alike.
    """

    as_of: datetime
    recent: Account
    level_range: tuple[float, float]
    past: Account
    longest: Outage | None
    down: Outage | None
    returns: ReturnRow | None
    alike: LevelRow | None
    unknown: Text | None
    coefficients: AvailabilityCoefficients


def judge_availability(
    checks: Iterable[UpCheck],
    *,
    as_of: datetime,
    blind: Sequence[Blind] = (),
    coefficients: AvailabilityCoefficients,
) -> Availability:
    """Judge the checks before `as_of`; their order does not matter.

    Of several at one moment it counts as up when one was. `blind` may overlap. `alike`
    is None, and `unknown` says why, where too little was observed of late or no case
    was counted.
    """
    # Of several at one moment only the last in order holds for any time: an observer
    # that got through outweighs one that did not.
    before = sorted(
        (check for check in checks if check.at < as_of),
        key=lambda check: (check.at, check.up),
    )
    recent = sum_account(before, as_of - LEVEL_DAYS * _DAY, as_of, blind)
    past = sum_account(before, as_of - PAST_DAYS * _DAY, as_of, blind)
    down = None
    if past.down is not None:
        down = sum_account(before, past.down.start, as_of, blind).down
    alike = select_alike(past, coefficients)
    unknown = _explain_unknown(recent, alike)
    return Availability(
        as_of=as_of,
        recent=recent,
        level_range=(
            (0.0, 1.0)
            if recent.level is None
            else compute_wilson_interval(recent.level, recent.checks)
        ),
        past=past,
        longest=max(past.outages, key=lambda outage: outage.observed, default=None),
        down=down,
        returns=None if down is None else _find_return_row(down, coefficients),
        alike=None if unknown else alike,
        unknown=unknown,
        coefficients=coefficients,
    )


def sum_account(
    checks: Sequence[UpCheck],
    since: datetime,
    until: datetime,
    blind: Sequence[Blind] = (),
    *,
    hold: timedelta = LONGEST_HOLD,
) -> Account:
    """Add up the time from `since` to `until`; `checks` are in order of time.

    Checks before `since` tell the state at `since`; those in blind time count for
    nothing. `hold` is longer only for a history that writes down changes alone.
    """
    dark = _join_blind(blind)
    starts = [start for start, _ in dark]
    counted = [c for c in checks if c.at < until and not _is_within(c.at, dark, starts)]
    up = observed = _NOTHING
    outages: list[Outage] = []
    stretches = _extend_checks(counted, until, hold)
    runs = [
        list(run) for _, run in groupby(stretches, key=lambda stretch: stretch[0].up)
    ]
    for run, following in zip_longest(runs, runs[1:]):
        observed_time = sum(
            (
                _measure_seen(max(check.at, since), end, dark, starts)
                for check, end in run
            ),
            _NOTHING,
        )
        observed += observed_time
        if run[0][0].up:
            up += observed_time
            continue
        start, over = run[0][0].at, following[0][0].at if following else None
        # A check that saw it up at the same moment leaves nothing of the outage.
        if over is None or over > max(since, start):
            outages.append(Outage(start=start, end=over, observed=observed_time))
    return Account(
        since=since,
        up=up,
        observed=observed,
        checks=sum(check.at >= since for check in counted),
        outages=tuple(outages),
    )


def select_alike(
    past: Account, coefficients: AvailabilityCoefficients
) -> LevelRow | None:
    """Select the counted cases that were like these 90 days.

    None for an outage that has not lasted a day: no such case was counted.
    """
    down, level = past.down, past.level
    if level is None or (down is not None and down.observed < LEAST_OUTAGE):
        return None
    rows = [
        row
        for row in coefficients.levels
        if row.is_down is (down is not None) and level >= row.least
    ]
    return rows[-1]


def _extend_checks(
    checks: Sequence[UpCheck], until: datetime, hold: timedelta
) -> Iterator[tuple[UpCheck, datetime]]:
    """Each check and until when what it saw counts."""
    for place, check in enumerate(checks):
        following = checks[place + 1].at if place + 1 < len(checks) else until
        yield check, min(following, check.at + hold)


def _join_blind(blind: Sequence[Blind]) -> list[tuple[datetime, datetime]]:
    """Put blind time in order, without overlaps."""
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted((b.start, b.end) for b in blind if b.start < b.end):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _is_within(
    at: datetime, dark: Sequence[tuple[datetime, datetime]], starts: Sequence[datetime]
) -> bool:
    place = bisect_right(starts, at) - 1
    return place >= 0 and at < dark[place][1]


def _measure_seen(
    start: datetime,
    end: datetime,
    dark: Sequence[tuple[datetime, datetime]],
    starts: Sequence[datetime],
) -> timedelta:
    """Measure the time from `start` to `end` that is not dark."""
    if end <= start:
        return _NOTHING
    duration = end - start
    for place in range(max(0, bisect_right(starts, start) - 1), len(dark)):
        dark_from, dark_to = dark[place]
        if dark_from >= end:
            break
        duration -= max(_NOTHING, min(end, dark_to) - max(start, dark_from))
    return duration


def _explain_unknown(recent: Account, alike: LevelRow | None) -> Text | None:
    days = int(recent.observed / _DAY)
    if days >= LEAST_OBSERVED_DAYS:
        if alike is not None:
            return None
        return Text(
            zh=f"未知：中断还不满一天，没有可比的情形说明此后{NEXT_DAYS}天会怎样。",
            en="Unknown: it has been down for less than a day, and no such case was"
            f" counted that would tell of the next {NEXT_DAYS} days.",
        )
    return Text(
        zh=f"未知：最近{LEVEL_DAYS}天的有效观察至少要{LEAST_OBSERVED_DAYS}天，"
        f"现有{days or '不到1'}天。",
        en=f"Unknown: it takes {LEAST_OBSERVED_DAYS} observed days of the last"
        f" {LEVEL_DAYS}; there is {_count_days_in_words(days)}."
        if days < 2
        else f"Unknown: only {days} of the last {LEVEL_DAYS} days were observed;"
        f" it takes at least {LEAST_OBSERVED_DAYS}.",
    )


def _find_return_row(
    down: Outage, coefficients: AvailabilityCoefficients
) -> ReturnRow | None:
    """The row of the longest stay that the outage has reached; None below the first."""
    reached = [
        row for row in coefficients.returns if down.observed >= row.hours * _HOUR
    ]
    return reached[-1] if reached else None


# -- words


def say_availability(availability: Availability) -> tuple[Text, ...]:
    """Say what a person reads: level, outages, what is to be expected, the rule."""
    texts = [_word_level(availability), *_word_outages(availability)]
    if availability.unknown is not None:
        texts.append(availability.unknown)
    if availability.alike is not None:
        texts.append(_word_alike(availability.alike, availability.coefficients))
    return (*texts, RULE, availability.coefficients.population.text)


def _word_alike(row: LevelRow, coefficients: AvailabilityCoefficients) -> Text:
    """The cases that were counted, with the range, and no chance in one number."""
    share = row.reached
    reach = say_range(share.low, share.high)
    kind = describe_level(row, coefficients)
    return Text(
        zh=f"此后{NEXT_DAYS}天：{kind.zh}的服务，{share.groups}个监测页上数得{share.n}例，"
        f"其中{share.count}例在线率不低于{TARGET_PER_CENT}%；"
        f"换到别的服务上可能是{reach}，不给出单一数字。",
        en=f"The next {NEXT_DAYS} days: of {share.n} counted cases at {share.groups}"
        f" monitors of services {kind.en}, {share.count} were up at least"
        f" {TARGET_PER_CENT}%; of other services it may be {reach}, and no single"
        " number is given.",
    )


def describe_level(row: LevelRow, coefficients: AvailabilityCoefficients) -> Text:
    """Describe the services of a row: down, or up within so many per cent."""
    if row.is_down:
        return Text(zh="中断满一天、尚未恢复", en="down for a day or longer")
    least = f"{100 * row.least:g}"
    above = [r.least for r in coefficients.levels if r.least > row.least]
    if not above:
        return Text(
            zh=f"最近{PAST_DAYS}天在线率{least}%以上",
            en=f"up {least}% or more of the last {PAST_DAYS} days",
        )
    most = f"{100 * min(above):g}"
    if not row.least:
        return Text(
            zh=f"最近{PAST_DAYS}天在线率不到{most}%",
            en=f"up less than {most}% of the last {PAST_DAYS} days",
        )
    return Text(
        zh=f"最近{PAST_DAYS}天在线率{least}%至{most}%",
        en=f"up {least}% to {most}% of the last {PAST_DAYS} days",
    )


def _word_level(availability: Availability) -> Text:
    recent = availability.recent
    if recent.level is None:
        return Text(
            zh=f"最近{LEVEL_DAYS}天没有有效观察。",
            en=f"Nothing was observed in the last {LEVEL_DAYS} days.",
        )
    low, high = availability.level_range
    days = int(recent.observed / _DAY)
    reach = f"{_format_percent(low)}–{_format_percent(high)}%"
    return Text(
        zh=f"最近{LEVEL_DAYS}天在线率{_format_percent(recent.level)}%（{reach}，"
        f"{recent.checks}次检查，有效观察{days or '不到1'}天）。",
        en=f"Up {_format_percent(recent.level)}% of the last {LEVEL_DAYS} days "
        f"({reach}; {recent.checks} checks, {_count_days_in_words(days)} observed).",
    )


def _count_days_in_words(days: int) -> str:
    if not days:
        return "less than a day"
    return "1 day" if days == 1 else f"{days} days"


def _word_outages(availability: Availability) -> Iterator[Text]:
    if availability.longest is None:
        if availability.past.observed:
            yield Text(
                zh=f"最近{PAST_DAYS}天没有看到中断。",
                en=f"No outage was seen in the last {PAST_DAYS} days.",
            )
        return
    lasted = _say_duration(availability.longest.observed)
    yield Text(
        zh=f"最近{PAST_DAYS}天有{len(availability.past.outages)}次中断，"
        f"最长一次看到{lasted.zh}。",
        en=f"Outages in the last {PAST_DAYS} days: {len(availability.past.outages)};"
        f" the longest was seen for {lasted.en}.",
    )
    if availability.down is None:
        return
    lasted = _say_duration(availability.down.observed)
    yield Text(
        zh=f"最后一次看到时仍在中断，已看到{lasted.zh}。",
        en=f"Still down when last seen, for {lasted.en} so far.",
    )
    if availability.returns is not None:
        yield _return_words(availability.returns)


def _return_words(row: ReturnRow) -> Text:
    lasted, share = _say_duration(row.hours * _HOUR), row.ended
    words = say_share(share.value)
    counted = f"{share.count}/{share.n}"
    reach = say_range(share.low, share.high)
    return Text(
        zh=f"持续满{lasted.zh}的中断，{words.zh}在此后{NEXT_DAYS}天内恢复"
        f"（{counted}，{reach}）。",
        en=f"Of outages that had lasted {lasted.en}, {words.en} ended within the next"
        f" {NEXT_DAYS} days ({counted}; {reach}).",
    )


def _format_percent(share: float) -> str:
    """Per cent with two decimals, never rounded up."""
    return f"{math.floor(share * 10_000 + 1e-6) / 100:.2f}"


def _say_duration(time: timedelta) -> Text:
    minutes = int(time / timedelta(minutes=1))
    for size, zh, en in (
        (1440, "天", "day"),
        (60, "小时", "hour"),
        (1, "分钟", "minute"),
    ):
        if minutes >= size or size == 1:
            count = minutes // size
            return Text(zh=f"{count}{zh}", en=f"{count} {en}{'s' * (count != 1)}")
    raise AssertionError(time)
