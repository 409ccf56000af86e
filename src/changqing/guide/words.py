"""The words of a question: synonyms brought to one, and what each weighs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from changqing.law.kinds.synonyms import Names, Together
from changqing.law.model import Catalogue
from changqing.text import Language

_CONTENT: Final = 1.0
_PAIR: Final = 0.5
"""A pair of characters outside the words of the field says less than one of them."""

_FRAME: Final = (
    "请问 问 问题 想 想要 打算 知道 时候 情况 方面 事情 东西 一下 一个 一家 一般 "
    "大概 到底 究竟 是否 应该 可以 能 能够 能否 可否 不能 会 不会 会不会 要 不要 "
    "需要 要不要 得 必须 是 不是 是不是 有 有没有 行 行不行 用 用不用 做 弄 搞 "
    "怎么弄 怎么办 让 给 到 来 去 企业 公司 单位 老板 现在 最新 今年 年 目前 如果 "
    "已经 还 还是 就 都 也 才 里 上 下 中 我们 你们 他们 自己 咱们 这个 那个 什么 "
    "怎么 怎样 如何 这样 那样 哪里 为什么 因为 所以 但是 可是 然后 的话 您好 你好 "
    "谢谢 麻烦 没有 不用 是不是 的 了 吗 呢 啊 呀 吧 么 我 你 他 您 咱 俺 这 那 和 "
    "跟 与 或 在 对 被 把 为 多 个 张 本 份 请 以 之 其 哦 哈 嘛 哪 谁 又 再 着 过 "
    "地 很 太 真 好 没 不 从 由 将 等 只 一 们 后 前 时"
)
_IDLE_CHINESE: Final = frozenset(_FRAME.split())
"""What a question is framed with, or what every asker is: a company."""

_PARTICLES: Final = frozenset(
    "的了吗呢啊呀吧么嘛啦咧呗哟哦我你他您咱这那和跟与或在个把"
)
"""No pair of characters goes across one of these."""

_IDLE_PHRASE: Final = re.compile(
    "|".join(sorted((w for w in _IDLE_CHINESE if len(w) > 1), key=len, reverse=True))
)

_TRADITIONAL: Final = "traditional.txt"
_SPELLINGS: Final = "spellings.txt"
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
_LICENCE_WORDS: Final = frozenset({_ANY_LICENCE, "_value_added"})
_OURS: Final = frozenset({"_value_added", "_filing"})
"""What is of telecommunications beside the licences by name."""
OTHER_LICENCE: Final = Word("_other_licence", _CONTENT, Names.LICENCE)
"""A licence of another trade, which no topic is about."""

_OF_US_YET: Final = frozenset(
    {"_foreign_capital", "_shareholder", "_share_cap", "_server", "_cloud", "_pilot"}
)
"""What is ours although it names another country: its investors, servers over there."""
_OF_INVESTORS: Final = re.compile(
    r"股|外资|投资|合资|独资|[国本坡港门湾]资|籍|公司|企业|集团|老板|[国本坡港门湾]人"
    r"|invest|compan|owne|own |parent|director|capital from"
)
"""What tells that a country is named for who comes from it."""
_DONE_THERE: Final = tuple("开做建办卖搞设")
_INVESTOR: Final = Word("_foreign_capital", _CONTENT)
_OTHER_COUNTRY: Final = Word("_other_country", _CONTENT, Names.ELSEWHERE)

_ANY_TRADE: Final = ("业务", "服务", "经营", "运营")
"""What stands between the name of a trade and 许可证 and says nothing of the trade."""

_BEFORE_LICENCE: Final = (
    "拿到 取得 获得 领取 持有 发放 颁发 收到 使用 拿 领 换 买 看 办 发 交 改 查 补 持 "
    "批 正式 原件 纸 相应 相关 行政 单独 另外 别家 人家 有关 "
    "， 。 、 ？ ！ ； ： , . ? ! ; : “ ” （ ） ( )"
)
_GETS: Final = tuple(_BEFORE_LICENCE.split())
"""What stands before 许可证 and is the name of no trade."""


class Words:
    """Cuts texts of both languages into words, synonyms brought to one.

    Latin letters stay whole words; Chinese is cut into the words of the field, and what
    is left of it into pairs of characters: no dictionary cuts 补办 out of 证丢了补办 as
    surely as the pairs find it again, and none has to be loaded.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self._groups: dict[str, Word] = {}
        groups = [
            (g.id, g.names, g.zh, g.en, g.together) for g in catalogue.synonyms.values()
        ]
        lists = [read_lines(name) for name in (_TRADITIONAL, _SPELLINGS)]
        self.digest = repr((groups, lists)).encode()
        """Everything that the words are cut by."""
        self._together: list[tuple[re.Pattern[str], Word]] = []
        for group in catalogue.synonyms.values():
            word = Word(f"_{group.id}", _CONTENT, group.names)
            for pair in group.together:
                self._together.append((compile_together(pair), word))
            for synonym in (*group.zh, *group.en):
                self._groups[simplify_text(synonym)] = word
        self._of_us_yet = [
            phrase for phrase, word in self._groups.items() if word.text in _OF_US_YET
        ]
        self._phrases: dict[str, list[str]] = {}
        for phrase in sorted(self._groups, key=len, reverse=True):
            # A single character is a word where it stands alone, not wherever it
            # stands: 证 in 认证 is no licence.
            if len(phrase) > 1:
                self._phrases.setdefault(phrase[:2], []).append(phrase)

    def list_words(self, text: str) -> list[Word]:
        """List the words of a text in order; a synonym is one word, `_` and group."""
        plain = simplify_text(text)
        language = detect_language(plain)
        words: list[Word] = []
        last: Word | None = None
        cut = place = 0
        while place < len(plain):
            phrase, end = self._find_phrase(plain, place)
            if phrase is None:
                place += 1
                continue
            words += self._split_text(plain[cut:place], language)
            word = self._groups[phrase]
            if word.text == _ANY_LICENCE and (
                self._is_of_other_trade(plain[cut:place])
                or self._is_of_elsewhere(plain[cut:place], last)
            ):
                word = OTHER_LICENCE
            elif word.names is Names.COUNTRY:
                word = self._tell_country(plain, end)
            words.append(word)
            last = word
            cut = place = end
        words += self._split_text(plain[cut:], language)
        words += dict.fromkeys(
            word
            for pattern, word in self._together
            if word not in words and pattern.search(plain)
        )
        return words

    def _tell_country(self, plain: str, end: int) -> Word:
        """Tell whether a country is named for its investors, or for its own law.

        Its own is what stands right after it: 越南的电信牌照, for whatever capital.
        """
        there = plain.startswith(_DONE_THERE, end)
        after = end + plain.startswith("的", end)
        phrase, _ = self._find_phrase(plain, after)
        if phrase is not None and not _is_latin(plain[0]):
            of_it = self._groups[phrase]
            there |= of_it.names is Names.LICENCE or of_it.text in _LICENCE_WORDS
        of_us = not there and (
            any(phrase in plain for phrase in self._of_us_yet)
            or _OF_INVESTORS.search(plain)
        )
        return _INVESTOR if of_us else _OTHER_COUNTRY

    def strip_names(self, text: str) -> str:
        """Write a question as it stands where it names no province and no licence."""
        plain = simplify_text(text)
        licence = "许可证" if detect_language(plain) is Language.ZH else "licence"
        pieces: list[str] = []
        place = 0
        while place < len(plain):
            phrase, end = self._find_phrase(plain, place)
            if phrase is None:
                pieces.append(plain[place])
                place += 1
                continue
            names = self._groups[phrase].names
            if names is Names.LICENCE:
                pieces.append(licence)
            elif names is not Names.REGION:
                pieces.append(plain[place:end])
            place = end
        return "".join(pieces)

    def _is_of_elsewhere(self, between: str, last: Word | None) -> bool:
        """Whether a word of another trade stands before 许可证: 食品经营许可证."""
        for word in _ANY_TRADE:
            between = between.replace(word, "")
        return not between and last is not None and last.names is Names.ELSEWHERE

    def _is_of_other_trade(self, before: str) -> bool:
        """Tell whether a licence is of another trade: 许可证 after 道路运输."""
        trade = before
        for word in _ANY_TRADE:
            trade = trade.removesuffix(word)
        trade = _IDLE_PHRASE.split(trade)[-1]
        for verb in _GETS:
            trade = trade.rpartition(verb)[2]
        last = trade[-2:]
        return len(last) > 1 and not any(
            letter in _IDLE_CHINESE or _is_latin(letter) for letter in last
        )

    def _find_phrase(self, plain: str, start: int) -> tuple[str | None, int]:
        """The longest phrase that begins there and where it ends; Latin ones whole."""
        for phrase in self._phrases.get(plain[start : start + 2], ()):
            if plain.startswith(phrase, start):
                end = start + len(phrase)
                if _is_latin(phrase[0]) and start and _is_latin(plain[start - 1]):
                    continue
                if not _is_latin(phrase[-1]):
                    return phrase, end
                plural = _PLURAL.match(plain, end)
                if plural is not None:
                    return phrase, plural.end()
        return None, start

    def _split_text(self, text: str, language: Language) -> Iterator[Word]:
        for run in _RUN.findall(text):
            if _is_latin(run[0]):
                yield from self._list_english(run, language)
            else:
                yield from self._list_chinese(run)

    def _list_english(self, run: str, language: Language) -> Iterator[Word]:
        for word in _LATIN.findall(run):
            if len(word) > 1 and word not in _IDLE_ENGLISH and not _YEAR.match(word):
                # In a Chinese text it is a name: APP, SSL.
                english = language is Language.EN
                stem = _stem_word(word) if english else word
                yield self._stems.get(stem) or Word(stem, _CONTENT)

    def _list_chinese(self, run: str) -> Iterator[Word]:
        """List the pairs of characters of what is no word of the field."""
        for part in _IDLE_PHRASE.split(run):
            for piece in "".join(
                " " if letter in _PARTICLES else letter for letter in part
            ).split():
                if len(piece) == 1:
                    if piece in self._groups:
                        yield self._groups[piece]
                    elif piece not in _IDLE_CHINESE:
                        yield Word(piece, _PAIR)
                for letter, two in pairwise(piece):
                    yield self._groups.get(letter + two) or Word(letter + two, _PAIR)

    @cached_property
    def _stems(self) -> dict[str, Word]:
        """The words of the field by their English stem: transferred is a transfer."""
        words: dict[str, Word] = {}
        for phrase, word in self._groups.items():
            if _LATIN.fullmatch(phrase):
                stem = _stem_word(phrase)
                if len(stem) >= _LEAST_STEM:
                    words.setdefault(stem, word)
        return words


