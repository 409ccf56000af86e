"""Where a value of several lines goes on, and where it ends.

A form with lines around its cells sets a label beside the middle of its value: then
the first line of the next value stands beside no label, as if it went on with this.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from changqing.evidence.reading import Box
from changqing.readers.label_spots import LabelSpot, find_margin
from changqing.readers.layout import PageLayout, find_middle, measure_height

LEADING: Final = 2.1  # heights of a line from one line of a value to its next
_INDENT: Final = 3.2  # heights of a line by which the next one may be set in
_WIDER: Final = 1.1
_WIDER_ON_PICTURE: Final = 1.2
"""Times the step to the next line: what stands that much lower is another value."""


def drop_lines_of_next(
    page: PageLayout,
    open_labels: Sequence[LabelSpot],
    label: LabelSpot,
    start: Box,
    down: list[int],
    below: Sequence[int],
) -> list[int]:
    """Drop the lines that are of the next label, set beside the middle of its own.

    They stand closer to what is beside that label than to the value above them. `down`
    are the lines with which the value in `start` may go on, `below` all of its column.
    """
    middle, height = find_middle(start), measure_height(start)
    beneath = [
        find_middle(spot.box)
        for spot in open_labels
        if spot.box is not None
        and spot.at not in label.places
        and spot.box.right <= start.left
        and find_middle(spot.box) > middle + 0.5 * height
    ]
    if not beneath:
        return down
    beside = min(beneath)
    heights = [middle, *(find_middle(page.flat[place]) for place in below)]
    wider = _WIDER_ON_PICTURE if page.is_picture else _WIDER
    for number, place in enumerate(down):
        at = below.index(place) + 1
        if heights[at] >= beside or at + 1 >= len(heights):
            break
        before, after = (
            heights[at] - heights[at - 1],
            heights[at + 1] - heights[at],
        )
        reaches = heights[at + 1] < beside + height
        if reaches and before > wider * after > 0:
            return down[:number]
    return down


def find_paragraph(
    page: PageLayout, label: LabelSpot, start: Box, first: int, lines: int
) -> frozenset[int]:
    """Find the lines in which a value goes on at the margin at which its label begins.

    Each goes on with the line above it, which reaches the other margin.
    """
    flat, height = page.flat, measure_height(start)
    beside = label.last == first or (
        label.box is not None and start.left - label.box.right < 2 * height
    )
    if not beside:
        return frozenset()
    margin = find_margin(page, label.box or start, start) - 1.5 * height
    most = _INDENT * height  # a form may set further lines in by two letters
    flush = sorted(
        (
            place
            for place in page.regular
            if -2.2 * height <= flat[place].left - flat[label.at].left <= most
            and find_middle(flat[place]) > find_middle(start)
            and place not in label.places
        ),
        key=lambda place: find_middle(flat[place]),
    )
    lines_found: list[int] = []
    before = start
    for place in flush[: lines - 1]:
        step = find_middle(flat[place]) - find_middle(before)
        if before.right < margin or step > LEADING * height:
            break
        lines_found.append(place)
        before = flat[place]
    return frozenset(lines_found)
