"""What stands beside a label: after it in its line, in the next cell, or below it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Final

from changqing.evidence.paper_text import (
    EMPTY_FIELD,
    PaperLine,
    PaperText,
    strip_number,
)
from changqing.papers.compare.spelling import find_window

_ANYTHING: Final = re.compile("")


def find_after_label(
    text: PaperText, at: int, place: int, inside: Collection[int]
) -> Iterator[tuple[str, int, bool]]:
    """Find what follows a part of a line that is a label and nothing else.

    Gives words, line, and whether they were read surely: the next part of the line;
    without one the line below, where that is one of those `inside` which is looked.
    """
    line = text.lines[at]
    if place + 1 < len(line.parts):
        after = line.parts[place + 1]
        yield after.bare, at, after.is_sure
    elif not line.is_row and at + 1 in inside:
        below = text.lines[at + 1]
        if len(below.parts) == 1:
            yield below.bare, at + 1, below.parts[0].is_sure


def is_label(bare: str, labels: Collection[str]) -> bool:
    """Tell whether a part of a line is a label, but for its number and colon."""
    return strip_number(bare).rstrip(":") in labels


def has_value_beside(
    text: PaperText,
    at: int,
    labels: Collection[str],
    inside: Collection[int],
    *,
    like: re.Pattern[str] = _ANYTHING,
) -> bool:
    """Tell whether something stands beside, after or below one of the labels in a line.

    `like`: what it has to hold.
    """

    def holds(words: str) -> bool:
        return words not in EMPTY_FIELD and like.search(words) is not None

    line: PaperLine = text.lines[at]
    for place, part in enumerate(line.parts):
        if is_label(part.bare, labels):
            follows = find_after_label(text, at, place, inside)
            if any(holds(words) for words, _, _ in follows):
                return True
        elif any(holds(find_window(part.bare, label)) for label in labels):
            return True
    return False
