"""How good a row of probabilities is, with intervals from drawing whole groups again.

Standard library alone, so that `--score` needs nothing installed.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

NAMES = ("auc", "brier", "log_loss", "ece")
_LEAST = 1e-4
_BINS = 10
_DRAWS = 500
_SEED = 20260822


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Probabilities beside what came true; rows of one group hang together."""

    chances: Sequence[float]
    truths: Sequence[bool]
    groups: Sequence[str]


Row = TypeVar("Row")
Figures = dict[str, float]
Intervals = dict[str, tuple[float, float]]


def figures(judged: Judged) -> Figures:
    """AUC, Brier score, log-loss and calibration error; NaN where there are no rows."""
    rows = list(zip(judged.chances, judged.truths, strict=True))
    return dict(zip(NAMES, _figures(rows), strict=True))


def intervals(judged: Judged) -> Intervals:
    """95 % of each figure over 500 draws of groups."""
    drawn = _draws(judged.groups)
    rows = list(zip(judged.chances, judged.truths, strict=True))
    many = [_figures([rows[place] for place in places]) for places in drawn]
    return _spread(many)


def differences(ours: Judged, other: Judged) -> tuple[Figures, Intervals]:
    """Ours minus the other's on the same rows and draws, so that luck cancels out."""
    pairs = [
        list(zip(judged.chances, judged.truths, strict=True))
        for judged in (ours, other)
    ]

    def difference(places: Sequence[int]) -> tuple[float, ...]:
        our_figures, two = (_figures([rows[p] for p in places]) for rows in pairs)
        return tuple(a - b for a, b in zip(our_figures, two, strict=True))

    many = [difference(places) for places in _draws(ours.groups)]
    whole = difference(range(len(ours.chances)))
    return dict(zip(NAMES, whole, strict=True)), _spread(many)


def share_interval(
    truths: Sequence[bool], groups: Sequence[str]
) -> tuple[float, float]:
    """95 % of a share over 500 draws of groups; the share itself is within."""
    shares = sorted(
        sum(truths[p] for p in places) / len(places) for places in _draws(groups)
    )
    value = sum(truths) / len(truths)
    low, high = _ends(shares)
    return min(low, value), max(high, value)


def _draws(groups: Sequence[str]) -> list[list[int]]:
    by_group: dict[str, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        by_group[group].append(place)
    members = list(by_group.values())
    dice = random.Random(_SEED)  # noqa: S311 – the same draws each time
    return [
        [place for choice in dice.choices(members, k=len(members)) for place in choice]
        for _ in range(_DRAWS if members else 0)
    ]


def _spread(many: Sequence[tuple[float, ...]]) -> Intervals:
    return {
        name: _ends(sorted(draw[place] for draw in many if not math.isnan(draw[place])))
        for place, name in enumerate(NAMES)
    }


def _ends(ordered: Sequence[float]) -> tuple[float, float]:
    if not ordered:
        return math.nan, math.nan
    last = len(ordered) - 1
    return ordered[round(0.025 * last)], ordered[round(0.975 * last)]


def _figures(rows: list[tuple[float, bool]]) -> tuple[float, ...]:
    if not rows:
        return (math.nan,) * len(NAMES)
    rows = sorted(rows, key=lambda row: row[0])
    n = len(rows)
    brier = sum((chance - truth) ** 2 for chance, truth in rows) / n
    loss = 0.0
    for chance, truth in rows:
        clipped = min(1 - _LEAST, max(_LEAST, chance))
        loss -= math.log(clipped if truth else 1 - clipped)
    return _auc(rows), brier, loss / n, _calibration(rows)


def _auc(ordered: Sequence[tuple[float, bool]]) -> float:
    """The share of pairs in the right order, ties counting half."""
    right = 0.0
    negatives = place = 0
    while place < len(ordered):
        end, true = place, 0
        while end < len(ordered) and ordered[end][0] == ordered[place][0]:
            true += ordered[end][1]
            end += 1
        false = end - place - true
        right += true * (negatives + false / 2)
        negatives += false
        place = end
    positives = len(ordered) - negatives
    pairs = positives * negatives
    return right / pairs if pairs else math.nan


def _calibration(ordered: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error over ten bins of equal count."""
    n, error = len(ordered), 0.0
    for place in range(_BINS):
        part = ordered[place * n // _BINS : (place + 1) * n // _BINS]
        error += abs(sum(truth - chance for chance, truth in part)) / n
    return error


def folds(groups: Sequence[str], count: int = 5) -> list[list[int]]:
    """Rows in `count` parts of about equal size, a group in one part only.

    The largest group goes first, each into the smallest part; names decide ties.
    """
    by_group: dict[str, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        by_group[group].append(place)
    parts: list[list[int]] = [[] for _ in range(count)]
    for group in sorted(by_group, key=lambda name: (-len(by_group[name]), name)):
        min(parts, key=len).extend(by_group[group])
    return parts


def out_of_fold(
    rows: Sequence[Row],
    groups: Sequence[str],
    predict: Callable[[Sequence[Row], Sequence[Row]], Sequence[float]],
) -> list[float]:
    """Each row's chance by a model that has not seen its group."""
    chances = [math.nan] * len(rows)
    for part in folds(groups):
        left_out = set(part)
        training = [row for place, row in enumerate(rows) if place not in left_out]
        predicted = predict(training, [rows[place] for place in part])
        for place, chance in zip(part, predicted, strict=True):
            chances[place] = float(chance)
    return chances
