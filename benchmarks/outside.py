"""The weights that tell questions about other things from those of the catalogue.

Run `.venv/bin/python -m benchmarks.outside FILE...`: the files hold questions that
people ask about anything, one a line; those of public collections were used (LCQMC,
OPPO xiaobu, AFQMC, the question classes of Li and Roth), which are not ours to ship.
With what `tests/guide/questions.yaml` has for the estimate and what entries list, they
are told apart by logistic regression on `changqing.guide.outside.list_marks`, and the
weights written beside that module.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np

import changqing.guide.outside as guide
from benchmarks.questions import read_questions
from changqing.guide.answerable import AnswerKind, list_answerables
from changqing.guide.outside import BIAS, list_marks
from changqing.guide.words import detect_language
from changqing.law.compiled import load_compiled
from changqing.text import Language

_OF_WAYS: Final = 0.5
_OF_OTHERS: Final = 0.2
_OF_OURS: Final = 3.0
"""What a way that an entry lists counts, a question of the collections, one of ours."""
_LEAST: Final = 3
_RIDGE: Final = 1e-5
_STEPS: Final = 300
_PACE: Final = 0.15
_KEPT: Final = 0.5
"""A mark of a smaller weight is left out."""
_PARTS: Final = 5

Sample = tuple[str, float, float]
"""A question, whether it is about other things, and what it counts."""


def list_samples(files: Sequence[Path]) -> Iterator[Sample]:
    """List the questions of all kinds, the collections' last."""
    for entry in list_answerables(load_compiled()):
        other = entry.kind is AnswerKind.ELSEWHERE
        for text in {entry.title, *entry.asks}:
            for way in filter(None, (text.zh, text.en)):
                yield way, float(other), 1.0 if other else _OF_WAYS
    for kind, question, _ in read_questions():
        yield question, float(kind == "none"), _OF_OURS
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            yield line, 1.0, _OF_OTHERS


def estimate(samples: Sequence[Sample]) -> Mapping[str, float]:
    """Estimate what each mark weighs, by language (Adam, a ridge)."""
    weights: dict[str, float] = {}
    for language in Language:
        own = [s for s in samples if detect_language(s[0]) is language]
        weights |= _estimate_one(own, language)
    return weights


def _estimate_one(samples: Sequence[Sample], language: Language) -> dict[str, float]:
    cut = [list_marks(text) for text, _, _ in samples]
    spread = Counter(mark for marks in cut for mark in marks)
    names = [mark for mark, times in spread.items() if times >= _LEAST]
    places = {name: at for at, name in enumerate(names)}
    rows, columns, values = [], [], []
    for row, marks in enumerate(cut):
        size = 1 / math.sqrt(len(marks) or 1)
        for mark in marks:
            if mark in places:
                rows.append(row)
                columns.append(places[mark])
                values.append(size)
    at_row, at_column = np.array(rows), np.array(columns)
    value = np.array(values)
    truth = np.array([other for _, other, _ in samples])
    count = np.array([counts for _, _, counts in samples])
    for side in (0.0, 1.0):  # both weigh the same
        count[truth == side] /= count[truth == side].sum()
    weights = np.zeros(len(names) + 1)
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        sums = weights[-1] + np.bincount(
            at_row, value * weights[at_column], len(samples)
        )
        error = count * (1 / (1 + np.exp(-sums)) - truth)
        slope = np.append(
            np.bincount(at_column, value * error[at_row], len(names)), error.sum()
        )
        slope[:-1] += _RIDGE * weights[:-1]
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        pace = _PACE * min(1.0, 3 * (1 - step / _STEPS))
        weights -= (
            pace
            * (first / (1 - 0.9**step))
            / (np.sqrt(second / (1 - 0.999**step)) + 1e-10)
        )
    kept = {
        name: round(float(weight), 2)
        for name, weight in zip(names, weights, strict=False)
        if abs(weight) >= _KEPT
    }
    return {f"{BIAS}{language.value}": round(float(weights[-1]), 2), **kept}


def tell_left_out(samples: Sequence[Sample]) -> Mapping[str, float]:
    """Tell how far each of our questions is about other things, it being left out.

    The ways that one entry lists stand in one part; so do questions alike.
    """
    told: dict[str, float] = {}
    for part in range(_PARTS):
        out = {s[0] for at, s in enumerate(samples) if at // 20 % _PARTS == part}
        weights = estimate([s for s in samples if s[0] not in out])
        told |= {text: guide.tell_outside(weights, text) for text in out}
    return told


def main() -> None:
    """Write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    weights = estimate(list(list_samples(parser.parse_args().files)))
    lines = [
        "# What each mark of a question weighs, in hundredths: benchmarks/outside.py.",
        *(f"{mark}\t{round(w * 100)}" for mark, w in sorted(weights.items())),
    ]
    path = Path(guide.__file__).with_name("outside.txt")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
