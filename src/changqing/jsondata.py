"""JSON as it is written and read: what it can hold, and strict readers of its values.

What our reader of YAML gives is JSON too, without fractions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NewType, TypeAlias

from changqing.text import Text

Json: TypeAlias = (
    "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
)
"""A value that `json.loads` gives and `json.dumps` takes."""
JsonObject: TypeAlias = "Mapping[str, Json]"
WordsData = NewType("WordsData", Mapping[str, str])
"""A text in both languages, by `zh` and `en`."""


def encode_compactly(data: object) -> bytes:
    """Encode as JSON without a space, as a line of a journal has it."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def read_text(value: Json) -> str:
    """Return a text; TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def read_text_or_null(value: Json) -> str | None:
    """Return a text, or None for null; TypeError for anything else."""
    return None if value is None else read_text(value)


def read_whole(value: Json) -> int:
    """Return a whole number; TypeError for anything else."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value!r} is no whole number")
    return value


def read_flag(value: Json) -> bool:
    """Return true or false; TypeError for anything else."""
    if not isinstance(value, bool):
        raise TypeError(f"{value!r} is neither true nor false")
    return value


def read_object(value: Json) -> JsonObject:
    """Return a mapping; TypeError for anything else."""
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no mapping")
    return value


def read_words(value: Json) -> Text:
    """Return what `write_words` wrote; TypeError or KeyError for anything else."""
    words = read_object(value)
    return Text(zh=read_text(words["zh"]), en=read_text(words["en"]))


def write_words(text: Text) -> WordsData:
    """Write a text in both languages."""
    return WordsData({"zh": text.zh, "en": text.en})


def read_list(value: Json) -> Sequence[Json]:
    """Return a list; TypeError for anything else."""
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return value


def write_day(day: date | None) -> str | None:
    """Write a day or a moment as ISO 8601; null where there is none."""
    return None if day is None else day.isoformat()


def read_day(value: Json) -> date:
    """Return a day; TypeError for what is no text, ValueError for what is no day."""
    return date.fromisoformat(read_text(value))


def find_text(data: JsonObject, name: str) -> str | None:
    """Return the text of a field; None where it is not there or null."""
    return read_text_or_null(data.get(name))


def find_day(data: JsonObject, name: str) -> date | None:
    """Return the day of a field; None where it is not there or null."""
    value = data.get(name)
    return None if value is None else read_day(value)
