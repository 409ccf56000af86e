"""Cadence: does a site that published until now publish again, and how sure is that.

Two numbers that anybody can count decide: for how long nothing came, and in how many of
the last 52 calendar weeks (Monday to Sunday) something did. The weeks weigh less the
longer the silence, and nothing after a year:

    log odds = constant + a · ln(1 + s) + b · ln(1 + weeks) · (1 − ln(1 + s) / ln 366)

where s is the number of days from the last item to the day after `as_of`, a ≤ 0 and
b ≥ 0. So an item more never lowers the probability, and a day without never raises it;
calendar weeks are counted because weeks counted back from the day would gain one from
time to time by the passing of days alone.

Silence counts only while the observer is shown to have worked. Days in which it was not
are no news: they leave the probability alone and widen the range to what it would be
had something come out in each of those weeks. Behind the last day on which the observer
worked the clock stands still.

Fitted and measured by `benchmarks/outlook.py`; never to be blended with another number.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from changqing.outlook.chances import Chance, say_range, say_share
from changqing.outlook.coefficients import (
    HORIZONS,
    CadenceCoefficients,
    Fit,
    SilenceRow,
)
from changqing.text import Text

WEEKS = 52
LEAST_DAYS = 3
LEAST_OBSERVED = 180
LONGEST_STANDSTILL = 30
TABLE_LEADS_BEYOND = 60
_YEAR = 365
_WEEK = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenDays:
    """Days, first and last included, on which the observer is not shown to work."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """What was seen until `stands_on`, and what it says about the days after it.

    `stands_on` is the last day up to `as_of` on which the observer worked. `published`
    counts days with an item, `weeks` those of the last 52 calendar weeks with one.
    `dated_by_site` is how many of the observed days came before our first look: of
    those, the dates that the site gives its items are all there is.
    `silent_days` is None when nothing was ever seen; `unseen_days` of them were not
    observed. `chances` goes by horizon in days and is empty when `unknown` says why, or
    when the silence is longer than a year: then only `comparable` is left.
    """

    as_of: date
    stands_on: date
    observed_days: int
    dated_by_site: int
    published: int
    weeks: int
    silent_days: int | None
    unseen_days: int
    unknown: Text | None
    chances: dict[int, Chance]
    comparable: SilenceRow | None
    coefficients: CadenceCoefficients

    @property
    def table_leads(self) -> bool:
        """Whether the silence is so long that the table says more than the number."""
        return self.silent_days is not None and self.silent_days > TABLE_LEADS_BEYOND


def judge_cadence(
    published: Iterable[date],
    *,
    watched_from: date,
    as_of: date,
    unseen: Sequence[UnseenDays] = (),
    first_look: date | None = None,
    coefficients: CadenceCoefficients,
) -> Cadence:
    """Judge the days with at least one item, seen from `watched_from` to `as_of`.

    `first_look` is the day from which we looked ourselves, where that came later.
    Days before `watched_from` or after `as_of` are left out; order and repetition do
    not matter. All are Beijing days.
    """
    gaps = _list_days(unseen, watched_from, as_of)
    published_days = {day for day in published if watched_from <= day <= as_of}
    # What came out on a day we missed was read later by its date: of that day it is
    # known that it was not silent.
    gaps -= published_days
    stands_on = as_of
    while stands_on in gaps:
        stands_on -= _DAY
    observed = max(0, (as_of - watched_from).days + 1 - len(gaps))
    last = max(published_days, default=None)
    silent = None if last is None else (stands_on - last).days
    unknown = _explain_unknown(len(published_days), observed, (as_of - stands_on).days)
    is_known = unknown is None and last is not None and silent is not None
    return Cadence(
        as_of=as_of,
        stands_on=stands_on,
        observed_days=observed,
        dated_by_site=0
        if first_look is None
        else max(0, (min(first_look, as_of) - watched_from).days),
        published=len(published_days),
        weeks=count_active_weeks(published_days, stands_on),
        silent_days=silent,
        unseen_days=sum(last < day < stands_on for day in gaps) if last else 0,
        unknown=unknown,
        chances=(
            _compute_chances(published_days, gaps, stands_on, as_of, coefficients)
            if is_known and silent is not None and silent < _YEAR
            else {}
        ),
        comparable=_find_silence_row(silent, coefficients)
        if is_known and silent is not None
        else None,
        coefficients=coefficients,
    )


def count_active_weeks(published: Iterable[date], on: date) -> int:
    """Count how many of the 52 calendar weeks up to that of `on` have an item."""
    newest = _compute_week_number(on)
    weeks = {_compute_week_number(day) for day in published if day <= on}
    return sum(newest - WEEKS < week <= newest for week in weeks)


def compute_features(silence: int, weeks: int) -> tuple[float, float]:
    """Compute what the weights multiply, from two counts.

    `silence`: days from the last item to the day after the day of reckoning (1 to 365);
    `weeks`: those of the last 52 with an item.
    """
    logged = math.log1p(silence)
    return logged, math.log1p(weeks) * (1 - logged / math.log1p(_YEAR))


def _compute_chances(
    published_days: set[date],
    gaps: set[date],
    stands_on: date,
    as_of: date,
    coefficients: CadenceCoefficients,
) -> dict[int, Chance]:
    """As seen, the range reaching from silent since to busy all through the gaps.

    A longer horizon holds the shorter one, so it is never given a smaller chance.
    """
    # Nobody knows what came out on the days not observed: one number would guess, so
    # the range takes in the worst and the best that can have been.
    busy = published_days | {day for day in gaps if day < stands_on}
    chances: dict[int, Chance] = {}
    least = Chance(probability=0.0, low=0.0, high=0.0)
    for days in HORIZONS:
        fit = coefficients.fits[days]
        as_seen = _compute_chance(fit, max(published_days), stands_on, published_days)
        if_silent = _compute_chance(fit, max(published_days), as_of, published_days)
        if_busy = _compute_chance(fit, max(busy), stands_on, busy)
        least = chances[days] = Chance(
            probability=max(least.probability, as_seen.probability),
            low=max(least.low, min(as_seen.low, if_silent.low)),
            high=max(least.high, as_seen.high, if_busy.high),
        )
    return chances


def _compute_chance(fit: Fit, last: date, on: date, published: set[date]) -> Chance:
    silence = min(_YEAR, (on - last).days + 1)
    return fit.compute_chance(
        *compute_features(silence, count_active_weeks(published, on))
    )


def _explain_unknown(published: int, observed: int, standstill: int) -> Text | None:
    if not observed:
        return Text(
            zh=f"未知：还没有看过，至少要观察{LEAST_OBSERVED}天。",
            en=f"Unknown: not looked at yet; it takes at least {LEAST_OBSERVED} days.",
        )
    if observed < LEAST_OBSERVED:
        return Text(
            zh=f"未知：只观察了{observed}天，至少要{LEAST_OBSERVED}天。",
            en=f"Unknown: observed for {observed} days only;"
            f" it takes at least {LEAST_OBSERVED}.",
        )
    if standstill > LONGEST_STANDSTILL:
        return Text(
            zh=f"未知：最近{standstill}天没有有效的观察，不能当作没有更新。",
            en=f"Unknown: nothing was observed in the last {standstill} days,"
            " which is not the same as nothing published.",
        )
    if published < LEAST_DAYS:
        return Text(
            zh=f"未知：只看到{published}天有更新，至少要{LEAST_DAYS}天。",
            en=f"Unknown: items on {published} days only;"
            f" it takes at least {LEAST_DAYS}.",
        )
    return None


def _find_silence_row(silent: int, coefficients: CadenceCoefficients) -> SilenceRow:
    return next(
        row for row in coefficients.table if row.last is None or silent <= row.last
    )


def _list_days(unseen: Sequence[UnseenDays], first: date, last: date) -> set[date]:
    days: set[date] = set()
    for gap in unseen:
        day, end = max(first, gap.first), min(last, gap.last)
        while day <= end:
            days.add(day)
            day += _DAY
    return days


def _compute_week_number(day: date) -> int:
    """The number of the week, Monday to Sunday, counted from the year 1."""
    return (day.toordinal() - 1) // _WEEK


# -- words


def say_cadence(cadence: Cadence) -> tuple[Text, ...]:
    """Say what a person reads: what was seen, then what it says, the stronger first."""
    if cadence.unknown is not None:
        return (cadence.unknown,)
    number = _word_chances(cadence)
    table = (
        () if cadence.comparable is None else (_word_silence_row(cadence.comparable),)
    )
    sentences = (*table, *number) if cadence.table_leads else (*number, *table)
    before = (_word_time_before(cadence),) if cadence.dated_by_site else ()
    return (
        _say_seen(cadence),
        *before,
        *sentences,
        cadence.coefficients.population.text,
    )


def _say_seen(cadence: Cadence) -> Text:
    silent, weeks = cadence.silent_days, cadence.weeks
    if silent:
        since = Text(
            zh=f"已{silent}天没有更新", en=f"Silent for {_count_days_in_words(silent)}"
        )
    else:
        since = Text(zh="当天有更新", en="An item on the day itself")
    unseen = Text(zh="", en="")
    if cadence.unseen_days:
        unseen = Text(
            zh=f"（其中{cadence.unseen_days}天未能观察）",
            en=f" ({cadence.unseen_days} of them not observed)",
        )
    stood = Text(zh="", en="")
    if cadence.stands_on < cadence.as_of:
        stood = Text(
            zh=f"（观察截至{cadence.stands_on}，此后不计）",
            en=f" (as observed until {cadence.stands_on}; days since do not count)",
        )
    return Text(
        zh=f"{since.zh}{unseen.zh}，近{WEEKS}周中有{weeks}周有更新{stood.zh}。",
        en=f"{since.en}{unseen.en}, items in {weeks} of the last {WEEKS}"
        f" weeks{stood.en}.",
    )


def _word_time_before(cadence: Cadence) -> Text:
    days, whole = cadence.dated_by_site, cadence.observed_days
    return Text(
        zh=f"所看的{whole}天中，{days}天在首次查看之前，只凭网站自己标的日期。",
        en=f"Of the {_count_days_in_words(whole)} seen, {days} came before our first "
        "look and rest on the dates the site gives its items.",
    )


def _word_chances(cadence: Cadence) -> tuple[Text, ...]:
    if not cadence.chances:
        return (
            Text(
                zh="一年以上没有更新的，不再推算可能性。",
                en="After more than a year of silence no chance is worked out.",
            ),
        )
    zh = "；".join(
        f"{days}天内{chance.say().zh}" for days, chance in cadence.chances.items()
    )
    en = "; ".join(
        f"within {days} days, {chance.say().en}"
        for days, chance in cadence.chances.items()
    )
    text = Text(
        zh=f"至少再更新一次的可能：{zh}。", en=f"Chance of at least one item: {en}."
    )
    if not cadence.table_leads:
        return (text,)
    return (
        Text(
            zh=f"没有更新的时间已长，推算的数仅供参考。{text.zh}",
            en=f"After so long a silence a worked-out number says little. {text.en}",
        ),
    )


def _word_silence_row(row: SilenceRow) -> Text:
    days = HORIZONS[0]
    share = row.within[days]
    words = say_share(share.value)
    until = "" if row.last is None else f"–{row.last}"
    longer = Text(zh="", en="")
    if row.last is None:
        longer = Text(zh="以上", en=" or longer")
    counted = f"{share.count}/{share.n}"
    reach = say_range(share.low, share.high)
    return Text(
        zh=f"同类站点中{row.first}{until}天{longer.zh}没有更新的，{words.zh}在此后"
        f"{days}天内又有更新（{counted}，{reach}）。",
        en=f"Of comparable sites silent for {row.first}{until} days{longer.en},"
        f" {words.en} published again within {days} days ({counted}; {reach}).",
    )


def _count_days_in_words(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
