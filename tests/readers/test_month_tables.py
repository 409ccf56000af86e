"""Months of insurance in tables: what is counted, and what is left a gap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from changqing.evidence.reading import Box, PaperPage, Span
from tests.readers.table_pages import (
    AGENCY,
    APPLICANT,
    fill_cells,
    lay_table,
    read,
    write_lines,
)


def test_months_are_counted_from_a_range_that_the_column_of_months_confirms() -> None:
    page = lay_table(
        [
            {600: "姓名", 1800: "缴费起止年月", 4500: "缴费月数"},
            {600: "王小明", 1800: "2025-01 至 2026-10", 4500: "22"},
            {600: "李知夏", 1800: "2025-01 至 2026-10", 4500: "15"},
        ],
        above=f"参保单位全称：{APPLICANT}",
    )
    said = read("social_insurance", page)
    assert said["wang", "si_months_unbroken"] == 22
    assert said["li", "insured"] is True
    # A column that says fewer months than the range has means a gap somewhere.
    assert ("li", "si_months_unbroken") not in said
    assert str(said["self", "insurance_paid_through"]) == "2026-10-31"


def test_who_is_paid_for_by_another_company_gets_no_months() -> None:
    page = lay_table(
        [
            {600: "姓名", 1800: "参保时间", 3500: "缴至年月", 5200: "缴费单位"},
            {600: "王小明", 1800: "2025年2月", 3500: "2026年10月", 5200: APPLICANT},
            {600: "赵一", 1800: "2026年1月", 3500: "2026年10月", 5200: AGENCY},
        ]
    )
    said = read("social_insurance", page)
    assert said["wang", "si_payer_is_applicant"] is True
    assert said["wang", "si_months_unbroken"] == 21
    assert said["zhao", "si_payer_is_applicant"] is False
    assert ("zhao", "si_months_unbroken") not in said
    assert said["zhao", "insured"] is True


def test_a_month_table_counts_back_until_the_first_month_that_is_not_paid() -> None:
    page = fill_cells(
        [
            ["单位名称", APPLICANT],
            ["姓名", "2026.06", "2026.07", "2026.08", "2026.09", "2026.10"],
            ["王小明", "√", "√", "√", "√", "√"],
            ["李知夏", "1091.36", "0.00", "1091.36", "1091.36", "1091.36"],
            ["赵一", "已缴", "已缴", "已缴", "已缴", "见备注"],
        ]
    )
    said = read("social_insurance", page)
    assert said["wang", "si_months_unbroken"] == 5
    assert said["li", "si_months_unbroken"] == 3
    assert ("zhao", "si_months_unbroken") not in said


def test_a_month_under_a_seal_is_a_gap_and_no_shorter_run() -> None:
    page = lay_table(
        [
            {600: "姓名", 2000: "费款所属期", 4000: "缴费标志"},
            {2000: "2026-08", 4000: "缴费"},
            {600: "王小明", 2000: "2026-09", 4000: "缴费"},
            {2000: "章326-1", 4000: "缴费"},
        ],
        above=f"组织机构名称：{APPLICANT}",
        confidence=96,
    )
    said = read("social_insurance", page)
    assert said["wang", "insured"] is True
    assert ("wang", "si_months_unbroken") not in said


def test_a_blank_under_a_month_is_unpaid_where_no_ocr_can_have_missed_a_tick() -> None:
    heads = {1000: "姓名", 3000: "2026.08", 4500: "2026.09", 6000: "2026.10"}
    rows = [heads, {1000: "王小明", 4600: "√", 6100: "√"}]
    above = f"参保单位：{APPLICANT}"
    said = read("social_insurance", lay_table(rows, above=above))
    assert said["wang", "si_months_unbroken"] == 2
    page = lay_table(rows, above=above, confidence=97)
    assert ("wang", "si_months_unbroken") not in read("social_insurance", page)


def test_a_schedule_by_months_runs_to_the_end_of_the_last() -> None:
    rows = [["时间", "题材", "责任人"]]
    rows += [[f"2027年{month}月", "政策解读", "李知夏"] for month in range(1, 7)]
    said = read("content_schedule", fill_cells(rows))
    assert str(said["?", "schedule_until"]) == "2027-06-30"


def test_months_stand_under_the_year_that_is_set_above_them() -> None:
    page = lay_table(
        [
            {3000: "2025年", 5000: "2026年"},
            {500: "姓名", 1500: "证件号码"},
            {3000: "11月", 4000: "12月", 5000: "01月", 6000: "02月"},
            {500: "王小明", 1500: "320", 3000: "已缴", 4000: "已缴"}
            | {5000: "已缴", 6000: "已缴"},
            {500: "李知夏", 1500: "320", 3000: "—", 4000: "—", 5000: "已缴"}
            | {6000: "已缴"},
        ],
        above=f"缴费单位：{APPLICANT}",
        step=250,
    )
    said = read("social_insurance", page)
    assert said["wang", "si_months_unbroken"] == 4
    assert said["li", "si_months_unbroken"] == 2
    assert said["self", "insurance_paid_through"] == date(2026, 2, 28)


def test_months_without_the_year_they_belong_to_are_a_gap() -> None:
    page = lay_table(
        [
            {500: "姓名", 1500: "证件号码", 3000: "11月", 4000: "12月", 5000: "01月"},
            {500: "王小明", 1500: "320", 3000: "已缴", 4000: "已缴", 5000: "已缴"},
        ],
        above=f"缴费单位：{APPLICANT}",
    )
    said = read("social_insurance", page)
    assert said["wang", "insured"] is True
    assert ("wang", "si_months_unbroken") not in said


def test_year_and_month_in_columns_of_their_own_make_a_month() -> None:
    months = [(2025, 12), (2026, 1), (2026, 2)]
    page = lay_table(
        [
            {500: "姓名：王小明", 3000: f"参保单位：{APPLICANT}"},
            {500: "年", 1500: "月", 2500: "缴费基数"},
            *(
                {500: str(year), 1500: f"{month:02d}", 2500: "8000.0"}
                for year, month in months
            ),
        ]
    )
    said = read("social_insurance", page)
    assert said["wang", "si_months_unbroken"] == 3
    assert said["self", "insurance_paid_through"] == date(2026, 2, 28)


def test_a_list_of_one_month_names_who_is_insured_and_counts_no_months() -> None:
    page = lay_table(
        [
            {500: "序号", 1500: "姓名", 3000: "公民身份号码", 6000: "缴费基数"},
            {500: "1", 1500: "王小明", 3000: "320***", 6000: "8,000.00"},
        ],
        above=f"缴费单位：{APPLICANT}",
    )
    said = read("social_insurance", page)
    assert said["wang", "insured"] is True
    assert said["wang", "si_payer_is_applicant"] is True
    assert ("wang", "si_months_unbroken") not in said


def test_months_are_counted_from_the_one_since_which_a_sentence_says_it() -> None:
    page = write_lines(
        f"{APPLICANT}系我中心参保单位，下列人员缴费至2026年10月：",
        "王小明，2025年5月起缴费；李知夏，2026年7月起缴费。",
    )
    said = read("social_insurance", page)
    assert said["wang", "si_months_unbroken"] == 18
    assert said["li", "si_months_unbroken"] == 4


def test_a_lone_figure_that_ocr_guessed_is_no_month_that_was_paid() -> None:
    heads = {600: "姓名", 1800: "2026.08", 2800: "2026.09", 3800: "2026.10"}
    row = {600: "王小明", 1800: "√", 2800: "√", 3800: "√"}
    page = lay_table([heads, row], above=f"参保单位全称：{APPLICANT}", confidence=95)
    months = read("social_insurance", page).get(("wang", "si_months_unbroken"))
    assert months == 3
    spans = tuple(
        replace(span, text="5", confidence=70)
        if span.box.left == 3800 and span.text == "√"
        else span
        for span in page.spans
        if span.box is not None
    )
    guessed = read("social_insurance", replace(page, spans=spans))
    assert ("wang", "si_months_unbroken") not in guessed


def _list_months(*payers: str) -> list[dict[int, str]]:
    """A list of months of one person, in narrow columns: heads and payers in two lines."""
    rows: list[dict[int, str]] = [
        {500: "姓名：王小明"},
        {500: "费款所属", 5200: "到账标"},
        {1500: "险种类型", 3000: "缴费单位"},
        {600: "期", 5300: "志"},
    ]
    for month, payer in enumerate(payers, start=8):
        rows += [
            {1500: "城镇职工基本养老", 3000: payer[:-2]},
            {500: f"2026-{month:02d}", 5200: "已到账"},
            {1500: "保险", 3000: payer[-2:]},
        ]
    return rows


def test_a_payer_named_in_every_row_of_a_list_of_months_is_one_payer() -> None:
    page = lay_table(_list_months(APPLICANT, APPLICANT, APPLICANT), step=150)
    said = read("social_insurance", page)
    assert said["wang", "si_payer_is_applicant"] is True
    assert said["wang", "si_months_unbroken"] == 3


def test_months_count_from_where_the_payer_changes() -> None:
    page = lay_table(_list_months(AGENCY, APPLICANT, APPLICANT), step=150)
    said = read("social_insurance", page)
    assert said["wang", "si_payer_is_applicant"] is True
    assert said["wang", "si_months_unbroken"] == 2


def test_months_before_somebody_else_paid_are_not_counted() -> None:
    page = lay_table(_list_months(APPLICANT, APPLICANT, AGENCY), step=150)
    said = read("social_insurance", page)
    assert said["wang", "si_payer_is_applicant"] is False
    assert ("wang", "si_months_unbroken") not in said


def test_somebody_else_who_pays_every_month_is_not_the_applicant() -> None:
    page = lay_table(_list_months(AGENCY, AGENCY, AGENCY), step=150)
    assert read("social_insurance", page)["wang", "si_payer_is_applicant"] is False


def test_each_month_may_have_its_year_above_it() -> None:
    years = {600: "序", **dict.fromkeys((4000, 5000, 6000), "2026年")}
    months = {600: "号", 4000: "08月", 5000: "09月", 6000: "10月"}
    rows = [
        (300, {600: f"单位名称：{APPLICANT}"}),
        (600, years),
        (675, {1500: "姓名"}),
        (750, months),
        (1100, {600: "1", 1500: "王小明", 4000: "已缴", 5000: "已缴", 6000: "已缴"}),
        (1400, {600: "2", 1500: "李知夏", 5000: "已缴", 6000: "已缴"}),
    ]
    spans = tuple(
        Span(
            text=text,
            box=Box(left=left, top=top, right=left + 100 * len(text), bottom=top + 70),
        )
        for top, cells in rows
        for left, text in cells.items()
    )
    page = PaperPage(number=1, width=0, height=0, spans=spans)
    said = read("social_insurance", page)
    assert said["wang", "si_months_unbroken"] == 3
    assert said["li", "si_months_unbroken"] == 2
    assert str(said["self", "insurance_paid_through"]) == "2026-10-31"
