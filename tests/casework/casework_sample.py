"""Case folders to record in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from changqing.case.model import Case
from changqing.casework.events import Act, Event
from changqing.casework.stages import advance_state, make_first_state
from changqing.casework.state import CaseState
from changqing.law.model import Catalogue
from changqing.papers.open import open_case
from tests.shipped import CATALOGUE

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
CASE = """\
applicant:
  name: 杭州长青网络科技有限公司
application:
  licence: {licence}
  scope: {scope}
  region: '{region}'
  stage: {stage}
  submit_on: 2026-12-10
declared_on: 2025-11-20
services: []
people: []
papers:
  - id: stamped
    kind: business_plan
    file: documents/plan.md
    received_on: 2025-11-20
"""


@cache
def catalogue() -> Catalogue:
    return CATALOGUE


def write_case(
    folder: Path,
    *,
    licence: str = "B25",
    scope: str = "intra_province",
    region: str = "33",
    stage: str = "apply",
) -> Path:
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "plan.md").write_text("业务发展计划", encoding="utf-8")
    text = CASE.format(licence=licence, scope=scope, region=region, stage=stage)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return folder


def make_case(folder: Path, **of: str) -> Case:
    return open_case(write_case(folder, **of), catalogue())


def make_event(act: Act, on: str, **more: object) -> Event:
    event = {"act": act, "on": date.fromisoformat(on), "by": "林晓", **more}
    return Event(**event)  # type: ignore[arg-type]


def walk(case: Case, *events: Event) -> CaseState:
    state = make_first_state(catalogue(), case)
    for event in events:
        state = advance_state(catalogue(), case, state, event)
    return state
