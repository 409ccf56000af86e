"""Ways to tell whether a site goes on: ours, and those it is held against.

Each takes rows to learn from and rows to judge, and returns a probability for each of
the latter. Needs the dependency group `bench`.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from lifelines import KaplanMeierFitter
from scipy.optimize import minimize
from scipy.special import gammaln
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks.outlook_data import MonitorRow, SiteRow
from benchmarks.outlook_levels import count_levels, is_of_level
from changqing.outlook.cadence import compute_features as cadence_features
from changqing.outlook.coefficients import LevelRow

Matrix = Any  # numpy arrays: their shapes stand in the names
Predict = Callable[[Sequence[SiteRow], Sequence[SiteRow]], Sequence[float]]
_RIDGE = 1.0
_TIMES = (0.5, 1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64)
_WEEK = 7
_DAY = timedelta(days=1)


def logistic_weights(features: Matrix, truths: Matrix) -> list[float]:
    """Constant first; a ridge of 1 on the others, for steadiness."""
    if len(set(truths)) == 1:
        raise ValueError("all rows came out alike: nothing to fit")
    fitted = LogisticRegression(C=_RIDGE, max_iter=2000).fit(features, truths)
    return [float(fitted.intercept_[0]), *(float(w) for w in fitted.coef_[0])]


def _logistic(list_features: Callable[[SiteRow], Sequence[float]]) -> Predict:
    def predict(training: Sequence[SiteRow], judged: Sequence[SiteRow]) -> list[float]:
        weights = np.array(
            logistic_weights(
                np.array([list_features(row) for row in training]),
                np.array([row.published for row in training]),
            )
        )
        read_rows = np.array([(1.0, *list_features(row)) for row in judged])
        return [float(p) for p in 1 / (1 + np.exp(-read_rows @ weights))]

    return predict


def cadence_row(row: SiteRow) -> tuple[float, ...]:
    """What the product reads."""
    return cadence_features(row.silence, row.weeks)


def _three(row: SiteRow) -> tuple[float, ...]:
    counts = (row.silence, row.bins(364), row.bins(91))
    return tuple(math.log1p(count) for count in counts)


def _median_gap(row: SiteRow) -> float:
    return max(1.0, statistics.median(row.gaps))


def _relative(row: SiteRow) -> float:
    return row.silence / _median_gap(row)


def gap_rule(training: Sequence[SiteRow], judged: Sequence[SiteRow]) -> list[float]:
    """Silent for more than k times the own median gap: the best k of a few."""

    def shares(times: float) -> tuple[float, float]:
        both = []
        for beyond in (False, True):
            part = [r.published for r in training if (_relative(r) > times) is beyond]
            both.append((sum(part) + 1) / (len(part) + 2))
        return both[0], both[1]

    def cost(times: float) -> float:
        either = shares(times)
        return sum(
            (either[_relative(row) > times] - row.published) ** 2 for row in training
        )

    best = min(_TIMES, key=cost)
    either = shares(best)
    return [either[_relative(row) > best] for row in judged]


def kaplan_meier(training: Sequence[SiteRow], judged: Sequence[SiteRow]) -> list[float]:
    """The survival of gaps, in own median gaps: will this one end within the horizon.

    Learns from all gaps of each site up to its last cut, the open one as censored.
    """
    newest: dict[str, SiteRow] = {}
    for row in training:
        if row.site not in newest or row.cut > newest[row.site].cut:
            newest[row.site] = row
    lengths, ended = [], []
    for row in newest.values():
        unit = _median_gap(row)
        lengths += [gap / unit for gap in (*row.gaps, row.silence)]
        ended += [*(True for _ in row.gaps), False]
    curve = KaplanMeierFitter().fit(lengths, ended)
    chances = []
    for row in judged:
        now, later = (
            float(curve.predict(days / _median_gap(row)))
            for days in (row.silence, row.silence + row.horizon)
        )
        chances.append(1 - later / now if now > 0 else 0.0)
    return chances


# -- BG/NBD, after Fader, Hardie and Lee (Marketing Science 24, 2005), on weeks with an
#    item: x repeats, the last of them at t_x, observed until T


def _purchases(rows: Sequence[SiteRow]) -> tuple[Matrix, Matrix, Matrix]:
    counted = []
    for row in rows:
        first = row.days[0].toordinal() // _WEEK
        weeks = {day.toordinal() // _WEEK - first for day in row.days}
        until = row.cut.toordinal() / _WEEK - first
        counted.append((len(weeks) - 1, max(weeks), max(until, max(weeks))))
    x, t_x, until = np.array(counted, dtype=float).T
    return x, t_x, until


def _bg_nbd_parts(
    logs: Matrix, x: Matrix, t_x: Matrix, until: Matrix
) -> tuple[Matrix, Matrix]:
    """The two terms of the likelihood in logarithms: alive, and gone after t_x."""
    r, alpha, a, b = np.exp(logs)
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    common = common + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    alive = common - (r + x) * np.log(alpha + until)
    gone = common + np.log(a / (b + np.maximum(x, 1) - 1))
    gone = gone - (r + x) * np.log(alpha + t_x)
    return alive, np.where(x > 0, gone, -np.inf)


def bg_nbd(training: Sequence[SiteRow], judged: Sequence[SiteRow]) -> list[float]:
    """Alive, and then at least one purchase before the horizon."""
    purchases = _purchases(training)

    def cost(logs: Matrix) -> float:
        alive, gone = _bg_nbd_parts(logs, *purchases)
        return float(-np.mean(np.logaddexp(alive, gone)) + 0.001 * np.sum(logs**2))

    logs = minimize(cost, np.zeros(4), method="Nelder-Mead", tol=1e-4).x
    r, alpha = np.exp(logs[:2])
    x, _, until = now = _purchases(judged)
    alive, gone = _bg_nbd_parts(logs, *now)
    still = np.exp(alive - np.logaddexp(alive, gone))
    weeks = np.array([row.horizon / _WEEK for row in judged])
    none = ((alpha + until) / (alpha + until + weeks)) ** (r + x)
    return [float(p) for p in still * (1 - none)]


def blend(training: Sequence[SiteRow], judged: Sequence[SiteRow]) -> list[float]:
    """A logistic of BG/NBD's log odds and the logarithm of the silence."""
    both = [bg_nbd(training, rows) for rows in (training, judged)]
    parts = []
    for rows, chances in zip((training, judged), both, strict=True):
        clipped = np.clip(chances, 1e-4, 1 - 1e-4)
        silence = np.log1p([row.silence for row in rows])
        parts.append(np.column_stack([np.log(clipped / (1 - clipped)), silence]))
    weights = np.array(
        logistic_weights(parts[0], np.array([row.published for row in training]))
    )
    chances = 1 / (1 + np.exp(-weights[0] - parts[1] @ weights[1:]))
    return [float(p) for p in chances]


