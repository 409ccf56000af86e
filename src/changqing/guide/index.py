"""How near every entry of the catalogue comes to a question, by its words.

How near is told first by two shares, each word weighed by how few entries ask with it:
how much of the question an entry covers at all, and how much the question has in common
with one way of asking. What a question names, a licence or a province, counts only with
entries that are about one; entries about another are put back. The nearest are then
measured more closely, with the letters they share (`GramIndex`); `odds` weighs that.

The index of a language is made once and kept as plain JSON beside the catalogue's: it
takes a second to make and a moment to read.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from pathlib import Path
from typing import Final, TypedDict

from changqing.guide.answerable import Answerable, AnswerKind, Place
from changqing.guide.asking import find_kinds, share_kinds
from changqing.guide.grams import (
    GramIndex,
    GramTable,
    Likeness,
    list_cutters,
    make_grams,
)
from changqing.guide.kept_rows import RowReader, Rows, keep_rows
from changqing.guide.outside import read_weights, tell_outside
from changqing.guide.words import (
    OTHER_LICENCE,
    Word,
    Words,
    is_elsewhere,
    is_of_another_country,
    names_ours,
)
from changqing.law.compiled import load_kept
from changqing.law.kinds.synonyms import Names
from changqing.law.model import Catalogue
from changqing.text import Language

_COVERED: Final = 0.45
_NEAR: Final = 0.55
"""The shares of the two parts of a first score; they add up to one."""

_ONLY_IN_BODY: Final = 0.3
"""What a word counts that stands in the answer, not in a question."""

_OTHER_NAME: Final = 0.6
"""What is left of a score for an entry about another licence or province."""

_SAME_NAME: Final = 1.1
"""What a topic about just the licence or province asked for gains over the others."""

_UNNAMED: Final = 0.85
"""What is left for a topic about one licence or province if the question has none."""

_CANDIDATES: Final = 25
_BY_LETTERS: Final = 12
"""So many, by their first scores and by their letters, are looked at more closely."""

_NO_KIND: Final = 0.3
_NEVER: Final = 0.05
"""How often an entry is asked for a kind of thing: what no kind counts, and hardly."""

_MANY_WORDS: Final = 12
_MANY_OF_FIELD: Final = 4
_MANY_WAYS: Final = 4.0
"""Where measures end, the last as a logarithm: more tells nothing more."""

_MODULES: Final = (
    "asking.py",
    "grams.py",
    "index.py",
    "kept_rows.py",
    "outside.py",
    "outside.txt",
    "words.py",
)
"""What an index is made by."""

_BESIDE_OURS: Final = 0.5
"""What is left of a word of another trade where a licence of ours is named."""

_FOREIGN_CAPITAL: Final = "_foreign_capital"
_NAMED: Final = (Names.LICENCE, Names.REGION, Names.PERMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that may answer, and its measures (`odds.ANSWER_MEASURES`)."""

    entry: Answerable
    fits: bool  # is not about another licence or province
    measures: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The candidates for a question, and its own measures (`QUESTION_MEASURES`)."""

    candidates: Sequence[Candidate]
    measures: Sequence[float]


@dataclass(slots=True)
class _Nearness:
    """How near one entry comes by its words; shares of the question's weight."""

    ways: list[float]  # two best, best first
    asked_with: float
    only_said: float
    missed: float
    left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _WordShares:
    """What entries share of the words of a question, in weights, by their places."""

    whole: float
    totals: Mapping[tuple[bool, ...], float]
    """What can be shared, by whether an entry is about a licence, and a province."""
    field: Mapping[str, float]
    ways: Mapping[int, Mapping[int, float]]
    """By the place of an entry and that of its way of asking."""
    asked_with: Mapping[int, float]
    only_said: Mapping[int, float]
    of_field: Mapping[int, set[str]]
    """Which words of the field an entry has."""


