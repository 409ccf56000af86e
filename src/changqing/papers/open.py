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
from changqing.latest import Latest
from changqing.law.model import Catalogue
from changqing.papers.cache import PaperCache
from changqing.papers.comparisons import SeenOriginals, compare_papers
from changqing.rules.types import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeptCase:
    """A case as it was read, and with its papers compared."""

    read: Case
    compared: Case


_LATEST: Final[Latest[tuple[Path, str, Checkpoint | None], _KeptCase]] = Latest(most=8)
"""Cases opened lately, by folder, digest and log: while none of them changed, nothing
compares anew."""


def open_case(path: Path, catalogue: Catalogue) -> Case:
    """Read the case folder (or its `case.yaml`) at `path`, checked to the last field.

    Reads every listed paper once, for its digest. Raises CaseError with all issues,
    each with its line. A value beyond its range that the log holds from before there
    were ranges is none.
    """
    folder = find_folder(path)
    reading = read_case(path, catalogue)
    out_of_range = _load_held(folder) if reading.out_of_range else ()
    case, log = reading.accept(out_of_range), Evidence(folder)
    try:
        head = log.read_checkpoint()
    except ChangqingError:  # what is wrong with the log is told by who reads it
        return compare_papers(case, {})
    key = (folder, case.digest, head)
    kept = _LATEST.find(key)
    if kept is not None and kept.read is case:
        return kept.compared
    compared = compare_papers(
        case, KeptReadings(log), seen=SeenOriginals(log), cache=PaperCache(case)
    )
    _LATEST.keep(key, _KeptCase(read=case, compared=compared))
    return compared


def _load_held(folder: Path) -> Collection[tuple[Subject, str, Value | None]]:
    """Load every value that the log of a case ever held."""
    try:
        records = Evidence(folder).list_records()
    except ChangqingError:  # what is wrong with the log is told by who reads it
        return ()
    return [(record.subject, record.fact, record.value) for record in records]
