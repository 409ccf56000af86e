"""Each licence gets the documents and the questions that fit its service."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from changqing.case.model import Case, Member, Statement
from changqing.case.subjects import Subject
from changqing.documents.document import Document, DocumentEdition
from changqing.rules.types import Value
from changqing.run import Outcome, conclude, read_recorded
from tests.documents.dossier_case import (
    AS_OF,
    EXAMPLES,
    assessed,
    judge,
    text_of,
    written,
)

_OF_CONTENT = ("content_schedule", "content_review_rules")


@pytest.fixture(scope="module")
def company() -> Outcome:
    return assessed(EXAMPLES / "local-life")


def apply_for(
    outcome: Outcome, licence: str, *, without: tuple[str, ...] = _OF_CONTENT
) -> dict[str, Document]:
    """The documents of the same company for another licence, without some papers."""
    case = replace(
        outcome.case,
        application=replace(outcome.case.application, licence=licence),
        papers=tuple(p for p in outcome.case.papers if p.kind not in without),
    )
    return write(case)


def write(case: Case) -> dict[str, Document]:
    known = read_recorded(case)
    found = conclude(case, known, judge=judge(), as_of=AS_OF, assessed_at=None)
    return written(found, edition=DocumentEdition.CLEAN)


@pytest.mark.parametrize("licence", ["B11", "B24", "B21"])
def test_a_service_without_content_is_asked_for_none(
    company: Outcome, licence: str
) -> None:
    made = apply_for(company, licence)

    assert not {"content_schedule", "content_review", "consent"} & made.keys()
    assert "内容 | 安排" not in text_of(made["service_assurance"])
    for document in made.values():
        assert "材料6-3" not in text_of(document), document.id


def test_an_information_service_keeps_its_content_documents(company: Outcome) -> None:
    made = apply_for(company, "B25")

    assert {"content_schedule", "content_review"} <= made.keys()
    assert "见材料6-3" in text_of(made["service_assurance"])


def test_a_paper_the_company_has_is_never_left_out(company: Outcome) -> None:
    made = apply_for(company, "B24", without=("content_review_rules",))

    assert "content_schedule" in made
    assert "content_review" not in made


def test_a_call_centre_is_asked_for_its_seats_and_numbers(company: Outcome) -> None:
    made = apply_for(company, "B24")
    plan = text_of(made["technical_plan"])

    assert made["domain_and_hosting"].title == "坐席、码号与线路保障"
    assert made["domain_and_hosting"].file_name == "06-2坐席、码号与线路保障"
    assert "坐席和码号，逐项写明" in plan
    assert "呼叫平台" in plan
    assert "接入码号" in plan
    assert "呼叫方向" in text_of(made["business_plan"])
    assert "机房 |" not in plan


def test_a_data_centre_is_asked_for_its_rooms(company: Outcome) -> None:
    made = apply_for(company, "B11")
    profile = text_of(made["company_profile"])

    assert made["domain_and_hosting"].title == "机房、网络与服务期限保障"
    assert "机房面积" in profile
    assert "呼叫平台" not in text_of(made["technical_plan"])
    assert "交易流程" not in text_of(made["business_plan"])


def test_a_marketplace_is_asked_how_trade_runs(company: Outcome) -> None:
    made = apply_for(company, "B21")

    assert "交易流程" in text_of(made["business_plan"])
    assert "订单、支付与结算" in text_of(made["technical_plan"])
    assert "交易纠纷" in text_of(made["service_assurance"])


def test_the_resources_of_a_case_stand_in_its_documents(company: Outcome) -> None:
    subject = Subject("resource", "seats")
    said: dict[str, Value] = {"quantity": 60, "agreed_until": date(2029, 3, 31)}
    seats = Member(
        subject=subject,
        name="一号大厅坐席",
        kind="seats",
        facts=tuple(
            Statement(
                subject=subject,
                fact=fact,
                value=value,
                raw=str(value),
                place="case.yaml:1",
            )
            for fact, value in said.items()
        ),
    )
    case = replace(
        company.case,
        application=replace(company.case.application, licence="B24"),
        resources=(seats,),
    )

    made = write(case)

    assert "| 一号大厅坐席 | 坐席 | 60 |" in text_of(made["company_profile"])
    lasting = text_of(made["domain_and_hosting"])
    assert "| 一号大厅坐席 | 坐席 | 60 |" in lasting
    assert "2029-03-31" in lasting
