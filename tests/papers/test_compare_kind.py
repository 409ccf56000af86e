"""A file proves nothing as a paper that it plainly is not, nor one of another company."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.case.model import Case
from changqing.case.subjects import APPLICANT, Subject
from changqing.evidence.records import list_gaps, list_records
from changqing.law.kit import Grade
from tests.papers.settling_sample import LICENCE, NAME, STATEMENT, make_case

OTHER = "成都别家网络科技有限公司"
CASH = "    backs:\n      - {fact: cash_on_hand, value: 300万元, place: 第1页}\n"
PLAN = f"""\
业务发展计划
{NAME}
一、市场分析
二、发展目标与实施进度
三、资金：账上有银行存款300万元，账户余额足够第一年使用。
四、盈利模式与预期收益
"""
IDENTITY = """\
中华人民共和国居民身份证
姓名 梁其安 性别 男 民族 汉
住址 浙江省杭州市萧山区示例路8号
公民身份号码 330109198001010014
签发机关 杭州市公安局萧山分局
有效期限 2020.01.01-2040.01.01
"""
STAFF = """\
  - id: staff
    kind: staff_id
    file: documents/身份证.txt
    received_on: 2026-11-18
"""
LEASE = f"""\
房屋租赁合同
出租方（甲方）：杭州示例资产管理有限公司
承租方（乙方）：{OTHER}
租赁期限自2026年3月1日起至2029年2月28日止。
"""
RENTED = """\
  - id: lease
    kind: lease
    file: documents/租约.txt
    received_on: 2026-11-18
    states:
      term: '{place}'
    backs:
      - {{fact: lessee_is_applicant, value: false, place: 第1页}}
      - {{fact: lease_until, value: 2029-02-28, place: 第1页}}
"""

HOSTING = """\
云服务器托管服务协议
甲方（委托方）：{client}
乙方（服务方）：杭州示例云计算有限公司
第一条 服务内容
乙方为甲方提供服务器托管服务。
第二条 服务期限
自2026年3月1日起至2029年2月28日止。
"""
HOSTED = """\
  - id: host
    kind: hosting_agreement
    file: documents/托管.txt
    received_on: 2026-11-18
    backs:
      - {fact: hosting_until, subject: 'service:site', value: 2029-02-28, place: 第二条}
"""


def compared(case: Case, paper: str, fact: str) -> Comparison:
    return case.compared[paper][APPLICANT, fact]


def test_cash_in_a_plan_of_the_company_is_no_statement_of_a_bank(
    tmp_path: Path,
) -> None:
    case = make_case(tmp_path, cash=CASH, 存款=PLAN)
    for fact in ("has_bank_statement", "cash_on_hand"):
        found = compared(case, "cash", fact)
        assert found.outcome is ReadOutcome.NOT_FOUND
        assert found.why is not None
        assert "《业务发展和实施计划》" in found.why.zh
        assert "“Business development and implementation plan”" in found.why.en
        (gap,) = (gap for gap in list_gaps(case) if gap.fact == fact)
        assert gap.detail == found.why
    grades = {
        record.grade
        for record in list_records(case)
        if record.fact in ("has_bank_statement", "cash_on_hand")
    }
    assert grades == {Grade.TRANSCRIBED}


def test_the_statement_itself_is_one(tmp_path: Path) -> None:
    case = make_case(tmp_path, cash=CASH.replace("300万元", "1863520.47元"))
    assert compared(case, "cash", "has_bank_statement").outcome is ReadOutcome.READ
    assert compared(case, "cash", "cash_on_hand").outcome is ReadOutcome.READ


def test_a_licence_of_another_company_says_nothing_of_this_one(tmp_path: Path) -> None:
    backs = (
        "    backs:\n      - {fact: registered_capital, value: 200万元, place: 第1页}\n"
    )
    strange = LICENCE.replace(NAME, OTHER)
    case = make_case(tmp_path, licence=backs, 执照=strange)
    for fact in ("has_business_licence", "registered_capital"):
        found = compared(case, "licence", fact)
        assert found.outcome is ReadOutcome.NOT_FOUND
        assert found.why is not None
        assert OTHER in found.why.zh


def test_a_bank_statement_of_another_company_proves_nothing_at_all(
    tmp_path: Path,
) -> None:
    entry = """\
    issued_on: 2026-11-10
    states: {balance: 第1页}
    backs:
      - {fact: cash_on_hand, value: 1863520.47元, place: 第1页}
      - {fact: paid_in_capital, value: 1863520.47元, place: 第1页}
