"""The example cases and the agency of 300, so that a new installation has something."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from changqing.agency.example import make_example
from changqing.errors import DayError
from changqing.rehearsal.live import plan_ahead
from changqing.text import Text
from changqing_web import cases
from changqing_web.accounts.adapter import (
    EXAMPLE_AGENCY,
    EXAMPLE_COMPANY,
    create_workspace,
    find_or_make_first_owner,
)
from changqing_web.board.clients import LOOK_AT_ALL
from changqing_web.index import catalogue, rebuild_index, refresh_case
from changqing_web.jobs import begin_job
from changqing_web.models import Role, Workspace
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
    load_company(owner, examples, tell)
    agency = _find_or_make_workspace(
        owner, EXAMPLE_AGENCY, "三川企业服务（示例）", Workspace.Kind.AGENCY
    )
    if not find_cases_folder(agency).exists():
        _make_clients(agency, tell)
    rebuild_index(agency)
    if not agency.cases.exclude(assessed_on=None).exists():
        _assess_clients(Here(user=owner, workspace=agency, role=Role.OWNER), tell)


def load_company(owner: User, examples: Path, tell: Tell = lambda _: None) -> Workspace:
    """Load the company with the examples, made once, and ask for its assessment."""
    company = _find_or_make_workspace(
        owner, EXAMPLE_COMPANY, "示例公司", Workspace.Kind.COMPANY
    )
    for case in sorted(examples.glob("*/case.yaml")):
        target = find_cases_folder(company) / case.parent.name
        if not target.exists():
            tell(Text(f"示例项目：{case.parent.name}", f"example: {case.parent.name}"))
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copytree(case.parent, target)
            plan_ahead(target, today=timezone.localdate())
            cases.open_case_memory().forget(target)
    rebuild_index(company)
    _assess_company(Here(user=owner, workspace=company, role=Role.OWNER))
    return company


def _assess_company(here: Here) -> None:
    """Ask for the examples that nobody has opened yet to be assessed."""
    rows = here.workspace.cases.filter(assessed_on=None, broken={})
    if folders := list(rows.values_list("folder", flat=True)):
        begin_job(here, LOOK_AT_ALL, folders=folders, offline=True)


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


def _find_or_make_workspace(
    owner: User, slug: str, name: str, kind: Workspace.Kind
) -> Workspace:
    workspace = Workspace.objects.filter(slug=slug).first()
    return workspace or create_workspace(owner, name=name, kind=kind, slug=slug)
