"""The pages of a PDF: by their text layer, or by their picture where it has none.

A page of scans may carry a few words (a stamp of the scanner, a page number), or a text
layer of letters without meaning, or one that a scanner's own OCR laid over the picture.
Then what is seen counts, and the page is read as a picture.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from collections.abc import Iterator, Sequence
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
from changqing.readers.marks import Frame, find_seals, find_signatures
from changqing.readers.ocr import Picture
from changqing.readers.picture import find_marks, read_picture

_DOTS_PER_INCH: Final = 200
_LONGEST: Final = 3_000
"""Pixels of the longer side of a page that is drawn to be read."""
_LOOKED_AT: Final = 1_400
"""Pixels of the longer side of a page that is drawn for its seals and codes."""
_RING: Final = (0.05, 0.4)
"""Sides of what may be a seal in grey or blue, of the longer side of the page."""
_FEW: Final = 60
"""Characters; a page with fewer and with a picture is looked at."""
_COVERS: Final = 0.5
_UNREADABLE: Final = 0.15
"""Share of characters without meaning with which a text layer is worth nothing."""
_ASKS: Final = re.compile(
    r"签\s*(?:字|名|章|署|[（(]章[）)])|代\s*表\s*人?[^，。]{0,8}[:：]?$"
)
_LABEL: Final = 14
"""Characters of the end of a line that asks for a signature."""
_CURVED: Final = 12  # segments of a path; a frame has five
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
class PageLook:
    """What a page of a PDF holds, before it is read.

    `covered` is the share of it that pictures take; `hidden` whether its words are not
    to be seen; `coloured` whether anything but words and thin lines is drawn, and
    `ringed` whether some of it may be a seal that is not red.
    """

    covered: float
    hidden: bool
    coloured: bool
    ringed: bool


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
    spans = [
        *make_spans(runs, width, height),
        *_make_slanted_spans(slanted, scale_x, scale_y, width, height),
    ]
    marks: tuple[Mark, ...] = ()
    if look.coloured:
        picture = draw_page(page, _DOTS_PER_INCH, _LOOKED_AT)
        if turned:
            picture = np.ascontiguousarray(np.rot90(picture, k=-turned // 90))
        seals = find_seals(picture, may_be_grey=look.ringed)
        marks = (
            *find_marks(picture, seals, seen=False),
            *_find_signatures(picture, spans),
        )
    read = PaperPage(
        number=number,
        width=round(width),
        height=round(height),
        spans=tuple(spans),
        marks=marks,
        turned=turned,
    )
    return PdfPage(page=read, seen=False)


def _find_signatures(picture: Picture, spans: Sequence[Span]) -> Iterator[Mark]:
    """Find what is drawn, not set, where a page asks for a signature."""
    high, wide = picture.shape[:2]

    def make_frame(box: Box) -> Frame:
        return (
            box.left * wide // WHOLE,
            box.top * high // WHOLE,
            box.right * wide // WHOLE,
            box.bottom * high // WHOLE,
        )

    placed = [
        (span.text, make_frame(span.box)) for span in spans if span.box is not None
    ]
    labels = [place for text, place in placed if _ASKS.search(text[-_LABEL:])]
    if labels:
        words = [place for _, place in placed]
        for left, top, right, bottom in find_signatures(picture, words, labels):
            yield Mark(
                kind=MarkKind.SIGNATURE,
                box=make_box(left, top, right, bottom, wide, high),
            )


def draw_page(page: Any, dots_per_inch: int, longest: int = _LONGEST) -> Picture:
    """Draw a page as a picture of blue, green and red, its longer side at most so."""
    width, height = page.get_size()
    # A little less: the size is rounded up.
    scale = min(dots_per_inch / 72, (longest - 0.01) / max(width, height, 1.0))
    bitmap = page.render(scale=scale, rev_byteorder=False, prefer_bgrx=False)
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
        place = pdfium.FS_RECTF()
        where = ctypes.byref(place)
        raw = layer.raw
        for at in range(layer.count_chars()):
            code = pdfium.FPDFText_GetUnicode(raw, at)
            if code == _HYPHEN_AT_END:
                code = ord("-")
            if code < 0x20 or code in (0xFFFE, 0xFFFF, 0xAD):
                continue
            if pdfium.FPDFText_IsGenerated(raw, at) == 1:
                continue
            if not pdfium.FPDFText_GetLooseCharBox(raw, at, where):
                continue
            angle = np.degrees(pdfium.FPDFText_GetCharAngle(raw, at)) + rotation
            x = sorted((place.left, place.right))
            y = sorted((place.top, place.bottom))
            one, other = to_page(x[0], y[0]), to_page(x[1], y[1])
            letter = _PageLetter(
                text=chr(code),
                left=min(one[0], other[0]),
                top=min(one[1], other[1]),
                right=max(one[0], other[0]),
                bottom=max(one[1], other[1]),
                angle=float(angle) % 360,
            )
            aslant = abs((letter.angle + 45) % 90 - 45) > _SLANTED
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
    held: list[Glyph] = []
    for letter in [*letters, None]:
        glyph = None if letter is None else letter.place(scale_x, scale_y)
        if held and (glyph is None or _is_far(held[-1], glyph)):
            text = "".join(glyph.text for glyph in held).strip()
            if text:
                yield Span(text=text, box=_make_box_around(held, width, height))
            held = []
        if glyph is not None:
            held.append(glyph)


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


def look_at_page(page: Any) -> PageLook:
    """Look at what a page holds beside its words."""
    width, height = page.get_size()
    covered = 0.0
    hidden = shown = shapes = rings = 0
    for thing in page.get_objects(max_depth=3):
        match thing.type:
            case pdfium.FPDF_PAGEOBJ_IMAGE:
                left, bottom, right, top = thing.get_bounds()
                covered += max(right - left, 0) * max(top - bottom, 0)
                rings += _may_be_ring(thing, max(width, height))
            case pdfium.FPDF_PAGEOBJ_TEXT:
                mode = pdfium.FPDFTextObj_GetTextRenderMode(thing)
                if mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE:
                    hidden += 1
                else:
                    shown += 1
            case pdfium.FPDF_PAGEOBJ_PATH | pdfium.FPDF_PAGEOBJ_SHADING:
                shapes += not _is_thin_line(thing)
                curved = pdfium.FPDFPath_CountSegments(thing) > _CURVED
                rings += curved and _may_be_ring(thing, max(width, height))
            case _:
                pass
    return PageLook(
        covered=covered / max(width * height, 1.0),
        hidden=hidden > shown,
        coloured=covered > 0 or shapes > 0,
        ringed=rings > 0 or covered >= _COVERS * width * height,
    )


def _may_be_ring(thing: Any, longest: float) -> bool:
    """Whether something is about as high as wide, and of the size of a seal."""
    left, bottom, right, top = thing.get_bounds()
    wide, high = right - left, top - bottom
    least, most = (share * longest for share in _RING)
    longer, shorter = max(wide, high), min(wide, high)
    return bool(least < longer < most and longer <= 2 * shorter)


def _is_thin_line(thing: Any) -> bool:
    """Whether a shape is a rule or the frame of a table, in black or grey."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    found = False
    for ask in (pdfium.FPDFPageObj_GetStrokeColor, pdfium.FPDFPageObj_GetFillColor):
        if ask(thing, red, green, blue, alpha) and alpha.value:
            found = True
            values = red.value, green.value, blue.value
            if max(values) - min(values) > 40:
                return False
    left, bottom, right, top = thing.get_bounds()
    curved = pdfium.FPDFPath_CountSegments(thing) > _CURVED
    return found and not (curved and right - left > 5 and top - bottom > 5)


def _is_to_be_seen(letters: Sequence[_PageLetter], look: PageLook) -> bool:
    """Whether the page is read as a picture."""
    words = [letter.text for letter in letters if letter.text.strip()]
    if not words:
        return True
    senseless = sum(unicodedata.category(word) in ("Co", "Cn", "Cs") for word in words)
    senseless += words.count("\ufffd")
    if senseless > _UNREADABLE * len(words):
        return True
    if look.covered < _COVERS:
        return False
    return look.hidden or len(words) < _FEW