"""
    case = make_case(tmp_path, cash=entry, 存款=STATEMENT.replace(NAME, OTHER))
    outcomes = {comparison.outcome for comparison in case.compared["cash"].values()}
    assert len(case.compared["cash"]) == 5
    assert outcomes == {ReadOutcome.NOT_FOUND}


@pytest.mark.parametrize(
    ("client", "outcome"),
    [(NAME, ReadOutcome.READ), (OTHER, ReadOutcome.NOT_FOUND)],
)
def test_servers_hosted_for_another_company_are_not_those_of_the_service(
    tmp_path: Path, client: str, outcome: ReadOutcome
) -> None:
    case = make_case(tmp_path, cash=HOSTED, 托管=HOSTING.format(client=client))
    site = Subject("service", "site")
    found = case.compared["host"]
    assert found[site, "hosting_until"].outcome is outcome
    assert found[APPLICANT, "has_hosting_agreement"].outcome is outcome


def test_a_fact_that_its_kind_does_not_print_is_not_read_in_anothers_lease(
    tmp_path: Path,
) -> None:
    rent = "      - {fact: cash_on_hand, value: 300万元, place: 第1页}\n"
    entry = RENTED.format(place="第1页") + rent
    case = make_case(tmp_path, cash=entry, 租约=LEASE + "保证金：人民币300万元\n")
    assert compared(case, "lease", "cash_on_hand").outcome is ReadOutcome.NOT_FOUND
    assert compared(case, "lease", "lessee_is_applicant").outcome is ReadOutcome.READ


def test_a_lease_of_another_company_is_read_to_be_just_that(tmp_path: Path) -> None:
    lease = RENTED.format(place="第1页")
    case = make_case(tmp_path, cash=lease, 租约=LEASE)
    assert compared(case, "lease", "lessee_is_applicant").outcome is ReadOutcome.READ
    assert compared(case, "lease", "lease_until").outcome is ReadOutcome.NOT_FOUND


def test_kinds_known_by_the_same_words_are_told_apart_by_the_case(
    tmp_path: Path,
) -> None:
    case = make_case(tmp_path, cash=STAFF, 身份证=IDENTITY)
    assert compared(case, "staff", "has_staff_id").outcome is ReadOutcome.READ


def test_two_papers_in_one_file_are_both_there(tmp_path: Path) -> None:
    both = STATEMENT + "\f" + PLAN
    case = make_case(tmp_path, 存款=both)
    assert compared(case, "cash", "has_bank_statement").outcome is ReadOutcome.READ


@pytest.mark.parametrize(
    ("element", "place", "outcome"),
    [
        ("term", "第一条 租赁期限", ReadOutcome.READ),
        ("term", "第二条 其他约定", ReadOutcome.READ),  # it is read elsewhere
        ("use", "第二条 其他约定", ReadOutcome.NOT_FOUND),
        ("lease_filed", "第一条 租赁期限", ReadOutcome.NOT_FOUND),
    ],
)
def test_a_heading_that_is_quoted_states_only_what_it_names(
    tmp_path: Path, element: str, place: str, outcome: ReadOutcome
) -> None:
    paper = (
        f"房屋租赁合同\n承租方：{NAME}\n第一条 租赁期限\n至2029年2月28日止。\n"
        "第二条 其他约定\n双方另有约定的从其约定。\n"
    )
    entry = RENTED.replace("term:", f"{element}:").format(place=place)
    case = make_case(tmp_path, cash=entry, 租约=paper)
    stated = case.compared["lease"][Subject("paper", "lease"), f"states_{element}"]
    assert stated.outcome is outcome


def test_a_term_that_is_still_to_be_agreed_is_none(tmp_path: Path) -> None:
    paper = f"房屋租赁合同\n承租方：{NAME}\n第一条 租赁期限\n另行商定。\n"
    entry = RENTED.format(place="第1页")
    case = make_case(tmp_path, cash=entry, 租约=paper)
    stated = case.compared["lease"][Subject("paper", "lease"), "states_term"]
    assert stated.outcome is ReadOutcome.NOT_FOUND


@pytest.mark.parametrize(
    ("filled", "outcome"), [(False, ReadOutcome.NOT_FOUND), (True, ReadOutcome.READ)]
)
def test_a_form_that_nobody_filled_in_states_nothing(
    tmp_path: Path,
    filled: bool,
    outcome: ReadOutcome,
) -> None:
    form = (
        "房屋租赁合同\n出租方：          （甲方）\n承租方：          （乙方）\n"
        "甲方将坐落于            的房屋出租给乙方作        使用。\n"
        "租赁期为      个月，自      年    月    日起至      年    月    日止。\n"
        "月租金      元，提前15天支付。\n"
    )
    if filled:
        form = LEASE.replace(OTHER, NAME)
    case = make_case(tmp_path, cash=RENTED.format(place="第1页"), 租约=form)
    stated = case.compared["lease"][Subject("paper", "lease"), "states_term"]
    assert stated.outcome is outcome
