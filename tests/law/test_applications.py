"""What each licence is asked before it is granted, and what it is not asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import pytest

from changqing.law.applicable import find_applicable
from changqing.law.kit import Standing
from changqing.law.lookup import (
    EXAMPLE_GIVENS,
    find_parameter_value,
    load_sqlite_program,
)
from changqing.law.model import Catalogue
from changqing.rules.sqlite import SqliteEngine
from changqing.rules.types import Value
from tests.shipped import CATALOGUE

AS_OF = date(2026, 11, 24)
GRANT = {
    "applicant_is_company",
    "registered_capital_minimum",
    "own_funds_exist",
    "technical_staff_exist",
    "premises_exist",
    "facilities_exist",
    "applicant_off_dishonesty_list",
    "foreign_capital_procedure",
    "foreign_share_within_cap",
    "service_assurance_present",
    "infosec_measures_present",
    "business_plan_present",
    "tech_plan_present",
    "written_application_present",
}
OWN = {
    "B11": {
        "access_systems_planned",
        "access_systems_tested_in_time",
        "machine_room_described",
        "machine_room_fire_safe",
        "resource_lessor_licensed",
        "resource_for_own_use",
        "resource_papers_agree",
        "access_emergency_contacts_named",
    },
    "B12": {
        "access_systems_planned",
        "delivery_network_drawn",
        "delivery_servers_listed",
        "network_resources_agreed",
    },
    "B13": {"private_network_domestic", "private_network_plan_complete"},
    "B14": {
        "access_network_drawn",
        "access_servers_in_coverage",
        "hosting_agreement_present",
    },
    "B21": {
        "marketplace_open_to_others",
        "marketplace_functions_visible",
        "payment_partner_agreed",
        "transaction_records_planned",
        "platform_rule_changes_provided_for",
        "merchant_checks_provided_for",
    },
    "B22": {"conference_data_protected", "conference_assessment_recorded"},
    "B24": {
        "call_numbers_agreed",
        "call_direction_stated",
        "no_marketing_calls_planned",
        "call_recordings_planned",
        "call_service_standard_written",
        "resource_papers_agree",
    },
    "B25": {
        "message_handling_planned",
        "message_records_planned",
        "message_number_planned",
        "services_within_class",
        "sector_approval_held",
    },
    "N95": {"number_use_stated", "number_holder_licensed", "number_95_coverage"},
    "N106": {"number_use_stated", "number_kind_not_held_twice"},
}
BUSINESS = ("A24-1", "A25-3", "A27", *sorted(set(OWN) - {"N95", "N106"}), "B23", "B26")
Ask = Callable[..., frozenset[str]]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


@pytest.fixture(scope="module")
def asked(catalogue: Catalogue) -> Ask:
    engine = SqliteEngine(load_sqlite_program(catalogue))

    @cache
    def of(stage: str, on: date = AS_OF, **given: Value) -> frozenset[str]:
        givens = {**EXAMPLE_GIVENS, "as_of": on, "stage": stage, **given}
        found = find_applicable(engine, givens)
        return frozenset(
            name for name in found if catalogue.criteria[name].in_force.covers(on)
        )

    return of


@pytest.mark.parametrize("licence", BUSINESS)
def test_the_conditions_of_the_grant_are_asked_of_every_class(
    asked: Ask, licence: str
) -> None:
    for stage in ("prepare", "apply"):
        assert asked(stage, licence=licence) >= GRANT


@pytest.mark.parametrize("licence", OWN)
def test_a_licence_is_asked_its_own_questions(asked: Ask, licence: str) -> None:
    assert asked("apply", licence=licence) >= OWN[licence]
    others = {name for code, names in OWN.items() if code != licence for name in names}
    strange = others - OWN[licence]
    shared = {"access_systems_planned", "access_systems_tested_in_time"}
    shared |= {"network_resources_agreed", "resource_lessor_licensed"}
    shared |= {"resource_for_own_use", "resource_papers_agree"}
    shared |= {"access_emergency_contacts_named", "hosting_agreement_present"}
    shared |= {"number_use_stated", "number_holder_licensed"}
    assert not asked("apply", licence=licence) & (strange - shared)


@pytest.mark.parametrize("licence", ["N95", "N96", "N106"])
def test_a_number_is_not_asked_for_the_conditions_of_a_licence(
    catalogue: Catalogue, asked: Ask, licence: str
) -> None:
    found = asked("apply", licence=licence)
    assert not found & GRANT
    required = {Standing.CONDITION, Standing.PUBLISHED}
    assert not {n for n in found if catalogue.criteria[n].standing in required}


def test_a_renewal_looks_at_the_conditions_again_and_not_at_the_papers(
    asked: Ask,
) -> None:
    found = asked("renew")
    papers = {name for name in GRANT if name.endswith("_present")}
    assert found >= GRANT - papers
    assert not found & papers


def test_tests_of_access_systems_moved_from_the_licence_to_the_opening(
    asked: Ask,
) -> None:
    before = asked("apply", on=date(2018, 12, 31), licence="B11")
    after = asked("apply", on=date(2019, 1, 1), licence="B11")
    assert "access_systems_tested_before_2019" in before
    assert "access_systems_tested_in_time" not in before
    assert "access_systems_tested_in_time" in after
    assert "access_systems_tested_before_2019" not in after


def test_consent_before_applying_is_asked_in_pilot_areas_alone(asked: Ask) -> None:
    def named(**given: Value) -> set[str]:
        found = asked("apply", licence="B25", **given)
        return {name for name in found if name.startswith("foreign_capital_approved")}

    assert named(region="53") == set()
    assert named(region="31") == {"foreign_capital_approved"}
    before = asked("apply", on=date(2021, 6, 1), licence="B25", region="53")
    assert "foreign_capital_approved_before_2022" in before


def test_what_was_pre_approved_depends_on_the_day(asked: Ask) -> None:
    for day, named in (
        (date(2025, 1, 19), "sector_approval_held_before_2025"),
        (date(2025, 1, 20), "sector_approval_held"),
    ):
        found = asked("apply", on=day)
        assert {name for name in found if name.startswith("sector_approval")} == {named}


@pytest.mark.parametrize(
    ("licence", "on", "share"),
    [
        ("B25", AS_OF, 5000),
        ("B11", AS_OF, 5000),
        ("B13", AS_OF, 5000),
        ("B13", date(2025, 3, 31), None),
        ("B24", AS_OF, 10000),
        ("B22", AS_OF, 10000),
        ("B24", date(2024, 10, 31), None),
        ("A27", AS_OF, None),
    ],
)
def test_the_cap_on_foreign_capital_is_that_of_the_class(
    catalogue: Catalogue, licence: str, on: date, share: int | None
) -> None:
    found = find_parameter_value(
        catalogue,
        "foreign_share_cap",
        licence=licence,
        scope="intra_province",
        region="33",
        on=on,
    )
    assert found is not None
    assert found.value == share
