"""Example cases, copied and assessed, for the tests of the documents."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from changqing.documents.document import Document, DocumentEdition
from changqing.documents.documents import write_documents
from changqing.judge.assess import Judge
from changqing.law.compiled import load_compiled
from changqing.run import Outcome, run

EXAMPLES = Path(__file__).parents[2] / "examples"
AS_OF = date(2026, 11, 24)


@cache
def judge() -> Judge:
    """The judge by the catalogue that ships."""
    return Judge(load_compiled())


# What a run remembers lies beside the key: never in the examples.
_DESK = Path(tempfile.mkdtemp(prefix="changqing-desk-"))
atexit.register(shutil.rmtree, _DESK, ignore_errors=True)


def copied(name: str, folder: Path) -> Path:
    """A copy of an example that a test may change."""
    return Path(shutil.copytree(EXAMPLES / name, folder / name))


def assessed(case: Path) -> Outcome:
    """The case as of one day, from what is on record."""
    return run(
        case,
        judge=judge(),
        clock=lambda: datetime(2026, 11, 24, 4, tzinfo=UTC),
        key=_DESK / "no-key",
        as_of=AS_OF,
    )


def moved(outcome: Outcome, folder: Path) -> Outcome:
    """The same case as if its folder were another, where copies can be put."""
    return replace(outcome, case=replace(outcome.case, path=folder))


def written(
    outcome: Outcome, *only: str, edition: DocumentEdition = DocumentEdition.ANNOTATED
) -> dict[str, Document]:
    """Its documents by id."""
    made = write_documents(
        outcome.case,
        outcome.situation,
        outcome.assessment,
        outcome.outlook.endurance,
        outcome.case.catalogue,
        only=only,
        edition=edition,
    )
    return {document.id: document for document in made}


def text_of(document: Document) -> str:
    """All its Markdown."""
    return "\n".join(section.markdown for section in document.sections)
