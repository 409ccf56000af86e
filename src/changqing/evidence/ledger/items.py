"""What one entry of the evidence log can hold, besides records, gaps and attempts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from changqing.case.subjects import Subject
from changqing.evidence.model import Attempt, Gap, Record
from changqing.jsondata import JsonObject
from changqing.rules.types import Value
from changqing.text import Text, WordedEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Bytes kept under `objects/`, by their SHA-256.

    `what` names a note of our own, so that withholding it does not hide that it is one.
    """

    digest: str
    size: int
    number: int = 0
    what: str | None = None


class MadeKind(StrEnum):
    """What was made of the evidence."""

    GIVEN = "given"
    ASSESSMENT = "assessment"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Something made of the evidence, by its SHA-256: what was given, judged, written.

    `name` is the day an assessment is of, or a document's file name.
    """

    what: MadeKind
    name: str
    digest: str
    size: int
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReading:
    """A paper was read: the SHA-256 of the paper, and of its reading among `objects/`.

    It ends when the paper's file changes, for it is of these bytes alone.
    """

    paper: str
    digest: str  # of the reading, as `encode_reading` writes it
    reader: str
    version: str
    at: datetime
    pages: int
    number: int = 0


class ConfirmationKind(WordedEnum):
    """What a person settled of a paper that was read."""

    ACCEPT = "accept", Text("采信读到的值", "accepted what was read")
    POINT = "point", Text("指认原文", "pointed at the words")
    UNDO = "undo", Text("撤回", "took it back")
    ORIGINAL_SEEN = "original_seen", Text("核过原件", "saw the original")


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A person settled what one paper says of one fact.

    Bound to the bytes of the paper, and to the reading where there was one. An undoing
    takes back all that was settled before of the fact in that paper.
    """

    what: ConfirmationKind
    by: str
    fact: str
    subject: Subject
    value: Value | None
    paper: str  # SHA-256 of the file
    at: datetime
    digest: str | None = None  # of the reading
    words: str | None = None
    page: int | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEntry:
    """An entry of a type that this release does not know: another one recorded it.

    `event` and `anchor` are reserved for such. Whatever the head takes of its content
    (`make_head`) must be nobody's secret.
    """

    type: str
    content: JsonObject
    number: int = 0


Item = Record | Gap | Attempt | Blob | Made | KeptReading | Confirmation | UnknownEntry
"""What one entry of the log holds."""


class BrokenEntryError(ValueError):
    """A line is no entry as this program writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldEntries:
    """Entries and bytes that may be missing because somebody withheld them."""

    entries: frozenset[int] = frozenset()
    blobs: frozenset[str] = frozenset()


NOTHING_WITHHELD: Final = WithheldEntries()
