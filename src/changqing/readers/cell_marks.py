"""Ticks and dashes in the ruled cells of a list of months, by their shape.

OCR is taught words: a tick alone in a cell is passed over, or read for a 5. The rules
of the table say where its cells are; a cell in which no word was read and that holds
the shape of a tick or of a dash is given that sign. Anything else is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from changqing.readers.ocr import Corners, Letter, Picture, ReadLine

TICK: Final = "√"
DASH: Final = "—"
_SURE: Final = 0.9
"""Of 1: how sure a shape is of which every measure fits."""
_WEAK: Final = 0.93
"""A lone letter that was read less surely gives way to a shape."""
_MONTH: Final = re.compile(
    r"(?:20\d{2}\s*[-./年]?\s*)?(?:0?[1-9]|1[0-2])月|20\d{2}\s*[-./年]?\s*(?:0[1-9]|1[0-2])|20\d{2}\s*[-./年]\s*[1-9]"
)
_MONTHS: Final = 3
"""Heads that are a month: a list with fewer is no table of months."""
_LEAST: Final = 3
"""Shapes of which a page must have so many: one alone may be dirt."""
_CLOSEST: Final = 2_400
"""Pixels of the longer side at which shapes are looked at."""

Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class _RuledCell:
    """The inside of a cell, in pixels."""

    left: int
    top: int
    right: int
    bottom: int


def has_month_heads(lines_read: Sequence[ReadLine]) -> bool:
    """Tell whether several lines are a month alone, as heads of a month table are."""
    months = {line.text for line in lines_read if _MONTH.fullmatch(line.text.strip())}
    return len(months) >= _MONTHS


def mark_cells(
    picture: Picture, lines_read: Sequence[ReadLine], frames: Sequence[Corners]
) -> list[ReadLine]:
    """Give the lines of a level picture with the signs in its cells that OCR missed.

    `frames` are the corners of `lines_read` on this very picture, as are the signs'.
    A lone letter that was read weakly where a sign stands is left out.
    """
    heights = [float(np.ptp(corners[:, 1])) for corners in frames]
    if not heights:
        return []
    tall = float(np.median(heights))
    scale = min(1.0, _CLOSEST / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ink = _find_ink(np.asarray(small, dtype=np.uint8))
    signs: list[tuple[ReadLine, list[int]]] = []
    for cell in _find_cells(ink, tall * scale):
        inside = [
            number
            for number, corners in enumerate(frames)
            if _is_in_cell(corners * scale, cell)
        ]
        if any(not _is_weak(lines_read[number]) for number in inside):
            continue
        sign = _name_shape(ink, cell, tall * scale)
        if sign is not None:
            signs.append((_write_sign(sign, cell, scale), inside))
    if len(signs) < _LEAST:
        return list(lines_read)
    replaced = {number for _, inside in signs for number in inside}
    remaining_lines = [
        line for number, line in enumerate(lines_read) if number not in replaced
    ]
    return [*remaining_lines, *(line for line, _ in signs)]


def _is_weak(line: ReadLine) -> bool:
    return len(line.text.strip()) <= 1 and line.confidence < _WEAK


def _find_ink(picture: Picture) -> Mask:
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    size = max(15, round(max(gray.shape) / 60)) | 1
    return np.asarray(
        cv2.adaptiveThreshold(
            gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, size, 12
        ),
        dtype=np.uint8,
    )


def _find_cells(ink: Mask, tall: float) -> Iterator[_RuledCell]:
    """Find the cells between rules; one whose rules are broken is none."""
    thick = cv2.dilate(ink, np.ones((3, 3), np.uint8))
    across = np.ones((1, max(round(5 * tall), 10)), np.uint8)
    down = np.ones((max(round(2.2 * tall), 10), 1), np.uint8)
    rules = cv2.bitwise_or(
        cv2.morphologyEx(thick, cv2.MORPH_OPEN, across),
        cv2.morphologyEx(thick, cv2.MORPH_OPEN, down),
    )
    _, _, stats, _ = cv2.connectedComponentsWithStats(255 - rules, connectivity=4)
    for left, top, width, height, area in stats[1:].tolist():
        if (
            0.8 * tall <= height <= 6 * tall
            and 0.8 * tall <= width <= 14 * tall
            and area >= 0.8 * width * height
        ):
            yield _RuledCell(
                left=left, top=top, right=left + width, bottom=top + height
            )


def _is_in_cell(corners: Corners, cell: _RuledCell) -> bool:
    x, y = (float(value) for value in corners.mean(axis=0))
    return cell.left <= x <= cell.right and cell.top <= y <= cell.bottom


def _name_shape(ink: Mask, cell: _RuledCell, tall: float) -> str | None:
    """Name the one shape in a cell, if it is a tick or a dash."""
    inside = ink[cell.top : cell.bottom, cell.left : cell.right]
    edge = max(2, round(0.06 * min(inside.shape)))
    inside = inside[edge:-edge, edge:-edge]
    if min(inside.shape, default=0) < 4:
        return None
    count, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    parts = [
        number
        for number in range(1, count)
        if stats[number, cv2.CC_STAT_AREA] > 0.012 * tall * tall
    ]
    if not parts or len(parts) > 3:
        return None
    rows, columns = np.nonzero(np.isin(labels, parts))
    left, right = int(np.min(columns)), int(np.max(columns))
    top, bottom = int(np.min(rows)), int(np.max(rows))
    width, height = right - left + 1, bottom - top + 1
    if width >= 2.2 * height and height <= 0.35 * tall and width >= 0.2 * tall:
        return DASH
    if not (0.35 * tall <= height <= 1.5 * tall and 0.5 <= width / height <= 2.4):
        return None
    return TICK if _is_tick(rows - top, columns - left, height, width) else None


def _is_tick(
    rows: NDArray[np.int64], columns: NDArray[np.int64], height: int, width: int
) -> bool:
    """Whether ink goes down from the left, turns low, and goes up to the right."""
    down, across = rows / height, columns / width
    low = float(across[down > 0.88].mean()) if (down > 0.88).any() else 1.0
    begin = float(down[across < 0.12].mean()) if (across < 0.12).any() else 0.0
    end = down[across > 0.8]
    high = across[down < 0.2]
    return (
        0.1 < low < 0.62
        and 0.3 < begin < 0.82
        and end.size > 0
        and float(end.mean()) < 0.42
        and high.size > 0
        and float(np.max(high)) > 0.75
        and float(np.min(high)) > 0.3
        and rows.size < 0.5 * height * width
    )


def _write_sign(sign: str, cell: _RuledCell, scale: float) -> ReadLine:
    corners = np.array(
        [
            [cell.left, cell.top],
            [cell.right, cell.top],
            [cell.right, cell.bottom],
            [cell.left, cell.bottom],
        ],
        dtype=np.float32,
    )
    middle = corners.mean(axis=0)
    # The sign stands in the middle, as high as a letter.
    high = 0.5 * min(cell.bottom - cell.top, cell.right - cell.left)
    half = np.array(
        [[-high, -high], [high, -high], [high, high], [-high, high]], dtype=np.float32
    )
    return ReadLine(
        corners=np.asarray((middle + 0.7 * half) / scale, dtype=np.float32),
        letters=(Letter(text=sign, at=0.5, confidence=_SURE),),
    )
