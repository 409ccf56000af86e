"""What a scorer that learnt some layouts makes of layouts that it never saw.

    python -m training.first_sight build/papers --companies 70

Writes papers of both splits, trains on one, measures on the other, and prints how many
of the values that stand there are found, how many of those proposed are right, and how
true its probabilities are. Papers with a text layer, Word and Excel alone; which kind
of paper each is, is given. Needs scikit-learn, as nothing else here does.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from changqing.case.values import NotAValueError, parse_value
from changqing.law.compiled import load_compiled
from changqing.law.model import Catalogue
from changqing.readers.capture import capture_paper
from training.mill import write_folder
from training.papers import TEST, TRAIN
from training.scorer import (
    Candidate,
    FactKey,
    Names,
    Scorer,
    choose_values,
    list_facts,
    measure_page,
)

FORMS: Final = ["pdf_text", "docx", "xlsx"]
BARS: Final = (0.3, 0.5, 0.7, 0.9)
_GROUPS: Final = ("core", "paper")
_BINS: Final = 10


@dataclass(slots=True)
class MeasuredPaper:
    """The candidates of one paper with their measures, and what is true of it."""

    truths: dict[FactKey, set[str]]
    candidates: list[Candidate] = field(default_factory=list)
    measures: list[list[float]] = field(default_factory=list)

    def is_true(self, candidate: Candidate, catalogue: Catalogue) -> bool:
        """Tell whether a candidate is a value that the labels give."""
        value = spell(candidate.fact, candidate.words, catalogue)
        return value in self.truths.get(candidate.fact, ())


def main() -> None:
    """Train, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--companies", type=int, default=70)
    parser.add_argument("--seed", type=int, default=11)
    options = parser.parse_args()
    catalogue = load_compiled()
    names = Names(catalogue)
    papers = {
        split: list(measure_folder(options.folder / split, split, options, names))
        for split in (TRAIN, TEST)
    }
    scorer = Scorer()
    scorer.train(
        [row for paper in papers[TRAIN] for row in paper.measures],
        [
            paper.is_true(candidate, catalogue)
            for paper in papers[TRAIN]
            for candidate in paper.candidates
        ],
    )
    for split in (TRAIN, TEST):
        print_figures(split, papers[split], scorer, catalogue)


def measure_folder(
    folder: Path, split: str, options: argparse.Namespace, names: Names
) -> Iterator[MeasuredPaper]:
    """Write papers of a split, read each, and measure its candidates."""
    count = options.companies if split == TRAIN else max(options.companies // 3, 1)
    write_folder(folder, split=split, count=count, seed=options.seed, forms=FORMS)
    catalogue = names.catalogue
    for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        (paper,) = row["documents"]
        path = folder / row["file"]
        reading = capture_paper(path.read_bytes(), path.name)
        measured = MeasuredPaper(truths=read_truths(paper, catalogue))
        for page in reading.pages:
            material = catalogue.materials[paper["kind"]]
            for candidate, measures in measure_page(page, material, catalogue, names):
                measured.candidates.append(candidate)
                measured.measures.append(measures)
        yield measured


def read_truths(paper: dict[str, Any], catalogue: Catalogue) -> dict[FactKey, set[str]]:
    """Read what a paper says, of the facts that its kind is read for."""
    read = set(list_facts(catalogue.materials[paper["kind"]], catalogue))
    truths: dict[FactKey, set[str]] = {}
    for fact in paper["facts"]:
        key = fact["subject"].split(":")[0], fact["fact"]
        if fact["group"] in _GROUPS and key in read:
            truths.setdefault(key, set()).add(spell(key, fact["raw"], catalogue))
    return truths


def spell(fact: FactKey, words: str, catalogue: Catalogue) -> str:
    """Spell words as the value that they are, or without blanks where they are none."""
    try:
        return str(parse_value(catalogue.facts[fact], words).value)
    except NotAValueError:
        return "".join(words.split())


def print_figures(
    split: str, papers: list[MeasuredPaper], scorer: Scorer, catalogue: Catalogue
) -> None:
    """Print recall and precision by bar, and how true the probabilities are."""
    scored = [(paper, scorer.score(paper.measures)) for paper in papers]
    truths = sum(len(values) for paper in papers for values in paper.truths.values())
    for bar in BARS:
        said: Counter[bool] = Counter()
        for paper, scores in scored:
            chosen = choose_values(paper.candidates, scores, bar=bar)
            said.update(
                paper.is_true(candidate, catalogue) for candidate, _ in chosen.values()
            )
        print(
            f"{split:6} at {bar:.1f}  found {said[True] / max(truths, 1):.3f}"
            f" of {truths}  right {said[True] / max(said.total(), 1):.3f}"
        )
    print(f"{split:6} probabilities off by {measure_doubt(scored, catalogue):.3f}")


def measure_doubt(
    scored: list[tuple[MeasuredPaper, list[float]]], catalogue: Catalogue
) -> float:
    """Measure the expected calibration error of what is chosen, in ten bins."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for paper, scores in scored:
        for candidate, score in choose_values(
            paper.candidates, scores, bar=0.0
        ).values():
            place = min(int(score * _BINS), _BINS - 1)
            bins[place].append((score, paper.is_true(candidate, catalogue)))
    total = sum(map(len, bins))
    return sum(
        abs(sum(score - is_true for score, is_true in held)) for held in bins
    ) / max(total, 1)


if __name__ == "__main__":
    main()
