"""Texts that others wrote give a terminal no orders."""

from __future__ import annotations

import re
from typing import Final

_ORDERS: Final = re.compile(  # controls, turns of direction, halves of characters
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\ud800-\\udfff]"
)


def replace_controls(text: str) -> str:
    """Replace what would give a terminal orders, whoever wrote the names in a text."""
    return _ORDERS.sub("\ufffd", text)
