"""The view in which the lines of a photographed paper lie straight and even.

Lines of text are the evidence: on a tilted picture they have one direction, and where a
paper was seen from the side they run towards one point. A map of the plane that turns
the direction level and takes that point away makes rows and columns of them again
(Hartley and Zisserman, Multiple FlatView Geometry, section 2.7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from changqing.readers.ocr import Corners, Picture, measure_line, shrink_picture

_LONG: Final = 3.0
"""A line of so many times its height tells a direction."""
_ASTRAY: Final = np.radians(2.5)
_EDGES: Final = 900
"""Pixels of the longer side of the picture on which upright edges are looked for."""
_UPRIGHT: Final = np.radians(20)

Matrix = NDArray[np.float64]
Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FlatView:
    """A map from a picture to an even view of it; `size` is its width and height.

    `tilt` says how far, in degrees, the worst line leans; `share` how much of the
    picture all lines take together.
    """

    matrix: Matrix
    size: tuple[int, int]
    tilt: float
    share: float

    def move(self, points: Points) -> Points:
        """Map points of the picture to the view."""
        return _move_points(points, self.matrix)

    def return_points(self, points: Points) -> Points:
        """Map points of the view back to the picture."""
        return _move_points(points, np.linalg.inv(self.matrix).astype(np.float64))

    def draw(self, picture: Picture) -> Picture:
        """Draw the view."""
        flat_picture = cv2.warpPerspective(
            picture,
            self.matrix,
            self.size,
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(flat_picture, dtype=np.uint8)


def find_view(
    picture: Picture, lines: Sequence[Corners], *, seen_aside: bool
) -> FlatView | None:
    """Find the even view of the lines; None where nothing tells of one.

    `seen_aside` is set for photographs: upright edges (of the paper, of its frame, of
    tables) then tell where the picture's uprights meet.
    """
    height, width = picture.shape[:2]
    unit = max(height, width) / 2
    # Middle of the picture at 0, its longer half 1: sums of squares stay sound.
    begin = np.array(
        [[1 / unit, 0, -width / 2 / unit], [0, 1 / unit, -height / 2 / unit], [0, 0, 1]]
    )
    levels = []
    for corners in lines:
        wide, high = measure_line(corners)
        if wide >= _LONG * high:
            ends = np.array(
                [(corners[0] + corners[3]) / 2, (corners[1] + corners[2]) / 2]
            )
            levels.append(_move_points(ends.astype(np.float32), begin))
    if not levels:
        return None
    level = _straighten_lines(
        np.array(levels, dtype=np.float64), converging=len(levels) >= 6
    )
    matrix = level
    if seen_aside:
        uprights = _find_uprights(picture, lines)
        if len(uprights):
            moved = _move_points(uprights.reshape(-1, 2), level @ begin).reshape(
                -1, 2, 2
            )
            upright = _straighten_lines(
                moved[:, :, ::-1].astype(np.float64), converging=True
            )
            swap = np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]])
            matrix = swap @ upright @ swap @ level
    matrix = matrix @ begin
    tilt = max(abs(_compute_lean(line)) for line in _keep_near(np.array(levels)))
    return _lay_view(matrix, lines, width, height, float(np.degrees(tilt)))


def _compute_lean(line: NDArray[np.float64]) -> float:
    step = line[1] - line[0]
    return float(np.arctan2(step[1], step[0]))


def _keep_near(lines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Keep the lines that lean about as the middle one of them, by length."""
    leans = np.array([_compute_lean(line) for line in lines])
    lengths = np.linalg.norm(lines[:, 1] - lines[:, 0], axis=1)
    order = np.argsort(leans)
    middle = order[np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2)]
    near = np.abs(leans - leans[middle]) < 4 * _ASTRAY
    return np.asarray(lines[near])


def _straighten_lines(lines: NDArray[np.float64], *, converging: bool) -> Matrix:
    """Return the map that makes lines level, and parallel if they converge."""
    lines = _keep_near(lines)
    point = _find_meeting_point(lines, converging=converging and len(lines) >= 4)
    for _ in range(3):
        leans = np.array([_compute_lean(line) for line in lines])
        middles = lines.mean(axis=1)
        aims = point[:2] - point[2] * middles
        aims *= np.sign(aims[:, :1]) + (aims[:, :1] == 0)
        off = np.abs(leans - np.arctan2(aims[:, 1], aims[:, 0]))
        good = off < max(_ASTRAY / 2.5, 2 * float(np.median(off)))
        if good.all() or good.sum() < 4:
            break
        lines = lines[good]
        point = _find_meeting_point(lines, converging=converging and len(lines) >= 4)
    aim = point if point[0] >= 0 else -point
    angle = np.arctan2(aim[1], aim[0])
    turn = np.array(
        [
            [np.cos(angle), np.sin(angle), 0],
            [-np.sin(angle), np.cos(angle), 0],
            [0, 0, 1],
        ]
    )
    away = turn @ aim
    pull = away[2] / away[0]
    # What is more than this is no paper seen from the side but chance.
    pull = float(np.clip(pull, -0.35, 0.35))
    return np.asarray(np.array([[1, 0, 0], [0, 1, 0], [-pull, 0, 1.0]]) @ turn)


