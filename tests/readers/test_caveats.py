"""What a paper itself holds against a figure that stands in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from changqing.case.subjects import Subject
from tests.readers.test_prose import APPLICANT, NAMES, read
from tests.shipped import CATALOGUE

MILLION = 1_000_000_00


def read_balance(*lines: str) -> object:
    said = read(
        "bank_statement",
        "单位存款余额证明",
        f"户名：{APPLICANT}",
        "账号：1234567890123456",
        "币种：人民币",
        *lines,
    )
    return said.get(("self", "cash_on_hand"))


@pytest.mark.parametrize(
    "line",
    [
        "账户余额：-1,234.56元",
        "账户余额：－1,234,567.00元",
        "账户余额：¥-1,234,567.00",
        "账户余额：（1,234,567.00）",
        "账户余额：1,234,567.00-",
        "账户余额：负1,234,567.00元",
        "账户余额：1,234,567.00元（透支）",
        "账户余额：1,234,567.00DR",
        "余额方向：借 余额：1,234,567.00",
        "透支余额：1,234,567.00元",
        "贷款余额：5,000,000.00元",
        "截至2026年10月31日，该账户透支余额为1,234,567.00元。",
        "截至2026年10月31日，该公司在我行的贷款余额为1,234,567.00元。",
        "日均余额：1,234,567.00元",
    ],
)
def test_what_is_owed_lent_or_reckoned_over_time_is_no_cash(line: str) -> None:
    assert read_balance(line) in {None, "unclear"}


@pytest.mark.parametrize(
    "line",
    [
        "账户余额：约1,000,000.00元",
        "账户余额：1,000,000元以上",
        "该账户余额不低于人民币1,000,000元。",
        "存款余额至少1,000,000.00元",
        "截至2026年10月31日，余额为1,000,000.00元以上。",
        "账户余额：不超过1,000,000.00元",
    ],
)
def test_a_bound_is_no_exact_amount(line: str) -> None:
    assert read_balance(line) in {None, "unclear"}


@pytest.mark.parametrize(
    "lines",
    [
        ("账户性质：保证金账户", "账户余额：1,000,000.00元"),
        ("账户余额：1,000,000.00元（其中冻结800,000.00元）",),
        ("账户余额：1,000,000.00元", "其中受限资金：800,000.00元"),
        ("账户余额：1,000,000.00元", "圈存金额：1,000,000.00"),
        ("账户余额：1,000,000.00元", "是否冻结：是"),
        ("账户状态：冻结", "账户余额：1,000,000.00元"),
        ("截至2026年10月31日存款余额为1,000,000.00元，其中800,000.00元已质押。",),
        ("上述存款在证明期间已冻结。存款余额：1,000,000.00元",),
        ("定期存单质押", "存款金额：1,000,000.00元"),
        ("冻结余额：1,000,000.00元",),
        ("账户余额：1,000,000.00元", "冻结状态：是"),
        ("账户余额：1,000,000.00元", "质押情况：是"),
        ("未到期存单已质押，存款余额为1,000,000.00元。",),
        ("户名：如意示例公司，账户状态：冻结", "账户余额：1,000,000.00元"),
    ],
)
def test_frozen_or_pledged_money_is_not_there_to_be_used(
    lines: tuple[str, ...],
) -> None:
    assert read_balance(*lines) in {None, "unclear"}


@pytest.mark.parametrize(
    "lines",
    [
        ("截至2026年10月31日存款余额为1,000,000.00元，未被冻结、质押。",),
        ("账户余额：1,000,000.00元", "冻结金额：0.00元"),
        ("账户余额：1,000,000.00元", "是否冻结：否"),
        ("账户余额：1,000,000.00元", "冻结止付情况：无"),
        ("账户余额：1,000,000.00元", "本证明不得用于质押、担保。"),
        ("账户余额：1,000,000.00元", "如该账户此后被司法冻结，我行不承担责任。"),
        ("账户余额：1,000,000.00元", "上期余额：900,000.00元"),
        ("账户余额：1,000,000.00元", "对账户的冻结、扣划等事项，我行不承担责任。"),
        ("存款余额：1,000,000.00元", "上述资金无任何质押、冻结、查封等权利限制。"),
        ("账户余额（元）：1,000,000.00", "账户状态：正常"),
        ("人民币壹佰万元整（1,000,000.00）", "账户余额：1,000,000.00"),
    ],
)
def test_what_is_said_of_no_freeze_leaves_the_balance(lines: tuple[str, ...]) -> None:
    assert read_balance(*lines) == MILLION


def test_of_a_balance_what_may_be_used_is_meant() -> None:
    frozen = read_balance(
        "账户余额：1,000,000.00元", "冻结金额：800,000.00元", "可用余额：200,000.00元"
    )
    assert frozen == 200_000_00
    free = read_balance("账户余额：1,000,000.00元", "可用余额：1,000,000.00元")
    assert free == MILLION


@pytest.mark.parametrize(
    ("sentence", "months"),
    [
        ("日志留存不少于六个月。", 6),
        ("日志留存6个月以上。", 6),
        ("日志留存6个月以内。", None),
        ("日志保存期限为6个月左右。", None),
    ],
)
def test_a_least_is_as_good_where_a_least_is_asked(
    sentence: str, months: int | None
) -> None:
    said = read("infosec_measures", "网络与信息安全保障措施", sentence)
    assert said.get(("self", "log_retention_months")) == months


LEASE = (
    "房屋租赁合同",
    "出租方（甲方）：甲山示例物业有限公司",
    f"承租方（乙方）：{APPLICANT}",
    "租赁期自2024年3月1日起至2027年2月28日止。",
)


@pytest.mark.parametrize(
    "line",
    [
        "本合同已于2026年5月1日终止。",
        "双方同意自2026年5月1日起解除上述租赁合同。",
        "经双方协商一致，本合同于2026年6月30日提前终止。",
        "（草案）",
        "作废",
        "合同状态：已终止",
        f"{APPLICANT}确认，本合同已于2026年5月1日终止。",
    ],
)
def test_a_lease_that_was_ended_or_is_a_draft_shows_nothing(line: str) -> None:
    said = read("lease", LEASE[0], line, *LEASE[1:])
    assert said["self", "lease_until"] == "unclear"
    assert said["self", "lessee_is_applicant"] == "unclear"


@pytest.mark.parametrize(
    "line",
    [
        "经甲乙双方协商一致，可以解除本合同。",
        "乙方逾期三个月不付租金的，甲方有权单方解除合同，合同自通知送达之日起解除。",
        "双方协商一致提前终止的，互不承担违约责任。",
        "原租赁合同已于2024年2月29日终止。",
        "本合同终止后七日内乙方应交还房屋。",
        "未经对方书面同意提前终止的，应支付违约金。",
    ],
)
def test_how_a_lease_may_end_leaves_it_in_force(line: str) -> None:
    said = read("lease", *LEASE, line)
    assert str(said["self", "lease_until"]) == "2027-02-28"


def test_who_left_is_employed_no_more() -> None:
    lines = [
        f"甲方（用人单位）：{APPLICANT}",
        "乙方（劳动者）：王小明",
        "乙方在运维工程师岗位（专职）工作。",
    ]
    said = read("labour_contract", "劳动合同", *lines)
    assert said["wang", "employer_is_applicant"] is True
    ended = read(
        "labour_contract", "劳动合同", *lines, "双方已于2026年3月1日解除劳动合同。"
    )
    assert ended["wang", "employer_is_applicant"] == "unclear"


@pytest.mark.parametrize(
    ("title", "ended"),
    [
        ("解除劳动合同证明书", True),
        ("离职证明", True),
        ("终止（解除）劳动合同协议书", True),
        ("劳动合同", False),
    ],
)
def test_a_paper_that_ends_a_contract_is_known_by_its_title(
    title: str, ended: bool
) -> None:
    said = read(
        "labour_contract",
        title,
        f"甲方（用人单位）：{APPLICANT}",
        "乙方（劳动者）：王小明",
        "乙方离职并办妥交接的，甲方出具离职证明、解除劳动合同证明。",
    )
    assert (said["wang", "employer_is_applicant"] == "unclear") is ended


def test_a_licence_that_was_cancelled_shows_nothing() -> None:
    lines = ["营业执照", f"名称：{APPLICANT}", "法定代表人：王小明"]
    assert read("business_licence", *lines)["self", "name"] == APPLICANT
    gone = read("business_licence", *lines, "登记状态：注销")
    assert gone["self", "name"] == "unclear"


@pytest.mark.parametrize(
    ("lines", "until"),
    [
        (
            ("租赁期限三年，自本合同签订之日起计算。", "签订日期：2025年3月1日"),
            "2028-02-29",
        ),
        (
            ("本合同自双方签字盖章之日起生效，有效期二年。", "签署日期：2025年3月1日"),
            "2027-02-28",
        ),
        (("租期12个月，自交房之日起计算。", "交房日期：2025年6月1日"), "2026-05-31"),
        (("租期为两年，自交房之日起计算。", "签订日期：2025年3月1日"), "None"),
        (("起租日为2025年1月1日，租期三年。",), "2027-12-31"),
        (("租期二年，签订之日起计。", "签订日期：2025年1月1日"), "2026-12-31"),
        (
            (
                "租赁期3年，自签订之日起。",
                "甲方（盖章）：2025年3月1日",
                "乙方（盖章）：2025年3月5日",
            ),
            "None",
        ),
        (("保密期限为五年，自本合同签订之日起。", "签订日期：2026年1月1日"), "None"),
        (("付款期限为一年，自签订之日起计算。", "签订日期：2026年1月1日"), "None"),
        (("租赁备案有效期一年，自签订之日起。", "签订日期：2026年1月1日"), "None"),
        (("免租期三个月，自交房之日起计算。", "交房日期：2025年6月1日"), "None"),
        (
            ("乙方应自签订之日起三个月内完成租赁期限备案。", "签订日期：2025年3月1日"),
            "None",
        ),
    ],
)
def test_a_term_from_an_event_ends_where_the_paper_dates_the_event(
    lines: tuple[str, ...], until: str
) -> None:
    said = read("lease", *LEASE[:3], *lines)
    assert str(said.get(("self", "lease_until"))) == until


@pytest.mark.parametrize(
    ("sentence", "renews"),
    [
        ("期满自动续一年。", True),
        ("租期届满，双方无异议的，合同顺延一年。", True),
        ("期满前未书面提出终止的，自动延长一年。", True),
        ("期满后不自动顺延。", False),
    ],
)
def test_a_term_that_goes_on_by_itself(sentence: str, renews: bool) -> None:
    said = read("lease", *LEASE, sentence).get(("self", "lease_renews"))
    assert said is renews or (renews is False and said is not True)


@pytest.mark.parametrize(
    "line",
    [
        "公司不存在代持且没有其他层级。",
        "股东均为自然人，无其他层级。",
        "没有其他层级。",
    ],
)
def test_words_that_are_a_denial_themselves_are_said(line: str) -> None:
    said = read("equity_chart", "股权结构图", line)
    assert said["", "states_every_layer"] is True


def test_a_filing_search_that_found_nothing_covers_no_domain() -> None:
    found = read(
        "icp_filing", "ICP备案查询", "域名：example.cn", "备案号：甲ICP备12345678号-1"
    )
    assert found["site", "filing_covers_domain"] is True
    assert found["site", "filing_found"] is True
    nothing = read("icp_filing", "ICP备案查询", "域名：example.cn", "未查询到备案信息")
    assert nothing["site", "filing_covers_domain"] is False
    assert nothing["site", "filing_found"] is False
    both = read(
        "icp_filing",
        "ICP备案查询",
        "域名：example.cn",
        "备案号：甲ICP备12345678号-1",
        "公安备案：未查询到",
    )
    assert both["site", "filing_covers_domain"] is not False


@pytest.mark.parametrize(
    "lines",
    [
        ("域名：other.cn", "未查询到备案信息"),
        ("备注：未备案的网站不得开通。",),
        ("未备案网站不得从事互联网信息服务。",),
        ("App备案：未备案",),
        ("公安备案：未查询到",),
    ],
)
def test_a_rule_or_another_search_denies_no_filing(lines: tuple[str, ...]) -> None:
    said = read("icp_filing", "ICP备案查询", *lines)
    assert ("site", "filing_found") not in said


def test_a_search_that_found_nothing_states_no_number() -> None:
    said = read("icp_filing", "ICP备案查询", "域名：example.cn", "未查询到备案信息")
    assert ("", "states_filing_number") not in said


def test_a_name_supposes_nothing() -> None:
    lucky = "上海如若信息科技有限公司"
    names = replace(NAMES, applicant=lucky)
    lines = (LEASE[0], LEASE[1], f"承租方（乙方）：{lucky}", LEASE[3])
    ended = f"{lucky}确认本合同已于2026年5月1日终止。"
    assert read("lease", *lines, ended, names=names)["self", "lease_until"] == "unclear"


HOLDERS = {"李四光": Subject("holder", "li")}


@pytest.mark.parametrize(
    ("owner", "all_holders", "relation"),
    [
        (APPLICANT, False, "applicant"),
        ("李四光", False, "holder"),
        ("王小明", False, "principal"),
        ("乙山澜岸商贸有限公司", True, "unrelated"),
        ("乙山澜岸商贸有限公司", False, None),
        ("赵一", True, None),
    ],
)
def test_who_is_no_holder_is_said_only_where_every_holder_is_known(
    owner: str, all_holders: bool, relation: str | None
) -> None:
    names = replace(
        NAMES,
        members={**NAMES.members, "holder": HOLDERS},
        roles={Subject("person", "wang"): "legal_representative"},
        all_holders=all_holders,
    )
    said = read(
        "domain_cert",
        "国际域名注册证书",
        "域名：example.cn",
        f"域名所有者：{owner}",
        names=names,
    )
    assert said.get(("site", "domain_holder_relation")) == relation


@pytest.mark.parametrize(
    "lines",
    [
        ("服务期限自开通之日起两年。", "开通日期：2026年1月1日"),
        ("自服务开通之日起计算，服务期限24个月。", "服务开通日期：2026年1月1日"),
        ("托管期两年，自2026年1月1日起计。",),
        ("本协议自签订之日起生效，有效期两年。", "签订日期：2026年1月1日"),
    ],
)
def test_a_hosting_term_ends_however_its_begin_is_put(lines: tuple[str, ...]) -> None:
    said = read(
        "hosting_agreement",
        "服务器托管协议",
        f"甲方：{APPLICANT}",
        "乙方：甲山示例云数据有限公司",
        *lines,
    )
    assert str(said["site", "hosting_until"]) == "2027-12-31"


@pytest.mark.parametrize(
    "sentence",
    [
        "合同期满自动失效。",
        "到期后经双方协商可续签。",
        "期满不续签的，本合同自动终止。",
    ],
)
def test_a_contract_that_ends_by_itself_does_not_renew(sentence: str) -> None:
    said = read("hosting_agreement", "服务器托管协议", sentence)
    assert said["site", "hosting_renews"] is False


@pytest.mark.parametrize(
    ("kind", "fact", "sentence", "value"),
    [
        ("hosting_agreement", "server_count", "托管服务器共4台。", 4),
        ("hosting_agreement", "server_count", "服务器4台以内。", None),
        ("hosting_agreement", "server_count", "服务器数量：不超过4台", "unclear"),
        ("complaint_rules", "complaint_reply_days", "投诉后15日以内答复。", 15),
        ("emergency_plan", "emergency_contacts", "应急联系人不少于3名。", 3),
        ("emergency_plan", "emergency_contacts", "应急联系人不超过3名。", None),
        (
            "funding_commitment",
            "committed_funding",
            "投入不少于人民币500万元。",
            5 * 10**8,
        ),
        ("funding_commitment", "committed_funding", "投入不超过人民币500万元。", None),
        ("business_licence", "registered_capital", "注册资本：100万元人民币", 10**8),
        (
            "business_licence",
            "registered_capital",
            "注册资本：不低于100万元",
            "unclear",
        ),
    ],
)
def test_a_bound_counts_only_where_the_fact_means_one(
    kind: str, fact: str, sentence: str, value: object
) -> None:
    said = read(kind, CATALOGUE.materials[kind].label.zh, sentence)
    assert {of: each for (_, of), each in said.items()}.get(fact) == value
