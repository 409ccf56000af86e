"""持证后义务 and 提醒: what a licensee owes, what is certainly wrong, and vetoes."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from changqing.judge.model import Assessment, Compliance, LongTermState, Readiness
from changqing.law.kinds.criterion import Criterion, LongTerm, Route, Weight
from changqing.law.kit import Standing
from changqing.law.lookup import is_after_licence
from changqing.rules.types import Value
from changqing.sealing import verify
from changqing.text import both
from tests.judge.assessment_factory import (
    CORE_ABILITY,
    CORE_STANDING,
    SUPPORTING,
    assess,
    catalogue,
    situation,
)
from tests.judge.test_two_sentences import (
    NOT_ASKED,
    SAID_AND_PROVEN,
    TOLD_BY,
    VERDICTS,
    judged,
    rule,
)

LICENSED = ("operate", "annual_report")
VETO = LongTerm(route=Route.ABILITY, weight=Weight.SUPPORTING, veto=True)
CERTAIN = {"unmet", "contradicted"}


def judged_at(stage: str, *wanted: tuple[Criterion, str]) -> Assessment:
    """Judge criteria at a stage so that each gets the verdict wanted of it."""
    claimed: dict[str, Value | None] = {}
    proven: dict[str, Value | None] = {}
    for (_, verdict), fact in zip(wanted, TOLD_BY, strict=False):
        if verdict != NOT_ASKED:
            claimed[fact], proven[fact] = SAID_AND_PROVEN[verdict]
    told = situation(claimed, proven)
    told = replace(told, application=replace(told.application, stage=stage))
    return assess(catalogue(*(criterion for criterion, _ in wanted)), told)


@pytest.mark.parametrize("stage", LICENSED)
@pytest.mark.parametrize(("one", "other"), list(product(VERDICTS, VERDICTS)))
def test_duties_decide_the_first_sentence_after_the_licence(
    stage: str, one: str, other: str
) -> None:
    pair = {one, other}
    if pair & CERTAIN:
        expected = Compliance.BREACHED
    elif "met" in pair and pair <= {"met", NOT_ASKED}:
        expected = Compliance.IN_ORDER
    else:
        expected = Compliance.OPEN
    assessment = judged_at(stage, rule(0, one, standing=Standing.DUTY), rule(1, other))
    assert (assessment.readiness, assessment.compliance) == (None, expected)


@pytest.mark.parametrize("stage", ["prepare", "apply", "amend", "renew", "stop"])
def test_before_a_licence_and_while_applying_there_is_readiness(stage: str) -> None:
    assessment = judged_at(
        stage, rule(0, "met"), rule(1, "unmet", standing=Standing.DUTY)
    )
    assert not is_after_licence(stage)
    assert assessment.compliance is None
    assert assessment.readiness is Readiness.READY


@pytest.mark.parametrize("stage", LICENSED)
@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_practice_never_breaches(stage: str, verdict: str) -> None:
    practice = rule(1, verdict, standing=Standing.PRACTICE)
    assessment = judged_at(stage, rule(0, "met", standing=Standing.DUTY), practice)
    assert assessment.compliance is Compliance.IN_ORDER


@pytest.mark.parametrize("standing", list(Standing))
@pytest.mark.parametrize("verdict", VERDICTS)
def test_each_certain_defect_of_practice_or_duty_is_a_caution(
    standing: Standing, verdict: str
) -> None:
    assessment = judged(rule(0, verdict, standing=standing, defects=("TORN",)))
    named = [caution.finding.criterion.id for caution in assessment.cautions]
    certain = verdict in CERTAIN and standing in (Standing.PRACTICE, Standing.DUTY)
    assert named == (["rule0"] if certain else [])


def test_a_missing_strength_is_no_defect_unless_a_route_rests_on_it() -> None:
    practice, strong = Standing.PRACTICE, both("strong")
    (mere,) = [rule(0, "unmet", standing=practice, strength=strong)]
    assert judged(mere).cautions == ()
    core = rule(0, "unmet", standing=practice, strength=strong, long_term=CORE_ABILITY)
    assert len(judged(core).cautions) == 1
    faulty = rule(0, "unmet", standing=practice, strength=strong, defects=("TORN",))
    assert len(judged(faulty).cautions) == 1


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_veto_counts_only_once_it_is_certain(verdict: str) -> None:
    view = judged(
        rule(0, "met", long_term=CORE_STANDING),
        rule(1, "met", long_term=CORE_ABILITY),
        rule(2, verdict, long_term=VETO),
    ).long_term
    certain = verdict in CERTAIN
    expected = LongTermState.IN_DOUBT if certain else LongTermState.SHOWN
    assert view.state is expected
    doubts = [finding.criterion.id for finding in view.doubts]
    assert doubts == (["rule2"] if certain else [])


def test_a_core_that_holds_a_veto_is_one_doubt() -> None:
    core = replace(CORE_ABILITY, veto=True)
    for verdict in CERTAIN:
        view = judged(rule(0, verdict, long_term=core)).long_term
        assert view.state is LongTermState.IN_DOUBT
        assert [finding.criterion.id for finding in view.doubts] == ["rule0"]


@pytest.mark.share
@pytest.mark.parametrize("stage", ["apply", *LICENSED])
@pytest.mark.parametrize("verdicts", list(product(VERDICTS, repeat=3)))
def test_the_verifier_draws_the_same_sentences(
    stage: str, verdicts: tuple[str, str, str]
) -> None:
    bearings = (replace(CORE_STANDING, veto=True), CORE_ABILITY, SUPPORTING)
    standings = (Standing.DUTY, Standing.CONDITION, Standing.PRACTICE)
    wanted = [
        rule(place, verdict, standing=standings[place], long_term=bearings[place])
        for place, verdict in enumerate(verdicts)
    ]
    assessment = judged_at(stage, *wanted)
    criteria: dict[str, verify.CriterionRule] = {
        criterion.id: {
            "standing": criterion.standing.value,
            "long_term": [criterion.long_term.route, criterion.long_term.weight],
            "veto": criterion.long_term.veto,
        }
        for criterion, _ in wanted
        if criterion.long_term is not None
    }
    findings: list[verify.StatedFinding] = [
        {
            "criterion": finding.criterion.id,
            "subject": None,
            "verdict": finding.verdict.value,
        }
        for finding in assessment.findings
    ]
    first = assessment.compliance or assessment.readiness
    route = assessment.long_term.route
    assert verify.decide_sentences(
        findings, criteria, licensed=is_after_licence(stage)
    ) == (first, assessment.long_term.state, route)
