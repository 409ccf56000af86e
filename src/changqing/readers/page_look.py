"""What a page of a PDF holds beside its words, told by its objects before it is drawn.

Seals, signatures and codes are drawn, not written. Only the part of a page where
anything is drawn beside words and thin lines has to be looked at, which is most of what
a page with a text layer costs.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pypdfium2.raw as pdfium

_RING: Final = (0.05, 0.4)
"""Sides of what may be a seal in grey or blue, of the longer side of the page."""
_CURVED: Final = 12  # segments of a path; a frame has five
COVERS: Final = 0.5
"""Share of a page from which a picture on it is what the page shows."""
_MODULE: Final = (0.6, 60.0)
"""Sides, in points, of one bar or square of a code that is drawn one by one."""
_RULE: Final = 2.5
"""Points of the thickest rule of a table."""
_MODULES: Final = 20
"""Bars or squares of the smallest code."""
_CODED: Final = 5 * _MODULES
"""Segments of paths from which they may be a code."""

Bounds = tuple[float, float, float, float]
"""Left, bottom, right and top, in points of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLook:
    """What a page of a PDF holds, before it is read.

    `covered` is the share of it that pictures take; `hidden` whether its words are not
    to be seen; `drawn` the bounds of all but words and thin lines, None where there is
    nothing else; `ringed` whether some of that may be a seal that is not red, `coded`
    whether some of it may be a code; `rules` the bounds of thin straight lines.
    """

    covered: float
    hidden: bool
    drawn: Bounds | None
    ringed: bool
    coded: bool
    rules: tuple[Bounds, ...] = ()


class _Drawn:
    """The bounds of what was added."""

    def __init__(self) -> None:
        self.bounds: Bounds | None = None

    def add(self, bounds: Bounds) -> None:
        if self.bounds is None:
            self.bounds = bounds
            return
        left, bottom, right, top = self.bounds
        self.bounds = (
            min(left, bounds[0]),
            min(bottom, bounds[1]),
            max(right, bounds[2]),
            max(top, bounds[3]),
        )


def look_at_page(page: Any) -> PageLook:
    """Look at what a page holds beside its words."""
    width, height = page.get_size()
    longest = max(width, height)
    covered = 0.0
    hidden = visible = pictures = segments = modules = 0
    ringed = False
    drawn, small = _Drawn(), _Drawn()
    form: Bounds | None = None
    rules: list[Bounds] = []
    for page_object in page.get_objects(max_depth=3):
        if page_object.type == pdfium.FPDF_PAGEOBJ_TEXT:
            mode = pdfium.FPDFTextObj_GetTextRenderMode(page_object)
            if mode == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE:
                hidden += 1
            else:
                visible += 1
            continue
        bounds = page_object.get_bounds()
        if page_object.type == pdfium.FPDF_PAGEOBJ_FORM and page_object.level == 0:
            form = bounds
        # What stands in a form is placed in the form; the form on the page.
        place = form if page_object.level and form is not None else bounds
        match page_object.type:
            case pdfium.FPDF_PAGEOBJ_IMAGE:
                left, bottom, right, top = bounds
                covered += max(right - left, 0) * max(top - bottom, 0)
                pictures += 1
                ringed = ringed or _may_be_ring(bounds, longest)
                drawn.add(place)
            case pdfium.FPDF_PAGEOBJ_PATH | pdfium.FPDF_PAGEOBJ_SHADING:
                count = max(pdfium.FPDFPath_CountSegments(page_object), 0)
                curved = count > _CURVED
                if not (curved or page_object.level):
                    rules.extend(_find_rules(page_object, bounds))
                if not _is_thin_line(page_object, bounds, curved=curved):
                    segments += count
                    drawn.add(place)
                elif _is_module(page_object, bounds):
                    modules += 1
                    small.add(place)
                ringed = ringed or (curved and _may_be_ring(bounds, longest))
            case _:
                pass
    if modules >= _MODULES and small.bounds is not None:
        drawn.add(small.bounds)
    return PageLook(
        covered=covered / max(width * height, 1.0),
        hidden=hidden > visible,
        drawn=drawn.bounds,
        ringed=ringed or covered >= COVERS * width * height,
        coded=pictures > 0 or segments >= _CODED or modules >= _MODULES,
        rules=tuple(rules),
    )


def _find_rules(page_object: Any, bounds: Bounds) -> Iterator[Bounds]:
    """Find the rule that a shape is, or the four of a frame that is drawn at once."""
    left, bottom, right, top = bounds
    wide, high = right - left, top - bottom
    if min(wide, high) <= _RULE < max(wide, high):
        yield bounds
    elif min(wide, high) > _RULE:
        filled, stroked = ctypes.c_int(), ctypes.c_int()
        if pdfium.FPDFPath_GetDrawMode(page_object, filled, stroked) and stroked.value:
            yield left, bottom, left, top
            yield right, bottom, right, top
            yield left, bottom, right, bottom
            yield left, top, right, top


def _may_be_ring(bounds: Bounds, longest: float) -> bool:
    """Whether something is about as high as wide, and of the size of a seal."""
    left, bottom, right, top = bounds
    wide, high = right - left, top - bottom
    least, most = (share * longest for share in _RING)
    longer, shorter = max(wide, high), min(wide, high)
    return bool(least < longer < most and longer <= 2 * shorter)


def _is_thin_line(page_object: Any, bounds: Bounds, *, curved: bool) -> bool:
    """Whether a shape is a rule or the frame of a table, in black or grey."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    has_colour = False
    for ask in (pdfium.FPDFPageObj_GetStrokeColor, pdfium.FPDFPageObj_GetFillColor):
        if ask(page_object, red, green, blue, alpha) and alpha.value:
            has_colour = True
            values = red.value, green.value, blue.value
            if max(values) - min(values) > 40:
                return False
    left, bottom, right, top = bounds
    return has_colour and not (curved and right - left > 5 and top - bottom > 5)


def _is_module(page_object: Any, bounds: Bounds) -> bool:
    """Whether a shape may be one bar of a bar code, or one square of a QR code."""
    left, bottom, right, top = bounds
    least, most = _MODULE
    if not (least <= right - left <= most and least <= top - bottom <= most):
        return False
    filled, stroked = ctypes.c_int(), ctypes.c_int()
    return bool(
        pdfium.FPDFPath_GetDrawMode(page_object, filled, stroked)
        and filled.value != pdfium.FPDF_FILLMODE_NONE
        and not stroked.value
    )
