"""Data as the strict reader of YAML gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeAlias, cast

from changqing.jsondata import Json

Writable: TypeAlias = "Json | date | Sequence[Writable] | Mapping[str, Writable]"
"""What is written into a file: days too."""
WritableItem: TypeAlias = "Mapping[str, Writable]"


def to_plain(value: object) -> Json:
    """Give a value as the strict reader gives it: days are text."""
    match value:
        case Mapping():
            return {str(key): to_plain(part) for key, part in value.items()}
        case list() | tuple():
            return [to_plain(part) for part in value]
        case date():
            return value.isoformat()
        case _:  # a word, a number, yes or no
            return cast("Json", value)
