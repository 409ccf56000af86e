"""Questions in other forms: a statement, several in one, one's own case, none of ours."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.guide.ask import Questions, Tier
from changqing.guide.form import find_numbers, split_questions, waits_for_a_nod
from changqing.guide.outside import list_marks, tell_outside
from tests.shipped import CATALOGUE

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def questions() -> Questions:
    return Questions(CATALOGUE)


@pytest.mark.parametrize(
    ("question", "whose_zh", "whose_en"),
    [
        ("开面馆的食品经营许可证去哪里办", "市场监督管理部门", "market regulation"),
        ("商标到期了怎么续展", "知识产权局", "Intellectual Property"),
        ("去日本出差签证怎么办", "出入境", "exit and entry"),
        ("公积金能不能一次取完", "住房公积金", "housing fund"),
        ("增值税发票开错了怎么办", "税务机关", "tax authority"),
        ("二类医疗器械备案怎么做", "药品监督管理部门", "medical products"),
        ("在越南开呼叫中心办什么证", "当地主管机关", "over there"),
        ("How do I renew my passport?", "出入境", "exit and entry"),
    ],
)
def test_a_matter_of_another_authority_is_named_and_not_answered(
    questions: Questions, question: str, whose_zh: str, whose_en: str
) -> None:
    reply = questions.ask(question, on=TODAY)
    assert reply.answers == ()
    assert reply.elsewhere is not None
    assert whose_zh in reply.elsewhere.zh
    assert whose_en in reply.elsewhere.en


@pytest.mark.parametrize(
    "question", ["红烧肉怎么做", "你叫什么名字", "How tall is Mount Everest?"]
)
def test_what_is_nobodys_matter_is_refused_plainly(
    questions: Questions, question: str
) -> None:
    reply = questions.ask(question, on=TODAY)
    assert reply.answers == ()
    assert reply.elsewhere is None
    assert reply.of_case is None


@pytest.mark.parametrize(
    ("question", "command"),
    [
        ("还差什么", "assess"),
        ("我们能过吗", "assess"),
        ("什么时候到期", "outlook"),
        ("咱们这个办到哪一步了", "changqing case"),
        ("is our file complete?", "assess"),
        ("what are our chances", "assess"),
    ],
)
def test_a_question_about_ones_own_case_says_where_the_case_tells_it(
    questions: Questions, question: str, command: str
) -> None:
    reply = questions.ask(question, on=TODAY)
    assert reply.answers == ()
    assert reply.of_case is not None
    assert command in reply.of_case.zh
    assert command in reply.of_case.en


@pytest.mark.parametrize(
    "question", ["ICP许可证有效期几年", "EDI证年报什么时候报", "补正通知几天内交"]
)
def test_a_question_about_the_law_is_none_about_a_case(
    questions: Questions, question: str
) -> None:
    reply = questions.ask(question, on=TODAY)
    assert reply.of_case is None
    assert reply.answers


@pytest.mark.parametrize(
    ("question", "stated", "rule"),
    [
        ("注册资本50万也能办全网证对吧", "50万", "1,000万元"),
        ("ICP许可证有效期是10年吧", "10年", "5年"),
        ("The ICP licence is valid for 10 years, right?", "10 years", "5年"),
    ],
)
def test_a_stated_number_is_set_beside_that_of_the_rule(
    questions: Questions, question: str, stated: str, rule: str
) -> None:
    premise = questions.ask(question, on=TODAY).answers[0].premise
    assert premise is not None
    assert stated in premise.zh
    assert rule in premise.zh


@pytest.mark.parametrize(
    ("question", "premised"),
    [
        ("ICP许可证有效期是5年吧", True),
        ("许可证可以转让给别的公司对吧", True),
        ("ICP许可证有效期几年", False),
    ],
)
def test_a_statement_that_waits_for_a_nod_is_held_against_the_rule(
    questions: Questions, question: str, *, premised: bool
) -> None:
    answer = questions.ask(question, on=TODAY).answers[0]
    assert (answer.premise is not None) is premised
    assert answer.premise is None or "您说的是" not in answer.premise.zh


@pytest.mark.parametrize(
    ("question", "parts", "unanswered"),
    [
        ("ICP证要多少注册资本？审批要多少天？", 2, 0),
        ("IDC证几年到期，许可证号要不要放网站首页", 2, 0),
        ("ICP证年报几月份报？另外食品许可证去哪办", 1, 1),
    ],
)
def test_each_of_several_questions_is_answered_or_named_as_not(
    questions: Questions, question: str, parts: int, unanswered: int
) -> None:
    reply = questions.ask(question, on=TODAY)
    assert len({answer.id for answer in reply.answers}) == parts
    assert all(answer.asked in question for answer in reply.answers if answer.asked)
    assert all(answer.asked for answer in reply.answers)
    assert len(reply.unanswered) == unanswered
    assert (reply.elsewhere is not None) is bool(unanswered)


def test_one_question_told_in_sentences_is_answered_once(questions: Questions) -> None:
    reply = questions.ask("我们去年拿的ICP证。许可证丢了怎么补办？", on=TODAY)
    assert reply.answers[0].asked is None
    assert reply.answers[0].tier is Tier.SURE


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("50万", [(5_000_000_00 // 10, "fen")]),
        ("要30个工作日", [(30, "working_days")]),
        ("占51%", [(5100, "basis_points")]),
        ("3个月后", [(3, "months")]),
        ("2 million yuan", [(200_000_000, "fen")]),
        ("第8条", []),
    ],
)
def test_numbers_are_read_as_the_catalogue_counts_them(
    text: str, numbers: list[tuple[int, str]]
) -> None:
    assert [found[:2] for found in find_numbers(text)] == numbers


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("多少钱？几天能批？", 2),
        ("我们在江苏，要多少钱", 0),
        ("要多少钱，另外去哪办", 2),
    ],
)
def test_only_what_asks_is_a_part(text: str, parts: int) -> None:
    assert len(split_questions(text)) == parts


@pytest.mark.parametrize(
    ("text", "waits"),
    [("能自动续吧？", True), ("this is free, right?", True), ("能自动续吗", False)],
)
def test_a_statement_is_told_from_a_question(text: str, *, waits: bool) -> None:
    assert waits_for_a_nod(text) is waits


def test_marks_weigh_for_and_against_other_things() -> None:
    weights = {"菜": 2.0, "证": -2.0}
    assert {"菜", "做菜"} <= list_marks("做菜")
    assert tell_outside(weights, "做菜") > 0 > tell_outside(weights, "办证")
