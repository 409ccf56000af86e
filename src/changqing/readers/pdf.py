"""The pages of a PDF: by their text layer, or by their picture where it has none.

A page of scans may carry a few words (a stamp of the scanner, a page number), or a text
layer of letters without meaning, or one that a scanner's own OCR laid over the picture.
Then what is seen counts, and the page is read as a picture.
"""

from __future__ import annotations

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from changqing.evidence.reading import WHOLE, Box, Mark, MarkKind, PaperPage, Span
from changqing.readers.lines import (
    Glyph,
    make_box,
    make_spans,
    order_runs,
    split_at_gaps,
)
from changqing.readers.marks import (
    Frame,
    PagePart,
    find_seals,
    find_signatures,
    find_signing_place,
)
from changqing.readers.ocr import Picture
from changqing.readers.page_look import COVERS, Bounds, PageLook, look_at_page
from changqing.readers.picture import find_marks, read_picture
from changqing.readers.ruled_cells import (
    join_ruled_cells,
    place_rules,
    split_at_rules,
)

_DOTS_PER_INCH: Final = 200
_LONGEST: Final = 3_000
"""Pixels of the longer side of a page that is drawn to be read."""
_LOOKED_AT: Final = 1_400
"""Pixels of the longer side of a page that is drawn for its seals and codes."""
_AROUND: Final = 0.03
"""Of the longer side of a page: clear paper around what is drawn, to tell it by."""
_STEP: Final = 14
"""Pixels to which the part that is drawn is widened.

Seals are looked for on a half of it, rings on 3/7: so that each pixel of those is made
of the same pixels of the page, however much of it is drawn.
"""
_FEW: Final = 60
"""Characters; a page with fewer and with a picture is looked at."""
_UNREADABLE: Final = 0.15
"""Share of characters without meaning with which a text layer is worth nothing."""
_ASKS: Final = re.compile(
    r"签\s*(?:字|名|章|署|[（(]章[）)])|代\s*表\s*人?[^，。]{0,8}[:：]?$"
)
_LABEL: Final = 14
"""Characters of the end of a line that asks for a signature."""
_SLANTED: Final = 3.0
"""Degrees off a quarter turn from which characters are no line: a watermark."""


class LockedPdfError(ValueError):
    """A PDF opens with a password alone."""


class BrokenPdfError(ValueError):
    """Bytes are no PDF that can be opened."""


