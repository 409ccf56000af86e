"""Chinese lines break where a person would break them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from changqing.wrap import wrap

TEXTS = st.text("长期服务（）“”，。、；ab 12", max_size=60)


def test_no_line_begins_with_a_closing_mark() -> None:
    assert wrap("写明怎样联系。", 12) == "写明怎样联\n系。"
    assert wrap("甲乙丙（丁）戊", 8) == "甲乙丙\n（丁）戊"


def test_words_and_numbers_stay_whole() -> None:
    assert wrap("至少2026年", 6) == "至少\n2026年"


@given(TEXTS, st.integers(16, 40))
def test_nothing_is_lost_and_lines_fit(text: str, width: int) -> None:
    wrapped = wrap(text, width)
    assert wrapped.replace("\n", "").replace(" ", "") == text.replace(" ", "")
    for line in wrapped.split("\n"):
        assert cell_len(line) <= width or len(line.split()) <= 1
