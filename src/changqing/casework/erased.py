"""What was erased for a person's sake: `casework/erased.jsonl`.

Sealed lines, so that a copy that somebody took away is told from one that was erased.
A line names the copies that are to go, and stands there before they do; another says,
once all is done, which paper was erased, when, and by whose word.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from changqing.casework.files import FOLDER
from changqing.casework.sealed import SealedLines
from changqing.jsondata import JsonObject, read_whole

FILE: Final = "erased.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One paper that was erased: `due` on the day set for it, else by somebody's wish.

    `entries` of the log keep their digest alone; `files` and `copies` of what was
    handed in are gone.
    """

    paper: str
    kind: str
    at: datetime
    by: str
    due: bool
    entries: int
    files: int
    copies: int


def read_erased(case_dir: Path) -> frozenset[str]:
    """Read the digests of all copies that were erased.

    TamperError if a line was changed.
    """
    return frozenset().union(*_open_lines(case_dir).read(_decode_digests))


def read_erasures(case_dir: Path) -> tuple[Erasure, ...]:
    """Read what was erased, oldest first; TamperError if a line was changed.

    Papers erased by editions that did not write it down are not among them.
    """
    lines = _open_lines(case_dir).read(_decode_erasure)
    return tuple(line for line in lines if line is not None)


def note_erased(case_dir: Path, paper: str, digests: Iterable[str]) -> None:
    """Note that the copies of a paper are erased, before they go."""
    _add_line(case_dir, {"paper": paper, "digests": sorted(digests)})


def note_erasure(case_dir: Path, erasure: Erasure) -> None:
    """Note that a paper was erased, after it is gone."""
    _add_line(
        case_dir,
        {
            "paper": erasure.paper,
            "digests": [],
            "kind": erasure.kind,
            "at": erasure.at.isoformat(timespec="seconds"),
            "by": erasure.by,
            "due": erasure.due,
            "entries": erasure.entries,
            "files": erasure.files,
            "copies": erasure.copies,
        },
    )


def _add_line(case_dir: Path, content: JsonObject) -> None:
    with _open_lines(case_dir) as lines:
        number = len(lines.read(_decode_digests)) + 1
        lines.add({"number": number, **content})


def _open_lines(case_dir: Path) -> SealedLines:
    return SealedLines(case_dir / FOLDER, FILE)


def _decode_digests(data: JsonObject, number: int) -> frozenset[str]:
    digests = data["digests"]
    if data["number"] != number or not isinstance(digests, list):
        raise ValueError(number)
    return frozenset(map(str, digests))


def _decode_erasure(data: JsonObject, number: int) -> Erasure | None:
    _decode_digests(data, number)
    if "at" not in data:
        return None
    at = datetime.fromisoformat(str(data["at"]))
    if at.tzinfo is None:
        raise ValueError(at)
    return Erasure(
        paper=str(data["paper"]),
        kind=str(data["kind"]),
        at=at,
        by=str(data["by"]),
        due=data["due"] is True,
        entries=read_whole(data["entries"]),
        files=read_whole(data["files"]),
        copies=read_whole(data["copies"]),
    )
