"""A value that a person takes as it was read is found again where it was read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from changqing.case.comparison import ReadOutcome
from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.law.kinds.material import Material
from changqing.papers.accept import Decision, settle_paper
from changqing.papers.open import open_case
from changqing.papers.settle import SettlementState
from tests.papers.settling_sample import NAME, make_case, read_papers_of
from tests.papers.test_compare import held
from tests.shipped import CATALOGUE

LIANG = Subject("person", "liang")
LISTED = f"""\
单位参保证明
单位名称,{NAME}
序号,姓名,险种,缴费起止,缴费月数
1,梁其安,养老保险、失业保险、工伤保险,2026-04 至 2026-10,7
验证码：8899001122
"""
MARKED = f"""\
单位参保证明
单位名称,{NAME}
序号,姓名,参保,邮箱
1,梁其安,否,v是@example.com
"""
ENTRY = """\
  - id: insured
    kind: social_insurance
    file: documents/参保.csv
    received_on: 2026-11-18
"""


def _take_everything(folder: Path) -> Case:
    """Take every value that the paper shows, each as it was read."""
    case = open_case(folder, CATALOGUE)
    (about,) = (paper for paper in read_papers_of(case) if paper.paper.id == "insured")
    decisions = [
        Decision(settlement=settlement, value=settlement.value)
        for settlement in about.settlements
        if settlement.value is not None
        and settlement.state is not SettlementState.SETTLED
    ]
    settle_paper(
        case,
        about.paper,
        about.reading,
        decisions,
        by="王某",
        key=folder.parent / "key",
        now=datetime(2026, 11, 20, tzinfo=UTC),
    )
    return open_case(folder, CATALOGUE)


def test_all_that_was_taken_from_a_list_stays_read(tmp_path: Path) -> None:
    make_case(tmp_path / "case", cash=ENTRY, **{"参保.csv": LISTED})
    case = _take_everything(tmp_path / "case")
    (about,) = (paper for paper in read_papers_of(case) if paper.paper.id == "insured")
    taken = {
        settlement.name: settlement.state
        for settlement in about.settlements
        if settlement.value
    }
    assert "insured/person:liang.insured" in taken
    assert set(taken.values()) == {SettlementState.SETTLED}, taken


@pytest.mark.parametrize("words", ["梁其安", None])
def test_a_sign_in_another_cell_says_nothing(tmp_path: Path, words: str | None) -> None:
    quoted = "" if words is None else f", words: {words}"
    backs = (
        "    backs:\n"
        "      - {fact: insured, subject: 'person:liang', value: true, "
        f"place: 第1页{quoted}}}\n"
    )
    case = make_case(tmp_path, cash=ENTRY + backs, **{"参保.csv": MARKED})
    found = case.compared["insured"][LIANG, "insured"]
    assert found.outcome is not ReadOutcome.READ


SENTENCE = f"单位参保证明\n单位名称：{NAME}\n梁其安 {{}}\n"


@pytest.mark.parametrize("words", ["是否参保：否", "参保状态：×"])
def test_a_sign_after_its_label_denies_what_is_pointed_at(
    tmp_path: Path, words: str
) -> None:
    backs = (
        "    backs:\n"
        "      - {fact: insured, subject: 'person:liang', value: true, "
        f"place: 第1页, words: '{words}'}}\n"
    )
    papers = {"参保.csv": SENTENCE.format(words)}
    case = make_case(tmp_path, cash=ENTRY + backs, **papers)
    found = case.compared["insured"][LIANG, "insured"]
    assert found.outcome is ReadOutcome.DENIED


@pytest.mark.parametrize(
    "material", [m for m in CATALOGUE.materials.values() if m.shows], ids=lambda m: m.id
)
def test_words_by_which_a_kind_of_paper_shows_an_element_show_it_when_pointed_at(
    material: Material,
) -> None:
    denied = []
    for name, element in material.shows.items():
        for words in element.words:
            if "…" in words:
                continue
            found = held(
                f"材料\n{words}。\n",
                name,
                True,
                subject=Subject("paper", "it"),
                words=words,
                material=material,
            )
            if found.outcome is not ReadOutcome.READ:
                denied.append((name, words, found))
    assert not denied


@pytest.mark.parametrize(
    ("words", "read"), [("不低于99.5%", True), ("不提供服务质量指标", False)]
)
def test_a_limit_that_begins_with_a_not_denies_nothing(words: str, read: bool) -> None:
    found = held(
        f"长期服务和质量保障措施\n月可用率{words}。\n",
        "states_quality_targets",
        True,
        subject=Subject("paper", "it"),
        words=words,
        material=CATALOGUE.materials["service_assurance"],
    )
    assert (found.outcome is ReadOutcome.READ) == read
