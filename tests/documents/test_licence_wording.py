"""Each licence gets the documents and the questions that fit its service."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from changqing.case.model import Case, Member, Statement
from changqing.case.subjects import APPLICANT, Subject
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
    numbers = {document.number for document in made.values()}
    for document in made.values():
        named = re.findall(r"(?<!申请)材料([0-9]+(?:-[0-9]+)?)", text_of(document))
        assert numbers.issuperset(named), document.id


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
    assert made["service_assurance"].file_name == "06-0长期服务和质量保障措施"
    assert made["domain_and_hosting"].file_name == "06-2坐席、码号与线路保障"
    assert "业务用的坐席、码号与线路，逐项写明" in plan
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
        facts=tuple(state(subject, fact, value) for fact, value in said.items()),
    )
    case = replace(
        company.case,
        application=replace(company.case.application, licence="B24"),
        resources=(seats,),
    )

    made = write(case)

    assert "| 一号大厅坐席 | 坐席 | 60席 |" in text_of(made["company_profile"])
    lasting = text_of(made["domain_and_hosting"])
    assert "| 一号大厅坐席 | 坐席 | 60席 |" in lasting
    assert "2029-03-31" in lasting
    assert "浅色是公司申报" in lasting


@pytest.mark.parametrize("licence", ["B11", "B24", "B21", "B25"])
def test_annexes_are_numbered_without_a_gap(company: Outcome, licence: str) -> None:
    made = apply_for(company, licence)

    annexes: dict[str, list[int]] = {}
    for document in made.values():
        first, dash, annex = (document.number or "").partition("-")
        if dash:
            annexes.setdefault(first, []).append(int(annex))
    for numbers in annexes.values():
        assert numbers == list(range(1, len(numbers) + 1))
    plan = text_of(made["service_assurance"])
    for name in ("funds_and_runway", "domain_and_hosting", "user_service"):
        assert f"见材料{made[name].number}" in plan


def test_an_applicant_with_foreign_capital_says_so_to_the_ministry(
    company: Outcome,
) -> None:
    case = declare(company.case, foreign_route_taken=True, foreign_share=3500)
    made = write(case)

    letter = text_of(made["written_application"])
    assert letter.startswith("工业和信息化部：")
    assert "| 外商投资 | 外方投资者合计持股35%，见材料4-1 |" in letter
    statement = text_of(made["investor_statement"])
    assert "为外商投资企业，按外商投资的程序申请信息服务业务。" in statement
    assert "合计持股35%" in statement
    assert "investor_statement" not in write(company.case)


def test_a_site_is_called_by_its_name_and_else_by_its_domain(company: Outcome) -> None:
    (site,) = company.case.services
    named = replace(
        site,
        name="青禾里生活",
        facts=(*site.facts, state(site.subject, "name", "青禾里生活")),
    )

    plan = text_of(write(replace(company.case, services=(named,)))["technical_plan"])
    assert "| 名称 | 青禾里生活 |" in plan
    for document in apply_for(company, "B25").values():
        for section in document.sections:
            assert "https://" not in section.title, document.id
        assert "〔待补：https://" not in text_of(document), document.id


def test_who_has_not_served_is_not_said_to_serve(company: Outcome) -> None:
    made = write(declare(company.case, has_served=False))

    assert "公司还没有开始提供服务。" in text_of(made["company_profile"])
    assert "起提供服务" not in text_of(made["service_assurance"])


def test_a_proof_names_whom_it_is_about_and_says_a_yes_once(company: Outcome) -> None:
    made = apply_for(company, "B25")
    proofs = made["company_profile"].sections[-1].markdown

    assert "| 社保由申请公司缴纳（林疏影、周知白、" in proofs
    assert "缴纳：由本公司缴纳" not in proofs
    assert proofs.count("劳动合同的用人单位") == 1
    assert re.search(r"附件\d+《劳动合同》第1条 周知白、第2条 唐砚、", proofs)
    assert "| 附有《场地租赁合同》 |" in proofs
    shares = made["articles_and_equity"].sections[-1].markdown
    assert "| 持股比例：70%（林疏影）、30%（周知白） |" in shares
    assert "有效期至" in proofs
    assert "有效期至" not in shares  # no paper of it has an end


def state(subject: Subject, fact: str, value: Value) -> Statement:
    return Statement(
        subject=subject, fact=fact, value=value, raw=str(value), place="case.yaml:1"
    )


def declare(case: Case, **said: Value) -> Case:
    """The case whose applicant says these things of itself."""
    kept = (statement for statement in case.facts if statement.fact not in said)
    told = (state(APPLICANT, fact, value) for fact, value in said.items())
    return replace(case, facts=(*kept, *told))


def test_a_service_that_is_not_open_is_not_asked_what_it_shows(
    company: Outcome,
) -> None:
    subject = Subject("service", "rooms")
    shut = Member(
        subject=subject,
        name="https://rooms.example/",
        kind="website",
        facts=(state(subject, "service_opened", False),),
        url="https://rooms.example/",
    )
    case = replace(
        company.case,
        application=replace(company.case.application, licence="B11"),
        services=(shut,),
        looks=(),
        papers=(),
    )
    made = write(case)

    assert "- 网站rooms.example还没有开通。" in text_of(made["service_assurance"])
    assert "服务还没有开通。" in text_of(made["user_service"])


def test_what_is_ones_own_has_no_end_to_prove(company: Outcome) -> None:
    subject = Subject("resource", "seats")
    seats = Member(
        subject=subject,
        name="一号大厅坐席",
        kind="seats",
        facts=(
            state(subject, "quantity", 60),
            state(subject, "operator", company.case.name),
        ),
    )
    case = replace(
        company.case,
        application=replace(company.case.application, licence="B24"),
        resources=(seats,),
    )

    row = f"| 一号大厅坐席 | 坐席 | 60席 | {company.case.name} | 自有 |"
    assert row in text_of(write(case)["domain_and_hosting"])


def test_a_server_in_the_province_stands_in_the_province_by_name(
    company: Outcome,
) -> None:
    made = apply_for(company, "B25")
    assert "| 服务器所在地 | 浙江省内 |" in text_of(made["company_profile"])


def test_a_latin_name_is_printed_as_large_as_it_fits(company: Outcome) -> None:
    first, *others = company.case.holders
    foreign = replace(first, name="Northlight Learning Pte. Ltd.")
    made = write(replace(company.case, holders=(foreign, *others)))

    drawn = made["articles_and_equity"].charts["equity"]
    size = re.search(r'font-size="([0-9.]+)"[^>]*>Northlight', drawn)
    assert size is not None
    assert float(size[1]) >= 8
