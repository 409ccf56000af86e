"""Opening a case folder to work on it: what it says, beside what its log holds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from changqing.case.folder import find_folder
from changqing.case.model import Case
from changqing.case.read import read_case
from changqing.case.subjects import Subject
from changqing.errors import ChangqingError
from changqing.evidence.ledger.note import Checkpoint
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.readings import KeptReadings
from changqing.law.model import Catalogue
from changqing.papers.comparisons import SeenOriginals, compare_papers
from changqing.rules.types import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeptCase:
    """A case with its papers compared, by what was read and the log it was beside."""

    read: Case
    head: Checkpoint | None
    compared: Case


_MOST_LATEST: Final = 8
_LATEST: Final[dict[Path, _KeptCase]] = {}
"""Cases opened lately: while neither file nor log changed, nothing compares anew."""


def open_case(path: Path, catalogue: Catalogue) -> Case:
    """Read the case folder (or its `case.yaml`) at `path`, checked to the last field.

    Reads every listed paper once, for its digest. Raises CaseError with all issues,
    each with its line. A value beyond its range that the log holds from before there
    were ranges is none.
    """
    folder = find_folder(path)
    reading = read_case(path, catalogue)
    held = _load_held(folder) if reading.out_of_range else ()
    case, log = reading.accept(held), Evidence(folder)
    try:
        head = log.checkpoint()
    except ChangqingError:  # what is wrong with the log is told by who reads it
        return compare_papers(case, {})
    kept = _LATEST.get(folder)
    if kept is not None and kept.read is case and kept.head == head:
        return kept.compared
    compared = compare_papers(case, KeptReadings(log), seen=SeenOriginals(log))
    if len(_LATEST) >= _MOST_LATEST:
        _LATEST.pop(next(iter(_LATEST)), None)
    _LATEST[folder] = _KeptCase(read=case, head=head, compared=compared)
    return compared


def _load_held(folder: Path) -> Collection[tuple[Subject, str, Value | None]]:
    """Load every value that the log of a case ever held."""
    try:
        records = Evidence(folder).records()
    except ChangqingError:  # what is wrong with the log is told by who reads it
        return ()
    return [(record.subject, record.fact, record.value) for record in records]
