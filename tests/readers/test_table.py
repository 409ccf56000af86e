"""Lists and schedules: what is read in them, and what is left a gap."""

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


def test_a_cell_that_says_it_is_a_sum_leaves_its_row_a_row() -> None:
    page = lay_table(
        [
            {600: "姓名", 1800: "参保时间", 3500: "缴至年月", 5200: "缴费金额"},
            {600: "王小明", 1800: "2025年2月", 3500: "2026年10月", 5200: "合计1091.36"},
            {600: "李知夏", 1800: "2025年2月", 3500: "2026年10月", 5200: "合计1091.36"},
        ],
        above=f"参保单位全称：{APPLICANT}",
    )
    values = read("social_insurance", page)
    assert values["wang", "si_months_unbroken"] == 21
    assert values["li", "si_months_unbroken"] == 21


def test_rows_of_one_person_are_gathered_around_the_name_between_them() -> None:
    rows: list[dict[int, str]] = [{600: "姓名", 2000: "费款所属期", 4000: "缴费标志"}]
    for name in ("王小明", "李知夏"):
        rows += [
            {2000: "2026-08", 4000: "缴费"},
            {600: name, 2000: "2026-09", 4000: "缴费"},
            {2000: "2026-10", 4000: "缴费"},
        ]
    page = lay_table(rows, above=f"组织机构名称：{APPLICANT}")
    said = read("social_insurance", page)
    assert said["wang", "si_months_unbroken"] == 3
    assert said["li", "si_months_unbroken"] == 3


def test_cells_that_ocr_ran_together_are_parted_by_what_they_hold() -> None:
    page = lay_table(
        [
            {600: "姓名", 1200: "证件号码", 3400: "本单位参保起始", 5200: "缴至年月"},
            {600: "王小明320***0024", 3400: "2025年02月", 5200: "2026年10月"},
        ],
        above=f"参保单位：{APPLICANT}",
        confidence=97,
    )
    assert read("social_insurance", page)["wang", "si_months_unbroken"] == 21


def test_a_name_read_nearly_like_one_of_the_case_makes_nobody_new() -> None:
    page = lay_table(
        [{600: "姓名", 2000: "缴至年月"}, {600: "王小朋", 2000: "2026年10月"}],
        above=f"参保单位：{APPLICANT}",
        confidence=97,
    )
    assert not [key for key in read("social_insurance", page) if key[1] == "insured"]


def test_lists_side_by_side_and_over_pages_are_all_read() -> None:
    heads = {500: "姓名", 1500: "缴至年月", 5000: "姓名", 6000: "缴至年月"}
    first = lay_table(
        [
            heads,
            {500: "王小明", 1500: "2026年10月", 5000: "李知夏", 6000: "2026年10月"},
        ],
        above=f"参保单位：{APPLICANT}",
    )
    second = lay_table([{500: "赵一", 1500: "2026年10月"}], number=2)
    said = read("social_insurance", first, second)
    assert {who for who, fact in said if fact == "insured"} == {"wang", "li", "zhao"}


def test_the_post_of_who_leads_is_the_one_that_the_case_says() -> None:
    page = fill_cells(
        [
            [f"{APPLICANT}人员花名册（共3人）"],
            ["序号", "姓名", "岗位", "岗位职责", "顶替人"],
            ["1", "王小明", "执行董事兼总经理", "全面负责公司经营管理", "李知夏"],
            ["2", "李知夏", "安全工程师", "担任网络安全负责人", "赵一"],
            ["3", "赵一", "后端工程师", "负责平台日常技术维护", "李知夏"],
        ]
    )
    said = read("team_structure", page)
    assert said["wang", "role"] == "legal_representative"
    assert said["li", "role"] == "security"
    assert said["li", "security_duty_assigned"] is True
    assert said["zhao", "role"] == "technical"
    assert said["zhao", "maintains_service"] is True
    assert said["paper", "states_stand_in"] is True


def test_a_schedule_runs_to_its_last_day_and_owners_stand_in_every_row() -> None:
    rows = [["发布日期", "题材", "责任人"]]
    rows += [[f"2026-12-{day:02}", "用户故事", "李知夏"] for day in range(1, 29, 7)]
    said = read("content_schedule", fill_cells(rows))
    assert str(said["?", "schedule_until"]) == "2026-12-22"
    assert said["paper", "states_item_owners"] is True
    rows = [[day, topic, ""] for day, topic, _ in rows]
    rows[0][2] = "责任人"
    said = read("content_schedule", fill_cells(rows))
    assert ("paper", "states_item_owners") not in said


