"""What an engine is given: the members of each subject, once per stance."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from changqing.rules.types import Value


class Stance(StrEnum):
    """Every question is asked twice."""

    CLAIMED = "claimed"
    PROVEN = "proven"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """One subject in one stance. A fact that is absent, or None, is unknown."""

    id: str
    stance: Stance
    values: Mapping[str, Value | None]
    agree: Mapping[str, bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """All members by subject type, and which lists may still grow.

    `absent` names parts of open lists that are said to have no further member, as
    `name_part` names them: there is no social insurance proof, nobody is a technician.
    """

    members: Mapping[str, Sequence[MemberRow]]
    open_lists: Mapping[Stance, frozenset[str]]
    absent: frozenset[str] = frozenset()


def name_part(subject: str, kind: str) -> str:
    """Name the members of one kind of a list: `person__technical`."""
    return f"{subject}__{kind}"


def select_open_lists(
    lists: Iterable[str], open_lists: Collection[str], absent: Collection[str]
) -> frozenset[str]:
    """Select those of `lists`, whole lists and parts of lists, that may still grow."""
    return frozenset(
        name
        for name in lists
        if name.partition("__")[0] in open_lists and name not in absent
    )