class NamedWords:
    """What the words that name licences, provinces and coverage stand for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.licences: dict[str, str] = {}
        self.regions: dict[str, str] = {}
        by_label = {region.label.zh: code for code, region in catalogue.regions.items()}
        for group in catalogue.synonyms.values():
            if group.names is Names.LICENCE:
                for code in catalogue.licences:
                    if code in group.zh or set(catalogue.licences[code].known_as) & set(
                        group.zh
                    ):
                        self.licences[f"_{group.id}"] = code
            elif group.names is Names.REGION:
                for name in group.zh:
                    if name in by_label:
                        self.regions[f"_{group.id}"] = by_label[name]

    def list_words(self, entry: Answerable) -> Mapping[Names, frozenset[str]]:
        """List the words that name what a listed entry is about."""
        return {
            Names.LICENCE: frozenset(
                word for word, code in self.licences.items() if code in entry.licences
            ),
            Names.REGION: frozenset(
                word for word, code in self.regions.items() if code in entry.regions
            ),
            Names.PERMIT: frozenset(),
        }

    def find_licences(self, words: Iterable[Word]) -> set[str]:
        """Find the licences that a question names, by their codes."""
        texts = [word.text for word in words]
        return {self.licences[text] for text in texts if text in self.licences}

    def place_of(self, words: Iterable[Word]) -> Place:
        """Find the one licence and province that a question names, and the coverage."""
        words = list(words)
        texts = [word.text for word in words]
        licences = self.find_licences(words)
        regions = {self.regions[text] for text in texts if text in self.regions}
        region = regions.pop() if len(regions) == 1 else None
        scope = None
        if "_cross_province" in texts:
            scope = "cross_province"
        elif region is not None or "_intra_province" in texts:
            scope = "intra_province"
        return Place(
            licence=licences.pop() if len(licences) == 1 else None,
            region=region,
            scope=scope,
            foreign=_FOREIGN_CAPITAL in texts,
        )


_Entries = tuple[Sequence[tuple[int, int]], Sequence[int]]
"""Where one word stands: in which ways of which entries, and in which answers that ask
without it."""


class IndexTable(TypedDict):
    """An index as it is kept; entries by their places."""

    exact: Mapping[str, int]
    rarest: float
    named: Sequence[Sequence[Sequence[str]]]
    totals: Sequence[Sequence[float]]
    ways: Sequence[int]
    kinds: Sequence[Sequence[float]]
    grams: Sequence[GramTable]
    outside: Mapping[str, float]
    """What speaks for and against other things than these entries (`tell_outside`)."""
    weights: Mapping[str, float]
    """Of each word, its own and how rare it is."""
    words: Rows
    """Of each word `_Entries`."""


class Index:
    """All entries in one language, by their words."""

    def __init__(
        self,
        entries: Sequence[Answerable],
        words: Words,
        named_words: NamedWords,
        language: Language,
    ) -> None:
        def make() -> IndexTable:
            return _make_index(entries, words, named_words, language)

        data = load_kept(
            f"questions-{language.value}", _compute_key(entries, words), make
        )
        self._entries = entries
        self._language = language
        self._exact = data["exact"]
        self._rarest = data["rarest"]
        self._totals = data["totals"]
        self._named = [
            dict(zip(_NAMED, map(frozenset, names), strict=True))
            for names in data["named"]
        ]
        self._asks: dict[int, Sequence[str]] = {}
        self._is_named = [tuple(map(bool, flags)) for flags in data["named"]]
        self._weights = data["weights"]
        self._outside = data["outside"]
        self._words = RowReader[_Entries](data["words"])
        self._ways = data["ways"]
        self._kinds = data["kinds"]
        self._is_elsewhere = [entry.kind is AnswerKind.ELSEWHERE for entry in entries]
        self._elsewhere = [p for p, is_it in enumerate(self._is_elsewhere) if is_it]
        self._grams = [
            GramIndex(grams, cut)
            for grams, cut in zip(data["grams"], list_cutters(language), strict=True)
        ]

    def find_exact(self, question: str) -> Answerable | None:
        """Find the entry that lists a question word for word, signs aside."""
        place = self._exact.get(_strip_signs(question))
        return None if place is None else self._entries[place]

    def find(self, question: str, words: Sequence[Word]) -> Found:
        """Find the entries that may answer, and measure them and the question.

        Args:
            question: The text, for its grams.
            words: Its words; those of more than the text where it is part of a story.
        """
        weights = self._weigh_words(words)
        field = {word.text for word in words if word.is_grouped and word.names is None}
        names = {
            kind: {word.text for word in words if word.names is kind} for kind in _NAMED
        }
        ours = names_ours(words)
        if ours:  # what is asked for is ours, beside the permit of another
            names[Names.PERMIT] = set()
        shares = self._share_words(weights, field, names)
        small, large = (index.compare(question) for index in self._grams)
        by_letters = self._find_likest(small, large)
        scores, unanswered = self._score_by_words(shares, names, by_letters)
        by_words = nlargest(_CANDIDATES, scores, key=scores.__getitem__)
        best = [p for p in dict.fromkeys((*by_words, *by_letters)) if p in scores]
        ways = (way for place in best for way in self._list_ways(place))
        likest = self._grams[1].compare_ways(question, ways)
        kinds = find_kinds(question)
        strange = sum(
            weight for word, weight in weights.items() if word not in self._weights
        )
        near = {place: self._tell_nearness(place, shares, names) for place in best}
        return Found(
            candidates=[
                self._measure_entry(place, near[place], small, large, kinds)
                for place in best
            ],
            measures=(
                1.0,
                unanswered,
                self._find_likest_elsewhere(small),
                max(0.0, self._find_likest_elsewhere(large) - likest),
                strange / shares.whole,
                float(is_elsewhere(words)) * (_BESIDE_OURS if ours else 1),
                float(OTHER_LICENCE in words or is_of_another_country(words)),
                min(1.0, len(weights) / _MANY_WORDS),
                min(1.0, len(field) / _MANY_OF_FIELD),
                tell_outside(self._outside, question),
            ),
        )

    def _find_likest(self, *likenesses: Likeness) -> Sequence[int]:
        """Find the entries whose letters are likest those of the question."""
        places: dict[int, None] = {}
        for likeness in likenesses:
            cosines = likeness.cosines
            likest = nlargest(
                _BY_LETTERS,
                (
                    place
                    for place, cosine in enumerate(cosines)
                    if cosine and not self._is_elsewhere[place]
                ),
                key=cosines.__getitem__,
            )
            places |= dict.fromkeys(likest)
        return list(places)

    def _list_ways(self, place: int) -> Sequence[str]:
        """List the ways to ask for an entry, put together when it first comes near."""
        ways = self._asks.get(place)
        if ways is None:
            ways = self._asks[place] = list_ways(self._entries[place], self._language)
        return ways

    def _find_likest_elsewhere(self, likeness: Likeness) -> float:
        return max((likeness.cosines[p] for p in self._elsewhere), default=0.0)

    def _share_words(
        self,
        word_weights: Mapping[str, float],
        field: set[str],
        names: Mapping[Names, set[str]],
    ) -> _WordShares:
        """Find which words of a question stand in which entry."""
        whole = sum(word_weights.values()) or 1.0
        of_names = [sum(word_weights[word] for word in names[kind]) for kind in _NAMED]
        ways: dict[int, dict[int, float]] = {}
        asked_with: dict[int, float] = {}
        only_said: dict[int, float] = {}
        of_field: dict[int, set[str]] = {}
        for word, weight in word_weights.items():
            entries = self._words.get(word)
            if entries is None:
                continue
            ways_of_word, bodies_of_word = entries
            before, weights = -1, dict[int, float]()
            for place, at in ways_of_word:  # by their places
                if place != before:
                    before = place
                    asked_with[place] = asked_with.get(place, 0.0) + weight
                    weights = ways.setdefault(place, {})
                weights[at] = weights.get(at, 0.0) + weight
            for place in bodies_of_word:
                only_said[place] = only_said.get(place, 0.0) + weight
            if word in field:
                for place in {place for place, _ in ways_of_word}.union(bodies_of_word):
                    of_field.setdefault(place, set()).add(word)
        return _WordShares(
            whole=whole,
            totals={
                about: whole
                - sum(o for o, is_it in zip(of_names, about, strict=True) if not is_it)
                for about in set(self._is_named)
            },
            field={word: word_weights[word] for word in field},
            ways=ways,
            asked_with=asked_with,
            only_said=only_said,
            of_field=of_field,
        )

    def _score_by_words(
        self,
        shares: _WordShares,
        names: Mapping[Names, set[str]],
        also: Iterable[int],
    ) -> tuple[dict[int, float], float]:
        """Give what shares words a first score; how near one without answer comes.

        Hundreds of entries share a word with a question, so each is given no more time
        than its score takes.
        """
        scores: dict[int, float] = {}
        unanswered = 0.0
        asked_with, only_said = shares.asked_with.get, shares.only_said.get
        for place in shares.asked_with.keys() | shares.only_said.keys() | set(also):
            total = shares.totals[self._is_named[place]]
            if total <= 0:
                continue
            weights = shares.ways.get(place)
            way = 0.0
            if weights is not None:
                totals = self._totals[place]
                way = max(
                    2 * weight / (total + totals[p]) for p, weight in weights.items()
                )
            if self._is_elsewhere[place]:
                unanswered = max(unanswered, way)
                continue
            share = asked_with(place, 0.0) + _ONLY_IN_BODY * only_said(place, 0.0)
            score = _COVERED * min(1.0, share / total) + _NEAR * way
            discount = _discount_names(self._entries[place], self._named[place], names)
            scores[place] = score * discount
        return scores, unanswered

    def _tell_nearness(
        self, place: int, shares: _WordShares, names: Mapping[Names, set[str]]
    ) -> _Nearness:
        total = shares.totals[self._is_named[place]]
        ways = sorted(
            (
                2 * share / (total + self._totals[place][at])
                for at, share in shares.ways.get(place, {}).items()
            ),
            reverse=True,
        )[:2]
        here = shares.of_field.get(place, set())
        missed = sum(shares.field[word] for word in shares.field.keys() - here)
        return _Nearness(
            ways=[*ways, *[0.0] * (2 - len(ways))],
            asked_with=shares.asked_with.get(place, 0.0) / total,
            only_said=shares.only_said.get(place, 0.0) / total,
            missed=missed / shares.whole,
            left=_discount_names(self._entries[place], self._named[place], names),
        )

    def _measure_entry(
        self,
        place: int,
        near: _Nearness,
        small: Likeness,
        large: Likeness,
        kinds: Sequence[int],
    ) -> Candidate:
        entry = self._entries[place]
        shares = [self._kinds[place][kind] for kind in kinds]
        other = near.left <= _OTHER_NAME
        return Candidate(
            entry=entry,
            fits=not other,
            measures=(
                small.cosines[place],
                small.shares[place],
                large.cosines[place],
                large.shares[place],
                *near.ways,
                near.asked_with,
                near.only_said,
                near.missed,
                float(other),
                float(near.left > 1),
                float(_OTHER_NAME < near.left < 1),
                float(entry.kind is AnswerKind.TOPIC),
                float(entry.kind is AnswerKind.LICENCE),
                float(entry.kind in {AnswerKind.MATERIAL, AnswerKind.PROCEDURE}),
                float(entry.kind in {AnswerKind.PARAMETER, AnswerKind.CRITERION}),
                min(1.0, math.log(1 + self._ways[place]) / _MANY_WAYS),
                sum(shares) / len(shares) if shares else _NO_KIND,
                float(bool(shares) and max(shares) <= _NEVER),
            ),
        )

    def _weigh_words(self, words: Iterable[Word]) -> Mapping[str, float]:
        """Weigh the words of a question; one that is not known is as the rarest."""
        return {
            word.text: self._weights[word.text]
            if word.text in self._weights
            else word.weight * self._rarest
            for word in words
        }


def _compute_key(entries: Sequence[Answerable], words: Words) -> str:
    """Digest everything that an index is made of: texts, synonyms and code."""
    hashed = hashlib.sha256(words.digest)
    for entry in entries:
        identity = (
            entry.kind,
            entry.id,
            *entry.licences,
            *entry.regions,
            len(entry.aliases),
        )
        texts = (entry.title, *entry.asks, entry.body)
        hashed.update(repr((identity, [(t.zh, t.en) for t in texts])).encode())
    for module in _MODULES:
        hashed.update((Path(__file__).parent / module).read_bytes())
    return hashed.hexdigest()


def _make_index(
    entries: Sequence[Answerable],
    words: Words,
    named_words: NamedWords,
    language: Language,
) -> IndexTable:
    """Make the table of which words lead to which entries, and what they weigh."""
    weights: dict[str, float] = {}
    names, totals = [], []
    all_asks: list[Sequence[str]] = []
    all_ways: dict[str, list[tuple[int, int]]] = {}
    bodies: dict[str, list[int]] = {}
    cut_ways: list[list[frozenset[str]]] = []
    exact: dict[str, int] = {}
    for place, entry in enumerate(entries):
        asks = list_ways(entry, language)
        all_asks.append(asks)
        cut = [words.list_words(ask) for ask in asks]
        if entry.kind is not AnswerKind.ELSEWHERE:
            for sentence in asks:
                exact.setdefault(_strip_signs(sentence), place)
        body = words.list_words(entry.body.say(language))
        weights |= {word.text: word.weight for way in (*cut, body) for word in way}
        about = _find_about(entry, cut, named_words)
        ways = [
            frozenset(
                word.text
                for word in way
                if word != OTHER_LICENCE
                and (word.names not in _NAMED or about[word.names])
            )
            for way in cut
        ]
        cut_ways.append([way for way in ways if way])
        asked_with = frozenset().union(*ways)
        for at, way in enumerate(cut_ways[-1]):
            for word in way:
                all_ways.setdefault(word, []).append((place, at))
        only_said = {word.text for word in body} - asked_with
        for word in only_said:
            bodies.setdefault(word, []).append(place)
        names.append([sorted(about[kind]) for kind in _NAMED])
    spread = {word: len({p for p, _ in where}) for word, where in all_ways.items()}
    weight = {
        word: own * _compute_rarity(len(entries), spread.get(word, 1))
        for word, own in weights.items()
    }
    for own_ways in cut_ways:
        totals.append([round(sum(weight[word] for word in way), 6) for way in own_ways])
    return {
        "exact": exact,
        "rarest": _compute_rarity(len(entries), 1),
        "named": names,
        "totals": totals,
        "ways": [len(ask) for ask in all_asks],
        "kinds": [share_kinds(ask) for ask in all_asks],
        "grams": [
            make_grams(all_asks, [e.body.say(language) for e in entries], cut)
            for cut in list_cutters(language)
        ],
        "outside": read_weights(language),
        "weights": weight,
        "words": keep_rows(
            {
                word: (all_ways.get(word, []), bodies.get(word, []))
                for word in sorted(weight)
            }
        ),
    }


def list_ways(entry: Answerable, language: Language) -> Sequence[str]:
    """List what an entry is asked by in a language, its title first."""
    asks = (text.say(language) for text in (entry.title, *entry.asks))
    return list(dict.fromkeys(filter(None, asks)))


def _strip_signs(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _compute_rarity(entries: int, with_word: int) -> float:
    return math.log(1 + (entries - with_word + 0.5) / (with_word + 0.5))


def _find_about(
    entry: Answerable, ways: Sequence[Sequence[Word]], named_words: NamedWords
) -> Mapping[Names, frozenset[str]]:
    """What an entry is about: a topic what its titles name, the others what they say.

    A topic whose answer is the same everywhere is about no region, whichever its title
    names. The permits of other authorities have no list: who is asked about one tells.
    """
    permits = frozenset(
        word.text for way in ways for word in way if word.names is Names.PERMIT
    )
    if entry.kind is not AnswerKind.TOPIC:
        return {**named_words.list_words(entry), Names.PERMIT: permits}
    titles = ways[: len(entry.aliases) + 1]
    return {
        kind: frozenset(w.text for way in ways for w in way if w.names is kind)
        if any(word.names is kind for way in titles for word in way)
        else frozenset()
        for kind in (Names.LICENCE, Names.REGION)
    } | {Names.PERMIT: permits}


def _discount_names(
    entry: Answerable,
    about: Mapping[Names, frozenset[str]],
    names: Mapping[Names, set[str]],
) -> float:
    discount = 1.0
    for kind in _NAMED:
        names_asked = names[kind]
        if not (names_asked or about[kind]):
            continue
        if kind is Names.PERMIT:
            if names_asked.isdisjoint(about[kind]) and names_asked:
                discount *= _OTHER_NAME
            continue
        if OTHER_LICENCE.text in names_asked or (
            about[kind] and names_asked and not names_asked <= about[kind]
        ):
            discount *= _OTHER_NAME
        elif about[kind] and entry.kind is AnswerKind.TOPIC:
            discount *= _SAME_NAME if names_asked else _UNNAMED
    return discount