def test_a_proof_in_sentences_says_of_each_who_is_insured_and_how_long() -> None:
    page = write_lines(
        f"兹有{APPLICANT}在我中心办理社会保险参保登记，截至2026年10月：王小明（身份证号"
        "420***********6611）自2018年06月起参保，连续缴费101个月；李知夏（身份证号"
        "420***********3034）自2026年2月起参保，连续缴费9个月。"
    )
    said = read("social_insurance", page)
    assert said["wang", "si_months_unbroken"] == 101
    assert said["li", "si_months_unbroken"] == 9
    assert said["li", "si_payer_is_applicant"] is True


def test_what_is_no_longer_paid_names_nobody_as_insured() -> None:
    page = write_lines(
        f"{APPLICANT}：王小明（身份证号420***6611）自2026年3月起未参保。"
    )
    assert ("wang", "insured") not in read("social_insurance", page)


def test_a_sentence_under_a_table_is_no_row_of_it() -> None:
    page = lay_table(
        [
            {500: "姓名：王小明", 3000: f"参保单位：{APPLICANT}"},
            {500: "缴费年月", 2500: "缴费基数"},
            {500: "202601", 2500: "8000.00"},
            {500: "202602", 2500: "8000.00"},
            {500: "截至2026年2月，该参保人在本市连续参保，特此证明其情况属实。"},
        ]
    )
    assert read("social_insurance", page)["wang", "si_months_unbroken"] == 2


def test_who_has_left_is_none_of_the_staff() -> None:
    page = fill_cells(
        [
            ["姓名", "岗位", "离职日期"],
            ["王小明", "运维工程师", ""],
            ["李知夏", "客服专员", "2025-08-31"],
        ]
    )
    said = read("team_structure", page)
    assert ("wang", "name") in said
    assert ("li", "name") not in said


def test_a_head_may_have_a_few_more_letters_than_the_one_listed() -> None:
    page = lay_table(
        [
            {500: "姓名", 1500: "本单位本险种起始缴费年月"}
            | {4000: "本单位本险种终止缴费年月", 6500: "本单位实际缴费月数"},
            {500: "王小明", 1500: "202511", 4000: "202610", 6500: "12"},
        ],
        above=f"缴费单位：{APPLICANT}",
    )
    assert read("social_insurance", page)["wang", "si_months_unbroken"] == 12


def test_cells_need_one_head_that_is_known_and_no_figures_beside_it() -> None:
    known = fill_cells(
        [
            ["月份", "上线时间", "方向"],
            ["一月", "2027年1月5日", "读书"],
            ["一月", "2027年1月19日", "观展"],
        ]
    )
    said = read("content_schedule", known)
    assert said["?", "schedule_until"] == date(2027, 1, 19)


def test_a_name_over_two_lines_of_its_cell_is_no_shorter_name() -> None:
    page = lay_table(
        [
            {500: "姓名", 2500: "证件号码", 5000: "缴费截止年月"},
            {500: "阿依古丽·买买", 2500: "320***", 5000: "202610"},
        ],
        above=f"缴费单位：{APPLICANT}",
    )
    wrapped = Span(text="提", box=Box(left=500, top=1050, right=650, bottom=1190))
    whole = replace(page, spans=(*page.spans, wrapped))
    assert not any(fact == "name" for _, fact in read("social_insurance", whole))


def test_all_whom_a_schedule_names_are_read_and_the_pace_of_its_days() -> None:
    said = read(
        "content_schedule",
        fill_cells(
            [
                ["日期", "题材", "责任人"],
                ["2027-01-05", "甲", "王小明、李知夏"],
                ["2027-01-15", "乙", "王小明"],
                ["2027-02-03", "丙", "李知夏（主编）"],
            ]
        ),
    )
    assert said["self", "schedule_people"] == {"王小明", "李知夏"}
    # Three items in thirty days are eighteen in 180.
    assert said["?", "planned_items"] == 18


def test_a_plan_that_names_a_department_leaves_open_whom_it_means() -> None:
    said = read(
        "content_schedule",
        fill_cells(
            [
                ["日期", "题材", "责任人"],
                ["2027-01-05", "甲", "王小明"],
                ["2027-01-15", "乙", "编辑部"],
            ]
        ),
    )
    assert ("self", "schedule_people") not in said


def test_the_insured_are_those_for_whom_the_applicant_pays() -> None:
    said = read(
        "social_insurance",
        fill_cells(
            [
                ["姓名", "缴费单位", "缴费状态"],
                ["王小明", APPLICANT, "正常"],
                ["李知夏", AGENCY, "正常"],
                ["赵一", APPLICANT, "停保"],
                ["冬青", APPLICANT, "正常"],
            ]
        ),
    )
    assert said["self", "insured_people"] == {"王小明", "冬青"}


