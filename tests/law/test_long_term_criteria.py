"""Which criteria long-term capability rests on, by route, licence and kind of service."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from changqing.cli.main import main
from changqing.law.applicable import find_applicable
from changqing.law.kinds.criterion import Criterion, Route, Weight
from changqing.law.kit import Confidence, Dimension, Standing
from changqing.law.lookup import EXAMPLE_GIVENS, load_sqlite_program
from changqing.report.counting import say_whose_measure
from changqing.rules.sqlite import SqliteEngine
from tests.shipped import CATALOGUE

ON = date(2026, 11, 24)
FACILITIES = ("B11", "B12", "B13", "B14", "B24")


def asked(licence: str, stage: str = "apply") -> Iterator[Criterion]:
    """The criteria that may be asked of an application."""
    with SqliteEngine(load_sqlite_program(CATALOGUE)) as engine:
        givens = {**EXAMPLE_GIVENS, "as_of": ON, "licence": licence, "stage": stage}
        found = find_applicable(engine, givens)
    return (CATALOGUE.criteria[name] for name in found)


def cores(licence: str, route: Route, stage: str = "apply") -> set[str]:
    return {
        criterion.id
        for criterion in asked(licence, stage)
        if criterion.long_term is not None
        and criterion.long_term.route is route
        and criterion.long_term.weight is Weight.CORE
    }


@pytest.mark.parametrize("licence", ["B11", "B21", "B24", "B25"])
def test_the_route_of_standing_rests_on_the_paper_the_law_names(licence: str) -> None:
    standing = cores(licence, Route.STANDING)
    assert "credit_proof_present" in standing
    assert "service_figures_reported" not in standing
    assert "service_figures_reported" in cores(licence, Route.STANDING, "operate")


@pytest.mark.parametrize("licence", ["B11", "B21", "B24", "B25"])
def test_investors_and_managers_count_with_the_company(licence: str) -> None:
    assert cores(licence, Route.STANDING) >= {
        "applicant_off_dishonesty_list",
        "main_investors_off_dishonesty_list",
        "main_managers_off_dishonesty_list",
    }


@pytest.mark.parametrize("licence", ["B11", "B21", "B24", "B25"])
def test_every_one_of_the_nine_dimensions_weighs_for_an_applicant(licence: str) -> None:
    weighed = {
        criterion.dimension
        for criterion in asked(licence)
        if criterion.long_term is not None
    }
    assert weighed | {Dimension.CONTENT} == set(Dimension)
    assert "infosec_measures_operable" in cores(licence, Route.ABILITY)


@pytest.mark.parametrize("licence", FACILITIES)
def test_a_service_that_lives_on_facilities_is_asked_how_long_it_has_them(
    licence: str,
) -> None:
    ability = cores(licence, Route.ABILITY)
    assert "resource_outlasts_review" in ability
    agreement = (
        "call_numbers_agreed" if licence == "B24" else "network_resources_agreed"
    )
    assert agreement in ability
    assert "content_schedule_in_place" not in ability


def test_hosting_and_lease_are_asked_alike() -> None:
    criteria = CATALOGUE.criteria
    for short, long in (
        ("hosting_outlasts_review", "hosting_long_enough"),
        ("lease_outlasts_review", "lease_long_enough"),
    ):
        assert ":review_days" in criteria[short].test.text
        assert ":lease_months" in criteria[long].test.text
        terms = [criteria[name].long_term for name in (short, long)]
        assert [term and term.weight for term in terms] == [
            Weight.CORE,
            Weight.SUPPORTING,
        ]


def test_each_kind_of_information_service_has_its_own_mechanism() -> None:
    schedule = CATALOGUE.criteria["content_schedule_in_place"]
    moderation = CATALOGUE.criteria["moderation_in_place"]
    assert schedule.premise is not None
    assert "publishing_delivery" in schedule.premise
    assert moderation.premise is not None
    assert "community" in moderation.premise


def test_no_measure_of_practice_borrows_the_badge_of_an_article() -> None:
    """What is read in a conditions article of these is the principle alone."""
    of_conditions = {
        ("telecom_regulations", "13(2)"),
        ("telecom_regulations", "13(3)"),
        ("permit_measures", "8(5)"),
        ("permit_measures", "8(6)"),
    }
    for criterion in CATALOGUE.criteria.values():
        if criterion.long_term is None or criterion.standing is not Standing.PRACTICE:
            continue
        for cited in criterion.citations:
            if cited.confidence is not Confidence.TEXT_VERIFIED:
                continue
            if (cited.instrument, cited.article) in of_conditions:
                assert cited.principle, criterion.id


@pytest.mark.long
def test_the_report_says_whose_measure_the_key_points_are_held_to(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    case = tmp_path / "case"
    shutil.copytree("examples/local-life", case)

    def run(*options: str) -> str:
        with pytest.raises(SystemExit):
            main(["assess", str(case), "--offline", *options])
        return "".join(capsys.readouterr().out.split())

    findings = json.loads(run("--json"))["findings"]
    practice = sum(
        finding["standing"] == "practice"
        for finding in findings
        if finding["weight"] == "core"
        and finding["asked"]
        and finding["verdict"] != "not_applicable"
    )
    assert practice
    assert f"{practice}个的尺度出自实务，不是法定" in run("--lang", "zh")
    assert f"themeasureof{practice}isfrompractice" in run("--lang", "en")
    assert say_whose_measure([]) is None
