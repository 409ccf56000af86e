"""Personal numbers are hidden however they were typed, and nothing else is."""

from __future__ import annotations

import pytest

from changqing.masks import find_identity_numbers, has_identity_number, mask_numbers
from changqing.sealing.masked import mask_text
from changqing.sealing.withheld import _has_number

NUMBER = "11010519491231002X"
GROUPED = ("110105 19491231 002X", "1101 0519 4912 3100 2X", "110105-19491231-002x")


@pytest.mark.parametrize("typed", [NUMBER, *GROUPED, "110105\u300019491231\u3000002X"])
def test_a_citizens_number_is_hidden_with_gaps_as_without(typed: str) -> None:
    text = f"第12 号：{typed} 2026-01-01"
    assert has_identity_number(text)
    hidden = mask_numbers(text)
    assert "1949" not in hidden
    assert "110*************2" in hidden
    assert hidden.startswith("第12 号：")
    assert hidden.endswith(" 2026-01-01")
    black = mask_text(text, ())
    assert not any(part in black for part in ("110105", "1101", "1949", "002X", "002x"))
    assert (black[:6], black[-11:]) == (text[:6], text[-11:])
    assert len(black) == len(text)
    assert _has_number(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "6222 0210 0111 6245 702",  # a card
        "订单 20261128 10000001 02",
        "91330110MA0EXAMEX8",
        "1101051949123100210",
        "电话 0571-00000501，2026-11-28 至 2027-11-28",
    ],
)
def test_what_is_no_citizens_number_stays(text: str) -> None:
    assert mask_numbers(text) == text
    assert mask_text(text, ()) == text
    assert not _has_number(text.encode())


def test_two_numbers_beside_each_other_are_both_hidden() -> None:
    hidden = mask_numbers(f"{NUMBER} {GROUPED[0]}、{NUMBER}")
    assert hidden.count("110*************2X") == 3


def test_a_table_of_single_digits_holds_no_citizens_number() -> None:
    """Or each digit of a large one would cost a look at its check digit."""
    assert not list(find_identity_numbers("1 9 1 2 " * 100))
    spread = " ".join(NUMBER)
    assert [number for _, _, number in find_identity_numbers(spread)] == [NUMBER]
