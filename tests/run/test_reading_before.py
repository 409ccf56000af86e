"""An assessment that looks also reads the papers that nobody has read yet."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.readings import KeptReadings
from changqing.judge.assess import Judge
from changqing.law.compiled import load_shipped
from changqing.papers.open import open_case
from changqing.papers.read import list_unread
from changqing.run import run
from changqing.text import Text

NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)
CASE = """\
applicant: {name: 杭州澄砚信息科技有限公司}
application: {licence: B25, scope: intra_province, region: '33', stage: apply,
  submit_on: 2027-01-20}
declared_on: 2026-11-20
papers:
  - {id: team, kind: 团队结构表, file: documents/花名册.xlsx, received_on: 2026-11-18}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "案件"
    (made / "documents").mkdir(parents=True)
    (made / "case.yaml").write_text(CASE, encoding="utf-8")
    book = Workbook()
    book.active.append(["姓名", "岗位"])
    book.active.append(["梁其安", "技术总监"])
    book.save(made / "documents/花名册.xlsx")
    return made


def assess(folder: Path, *, offline: bool) -> list[Text]:
    steps: list[Text] = []
    run(
        folder,
        judge=Judge(load_shipped()),
        clock=lambda: NOW,
        key=folder.parent / "key",
        offline=offline,
        progress=steps.append,
    )
    return steps


def test_an_unread_paper_is_read_once_and_its_pages_are_told(folder: Path) -> None:
    steps = assess(folder, offline=False)
    assert "读取花名册.xlsx：第1页，共1页" in [step.zh for step in steps]
    case = open_case(folder, load_shipped())
    reading = KeptReadings(Evidence(folder))[case.papers[0].file.digest]
    assert "技术总监" in [span.text for span in reading.pages[0].spans]
    assert not list_unread(case)
    assert not [step for step in assess(folder, offline=False) if "读取" in step.zh]


def test_an_assessment_offline_reads_nothing(folder: Path) -> None:
    assert not [step for step in assess(folder, offline=True) if "读取" in step.zh]
    assert list_unread(open_case(folder, load_shipped()))
