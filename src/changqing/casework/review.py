"""What reviewers marked on the key points of a case: `casework/reviews.jsonl`.

A mark is its reviewer's own word. It is kept beside the case and judged by nobody: no
verdict changes by it. The file only grows; of one reviewer and one point the newest
mark counts, and taking it back is a further line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from changqing.casework.sealed import SealedLines
from changqing.disk import Disk
from changqing.jsondata import Json, JsonObject, write_day
from changqing.text import Text, WordedEnum

FOLDER: Final = "casework"
FILE: Final = "reviews.jsonl"
LONGEST_REMARK: Final = 500
"""Characters of one remark."""


class ReviewMark(WordedEnum):
    """What a reviewer thinks of a point: nothing to say, to be explained, to be put
    right."""

    FINE = "fine", Text("✓", "✓")
    DOUBT = "doubt", Text("疑", "in question")
    SUPPLEMENT = "supplement", Text("补", "to be corrected")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRemark:
    """What one reviewer says of one point of the sheet.

    `reviewer` tells reviewers apart and `by` is what they are called. `point` is the
    key of the point, `verdict` what it was when they looked. `mark` None takes back
    what they said before. `number` is the place in the file, 0 while not recorded.
    """

    reviewer: str
    by: str
    point: str
    mark: ReviewMark | None
    words: str = ""
    verdict: str = ""
    number: int = 0
    recorded_at: datetime | None = None


class ReviewJournal(SealedLines):
    """The marks on one case. Use it in a `with` to add to them."""

    def __init__(self, case_dir: Path, *, disk: Disk | None = None) -> None:
        super().__init__(case_dir / FOLDER, FILE, disk=disk)

    def list_remarks(self) -> tuple[ReviewRemark, ...]:
        """List all that was ever marked, oldest first.

        TamperError if a line was changed.
        """
        return tuple(self.read(_decode_remark))

    def append(self, remark: ReviewRemark, *, now: datetime) -> ReviewRemark:
        """Record a mark. Call it inside the `with`."""
        number = len(self.list_remarks()) + 1
        recorded = replace(remark, number=number, recorded_at=now)
        self.add(_encode_remark(recorded))
        return recorded


def select_current(
    remarks: Iterable[ReviewRemark],
) -> dict[tuple[str, str], ReviewRemark]:
    """Select what each reviewer says now, by reviewer and point."""
    current: dict[tuple[str, str], ReviewRemark] = {}
    for remark in remarks:
        current[remark.reviewer, remark.point] = remark
    return {key: point for key, point in current.items() if point.mark is not None}


def shorten_remark(words: str) -> str:
    """Write a remark as one line that is not too long."""
    return " ".join(words.split())[:LONGEST_REMARK]


def _encode_remark(remark: ReviewRemark) -> dict[str, Json]:
    data: dict[str, Json] = {
        "number": remark.number,
        "reviewer": remark.reviewer,
        "by": remark.by,
        "point": remark.point,
        "mark": None if remark.mark is None else remark.mark.value,
        "words": remark.words,
        "verdict": remark.verdict,
        "recorded_at": write_day(remark.recorded_at),
    }
    return {name: value for name, value in data.items() if value not in (None, "")}


def _decode_remark(data: JsonObject, number: int) -> ReviewRemark:
    if data["number"] != number:
        raise ValueError(number)
    mark = data.get("mark")
    return ReviewRemark(
        reviewer=str(data["reviewer"]),
        by=str(data["by"]),
        point=str(data["point"]),
        mark=None if mark is None else ReviewMark(str(mark)),
        words=str(data.get("words", "")),
        verdict=str(data.get("verdict", "")),
        number=number,
        recorded_at=datetime.fromisoformat(str(data["recorded_at"])),
    )
