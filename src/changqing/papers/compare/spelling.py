"""How folded text spells values: counts, units and phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from changqing.case.comparison import APART
from changqing.case.numerals import parse_han_number
from changqing.case.page import squeeze

MAX_WORDS: Final = 200
"""Characters that are quoted of a paper for one value."""
UNITS: Final[Mapping[str, str]] = {
    "persons": "人|名|位",
    "count": "台|个(?!工作日|月|小时|星期)|次|条|份|家|项|篇",
    "days": "日|天|个工作日|工作日",
    "months": r"个月|月(?!份|[\d一二三四五六七八九十]{1,3}日)",
    "years": "年|周年",
    "hours": "个?小时",
    "minutes": "分钟?",
    "weeks": "周|个?星期",
    "working_days": "个?工作日",
}
"""How the units of numbers are written, as patterns."""
COMPANY: Final = re.compile(
    r"[\u4e00-\u9fff（）()]{2,40}(?:公司|中心|事务所|研究院|集团|合作社|厂|大学|学院|医院)"
)
_COUNT: Final = re.compile(
    r"(?<!\d)(?<!\d[.,:])(\d{1,3}(?:,\d{3})+|\d{1,9})(?!\d|[.,:]\d)"
    r"|([零〇一二三四五六七八九十百千两]{1,7})"
)
_BRACKETS: Final = str.maketrans("([〔【{)]〕】}", "（（（（（）））））")
_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−－﹣─", "-"))
_WINDOW: Final = 60  # characters after a label in which its value stands
_MISREAD: Final = 0.7
"""How alike two names are of which one is likely the other, misread."""


def find_counts(words: str) -> list[tuple[int, int, int]]:
    """Find whole numbers: each with where it begins and ends."""
    counts = []
    for match in _COUNT.finditer(words):
        number = (
            int(match[1].replace(",", "")) if match[1] else parse_han_number(match[2])
        )
        # 第九条 counts nothing.
        if number is not None and words[: match.start()][-1:] != "第":
            counts.append((number, match.start(), match.end()))
    return counts


_BETWEEN: Final = re.compile(r"…+|\.\.\.")


def compile_phrase(phrase: str) -> str:
    """Write a phrase of the catalogue as a pattern; … stands for some words between."""
    return r"[^。；;\n]{0,30}?".join(map(re.escape, _BETWEEN.split(phrase)))


class PhraseFinder:
    """Finds the first that fits of some folded phrases, as one pattern of them would.

    The longest word of each is looked for first. Most phrases stand in no paper, and
    compiling all of them takes a fifth of a first assessment.
    """

    __slots__ = ("_phrases",)

    def __init__(self, phrases: tuple[str, ...]) -> None:
        self._phrases = tuple(
            (max(_BETWEEN.split(phrase), key=len), phrase) for phrase in phrases
        )

    def _find_pattern(self, text: str) -> re.Pattern[str] | None:
        """Compile the phrases that can be in the text; None where none can."""
        there = [phrase for word, phrase in self._phrases if word in text]
        return _compile_first_of(tuple(there)) if there else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Find every place, from left to right."""
        pattern = self._find_pattern(text)
        return iter(()) if pattern is None else pattern.finditer(text)

    def search(self, text: str) -> re.Match[str] | None:
        """Find the first place."""
        pattern = self._find_pattern(text)
        return None if pattern is None else pattern.search(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Say whether one of them is the whole text."""
        pattern = self._find_pattern(text)
        return None if pattern is None else pattern.fullmatch(text)


@lru_cache(maxsize=4096)
def _compile_first_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(compile_phrase, phrases)))


@lru_cache(maxsize=4096)
def compile_phrases(phrases: tuple[str, ...]) -> PhraseFinder:
    """Make a finder of folded phrases of the catalogue.

    Kept: every paper of a case is held against the same ones.
    """
    return PhraseFinder(phrases)


def spell_canonically(kind: str | None, words: str) -> str:
    """Spell words as `normalise` spells a text of a kind."""
    if kind in ("company_name", "person", "address"):
        words = words.translate(_BRACKETS)
    if kind == "address":
        words = re.sub(r"[\s,，;；、]+", "", words.translate(_DASHES))
    return words


def find_window(words: str, label: str) -> str:
    """Find what follows a label in a folded text, up to the end of its sentence."""
    at = words.find(label) if label else -1
    while at >= 0:
        before = words[at - 1 : at]
        if not before or not ("\u4e00" <= before <= "\u9fff"):
            following = re.sub(r"^[:为是共计合]+", "", words[at + len(label) :])
            return re.split(r"[。；;]", following, maxsplit=1)[0][:_WINDOW]
        at = words.find(label, at + 1)
    return ""


def is_like(name: str, mine: str) -> bool:
    """Tell whether a name may be the applicant's with a letter or two misread."""
    return SequenceMatcher(None, squeeze(name), mine).ratio() >= _MISREAD


def join_quotes(pieces: Iterable[str]) -> str:
    """Join pieces that stand apart, as many as one quotation may hold."""
    joined = ""
    for piece in pieces:
        more = f"{joined}{APART}{piece}" if joined else piece[:MAX_WORDS]
        if len(more) > MAX_WORDS:
            break
        joined = more
    return joined
