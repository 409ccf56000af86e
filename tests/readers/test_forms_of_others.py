"""What is read on forms as banks, registers, accountants and clouds print them."""

from __future__ import annotations

import pytest

from changqing.evidence.reading import Box, Cell, Span
from changqing.law.model import Catalogue
from tests.readers.form_pages import (
    CODE,
    COMPANY,
    LICENCE,
    propose,
    propose_raw,
    values_of,
)


def test_capital_that_was_added_is_not_all_that_is_paid_in(
    catalogue: Catalogue,
) -> None:
    sentences = [
        "经审验，已收到全体股东缴纳的新增注册资本（实收资本）合计人民币叁佰万元整。",
        "本次增资前的注册资本为人民币900万元，实收资本为人民币200万元。",
        "变更后的累计注册资本为人民币1,200万元，实收资本为人民币500万元。",
    ]
    lines = enumerate(["验资报告", *sentences])
    paper = propose(catalogue, [(text, 1000, 500 + 300 * at) for at, text in lines])
    assert values_of(paper)["applicant.paid_in_capital"] == 500_000_000


@pytest.mark.parametrize(
    "sentence",
    [
        "贵公司新增注册资本300万元，截至2026年3月1日止实收资本为人民币500万元。",
        "已收到全体股东缴纳的新增注册资本合计人民币300万元，变更后的累计实收资本为人民币500万元。",
    ],
)
def test_the_total_is_read_in_the_sentence_that_says_what_was_added(
    catalogue: Catalogue, sentence: str
) -> None:
    lines = enumerate(["验资报告", sentence])
    paper = propose(catalogue, [(text, 1000, 500 + 300 * at) for at, text in lines])
    assert values_of(paper)["applicant.paid_in_capital"] == 500_000_000


@pytest.mark.parametrize("added", ["新增实收资本为", "新增注册资本（实收资本）合计"])
def test_what_was_added_alone_is_no_total(catalogue: Catalogue, added: str) -> None:
    lines = enumerate(["验资报告", f"截至2026年3月1日止，{added}人民币300万元。"])
    paper = propose(catalogue, [(text, 1000, 500 + 300 * at) for at, text in lines])
    assert "applicant.paid_in_capital" not in values_of(paper)


def test_a_certificate_of_a_network_engineer_is_no_degree(
    catalogue: Catalogue,
) -> None:
    title = "计算机技术与软件专业技术资格（水平）证书"
    lines = enumerate([title, "姓名：张三", "级别：中级", "资格名称：网络工程师"])
    paper = propose(catalogue, [(text, 1000, 500 + 300 * at) for at, text in lines])
    assert values_of(paper)["person.qualification"] == "professional_certificate"


def test_an_amount_in_words_may_go_on_in_the_next_line(catalogue: Catalogue) -> None:
    # As a scan that lies a little aslant has it: the lines overlap.
    scanned = [
        ("单位存款证明书", 3613, 774, 6427, 1130),
        ("户名", 1755, 2708, 2109, 2959),
        ("余额（大写）", 6124, 2696, 7046, 2920),
        ("余额（小写）", 7893, 2695, 8822, 2921),
        ("武汉临江数智科技", 1172, 3071, 2518, 3286),
        ("叁佰零陆万肆仟贰佰壹拾", 5579, 3040, 7491, 3271),
        ("3,064,215.30", 7814, 3134, 8882, 3343),
        ("有限公司", 1161, 3237, 1842, 3462),
        ("伍元叁角整", 5596, 3226, 6433, 3450),
    ]
    spans = [
        Span(text=text, box=Box(left=left, top=top, right=right, bottom=bottom))
        for text, left, top, right, bottom in scanned
    ]
    (paper,) = propose_raw(catalogue, *spans).papers
    assert values_of(paper)["applicant.cash_on_hand"] == 306_421_530


def test_the_form_of_a_company_under_its_name_is_not_of_the_name(
    catalogue: Catalogue,
) -> None:
    # A label that OCR missed leaves its value beneath the name.
    unlabelled = [
        ("有限责任公司(自然人投资或控股)", 2000, 2150)
        if text == "类型"
        else (text, left, top)
        for text, left, top in LICENCE
        if not text.startswith("有限责任公司")
    ]
    paper = propose(catalogue, unlabelled)
    assert values_of(paper)["applicant.name"] == COMPANY


