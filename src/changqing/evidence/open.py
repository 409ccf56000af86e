"""Opening a case folder to work on it: what it says, beside what its log holds."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from changqing.case.folder import find_folder
from changqing.case.model import Case
from changqing.case.read import read_case
from changqing.case.subjects import Subject
from changqing.errors import ChangqingError
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.readings import KeptReadings, compare_papers
from changqing.law.model import Catalogue
from changqing.rules.types import Value


def open_case(path: Path, catalogue: Catalogue) -> Case:
    """Read the case folder (or its `case.yaml`) at `path`, checked to the last field.

    Reads every listed paper once, for its digest. Raises CaseError with all issues,
    each with its line. A value beyond its range that the log holds from before there
    were ranges is none.
    """
    reading = read_case(path, catalogue)
    held = _load_held(find_folder(path)) if reading.out_of_range else ()
    return compare_papers(
        reading.accept(held), KeptReadings(Evidence(find_folder(path)))
    )


def _load_held(folder: Path) -> Collection[tuple[Subject, str, Value | None]]:
    """Load every value that the log of a case ever held."""
    try:
        records = Evidence(folder).records()
    except ChangqingError:  # what is wrong with the log is told by who reads it
        return ()
    return [(record.subject, record.fact, record.value) for record in records]
