"""What stands on a page beside words: seals, signatures and codes.

A seal is looked for as red ink in a round, oval or square frame, and where there is no
red (the blue one of a registry, a fax, a grey copy) as a ring with clear paper around.
That it is there is all that is said; nobody can tell from a picture whether it is
genuine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from changqing.evidence.reading import Box
from changqing.readers.lines import make_box
from changqing.readers.ocr import Picture, shrink_picture

_SMALL: Final = 700
"""Pixels of the longer side of the picture on which seals are looked for."""
_LEAST: Final = 0.035
_MOST: Final = 0.4
"""Sides of a seal, of the longer side of the page."""
_ROUND: Final = 2.0
"""How many times longer than high, or the reverse, a seal may be."""
_RING_SIZE: Final = 600
"""Pixels of the longer side of the picture on which rings are looked for."""
_RINGS: Final = (0.035, 0.13)
"""Radius of a ring, of the longer side of the page."""
_MOST_RINGS: Final = 12
_DARKER: Final = 40
"""By how much, of 255, ink is darker than paper."""
_INK: Final = 150
"""Brightness, of 255, below which a pixel is ink."""
_INKED: Final = (0.06, 0.62)
"""How much of its box is inked: an emblem is filled, a line is thin."""


Frame = tuple[int, int, int, int]
"""Left, top, right and bottom, in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A seal on a picture: its box in pixels, and whether its ink is red."""

    left: int
    top: int
    right: int
    bottom: int
    red: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PagePart:
    """A part of a page as a picture: where it begins, and the size of the page."""

    picture: Picture
    left: int = 0
    top: int = 0
    page: tuple[int, int]
    """Width and height, in pixels of the picture."""

    def make_box(self, left: float, top: float, right: float, bottom: float) -> Box:
        """Make the box on the page of a frame of the picture."""
        return make_box(
            left + self.left,
            top + self.top,
            right + self.left,
            bottom + self.top,
            *self.page,
        )


def make_whole(picture: Picture) -> PagePart:
    """Make the part that is all of a page."""
    height, width = picture.shape[:2]
    return PagePart(picture=picture, page=(width, height))


def mask_red(picture: Picture) -> NDArray[np.bool_]:
    """Say of each pixel whether it is red ink on paper, or red ink over print."""
    blue, green, red = cv2.split(picture)
    other, least = cv2.max(blue, green), cv2.min(blue, green)
    apart = cv2.subtract(other, least).astype(np.uint16)
    above = cv2.subtract(red, least).astype(np.uint16)
    # Ink of a seal is nearly as far from green as from blue; gold and skin are not.
    inked = (cv2.subtract(red, other) > 28) & (red > 90) & (20 * apart < 11 * above)
    return np.asarray(inked, dtype=np.bool_)


def find_seals(
    picture: Picture, *, may_be_grey: bool = True, page: tuple[int, int] | None = None
) -> list[Seal]:
    """Find the seals of a picture: red ones, or else, if there may be any, grey ones.

    To look for those takes ten times as long. `page` is the size of the page of which
    the picture is a part, in its pixels.
    """
    width, height = page or (picture.shape[1], picture.shape[0])
    longest = max(height, width)
    scale = min(1.0, _SMALL / longest)
    small = shrink_picture(picture, scale) if scale < 1 else picture
    whole = round(longest * scale)
    red = mask_red(small).astype(np.uint8)
    if red.sum() > 0.25 * height * width * scale**2:  # red paper, not red ink
        return []
    if not red.any():
        return _find_rings(picture, longest) if may_be_grey else []
    near = max(3, round(0.012 * whole)) | 1
    closed = cv2.morphologyEx(
        red, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (near, near))
    )
    _, _, parts, _ = cv2.connectedComponentsWithStats(closed)
    seals = []
    for left, top, wide, high, _area in parts[1:].tolist():
        long, short = max(wide, high), min(wide, high)
        if not (_LEAST * whole < long < _MOST * whole and long <= _ROUND * short):
            continue
        box = red[top : top + high, left : left + wide]
        if not _INKED[0] < float(box.mean()) < _INKED[1] or not _reaches_rim(box):
            continue
        seals.append(
            Seal(
                left=round(left / scale),
                top=round(top / scale),
                right=round((left + wide) / scale),
                bottom=round((top + high) / scale),
            )
        )
    if not seals:
        return _find_rings(picture, longest) if may_be_grey else []
    return [
        seal for seal in seals if not any(_is_inside(seal, other) for other in seals)
    ]


def _find_rings(picture: Picture, longest: int) -> list[Seal]:
    """Find rings of ink with clear paper outside and letters, no ring, inside.

    `longest` is the longer side of the page, in pixels of the picture.
    """
    scale = min(1.0, _RING_SIZE / longest)
    gray = cv2.cvtColor(shrink_picture(picture, scale), cv2.COLOR_BGR2GRAY)
    gray = np.asarray(cv2.GaussianBlur(gray, (3, 3), 0), dtype=np.uint8)
    whole = round(longest * scale)
    circles = cv2.HoughCircles(
        gray,
        cv2.HOUGH_GRADIENT,
        1.5,
        0.1 * whole,
        param1=120,
        param2=60,
        minRadius=round(_RINGS[0] * whole),
        maxRadius=round(_RINGS[1] * whole),
    )
    if circles is None:
        return []
    inked = gray < float(np.median(gray)) - _DARKER
    seals = []
    for x, y, radius in np.asarray(circles).reshape(-1, 3)[:_MOST_RINGS].tolist():
        around = (
            _share_of_ring(inked, x, y, radius * size, band)
            for size, band in ((1.0, 2), (1.2, 1), (0.86, 1))
        )
        line, outside, inside = around
        if line > 0.94 and outside < 0.3 and inside < 0.7:
            seals.append(
                Seal(
                    left=max(round((x - radius) / scale), 0),
                    top=max(round((y - radius) / scale), 0),
                    right=round((x + radius) / scale),
                    bottom=round((y + radius) / scale),
                    red=False,
                )
            )
    return seals


def _share_of_ring(
    inked: NDArray[np.bool_], x: float, y: float, radius: float, band: int
) -> float:
    """Return the share of a ring, `band` pixels wide to each side, that is inked."""
    turns = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    is_inked = np.zeros(len(turns), dtype=bool)
    for step in range(-band, band + 1):
        across = np.round(x + (radius + step) * np.cos(turns)).astype(int)
        down = np.round(y + (radius + step) * np.sin(turns)).astype(int)
        on_page = (
            (across >= 0) & (down >= 0)
            & (across < inked.shape[1]) & (down < inked.shape[0])
        )  # fmt: skip
        is_inked[on_page] |= inked[down[on_page], across[on_page]]
    return float(is_inked.mean())


def _reaches_rim(box: NDArray[np.uint8]) -> bool:
    """Whether there is ink along the rim of its frame, on every side."""
    high, wide = box.shape
    y, x = np.mgrid[0:high, 0:wide]
    away_x, away_y = (x + 0.5) / wide * 2 - 1, (y + 0.5) / high * 2 - 1
    ring = np.hypot(away_x, away_y)
    square = np.maximum(np.abs(away_x), np.abs(away_y))
    turn = ((np.arctan2(away_y, away_x) / (2 * np.pi) + 1) % 1 * 24).astype(int)
    inked = box > 0
    rims = ((ring > 0.8) & (ring <= 1.03), square > 0.8)
    return any(len(np.unique(turn[inked & rim])) >= 17 for rim in rims)


def _is_inside(inner: Seal, outer: Seal) -> bool:
    return inner is not outer and (
        outer.left <= inner.left
        and outer.top <= inner.top
        and outer.right >= inner.right
        and outer.bottom >= inner.bottom
        and (inner.right - inner.left) < (outer.right - outer.left)
    )


def measure_red(picture: Picture) -> float:
    """Measure how bright, of 255, the red of seals is on a picture; 255 without any."""
    inked = mask_red(picture)
    return float(np.median(picture[:, :, 2][inked])) if inked.any() else 255.0


def lift_seal(picture: Picture, level: float | None = None) -> Picture:
    """Make red ink as light as paper, so that print below it can be read.

    `level` is the brightness of the ink, where it is known.
    """
    red = picture[:, :, 2]
    level = measure_red(picture) if level is None else level
    light = np.clip(red.astype(np.float32) * (245.0 / max(level, 120.0)), 0, 255)
    return np.repeat(light.astype(np.uint8)[:, :, None], 3, axis=2)


def find_codes(
    picture: Picture, *, seen: bool = True
) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Find QR codes and bar codes: what each says, and its corners in pixels.

    On a page that was drawn, not `seen`, they are level and sharp.
    """
    import zxingcpp

    gray = np.ascontiguousarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY))
    for code in zxingcpp.read_barcodes(
        gray, try_rotate=seen, try_downscale=seen, try_invert=seen
    ):
        place = code.position
        corners = (
            place.top_left,
            place.top_right,
            place.bottom_right,
            place.bottom_left,
        )
        if code.text:
            yield code.text, [(corner.x, corner.y) for corner in corners]


