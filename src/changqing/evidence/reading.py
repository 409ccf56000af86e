"""What was read in a paper: its pages, the words on them, and where they stand.

A reading is made once (`changqing.readers`), kept as evidence by its digest beside the
paper it was made of, and read as often as somebody asks. It holds what stands there
and nothing that was concluded from it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from changqing.evidence.ledger.entry import encode_canonical
from changqing.jsondata import Json, read_list, read_text, read_whole
from changqing.text import Text, WordedEnum

WHOLE: Final = 10_000
"""Width, and height, of every page in the units of a `Box`."""
SURE: Final = 100
"""Confidence of what a file itself says: a text layer, a cell."""


class BrokenReadingError(ValueError):
    """Bytes are no reading as this program writes them."""


class ReadingProblem(WordedEnum):
    """Why a paper could not be read, or not all of it."""

    LOCKED = "locked", Text("文件加了密码", "the file is locked by a password")
    BROKEN = "broken", Text("文件已损坏", "the file is damaged")
    EMPTY = "empty", Text("文件是空的", "the file is empty")
    BLANK = "blank", Text("页面上没有字", "nothing stands on its pages")
    FOREIGN = "foreign", Text("不是能读的文件类型", "it is no type of file we read")
    UNCLEAR = "unclear", Text("图像看不清", "the picture cannot be made out")
    SPARSE = (
        "sparse",
        Text("文字太少，看不出是什么材料", "too little text to tell what it is"),
    )
    TOO_LARGE = "too_large", Text("文件太大，没有读完", "too large to be read whole")
    NO_READER = "no_reader", Text("本机没有装读它的组件", "its reader is not installed")


class MarkKind(WordedEnum):
    """What is found on a page beside words. It is there; nobody says it is genuine."""

    SEAL = "seal", Text("印章", "seal")
    SIGNATURE = "signature", Text("手写签名", "handwritten signature")
    CODE = "code", Text("二维码或条码", "QR code or bar code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A place on a page shown upright, in ten-thousandths of its width and height."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A place in a table: tables, rows and columns of a page are counted from 0."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Words on one line, as the reader found them together.

    `confidence` is of 100; `box` None where a file has no pages of its own (text).
    `line` is set for lines of one cell that go on: a line in the middle of them, on
    which the words stand beside those of the next cell.
    """

    text: str
    box: Box | None
    confidence: int = SURE
    cell: Cell | None = None
    line: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A seal, a signature or a code; `text` is what a code says."""

    kind: MarkKind
    box: Box
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPage:
    """One page, its spans in the order in which one reads them.

    `width` and `height` are in points of a PDF or pixels of a picture, as shown
    upright; `turned` says by how many degrees clockwise the file had to be turned.
    """

    number: int  # from 1
    width: int
    height: int
    spans: tuple[Span, ...]
    marks: tuple[Mark, ...] = ()
    turned: int = 0
    problem: ReadingProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reader found in one paper.

    `paper` is the SHA-256 of the file; `reader` and `version` say what read it
    (`text` 1, `pdf` 1, `ocr` rapidocr-3.10). `problem` is set where nothing, or not
    everything, could be read.
    """

    paper: str
    reader: str
    version: str
    pages: tuple[PaperPage, ...]
    problem: ReadingProblem | None = None


FORM: Final = 1
"""Edition of the JSON of a reading; what an edition does not know it passes over."""


def encode_reading(reading: Reading) -> bytes:
    """Write a reading as canonical JSON, the same bytes for the same reading."""
    data: dict[str, Json] = {
        "form": FORM,
        "paper": reading.paper,
        "reader": reading.reader,
        "version": reading.version,
        "pages": [_encode_page(page) for page in reading.pages],
    }
    if reading.problem is not None:
        data["problem"] = reading.problem.value
    return encode_canonical(data)


def _encode_page(page: PaperPage) -> dict[str, Json]:
    data: dict[str, Json] = {
        "number": page.number,
        "width": page.width,
        "height": page.height,
        "spans": [_encode_span(span) for span in page.spans],
    }
    if page.marks:
        data["marks"] = [_encode_mark(mark) for mark in page.marks]
    if page.turned:
        data["turned"] = page.turned
    if page.problem is not None:
        data["problem"] = page.problem.value
    return data


def _encode_span(span: Span) -> dict[str, Json]:
    box = None if span.box is None else _encode_box(span.box)
    data: dict[str, Json] = {"text": span.text, "box": box}
    if span.confidence != SURE:
        data["confidence"] = span.confidence
    if span.cell is not None:
        cell = span.cell
        data["cell"] = {"table": cell.table, "row": cell.row, "column": cell.column}
    if span.line is not None:
        data["line"] = _encode_box(span.line)
    return data


def _encode_box(box: Box) -> dict[str, int]:
    return {
        "left": box.left,
        "top": box.top,
        "right": box.right,
        "bottom": box.bottom,
    }


def _encode_mark(mark: Mark) -> dict[str, Json]:
    data: dict[str, Json] = {"kind": mark.kind.value, "box": _encode_box(mark.box)}
    return {**data, "text": mark.text} if mark.text else data


def decode_reading(data: bytes) -> Reading:
    """Parse what `encode_reading` wrote; BrokenReadingError where it did not."""
    try:
        fields = json.loads(data)
        return Reading(
            paper=read_text(fields["paper"]),
            reader=read_text(fields["reader"]),
            version=read_text(fields["version"]),
            pages=tuple(_decode_page(page) for page in read_list(fields["pages"])),
            problem=_decode_problem(fields),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BrokenReadingError(str(error)) from error


def _decode_page(fields: Any) -> PaperPage:
    return PaperPage(
        number=read_whole(fields["number"]),
        width=read_whole(fields["width"]),
        height=read_whole(fields["height"]),
        spans=tuple(_decode_span(span) for span in read_list(fields["spans"])),
        marks=tuple(_decode_mark(mark) for mark in read_list(fields.get("marks", []))),
        turned=read_whole(fields.get("turned", 0)),
        problem=_decode_problem(fields),
    )


def _decode_span(fields: Any) -> Span:
    cell, line = fields.get("cell"), fields.get("line")
    return Span(
        text=read_text(fields["text"]),
        box=None if fields["box"] is None else _decode_box(fields["box"]),
        confidence=read_whole(fields.get("confidence", SURE)),
        cell=None
        if cell is None
        else Cell(
            table=read_whole(cell["table"]),
            row=read_whole(cell["row"]),
            column=read_whole(cell["column"]),
        ),
        line=None if line is None else _decode_box(line),
    )


def _decode_box(fields: Any) -> Box:
    return Box(
        left=read_whole(fields["left"]),
        top=read_whole(fields["top"]),
        right=read_whole(fields["right"]),
        bottom=read_whole(fields["bottom"]),
    )


def _decode_mark(fields: Any) -> Mark:
    return Mark(
        kind=MarkKind(read_text(fields["kind"])),
        box=_decode_box(fields["box"]),
        text=read_text(fields.get("text", "")),
    )


def _decode_problem(fields: Any) -> ReadingProblem | None:
    problem = fields.get("problem")
    return None if problem is None else ReadingProblem(read_text(problem))
