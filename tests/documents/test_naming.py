"""How names are set in the documents."""

from __future__ import annotations

import pytest

from changqing.documents.naming import widen_brackets


@pytest.mark.parametrize(
    ("written", "set_in"),
    [
        ("上海(中国(试验区))公司", "上海（中国（试验区））公司"),
        ("腾讯(Tencent (HK))", "腾讯（Tencent (HK)）"),
        ("Alpha (HK) Ltd", "Alpha (HK) Ltd"),
        ("中国(", "中国("),
    ],
)
def test_brackets_in_chinese_have_full_width_also_inside_others(
    written: str, set_in: str
) -> None:
    assert widen_brackets(written) == set_in
