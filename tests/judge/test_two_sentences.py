"""申报条件 and 长期服务能力: each state, and everything that must not change it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest

from changqing.judge.model import Assessment, LongTermState, Readiness
from changqing.judge.verdict import blocks, is_required
from changqing.law.kinds.criterion import Criterion, Route
from changqing.law.kit import Standing
from changqing.law.model import Verdict
from changqing.rules.types import Value
from changqing.text import both
from tests.judge.assessment_factory import (
    CORE_ABILITY,
    CORE_STANDING,
    SUPPORTING,
    assess,
    catalogue,
    criterion,
    situation,
)

SAID_AND_PROVEN: Mapping[str, tuple[bool | None, bool | None]] = {
    "met": (True, True),
    "contradicted": (True, False),
    "unmet": (False, False),
    "unproven": (True, None),
    "undetermined": (None, None),
}
NOT_ASKED = "not_applicable"
TOLD_BY = ("listed", "clean", "has_plan")
"""One free fact for each criterion of a test."""


def judged(*wanted: tuple[Criterion, str]) -> Assessment:
    """Judge criteria so that each gets the verdict wanted of it."""
    claimed: dict[str, Value | None] = {}
    proven: dict[str, Value | None] = {}
    for (rule, verdict), fact in zip(wanted, TOLD_BY, strict=False):
        assert rule.test.facts == {("applicant", fact)}
        if verdict != NOT_ASKED:
            claimed[fact], proven[fact] = SAID_AND_PROVEN[verdict]
    assessment = assess(
        catalogue(*(rule for rule, _ in wanted)), situation(claimed, proven)
    )
    found = {
        finding.criterion.id: finding.verdict.value for finding in assessment.findings
    }
    assert found == {rule.id: verdict for rule, verdict in wanted}
    return assessment


def rule(place: int, verdict: str, **overrides: object) -> tuple[Criterion, str]:
    applies = "FALSE" if verdict == NOT_ASKED else "TRUE"
    name = f"rule{place}"
    return criterion(name, TOLD_BY[place], applies=applies, **overrides), verdict


VERDICTS = (*SAID_AND_PROVEN, NOT_ASKED)


@pytest.mark.parametrize(("one", "other"), list(product(VERDICTS, VERDICTS)))
def test_readiness_of_two_required_findings(one: str, other: str) -> None:
    both_verdicts = {one, other}
    if both_verdicts & {"unmet", "contradicted"}:
        expected = Readiness.NOT_READY
    elif "met" in both_verdicts and both_verdicts <= {"met", NOT_ASKED}:
        expected = Readiness.READY
    else:
        expected = Readiness.OPEN
    assessment = judged(rule(0, one), rule(1, other, standing=Standing.PUBLISHED))
    assert assessment.readiness is expected


@pytest.mark.share
@pytest.mark.parametrize("standing", [Standing.DUTY, Standing.PRACTICE])
@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("required", VERDICTS)
def test_a_duty_or_a_practice_never_changes_readiness(
    standing: Standing, verdict: str, required: str
) -> None:
    alone = judged(rule(0, required))
    beside = judged(rule(0, required), rule(1, verdict, standing=standing))
    assert beside.readiness is alone.readiness
    advised = next(f for f in beside.findings if f.criterion.id == "rule1")
    assert not is_required(advised)
    assert not blocks(advised)


def test_nothing_required_is_open_never_ready() -> None:
    assert judged().readiness is Readiness.OPEN
    assert judged(rule(0, "met", standing=Standing.DUTY)).readiness is Readiness.OPEN


@pytest.mark.parametrize("verdict", VERDICTS)
def test_only_false_and_required_blocks(verdict: str) -> None:
    (finding,) = judged(rule(0, verdict)).findings
    assert blocks(finding) is (verdict in {"unmet", "contradicted"})
    assert is_required(finding) is (verdict != NOT_ASKED)


@pytest.mark.parametrize(("standing", "ability"), list(product(VERDICTS, VERDICTS)))
def test_long_term_of_one_core_on_each_route(standing: str, ability: str) -> None:
    view = judged(
        rule(0, standing, long_term=CORE_STANDING),
        rule(1, ability, long_term=CORE_ABILITY),
    ).long_term
    pair = (standing, ability)
    if "contradicted" in pair or pair == ("unmet", "unmet"):
        expected = LongTermState.IN_DOUBT
    elif "met" in pair:
        expected = LongTermState.SHOWN
    else:
        expected = LongTermState.OPEN
    assert view.state is expected
    route = Route.ABILITY if ability == "met" else Route.STANDING
    assert view.route is (route if expected is LongTermState.SHOWN else None)
    failing = {
        f"rule{place}"
        for place, verdict in enumerate(pair)
        if verdict in {"unmet", "contradicted"}
    }
    doubts = {doubt.criterion.id for doubt in view.doubts}
    assert doubts == (set() if expected is LongTermState.SHOWN else failing)


@pytest.mark.parametrize("core", [CORE_ABILITY, CORE_STANDING])
@pytest.mark.parametrize("verdict", ["unproven", "undetermined", "unmet"])
def test_every_core_of_a_route_has_to_be_met(core: object, verdict: str) -> None:
    view = judged(
        rule(0, "met", long_term=core), rule(1, verdict, long_term=core)
    ).long_term
    assert view.state is LongTermState.OPEN


def test_a_core_that_does_not_apply_does_not_hold_up_its_route() -> None:
    view = judged(
        rule(0, "met", long_term=CORE_ABILITY),
        rule(1, NOT_ASKED, long_term=CORE_ABILITY),
    ).long_term
    assert (view.state, view.route) == (LongTermState.SHOWN, Route.ABILITY)


def test_a_route_without_a_core_shows_nothing() -> None:
    view = judged(rule(0, NOT_ASKED, long_term=CORE_ABILITY)).long_term
    assert (view.state, view.route) == (LongTermState.OPEN, None)
    assert judged().long_term.state is LongTermState.OPEN


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_supporting_criterion_never_decides(verdict: str) -> None:
    alone = judged(rule(0, verdict, long_term=SUPPORTING)).long_term
    assert alone.state is LongTermState.OPEN
    beside = judged(
        rule(0, "met", long_term=CORE_ABILITY), rule(1, verdict, long_term=SUPPORTING)
    ).long_term
    assert beside.state is LongTermState.SHOWN


def test_the_shown_route_is_ability_where_both_are_complete() -> None:
    view = judged(
        rule(0, "met", long_term=CORE_STANDING), rule(1, "met", long_term=CORE_ABILITY)
    ).long_term
    assert view.route is Route.ABILITY


def test_doubts_put_what_is_contradicted_first() -> None:
    view = judged(
        rule(0, "unmet", long_term=CORE_STANDING),
        rule(1, "unmet", long_term=CORE_ABILITY),
        rule(2, "contradicted", long_term=CORE_ABILITY),
    ).long_term
    assert [doubt.criterion.id for doubt in view.doubts] == ["rule2", "rule0", "rule1"]


@pytest.mark.parametrize("standing", list(Standing))
@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_strength_is_met_and_beyond_what_is_asked(
    standing: Standing, verdict: str
) -> None:
    named = judged(rule(0, verdict, standing=standing, strength=both("strong")))
    beyond = standing in {Standing.DUTY, Standing.PRACTICE}
    expected = 1 if verdict == "met" and beyond else 0
    assert len(named.long_term.strengths) == expected
    unnamed = judged(rule(0, verdict, standing=standing))
    assert unnamed.long_term.strengths == ()


def test_long_term_never_changes_readiness_nor_readiness_long_term() -> None:
    assessment = judged(
        rule(0, "met"),
        rule(1, "contradicted", standing=Standing.PRACTICE, long_term=CORE_ABILITY),
    )
    assert assessment.readiness is Readiness.READY
    assert assessment.long_term.state is LongTermState.IN_DOUBT
    assessment = judged(
        rule(0, "unmet"),
        rule(1, "met", standing=Standing.PRACTICE, long_term=CORE_ABILITY),
    )
    assert assessment.readiness is Readiness.NOT_READY
    assert assessment.long_term.state is LongTermState.SHOWN


def test_every_verdict_of_the_product_is_tried_here() -> None:
    assert {Verdict(verdict) for verdict in VERDICTS} == set(Verdict)