@contextmanager
def open_pdf(content: bytes) -> Iterator[Any]:
    """Open a PDF; raises LockedPdfError or BrokenPdfError."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if pdfium.FPDF_GetLastError() == pdfium.FPDF_ERR_PASSWORD:
            raise LockedPdfError from error
        if "password" in str(error).lower():
            raise LockedPdfError from error
        raise BrokenPdfError(str(error)) from error
    try:
        yield document
    finally:
        document.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfPage:
    """A page that was read; `seen` if it was read as a picture."""

    page: PaperPage
    seen: bool


def read_pdf_page(document: Any, at: int) -> PdfPage:
    """Read the page at that place, counted from 0."""
    try:
        page = document[at]
    except pypdfium2.PdfiumError as error:
        raise BrokenPdfError(str(error)) from error
    try:
        if pdfium.FPDFPage_GetAnnotCount(page) > 0:
            # What was filled into a form is drawn by its fields, not by the page.
            pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
            page.close()
            page = document[at]
        return _read_page(page, at + 1)
    finally:
        page.close()


def _read_page(page: Any, number: int) -> PdfPage:
    width, height = page.get_size()
    letters, slanted = _read_letters(page)
    look = look_at_page(page)
    if _is_to_be_seen(letters, look):
        picture = draw_page(page, _DOTS_PER_INCH)
        return PdfPage(
            page=read_picture(picture, number, photographed=False), seen=True
        )
    turned = _find_turn(letters)
    if turned:
        letters = [_turn_letter(letter, turned) for letter in letters]
        slanted = [_turn_letter(letter, turned) for letter in slanted]
        if turned % 180:
            width, height = height, width
    scale_x, scale_y = width / WHOLE, height / WHOLE
    runs = order_runs(
        split_at_gaps(letter.place(scale_x, scale_y) for letter in letters)
    )
    rules = [] if turned else place_rules(look.rules, width, height)
    runs = split_at_rules(runs, rules, scale_x, scale_y)
    spans = join_ruled_cells(make_spans(runs, width, height), rules)
    spans += [
        *_make_slanted_spans(slanted, scale_x, scale_y, width, height),
    ]
    marks: tuple[Mark, ...] = ()
    if look.drawn is not None:
        labels = [
            span.box
            for span in spans
            if span.box is not None and _ASKS.search(span.text[-_LABEL:])
        ]
        part = draw_part(page, look.drawn, turned, labels)
        seals = find_seals(part.picture, may_be_grey=look.ringed, page=part.page)
        marks = (
            *find_marks(part, seals, seen=False, coded=look.coded),
            *_find_signatures(part, spans, labels),
        )
    paper_page = PaperPage(
        number=number,
        width=round(width),
        height=round(height),
        spans=tuple(spans),
        marks=marks,
        turned=turned,
    )
    return PdfPage(page=paper_page, seen=False)


def _find_signatures(
    part: PagePart, spans: Iterable[Span], labels: Sequence[Box]
) -> Iterator[Mark]:
    """Find what is drawn, not set, where labels of a page ask for a signature."""
    if not labels:
        return

    def make_frame(box: Box) -> Frame:
        left, top, right, bottom = _place_box(box, part.page)
        return left - part.left, top - part.top, right - part.left, bottom - part.top

    words = [make_frame(span.box) for span in spans if span.box is not None]
    for frame in find_signatures(
        part.picture, words, [make_frame(label) for label in labels]
    ):
        yield Mark(kind=MarkKind.SIGNATURE, box=part.make_box(*frame))


def _place_box(box: Box, page: tuple[int, int]) -> Frame:
    """Return the pixels of a box on a page of that size."""
    wide, high = page
    return (
        box.left * wide // WHOLE,
        box.top * high // WHOLE,
        box.right * wide // WHOLE,
        box.bottom * high // WHOLE,
    )


def draw_part(
    page: Any, drawn: Bounds, turned: int, labels: Iterable[Box] = ()
) -> PagePart:
    """Draw the part of a page that may hold marks, turned clockwise as it is read.

    That is where something is drawn, and beside the labels that ask for a signature,
    which a pen draws in lines as thin as those of tables. The pixels are those that
    drawing all of the page shows there.
    """
    scale = _find_scale(page, _DOTS_PER_INCH, _LOOKED_AT)
    size = _measure_page(page, scale)
    to_page = _find_map(page)
    begin_x, begin_y = to_page(*drawn[:2])
    end_x, end_y = to_page(*drawn[2:])
    across = [x * size[0] / WHOLE for x in (begin_x, end_x)]
    down = [y * size[1] / WHOLE for y in (begin_y, end_y)]
    around = _AROUND * max(size)
    on_page = (
        math.floor(min(across) - around),
        math.floor(min(down) - around),
        math.ceil(max(across) + around),
        math.ceil(max(down) + around),
    )
    shown = size if turned % 180 == 0 else (size[1], size[0])
    frames = [_turn_frame(on_page, size, turned)]
    frames += [find_signing_place(_place_box(label, shown)) for label in labels]
    lefts, tops, rights, bottoms = zip(*frames, strict=True)
    left, right = _align_side(min(lefts), max(rights), shown[0])
    top, bottom = _align_side(min(tops), max(bottoms), shown[1])
    back = (360 - turned) % 360
    picture = _draw_frame(
        page, scale, _turn_frame((left, top, right, bottom), shown, back)
    )
    if turned:
        picture = np.ascontiguousarray(np.rot90(picture, k=-turned // 90))
    return PagePart(picture=picture, left=left, top=top, page=shown)


def _turn_frame(frame: Frame, size: tuple[int, int], turned: int) -> Frame:
    """Return where a frame of a page of that size is when it is turned clockwise."""
    left, top, right, bottom = frame
    width, height = size
    match turned:
        case 90:
            return height - bottom, left, height - top, right
        case 180:
            return width - right, height - bottom, width - left, height - top
        case 270:
            return top, width - right, bottom, width - left
        case _:
            return frame


def _align_side(begin: int, end: int, whole: int) -> tuple[int, int]:
    """Widen one side of a frame to whole steps, within the page and at least one."""
    begin = min(max(begin, 0), whole - 1) // _STEP * _STEP
    end = -(-end // _STEP) * _STEP
    return begin, min(max(end, begin + _STEP), whole)


def draw_page(page: Any, dots_per_inch: int, longest: int = _LONGEST) -> Picture:
    """Draw a page as a picture of blue, green and red, its longer side at most so."""
    scale = _find_scale(page, dots_per_inch, longest)
    return _draw_frame(page, scale, (0, 0, *_measure_page(page, scale)))


def _measure_page(page: Any, scale: float) -> tuple[int, int]:
    """Return the pixels in width and height of a page that is drawn."""
    width, height = page.get_size()
    return math.ceil(width * scale), math.ceil(height * scale)


def _find_scale(page: Any, dots_per_inch: int, longest: int) -> float:
    """Return the pixels for a point of a page, its longer side at most so long."""
    width, height = page.get_size()
    # A little less: the size is rounded up.
    return float(min(dots_per_inch / 72, (longest - 0.01) / max(width, height, 1.0)))


def _draw_frame(page: Any, scale: float, frame: Frame) -> Picture:
    """Draw what stands on a page between these pixels of it."""
    width, height = _measure_page(page, scale)
    left, top, right, bottom = frame
    # What is cut off is told in points, which are rounded up to pixels.
    cut = [
        max(pixels - 0.5, 0) / scale
        for pixels in (left, height - bottom, width - right, top)
    ]
    bitmap = page.render(
        scale=scale, crop=tuple(cut), rev_byteorder=False, prefer_bgrx=False
    )
    try:
        drawn = np.asarray(bitmap.to_numpy(), dtype=np.uint8)
        if drawn.ndim == 2 or drawn.shape[2] == 1:
            drawn = np.repeat(drawn.reshape(*drawn.shape[:2], 1), 3, axis=2)
        return np.ascontiguousarray(drawn[:, :, :3])
    finally:
        bitmap.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _PageLetter:
    """A character: its box in ten-thousandths of the page, and how it is turned."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    angle: float  # degrees clockwise, as shown

    def place(self, scale_x: float, scale_y: float) -> Glyph:
        return Glyph(
            text=self.text,
            left=self.left * scale_x,
            top=self.top * scale_y,
            right=self.right * scale_x,
            bottom=self.bottom * scale_y,
        )


