"""The example cases and the agency of 300, so that a new installation has something."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from changqing.agency.example import make_example
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
from changqing_web.board.example_views import LOAD_EXAMPLES, MAKE_AGENCY
from changqing_web.index import catalogue, rebuild_index, refresh_case
from changqing_web.jobs import begin_job, work
from changqing_web.models import Job, Role, Workspace
from changqing_web.walls import Here, find_cases_folder

_CLIENTS, _IN_CORRECTION = 300, 40
_STEP: Final = 10
_OF_NOTE: Final = ("ended", "next_day", "name")
"""The order in which the board shows them, and in which they are assessed."""

Tell = Callable[[Text], None]


def load_examples(examples: Path, tell: Tell = lambda _: None) -> None:
    """Load two workspaces, made once: a company with the examples, an agency with 300.

    The agency is made by a job, which its board tells of: nobody waits for it.
    """
    owner = find_or_make_first_owner()
    load_company(find_or_make_example(owner, EXAMPLE_COMPANY), examples, tell)
    agency = find_or_make_example(owner, EXAMPLE_AGENCY)
    begun = agency.jobs.filter(kind=MAKE_AGENCY).order_by("-pk").first()
    broke_off = begun is not None and begun.state == Job.State.FAILED
    if broke_off or not find_cases_folder(agency).exists():
        begin_job(_enter_as_program(agency), MAKE_AGENCY)
    else:
        rebuild_index(agency)


def _enter_as_program(workspace: Workspace) -> Here:
    return Here(user=AnonymousUser(), workspace=workspace, role=Role.OWNER)


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


@work(MAKE_AGENCY)
def make_agency(job: Job, tell: Tell) -> JsonObject:
    """Make the clients of the example agency, and ask that each is assessed.

    Each is put in place once it is whole, and none over what is there: broken off and
    begun again, it adds those that are missing.
    """
    agency = job.workspace
    root = find_cases_folder(agency)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    memory = cases.open_case_memory()
    count = 0

    def place_client(folder: str) -> None:
        nonlocal count
        if not (root / folder).exists():
            shutil.move(made / folder, root / folder)
            memory.forget(root / folder)
        refresh_case(agency, folder)
        count += 1
        if count % _STEP == 0:
            tell(
                Text(
                    f"示例代办机构的客户：{count}/{_CLIENTS}家",
                    f"clients of the example agency: {count} of {_CLIENTS}",
                )
            )

    with tempfile.TemporaryDirectory(dir=settings.HOME) as place:
        made = Path(place)
        make_example(
            catalogue(),
            made,
            now=timezone.now(),
            clients=_CLIENTS,
            in_correction=_IN_CORRECTION,
            assessed=0,
            memory=memory,
            made=place_client,
        )
    rows = agency.cases.filter(assessed_on=None).order_by(*_OF_NOTE)
    begin_job(
        _enter_as_program(agency),
        LOOK_AT_ALL,
        folders=list(rows.values_list("folder", flat=True)),
        offline=True,
    )
    return {"said": {"zh": "示例客户已装好。", "en": "The example clients are ready."}}
