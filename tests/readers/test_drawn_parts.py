"""Of a page with a text layer only the part with something drawn on it is looked at."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pypdfium2
import pytest
import zxingcpp

from changqing.evidence.reading import Box, MarkKind
from changqing.readers.capture import capture_paper
from changqing.readers.page_look import look_at_page
from changqing.readers.pdf import draw_page, draw_part, open_pdf
from tests.readers.paper_files import make_pdf

WORDS = "#set page(margin: 0mm)\n第一行\n\n第二行\n\n"
STAMP = (
    "#place(top + left, dx: 100mm, dy: 150mm,"
    " circle(radius: 20mm, stroke: 1.5mm + rgb(210, 40, 40),"
    " align(center + horizon, text(fill: rgb(210, 40, 40), size: 20pt)[★])))"
)


def turn(content: bytes, degrees: int) -> bytes:
    """Write on a PDF that its first page is shown turned."""
    document = pypdfium2.PdfDocument(content)
    document[0].set_rotation(degrees)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@contextmanager
def open_page(content: bytes) -> Iterator[Any]:
    with open_pdf(content) as document:
        page = document[0]
        yield page
        page.close()


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("shown", [0, 90])
def test_a_part_is_a_piece_of_the_whole(turned: int, shown: int) -> None:
    label = Box(left=1000, top=2000, right=1500, bottom=2100)
    with open_page(turn(make_pdf(WORDS + STAMP), shown)) as page:
        drawn = look_at_page(page).drawn
        assert drawn is not None
        whole = np.rot90(draw_page(page, 200, 1_400), k=-turned // 90)
        for labels in ((), (label,)):
            part = draw_part(page, drawn, turned, labels)
            high, wide = part.picture.shape[:2]
            assert part.page == (whole.shape[1], whole.shape[0])
            assert (
                wide * high
                < (0.25 if not labels else 1) * whole.shape[0] * (whole.shape[1])
            )
            piece = whole[part.top : part.top + high, part.left : part.left + wide]
            # The rim of a curve may be drawn a shade of 255 lighter.
            assert np.abs(part.picture.astype(int) - piece).max() <= 1


@pytest.mark.parametrize("shown", [0, 90])
def test_a_seal_stands_where_it_stands_on_the_page(shown: int) -> None:
    (page,) = capture_paper(turn(make_pdf(WORDS + STAMP), shown), "x.pdf").pages
    (mark,) = page.marks
    assert mark.kind is MarkKind.SEAL
    # 100 mm of 210 from the left, 150 of 297 from the top, 40 in width.
    for edge, place in (
        (mark.box.left, 100 / 210),
        (mark.box.right, 140 / 210),
        (mark.box.top, 150 / 297),
        (mark.box.bottom, 190 / 297),
    ):
        assert abs(edge / 10_000 - place) < 0.01


def test_words_and_rules_alone_are_not_drawn() -> None:
    rules = "#table(columns: 6, ..range(60).map(str))\n#line(length: 50mm)"
    with open_page(make_pdf(WORDS + rules)) as page:
        look = look_at_page(page)
    assert look.drawn is None
    assert not look.coded


def test_a_code_of_black_squares_drawn_one_by_one_is_read() -> None:
    code = zxingcpp.create_barcode("91110102MA00000004", zxingcpp.BarcodeFormat.QRCode)
    squares = "".join(
        f"#place(top + left, dx: {20 + x}mm, dy: {200 + y}mm,"
        " rect(width: 1mm, height: 1mm, fill: black))\n"
        for y, row in enumerate(np.asarray(code.to_image(scale=1)))
        for x, bright in enumerate(row)
        if not bright
    )
    (page,) = capture_paper(make_pdf(WORDS + squares), "x.pdf").pages
    (mark,) = page.marks
    assert (mark.kind, mark.text) == (MarkKind.CODE, "91110102MA00000004")
    assert 0.05 < mark.box.left / 10_000 < 0.15
