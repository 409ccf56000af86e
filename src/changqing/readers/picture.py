"""A picture of a paper: turned upright, laid flat, its lines found and read."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from changqing.evidence.reading import (
    Box,
    Mark,
    MarkKind,
    PaperPage,
    ReadingProblem,
    Span,
)
from changqing.readers.cell_marks import has_month_heads, mark_cells
from changqing.readers.flat import FlatView, find_view
from changqing.readers.letters import split_line
from changqing.readers.lines import Run, make_box, order_runs
from changqing.readers.marks import (
    PagePart,
    Seal,
    find_codes,
    find_seals,
    lift_seal,
    make_whole,
)
from changqing.readers.ocr import (
    LONGEST,
    Corners,
    Picture,
    ReadLine,
    load_ocr,
    measure_line,
    order_corners,
    shrink_picture,
)
from changqing.readers.package import DAMAGED

LARGEST: Final = 4_000
"""Pixels of the longer side of a picture as it is read."""
MOST_PIXELS: Final = 160_000_000
MOST_BYTES: Final = 400 << 20
"""Of a picture as it is decoded."""
MOST_FRAMES: Final = 300
_CLOSEST: Final = 1_440
_SAMPLE: Final = 4
_TELLING: Final = 9.0
"""Width, in heights, of a line that tells which way is up and is soon read."""
_CERTAIN: Final = 0.93
_LEAST_SURE: Final = 0.5
"""Of 1: what is read with less is no word."""
_TOUCHING: Final = 0.12
"""Frames of lines are higher than their letters, so that gaps are less of them."""
_LEVEL: Final = 0.3
"""Degrees by which lines may lean on a page that counts as level."""


_CLEAN: Final = 0.75
"""What is read below a seal with less takes no other's place."""
_SURE: Final = 0.8
_SURE_SHARE: Final = 0.6
"""A picture of whose letters fewer than this share are read surely is unclear."""
_SHARP: Final = 20.0
"""The least bend of brightness at the sharpest edges of a sharp picture, of 255."""
_LEAST_SIDE: Final = 200
"""Pixels: what is smaller is a logo."""
_PLAIN: Final = 1.5
"""Spread of brightness, of 255, of a page on which nothing stands."""


class TooLargePictureError(ValueError):
    """A picture would take too much memory."""


def open_pictures(content: bytes, first: int = 0) -> Iterator[Picture]:
    """Decode the pages of a picture file, upright as the file itself says they are."""
    for number in range(first, min(count_frames(content), MOST_FRAMES)):
        # What was decoded is let go before the page is read.
        with _open_image(content) as image:
            image.seek(number)
            picture = _decode_image(image)
        yield picture


def count_frames(content: bytes) -> int:
    """Count the pages of a picture file."""
    with _open_image(content) as image:
        return _count_frames(image)


def _count_frames(image: Image.Image) -> int:
    # An animation is no paper of many pages.
    if image.format != "TIFF":
        return 1
    frames: int = getattr(image, "n_frames", 1)  # of its own reader
    return frames


def _open_image(content: bytes) -> Image.Image:
    with warnings.catch_warnings():
        # Its size is bounded here, by what it takes rather than by a warning.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            return Image.open(io.BytesIO(content))
        except Image.DecompressionBombError as error:
            raise TooLargePictureError from error


def _decode_image(image: Image.Image) -> Picture:
    """Decode a picture upright on white, no larger than it has to be."""
    if image.format == "JPEG":
        image.draft("RGB", (LARGEST, LARGEST))  # decoded at a half, a quarter, …
    width, height = image.size
    deep = len(image.getbands()) * (
        1 if image.mode in ("1", "L", "P", "RGB", "RGBA") else 4
    )
    if width * height > MOST_PIXELS or width * height * deep > MOST_BYTES:
        raise TooLargePictureError
    page: Image.Image = image
    many = max(page.size) // LARGEST
    if many > 1:
        page = page.convert("L").reduce(many) if page.mode == "1" else page.reduce(many)
        image.close()  # its pixels take the most memory of all
    page = ImageOps.exif_transpose(page)
    if page.mode in ("RGBA", "LA", "PA") or "transparency" in page.info:
        page = page.convert("RGBA")
        page = Image.alpha_composite(Image.new("RGBA", page.size, "white"), page)
    if page.mode.startswith("I") or page.mode == "F":
        page = page.point(lambda value: value / 256).convert("L")
    page = page.convert("RGB")
    if max(page.size) > LARGEST:
        page.thumbnail((LARGEST, LARGEST), Image.Resampling.BOX)
    return np.ascontiguousarray(np.asarray(page, dtype=np.uint8)[:, :, ::-1])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenPicture:
    """What is known of a picture after its lines were read.

    `found` are the lines that were found, `read` those in which words were.
    """

    picture: Picture
    turned: int
    found: int
    read: tuple[ReadLine, ...]
    view: FlatView | None
    seals: tuple[Seal, ...]


