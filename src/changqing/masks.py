"""Personal numbers as outsiders see them: enough to recognise, too little to use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_GAP: Final = r"[ \t\u00a0\u3000-]?"
_EIGHTEEN: Final = re.compile(
    rf"(?<![0-9A-Za-z])(?=([1-9](?:{_GAP}\d){{16}}{_GAP}[0-9Xx])(?![0-9A-Za-z]))"
)
"""Looks ahead alone: what stands before a number in groups may begin like one."""
_IDENTITY: Final = re.compile(
    r"[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9X]"
)
_MOBILE: Final = re.compile(
    r"(?<!\d)((?:\+?86[- ]?)?1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)"
)


def mask_numbers(text: str) -> str:
    """Mask the identity numbers and mobile numbers of a text."""
    hidden, at = "", 0
    for start, end, number in find_eighteen_digits(text):
        if start >= at and _IDENTITY.fullmatch(number):
            shown = text[end - 1]  # x or X, as it was typed
            hidden += f"{text[at:start]}{number[:3]}{'*' * 13}{number[16]}{shown}"
            at = end
    return _MOBILE.sub(r"\1****\2", hidden + text[at:])


def has_identity_number(text: str) -> bool:
    """Tell whether a citizen's number stands in the text."""
    return any(
        _IDENTITY.fullmatch(number) for _, _, number in find_eighteen_digits(text)
    )


def find_eighteen_digits(text: str) -> Iterator[tuple[int, int, str]]:
    """Find what may be a citizen's number, also typed in groups: 110105 19491231 002X.

    Gives where each begins and ends, and its digits alone; they may overlap.
    """
    for found in _EIGHTEEN.finditer(text):
        start, end = found.span(1)
        yield start, end, "".join(filter(str.isalnum, found[1])).upper()
