"""Personal numbers as outsiders see them: enough to recognise, too little to use."""

from __future__ import annotations

import re
from typing import Final

_IDENTITY: Final = re.compile(
    r"(?<![0-9A-Za-z])([1-9]\d{2})\d{3}(?:19|20)\d{2}(?:0[1-9]|1[0-2])"
    r"(?:0[1-9]|[12]\d|3[01])\d{2}(\d[0-9Xx])(?![0-9A-Za-z])"
)
_MOBILE: Final = re.compile(
    r"(?<!\d)((?:\+?86[- ]?)?1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)"
)


def mask_numbers(text: str) -> str:
    """Mask the identity numbers and mobile numbers of a text."""
    hidden = _IDENTITY.sub(r"\1*************\2", text)
    return _MOBILE.sub(r"\1****\2", hidden)


def has_identity_number(text: str) -> bool:
    """Tell whether a citizen's number stands in the text."""
    return _IDENTITY.search(text) is not None
