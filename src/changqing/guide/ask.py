"""Which of the catalogue's topics answers a question, or that none does.

SQLite's full-text index finds the topics that share a word and ranks them by BM25.
Whether one answers at all is decided apart from the rank: by how much of the question
it covers, each word weighed by how few topics ask with it; by how near the question is
to one way of putting the topic; by whether it has the question's words of the field;
and by whether the topic is about every licence and, where the answer depends on it,
every region that the question names. A word that no topic asks with weighs as much as
the rarest that one does, so a question about something else stays below the threshold
however many words of the field stand in it.

The threshold was chosen on the questions of `tests/guide/questions.yaml`, which no
topic lists: it lies between the paraphrases, which are to be answered, and the
questions outside the field or beside it, which are not. Where the two overlap it leans
to silence: a wrong answer does more harm than none, for the nearest topics are shown in
any case. The shares of a score matter little: with a third or a half for either of the
first two parts, at least 98 of a hundred paraphrases have the right topic first.
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.guide.words import OTHER_LICENCE, Word, Words, language_of
from changqing.law.kinds.synonyms import Names
from changqing.law.kinds.topic import Certainty, Topic
from changqing.law.kit import Citation
from changqing.law.law import fill, law_on
from changqing.law.model import Catalogue
from changqing.text import Language, Text

_ENOUGH: Final = 0.45
"""Below this a topic does not answer."""

_BESIDE_BEST: Final = 0.9
"""A further answer is given when its score is at least this share of the best."""

_NEAREST: Final = 3
_COLUMN_WEIGHTS: Final = (4.0, 4.0, 1.0)  # title, asks, answer

_COVERED: Final = 0.4
_NEAR: Final = 0.5
_RANKED: Final = 0.1
"""The shares of the three parts of a score; they add up to one."""

_ONLY_IN_ANSWER: Final = 0.3
"""What a word counts that stands in the answer, not in the question."""

_OTHER: Final = {Names.LICENCE: 0.5, Names.REGION: 0.6}
"""What is left of a score when the question names one that the topic does not."""

_MISSED: Final = 0.5
"""How far a word of the field lowers the score of a topic that never says it."""

_THIN: Final = 1.0
"""Below this a question names a licence or region and hardly asks anything of it."""

_UNNAMED: Final = 0.75
"""What is left when the topic is about one licence and the question names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideAnswer:
    """A topic that answers, its numbers filled in; `score` from 0 to 1."""

    topic: Topic
    answer: Text
    differs: Text | None
    citations: tuple[Citation, ...]
    certainty: Certainty
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideReply:
    """What is known on a question: answers, best first, and the nearest topics."""

    answers: tuple[GuideAnswer, ...]
    nearest: tuple[tuple[Topic, float], ...]


