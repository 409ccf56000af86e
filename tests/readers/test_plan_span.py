"""How many months a plan covers: said only where each step has its first and last day."""

from __future__ import annotations

import pytest

from changqing.readers.plan_span import has_idle_month, parse_period
from tests.readers.table_pages import read
from tests.readers.test_prose import read as read_prose
from tests.readers.test_whole_columns import fill

MONTHS = ("paper", "plan_months")
PLAN = [
    ["起", "止", "事项", "责任人"],
    ["2026-12-15", "2027-01-31", "核验商家", "周知白"],
    ["2027-02-01", "2027-07-31", "改版搜索", "唐砚"],
    ["2027-07-15", "2027-12-14", "评估与次年计划", "周知白"],
]


def read_months(*rows: list[str]) -> object:
    """The months that are read in a plan of these rows; None where nothing is said."""
    said = read("business_plan", fill(list(rows)))
    return next((value for (_, fact), value in said.items() if fact == MONTHS[1]), None)


def test_a_plan_from_day_to_day_covers_its_whole_months() -> None:
    assert read_months(*PLAN) == 12


def test_periods_in_one_cell_are_read_as_well() -> None:
    rows = [["时间安排", "事项"], ["2027年1-3月", "甲"], ["2027年第二季度", "乙"]]
    assert read_months(*rows) == 6


def test_a_last_month_that_is_not_whole_does_not_count() -> None:
    assert read_months(*PLAN[:3], ["2027-07-15", "2027-12-13", "评估", "甲"]) == 11


@pytest.mark.parametrize(
    "row",
    [
        ["2027-12-15", "", "不知到何时", "唐砚"],
        ["", "2027-12-31", "不知从何时", "唐砚"],
        ["2027年底", "2028年初", "大约的时候", "唐砚"],
        ["2028-03-01", "2028-04-30", "中间空着两个月", "唐砚"],
        ["2027-12-31", "2027-12-15", "前后颠倒", "唐砚"],
        ["2027-12-15", "不早于2028-01-31", "不知到何时", "唐砚"],
        ["2027年", "2028年", "只有年份", "唐砚"],
    ],
)
def test_a_step_without_its_days_or_after_an_idle_month_leaves_it_open(
    row: list[str],
) -> None:
    assert read_months(*PLAN, row) is None


def test_days_of_another_table_are_not_taken_for_steps() -> None:
    history = [["起", "止", "经历"], ["2020-01-01", "2026-12-31", "筹备"]]
    said = read("business_plan", fill(PLAN, history))
    assert not [key for key in said if key[1] == MONTHS[1]]


def test_who_does_it_makes_a_plan_of_days_under_unknown_heads() -> None:
    rows = [
        ["期", "要做的事", "起止", "牵头"],
        ["一", "改版搜索", "2027.01.04—2027.03.31", "周知白"],
        ["二", "签约作者", "2027.04.01—2027.09.30", "唐砚"],
    ]
    assert read_months(*rows) == 8


def test_days_without_what_is_done_then_are_no_plan() -> None:
    rows = [["合同", "开始日期", "结束日期"], ["机房", "2027-01-01", "2027-12-31"]]
    assert read_months(*rows) is None


@pytest.mark.parametrize("times", [("2027年", "2028年"), ("2027年上半年", "2028年")])
def test_a_year_alone_is_no_dated_step(times: tuple[str, str]) -> None:
    rows = [["时间安排", "事项"], *([time, "改版搜索"] for time in times)]
    said = read("business_plan", fill(rows))
    assert ("paper", "states_dated_steps") not in said


@pytest.mark.parametrize(
    "text",
    [
        "2027年",
        "1月",
        "2027年10月底前",
        "2027年5月上旬",
        "2027年1月、3月",
        "2027-01-15起",
        "2027年1月至",
        "至2027年3月",
        "2027年3月起至",
    ],
)
def test_what_says_no_first_and_last_day_is_no_period(text: str) -> None:
    assert parse_period(text) is None


def test_a_cell_full_of_dashes_is_given_up_at_once() -> None:
    assert parse_period(f"2027-01-01{' -' * 60} 2027-02-01 起算") is None
    assert parse_period(f"2027年1{' ' * 30_000}—2月") is None


def test_steps_may_overlap_and_touch_without_an_idle_month() -> None:
    periods = [
        period
        for text in ("2027年1月至6月", "2027年2月", "2027年7月-8月")
        if (period := parse_period(text)) is not None
    ]
    assert len(periods) == 3
    assert not has_idle_month(periods)
    assert has_idle_month([*periods[:2], parse_period("2027年8月") or periods[0]])


@pytest.mark.parametrize("head", ["步骤", "具体措施", "工作内容", "实施任务"])
def test_what_is_done_in_a_step_stands_under_several_heads(head: str) -> None:
    rows = [["时间", head], ["2027年1月-6月", "甲"], ["2027年7月-12月", "乙"]]
    assert read_months(*rows) == 12


def read_sentences(*lines: str) -> object:
    """The months that are read in a plan of these lines; None where nothing is said."""
    said = read_prose("business_plan", "业务发展计划", *lines)
    return next((value for (_, fact), value in said.items() if fact == MONTHS[1]), None)


@pytest.mark.parametrize(
    ("lines", "months"),
    [
        (
            [
                "2027年1月至3月，由李某补题库；2027年4月至6月，张某上线手机端；2028年全年，扩到12类。"
            ],
            None,  # half a year has no step
        ),
        (
            [
                "2027年1月至3月，由李某补题库；2027年4月至12月，张某上线手机端；2028年全年，扩类。"
            ],
            24,
        ),
        (
            [
                "2027年3月1日至2027年6月30日：题库上线（李某）。",
                "2027年7月1日至12月31日：直播课开通（张某）。",
                "2026年12月1日",
            ],
            10,
        ),
        (["第一阶段（2027年1月1日至3月31日）：筹备。"], None),
        (
            [
                "设备安装：2027年2月15日前完成；培训：2027年2月16日至4月15日；",
                "试运行：2027年4月16日至6月15日；正式运行：2027年6月16日起。",
            ],
            None,  # its first and its last step are open
        ),
        (
            [
                "2027年1月至3月，补题库；2027年4月至6月，上线手机端。",
                "租赁合同另有一份。",
                "2026年1月至12月，租用甲机房；2027年1月至12月，租用乙机房。",
            ],
            None,  # which of them is the plan
        ),
    ],
)
def test_steps_in_sentences_cover_the_months_they_say(
    lines: list[str], months: int | None
) -> None:
    assert read_sentences(*lines) == months
