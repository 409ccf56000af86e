"""How well questions are answered, and the weights that say how surely.

Run `.venv/bin/python -m benchmarks.questions`: it measures every question of
`tests/guide/questions.yaml` and every way of asking that topics and facts of law list
(each asked of an index without it), estimates the weights of `changqing.guide.odds` by
conditional logistic regression, and prints what they do on questions left out of the
estimate, five parts in turn, for several thresholds; last the weights for all of them.
With `apart_kept` it prints instead how many of those questions about other things are
refused, by their matter.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from ruamel.yaml import YAML

from changqing.guide.answerable import Answerable, AnswerKind, list_answerables
from changqing.guide.ask import Questions, Tier, say_the_same
from changqing.guide.index import Found, Index, NamedWords
from changqing.guide.odds import ANSWER_MEASURES, QUESTION_MEASURES
from changqing.guide.words import Words, detect_language
from changqing.law.compiled import load_compiled
from changqing.law.model import Catalogue
from changqing.text import Language, Text

_ASKED: Final = Path(__file__).parent.parent / "tests" / "guide" / "questions.yaml"
_DAY: Final = date(2026, 11, 24)
_PARTS: Final = 5
_RIDGE: Final = 0.0002
_STEPS: Final = 600
_PACE: Final = 0.05
_COUNTS: Final = {"topic": 1.0, "fact": 2.0, "none": 1.0, "way": 0.25, "no_way": 0.5}
"""What a question of a kind counts; the ways that entries list are like each other."""

_ANSWERS: Final = len(ANSWER_MEASURES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One question: of which kind, what was measured, which candidates are right."""

    kind: str
    question: str
    found: Found
    right: Sequence[bool]


def measure_all(catalogue: Catalogue) -> Iterator[Measured]:
    """Measure every question of the list, and every way that entries list."""
    entries = tuple(list_answerables(catalogue))
    words, named = Words(catalogue), NamedWords(catalogue)
    indexes = {
        language: Index(entries, words, named, language) for language in Language
    }
    for kind, question, ids_wanted in read_questions():
        answer_found = indexes[detect_language(question)].find(
            question, words.list_words(question)
        )
        yield _measured(kind, question, answer_found, ids_wanted)
    yield from _measure_ways(catalogue, entries, words, named)


def read_questions() -> Iterator[tuple[str, str, set[str]]]:
    """Read the questions for the estimate: their kind, and what answers them."""
    lists = YAML(typ="safe").load(_ASKED.read_text(encoding="utf-8"))
    for name, ways in lists["answered"].items():
        for way in ways:
            yield "topic", way, {name}
    for kind in ("facts", "subjects", "everyday", "plain"):
        for entry in lists[kind]:
            yield "fact", entry["asked"], set(entry["found"])
    for kind in ("outside", "near", "unknown", "beside"):
        for way in lists[kind]:
            yield "none", way, set()
    for ways in lists["apart"].values():
        for way in ways:
            yield "none", way, set()


def _measured(
    kind: str, question: str, answer_found: Found, ids_wanted: set[str]
) -> Measured:
    right = [
        not ids_wanted.isdisjoint({candidate.entry.id, *candidate.entry.law[:4]})
        for candidate in answer_found.candidates
    ]
    return Measured(kind=kind, question=question, found=answer_found, right=right)


def _measure_ways(
    catalogue: Catalogue,
    entries: Sequence[Answerable],
    words: Words,
    named: NamedWords,
) -> Iterator[Measured]:
    """Ask an index what a fifth of the ways ask that were left out of it."""
    for part in range(_PARTS):
        entries_kept, left_out = [], []
        for place, entry in enumerate(entries):
            if entry.kind is AnswerKind.ELSEWHERE:
                if place % _PARTS == part:
                    left_out.append((entry, entry.title))
                    continue
            elif entry.kind in {AnswerKind.TOPIC, AnswerKind.LAW}:
                ways = entry.asks[len(entry.aliases) :]
                out = {w for at, w in enumerate(ways) if (place + at) % _PARTS == part}
                left_out += [(entry, way) for way in out]
                entry = replace(
                    entry, asks=tuple(w for w in entry.asks if w not in out)
                )
            entries_kept.append(entry)
        for language in Language:
            index = Index(entries_kept, words, named, language)
            for entry, way in left_out:
                text = _say_only(way, language)
                if text:
                    nothing = entry.kind is AnswerKind.ELSEWHERE
                    yield _measured(
                        "no_way" if nothing else "way",
                        text,
                        index.find(text, words.list_words(text)),
                        set() if nothing else {entry.id},
                    )


def _say_only(way: Text, language: Language) -> str:
    return way.zh if language is Language.ZH else way.en


@dataclass(frozen=True, slots=True)
class _Table:
    """All questions as arrays: a row a candidate, and a row a question."""

    candidates: np.ndarray
    of: np.ndarray  # the question of a candidate
    right: np.ndarray
    questions: np.ndarray
    no_answer: np.ndarray
    counts: np.ndarray


def _make_table(measured: Sequence[Measured]) -> _Table:
    rows = [
        list(c.measures) for question in measured for c in question.found.candidates
    ]
    return _Table(
        np.array(rows),
        np.repeat(
            np.arange(len(measured)), [len(m.found.candidates) for m in measured]
        ),
        np.array([right for question in measured for right in question.right], float),
        np.array([list(question.found.measures) for question in measured]),
        np.array([question.kind in {"none", "no_way"} for question in measured], float),
        np.array([_COUNTS[question.kind] for question in measured]),
    )


