"""Papers as banks, tax offices, registrars and clouds of other places set them."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.evidence.reading import Box, PaperPage, Reading, Span
from changqing.readers.classify import find_kind
from changqing.readers.layout import PageLayout
from changqing.readers.proposal import ProposedPaper
from changqing.readers.propose import propose_from
from changqing.rules.types import Value
from tests.readers.form_pages import COMPANY, NAMES, values_of
from tests.readers.table_pages import fill_cells, lay_table, write_lines
from tests.shipped import CATALOGUE


def read_page(page: PaperPage) -> ProposedPaper:
    reading = Reading(paper="0" * 64, reader="text", version="1", pages=(page,))
    (paper,) = propose_from(reading, NAMES, CATALOGUE).papers
    return paper


def read_values(page: PaperPage) -> dict[str, Value]:
    return values_of(read_page(page))


def read_lines(*lines: str) -> dict[str, Value]:
    return read_values(write_lines(*lines))


def list_stated(page: PaperPage) -> set[str]:
    return {element.element for element in read_page(page).elements if element.stated}


# Banks

ACCOUNTS = [
    {600: "单位存款余额证明书"},
    {600: f"兹证明{COMPANY}在我行存款如下："},
    {600: "账户性质", 2600: "账", 3000: "号", 5000: "货币", 7000: "余", 7500: "额"},
    {600: "基本户", 2600: "20118800", 5000: "人民币", 6800: "86,000.00"},
    {600: "定期户", 2600: "20118801", 5000: "人民币", 6800: "2,000,000.00"},
    {600: "合", 900: "计", 6800: "2,086,000.00"},
]


def test_the_sum_of_the_accounts_is_the_balance() -> None:
    values = read_values(lay_table(ACCOUNTS))
    assert values["applicant.cash_on_hand"] == 208_600_000


@pytest.mark.parametrize(
    ("row", "put"),
    [
        (5, {600: "合", 900: "计", 6800: "2,096,000.00"}),  # the rows add up to less
        (4, {600: "定期户", 5000: "美元", 6800: "2,000,000.00"}),
    ],
)
def test_accounts_that_do_not_add_up_in_yuan_give_no_balance(
    row: int, put: dict[int, str]
) -> None:
    rows = [*ACCOUNTS[:row], put, *ACCOUNTS[row + 1 :]]
    assert "applicant.cash_on_hand" not in read_values(lay_table(rows))


def test_a_balance_put_into_yuan_is_read() -> None:
    title = ("资信证明", f"户名：{COMPANY}")
    values = read_lines(*title, "该公司在我行各项存款余额折合人民币1250万元。")
    assert values["applicant.cash_on_hand"] == 12_500_000_00
    owed = read_lines(*title, "该公司在我行贷款余额折合人民币1250万元。")
    assert "applicant.cash_on_hand" not in owed


def test_currency_and_amount_of_a_deposit_may_share_a_label() -> None:
    values = read_lines(
        "存款情况证明", f"存款人名称：{COMPANY}", "存款币种及金额：CNY 745,120.90"
    )
    assert values["applicant.cash_on_hand"] == 745_120_90


# Insurance


def lay_taxes(*people: str) -> PaperPage:
    heads = ["费种", "费款所属期起", "费款所属期止", "缴费人数", "实缴金额"]
    rows = [
        [name, "2026-10-01", "2026-10-31", count, "360.00"]
        for name, count in zip(("养老保险费", "失业保险费"), people, strict=True)
    ]
    page = fill_cells([[f"缴费单位：{COMPANY}"], heads, *rows])
    title = Span(text="社会保险费缴费证明", box=None)
    return PaperPage(number=1, width=0, height=0, spans=(title, *page.spans))


def test_a_list_of_contributions_says_how_many_are_insured_and_until_when() -> None:
    values = read_values(lay_taxes("6", "6"))
    assert values["applicant.headcount"] == 6
    assert values["applicant.insurance_paid_through"] == date(2026, 10, 31)


def test_contributions_for_unlike_numbers_of_people_give_no_headcount() -> None:
    assert "applicant.headcount" not in read_values(lay_taxes("6", "5"))


def test_a_day_under_a_seal_is_no_end_of_the_months_above_it() -> None:
    heads = {600: "参保人", 2200: "身份证件号", 4200: "参保起始", 5800: "缴至"}
    people = [
        {600: name, 2200: "5201**1100", 4200: start, 5800: "2026.10"}
        for name, start in (("王小明", "2020.03"), ("李知夏", "2025.08"))
    ]
    table = lay_table([heads, *people], above=f"参保单位名称：{COMPANY}")
    title = Span(
        text="参保人员缴费情况表", box=Box(left=3000, top=20, right=5000, bottom=160)
    )
    day = Span(text="2026.11.12", box=Box(left=5800, top=1420, right=6600, bottom=1560))
    page = PaperPage(number=1, width=600, height=850, spans=(title, *table.spans, day))
    values = read_values(page)
    assert values["applicant.insurance_paid_through"] == date(2026, 10, 31)


@pytest.mark.parametrize(("gap", "months"), [("√", 14), ("", 7)])
def test_a_matrix_of_years_and_months_may_name_both_in_its_corner(
    gap: str, months: int
) -> None:
    page = fill_cells(
        [
            ["个人参保缴费证明"],
            [f"姓名：张三　参保单位：{COMPANY}"],
            ["年\\月", *(f"{month}月" for month in range(1, 13))],
            ["2025", *[""] * 8, *["√"] * 4],
            ["2026", "√", "√", gap, *["√"] * 7, "", ""],
        ]
    )
    values = read_values(page)
    assert values["applicant.insurance_paid_through"] == date(2026, 10, 31)
    assert values["person.si_months_unbroken"] == months


def test_a_column_may_count_the_months_already_paid_without_a_gap() -> None:
    page = fill_cells(
        [
            ["单位参保人员名单"],
            ["参保单位名称", COMPANY],
            ["人员姓名", "证件号码", "缴费状态", "已连续缴费(月)"],
            ["张三", "3501**********1111", "参保缴费", "30"],
        ]
    )
    assert read_values(page)["person.si_months_unbroken"] == 30


@pytest.mark.parametrize(
    ("said", "through"),
    [
        ("已足额缴纳", date(2026, 10, 31)),
        ("尚未足额缴纳", None),
        ("足额缴纳后另行办理", None),
    ],
)
def test_a_letter_says_for_which_month_all_is_paid(
    said: str, through: date | None
) -> None:
    values = read_lines(
        "社会保险缴费凭证",
        f"单位名称：{COMPANY}",
        f"你单位2026年10月份社会保险费{said}。",
    )
    assert values.get("applicant.insurance_paid_through") == through


# Leases

OTHER = "乙川物业有限公司"


@pytest.mark.parametrize(
    ("first", "second", "is_applicant"),
    [
        (
            f"甲方：{OTHER}（以下称“出租方”）",
            f"乙方：{COMPANY}（以下称“承租方”）",
            True,
        ),
        (
            f"甲方：{COMPANY}（以下简称承租人）",
            f"乙方：{OTHER}（以下简称出租人）",
            True,
        ),
        (f"甲方：{COMPANY}（以下称出租方）", f"乙方：{OTHER}（以下称承租方）", False),
        (f"甲方：{OTHER}", f"乙方：{COMPANY}", None),
    ],
)
def test_a_contract_may_say_after_a_name_whose_side_it_is(
    first: str, second: str, is_applicant: bool | None
) -> None:
    values = read_lines("写字楼租赁合同", first, second)
    assert values.get("applicant.lessee_is_applicant") is is_applicant


# Clouds and registrars


def put_words(text: str, left: int, top: int) -> Span:
    box = Box(left=left, top=top, right=left + 150 * len(text), bottom=top + 140)
    return Span(text=text, box=box)


def lay_order(number: str) -> PaperPage:
    """An order whose narrow head 数量 stands letter under letter."""
    words = [
        ("云服务器订单详情", 4000, 300),
        ("数", 5380, 1700),
        ("产品", 900, 1800),
        ("时长", 5900, 1800),
        ("实付", 8700, 1800),
        ("量", 5380, 1920),
        ("弹性云主机", 650, 2420),
        ("12个", 5800, 2420),
        (number, 5300, 2530),
        ("¥3,988.00", 8470, 2530),
        ("月", 5800, 2640),
    ]
    spans = tuple(put_words(*word) for word in words)
    return PaperPage(number=1, width=595, height=842, spans=spans)


def test_the_length_of_an_order_is_no_number_of_servers() -> None:
    assert read_values(lay_order("1"))["service.server_count"] == 1
    page = write_lines("云服务器租用合同", f"甲方：{COMPANY}", "数量：12个月")
    assert "service.server_count" not in read_values(page)


CONFIRMED = "您申请的域名“example.cn”已由我公司（乙川网域有限公司，域名注册服务机构）"


def test_a_letter_of_a_registrar_gives_domain_registrar_and_days() -> None:
    values = read_lines(
        "域名注册确认函",
        f"{COMPANY}：",
        f"{CONFIRMED}于2018年8月30日为您注册，所有者为{COMPANY}，到期日为2028年8月30日。",
    )
    assert values["service.domain_registrar"] == "乙川网域有限公司"
    assert values["service.domain_registered_on"] == date(2018, 8, 30)
    assert values["service.domain_expires_on"] == date(2028, 8, 30)


def test_figures_of_two_cells_that_stand_close_are_no_one_figure() -> None:
    words = [
        ("服务器托管协议", 4000, 300, 1400),
        ("IP地址", 1000, 2000, 600),
        ("198.51.100.90；198.51.100.91", 2800, 2000, 2780),
        ("2026/09/20-2027/09/19", 5700, 2000, 2000),
    ]
    spans = tuple(
        Span(
            text=text, box=Box(left=left, top=top, right=left + wide, bottom=top + 140)
        )
        for text, left, top, wide in words
    )
    page = PaperPage(number=1, width=595, height=842, spans=spans)
    assert read_values(page).get("service.hosting_addresses") == frozenset(
        {"198.51.100.90", "198.51.100.91"}
    )


def test_a_certificate_may_give_both_days_of_a_domain_in_one_place() -> None:
    registered, expires = date(2022, 2, 22), date(2028, 2, 22)
    for words in (
        "自2022年02月22日起至2028年02月22日止",
        "注册日期/到期日期：2022-02-22 / 2028-02-22",
    ):
        values = read_lines("域名注册证书", f"域名注册人：{COMPANY}", words)
        assert values["service.domain_registered_on"] == registered
        assert values["service.domain_expires_on"] == expires


def test_brackets_between_a_label_and_a_name_are_none_of_the_name() -> None:
    values = read_lines(
        "域名证书",
        "域名：example.cn",
        f"域名持有者（组织）{COMPANY}",
        "注册服务机构（章）乙川网域（某市）有限公司",
    )
    assert values["service.domain_registrant"] == COMPANY
    assert values["service.domain_holder_relation"] == "applicant"
    assert values["service.domain_registrar"] == "乙川网域(某市)有限公司"


def test_a_proof_of_purchase_of_a_cloud_server_is_read() -> None:
    values = read_lines(
        "云服务器购买凭证",
        "产品：云服务器 CVM × 1 台",
        "生效时间：2026-10-12",
        "失效时间：2027-10-11",
    )
    assert values["service.hosting_until"] == date(2027, 10, 11)
    assert values["service.server_count"] == 1


def test_premises_and_owner_of_an_account_are_known_in_other_words() -> None:
    address = "某省某市某区某某路55号9层902室"
    lease = read_lines("写字楼租赁合同", f"标的物业：{address}")
    assert lease["applicant.address"] == address
    page = write_lines("电子对账单", f"单位名称：{COMPANY}", "账户余额：920,415.33元")
    assert "states_company_name" in list_stated(page)


def test_a_letter_of_the_filing_office_names_whom_it_addresses() -> None:
    title = "互联网信息服务备案凭证"
    said = "你单位已依照规定履行备案手续，备案编号为黔ICP备18000000号，首页域名：example.cn。"
    values = read_lines(title, f"{COMPANY}：{said}")
    assert values["service.filing_subject"] == COMPANY
    assert values["service.filing_subject_is_applicant"] is True
    assert values["service.filing_found"] is True
    denied = read_lines(title, f"{COMPANY}：{said.replace('已依照规定', '尚未')}")
    assert "service.filing_subject" not in denied


def test_what_a_licence_leaves_out_is_not_licensed() -> None:
    def read_licence(services: str) -> dict[str, Value]:
        return read_lines(
            "中华人民共和国增值电信业务经营许可证",
            "公司名称：乙川网络有限公司",
            f"业务种类：{services}",
            "有效期至：2027年12月05日",
        )

    key = "service.hosting_provider_licensed"
    kept = "互联网数据中心业务（不含互联网资源协作服务）"
    assert read_licence(kept)[key] is True
    left_out = "信息服务业务（不含互联网数据中心业务、互联网接入服务业务）"
    assert read_licence(left_out).get(key) is not True


# Companies


def test_a_list_of_posts_names_who_holds_them_now() -> None:
    page = fill_cells(
        [
            [f"{COMPANY}机构与岗位设置"],
            ["部门", "岗位", "现任", "主要工作", "AB角"],
            ["安全部", "信息安全负责人", "张三", "网络与信息安全管理", "王小明"],
            ["客服部", "客服主管", "王小明", "受理投诉", "张三"],
            ["", "合计", "2人", "", ""],
        ]
    )
    ranked = find_kind([PageLayout(page)], CATALOGUE.materials)
    assert ranked[0][0] == "team_structure"
    values = read_values(page)
    assert values["person.name"] in ("张三", "王小明")
    assert values["applicant.headcount"] == 2


# Elements in other words


def test_duties_and_the_end_of_a_contract_are_known_in_other_words() -> None:
    page = write_lines(
        "服务器托管协议",
        f"甲方：{COMPANY}",
        "甲方对设备上的信息安全负责。",
        "一方违约的，另一方可书面通知解除合同。",
        "接入地点：某市某区示例机房3楼",
    )
    stated = list_stated(page)
    assert {"states_duties", "states_termination", "states_room"} <= stated


def test_an_employment_contract_may_call_post_and_term_otherwise() -> None:
    page = fill_cells(
        [
            ["员工聘用合同"],
            ["聘用单位", COMPANY],
            ["受聘人员", "张三"],
            ["聘用岗位", "客服主管"],
            ["聘期", "2026年2月1日至2029年1月31日"],
        ]
    )
    stated = list_stated(page)
    assert {"states_post", "states_term"} <= stated


def test_a_code_to_check_a_proof_with_may_be_called_otherwise() -> None:
    page = write_lines(
        "单位参保证明", f"单位名称：{COMPANY}", "验真编码 AH20260000KX77"
    )
    assert "states_check_code" in list_stated(page)
