"""Answers are put together from the catalogue's texts, numbers and elements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from changqing.guide.answerable import Answerable, AnswerKind, Place, list_answerables
from changqing.guide.answering import ShortAnswer, say_answer, say_place
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
    assert [each.instrument for each in said.citations][:1] == ["telecom_regulations"]


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
    said = say_answer(CATALOGUE, entry, on=TODAY, licence="B21").answer
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
