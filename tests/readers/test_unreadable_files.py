"""What cannot be read says why, and what is hostile is refused."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageFilter

from changqing.evidence.reading import (
    ReadingProblem,
)
from changqing.readers.capture import (
    capture_paper,
    capture_paper_apart,
)
from changqing.readers.package import MOST_UNPACKED
from tests.readers.paper_files import (
    draw_paper,
    make_pdf,
    make_word,
    make_zip,
    picture_bytes,
)
from tests.readers.read_words import NAME, join_words, list_words


def _locked() -> bytes:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret")
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


def _locked_office() -> bytes:
    return (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + b"\0" * 600
        + "EncryptedPackage".encode("utf-16-le")
    )


def _blurred() -> bytes:
    table = Image.new("RGB", (900, 700), (120, 110, 100))
    table.paste(draw_paper(), (120, 120))
    return picture_bytes(table.filter(ImageFilter.GaussianBlur(9)), "JPEG")


@pytest.mark.share
@pytest.mark.parametrize(
    ("name", "make", "problem"),
    [
        ("空.docx", lambda: b"", ReadingProblem.EMPTY),
        ("空白.pdf", lambda: make_pdf(" "), ReadingProblem.BLANK),
        ("空白.png", lambda: picture_bytes(Image.new("RGB", (600, 800), "white")), ReadingProblem.BLANK),
        ("空白.txt", lambda: b" \n\n", ReadingProblem.BLANK),
        ("空白.docx", make_word, ReadingProblem.BLANK),
        ("锁.pdf", _locked, ReadingProblem.LOCKED),
        ("锁.xlsx", _locked_office, ReadingProblem.LOCKED),
        ("坏.pdf", lambda: b"%PDF-1.7\ngarbage", ReadingProblem.BROKEN),
        ("坏.docx", lambda: make_word("x")[:-200], ReadingProblem.BROKEN),
        ("坏.png", lambda: picture_bytes(draw_paper())[:3000], ReadingProblem.BROKEN),
        ("坏.jpg", lambda: bytes(range(256)) * 9, ReadingProblem.BROKEN),
        ("程序.exe", lambda: b"MZ\0\0" + bytes(range(256)), ReadingProblem.FOREIGN),
        ("旧.doc", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, ReadingProblem.FOREIGN),
        ("包.zip", lambda: make_zip({"a.txt": "x"}), ReadingProblem.FOREIGN),
        ("糊.jpg", _blurred, ReadingProblem.UNCLEAR),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(name, make, problem) -> None:  # type: ignore[no-untyped-def]
    reading = capture_paper(make(), name)
    assert reading.problem is problem
    assert not list_words(reading)


def test_the_type_is_told_by_the_content_and_not_by_the_name() -> None:
    assert list_words(capture_paper(make_pdf("第一行"), "扫描件.jpg")) == ["第一行"]


@pytest.mark.long
def test_a_picture_without_words_is_no_blurred_one() -> None:
    hills = Image.effect_noise((900, 700), 90).convert("RGB")
    assert capture_paper(picture_bytes(hills), "x.png").problem is ReadingProblem.BLANK


@pytest.mark.long
def test_a_package_that_would_unfold_without_end_is_not_unpacked() -> None:
    bomb = make_zip(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": b"\0" * (MOST_UNPACKED + 1),
        }
    )
    assert len(bomb) < 1_000_000
    assert capture_paper(bomb, "x.docx").problem is ReadingProblem.TOO_LARGE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_part_that_declares_entities_is_refused(encoding: str) -> None:
    hostile = (
        f'<?xml version="1.0" encoding="{encoding}"?>'
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    ).encode(encoding)
    for parts in (
        {"OFD.xml": hostile},
        {"[Content_Types].xml": hostile, "word/document.xml": b"<x/>"},
        {"[Content_Types].xml": hostile, "xl/workbook.xml": b"<x/>"},
    ):
        reading = capture_paper(make_zip(parts), "x")
        assert reading.problem is ReadingProblem.BROKEN


@pytest.mark.long
def test_a_picture_of_a_hundred_million_pixels_is_read() -> None:
    page = draw_paper()
    large = Image.new("L", (12_000, 9_000), 255)
    large.paste(
        page.resize((9_600, 6_600), Image.Resampling.NEAREST).convert("L"), (0, 0)
    )
    content = picture_bytes(large, "PNG", compress_level=1)
    reading = capture_paper_apart(content, "x.png")
    assert NAME in join_words(reading)
    assert max(reading.pages[0].width, reading.pages[0].height) <= 4_000


@pytest.mark.long
def test_a_picture_larger_than_any_camera_takes_is_refused() -> None:
    large = picture_bytes(Image.new("1", (20_000, 20_000)), "PNG")
    assert capture_paper(large, "x.png").problem is ReadingProblem.TOO_LARGE


def test_more_pages_than_are_read_are_said() -> None:
    reading = capture_paper(
        make_pdf("#for at in range(301) [第#{at}页 #pagebreak(weak: true)]"), "x.pdf"
    )
    assert len(reading.pages) == 300
    assert reading.problem is ReadingProblem.TOO_LARGE