def read_picture(picture: Picture, number: int, *, photographed: bool) -> PaperPage:
    """Read one picture; a photograph may be seen from the side, on whatever it lies."""
    sight = look_at(picture, photographed=photographed)
    height, width = sight.picture.shape[:2]
    spans = tuple(make_picture_spans(sight))
    return PaperPage(
        number=number,
        width=width,
        height=height,
        spans=spans,
        marks=tuple(find_marks(make_whole(sight.picture), sight.seals)),
        turned=sight.turned,
        problem=find_problem(sight),
    )


def read_pasted_picture(content: bytes, number: int) -> PaperPage | None:
    """Read a picture that was pasted into a document; None for one of no size."""
    try:
        picture = next(open_pictures(content))
    except (StopIteration, *DAMAGED):
        return None
    if min(picture.shape[:2]) < _LEAST_SIDE or not _has_content(picture):
        return None
    page = read_picture(picture, number, photographed=is_photograph(picture))
    return page if page.spans else None


def _has_content(picture: Picture) -> bool:
    """Whether there is anything on a picture."""
    return float(picture[::2, ::2].std()) > _PLAIN


def look_at(picture: Picture, *, photographed: bool) -> SeenPicture:
    """Turn a picture upright, lay it flat where it is not, and read its lines."""
    ocr = load_ocr()
    # Then lines are looked for once more, closer, and these only tell how it lies.
    twice = photographed and _choose_closer_size(picture) > LONGEST
    lines = ocr.find_lines(picture) if _has_content(picture) else []
    turned, sample = find_turn(picture, lines, kept=not twice)
    if turned:
        picture, lines = turn_picture(picture, lines, turned)
    view = find_view(picture, lines, seen_aside=photographed)
    if photographed and lines:
        if view is not None and (view.tilt > 1 or view.share < 0.6):
            flat = view.draw(picture)
            corners_found = ocr.find_lines(flat, _choose_closer_size(flat))
            lines, sample = (
                [view.return_points(corners) for corners in corners_found],
                [],
            )
        elif _choose_closer_size(picture) > LONGEST:
            lines, sample = ocr.find_lines(picture, _choose_closer_size(picture)), []
    sampled = {id(line.corners) for line in sample}
    others = [corners for corners in lines if id(corners) not in sampled]
    lines_read = [
        line
        for line in [*sample, *ocr.read_lines(picture, others)]
        if line.confidence >= _LEAST_SURE
    ]
    seals = find_seals(picture)
    for seal in seals:
        if seal.red:
            lines_read = _read_below(picture, seal, lines_read)
    lines_read = ocr.mend_ones(picture, lines_read)
    if has_month_heads(lines_read):
        lines_read = _mark_months(picture, view, lines_read)
    return SeenPicture(
        picture=picture,
        turned=turned,
        found=len(lines),
        read=tuple(lines_read),
        view=view,
        seals=tuple(seals),
    )


def _mark_months(
    picture: Picture, view: FlatView | None, lines_read: Sequence[ReadLine]
) -> list[ReadLine]:
    """Add the ticks and dashes of a list of months, looked for where it lies level."""
    if view is None or view.tilt < _LEVEL:
        return mark_cells(picture, lines_read, [line.corners for line in lines_read])
    frames = [view.move(line.corners) for line in lines_read]
    lines_known = {id(line) for line in lines_read}
    return [
        line
        if id(line) in lines_known
        else replace(line, corners=view.return_points(line.corners))
        for line in mark_cells(view.draw(picture), lines_read, frames)
    ]


