"""One entry of the catalogue that stands for several wordings."""

from __future__ import annotations

import pytest

from changqing.law.wordings import expand_wordings
from changqing.yamlfile.values import Refusal


def test_each_of_what_brackets_hold_is_written_out_once() -> None:
    entries = ["〔小时|分钟〕内〔首次|〕答复", "分钟内答复", "日志……不少于…"]
    assert expand_wordings(entries) == (
        "小时内首次答复",
        "小时内答复",
        "分钟内首次答复",
        "分钟内答复",
        "日志……不少于…",
    )


@pytest.mark.parametrize("entry", ["〔小时|分钟内答复", "小时〕内答复"])
def test_a_bracket_without_its_other_half_is_refused(entry: str) -> None:
    with pytest.raises(Refusal, match="without its other half"):
        expand_wordings([entry])


def test_an_entry_that_stands_for_too_many_is_refused() -> None:
    many = "〔" + "|".join(map(str, range(30))) + "〕"
    with pytest.raises(Refusal, match="more than"):
        expand_wordings([many + many])
