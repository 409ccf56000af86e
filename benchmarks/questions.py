"""How well questions are answered, and the weights that say how surely.

Run `.venv/bin/python benchmarks/questions.py`: it measures every question of
`tests/guide/questions.yaml`, estimates the weights `_ODDS` of `changqing.guide.ask` by
logistic regression, and prints what they do on questions left out of the estimate, ten
parts in turn, for several thresholds; last the weights for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from ruamel.yaml import YAML

from changqing.guide.ask import Questions
from changqing.law.compiled import load_compiled

_ASKED: Final = Path(__file__).parent.parent / "tests" / "guide" / "questions.yaml"
_PARTS: Final = 10
_RIDGE: Final = 0.3
_STEPS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One question: of which kind, what was measured, whether the first is right."""

    kind: str
    measures: Sequence[float]
    right: bool


def measure_all() -> Iterator[Measured]:
    """Measure every question of the list."""
    asked = YAML(typ="safe").load(_ASKED.read_text(encoding="utf-8"))
    questions = Questions(load_compiled())
    wanted = [
        *(("topic", way, [n]) for n, ways in asked["answered"].items() for way in ways),
        *(("fact", each["asked"], each["found"]) for each in asked["facts"]),
        *(
            ("none", way, [])
            for kind in ("outside", "near", "unknown")
            for way in asked[kind]
        ),
    ]
    for kind, question, found in wanted:
        matches, odds = questions.weigh(question)
        measures = questions.measure(question) if odds else ()
        best = matches[0].entry if matches else None
        right = best is not None and (
            best.id in found or (kind == "fact" and not set(found).isdisjoint(best.law))
        )
        yield Measured(kind=kind, measures=measures, right=right)


def estimate(measures: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Estimate a constant and weights by ridge logistic regression (Newton)."""
    mean, spread = measures.mean(0), measures.std(0) + 1e-9
    scaled = np.c_[np.ones(len(measures)), (measures - mean) / spread]
    penalty = np.r_[0.0, np.full(measures.shape[1], _RIDGE)]
    weights = np.zeros(scaled.shape[1])
    for _ in range(_STEPS):
        odds = 1 / (1 + np.exp(-scaled @ weights))
        slope = scaled.T @ (odds - right) + penalty * weights
        curve = (scaled * (odds * (1 - odds))[:, None]).T @ scaled + np.diag(
            penalty + 1e-9
        )
        weights -= np.linalg.solve(curve, slope)
    unscaled = weights[1:] / spread
    estimated: np.ndarray = np.r_[weights[0] - (unscaled * mean).sum(), unscaled]
    return estimated


def main() -> None:
    """Print what the weights do on questions left out, and the weights."""
    measured = list(measure_all())
    kept = [each for each in measured if each.measures]
    measures = np.array([each.measures for each in kept])
    right = np.array([each.right for each in kept], float)
    kinds = np.array([each.kind for each in kept])
    odds = np.zeros(len(kept))
    order = np.random.default_rng(0).permutation(len(kept))
    for part in range(_PARTS):
        left_out = order[part::_PARTS]
        weights = estimate(np.delete(measures, left_out, 0), np.delete(right, left_out))
        odds[left_out] = 1 / (
            1 + np.exp(-(weights[0] + measures[left_out] @ weights[1:]))
        )
    counted = {
        kind: sum(each.kind == kind for each in measured)
        for kind in ("topic", "fact", "none")
    }
    print("threshold: share at or above it; of those, right")
    for least in (0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
        shown = odds >= least
        row = [f"{least:.2f}"]
        for kind, count in counted.items():
            of_kind = shown & (kinds == kind)
            share = f"{kind} {of_kind.sum() / count:.3f}"
            good = right[of_kind].mean() if of_kind.any() else 0
            row.append(share if kind == "none" else f"{share} ({good:.3f})")
        print("  ".join(row))
    print("weights:", [round(float(each), 2) for each in estimate(measures, right)])


if __name__ == "__main__":
    main()
