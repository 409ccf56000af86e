"""Values as papers print them."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest

from changqing.case.numerals import parse_han_number
from changqing.evidence.parse import (
    end_of_term,
    find_amounts,
    find_credit_codes,
    find_days,
    find_months,
    find_shares,
    find_term,
    parse_count,
)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-05",
        "2026年11月05日",
        "2026年 11 月 5 日",
        "2026.11.05",
        "2026/11/5",
        "20261105",
        "2026-11-05 10:12:33",
        "2026-11-0510:12:33",
        "二〇二六年十一月五日",
        "二○二六年十一月五日",
        "5 November 2026",
        "Nov 5, 2026",
    ],
)
def test_a_day_is_read_however_it_is_printed(text: str) -> None:
    assert [day.value for day in find_days(text)] == [date(2026, 11, 5)]


def test_days_of_a_term_come_in_their_order() -> None:
    days = find_days("自2024年3月1日起至2027年2月28日止")
    assert [day.value for day in days] == [date(2024, 3, 1), date(2027, 2, 28)]


def test_a_day_that_no_calendar_has_is_none() -> None:
    assert find_days("2026年13月05日") == []
    assert find_days("2026-02-30") == []


@pytest.mark.parametrize("text", ["2026-10", "2026.10", "202610", "2026年10月"])
def test_a_month_is_its_last_day(text: str) -> None:
    assert [month.value for month in find_months(text)] == [date(2026, 10, 31)]


def test_a_day_is_no_month() -> None:
    assert find_months("2026年10月31日 2026-10-31") == []


@pytest.mark.parametrize(
    "text",
    [
        "贰佰万元整",
        "人民币贰佰万圆整",
        "200万元",
        "200.000000万人民币",
        "¥2,000,000.00",
        "2,000,000元",
        "二百万元",
    ],
)
def test_an_amount_is_the_same_in_words_and_figures(text: str) -> None:
    (amount,) = find_amounts(text)
    assert amount.fen == 200_000_000
    assert amount.unit


def test_jiao_and_fen_are_read_in_words() -> None:
    (amount,) = find_amounts("壹佰捌拾陆万叁仟伍佰贰拾元肆角柒分")
    assert amount.fen == 186_352_047


@pytest.mark.parametrize(
    "text",
    [
        "500万美元",
        "伍佰万美元",
        "1,000,000.00 港元",
        "USD 120,000.00",
        "HK$1,000,000.00",
        "100万元（美元）",
        "（欧元）100,000.00",
        "港币100万元",
        "€1,000,000",
    ],
)
def test_money_of_another_country_is_no_amount_in_yuan(text: str) -> None:
    assert find_amounts(text) == []


@pytest.mark.parametrize("text", ["700万元（100万美元）", "700万元（折合100万美元）"])
def test_yuan_count_where_they_stand_beside_other_money(text: str) -> None:
    (amount,) = find_amounts(text)
    assert amount.fen == 700_000_000


def test_an_amount_without_a_unit_says_so() -> None:
    (amount,) = find_amounts("1,863,520.47")
    assert amount.fen == 186_352_047
    assert not amount.unit


def test_a_unit_of_a_column_counts_for_its_figures() -> None:
    (amount,) = find_amounts("130.000000", unit=10_000)
    assert amount.fen == 130_000_000


def test_two_digits_in_a_row_are_no_number_in_words() -> None:
    assert parse_han_number("二五") is None
    assert parse_han_number("一千二百五十万") == 12_500_000
    assert parse_han_number("壹仟零伍") == 1005


def test_a_share_needs_its_sign() -> None:
    assert find_shares("65%") == [6500]
    assert find_shares("33.33％") == [3333]
    assert find_shares("65") == []


def test_a_count_is_read_where_it_is_the_only_number() -> None:
    assert parse_count("共5人") == 5
    assert parse_count("六个月") == 6
    assert parse_count("3台至5台") is None


def test_a_term_ends_the_day_before_it_began() -> None:
    assert find_term("租期三年") == 36
    assert find_term("期限12个月") == 12
    assert end_of_term(date(2024, 3, 1), 36) == date(2027, 2, 28)
    assert end_of_term(date(2024, 1, 31), 1) == date(2024, 2, 29)


def test_a_code_that_fails_its_check_is_marked_and_not_mended() -> None:
    text = "统一社会信用代码 91320113MAEXA1P237 副本 91320113MAEXA1P238"
    assert list(find_credit_codes(text)) == [
        ("91320113MAEXA1P237", True),
        ("91320113MAEXA1P238", False),
    ]


def test_a_letter_that_no_code_has_fails_the_check() -> None:
    assert list(find_credit_codes("9132O113MAEXA1P237")) == [
        ("9132O113MAEXA1P237", False)
    ]


def test_a_day_may_be_written_in_the_numerals_of_amounts() -> None:
    (day,) = find_days("贰零贰柒年零肆月叁拾日")
    assert day.value == date(2027, 4, 30)
    (late,) = find_days("贰零贰陆年壹拾壹月拾肆日")
    assert late.value == date(2026, 11, 14)


def test_amounts_are_found_in_a_time_that_grows_with_the_text() -> None:
    def measure(times: int) -> float:
        begin = process_time()
        assert len(find_amounts("(1.00) " * times, owed=True)) == times
        return process_time() - begin

    measure(10)
    # The least of three: others on the machine only ever add.
    short, long = (min(measure(times) for _ in range(3)) for times in (800, 8_000))
    assert long < 40 * short
