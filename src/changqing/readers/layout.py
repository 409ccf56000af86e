"""Where words stand on a page: rows, and what stands beside or below a label.

A page is a set of spans with boxes (or, where a file has no pages of its own, cells or
bare lines). Labels are found whatever the blanks between their letters; a value is what
stands after the label's colon, to its right, in the next cell, or below it, and may go
on in the next line. Pure geometry: nothing here knows what a value means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from statistics import median
from typing import Final

from changqing.evidence.reading import SURE, WHOLE, Box, Cell, PaperPage, Span

_BLANK: Final = re.compile(r"[\s\u200b\ufeff]")


_COLON_GAP: Final = 15
"""Heights of a line between a label and the colon of its own column, at most."""
_MOST_COLONS: Final = 200
"""On a page; a page with more is no form, and each is held against every word."""
_NEAREST: Final = 8  # neighbours of a span by which a tilt is measured


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanPart:
    """Some of the words of a span: characters `start` to `end` of its text."""

    span: Span
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words."""
        return self.span.text[self.start : self.end]

    @property
    def box(self) -> Box | None:
        """Where the words stand: their share of the span's box by their width."""
        box = self.span.box
        if box is None or (self.start == 0 and self.end >= len(self.span.text)):
            return box
        whole = _measure_width(self.span.text) or 1
        across = box.right - box.left
        left = box.left + across * _measure_width(self.span.text[: self.start]) // whole
        right = box.left + across * _measure_width(self.span.text[: self.end]) // whole
        return Box(
            left=left, top=box.top, right=max(right, left + 1), bottom=box.bottom
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words of one page, in one or more pieces, as they are quoted."""

    page: int
    pieces: tuple[SpanPart, ...]

    @property
    def text(self) -> str:
        """The words, those of two lines without a break."""
        return "".join(piece.text for piece in self.pieces).strip()

    @property
    def box(self) -> Box | None:
        """The box around all pieces."""
        return join_boxes(piece.box for piece in self.pieces)

    @property
    def confidence(self) -> int:
        """The least confidence of the reader in any of the words."""
        return min((piece.span.confidence for piece in self.pieces), default=0)

    def narrow(self, start: int, end: int) -> Quote:
        """Quote only characters `start` to `end` of the pieces' joined text."""
        parts, at = [], 0
        for piece in self.pieces:
            length = piece.end - piece.start
            first, last = max(start - at, 0), min(end - at, length)
            if first < last:
                parts.append(
                    SpanPart(
                        span=piece.span,
                        start=piece.start + first,
                        end=piece.start + last,
                    )
                )
            at += length
        return Quote(page=self.page, pieces=tuple(parts))

    @property
    def raw(self) -> str:
        """The pieces' text as `narrow` counts it, blanks at its ends included."""
        return "".join(piece.text for piece in self.pieces)


def join_boxes(boxes: Iterable[Box | None]) -> Box | None:
    """Draw the box around boxes; None where there is none."""
    drawn_boxes = [box for box in boxes if box is not None]
    if not drawn_boxes:
        return None
    return Box(
        left=min(box.left for box in drawn_boxes),
        top=min(box.top for box in drawn_boxes),
        right=max(box.right for box in drawn_boxes),
        bottom=max(box.bottom for box in drawn_boxes),
    )


@lru_cache(maxsize=1 << 15)  # the words of the catalogue are sought on every page
def squeeze(text: str) -> str:
    """Take the blanks away, make wide letters plain and all of them small."""
    return squeeze_mapped(text)[0]


def squeeze_mapped(text: str) -> tuple[str, list[int]]:
    """Squeeze a text, and give the place in `text` of every character that is left."""
    letters: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for plain in unicodedata.normalize("NFKC", sign).lower():
            if not _BLANK.match(plain):
                letters.append(plain)
                places.append(place)
    return "".join(letters), places


def _share_box(box: Box, text: str, start: int, end: int) -> Box:
    whole = _measure_width(text) or 1
    across = box.right - box.left
    left = box.left + across * _measure_width(text[:start]) // whole
    right = box.left + across * _measure_width(text[:end]) // whole
    return Box(left=left, top=box.top, right=max(right, left + 1), bottom=box.bottom)


def _measure_width(text: str) -> int:
    """Measure the width of words in half letters: Han and full-width signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


@dataclass(frozen=True)
class PageLayout:
    """A page with what `beside` and `quote` need to know of it."""

    page: PaperPage
    cells: Mapping[tuple[int, int, int], int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Give each loose colon to its label, and index the cells of its tables."""
        object.__setattr__(self, "page", _join_colons(self.page))
        cells = {
            (span.cell.table, span.cell.row, span.cell.column): place
            for place, span in reversed(list(enumerate(self.spans)))
            if span.cell is not None
        }
        object.__setattr__(self, "cells", cells)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The spans of the page in the order in which one reads them."""
        return self.page.spans

    @cached_property
    def slope(self) -> float:
        """How far the lines of the page fall for each unit to the right.

        A tilted line has a higher box than its letters; by how much for its width says
        how steep, and which of the two ways lets neighbours stand on one line.
        """
        shape = self._shape
        boxes: list[tuple[Box, float]] = []
        # heights = letters * padding + widths * slope, by least squares
        sums = [0.0] * 5
        for span in self.spans:
            letters = _measure_width(span.text) / 2
            box = self._lay_on_line(span)
            if box is None or letters < 1:
                continue
            across, high = (
                (box.right - box.left) * shape,
                measure_height(box),
            )
            letter = across / letters
            if not 0.3 * high < letter < 3 * high and letters < 4:
                continue
            boxes.append((box, letter))
            if letters < 60:
                sums[0] += letter * letter
                sums[1] += letter * across
                sums[2] += across * across
                sums[3] += letter * high
                sums[4] += across * high
        det = sums[0] * sums[2] - sums[1] * sums[1]
        if len(boxes) < 5 or det <= 0:
            return 0.0
        fall = (sums[0] * sums[4] - sums[1] * sums[3]) / det
        if fall < 0.015:
            return 0.0

        pairs: list[tuple[float, float]] = []
        boxes.sort(key=lambda box_and_letter: box_and_letter[0].left)
        for number, (box, letter) in enumerate(boxes):
            near = 0
            for other, _ in boxes[number + 1 :]:
                gap = (other.left - box.right) * shape
                if gap < 0 or near > _NEAREST:
                    continue
                if gap >= 8 * letter:
                    break
                drop = (find_middle(other) - find_middle(box)) / letter
                across = (find_centre(other) - find_centre(box)) * shape / letter
                if abs(drop) < 0.35 * across + 0.4:
                    pairs.append((drop, across))
                    near += 1

        def rate(step: int) -> float:
            """Rate how well neighbours stand on one line, near ones the better."""
            slope = step / 200
            return sum(
                max(0.0, 1 - 3 * abs(drop - slope * across)) for drop, across in pairs
            )

        # What the heights say is too much where letters are padded, never too little.
        most = round(min(1.3 * fall, 0.3) * 200)
        coarse = max(
            range(-most, most + 1, 3), key=lambda step: (rate(step), -abs(step))
        )
        best = max(range(coarse - 2, coarse + 3), key=rate)
        return best / 200 if rate(best) > rate(0) else 0.0

    @cached_property
    def flat(self) -> tuple[Box, ...]:
        """The boxes as if the page lay straight, across in the units of down.

        A line keeps the height of its left end: over a long one, a small error of the
        slope would add up.
        """
        boxes, shape, slope = [], self._shape, self.slope
        widths = [
            (span.box.right - span.box.left) * shape * 2 / _measure_width(span.text)
            for span in self.spans
            if span.box is not None and span.text
        ]
        widest = 1.3 * median(widths) if widths else 0.0  # spaced letters are no wider
        for span in self.spans:
            box = self._lay_on_line(span)
            if box is None:
                boxes.append(Box(left=0, top=0, right=WHOLE, bottom=WHOLE))
                continue
            left, right = box.left * shape, box.right * shape
            high = measure_height(box)
            height = float(high)
            if slope:
                letter = (right - left) * 2 / max(1, _measure_width(span.text))
                letter = min(letter, widest)
                level = high - abs(slope) * (right - left)
                height = min(max(level, 0.9 * letter), 1.8 * letter, high)
            top = box.top if slope >= 0 else box.bottom - height
            top -= slope * left
            boxes.append(
                Box(
                    left=round(left),
                    top=round(top),
                    right=round(right),
                    bottom=round(top + max(height, 1)),
                )
            )
        return tuple(boxes)

    def _lay_on_line(self, span: Span) -> Box | None:
        """Where words stand on one line: the lines of a cell at their middle."""
        return span.line or span.box

    @cached_property
    def regular(self) -> frozenset[int]:
        """The spans that can be label or value: with a box, and no letters of a mark.

        Letters several times as large as the rest are a title or lie over the page.
        """
        boxed = [place for place, span in enumerate(self.spans) if span.box is not None]
        if not boxed:
            return frozenset()
        usual = median(measure_height(self.flat[place]) for place in boxed)
        return frozenset(
            place for place in boxed if measure_height(self.flat[place]) <= 2.6 * usual
        )

    @property
    def is_picture(self) -> bool:
        """Whether its words were read from a picture: its size is in pixels then."""
        return any(span.confidence < SURE for span in self.spans) and bool(
            self.page.width
        )

    # Rows and running text

    @cached_property
    def rows(self) -> tuple[tuple[int, ...], ...]:
        """The places of the spans, row by row from the top, each from the left.

        Spans without a box are a row each, those of one row of a table together.
        """
        rows: list[list[int]] = []
        loose = [place for place, span in enumerate(self.spans) if span.box is None]
        for place in loose:
            cell = self.spans[place].cell
            if rows and cell is not None:
                before = self.spans[rows[-1][0]].cell
                if before is not None and (before.table, before.row) == (
                    cell.table,
                    cell.row,
                ):
                    rows[-1].append(place)
                    continue
            rows.append([place])
        rows_with_boxes: list[list[int]] = []
        large = [
            place
            for place, span in enumerate(self.spans)
            if span.box is not None and place not in self.regular
        ]
        for places in (large, self.regular):
            rows_with_boxes += self._draw_rows(places)
        rows_with_boxes.sort(key=lambda row: find_middle(self.flat[row[0]]))
        return tuple(tuple(row) for row in (*rows_with_boxes, *rows))

    def _draw_rows(self, places: Iterable[int]) -> list[list[int]]:
        rows: list[list[int]] = []
        flat = self.flat
        for place in sorted(
            places, key=lambda place: (find_middle(flat[place]), flat[place].left)
        ):
            if rows and are_on_same_row(flat[rows[-1][-1]], flat[place]):
                rows[-1].append(place)
            else:
                rows.append([place])
        return [sorted(row, key=lambda place: flat[place].left) for row in rows]

    @cached_property
    def _running(self) -> tuple[str, list[tuple[int, int]]]:
        """The squeezed text of the page, and each character's span and place in it."""
        signs: list[str] = []
        places: list[tuple[int, int]] = []
        for number, span in enumerate(self.spans):
            plain, where = squeeze_mapped(span.text)
            signs.append(plain)
            places += [(number, place) for place in where]
        return "".join(signs), places

    @property
    def text(self) -> str:
        """All words of the page in reading order, squeezed."""
        return self._running[0]

    def quote(self, start: int, end: int) -> Quote:
        """Quote characters `start` to `end` of `text`."""
        pieces: list[SpanPart] = []
        for number, place in self._running[1][start:end]:
            span = self.spans[number]
            if pieces and pieces[-1].span is span:
                pieces[-1] = SpanPart(span=span, start=pieces[-1].start, end=place + 1)
            else:
                pieces.append(SpanPart(span=span, start=place, end=place + 1))
        return Quote(page=self.page.number, pieces=tuple(pieces))

    def find(self, quote: Quote) -> tuple[int, int] | None:
        """Find where in `text` a quote stands: the reverse of `quote`."""
        if not quote.pieces:
            return None
        first, last = quote.pieces[0], quote.pieces[-1]
        start = end = None
        for at, (number, place) in enumerate(self._running[1]):
            span = self.spans[number]
            if start is None and span is first.span and place >= first.start:
                start = at
            if span is last.span and place < last.end:
                end = at + 1
        return None if start is None or end is None else (start, end)

    def join_row(self, row: Sequence[int]) -> str:
        """Join the words of a row, its spans parted by a blank."""
        return " ".join(self.spans[place].text for place in row)

    def find_row_box(self, row: Sequence[int]) -> Box | None:
        """Find the box around a row."""
        return join_boxes(self.spans[place].box for place in row)

    def quote_spans(self, places: Sequence[int]) -> Quote:
        """Quote whole spans by their places in the page."""
        return Quote(
            page=self.page.number,
            pieces=tuple(
                SpanPart(
                    span=self.spans[place], start=0, end=len(self.spans[place].text)
                )
                for place in places
            ),
        )

    def find_under(self, heads: Sequence[str], value: Quote) -> Quote | None:
        """Find what stands in the row of a value under one of the heads of its columns.

        None where no such head stands above it.
        """
        place = self.find_place_of(value.pieces[0].span)
        start = self.flat[place]
        row = next((row for row in self.rows if place in row), ())
        names = [squeeze(head) for head in heads]
        for name in names:
            above = [
                other
                for other, span in enumerate(self.spans)
                if squeeze(span.text) == name
                and (span.box is None or self.flat[other].bottom <= start.top)
            ]
            if not above:
                continue
            if self.spans[place].box is None:
                at = self._find_cell_under(above, self.spans[place].cell)
                return None if at is None else self.quote_spans([at])
            # Statements side by side have the same heads twice.
            head = min(
                above, key=lambda candidate: abs(self._measure_aside(candidate, place))
            )
            after = [
                number for number in row if self.flat[number].left >= start.left - 50
            ]
            nearest = min(
                after, key=lambda candidate: abs(self._measure_aside(candidate, head))
            )
            return self.quote_spans([nearest])
        return None

    def find_in_column(self, row: Sequence[int], head: int) -> int | None:
        """Find the one span of a row that stands under a head."""
        top = self.spans[head]
        if top.cell is not None:
            column = (top.cell.table, top.cell.column)
            cells = ((place, self.spans[place].cell) for place in row)
            return next(
                (
                    place
                    for place, cell in cells
                    if cell is not None and (cell.table, cell.column) == column
                ),
                None,
            )
        if top.box is None:
            return None
        start = self.flat[head]
        under = [
            place
            for place in row
            if self.spans[place].box is not None
            and self.flat[place].left < start.right
            and start.left < self.flat[place].right
        ]
        return under[0] if len(under) == 1 else None

    def _find_cell_under(self, heads: Sequence[int], cell: Cell | None) -> int | None:
        """Find the cell in the row of another that stands under one of some heads.

        Statements side by side have the same heads twice: a value is not left of its
        label, so the first head that is not left of the other cell is its own.
        """
        if cell is None:
            return None
        columns = [
            head.column
            for number in heads
            if (head := self.spans[number].cell) is not None
            and head.table == cell.table
            and head.column >= cell.column
        ]
        if not columns:
            return None
        return self.cells.get((cell.table, cell.row, min(columns)))

    def _measure_aside(self, place: int, other_place: int) -> int:
        """Measure how far to the side one span stands from another."""
        return find_centre(self.flat[place]) - find_centre(self.flat[other_place])

    @property
    def _shape(self) -> float:
        """How many units down are as long as one unit across."""
        page = self.page
        return page.width / page.height if page.width and page.height else 1.0

    def is_parted(self, left: Box, right: Box, *, but: Collection[int]) -> bool:
        """Tell whether another span, none at `but`, stands between two boxes."""
        for place in self.regular:
            box = self.flat[place]
            between = left.right <= box.left and box.right <= right.left
            if between and are_on_same_row(box, right) and place not in but:
                return True
        return False

    def find_place_of(self, span: Span) -> int:
        """Find the place of a span in the page."""
        return next(
            place for place, candidate in enumerate(self.spans) if candidate is span
        )

    def find_flat_part(self, place: int, start: int, end: int | None) -> Box | None:
        """Find the straightened box of some letters of a span.

        `end` None: to its end.
        """
        span = self.spans[place]
        if span.box is None:
            return None
        return _share_box(
            self.flat[place], span.text, start, len(span.text) if end is None else end
        )


def _join_colons(page: PaperPage) -> PaperPage:
    """Give a colon that stands alone, or before a value, to what is left of it.

    A form sets its colons flush, in a column of their own: 姓名　　： 王小明.
    """
    loose = [
        place
        for place, span in enumerate(page.spans)
        if span.box is not None and span.text.lstrip().startswith((":", "："))
    ]
    if not 0 < len(loose) <= _MOST_COLONS:
        return page
    spans: list[Span | None] = list(page.spans)
    for place in loose:
        colon = spans[place]
        before = _find_left(page.spans, place)
        label = None if before is None else spans[before]
        if before is None or label is None or colon is None or label.box is None:
            continue
        if not label.text.rstrip().endswith((":", "：")):
            spans[before] = replace(label, text=f"{label.text.rstrip()}：")
        after_colon = colon.text.lstrip().lstrip(":：").lstrip()
        if not after_colon:
            spans[place] = None
            continue
        cut = len(colon.text) - len(after_colon)
        part = SpanPart(span=colon, start=cut, end=len(colon.text))
        spans[place] = replace(colon, text=after_colon, box=part.box)
    return replace(page, spans=tuple(span for span in spans if span is not None))


def _find_left(spans: Sequence[Span], place: int) -> int | None:
    """Find the span that stands next on the left in the line of another."""
    box = spans[place].box
    best: tuple[int, int] | None = None
    if box is None:
        return None
    least, most = -measure_height(box), _COLON_GAP * measure_height(box)
    for other, span in enumerate(spans):
        # Most words stand elsewhere: the cheapest question first.
        if span.box is None or not least < box.left - span.box.right < most:
            continue
        gap = box.left - span.box.right
        if (
            other != place
            and span.box.left < box.left
            and are_on_same_row(span.box, box)
        ):
            best = min(best or (gap, other), (gap, other))
    return None if best is None else best[1]


def find_centre(box: Box) -> int:
    """Find the middle of a box from left to right."""
    return (box.left + box.right) // 2


def find_middle(box: Box) -> int:
    """Find the middle of a box from top to bottom."""
    return (box.top + box.bottom) // 2


def measure_height(box: Box | None) -> int:
    """Measure the height of a box, at least 1."""
    return 1 if box is None else max(1, box.bottom - box.top)


def measure_common_height(one: Box, other: Box) -> int:
    """Measure how much of their height two boxes share."""
    return min(one.bottom, other.bottom) - max(one.top, other.top)


def are_on_same_row(one: Box, other: Box) -> bool:
    """Tell whether two boxes share more than half the height of the lower one."""
    return measure_common_height(one, other) > 0.5 * min(
        measure_height(one), measure_height(other)
    )
