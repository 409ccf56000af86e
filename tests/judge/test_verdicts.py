"""Every question is asked of what is claimed and of what is proven."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.case.subjects import APPLICANT
from changqing.evidence.model import Conflict, GapReason
from changqing.judge.assess import Judge, make_rows
from changqing.judge.model import DefectCertainty
from changqing.judge.verdict import count_verdicts
from changqing.law.kit import Grade, InForce, Standing
from changqing.law.model import Verdict
from changqing.law.verdict import decide_verdict
from changqing.text import Text
from tests.judge.assessment_factory import (
    CHEN,
    LIN,
    SITE,
    assess,
    catalogue,
    criterion,
    only,
    record,
    resolved,
    situation,
    verdict,
)

TABLE = [
    (True, True, "met"),
    (True, False, "met"),
    (True, None, "met"),
    (False, True, "contradicted"),
    (False, False, "unmet"),
    (False, None, "unmet"),
    (None, True, "unproven"),
    (None, False, "unmet"),
    (None, None, "undetermined"),
]


@pytest.mark.parametrize(("proven", "claimed", "expected"), TABLE)
def test_the_table_of_verdicts(
    proven: bool | None, claimed: bool | None, expected: str
) -> None:
    told = situation({"listed": claimed}, {"listed": proven})
    finding = only(assess(catalogue(criterion("it", "listed")), told))
    assert finding.verdict == expected
    assert (finding.claimed, finding.proven) == (claimed, proven)
    assert decide_verdict(claimed=claimed, proven=proven) == expected


@pytest.mark.parametrize(
    ("verdict_code", "certainty"),
    [
        ((True, True), None),
        ((True, False), DefectCertainty.CERTAIN),
        ((False, False), DefectCertainty.CERTAIN),
        ((True, None), DefectCertainty.POSSIBLE),
        ((None, None), DefectCertainty.POSSIBLE),
    ],
)
def test_a_defect_is_certain_when_false_and_possible_when_unknown(
    verdict_code: tuple[bool | None, bool | None], certainty: DefectCertainty | None
) -> None:
    claimed, proven = verdict_code
    told = situation({"listed": claimed}, {"listed": proven})
    found = only(assess(catalogue(criterion("it", "listed")), told))
    assert found.certainty is certainty


def test_what_does_not_apply_is_not_asked_whatever_is_known() -> None:
    told = situation({"listed": False}, {"listed": False})
    rules = catalogue(criterion("it", "listed", applies=":scope = 'cross_province'"))
    finding = only(assess(rules, told))
    assert finding.verdict is Verdict.NOT_APPLICABLE
    assert finding.certainty is None
    assert finding.terms == ()
    assert finding.evidence == ()
    assert "不适用" in finding.explanation.zh
    assert "not applicable" in finding.explanation.en


def test_the_kind_of_a_subject_decides_what_applies_to_it() -> None:
    told = situation(members={SITE: {"kind": "app", "answers": False}})
    asked = {"subject": "service", "applies": "kind = 'website'"}
    assert verdict("answers", told, **asked) is Verdict.NOT_APPLICABLE
    told = situation(members={SITE: {"kind": "website", "answers": False}})
    assert verdict("answers", told, **asked) is Verdict.UNMET


def test_a_subject_without_a_member_gives_one_undetermined_finding() -> None:
    rules = catalogue(criterion("it", "full_time", subject="person"))
    finding = only(assess(rules, situation()))
    assert finding.subject is None
    assert finding.verdict is Verdict.UNDETERMINED
    assert (finding.claimed, finding.proven) == (None, None)
    assert finding.explanation.zh
    assert finding.explanation.en


@pytest.mark.parametrize(
    ("applies", "expected"),
    [
        (":stage = 'renew'", Verdict.NOT_APPLICABLE),
        (":stage = 'renew' AND role = 'technical'", Verdict.NOT_APPLICABLE),
        (":stage = 'apply' AND role = 'technical'", Verdict.UNDETERMINED),
    ],
)
def test_a_subject_without_a_member_is_not_asked_what_the_givens_rule_out(
    applies: str, expected: Verdict
) -> None:
    rules = catalogue(criterion("it", "full_time", subject="person", applies=applies))
    assert only(assess(rules, situation())).verdict is expected


def test_each_member_of_a_subject_gets_its_own_finding() -> None:
    told = situation(members={LIN: {"full_time": True}, CHEN: {"full_time": False}})
    rules = catalogue(criterion("it", "full_time", subject="person"))
    found = {
        finding.subject: finding.verdict for finding in assess(rules, told).findings
    }
    assert found == {LIN: Verdict.MET, CHEN: Verdict.UNMET}


@pytest.mark.parametrize(
    ("as_of", "asked"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_a_criterion_is_asked_on_the_days_it_is_in_force(
    as_of: date, asked: bool
) -> None:
    force = InForce(start=date(2026, 1, 1), end=date(2026, 6, 30))
    rules = catalogue(criterion("it", "listed", in_force=force))
    assert bool(assess(rules, situation(as_of=as_of)).findings) is asked


def test_findings_come_by_urgency_then_standing_then_name() -> None:
    told = situation(
        {"listed": True, "clean": True, "has_plan": False},
        {"listed": False, "has_plan": True},
    )
    rules = catalogue(
        criterion("d_met", "has_plan"),
        criterion("c_unproven", "clean"),
        criterion("b_contradicted_advice", "listed", standing=Standing.PRACTICE),
        criterion("a_undetermined", "staff > 1"),
        criterion("z_contradicted", "listed"),
        criterion("y_contradicted", "listed"),
    )
    assert [finding.criterion.id for finding in assess(rules, told).findings] == [
        "y_contradicted",
        "z_contradicted",
        "b_contradicted_advice",
        "a_undetermined",
        "c_unproven",
        "d_met",
    ]


def test_every_verdict_is_counted_and_named() -> None:
    told = situation({"listed": True}, {"listed": True})
    rules = catalogue(
        criterion("one", "listed"),
        criterion("two", "NOT listed"),
        criterion("three", "clean"),
    )
    assert {
        code.value: n
        for code, n in count_verdicts(assess(rules, told).findings).items()
    } == {
        "contradicted": 0,
        "unmet": 1,
        "undetermined": 1,
        "unproven": 0,
        "met": 1,
        "not_applicable": 0,
    }


def test_a_finding_carries_the_records_that_say_and_that_prove() -> None:
    told = situation({"capital": 5}, {"capital": 7})
    finding = only(assess(catalogue(criterion("it", "capital > 6")), told))
    assert {(one.grade, one.value) for one in finding.evidence} == {
        (Grade.DECLARED, 5),
        (Grade.DOCUMENTED, 7),
    }


def test_a_finding_carries_why_a_fact_it_reads_is_not_proven() -> None:
    hidden = resolved(
        APPLICANT,
        "capital",
        claimed=5,
        proven=None,
        gap=GapReason.EXPIRED,
        detail=Text(zh="已过期", en="expired"),
    )
    unrelated = resolved(
        APPLICANT, "staff", claimed=None, proven=None, gap=GapReason.TIMEOUT
    )
    told = situation(more=[hidden, unrelated])
    finding = only(assess(catalogue(criterion("it", "capital > 6")), told))
    (gap,) = finding.gaps
    assert (gap.fact, gap.reason, gap.subject) == (
        "capital",
        GapReason.EXPIRED,
        APPLICANT,
    )
    assert gap.label == Text(zh="注册资本", en="capital")
    assert gap.detail == Text(zh="已过期", en="expired")


def test_a_gap_without_words_is_still_shown() -> None:
    silent = resolved(
        APPLICANT, "capital", claimed=None, proven=None, gap=GapReason.NO_RECORD
    )
    finding = only(
        assess(catalogue(criterion("it", "capital > 6")), situation(more=[silent]))
    )
    (gap,) = finding.gaps
    assert gap.detail == Text(zh="", en="")


def test_gaps_of_counted_members_are_shown_on_the_criterion_that_counts() -> None:
    gone = resolved(
        LIN, "full_time", claimed=None, proven=None, gap=GapReason.OLDER_THAN_CLAIM
    )
    told = situation(members={LIN: {"role": "technical"}}, more=[gone])
    test = "some(person WHERE role = 'technical': full_time)"
    finding = only(assess(catalogue(criterion("it", test)), told))
    assert [(gap.subject, gap.fact) for gap in finding.gaps] == [(LIN, "full_time")]


def test_a_conflict_is_shown_on_every_criterion_that_reads_the_fact() -> None:
    clash = Conflict(
        fact="capital",
        subject=APPLICANT,
        one=record(APPLICANT, "capital", 5, Grade.DECLARED),
        other=record(APPLICANT, "capital", 9, Grade.DOCUMENTED),
    )
    told = situation({"capital": 5}, {"capital": 9}, conflicts=(clash,))
    rules = catalogue(
        criterion("reads", "capital > 6"),
        criterion("reads_too", "cash + capital > 6"),
        criterion("reads_not", "cash > 6"),
    )
    shown = {
        finding.criterion.id: finding.conflicts
        for finding in assess(rules, told).findings
    }
    assert shown == {"reads": (clash,), "reads_too": (clash,), "reads_not": ()}


def test_a_number_that_no_rule_sets_is_to_be_confirmed_with_the_authority() -> None:
    rules = catalogue(criterion("it", "capital >= :minimum"))
    rich = {"capital": 900_000_000_000}
    told = situation(rich, rich, scope="cross_province")
    finding = only(assess(rules, told))
    assert finding.verdict is Verdict.UNDETERMINED
    assert finding.unknown_parameters == ("minimum",)
    assert "须向受理机关确认" in finding.explanation.zh
    assert "to be confirmed with the authority" in finding.explanation.en
    decided = only(assess(rules, situation(rich, rich)))
    assert decided.verdict is Verdict.MET
    assert decided.unknown_parameters == ()
    assert "须向受理机关确认" not in decided.explanation.zh


def test_the_report_year_is_the_year_before_the_assessment() -> None:
    told = situation(as_of=date(2028, 3, 1))
    assert verdict(":report_year = 2027", told) is Verdict.MET


@pytest.mark.parametrize(
    ("closed", "expected"),
    [(frozenset(), Verdict.UNDETERMINED), (frozenset({"person"}), Verdict.UNMET)],
)
def test_only_a_closed_list_makes_something_missing(
    closed: frozenset[str], expected: Verdict
) -> None:
    told = situation(members={LIN: {"role": "manager"}}, closed=closed)
    assert verdict("some(person WHERE role = 'technical')", told) is expected


def test_a_list_of_members_stays_whole_though_nothing_is_known_of_one() -> None:
    told = situation(members={LIN: {}})
    assert [row.id for row in make_rows(told).members["person"]] == ["lin", "lin"]


def test_one_judge_judges_case_after_case_alike() -> None:
    judge = Judge(catalogue(criterion("it", "capital >= :minimum")))
    poor, rich = {"capital": 1}, {"capital": 100_000_000}
    first = [only(judge.assess(situation(one, one))) for one in (poor, rich, poor)]
    assert [finding.verdict for finding in first] == [
        Verdict.UNMET,
        Verdict.MET,
        Verdict.UNMET,
    ]
    assert first[0] == first[2]
