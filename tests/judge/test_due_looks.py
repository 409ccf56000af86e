"""Which guided looks would settle what open findings ask."""

from __future__ import annotations

from collections.abc import Mapping

from changqing.case.subjects import APPLICANT, Subject
from changqing.judge.assess import Judge
from changqing.judge.due_looks import find_due_looks
from tests.judge.assessment_factory import Told, situation
from tests.shipped import CATALOGUE

LOOK = "dishonesty_list"
CLEAR = "dishonesty_list_clear"


def settled_by(proven: Told, members: Mapping[Subject, Told]) -> list[Subject]:
    """Whom a look at the list would tell something about."""
    told = situation(proven=proven, members=members)
    due = find_due_looks(Judge(CATALOGUE).assess(told), CATALOGUE)
    return [
        subject
        for record in due
        if record.look.id == LOOK
        for subject, fact in record.settles
        if fact.id == CLEAR
    ]


def test_a_look_is_due_for_whom_nobody_looked_up() -> None:
    assert APPLICANT in settled_by({}, {})


def test_what_is_proven_needs_no_look() -> None:
    assert APPLICANT not in settled_by({CLEAR: True}, {})


def test_a_finding_about_one_person_asks_for_that_person_alone() -> None:
    chen, lin = Subject("person", "chen"), Subject("person", "lin")
    manager: Told = {"roles": frozenset({"manager"}), "is_main": True}
    named = settled_by({CLEAR: True}, {chen: {**manager, CLEAR: True}, lin: manager})
    assert named == [lin]
