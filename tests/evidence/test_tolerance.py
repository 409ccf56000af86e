"""Two values of one fact are the same within its tolerance, wherever it is asked."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.evidence.tolerance import Sameness, compare_values
from changqing.rules.types import Value

DAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("one", "other", "tolerance", "near"),
    [
        (100, 103, 3, True),
        (100, 104, 3, False),
        (DAY, date(2026, 11, 26), 2, True),
        (DAY, date(2026, 11, 27), 2, False),
        (0, False, 5, False),
        (True, False, 1, False),
        (True, True, 0, True),
        ("甲", "甲", 0, True),
        ("甲", "乙", 9, False),
        (frozenset({"a"}), frozenset({"a"}), 0, True),
        (None, None, 0, True),
        (None, 0, 9, False),
        (DAY, "2026-11-24", 9, False),
    ],
)
def test_values_are_the_same_within_the_tolerance(
    one: Value | None, other: Value | None, tolerance: int, near: bool
) -> None:
    outcome = Sameness.SAME if near else Sameness.DIFFERENT
    assert compare_values(one, other, tolerance=tolerance) is outcome
    assert compare_values(other, one, tolerance=tolerance) is outcome


SAME, DIFFERENT, UNCLEAR = Sameness
ROOMS = "浙江省杭州市西湖区文三路199号3幢2306、2307室"


@pytest.mark.parametrize(
    ("kind", "one", "other", "outcome"),
    [
        ("address", ROOMS, "浙江省杭州市西湖区文三路199号3幢2306-2307房", SAME),
        ("address", ROOMS, "杭州市西湖区文三路199号3号楼２３０７、２３０６室", SAME),
        ("address", ROOMS, "杭州西湖区文三路199号3栋23层2306室、07室", SAME),
        ("address", ROOMS, "西湖区文三路 199 号 3 幢 23F 2306/2307", SAME),
        ("address", ROOMS, f"{ROOMS}（自主申报）", SAME),
        ("address", ROOMS, "浙江省杭州市西湖区文三路199号3幢2306室", UNCLEAR),
        ("address", ROOMS, "浙江省杭州市西湖区文三路199号", UNCLEAR),
        (
            "address",
            ROOMS,
            "浙江省杭州市西湖区文三路199号长青大厦3幢2306、2307室",
            UNCLEAR,
        ),
        ("address", ROOMS, "浙江省杭州市西湖区文三路199号3幢2308室", DIFFERENT),
        ("address", ROOMS, "浙江省杭州市西湖区文三路199号5幢2306、2307室", DIFFERENT),
        ("address", ROOMS, "浙江省杭州市西湖区文三路198号3幢2306、2307室", DIFFERENT),
        ("address", ROOMS, "浙江省杭州市上城区文三路199号3幢2306、2307室", DIFFERENT),
        ("address", "浙江杭州西湖区文三路", ROOMS.removeprefix("浙江省"), UNCLEAR),
        ("address", "文三路1号23层", "文三路1号23F", SAME),
        ("address", "文三路1号2306-2309室", "文三路1号2306、2307、2308、2309室", SAME),
        ("address", "文三路1号", "文三路12号", DIFFERENT),
        (
            "company_name",
            "杭州常青（浙江）科技有限公司",
            "杭州常青浙江科技有限公司",
            SAME,
        ),
        ("company_name", "杭州常青科技有限公司", "杭州 常青科技有限公司", SAME),
        ("company_name", "杭州常青科技有限公司", "杭州常青科技有限责任公司", UNCLEAR),
        ("company_name", "云海计算有限公司", "云海计算", UNCLEAR),
        ("company_name", "云海计算有限公司", "Yunhai Computing Ltd", UNCLEAR),
        ("company_name", "杭州常青科技有限公司", "杭州长青科技有限公司", DIFFERENT),
        ("company_name", "杭州常青科技有限公司", "杭州常青科技股份有限公司", DIFFERENT),
        ("domain", "www.changqing.example", "changqing.example", SAME),
        ("domain", "shop.changqing.example", "changqing.example", DIFFERENT),
        ("plain", "软件开发；技术服务、咨询", "技术服务；咨询;软件开发", SAME),
        ("plain", "软件开发；技术服务", "软件开发；食品销售", DIFFERENT),
        ("person", "张三", "张叁", DIFFERENT),
        ("phone", "+864000000501", "+864000000502", DIFFERENT),
    ],
)
def test_texts_are_compared_as_what_they_are(
    kind: str, one: str, other: str, outcome: Sameness
) -> None:
    assert compare_values(one, other, text_kind=kind) is outcome
    assert compare_values(other, one, text_kind=kind) is outcome
