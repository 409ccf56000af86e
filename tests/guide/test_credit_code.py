"""A credit code as typed: what is wrong with it, and at which place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from changqing.guide.credit_code import spell_credit_code

_GOOD = "91110000600037341L"


def test_a_valid_code_is_valid_however_it_is_spaced() -> None:
    for written in (
        _GOOD,
        _GOOD.lower(),
        "9111 0000 6000 3734 1l",
        "９１１１0000600037341L",
    ):
        found = spell_credit_code(written)
        assert found.valid
        assert found.code == _GOOD


def test_an_unfinished_code_says_how_many_are_left() -> None:
    found = spell_credit_code("911100")
    assert not found.complete
    assert found.text is not None
    assert "还差12位" in found.text.zh


@pytest.mark.parametrize(
    ("written", "place", "meant"),
    [
        ("9I110000600037341L", 2, "1"),
        ("911100006O0037341L", 10, "0"),
        ("91110000600037341S", 18, "5"),
    ],
)
def test_a_letter_that_cannot_be_there_is_named(
    written: str, place: int, meant: str
) -> None:
    found = spell_credit_code(written)
    assert found.places == (place,)
    assert found.hint is not None
    assert meant in found.hint.zh


def test_a_slip_in_the_organisation_code_is_looked_for_there() -> None:
    found = spell_credit_code("91110000600087341L")  # 3 read as 8
    assert found.text is not None
    assert "第9位到第17位" in found.text.zh
    assert 13 in found.places


def test_a_slip_outside_of_it_is_found_too() -> None:
    found = spell_credit_code("91110000600037341D")
    assert found.text is not None
    assert "有一位不对" in found.text.zh
    assert 18 in found.places


@given(st.text(max_size=40))
def test_it_agrees_with_stdnum_on_whatever_is_typed(written: str) -> None:
    found = spell_credit_code(written)
    assert found.valid == uscc.is_valid(found.code)


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_the_place_of_one_slip_is_among_those_named(place: int, typed: str) -> None:
    written = _GOOD[:place] + typed + _GOOD[place + 1 :]
    found = spell_credit_code(written)
    assert found.valid or place + 1 in found.places
