"""The small pieces that every kind of file has, out of plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from changqing.law.kit import Citation, Confidence, InForce
from changqing.text import Text

Data = Mapping[str, Any]
"""A mapping as it stands in a file; checked by its shape before it comes here."""


def text_of(data: Data) -> Text:
    """A text in both languages."""
    return Text(data["zh"], data["en"])


def maybe_text(data: Data, name: str) -> Text | None:
    """The text of a field that need not be there."""
    said = data.get(name)
    return None if said is None else Text(said["zh"], said["en"])


def texts_of(data: Sequence[Data] | None) -> tuple[Text, ...]:
    """A list of texts; empty when there is none."""
    return tuple(Text(said["zh"], said["en"]) for said in data or ())


def day_of(written: str | date) -> date:
    """A day, from text or cache."""
    return written if isinstance(written, date) else date.fromisoformat(written)


def in_force_of(data: Data) -> InForce:
    """The days in force."""
    end = data.get("to")
    return InForce(
        start=day_of(data["from"]),
        end=None if end is None else day_of(end),
        precision=data.get("precision", "day"),
    )


def citations_of(data: Sequence[Data]) -> tuple[Citation, ...]:
    """Where a rule stands."""
    return tuple(
        Citation(
            instrument=each["instrument"],
            article=each.get("article"),
            confidence=Confidence(each["confidence"]),
            says=maybe_text(each, "says"),
        )
        for each in data
    )
