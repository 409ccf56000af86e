"""What is asked at each stage of a licence, and what is asked no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import pytest

from changqing.case.model import Application
from changqing.case.subjects import Subject
from changqing.evidence.model import Resolved
from changqing.judge.assess import Judge
from changqing.judge.model import Situation
from changqing.law.applicable import find_applicable
from changqing.law.kit import Confidence, Standing
from changqing.law.lookup import (
    EXAMPLE_GIVENS,
    STAGES,
    find_parameter_value,
    load_sqlite_program,
)
from changqing.law.model import Catalogue, Verdict
from changqing.rules.sqlite import SqliteEngine
from changqing.rules.types import Value
from changqing.text import both
from tests.shipped import CATALOGUE

AS_OF = date(2026, 11, 24)
APPLICANT = Subject("applicant", "self")
LISTS = frozenset({"paper", "person", "holder", "offer", "resource", "report"})

MUST = {
    "operate": {
        "licence_in_force",
        "classes_within_licence",
        "items_within_licence",
        "particulars_current",
        "operator_change_applied_after_decision",
        "operator_change_applied_ahead",
        "site_change_filed_ahead",
        "licence_number_on_home_page",
        "complaints_answered_in_limit",
        "network_logs_unbroken",
        "messages_recorded",
        "message_codes_approved",
        "impact_assessments_kept",
        "grave_risk_reported",
        "stopped_service_deregistered",
        "annual_report_filed",
        "inspection_answered",
        "rectification_carried_out",
        "fine_paid_in_time",
    },
    "annual_report": {
        "annual_report_filed",
        "ordered_report_filed",
        "annual_sections_complete",
        "annual_figures_agree_with_books",
        "annual_fields_add_up",
        "annual_users_fit_revenue",
        "annual_not_empty",
        "annual_follows_last_year",
        "annual_changes_made_first",
        "annual_service_figures_stated",
    },
    "amend": {
        "register_changed_first",
        "particulars_current",
        "operator_change_applied_after_decision",
        "operator_change_applied_ahead",
        "site_change_filed_ahead",
        "classes_within_licence",
    },
    "renew": {
        "renewal_applied_in_time",
        "renewal_service_opened",
        "renewal_opening_proof_ready",
        "classes_within_licence",
        "particulars_current",
        "network_logs_unbroken",
        "complaints_answered_in_limit",
        "annual_reports_of_term_filed",
        "applicant_off_dishonesty_list",
    },
    "stop": {
        "stop_applied_ahead",
        "stop_users_provided_for",
        "stop_papers_ready",
        "stop_users_told",
        "stop_shown_on_home_page",
        "stop_data_deleted",
        "stopped_service_deregistered",
        "annual_report_filed",
    },
}
FIRST_APPLICATION = {
    "application_form_present",
    "business_plan_present",
    "business_plan_dated",
    "first_year_funds_covered",
    "funding_source_stated",
    "content_schedule_dated",
    "insured_months_enough",
    "licence_is_needed",
}
Ask = Callable[..., frozenset[str]]
"""By stage, and what else is given: the criteria in force that can apply."""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


@pytest.fixture(scope="module")
def asked(catalogue: Catalogue) -> Ask:
    engine = SqliteEngine(load_sqlite_program(catalogue))

    @cache
    def of(stage: str, **given: Value) -> frozenset[str]:
        givens = {**EXAMPLE_GIVENS, "as_of": AS_OF, "stage": stage, **given}
        found = find_applicable(engine, givens)
        return frozenset(
            name for name in found if catalogue.criteria[name].in_force.covers(AS_OF)
        )

    return of


def renewing(facts: dict[str, Value]) -> Situation:
    """A company of Zhejiang that renews its licence for information services."""
    return Situation(
        as_of=AS_OF,
        application=Application(
            licence="B25",
            scope="intra_province",
            region="33",
            stage="renew",
            submit_on=date(2026, 12, 24),
        ),
        subjects=(APPLICANT,),
        labels={APPLICANT: both(APPLICANT.id)},
        resolved={
            (APPLICANT, name): Resolved(
                subject=APPLICANT,
                fact=name,
                claimed=value,
                claimed_by=None,
                proven=value,
                proven_by=None,
                agree_claimed=None,
                agree_proven=None,
                gap=None,
                gap_detail=None,
            )
            for name, value in facts.items()
        },
        conflicts=(),
        open_claimed=LISTS,
        open_proven=LISTS,
    )


@pytest.mark.parametrize("stage", MUST)
def test_each_stage_asks_what_belongs_to_it(asked: Ask, stage: str) -> None:
    assert asked(stage) >= MUST[stage]


@pytest.mark.parametrize("stage", sorted(set(STAGES) - {"prepare", "apply"}))
def test_no_later_stage_asks_for_a_first_application(asked: Ask, stage: str) -> None:
    assert asked("apply") >= FIRST_APPLICATION
    assert not asked(stage) & FIRST_APPLICATION


def test_a_first_application_is_not_asked_about_the_licence_it_lacks(
    asked: Ask,
) -> None:
    later = {name for names in MUST.values() for name in names}
    later -= {"applicant_off_dishonesty_list"}
    for stage in ("prepare", "apply"):
        assert not asked(stage) & later


@pytest.mark.parametrize("licence", ["B11", "B12", "B13", "B14"])
def test_resources_are_compared_for_whoever_declared_some(
    asked: Ask, licence: str
) -> None:
    found = asked("operate", licence=licence)
    assert found >= {"resource_operator_agrees", "resource_leased_from_licensed"}
    assert "resource_operator_agrees" not in asked("operate")


@pytest.mark.parametrize("licence", ["N95", "N96", "N106"])
def test_a_number_is_asked_about_its_own_duties_alone(asked: Ask, licence: str) -> None:
    in_use, ending = (asked(stage, licence=licence) for stage in ("operate", "renew"))
    assert in_use >= {"number_approved", "number_not_passed_on", "number_fee_paid"}
    assert not in_use & {"particulars_current", "complaints_answered_in_limit"}
    assert "number_report_filed" in asked("annual_report", licence=licence)
    assert "number_renewal_in_time" in ending
    assert "renewal_applied_in_time" not in ending


def test_some_questions_belong_to_one_province(asked: Ask) -> None:
    for region, criterion, stage, licence in (
        ("50", "renewal_window_asked", "renew", "B25"),
        ("41", "henan_resources_to_licensed", "operate", "B25"),
        ("11", "annual_site_video_added", "annual_report", "B24"),
    ):
        there = asked(stage, licence=licence, region=region)
        elsewhere = asked(stage, licence=licence, region="33")
        assert criterion in there
        assert criterion not in elsewhere


def test_the_rules_on_messages_of_2015_ended_with_april_2026(
    catalogue: Catalogue, asked: Ask
) -> None:
    old = catalogue.criteria["annual_messages_stated"]
    assert old.in_force.covers(date(2026, 4, 30))
    assert not old.in_force.covers(date(2026, 5, 1))
    assert "annual_messages_stated" not in asked("annual_report")


def test_a_renewal_is_judged_as_one(catalogue: Catalogue) -> None:
    facts: dict[str, Value] = {
        "renewal_submitted": False,
        "licence_valid_until": date(2027, 6, 30),
        "opened_in_term": True,
        "operated_classes": frozenset({"B21", "B25"}),
        "licensed_classes": frozenset({"B25"}),
    }
    assessment = Judge(catalogue).assess(renewing(facts))
    verdicts = {
        finding.criterion.id: finding.verdict for finding in assessment.findings
    }
    assert verdicts["renewal_applied_in_time"] is Verdict.MET
    assert verdicts["renewal_service_opened"] is Verdict.MET
    assert verdicts["classes_within_licence"] is Verdict.UNMET
    assert verdicts["annual_reports_of_term_filed"] is Verdict.UNDETERMINED
    assert {verdicts[name] for name in FIRST_APPLICATION} == {Verdict.NOT_APPLICABLE}
    assert {verdicts[name] for name in MUST["stop"] if name.startswith("stop_")} == {
        Verdict.NOT_APPLICABLE
    }


def test_a_renewal_planned_too_late_is_unmet(catalogue: Catalogue) -> None:
    facts: dict[str, Value] = {
        "renewal_submitted": False,
        "licence_valid_until": date(2027, 3, 1),
    }
    assessment = Judge(catalogue).assess(renewing(facts))
    (finding,) = (
        each
        for each in assessment.findings
        if each.criterion.id == "renewal_applied_in_time"
    )
    assert finding.verdict is Verdict.UNMET


def test_what_rests_on_weak_sources_alone_only_advises(catalogue: Catalogue) -> None:
    weak = {
        Confidence.RECALLED,
        Confidence.PRACTICE_LOW,
        Confidence.PRACTICE_MEDIUM,
        Confidence.PRACTICE_HIGH,
    }
    for criterion in catalogue.criteria.values():
        if {citation.confidence for citation in criterion.citations} <= weak:
            assert criterion.standing is Standing.PRACTICE, criterion.id


@pytest.mark.parametrize(
    ("name", "licence", "region", "on", "number"),
    [
        ("renewal_lead_days", "B25", "33", AS_OF, 90),
        ("renewal_lead_days", "B25", "50", AS_OF, 90),
        ("renewal_local_lead_days", "B25", "50", AS_OF, 60),
        ("renewal_local_lead_days", "B25", "33", AS_OF, None),
        ("renewal_lead_days", "N95", "33", AS_OF, 30),
        ("complaint_reply_limit", "B25", "33", AS_OF, 15),
        ("complaint_reply_limit", "B25", "41", AS_OF, 5),
        ("complaint_reply_limit", "B25", "50", AS_OF, 15),
        ("sms_record_months", "B25", "33", date(2026, 4, 30), 5),
        ("sms_record_months", "B25", "33", date(2026, 5, 1), 6),
        ("number_report_months", "N106", "33", AS_OF, 3),
        ("number_report_months", "N106", "33", date(2027, 1, 1), None),
    ],
)
def test_a_number_is_that_of_its_licence_province_and_day(
    catalogue: Catalogue,
    name: str,
    licence: str,
    region: str,
    on: date,
    number: int | None,
) -> None:
    found = find_parameter_value(
        catalogue,
        name,
        licence=licence,
        scope="intra_province",
        region=region,
        on=on,
    )
    assert found is not None
    assert found.value == number
