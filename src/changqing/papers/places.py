"""Places in papers cut out as pictures: what stands where a value was read.

A picture is made of the bytes of the paper alone, so that it shows nothing that who
has the paper does not have anyway.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from changqing.case.comparison import Comparison
from changqing.case.model import Paper
from changqing.errors import GivenUpError
from changqing.evidence.reading import Box, Reading
from changqing.readers.package import DAMAGED
from changqing.readers.page_view import clip_places_apart

Place = tuple[str, int, Box]
"""Where words stand: the SHA-256 of a paper, a page of it from 1, and a box."""


def find_place(paper: Paper, comparison: Comparison) -> Place | None:
    """Find where a value stands; None where its paper has no pages of its own."""
    if comparison.page is None or comparison.box is None:
        return None
    left, top, right, bottom = comparison.box
    box = Box(left=left, top=top, right=right, bottom=bottom)
    return paper.file.digest, comparison.page, box


def crop_places(
    places: Iterable[Place],
    *,
    contents: Mapping[str, bytes],
    names: Mapping[str, str],
    readings: Mapping[str, Reading],
) -> dict[Place, bytes]:
    """Cut places out of their pages: a JPEG each; none where a page cannot be drawn.

    `contents`, `names` of files and `readings` are by the SHA-256 of the paper.
    """
    boxes_by_page: dict[tuple[str, int], dict[Box, None]] = {}
    for digest, number, box in places:
        boxes_by_page.setdefault((digest, number), {})[box] = None
    return {
        (digest, number, box): crop
        for (digest, number), boxes in boxes_by_page.items()
        for box, crop in zip(
            boxes,
            _clip_page(
                contents[digest], names[digest], readings.get(digest), number, boxes
            ),
            strict=False,
        )
    }


def _clip_page(
    content: bytes,
    name: str,
    reading: Reading | None,
    number: int,
    boxes: Collection[Box],
) -> Sequence[bytes]:
    """Cut the places out of a page; nothing where it cannot be drawn in time."""
    pages = () if reading is None else reading.pages
    page = next(
        (paper_page for paper_page in pages if paper_page.number == number), None
    )
    if page is None:
        return ()
    try:
        return clip_places_apart(
            content, name, number=number, turned=page.turned, boxes=tuple(boxes)
        )
    except (GivenUpError, *DAMAGED):
        return ()
