"""The index of the cases: read from their folders, rebuilt whenever in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from django.utils import timezone

from changqing.agency.index import case_folders, stamp_of
from changqing.agency.rows import read_row
from changqing.law.compiled import load_shipped
from changqing.law.model import Catalogue
from changqing_web.columns import to_database
from changqing_web.models import CaseRow, Workspace
from changqing_web.walls import cases_of


def catalogue() -> Catalogue:
    """The catalogue in force, read once a process."""
    return load_shipped()


def refresh(workspace: Workspace, folder: str, today: date | None = None) -> CaseRow:
    """Read one case again; a row that is not there yet is made."""
    fields = _fields(workspace, folder, today or timezone.localdate())
    row, _ = CaseRow.objects.update_or_create(
        workspace=workspace, folder=folder, defaults=fields
    )
    return row


def rebuild(workspace: Workspace, today: date | None = None) -> int:
    """Bring the index up to the folders: new, changed, outdated and gone. How many."""
    day = today or timezone.localdate()
    root = cases_of(workspace)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = {row.folder: row for row in workspace.cases.all()}
    found = set(case_folders(root))
    stale = [
        folder
        for folder in sorted(found)
        if folder not in known or _is_outdated(root, known[folder], day)
    ]
    rows = [
        CaseRow(workspace=workspace, **_fields(workspace, folder, day))
        for folder in stale
    ]
    names = [
        field.name
        for field in CaseRow._meta.concrete_fields
        if field.name not in {"id", "workspace", "folder"}
    ]
    CaseRow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["workspace", "folder"],
        update_fields=names,
        batch_size=200,
    )
    workspace.cases.filter(folder__in=known.keys() - found).delete()
    return len(rows)


def list_outdated(rows: Iterable[CaseRow], today: date) -> list[CaseRow]:
    """Rows that say what held on an earlier day."""
    return [row for row in rows if row.holds_until < today]


def _is_outdated(root: Path, row: CaseRow, today: date) -> bool:
    return row.holds_until < today or row.stamp != stamp_of(root / row.folder)


def _fields(workspace: Workspace, folder: str, today: date) -> Mapping[str, object]:
    root = cases_of(workspace)
    stamp = stamp_of(root / folder)
    read = read_row(catalogue(), root, folder, today)
    return {**to_database(read.row), "holds_until": read.until, "stamp": stamp}
