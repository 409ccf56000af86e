"""Who looks after a case, and what was asked of the client: `casework/desk.jsonl`.

Sealed lines beside the events of the case, which only grow: the newest assignment
counts. What was sent to a client is kept byte for byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from changqing.casework.sealed import SealedLines
from changqing.disk import Disk
from changqing.jsondata import Json, JsonObject, write_day

FOLDER: Final = "casework"
FILE: Final = "desk.jsonl"


class Deed(StrEnum):
    """What an agency does with a case of its own accord."""

    ASSIGN = "assign"
    ASK = "ask"
    ARCHIVE = "archive"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One deed. `to` is the new owner, or who was asked; `items` what was asked for.
    Of what is put away or taken out again, `to` is empty.

    `digest` is that of the text that was sent, kept under `casework/requests`.
    """

    deed: Deed
    by: str
    to: str
    items: tuple[str, ...] = ()
    digest: str | None = None
    recorded_at: datetime | None = None  # None: not recorded yet


class DeskJournal(SealedLines):
    """The notes of one case. Use it in a `with` to add to them."""

    def __init__(self, case_dir: Path, *, disk: Disk | None = None) -> None:
        super().__init__(case_dir / FOLDER, FILE, disk=disk)

    def list_notes(self) -> tuple[Note, ...]:
        """List all notes, oldest first; TamperError if a line was changed."""
        return tuple(self.read(_decode_note))

    def append(self, note: Note, *, now: datetime, sent: str = "") -> Note:
        """Record a note and keep the text that was sent. Call it inside the `with`."""
        count = len(self.list_notes())
        files_kept: dict[Path, bytes] = {}
        if sent:
            data = sent.encode()
            note = replace(note, digest=hashlib.sha256(data).hexdigest())
            files_kept[self.find_request_path(note.digest or "")] = data
        recorded_note = replace(note, recorded_at=now)
        self.add({"number": count + 1, **_encode_note(recorded_note)}, kept=files_kept)
        return recorded_note

    def find_request_path(self, digest: str) -> Path:
        """Find where a request with this SHA-256 is kept."""
        return self.folder / "requests" / f"{digest}.md"


def find_owner(notes: Sequence[Note]) -> str | None:
    """Find who looks after the case now; None when nobody was named."""
    owners = [note.to for note in notes if note.deed is Deed.ASSIGN]
    return (owners[-1] or None) if owners else None


def is_archived(notes: Sequence[Note]) -> bool:
    """Tell whether the case was put away, out of the lists, and not restored since."""
    moved = [n.deed for n in notes if n.deed in (Deed.ARCHIVE, Deed.RESTORE)]
    return moved[-1:] == [Deed.ARCHIVE]


def archive_case(folder: Path, *, by: str, now: datetime, restore: bool) -> bool:
    """Put a case away, or take it out again; False where it stood so already.

    Nothing else changes in the folder. Raises CaseError, TamperError as `DeskJournal`.
    """
    with DeskJournal(folder) as desk:
        if is_archived(desk.list_notes()) is not restore:
            return False
        deed = Deed.RESTORE if restore else Deed.ARCHIVE
        desk.append(Note(deed=deed, by=by, to=""), now=now)
    return True


def _encode_note(note: Note) -> dict[str, Json]:
    data: dict[str, Json] = {
        "deed": note.deed.value,
        "by": note.by,
        "to": note.to,
        "items": list(note.items),
        "digest": note.digest,
        "recorded_at": write_day(note.recorded_at),
    }
    return {name: value for name, value in data.items() if value not in (None, [])}


def _decode_note(data: JsonObject, number: int) -> Note:
    if data["number"] != number:
        raise ValueError(number)
    items = data.get("items", [])
    digest = data.get("digest")
    if not isinstance(items, list) or not isinstance(digest, str | None):
        raise TypeError(data)
    recorded_at = datetime.fromisoformat(str(data["recorded_at"]))
    return Note(
        deed=Deed(str(data["deed"])),
        by=str(data["by"]),
        to=str(data["to"]),
        items=tuple(str(item) for item in items),
        digest=digest,
        recorded_at=recorded_at,
    )
