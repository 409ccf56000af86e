"""Fitting what the product ships: weights, their covariance, drift, reference tables.

Needs the dependency group `bench`.
"""

from __future__ import annotations

import json
import math
import random
import re
import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from benchmarks.outlook_data import (
    EVER,
    MonitorRow,
    Site,
    SiteRow,
    Watched,
)
from benchmarks.outlook_figures import Figures, share_interval
from benchmarks.outlook_levels import count_levels
from benchmarks.outlook_models import (
    Matrix,
    cadence_row,
    logistic_weights,
)
from changqing.outlook.availability import NEXT_DAYS, sum_account
from changqing.outlook.coefficients import CADENCE_SIGNS, HORIZONS

SILENCES = (0, 7, 14, 31, 61, 91, 181, 365)
"""Where the rows of the reference table begin, in silent days."""
HOURS = (1, 6, 24, 168, 720)
_DRAWS = 300
_SEED = 20260822
_HOUR = timedelta(hours=1)
Json = dict[str, object]


def cadence_fit(rows: Sequence[SiteRow], error: Figures) -> Json:
    """The model of one horizon; the level is let drift from cut to cut."""
    return _fit(
        np.array([cadence_row(row) for row in rows]),
        np.array([row.published for row in rows]),
        [row.site for row in rows],
        [str(row.cut) for row in rows],
        tuple(CADENCE_SIGNS),
        error,
    )


def _fit(
    features: Matrix,
    truths: Matrix,
    groups: Sequence[str],
    periods: Sequence[str],
    names: Sequence[str],
    error: Figures,
) -> Json:
    weights = logistic_weights(features, truths)
    covariance = np.cov(_drawn(features, truths, groups), rowvar=False)
    return {
        "weights": {
            name: round(weight, 4)
            for name, weight in zip(("constant", *names), weights, strict=True)
        },
        "covariance": [[round(float(cell), 5) for cell in row] for row in covariance],
        "drift": round(_drift(features, truths, periods, weights), 4),
        "rows": len(truths),
        "sites": len(set(groups)),
        "base": round(float(np.mean(truths)), 4),
        "error": {name: round(value, 4) for name, value in error.items()},
    }