@lru_cache(maxsize=20_000)  # the guide has some 3,000, each many times
def _stem_word(word: str) -> str:
    """The stem of an English word; by a stemmer of its own, which threads share not."""
    from snowballstemmer.english_stemmer import EnglishStemmer

    return str(EnglishStemmer().stemWord(word))


def compile_together(pair: Together) -> re.Pattern[str]:
    """Compile what finds words that mean something only together."""
    first, then, unless = (
        "|".join(map(re.escape, sorted(map(simplify_text, words), key=len)[::-1]))
        for words in (pair.first, pair.then, pair.unless)
    )
    never = f"^(?!.*(?:{unless})).*" if unless else ""
    return re.compile(f"{never}(?:{first}).{{0,{pair.within}}}?(?:{then})", re.DOTALL)


def is_of_another_country(words: Sequence[Word]) -> bool:
    """Tell whether the law of another country is asked for, not its capital here."""
    return any(word.text == _OTHER_COUNTRY.text for word in words)


def names_ours(words: Iterable[Word]) -> bool:
    """Tell whether a licence of telecommunications or the filing is named."""
    return any(
        word.text in _OURS or (word.names is Names.LICENCE and word != OTHER_LICENCE)
        for word in words
    )


def is_elsewhere(words: Sequence[Word]) -> bool:
    """Tell whether a thing is named that no answer is about."""
    return any(word.names is Names.ELSEWHERE for word in words)


def detect_language(text: str) -> Language:
    """Tell the language: Chinese if a Chinese character stands in it, else English."""
    chinese = any("\u4e00" <= character <= "\u9fff" for character in text)
    return Language.ZH if chinese else Language.EN


def simplify_text(text: str) -> str:
    """Write a text as the catalogue would: simplified, small letters, no slips."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if plain.isascii():
        return plain
    plain = plain.translate(_read_simplified())
    for slip, spelling in _read_spellings():
        plain = plain.replace(slip, spelling)
    return plain


@cache
def _read_simplified() -> Mapping[int, str]:
    lines = read_lines(_TRADITIONAL)
    return {
        ord(traditional): simplified
        for old, new in zip(lines[::2], lines[1::2], strict=True)
        for traditional, simplified in zip(old, new, strict=True)
    }


@cache
def _read_spellings() -> Sequence[tuple[str, str]]:
    """What is said otherwise, the longest first: 咋个 before 咋."""
    pairs = (line.partition("=")[::2] for line in read_lines(_SPELLINGS))
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def read_lines(name: str) -> Sequence[str]:
    """Read a list that stands beside this module, without its comments."""
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()
