"""Data as the strict reader of YAML gives it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date


def to_plain(value: object) -> object:
    """Give a value as the strict reader gives it: days are text."""
    match value:
        case Mapping():
            return {str(key): to_plain(part) for key, part in value.items()}
        case list() | tuple():
            return [to_plain(part) for part in value]
        case date():
            return value.isoformat()
        case _:
            return value
