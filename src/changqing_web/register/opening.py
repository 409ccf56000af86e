"""A company of a run taken out as a case of the workspace, in which people go on."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from changqing.evidence.ledger.note import load_key
from changqing.screening.extract import find_case, write_extract
from changqing.text import Text
from changqing_web.cases import assess, find_key_path, open_case_memory
from changqing_web.index import refresh_case
from changqing_web.models import CaseEvent, CaseRow, Workspace
from changqing_web.new.views import free_folder
from changqing_web.record import add_case_event
from changqing_web.register.runs import ShownRun, find_catalogue
from changqing_web.walls import Here, find_cases_folder

_NOT_PLAIN: Final = re.compile(r"[^a-z0-9]+")
_LONGEST: Final = 60


def find_opened(here: Here, shown_run: ShownRun, case: str) -> CaseRow | None:
    """Find the case that was taken out of a run already; None where there is none."""
    events = CaseEvent.objects.filter(
        workspace=here.workspace,
        verb="new",
        detail__register_run=shown_run.name,
        detail__register_case=case,
    ).values_list("case", flat=True)
    return here.workspace.cases.filter(folder__in=list(events)).first()


def open_company(here: Here, shown_run: ShownRun, case: str) -> CaseRow:
    """Take a company out as a case, in which its findings are those of the run.

    Where somebody took it out meanwhile that case is given, and no second is made.
    Raises CaseError where the register no longer has it or cannot be read.
    """
    register_case = find_case(shown_run.run, case, find_catalogue(shown_run.run))
    root = find_cases_folder(here.workspace)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Written apart: whoever lists cases meanwhile sees all of it or nothing.
    making = root / f".{uuid4().hex}"
    try:
        write_extract(
            register_case,
            making,
            as_of=shown_run.as_of,
            key=load_key(find_key_path()),
            now=timezone.now(),
        )
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise
    with transaction.atomic():
        # Whoever takes it out at the same moment waits here, and then finds this one.
        Workspace.objects.select_for_update().get(pk=here.workspace.pk)
        row = find_opened(here, shown_run, case)
        if row is not None:
            shutil.rmtree(making)
            return row
        new_case = _list_case(here, shown_run, case, making)
    assess(new_case)
    new_case.row.refresh_from_db()
    return new_case.row


def _list_case(here: Here, shown_run: ShownRun, case: str, making: Path) -> Here:
    """Give what was written apart its name, and put it among the cases."""
    folder = free_folder(here, _name_folder(case))
    making.rename(making.parent / folder)
    open_case_memory().forget(making.parent / folder)
    row = refresh_case(here.workspace, folder)
    new_case = Here(user=here.user, workspace=here.workspace, role=here.role, case=row)
    add_case_event(
        new_case,
        "new",
        Text(
            f"从登记册的筛查{shown_run.name}取出：{row.name}，{case}",
            f"Taken out of the run {shown_run.name} over a register: {row.name}, "
            f"{case}",
        ),
        register_run=shown_run.name,
        register_case=case,
    )
    return new_case


def _name_folder(case: str) -> str:
    plain = _NOT_PLAIN.sub("-", case.lower()).strip("-")[:_LONGEST]
    return f"register-{plain}" if plain else "register"
