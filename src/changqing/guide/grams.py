"""How much of its letters a question shares with everything an entry says.

Words of the field alone leave most of a question unread: 多少天内 and 怎么罚 are no
words of any trade, yet they tell what is asked. So every character and every pair of
them counts (in English every word and every four letters), each by how few entries have
it: as the cosine of question and entry, and as the share of the question found there.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, TypedDict

from changqing.guide.kept_rows import RowReader, Rows, keep_rows
from changqing.guide.words import simplify_text
from changqing.text import Language

_LETTERS: Final = 4
_ENGLISH: Final = re.compile(r"[a-z0-9]+")
_IN_ANSWER: Final = 0.5
"""What a gram counts that stands in the answer, where a way of asking counts one."""
_ONLY_IN_ANSWER: Final = 0.6
_MOST_KEPT: Final = 16_384
"""So many texts stay cut: the ways of asking are compared again and again."""

_Places = tuple[Sequence[int], Sequence[float]]
_NOWHERE: Final[_Places] = ((), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How like a question each entry is, by the grams of one size."""

    cosines: Sequence[float]
    """Of the question and each entry; 0.0 where they share nothing."""
    shares: Sequence[float]
    """How much of the question stands in each entry."""


class GramTable(TypedDict):
    """The grams as they are kept: how rare each is, in which entries, how heavy."""

    unknown: float
    lengths: Sequence[float]
    rarities: Mapping[str, float]
    places: Rows
    """Of each gram the entries and its weights there: `_Places`."""


class GramIndex:
    """The grams of one size of all entries of a language."""

    def __init__(self, data: GramTable, cut: Callable[[str], Set[str]]) -> None:
        self._cut = cut
        self._unknown = data["unknown"]
        self._lengths = data["lengths"]
        self._rarities = data["rarities"]
        self._places = RowReader[_Places](data["places"])
        self._ways: dict[str, tuple[Set[str], float]] = {}

    def compare_ways(self, text: str, ways: Iterable[str]) -> float:
        """Tell the cosine of a question and the likest of several ways to ask."""
        grams = self._cut(text)
        length = self._measure_length(grams)
        squares = {gram: self._compute_rarity(gram) ** 2 for gram in grams}
        likest = 0.0
        for way in ways:
            way_grams = self._ways.get(way)
            if way_grams is None:
                cut = self._cut(way)
                way_grams = self._ways[way] = cut, self._measure_length(cut)
            shared = sum([squares[gram] for gram in grams & way_grams[0]])
            if shared:
                likest = max(likest, shared / (length * way_grams[1]))
        return likest

    def _measure_length(self, grams: Set[str]) -> float:
        return math.sqrt(sum(self._compute_rarity(gram) ** 2 for gram in grams))

    def _compute_rarity(self, gram: str) -> float:
        return self._rarities.get(gram, self._unknown)

    def compare(self, text: str) -> Likeness:
        """Compare a question with every entry."""
        # Lists, since most entries share a letter with any question.
        products = [0.0] * len(self._lengths)
        shares = [0.0] * len(self._lengths)
        squares = whole = 0.0
        for gram in self._cut(text):
            rarity = self._compute_rarity(gram)
            squares += rarity**2
            whole += rarity
            for place, weight in zip(
                *(self._places.get(gram) or _NOWHERE), strict=True
            ):
                products[place] += weight * rarity
                shares[place] += rarity
        length = math.sqrt(squares) or 1.0
        return Likeness(
            cosines=[
                product / (length * length_of_other)
                for product, length_of_other in zip(
                    products, self._lengths, strict=True
                )
            ],
            shares=[share / (whole or 1.0) for share in shares],
        )


def make_grams(
    asks: Sequence[Sequence[str]],
    answers: Sequence[str],
    cut: Callable[[str], Set[str]],
) -> GramTable:
    """Index the grams of entries, each by its ways of asking and by its answer."""
    counted = []
    for ways, answer in zip(asks, answers, strict=True):
        count: Counter[str] = Counter()
        for way in ways:
            count.update(cut(way))
        weights_of_answer = dict.fromkeys(cut(answer), _IN_ANSWER)
        counted.append(
            {
                gram: count[gram] + weights_of_answer.get(gram, 0.0)
                for gram in count.keys() | weights_of_answer.keys()
            }
        )
    spread = Counter(gram for times_of in counted for gram in times_of)
    rarity = {gram: math.log(1 + len(asks) / n) for gram, n in spread.items()}
    lengths = []
    places: dict[str, list[int]] = {gram: [] for gram in sorted(rarity)}
    weights: dict[str, list[float]] = {gram: [] for gram in places}
    for place, times_of in enumerate(counted):
        squares = 0.0
        for gram, times in times_of.items():
            weight = rarity[gram] * (
                1 + math.log(times) if times >= 1 else _ONLY_IN_ANSWER
            )
            squares += weight**2
            places[gram].append(place)
            weights[gram].append(round(weight, 2))
        lengths.append(round(math.sqrt(squares) or 1.0, 4))
    return {
        "unknown": math.log(1 + len(asks)),
        "lengths": lengths,
        "rarities": {gram: round(rarity[gram], 4) for gram in places},
        "places": keep_rows({gram: (places[gram], weights[gram]) for gram in places}),
    }


def list_cutters(language: Language) -> tuple[Callable[[str], Set[str]], ...]:
    """List how texts of a language are cut into grams, small and large."""
    if language is Language.EN:
        return _collect_words, _collect_letters
    return _collect_characters, _collect_pairs


@lru_cache(maxsize=_MOST_KEPT)
def _collect_words(text: str) -> Set[str]:
    return frozenset(_ENGLISH.findall(simplify_text(text)))


@lru_cache(maxsize=_MOST_KEPT)
def _collect_letters(text: str) -> Set[str]:
    joined = " ".join(_ENGLISH.findall(simplify_text(text)))
    ends = range(_LETTERS, len(joined) + 1)
    return frozenset(joined[end - _LETTERS : end] for end in ends)


@lru_cache(maxsize=_MOST_KEPT)
def _collect_characters(text: str) -> Set[str]:
    return frozenset(_keep_letters(text))


@lru_cache(maxsize=_MOST_KEPT)
def _collect_pairs(text: str) -> Set[str]:
    return frozenset(letter + two for letter, two in pairwise(_keep_letters(text)))


def _keep_letters(text: str) -> Iterable[str]:
    return [letter for letter in simplify_text(text) if letter.isalnum()]
