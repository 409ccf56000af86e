"""Proofs, extracts and contracts as offices, banks and clouds set them, each with a
near text that says something else."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.case.subjects import Subject
from changqing.evidence.reading import Box, PaperPage, Span
from changqing.law.model import Catalogue
from changqing.readers.classify import find_kind, split_papers
from changqing.readers.layout import PageLayout
from changqing.readers.proposal import CaseNames, PaperPages
from changqing.readers.propose import read_paper
from tests.readers.form_pages import COMPANY, propose, values_of
from tests.readers.table_pages import (
    AGENCY,
    APPLICANT,
    fill_cells,
    lay_table,
    read,
    write_lines,
)
from tests.readers.test_prose import read as read_prose
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
