"""The values of a summary, which an earlier or a later edition may have written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from changqing.text import Text, WordedEnum

_Member = TypeVar("_Member", bound=WordedEnum)


def read_member(kind: type[_Member], code: object) -> _Member | None:
    """Read the member of a code; None for a code that a later edition wrote."""
    return next((member for member in kind if member.value == code), None)


def read_count(value: object) -> int | None:
    """Read a number; None where an earlier edition wrote none."""
    return value if isinstance(value, int) else None


def read_cautions(cautions: object) -> tuple[Text, ...]:
    """Read the cautions of a summary; one made before there were any names none."""
    if not isinstance(cautions, list):
        return ()
    texts = (read_text(caution["says"]) for caution in cautions)
    return tuple(text for text in texts if text is not None)


def read_text(words: object) -> Text | None:
    """Read words in both languages; None where there are none."""
    if not isinstance(words, Mapping):
        return None
    return Text(zh=str(words["zh"]), en=str(words["en"]))


def read_day(text: object) -> date | None:
    """Read a day; None for what is no day."""
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
