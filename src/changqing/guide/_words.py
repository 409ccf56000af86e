"""The words of a question: synonyms told apart from the rest, and what each weighs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from changqing.catalogue import Catalogue

_CONTENT: Final = 1.0
_ACTION: Final = 0.5
_ASIDE: Final = 0.25
_WEIGHTS: Final = {"n": _CONTENT, "j": _CONTENT, "i": _CONTENT, "l": _CONTENT}
"""By the first letter of jieba's tag: nouns and set phrases say what is asked about."""

_ACTIONS: Final = ("v", "a")
_EMPTY: Final = ("u", "y", "e", "o", "p", "c", "w", "x", "k", "h", "r", "q")
"""Particles, prepositions, conjunctions, pronouns, measures, signs: no content."""

_ENGLISH: Final = re.compile(r"[a-z0-9][a-z0-9'’-]*")
_IDLE: Final = (
    "a an the of to for in on at by with from as is are was were be been being am do "
    "does did has have had can could may might must shall should will would i we you "
    "they he she it its our your their my me us them this that these those what which "
    "who whom whose when where why how if or and but not no so than then there here "
    "any some each every all both either much many more most other such only also "
    "please about into out up down over under again get got make made need needs "
    "needed want"
)
_IDLE_ENGLISH: Final = frozenset(_IDLE.split())


@dataclass(frozen=True, slots=True)
class Word:
    """One word that a question or an answer is found by, and what it weighs."""

    text: str
    weight: float


class Words:
    """Cuts texts of both languages into words, synonyms brought to one.

    Latin letters stay whole words; Chinese is cut by jieba's dictionary, to which the
    words of the field are added.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        import rjieba
        import snowballstemmer

        self._cutter = rjieba.Jieba()
        self._stemmer = snowballstemmer.stemmer("english")
        self._groups: dict[str, str] = {}
        for group in catalogue.synonyms.values():
            for word in (*group.zh, *group.en):
                self._groups[_plain(word)] = f"_{group.id}"
        longest = sorted(self._groups, key=len, reverse=True)
        self._phrases = re.compile(
            "|".join(_bounded(phrase) for phrase in longest) or r"(?!)"
        )

    def of(self, text: str) -> list[Word]:
        """The words of a text in order; a synonym is one word, `_` and its group."""
        plain = _plain(text)
        found: list[Word] = []
        end = 0
        for place in self._phrases.finditer(plain):
            found += self._cut(plain[end : place.start()])
            found.append(Word(self._groups[place[0]], _CONTENT))
            end = place.end()
        found += self._cut(plain[end:])
        return found

    def _cut(self, text: str) -> Iterator[Word]:
        for run in re.findall(r"[a-z0-9][a-z0-9 '’-]*|[^\x00-\x7f]+", text):
            if run[0].isascii():
                for word in _ENGLISH.findall(run):
                    if len(word) > 1 and word not in _IDLE_ENGLISH:
                        yield Word(self._stemmer.stemWord(word), _CONTENT)
            else:
                yield from self._chinese(run)

    def _chinese(self, run: str) -> Iterator[Word]:
        for word, tag in self._cutter.tag(run):
            kind = tag[:1]
            if kind in _EMPTY or not word.strip():
                continue
            weight = _WEIGHTS.get(kind, _ACTION if kind in _ACTIONS else _ASIDE)
            yield Word(word, weight)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _bounded(phrase: str) -> str:
    """A pattern that finds Latin words whole, and Chinese ones anywhere."""
    before = r"(?<![a-z0-9])" if phrase[0].isascii() and phrase[0].isalnum() else ""
    after = r"(?:e?s)?(?![a-z0-9])" if phrase[-1].isascii() else ""
    # What is matched must be a key of the groups: the plural stays outside.
    if after:
        return f"{before}{re.escape(phrase)}(?={after})"
    return before + re.escape(phrase)