def _read_below(
    picture: Picture, seal: Seal, lines_read: Sequence[ReadLine]
) -> list[ReadLine]:
    """Read again what a seal lies on, with its ink taken away.

    The lines that it touches are looked for and read anew in a piece of the picture;
    what is read there takes the place of what it lies on, where it is more.
    """
    height, width = picture.shape[:2]
    near = (seal.bottom - seal.top) // 8
    left, top, right, bottom = seal.left, seal.top, seal.right, seal.bottom
    for line in lines_read:
        frame = _find_bounds(line.corners)
        if (
            _compute_share_inside(frame, (seal.left, seal.top, seal.right, seal.bottom))
            > 0
        ):
            left, right = min(left, frame[0]), max(right, frame[2])
            top, bottom = min(top, frame[1]), max(bottom, frame[3])
    left, top = max(left - near, 0), max(top - near, 0)
    right, bottom = min(right + near, width), min(bottom + near, height)
    piece = lift_seal(picture[top:bottom, left:right])
    ocr = load_ocr()
    # At the size at which lines were found on the whole picture.
    longest = round(max(piece.shape[:2]) * min(1.0, 1.3 * LONGEST / max(height, width)))
    corners = ocr.find_lines(piece, max(longest, 160))
    better = list(lines_read)
    for line in ocr.read_lines(piece, corners):
        moved = ReadLine(
            corners=line.corners + np.array([left, top], dtype=np.float32),
            letters=line.letters,
        )
        frame = _find_bounds(moved.corners)
        below = [
            read_line
            for read_line in better
            if _compute_share_inside(_find_bounds(read_line.corners), frame) > 0.4
        ]
        if line.confidence < _CLEAN or len(line.letters) < 2:
            continue
        if _weigh_lines([moved]) > 1.02 * _weigh_lines(below):
            better = [read_line for read_line in better if read_line not in below]
            better.append(moved)
    return better


def _weigh_lines(lines: Sequence[ReadLine]) -> float:
    """Return how much is read, and how surely; a guess weighs little."""
    return sum(len(line.letters) * line.confidence**4 for line in lines)


def _find_bounds(corners: Corners) -> tuple[int, int, int, int]:
    low, high = corners.min(axis=0), corners.max(axis=0)
    return int(low[0]), int(low[1]), int(high[0]) + 1, int(high[1]) + 1


def _compute_share_inside(
    inner: tuple[int, int, int, int], outer: tuple[int, int, int, int]
) -> float:
    """Return the share of the inner frame that lies in the outer one."""
    wide = min(inner[2], outer[2]) - max(inner[0], outer[0])
    high = min(inner[3], outer[3]) - max(inner[1], outer[1])
    if wide <= 0 or high <= 0:
        return 0.0
    return wide * high / ((inner[2] - inner[0]) * (inner[3] - inner[1]))


def _choose_closer_size(picture: Picture) -> int:
    """Return the pixels on which lines are looked for a second time.

    A large view holds several papers, or one with small print.
    """
    longest: int = max(picture.shape[:2])
    return min(max(LONGEST, round(0.7 * longest)), _CLOSEST)


def find_marks(
    part: PagePart, seals: Sequence[Seal], *, seen: bool = True, coded: bool = True
) -> Iterator[Mark]:
    """Mark the seals of a part of an upright page, and find its codes if it has any.

    See `find_codes` for what was not `seen`.
    """
    for seal in seals:
        yield Mark(
            kind=MarkKind.SEAL,
            box=part.make_box(seal.left, seal.top, seal.right, seal.bottom),
        )
    if not coded:
        return
    for text, corners in find_codes(part.picture, seen=seen):
        across = [x for x, _ in corners]
        down = [y for _, y in corners]
        place = part.make_box(min(across), min(down), max(across), max(down))
        yield Mark(kind=MarkKind.CODE, box=place, text=text)


def find_problem(sight: SeenPicture) -> ReadingProblem | None:
    """Say what is wrong with a picture that cannot be read.

    Of what is clear, OCR is sure letter by letter; of what is blurred or too small it
    guesses at most lines.
    """
    letters = sure = 0
    for line in sight.read:
        letters += len(line.letters)
        if line.confidence > _SURE:
            sure += len(line.letters)
    if sure < _SURE_SHARE * letters:
        return ReadingProblem.UNCLEAR
    if letters:
        return None
    return (
        ReadingProblem.UNCLEAR if _is_blurred(sight.picture) else ReadingProblem.BLANK
    )


