"""Readings of papers are kept as bytes that say the same and are the same."""

from __future__ import annotations

import pytest

from changqing.evidence.reading import (
    Box,
    BrokenReadingError,
    Cell,
    Mark,
    MarkKind,
    PaperPage,
    Reading,
    ReadingProblem,
    Span,
    decode_reading,
    encode_reading,
)


def make_reading() -> Reading:
    """Make a reading of one page that has some of everything."""
    box = Box(left=100, top=200, right=900, bottom=400)
    return Reading(
        paper="ab" * 32,
        reader="ocr",
        version="rapidocr-3.10",
        pages=(
            PaperPage(
                number=1,
                width=595,
                height=842,
                spans=(
                    Span(text="统一社会信用代码", box=box, confidence=97),
                    Span(text="5人", box=None, cell=Cell(table=0, row=1, column=2)),
                ),
                marks=(Mark(kind=MarkKind.CODE, box=box, text="https://a.example"),),
                turned=90,
                problem=ReadingProblem.UNCLEAR,
            ),
        ),
    )


def test_a_reading_survives_its_bytes() -> None:
    reading = make_reading()
    assert decode_reading(encode_reading(reading)) == reading


def test_the_same_reading_gives_the_same_bytes() -> None:
    assert encode_reading(make_reading()) == encode_reading(make_reading())


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]", b"\xff", b'{"pages": 3}'])
def test_other_bytes_are_no_reading(data: bytes) -> None:
    with pytest.raises(BrokenReadingError):
        decode_reading(data)