def _find_meeting_point(lines: NDArray[np.float64], *, converging: bool) -> Matrix:
    """Return the point (x, y, w) towards which the lines run; w 0 if they do not."""
    begin = np.concatenate([lines[:, 0], np.ones((len(lines), 1))], axis=1)
    end = np.concatenate([lines[:, 1], np.ones((len(lines), 1))], axis=1)
    through = np.cross(begin, end)  # its length is that of the line: a weight
    if converging:
        _, vectors = np.linalg.eigh(through.T @ through)
        point = vectors[:, 0]
        if abs(point[0]) > abs(point[1]):
            return np.asarray(point)
    step = (lines[:, 1] - lines[:, 0]) * np.sign(lines[:, 1, :1] - lines[:, 0, :1])
    total = step.sum(axis=0)
    return np.array([total[0], total[1], 0.0])


def _find_uprights(picture: Picture, lines: Sequence[Corners]) -> Points:
    """Find long upright edges: pairs of points in pixels of the picture."""
    height, width = picture.shape[:2]
    scale = min(1.0, _EDGES / max(height, width))
    gray = cv2.cvtColor(shrink_picture(picture, scale), cv2.COLOR_BGR2GRAY)
    for corners in lines:  # strokes of letters are no edges
        cv2.fillConvexPoly(gray, (corners * scale).astype(np.int32), 200)
    edges = cv2.Canny(cv2.GaussianBlur(gray, (5, 5), 0), 40, 120)
    least = 0.12 * max(gray.shape)
    hough_lines = cv2.HoughLinesP(
        edges, 1, np.pi / 720, 60, minLineLength=least, maxLineGap=0.2 * least
    )
    if hough_lines is None:
        return np.empty((0, 2, 2), np.float32)
    segments = hough_lines.reshape(-1, 2, 2).astype(np.float32)
    step = segments[:, 1] - segments[:, 0]
    upright = np.abs(step[:, 0]) < np.tan(_UPRIGHT) * np.abs(step[:, 1])
    segments = segments[upright]
    if len(segments) < 3 or np.ptp(segments[:, :, 0]) < 0.25 * gray.shape[1]:
        return np.empty((0, 2, 2), np.float32)
    return np.asarray(segments / scale, dtype=np.float32)


def _lay_view(
    matrix: Matrix, lines: Sequence[Corners], width: int, height: int, tilt: float
) -> FlatView | None:
    """Lay the view around all lines, at the size that they have in the picture."""
    points = np.concatenate(lines)
    moved = _move_points(points, matrix)
    if not np.isfinite(moved).all():
        return None
    low, high = moved.min(axis=0), moved.max(axis=0)
    before = [float(np.linalg.norm(corners[1] - corners[0])) for corners in lines]
    after = np.linalg.norm(moved[1::4] - moved[0::4], axis=1)
    scale = float(np.median(np.array(before) / np.maximum(after, 1e-9)))
    margin = 0.08 * float(np.max(high - low))
    low, high = low - margin, high + margin
    size = (high - low) * scale
    if not (np.min(size) > 0 and np.max(size) < 3 * max(width, height)):
        return None
    place = np.array(
        [[scale, 0, -low[0] * scale], [0, scale, -low[1] * scale], [0, 0, 1]]
    )
    spread = points.max(axis=0) - points.min(axis=0)
    return FlatView(
        matrix=place @ matrix,
        size=(max(round(float(size[0])), 1), max(round(float(size[1])), 1)),
        tilt=tilt,
        share=float(spread[0] * spread[1]) / (width * height),
    )


def _move_points(points: Points, matrix: Matrix) -> Points:
    moved = cv2.perspectiveTransform(
        np.asarray(points, np.float64).reshape(-1, 1, 2), matrix
    )
    return np.asarray(moved.reshape(-1, 2), dtype=np.float32)
