"""Numbers and days of a whole column: how many servers were ordered, until when."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.case.subjects import Subject
from changqing.evidence.reading import PaperPage
from changqing.readers.layout import PageLayout
from changqing.readers.proposal import CaseNames, PaperPages
from changqing.readers.propose import read_paper
from tests.readers.table_pages import APPLICANT, fill_cells, lay_table
from tests.shipped import CATALOGUE

NAMES = CaseNames(
    applicant=APPLICANT, members={"service": {"a.cn": Subject("service", "site")}}
)
ROWS = [
    ["产品名称", "规格", "数量", "结束时间"],
    ["云服务器 ECS", "4核8G", "2", "2028-03-21"],
    ["云数据库 RDS", "2核4G", "1", "2028-03-21"],
]


def read(kind: str, page: PaperPage) -> dict[str, object]:
    paper = PaperPages(
        pages=(PageLayout(page),),
        material=CATALOGUE.materials[kind],
        catalogue=CATALOGUE,
        names=NAMES,
    )
    return {fact.fact: fact.value for fact in read_paper(paper)[0]}


def set_rows(rows: list[list[str]]) -> PaperPage:
    lefts = (600, 3000, 5000, 6500)
    return lay_table([dict(zip(lefts, row, strict=True)) for row in rows])


@pytest.mark.parametrize("lay", [fill_cells, set_rows])
def test_servers_are_counted_by_what_each_row_says_it_is(lay: object) -> None:
    assert callable(lay)
    facts = read("hosting_agreement", lay(ROWS))
    assert facts["server_count"] == 2
    assert facts["hosting_until"] == date(2028, 3, 21)
    more = [*ROWS, ["裸金属服务器", "64核", "3", "2028-03-21"]]
    assert read("hosting_agreement", lay(more))["server_count"] == 5


@pytest.mark.parametrize("lay", [fill_cells, set_rows])
def test_a_row_that_may_be_a_server_leaves_the_number_open(lay: object) -> None:
    assert callable(lay)
    unknown = [*ROWS, ["轻量应用实例", "2核2G", "4", "2028-03-21"]]
    assert "server_count" not in read("hosting_agreement", lay(unknown))
    of_both = [*ROWS, ["云服务器带宽包", "5M", "1", "2027-03-21"]]
    facts = read("hosting_agreement", lay(of_both))
    assert "server_count" not in facts
    assert "hosting_until" not in facts  # two days, and nobody should choose


def test_a_cell_that_is_blank_leaves_the_number_open() -> None:
    rows = [*ROWS, ["云服务器 ECS", "8核16G", "", "2028-03-21"]]
    assert "server_count" not in read("hosting_agreement", fill_cells(rows))


def test_a_workbook_of_whole_yuan_has_a_running_balance() -> None:
    rows = [
        ["账户名称", APPLICANT, "", "", ""],
        ["交易时间", "收入", "支出", "账户余额", "附言"],
        ["2026-09-03", "30000", "", "712000.16", "服务费"],
        ["2026-10-08", "", "21469.5", "690530.66", "工资"],
        ["2026-10-29", "52000", "", "742530.66", "推广费"],
    ]
    assert read("bank_statement", fill_cells(rows))["cash_on_hand"] == 74253066
    rows[3][3] = "690530.67"
    assert "cash_on_hand" not in read("bank_statement", fill_cells(rows))


def test_days_of_entries_are_not_the_day_of_the_paper() -> None:
    rows = [
        ["日期", "收入", "余额", "摘要"],
        ["2026-09-03", "100.00", "100.00", "服务费"],
        ["2026-09-03", "200.00", "300.00", "服务费"],
    ]
    for page in (fill_cells(rows), set_rows(rows)):
        assert "issued_on" not in read("social_insurance", page)
