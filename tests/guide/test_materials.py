"""Which papers are asked for: by licence, scope, region, stage and day."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from changqing.cli.main import main
from changqing.guide.materials import (
    Checklist,
    PaperGroup,
    group_papers,
    make_checklist,
    make_checklist_data,
)
from changqing.law.kinds.material import Issuer, Material, MaterialRequest, is_permit
from changqing.law.kit import Citation, Confidence, Dimension, Standing
from changqing.law.lookup import STAGES, list_kinds_for
from changqing.law.model import Catalogue
from changqing.text import Language, Text
from tests.shipped import CATALOGUE

ON = date(2026, 11, 24)
CANONICAL = {
    "app_form",
    "written_application",
    "business_licence",
    "legal_rep_id",
    "articles",
    "equity_chart",
    "shareholder_proof",
    "company_profile",
    "staff_id",
    "social_insurance",
    "staff_qualification",
    "domain_cert",
    "icp_filing",
    "hosting_agreement",
    "hosting_provider_licence",
    "business_plan",
    "tech_plan",
    "infosec_measures",
    "service_assurance",
    "credit_proof",
    "commitment",
    "pre_approval",
    "premises_proof",
    "facility_proof",
    "finance_proof",
    "site_test_report",
    "system_evaluation",
    "site_screenshots",
    "payment_agreement",
    "transaction_rules",
    "user_agreement",
    "privacy_policy",
    "emergency_plan",
    "existing_licence",
    "board_resolution",
    "operator_agreement",
    "credit_report",
    "topology",
    "draft_contract",
    "annual_finance",
    "annual_business_report",
    "service_stats",
    "annual_commitment",
    "call_records",
}
"""The names under which lists of papers are exchanged."""
OF_LAW = [
    "written_application",
    "business_licence",
    "company_profile",
    "articles",
    "equity_chart",
    "shareholder_proof",
    "business_plan",
    "tech_plan",
    "service_assurance",
    "infosec_measures",
    "credit_proof",
    "commitment",
]
"""The nine items of the law's own list, the articles and plans each a paper."""

ONLY_NAMED = {
    "articles": "公司章程，是申请材料的一项。",
    "equity_chart": "画到哪一层，条文没有说",
    "business_plan": "写什么，条文没有说",
    "tech_plan": "写什么，条文没有说",
    "service_assurance": "写什么，条文没有说",
    "infosec_measures": "写什么，条文没有说",
    "credit_proof": "什么形式，条文没有限定",
}
"""Papers that the law’s list names without saying what stands in them."""

Ran = tuple[int, str, str]
Call = Callable[..., Ran]


def listed(
    licence: str = "B25",
    scope: str = "intra_province",
    region: str | None = None,
    stage: str = "apply",
    *,
    on: date = ON,
    catalogue: Catalogue = CATALOGUE,
) -> Checklist:
    return make_checklist(
        catalogue, licence=licence, scope=scope, region=region, stage=stage, on=on
    )


def test_what_is_asked_of_an_application_is_listed_once() -> None:
    assert listed() is listed()
    assert listed(on=ON + timedelta(days=1)) is not listed()
    twin = replace(CATALOGUE)
    assert listed(catalogue=twin) is not listed()
    assert listed(catalogue=twin) == listed()
    asked = next(iter(CATALOGUE.materials))
    kinds = list_kinds_for(CATALOGUE, asked)
    assert asked in kinds
    assert list_kinds_for(CATALOGUE, asked) is kinds


def names(found: Checklist) -> list[str]:
    return [paper.material.id for paper in found.papers]


def asked(
    says: str, standing: Standing = Standing.PRACTICE, **more: object
) -> MaterialRequest:
    fields: dict[str, object] = {
        "licences": (),
        "scopes": (),
        "regions": (),
        "stages": ("apply",),
        "requirement": Text(says, says),
        "accepts": (),
        "refuses": (),
        "standing": standing,
        "citations": (
            Citation(
                instrument="reported_practice",
                article=None,
                confidence=Confidence.PRACTICE_LOW,
            ),
        ),
    }
    return MaterialRequest(**(fields | more))  # type: ignore[arg-type]


def with_one(*entries: MaterialRequest) -> Catalogue:
    """The catalogue with one kind of paper alone, asked for by these entries."""
    paper = Material(
        id="paper",
        label=Text("材料", "Paper"),
        dimension=Dimension.ENTITY,
        issuer=Issuer.INSTITUTION,
        elements={},
        validity_days=None,
        asked=entries,
    )
    return replace(CATALOGUE, materials={"paper": paper})


