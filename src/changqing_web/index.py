"""The index of the cases: read from their folders, rebuilt whenever in doubt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils import timezone

from changqing.agency.details import CaseDetails
from changqing.agency.index import list_case_folders, stamp_folder
from changqing.agency.read_row import read_row
from changqing.law.compiled import load_shipped
from changqing.law.model import Catalogue
from changqing_web.board.columns import to_database
from changqing_web.models import (
    CaseRow,
    IndexedDay,
    IndexedFinding,
    IndexedPaper,
    Workspace,
)
from changqing_web.walls import find_cases_folder

_AT_ONCE: Final = 500


def catalogue() -> Catalogue:
    """Give the catalogue in force, read once a process."""
    return load_shipped()


def refresh_case(
    workspace: Workspace, folder: str, today: date | None = None
) -> CaseRow:
    """Read one case again; a row that is not there yet is made."""
    fields, details = _read_case(workspace, folder, today or timezone.localdate())
    with transaction.atomic():
        row, _ = CaseRow.objects.update_or_create(
            workspace=workspace, folder=folder, defaults=fields
        )
        _keep_details({row.pk: details})
    return row


def rebuild_index(workspace: Workspace, today: date | None = None) -> int:
    """Bring the index up to the folders: new, changed, outdated and gone. How many."""
    day = today or timezone.localdate()
    root = find_cases_folder(workspace)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    rows_by_folder = {row.folder: row for row in workspace.cases.all()}
    folders_found = set(list_case_folders(root))
    stale = [
        folder
        for folder in sorted(folders_found)
        if folder not in rows_by_folder
        or _is_outdated(root, rows_by_folder[folder], day)
    ]
    cases_read = {folder: _read_case(workspace, folder, day) for folder in stale}
    rows = [CaseRow(workspace=workspace, **fields) for fields, _ in cases_read.values()]
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
    keys = dict(workspace.cases.values_list("folder", "pk"))
    _keep_details(
        {keys[folder]: details for folder, (_, details) in cases_read.items()}
    )
    workspace.cases.filter(folder__in=rows_by_folder.keys() - folders_found).delete()
    return len(rows)


def list_outdated(rows: Iterable[CaseRow], today: date) -> list[CaseRow]:
    """List rows that say what held on an earlier day."""
    return [row for row in rows if row.holds_until < today]


def _is_outdated(root: Path, row: CaseRow, today: date) -> bool:
    return row.holds_until < today or row.stamp != stamp_folder(root / row.folder)


def _read_case(
    workspace: Workspace, folder: str, today: date
) -> tuple[Mapping[str, object], CaseDetails]:
    """Read a case: the fields of its row, and what is kept beside it."""
    root = find_cases_folder(workspace)
    stamp = stamp_folder(root / folder)
    row_read = read_row(catalogue(), root, folder, today)
    fields = {
        **to_database(row_read.row),
        "holds_until": row_read.until,
        "stamp": stamp,
    }
    return fields, row_read.details


def _keep_details(details: Mapping[int, CaseDetails]) -> None:
    """Keep what is looked up of cases, by their keys, in place of what was kept."""
    keys = list(details)
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        for model in (IndexedFinding, IndexedPaper, IndexedDay):
            model.objects.filter(case__in=some).delete()
    IndexedFinding.objects.bulk_create(
        (
            IndexedFinding(
                case_id=key,
                criterion=_shorten_text(finding.criterion, 120),
                verdict=finding.verdict.value,
                count=finding.count,
                key=_shorten_text(finding.key, 300),
            )
            for key, case_details in details.items()
            for finding in case_details.findings or ()
        ),
        batch_size=_AT_ONCE,
    )
    IndexedPaper.objects.bulk_create(
        (
            IndexedPaper(
                case_id=key,
                kind=_shorten_text(paper.kind, 120),
                paper=_shorten_text(paper.paper, 120),
                file=_shorten_text(paper.file, 300),
                wanted=paper.wanted,
            )
            for key, case_details in details.items()
            for paper in case_details.papers
        ),
        batch_size=_AT_ONCE,
    )
    IndexedDay.objects.bulk_create(
        (
            IndexedDay(
                case_id=key,
                day=day.day,
                kind=day.kind.value,
                party="" if day.party is None else day.party.value,
                code=_shorten_text(day.code, 300),
                title={"zh": day.title.zh, "en": day.title.en},
                does={"zh": day.does.zh, "en": day.does.en},
                provisional=day.provisional,
            )
            for key, case_details in details.items()
            for day in case_details.days
        ),
        batch_size=_AT_ONCE,
    )


def _shorten_text(words: str, most: int) -> str:
    """What a column takes of words that stand in a file."""
    return words.replace("\x00", "")[:most]
