"""What a plan spends in a month: the sum of a column, where its rows add up to it."""

from __future__ import annotations

import pytest

from changqing.evidence.reading import PaperPage
from changqing.readers.layout import PageLayout
from changqing.readers.proposal import PaperPages
from changqing.readers.propose import read_paper
from tests.readers.table_pages import NAMES, fill_cells, lay_table
from tests.shipped import CATALOGUE

COSTS = [
    ["项目", "金额（元/月）", "说明"],
    ["工资", "68,000", "6人"],
    ["房租", "9,500", ""],
    ["云资源", "7,500", ""],
]


def read_cost(page: PaperPage) -> object:
    """The monthly cost in fen that is read in a funding plan; None where none is."""
    paper = PaperPages(
        pages=(PageLayout(page),),
        material=CATALOGUE.materials["funding_plan"],
        catalogue=CATALOGUE,
        names=NAMES,
    )
    facts, _, _ = read_paper(paper)
    return next((fact.value for fact in facts if fact.fact == "monthly_cost"), None)


def test_the_sum_of_a_column_by_the_month_is_the_monthly_cost() -> None:
    assert read_cost(fill_cells([*COSTS, ["合计", "85,000", ""]])) == 8_500_000
    laid = [
        dict(zip((600, 3000, 6000), row, strict=True))
        for row in [*COSTS, ["合计", "85,000", ""]]
    ]
    page = lay_table([{at: text for at, text in row.items() if text} for row in laid])
    assert read_cost(page) == 8_500_000


def test_of_income_and_expenses_in_one_column_the_expenses_count() -> None:
    rows = [
        ["单位：万元"],
        ["科目", "全年", "月均"],
        ["一、收入", "", ""],
        ["服务费", "60", "5"],
        ["二、支出", "", ""],
        ["人工", "108", "9"],
        ["推广", "24", "2"],
        ["支出合计", "132", "11"],
    ]
    assert read_cost(fill_cells(rows)) == 11_000_000


@pytest.mark.parametrize(
    "rows",
    [
        [*COSTS, ["合计", "86,000", ""]],  # they do not add up
        [*COSTS, ["合计", "", ""]],
        [
            ["项目", "金额（元/年）"],
            *[row[:2] for row in COSTS[1:]],
            ["合计", "85,000"],
        ],
        [["项目", "月均"], *[row[:2] for row in COSTS[1:]], ["合计", "85,000"]],
        [*COSTS, ["收入合计", "85,000", ""]],
    ],
)
def test_nothing_is_said_of_a_sum_that_may_be_another(rows: list[list[str]]) -> None:
    assert read_cost(fill_cells(rows)) is None
