"""The stamp of what a judged case was made from."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.utils import timezone

from changqing.documents.schedule import SCHEDULE_FILE
from changqing.documents.word_taken import WORD_STEPS
from changqing_web.index import catalogue
from changqing_web.walls import Here

_RESTS_ON: Final = (
    "case.yaml",
    "evidence/log/checkpoint",
    "evidence/intent",
    "casework/events.jsonl",
    "evidence/observations",
    SCHEDULE_FILE,
    WORD_STEPS,
)


def compute_stamp(here: Here) -> str:
    """Name all that a judged case depends on: files, log, own copies, day, rules."""
    folder = here.folder
    rests_on = [folder / name for name in _RESTS_ON]
    own = sorted((folder / "dossier").glob("*.md"))
    own += sorted((folder / "dossier" / "stamping" / "signed").glob("*"))
    papers = sorted((folder / "documents").glob("*"))
    stamps = [_stamp_file(path) for path in (*rests_on, *own, *papers)]
    return "|".join(
        [str(folder), str(timezone.localdate()), catalogue().digest, *stamps]
    )


def _stamp_file(path: Path) -> str:
    try:
        file_stat = path.stat()
    except OSError:
        return "-"
    return f"{path.name}:{file_stat.st_mtime_ns}:{file_stat.st_size}"
