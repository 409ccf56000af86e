"""Whom and what facts of a case are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from changqing.law.subjects import SUBJECTS


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """Whom a fact is about: `applicant:self`, `service:site`, `person:lin` …"""

    type: str
    id: str

    def __hash__(self) -> int:
        # Subjects key nearly every mapping, and their ids are seldom the same.
        return hash(self.id)

    def __str__(self) -> str:
        return f"{self.type}:{self.id}"


APPLICANT = Subject("applicant", "self")

CLOSABLE: Final[Mapping[str, str]] = {
    each.listed: each.code for each in SUBJECTS.values() if each.closable
}
"""The lists an applicant may close, and the subject each is a list of."""
