"""Premises of incubators, and sums of money in sentences, each with a near text that
says something else."""

from __future__ import annotations

from datetime import date

import pytest

from tests.readers.table_pages import AGENCY, APPLICANT
from tests.readers.test_prose import read

CASH, REVENUE = ("self", "cash_on_hand"), ("self", "revenue_12m")
USE, UNTIL = ("self", "premises_use"), ("self", "lease_until")
CONTACTS = ("self", "emergency_contacts")


def test_an_agreement_with_an_incubator_is_a_lease() -> None:
    said = read(
        "lease",
        "科技企业孵化器入孵协议",
        f"孵化方（甲方）：{AGENCY}",
        f"在孵企业（乙方）：{APPLICANT}",
        "甲方向乙方提供孵化场地，地址为南京市示例路9号3楼，仅限乙方办公使用。",
        "孵化期为24个月，自2025年12月1日起计算。",
        "甲方对项目考核为12个月，自2026年12月1日起计算。",
    )
    assert said["self", "address"] == "南京市示例路9号3楼"
    assert said["self", "lessee_is_applicant"] is True
    assert said[UNTIL] == date(2027, 11, 30)
    assert said[USE] == "office"


@pytest.mark.parametrize(
    ("sentence", "use"),
    [
        ("甲方将物业出租给乙方，供乙方办公。", "office"),
        ("甲方将物业出租给乙方，车位两个供乙方停车。", None),
    ],
)
def test_what_premises_are_let_for(sentence: str, use: str | None) -> None:
    assert read("lease", "房屋租赁合同", sentence).get(USE) == use


@pytest.mark.parametrize(
    ("sentence", "cents"),
    [
        ("该账户（尾号7781）结存人民币贰佰元伍角整（CNY200.50）。", 20050),
        ("该客户上年同期结存为人民币1,500,000.00元。", None),
        ("该账户上年末账户结存人民币1,500,000.00元。", None),
    ],
)
def test_what_stands_in_an_account(sentence: str, cents: int | None) -> None:
    assert read("bank_statement", "资信证明书", sentence).get(CASH) == cents


@pytest.mark.parametrize(
    ("sentence", "cents"),
    [
        ("2025年度，公司共实现营业收入人民币6,482.77元，较上年增长。", 648277),
        ("预计2026年度，公司实现营业收入9,000.00元。", None),
        ("2025年1月至6月，公司实现营业收入9,000.00元。", None),
    ],
)
def test_what_was_earned_in_a_year(sentence: str, cents: int | None) -> None:
    assert read("audit_report", "审计报告", sentence).get(REVENUE) == cents


@pytest.mark.parametrize(
    ("sentence", "contacts"),
    [
        ("小组设应急联络员3名，实行值守。", 3),
        ("小组配备2名应急联络员。", 2),
        ("如某同行公司应急联络员为8名，可资参考。", None),
    ],
)
def test_how_many_are_called_in_an_emergency(
    sentence: str, contacts: int | None
) -> None:
    assert read("emergency_plan", sentence).get(CONTACTS) == contacts
