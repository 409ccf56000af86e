"""Papers of institutions with narrow columns, other labels and other sentences."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.evidence.reading import Box, PaperPage, Span
from changqing.readers.classify import find_kind
from changqing.readers.layout import PageLayout
from tests.readers.form_pages import COMPANY, propose, values_of
from tests.readers.table_pages import APPLICANT, fill_cells, write_lines
from tests.readers.table_pages import read as read_table
from tests.readers.test_prose import read
from tests.shipped import CATALOGUE


def set_lines(*lines: tuple[int, list[tuple[int, str]]]) -> PaperPage:
    """Set words at a height and the left edges given, as in cells of several lines."""
    spans = []
    for top, words in lines:
        for left, text in words:
            width = sum(150 if char > "⺀" else 75 for char in text)
            box = Box(left=left, top=top, right=left + width, bottom=top + 119)
            spans.append(Span(text=text, box=box))
    return PaperPage(number=1, width=600, height=850, spans=tuple(spans))


YEARS = [
    (1400, [(1000, "参保人：王小明"), (5200, f"当前缴费单位：{APPLICANT}")]),
    (
        2123,
        [(1100, "缴费年"), (2100, "起始年"), (3100, "截止年"), (4100, "当年缴费月")],
    ),
    (2203, [(7600, "缴费单位")]),
    (2292, [(1250, "度"), (2250, "月"), (3250, "月"), (4400, "数")]),
]
PAYER = [APPLICANT[:-2], APPLICANT[-2:]]


def list_years(first: tuple[str, str, str, str]) -> PaperPage:
    years = [first, ("2026", "202601", "202610", "10")]
    rows = []
    for number, (year, since, until, months) in enumerate(years):
        top = 2515 + 400 * number
        ends = [(1050, year), (2050, since), (3050, until), (4050, months)]
        rows.append((top, [(7075, PAYER[0])]))
        rows.append((top + 89, ends))
        rows.append((top + 169, [(7075, PAYER[1])]))
    return set_lines(*YEARS, *rows)


def test_a_row_a_year_with_its_first_month_and_last_is_counted() -> None:
    values = read_table(
        "social_insurance", list_years(("2025", "202501", "202512", "12"))
    )
    assert values["wang", "si_months_unbroken"] == 22
    assert values["wang", "si_payer_is_applicant"] is True
    assert values["wang", "insured"] is True


def test_a_gap_between_two_years_ends_what_is_counted() -> None:
    values = read_table(
        "social_insurance", list_years(("2025", "202501", "202510", "10"))
    )
    assert values["wang", "si_months_unbroken"] == 10


LIST = [
    (1892, [(1832, "证件类"), (5746, "缴费工"), (6566, "单位部")]),
    (
        1981,
        [(1181, "职工"), (3064, "证件号码"), (4618, "征收品目"), (8206, "入库日期")],
    ),
    (2061, [(2000, "型"), (5914, "资"), (6734, "分")]),
]


def test_an_insurance_within_a_list_is_no_row_of_heads() -> None:
    rows = []
    for number, name in enumerate(("王小明", "李知夏")):
        top = 2284 + 400 * number
        cells = [(1097, name), (1775, "身份证"), (2568, f"99009919780305731{number}")]
        rows.append((top, [(4395, "职工基本养老"), (8151, "2026-10-")]))
        rows.append((top + 89, [*cells, (5677, "15,000"), (6483, "2,400.00")]))
        rows.append((top + 169, [(4395, "保险"), (8151, "15")]))
    values = read_table("social_insurance", set_lines(*LIST, *rows))
    assert values["wang", "insured"] is True
    assert values["li", "insured"] is True


@pytest.mark.parametrize(
    ("period", "through"),
    [
        ("2026-10-01 至 2026-10-31", date(2026, 10, 31)),
        ("2026年9月1日至2026年10月31日", date(2026, 10, 31)),
        ("2026-10-01 至 2026-10-15", None),
    ],
)
def test_a_period_of_payment_from_day_to_day_has_its_last_month(
    period: str, through: date | None
) -> None:
    values = read("social_insurance", f"费款所属期：{period}")
    assert values.get(("self", "insurance_paid_through")) == through


@pytest.mark.parametrize(
    ("sentence", "address"),
    [
        (
            "甲方将其名下坐落于甲山省甲山市某区文枢路9号1503单元的物业（建筑面积218平方米）交予乙方。",
            "甲山省甲山市某区文枢路9号1503单元",
        ),
        (
            "园区方将甲山省甲山市某区晋阳街某科技园B座602（约160平方米）有偿提供给入驻方。",
            "甲山省甲山市某区晋阳街某科技园B座602",
        ),
    ],
)
def test_a_sentence_gives_the_whole_address_and_no_more(
    sentence: str, address: str
) -> None:
    assert read("lease", sentence)["self", "address"] == address


def test_who_goes_on_signs_anew_and_renews_nothing() -> None:
    sentence = "期满双方有意继续合作的，另行签署书面合同。"
    assert read("hosting_agreement", sentence)["site", "hosting_renews"] is False


def test_a_certificate_in_one_sentence_gives_holder_and_days() -> None:
    values = read(
        "domain_cert",
        f"兹证明：{APPLICANT} 于2020年2月10日在本公司注册了域名 example.cn ，"
        "该域名的注册期至2030年2月10日。",
    )
    assert values["site", "domain_registrant"] == APPLICANT
    assert values["site", "domain_registered_on"] == date(2020, 2, 10)
    assert values["site", "domain_expires_on"] == date(2030, 2, 10)


@pytest.mark.parametrize(
    ("kind", "line", "key", "value"),
    [
        (
            "hosting_provider_licence",
            "有效期截止：2029年1月9日",
            "valid_until",
            date(2029, 1, 9),
        ),
        ("existing_licence", "发证时间：2022年6月24日", "issued_on", date(2022, 6, 24)),
    ],
)
def test_labels_in_other_words_are_known(
    kind: str, line: str, key: str, value: date
) -> None:
    assert read(kind, line)[_find_paper(kind), key] == value


def _find_paper(kind: str) -> str:
    return next(
        subject
        for (subject, fact) in read(kind, "发证日期：2022年6月24日")
        if fact == "issued_on"
    )


def test_an_account_of_holders_is_no_profile_of_the_company() -> None:
    pages = [PageLayout(write_lines(APPLICANT, "股东构成及上溯情况", "出资主体"))]
    assert find_kind(pages, CATALOGUE.materials)[0][0] == "equity_chart"


def list_holders(*rows: list[str]) -> PaperPage:
    head = ["所在层", "出资主体", "出资去向", "国籍", "所占比例"]
    return fill_cells([head, *rows])


def test_a_row_of_a_lower_layer_is_no_holder_of_the_company() -> None:
    values = read_table(
        "equity_chart",
        list_holders(
            ["一", "王小明", "本公司", "中国", "45%"],
            ["一", "甲山示例投资有限公司", "本公司", "中国", "55%"],
            ["二", "甲山示例控股有限公司", "甲山示例投资有限公司", "中国", "100%"],
        ),
    )
    assert values["王小明", "share"] == 4500
    assert values["甲山示例投资有限公司", "share"] == 5500
    assert ("甲山示例控股有限公司", "name") not in values


@pytest.mark.parametrize(
    ("origin", "foreign"),
    [
        ("中国", False),
        ("中国香港", True),
        ("美国", True),
        ("境内", False),
        ("不详", None),
    ],
)
def test_the_nationality_in_a_row_tells_who_is_from_abroad(
    origin: str, foreign: bool | None
) -> None:
    values = read_table(
        "equity_chart", list_holders(["一", "王小明", "本公司", origin, "100%"])
    )
    assert values.get(("王小明", "is_foreign")) is foreign
    assert values["王小明", "share"] == 10_000


def test_the_nationality_of_a_register_is_told_by_the_whole_word() -> None:
    rows = [["股东名称", "国籍", "出资比例"], ["王小明", "中国香港", "100%"]]
    values = read_table("register_extract", fill_cells(rows))
    assert values["王小明", "is_foreign"] is True


def test_a_long_name_goes_on_left_of_its_head() -> None:
    page = set_lines(
        (1000, [(1100, "注册资本"), (2900, "560万元")]),
        (4243, [(2016, "股东名称"), (4242, "股东类型"), (5169, "认缴出资（万元）")]),
        (4555, [(1400, "王小明"), (4173, "自然人"), (5148, "336")]),
        (4866, [(1097, "甲山某某创业投资合伙企业（有限合")]),
        (4946, [(4173, "合伙企业"), (5148, "224")]),
        (5027, [(1097, "伙）")]),
    )
    values = read_table("register_extract", page)
    assert values["甲山某某创业投资合伙企业（有限合伙）", "share"] == 4000


def test_a_tenant_named_at_the_end_of_a_line_goes_on_in_the_next() -> None:
    lines = [
        ("写字楼租赁合同", 3600, 600),
        ("业主（甲方）：某某置业有限公司", 1000, 1200),
        (f"租户（乙方）：{COMPANY[:-3]}", 5500, 1200),
        (COMPANY[-3:], 1000, 1400),
        (
            "双方就乙方承租甲方物业一事约定如下，以资共守，并各执一份为据，附件与本约有同等效力",
            1000,
            1700,
        ),
    ]
    right = 5500 + 100 * (7 + len(COMPANY) - 3)
    lines.append(("约" * 10, right - 1000, 2000))
    values = values_of(propose(CATALOGUE, lines))
    assert values["applicant.lessee_is_applicant"] is True


def test_capital_that_was_there_before_is_not_the_capital_paid_in() -> None:
    values = read(
        "capital_report",
        "贵公司变更前注册资本为人民币400万元，实收资本为人民币400万元；增资800万元。",
        "贵公司变更后的累计注册资本为人民币12,000,000.00元，累计实收资本人民币12,000,000.00元。",
    )
    assert values["self", "paid_in_capital"] == 1_200_000_000
