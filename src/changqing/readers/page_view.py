"""A page of a paper as a picture, as upright as it was read.

A person who settles a value looks at the place that says it; whoever receives a bundle
sees that place cut out. The pictures are made when somebody looks, or seals.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from changqing.evidence.reading import WHOLE, Box
from changqing.readers.capture import stay_in
from changqing.readers.filetype import FileType, find_type
from changqing.sandbox.pool import Limits, Pool, get_shared_pool

if TYPE_CHECKING:
    from changqing.readers.ocr import Picture

LIMITS: Final = Limits(seconds=30, memory=1_000 << 20, output=0)
LONGEST: Final = 1_600
"""Pixels of the longer side."""
_DOTS_PER_INCH: Final = 130
_QUARTER: Final = 90
_LIBRARIES: Final = ("cv2", "numpy", "pypdfium2")
_DRAWN: Final = frozenset({FileType.PDF, FileType.PICTURE})
MOST_CLIP: Final = 48 << 10
"""Bytes of one place that is cut out of a page."""
_WIDEST: Final = 900
_HIGHEST: Final = 480
_LEAST_WIDTH: Final = 3_000
_LEAST_HEIGHT: Final = 250
_AROUND: Final = 120
"""What is shown of a page around a place, and at least, in its ten-thousandths."""
_QUALITIES: Final = (80, 60, 40)
"""Of the JPEG of a place, the first that is small enough."""


def has_drawer() -> bool:
    """Tell whether what draws pages is installed (the extra `papers`)."""
    return all(find_spec(name) is not None for name in _LIBRARIES)


def is_drawn(content: bytes, name: str) -> bool:
    """Tell whether a file has pages that can be drawn.

    Text, tables and Word have none.
    """
    return find_type(content, name) in _DRAWN


def draw_page_apart(
    content: bytes, name: str, *, number: int, turned: int
) -> bytes | None:
    """Draw a page as PNG in a child process; None where the file has no such page.

    `number` counts from 1; `turned` is what the reading says of the page, in degrees
    clockwise. Raises GivenUpError where it takes too much or every child is busy.
    """
    return _find_pool().run(LIMITS, draw_page_view, content, name, number, turned)


def clip_places_apart(
    content: bytes, name: str, *, number: int, turned: int, boxes: Sequence[Box]
) -> list[bytes]:
    """Cut places out of a page in a child process: a small JPEG for each box.

    Nothing where the file has no such page. The same file, boxes and libraries give the
    same bytes. Raises GivenUpError where it takes too much or every child is busy.
    """
    return _find_pool().run(
        LIMITS, clip_places, content, name, number, turned, tuple(boxes)
    )


def _find_pool() -> Pool:
    return get_shared_pool(
        "readers", prepare=f"{stay_in.__module__}:{stay_in.__name__}", patience=120.0
    )


def draw_page_view(content: bytes, name: str, number: int, turned: int) -> bytes | None:
    """Draw a page as PNG in this very process."""
    import cv2

    picture = _draw_upright(content, name, number, turned)
    if picture is None:
        return None
    is_encoded, packed = cv2.imencode(
        ".png", _shrink_picture(picture, LONGEST, LONGEST)
    )
    return packed.tobytes() if is_encoded else None


def clip_places(
    content: bytes, name: str, number: int, turned: int, boxes: Sequence[Box]
) -> list[bytes]:
    """Cut places out of a page in this very process."""
    picture = _draw_upright(content, name, number, turned)
    if picture is None:
        return []
    return [
        _pack_picture(_shrink_picture(_clip_picture(picture, box), _WIDEST, _HIGHEST))
        for box in boxes
    ]


def _draw_upright(
    content: bytes, name: str, number: int, turned: int
) -> Picture | None:
    import numpy as np

    picture = _find_picture(content, find_type(content, name), number)
    if picture is None:
        return None
    return np.ascontiguousarray(np.rot90(picture, -(turned // _QUARTER)))


def _clip_picture(picture: Picture, box: Box) -> Picture:
    """Cut out a place with a little around it, wide enough to be recognised."""
    height, width = picture.shape[:2]
    left, right = _spread_stretch(box.left, box.right, _LEAST_WIDTH)
    top, bottom = _spread_stretch(box.top, box.bottom, _LEAST_HEIGHT)
    return picture[
        top * height // WHOLE : max(bottom * height // WHOLE, 1),
        left * width // WHOLE : max(right * width // WHOLE, 1),
    ]


def _spread_stretch(start: int, end: int, least: int) -> tuple[int, int]:
    more = max(_AROUND, (least - (end - start)) // 2)
    start, end = min(start, WHOLE - 1), min(end, WHOLE)
    return max(0, start - more), min(WHOLE, max(end, start + 1) + more)


def _pack_picture(picture: Picture) -> bytes:
    """Write a picture as JPEG, smaller until it is within `MOST_CLIP`."""
    import cv2

    while True:
        for quality in _QUALITIES:
            options = [cv2.IMWRITE_JPEG_QUALITY, quality]
            _, packed = cv2.imencode(".jpg", picture, options)
            if len(packed) <= MOST_CLIP:
                return packed.tobytes()
        height, width = picture.shape[:2]
        picture = _shrink_picture(picture, width // 2, height // 2)


def _shrink_picture(picture: Picture, widest: int, highest: int) -> Picture:
    """Make a picture no larger than it may be; a smaller one stays as it is."""
    import cv2
    import numpy as np

    height, width = picture.shape[:2]
    scale = min(widest / width, highest / height)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(
        cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8
    )


def find_page_picture(content: bytes, name: str, number: int) -> Picture | None:
    """Draw a page as it lies in the file, in this very process; None where none is."""
    return _find_picture(content, find_type(content, name), number)


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
