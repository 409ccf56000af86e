"""An explanation is derived: no negation and no number is left out of it."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changqing.case.subjects import APPLICANT
from changqing.judge.assess import Judge
from changqing.judge.model import Finding
from changqing.judge.words import say_value
from changqing.law.model import Verdict
from changqing.law.said import say_number
from changqing.rules.types import Value
from changqing.text import Text
from tests.judge.assessment_factory import (
    CHEN,
    LIN,
    Told,
    assess,
    catalogue,
    criterion,
    only,
    situation,
)
from tests.shipped import CATALOGUE

# Wording, node by node

WORDS: list[tuple[str, str, str]] = [
    ("listed", "上市", "is listed"),
    ("NOT listed", "并非“上市”", "not (is listed)"),
    (
        "NOT listed OR has_plan",
        "如果上市，则须有方案",
        "if is listed, then has a plan",
    ),
    (
        "clean OR NOT listed OR has_plan",
        "如果上市，则须名单干净，或有方案",
        "if is listed, then off the lists or has a plan",
    ),
    (
        "NOT listed OR NOT clean OR has_plan",
        "如果上市，则须（如果名单干净，则须有方案）",
        "if is listed, then (if off the lists, then has a plan)",
    ),
    (
        "clean AND (NOT listed OR has_plan)",
        "名单干净，且（如果上市，则须有方案）",
        "off the lists and (if is listed, then has a plan)",
    ),
    (
        "form IN ('limited')",
        "公司类型是有限公司",
        "form is limited company",
    ),
    (
        "lease_until <> '2027-01-01'",
        "租期至不是2027-01-01",
        "lease end is not 2027-01-01",
    ),
    ("TRUE", "是", "yes"),
    ("listed AND clean", "上市，且名单干净", "is listed and off the lists"),
    (
        "listed AND (clean OR has_plan)",
        "上市，且（名单干净，或有方案）",
        "is listed and (off the lists or has a plan)",
    ),
    (
        "capital >= 100000000",
        "注册资本不少于100万元",
        "capital is at least CNY 1,000,000",
    ),
    ("capital < 12345", "注册资本少于123.45元", "capital is less than CNY 123.45"),
    ("capital <> 250000000", "注册资本不等于250万元", "capital is not CNY 2,500,000"),
    (
        "capital > :minimum",
        "注册资本超过最低限额（100万元）",
        "capital is more than the minimum (CNY 1,000,000)",
    ),
    (
        ":minimum <= 100000000",
        "最低限额（100万元）不超过100万元",
        "the minimum (CNY 1,000,000) is at most CNY 1,000,000",
    ),
    (
        "cash >= 12 * monthly",
        "现金不少于12×月开支",
        "cash is at least 12 × monthly cost",
    ),
    (
        "cash + capital >= 100000000",
        "现金＋注册资本不少于100万元",
        "cash + capital is at least CNY 1,000,000",
    ),
    (
        "cash - capital <= 100000000",
        "现金－注册资本不超过100万元",
        "cash - capital is at most CNY 1,000,000",
    ),
    ("1 + staff > 3", "1人＋人数超过3人", "1 person + staff is more than 3 people"),
    ("staff = 3", "人数等于3人", "staff is 3 people"),
    ("3 = staff", "3人等于人数", "3 people is staff"),
    ("share > 5000", "股比超过50%", "share is more than 50%"),
    ("share > 3334", "股比超过33.34%", "share is more than 33.34%"),
    ("visits > 2", "访问超过2", "visits is more than 2"),
    (
        "staff BETWEEN 2 AND 5",
        "人数在2人至5人之间",
        "staff lies between 2 people and 5 people",
    ),
    ("form = 'limited'", "公司类型是有限公司", "form is limited company"),
    (
        "form IN ('limited', 'joint_stock')",
        "公司类型是有限公司或股份公司",
        "form is limited company or joint-stock company",
    ),
    ("name = '长青'", "名称是长青", "name is 长青"),
    ("has(offered, 'news')", "提供的内容含新闻", "what is offered includes news"),
    (
        "within(offered, seen)",
        "提供的内容都在看到的内容之内",
        "all of what is offered lie within what is seen",
    ),
    (
        "within(offered, ('news', 'games'))",
        "提供的内容都在游戏、新闻之内",
        "all of what is offered lie within games, news",
    ),
    ("agree(name)", "各处所载的名称一致", "all sources agree on: name"),
    (
        "days_between(:submit_on, lease_until) >= 30",
        "自递交日（2026-12-24）至租期至的天数不少于30天",
        "days from the day of submission (2026-12-24) to lease end is at least 30 days",
    ),
    (
        "whole_months(founded_on, :as_of) >= 12",
        "自成立日至评估日（2026-11-24）的整月数不少于12个月",
        "whole months from founding day to the day of assessment (2026-11-24) "
        "is at least 12 months",
    ),
    (
        "lease_until > '2027-01-01'",
        "租期至晚于2027-01-01",
        "lease end is after 2027-01-01",
    ),
    (
        ":scope = 'intra_province'",
        "覆盖范围是省内",
        "the scope is within one province",
    ),
    (":report_year > 2020", "报告年度超过2020", "the report year is more than 2020"),
    ("some(person)", "至少有1名人员", "at least 1 "),
    (
        "some(person WHERE role = 'technical')",
        "至少有1名技术人员",
        "at least 1 technician",
    ),
    (
        "at_least(2, person WHERE role = 'technical': full_time)",
        "至少有2名技术人员符合：专职",
        "at least 2 technician with: full-time",
    ),
    (
        "at_least(:least, person WHERE full_time: months > 3)",
        "至少有最少人数（2人）名人员符合：专职，且参保月数超过3个月",
        "with: full-time and months is more than 3 months",
    ),
    (
        "none(person WHERE role = 'technical' AND full_time: months < 3)",
        "没有任何技术人员符合：专职，且参保月数少于3个月",
        "no technician with: full-time and months is less than 3 months",
    ),
    (
        "none(person WHERE role = 'technical' AND full_time AND months < 3)",
        "没有任何技术人员符合：专职，且参保月数少于3个月",
        "no technician with: full-time and months is less than 3 months",
    ),
    ("none(person)", "没有任何人员", "no "),
    (
        "every(person WHERE role = 'technical': full_time)",
        "每名技术人员都符合：专职",
        "every technician: full-time",
    ),
    (
        "every(person WHERE months > 3: full_time)",
        "每名人员（参保月数超过3个月的）都符合：专职",
        " where months is more than 3 months: full-time",
    ),
    (
        "some(paper WHERE kind = 'lease': sealed)",
        "至少有1份《租约》符合：盖章",
        "at least 1 lease with: sealed",
    ),
]


@pytest.mark.parametrize(("test", "zh", "en"), WORDS)
def test_every_kind_of_node_has_its_words(test: str, zh: str, en: str) -> None:
    explanation = explained(test, {}, {}).explanation
    assert f"要求：{zh}" in explanation.zh
    assert en in narrow(explanation.en)


def narrow(text: str) -> str:
    """The signs in their plain width."""
    return unicodedata.normalize("NFKC", text)


def explained(test: str, claimed: Told, proven: Told) -> Finding:
    return only(assess(catalogue(criterion("it", test)), situation(claimed, proven)))


# Both answers


def test_both_answers_stand_beside_what_is_asked() -> None:
    finding = explained(
        "capital >= :minimum", {"capital": 200_000_000}, {"capital": 50_000_000}
    )
    assert finding.explanation == Text(
        zh="要求：注册资本不少于最低限额（100万元）。按自述，200万元，成立；"
        "按证实，50万元，不成立。",
        en="Asked: capital is at least the minimum (CNY 1,000,000). "
        "As claimed: CNY 2,000,000 - holds. As proven: CNY 500,000 - does not hold.",
    )
    (term,) = finding.terms
    assert (term.label.en, term.operator) == ("capital", "≥")
    assert (term.claimed.number, term.proven.number) == (200_000_000, 50_000_000)
    assert (term.claimed.holds, term.proven.holds) == (True, False)
    assert term.limit == 100_000_000
    assert term.claimed.record is not None
    assert term.proven.record is not None
    assert (term.claimed.record.value, term.proven.record.value) == (
        200_000_000,
        50_000_000,
    )


def test_like_answers_are_said_once() -> None:
    told = {"capital": 50_000_000}
    said = explained("capital >= :minimum", told, told).explanation
    assert said.zh.count("50万元") == 1
    assert "自述与证实相同：50万元，不成立" in said.zh
    assert "Claimed and proven alike: CNY 500,000 - does not hold" in said.en


def test_the_same_truth_by_different_values_shows_both_values() -> None:
    said = explained(
        "capital >= :minimum", {"capital": 200_000_000}, {"capital": 300_000_000}
    ).explanation
    assert "200万元，成立" in said.zh
    assert "300万元，成立" in said.zh


def test_unknown_is_said_and_never_empty() -> None:
    said = explained("capital >= :minimum", {"capital": 200_000_000}, {}).explanation
    assert "按证实，未知，无法判断" in said.zh
    assert "As proven: unknown - cannot be told" in said.en


def test_each_comparison_of_a_joined_test_has_its_own_line() -> None:
    finding = explained(
        "staff > 2 AND NOT (listed OR form IN ('limited', 'joint_stock'))",
        {"staff": 3, "listed": False, "form": "limited"},
        {"staff": 3},
    )
    assert [(term.label.en, term.operator) for term in finding.terms] == [
        ("staff", "＞"),
        ("is listed", "＝"),
        ("form", "∈"),
    ]
    assert finding.terms[2].threshold.en == "limited company, joint-stock company"
    assert [term.claimed.holds for term in finding.terms] == [True, False, True]
    assert (
        "按自述，不成立，因为公司类型：有限公司（不影响结论的：人数：3人；上市：否）"
        in finding.explanation.zh
    )
    assert (
        "As proven: cannot be told, because is listed: unknown; form: unknown "
        "(the rest: staff: 3 people)" in finding.explanation.en
    )


def test_a_comparison_of_two_facts_names_both_values() -> None:
    finding = explained(
        "cash >= 12 * monthly",
        {"cash": 120_000_000, "monthly": 5_000_000},
        {"cash": 120_000_000},
    )
    (term,) = finding.terms
    assert term.claimed.value.zh == "现金120万元，月开支5万元"
    assert term.proven.value.zh == "现金120万元，月开支未知"
    assert term.proven.value.en == "cash CNY 1,200,000, monthly cost unknown"
    assert term.limit is None


@pytest.mark.parametrize(
    ("agree", "zh", "verdict"),
    [
        (True, "一致", Verdict.MET),
        (False, "不一致", Verdict.UNMET),
        (None, "不足两处，无从比对", Verdict.UNDETERMINED),
    ],
)
def test_agreement_is_told_in_words(
    agree: bool | None, zh: str, verdict: Verdict
) -> None:
    told = {} if agree is None else {"name": agree}
    said = situation({"name": "长青"}, {"name": "长青"}, agree=told)
    finding = only(assess(catalogue(criterion("it", "agree(name)")), said))
    (term,) = finding.terms
    assert finding.verdict is verdict
    assert (term.claimed.value.zh, term.proven.value.zh) == (zh, zh)
    assert term.claimed.record is not None


def test_agreement_about_what_nobody_said_cannot_be_compared() -> None:
    finding = explained("agree(name)", {}, {})
    (term,) = finding.terms
    assert term.claimed.value.en == "fewer than two sources"
    assert term.claimed.record is None


def test_what_an_application_says_is_said_in_words_on_both_sides() -> None:
    explanation = explained(":scope = 'intra_province'", {}, {}).explanation
    assert explanation.zh == "要求：覆盖范围是省内。自述与证实相同：省内，成立。"


def test_the_best_of_a_fact_is_what_is_proven_else_what_is_claimed() -> None:
    told = situation({"name": "甲", "listed": True}, {"name": "乙"})
    assert told.find_best(APPLICANT, "name") == "乙"
    assert told.find_best(APPLICANT, "listed") is True
    assert told.find_best(APPLICANT, "clean") is None


def test_counted_members_are_named_by_how_they_do() -> None:
    told = situation(
        members={
            LIN: {"role": "technical", "full_time": True},
            CHEN: {"role": "technical", "full_time": False},
        }
    )
    test = "every(person WHERE role = 'technical': full_time)"
    finding = only(assess(catalogue(criterion("it", test)), told))
    (term,) = finding.terms
    assert term.proven.value.zh == "符合：lin，不符合：chen，名单尚未声明齐全"
    assert term.proven.value.en == "yes: lin, no: chen, the list is not closed"
    assert finding.verdict is Verdict.UNMET


def test_a_post_that_nobody_else_holds_is_said_while_the_list_is_open() -> None:
    told = situation(members={LIN: {"role": "technical", "full_time": False}})
    said = replace(told, absent=frozenset({"person__technical"}))
    test = "some(person WHERE role = 'technical': full_time)"
    (term,) = only(assess(catalogue(criterion("it", test)), said)).terms
    value = term.proven.value
    assert value.zh == "不符合：lin，申请人说明此外没有"
    assert value.en == "no: lin, the applicant says that there is no other"


def test_members_that_are_not_asked_about_are_not_named() -> None:
    told = situation(
        members={LIN: {"role": "manager"}, CHEN: {"role": "technical"}},
        closed=frozenset({"person"}),
    )
    test = "some(person WHERE role = 'technical': full_time)"
    (term,) = only(assess(catalogue(criterion("it", test)), told)).terms
    assert term.proven.value == Text(zh="未知：chen", en="unknown: chen")


def test_no_member_at_all_is_said() -> None:
    told = situation(closed=frozenset({"person"}))
    (term,) = only(assess(catalogue(criterion("it", "some(person)")), told)).terms
    assert term.proven.value == Text(zh="没有这样的人员", en="no such person on record")


def test_members_are_all_counted_where_nothing_is_asked_of_them() -> None:
    told = situation(members={LIN: {}}, closed=frozenset({"person"}))
    finding = only(assess(catalogue(criterion("it", "some(person)")), told))
    assert finding.verdict is Verdict.MET
    assert finding.terms[0].proven.value == Text(zh="符合：lin", en="yes: lin")


def test_a_count_over_a_body_alone_names_who_satisfies_it() -> None:
    told = situation(members={LIN: {"full_time": True}})
    finding = only(assess(catalogue(criterion("it", "some(person: full_time)")), told))
    assert finding.terms[0].proven.value.en.startswith("yes: lin")


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (None, "未知", "unknown"),
        (True, "是", "yes"),
        (False, "否", "no"),
        (7, "7", "7"),
        (date(2027, 3, 1), "2027-03-01", "2027-03-01"),
        (frozenset(), "无", "none"),
        (frozenset({"b", "a"}), "a、b", "a, b"),
        ("长青", "长青", "长青"),
    ],
)
def test_a_value_without_a_definition_is_said_plainly(
    value: Value | None, zh: str, en: str
) -> None:
    assert say_value(value, None) == Text(zh=zh, en=en)


@pytest.mark.parametrize(
    ("number", "unit", "zh", "en"),
    [
        (0, "fen", "0元", "CNY 0"),
        (5, "fen", "0.05元", "CNY 0.05"),
        (100, "fen", "1元", "CNY 1"),
        (999_900, "fen", "9,999元", "CNY 9,999"),
        (1_000_000, "fen", "1万元", "CNY 10,000"),
        (1_000_001, "fen", "10,000.01元", "CNY 10,000.01"),
        (1_234_500, "fen", "12,345元", "CNY 12,345"),
        (-1_000_000, "fen", "-1万元", "CNY -10,000"),
        (1_000_000_000_000, "fen", "100亿元", "CNY 10,000,000,000"),
        (10_000, "basis_points", "100%", "100%"),
        (5_100, "basis_points", "51%", "51%"),
        (1, "basis_points", "0.01%", "0.01%"),
        (60, "days", "60天", "60 days"),
        (5, "working_days", "5个工作日", "5 working days"),
        (3, None, "3", "3"),
        (3, "count", "3", "3"),
    ],
)
def test_a_number_is_said_in_its_unit(
    number: int, unit: str | None, zh: str, en: str
) -> None:
    assert say_number(number, unit) == Text(zh=zh, en=en)


@given(st.integers(-(10**15), 10**15))
def test_money_is_never_rounded(fen: int) -> None:
    said = say_number(fen, "fen")
    unit = said.zh.lstrip("-0123456789,.")
    digits = float(said.zh.replace(",", "").removesuffix(unit))
    factor = {"元": 100, "万元": 10**6, "亿元": 10**10}[unit]
    assert round(digits * factor) == fen
    assert round(float(said.en.replace(",", "").removeprefix("CNY ")) * 100) == fen


def test_what_a_reader_is_told_names_no_identifier_of_ours() -> None:
    finding = Judge(CATALOGUE).assess(situation())
    for one in finding.findings:
        for _, fact in one.criterion.test.facts:
            if "_" in fact:
                assert fact not in one.explanation.zh
                assert fact not in one.explanation.en
