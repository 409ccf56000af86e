"""How well a candidate's surroundings fit what the catalogue's YAML says of a fact.

The scorer knows a fact by its names alone (labels, heads and its own label), compared
with what stands around a candidate by the letters that they share; so it reads a fact
it was never trained on. It chooses among words that stand on the page and writes none.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import numpy as np

from changqing.evidence.reading import PaperPage
from changqing.law.kinds.material import Material
from changqing.law.model import Catalogue
from training.candidates import TYPES, choose_recogniser
from training.elements import Element, PageElements, make_elements

FactKey = tuple[str, str]
"""Subject and id of a fact."""
_NOISE: Final = re.compile(r"[\s：:（）()…=〔〕|]+")
_LONGEST: Final = 24  # letters of a label that are compared
_UNSEEN: Final = 5.0  # weight of letters that no name has
_FAR: Final = 9_999.0
ROUNDS: Final = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words that could be the value of a fact, at an element of a page."""

    fact: FactKey
    words: str
    element: Element


@dataclass(frozen=True)
class Names:
    """The names of all facts, and how much each group of letters tells."""

    catalogue: Catalogue

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        counted: Counter[str] = Counter()
        count = 0
        for material in self.catalogue.materials.values():
            for fact in list_facts(material, self.catalogue):
                for letters in self.list_names(material, fact):
                    counted.update(letters.keys())
                    count += 1
        return {letters: math.log(count / n) for letters, n in counted.items()}

    def list_names(self, material: Material, fact: FactKey) -> list[Counter[str]]:
        """List the names of a fact in papers of a kind, as counted letters."""
        read = material.reads.get(".".join(fact))
        own = self.catalogue.facts[fact].label.zh
        labels = () if read is None else (*read.labels, *read.columns)
        return [count_letters(str(name)) for name in (*labels, own)]

    def compare(self, text: Counter[str], names: Sequence[Counter[str]]) -> float:
        """Compare a text with the names of a fact, from 0 to 1 for the same letters."""
        return max((self._compare(text, name) for name in names), default=0.0)

    def _compare(self, one: Counter[str], other: Counter[str]) -> float:
        weigh = self._weights
        shared = sum(
            one[letters] * other[letters] * weigh.get(letters, _UNSEEN) ** 2
            for letters in one.keys() & other.keys()
        )
        if not shared:
            return 0.0
        sizes = (
            math.sqrt(sum((n * weigh.get(g, _UNSEEN)) ** 2 for g, n in counted.items()))
            for counted in (one, other)
        )
        return float(shared / math.prod(sizes))


def count_letters(text: str) -> Counter[str]:
    """Count the letters of a label, and each two that follow one another."""
    plain = _NOISE.sub("", text)[:_LONGEST]
    return Counter([*plain, *(a + b for a, b in pairwise(plain))])


def list_facts(material: Material, catalogue: Catalogue) -> list[FactKey]:
    """List the facts that papers of a kind show and that have candidates."""
    keys = (tuple(name.split(".", 1)) for name in material.reads)
    return [
        (subject, fact)
        for subject, fact in keys
        if (subject, fact) in catalogue.facts
        and choose_recogniser(catalogue.facts[subject, fact]) is not None
    ]


def measure_page(
    page: PaperPage, material: Material, catalogue: Catalogue, names: Names
) -> Iterator[tuple[Candidate, list[float]]]:
    """Measure each candidate of each fact of a kind of paper on a page."""
    elements = make_elements(page)
    facts = list_facts(material, catalogue)
    named = {fact: names.list_names(material, fact) for fact in facts}
    for element in elements.elements:
        found = {
            fact: matches
            for fact in facts
            if (recogniser := choose_recogniser(catalogue.facts[fact])) is not None
            and (matches := recogniser.findall(element.text))
        }
        if not found:
            continue
        near = _find_near(elements, element)
        around = [count_letters(text) for text in _name_near(element, near)]
        place = _measure_place(element, near)
        likeness = {
            fact: [names.compare(text, named[fact]) for text in around]
            for fact in facts
        }
        for fact, matches in found.items():
            own = likeness[fact]
            others = [likeness[other] for other in facts if other != fact]
            rival = [max(column) for column in zip(*others, strict=True)]
            rival = rival or [0.0] * len(own)
            for number, words in enumerate(matches):
                yield (
                    Candidate(fact, words.strip(), element),
                    [
                        *own,
                        *rival,
                        max(own),
                        max(rival),
                        len(words) / len(element.text),
                        float(number),
                        float(len(matches)),
                        float(fact[0] in ("person", "holder")),
                        *place,
                    ],
                )


