"""Changes shortly before filing that a reader will ask about: dated, never judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from changqing.law.parts import Data, day_of, text_of
from changqing.rules.expression import Expression
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentExample:
    """Facts as a file writes them, the day, and the truth that must come of them."""

    as_of: date
    known: Mapping[str, object]
    then: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentChange:
    """A rule over the facts of one subject.

    `says` has `{fact}` places for facts of the subject, `{name}` for its name and
    `{as_of}`; `dated` is the date fact on whose day the change was, None where
    only the proof has a day.
    """

    id: str
    subject: str
    test: Expression
    says: Text
    dated: str | None
    examples: tuple[RecentExample, ...]


def recent_change_of(data: Data, test: Expression) -> RecentChange:
    """A checked file as a value."""
    return RecentChange(
        id=data["id"],
        subject=data["subject"],
        test=test,
        says=text_of(data["says"]),
        dated=data.get("dated"),
        examples=tuple(
            RecentExample(
                as_of=day_of(each["as_of"]), known=each["known"], then=each["then"]
            )
            for each in data["examples"]
        ),
    )