def test_every_name_of_exchange_is_asked_for_somewhere() -> None:
    found = {
        name
        for name, material in CATALOGUE.materials.items()
        for licence in CATALOGUE.licences.values()
        for scope in licence.scopes
        for stage in STAGES
        if material.find_asked(
            licence=licence.id, scope=scope, region=None, stage=stage, on=ON
        )
    }
    # A third party's test of a site is asked for by provinces alone.
    assert CANONICAL - found == {"site_test_report"}
    assert "site_test_report" in names(listed(region="31"))


@pytest.mark.parametrize(
    ("paper", "licence", "region", "stage"),
    [
        ("board_resolution", "B25", None, "stop"),
        ("board_resolution", "B25", None, "amend"),
        ("staff_qualification", "B12", None, "apply"),
        ("staff_qualification", "B25", None, "apply"),
        ("domain_cert", "B25", None, "apply"),
        ("domain_cert", "B21", None, "amend"),
        ("site_test_report", "B25", "44", "apply"),
        ("draft_contract", "B25", None, "apply"),
        ("draft_contract", "B11", None, "renew"),
        ("topology", "B11", None, "apply"),
        ("topology", "B12", None, "apply"),
    ],
)
def test_a_paper_that_only_some_guides_name_is_on_the_list_there(
    paper: str, licence: str, region: str | None, stage: str
) -> None:
    assert paper in names(listed(licence, region=region, stage=stage))


def test_the_list_begins_with_the_papers_of_law_in_the_order_of_law() -> None:
    found = names(listed())
    assert found[: len(OF_LAW)] == OF_LAW


@pytest.mark.parametrize("licence", sorted(filter(is_permit, CATALOGUE.licences)))
def test_the_papers_of_law_are_asked_of_every_permit(licence: str) -> None:
    (scope, *_) = CATALOGUE.licences[licence].scopes
    assert names(listed(licence, scope))[: len(OF_LAW)] == OF_LAW


def test_a_number_is_no_permit_and_is_not_asked_for_its_papers() -> None:
    assert names(listed("N106")) == ["written_application"]
    assert names(listed("N96")) == ["written_application"]


def test_a_provinces_own_entry_shows_there_only() -> None:
    def entries(region: str | None, scope: str = "intra_province") -> int:
        found = listed(region=region, scope=scope)
        (paper,) = (p for p in found.papers if p.material.id == "hosting_agreement")
        return sum("32" in request.regions for request in paper.asked)

    assert entries("32") == 1
    assert entries("33") == entries(None) == entries("32", "cross_province") == 0
    assert "site_test_report" in names(listed(region="32"))
    assert "site_test_report" not in names(listed(region="33"))


def test_a_list_says_whether_the_province_has_a_word_in_it() -> None:
    assert listed(region="32").local
    assert not listed(region="51").local
    assert not listed(region="32", scope="cross_province").local
    assert not listed(region="71").local


def test_a_list_depends_on_the_stage() -> None:
    assert "annual_finance" in names(listed(stage="annual_report"))
    assert "written_application" not in names(listed(stage="annual_report"))
    assert "board_resolution" in names(listed(stage="stop"))


def test_a_list_depends_on_the_day() -> None:
    def tests_of(on: date) -> list[Standing]:
        found = listed("B11", on=on)
        return [
            p.standing for p in found.papers if p.material.id == "system_evaluation"
        ]

    assert tests_of(date(2018, 6, 1)) == [Standing.PUBLISHED]
    assert tests_of(ON) == [Standing.PRACTICE]
    assert "written_application" not in names(listed(on=date(2016, 1, 1)))


def test_a_local_entry_stands_beside_the_national_one() -> None:
    catalogue = with_one(asked("全国"), asked("当地", regions=("33",)))
    (paper,) = listed(region="33", catalogue=catalogue).papers
    assert [request.requirement.zh for request in paper.asked] == ["全国", "当地"]


def test_a_local_entry_that_replaces_stands_alone_and_only_there() -> None:
    catalogue = with_one(asked("全国"), asked("当地", regions=("33",), replaces=True))
    (there,) = listed(region="33", catalogue=catalogue).papers
    (elsewhere,) = listed(region="32", catalogue=catalogue).papers
    assert [request.requirement.zh for request in there.asked] == ["当地"]
    assert [request.requirement.zh for request in elsewhere.asked] == ["全国"]


def test_standing_and_confidence_are_the_strongest_of_its_entries() -> None:
    read = Citation(
        instrument="permit_measures",
        article=None,
        confidence=Confidence.TEXT_VERIFIED,
    )
    catalogue = with_one(
        asked("一"), asked("二", Standing.CONDITION, citations=(read,))
    )
    (paper,) = listed(catalogue=catalogue).papers
    assert paper.standing is Standing.CONDITION
    assert paper.confidence is Confidence.TEXT_VERIFIED


