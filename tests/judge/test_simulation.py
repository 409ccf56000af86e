"""A plan promises nothing it has not tried: errands applied, the case judged again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from changqing.case.subjects import APPLICANT
from changqing.judge.advice import ANSWER
from changqing.judge.assess import Judge, bound_parameters
from changqing.judge.errands import plan_errands
from changqing.judge.model import Aim, ErrandPlan, Situation
from changqing.judge.simulate import simulate_remedies
from changqing.law.kinds.criterion import Example
from changqing.law.model import Verdict
from tests.judge.assessment_factory import (
    AS_OF,
    CHEN,
    LIN,
    Told,
    catalogue,
    criterion,
    met,
    situation,
)
from tests.judge.assessment_world import (
    JUDGE,
    STRUCTURAL,
    World,
    any_world,
    dice,
    empty_world,
    worlds,
)
from tests.share import examples
from tests.shipped import CATALOGUE

CLOSED = frozenset({"person"})
OF_HOLDERS = {"equity_traced_to_end"}
"""No errand changes who holds the shares: with some holders this stays unsettled."""


def planned(world: World) -> ErrandPlan:
    assessment = world.assess()
    return plan_errands(
        assessment,
        CATALOGUE,
        unsettled=lambda criteria: simulate_remedies(JUDGE, assessment, criteria),
    )


def set_by_the_province(told: Situation) -> set[str]:
    """Criteria whose number a province sets, or nobody has yet: examples miss it."""
    region = told.application.region
    numbers = bound_parameters(CATALOGUE, told.application, told.as_of)
    return {
        name
        for name, rule in CATALOGUE.criteria.items()
        for parameter in rule.test.parameters
        if numbers[parameter] is None
        or region in {value.region for value in CATALOGUE.parameters[parameter].values}
    }


def test_an_empty_case_is_promised_no_day_and_sent_on_no_errand_but_to_find_out() -> (
    None
):
    """Its errands would lead to ready and shown; nobody knows yet which it needs."""
    found = planned(empty_world())
    assert found.unsettled == ()
    assert found.ready_on is None
    assert found.to_clear_up
    assert any(errand.required for errand in found.errands)
    assert {errand.aim for errand in found.errands} == {Aim.CLEAR_UP, Aim.PAPERS}


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.too_slow])
@given(worlds)
def test_the_errands_of_any_case_do_what_they_promise(world: World) -> None:
    found = planned(world)
    open_criteria = {
        finding.criterion.id
        for finding in world.assess().findings
        if finding.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
    }
    assert {
        name for errand in found.errands for name in errand.criteria
    } == open_criteria
    provincial = set_by_the_province(world.situation())
    if found.ready_on is None:
        assert found.unsettled or found.to_clear_up
    assert not (found.ready_on and found.to_clear_up)
    if found.ready_on is not None and found.required:
        assert found.last_done is not None
        assert found.first is not None
        assert found.first.start <= found.last_done
        assert found.ready_on == max(
            planned_errand.earliest_done for planned_errand in found.required
        )
        assert all(
            planned_errand.earliest_done <= planned_errand.done_by <= found.last_done
            for planned_errand in found.required
        )
    assert set(found.unsettled) <= provincial | (
        OF_HOLDERS if world.case.holders else set()
    )


@settings(max_examples=examples(8))
@given(st.integers(0, 2**32 - 1), st.integers(0, 2500))
def test_promises_hold_on_other_days_too(seed: int, days: int) -> None:
    world = any_world(dice(seed), told=0.05)
    told = world.situation()
    moved = replace(
        told,
        as_of=told.as_of + timedelta(days=days),
        application=replace(
            told.application,
            submit_on=told.application.submit_on + timedelta(days=days),
        ),
        resolved={
            key: one for key, one in told.resolved.items() if key[1] in STRUCTURAL
        },
    )
    assessment = JUDGE.assess(moved)
    open_criteria = [
        finding.criterion.id
        for finding in assessment.findings
        if finding.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
    ]
    provincial = set_by_the_province(moved)
    left = simulate_remedies(JUDGE, assessment, open_criteria)
    assert set(left) <= provincial | (OF_HOLDERS if world.case.holders else set())


# By hand


def left_of(
    test: str, told: Situation, *examples: Example, subject: str = "applicant"
) -> Sequence[str]:
    rules = catalogue(criterion("it", test, examples=examples, subject=subject))
    judge = Judge(rules)
    return simulate_remedies(judge, judge.assess(told), ["it"])


def test_what_the_example_does_not_bring_about_stays_unsettled() -> None:
    assert left_of("capital >= :minimum", situation(), met(capital=1)) == ["it"]
    assert left_of("capital >= :minimum", situation(), met(capital=100_000_000)) == []


def test_a_remedy_takes_the_place_of_what_was_said_and_proven() -> None:
    false: Told = {"listed": False}
    assert left_of("listed", situation(false, false), met(listed=True)) == []


def test_a_number_no_rule_sets_cannot_be_settled() -> None:
    told = situation(scope="cross_province")
    assert left_of("capital >= :minimum", told, met(capital=9_000_000_000)) == ["it"]


def test_nothing_asked_is_nothing_left() -> None:
    judge = Judge(catalogue(criterion("it", "listed")))
    assert simulate_remedies(judge, judge.assess(situation()), []) == []


def test_the_example_of_the_same_scope_is_taken_first() -> None:
    other = replace(met(capital=1), given={"scope": "cross_province"})
    own = replace(met(capital=200_000_000), given={"scope": "intra_province"})
    assert left_of("capital >= :minimum", situation(), other, own) == []
    assert left_of("capital >= :minimum", situation(), other) == ["it"]


@pytest.mark.parametrize(
    ("as_of", "submit_on"),
    [
        (date(2026, 11, 24), date(2026, 12, 24)),
        (date(2028, 2, 29), date(2028, 3, 31)),
        (date(2031, 8, 31), date(2032, 1, 31)),
    ],
)
@pytest.mark.parametrize(
    ("test", "example"),
    [
        (
            "whole_months(:submit_on, lease_until) >= 6",
            met(lease_until=date(2027, 6, 24)),
        ),
        (
            "days_between(:submit_on, lease_until) = 31",
            met(lease_until=date(2027, 1, 24)),
        ),
        ("days_between(founded_on, :as_of) = 60", met(founded_on=date(2026, 9, 25))),
        ("whole_months(founded_on, :as_of) = 12", met(founded_on=date(2025, 11, 24))),
        ("whole_months(founded_on, :as_of) = 11", met(founded_on=date(2025, 11, 29))),
    ],
)
def test_the_dates_of_an_example_move_with_the_case(
    test: str, example: Example, as_of: date, submit_on: date
) -> None:
    told = situation(as_of=as_of, submit_on=submit_on)
    assert left_of(test, told, example) == []


def test_an_example_counts_from_the_day_it_gives_itself() -> None:
    example = replace(
        met(lease_until=date(2030, 2, 1)), given={"submit_on": date(2030, 1, 1)}
    )
    assert (
        left_of("days_between(:submit_on, lease_until) = 31", situation(), example)
        == []
    )


def test_sources_are_made_to_agree() -> None:
    told = situation({"name": "a"}, {"name": "b"}, agree={"name": False})
    assert left_of("agree(name)", told, met(name="a")) == []


def test_a_list_the_example_closes_is_closed() -> None:
    example = replace(met(), closed=CLOSED)
    assert left_of("none(person WHERE full_time)", situation(), example) == []
    assert left_of("none(person WHERE full_time)", situation(), met()) == ["it"]


def test_members_are_added_where_there_are_too_few() -> None:
    technician: Told = {"role": "technical", "full_time": True}
    example = replace(met(), members={"person": (technician, technician)})
    test = "at_least(2, person WHERE role = 'technical': full_time)"
    one = situation(members={LIN: {"role": "technical", "full_time": False}})
    for told in (
        situation(),
        one,
        situation(members={LIN: {"role": "manager"}}, closed=CLOSED),
        situation(members={LIN: {"role": "technical"}, CHEN: {"role": "technical"}}),
    ):
        assert left_of(test, told, example) == []


def test_a_remedy_changes_every_member_but_not_what_kind_it_is() -> None:
    example = met(role="technical", full_time=True)
    told = situation(members={LIN: {"role": "manager"}, CHEN: {"full_time": False}})
    assert left_of("full_time", told, example, subject="person") == []
    asked = left_of("full_time AND role = 'technical'", told, example, subject="person")
    assert asked == ["it"]


def test_a_subject_without_a_member_gets_one() -> None:
    example = met(role="technical", full_time=True)
    test = "full_time AND role = 'technical'"
    assert left_of(test, situation(), example, subject="person") == []


def test_remedies_that_touch_the_same_fact_are_tried_again() -> None:
    rules = catalogue(
        criterion("a", "capital >= 50", examples=(met(capital=50, cash=70),)),
        criterion("b", "capital < 60 AND cash > 60", examples=(met(capital=55),)),
    )
    judge = Judge(rules)
    assert simulate_remedies(judge, judge.assess(situation()), ["b", "a"]) == []
    clash = catalogue(
        criterion("a", "capital >= 50", examples=(met(capital=50),)),
        criterion("b", "capital < 50", examples=(met(capital=49),)),
    )
    judge = Judge(clash)
    assert len(simulate_remedies(judge, judge.assess(situation()), ["a", "b"])) == 1


def test_the_situation_itself_is_left_as_it_was() -> None:
    told = situation({"capital": 1}, {"capital": 1})
    left_of("capital >= 5", told, met(capital=5))
    assert told.resolved[APPLICANT, "capital"].proven == 1


def test_an_unanswered_question_is_asked_before_anybody_goes_anywhere() -> None:
    errands = {errand.errand: errand for errand in planned(empty_world()).errands}
    answer = errands[ANSWER]
    assert {"sector_approval_held"} <= set(answer.criteria)
    assert (answer.start, answer.done_by, answer.late) == (AS_OF, AS_OF, False)
    remedies = CATALOGUE.criteria["sector_approval_held"].remedy
    assert remedies.errand not in errands
