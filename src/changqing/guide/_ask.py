"""Which of the catalogue's topics answers a question, or that none does.

SQLite's full-text index ranks by BM25. Whether the best one answers at all is decided
apart from the rank: by how much of the question it covers, each word weighed by how
rare it is, and by how near the question is to one way of putting the topic's own.
"""

from __future__ import annotations

import math
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.catalogue import Catalogue, Certainty, Citation, Topic, fill, law_on
from changqing.guide._words import Word, Words
from changqing.text import Text

_ENOUGH: Final = 0.5
"""Below this a topic does not answer; see docs/questions.md for how it was chosen."""

_BESIDE_BEST: Final = 0.9
"""A further answer is given when its score is at least this share of the best."""

_NEAREST: Final = 3
_COLUMN_WEIGHTS: Final = (4.0, 4.0, 1.0)  # title, asks, answer
_ONLY_IN_ANSWER: Final = 0.6
"""What a word counts that stands in the answer, not in the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A topic that answers, its numbers filled in; `score` from 0 to 1."""

    topic: Topic
    answer: Text
    differs: Text | None
    citations: tuple[Citation, ...]
    certainty: Certainty
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What is known on a question: answers, best first, and the nearest topics."""

    answers: tuple[Answer, ...]
    nearest: tuple[tuple[Topic, float], ...]


class Questions:
    """The topics of a catalogue, ready to be asked; made once, asked often."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._words = Words(catalogue)
        self._pages = [
            _Page.of(topic, catalogue, self._words)
            for topic in catalogue.topics.values()
        ]
        self._frequency = Counter(
            word for page in self._pages for word in page.everything
        )
        self._index = sqlite3.connect(":memory:")
        self._index.execute(
            "CREATE VIRTUAL TABLE page USING fts5"
            "(title, asks, answer, tokenize = \"unicode61 tokenchars '_'\")"
        )
        self._index.executemany(
            "INSERT INTO page (rowid, title, asks, answer) VALUES (?, ?, ?, ?)",
            ((place, *page.columns) for place, page in enumerate(self._pages, start=1)),
        )

    def ask(self, question: str, *, on: date) -> Reply:
        """Answer a question in either language, with the law as of a day."""
        words = self._words.of(question)
        scores = self._scores(words)
        ranked = sorted(scores, key=lambda place: (-scores[place], place))
        best = scores[ranked[0]] if ranked else 0.0
        answers = tuple(
            self._answer(self._pages[place].topic, scores[place], on)
            for place in ranked
            if scores[place] >= max(_ENOUGH, best * _BESIDE_BEST)
        )
        nearest = tuple(
            (self._pages[place].topic, round(scores[place], 3))
            for place in ranked[len(answers) : len(answers) + _NEAREST]
        )
        return Reply(answers=answers[:_NEAREST], nearest=nearest)

    def _answer(self, topic: Topic, score: float, on: date) -> Answer:
        law = [law_on(self._catalogue, name, on) for name in topic.law]
        citations = dict.fromkeys(each for fact in law for each in fact.citations)
        differs = topic.differs
        return Answer(
            topic=topic,
            answer=fill(self._catalogue, topic.answer, on=on),
            differs=None if differs is None else fill(self._catalogue, differs, on=on),
            citations=tuple(citations),
            certainty=topic.certainty,
            score=round(score, 3),
        )

    def _scores(self, words: Sequence[Word]) -> Mapping[int, float]:
        """From 0 to 1, by the place of each page that shares a word."""
        ranks = self._bm25(words)
        if not ranks:
            return {}
        highest = max(ranks.values())
        asked = {word.text: self._weight(word) for word in words}
        total = sum(asked.values())
        scores = {}
        for place, rank in ranks.items():
            page = self._pages[place]
            covered = sum(
                weight
                * (1 if word in page.questions else _ONLY_IN_ANSWER)
                * (word in page.everything)
                for word, weight in asked.items()
            )
            near = max(self._likeness(asked, way) for way in page.ways)
            share = covered / total
            scores[place] = 0.5 * share + 0.35 * near + 0.15 * share * rank / highest
        return scores

    def _bm25(self, words: Sequence[Word]) -> Mapping[int, float]:
        if not words:
            return {}
        query = " OR ".join(f'"{word.text}"' for word in words)
        title, asks, answer = _COLUMN_WEIGHTS
        rows = self._index.execute(
            "SELECT rowid, -bm25(page, ?, ?, ?) FROM page WHERE page MATCH ?",
            (title, asks, answer, query),
        )
        return {place - 1: rank for place, rank in rows}

    def _weight(self, word: Word) -> float:
        pages = len(self._pages)
        known = self._frequency[word.text]
        return word.weight * math.log(1 + (pages - known + 0.5) / (known + 0.5))

    def _likeness(self, asked: Mapping[str, float], way: Mapping[str, Word]) -> float:
        """How much a question and one way of putting the topic share: Dice, weighed."""
        shared = sum(weight for word, weight in asked.items() if word in way)
        return (
            2
            * shared
            / (sum(asked.values()) + sum(self._weight(word) for word in way.values()))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """One topic as it is searched."""

    topic: Topic
    ways: tuple[Mapping[str, Word], ...]  # the title and every other way to ask
    questions: frozenset[str]
    everything: frozenset[str]
    columns: tuple[str, str, str]

    @classmethod
    def of(cls, topic: Topic, catalogue: Catalogue, words: Words) -> _Page:
        titles = [words.of(topic.title.zh), words.of(topic.title.en)]
        asks = [words.of(way) for way in (*topic.asks_zh, *topic.asks_en)]
        said = [topic.answer, *(catalogue.law[name].says for name in topic.law)]
        answer = [words.of(text) for each in said for text in (each.zh, each.en)]
        questions = frozenset(_texts([*titles, *asks]))
        return cls(
            topic=topic,
            ways=tuple({word.text: word for word in way} for way in (*titles, *asks)),
            questions=questions,
            everything=questions | frozenset(_texts(answer)),
            columns=(
                " ".join(_texts(titles)),
                " ".join(_texts(asks)),
                " ".join(_texts(answer)),
            ),
        )


def _texts(ways: Iterable[Sequence[Word]]) -> Iterable[str]:
    return (word.text for way in ways for word in way)
