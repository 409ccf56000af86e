"""Which kept copies were erased for a person's sake: `casework/erased.jsonl`.

Sealed lines, so that a copy that somebody took away is told from one that was erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from changqing.casework._files import FOLDER
from changqing.casework._sealed import SealedLines

FILE: Final = "erased.jsonl"


def read_erased(case_dir: Path) -> frozenset[str]:
    """The digests of all copies that were erased; TamperError if a line was changed."""
    return frozenset().union(*_lines(case_dir).read(_decode))


def note_erased(case_dir: Path, paper: str, digests: Iterable[str]) -> None:
    """Note that the copies of a paper are erased, before they go."""
    with _lines(case_dir) as lines:
        number = len(lines.read(_decode)) + 1
        lines.add({"number": number, "paper": paper, "digests": sorted(digests)})


def _lines(case_dir: Path) -> SealedLines:
    return SealedLines(case_dir / FOLDER, FILE)


def _decode(data: Mapping[str, object], number: int) -> frozenset[str]:
    digests = data["digests"]
    if data["number"] != number or not isinstance(digests, list):
        raise ValueError(number)
    return frozenset(map(str, digests))
