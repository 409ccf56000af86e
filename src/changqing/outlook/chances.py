"""A chance with its range, from a linear predictor or from a count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from changqing.text import Text

_Z = 1.959964  # 95 % of a normal distribution, two-sided
_TENTHS_ZH = (
    "",
    "一成",
    "两成",
    "三成",
    "四成",
    "半数",
    "六成",
    "七成",
    "八成",
    "九成",
)
_TENTHS_EN = ("", "one", "two", "three", "four", "", "six", "seven", "eight", "nine")
_HARDLY_ANY, _NEARLY_ALL = 0.05, 0.95
_MOST = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """A probability and its range, all three between 0 and 1."""

    probability: float
    low: float
    high: float

    def say(self) -> Text:
        """Say it in whole per cent with the range, as far as one can know it."""
        whole = round(100 * self.probability)
        if whole > _MOST:
            return Text(zh=f"超过{_MOST}%", en=f"over {_MOST}%")
        if whole < 1:
            return Text(zh="不到1%", en="under 1%")
        reach = say_range(self.low, self.high)
        return Text(zh=f"约{whole}%（{reach}）", en=f"about {whole}% ({reach})")


def say_range(low: float, high: float) -> str:
    """Say two shares in whole per cent: `80–88%`, or `99%` where they meet."""
    first, last = _round_percent(low), _round_percent(high)
    return f"{first}%" if first == last else f"{first}–{last}%"


def _round_percent(share: float) -> int:
    """Whole per cent; never 0 or 100, which nobody can know."""
    return min(_MOST, max(1, round(100 * share)))


def compute_logistic(log_odds: float) -> float:
    """Compute the probability of `log_odds`, without overflow at either end."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))


def compute_chance(
    weights: Sequence[float],
    features: Sequence[float],
    covariance: Sequence[Sequence[float]],
    drift: float,
) -> Chance:
    """Evaluate a logistic model; `weights` and `features` both start with the constant.

    `covariance` is that of the weights; `drift` is by how much the level differed from
    one day of reckoning to another, in log odds. Both widen the 95 % range.
    """
    log_odds = sum(w * x for w, x in zip(weights, features, strict=True))
    variance = drift**2 + sum(
        x * sum(c * y for c, y in zip(row, features, strict=True))
        for x, row in zip(features, covariance, strict=True)
    )
    reach = _Z * math.sqrt(max(0.0, variance))
    return Chance(
        probability=compute_logistic(log_odds),
        low=compute_logistic(log_odds - reach),
        high=compute_logistic(log_odds + reach),
    )


def compute_wilson_interval(share: float, n: int) -> tuple[float, float]:
    """Compute the 95 % Wilson interval of a share in `n` looks; (0, 1) without any.

    E. B. Wilson, JASA 22 (1927), 209–212. Always contains `share`.
    """
    if n == 0:
        return 0.0, 1.0
    z2 = _Z**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = _Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, min(share, centre - reach)), min(1.0, max(share, centre + reach))


def say_share(share: float) -> Text:
    """Say a share as people say it: 约半数, about half."""
    if share < _HARDLY_ANY:
        return Text(zh="几乎没有", en="hardly any")
    if share >= _NEARLY_ALL:
        return Text(zh="几乎全部", en="nearly all")
    tenths = min(9, max(1, round(10 * share)))
    english = _TENTHS_EN[tenths]
    return Text(
        zh=f"约{_TENTHS_ZH[tenths]}",
        en=f"about {english} in ten" if english else "about half",
    )
