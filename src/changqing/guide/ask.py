"""Which entries of the catalogue answer a question, how surely, or that none does.

Everything that can answer (see `list_answerables`) is ranked by its words (see
`Index`); a long story is asked whole and sentence by sentence.

How sure that is, is another matter, and is decided by `_ODDS`: weights that were
estimated by logistic regression on questions that no entry lists, two in five of them
with no answer (`benchmarks/questions.py` fits them and tells, by cross-validation, what
they do on questions left out). From `_SURE` on an answer is
given as one; from `_PROBABLE` on it is shown as probable; below, nothing is shown but
whom to ask: a wrong answer does more harm than none.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from changqing.guide.answerable import (
    AnswerKind,
    Place,
    list_answerables,
    say_answer,
    say_place,
)
from changqing.guide.index import Index, Match, NamedWords
from changqing.guide.words import OTHER_LICENCE, Word, Words, language_of
from changqing.law.kinds.topic import Certainty, Topic
from changqing.law.kit import Citation
from changqing.law.model import Catalogue
from changqing.text import Language, Text, WordedEnum

_SURE: Final = 0.83
_PROBABLE: Final = 0.2

_NEAREST: Final = 3
_MOST_PROBABLE: Final = 3
_BESIDE_BEST: Final = {"sure": 0.85, "probable": 0.6}
"""A further answer is shown when its score is at least this share of the best."""

_MOST_TOPICS: Final = 8
_CHIEF: Final = 2
_TOPIC_SHARE: Final = 0.55
"""A topic goes before a fact it chiefly rests on, at this share of its score."""

_SENTENCE: Final = re.compile(r"[。！？!?；;\n]|(?<=[^0-9])[,，.](?=\D|$)")
_LONG: Final = 14
"""A question of more words is asked sentence by sentence too."""
_OF_SENTENCE: Final = 0.93
_FEW: Final = 2
"""A sentence of fewer words of its own asks nothing."""


class Tier(WordedEnum):
    """How surely an answer is the one asked for."""

    SURE = "sure", Text("答复", "Answer")
    PROBABLE = (
        "probable",
        Text("您问的可能是这个", "You probably mean this"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideAnswer:
    """An entry that answers, its numbers filled in.

    `short` says what it comes to for the licence and province that were named;
    `score` goes from 0 to 1, as does `odds`, the chance that this is what was asked.
    """

    kind: AnswerKind
    id: str
    title: Text
    aliases: tuple[Text, ...]
    tier: Tier
    short: Text | None
    answer: Text
    differs: Text | None
    law: tuple[str, ...]
    citations: tuple[Citation, ...]
    certainty: Certainty
    score: float
    odds: float

    @property
    def whole(self) -> Text:
        """The answer, and before it what it comes to for whom it was asked."""
        if self.short is None:
            return self.answer
        return Text(self.short.zh + self.answer.zh, f"{self.short.en} {self.answer.en}")


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideReply:
    """What is known on a question: answers, best first, and the nearest topics.

    `place` is what the question names; `ask` whom to ask where nothing is known.
    """

    on: date
    place: Place
    answers: tuple[GuideAnswer, ...]
    nearest: tuple[tuple[Topic, float], ...]
    ask: Text


class Questions:
    """The entries of a catalogue, ready to be asked; made once, asked often.

    The first question in a language takes a moment: its index is made then.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._words = Words(catalogue)
        self._entries = tuple(list_answerables(catalogue))
        self._named = NamedWords(catalogue)
        self._indexes: dict[Language, Index] = {}

    def ask(self, question: str, *, on: date) -> GuideReply:
        """Answer a question in either language, with the law as of a day."""
        matches, odds = self.weigh(question)
        place = self._named.place_of(self._words.of(question))
        tier = (
            Tier.SURE if odds >= _SURE else Tier.PROBABLE if odds >= _PROBABLE else None
        )
        shown = [] if tier is None else list(_choose(matches, tier))
        answers = tuple(
            self._answer(
                match, tier if tier and not at else Tier.PROBABLE, place, on, odds
            )
            for at, match in enumerate(shown)
        )
        given = {match.entry.id for match in shown}
        topics = self._catalogue.topics
        ranked = [
            (topics[match.entry.id], round(match.score, 3))
            for match in matches
            if match.entry.kind is AnswerKind.TOPIC and match.entry.id not in given
        ]
        given |= {topic.id for topic, _ in ranked}
        rest = [(topic, 0.0) for name, topic in topics.items() if name not in given]
        return GuideReply(
            on=on,
            place=place,
            answers=answers,
            nearest=tuple((ranked + rest)[:_NEAREST]),
            ask=_say_whom_to_ask(self._catalogue, place),
        )

    def weigh(self, question: str) -> tuple[Sequence[Match], float]:
        """Rank the entries for a question, with the chance that the first is right."""
        index = self._index(language_of(question))
        words = self._words.of(question)
        matches, nothing = self._match(index, question, words)
        odds = _estimate_odds(index.measure(words, matches, nothing))
        if any(word == OTHER_LICENCE for word in words):
            odds = 0.0
        listed = index.find_exact(question)
        if listed is None:
            return _move_topic_first(matches), odds
        exact = Match(entry=listed, score=1.0, near=1.0, covered=1.0)
        return [exact, *(m for m in matches if m.entry is not listed)], 1.0

    def measure(self, question: str) -> Sequence[float]:
        """Measure what `_ODDS` weighs, for estimating it anew."""
        index = self._index(language_of(question))
        words = self._words.of(question)
        return index.measure(words, *self._match(index, question, words))

    def _match(
        self, index: Index, question: str, words: Sequence[Word]
    ) -> tuple[Sequence[Match], float]:
        """Match what answers, best first, and tell how near a question of none is."""
        matches = index.rank(words)
        if len(words) > _LONG:
            matches = self._with_sentences(index, question, words, matches)
        nothing = next(
            (m.score for m in matches if m.entry.kind is AnswerKind.ELSEWHERE), 0.0
        )
        answering = [m for m in matches if m.entry.kind is not AnswerKind.ELSEWHERE]
        return answering, nothing

    def _with_sentences(
        self,
        index: Index,
        question: str,
        words: Sequence[Word],
        matches: Sequence[Match],
    ) -> Sequence[Match]:
        """Let each sentence of a story ask too, with what the story names."""
        named = [word for word in words if word.names is not None]
        best = {match.entry.id: match for match in matches}
        for sentence in _SENTENCE.split(question):
            own = [word for word in self._words.of(sentence) if word.names is None]
            if len(own) < _FEW:
                continue
            for match in index.rank([*named, *own])[:_NEAREST]:
                score = match.score * _OF_SENTENCE
                known = best.get(match.entry.id)
                if known is None or known.score < score:
                    best[match.entry.id] = replace(match, score=score)
        return sorted(best.values(), key=lambda match: -match.score)

    def _index(self, language: Language) -> Index:
        if language not in self._indexes:
            self._indexes[language] = Index(
                self._entries, self._words, self._named, language
            )
        return self._indexes[language]

    def _answer(
        self, match: Match, tier: Tier, place: Place, on: date, odds: float
    ) -> GuideAnswer:
        entry = match.entry
        said = say_answer(self._catalogue, entry, on=on)
        return GuideAnswer(
            kind=entry.kind,
            id=entry.id,
            title=entry.title,
            aliases=entry.aliases,
            tier=tier,
            short=say_place(self._catalogue, entry, place, on=on),
            answer=said.answer,
            differs=said.differs,
            law=entry.law,
            citations=said.citations,
            certainty=said.certainty,
            score=round(match.score, 3),
            odds=round(odds, 3),
        )


