"""A finding's own line shows what decided it, never an unknown that did not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changqing.report.answers import Answers, say_answers
from changqing.report.model import FindingView, SideView, TermView
from changqing.text import Language, Text, both
from tests.documents.report_cases import TORN, example_report


def side(
    value: str,
    *,
    decides: bool,
    brief: Text | None = None,
    grade: str | None = None,
    evidence: str | None = None,
) -> SideView:
    return SideView(
        value=both(value),
        brief=brief,
        holds={"是": True, "否": False}.get(value),
        decides=decides,
        grade=grade,
        source=None,
        evidence=evidence,
        date=None,
    )


def term(label: str, claimed: SideView, proven: SideView) -> TermView:
    return TermView(
        label=both(label),
        op="＝",
        threshold=both(""),
        claimed=claimed,
        proven=proven,
        numeric=None,
    )


def finding(*terms: TermView, holds: bool | None = True) -> FindingView:
    """A finding of the torn example, with these comparisons."""
    whole = example_report(TORN).findings[0]
    return replace(whole, title=both("判据"), terms=terms, claimed=holds, proven=holds)


def say(found: FindingView) -> Answers:
    return say_answers(found, Language.ZH)


def test_a_number_without_a_unit_says_what_it_counts() -> None:
    counted = side("10", decides=True)
    found = say(finding(term("有发布的周数", counted, counted)))
    assert found.claimed == "10（有发布的周数）"


def test_the_branch_that_holds_is_shown_with_its_proof() -> None:
    unknown = side("未知", decides=False)
    shown = side("是", decides=True, grade="documented", evidence="证0315")
    found = say(
        finding(term("有设施证明", unknown, unknown), term("有托管协议", shown, shown))
    )
    assert (found.claimed, found.proven) == ("是（有托管协议）", "是（有托管协议）")
    assert (found.grade, found.evidence) == ("documented", "证0315")


def test_answers_that_differ_are_to_the_same_comparison() -> None:
    """Of three parts that hold as claimed, only one fails as proven."""
    yes = side("是", decides=True)
    aside = side("是", decides=False)
    no = side("否", decides=True, grade="attested", evidence="证0466")
    apart = finding(term("查到备案", yes, aside), term("主体是公司", yes, no))
    differing = replace(apart, proven=False)
    found = say(differing)
    assert (found.claimed, found.proven) == ("是（主体是公司）", "否（主体是公司）")
    assert found.evidence == "证0466"


def test_a_single_comparison_needs_no_label() -> None:
    found = say(
        finding(term("注册资本", side("1元", decides=True), side("2元", decides=True)))
    )
    assert (found.claimed, found.proven) == ("1元", "2元")


@pytest.mark.parametrize(
    ("holds", "words"), [(True, "2项均符合"), (False, "2项不符合"), (None, "2项未知")]
)
def test_several_are_counted(holds: bool | None, words: str) -> None:
    answer = side("是", decides=True)
    found = say(
        finding(term("甲", answer, answer), term("乙", answer, answer), holds=holds)
    )
    assert (found.claimed, found.proven) == (words, words)


def test_the_weakest_proof_of_those_that_decide_is_shown() -> None:
    strong = side("是", decides=True, grade="attested", evidence="证0001")
    weak = side("是", decides=True, grade="documented", evidence="证0002")
    aside = side("是", decides=False, grade="declared", evidence="证0003")
    found = say(
        finding(
            *(
                term(name, one, one)
                for name, one in zip("甲乙丙", (strong, weak, aside), strict=True)
            )
        )
    )
    assert (found.grade, found.evidence) == ("documented", "证0002")


def test_members_are_said_in_a_few_words() -> None:
    counted = side("符合：甲、乙、丙", decides=True, brief=both("3名均符合"))
    found = say(finding(term("人员", counted, counted)))
    assert found.proven == "3名均符合"


def test_without_a_proof_what_is_claimed_rests_on_is_shown() -> None:
    claimed = side("是", decides=True, grade="declared", evidence="证0009")
    found = say(finding(term("甲", claimed, side("未知", decides=True))))
    assert (found.grade, found.evidence) == ("declared", "证0009")


def test_what_cannot_be_told_rests_on_no_proof() -> None:
    partly = side(
        "一处已知，一处未知", decides=True, grade="observed", evidence="证0007"
    )
    found = say(finding(term("甲", partly, partly), holds=None))
    assert (found.grade, found.evidence) == ("", "")


def test_where_nothing_was_asked_nothing_is_shown() -> None:
    found = say(finding())
    assert (found.claimed, found.proven, found.grade, found.evidence) == ("",) * 4


@pytest.mark.parametrize("value", ["是", "否"])
def test_a_comparison_that_must_not_hold_is_named(value: str) -> None:
    """ "Yes" beside "No paper was found false" would say that none was."""
    answer = side(value, decides=True)
    found = say(
        finding(term("有材料被认定为虚假", answer, answer), holds=value == "否")
    )
    assert found.proven == f"{value}（有材料被认定为虚假）"
