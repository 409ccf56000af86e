"""Numbers in Chinese numerals: 贰佰万, 一千二百, 二十三."""

from __future__ import annotations

from typing import Final

HAN_DIGITS: Final = {
    **{sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")},
    **{sign: value for value, sign in enumerate("〇一二三四五六七八九")},
    **{sign: value for value, sign in enumerate("０１２３４５６７８９")},
    "○": 0,
    "O": 0,
    "o": 0,
    "两": 2,
    "貳": 2,
    "叄": 3,
    "陸": 6,
    "弍": 2,
    "参": 3,
}
_SMALL: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE: Final = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
HAN_NUMERALS: Final = (
    "零〇○壹贰貳叁参叄肆伍陆陸柒捌玖一二三四五六七八九两拾佰仟十百千万萬亿億"
)
"""Every sign of which such a number may be made."""


def parse_han_number(text: str) -> int | None:
    """Parse Chinese numerals: 贰佰万, 一百二十三; None if they say no number."""
    total = part = 0
    digit: int | None = None
    if not text:
        return None
    for sign in text:
        if sign in HAN_DIGITS:
            if digit:  # two digits in a row are no number but a row of digits
                return None
            digit = HAN_DIGITS[sign]
        elif sign in _SMALL:
            part += (1 if digit is None else digit or 1) * _SMALL[sign]
            digit = None
        elif sign in _LARGE:
            value = part + (digit or 0)
            if _LARGE[sign] == 10**8:
                total = (total + value) * 10**8
            else:
                total += (value or 1) * 10**4
            part, digit = 0, None
        else:
            return None
    return total + part + (digit or 0)
