"""What stands beside a label: after its colon, right of it, in the next cell, below.

Labels are found whatever the blanks between their letters. A value ends where the next
label begins, and may go on in the next line. Nothing here knows what a value means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Final

from changqing.evidence.reading import WHOLE, Box
from changqing.readers.label_spots import (
    LabelledValue,
    LabelSpot,
    find_closing,
    find_lead,
    find_spots,
    is_beside_middle,
    list_heads,
)
from changqing.readers.layout import (
    PageLayout,
    Quote,
    SpanPart,
    are_on_same_row,
    find_centre,
    find_middle,
    measure_common_height,
    measure_height,
    squeeze,
)
from changqing.readers.value_ends import LEADING, drop_lines_of_next, find_paragraph

_COLON: Final = re.compile(r"\s*[:：]")
_LEAD: Final = re.compile(
    r"^[\s(（]*(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[)）、.．]\s*"
)
_NOTE: Final = re.compile(r"[(（][^()（）]{1,24}[)）]")
_TORN_NOTE: Final = re.compile(r"\s*[(（][^()（）]{0,6}$")  # 承租方（乙 | 方）
_UNKNOWN: Final = re.compile(r"(?:^|(?<!\s)\s++)[\u4e00-\u9fff()（）/]{2,12}[:：]")
_SENTENCE: Final = re.compile("[一-龥]{4}[，,；;。]")  # none stands in a column
_CLAUSE: Final = frozenset("。;；,，、")
_LEADING_WORDS: Final = re.compile(r"[^\s:：。;；,，、)）]{0,12}$")
_FILLER: Final = "_＿—-·.．…:：;；,，|/\\"
_RULED: Final = "_＿"
_OWED: Final = re.compile(
    r"(?<!-)-(?:[¥￥]|人民币)?\d[\d,]*(?:\.\d{2}(?!\d)|[万亿]?元)"
)
"""A minus before an amount, which is no rule or dash between label and value."""
_WIDE_GAP: Final = 2.5  # heights of a line: what is further apart is another column
_BELOW, _BELOW_HEAD = 1.6, 4.5  # heights of a line to what is under a label, a head
_APART: Final = 1.1  # steps of lines between a value and what is above it
_BETWEEN_LETTERS: Final = 7.0  # heights of a line between the letters of a label


def find_beside(
    page: PageLayout,
    labels: Sequence[str],
    others: Collection[str],
    *,
    lines: int = 1,
) -> Iterator[LabelledValue]:
    """Find what stands beside any of `labels`, those named first first.

    `others` are all labels that may stand on such a paper: where one of them begins, a
    value ends. `lines`: how many lines a value may have. What stands to the right of a
    label comes before what stands below; the first that can be its value is taken.
    """
    yield from LabelledPage(page, (*others, *labels)).find(labels, lines=lines)


@dataclass(frozen=True)
class LabelledPage:
    """A page and the labels that may stand on it, found once."""

    page: PageLayout
    names: tuple[str, ...]

    def find(self, labels: Sequence[str], *, lines: int = 1) -> Iterator[LabelledValue]:
        """Find values as `find_beside` does, for labels among `names`."""
        for name in dict.fromkeys(labels):
            for label in self._labels:
                if squeeze(name) in label.spellings:
                    for value in self._find_values(label, lines):
                        yield replace(value, label=name)

    @cached_property
    def values(self) -> frozenset[int]:
        """The places of the spans that are the value of some label, on its own line."""
        return frozenset(
            self.page.find_place_of(piece.span)
            for label in self._labels
            for value in self._find_values(label, 1)
            if value.how != "below"
            for piece in value.value.pieces
        )

    # Labels

    @cached_property
    def _labels(self) -> tuple[LabelSpot, ...]:
        return find_spots(self.page, self.names)

    @cached_property
    def _by_span(self) -> Mapping[int, tuple[LabelSpot, ...]]:
        """The labels that begin in a span, but that of a span that is a label alone."""
        by: dict[int, list[LabelSpot]] = {}
        for label in self._labels:
            by.setdefault(label.at, []).append(label)
        return {place: tuple(labels) for place, labels in by.items()}

    @cached_property
    def _heads(self) -> frozenset[int]:
        """The spans in which a label begins at once, so that they begin no value."""
        heads = set()
        for label in self._labels:
            if label.start <= find_lead(self.page.spans[label.at].text):
                heads.add(label.at)
            if len(label.places) > 1:
                heads |= label.places
        return frozenset(heads)

    # Values

    def _find_values(self, label: LabelSpot, lines: int) -> Iterator[LabelledValue]:
        """Find what a label may be of: in its span, cell, to the right, or below."""
        inside = self._find_inside(label)
        if inside is not None:
            pieces = [inside]
            if inside.end == len(inside.span.text.rstrip()):
                pieces += self._find_rest_of_row(label.last)
            yield self._make_value(label, pieces, label.how, lines)
            return
        span = self.page.spans[label.last]
        if self._has_next_label(label):
            return
        if span.cell is not None:
            yield from self._find_in_cells(label, lines)
            return
        if span.box is None:
            yield from self._find_in_next_line(label)
            return
        right = self._find_right(label)
        if right is not None:
            piece = self._take_up_to_label(right)
            pieces = [piece]
            if piece.end == len(piece.span.text):
                pieces += self._find_rest_of_row(right)
            how = "torn" if label.how == "torn" else "right"
            yield self._make_value(label, pieces, how, lines)
        below = self._find_below(label)
        if below is not None and label.how != "torn":
            pieces = [self._take_up_to_label(below)]
            value = self._make_value(label, pieces, "below", lines)
            last = self.page.find_place_of(value.value.pieces[-1].span)
            yield replace(value, more=self._goes_on_below(last))

    def _find_inside(self, label: LabelSpot) -> SpanPart | None:
        """Find what follows a label in its own span, up to the next label in it."""
        span = self.page.spans[label.last]
        starts = [
            other.start
            for other in self._by_span.get(label.last, ())
            if other.start >= label.rest
        ]
        end = min(starts, default=len(span.text))
        text = span.text[label.rest : end]
        if not text.strip().strip(_FILLER).strip() or _TORN_NOTE.match(text):
            return None
        unknown = _UNKNOWN.search(text, len(text) - len(text.lstrip()) + 1)
        if unknown is not None:
            text = text[: unknown.start()]
        text = text[: find_closing(span.text[: label.start], text)]
        blank = len(text) - len(text.lstrip(" \t　" + _FILLER))
        if text[:blank].endswith("-") and _OWED.match(text, blank - 1):
            blank -= 1
        last = label.rest + len(text.rstrip().rstrip(_RULED).rstrip())
        return SpanPart(span=span, start=label.rest + blank, end=last)

    def _has_next_label(self, label: LabelSpot) -> bool:
        """Whether another label follows in the same span: then its field is blank."""
        return any(
            other.start >= label.rest
            for other in self._by_span.get(label.last, ())
            if other.last == label.last
        )

    def _take_up_to_label(self, place: int) -> SpanPart:
        span = self.page.spans[place]
        starts = [label.start for label in self._by_span.get(place, ())]
        end = min((start for start in starts if start > 0), default=len(span.text))
        unknown = _UNKNOWN.search(span.text, 1, end)
        if unknown is not None and unknown.start() > 0:
            end = unknown.start()
        return SpanPart(span=span, start=0, end=end)

    def _find_rest_of_row(self, place: int) -> list[SpanPart]:
        """Find what stands close to the right of a span and goes on with it."""
        pieces: list[SpanPart] = []
        span = self.page.spans[place]
        if span.box is None or span.cell is not None:
            return pieces
        row = next((row for row in self.page.rows if place in row), (place,))
        before = self.page.flat[place]
        for neighbour in row[row.index(place) + 1 :]:
            box = self.page.flat[neighbour]
            if neighbour in self._heads:
                break
            if box.left < before.right - measure_height(before):
                continue  # another line of a tilted page
            if box.left - before.right > _WIDE_GAP * measure_height(before):
                break
            if _UNKNOWN.match(self.page.spans[neighbour].text):
                break
            piece = self._take_up_to_label(neighbour)
            pieces.append(piece)
            if piece.end < len(piece.span.text):
                break
            before = box
        return pieces

    def _find_right(self, label: LabelSpot) -> int | None:
        """Find the nearest span to the right of a label that stands on its height."""
        box = label.box
        if box is None:
            return None
        # A label may stand beside the gap between two lines of its value.
        best: dict[bool, tuple[int, int]] = {}
        for place in self.page.regular:
            other = self.page.flat[place]
            if place in label.places:
                continue
            if other.left < box.right - measure_height(box) or other.right <= box.right:
                continue
            least = min(measure_height(box), measure_height(other))
            shared = measure_common_height(box, other)
            if shared < -0.4 * least:
                continue
            level = shared >= 0.45 * least
            distance = other.left - box.right
            distance += 2 * abs(find_middle(other) - find_middle(box))
            if level not in best or distance < best[level][0]:
                best[level] = distance, place
        if not best:
            return None
        beside, between = best.get(True), best.get(False)
        if beside is None or (
            between is not None and between[0] < beside[0] - 10 * measure_height(box)
        ):
            beside = between
        return None if beside is None or beside[1] in self._heads else beside[1]

    def _find_below(self, label: LabelSpot) -> int | None:
        """Find the nearest span under a label that no other label stands before."""
        box = label.box
        if box is None:
            return None
        best: tuple[int, int] | None = None
        most = _BELOW_HEAD if label.at in self._heads_in_rows else _BELOW
        for place in self.page.regular:
            other = self.page.flat[place]
            if place in label.places:
                continue
            drop = other.top - box.bottom
            if not -0.3 * measure_height(box) <= drop <= most * measure_height(box):
                continue
            # A head set letter under letter is high, and its column narrow.
            aside = min(measure_height(box), measure_height(other))
            if other.right <= box.left or other.left >= box.right + aside:
                continue
            if best is None or drop < best[0]:
                best = drop, place
        if best is None or best[1] in self._heads:
            return None
        if self._has_label_left(best[1], self.page.flat[best[1]].left):
            return None
        return best[1]

    @cached_property
    def _heads_in_rows(self) -> frozenset[int]:
        """Heads of tables, under which a row may begin lower."""
        return list_heads([label.at for label in self._open_labels], self.page.rows)

    def _goes_on_below(self, place: int) -> bool:
        """Whether another value stands close under one, as in a column."""
        box = self.page.flat[place]
        for neighbour in self.page.regular:
            under = self.page.flat[neighbour]
            if neighbour == place or neighbour in self._heads:
                continue
            if _SENTENCE.search(self.page.spans[neighbour].text):
                continue
            if not 0 <= under.top - box.bottom <= 2.0 * measure_height(box):
                continue
            if under.left < box.right and box.left < under.right:
                both = (self.page.spans[spot].text for spot in (place, neighbour))
                return len({any(map(str.isdigit, text)) for text in both}) == 1
        return False

    def _find_in_cells(self, label: LabelSpot, lines: int) -> Iterator[LabelledValue]:
        """Find what a label in a cell may be of: in the cell, to the right, below."""
        page = self.page
        cell = page.spans[label.last].cell
        if cell is None:
            return
        same = [
            place
            for place, span in enumerate(page.spans)
            if span.cell == cell and place > label.last
        ]
        if same and same[0] not in self._heads:
            pieces = [self._take_up_to_label(place) for place in same[:lines]]
            yield self._make_value(label, pieces, "cell", 1)
            return
        columns = sorted(
            column
            for table, row, column in page.cells
            if (table, row) == (cell.table, cell.row) and column > cell.column
        )
        if columns:
            pieces = self._list_cell_pieces((cell.table, cell.row, columns[0]))
            if pieces:
                yield self._make_value(label, pieces, "cell", 1)
        pieces = self._list_cell_pieces((cell.table, cell.row + 1, cell.column))
        if pieces:
            under = page.cells.get((cell.table, cell.row + 2, cell.column))
            more = under is not None and under not in self._heads
            yield replace(self._make_value(label, pieces, "below", 1), more=more)

    def _list_cell_pieces(self, cell: tuple[int, int, int]) -> list[SpanPart]:
        """List what stands in a cell, where that is a value and no label."""
        first = self.page.cells.get(cell)
        if first is None or first in self._heads:
            return []
        of = self.page.spans[first].cell
        pieces = [
            self._take_up_to_label(place)
            for place, span in enumerate(self.page.spans)
            if span.cell == of
        ]
        return pieces if any(piece.text.strip() for piece in pieces) else []

    def _find_in_next_line(self, label: LabelSpot) -> Iterator[LabelledValue]:
        place = label.last + 1
        if (
            label.how == "colon"
            and place < len(self.page.spans)
            and place not in self._heads
        ):
            yield self._make_value(label, [self._take_up_to_label(place)], "below", 1)

    def _make_value(
        self, label: LabelSpot, pieces: list[SpanPart], how: str, lines: int
    ) -> LabelledValue:
        number = self.page.page.number
        first, headless = None, False
        if lines > 1 and pieces[-1].end == len(pieces[-1].span.text):
            whole, headless = self._add_lines(label, pieces, lines, how)
            if len(whole) > len(pieces):
                first = Quote(page=number, pieces=tuple(pieces))
                pieces = whole
        quote = Quote(page=number, pieces=tuple(pieces))
        note = self.page.spans[label.last].text[label.start : label.rest]
        note += "".join(self.page.spans[at].text for at in label.places - {label.last})
        lead = _LEADING_WORDS.search(self.page.spans[label.at].text[: label.start])
        return LabelledValue(
            label=label.name,
            value=quote,
            how=how,
            is_near=label.is_near,
            first=first,
            note=note,
            lead=lead[0] if lead is not None and label.last == label.at else "",
            headless=headless,
        )

    def _add_lines(
        self, label: LabelSpot, pieces: list[SpanPart], lines: int, how: str
    ) -> tuple[list[SpanPart], bool]:
        """All lines of a value that has several, before and after the one found.

        They stand flush with it, close together, and beside no other label. What stands
        above is part of it only where a wider gap parts it from what is above that: a
        form may set its label beside the middle of a value. Tells as well whether one
        stands above that may be its beginning, or not.
        """
        page = self.page
        first = page.find_place_of(pieces[0].span)
        start = page.find_flat_part(first, pieces[0].start, pieces[0].end)
        if start is None:
            return pieces, False
        height, middle = measure_height(start), find_middle(start)
        # Where a value is glued to its label, where it begins can but be guessed.
        glued = label.how in {"glued", "clause"} and pieces[0].start > 0
        most = (4.5 if glued else 2.2) * height
        used = {id(piece.span) for piece in pieces}

        def is_of_cell(place: int) -> bool:
            """Whether it is a line of the same cell: flush with the one or centred."""
            box = page.flat[place]
            return (box.left < start.right and start.left < box.right) and (
                abs(box.left - start.left) <= 2.2 * height
                or abs(find_centre(box) - find_centre(start)) < 0.5 * height
            )

        paragraph = find_paragraph(page, label, start, first, lines)

        column = sorted(
            (
                place
                for place in page.regular
                if id(page.spans[place]) not in used
                and (
                    is_of_cell(place)
                    if how == "below"
                    else -2.2 * height <= page.flat[place].left - start.left <= most
                    or place in paragraph
                )
            ),
            key=lambda place: find_middle(page.flat[place]),
        )

        own = label.places

        def is_free(place: int) -> bool:
            return (
                place not in self._heads
                and not self._has_label_left(place, start.left, but=own)
                and not self._has_head(place, label)
            )

        def drop(place: int) -> float:
            """How far below the first line, in halves of the lower of both."""
            box = page.flat[place]
            return (find_middle(box) - middle) / (min(height, measure_height(box)) / 2)

        below = [place for place in column if drop(place) > 1]
        above = [place for place in column if drop(place) < -1]
        down = self._find_close_lines(below, start, is_free)[: lines - 1]
        down = drop_lines_of_next(page, self._open_labels, label, start, down, below)
        up = self._find_close_lines(
            above[::-1],
            start,
            lambda place: is_free(place) and not self._is_beside_other(place, label),
        )[::-1]
        headless = bool(up) and not self._holds_together(label, start, up, down, above)
        if headless:
            up = []
        value_parts: list[SpanPart] = []
        for part in (
            *self._list_parts(up, how),
            *pieces,
            *self._list_parts(down, how),
        ):
            if not any(part.span is other.span for other in value_parts):
                value_parts.append(part)
        return value_parts, headless

    def _is_beside_other(self, place: int, label: LabelSpot) -> bool:
        """Whether a line is much nearer to another label, which stands beside it."""
        box = self.page.flat[place]

        def measure(other: Box) -> int:
            return abs(find_middle(other) - find_middle(box))

        return label.box is not None and any(
            other.box is not None
            and other is not label
            and other.box.right <= box.left
            and measure(other.box) < measure_height(box)
            and 2 * measure(other.box) < measure(label.box)
            for other in self._open_labels
        )

    def _list_parts(self, lines: Sequence[int], how: str) -> Iterator[SpanPart]:
        for place in lines:
            yield self._take_up_to_label(place)
            if how != "below":  # what is beside a line of a cell is another cell
                yield from self._find_rest_of_row(place)

    def _holds_together(
        self,
        label: LabelSpot,
        start: Box,
        up: Sequence[int],
        down: Sequence[int],
        above: Sequence[int],
    ) -> bool:
        """Whether the lines above a value are its own, and not of what stands above."""
        flat = self.page.flat
        heights = [find_middle(flat[place]) for place in up]
        heights += [
            find_middle(start),
            *(find_middle(flat[place]) for place in down[:1]),
        ]
        steps = [after - before for before, after in pairwise(heights)]
        higher = above[: len(above) - len(up)]
        gap = heights[0] - find_middle(flat[higher[-1]]) if higher else WHOLE
        lower = label.box is not None and (
            find_middle(label.box) > find_middle(start) + 0.35 * measure_height(start)
        )
        if label.box is not None and not down and len(up) == 1:
            # A label set beside the middle of two lines, on the height of neither.
            aside = 0.35 * measure_height(start)
            between = heights[0] + aside < find_middle(label.box) < heights[1] - aside
            if between and gap >= steps[0]:
                return True
        if label.box is not None and down and len(up) == len(down):
            lines = [*heights[:-1], *(find_middle(flat[place]) for place in down)]
            if is_beside_middle(label.box, lines):
                return True
        return (
            max(steps) <= 1.25 * min(steps)
            and gap >= _APART * max(steps)
            and (bool(down) or lower)
        )

    def _find_close_lines(
        self, places: Sequence[int], start: Box, is_free: Callable[[int], bool]
    ) -> list[int]:
        """Lines one after the other that stand as close as the closest two of them."""
        close: list[int] = []
        steps: list[int] = []
        middle, height = find_middle(start), measure_height(start)
        for place in places:
            here = find_middle(self.page.flat[place])
            step = abs(here - middle)
            if step < 0.5 * min(height, measure_height(self.page.flat[place])):
                continue
            if step > LEADING * height or not is_free(place):
                break
            close.append(place)
            steps.append(step)
            middle = here
        # Letters of another size make the first step differ; a wide one is another row.
        most = 1.35 * median(steps) if len(steps) > 2 else 1.5 * min(steps, default=0)
        for number, step in enumerate(steps):
            if step > most:
                return close[:number]
        return close

    def _has_label_left(
        self, place: int, left: int, *, but: Collection[int] = ()
    ) -> bool:
        """Whether a label stands right before a span on its height."""
        box = self.page.flat[place]
        for label in self._open_labels:
            before = label.box
            if before is None or label.at in but or before.right > left + 50:
                continue
            if left - before.right > 12 * measure_height(box):
                continue
            if are_on_same_row(before, box) and not self.page.is_parted(
                before, box, but=self._heads
            ):
                return True
        return False

    @cached_property
    def _open_labels(self) -> tuple[LabelSpot, ...]:
        """The labels after which nothing stands in their own span."""
        return tuple(
            label
            for label in self._labels
            if label.last in self.page.regular and self._find_inside(label) is None
        )

    def _has_head(self, place: int, label: LabelSpot) -> bool:
        """Whether on the height of a line something stands flush with the label.

        It may be a label that nobody listed; what is beside it is no more the value.
        """
        box = self.page.flat[place]
        if label.box is None:
            return False
        for neighbour in self.page.regular:
            head = self.page.flat[neighbour]
            if neighbour in label.places or neighbour == place:
                continue
            flush = abs(head.left - label.box.left) < 2 * measure_height(head)
            if flush and head.right <= box.left and are_on_same_row(head, box):
                return True
        return False
