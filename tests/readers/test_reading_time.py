"""Hostile lines take no more time than their length asks for."""

from __future__ import annotations

import time

import pytest

from changqing.evidence.reading import Box, PaperPage, Span
from changqing.readers.capture import capture_paper
from changqing.readers.layout import PageLayout
from changqing.readers.proposal import CaseNames
from changqing.readers.propose import propose_from
from tests.shipped import CATALOGUE

LICENCE = (
    "统一社会信用代码：91320113MAEXA1P237\n注册资本 经营范围 法定代表人 登记机关\n"
)
BALANCE = "银行存款证明\n户名 账号 余额 币种 开户行\n"
SECONDS = 5.0
"""Each took at least twice as long, and now takes about one second at most."""


@pytest.mark.share
@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            "".join(f"营业执照{'a' * 22}{sign}#\n" for sign in "甲乙丙丁戊己庚辛")
            + LICENCE,
            id="what_follows_a_title",
        ),
        pytest.param(f"{BALANCE}账户余额：a{' ' * 20_000}x\n", id="blanks"),
        pytest.param(
            f"房屋租赁合同\n出租方 承租方 租赁期限 租金\n租赁用途：({'勾选' * 25_000}\n",
            id="how_to_tick_without_an_end",
        ),
        pytest.param(
            f"社会保险参保证明\n|姓名|参保单位|\n|{':' * 60_000}x|甲|\n", id="colons"
        ),
    ],
)
def test_a_hostile_line_is_read_in_little_time(lines: str) -> None:
    reading = capture_paper(lines.encode(), "paper.md")
    begin = time.process_time()
    propose_from(reading, CaseNames(applicant="某某互联科技有限公司"), CATALOGUE)
    assert time.process_time() - begin < SECONDS


@pytest.mark.share
def test_a_page_of_loose_colons_is_laid_out_in_little_time() -> None:
    spans = tuple(
        Span(
            text="：值",
            box=Box(left=left, top=top, right=left + 100, bottom=top + 80),
        )
        for top in range(0, 8_000, 100)
        for left in range(0, 9_500, 190)
    )
    page = PaperPage(number=1, width=10_000, height=10_000, spans=spans)
    begin = time.process_time()
    PageLayout(page)
    assert time.process_time() - begin < SECONDS
