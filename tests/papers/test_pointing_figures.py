"""A figure that somebody points at says what the words around it let it say."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.case.comparison import ReadOutcome
from changqing.rules.types import Value
from tests.papers.test_compare import held
from tests.shipped import CATALOGUE

MILLION = 1_000_000_00
BANK = CATALOGUE.materials["bank_statement"]
MEASURES = CATALOGUE.materials["infosec_measures"]


@pytest.mark.parametrize(
    ("paper", "words"),
    [
        ("账户余额：21,000,000.00元", "1,000,000.00元"),
        ("账户余额：1,000,000.00元", "000,000.00元"),
        ("账户余额：-1,000,000.00元", "1,000,000.00元"),
        ("账户余额：1,000,000.00元（透支）", "1,000,000.00元"),
        ("账户余额：1,000,000.00元以下", "1,000,000.00元"),
        ("账户余额：约1,000,000.00元", "1,000,000.00元"),
        ("贷款余额：1,000,000.00元", "1,000,000.00元"),
        ("冻结余额为人民币1,000,000.00元", "1,000,000.00元"),
    ],
)
def test_an_amount_out_of_its_context_proves_nothing(paper: str, words: str) -> None:
    pointed = held(paper, "cash_on_hand", MILLION, words=words, material=BANK)
    assert pointed.outcome is ReadOutcome.NOT_FOUND
    alone = held(paper, "cash_on_hand", MILLION, material=BANK)
    assert (alone.outcome is ReadOutcome.READ) is (words.startswith("000"))


@pytest.mark.parametrize(
    ("paper", "words"),
    [
        ("日志留存16个月。", "6个月"),
        ("日志留存不超过6个月。", "6个月"),
        ("日志留存6个月以内。", "6个月以内"),
        ("日志留存不足六个月。", "六个月"),
        ("日志留存二十六个月。", "六个月"),
    ],
)
def test_a_count_that_is_cut_off_or_a_limit_proves_nothing(
    paper: str, words: str
) -> None:
    for quoted in (words, None):
        found = held(paper, "log_retention_months", 6, words=quoted, material=MEASURES)
        assert found.outcome is ReadOutcome.NOT_FOUND, quoted


@pytest.mark.parametrize(
    ("fact", "value", "paper", "words"),
    [
        ("cash_on_hand", MILLION, "21,000,000元，余额1,000,000元", "1,000,000元"),
        ("cash_on_hand", MILLION, "2026-10 1,000,000元", "1,000,000元"),
        ("cash_on_hand", MILLION, "我行贷款部证明余额1,000,000元", "1,000,000元"),
        ("log_retention_months", 6, "日志留存不少于6个月。", "6个月"),
        ("log_retention_months", 6, "2026-10 6个月", "6个月"),
        ("lease_until", date(2027, 2, 28), "至2027年2月28日止", "2027年2月28日"),
    ],
)
def test_a_whole_figure_is_read_where_it_stands_once(
    fact: str, value: Value, paper: str, words: str
) -> None:
    material = MEASURES if fact.startswith("log") else BANK
    found = held(paper, fact, value, words=words, material=material)
    assert found.outcome is ReadOutcome.READ


def test_a_day_that_is_cut_off_is_another_day() -> None:
    paper = "租期至2027年12月18日止"
    found = held(paper, "lease_until", date(2027, 12, 1), words="2027年12月1")
    assert found.outcome is ReadOutcome.NOT_FOUND
