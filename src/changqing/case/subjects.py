"""Whom and what facts of a case are about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from changqing.law.subjects import SUBJECTS


class Subject(NamedTuple):
    """Whom a fact is about: `applicant:self`, `service:site`, `person:lin` …

    Subjects key nearly every mapping: the hash and order of a tuple, unlike those of a
    dataclass, run no Python.
    """

    type: str
    id: str

    def __str__(self) -> str:
        return f"{self.type}:{self.id}"


APPLICANT = Subject("applicant", "self")

CLOSABLE: Final[Mapping[str, str]] = {
    subject.listed: subject.code for subject in SUBJECTS.values() if subject.closable
}
"""The lists an applicant may close, and the subject each is a list of."""
