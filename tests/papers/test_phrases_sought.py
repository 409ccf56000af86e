"""A phrase is looked for by its longest word first, and nothing is missed by that."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from changqing.papers.compare.spelling import compile_phrase, compile_phrases
from changqing.readers import phrases as readers

_PIECES = (
    "日志",
    "留存",
    "不少于",
    "6个月",
    "…",
    "……",
    "...",
    "人",
    "名",
    "。",
    "4",
    "-",
)
_WRITTEN = st.lists(st.sampled_from(_PIECES), max_size=6).map("".join)
_SLOTS = st.sampled_from((r"\d{1,4}", r"[^,]{1,9}?", r"\d{4}年"))


@given(phrases=st.lists(_WRITTEN, min_size=1, max_size=4), text=_WRITTEN)
def test_a_finder_finds_what_one_pattern_of_all_phrases_finds(
    phrases: list[str], text: str
) -> None:
    pattern = re.compile("|".join(map(compile_phrase, phrases)))
    finder = compile_phrases(tuple(phrases))
    found = [match.span() for match in finder.finditer(text)]
    assert found == [match.span() for match in pattern.finditer(text)]
    assert bool(finder.search(text)) is bool(found)
    assert bool(finder.fullmatch(text)) is bool(pattern.fullmatch(text))


def test_no_phrase_finds_nothing() -> None:
    assert list(compile_phrases(()).finditer("日志")) == []


@given(phrase=_WRITTEN, slot=_SLOTS, text=_WRITTEN)
def test_a_phrase_that_stands_in_a_text_has_its_longest_word_there(
    phrase: str, slot: str, text: str
) -> None:
    if readers.compile_phrase(phrase, slot).search(text):
        assert readers.find_longest_word(phrase, slot) in text


def test_a_figure_counted_by_another_measure_is_found() -> None:
    slot = r"\d{1,4}"
    assert readers.compile_phrase("员工…人在职", slot).search("员工4名在职")
    assert readers.find_longest_word("员工…人在职", slot) in "员工4名在职"