def _is_blurred(picture: Picture) -> bool:
    """Whether a picture that shows something has no sharp edge."""
    scale = min(1.0, LONGEST / max(picture.shape[:2]))
    gray = cv2.cvtColor(shrink_picture(picture, scale), cv2.COLOR_BGR2GRAY)
    steps = np.abs(cv2.Laplacian(gray, cv2.CV_32F))
    return _has_content(picture) and float(np.percentile(steps, 99.5)) < _SHARP


def make_picture_spans(sight: SeenPicture) -> Iterator[Span]:
    """Make spans of the lines that were read, in order; boxes are of the picture."""
    height, width = sight.picture.shape[:2]
    view = sight.view
    runs: list[Run] = []
    for line in sight.read:
        runs.extend(
            split_line(line, line.corners if view is None else view.move(line.corners))
        )
    for run in order_runs(runs, touching=_TOUCHING):
        frame = np.array(
            [
                [run.left, run.top],
                [run.right, run.top],
                [run.right, run.bottom],
                [run.left, run.bottom],
            ],
            dtype=np.float32,
        )
        corners = frame if view is None else view.return_points(frame)
        yield Span(
            text=run.text,
            box=_make_box_around(corners, width, height),
            confidence=run.confidence,
        )


def _make_box_around(points: NDArray[np.float32], width: int, height: int) -> Box:
    """Return the box around points of a picture."""
    left, top = (float(value) for value in points.min(axis=0))
    right, bottom = (float(value) for value in points.max(axis=0))
    return make_box(left, top, right, bottom, width, height)


def find_turn(
    picture: Picture, lines: Sequence[Corners], *, kept: bool = True
) -> tuple[int, list[ReadLine]]:
    """Find by how many degrees clockwise a picture must be turned to be read.

    Lines lie or stand by their shape; which of the two ways is up is told by reading
    a few both ways: the longest, which are returned where none had to be turned, or
    shorter ones, which cost less, where what is read is not `kept`.
    """
    lying = standing = 0.0
    for corners in lines:
        wide, high = measure_line(corners)
        if wide > 1.5 * high:
            lying += wide
        elif high > 1.5 * wide:
            standing += high
    if lying == standing:
        return 0, []
    ocr = load_ocr()
    sure: dict[int, float] = {}
    for way in (90, 270) if standing > lying else (0, 180):
        at, moved = turn_picture(picture, lines, way) if way else (picture, list(lines))
        lines_read = ocr.read_lines(at, choose_sample(moved, kept=kept))
        letters = [letter.confidence for line in lines_read for letter in line.letters]
        sure[way] = sum(letters) / len(letters) if letters else 0.0
        if sure[way] > _CERTAIN:
            return way, [] if way else lines_read
    return max(sure, key=lambda way: sure[way]), []


def choose_sample(lines: Sequence[Corners], *, kept: bool) -> list[Corners]:
    """Choose the lines that tell whether they are upright."""

    def measure_unfitness(corners: Corners) -> float:
        wide, high = measure_line(corners)
        return -wide if kept else abs(wide / high - _TELLING)

    return sorted(lines, key=measure_unfitness)[:_SAMPLE]


def turn_picture(
    picture: Picture, lines: Sequence[Corners], degrees: int
) -> tuple[Picture, list[Corners]]:
    """Turn a picture and the lines on it clockwise by quarters."""
    height, width = picture.shape[:2]
    moved = []
    for corners in lines:
        x, y = corners[:, 0], corners[:, 1]
        match degrees:
            case 90:
                placed = np.stack([height - y, x], axis=1)
            case 180:
                placed = np.stack([width - x, height - y], axis=1)
            case 270:
                placed = np.stack([y, width - x], axis=1)
            case _:
                placed = corners
        moved.append(order_corners(placed))
    return np.ascontiguousarray(np.rot90(picture, k=-degrees // 90)), moved


def is_photograph(picture: Picture) -> bool:
    """Tell whether a picture shows more than a paper: its rim is not plain."""
    height, width = picture.shape[:2]
    rim = max(2, round(0.02 * min(height, width)))
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    edge = np.concatenate(
        [
            gray[:rim].ravel(),
            gray[-rim:].ravel(),
            gray[:, :rim].ravel(),
            gray[:, -rim:].ravel(),
        ]
    )
    return (
        float(np.mean(np.abs(edge.astype(np.int16) - int(np.median(edge))) > 12)) > 0.1
    )
