"""Spans become lines and paragraphs, level or aslant, and know where they stand."""

from __future__ import annotations

import pytest

from changqing.evidence.reading import Box, Cell, PaperPage, Span
from changqing.readers.flow import read_flow
from changqing.readers.phrases import Prose

LINES = [
    "房屋租赁合同",
    "承租方（乙方）：甲山市溪流信息技术有限公司",
    "一、房屋坐落",
    "甲方将坐落于甲山省甲山市某区文枢路９号３幢１２０６室的房屋出租给乙方使用，建",
    "筑面积130平方米。",
    "二、租赁期限",
    "租赁期自2024年3月1日起至2027年2月28日止。",
]


def lay_lines(lines: list[str], *, slope: float = 0.0) -> PaperPage:
    """Set lines 20,000ths of an em wide on a page that leans by `slope`."""
    spans = []
    for row, text in enumerate(lines):
        width = sum(200 if char > "⺀" else 100 for char in text)
        left, top = 1000, 1000 + row * 300
        ends = sorted((top + slope * left, top + slope * (left + width)))
        box = Box(
            left=left,
            top=round(ends[0]),
            right=round(left + width),
            bottom=round(ends[1]) + 150,
        )
        spans.append(Span(text=text, box=box))
    return PaperPage(number=1, width=600, height=850, spans=tuple(spans))


def test_a_broken_line_goes_on_and_a_heading_begins_anew() -> None:
    flow = read_flow([lay_lines(LINES)])
    assert flow.text.split("\n")[2:5] == [
        "一、房屋坐落",
        "甲方将坐落于甲山省甲山市某区文枢路9号3幢1206室的房屋出租给乙方使用,建筑面积130平方米。",
        "二、租赁期限",
    ]


@pytest.mark.parametrize("slope", [-0.08, -0.02, 0.02, 0.08])
def test_a_leaning_page_reads_like_a_level_one(slope: float) -> None:
    page = lay_lines(LINES, slope=slope)
    assert read_flow([page]).text == read_flow([lay_lines(LINES)]).text


def test_words_found_in_the_text_are_shown_where_they_stand() -> None:
    flow = read_flow([lay_lines(LINES)])
    start = flow.text.index("2027年2月28日")
    quote = flow.quote(start, start + len("2027年2月28日"))
    assert quote.text == "2027年2月28日"
    assert quote.box is not None
    assert (quote.box.top, quote.box.bottom) == (2800, 2950)
    assert quote.box.left > 3000


def test_cells_stand_apart_and_rows_more_so() -> None:
    words = [["姓名", "岗位"], ["王 小明", "客服"]]
    page = PaperPage(
        number=1,
        width=0,
        height=0,
        spans=tuple(
            Span(text=text, box=None, cell=Cell(table=0, row=row, column=column))
            for row, cells in enumerate(words)
            for column, text in enumerate(cells)
        ),
    )
    assert read_flow([page]).text == "姓名\t岗位\n王小明\t客服\n"


def test_a_page_without_words_has_no_text() -> None:
    empty = PaperPage(number=3, width=1, height=1, spans=())
    flow = read_flow([empty])
    assert flow.text == ""
    assert flow.quote(0, 0).page == 3


def test_a_sentence_over_several_lines_is_quoted_by_the_words_that_say_it() -> None:
    lines = [
        "依据有关规定，甲山溪流信息技术有限公司单位的溪流同城信息服务",
        "系统（第二级）符合备案要求，予以备案，并请按照要求做好等级测",
        "评工作。公司设专职人员。",
    ]
    prose = Prose(read_flow([lay_lines(lines)]))
    at = prose.flow.text.index("第二级")
    quote = prose.quote_sentence(at, at + 3)
    assert quote.text == "第二级"
    assert quote.box is not None
    at = prose.flow.text.index("专职")
    assert prose.quote_sentence(at, at + 2).text == "公司设专职人员"


def test_a_numbered_heading_is_parted_from_the_words_beside_it() -> None:
    heading, words = "（三）服务对象", "本地连锁药店和景区。"
    for gap, parted in ((180, True), (20, False)):
        right = 1400 + 177 * len(heading)
        boxes = [
            Box(left=1400, top=1000, right=right, bottom=1150),
            Box(left=right + gap, top=1000, right=right + gap + 1700, bottom=1150),
        ]
        page = PaperPage(
            number=1,
            width=600,
            height=850,
            spans=tuple(
                Span(text=text, box=box)
                for text, box in zip((heading, words), boxes, strict=True)
            ),
        )
        assert ("\t" in read_flow([page]).text) is parted
