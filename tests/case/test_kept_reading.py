"""A case that was read before is read anew as soon as a byte of it is another."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from changqing.case.edit import FieldChange, change, read
from changqing.case.read import read_case
from changqing.errors import CaseError
from changqing.evidence.model import Record
from changqing.evidence.records import list_records
from changqing.papers.open import open_case
from changqing.rules.types import Value
from tests.shipped import CATALOGUE

CASE = """\
applicant: {name: 杭州长青网络科技有限公司, registered_capital: 100万元}
application: {licence: B25, scope: intra_province, region: '33', stage: apply,
  submit_on: 2026-12-10}
declared_on: 2026-11-20
papers:
  - id: plan
    kind: content_schedule
    file: documents/plan.md
    received_on: 2026-11-20
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents/plan.md").write_text("每周二更新")
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    return tmp_path


def test_a_case_that_did_not_change_is_not_read_twice(folder: Path) -> None:
    first = open_case(folder, CATALOGUE)
    assert open_case(folder, CATALOGUE) is first
    other = replace(CATALOGUE)
    assert open_case(folder, other).catalogue is other


def test_what_a_case_said_before_is_found_again(folder: Path) -> None:
    first = open_case(folder, CATALOGUE)
    (folder / "case.yaml").write_text(CASE.replace("100万元", "200万元"))
    assert open_case(folder, CATALOGUE) is not first
    (folder / "case.yaml").write_text(CASE)
    assert open_case(folder, CATALOGUE) is first


def test_a_draft_that_was_checked_is_not_read_again_in_its_place(folder: Path) -> None:
    draft = folder / ".case.yaml.draft"
    draft.write_text(CASE.replace("100万元", "200万元"))
    checked = read_case(folder, CATALOGUE, draft=draft)
    draft.replace(folder / "case.yaml")
    assert read_case(folder, CATALOGUE) is checked


def test_the_page_of_an_issuer_changed_is_noticed(folder: Path) -> None:
    page = folder / "documents/issuer.html"
    page.write_text("<p>有效</p>")
    checked = (
        "    issuer_checked: {file: documents/issuer.html, on: 2026-11-20, how: 官网}\n"
    )
    (folder / "case.yaml").write_text(CASE + checked)
    first = open_case(folder, CATALOGUE)
    assert open_case(folder, CATALOGUE) is first
    page.write_text("<p>无效</p>")
    assert open_case(folder, CATALOGUE) is not first


def test_a_paper_changed_behind_its_size_and_times_is_noticed(folder: Path) -> None:
    paper = folder / "documents/plan.md"
    before = open_case(folder, CATALOGUE).papers[0].file
    times = paper.stat()
    paper.write_text("每周三更新")
    os.utime(paper, ns=(times.st_atime_ns, times.st_mtime_ns))
    after = open_case(folder, CATALOGUE).papers[0].file
    assert after.size == before.size
    assert after.digest != before.digest


def _remove(paper: Path) -> None:
    paper.unlink()


def _link(paper: Path) -> None:
    moved = paper.rename(paper.with_name("moved.md"))
    paper.symlink_to(moved)


def _link_folder(paper: Path) -> None:
    moved = paper.parent.rename(paper.parent.with_name("moved"))
    paper.parent.symlink_to(moved)


@pytest.mark.parametrize("hurt", [_remove, _link, _link_folder])
def test_a_paper_that_may_no_longer_be_read_is_refused(
    folder: Path, hurt: Callable[[Path], None]
) -> None:
    open_case(folder, CATALOGUE)
    hurt(folder / "documents/plan.md")
    with pytest.raises(CaseError):
        open_case(folder, CATALOGUE)


def test_an_answer_that_changed_is_read_and_recorded(folder: Path) -> None:
    before = list_records(open_case(folder, CATALOGUE))
    change(
        folder,
        [FieldChange(at=("applicant", "registered_capital"), value="200万元")],
        version=read(folder).version,
        catalogue=CATALOGUE,
    )
    after = list_records(open_case(folder, CATALOGUE))
    assert _find_capital(before) == [100_000_000]
    assert _find_capital(after) == [200_000_000]


def _find_capital(records: list[Record]) -> list[Value | None]:
    return [record.value for record in records if record.fact == "registered_capital"]


def test_what_one_does_to_its_list_of_records_reaches_nobody_else(folder: Path) -> None:
    case = open_case(folder, CATALOGUE)
    records = list_records(case)
    whole = len(records)
    records.clear()
    assert len(list_records(case)) == whole
