"""A page of a paper as a picture, as upright as it was read.

A person who settles a value looks at the place that says it. The picture is made when
somebody looks, and kept nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from changqing.readers.capture import stay_in
from changqing.readers.filetype import FileType, find_type
from changqing.sandbox.pool import Limits, shared_pool

if TYPE_CHECKING:
    from changqing.readers.ocr import Picture

LIMITS: Final = Limits(seconds=30, memory=1_000 << 20, output=0)
LONGEST: Final = 1_600
"""Pixels of the longer side."""
_DOTS_PER_INCH: Final = 130
_QUARTER: Final = 90


def draw_page_apart(
    content: bytes, name: str, *, number: int, turned: int
) -> bytes | None:
    """Draw a page as PNG in a child process; None where the file has no such page.

    `number` counts from 1; `turned` is what the reading says of the page, in degrees
    clockwise. Raises GivenUpError where it takes too much or every child is busy.
    """
    pool = shared_pool(
        "readers", prepare=f"{stay_in.__module__}:{stay_in.__name__}", patience=120.0
    )
    return pool.run(LIMITS, draw_page_view, content, name, number, turned)


def draw_page_view(content: bytes, name: str, number: int, turned: int) -> bytes | None:
    """Draw a page as PNG in this very process."""
    import cv2
    import numpy as np

    picture = _find_picture(content, find_type(content, name), number)
    if picture is None:
        return None
    picture = np.ascontiguousarray(np.rot90(picture, -(turned // _QUARTER)))
    height, width = picture.shape[:2]
    scale = min(1.0, LONGEST / max(height, width))
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        picture = np.asarray(
            cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8
        )
    made, packed = cv2.imencode(".png", picture)
    return packed.tobytes() if made else None


def _find_picture(content: bytes, kind: FileType, number: int) -> Picture | None:
    if kind is FileType.PDF:
        from changqing.readers.pdf import draw_page, open_pdf

        with open_pdf(content) as document:
            if not 1 <= number <= len(document):
                return None
            return draw_page(document[number - 1], _DOTS_PER_INCH)
    if kind is FileType.PICTURE:
        from changqing.readers.picture import open_pictures

        return next(open_pictures(content, number - 1), None)
    return None
