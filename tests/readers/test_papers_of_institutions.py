"""Proofs of insurance, extracts of the register and titles as offices set them, each
with a near text that says something else."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.evidence.reading import Box, PaperPage, Span
from changqing.law.model import Catalogue
from changqing.readers.classify import find_kind, split_papers
from changqing.readers.layout import PageLayout
from tests.readers.form_pages import COMPANY, propose, values_of
from tests.readers.table_pages import (
    AGENCY,
    APPLICANT,
    fill_cells,
    lay_table,
    read,
    write_lines,
)
from tests.shipped import CATALOGUE

MONTHS = ("wang", "si_months_unbroken")
PAYER = ("wang", "si_payer_is_applicant")


def name_kind(*lines: str) -> str | None:
    ranked = find_kind([PageLayout(write_lines(*lines))], CATALOGUE.materials)
    return ranked[0][0] if ranked else None


# Insurance


def lay_stretches(*stretches: tuple[str, str, str]) -> PaperPage:
    heads = {600: "缴费起止年月", 2800: "缴费单位名称", 6800: "实际缴费月数"}
    rows = [
        {600: months, 2800: payer, 6800: count} for months, payer, count in stretches
    ]
    return lay_table([heads, *rows], above="参保人姓名：王小明")


def test_months_that_another_company_paid_before_are_not_counted() -> None:
    page = lay_stretches(
        ("2023-01至2023-12", AGENCY, "12"),
        ("2024-02至2024-12", APPLICANT, "11"),
        ("2025-01至2025-10", APPLICANT, "10"),
    )
    said = read("social_insurance", page)
    assert said[MONTHS] == 21
    assert said[PAYER] is True
    assert said["self", "insurance_paid_through"] == date(2025, 10, 31)


def test_a_gap_between_two_stretches_ends_the_count() -> None:
    page = lay_stretches(
        ("2024-02至2024-10", APPLICANT, "9"), ("2025-01至2025-10", APPLICANT, "10")
    )
    assert read("social_insurance", page)[MONTHS] == 10


def test_stretches_of_which_a_column_counts_fewer_months_leave_it_open() -> None:
    page = lay_stretches(
        ("2024-02至2024-12", APPLICANT, "8"), ("2025-01至2025-10", APPLICANT, "10")
    )
    assert MONTHS not in read("social_insurance", page)


def test_who_paid_last_is_the_payer() -> None:
    page = lay_stretches(
        ("2024-02至2024-12", APPLICANT, "11"), ("2025-01至2025-10", AGENCY, "10")
    )
    said = read("social_insurance", page)
    assert said[PAYER] is False
    assert MONTHS not in said


def test_a_city_before_the_payer_is_none_of_its_name() -> None:
    heads = {600: "参保起止时间", 2800: "单位", 7400: "养老", 8200: "失业"}
    row = {600: "202603-202610", 2800: f"甲山市:{APPLICANT}", 7400: "8", 8200: "8"}
    page = lay_table([heads, row], above="姓名：王小明")
    said = read("social_insurance", page)
    assert said[PAYER] is True
    assert said[MONTHS] == 8


def test_what_the_company_pays_is_no_payer() -> None:
    heads = {600: "缴费年月", 2000: "养老单位缴", 3600: "个人缴", 5000: "状态"}
    rows = [
        {600: f"2026{month:02d}", 2000: "792.60", 3600: "422.72", 5000: "已缴费"}
        for month in (8, 9, 10)
    ]
    above = f"参保人姓名：王小明　参保单位：{APPLICANT}"
    said = read("social_insurance", lay_table([heads, *rows], above=above))
    assert said[PAYER] is True
    assert said[MONTHS] == 3


def list_of_months(state: str = "已入库") -> list[list[str]]:
    heads = ["姓名", "身份证件号码", "费款所属期起", "费款所属期止", "入库状态"]
    days = [("2026-08-01", "2026-08-31"), ("2026-09-01", "2026-09-30")]
    return [
        [f"缴费单位：{APPLICANT}"],
        heads,
        *[["王小明", "1101**2216", first, last, "已入库"] for first, last in days],
        ["王小明", "1101**2216", "2026-10-01", "2026-10-31", state],
    ]


def test_a_line_for_each_month_with_its_first_and_last_day_is_counted() -> None:
    said = read("social_insurance", fill_cells(list_of_months()))
    assert said[MONTHS] == 3


def test_a_month_that_is_owed_is_not_counted() -> None:
    said = read("social_insurance", fill_cells(list_of_months("欠费")))
    assert said[MONTHS] == 2
    assert said["self", "insurance_paid_through"] == date(2026, 9, 30)


SINCE = "该单位截至2026年10月已足额缴纳社会保险费。"


@pytest.mark.parametrize(
    ("head", "sentence", "months"),
    [
        ("本单位参保起始", SINCE, 42),
        ("首次参保年月", SINCE, None),  # that may have been elsewhere
        ("本单位参保起始", "该单位已参加社会保险。", None),
    ],
)
def test_months_since_the_company_began_to_pay(
    head: str, sentence: str, months: int | None
) -> None:
    heads = {600: "姓名", 2000: "身份证号", 4500: head}
    rows = [heads, {600: "王小明", 2000: "1101****2216", 4500: "2023年05月"}]
    page = lay_table(rows, above=f"单位名称：{APPLICANT}")
    more = Span(text=sentence, box=Box(left=500, top=400, right=5500, bottom=540))
    page = PaperPage(number=1, width=600, height=850, spans=(*page.spans, more))
    assert read("social_insurance", page).get(MONTHS) == months


def test_lists_side_by_side_keep_their_own_columns() -> None:
    heads = dict(
        zip(
            (600, 1600, 3400, 5300, 6300, 8100),
            ("姓名", "身份证号", "本单位参保起始") * 2,
            strict=True,
        )
    )
    row = dict(
        zip(
            (600, 1600, 3400, 5300, 6300, 8100),
            ("王小明", "1101*2216", "2023年05月", "李知夏", "1101*1528", "2025年12月"),
            strict=True,
        )
    )
    page = lay_table([heads, row], above=f"单位名称：{APPLICANT}　{SINCE}")
    said = read("social_insurance", page)
    assert said[MONTHS] == 42
    assert said["li", "si_months_unbroken"] == 11


def lay_years(*rows: dict[int, str], confidence: int = 100) -> PaperPage:
    heads = {600: "年份", **{1200 + 600 * n: f"{n}月" for n in range(1, 13)}}
    above = f"参保人姓名：王小明　缴费单位：{APPLICANT}"
    return lay_table([heads, *rows], above=above, confidence=confidence)


@pytest.mark.parametrize(
    ("period", "state", "months"),
    [
        ("费款所属期：2026-10", "已到账", 1),
        ("费款所属期：2026-08至2026-10", "已到账", None),
        ("打印月份：2026-10", "已到账", None),
        ("费款所属期：2026-10", "5000.00", None),
    ],
)
def test_a_list_of_one_month_shows_one_month(
    period: str, state: str, months: int | None
) -> None:
    heads = {
        600: "姓名",
        2000: "身份证号",
        5000: "到账标志" if "到" in state else "金额",
    }
    rows = [heads, {600: "王小明", 2000: "1101****2216", 5000: state}]
    page = lay_table(rows, above=f"单位名称：{APPLICANT}　{period}")
    assert read("social_insurance", page).get(MONTHS) == months


def test_what_introduces_a_table_is_no_head_of_it() -> None:
    page = lay_table(
        [
            {600: "王小明在现单位缴费情况："},
            {600: "险种", 2600: "开始年月", 4600: "截止年月", 6600: "月数"},
            {600: "基本养老保险", 2600: "2022年05月", 4600: "2026年10月", 6600: "54"},
            {600: "失业保险", 2600: "2022年05月", 4600: "2026年10月", 6600: "54"},
        ],
        above=f"姓名：王小明　参保单位：{APPLICANT}",
    )
    assert read("social_insurance", page)[MONTHS] == 54


LAST_YEAR = {600: "2025", **{1200 + 600 * n: "√" for n in (9, 11, 12)}}
THIS_YEAR = {600: "2026", **{1200 + 600 * n: "√" for n in range(1, 11)}}


def test_years_below_one_another_with_their_months_side_by_side() -> None:
    said = read("social_insurance", lay_years(LAST_YEAR, THIS_YEAR))
    assert said[MONTHS] == 12
    assert said["self", "insurance_paid_through"] == date(2026, 10, 31)
    # What OCR did not make out may be a tick.
    said = read("social_insurance", lay_years(LAST_YEAR, THIS_YEAR, confidence=95))
    assert MONTHS not in said


# The register


def read_extract(*rows: dict[int, str]) -> dict[tuple[str, str], object]:
    above = "企业登记信息查询单　注册资本：300万元"
    return read("register_extract", lay_table(list(rows), above=above))


HOLDERS = (
    {600: "投资者名称", 2500: "认缴出资额", 5000: "出资比例"},
    {600: "王小明", 2500: "300.00", 5000: "100.00%"},
)


def test_directors_are_no_holders() -> None:
    officers = (
        {600: "姓名", 2500: "职务", 5000: "产生方式"},
        {600: "王小明", 2500: "执行董事", 5000: "委派"},
        {600: "李知夏", 2500: "监事", 5000: "委派"},
    )
    said = read_extract({600: "投资人（股权）信息"}, *HOLDERS, *officers)
    assert ("王小明", "share") in said
    assert ("李知夏", "name") not in said


def test_a_heading_beneath_a_list_begins_no_row() -> None:
    said = read_extract(*HOLDERS, {600: "变更信息"}, {600: "住所变更", 2500: "1"})
    assert said["王小明", "share"] == 10_000
    assert len({subject for subject, fact in said if fact == "name"}) == 1


def test_the_particulars_within_a_report_are_no_paper_of_their_own() -> None:
    cover = write_lines("企业信用信息公示报告", "企业名称　某某互联科技有限公司")
    inside = write_lines("基础信息", "营业执照信息", "· 法定代表人：张三")
    licence = write_lines("营业执照", "统一社会信用代码", "法定代表人：张三")
    materials = CATALOGUE.materials
    pages = [PageLayout(page) for page in (cover, inside)]
    assert len(split_papers(pages, materials)) == 1
    assert len(split_papers([pages[0], PageLayout(licence)], materials)) == 2


def test_a_label_beside_the_middle_of_its_lines_ends_the_value_above(
    catalogue: Catalogue,
) -> None:
    form = [
        ("企业注册登记资料", 3000, 500),
        ("企业名称", 1000, 1000),
        (COMPANY, 2500, 1000),
        ("住所", 1000, 1300),
        ("甲山市乙水区示例路1号2室", 2500, 1300),
        ("呼叫中心；软件开发；信息技术咨询服务", 2500, 1540),
        ("经营范围", 1000, 1620),
        ("；广告设计。", 2500, 1700),
        ("登记机关", 1000, 1940),
        ("甲山市市场监督管理局", 2500, 1940),
    ]
    values = values_of(propose(catalogue, form))
    assert values["applicant.address"] == "甲山市乙水区示例路1号2室"
    # One that goes on in the next line, before a label on the height of its own value.
    form[4:8] = [
        ("甲山市乙水区示例路", 2500, 1300),
        ("1号2室", 2500, 1460),
        ("经营范围", 1000, 1700),
        ("软件开发；广告设计。", 2500, 1700),
    ]
    values = values_of(propose(catalogue, form))
    assert values["applicant.address"] == "甲山市乙水区示例路1号2室"


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["参保人员城镇职工基本养老保险缴费情况", "社会保障号码"], "social_insurance"),
        (["公司人员配备情况", "岗位职责"], "team_structure"),
        (
            ["经营主体登记基本信息", "法定代表人", "经营范围", "股东"],
            "register_extract",
        ),
        (["营业执照", "法定代表人", "经营范围", "登记机关"], "business_licence"),
    ],
)
def test_a_title_listed_in_full_comes_before_one_with_a_gap(
    lines: list[str], kind: str
) -> None:
    assert name_kind(*lines) == kind


# Kinds


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["追加投资承诺书", "我公司系股东，将追加投入资金。"], "funding_commitment"),
        (["非全日制用工劳动协议书", "乙方：王小明"], "labour_contract"),
        (
            ["全国互联网安全管理平台", "网站备案信息", "公安机关备案号"],
            "police_filing_proof",
        ),
        (["广播电视节目制作经营许可证", "发证机关", "经营范围"], "pre_approval"),
        (["商标注册证", "注册人", "注册日期", "有效期至"], None),
        (
            [
                "电子发票（增值税专用发票）",
                "发票号码：26",
                "服务器托管费",
                "机柜",
                "价税合计",
            ],
            None,
        ),
    ],
)
def test_papers_are_told_by_what_stands_on_them(
    lines: list[str], kind: str | None
) -> None:
    assert name_kind(*lines) == kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("职工参保信息", "social_insurance"),
        ("企业职工养老保险缴费清册", "social_insurance"),
        ("对公账户交易流水", "bank_statement"),
        ("房屋续租合同", "lease"),
        ("机房租赁合同", "hosting_agreement"),
        ("虚拟主机服务协议", "hosting_agreement"),
        ("企业登记（备案）信息", "register_extract"),
        ("网站备案信息", "icp_filing"),
        ("服务器采购合同", "facility_proof"),
        ("服务器托管合同", "hosting_agreement"),
        ("接入资源管理系统测评报告", "system_evaluation"),
        ("用户服务协议", "user_agreement"),
        ("域名注册证书", "domain_cert"),
        ("商标注册证书", None),
        ("住房公积金缴存证明", None),
    ],
)
def test_papers_are_told_by_their_titles(title: str, kind: str | None) -> None:
    assert name_kind(title, "某某科技有限公司", "2026年11月5日") == kind
