"""One comparison in the words of a clerk."""

from __future__ import annotations

import pytest

from changqing.judge.model import JudgedTerm, Side
from changqing.judge.telling import tell_limit, tell_value
from changqing.judge.words import NO, YES
from changqing.text import Text, both


def _side(value: Text, number: int | None = None, brief: Text | None = None) -> Side:
    return Side(value=value, holds=None, record=None, number=number, brief=brief)


def _term(label: str, side: Side, *, op: str = "＝", limit: str = "") -> JudgedTerm:
    return JudgedTerm(
        label=both(label),
        operator=op,
        threshold=both(limit) if limit else YES,
        claimed=side,
        proven=side,
        about=None if side.value == both("一致") else both(label.split("含")[0]),
    )


@pytest.mark.parametrize(
    ("label", "side", "said"),
    [
        ("写明：责任人", _side(YES), "写明责任人"),
        ("写明：责任人", _side(NO), "没有写明责任人"),
        ("有租约", _side(NO), "没有租约"),
        ("租约没有到期日", _side(NO), "租约有到期日"),
        ("专职", _side(NO), "专职：否"),
        ("注册资本", _side(both("200万元"), 20_000_000_00), "注册资本200万元"),
        ("企业类型", _side(both("有限责任公司")), "企业类型是有限责任公司"),
        ("服务含新闻", _side(both("搜索")), "服务是搜索"),
        ("还剩的天数", _side(both("7天（1日）"), 7, both("7天")), "还剩的天数7天"),
        ("各处的地址一致", _side(both("一致")), "各处的地址一致"),
    ],
)
def test_a_value_is_told_plainly(label: str, side: Side, said: str) -> None:
    assert tell_value(_term(label, side), side).zh == said


def test_facts_that_are_compared_name_themselves() -> None:
    side = _side(Text(zh="甲1，乙2", en="a 1, b 2"))
    term = JudgedTerm(
        label=both("甲"), operator="≥", threshold=both("乙"), claimed=side, proven=side
    )
    assert tell_value(term, side) == side.value


@pytest.mark.parametrize(
    ("op", "limit", "said"),
    [
        ("≥", "最少月数（12个月）", "至少要12个月"),
        ("≤", "最多天数（31天）", "最多31天"),
        ("≥", "注册资本", "要不少于注册资本"),
        ("≤", "注册资本", "要不超过注册资本"),
        ("＞", "0元", "要多于0元"),
        ("∈", "公司自己、股东", "应为公司自己、股东之一"),
        ("≥", "递交日（2026-12-10）", "不能早于递交日（2026-12-10）"),
        ("＝", "递交日（2026-12-10）", "应为递交日（2026-12-10）"),
    ],
)
def test_a_limit_is_told_by_its_number_and_a_day_by_its_name(
    op: str, limit: str, said: str
) -> None:
    found = tell_limit(_term("它", _side(both("1")), op=op, limit=limit))
    assert found is not None
    assert found.zh == said


def test_a_yes_or_no_has_no_limit() -> None:
    assert tell_limit(_term("它", _side(NO))) is None
    assert tell_limit(_term("它", _side(both("1")), op="∋", limit="三人")) is None
