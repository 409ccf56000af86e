"""A shortage is certain only by a measure of the place: one of law or of its province."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from changqing.guide.materials import make_checklist
from changqing.judge.assess import list_givens
from changqing.judge.model import Assessment, DefectCertainty, Situation
from changqing.law.applicable import find_applicable
from changqing.law.kit import Citation, Confidence, Standing, is_hearsay
from changqing.law.lookup import load_sqlite_program
from changqing.law.model import Catalogue
from changqing.rules.sqlite import SqliteEngine
from changqing.rules.types import Value
from tests.documents.dossier_case import AS_OF, EXAMPLES, assessed, judge
from tests.judge.assessment_factory import assess, catalogue, criterion, situation
from tests.shipped import CATALOGUE

REGIONS = sorted(CATALOGUE.regions)
LICENCES = sorted(name for name in CATALOGUE.licences if not name.startswith("N"))
LOW, MEDIUM = Confidence.PRACTICE_LOW, Confidence.PRACTICE_MEDIUM


def measured(
    standing: Standing,
    region: str | None,
    confidence: Confidence,
    *,
    least: int | None = None,
    most: int | None = None,
) -> Catalogue:
    """A catalogue of two criteria that want two people, and of who says so."""
    rules = catalogue(
        criterion("alone", "staff >= :least", standing=Standing.PRACTICE),
        criterion("both", "clean AND staff >= :least", standing=Standing.PRACTICE),
    )
    value = replace(
        rules.parameters["least"].values[0],
        standing=standing,
        region=region,
        citations=(Citation(instrument="somebody", confidence=confidence),),
        least=least,
        most=most,
    )
    parameter = replace(rules.parameters["least"], values=(value,))
    return replace(rules, parameters={**rules.parameters, "least": parameter})


def certainties(
    rules: Catalogue, proven: Mapping[str, Value]
) -> dict[str, DefectCertainty | None]:
    return {
        finding.criterion.id: finding.certainty
        for finding in assess(rules, situation({}, proven)).findings
    }


@pytest.mark.parametrize(
    ("standing", "local", "confidence", "certain"),
    [
        (Standing.CONDITION, False, Confidence.TEXT_VERIFIED, True),
        (Standing.PUBLISHED, False, Confidence.SECONDARY, True),
        (Standing.DUTY, True, Confidence.TEXT_VERIFIED, True),
        (Standing.PRACTICE, True, MEDIUM, True),
        (Standing.PRACTICE, True, LOW, False),
        (Standing.PRACTICE, False, MEDIUM, False),
        (Standing.PRACTICE, False, Confidence.PRACTICE_HIGH, False),
    ],
)
def test_who_sets_the_measure_decides_how_sure_a_shortage_is(
    standing: Standing, local: bool, confidence: Confidence, certain: bool
) -> None:
    region = situation({}, {}).application.region if local else None
    rules = measured(standing, region, confidence)
    expected = DefectCertainty.CERTAIN if certain else DefectCertainty.POSSIBLE
    one_person = {"staff": 1, "clean": True}
    assert certainties(rules, one_person) == {"alone": expected, "both": expected}
    enough = {"staff": 2, "clean": True}
    assert certainties(rules, enough) == {"alone": None, "both": None}


def test_what_fails_whatever_the_measure_is_certain() -> None:
    rules = measured(Standing.PRACTICE, None, MEDIUM)
    assert certainties(rules, {"staff": 1, "clean": False}) == {
        "alone": DefectCertainty.POSSIBLE,
        "both": DefectCertainty.CERTAIN,
    }


def test_a_caution_says_between_which_numbers_places_ask() -> None:
    rules = measured(Standing.PRACTICE, None, MEDIUM, least=1, most=6)
    assessment = assess(rules, situation({}, {"staff": 1, "clean": True}))
    says = {
        caution.finding.criterion.id: caution.says for caution in assessment.cautions
    }
    assert set(says) == {"alone", "both"}
    assert all("各地要求1至6人，受理机关没有公布" in text.zh for text in says.values())
    assert all("places ask for 1 to 6 people" in text.en for text in says.values())


@cache
def short_of_everything(region: str, licence: str) -> Assessment:
    """An example elsewhere, whose domain ends soon and whose people are new."""
    situation = assessed_example()
    application = replace(
        situation.application, region=region, licence=licence, scope="intra_province"
    )
    soon = application.submit_on + timedelta(days=40)
    told: dict[str, Value] = {"domain_expires_on": soon, "si_months_unbroken": 0}
    resolved = {
        key: replace(fact, claimed=told[key[1]], proven=told[key[1]])
        if key[1] in told
        else fact
        for key, fact in situation.resolved.items()
    }
    return judge().assess(
        replace(situation, application=application, resolved=resolved)
    )


@cache
def assessed_example() -> Situation:
    return assessed(EXAMPLES / "local-life").situation


@pytest.mark.parametrize("licence", ["B21", "B25"])
@pytest.mark.parametrize("region", REGIONS)
def test_no_shortage_is_certain_without_a_rule_of_its_province_and_licence(
    region: str, licence: str
) -> None:
    failing = [f for f in short_of_everything(region, licence).findings if f.fails]
    codes = {code for finding in failing for code in finding.criterion.defects}
    assert {"DOMAIN_VALIDITY_SHORT", "SI_MONTHS_SHORT"} <= codes
    for code, name in (
        ("DOMAIN_VALIDITY_SHORT", "domain_months_left"),
        ("SI_MONTHS_SHORT", "si_months_advised"),
        ("SI_PERSONS_SHORT", "insured_staff_least"),
    ):
        local = any(
            value.region == region
            and licence in value.licences
            and not is_hearsay(value.citations)
            for value in CATALOGUE.parameters[name].values
        )
        certain = {
            finding.certainty is DefectCertainty.CERTAIN
            for finding in failing
            if code in finding.criterion.defects
            and name in finding.criterion.test.parameters
        }
        assert certain <= {local}, (code, region, licence)


@pytest.mark.parametrize("region", REGIONS)
def test_what_one_province_asks_is_asked_of_no_other(region: str) -> None:
    """And of no other licence: each entry of a list is of the nation or of the place."""
    for licence in LICENCES:
        for scope in CATALOGUE.licences[licence].scopes:
            checklist = make_checklist(
                CATALOGUE,
                licence=licence,
                scope=scope,
                region=region,
                stage="apply",
                on=AS_OF,
            )
            for paper in checklist.papers:
                for request in paper.asked:
                    assert not request.regions or region in request.regions
                    assert not request.licences or licence in request.licences


def test_a_site_test_is_looked_for_exactly_where_a_list_has_it() -> None:
    engine = SqliteEngine(load_sqlite_program(CATALOGUE))
    application = assessed_example().application
    for region in REGIONS:
        for licence in ("B11", "B21", "B24", "B25"):
            for scope in CATALOGUE.licences[licence].scopes:
                place = replace(
                    application, region=region, licence=licence, scope=scope
                )
                checklist = make_checklist(
                    CATALOGUE,
                    licence=licence,
                    scope=scope,
                    region=region,
                    stage="apply",
                    on=AS_OF,
                )
                listed = {paper.material.id for paper in checklist.papers}
                asked = find_applicable(engine, list_givens(place, AS_OF))
                assert ("site_test_report" in listed) is (
                    "site_test_report_held" in asked
                ), (region, licence, scope)


@pytest.mark.parametrize("name", sorted(CATALOGUE.parameters))
def test_a_number_that_agencies_report_of_a_province_names_its_licences(
    name: str,
) -> None:
    for value in CATALOGUE.parameters[name].values:
        if value.region is not None and value.standing is Standing.PRACTICE:
            assert value.licences
            assert value.scopes == ("intra_province",)