@pytest.mark.parametrize("name", ONLY_NAMED)
def test_what_the_law_only_names_is_told_apart_from_what_practice_asks(
    name: str,
) -> None:
    (paper,) = (p for p in listed("B23").papers if p.material.id == name)
    of_law = [e for e in paper.asked if e.standing is Standing.CONDITION]
    assert len(of_law) == 1
    assert ONLY_NAMED[name] in of_law[0].requirement.zh
    assert not of_law[0].accepts
    assert not of_law[0].refuses
    assert {citation.confidence for citation in of_law[0].citations} == {
        Confidence.TEXT_VERIFIED
    }
    beyond = [e for e in paper.asked if e.standing is not Standing.CONDITION]
    assert any(request.accepts or request.refuses for request in beyond)


def test_the_law_wants_the_undertaking_signed_and_practice_sealed() -> None:
    (paper,) = (p for p in listed("B23").papers if p.material.id == "commitment")
    said = {
        standing: "".join(
            request.requirement.zh
            for request in paper.asked
            if request.standing is standing
        )
        for standing in (Standing.CONDITION, Standing.PRACTICE)
    }
    assert "签署" in said[Standing.CONDITION]
    assert "公章" not in said[Standing.CONDITION]
    assert "公章" in said[Standing.PRACTICE]


def test_a_consent_is_asked_only_where_a_rule_requires_it() -> None:
    (paper,) = (p for p in listed().papers if p.material.id == "pre_approval")
    said = {request.standing: request.requirement.zh for request in paper.asked}
    assert "不是凡涉及这些领域都要" in said[Standing.CONDITION]
    assert "网络预约车" in said[Standing.PRACTICE]


def test_what_a_paper_backs_is_derived_from_the_facts() -> None:
    (paper,) = (p for p in listed().papers if p.material.id == "social_insurance")
    assert ("person", "insured") in paper.facts
    assert ("applicant", "has_social_insurance") in paper.facts
    assert ("paper", "states_agency_seal") in paper.facts
    assert "social_insurance_proof_sealed" in paper.criteria


def test_proof_of_premises_backs_what_a_lease_backs() -> None:
    (paper,) = (p for p in listed().papers if p.material.id == "premises_proof")
    assert ("applicant", "lease_until") in paper.facts


def test_a_criterion_on_another_kind_of_paper_is_not_backed() -> None:
    (plan,) = (p for p in listed().papers if p.material.id == "emergency_plan")
    assert ("paper", "states_owner") in plan.facts
    about_others = {
        name
        for name, criterion in CATALOGUE.criteria.items()
        if ("paper", "kind") in criterion.test.facts | criterion.applies.facts
        and "'emergency_plan'" not in criterion.test.text + criterion.applies.text
    }
    assert about_others.isdisjoint(plan.criteria)


def test_what_rests_on_agencies_alone_is_practice() -> None:
    for material in CATALOGUE.materials.values():
        for entry in material.asked:
            if all(
                citation.confidence.startswith("practice")
                for citation in entry.citations
            ):
                assert entry.standing is Standing.PRACTICE, material.id


def test_a_dispute_names_both_sides() -> None:
    data = make_checklist_data(CATALOGUE, listed(), Language.ZH)
    (domain,) = (each for each in data if each["id"] == "domain_cert")
    said = str(domain["requirement"])
    assert "说法不一" in said
    assert "股东" in said
    assert "只能是申请公司" in said


@pytest.mark.parametrize("language", Language)
def test_texts_have_their_numbers_filled_in(language: Language) -> None:
    found = [*listed().papers, *listed(stage="renew").papers]
    assert any("{" in e.requirement.say(language) for p in found for e in p.asked)
    for stage in ("apply", "renew"):
        data = make_checklist_data(CATALOGUE, listed(stage=stage), language)
        assert not any("{" in str(each["requirement"]) for each in data)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run the command and give its exit code, output and errors."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LANG", raising=False)

    def run(*arguments: str) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main(["materials", *arguments])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return run


def test_json_has_what_others_build_on(call: Call) -> None:
    code, out, err = call(
        *("--licence", "B24", "--scope", "cross_province", "--region", "51"),
        *("--as-of", "2026-11-24", "--json"),
    )
    data = json.loads(out)
    assert code == 0
    assert "四川省" in err
    assert [each["id"] for each in data][: len(OF_LAW)] == OF_LAW
    for each in data:
        assert list(each) == [
            "id",
            "name",
            "issuer",
            "requirement",
            "accepts",
            "refuses",
            "facts",
            "standing",
            "confidence",
            "citations",
            "handed_in",
        ]
        assert each["standing"] in set(Standing)
        assert each["confidence"] in {c["confidence"] for c in each["citations"]}
        assert f"applicant.has_{each['id']}" in each["facts"]


