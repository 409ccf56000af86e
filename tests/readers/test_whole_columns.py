"""All whom a column names, and its pace: said only where the paper cannot go on."""

from __future__ import annotations

import pytest

from changqing.evidence.reading import Cell, PaperPage, Span
from tests.readers.table_pages import APPLICANT, read

SCHEDULE = [
    ["日期", "题材", "责任人"],
    ["2027-01-05", "甲", "王小明"],
    ["2027-01-15", "乙", "李知夏"],
    ["2027-02-03", "丙", "王小明"],
]
PEOPLE, PACE = ("self", "schedule_people"), ("?", "planned_items")


def fill(
    *tables: list[list[str]], below: tuple[str, ...] = (), number: int = 1
) -> PaperPage:
    """A page of tables, with lines of text below them."""
    spans = [
        Span(text=text, box=None, cell=Cell(table=table, row=row, column=column))
        for table, rows in enumerate(tables)
        for row, cells in enumerate(rows)
        for column, text in enumerate(cells)
        if text
    ]
    spans += [Span(text=line, box=None) for line in below]
    return PaperPage(number=number, width=0, height=0, spans=tuple(spans))


def test_a_plan_whose_table_is_all_it_says_names_its_people_and_its_pace() -> None:
    said = read("content_schedule", fill(SCHEDULE, below=("每篇由王小明审核。",)))
    assert said[PEOPLE] == {"王小明", "李知夏"}
    assert said[PACE] == 18


@pytest.mark.parametrize(
    ("line", "open_"),
    [
        ("专题稿件由赵一撰写。", PEOPLE),
        ("审核人：赵一", PEOPLE),
        ("另：每周更新2篇。", PACE),
        ("每日发布短讯若干。", PACE),
    ],
)
def test_a_sentence_that_says_more_leaves_the_column_open(
    line: str, open_: tuple[str, str]
) -> None:
    said = read("content_schedule", fill(SCHEDULE, below=(line,)))
    assert {PEOPLE, PACE} - {*said} == {open_}


def test_rows_that_go_on_overleaf_without_heads_leave_the_column_open() -> None:
    more = fill([["2027-02-20", "丁", "赵一"]], number=2)
    said = read("content_schedule", fill(SCHEDULE), more)
    assert PEOPLE not in said
    assert PACE not in said


def test_the_row_in_which_a_sheet_is_signed_is_no_item() -> None:
    signed = ["某某有限公司（盖章）　法定代表人：陈某（手签）　2026-11-05"]
    said = read("content_schedule", fill([*SCHEDULE, ["内容来源"], signed]))
    assert said[PACE] == 18


def test_a_row_that_stands_for_several_items_has_no_pace_by_its_days() -> None:
    rows = [
        [*row, count] for row, count in zip(SCHEDULE, ("篇数", *"131"), strict=True)
    ]
    assert PACE not in read("content_schedule", fill(rows))
    rows = [
        [*row, count] for row, count in zip(SCHEDULE, ("篇数", *"111"), strict=True)
    ]
    assert read("content_schedule", fill(rows))[PACE] == 18


def test_a_column_that_nobody_knows_may_name_somebody_else() -> None:
    rows = [
        [*row, more]
        for row, more in zip(SCHEDULE, ("终审", *["赵一"] * 3), strict=True)
    ]
    assert PEOPLE not in read("content_schedule", fill(rows))


@pytest.mark.parametrize("state", ["停止缴费", "未正常缴费", "离职", "待定"])
def test_who_is_not_known_to_be_insured_is_not_listed(state: str) -> None:
    rows = [
        ["姓名", "缴费单位", "缴费状态"],
        ["王小明", APPLICANT, "正常"],
        ["李知夏", APPLICANT, "正常缴费"],
        ["赵一", APPLICANT, state],
    ]
    said = read("social_insurance", fill(rows))
    assert said["self", "insured_people"] == {"王小明", "李知夏"}


def test_a_paper_that_lists_who_left_leaves_the_insured_open() -> None:
    rows = [
        ["姓名", "缴费单位"],
        ["王小明", APPLICANT],
        ["李知夏", APPLICANT],
    ]
    said = read("social_insurance", fill(rows, below=("本月减员人员：李知夏",)))
    assert ("self", "insured_people") not in said


def test_two_names_that_ran_together_name_nobody() -> None:
    rows = [*SCHEDULE[:2], ["2027-01-15", "乙", "李知夏王小明"]]
    assert PEOPLE not in read("content_schedule", fill(rows))
