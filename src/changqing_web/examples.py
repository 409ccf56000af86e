"""The example cases and the agency of 300, so that a new installation has something."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.contrib.auth.models import User
from django.utils import timezone

from changqing.agency import make_example
from changqing_web.accounts import first_owner, found_workspace
from changqing_web.index import catalogue, rebuild
from changqing_web.models import Workspace
from changqing_web.walls import cases_of

_CLIENTS, _IN_CORRECTION = 300, 40


def load_examples(examples: Path) -> None:
    """Two workspaces, made once: a company with the examples, an agency with 300."""
    owner = first_owner()
    company = _workspace(owner, "examples", "示例公司", Workspace.Kind.COMPANY)
    for case in sorted(examples.glob("*/case.yaml")):
        target = cases_of(company) / case.parent.name
        if not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copytree(case.parent, target)
    agency = _workspace(owner, "agency", "三川企业服务（示例）", Workspace.Kind.AGENCY)
    if not cases_of(agency).exists():
        make_example(
            catalogue(),
            cases_of(agency),
            now=timezone.now(),
            clients=_CLIENTS,
            in_correction=_IN_CORRECTION,
        )
    for workspace in (company, agency):
        rebuild(workspace)


def _workspace(owner: User, slug: str, name: str, kind: Workspace.Kind) -> Workspace:
    found = Workspace.objects.filter(slug=slug).first()
    return found or found_workspace(owner, name=name, kind=kind, slug=slug)