def test_names_that_people_use_are_taken_for_codes(call: Call) -> None:
    codes = ("--licence", "B25", "--scope", "intra_province", "--region", "32")
    names = ("--licence", "icp", "--scope", "省内", "--region", "江苏")
    english = (
        "--licence",
        "SP",
        "--scope",
        "within one province",
        "--region",
        "jiangsu",
    )
    on = ("--stage", "renew", "--as-of", "2026-11-24")
    in_words = ("--stage", "延续", "--as-of", "2026-11-24")
    assert call(*names, *in_words) == call(*english, *on) == call(*codes, *on)


def test_json_of_a_province_with_its_own_wishes_says_nothing_more(call: Call) -> None:
    given = ("--licence", "B25", "--scope", "intra_province", "--region", "32")
    assert call(*given, "--json")[::2] == (0, "")


def test_the_list_in_a_terminal_fits_eighty_columns(call: Call) -> None:
    from rich.cells import cell_len

    for language in Language:
        code, out, _ = call(
            *("--licence", "B25", "--scope", "intra_province", "--region", "32"),
            *("--lang", language.value),
        )
        assert code == 0
        assert "hosting_agreement" in out
        assert max(map(cell_len, out.splitlines())) <= 80


def test_a_person_sees_the_law_first_then_the_guide_and_practice_by_name_alone(
    call: Call,
) -> None:
    given = ("--licence", "B25", "--scope", "intra_province", "--region", "51")
    _, out, _ = call(*given)
    heads = ["法规要的", "机关的指南要的", "实务中要的", "不递交、要备好的"]
    places = [out.index(f"\n{head}（") for head in heads]
    assert places == sorted(places)
    assert all(out.index(name) < places[1] for name in OF_LAW if name in law_of(out))
    practice = out[places[2] :]
    assert "emergency_plan" in practice
    assert "来源" not in practice
    _, every, _ = call(*given, "--all")
    assert "来源" in every[every.index("\n实务中要的（") :]
    assert 2 * len(every.splitlines()) > 3 * len(out.splitlines())


def law_of(out: str) -> list[str]:
    """The papers of the first group, by id."""
    part = out[out.index("\n法规要的（") : out.index("\n机关的指南要的（")]
    return [name for name in CATALOGUE.materials if f"  {name}\n" in part]


def test_the_law_asks_a_provincial_icp_for_few_papers() -> None:
    groups = dict(group_papers(CATALOGUE, listed(region="51")))
    law = {paper.material.id for paper in groups[PaperGroup.LAW]}
    # Two are asked of some alone: with foreign capital, and in named sectors.
    of_some = {"investor_statement", "pre_approval"}
    assert law == {*OF_LAW, *of_some} - {"shareholder_proof"}
    assert all(not paper.handed_in for paper in groups[PaperGroup.KEPT])


@pytest.mark.parametrize("region", ["51", "71"])
def test_a_region_without_wishes_of_its_own_is_said_so(call: Call, region: str) -> None:
    given = ("--licence", "B25", "--scope", "intra_province", "--region", region)
    assert "以下是全国的要求" in call(*given)[1]
    assert "national list" in call(*given, "--lang", "en")[1]


def test_what_nobody_has_found_is_said_so(call: Call) -> None:
    number = ("--licence", "N106", "--scope", "intra_province", "--region", "51")
    given = (*number, "--stage", "amend")
    code, out, _ = call(*given)
    assert code == 0
    assert "请向受理机关确认" in out
    assert "Ask the authority" in call(*given, "--lang", "en")[1]


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        (("--licence", "B99"), "B24", "B24"),
        (("--licence", "B25"), "--scope", "--scope"),
        (("--licence", "B25", "--scope", "both"), "cross_province", "cross_province"),
        (
            ("--licence", "B25", "--scope", "intra_province", "--region", "火星"),
            "两位数字",
            "two digits",
        ),
        (
            ("--licence", "B25", "--scope", "intra_province", "--stage", "aply"),
            "annual_report",
            "annual_report",
        ),
    ],
)
def test_wrong_arguments_say_what_may_be_written(
    call: Call, given: tuple[str, ...], zh: str, en: str
) -> None:
    code, out, err = call(*given)
    assert (code, out) == (2, "")
    assert zh in err
    assert en in call(*given, "--lang", "en")[2]