def _move_topic_first(matches: Sequence[Match]) -> Sequence[Match]:
    """Let a topic that rests on the best fact, and is nearly as near, go before it."""
    if not matches or matches[0].entry.kind is not AnswerKind.LAW:
        return matches
    best = matches[0]
    for at, match in enumerate(matches[1:_MOST_TOPICS], start=1):
        if (
            match.entry.kind is AnswerKind.TOPIC
            and match.fits
            and best.entry.id in match.entry.law[:_CHIEF]
            and match.score >= best.score * _TOPIC_SHARE
        ):
            return [match, *matches[:at], *matches[at + 1 :]]
    return matches


def _choose(matches: Sequence[Match], tier: Tier) -> Iterator[Match]:
    """The best, and what is nearly as near, unless it says the same law again."""
    best = matches[0]
    yield best
    said = set(best.entry.law)
    for match in matches[1:_MOST_PROBABLE]:
        if match.score < best.score * _BESIDE_BEST[tier]:
            return
        if not match.entry.law or not set(match.entry.law) <= said:
            said |= set(match.entry.law)
            yield match


def _say_whom_to_ask(catalogue: Catalogue, place: Place) -> Text:
    if place.region is not None:
        authority = catalogue.regions[place.region].authority
        return Text(
            f"可以问{authority.zh}；跨地区经营的问工业和信息化部。",
            f"Ask the {authority.en}; for cross-provincial business, the Ministry of "
            "Industry and Information Technology.",
        )
    return Text(
        "可以问所在省（自治区、直辖市）通信管理局；跨地区经营的问工业和信息化部。",
        "Ask the communications administration of the province; for cross-provincial "
        "business, the Ministry of Industry and Information Technology.",
    )


_ODDS: Final = (
    -6.3,
    4.45,
    2.02,
    -1.69,
    10.09,
    -2.84,
    -2.63,
    -2.4,
    -3.78,
    2.98,
    7.17,
    0.92,
    -4.64,
)
"""The constant and the weights of what `Index.measure` measures."""


def _estimate_odds(measured: Sequence[float]) -> float:
    if not measured:
        return 0.0
    constant, *weights = _ODDS
    sum_ = constant + sum(w * m for w, m in zip(weights, measured, strict=True))
    return 1 / (1 + math.exp(-sum_))