def _fill_sheet(*rows: list[str]) -> list[Span]:
    return [
        Span(text=text, box=None, cell=Cell(table=0, row=row, column=column))
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
        if text
    ]


def test_of_statements_side_by_side_each_value_stands_under_its_own_head(
    catalogue: Catalogue,
) -> None:
    sheet = _fill_sheet(
        ["资产负债表"],
        ["资产", "期末余额", "年初余额", "负债和所有者权益", "期末余额", "年初余额"],
        ["固定资产", "260000", "300000", "实收资本（或股本）", "5000000", "4000000"],
        ["资产总计", "4100000", "3900000", "未分配利润", "12000", "9000"],
    )
    (paper,) = propose_raw(catalogue, *sheet).papers
    assert values_of(paper)["applicant.paid_in_capital"] == 500_000_000


def test_beside_the_year_so_far_the_period_is_one_month(catalogue: Catalogue) -> None:
    sheet = _fill_sheet(
        ["利润表"],
        ["编制单位：甲公司", "", "2025年12月", "单位：元"],
        ["项目", "行次", "本期金额", "本年累计金额"],
        ["一、营业收入", "1", "186420.50", "2153377.80"],
        ["减：营业成本", "2", "90000.00", "1100420.10"],
    )
    (paper,) = propose_raw(catalogue, *sheet).papers
    assert values_of(paper)["applicant.revenue_12m"] == 215_337_780


def test_cloud_servers_are_counted_by_the_names_of_products(
    catalogue: Catalogue,
) -> None:
    lines = [
        "云服务合同",
        "服务内容：云服务器CVM 4台、负载均衡CLB 1个",
        "公网IP：203.0.113.11",
    ]
    spans = [(text, 1000, 500 + 300 * at) for at, text in enumerate(lines)]
    values = values_of(propose(catalogue, spans))
    assert values["service.server_count"] == 4


def test_a_value_goes_on_above_a_label_beside_its_middle(catalogue: Catalogue) -> None:
    rows = [
        ("营 业 期 限", 858, 3191),
        ("2018年8月8日至不约定期限", 2090, 3191),
        ("许可项目：第二类增值电信业务。一般项目：网络技术服务；软件", 2090, 3405),
        ("经 营 范 围", 858, 3586),
        ("开发；互联网销售（除销售需要许可的商品）。【凭营业执照", 2090, 3586),
        ("依法自主开展经营活动】", 2090, 3766),
    ]
    spans = [
        Span(
            text=text,
            box=Box(left=left, top=top, right=left + 180 * len(text), bottom=top + 180),
        )
        for text, left, top in [*rows, ("营业执照", 4000, 500), (CODE, 4000, 1200)]
    ]
    (paper,) = propose_raw(catalogue, *spans).papers
    scope = values_of(paper)["applicant.business_scope"]
    assert scope == frozenset(
        {"value_added_telecom", "information_technology", "software", "online_sales"}
    )


@pytest.mark.parametrize(
    ("period", "whole"),
    [
        ("2025年12月", True),
        ("2025年度", True),
        ("2025年1-12月", True),
        ("2025年12月31日", True),
        ("2025年度，编制日期：2026年1月31日", True),
        ("2026年度，编制日期：2026年10月31日", False),
        ("2025年度，编制日期：2025-12-31", True),
        ("2026年10月", False),
        ("2026年1-9月", False),
        ("2026年1月至9月", False),
        ("税款所属期止：2026-09-30", False),
        ("2026年9月30日", False),
        ("报表日期：2026-6-30", False),
        ("自成立至2026-10-31", True),
        ("2025-11-01至2026-10-31", True),
    ],
)
def test_revenue_of_fewer_months_is_none_of_a_year(
    catalogue: Catalogue, period: str, whole: bool
) -> None:
    sheet = _fill_sheet(
        ["利润表"],
        ["编制单位：甲公司", "", period, "单位：元"],
        ["项目", "行次", "本期金额", "本年累计金额"],
        ["一、营业收入", "1", "186420.50", "2153377.80"],
        ["减：营业成本", "2", "90000.00", "1100420.10"],
    )
    (paper,) = propose_raw(catalogue, *sheet).papers
    values = values_of(paper)
    assert values.get("applicant.revenue_12m") == (215_337_780 if whole else None)
    unclear = [fact for fact in paper.unclear if fact.fact == "revenue_12m"]
    assert bool(unclear) is not whole
