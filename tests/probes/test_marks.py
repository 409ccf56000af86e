"""Words and lines that are sought all at once say what a plain search of each says."""

from __future__ import annotations

import re

import pytest

from changqing.probes.document import parse_page
from changqing.probes.marks import compile_words, find_lines, fold
from changqing.probes.page_facts import read_footer
from tests.probes.probes_world import exchange

_WORDS = r"版权|copy\s*right|\(c\)|©|F(?=:)|ICP"


@pytest.mark.parametrize(
    "text",
    [
        *("版权所有", "COPY RIGHT", "cOpyright 2026", "(C) 2026", "(c", "©", "f:", "F"),
        *("icp", "copy left", "", "c", "京iCp备"),
    ],
)
def test_words_are_found_as_by_an_expression_that_ignores_case(text: str) -> None:
    quick = compile_words(_WORDS, then=r"\s?$").search(text)
    slow = re.search(rf"(?:{_WORDS})\s?$", text, re.I)
    assert (quick and quick.span()) == (slow and slow.span())
    assert bool(compile_words(_WORDS).search(text)) == bool(
        re.search(_WORDS, text, re.I)
    )


def test_each_line_with_a_match_is_counted_once() -> None:
    text = "公司一 公司二\n无\n\n公司三"
    assert find_lines(text, re.compile("公司")) == [0, 3]


def test_odd_forms_are_folded_and_the_length_stays() -> None:
    assert fold("浙ＩＣＰ備２６－1號：") == "浙ICP备26-1号:"


def test_a_number_deep_in_a_long_anchor_still_leads_somewhere() -> None:
    filler = "".join(f"<i class='{n}'>字</i>" for n in range(300))
    page = parse_page(
        exchange(
            f"<html><body><a href='https://beian.miit.gov.cn/'>{filler}"
            f"浙ICP备26123451号{filler}</a></body></html>"
        )
    )
    link = read_footer(page).number_link
    assert link is not None
    assert link.href == "https://beian.miit.gov.cn/"
