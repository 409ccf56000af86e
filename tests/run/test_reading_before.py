"""An assessment that looks also reads the papers that nobody has read yet."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest
from openpyxl import Workbook

from changqing.case.comparison import ReadOutcome
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
    made = tmp_path / "项目"
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


@pytest.mark.skipif(find_spec("pillow_heif") is not None, reason="HEIC is read here")
def test_a_paper_whose_reader_is_missing_is_told_and_kept_for_later(
    folder: Path,
) -> None:
    (folder / "documents/花名册.xlsx").rename(folder / "documents/花名册.heic")
    photograph = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
    (folder / "documents/花名册.heic").write_bytes(photograph)
    text = (folder / "case.yaml").read_text(encoding="utf-8")
    changed = text.replace("花名册.xlsx", "花名册.heic")
    (folder / "case.yaml").write_text(changed, encoding="utf-8")
    told = [step.zh for step in assess(folder, offline=False) if "花名册" in step.zh]
    assert told == [
        "花名册.heic没有读：本机没有装读它的组件，请安装：pip install 'changqing[papers]'"
    ]
    assert list_unread(open_case(folder, load_shipped()))


def test_a_plan_in_markdown_is_looked_through_for_what_it_states(folder: Path) -> None:
    plan = "# 内容更新安排\n| 日期 | 题材 | 责任人 |\n|---|---|---|\n| 2027-01-05 | 政策解读 | 梁其安 |\n"
    (folder / "documents/安排.md").write_text(plan, encoding="utf-8")
    entry = """\
  - id: schedule
    kind: content_schedule
    file: documents/安排.md
    received_on: 2026-11-18
    states: {dated_items: 第1页, item_owners: 第1页, sources: 第1页}
"""
    with (folder / "case.yaml").open("a", encoding="utf-8") as file:
        file.write(entry)
    assess(folder, offline=False)
    case = open_case(folder, load_shipped())
    read = {
        fact: compared.outcome
        for (_, fact), compared in case.compared["schedule"].items()
    }
    assert read["states_dated_items"] is ReadOutcome.READ
    assert read["states_item_owners"] is ReadOutcome.READ
    assert read["states_sources"] is ReadOutcome.NOT_FOUND
    (digest,) = (paper.file.digest for paper in case.papers if paper.id == "schedule")
    assert KeptReadings(Evidence(folder))[digest].reader == "text"