_Near = tuple[Element | None, ...]
"""Beside it at the left, above it, the head of its column and that of its row; then
what follows at the right and below."""


def _find_near(elements: PageElements, of: Element) -> _Near:
    left, above = elements.find_left(of), elements.find_above(of)
    column = [
        other for other in above if abs(other.box.left - of.box.left) < 120
    ] or above
    return (
        next(iter(left), None),
        next(iter(above), None),
        column[-1] if column else None,
        left[-1] if left else None,
        next(iter(elements.find_right(of)), None),
        next(iter(elements.find_below(of)), None),
    )


def _name_near(element: Element, near: _Near) -> list[str]:
    return [
        element.before,
        *("" if other is None else other.text for other in near[:4]),
    ]


def _measure_place(element: Element, near: _Near) -> list[float]:
    """Measure where an element stands, and of which types its neighbours are."""
    left, above, head, _, right, below = near
    types = [
        float(other is not None and bool(recogniser.search(other.text)))
        for other in (left, above, right, below, element)
        for recogniser in TYPES.values()
    ]
    return [
        float(len(element.text)),
        float(element.joined),
        float(bool(element.before)),
        float(element.cell is not None),
        _FAR if left is None else float(element.box.left - left.box.right),
        _FAR if above is None else float(element.box.top - above.box.bottom),
        _FAR if head is None else float(element.box.top - head.box.bottom),
        element.box.top / 10_000,
        *types,
    ]


class Scorer:
    """Trees that tell how likely a candidate is the value, from its measures."""

    def __init__(self) -> None:
        from sklearn.ensemble import HistGradientBoostingClassifier

        self._trees: Any = HistGradientBoostingClassifier(
            max_iter=ROUNDS,
            learning_rate=0.06,
            max_leaf_nodes=15,
            min_samples_leaf=30,
            l2_regularization=1.0,
            random_state=0,
        )

    def train(
        self, measures: Sequence[Sequence[float]], truths: Sequence[bool]
    ) -> None:
        """Learn from measured candidates, and whether each is the value."""
        self._trees.fit(np.array(measures), np.array(truths))

    def score(self, measures: Sequence[Sequence[float]]) -> list[float]:
        """Tell of each candidate how likely it is the value, from 0 to 1."""
        if not measures:
            return []
        return [float(p) for p in self._trees.predict_proba(np.array(measures))[:, 1]]


def choose_values(
    candidates: Sequence[Candidate], scores: Sequence[float], *, bar: float
) -> dict[tuple[FactKey, str], tuple[Candidate, float]]:
    """Choose the likeliest value of each fact, and of persons and holders all.

    Words in one place are the value of one fact, but for names. The keys are fact and,
    where there may be several, words.
    """
    ranked = sorted(
        zip(candidates, scores, strict=True), key=lambda pair: pair[1], reverse=True
    )
    chosen: dict[tuple[FactKey, str], tuple[Candidate, float]] = {}
    taken: dict[tuple[int, str], FactKey] = {}
    for candidate, score in ranked:
        if score < bar:
            break
        several = candidate.fact[0] in ("person", "holder")
        key = candidate.fact, candidate.words if several else ""
        place = candidate.element.number, candidate.words
        is_free = taken.get(place, candidate.fact) == candidate.fact
        if key not in chosen and (is_free or candidate.fact[1] == "name"):
            chosen[key] = candidate, score
            taken[place] = candidate.fact
    return chosen
