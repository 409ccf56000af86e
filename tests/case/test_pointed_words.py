"""`words` beside `place`: what somebody pointed at in a paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.case import edit
from changqing.case.edit import FieldChange
from changqing.case.model import Paper
from changqing.errors import CaseError
from changqing.law.compiled import load_compiled
from changqing.papers.open import open_case

CASE = """\
applicant: {name: 杭州长青网络科技有限公司}
application: {licence: B25, scope: intra_province, region: '33', stage: apply,
  submit_on: 2026-12-10}
declared_on: 2026-11-20
papers:
  - id: plan
    kind: content_schedule
    file: documents/plan.md
    received_on: 2026-11-20
    states:
      item_owners: 第1条
      dated_items: %s
    backs:
      - {fact: registered_capital, value: 100万元, place: 第2条%s}
"""


def open_paper(folder: Path, pointed: str, words: str) -> Paper:
    (folder / "documents").mkdir()
    (folder / "documents/plan.md").write_text("每周二更新，注册资本壹佰万元")
    (folder / "case.yaml").write_text(CASE % (pointed, words), encoding="utf-8")
    return open_case(folder, load_compiled()).papers[0]


def test_words_pointed_at_are_kept_beside_their_place(tmp_path: Path) -> None:
    paper = open_paper(
        tmp_path,
        "{place: 第3页, words: 每周二更新}",
        ", words: 注册资本壹佰万元",
    )
    (backed,) = paper.backs
    assert (backed.place, backed.words) == ("第2条", "注册资本壹佰万元")
    stated = {state.fact: state for state in paper.states}
    assert stated["states_dated_items"].words == "每周二更新"
    assert stated["states_dated_items"].place == "第3页"
    assert stated["states_dated_items"].value is True
    assert stated["states_item_owners"].words is None


def test_words_without_a_place_are_refused_with_their_line(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as refused:
        open_paper(tmp_path, "{words: 每周二更新}", "")
    (issue,) = refused.value.issues
    assert issue.line == 12
    assert "place" in issue.text.zh


def test_a_misspelt_field_beside_words_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaseError) as refused:
        open_paper(tmp_path, "{place: 第3页, word: 每周二更新}", ", word: 甲")
    assert [issue.hint.zh for issue in refused.value.issues if issue.hint] == [
        "是否指 words？",
        "是否指 words？",
    ]


def test_an_edit_elsewhere_keeps_the_words_as_they_stand(tmp_path: Path) -> None:
    open_paper(tmp_path, "{place: 第3页, words: 每周二更新}", ", words: 壹佰万元")
    written = edit.read(tmp_path)
    edit.change(
        tmp_path,
        [FieldChange(at=("papers", "plan", "received_on"), value="2026-11-19")],
        version=written.version,
        catalogue=load_compiled(),
    )
    text = (tmp_path / "case.yaml").read_text(encoding="utf-8")
    assert "dated_items: {place: 第3页, words: 每周二更新}" in text
    assert "place: 第2条, words: 壹佰万元}" in text