class Questions:
    """The topics of a catalogue, ready to be asked; made once, asked often.

    The first question in a language takes a tenth of a second or two: its index is
    made then.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._words = Words(catalogue)
        self._indexes: dict[Language, _Index] = {}

    def ask(self, question: str, *, on: date) -> GuideReply:
        """Answer a question in either language, with the law as of a day."""
        ranked = self._index(language_of(question)).rank(question)
        least = max(_ENOUGH, ranked[0][1] * _BESIDE_BEST) if ranked else _ENOUGH
        answers = tuple(
            self._answer(topic, score, on)
            for topic, score in ranked[:_NEAREST]
            if score >= least
        )
        nearest = tuple(
            (topic, round(score, 3))
            for topic, score in ranked[len(answers) : len(answers) + _NEAREST]
        )
        return GuideReply(answers=answers, nearest=nearest)

    def _index(self, language: Language) -> _Index:
        if language not in self._indexes:
            self._indexes[language] = _Index(self._catalogue, self._words, language)
        return self._indexes[language]

    def _answer(self, topic: Topic, score: float, on: date) -> GuideAnswer:
        law = [law_on(self._catalogue, name, on) for name in topic.law]
        citations = dict.fromkeys(
            citation for fact in law for citation in fact.citations
        )
        differs = topic.differs
        return GuideAnswer(
            topic=topic,
            answer=fill(self._catalogue, topic.answer, on=on),
            differs=None if differs is None else fill(self._catalogue, differs, on=on),
            citations=tuple(citations),
            certainty=topic.certainty,
            score=round(score, 3),
        )


class _Index:
    """All topics in one language, by their words."""

    def __init__(self, catalogue: Catalogue, words: Words, language: Language) -> None:
        self._words = words
        self._pages = [
            _TopicPage.of(topic, words, language) for topic in catalogue.topics.values()
        ]
        self._frequency = Counter(
            word for page in self._pages for word in page.questions
        )
        self._ways = [
            [
                (frozenset(_texts([way])), sum(self._weight(word) for word in set(way)))
                for way in page.ways
            ]
            for page in self._pages
        ]
        self._table = sqlite3.connect(":memory:")
        self._table.execute(
            "CREATE VIRTUAL TABLE page USING fts5"
            "(title, asks, answer, tokenize = \"unicode61 tokenchars '_'\")"
        )
        self._table.executemany(
            "INSERT INTO page (rowid, title, asks, answer) VALUES (?, ?, ?, ?)",
            ((place, *page.columns) for place, page in enumerate(self._pages, start=1)),
        )

    def rank(self, question: str) -> list[tuple[Topic, float]]:
        """Rank all topics, with scores from 0 to 1, best first, then the general."""
        scores = self._scores(self._words.of(question))
        pages = enumerate(self._pages)
        rated = [(page, scores.get(place, 0.0)) for place, page in pages]
        rated.sort(key=lambda each: (-each[1], each[0].narrowness))
        return [(page.topic, score) for page, score in rated]

    def _scores(self, words: Sequence[Word]) -> Mapping[int, float]:
        ranks = self._bm25(words)
        if not ranks:
            return {}
        highest = max(ranks.values())
        asked = {word.text: self._weight(word) for word in words}
        return {
            place: self._score(place, words, asked, rank / highest)
            for place, rank in ranks.items()
        }

    def _score(
        self,
        place: int,
        words: Sequence[Word],
        asked: Mapping[str, float],
        rank: float,
    ) -> float:
        page, ways = self._pages[place], self._ways[place]
        covered = sum(weight * page.has(word) for word, weight in asked.items()) / sum(
            asked.values()
        )
        near = max(_likeness(asked, way, total) for way, total in ways)
        if sum(asked[word.text] for word in words if word.names is None) < _THIN:
            score = near * near
        else:
            score = _COVERED * covered + _NEAR * near + _RANKED * covered * rank
        score *= 1 - _MISSED * _measure_missed(words, asked, page)
        for kind, left in _OTHER.items():
            meant = {word.text for word in words if word.names is kind}
            named = page.named[kind]
            other = named or OTHER_LICENCE.text in meant
            if meant and other and not meant <= named:
                score *= left
            elif named and not meant and kind is Names.LICENCE:
                score *= _UNNAMED
        return score

    def _bm25(self, words: Sequence[Word]) -> Mapping[int, float]:
        if not words:
            return {}
        query = " OR ".join(f'"{word.text}"' for word in words)
        title, asks, answer = _COLUMN_WEIGHTS
        rows = self._table.execute(
            "SELECT rowid, -bm25(page, ?, ?, ?) FROM page WHERE page MATCH ?",
            (title, asks, answer, query),
        )
        return {place - 1: rank for place, rank in rows}

    def _weight(self, word: Word) -> float:
        pages = len(self._pages)
        known = max(1, self._frequency[word.text])
        return word.weight * math.log(1 + (pages - known + 0.5) / (known + 0.5))


@dataclass(frozen=True, slots=True, kw_only=True)
class _TopicPage:
    """One topic as it is searched in one language.

    `named` has the licences and regions a topic is about: those of its title and, when
    its title has any of the kind, of the other ways to ask. A topic whose answer is the
    same everywhere is about no region, whichever its title names.
    """

    topic: Topic
    ways: tuple[Sequence[Word], ...]  # the title and every other way to ask
    questions: frozenset[str]
    everything: frozenset[str]
    named: Mapping[Names, frozenset[str]]
    columns: tuple[str, str, str]

    def has(self, word: str) -> float:
        """How far a word is the topic's: one when asked with, less when answered."""
        if word in self.questions:
            return 1.0
        return _ONLY_IN_ANSWER if word in self.everything else 0.0

    @property
    def narrowness(self) -> int:
        """How many kinds of names it keeps to: 0 for any licence in any region."""
        return sum(1 for each in self.named.values() if each)

    @classmethod
    def of(cls, topic: Topic, words: Words, language: Language) -> _TopicPage:
        asks = topic.asks.zh if language is Language.ZH else topic.asks.en
        title, *others, answer = (
            [word for word in words.of(text) if word != OTHER_LICENCE]
            for text in (topic.title.say(language), *asks, topic.answer.say(language))
        )
        ways = [title, *others]
        questions = frozenset(_texts(ways))
        return cls(
            topic=topic,
            ways=tuple(way for way in ways if way),
            questions=questions,
            everything=questions | frozenset(_texts([answer])),
            named={
                Names.LICENCE: _find_named(Names.LICENCE, title, ways),
                Names.REGION: _find_named(Names.REGION, title, ways)
                if topic.differs is not None
                else frozenset(),
            },
            columns=(
                " ".join(_texts([title])),
                " ".join(_texts(others)),
                " ".join(_texts([answer])),
            ),
        )


def _find_named(
    kind: Names, title: Iterable[Word], ways: Iterable[Iterable[Word]]
) -> frozenset[str]:
    if all(word.names is not kind for word in title):
        return frozenset()
    return frozenset(word.text for way in ways for word in way if word.names is kind)


def _likeness(asked: Mapping[str, float], way: frozenset[str], total: float) -> float:
    """How much a question and one way of putting a topic share: Dice, weighed."""
    shared = sum(weight for word, weight in asked.items() if word in way)
    return 2 * shared / (sum(asked.values()) + total)


def _measure_missed(
    words: Iterable[Word], asked: Mapping[str, float], page: _TopicPage
) -> float:
    """Return the share of a question's words of the field that a topic does not have.

    Names of licences and regions are left to `_OTHER`.
    """
    field = {word.text for word in words if word.is_grouped and word.names is None}
    missed = sum(asked[word] * (1 - page.has(word)) for word in field)
    return missed / sum(asked[word] for word in field) if missed else 0.0


def _texts(ways: Iterable[Iterable[Word]]) -> Iterable[str]:
    return (word.text for way in ways for word in way)
