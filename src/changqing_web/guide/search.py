"""A search over every page of the guide, for words as a person types them.

Words are brought to one by the catalogue's synonyms; pairs of characters count too, for
less, since 客服电话 is no word of the law. A page is found by how much of the question
it has, each word weighed by how few pages have it; a word in the title counts more, and
a long page has to say more.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from changqing.guide.words import Words, detect_language
from changqing.law.law import fill, say_law
from changqing.law.model import Catalogue
from changqing.text import Language, Text, both
from changqing_web.guide.parts import get_today
from changqing_web.guide.words import EVERYDAY
from changqing_web.index import catalogue

KINDS: Final[Mapping[str, Text]] = {
    "guide_licence": Text("许可证", "Licence"),
    "guide_material": Text("材料", "Paper"),
    "guide_procedure": Text("程序", "Procedure"),
    "guide_question": Text("问答", "Question"),
    "guide_law_fact": Text("法规", "Law"),
    "guide_criterion": Text("判据", "Criterion"),
    "guide_instrument": Text("文本", "Text"),
}
_MOST: Final = 12
_IN_TITLE: Final = 2.0
_PAIR: Final = 0.35
_MEANT: Final = 0.7  # a word of the law for one of everyday
_SHARE: Final = 0.45  # of the best, below which a page is left out
_COVERED: Final = 0.4  # of a question's words; below that a page is about other things
_PART_OF_A_NAME: Final = 4  # characters
_USUAL: Final = 40  # words of a page
_ENGLISH_WORD: Final = re.compile(r"[A-Za-z][\w'’-]*", re.ASCII)
_ANSWERS: Final[Mapping[str, float]] = {
    "guide_material": 1.2,
    "guide_procedure": 1.3,
    "guide_criterion": 1.1,
    "guide_instrument": 0.7,
}
"""How readily a kind of page answers: a text is read when nothing else does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideHit:
    """A page that was found."""

    route: str
    id: str
    title: Text
    kind: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideHits:
    """Pages, best first, and the words that no page of the guide has.

    `named` says that what was asked is the name of the first.
    """

    hits: tuple[GuideHit, ...]
    unknown: tuple[str, ...]
    named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One page as it is searched; `names` are those it is asked for by."""

    route: str
    id: str
    title: Text
    text: Text
    names: tuple[str, ...] = ()

    def is_called(self, asked: str) -> bool:
        """Tell whether that is its name, or a good part of one."""
        whole = len(asked) >= _PART_OF_A_NAME
        return any(asked == name or (whole and asked in name) for name in self.names)


def search_guide(asked: str) -> GuideHits:
    """Search the pages that say most of what was asked."""
    return _load_index(detect_language(asked)).search(asked)


@cache
def _load_index(language: Language) -> _Index:
    return _Index(catalogue(), language)


class _Index:
    """Every page of the guide in one language, by its words."""

    def __init__(self, law: Catalogue, language: Language) -> None:
        self._words = Words(law)
        self._pages = [
            (
                entry,
                frozenset(self._weigh_terms(entry.title.say(language))),
                Counter(self._weigh_terms(entry.text.say(language))),
            )
            for entry in _list_entries(law)
        ]
        self._spread = Counter(
            term for _, title, text in self._pages for term in {*title, *text}
        )

    def search(self, asked: str) -> GuideHits:
        """Rank the pages: those of the very name first; too few words find nothing."""
        terms = self._weigh_words(asked)
        words = {word.text: word for word in self._words.list_words(asked)}
        unknown = [word for word in words if not self._is_known(word)]
        typed = self._map_as_typed(asked)
        strange = len(unknown) * 2 > len(words) and not _list_legal_words(asked)
        rated = []
        for entry, title, text in () if strange else self._pages:
            is_named = entry.is_called(asked.casefold())
            score = self._score_page(terms, title, text)
            if is_named or (
                score and self._has_enough_words(terms, words, title, text)
            ):
                rated.append((is_named, score * _ANSWERS.get(entry.route, 1.0), entry))
        rated.sort(key=lambda rating: (not rating[0], -rating[1]))
        best = max((score for _, score, _ in rated), default=0.0)
        return GuideHits(
            hits=tuple(
                GuideHit(
                    route=entry.route,
                    id=entry.id,
                    title=entry.title,
                    kind=KINDS[entry.route],
                )
                for is_named, score, entry in rated[:_MOST]
                if is_named or score >= best * _SHARE
            ),
            unknown=tuple(
                _join_pairs(
                    typed.get(word, word)
                    for word in unknown
                    if not words[word].is_grouped
                )
            ),
            named=bool(rated) and rated[0][0],
        )

    def _has_enough_words(
        self,
        terms: Mapping[str, float],
        words: Iterable[str],
        title: frozenset[str],
        text: Counter[str],
    ) -> bool:
        """Whether a page has enough of the words; everyday ones stand for others."""
        weights = {word: terms[word] * self._compute_rarity(word) for word in words}
        stand_ins = {term for term in terms if term not in weights}
        has = sum(w for word, w in weights.items() if word in title or word in text)
        if any(term in title or term in text for term in stand_ins if len(term) > 2):
            has += sum(w for word, w in weights.items() if not self._is_known(word))
        return bool(weights) and has >= _COVERED * sum(weights.values())

    def _map_as_typed(self, question: str) -> dict[str, str]:
        """Map each English stem to the word as it was typed, to be shown again."""
        return {
            word.text: typed
            for typed in _ENGLISH_WORD.findall(question)
            for word in self._words.list_words(typed)
        }

    def _is_known(self, word: str) -> bool:
        return bool(self._spread[word])

    def _score_page(
        self, terms: Mapping[str, float], title: frozenset[str], text: Counter[str]
    ) -> float:
        score = 0.0
        for term, weight in terms.items():
            if term in title:
                score += weight * self._compute_rarity(term) * _IN_TITLE
            elif term in text:
                score += weight * self._compute_rarity(term)
        return score / (1 + math.log1p((len(title) + len(text)) / _USUAL))

    def _weigh_terms(self, text: str) -> dict[str, float]:
        """Words and pairs of characters, with what each weighs."""
        weights = dict.fromkeys(_list_pairs(text), _PAIR)
        for word in self._words.list_words(text):
            weights[word.text] = max(word.weight, weights.get(word.text, 0.0))
        return weights

    def _weigh_words(self, question: str) -> dict[str, float]:
        """What is looked for: also what the law calls the things of every day."""
        weights = self._weigh_terms(question)
        for legal_words in _list_legal_words(question):
            for term, weight in self._weigh_terms(legal_words).items():
                weights.setdefault(term, weight * _MEANT)
        return weights

    def _compute_rarity(self, term: str) -> float:
        return math.log(1 + len(self._pages) / (1 + self._spread[term]))


def _list_legal_words(question: str) -> list[str]:
    """What the law calls what was asked for in words of every day."""
    plain = question.casefold()
    return [
        legal_words for everyday, legal_words in EVERYDAY.items() if everyday in plain
    ]


def _join_pairs(words: Iterable[str]) -> list[str]:
    """Join pairs of characters that overlap: 红烧 and 烧肉 are 红烧肉."""
    joined: list[str] = []
    for word in words:
        if joined and not word.isascii() and joined[-1][-1] == word[0]:
            joined[-1] += word[1:]
        else:
            joined.append(word)
    return joined


def _list_pairs(text: str) -> Iterator[str]:
    """Each two Chinese characters that stand together."""
    for first, second in pairwise(text):
        if "\u4e00" <= first <= "\u9fff" and "\u4e00" <= second <= "\u9fff":
            yield first + second


def _list_entries(law: Catalogue) -> Iterator[_Entry]:
    """All pages, with what each says."""
    for code, licence in law.licences.items():
        yield _Entry(
            route="guide_licence",
            id=code,
            title=Text(f"{code}{licence.label.zh}", f"{code} {licence.label.en}"),
            text=_join_texts([licence.definition, licence.who_needs, licence.differs]),
            names=tuple(
                n.casefold() for n in (code, licence.label.zh, *licence.known_as)
            ),
        )
    for material in law.materials.values():
        requirements = [
            text for request in material.asked for text in (request.requirement,)
        ]
        yield _Entry(
            route="guide_material",
            id=material.id,
            title=material.label,
            text=_join_texts(
                _fill_texts(law, [*requirements, *material.elements.values()])
            ),
            names=(material.label.zh, material.label.en.casefold()),
        )
    for procedure in law.procedures.values():
        texts = [step.title for step in procedure.steps]
        yield _Entry(
            route="guide_procedure",
            id=procedure.id,
            title=procedure.title,
            text=_join_texts(
                texts if procedure.about is None else [procedure.about, *texts]
            ),
        )
    for topic in law.topics.values():
        ways = [
            Text(zh, en) for zh, en in zip(topic.asks.zh, topic.asks.en, strict=False)
        ]
        yield _Entry(
            route="guide_question",
            id=topic.id,
            title=topic.title,
            text=_join_texts([*ways, *_fill_texts(law, [topic.answer])]),
        )
    for fact in law.law.values():
        law_text = say_law(law, fact, on=get_today())
        yield _Entry(
            route="guide_law_fact",
            id=fact.id,
            title=law_text,
            text=fact.note or both(""),
        )
    for criterion in law.criteria.values():
        texts = [c.says for c in criterion.citations if c.says is not None]
        texts.append(criterion.remedy.text)
        yield _Entry(
            route="guide_criterion",
            id=criterion.id,
            title=criterion.title,
            text=_join_texts(texts),
        )
    for text in law.instruments.values():
        yield _Entry(
            route="guide_instrument",
            id=text.id,
            title=text.title,
            text=both(text.number or ""),
            names=(text.title.zh, text.title.en.casefold()),
        )


def _fill_texts(law: Catalogue, texts: Iterable[Text]) -> list[Text]:
    return [fill(law, text, on=get_today()) for text in texts]


def _join_texts(texts: Iterable[Text]) -> Text:
    parts = list(texts)
    return Text("\n".join(p.zh for p in parts), "\n".join(p.en for p in parts))