def estimate(measured: Sequence[Measured]) -> np.ndarray:
    """Estimate the weights of answers, then of questions, by gradient descent (Adam).

    The loss of a question is the logarithm of the odds that its right candidates got
    together, or no candidate where it has no answer.
    """
    table = _make_table(measured)
    mean, spread = table.candidates.mean(0), table.candidates.std(0) + 1e-9
    rows = (table.candidates - mean) / spread
    mean_of_question = table.questions.mean(0)
    spread_of_question = table.questions.std(0) + 1e-9
    mean_of_question[0], spread_of_question[0] = 0.0, 1.0
    questions = (table.questions - mean_of_question) / spread_of_question
    weights = np.zeros(rows.shape[1] + questions.shape[1])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        slope = _slope(weights, rows, questions, table) / table.counts.sum()
        slope += _RIDGE * weights
        first = 0.9 * first + 0.1 * slope
        second = 0.999 * second + 0.001 * slope**2
        pace = _PACE * min(1.0, 3 * (1 - step / _STEPS))
        weights -= (
            pace
            * (first / (1 - 0.9**step))
            / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
        )
    of_answers = weights[:_ANSWERS] / spread
    of_question = weights[_ANSWERS:] / spread_of_question
    of_question[0] += (mean * of_answers).sum()
    of_question[0] -= (mean_of_question * of_question)[1:].sum()
    estimated: np.ndarray = np.r_[of_answers, of_question]
    return estimated


def _slope(
    weights: np.ndarray, rows: np.ndarray, questions: np.ndarray, table: _Table
) -> np.ndarray:
    sums, none = rows @ weights[:_ANSWERS], questions @ weights[_ANSWERS:]
    most = none.copy()
    np.maximum.at(most, table.of, sums)
    shares = np.exp(sums - most[table.of])
    of_none = np.exp(none - most)
    count = len(none)
    whole = of_none + np.bincount(table.of, shares, count)
    right = np.bincount(table.of, shares * table.right, count)
    right += table.no_answer * of_none
    reached = table.counts * (right > 0)
    right = np.maximum(right, 1e-300)
    of_rows = shares * table.right / right[table.of] - shares / whole[table.of]
    of_questions = of_none * table.no_answer / right - of_none / whole
    slope: np.ndarray = -np.r_[
        rows.T @ (reached[table.of] * of_rows), questions.T @ (reached * of_questions)
    ]
    return slope


def _judge(
    catalogue: Catalogue, question: Measured, weights: np.ndarray
) -> tuple[float, bool]:
    """Tell the odds of the first answer, and whether it is right."""
    if not question.found.candidates:
        return 0.0, False
    rows = np.array([list(c.measures) for c in question.found.candidates])
    sums = rows @ weights[:_ANSWERS]
    none = float(np.array(question.found.measures) @ weights[_ANSWERS:])
    shares = np.exp(sums - max(none, sums.max()))
    shares = shares / (shares.sum() + np.exp(none - max(none, sums.max())))
    best = int(shares.argmax())
    first = question.found.candidates[best].entry
    odds = sum(
        share
        for share, candidate in zip(shares, question.found.candidates, strict=True)
        if say_the_same(catalogue, first, candidate.entry)
    )
    return float(odds), question.right[best]


def _print_table(judged: Mapping[str, Sequence[tuple[float, bool]]]) -> None:
    print("threshold: share at or above it; of those, right")
    for least in (0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9):
        row = [f"{least:.2f}"]
        for kind, answers in judged.items():
            right = [is_right for odds, is_right in answers if odds >= least]
            share = f"{kind} {len(right) / len(answers):.3f}"
            good = sum(right) / len(right) if right else 0.0
            nothing = kind in {"none", "no_way"}
            row.append(share if nothing else f"{share} ({good:.3f})")
        print("  ".join(row))


def count_apart(name: str) -> None:
    """Print how many of the questions about other things are refused, by their matter.

    Where an answer is only probable, and whose matter it is is said, counts as named.
    """
    lists = YAML(typ="safe").load(_ASKED.read_text(encoding="utf-8"))
    questions = Questions(load_compiled())
    refused_all = named_all = sure_all = count_all = 0
    print("matter: questions, refused, refused or named as another's, surely answered")
    for matter, ways in lists[name].items():
        replies = [questions.ask(way, on=_DAY) for way in ways]
        refused = sum(not reply.answers for reply in replies)
        named = sum(not r.answers or r.elsewhere is not None for r in replies)
        sure = sum(bool(r.answers) and r.answers[0].tier is Tier.SURE for r in replies)
        print(f"{matter} {len(ways)} {refused} {named} {sure}")
        refused_all, named_all = refused_all + refused, named_all + named
        sure_all, count_all = sure_all + sure, count_all + len(ways)
    print(
        f"all {count_all}: {refused_all / count_all:.3f} {named_all / count_all:.3f} "
        f"{sure_all / count_all:.3f}"
    )


def main() -> None:
    """Print what the weights do on questions left out, and the weights."""
    if sys.argv[1:]:
        count_apart(sys.argv[1])
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder  # indexes of parts are not to be kept
        catalogue = load_compiled()
        measured = list(measure_all(catalogue))
    order = np.random.default_rng(0).permutation(len(measured))
    judged: dict[str, list[tuple[float, bool]]] = {kind: [] for kind in _COUNTS}
    for part in range(_PARTS):
        left_out = set(order[part::_PARTS])
        weights = estimate([m for at, m in enumerate(measured) if at not in left_out])
        for at in left_out:
            judged[measured[at].kind].append(_judge(catalogue, measured[at], weights))
    _print_table(judged)
    weights = estimate(measured)
    for name, weight in zip(
        (*ANSWER_MEASURES, *QUESTION_MEASURES), weights, strict=True
    ):
        print(f"    {weight:.2f},  # {name}")


if __name__ == "__main__":
    main()
