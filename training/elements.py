"""One page model: pieces of words with what stands around each.

A cell of a workbook, a line of a PDF and a clause in a sentence are the same here.
Cells get a place from their row and column, so that "to the left" and "above" mean one
thing everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final

from changqing.evidence.reading import Box, Cell, PaperPage, Span

_BESIDE: Final = re.compile(r"^(.{1,16}?)[：:】]\s*(.+)$")
"""A label and what stands beside it in one line."""
_CLAUSE: Final = re.compile(r"[；;，,。\s]+")
_NUMBERED: Final = "【[0123456789. 、"
_LEAST_CLAUSE: Final = 6  # letters of a line that is looked into
_CELL: Final = (2_000, 200)  # width and height of a cell, in the units of a box
_TABLE: Final = 100_000  # from one table, or line without a place, to the next
_LINE: Final = 230  # from the top of a line to that of the next of the same text
_SAME: Final = 60  # how far the left ends of such lines may differ


@dataclass(frozen=True, slots=True)
class Element:
    """Words at a place; `before` are those that lead to them in the same line.

    `number` is that of the span of which they are.
    """

    text: str
    box: Box
    number: int
    cell: Cell | None = None
    before: str = ""
    joined: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is a whole span, as it stands on the page."""
        return not (self.before or self.joined)


@dataclass(frozen=True)
class PageElements:
    """All elements of a page, and what stands around one of them."""

    elements: tuple[Element, ...]

    @cached_property
    def _plain(self) -> tuple[Element, ...]:
        return tuple(element for element in self.elements if element.plain)

    def find_left(self, of: Element) -> list[Element]:
        """Find what stands in the same line before it, nearest first."""
        found = (
            other
            for other in self._others(of)
            if other.box.right <= of.box.left + 40 and _share_line(other.box, of.box)
        )
        return sorted(found, key=lambda other: -other.box.right)

    def find_right(self, of: Element) -> list[Element]:
        """Find what stands in the same line after it, nearest first."""
        found = (
            other
            for other in self._others(of)
            if other.box.left >= of.box.right - 40 and _share_line(other.box, of.box)
        )
        return sorted(found, key=lambda other: other.box.left)

    def find_above(self, of: Element) -> list[Element]:
        """Find what stands over it, nearest first."""
        found = (
            other
            for other in self._others(of)
            if other.box.bottom <= of.box.top + 30 and _share_column(other.box, of.box)
        )
        return sorted(found, key=lambda other: -other.box.bottom)

    def find_below(self, of: Element) -> list[Element]:
        """Find what stands under it, nearest first."""
        found = (
            other
            for other in self._others(of)
            if other.box.top >= of.box.bottom - 30 and _share_column(other.box, of.box)
        )
        return sorted(found, key=lambda other: other.box.top)

    def _others(self, of: Element) -> Iterator[Element]:
        """The elements of the same table, or all that stand in none."""
        table = None if of.cell is None else of.cell.table
        for other in self._plain:
            its_table = None if other.cell is None else other.cell.table
            if other.number != of.number and its_table == table:
                yield other


def make_elements(page: PaperPage) -> PageElements:
    """Make the elements of a page: spans, lines that go on, and parts of a line."""
    spans = [
        Element(text, _place(span, number), number, span.cell)
        for number, span in enumerate(page.spans)
        if (text := span.text.strip())
    ]
    whole = [*spans, *_join_lines(spans)]
    return PageElements((*whole, *(part for e in whole for part in _divide(e))))


def _place(span: Span, number: int) -> Box:
    if span.box is not None:
        return span.box
    width, height = _CELL
    if span.cell is None:
        top = _TABLE * (number + 1_000)
        return Box(left=0, top=top, right=20 * len(span.text), bottom=top + 150)
    left, top = span.cell.column * width, span.cell.row * height
    top += span.cell.table * _TABLE
    return Box(left=left, top=top, right=left + width - 500, bottom=top + height - 50)


def _join_lines(spans: Sequence[Element]) -> Iterator[Element]:
    """Join each line with the next below it that begins at the same place."""
    for first in spans:
        below = [
            second
            for second in spans
            if first.cell is None
            and second.cell is None
            and abs(second.box.left - first.box.left) < _SAME
            and 0 < second.box.top - first.box.top < _LINE
        ]
        if below:
            second = min(below, key=lambda element: element.box.top)
            box = Box(
                left=min(first.box.left, second.box.left),
                top=first.box.top,
                right=max(first.box.right, second.box.right),
                bottom=second.box.bottom,
            )
            yield replace(first, text=first.text + second.text, box=box, joined=True)


def _divide(element: Element) -> Iterator[Element]:
    """Divide a line at its colon, and into clauses that each lead to the next."""
    if beside := _BESIDE.match(element.text):
        label, words = beside.groups()
        yield replace(element, text=words, before=label.strip(_NUMBERED))
    if element.joined or len(element.text) < _LEAST_CLAUSE:
        return
    clauses = [clause for clause in _CLAUSE.split(element.text) if clause]
    for before, clause in pairwise(clauses):
        yield replace(element, text=clause, before=before)


def _share_line(one: Box, other: Box) -> bool:
    """Tell whether the first line of `other` runs through `one`."""
    middle = (other.top + min(other.bottom, other.top + 150)) / 2
    return one.top - 20 <= middle <= one.bottom + 20


def _share_column(one: Box, other: Box) -> bool:
    shared = min(one.right, other.right) - max(one.left, other.left)
    return shared > 0.3 * min(one.right - one.left, other.right - other.left)
