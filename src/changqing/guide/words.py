"""The words of a question: synonyms brought to one, and what each weighs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from changqing.law.kinds.synonyms import Names
from changqing.law.model import Catalogue
from changqing.text import Language

if TYPE_CHECKING:
    import rjieba
    from snowballstemmer.english_stemmer import EnglishStemmer

_CONTENT: Final = 1.0
_ACTION: Final = 0.5
_ASIDE: Final = 0.25
_WEIGHTS: Final = {
    "n": _CONTENT,
    "j": _CONTENT,
    "i": _CONTENT,
    "l": _CONTENT,
    "vn": _CONTENT,
    "v": _ACTION,
    "a": _ACTION,
}
"""By jieba's tag or its first letter: nouns and set phrases say what is meant."""

_EMPTY: Final = ("u", "y", "e", "o", "p", "c", "w", "x", "k", "h", "r", "q")
"""Particles, prepositions, conjunctions, pronouns, measures, signs: no content."""

_FRAME: Final = (
    "请问 问 问题 想 想要 打算 知道 时候 情况 方面 事情 东西 一下 一个 一家 一般 "
    "大概 到底 究竟 是否 应该 可以 能 能够 能否 可否 不能 会 不会 会不会 要 不要 "
    "需要 要不要 得 必须 是 不是 是不是 有 有没有 行 行不行 用 用不用 做 弄 搞 "
    "怎么弄 怎么办 让 给 到 来 去 企业 公司 单位 老板 现在 最新 今年 年 目前 如果 "
    "已经 还 还是 就 都 也 才 里 上 下 中"
)
_IDLE_CHINESE: Final = frozenset(_FRAME.split())
"""What a question is framed with, or what every asker is: a company."""

_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_RUN: Final = re.compile(r"[a-z0-9][a-z0-9 '’-]*|[^\x00-\x7f]+")
_LATIN: Final = re.compile(r"[a-z0-9][a-z0-9'’-]*")
_PLURAL: Final = re.compile(r"(?:e?s)?(?![a-z0-9])")
_IDLE: Final = (
    "a an the of to for in on at by with from as is are was were be been being am do "
    "does did has have had can could may might must shall should will would i we you "
    "they he she it its our your their my me us them this that these those what which "
    "who whom whose when where why how if or and but not no so than then there here "
    "any some each every all both either much many more most other such only also "
    "please about into out up down over under again get got getting make made need "
    "needs needed want take takes go going come comes let lets still yet just now like "
    "company firm business enterprise tell know question latest new current "
    "handle handled handling possible people after before while during there's really "
    "actually exactly currently"
)
_IDLE_ENGLISH: Final = frozenset(_IDLE.split())

_LEAST_STEM: Final = 5
"""Shorter stems mean too many things: time and times, plan and plane."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word that a question or an answer is found by, and what it weighs."""

    text: str
    weight: float
    names: Names | None = None  # a licence or a region that it stands for

    @property
    def is_grouped(self) -> bool:
        """Tell whether it is a word of the field, from a group of synonyms."""
        return self.text.startswith("_")


_ANY_LICENCE: Final = "_licence_word"
OTHER_LICENCE: Final = Word("_other_licence", _CONTENT, Names.LICENCE)
"""A licence of another trade, which no topic is about."""

_ANY_TRADE: Final = ("业务", "服务", "经营", "运营")
"""What stands between the name of a trade and 许可证 and says nothing of the trade."""


class Words:
    """Cuts texts of both languages into words, synonyms brought to one.

    Latin letters stay whole words; Chinese is cut by jieba's dictionary once the words
    of the field are taken out.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._groups: dict[str, Word] = {}
        for group in catalogue.synonyms.values():
            word = Word(f"_{group.id}", _CONTENT, group.names)
            for each in (*group.zh, *group.en):
                self._groups[_plain(each)] = word
        self._phrases: dict[str, list[str]] = {}
        for phrase in sorted(self._groups, key=len, reverse=True):
            # A single character is a word where the dictionary cuts it out, not
            # wherever it stands: 证 in 认证 is no licence.
            if len(phrase) > 1:
                self._phrases.setdefault(phrase[0], []).append(phrase)

    def of(self, text: str) -> list[Word]:
        """The words of a text in order; a synonym is one word, `_` and its group."""
        plain = _plain(text)
        language = language_of(plain)
        found: list[Word] = []
        cut = place = 0
        while place < len(plain):
            phrase, end = self._phrase(plain, place)
            if phrase is None:
                place += 1
                continue
            found += self._split(plain[cut:place], language)
            word = self._groups[phrase]
            if word.text == _ANY_LICENCE and self._other(plain[:place], found):
                word = OTHER_LICENCE
            found.append(word)
            cut = place = end
        found += self._split(plain[cut:], language)
        return found

    def _other(self, before: str, found: list[Word]) -> bool:
        """Whether a licence is one of another trade: 许可证 right after 道路运输."""
        for word in reversed(found):
            if word.is_grouped or not before.endswith(word.text):
                return False
            if word.text not in _ANY_TRADE:
                return word.weight == _CONTENT
            before = before.removesuffix(word.text)
        return False

    def _phrase(self, plain: str, start: int) -> tuple[str | None, int]:
        """The longest phrase that begins there and where it ends; Latin ones whole."""
        for phrase in self._phrases.get(plain[start], ()):
            if plain.startswith(phrase, start):
                end = start + len(phrase)
                if _latin(phrase[0]) and start and _latin(plain[start - 1]):
                    continue
                if not _latin(phrase[-1]):
                    return phrase, end
                plural = _PLURAL.match(plain, end)
                if plural is not None:
                    return phrase, plural.end()
        return None, start

    def _split(self, text: str, language: Language) -> Iterator[Word]:
        for run in _RUN.findall(text):
            if _latin(run[0]):
                yield from self._english(run, language)
            else:
                yield from self._chinese(run)

    def _english(self, run: str, language: Language) -> Iterator[Word]:
        for word in _LATIN.findall(run):
            if len(word) > 1 and word not in _IDLE_ENGLISH and not _YEAR.match(word):
                # In a Chinese text it is a name: APP, SSL.
                english = language is Language.EN
                stem = self._stemmer.stemWord(word) if english else word
                yield self._stems.get(stem) or Word(stem, _CONTENT)

    def _chinese(self, run: str) -> Iterator[Word]:
        for word, tag in self._cutter.tag(run):
            kind = tag[:1]
            if word in self._groups:
                yield self._groups[word]
            elif kind not in _EMPTY and word.strip() and word not in _IDLE_CHINESE:
                weight = _WEIGHTS.get(tag, _WEIGHTS.get(kind, _ASIDE))
                yield Word(word, weight)

    @cached_property
    def _stems(self) -> dict[str, Word]:
        """The words of the field by their English stem: transferred is a transfer."""
        found: dict[str, Word] = {}
        for phrase, word in self._groups.items():
            if _LATIN.fullmatch(phrase):
                stem = self._stemmer.stemWord(phrase)
                if len(stem) >= _LEAST_STEM:
                    found.setdefault(stem, word)
        return found

    @cached_property
    def _cutter(self) -> rjieba.Jieba:
        import rjieba

        return rjieba.Jieba()

    @cached_property
    def _stemmer(self) -> EnglishStemmer:
        from snowballstemmer.english_stemmer import EnglishStemmer

        return EnglishStemmer()


def language_of(text: str) -> Language:
    """Chinese if a Chinese character stands in it, else English."""
    chinese = any("\u4e00" <= character <= "\u9fff" for character in text)
    return Language.ZH if chinese else Language.EN


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
