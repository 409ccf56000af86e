"""What an engine is given: the members of each subject, once per stance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from changqing.expression._types import Value


class Stance(StrEnum):
    """Every question is asked twice."""

    CLAIMED = "claimed"
    PROVEN = "proven"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One subject in one stance. A fact that is absent, or None, is unknown."""

    id: str
    stance: Stance
    values: Mapping[str, Value | None]
    agree: Mapping[str, bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """All members by subject type, and which lists may still grow."""

    members: Mapping[str, Sequence[Member]]
    open_lists: Mapping[Stance, frozenset[str]]
