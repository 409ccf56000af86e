"""The example cases and the agency of 300, so that a new installation has something."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from changqing.agency.example import make_example
from changqing.errors import DayError
from changqing.jsondata import JsonObject
from changqing.rehearsal.live import copy_for
from changqing.rehearsal.record import record
from changqing.rehearsal.shipped import find_examples
from changqing.text import Text
from changqing_web import cases
from changqing_web.accounts.adapter import (
    EXAMPLE_AGENCY,
    EXAMPLE_COMPANY,
    find_or_make_example,
    find_or_make_first_owner,
)
from changqing_web.board.clients import LOOK_AT_ALL
from changqing_web.board.example_views import LOAD_EXAMPLES
from changqing_web.index import catalogue, rebuild_index, refresh_case
from changqing_web.jobs import begin_job, work
from changqing_web.models import Job, Role, Workspace
from changqing_web.walls import Here, find_cases_folder

_CLIENTS, _IN_CORRECTION = 300, 40
_AT_ONCE: Final = 12  # so many are assessed before the first page is served
_STEP: Final = 50
_OF_NOTE: Final = ("ended", "next_day", "name")
"""The order in which the board shows them, and in which they are assessed."""

Tell = Callable[[Text], None]


def load_examples(examples: Path, tell: Tell = lambda _: None) -> None:
    """Load two workspaces, made once: a company with the examples, an agency with 300.

    The clients that the board shows first are assessed here, the others by a job that
    the board tells of.
    """
    owner = find_or_make_first_owner()
    load_company(find_or_make_example(owner, EXAMPLE_COMPANY), examples, tell)
    agency = find_or_make_example(owner, EXAMPLE_AGENCY)
    if not find_cases_folder(agency).exists():
        _make_clients(agency, tell)
    rebuild_index(agency)
    if not agency.cases.exclude(assessed_on=None).exists():
        _assess_clients(Here(user=owner, workspace=agency, role=Role.OWNER), tell)


@work(LOAD_EXAMPLES)
def load_asked_for(job: Job, tell: Tell) -> JsonObject:
    """Load the examples for somebody who asked for them on a page."""
    load_company(job.workspace, find_examples(), tell)
    return {
        "said": {"zh": "示例公司已装好。", "en": "The example companies are ready."},
        "next": reverse("board", args=[job.workspace.slug]),
    }


def load_company(
    company: Workspace, examples: Path, tell: Tell = lambda _: None
) -> None:
    """Make each example that is not there yet, as if it was looked at today."""
    for example in sorted(path.parent for path in examples.glob("*/case.yaml")):
        target = find_cases_folder(company) / example.name
        if target.exists():
            continue
        name = example.name
        tell(
            Text(
                f"示例项目{name}：在本机上查看它的网站",
                f"example {name}: looking at its site on this machine",
            )
        )
        _make_case(example, target)
        row = refresh_case(company, name)
        cases.assess(
            Here(user=AnonymousUser(), workspace=company, role=Role.EDITOR, case=row)
        )
    rebuild_index(company)


def _make_case(example: Path, target: Path) -> None:
    """Make a copy whose dates and evidence are of today.

    The evidence that ships is of one day; weeks later its looks and papers would be too
    old, and the example no longer what it is an example of. It is made elsewhere and
    put in place whole, so that the next start makes what was broken off.
    """
    now = timezone.now()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.HOME) as place:
        made = Path(place) / example.name
        copy_for(example, made, today=timezone.localdate(now))
        record(made, last_look=now, judge=cases.get_judge(), key=cases.find_key_path())
        shutil.move(made, target)
    memory = cases.open_case_memory()
    memory.forget(made)
    memory.forget(target)


def _make_clients(agency: Workspace, tell: Tell) -> None:
    """Make the folders, and index each while it is still at hand."""
    count = 0

    def count_case(folder: str) -> None:
        nonlocal count
        refresh_case(agency, folder)
        count += 1
        if count % _STEP == 0:
            tell(
                Text(
                    f"示例代办机构的客户：{count}/{_CLIENTS}家",
                    f"clients of the example agency: {count} of {_CLIENTS}",
                )
            )

    root = find_cases_folder(agency)
    try:
        with transaction.atomic():
            make_example(
                catalogue(),
                root,
                now=timezone.now(),
                clients=_CLIENTS,
                in_correction=_IN_CORRECTION,
                assessed=0,
                memory=cases.open_case_memory(),
                made=count_case,
            )
    except BaseException:  # half an agency is none: the next start makes it whole
        shutil.rmtree(root, ignore_errors=True)
        raise


def _assess_clients(here: Here, tell: Tell) -> None:
    """Assess the clients of the first screen now, and ask for the rest.

    A client who missed the planned day comes first and cannot be assessed before it is
    mended: that keeps nothing from being served, and the board tells of it.
    """
    tell(
        Text(
            f"评估最急的{_AT_ONCE}家，其余的在后台评估",
            f"assessing the {_AT_ONCE} most urgent; the others in the background",
        )
    )
    rows = here.workspace.cases.order_by(*_OF_NOTE)
    folders_left = []
    for row in rows[:_AT_ONCE]:
        try:
            cases.assess(
                Here(user=here.user, workspace=here.workspace, role=here.role, case=row)
            )
        except DayError:
            folders_left.append(row.folder)
    folders_left += rows.values_list("folder", flat=True)[_AT_ONCE:]
    begin_job(here, LOOK_AT_ALL, folders=folders_left, offline=True)
