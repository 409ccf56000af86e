"""What people note on errands: who does it, and that it was done.

```
CASE/casework/errands.jsonl     a sealed line a note, only ever added to
```
It stands in the case folder, so that it travels with the case. A note is somebody's
word and proves nothing: verdicts change only when the proof is in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from django.utils import timezone

from changqing.casework.sealed import SealedLines
from changqing.jsondata import JsonObject

_FOLDER: Final = "casework"
_FILE: Final = "errands.jsonl"


class ErrandNote(StrEnum):
    """What a note says of an errand."""

    DONE = "done"
    OPEN = "open"  # not done after all
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandMark:
    """Where an errand stands by people's word."""

    owner: str = ""
    done_on: date | None = None
    done_by: str = ""


class ErrandMarks(SealedLines):
    """The notes of one case. Use it in a `with` to add to them."""

    def __init__(self, case_dir: Path) -> None:
        super().__init__(case_dir / _FOLDER, _FILE)

    def list_marks(self) -> dict[str, ErrandMark]:
        """List where each errand stands; TamperError if a line was changed."""
        return _replay_notes(self.read(_decode_note))

    def add_note(
        self, errand: str, note: ErrandNote, *, by: str, now: datetime, to: str = ""
    ) -> None:
        """Add a note. Call it inside the `with`."""
        self.add(
            {
                "number": len(self.read(_decode_note)) + 1,
                "errand": errand,
                "said": note.value,
                "to": to,
                "by": by,
                "recorded_at": now.isoformat(),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Note:
    errand: str
    said: ErrandNote
    to: str
    by: str
    recorded_at: datetime


def _decode_note(data: JsonObject, number: int) -> _Note:
    if data["number"] != number:
        raise ValueError(number)
    return _Note(
        errand=str(data["errand"]),
        said=ErrandNote(str(data["said"])),
        to=str(data["to"]),
        by=str(data["by"]),
        recorded_at=datetime.fromisoformat(str(data["recorded_at"])),
    )


def _replay_notes(notes: Iterable[_Note]) -> dict[str, ErrandMark]:
    marks: dict[str, ErrandMark] = {}
    for note in notes:
        mark = marks.get(note.errand, ErrandMark())
        match note.said:
            case ErrandNote.OWNER:
                mark = replace(mark, owner=note.to)
            case ErrandNote.DONE:
                day = timezone.localtime(note.recorded_at).date()
                mark = replace(mark, done_on=day, done_by=note.by)
            case ErrandNote.OPEN:
                mark = replace(mark, done_on=None, done_by="")
        marks[note.errand] = mark
    return marks