def _drawn(features: Matrix, truths: Matrix, groups: Sequence[str]) -> Matrix:
    """The weights over draws of whole groups."""
    by_group: dict[str, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        by_group[group].append(place)
    members = list(by_group.values())
    dice = random.Random(_SEED)  # noqa: S311 – the same draws each time
    drawn_weights = []
    for _ in range(_DRAWS):
        places = [p for choice in dice.choices(members, k=len(members)) for p in choice]
        drawn_weights.append(logistic_weights(features[places], truths[places]))
    return np.array(drawn_weights)


def _drift(
    features: Matrix, truths: Matrix, periods: Sequence[str], weights: Sequence[float]
) -> float:
    """The spread of the level between periods, in log odds, beyond that of chance."""
    log_odds = weights[0] + features @ np.array(weights[1:])
    shifts, variances = [], []
    for period in sorted(set(periods)):
        places = [
            place for place, row_period in enumerate(periods) if row_period == period
        ]
        shift, variance = _shift(log_odds[places], truths[places])
        shifts.append(shift)
        variances.append(variance)
    if len(shifts) == 1:
        return 0.0
    beyond = statistics.variance(shifts) - statistics.mean(variances)
    return math.sqrt(max(0.0, beyond))


def _shift(log_odds: Matrix, truths: Matrix) -> tuple[float, float]:
    """The constant that these rows lack, by Newton's method, and its variance."""
    shift, information = 0.0, 1.0
    for _ in range(50):
        chances = 1 / (1 + np.exp(-log_odds - shift))
        information = float(np.sum(chances * (1 - chances))) + 0.1
        shift += (float(np.sum(truths - chances)) - 0.1 * shift) / information
    return shift, 1 / information


# -- reference tables


def silence_table(rows: Mapping[int, Sequence[SiteRow]]) -> list[Json]:
    """Silent for so long: who published again, within each horizon.

    `rows` also holds sites silent for longer than a year.
    """
    return [
        {
            "first": first,
            "last": None if following is None else following - 1,
            "within": {
                str(horizon): _came_back(those, first, following)
                for horizon, those in rows.items()
            },
        }
        for first, following in zip(SILENCES, (*SILENCES[1:], None), strict=True)
    ]


def _came_back(rows: Sequence[SiteRow], first: int, following: int | None) -> Json:
    part = [
        row
        for row in rows
        if first <= row.silence - 1
        and (following is None or row.silence - 1 < following)
    ]
    return _share([row.published for row in part], [row.site for row in part])


def _share(truths: Sequence[bool], groups: Sequence[str]) -> Json:
    low, high = share_interval(truths, groups)
    return {
        "n": len(truths),
        "groups": len(set(groups)),
        "count": sum(truths),
        "low": math.floor(low * 10_000) / 10_000,
        "high": math.ceil(high * 10_000) / 10_000,
    }


def level_table(rows: Sequence[MonitorRow]) -> list[Json]:
    """Who was up 99 % of the next 90 days, by how the last 90 were."""
    return [
        {
            "is_down": level.is_down,
            "least": level.least,
            "reached": {
                "n": level.reached.n,
                "groups": level.reached.groups,
                "count": level.reached.count,
                "low": math.floor(level.reached.low * 10_000) / 10_000,
                "high": math.ceil(level.reached.high * 10_000) / 10_000,
            },
        }
        for level in count_levels(rows)
    ]


def return_table(watched: Mapping[str, Watched]) -> list[Json]:
    """Outages that had been seen for so long: which ended within 90 days of that.

    One whose watching ended before its 90 days were over, while it was down, is left
    out: it tells nothing. Ranges are by monitor.
    """
    ended: dict[int, list[tuple[str, bool]]] = {hours: [] for hours in HOURS}
    for service in watched.values():
        first = service.checks[0].at
        outages = sum_account(
            service.checks, first, service.until, service.blind, hold=EVER
        ).outages
        for outage in outages:
            for hours in HOURS:
                if outage.observed < hours * _HOUR:
                    continue
                by = outage.start + hours * _HOUR + timedelta(days=NEXT_DAYS)
                if outage.end is not None and outage.end <= by:
                    ended[hours].append((service.monitor, True))
                elif service.until >= by:
                    ended[hours].append((service.monitor, False))
    return [
        {
            "hours": hours,
            "ended": _share([e for _, e in outages], [m for m, _ in outages]),
        }
        for hours, outages in ended.items()
        if outages
    ]


# -- the file


def written(data: Json) -> str:
    """As JSON, lists of numbers in one line each."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    return re.sub(r"\[\s+([-\d.e,\s]+?)\s+\]", _one_line, text) + "\n"


def _one_line(numbers: re.Match[str]) -> str:
    return f"[{' '.join(numbers[1].split())}]"


def coefficients(
    *,
    fitted_on: date,
    sites: Sequence[Site],
    cuts: Sequence[date],
    cadence: Mapping[int, Json],
    table: Sequence[Json],
    monitors: Sequence[MonitorRow],
    returns: Sequence[Json],
) -> Json:
    """What is written to `coefficients.json`; `sites` and `cuts` are of its rows."""
    return {
        "fitted_on": str(fitted_on),
        "cadence": {
            "population": _site_population(sites, cuts),
            "within": {str(horizon): fit for horizon, fit in cadence.items()},
            "table": list(table),
        },
        "availability": {
            "population": _monitor_population(monitors),
            "levels": level_table(monitors),
            "returns": list(returns),
        },
    }


def _site_population(sites: Sequence[Site], cuts: Sequence[date]) -> Json:
    accounts = sum(site.kind == "wechat" for site in sites)
    first = min(cuts)
    last = max(cuts) + timedelta(days=min(HORIZONS))
    others = len(sites) - accounts
    return {
        "zh": f"依据{others}个技术博客和个人网站、{accounts}个公众号"
        f"在{first.year}–{last.year}年的更新记录；其中商业网站很少，"
        "用于别的站点时高低可能不同。",
        "en": f"Fitted on {others} technical blogs and personal sites and {accounts}"
        f" WeChat accounts, {first.year}–{last.year}; few of them are commercial, and"
        " other sites may lie higher or lower.",
        "sites": len(sites),
        "first": str(first),
        "last": str(last),
    }


def _monitor_population(rows: Sequence[MonitorRow]) -> Json:
    sites = len({row.site for row in rows})
    monitors = len({row.monitor for row in rows})
    first, last = min(row.cut for row in rows), max(row.cut for row in rows)
    last += timedelta(days=NEXT_DAYS)
    return {
        "zh": f"依据{monitors}个公开监测页上{sites}个服务在"
        f"{first.year}–{last.year}年的检查记录；"
        "监测页之间差别很大，所以只给区间。",
        "en": f"Counted at {sites} services of {monitors} public status monitors,"
        f" {first.year}–{last.year}; monitors differ widely, so there is only a range.",
        "sites": sites,
        "first": str(first),
        "last": str(last),
    }
