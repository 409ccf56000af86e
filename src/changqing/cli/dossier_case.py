"""The case whose dossier is written, checked or scheduled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from changqing.cli.shared import find_own_key_path, read_clock

if TYPE_CHECKING:
    from changqing.documents.package import DossierText
    from changqing.run import Outcome


def assess_recorded(folder: Path, as_of: datetime | None) -> Outcome:
    """Assess a case from what is on record; `as_of` None: as of today."""
    from changqing.judge.assess import find_judge
    from changqing.law.compiled import load_compiled
    from changqing.run import run

    return run(
        folder,
        judge=find_judge(load_compiled()),
        clock=read_clock,
        key=find_own_key_path(),
        as_of=None if as_of is None else as_of.date(),
        offline=True,
    )


def write_documents(
    outcome: Outcome,
    only: tuple[str, ...] = (),
    inserts: Mapping[str, str] | None = None,
) -> DossierText:
    """Write the documents of a case, those in `only` if any are named."""
    from changqing.documents.package import write_editions

    return write_editions(
        outcome.case,
        outcome.situation,
        outcome.assessment,
        outcome.outlook.endurance,
        outcome.case.catalogue,
        only=only,
        inserts=inserts,
    )
