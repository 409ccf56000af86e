"""Where a value of several lines goes on, and where it ends.

A form with lines around its cells sets a label beside the middle of its value: then
the first line of the next value stands beside no label, as if it went on with this.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from changqing.evidence.reading import Box
from changqing.readers.label_spots import LabelSpot, find_margin
from changqing.readers.layout import (
    PageLayout,
    Quote,
    find_middle,
    measure_height,
    squeeze,
)

LEADING: Final = 2.1  # heights of a line from one line of a value to its next
_INDENT: Final = 3.2  # heights of a line by which the next one may be set in
_WIDER: Final = 1.1
_WIDER_ON_PICTURE: Final = 1.2
"""Times the step to the next line: what stands that much lower is another value."""

_COMPANY: Final = re.compile(r"公司$|中心$|(?:合伙)\)?$")
_REST_OF_COMPANY: Final = re.compile("[一-龥()]{0,12}(?:公司|司)")


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
    if label.last == first and (wrapped := _find_wrapped(page, start, first)):
        return frozenset({wrapped})
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


def _find_wrapped(page: PageLayout, start: Box, first: int) -> int | None:
    """Find the line at the margin of the page in which a name goes on that has no end.

    业主（甲方）：某置业有限公司　租户（乙方）：某信息科技有 above 限公司.
    """
    flat, height = page.flat, measure_height(start)
    left = min(flat[place].left for place in page.regular)
    right = max(flat[place].right for place in page.regular)
    below = [
        place
        for place in page.regular
        if 0.5 * height < find_middle(flat[place]) - find_middle(start)
        and find_middle(flat[place]) - find_middle(start) <= LEADING * height
    ]
    if len(below) != 1 or first not in page.regular or flat[first].left <= left:
        return None
    rest, whole = page.spans[below[0]].text, squeeze(page.spans[first].text)
    reaches = start.right >= right - 1.5 * height
    flush = abs(flat[below[0]].left - left) < height
    torn = _COMPANY.search(whole) is None and _REST_OF_COMPANY.fullmatch(squeeze(rest))
    return below[0] if reaches and flush and torn else None


def drop_brackets_of_label(quote: Quote) -> Quote:
    """Drop the brackets before the name of a company: they are of its label.

    So it is where one blank parts them: 域名持有者（组织） 某某公司.
    """
    match = _BRACKETS_BEFORE_COMPANY.match(quote.raw)
    return quote if match is None else quote.narrow(match.end(), len(quote.raw))


_BRACKETS_BEFORE_COMPANY: Final = re.compile(
    r"\s*[（(][一-龥]{1,6}[)）]\s*(?=[一-龥].*公司)"
)
