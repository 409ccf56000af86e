"""Every finding in one sentence: what is said, what a paper shows, where."""

from __future__ import annotations

import re

import pytest

from changqing.law.model import Verdict
from changqing.report.counting import is_settled, select_asked
from changqing.report.model import FindingView
from changqing.text import Language
from tests.documents.report_cases import NAMES, TORN, example_report

_MACHINE = re.compile(r"要求：|按自述|因为|不影响结论|无法判断|且|∋|≥|≤|[a-z]+_[a-z]+")


def _find(name: str, criterion: str) -> FindingView:
    report = example_report(name)
    return next(f for f in report.findings if f.criterion == criterion)


@pytest.mark.parametrize("name", NAMES)
def test_no_sentence_holds_the_logic_of_the_machine(name: str) -> None:
    for finding in select_asked(example_report(name).findings):
        said = finding.sentence.zh
        assert said.endswith("。")
        assert finding.sentence.en.endswith(".")
        assert not _MACHINE.search(said), said
        assert "_" not in finding.sentence.say(Language.EN)


@pytest.mark.parametrize("name", NAMES)
def test_no_source_tells_the_same_value_twice(name: str) -> None:
    for finding in select_asked(example_report(name).findings):
        for source in finding.sentence.zh.rstrip("。").split("；"):
            told = source.partition("：")[2].split("，")
            assert len(told) == len(set(told)), source


def test_a_contradiction_tells_both_sides_and_where_each_stands() -> None:
    said = _find(TORN, "domain_holder_relation").sentence.zh
    own, _, paper = said.partition("；")
    assert own.startswith("自述：")
    assert "公司自己" in own
    assert paper.startswith("《域名注册证书》第1条")
    assert "与公司没有上述关系的人" in paper


def test_a_contradiction_leaves_out_what_both_sides_agree_on() -> None:
    said = _find(TORN, "insurance_paid_by_applicant").sentence.zh
    assert "劳务派遣" not in said


def test_what_fails_is_told_with_what_is_asked() -> None:
    report = example_report("newly-registered")
    (proof,) = (
        f
        for f in report.findings
        if f.criterion == "social_insurance_proof_complete" and not is_settled(f)
    )
    assert re.fullmatch(
        r"《社保证明》：.*天，最多\d+天；\d+天是实务中的说法，受理机关没有公布。",
        proof.sentence.zh,
    )


def test_what_is_said_and_not_proven_tells_what_is_needed() -> None:
    said = _find(TORN, "revenue_last_year").sentence.zh
    assert said.startswith("自述：")
    assert said.endswith("这还不算证明，要有外部材料。")


def test_what_nobody_has_said_is_named() -> None:
    unknown = [
        finding.sentence.zh
        for finding in example_report("newly-registered").findings
        if finding.asked and finding.verdict is Verdict.UNDETERMINED
    ]
    assert unknown
    assert all(said.startswith(("还不知道", "还没有")) for said in unknown)


def test_a_paper_that_is_there_is_pointed_at() -> None:
    said = _find("local-life", "articles_of_association_present").sentence
    assert said.zh == "见《公司章程》。"


def test_what_does_not_arise_says_so() -> None:
    report = example_report("local-life")
    vacuous = [finding for finding in report.findings if finding.vacuous]
    assert vacuous
    assert all(finding.sentence.zh.endswith("不涉及这一项。") for finding in vacuous)
