"""Who holds a company and how much: registers, charts and sentences of shares."""

from __future__ import annotations

import pytest

from changqing.evidence.reading import Box, PaperPage, Span
from tests.readers.table_pages import (
    APPLICANT,
    fill_cells,
    lay_table,
    read,
    write_lines,
)


def test_shares_of_a_register_follow_from_amounts_that_add_up_to_the_capital() -> None:
    rows = [
        {600: "注册资本", 2500: "200万人民币"},
        {600: "序号", 1500: "股东名称", 4500: "认缴额（万元）"},
        {600: "1", 2600: "王小明", 4500: "130.000000"},
        {600: "2", 2600: "李知夏", 4500: "70.000000"},
        {600: "序号", 1500: "变更事项", 4500: "变更前"},
        {600: "1", 1500: "注册资本变更", 4500: "100.000000"},
    ]
    said = read("register_extract", lay_table(rows))
    assert said["王小明", "share"] == 6500
    assert said["李知夏", "share"] == 3500
    assert ("注册资本变更", "name") not in said
    rows[2][4500] = "120.000000"
    assert ("王小明", "share") not in read("register_extract", lay_table(rows))


def draw_chart(*, share: str = "35%", note: str = "不含外国投资者") -> PaperPage:
    spans = [
        ("股权结构图", 4400, 900),
        ("王小明", 2900, 3000),
        ("甲山示例创业投资基", 6000, 3000),
        ("金（有限合伙）", 6150, 3210),
        ("65%", 3200, 4000),
        (share, 6700, 4000),
        (APPLICANT, 3900, 5500),
        (f"说明：各股东持股合计100%，{note}。", 900, 6700),
    ]
    return PaperPage(
        number=1,
        width=842,
        height=595,
        spans=tuple(
            Span(
                text=text,
                box=Box(left=x, top=y, right=x + 150 * len(text), bottom=y + 200),
            )
            for text, x, y in spans
        ),
    )


def test_a_chart_pairs_each_name_with_the_share_on_its_line() -> None:
    said = read("equity_chart", draw_chart())
    fund = "甲山示例创业投资基金(有限合伙)"
    assert said["王小明", "share"] == 6500
    assert said[fund, "share"] == 3500
    assert said[fund, "is_foreign"] is False
    # The fund has holders of its own that are not drawn.
    assert ("paper", "states_every_layer") not in said
    assert ("self", "foreign_share") not in said


def test_shares_that_do_not_add_up_are_nobody_s() -> None:
    assert not read("equity_chart", draw_chart(share="30%"))


def test_who_is_from_abroad_is_not_told_by_the_name_of_a_person() -> None:
    said = read("equity_chart", draw_chart(note="含外国投资者"))
    assert ("王小明", "is_foreign") not in said


def test_shares_in_sentences_count_where_they_add_up() -> None:
    told = "王小明出资140万元，持股70%；李知夏出资60万元，持股30%。"
    said = read("equity_chart", write_lines("股权结构说明", told))
    assert said["王小明", "share"] == 7000
    assert said["李知夏", "share"] == 3000
    assert not read("equity_chart", write_lines(told.replace("30%", "20%")))


def test_a_chart_with_the_company_on_top_is_read_the_other_way_round() -> None:
    spans = [
        (APPLICANT, 3900, 900),
        ("王小明", 2000, 3000),
        ("65%", 2100, 3230),
        ("李知夏", 6000, 3000),
        ("35%", 6100, 3230),
    ]
    page = PaperPage(
        number=1,
        width=842,
        height=595,
        spans=tuple(
            Span(
                text=text,
                box=Box(left=x, top=y, right=x + 150 * len(text), bottom=y + 150),
            )
            for text, x, y in spans
        ),
    )
    said = read("equity_chart", page)
    assert said["王小明", "share"] == 6500
    assert said["李知夏", "share"] == 3500
    assert said["paper", "states_every_layer"] is True


@pytest.mark.parametrize("noted", ["（自然人）", "境内自然人", "自然人股东"])
def test_what_a_holder_is_noted_to_be_is_no_name(noted: str) -> None:
    page = lay_table(
        [
            {1500: "王小明", 4500: "李知夏"},
            {1450: noted, 4450: noted},
            {1500: "60%", 4500: "40%"},
            {2200: APPLICANT},
        ],
        step=180,
    )
    said = read("equity_chart", page)
    assert said["王小明", "share"] == 6000
    assert said["李知夏", "share"] == 4000
    assert not any("自然人" in subject for subject, _ in said)


def test_a_list_of_holders_says_whether_they_are_from_abroad() -> None:
    page = lay_table(
        [
            {500: "股东名称", 4000: "持股比例"},
            {500: "乙山示例投资有限公司", 4000: "60%"},
            {500: "王小明", 4000: "40%"},
            {500: "本公司不含外国投资者"},
        ]
    )
    said = read("equity_chart", page)
    assert said["乙山示例投资有限公司", "is_foreign"] is False
    assert said["王小明", "is_foreign"] is False


