"""Personal numbers as outsiders see them: enough to recognise, too little to use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_GAP: Final = r"[ \t\u00a0\u3000-]?"
_IDENTITY: Final = re.compile(
    r"(?<![0-9A-Za-z])(?=([1-9]G(?:\dG){5}(?:1G9|2G0)G(?:\dG){2}"
    r"(?:0G[1-9]|1G[0-2])G(?:0G[1-9]|[12]G\d|3G[01])G(?:\dG){3}[0-9Xx])"
    r"(?![0-9A-Za-z]))".replace("G", _GAP)
)
"""A place, a day of birth and a number, with a gap (`G`) anywhere.

Looks ahead alone: what stands before a number in groups may begin like one. The day is
part of it, so that a table of single digits is passed over quickly.
"""
_MOBILE: Final = re.compile(
    r"(?<!\d)((?:\+?86[- ]?)?1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)"
)


def mask_numbers(text: str) -> str:
    """Mask the identity numbers and mobile numbers of a text."""
    hidden, at = "", 0
    for start, end, number in find_identity_numbers(text):
        if start >= at:
            last_sign = text[end - 1]  # x or X, as it was typed
            hidden += f"{text[at:start]}{number[:3]}{'*' * 13}{number[16]}{last_sign}"
            at = end
    return _MOBILE.sub(r"\1****\2", hidden + text[at:])


def has_identity_number(text: str) -> bool:
    """Tell whether a citizen's number stands in the text."""
    return _IDENTITY.search(text) is not None


def find_identity_numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Find what looks like a citizen's number, also in groups: 110105 19491231 002X.

    Gives where each begins and ends, and its digits alone; they may overlap. Check
    digits are not looked at.
    """
    for match in _IDENTITY.finditer(text):
        start, end = match.span(1)
        yield start, end, "".join(filter(str.isalnum, match[1])).upper()