def find_signing_place(label: Frame) -> Frame:
    """Return where one signs that is asked to by a label: beside it and below."""
    _, top, right, bottom = label
    high = bottom - top
    return right - high, top - 2 * high, right + 10 * high, bottom + 7 * high


def find_signatures(
    picture: Picture, words: Sequence[Frame], labels: Sequence[Frame]
) -> Iterator[Frame]:
    """Find ink beside labels that ask for a signature, where no printed words stand.

    `words` are the frames of all that is printed, in pixels, `labels` those that ask.
    """
    level = measure_red(picture[::2, ::2])
    for label in labels:
        high = label[3] - label[1]
        begin_x, begin_y, end_x, end_y = (
            max(side, 0) for side in find_signing_place(label)
        )
        beside = picture[begin_y:end_y, begin_x:end_x]
        if not beside.size:
            continue
        ink = lift_seal(beside, level)[:, :, 0] < _INK
        for frame in words:
            _erase_word(ink, frame, begin_x, begin_y)
        near = _drop_rules(ink.astype(np.uint8))
        down, across = np.nonzero(near)
        if not len(down):
            continue
        wide, tall = int(np.ptp(across)), int(np.ptp(down))
        if wide > 1.5 * high and tall > 0.7 * high and len(down) > 0.25 * high * high:
            yield (
                begin_x + int(np.min(across)),
                begin_y + int(np.min(down)),
                begin_x + int(np.max(across)) + 1,
                begin_y + int(np.max(down)) + 1,
            )


def _erase_word(
    ink: NDArray[np.bool_], word: Frame, begin_x: int, begin_y: int
) -> None:
    """Take a printed word out of a piece of a page that begins there."""
    left, top, right, bottom = word
    rows = slice(max(top - 1 - begin_y, 0), max(bottom + 1 - begin_y, 0))
    ink[rows, max(left - 1 - begin_x, 0) : max(right + 1 - begin_x, 0)] = False


def _drop_rules(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Take away the rules on which one signs, and the frames of tables."""
    without_rules = ink.copy()
    for size in ((25, 1), (1, 25)):
        shape = cv2.getStructuringElement(cv2.MORPH_RECT, size)
        without_rules[cv2.morphologyEx(ink, cv2.MORPH_OPEN, shape) > 0] = 0
    return without_rules