def test_a_row_that_names_a_column_is_no_head() -> None:
    page = fill_cells(
        [
            ["期次", "拟上线时间", "栏目", "选题", "责任人"],
            ["1", "2026年12月", "观察", "要素", "王小明"],
            ["2", "2027年9月", "专题", "秋收", "李知夏"],
        ]
    )
    said = read("content_schedule", page)
    assert str(said["?", "schedule_until"]) == "2027-09-30"


def test_heads_over_two_lines_are_one_row_of_heads() -> None:
    rows = [
        (600, {4400: "企业职工基本养老保险"}),
        (720, {500: "人员姓名", 1800: "公民身份号码", 7200: "目前状态"}),
        (840, {3600: "开始日期", 4900: "终止日期", 6000: "缴费月数"}),
        (
            1100,
            {500: "王小明", 3600: "20250601", 4900: "20261031", 6000: "17"},
        ),
        (
            1340,
            {500: "李知夏", 3600: "20260801", 4900: "20261031", 6000: "3"},
        ),
    ]
    spans = [
        Span(
            text=f"单位名称：{APPLICANT}",
            box=Box(left=500, top=200, right=4000, bottom=300),
        )
    ]
    spans += [
        Span(
            text=text,
            box=Box(left=left, top=top, right=left + 100 * len(text), bottom=top + 100),
        )
        for top, cells in rows
        for left, text in cells.items()
    ]
    said = read(
        "social_insurance",
        PaperPage(number=1, width=0, height=0, spans=tuple(spans)),
    )
    assert said["wang", "si_months_unbroken"] == 17
    assert said["li", "si_months_unbroken"] == 3
    assert str(said["self", "insurance_paid_through"]) == "2026-10-31"


def test_heads_of_two_lines_in_a_narrow_cell_are_put_together() -> None:
    rows = [
        (600, {500: "序", 4000: "持股比"}),
        (700, {2000: "出资人"}),
        (800, {500: "号", 4000: "例"}),
        (1100, {500: "1", 2000: "王小明", 4000: "70%"}),
        (1400, {2000: "甲山示例基金合伙企业（有限合"}),
        (1500, {500: "2", 4000: "30%"}),
        (1600, {2000: "伙）"}),
        (1900, {500: "合计", 4000: "100%"}),
    ]
    spans = tuple(
        Span(
            text=text,
            box=Box(left=left, top=top, right=left + 100 * len(text), bottom=top + 100),
        )
        for top, cells in rows
        for left, text in cells.items()
    )
    said = read("equity_chart", PaperPage(number=1, width=0, height=0, spans=spans))
    assert said["王小明", "share"] == 7000
    assert said["甲山示例基金合伙企业（有限合伙）", "share"] == 3000


def test_a_range_of_insurance_may_be_given_by_days() -> None:
    page = lay_table(
        [
            {600: "姓名", 1800: "开始日期", 3800: "终止日期"},
            {600: "王小明", 1800: "2025-06-01", 3800: "2026-10-31"},
        ],
        above=f"参保单位全称：{APPLICANT}",
    )
    assert read("social_insurance", page)["wang", "si_months_unbroken"] == 17


def test_people_may_stand_under_another_head() -> None:
    page = lay_table(
        [
            {600: "职工", 1800: "本单位缴费起", 3800: "本单位缴费止"},
            {600: "王小明", 1800: "2025-06", 3800: "2026-10"},
        ],
        above=f"参保单位全称：{APPLICANT}",
    )
    assert read("social_insurance", page)["wang", "si_months_unbroken"] == 17


def test_a_head_that_ocr_parted_is_one_head() -> None:
    said = read(
        "content_schedule",
        lay_table(
            [
                {800: "序号", 2000: "更新", 2400: "日期", 4000: "栏目", 6000: "编辑"},
                {850: "1", 1900: "2027年1月5日", 4000: "快讯", 5950: "王小明"},
                {850: "2", 1850: "2027年1月21日", 4000: "故事", 5950: "李知夏"},
                {850: "3", 1900: "2027年2月8日", 4000: "快讯", 5950: "王小明"},
            ],
            confidence=98,
        ),
    )
    assert said["self", "schedule_people"] == {"王小明", "李知夏"}
    assert said["?", "schedule_until"] == date(2027, 2, 8)


def test_a_payer_that_breaks_off_within_the_applicants_name_is_nobody_else() -> None:
    page = lay_table(
        [
            {600: "姓名", 1800: "参保时间", 3500: "缴至年月", 5200: "缴费单位"},
            {
                600: "王小明",
                1800: "2025年2月",
                3500: "2026年10月",
                5200: APPLICANT[:-1],
            },
        ]
    )
    assert ("wang", "si_payer_is_applicant") not in read("social_insurance", page)
