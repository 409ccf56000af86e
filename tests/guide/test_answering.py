"""Answers are put together from the catalogue's texts, numbers and elements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from changqing.guide.answerable import Answerable, AnswerKind, Place, list_answerables
from changqing.guide.answering import say_answer
from changqing.guide.short_answer import ShortAnswer, say_place
from changqing.law.kit import Standing
from tests.shipped import CATALOGUE

TODAY = date(2026, 11, 30)
ENTRIES: Mapping[tuple[AnswerKind, str], Answerable] = {
    (entry.kind, entry.id): entry
    for entry in list_answerables(CATALOGUE)
    if entry.kind is not AnswerKind.ELSEWHERE
}


def say_short(
    kind: AnswerKind,
    name: str,
    *,
    licence: str | None = None,
    region: str | None = None,
    scope: str | None = None,
    foreign: bool = False,
) -> ShortAnswer:
    place = Place(licence=licence, region=region, scope=scope, foreign=foreign)
    said = say_place(CATALOGUE, ENTRIES[kind, name], place, on=TODAY)
    assert said is not None
    return said


def test_the_number_chiefly_asked_for_stands_in_the_short_answer() -> None:
    said = say_short(
        AnswerKind.TOPIC, "licence_review_time", licence="B25", region="44"
    )
    assert "法定审查天数60天" in said.text.zh
    assert "广东省通信管理局" in said.text.zh
    assert [citation.instrument for citation in said.citations][:1] == [
        "telecom_regulations"
    ]


def test_the_cap_of_foreign_capital_is_said_for_the_licence() -> None:
    of_call_centre = say_short(AnswerKind.TOPIC, "foreign_shareholder", licence="B24")
    of_data_centre = say_short(AnswerKind.TOPIC, "foreign_shareholder", licence="B11")
    assert "100%" in of_call_centre.text.zh
    assert "试点" not in of_call_centre.text.zh
    assert "上限50%" in of_data_centre.text.zh
    assert "试点" in of_data_centre.text.zh


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (AnswerKind.TOPIC, "who_decides"),
        (AnswerKind.TOPIC, "foreign_shareholder"),
        (AnswerKind.LAW, "fie_approver_ministry"),
    ],
)
def test_with_foreign_capital_no_province_is_said_to_decide(
    kind: AnswerKind, name: str
) -> None:
    said = say_short(kind, name, licence="B21", region="44", foreign=True)
    assert "广东省通信管理局" not in said.text.zh
    assert "工业和信息化部" in said.text.zh
    assert "Guangdong Communications Administration" not in said.text.en


def test_who_grants_the_licence_is_not_said_to_take_the_filing_of_a_site() -> None:
    place = Place(licence="B25", region="44", scope="intra_province")
    filing = ENTRIES[AnswerKind.LAW, "noncommercial_filing_20_days"]
    said = say_place(CATALOGUE, filing, place, on=TODAY)
    assert said is None or "审批机关" not in said.text.zh


def test_whose_measure_a_number_is_stands_beside_it() -> None:
    said = say_short(
        AnswerKind.PARAMETER, "content_schedule_months", licence="B25", region="44"
    )
    value = CATALOGUE.parameters["content_schedule_months"].values[0]
    assert value.standing is Standing.PRACTICE
    assert f"{value.value}个月（实务）" in said.text.zh
    assert f"{value.value} months (practice)" in said.text.en


@pytest.mark.parametrize(
    "entry",
    [
        ENTRIES[AnswerKind.MATERIAL, "business_plan"],
        ENTRIES[AnswerKind.CRITERION, "business_plan_present"],
    ],
    ids=["paper", "criterion"],
)
def test_what_a_paper_has_to_state_is_said_and_which_draft_there_is(
    entry: Answerable,
) -> None:
    said = say_answer(CATALOGUE, entry, on=TODAY, place=Place(licence="B21")).answer
    elements = CATALOGUE.materials["business_plan"].elements
    for name in ("states_market_analysis", "states_price", "states_transaction_flow"):
        assert elements[name].zh in said.zh
        assert elements[name].en.lower() in said.en.lower()
    assert elements["states_call_direction"].zh not in said.zh
    assert "《业务发展计划》" in said.zh


def test_no_criterion_that_asks_for_a_paper_answers_with_its_own_title() -> None:
    asked = [
        criterion
        for criterion in CATALOGUE.criteria.values()
        for name in [criterion.test.text.strip().removeprefix("has_")]
        if name in CATALOGUE.materials and CATALOGUE.materials[name].asked
    ]
    assert len(asked) > 20
    for criterion in asked:
        entry = ENTRIES[AnswerKind.CRITERION, criterion.id]
        said = say_answer(CATALOGUE, entry, on=TODAY).answer
        assert "没有做到的" not in said.zh
        assert len(said.zh) > len(criterion.title.zh) + 10


def test_a_criterion_of_several_elements_lists_them() -> None:
    for name, listed in (
        ("marketplace_plan_described", "平台功能、交易流程、盈利模式"),
        ("emergency_plan_complete", "恢复时限"),
    ):
        entry = ENTRIES[AnswerKind.CRITERION, name]
        assert listed in say_answer(CATALOGUE, entry, on=TODAY).answer.zh


def test_what_one_province_asks_to_be_written_is_not_said_of_the_others() -> None:
    label = CATALOGUE.materials["tech_plan"].elements["states_order_handling"].zh
    entry = ENTRIES[AnswerKind.MATERIAL, "tech_plan"]

    def say(licence: str | None = None, region: str | None = None) -> str:
        place = Place(licence=licence, region=region)
        return say_answer(CATALOGUE, entry, on=TODAY, place=place).answer.zh

    assert f"在海南省办B21的另写{label}" in say(licence="B21", region="46")
    assert label not in say(licence="B21", region="44")
    assert label not in say(licence="B25", region="46")
    assert f"在海南省办B21的另写{label}" in say()


def test_what_every_permit_asks_is_not_said_of_one_that_the_rule_names_beside() -> None:
    elements = CATALOGUE.materials["social_insurance"].elements
    entry = ENTRIES[AnswerKind.MATERIAL, "social_insurance"]
    for named in (Place(), Place(licence="B25")):
        said = say_answer(CATALOGUE, entry, on=TODAY, place=named).answer.zh
        assert said.startswith("要写明")
        assert elements["states_insured_period"].zh in said
        assert "办B24的" not in said


def test_what_permits_alone_ask_is_not_said_of_a_number() -> None:
    entry = ENTRIES[AnswerKind.MATERIAL, "business_plan"]
    elements = CATALOGUE.materials["business_plan"].elements
    named = Place(licence="N95")
    said = say_answer(CATALOGUE, entry, on=TODAY, place=named).answer.zh
    assert elements["states_catalogue_item"].zh not in said


def test_a_number_for_some_licences_says_for_which() -> None:
    said = say_short(AnswerKind.TOPIC, "foreign_shareholder", region="31").text
    assert "办B22、B23、B24的，外方出资的上限100%" in said.zh
    assert "办B11、B12、B14、B21、B25、B26的，外方出资的上限50%" in said.zh
    assert "for B22, B23, B24: most foreign capital allowed 100%" in said.en


def test_a_number_for_every_permit_is_said_once() -> None:
    said = say_short(AnswerKind.TOPIC, "capital_minimum", region="31").text.zh
    assert "省内经营的，注册资本最低限额100万元" in said
    assert "办B11" not in said


def test_a_number_whose_text_was_not_seen_says_so() -> None:
    said = say_short(AnswerKind.PARAMETER, "foreign_share_cap", licence="B13").text
    assert (
        "上限50%（转录，未见官方原文；只见过发布会的介绍；限综合试点地区）" in said.zh
    )
    assert "official text not seen" in said.en


@pytest.mark.parametrize("licence", [None, "B24"])
def test_a_number_about_foreign_capital_does_not_send_to_the_province(
    licence: str | None,
) -> None:
    said = say_short(
        AnswerKind.PARAMETER,
        "foreign_share_cap",
        licence=licence,
        region="31",
        foreign=True,
    )
    assert "上海市通信管理局" not in said.text.zh
    assert "foreign_telecom_rules" in {
        citation.instrument for citation in said.citations
    }


def test_whoever_files_with_the_police_is_not_told_who_grants_the_licence() -> None:
    entry = ENTRIES[AnswerKind.PARAMETER, "police_filing_limit"]
    said = say_place(CATALOGUE, entry, Place(region="31"), on=TODAY)
    assert said is not None
    assert "30天" in said.text.zh
    assert "通信管理局" not in said.text.zh
