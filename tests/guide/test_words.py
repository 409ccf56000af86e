"""How a question is cut: words of the field first, the rest by the dictionary."""

from __future__ import annotations

import pytest

from changqing.guide.words import OTHER_LICENCE, Words, simplify_text
from changqing.law.kinds.synonyms import Names
from tests.shipped import CATALOGUE


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(CATALOGUE)


def texts(words: Words, question: str) -> list[str]:
    return [word.text for word in words.list_words(question)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("EDI年审", "在线数据处理与交易处理业务经营许可证年检"),
        ("ｅｄｉ年报", "B21年报"),
        ("call centres", "Call center"),
        ("驻地网", "用户驻地网业务许可证"),
        ("换法人", "换法定代表人"),
    ],
)
def test_words_that_mean_the_same_are_one(words: Words, one: str, other: str) -> None:
    assert texts(words, one) == texts(words, other)


def test_the_longest_word_of_the_field_wins(words: Words) -> None:
    assert texts(words, "驻地网") == ["_customer_premises_network"]
    assert texts(words, "ICP备案") == ["_filing"]
    assert texts(words, "ICP许可证") == ["_icp"]


def test_latin_words_are_found_whole(words: Words) -> None:
    assert "_sp" not in texts(words, "specify a spade")
    assert "_sp" in texts(words, "an SP licence")


def test_a_single_character_counts_only_where_it_is_cut_out(words: Words) -> None:
    assert "_licence_word" not in texts(words, "身份认证")


def test_licences_and_regions_are_told_from_other_words(words: Words) -> None:
    named = {word.text: word.names for word in words.list_words("温州呼叫中心投诉")}
    assert named == {
        "_zhejiang": Names.REGION,
        "_call_centre": Names.LICENCE,
        "_complaint": None,
    }


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("道路运输经营许可证", True),
        ("食品许可证", True),
        ("呼叫中心业务经营许可证", False),
        ("视频会议业务许可证", False),
        ("我们公司的许可证", False),
        ("电信业务经营许可证", False),
        ("申请许可证", False),
        ("换了法人没改许可证", False),
        ("什么情形下许可证会被注销", False),
        ("码号使用证书", False),
    ],
)
def test_a_licence_of_another_trade_is_noticed(
    words: Words, question: str, *, other: bool
) -> None:
    assert (OTHER_LICENCE in words.list_words(question)) is other


def test_what_every_question_is_framed_with_has_no_weight(words: Words) -> None:
    assert texts(words, "请问我们公司2025年可以吗？") == []
    assert texts(words, "What can we do now?") == []


@pytest.mark.parametrize(
    "written",
    [
        "我们准备按省内申请",
        "主机放境外行不行",
        "此处法律依据是什么",
        "公司年审合格了",
        "热线老是联网占线",
        "和旅行社包车",
        "今日智能硬件",
        "财政补政策",
        "股东持股动态",
        "法人是张程",
        "送去少年宝贝店",
        "在哪能查到进度",
    ],
)
def test_ordinary_words_are_not_taken_for_slips(written: str) -> None:
    assert simplify_text(written) == written
