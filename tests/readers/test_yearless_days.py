"""The last day of a plan whose table leaves out the year."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.evidence.reading import PaperPage
from tests.readers.table_pages import fill_cells, lay_table, read

UNTIL = "schedule_until"
MONTHS = [f"{month}月" for month in range(1, 13)]
LIST = [["上线日", "题目"], ["1月5日", "甲"], ["1月12日", "乙"], ["3月30日", "丙"]]


def read_until(*rows: list[str]) -> object:
    """The last day that is read in a schedule of these rows; None where none is."""
    return read_page(fill_cells(list(rows)))


def read_page(page: PaperPage) -> object:
    """The last day that is read on a page."""
    said = read("content_schedule", page)
    return next((value for (_, fact), value in said.items() if fact == UNTIL), None)


def test_a_matrix_with_a_year_a_row_ends_with_its_last_filled_month() -> None:
    rows = [
        ["年份", *MONTHS],
        ["2027年", *["焊工"] * 12],
        ["2028年", *["数控"] * 10, "", "—"],
    ]
    assert read_until(*rows) == date(2028, 10, 31)


def test_a_matrix_of_columns_takes_the_one_year_of_its_title() -> None:
    rows = [["栏目", *MONTHS], ["题库", *["2篇"] * 9, "", "", ""]]
    assert read_until(["2027年内容更新安排"], *rows) == date(2027, 9, 30)
    assert read_until(["2027—2028年内容更新安排"], *rows) is None
    assert read_until(["内容更新安排"], *rows) is None


def test_a_matrix_on_a_page_is_read_by_what_stands_under_its_heads() -> None:
    lefts = [600, *(1500 + 650 * month for month in range(12))]
    head = dict(zip(lefts, ["年份", *MONTHS], strict=True))
    row = dict(zip(lefts, ["2027年", *["焊工"] * 12], strict=True))
    assert read_page(lay_table([head, row])) == date(2027, 12, 31)


def test_days_without_a_year_take_the_one_year_of_the_title() -> None:
    assert read_until(["2027年第一季度选题单"], *LIST) == date(2027, 3, 30)


@pytest.mark.parametrize(
    "rows",
    [
        LIST,  # no year anywhere
        [["2026年编制，2027年执行"], *LIST],
        [["2027年选题单"], *LIST[:3]],  # two days are no list
        [["2027年选题单"], LIST[0], *LIST[:0:-1]],  # the year may change
        [["2027年选题单"], ["假日", "题目"], *LIST[1:]],
        [["2027年选题单"], LIST[0], *([f"2月{d}日", "甲"] for d in (29, 30, 31))],
    ],
)
def test_nothing_is_said_where_the_year_may_be_another(rows: list[list[str]]) -> None:
    assert read_until(*rows) is None