def _thirteen(row: SiteRow) -> tuple[float, ...]:
    ago = [(row.cut - day).days for day in row.days]
    counts = [sum(past <= days for past in ago) for days in (30, 90, 365)]
    bins = [row.bins(days) for days in (91, 182, 364, 728)]
    age = (row.cut - row.watched_from).days
    ordered = sorted(row.gaps)
    p90 = ordered[int(0.9 * (len(ordered) - 1))]
    return (
        row.silence,
        len(row.days),
        *counts,
        *bins,
        age,
        _median_gap(row),
        p90,
        _relative(row),
    )


def boosting(training: Sequence[SiteRow], judged: Sequence[SiteRow]) -> list[float]:
    """Gradient boosting of thirteen variables: what the data might hold at most."""
    trees = GradientBoostingClassifier(
        n_estimators=120,
        learning_rate=0.05,
        max_depth=3,
        min_samples_leaf=20,
        subsample=0.7,
        random_state=0,
    ).fit([_thirteen(row) for row in training], [row.published for row in training])
    probabilities = trees.predict_proba([_thirteen(row) for row in judged])[:, 1]
    return [float(p) for p in probabilities]


OURS, THREE = "silence and fresh weeks (shipped)", "logistic of three counts"
CADENCE: Mapping[str, Predict] = {
    OURS: _logistic(cadence_row),
    "silence alone": _logistic(lambda row: (math.log1p(row.silence),)),
    "silent > k × own median gap": gap_rule,
    "Kaplan–Meier on silence ÷ own median gap": kaplan_meier,
    "BG/NBD on weeks, raw": bg_nbd,
    THREE: _logistic(_three),
    "BG/NBD and silence, blended": blend,
    "gradient boosting, 13 variables": boosting,
}


# -- availability


_PRIOR_DAYS, _PRIOR_UP = 10.0, 9.8


def monitor_features(row: MonitorRow) -> tuple[float, ...]:
    """The log odds of the level of 90 days, shrunk by ten days, and being down now.

    Without the prior a service never seen down would have infinite log odds.
    """
    up, observed = row.past.up / _DAY, row.past.observed / _DAY
    share = (up + _PRIOR_UP) / (observed + _PRIOR_DAYS)
    return math.log(share / (1 - share)), float(row.past.down is not None)


PredictMonitor = Callable[[Sequence[MonitorRow], Sequence[MonitorRow]], Sequence[float]]


def _monitor_logistic(
    list_features: Callable[[MonitorRow], Sequence[float]],
) -> PredictMonitor:
    def predict(
        training: Sequence[MonitorRow], judged: Sequence[MonitorRow]
    ) -> list[float]:
        weights = np.array(
            logistic_weights(
                np.array([list_features(row) for row in training]),
                np.array([row.reached for row in training]),
            )
        )
        read_rows = np.array([(1.0, *list_features(row)) for row in judged])
        return [float(p) for p in 1 / (1 + np.exp(-read_rows @ weights))]

    return predict


def base_rate(
    training: Sequence[MonitorRow], judged: Sequence[MonitorRow]
) -> list[float]:
    """The same for all."""
    return [sum(row.reached for row in training) / len(training)] * len(judged)


def _with_outages(row: MonitorRow) -> tuple[float, ...]:
    begun = sum(outage.start >= row.past.since for outage in row.past.outages)
    return (*monitor_features(row), math.log1p(begun))


COUNTED = "counted cases of four kinds (shipped)"
LEVEL, OUTAGES = "level and down now", "level, down now, outages begun"


def counted(
    training: Sequence[MonitorRow], judged: Sequence[MonitorRow]
) -> list[float]:
    """The share that reached it of rows of the same kind."""
    rows = count_levels(training)
    return [_find_counted(row, rows).reached.value for row in judged]


def _find_counted(row: MonitorRow, rows: Sequence[LevelRow]) -> LevelRow:
    return [level_row for level_row in rows if is_of_level(row, level_row)][-1]


AVAILABILITY: Mapping[str, PredictMonitor] = {
    COUNTED: counted,
    LEVEL: _monitor_logistic(monitor_features),
    OUTAGES: _monitor_logistic(_with_outages),
    "level alone": _monitor_logistic(lambda row: monitor_features(row)[:1]),
    "base rate": base_rate,
}
