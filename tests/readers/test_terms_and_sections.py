"""What is of a term, what was so before, and what is a part of a longer list."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.evidence.reading import Cell, PaperPage, Reading, Span
from changqing.papers.parts import SURE
from changqing.readers.classify import find_kind
from changqing.readers.layout import PageLayout
from changqing.readers.proposal import PaperPages, ProposedFact
from changqing.readers.propose import propose_from, read_paper
from changqing.readers.values import take_person
from tests.readers.form_pages import (
    CODE,
    COMPANY,
    NAMES,
    propose,
    quote_words,
    values_of,
)
from tests.readers.table_pages import fill_cells, write_lines
from tests.readers.table_pages import read as read_table
from tests.readers.test_prose import read
from tests.shipped import CATALOGUE

MATERIALS = CATALOGUE.materials
UNTIL = ("self", "lease_until")
OPEN = ("self", "lease_open_ended")


def read_terms(sentence: str, named: str = "lease_until") -> list[ProposedFact]:
    """Read the end of the term in a sentence of a lease, and how sure it is."""
    page = PageLayout(write_lines(sentence))
    material = MATERIALS["lease"]
    facts, _, _ = read_paper(
        PaperPages(pages=(page,), material=material, catalogue=CATALOGUE, names=NAMES)
    )
    return [fact for fact in facts if fact.fact == named]


@pytest.mark.parametrize(
    "sentence",
    [
        "租期自2024年6月15日起，长期有效；任何一方终止的，须提前三个月书面告知对方。",
        "租期自2024年6月15日起，不约定终止日期。租金每三个月支付一次。",
        "入驻自2024年6月15日开始，不设终止日期；拟终止的须提前三个月书面告知。",
        "租期自2024年6月15日起，没有固定的租赁期限。",
    ],
)
def test_a_term_that_is_said_to_have_no_end_has_none(sentence: str) -> None:
    lease = read("lease", sentence)
    assert lease[OPEN] is True
    assert UNTIL not in lease


@pytest.mark.parametrize(
    "sentence",
    [
        "租期自2024年6月15日起，租金每三个月支付一次。",
        "租期自2024年6月15日起，任何一方须提前三个月书面告知。",
        "租期并非长期有效。",
    ],
)
def test_the_time_of_a_notice_or_payment_is_no_term(sentence: str) -> None:
    lease = read("lease", sentence)
    assert UNTIL not in lease
    assert OPEN not in lease


@pytest.mark.parametrize(
    "sentence",
    [
        "租期自2024年6月15日起三年，租金每三个月支付一次。",
        "租赁期限：自2024年6月15日起，租期3 年；须提前三个月书面告知。",
        "租赁期限：三（3）年，自2024年6月15日起。",
    ],
)
def test_the_length_of_the_term_itself_is_taken(sentence: str) -> None:
    assert read("lease", sentence)[UNTIL] == date(2027, 6, 14)


def test_a_contract_may_begin_and_end_without_until() -> None:
    sentence = "本合同自2026年7月1日起生效，2029年6月30日终止。"
    assert read("hosting_agreement", sentence)["site", "hosting_until"] == date(
        2029, 6, 30
    )
    former = "原合同与本合同自2026年7月1日起生效，2029年6月30日终止。"
    assert ("site", "hosting_until") not in read("hosting_agreement", former)


def test_what_has_not_been_managed_is_no_retention() -> None:
    months = ("self", "log_retention_months")
    denied = read("infosec_measures", "日志默认只留7天，尚未做到留存六个月。")
    assert months not in denied
    assert read("infosec_measures", "日志每天备份，留存六个月。")[months] == 6


def propose_cells(*rows: dict[int, str]) -> dict[str, object]:
    spans = tuple(
        Span(text=text, box=None, cell=Cell(table=0, row=row, column=column))
        for row, cells in enumerate(rows)
        for column, text in cells.items()
    )
    page = PaperPage(number=1, width=0, height=0, spans=spans)
    reading = Reading(paper="0" * 64, reader="text", version="1", pages=(page,))
    (paper,) = propose_from(reading, NAMES, CATALOGUE).papers
    return {**values_of(paper), "kind": paper.kind}


def test_of_a_former_and_a_new_end_the_new_one_is_taken() -> None:
    values = propose_cells(
        {0: "服务器托管续费确认单"},
        {0: "客户", 1: COMPANY},
        {0: "原到期日", 1: "2026-09-30"},
        {0: "本次续费后到期日", 1: "2027-09-30"},
    )
    assert values["service.hosting_until"] == date(2027, 9, 30)


def test_a_day_among_others_of_a_column_is_no_day_of_issue() -> None:
    head = {0: "交易日期", 1: "摘要", 2: "对方户名", 3: "支出", 4: "账户余额"}
    values = propose_cells(
        {0: "某某银行企业网银交易明细"},
        {0: f"户名：{COMPANY}", 3: "账号：1409990007711"},
        head,
        {0: "2026-11-23", 1: "服务费", 2: "某商贸有限公司", 3: "86000", 4: "330"},
        {0: "2026-11-18", 1: "代发工资", 3: "184300", 4: "322"},
    )
    assert values["kind"] == "bank_statement"
    assert "paper.issued_on" not in values


def test_the_english_of_a_label_is_no_name() -> None:
    assert take_person(quote_words("Full Name")) is None
    assert take_person(quote_words("John Miller")) is not None


LICENCE = [
    ("营业执照", 4000, 500),
    ("统一社会信用代码", 1000, 1000),
    (CODE, 1000, 1200),
    ("名称", 1000, 2000),
    (COMPANY, 2000, 2000),
    ("法定代表人", 1000, 2400),
    ("张三", 2000, 2400),
]
TELECOM = {"value_added_telecom", "software"}


def test_sections_within_the_scope_of_business_are_one_list() -> None:
    scope = [
        ("经营范围", 1000, 3350),
        ("软件开发。（除依法须经批准的项目外，自主开展", 2000, 3200),
        ("经营活动）许可经营项目：第二类增值电信业务。", 2000, 3350),
        ("（依法须经批准的项目，批准后方可开展）", 2000, 3500),
        ("登记机关", 5500, 6000),
    ]
    values = values_of(propose(CATALOGUE, LICENCE + scope))
    assert values["applicant.business_scope"] == TELECOM


ROWS = [
    ("一般经营项目", 1000, 3275),
    ("软件开发；", 2000, 3200),
    ("代理记账。", 2000, 3350),
    ("许可经营项目", 1000, 3550),
]


def test_sections_of_the_scope_in_rows_of_their_own_are_joined() -> None:
    telecom = ("第二类增值电信业务。", 2000, 3550)
    values = values_of(propose(CATALOGUE, [*LICENCE, *ROWS, telecom]))
    assert values["applicant.business_scope"] == TELECOM


def test_a_scope_of_which_one_section_is_not_read_is_a_gap() -> None:
    values = values_of(propose(CATALOGUE, [*LICENCE, *ROWS]))
    assert "applicant.business_scope" not in values


@pytest.mark.parametrize(
    ("sentence", "until"),
    [
        ("租赁期限自2024年6月15日起两年，其中免租期三个月。", date(2026, 6, 14)),
        ("租期自2024年6月15日起，最短租用六个月，之后按月续租。", None),
        ("租期自2024年6月15日起，租满一年后租金上浮5%。", None),
    ],
)
def test_a_time_within_the_term_is_not_the_term(
    sentence: str, until: date | None
) -> None:
    assert read("lease", sentence).get(UNTIL) == until


@pytest.mark.parametrize("lasting", ["长期", "不定期", "无固定期限"])
def test_a_term_beside_its_label_may_have_no_end(lasting: str) -> None:
    lease = read("lease", f"租赁期限：{lasting}，自2024年6月15日起算。")
    assert lease[OPEN] is True
    assert UNTIL not in lease


def test_what_cannot_be_reached_is_not_so() -> None:
    sentence = "日志暂时只存30天，达不到留存六个月的要求。"
    assert ("self", "log_retention_months") not in read("infosec_measures", sentence)


@pytest.mark.parametrize(
    "title",
    ["托管服务采购招标公告", "服务器托管采购招标文件", "托管项目中标结果的公告"],
)
def test_what_asks_for_offers_is_no_contract(title: str) -> None:
    lines = (
        "需求：机柜1架、带宽50Mbps、IP地址2个",
        "服务器托管，服务期一年，可用率99.9%",
    )
    assert find_kind([PageLayout(write_lines(title, *lines))], MATERIALS) == []
    contract = [PageLayout(write_lines("服务器托管合同", *lines))]
    assert find_kind(contract, MATERIALS)[0][0] == "hosting_agreement"


def test_what_kind_of_holder_one_is_tells_where_from() -> None:
    rows = [["股东名称", "股东类型", "持股比例"], ["王小明", "境内自然人", "100%"]]
    values = read_table("equity_chart", fill_cells(rows))
    assert values["王小明", "is_foreign"] is False


@pytest.mark.parametrize(
    "lines",
    [
        ("当前到期日：2026-12-31", "续费时长：12个月", "续费后到期日：2027-12-31"),
        ("续费前到期日：2026-12-31", "续费后到期日：2027-12-31"),
    ],
)
def test_the_end_after_a_renewal_goes_before_the_current_one(
    lines: tuple[str, ...],
) -> None:
    values = read("hosting_agreement", "云服务续费确认单", *lines)
    assert values["site", "hosting_until"] == date(2027, 12, 31)


def test_a_rent_free_time_beside_the_term_has_its_own_end() -> None:
    line = "租期：2026.3.1-2027.2.28，免租期2026.3.1-2026.3.31"
    assert read("lease", line)[UNTIL] == date(2027, 2, 28)


def test_what_a_scope_leaves_out_is_no_part_of_it() -> None:
    line = "经营范围：软件开发（不含增值电信业务）；广告发布。"
    values = read("business_licence", line)
    assert values["self", "business_scope"] == {"software", "advertising"}


@pytest.mark.parametrize(
    ("state", "insured"),
    [("正常参保", True), ("暂停参保（中断）", "unclear"), ("停保", "unclear")],
)
def test_a_state_beside_its_label_leaves_who_is_insured_open(
    state: str, insured: object
) -> None:
    lines = ("姓名：王小明", f"参保状态：{state}", "累计缴费月数：40")
    assert read("social_insurance", *lines)["wang", "insured"] == insured


def test_a_role_in_brackets_under_a_name_tells_who_has_it() -> None:
    lines = ("域名：example.cn", "北京某某域名科技有限公司", "（ICANN 授权注册商）")
    values = read("domain_cert", *lines)
    assert values["site", "domain_registrar"] == "北京某某域名科技有限公司"
    other = read("domain_cert", lines[0], lines[1], "（公章）")
    assert ("site", "domain_registrar") not in other


def test_a_contract_may_begin_on_a_day_and_end_on_another() -> None:
    line = "本合同于2025年3月1日生效，2026年2月28日到期。到期后自动续约12个月。"
    values = read("hosting_agreement", line)
    assert values["site", "hosting_until"] == date(2026, 2, 28)


def test_a_domain_that_was_handed_on_belongs_to_nobody_for_certain() -> None:
    line = "兹证明：某某科技有限公司 于2020年2月10日在本公司注册了域名 example.cn"
    key = ("site", "domain_registrant")
    assert read("domain_cert", f"{line}。")[key] == "某某科技有限公司"
    assert read("domain_cert", f"{line}，后过户给他人。")[key] == "unclear"


@pytest.mark.parametrize(
    "sentence",
    [
        "租期自2026年1月1日起，物业已使用十年。",
        "本合同自2026年1月1日起生效，保证金于2026年6月30日到期。",
        "若续租，租期自2029年1月1日起至2031年12月31日止。",
    ],
)
def test_a_day_that_other_words_part_from_the_term_is_left_to_a_person(
    sentence: str,
) -> None:
    assert all(fact.confidence < SURE for fact in read_terms(sentence))


@pytest.mark.parametrize(
    ("sentence", "last"),
    [
        ("租期自2026年1月1日起至2028年12月31日止。", date(2028, 12, 31)),
        ("本合同租赁期限为三年，自2026年1月1日起计算。", date(2028, 12, 31)),
        ("本合同自2026年1月1日起生效，2028年12月31日终止。", date(2028, 12, 31)),
    ],
)
def test_a_term_that_is_linked_to_its_days_is_read_surely(
    sentence: str, last: date
) -> None:
    (fact,) = read_terms(sentence)
    assert (fact.value, fact.confidence >= SURE) == (last, True)


@pytest.mark.parametrize(
    "sentence",
    [
        "免租期自2026年1月1日起至2026年3月1日止。",
        "原租赁合同租期自2023年1月1日起至2025年12月31日止。",
        "转租期自2026年1月1日起至2027年12月31日止。",
    ],
)
def test_what_excludes_the_day_of_a_phrase_excludes_it_in_any_other(
    sentence: str,
) -> None:
    assert read_terms(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "sure"),
    [
        ("租期自2024年6月15日起，长期有效。", True),
        ("本合同长期有效。", True),
        ("本协议项下乙方的承诺长期有效。", False),
    ],
)
def test_a_term_without_an_end_is_sure_where_its_name_stands_beside(
    sentence: str, *, sure: bool
) -> None:
    (fact,) = read_terms(sentence, "lease_open_ended")
    assert (fact.value, fact.confidence >= SURE) == (True, sure)
