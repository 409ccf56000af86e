"""How near every entry of the catalogue comes to a question, by its words.

How near is told by two shares, each word weighed by how few entries ask with it: how
much of the question an entry covers at all, and how much the question has in common
with one way of asking. What a question names, a licence or a province, counts only with
entries that are about one; entries about another are put back.

The index of a language is made once and kept as plain JSON beside the catalogue's: it
takes a second to make and a moment to read.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from changqing.guide.answerable import Answerable, AnswerKind, Place
from changqing.guide.words import OTHER_LICENCE, Word, Words
from changqing.law.compiled import load_kept
from changqing.law.kinds.synonyms import Names
from changqing.law.model import Catalogue
from changqing.text import Language

_COVERED: Final = 0.45
_NEAR: Final = 0.55
"""The shares of the two parts of a score; they add up to one."""

_ONLY_IN_BODY: Final = 0.3
"""What a word counts that stands in the answer, not in a question."""

_OTHER_NAME: Final = 0.6
"""What is left of a score for an entry about another licence or province."""

_SAME_NAME: Final = 1.1
"""What a topic about just the licence or province asked for gains over the others."""

_UNNAMED: Final = 0.85
"""What is left for a topic about one licence or province if the question has none."""

_KIND: Final = {
    AnswerKind.TOPIC: 1.03,
    AnswerKind.LAW: 1.0,
    AnswerKind.LICENCE: 0.95,
    AnswerKind.PROCEDURE: 0.9,
    AnswerKind.MATERIAL: 0.9,
    AnswerKind.PARAMETER: 0.85,
    AnswerKind.CRITERION: 0.8,
    AnswerKind.ELSEWHERE: 1.0,
}
"""How readily a kind of entry answers; one written as an answer goes first."""

_RIVALS: Final = frozenset({AnswerKind.TOPIC, AnswerKind.LAW, AnswerKind.LICENCE})
"""What would answer otherwise; a paper or a procedure says the same at length."""

_CLEAR: Final = 0.3
_FAR_NEARER: Final = 2.0
_MANY_HITS: Final = 3
_MANY_WORDS: Final = 12
"""Where measures of `Index.measure` end: more tells nothing more."""

_NAMED: Final = (Names.LICENCE, Names.REGION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """How near an entry comes to a question."""

    entry: Answerable
    score: float
    near: float
    covered: float
    fits: bool = True  # is not about another licence or province


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

    def words_of(self, entry: Answerable) -> Mapping[Names, frozenset[str]]:
        """The words that name what a listed entry is about."""
        return {
            Names.LICENCE: frozenset(
                word for word, code in self.licences.items() if code in entry.licences
            ),
            Names.REGION: frozenset(
                word for word, code in self.regions.items() if code in entry.regions
            ),
        }

    def place_of(self, words: Iterable[Word]) -> Place:
        """The one licence and province that a question names, and the coverage."""
        texts = [word.text for word in words]
        licences = {self.licences[text] for text in texts if text in self.licences}
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
        )


@dataclass(frozen=True, slots=True)
class _Entries:
    """Where one word stands: in ways of asking, and in answers that ask without it."""

    weight: float  # its own and how rare it is
    ways: Sequence[tuple[int, int]]  # the entry, and which of its ways
    bodies: Sequence[int]
    answers: bool  # stands in any entry that answers


class Index:
    """All entries in one language, by their words."""

    def __init__(
        self,
        entries: Sequence[Answerable],
        words: Words,
        named: NamedWords,
        language: Language,
    ) -> None:
        def make() -> Mapping[str, Any]:
            return _make_index(entries, words, named, language)

        data = load_kept(f"questions-{language.value}", _key_of(entries, words), make)
        self._entries = entries
        self._exact: Mapping[str, int] = data["exact"]
        self._rarest: float = data["rarest"]
        self._totals: Sequence[Sequence[float]] = data["totals"]
        self._named = [
            dict(zip(_NAMED, map(frozenset, each), strict=True))
            for each in data["named"]
        ]
        self._words = {word: _Entries(*each) for word, each in data["words"].items()}

    def find_exact(self, question: str) -> Answerable | None:
        """Find the entry that lists a question word for word, signs aside."""
        place = self._exact.get(_strip_signs(question))
        return None if place is None else self._entries[place]

    def rank(self, words: Sequence[Word]) -> Sequence[Match]:
        """Rank the entries that share a word with a question, best first."""
        asked = self._weigh(words)
        names = {
            kind: {word.text for word in words if word.names is kind} for kind in _NAMED
        }
        shared: dict[int, dict[int, float]] = {}
        covered: dict[int, float] = {}
        for word, weight in asked.items():
            known = self._words.get(word)
            if known is None:
                continue
            for place, at in known.ways:
                ways = shared.setdefault(place, {})
                ways[at] = ways.get(at, 0.0) + weight
            for place in {place for place, _ in known.ways}:
                covered[place] = covered.get(place, 0.0) + weight
            for place in known.bodies:
                covered[place] = covered.get(place, 0.0) + _ONLY_IN_BODY * weight
        whole = sum(asked.values())
        of_names = {kind: sum(asked[word] for word in names[kind]) for kind in _NAMED}
        matches = []
        for place, weight in covered.items():
            entry, about = self._entries[place], self._named[place]
            total = whole - sum(of_names[kind] for kind in _NAMED if not about[kind])
            if total <= 0:
                continue
            near = max(
                (
                    2 * each / (total + self._totals[place][at])
                    for at, each in shared.get(place, {}).items()
                ),
                default=0.0,
            )
            share = min(1.0, weight / total)
            score = (_COVERED * share + _NEAR * near) * _KIND[entry.kind]
            left = _discount_names(entry, about, names)
            matches.append(
                Match(
                    entry=entry,
                    score=min(score * left, 1.0),
                    near=near,
                    covered=share,
                    fits=left > _OTHER_NAME,
                )
            )
        matches.sort(key=lambda match: (-match.score, -_KIND[match.entry.kind]))
        return matches

    def measure(
        self, words: Sequence[Word], matches: Sequence[Match], nothing: float
    ) -> Sequence[float]:
        """Measure what tells a right first answer from a wrong one.

        `nothing` is the score of the nearest question that has no answer.
        """
        if not matches:
            return ()
        best = matches[0]
        law = set(best.entry.law)
        other = next(
            (
                match.score
                for match in matches[1:]
                if match.entry.kind in _RIVALS and not law & set(match.entry.law)
            ),
            0.0,
        )
        asked = self._weigh(words)
        total = sum(asked.values()) or 1.0
        place = self._entries.index(best.entry)
        field = {word.text for word in words if word.is_grouped and word.names is None}
        asked_with = {word for word in field if self._asks_with(place, word)}
        missed = sum(
            asked[word] for word in field - asked_with if not self._says(place, word)
        )
        strange = sum(
            weight
            for word, weight in asked.items()
            if word not in self._words or not self._words[word].answers
        )
        return (
            best.score,
            best.near,
            best.covered,
            min(_CLEAR, best.score - other),
            min(_FAR_NEARER, nothing / best.score),
            strange / total,
            missed / total,
            float(any(word.names is Names.ELSEWHERE for word in words)),
            min(1.0, len(asked_with) / _MANY_HITS),
            min(1.0, len(asked) / _MANY_WORDS),
            float(best.entry.kind is AnswerKind.TOPIC),
            float(best.entry.kind not in {AnswerKind.TOPIC, AnswerKind.LAW}),
        )

    def _asks_with(self, place: int, word: str) -> bool:
        known = self._words.get(word)
        return known is not None and any(where == place for where, _ in known.ways)

    def _says(self, place: int, word: str) -> bool:
        known = self._words.get(word)
        return known is not None and place in known.bodies

    def _weigh(self, words: Iterable[Word]) -> Mapping[str, float]:
        """Weigh the words of a question; one that is not known is as the rarest."""
        return {
            word.text: self._words[word.text].weight
            if word.text in self._words
            else word.weight * self._rarest
            for word in words
        }


def _key_of(entries: Sequence[Answerable], words: Words) -> str:
    """Digest everything that an index is made of: texts, synonyms and code."""
    hashed = hashlib.sha256(words.digest)
    for entry in entries:
        said = (
            entry.kind,
            entry.id,
            *entry.licences,
            *entry.regions,
            len(entry.aliases),
        )
        texts = (entry.title, *entry.asks, entry.body)
        hashed.update(repr((said, [(t.zh, t.en) for t in texts])).encode())
    for module in ("index.py", "words.py"):
        hashed.update((Path(__file__).parent / module).read_bytes())
    return hashed.hexdigest()


def _make_index(
    entries: Sequence[Answerable],
    words: Words,
    named: NamedWords,
    language: Language,
) -> Mapping[str, Any]:
    weights: dict[str, float] = {}
    names, totals = [], []
    all_ways: dict[str, list[tuple[int, int]]] = {}
    bodies: dict[str, list[int]] = {}
    answers: set[str] = set()
    cut_ways: list[list[frozenset[str]]] = []
    exact: dict[str, int] = {}
    for place, entry in enumerate(entries):
        asks = [each.say(language) for each in (entry.title, *entry.asks)]
        cut = [words.of(each) for each in asks if each]
        if entry.kind is not AnswerKind.ELSEWHERE:
            for each in filter(None, asks):
                exact.setdefault(_strip_signs(each), place)
        body = words.of(entry.body.say(language))
        weights |= {word.text: word.weight for way in (*cut, body) for word in way}
        about = _find_about(entry, cut, named)
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
        if entry.kind is not AnswerKind.ELSEWHERE:
            answers |= asked_with | only_said
        names.append([sorted(about[kind]) for kind in _NAMED])
    spread = {word: len({p for p, _ in where}) for word, where in all_ways.items()}
    weight = {
        word: own * _rarity(len(entries), spread.get(word, 1))
        for word, own in weights.items()
    }
    for own_ways in cut_ways:
        totals.append([round(sum(weight[word] for word in way), 6) for way in own_ways])
    return {
        "exact": exact,
        "rarest": _rarity(len(entries), 1),
        "named": names,
        "totals": totals,
        "words": {
            word: [
                weight[word],
                all_ways.get(word, []),
                bodies.get(word, []),
                word in answers,
            ]
            for word in sorted(weight)
        },
    }


def _strip_signs(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(each for each in plain if each.isalnum())


def _rarity(entries: int, known: int) -> float:
    return math.log(1 + (entries - known + 0.5) / (known + 0.5))


def _find_about(
    entry: Answerable, ways: Sequence[Sequence[Word]], named: NamedWords
) -> Mapping[Names, frozenset[str]]:
    """What an entry is about: a topic what its titles name, the others what they say.

    A topic whose answer is the same everywhere is about no region, whichever its title
    names.
    """
    if entry.kind is not AnswerKind.TOPIC:
        return named.words_of(entry)
    titles = ways[: len(entry.aliases) + 1]
    return {
        kind: frozenset(w.text for way in ways for w in way if w.names is kind)
        if any(word.names is kind for way in titles for word in way)
        else frozenset()
        for kind in _NAMED
    }


def _discount_names(
    entry: Answerable,
    about: Mapping[Names, frozenset[str]],
    names: Mapping[Names, set[str]],
) -> float:
    left = 1.0
    for kind in _NAMED:
        meant = names[kind]
        if OTHER_LICENCE.text in meant or (
            about[kind] and meant and not meant <= about[kind]
        ):
            left *= _OTHER_NAME
        elif about[kind] and entry.kind is AnswerKind.TOPIC:
            left *= _SAME_NAME if meant else _UNNAMED
    return left
