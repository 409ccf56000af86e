"""One spelling for each text, so that only real differences differ."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from changqing.case.normalise import Hidden, NotThisKindError, normalise


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("company_name", "绿洲（杭州）科技 有限公司", "绿洲(杭州)科技有限公司"),
        ("company_name", "Oasis Co., Ltd.", "OASIS CO LTD"),
        ("person", "阿依古丽•买买提", "阿依古丽·买买提"),
        ("domain", "HTTPS://Www.Example.CN:443/a", "www.example.cn."),
        ("domain", "绿洲.cn", "xn--bzwr39a.cn"),
        ("address", "杭州市 西湖区１号—２室", "杭州市西湖区1号-2室"),
        ("phone", "0571-8888 0000", "+86 571 88880000"),
        ("phone", "１３８００１３８０００", "138-0013-8000"),
        ("phone", "95588", "955 88"),
        ("email", "office@Example.CN", "office@example。cn"),
        ("credit_code", "91110000600037341l", "9111 0000 6000 3734 1L"),
        ("plain", "浙ICP备 1号", "浙ICP备  1号 "),
    ],
)
def test_spellings_of_one_thing_are_one(kind: str, one: str, other: str) -> None:
    assert normalise(kind, one) == normalise(kind, other)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("domain", "localhost"),
        ("domain", "a b.cn"),
        ("phone", "123"),
        ("phone", "电话"),
        ("email", "无"),
        ("email", "office@example"),
        ("email", "甲 office@example.cn"),
        ("email", "a@example.cn, b@example.cn"),
        ("credit_code", "91110000600037341X"),
        ("plain", " \u200b "),
    ],
)
def test_what_is_not_of_its_kind_is_refused(kind: str, text: str) -> None:
    with pytest.raises(NotThisKindError):
        normalise(kind, text)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("company_name", "REDACTED FOR PRIVACY"),
        ("company_name", "Domains By Proxy, LLC"),
        ("company_name", "隐私保护"),
        ("person", "林*"),
        ("person", "林某"),
    ],
)
def test_a_withheld_name_is_hidden(kind: str, text: str) -> None:
    assert isinstance(normalise(kind, text), Hidden)


def test_a_name_beside_one_in_another_script_is_hidden() -> None:
    assert isinstance(normalise("company_name", "Oasis Ltd", beside="绿洲公司"), Hidden)
    assert normalise("company_name", "Oasis Ltd", beside="Oasis") == "OASIS LTD"


@example("address", ",")
@given(
    st.sampled_from(
        ["company_name", "person", "domain", "address", "phone", "email", "plain"]
    ),
    st.text(max_size=30),
)
def test_normalising_twice_changes_nothing_more(kind: str, text: str) -> None:
    try:
        once = normalise(kind, text)
    except NotThisKindError:
        return
    if isinstance(once, str):
        assert normalise(kind, once) == once
