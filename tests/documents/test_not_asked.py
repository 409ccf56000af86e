"""Where a step asks nothing of a kind, no sentence speaks as if it did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changqing.case.subjects import APPLICANT
from changqing.judge.errands import plan_errands
from changqing.judge.model import Assessment, ErrandPlan
from changqing.judge.simulate import simulate_remedies
from changqing.law.kinds.criterion import Route
from changqing.law.model import Verdict
from changqing.report.sentences import (
    say_first_sentence,
    say_long_term,
    say_ready_day,
)
from changqing.text import Language
from tests.law.order_questions import Ask
from tests.law.order_solver import Slot
from tests.law.order_world import JUDGE, order, situation_of, told_otherwise
from tests.shipped import CATALOGUE


def planned(assessment: Assessment) -> ErrandPlan:
    return plan_errands(
        assessment,
        CATALOGUE,
        unsettled=lambda criteria: simulate_remedies(JUDGE, assessment, criteria),
    )


@pytest.mark.parametrize("stage", ["amend", "stop"])
def test_a_change_or_an_end_lacks_no_key_point(stage: str) -> None:
    found = order(Ask(licence="B25", stage=stage))
    assessment = JUDGE.assess(situation_of(found.asked, found.values))
    said = say_long_term(assessment)
    assert (said.zh, said.en) == (
        "这一步不问长期服务能力",
        "Long-term service is not asked about at this step",
    )
    ready = say_ready_day(assessment, planned(assessment))
    assert ready.zh == "现在就可以递交。"
    assert assessment.long_term.is_settled


def test_no_day_is_named_for_what_is_not_asked() -> None:
    found = order(Ask(licence="B25", stage="stop"))
    missing = {Slot(APPLICANT, "has_aftercare_report"): False}
    assessment = JUDGE.assess(
        told_otherwise(
            situation_of(found.asked, found.values),
            found.values,
            claimed=missing,
            proven=missing,
        )
    )
    said = say_ready_day(assessment, planned(assessment))
    assert "长期服务能力" not in said.zh
    assert "shown" not in said.en


def test_where_no_requirement_is_on_record_none_lacks_proof() -> None:
    found = order(Ask(licence="N96", stage="stop"))
    assessment = JUDGE.assess(situation_of(found.asked, found.values))
    said = say_first_sentence(assessment).says
    assert "须向受理机关确认" in said.say(Language.ZH)
    assert "0" not in said.en


def test_what_is_left_to_show_is_counted_on_one_route() -> None:
    """The law asks for one of two: who has one route left to go is not told of both."""
    asked = order(Ask(licence="B25", stage="apply")).asked
    assessment = JUDGE.assess(situation_of(asked, {}))
    view = assessment.long_term
    points = len(view.cores[Route.ABILITY])
    assert points < sum(map(len, view.cores.values()))
    assert say_long_term(assessment).zh == (
        f"长期服务能力佐证不足：{points}个关键点还缺证据"
    )


def test_a_key_point_that_is_known_not_to_hold_lacks_no_evidence() -> None:
    asked = order(Ask(licence="B25", stage="apply")).asked
    assessment = JUDGE.assess(situation_of(asked, {}))
    view = assessment.long_term
    first, *rest = view.cores[Route.ABILITY]
    unmet = replace(first, verdict=Verdict.UNMET)
    cores = {**view.cores, Route.ABILITY: (unmet, *rest)}
    said = say_long_term(replace(assessment, long_term=replace(view, cores=cores)))
    assert said.zh.endswith(f"：{len(rest)}个关键点还缺证据，1个关键点不满足")
    assert said.en.endswith(
        f": {len(rest)} key points without evidence, 1 key point unmet"
    )
    alone = replace(view, cores={**view.cores, Route.ABILITY: (unmet,)})
    said = say_long_term(replace(assessment, long_term=alone))
    assert said.zh.endswith("佐证不足：1个关键点不满足")
