"""What a met criterion rests on: outside papers, the company's own, or its word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changqing.case.subjects import APPLICANT
from changqing.judge.model import Finding, RestsOn
from changqing.law.kinds.criterion import Route
from changqing.law.kit import Grade, GradeGroup
from changqing.law.model import Verdict
from changqing.report.counting import count_verdicts, list_counts
from changqing.report.words import KEY_POINTS, name_verdict, say_rests_on
from tests.judge.assessment_factory import (
    CORE_ABILITY,
    CORE_STANDING,
    assess,
    catalogue,
    criterion,
    only,
    record,
    resolved,
    situation,
)


def judged(test: str, grades: dict[str, Grade]) -> Finding:
    told = situation(
        more=[
            replace(
                resolved(APPLICANT, fact, claimed=True, proven=True),
                proven_by=record(APPLICANT, fact, True, grade),
            )
            for fact, grade in grades.items()
        ]
    )
    return only(assess(catalogue(criterion("it", test)), told))


@pytest.mark.parametrize(
    ("grade", "group", "zh"),
    [
        (Grade.DECLARED, GradeGroup.SAID, "已说明"),
        (Grade.UNDERTAKEN, GradeGroup.WRITTEN, "已写明"),
        (Grade.DOCUMENTED, GradeGroup.PROVEN, "已证实"),
        (Grade.ATTESTED, GradeGroup.PROVEN, "已证实"),
    ],
)
def test_what_is_met_is_called_by_what_it_rests_on(
    grade: Grade, group: GradeGroup, zh: str
) -> None:
    found = judged("has_plan", {"has_plan": grade})
    assert (found.verdict, found.rests_on) == (Verdict.MET, group)
    assert name_verdict(found.verdict, found.rests_on).zh == zh


def test_only_what_company_papers_alone_show_is_written_down() -> None:
    mixed = {"has_plan": Grade.UNDERTAKEN, "clean": Grade.DOCUMENTED}
    assert judged("has_plan AND clean", mixed).rests_on is GradeGroup.PROVEN
    # Of an OR that holds by its first branch, the second does not count.
    assert judged("has_plan OR clean", mixed).rests_on is GradeGroup.WRITTEN


def test_what_asks_for_no_record_is_the_word_of_the_applicant() -> None:
    found = judged(":submit_on >= :as_of", {})
    assert (found.verdict, found.rests_on) == (Verdict.MET, GradeGroup.SAID)


def test_what_is_not_met_rests_on_nothing() -> None:
    found = judged("NOT has_plan", {"has_plan": Grade.DOCUMENTED})
    assert (found.verdict, found.rests_on) == (Verdict.UNMET, None)
    assert name_verdict(found.verdict, None).zh == "不满足"


def test_both_sentences_count_what_they_rest_on() -> None:
    own = replace(
        resolved(APPLICANT, "has_plan", claimed=True, proven=True),
        proven_by=record(APPLICANT, "has_plan", True, Grade.UNDERTAKEN),
    )
    known = catalogue(
        criterion("plan", "has_plan", long_term=CORE_ABILITY),
        criterion("list", "clean", long_term=CORE_ABILITY),
        criterion("more", "listed", long_term=CORE_STANDING),
    )
    told = situation({"clean": True}, {"clean": True}, more=[own])
    assessment = assess(known, told)
    # Nothing is known of the other route: the one that is shown is counted.
    assert assessment.long_term.route is Route.ABILITY
    shown = RestsOn(key_points=2, proven=1, written=1, said=0)
    assert assessment.long_term.rests_on == shown
    assert say_rests_on(shown, KEY_POINTS).zh == (
        "2个关键点：外部材料或实测1，公司文件1"
    )
    whole = RestsOn(key_points=3, proven=1, written=1, said=0)
    assert assessment.rests_on == whole
    assert say_rests_on(replace(whole, said=1), KEY_POINTS).en == (
        "3 key points: outside papers or observed 1, company papers 1, own word 1"
    )
    assert say_rests_on(whole, KEY_POINTS).zh.endswith("，还缺1")
    tally = count_verdicts(assessment.findings)
    assert (tally.met, tally.met_written, tally.met_said) == (2, 1, 0)
    assert [(name.zh, n) for _, name, n in list_counts(tally)] == [
        ("已证实", 1),
        ("已写明", 1),
        ("待证", 0),
        ("矛盾", 0),
        ("缺证", 1),
        ("不满足", 0),
    ]


def test_of_two_routes_not_shown_the_one_that_is_nearer_is_counted() -> None:
    known = catalogue(
        criterion("plan", "has_plan", long_term=CORE_ABILITY),
        criterion("list", "clean", long_term=CORE_STANDING),
        criterion("more", "listed", long_term=CORE_STANDING),
    )
    view = assess(known, situation({"clean": True}, {"clean": True})).long_term
    assert view.route is None
    assert view.rests_on == RestsOn(key_points=2, proven=1, written=0, said=0)