_HYPHEN_AT_END: Final = 0x02
"""What PDFium gives for a hyphen that ends a line, as if the word went on without it.

A domain or a day (2026-05-) that is broken there would lose it.
"""


def _read_letters(page: Any) -> tuple[list[_PageLetter], list[_PageLetter]]:
    """Read the characters in the order in which they are drawn, and those aslant."""
    level: list[_PageLetter] = []
    slanted: list[_PageLetter] = []
    to_page = _find_map(page)
    rotation = page.get_rotation()
    layer = page.get_textpage()
    try:
        # Called for each of thousands of characters, so that looking names up counts.
        raw = layer.raw
        find_code, find_angle = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetCharAngle
        is_generated, find_box = (
            pdfium.FPDFText_IsGenerated,
            pdfium.FPDFText_GetLooseCharBox,
        )
        place = pdfium.FS_RECTF()
        where = ctypes.byref(place)
        for at in range(layer.count_chars()):
            code = find_code(raw, at)
            if code == _HYPHEN_AT_END:
                code = ord("-")
            if code < 0x20 or code in (0xFFFE, 0xFFFF, 0xAD):
                continue
            if is_generated(raw, at) == 1:
                continue
            if not find_box(raw, at, where):
                continue
            angle = (math.degrees(find_angle(raw, at)) + rotation) % 360
            left, top = to_page(place.left, place.bottom)
            right, bottom = to_page(place.right, place.top)
            letter = _PageLetter(
                text=chr(code),
                left=min(left, right),
                top=min(top, bottom),
                right=max(left, right),
                bottom=max(top, bottom),
                angle=angle,
            )
            aslant = abs((angle + 45) % 90 - 45) > _SLANTED
            (slanted if aslant else level).append(letter)
    finally:
        layer.close()
    return level, slanted


