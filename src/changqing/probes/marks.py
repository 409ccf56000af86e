"""What a recognised piece of text is, and the one spelling in which it is sought."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# Traditional, Japanese and full-width forms of the words that announce a number, and
# letters of other scripts that look like those of "ICP".
_FOLD = str.maketrans(
    "備俻號證証網閩滬蘇贛魯遼陝雲貴晉瓊寧粵內聯電話務諮詢訴舉報傳機關業營許編碼"
    "ＩＣＰｉｃｐＡＢａｂ０１２３４５６７８９－—–―‐‑−﹣：﹕［］（）〔〕【】．　"
    "ІСРⅠϹΡ",
    "备备号证证网闽沪苏赣鲁辽陕云贵晋琼宁粤内联电话务咨询诉举报传机关业营许编码"
    "ICPicpABab0123456789--------::[]()()[]. "
    "ICPICP",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMatch:
    """Something recognised: its one spelling, how it stood there, and where."""

    value: str
    raw: str
    start: int


def fold(text: str) -> str:
    """Fold traditional and full-width forms of the fixed words; the length stays."""
    return text.translate(_FOLD)


def find_places(text: str, *literals: str) -> Iterator[int]:
    """Find where any of the literals stands, in order."""
    places: list[int] = []
    for literal in literals:
        start = text.find(literal)
        while start >= 0:
            places.append(start)
            start = text.find(literal, start + len(literal))
    return iter(sorted(places))
