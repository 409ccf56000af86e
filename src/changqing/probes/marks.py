"""What a recognised piece of text is, and the one spelling in which it is sought."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Traditional, Japanese and full-width forms of the words that announce a number, and
# letters of other scripts that look like those of "ICP".
_ODD = (
    "備俻號證証網閩滬蘇贛魯遼陝雲貴晉瓊寧粵內聯電話務諮詢訴舉報傳機關業營許編碼"
    "ＩＣＰｉｃｐＡＢａｂ０１２３４５６７８９－—–―‐‑−﹣：﹕［］（）〔〕【】．　"
    "ІСРⅠϹΡ"
)
_PLAIN = (
    "备备号证证网闽沪苏赣鲁辽陕云贵晋琼宁粤内联电话务咨询诉举报传机关业营许编码"
    "ICPicpABab0123456789--------::[]()()[]. "
    "ICPICP"
)
_FOLDED = dict(zip(_ODD, _PLAIN, strict=True))
_TO_FOLD = re.compile(f"[{_ODD}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMatch:
    """Something recognised: its one spelling, how it stood there, and where."""

    value: str
    raw: str
    start: int


def fold(text: str) -> str:
    """Fold traditional and full-width forms of the fixed words; the length stays."""
    # Few characters are odd, and `translate` looks up each.
    return _TO_FOLD.sub(lambda match: _FOLDED[match.group()], text)


def find_places(text: str, *literals: str) -> Iterator[int]:
    """Find where any of the literals stands, in order."""
    places: list[int] = []
    for literal in literals:
        start = text.find(literal)
        while start >= 0:
            places.append(start)
            start = text.find(literal, start + len(literal))
    return iter(sorted(places))


def find_lines(text: str, pattern: re.Pattern[str]) -> list[int]:
    """Find the lines, counted from 0, in which a match of `pattern` begins.

    One search of all is far cheaper than one of each line.
    """
    lines: dict[int, None] = {}
    line = last = 0
    for match in pattern.finditer(text):
        line += text.count("\n", last, match.start())
        last = match.start()
        lines[line] = None
    return list(lines)


def compile_words(words: str, *, then: str = "") -> re.Pattern[str]:
    """Compile what finds any of `words`, whatever the case of their letters.

    `words` are expressions with a bar between each, without bars of their own, that
    begin with a character which stands for itself; behind any of them `then` follows.
    So `re` can skip to where a word may begin. What ignores case as a whole is tried at
    each character of a text, which takes thirty times as long.
    """
    alternatives = []
    for word in words.split("|"):
        length = 2 if word[0] == "\\" else 1
        first, others = word[:length], word[length:]
        alternatives += [
            f"{letter}(?i:{others})" for letter in {first.lower(): 0, first.upper(): 0}
        ]
    return re.compile(f"(?:{'|'.join(alternatives)}){then}")