def _find_map(page: Any) -> Any:
    """Return the function from the page's own points to ten-thousandths as shown."""
    whole = 10 * WHOLE
    x, y = ctypes.c_int(), ctypes.c_int()

    def show_point(left: float, bottom: float) -> tuple[float, float]:
        pdfium.FPDF_PageToDevice(
            page, 0, 0, whole, whole, 0, left, bottom, ctypes.byref(x), ctypes.byref(y)
        )
        return x.value / 10, y.value / 10

    begin, right, up = show_point(0, 0), show_point(1000, 0), show_point(0, 1000)
    along = (right[0] - begin[0]) / 1000, (right[1] - begin[1]) / 1000
    upwards = (up[0] - begin[0]) / 1000, (up[1] - begin[1]) / 1000

    def move(left: float, bottom: float) -> tuple[float, float]:
        return (
            begin[0] + left * along[0] + bottom * upwards[0],
            begin[1] + left * along[1] + bottom * upwards[1],
        )

    return move


def _find_turn(letters: Sequence[_PageLetter]) -> int:
    """Return by how many degrees clockwise most characters must be turned."""
    ways = [round(letter.angle / 90) % 4 for letter in letters if letter.text.strip()]
    if not ways:
        return 0
    most = max(set(ways), key=ways.count)
    return (360 - 90 * most) % 360 if ways.count(most) > 0.6 * len(ways) else 0


def _turn_letter(letter: _PageLetter, turned: int) -> _PageLetter:
    left, top, right, bottom = letter.left, letter.top, letter.right, letter.bottom
    match turned:
        case 90:
            sides = WHOLE - bottom, left, WHOLE - top, right
        case 180:
            sides = WHOLE - right, WHOLE - bottom, WHOLE - left, WHOLE - top
        case _:
            sides = top, WHOLE - right, bottom, WHOLE - left
    return _PageLetter(
        text=letter.text,
        left=sides[0],
        top=sides[1],
        right=sides[2],
        bottom=sides[3],
        angle=(letter.angle + turned) % 360,
    )


def _make_slanted_spans(
    letters: Sequence[_PageLetter],
    scale_x: float,
    scale_y: float,
    width: float,
    height: float,
) -> Iterator[Span]:
    """Make one span of each sequence of characters drawn aslant, at the end."""
    span_glyphs: list[Glyph] = []
    for letter in [*letters, None]:
        glyph = None if letter is None else letter.place(scale_x, scale_y)
        if span_glyphs and (glyph is None or _is_far(span_glyphs[-1], glyph)):
            text = "".join(glyph.text for glyph in span_glyphs).strip()
            if text:
                yield Span(text=text, box=_make_box_around(span_glyphs, width, height))
            span_glyphs = []
        if glyph is not None:
            span_glyphs.append(glyph)


def _is_far(last: Glyph, glyph: Glyph) -> bool:
    size = max(last.bottom - last.top, last.right - last.left)
    away = np.hypot(
        (glyph.left + glyph.right - last.left - last.right) / 2,
        (glyph.top + glyph.bottom - last.top - last.bottom) / 2,
    )
    return bool(away > 3.5 * size)


def _make_box_around(glyphs: Sequence[Glyph], width: float, height: float) -> Box:
    return make_box(
        min(glyph.left for glyph in glyphs),
        min(glyph.top for glyph in glyphs),
        max(glyph.right for glyph in glyphs),
        max(glyph.bottom for glyph in glyphs),
        width,
        height,
    )


def _is_to_be_seen(letters: Sequence[_PageLetter], look: PageLook) -> bool:
    """Whether the page is read as a picture."""
    words = [letter.text for letter in letters if letter.text.strip()]
    if not words:
        return True
    senseless = sum(unicodedata.category(word) in ("Co", "Cn", "Cs") for word in words)
    senseless += words.count("\ufffd")
    if senseless > _UNREADABLE * len(words):
        return True
    if look.covered < COVERS:
        return False
    return look.hidden or len(words) < _FEW
