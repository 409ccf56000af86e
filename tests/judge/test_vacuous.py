"""What is met only because nothing that it is about exists is not called proven."""

from __future__ import annotations

import pytest

from changqing.judge.model import Finding, Readiness
from changqing.law.model import Verdict
from changqing.report.counting import count_verdicts
from changqing.rules.types import Value
from tests.judge.assessment_factory import (
    CHEN,
    LIN,
    Told,
    assess,
    catalogue,
    criterion,
    only,
    situation,
)


def _judge(test: str, told: Told, members: dict[object, Told] | None = None) -> Finding:
    known = situation(told, told, members=members, closed=frozenset({"person"}))  # type: ignore[arg-type]
    return only(assess(catalogue(criterion("it", test)), known))


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ("NOT listed OR clean", {"listed": False}),
        ("NOT has(offered, 'news') OR clean", {"offered": frozenset({"games"})}),
        ("(NOT listed AND NOT clean) OR has_plan", {"listed": False, "clean": False}),
        ("NOT (listed OR clean) OR has_plan", {"listed": False, "clean": False}),
        ("none(person WHERE role = 'technical') OR clean", {}),
        ("every(person WHERE role = 'technical': full_time)", {}),
        (
            "(NOT listed OR clean) AND every(person WHERE role = 'manager': full_time)",
            {"listed": False},
        ),
    ],
)
def test_a_yes_to_nothing_does_not_arise(test: str, told: dict[str, Value]) -> None:
    finding = _judge(test, told)
    assert (finding.verdict, finding.vacuous) == (Verdict.MET, True)
    assert finding.effective_verdict is Verdict.NOT_APPLICABLE
    tally = count_verdicts([finding])
    assert (tally.met, tally.proven, tally.not_applicable) == (0, 0, 1)


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ("NOT listed", {"listed": False}),
        ("none(person WHERE role = 'technical')", {}),
        ("NOT listed OR clean", {"listed": True, "clean": True}),
        ("NOT listed OR clean", {"listed": False, "clean": True}),
        ("(NOT listed OR clean) AND has_plan", {"listed": False, "has_plan": True}),
        ("NOT listed OR clean", {"listed": True, "clean": False}),
        ("NOT listed OR clean", {}),
        ("(NOT listed OR clean) AND has_plan", {"listed": False}),
    ],
)
def test_what_is_asked_of_something_is_a_finding(
    test: str, told: dict[str, Value]
) -> None:
    finding = _judge(test, told)
    assert not finding.vacuous
    assert finding.effective_verdict is finding.verdict


def test_every_member_that_is_asked_counts() -> None:
    test = "every(person WHERE role = 'technical': full_time)"
    members: dict[object, Told] = {
        LIN: {"role": "technical", "full_time": True},
        CHEN: {"role": "manager"},
    }
    assert not _judge(test, {}, members).vacuous
    assert _judge(test, {}, {CHEN: {"role": "manager"}}).vacuous


def test_what_does_not_arise_holds_nothing_up_and_rests_on_nothing() -> None:
    rules = catalogue(criterion("it", "NOT listed OR clean"), criterion("b", "clean"))
    told = {"listed": False, "clean": None}
    found = assess(rules, situation(told, told))
    assert found.rests_on.key_points == 1
    only_nothing = assess(
        catalogue(criterion("it", "NOT listed OR clean")), situation(told, told)
    )
    assert only_nothing.readiness is Readiness.READY
