"""A licence in plain words: for a scope, a province and a day."""

from __future__ import annotations

import json
from datetime import date

import pytest

from changqing.guide.licence import describe_licence, make_licence_data
from changqing.law.kinds.licence import LicenceClass
from changqing.text import Language, Text
from tests.shipped import CATALOGUE

TODAY = date(2026, 11, 24)
VALUE_ADDED = [
    code
    for code, licence in CATALOGUE.licences.items()
    if licence.group is not LicenceClass.NUMBERS
]


@pytest.mark.parametrize("code", CATALOGUE.licences)
def test_every_licence_is_said_in_both_languages_with_its_numbers(code: str) -> None:
    page = describe_licence(CATALOGUE, code, on=TODAY)
    texts: list[Text | None] = [
        page.definition,
        page.who_needs,
        page.not_needed_for,
        page.differs,
        page.dispute,
        *(each.says for each in page.law),
        *(each.says for each in page.foreign),
    ]
    for text in texts:
        if text is not None:
            for language in Language:
                said = text.say(language)
                assert said
                assert "{" not in said
    assert page.law
    for language in Language:
        json.dumps(make_licence_data(CATALOGUE, page, language))


@pytest.mark.parametrize("code", VALUE_ADDED)
def test_a_province_asks_a_tenth_of_what_the_country_does(code: str) -> None:
    page = describe_licence(CATALOGUE, code, on=TODAY)
    said = {
        each.scope: (
            None if each.capital is None else each.capital.says.en,
            None if each.term is None else each.term.says.en,
        )
        for each in page.granted
    }
    basic = CATALOGUE.licences[code].group is LicenceClass.BASIC_MANAGED
    term = "to be confirmed with the authority" if basic else "5 years"
    assert said == {
        "intra_province": ("CNY 1,000,000", term),
        "cross_province": ("CNY 10,000,000", term),
    }


def test_the_province_is_named_where_it_is_known() -> None:
    page = describe_licence(CATALOGUE, "B24", on=TODAY, region="51")
    approvers = {each.scope: each.approver.zh for each in page.granted}
    assert approvers == {
        "intra_province": "四川省通信管理局",
        "cross_province": "工业和信息化部",
    }


def test_one_scope_leaves_out_what_is_of_the_other() -> None:
    page = describe_licence(CATALOGUE, "N106", on=TODAY, scope="cross_province")
    assert [each.scope for each in page.granted] == ["cross_province"]
    assert "numbers_106_provincial_by_province" not in {e.fact.id for e in page.law}


def test_consents_that_come_first_follow_the_day() -> None:
    def named(on: date) -> set[str]:
        page = describe_licence(CATALOGUE, "B25", on=on)
        return {approval.fact.id for approval in page.pre_approvals}

    assert "iis_preapproval_current" in named(date(2025, 1, 20))
    assert "iis_preapproval_until_2025" in named(date(2025, 1, 19))


def test_information_service_has_five_kinds_in_two_forms() -> None:
    licence = CATALOGUE.licences["B25"]
    assert len(licence.sub_classes) == 5
    assert [variant.id for variant in licence.variants] == ["icp", "sp"]


def test_basic_services_say_where_sources_differ() -> None:
    for code in ("A24-1", "A25-3", "A27"):
        page = describe_licence(CATALOGUE, code, on=TODAY)
        assert page.dispute is not None
        assert page.confidence == "recalled"
