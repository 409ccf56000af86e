"""What an open criterion begins with: nothing is asked that may not matter."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from changqing.case.subjects import Subject
from changqing.judge.deciding import find_first_open
from changqing.law.lookup import list_vocabulary
from changqing.rules.parse import parse
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

T, F, U = True, False, None
BOTH: Mapping[Subject, Told] = {LIN: {"role": "technical"}, CHEN: {"role": "technical"}}


@pytest.mark.parametrize(
    ("test", "truths", "first"),
    [
        ("listed", [U], {0}),
        ("listed", [T], set()),
        ("listed OR clean", [U, U], {0}),
        ("listed OR clean", [F, U], {1}),
        ("listed OR clean", [U, T], set()),
        ("listed OR clean", [F, F], set()),
        ("listed AND clean", [U, U], {0, 1}),
        ("listed AND clean", [T, U], {1}),
        ("listed AND clean", [F, U], set()),
        ("listed AND clean", [T, T], set()),
        ("NOT listed OR (clean AND has_plan)", [U, U, U], {0}),
        ("NOT listed OR (clean AND has_plan)", [T, U, U], {1, 2}),
    ],
)
def test_of_an_or_the_first_open_branch_comes_first(
    test: str, truths: list[bool | None], first: set[int]
) -> None:
    root = parse(
        test, subject="applicant", vocabulary=list_vocabulary(catalogue())
    ).root
    assert find_first_open(root, truths) == first


def _missing(
    test: str, members: Mapping[Subject, Told], told: Told | None = None
) -> list[tuple[str, str, bool]]:
    known = situation(told or {}, told or {}, members=members)
    finding = only(assess(catalogue(criterion("it", test)), known))
    return [
        ("" if m.subject is None else m.subject.id, m.fact or "", m.later)
        for m in finding.missing
    ]


def test_another_branch_waits_until_the_first_is_known_to_fail() -> None:
    assert _missing("listed OR clean", {}) == [
        ("self", "listed", False),
        ("self", "clean", True),
    ]
    assert _missing("listed OR clean", {}, {"listed": False}) == [
        ("self", "clean", False)
    ]


def test_what_stands_in_both_branches_does_not_wait() -> None:
    found = _missing("listed OR (clean AND listed)", {})
    assert ("self", "listed", False) in found


@pytest.mark.parametrize(
    ("test", "later"),
    [
        ("some(person WHERE role = 'technical': full_time)", True),
        ("at_least(1, person WHERE role = 'technical': full_time)", True),
        ("at_least(2, person WHERE role = 'technical': full_time)", False),
        ("at_least(:least, person WHERE role = 'technical': full_time)", False),
        ("every(person WHERE role = 'technical': full_time)", False),
        ("none(person WHERE role = 'technical': full_time)", False),
    ],
)
def test_as_many_members_are_asked_about_as_are_wanted(
    test: str, *, later: bool
) -> None:
    assert _missing(test, BOTH) == [
        ("lin", "full_time", False),
        ("chen", "full_time", later),
    ]


def test_who_is_already_one_of_them_is_counted() -> None:
    insured: Told = {"role": "technical", "full_time": True}
    members: dict[Subject, Told] = {LIN: insured, CHEN: {"role": "technical"}}
    test = "at_least(2, person WHERE role = 'technical': full_time)"
    assert _missing(test, members) == [("chen", "full_time", False)]


def test_of_a_member_only_what_decides_is_missing() -> None:
    told: Mapping[Subject, Told] = {LIN: {"role": "technical", "full_time": True}}
    test = "some(person WHERE role = 'technical': full_time AND months >= 3)"
    assert _missing(test, told) == [("lin", "months", False)]
    test = "some(person WHERE role = 'technical': months >= 3 OR full_time)"
    assert _missing(test, {LIN: {"role": "technical"}}) == [
        ("lin", "months", False),
        ("lin", "full_time", True),
    ]


def test_whether_one_of_every_is_meant_comes_before_what_is_asked_of_it() -> None:
    unknown: Mapping[Subject, Told] = {LIN: {}}
    assert _missing("every(person WHERE full_time: months >= 3)", unknown) == [
        ("lin", "full_time", False),
        ("lin", "months", True),
    ]
    assert _missing("some(person WHERE full_time: months >= 3)", unknown) == [
        ("lin", "full_time", False),
        ("lin", "months", False),
    ]
    assert _missing("some(person WHERE full_time)", unknown) == [
        ("lin", "full_time", False)
    ]
