"""What a question asks for: a time, a sum, a penalty, whether one may."""

from __future__ import annotations

import pytest

from changqing.guide.asking import find_kinds, share_kinds


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("公安备案几天内办", "How soon is the police filing due?"),
        ("没有备案会怎么罚", "What is the fine for a site without a filing?"),
        ("许可证找谁批", "Who approves the licence?"),
        ("机房可以租给别人吗", "May we rent the machine room out?"),
        ("注册资本要多少", "How much capital is needed?"),
        ("为什么不批", "Why were we refused?"),
    ],
)
def test_the_same_is_asked_for_in_both_languages(first: str, second: str) -> None:
    assert set(find_kinds(first)) & set(find_kinds(second))


def test_a_time_is_no_penalty() -> None:
    assert set(find_kinds("公安备案几天内办")).isdisjoint(
        find_kinds("公安备案没办被罚了")
    )


def test_what_only_tells_asks_for_nothing() -> None:
    assert find_kinds("我们做教育软件") == []


def test_an_entry_is_told_by_the_share_of_its_ways_to_ask() -> None:
    ways = ["备案要多久", "备案几天能下来", "没备案罚多少钱"]
    shares = share_kinds(ways)
    (time, *_) = find_kinds("要多久")
    assert shares[time] == pytest.approx(2 / 3, abs=0.001)
    assert share_kinds([]) == [0.0] * len(shares)
