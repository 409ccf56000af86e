"""Contracts, statements and certificates as others set them, each with a near text that
says something else."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.case.subjects import Subject
from changqing.evidence.reading import Box, PaperPage, Span
from changqing.law.model import Catalogue
from changqing.readers.classify import find_kind
from changqing.readers.layout import PageLayout
from changqing.readers.proposal import CaseNames, PaperPages
from changqing.readers.propose import read_paper
from tests.readers.form_pages import COMPANY, propose, values_of
from tests.readers.table_pages import (
    AGENCY,
    APPLICANT,
    lay_table,
    write_lines,
)
from tests.readers.test_prose import read as read_prose
from tests.shipped import CATALOGUE

# Contracts


def read_agreement(*lines: str) -> dict[str, object]:
    names = CaseNames(
        applicant=APPLICANT,
        members={
            "service": {"example.cn": Subject("service", "site")},
            "person": {"王小明": Subject("person", "wang")},
        },
        region="32",
    )
    paper = PaperPages(
        pages=(PageLayout(write_lines(*lines)),),
        material=CATALOGUE.materials["hosting_agreement"],
        catalogue=CATALOGUE,
        names=names,
    )
    return {fact.fact: fact.value for fact in read_paper(paper)[0]}


def test_who_signs_for_a_side_is_no_third_side() -> None:
    sides = (f"甲方：{AGENCY}（以下简称甲方）", f"乙方：{APPLICANT}（以下简称乙方）")
    signed = ("甲方（签章）：", "代表人：", "乙方（签章）：", "代表人：")
    assert read_agreement(*sides, *signed)["hosting_provider"] == AGENCY


@pytest.mark.parametrize(
    ("line", "servers"),
    [
        ("设备：2U服务器×2", 2),
        ("租用服务器×3年", None),
        ("云服务器，通用型；数量：3台", 3),
        ("云服务器，通用型；数量：", None),
    ],
)
def test_servers_are_counted_behind_a_times_sign(
    line: str, servers: int | None
) -> None:
    said = read_agreement("服务器托管协议", line, "1个；弹性公网IP")
    assert said.get("server_count") == servers


def test_the_address_after_the_room_is_where_the_servers_stand() -> None:
    line = "机柜放置于甲方数据中心机房内，地址：江苏省南京市示例路98号3楼。"
    assert read_agreement(line)["server_location"] == "same_province"


@pytest.mark.parametrize(
    ("label", "found"), [("职工（乙方）", True), ("见证人（丙方）", False)]
)
def test_a_side_in_brackets_names_a_label_that_nobody_listed(
    *, label: str, found: bool
) -> None:
    said = read_prose(
        "labour_contract", f"用人单位（甲方）：{APPLICANT}", f"{label}：赵一"
    )
    assert any(fact == "name" for _, fact in said) is found


@pytest.mark.parametrize(
    ("lines", "day"),
    [
        (
            [
                "双方签订的《房屋租赁合同》将于2026年10月31日到期。",
                "续租期限：自2026年11月1日至2029年10月31日。",
            ],
            date(2029, 10, 31),
        ),
        (["双方签订的《房屋租赁合同》将于2026年10月31日到期。"], None),
        (["本合同于2026年10月31日到期。"], date(2026, 10, 31)),
    ],
)
def test_the_end_of_the_contract_before_is_not_that_of_the_new_one(
    lines: list[str], day: date | None
) -> None:
    said = read_prose("lease", "房屋续租协议", f"承租方：{APPLICANT}", *lines)
    assert said.get(("self", "lease_until")) == day


def test_what_was_paid_in_at_first_is_what_is_paid_in() -> None:
    first = "已收到第1期出资，即本期实收注册资本人民币肆佰万元（¥4,000,000.00）。"
    assert read_prose("capital_report", first)["self", "paid_in_capital"] == (
        400_000_000
    )
    second = first.replace("第1期", "第2期")
    assert ("self", "paid_in_capital") not in read_prose("capital_report", second)


def test_a_line_below_a_side_is_none_of_its_name(catalogue: Catalogue) -> None:
    form = [
        ("云服务合同", 3500, 500),
        (f"甲方：{COMPANY}", 1000, 800),
        (f"乙方：{AGENCY}", 1000, 960),
        ("第一条", 1000, 1120),
        ("乙方向甲方提供云主机。", 1900, 1120),
    ]
    values = values_of(propose(catalogue, form))
    assert values["service.hosting_provider"] == AGENCY


# Banks


@pytest.mark.parametrize(("state", "fen"), [("未冻结", 12_300), ("冻结", None)])
def test_a_state_with_its_english_says_whether_money_is_frozen(
    state: str, fen: int | None
) -> None:
    said = read_prose(
        "bank_statement", "账户余额：123.00元", f"冻结状态 Status\t{state}"
    )
    value = said.get(("self", "cash_on_hand"))
    assert (value if isinstance(value, int) else None) == fen


def test_a_sentence_under_a_balance_is_no_second_balance(catalogue: Catalogue) -> None:
    row = [
        ("银企余额对账单", 3500, 500),
        (COMPANY, 1000, 800),
        ("账号", 1000, 1200),
        ("币种", 3000, 1200),
        ("账户余额", 5000, 1200),
        ("8001776623", 1000, 1360),
        ("人民币", 3000, 1360),
        ("508,916.72", 5000, 1360),
    ]
    sentence = (
        "若核对相符请签章；如有不符，请于15日内到开户网点查询并说明原因。",
        3000,
        1520,
    )
    values = values_of(propose(catalogue, [*row, sentence]))
    assert values["applicant.cash_on_hand"] == 50_891_672
    values = values_of(propose(catalogue, [*row, ("9,916.72", 5000, 1520)]))
    assert "applicant.cash_on_hand" not in values


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("中国·甲山　　2026年4月8日", date(2026, 4, 8)),
        ("甲山示例会计师事务所　2026年4月8日", date(2026, 4, 8)),
        ("公司成立于　2020年4月8日", None),
    ],
)
def test_a_day_stands_beside_who_issued_a_paper(line: str, day: date | None) -> None:
    said = read_prose("audit_report", "审计报告", line)
    assert said.get(("", "issued_on"), said.get(("?", "issued_on"))) == day


def test_a_paper_is_not_issued_before_the_month_up_to_which_it_speaks() -> None:
    lines = ("职工参保缴费证明", "截至2026年10月，在职职工共11人。", "2026年1月20日")
    assert date(2026, 1, 20) not in read_prose("social_insurance", *lines).values()
    later = read_prose("social_insurance", *lines[:2], "2026年11月20日")
    assert date(2026, 11, 20) in later.values()


def test_a_label_between_wide_blanks_of_a_line_is_one() -> None:
    line = "证明机构名称（证明专用章）　　证明时间　2026-11-11 09:12"
    said = read_prose("social_insurance", "参保证明", line)
    assert date(2026, 11, 11) in said.values()
    other = read_prose("social_insurance", "参保证明", "本证明时间 2026-11-11 有效")
    assert date(2026, 11, 11) not in other.values()


# Domains


def test_of_a_list_of_domains_the_one_of_the_case_is_meant() -> None:
    heads = {600: "网站名称", 2500: "网站备案号", 5500: "域名"}
    rows = [
        {600: "一", 2500: "苏ICP备2026000001号-1", 5500: "example.cn"},
        {600: "二", 2500: "苏ICP备2026000001号-2", 5500: "example-help.cn"},
    ]
    names = CaseNames(
        applicant=APPLICANT,
        members={"service": {"example.cn": Subject("service", "site")}},
    )

    def find_domains(*listed: dict[int, str]) -> list[object]:
        paper = PaperPages(
            pages=(PageLayout(lay_table([heads, *listed], step=180)),),
            material=CATALOGUE.materials["icp_filing"],
            catalogue=CATALOGUE,
            names=names,
        )
        return [fact.value for fact in read_paper(paper)[0] if fact.fact == "domain"]

    assert find_domains(*rows) == ["example.cn"]
    others = [{**row, 5500: f"other{row[5500]}"} for row in rows]
    assert find_domains(*others) == []


@pytest.mark.parametrize(
    ("sentence", "registrar"),
    [
        (f"{APPLICANT}通过甲山示例域名有限公司注册域名example.cn。", True),
        ("本域名的注册服务由 甲山示例域名有限公司 提供", True),
        ("本域名通过审核后生效。", False),
    ],
)
def test_a_registrar_is_named_in_a_sentence(sentence: str, *, registrar: bool) -> None:
    said = read_prose("domain_cert", "域名证书", sentence)
    assert any(fact == "domain_registrar" for _, fact in said) is registrar


def test_a_sentence_says_who_registered_a_domain_and_who_that_is() -> None:
    line = f"兹证明域名example.cn的注册人为{APPLICANT}，有效期至2027年6月3日。"
    said = read_prose("domain_cert", "域名注册证明", line)
    assert said["site", "domain_holder_relation"] == "applicant"
    unsaid = read_prose("domain_cert", "域名注册证明", "注册人为上述单位。")
    assert ("site", "domain_holder_relation") not in unsaid


@pytest.mark.parametrize(
    ("state", "renews"), [("已开启", True), ("未开通", False), ("关闭", False)]
)
def test_an_order_says_whether_it_renews_by_itself(state: str, *, renews: bool) -> None:
    said = read_agreement("云服务器续费确认单", f"自动续费：{state}")
    assert said["hosting_renews"] is renews


@pytest.mark.parametrize(
    ("sentence", "filed"),
    [
        ("由甲方办理房屋租赁登记备案。", False),
        ("房屋租赁登记备案证明 沈房租备字1号", True),
    ],
)
def test_a_lease_that_is_to_be_filed_is_not_filed(
    sentence: str, *, filed: bool
) -> None:
    said = read_prose("lease", "房屋租赁合同", sentence)
    assert (("", "states_lease_filed") in said) is filed


def test_a_title_over_two_lines_is_that_of_its_end() -> None:
    head = "关于某某互联科技有限公司2025年度财务报表"
    materials = CATALOGUE.materials
    lines = [
        Span(text=head, box=Box(left=2000, top=500, right=8000, bottom=640)),
        Span(text="的审计报告", box=Box(left=4000, top=700, right=5000, bottom=840)),
    ]
    page = PaperPage(number=1, width=600, height=850, spans=tuple(lines))
    assert find_kind([PageLayout(page)], materials)[0][0] == "audit_report"
    alone = PaperPage(number=1, width=600, height=850, spans=tuple(lines[:1]))
    kinds = [kind for kind, _ in find_kind([PageLayout(alone)], materials)]
    assert "audit_report" not in kinds


@pytest.mark.parametrize(
    ("sentence", "registrant"),
    [
        (f"由 {APPLICANT} 注册", APPLICANT),
        ("由甲山示例域名有限公司注册管理", None),
        ("注册服务由 甲山示例域名有限公司 提供", None),
    ],
)
def test_who_registered_a_domain_stands_before_the_verb(
    sentence: str, registrant: str | None
) -> None:
    said = read_prose("domain_cert", "域名证书", "example.cn", sentence)
    assert said.get(("site", "domain_registrant")) == registrant
    relation = said.get(("site", "domain_holder_relation"))
    assert relation == (None if registrant is None else "applicant")