def test_a_share_may_say_that_it_is_one() -> None:
    page = lay_table(
        [
            {1000: "乙山示例投资有限公司", 5000: "王小明"},
            {1500: "持股80%", 5000: "持股20%"},
            {2500: APPLICANT},
            {500: "以上股东合计持股100%，均为境内主体。"},
        ],
        step=350,
    )
    said = read("equity_chart", page)
    assert said["王小明", "share"] == 2000
    assert ("合计", "share") not in said


def test_names_of_two_lines_stand_beside_one_share() -> None:
    rows = [
        (600, {600: "股东名称", 3000: "占比"}),
        (900, {600: "王小明", 3000: "55%"}),
        (1200, {600: "李知夏", 3000: "25%"}),
        (1500, {600: "甲山橘洲示例创业投"}),
        (1600, {3000: "20%"}),
        (1700, {600: "资有限公司"}),
    ]
    spans = tuple(
        Span(
            text=text,
            box=Box(left=left, top=top, right=left + 150 * len(text), bottom=top + 140),
        )
        for top, cells in rows
        for left, text in cells.items()
    )
    page = PaperPage(number=1, width=0, height=0, spans=spans)
    said = read("equity_chart", page)
    assert said["甲山橘洲示例创业投资有限公司", "share"] == 2000


def test_names_at_the_left_of_a_wide_column_stand_under_its_head() -> None:
    # As browsers print tables: heads in the middle of their cells, words at the left,
    # a head of two lines half a line above and below the others, and sums at the end.
    page = lay_table(
        [
            {5100: "证件类"},
            {1150: "层级", 2900: "股东名称", 8250: "持股比例"},
            {5250: "型"},
            {},
            {1050: "第一", 1725: "王小明", 5000: "身份证", 8250: "70.00%"},
            {},
            {1050: "第一", 1725: "李知夏", 5000: "身份证", 8250: "15.00%"},
            {},
            {1050: "第一", 1725: "甲山示例创业投资合伙企业（有限"},
            {5000: "营业执照", 8250: "15.00%"},
            {1725: "合伙）"},
            {},
            {1050: "合计", 8250: "100.00%"},
        ],
        step=90,
    )
    said = read("equity_chart", page)
    assert said["王小明", "share"] == 7000
    assert said["李知夏", "share"] == 1500
    assert said["甲山示例创业投资合伙企业（有限合伙）", "share"] == 1500


def test_a_share_at_the_left_under_a_wide_name_is_of_that_name() -> None:
    fund = "甲山示例创业投资合伙企业（有限合伙）"
    page = lay_table(
        [
            {950: "王小明", 2030: fund, 5800: "李知夏"},
            {2030: "20%"},
            {950: "61.5%", 5800: "18.5%"},
            {950: APPLICANT},
        ],
        step=150,
    )
    said = read("equity_chart", page)
    assert said["王小明", "share"] == 6150
    assert said["甲山示例创业投资合伙企业(有限合伙)", "share"] == 2000


def test_an_arrow_before_a_share_is_no_part_of_it_in_word_too() -> None:
    rows = [
        {1000: "王小明（自然人）", 5000: "乙山示例投资有限公司"},
        {1500: "↓ 35%", 5500: "▲ 65%"},
        {2500: APPLICANT},
    ]
    cells = [
        ["王小明（自然人）", "乙山示例投资有限公司"],
        ["↓ 35%", "↓ 65%"],
        [APPLICANT],
    ]
    for page in (lay_table(rows, step=350), fill_cells(cells)):
        said = read("equity_chart", page)
        assert said["王小明", "share"] == 3500
        assert said["乙山示例投资有限公司", "share"] == 6500
        assert ("self", "leaf_share_total") not in said


def test_holders_may_be_told_with_what_they_are_and_paid() -> None:
    said = read(
        "equity_chart",
        write_lines(
            "（1）王小明，自然人，中国籍，认缴出资300万元，占注册资本的60%；",
            "（2）乙山示例企业管理合伙企业（有限合伙），认缴出资200万元，占注册资本的40%。",
            "公司各级股东中不存在外国投资者。",
        ),
    )
    fund = "乙山示例企业管理合伙企业(有限合伙)"
    assert said["王小明", "share"] == 6000
    assert said[fund, "share"] == 4000
    assert said["王小明", "is_foreign"] is False


def test_a_list_of_persons_alone_says_what_all_of_them_hold() -> None:
    rows = [["股东", "持股比例"], ["王小明", "70%"], ["李知夏", "30%"]]
    assert read("equity_chart", fill_cells(rows))["self", "leaf_share_total"] == 10_000
    rows[2][0] = "乙山示例投资有限公司"
    said = read("equity_chart", fill_cells(rows))
    assert ("self", "leaf_share_total") not in said
