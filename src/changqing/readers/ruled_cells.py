"""Words that go on in the next line because the cell of a table ended.

A PDF draws the rules of a table apart from its words. Where they close a cell, a line
of it that had no room for the next word goes on in the line below, so the lines are one
text: 注册资本（万元人 / 民币） is one label. A line with room to spare was ended on
purpose, by whoever lists two addresses in one cell, and stays a line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from changqing.evidence.reading import WHOLE, Box, Span
from changqing.readers.layout import join_boxes, measure_height
from changqing.readers.lines import Glyph, Run, make_run
from changqing.readers.surnames import may_be_person

_LONGEST: Final = 60
"""Characters of a cell whose lines are joined; a longer one is a passage."""
_LINES: Final = 8
_FIRST_WORD: Final = re.compile(r"[（(“《【]*(?:[!-'*-~]+|.)[）)”》】，。、；：]*")
"""What a line begins with that no line may end within."""
_ROOM: Final = 0.3
"""Of a letter: the blank paper within the box of one at the end of a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnRule:
    """A thin straight line that is drawn, in ten-thousandths of the page."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def is_upright(self) -> bool:
        """Whether it runs from the top to the bottom."""
        return self.bottom - self.top > self.right - self.left


_CellKey = tuple[int, int, int, int]
"""Left, top, right and bottom of a cell."""


def split_at_rules(
    runs: Sequence[Run], rules: Sequence[DrawnRule], scale_x: float, scale_y: float
) -> list[Run]:
    """Part letters that stand in two cells; the scales are those of the page."""
    upright = [
        (rule.left * scale_x, rule.right * scale_x, rule)
        for rule in rules
        if rule.is_upright
    ]
    parts: list[Run] = []
    for run in runs:
        middle = (run.top + run.bottom) / 2 / scale_y
        edges = [
            (left + right) / 2
            for left, right, rule in upright
            if run.left < left
            and right < run.right
            and rule.top <= middle <= rule.bottom
        ]
        cells: defaultdict[int, list[Glyph]] = defaultdict(list)
        for glyph in run.glyphs:
            centre = (glyph.left + glyph.right) / 2
            cells[sum(edge < centre for edge in edges)].append(glyph)
        parts.extend(make_run(glyphs) for _, glyphs in sorted(cells.items()))
    return parts


def join_ruled_cells(spans: Sequence[Span], rules: Sequence[DrawnRule]) -> list[Span]:
    """Join the lines of each ruled cell that go on where the cell has no more room."""
    upright = [rule for rule in rules if rule.is_upright]
    level = [rule for rule in rules if not rule.is_upright]
    cells: defaultdict[_CellKey, list[int]] = defaultdict(list)
    for at, span in enumerate(spans):
        if span.box is not None and (key := _find_cell(span.box, upright, level)):
            cells[key].append(at)
    boxes = {at: box for at, span in enumerate(spans) if (box := span.box)}
    # A bracket may hang over its cell, and what is centred has more.
    blanks = sorted(boxes[at].left - key[0] for key, ats in cells.items() for at in ats)
    padding = max(blanks[len(blanks) // 5], 0) if blanks else 0
    joined: dict[int, Span | None] = {}
    for key, ats in cells.items():
        if 1 < len(ats) <= _LINES:
            ats.sort(key=lambda at: boxes[at].top)
            lines = [spans[at] for at in ats]
            if _go_on(lines, key[2] - key[0] - 2 * padding):
                joined |= {ats[0]: _join(lines), **dict.fromkeys(ats[1:])}
    return [
        kept
        for at, span in enumerate(spans)
        if (kept := joined.get(at, span)) is not None
    ]


def _find_cell(
    box: Box, upright: Sequence[DrawnRule], level: Sequence[DrawnRule]
) -> _CellKey | None:
    """Find the four rules that close in on words, None where one is missing."""
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    beside = [rule for rule in upright if rule.top <= y <= rule.bottom]
    around = [rule for rule in level if rule.left <= x <= rule.right]
    left = max((rule.right for rule in beside if rule.right <= x), default=None)
    right = min((rule.left for rule in beside if rule.left >= x), default=None)
    top = max((rule.bottom for rule in around if rule.bottom <= y), default=None)
    bottom = min((rule.top for rule in around if rule.top >= y), default=None)
    if left is None or right is None or top is None or bottom is None:
        return None
    return round(left), round(top), round(right), round(bottom)


def _go_on(lines: Sequence[Span], room: float) -> bool:
    """Whether each line but the last was ended by the cell."""
    if sum(len(line.text) for line in lines) > _LONGEST:
        return False
    for above, below in pairwise(lines):
        if above.box is None or below.box is None or above.box.bottom > below.box.top:
            return False
        last, word = above.text[-1], _FIRST_WORD.match(below.text)
        if word is None or (last.isdigit() and below.text[0].isdigit()):
            return False
        width = above.box.right - above.box.left
        letters = _measure(below.text)
        needed = (below.box.right - below.box.left) * _measure(word[0]) / letters
        if width + needed <= room - _ROOM * measure_height(below.box):
            return False
    return not all(may_be_person(line.text) for line in lines)


def _measure(text: str) -> float:
    return sum(0.5 if letter.isascii() else 1.0 for letter in text)


def _join(lines: Sequence[Span]) -> Span:
    """Make one span of lines, with the one in the middle of their height."""
    text = lines[0].text
    for line in lines[1:]:
        parted = text[-1].isascii() and text[-1].isalpha() and line.text[0].isascii()
        text += (" " if parted else "") + line.text
    whole = join_boxes(line.box for line in lines)
    if whole is None:
        return lines[0]
    high = max(measure_height(line.box) for line in lines)
    top = (whole.top + whole.bottom - high) // 2
    return replace(
        lines[0],
        text=text,
        box=whole,
        line=replace(whole, top=top, bottom=top + high),
        confidence=min(line.confidence for line in lines),
    )


def place_rules(
    bounds: Sequence[tuple[float, float, float, float]], width: float, height: float
) -> list[DrawnRule]:
    """Place rules, given in points from the lower left, on a page of that size."""
    return [
        DrawnRule(
            left=left / width * WHOLE,
            top=(height - top) / height * WHOLE,
            right=right / width * WHOLE,
            bottom=(height - bottom) / height * WHOLE,
        )
        for left, bottom, right, top in bounds
    ]
