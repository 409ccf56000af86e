"""Where words stand on a page: rows, and what stands beside or below a label.

A page is a set of spans with boxes (or, where a file has no pages of its own, cells or
bare lines). Labels are found whatever the blanks between their letters; a value is what
stands after the label's colon, to its right, in the next cell, or below it, and may go
on in the next line. Pure geometry: nothing here knows what a value means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from statistics import median
from typing import Final

from changqing.evidence.reading import WHOLE, Box, PaperPage, Span

_COLON: Final = re.compile(r"[:：]")
_BLANK: Final = re.compile(r"[\s\u200b\ufeff]")
_LEAD: Final = re.compile(
    r"^[\s(（]*(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})[)）、.．]\s*"
)
_FILLER: Final = "_＿—-·.．…:：;；,，|/\\"
_WIDE_GAP: Final = 2.5  # heights of a line: what is further apart is another column
_LEADING: Final = 1.9  # heights of a line from one line of a value to its next


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
        whole = _measure(self.span.text) or 1
        across = box.right - box.left
        left = box.left + across * _measure(self.span.text[: self.start]) // whole
        right = box.left + across * _measure(self.span.text[: self.end]) // whole
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
        kept, at = [], 0
        for piece in self.pieces:
            length = piece.end - piece.start
            first, last = max(start - at, 0), min(end - at, length)
            if first < last:
                kept.append(
                    SpanPart(
                        span=piece.span,
                        start=piece.start + first,
                        end=piece.start + last,
                    )
                )
            at += length
        return Quote(page=self.page, pieces=tuple(kept))

    @property
    def raw(self) -> str:
        """The pieces' text as `narrow` counts it, blanks at its ends included."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledValue:
    """What stands beside a label, and where it stood to it.

    `how`: colon, right, cell, glued (no gap between label and value) or below.
    `more`: below the value stands another, as in the column of a table.
    """

    label: str
    value: Quote
    how: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class _Label:
    """A label on the page: which, its first span, and where its value would begin."""

    name: str
    at: int  # place of its first span in the page
    last: int  # place of its last span
    rest: int  # character of the last span at which the value begins
    colon: bool
    box: Box | None


def join_boxes(boxes: Iterable[Box | None]) -> Box | None:
    """Draw the box around boxes; None where there is none."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    return Box(
        left=min(box.left for box in known),
        top=min(box.top for box in known),
        right=max(box.right for box in known),
        bottom=max(box.bottom for box in known),
    )


def squeeze(text: str) -> str:
    """Take the blanks away, make wide letters plain and all of them small."""
    return squeeze_mapped(text)[0]


def squeeze_mapped(text: str) -> tuple[str, list[int]]:
    """As `squeeze`, with the place in `text` of every character that is left."""
    made: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for plain in unicodedata.normalize("NFKC", sign).lower():
            if not _BLANK.match(plain):
                made.append(plain)
                places.append(place)
    return "".join(made), places


def _share_box(box: Box, text: str, start: int, end: int) -> Box:
    whole = _measure(text) or 1
    across = box.right - box.left
    left = box.left + across * _measure(text[:start]) // whole
    right = box.left + across * _measure(text[:end]) // whole
    return Box(left=left, top=box.top, right=max(right, left + 1), bottom=box.bottom)


def _measure(text: str) -> int:
    """The width of words in half letters: Han and full-width signs take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


@dataclass(frozen=True)
class PageLayout:
    """A page with what `beside` and `quote` need to know of it."""

    page: PaperPage
    _cells: Mapping[tuple[int, int, int], int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the cells of its tables."""
        cells = {
            (span.cell.table, span.cell.row, span.cell.column): place
            for place, span in reversed(list(enumerate(self.spans)))
            if span.cell is not None
        }
        object.__setattr__(self, "_cells", cells)

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
            letters = _measure(span.text) / 2
            if span.box is None or letters < 1:
                continue
            across, high = (
                (span.box.right - span.box.left) * shape,
                _height(span.box),
            )
            letter = across / letters
            if not 0.3 * high < letter < 3 * high and letters < 4:
                continue
            boxes.append((span.box, letter))
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

        def count_in_line(slope: float) -> int:
            count = 0
            for one, letter in boxes:
                for other, _ in boxes:
                    gap = (other.left - one.right) * shape
                    if 0 <= gap < 8 * letter:
                        across = (_centre(other) - _centre(one)) * shape
                        drop = _middle(other) - _middle(one) - slope * across
                        count += abs(drop) < 0.25 * letter
            return count

        # What the heights say is too much where letters are padded, never too little.
        steps = round(min(1.3 * fall, 0.3) * 100)
        counts = {step: count_in_line(step / 100) for step in range(-steps, steps + 1)}
        most = max(counts.values())
        best = [step for step, count in counts.items() if count == most]
        way = 1 if sum(best) >= 0 else -1
        return median(step for step in best if step * way >= 0) / 100

    @cached_property
    def _flat(self) -> tuple[Box, ...]:
        """The boxes as if the page lay straight, across in the units of down."""
        made, shape, slope = [], self._shape, self.slope
        for span in self.spans:
            if span.box is None:
                made.append(Box(left=0, top=0, right=WHOLE, bottom=WHOLE))
                continue
            left, right = span.box.left * shape, span.box.right * shape
            middle = _middle(span.box) - slope * (left + right) / 2
            height = _height(span.box) - abs(slope) * (right - left)
            half = max(height, 0.4 * _height(span.box), 1) / 2
            made.append(
                Box(
                    left=round(left),
                    top=round(middle - half),
                    right=round(right),
                    bottom=round(middle + half),
                )
            )
        return tuple(made)

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
        placed = sorted(
            (place for place, span in enumerate(self.spans) if span.box is not None),
            key=lambda place: (_middle(self._box(place)), self._box(place).left),
        )
        drawn: list[list[int]] = []
        for place in placed:
            if drawn and _same_row(self._box(drawn[-1][-1]), self._box(place)):
                drawn[-1].append(place)
            else:
                drawn.append([place])
        for row in drawn:
            row.sort(key=lambda place: self._box(place).left)
        return tuple(tuple(row) for row in (*drawn, *rows))

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

    def row_text(self, row: Sequence[int]) -> str:
        """The words of a row, its spans parted by a blank."""
        return " ".join(self.spans[place].text for place in row)

    def row_box(self, row: Sequence[int]) -> Box | None:
        """The box around a row."""
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
        """What stands in the row of a value under one of the heads of its columns.

        None where no such head stands above it.
        """
        place = self._place_of(value.pieces[0].span)
        start = self._box(place)
        row = next((row for row in self.rows if place in row), ())
        known = [squeeze(head) for head in heads]
        for name in known:
            for other, span in enumerate(self.spans):
                box = self._box(other)
                if squeeze(span.text) != name or box.bottom > start.top:
                    continue
                if span.box is None:
                    cell, mine = span.cell, self.spans[place].cell
                    if cell is None or mine is None or cell.table != mine.table:
                        continue
                    at = self._cells.get((mine.table, mine.row, cell.column))
                    return None if at is None else self.quote_spans([at])
                after = [one for one in row if self._box(one).left >= start.left - 50]
                nearest = min(
                    after, key=lambda one: abs(_centre(self._box(one)) - _centre(box))
                )
                return self.quote_spans([nearest])
        return None

    # Labels

    def beside(
        self, labels: Sequence[str], others: Collection[str], *, lines: int = 1
    ) -> Iterator[LabelledValue]:
        """Find what stands beside any of `labels`, those named first first.

        `others` are all labels that may stand on such a paper: where one of them
        begins, a value ends. `lines`: how many lines a value may have.
        """
        ends = self._find_labels(
            {squeeze(label): label for label in (*others, *labels)}
        )
        by_span: dict[int, list[_Label]] = {}
        for label in ends:
            by_span.setdefault(label.at, []).append(label)
            if label.last != label.at:
                by_span.setdefault(label.last, [])
        taken = {place for label in ends for place in range(label.at, label.last + 1)}
        for wanted in dict.fromkeys(labels):
            for label in ends:
                if label.name != wanted:
                    continue
                found = self._value_of(label, by_span, taken, lines)
                if found is not None:
                    yield found

    def _find_labels(self, known: Mapping[str, str]) -> list[_Label]:
        longest = sorted((name for name in known if name), key=len, reverse=True)
        if not longest:
            return []
        pattern = re.compile("|".join(map(re.escape, longest)))
        found: list[_Label] = []
        consumed: set[int] = set()
        for row in self.rows:
            for at, place in enumerate(row):
                if place in consumed:
                    continue
                parts = self._join_label(row, at, known)
                if parts is not None:
                    found.append(parts)
                    consumed.update(row[at : row.index(parts.last) + 1])
                    continue
                found += self._labels_in(place, pattern, known)
        return found

    def _join_label(
        self, row: Sequence[int], at: int, known: Mapping[str, str]
    ) -> _Label | None:
        """A label whose letters are spans of their own: 名　称, 住 所.

        The last of them may go on with the value.
        """
        joined = _bare(self.spans[row[at]].text)
        if not joined or len(joined) > 4 or joined in known:
            return None
        for more in range(1, min(6, len(row) - at)):
            places = row[at : at + more + 1]
            before, after = places[-2], places[-1]
            cell = self.spans[after].cell
            if self.spans[before].cell != cell or (
                cell is None and not _near(self._box(before), self._box(after), 7)
            ):
                return None
            text = self.spans[after].text
            plain, where = squeeze_mapped(text)
            for name in known:
                ahead = name[len(joined) :]
                if ahead and name.startswith(joined) and plain.startswith(ahead):
                    return self._label_of(
                        known[name], places, where[len(ahead) - 1] + 1
                    )
            joined += _bare(text)
            if len(joined) > 8:
                return None
        return None

    def _label_of(self, name: str, places: Sequence[int], rest: int) -> _Label:
        """Make a label of several spans, of the last of which it takes `rest`."""
        last = places[-1]
        end = self.spans[last].text
        colon = re.match(r"\s*[:：]", end[rest:])
        parts = [self._part(one, 0, len(self.spans[one].text)) for one in places[:-1]]
        parts.append(self._part(last, 0, max(rest, 1)))
        if colon is not None:
            rest += colon.end()
        return _Label(name, places[0], last, rest, colon is not None, join_boxes(parts))

    def _labels_in(
        self, place: int, pattern: re.Pattern[str], known: Mapping[str, str]
    ) -> Iterator[_Label]:
        """Labels in one span: at its head, or later where a colon follows."""
        span = self.spans[place]
        plain, where = squeeze_mapped(span.text)
        if not plain:
            return
        lead = _LEAD.match(plain)
        start = lead.end() if lead is not None else 0
        at = start
        while at < len(plain):
            match = pattern.match(plain, at)
            if match is None:
                at += 1
                continue
            end = match.end()
            note = re.match(r"[(（][^()（）]{1,12}[)）]", plain[end:])
            after = end + (note.end() if note is not None else 0)
            colon = plain[after : after + 1] == ":"
            if not colon and note is not None and not note[0].isascii():
                after = end
            head = at == start and self._begins(span, where, at)
            if head or colon:
                rest = where[after - 1] + 1 if after else 0
                if colon:
                    rest = where[after] + 1
                box = self._part(place, where[at], max(rest, where[at] + 1))
                yield _Label(known[match[0]], place, place, rest, colon, box)
            at = end

    @staticmethod
    def _begins(span: Span, where: Sequence[int], at: int) -> bool:
        return at == 0 or bool(_LEAD.match(span.text[: where[at]] + " "))

    def _value_of(
        self,
        label: _Label,
        labels: Mapping[int, Sequence[_Label]],
        taken: Collection[int],
        lines: int,
    ) -> LabelledValue | None:
        span = self.spans[label.last]
        end = len(span.text)
        for other in labels.get(label.last, ()):
            if other.last == label.last and other.rest > label.rest:
                start = self._start_of(other)
                if start >= label.rest:
                    end = min(end, start)
        inside = SpanPart(span=span, start=label.rest, end=end)
        text = inside.text.strip().strip(_FILLER).strip()
        if text:
            first = (
                inside.start
                + len(inside.text)
                - len(inside.text.lstrip(" \t　" + _FILLER))
            )
            inside = SpanPart(
                span=span, start=first, end=inside.start + len(inside.text.rstrip())
            )
            pieces = [inside]
            if end == len(span.text):
                pieces += self._rest_of_row(label.last, labels, taken)
            how = "colon" if label.colon else "glued"
            return self._finish(label, pieces, how, labels, taken, lines)
        if span.cell is not None:
            return self._in_cells(label, labels, taken, lines)
        if span.box is None:
            return self._next_line(label, taken)
        right = self._right_of(label, labels, taken)
        if right is not None:
            pieces = [self._up_to_label(right, labels)]
            if pieces[0].end == len(self.spans[right].text):
                pieces += self._rest_of_row(right, labels, taken)
            return self._finish(label, pieces, "right", labels, taken, lines)
        below = self._below(label, taken)
        if below is not None:
            pieces = [self._up_to_label(below, labels)]
            made = self._finish(label, pieces, "below", labels, taken, lines)
            return replace(made, more=self._goes_on_below(below, taken))
        return None

    def _start_of(self, label: _Label) -> int:
        """The character of its span at which a label begins."""
        span = self.spans[label.at]
        plain, where = squeeze_mapped(span.text)
        at = plain.find(squeeze(label.name))
        while at >= 0:
            end = where[at + len(squeeze(label.name)) - 1] + 1
            if end <= label.rest <= end + 16 and end >= label.rest - 16:
                return where[at]
            at = plain.find(squeeze(label.name), at + 1)
        return 0

    def _up_to_label(
        self, place: int, labels: Mapping[int, Sequence[_Label]]
    ) -> SpanPart:
        span = self.spans[place]
        starts = [self._start_of(label) for label in labels.get(place, ())]
        end = min((start for start in starts if start > 0), default=len(span.text))
        return SpanPart(span=span, start=0, end=end)

    def _rest_of_row(
        self,
        place: int,
        labels: Mapping[int, Sequence[_Label]],
        taken: Collection[int],
    ) -> list[SpanPart]:
        """What stands close to the right of a span and goes on with it."""
        pieces: list[SpanPart] = []
        span = self.spans[place]
        if span.box is None or span.cell is not None:
            return pieces
        row = next(row for row in self.rows if place in row)
        before = place
        for other in row[row.index(place) + 1 :]:
            if other in labels and not any(
                self._start_of(label) > 0 for label in labels[other]
            ):
                break
            if other in taken and other not in labels:
                break
            gap = _WIDE_GAP * _height(self._box(before))
            if self._box(other).left - self._box(before).right > gap:
                break
            piece = self._up_to_label(other, labels)
            pieces.append(piece)
            if piece.end < len(self.spans[other].text):
                break
            before = other
        return pieces

    def _right_of(
        self,
        label: _Label,
        labels: Mapping[int, Sequence[_Label]],
        taken: Collection[int],
    ) -> int | None:
        """The nearest span to the right of a label that stands on its height."""
        box = label.box
        if box is None:
            return None
        best: dict[bool, tuple[int, int]] = {}
        for place, span in enumerate(self.spans):
            other = self._box(place)
            if span.box is None or label.at <= place <= label.last:
                continue
            if other.left < box.right - _height(box) or other.right <= box.right:
                continue
            least = min(_height(box), _height(other))
            shared = _overlap(box, other)
            if shared < -0.4 * least:
                continue
            # A label may stand beside the gap between two lines of its value.
            level = shared >= 0.45 * least
            distance = other.left - box.right
            if level not in best or distance < best[level][0]:
                best[level] = distance, place
        if not best:
            return None
        nearest = best.get(True)
        if nearest is None or (
            False in best and best[False][0] < nearest[0] - 10 * _height(box)
        ):
            nearest = best.get(False, nearest)
        place = nearest[1] if nearest is not None else -1
        if place in taken and not any(
            self._start_of(one) > 0 for one in labels.get(place, ())
        ):
            return None
        return place

    def _below(self, label: _Label, taken: Collection[int]) -> int | None:
        """The nearest span under a label, where nothing stands to its right."""
        box = label.box
        if box is None:
            return None
        best: tuple[int, int] | None = None
        for place, span in enumerate(self.spans):
            other = self._box(place)
            if span.box is None or label.at <= place <= label.last:
                continue
            drop = other.top - box.bottom
            if not -0.3 * _height(box) <= drop <= 1.6 * _height(box):
                continue
            if other.right <= box.left or other.left >= box.right + _height(box):
                continue
            if best is None or drop < best[0]:
                best = drop, place
        return None if best is None or best[1] in taken else best[1]

    def _goes_on_below(self, place: int, taken: Collection[int]) -> bool:
        """Whether another value stands close under one, as in a column."""
        box = self._box(place)
        for other, span in enumerate(self.spans):
            under = self._box(other)
            if span.box is None or other == place or other in taken:
                continue
            drop = under.top - box.bottom
            if not 0 <= drop <= 2.0 * _height(box):
                continue
            if under.left < box.right and box.left < under.right:
                return True
        return False

    def _in_cells(
        self,
        label: _Label,
        labels: Mapping[int, Sequence[_Label]],
        taken: Collection[int],
        lines: int,
    ) -> LabelledValue | None:
        cell = self.spans[label.last].cell
        if cell is None:
            return None
        same = [
            place
            for place, span in enumerate(self.spans)
            if span.cell == cell and place > label.last
        ]
        if same and same[0] not in taken:
            return self._finish(
                label,
                [self._up_to_label(place, labels) for place in same[:lines]],
                "cell",
                {},
                taken,
                1,
            )
        beside = sorted(
            column
            for table, row, column in self._cells
            if (table, row) == (cell.table, cell.row) and column > cell.column
        )
        if beside:
            place = self._cells[cell.table, cell.row, beside[0]]
            if place not in taken and self.spans[place].text.strip():
                whole = [
                    other
                    for other, span in enumerate(self.spans)
                    if span.cell == self.spans[place].cell
                ]
                pieces = [self._up_to_label(other, labels) for other in whole]
                return self._finish(label, pieces, "cell", {}, taken, 1)
        under = self._cells.get((cell.table, cell.row + 1, cell.column))
        if under is not None and under not in taken and self.spans[under].text.strip():
            return self._finish(
                label, [self._up_to_label(under, labels)], "below", {}, taken, 1
            )
        return None

    def _next_line(self, label: _Label, taken: Collection[int]) -> LabelledValue | None:
        place = label.last + 1
        if not label.colon or place >= len(self.spans) or place in taken:
            return None
        return LabelledValue(
            label=label.name, value=self.quote_spans([place]), how="below"
        )

    def _finish(
        self,
        label: _Label,
        pieces: list[SpanPart],
        how: str,
        labels: Mapping[int, Sequence[_Label]],
        taken: Collection[int],
        lines: int,
    ) -> LabelledValue:
        if lines > 1 and pieces[-1].end == len(pieces[-1].span.text):
            pieces = self._block(label, pieces, labels, taken, lines)
        return LabelledValue(
            label=label.name,
            value=Quote(page=self.page.number, pieces=tuple(pieces)),
            how=how,
        )

    def _block(
        self,
        label: _Label,
        pieces: list[SpanPart],
        labels: Mapping[int, Sequence[_Label]],
        taken: Collection[int],
        lines: int,
    ) -> list[SpanPart]:
        """All lines of a value that has several, before and after the one found.

        They stand flush with it, close together, and beside no other label. What stands
        above is part of it only where a wider gap parts it from what is above that: a
        form may set its label beside the middle of a value.
        """
        first = self._place_of(pieces[0].span)
        start = self._part(first, pieces[0].start, pieces[0].end)
        if start is None:
            return pieces
        height = _height(start)
        used = {id(piece.span) for piece in pieces}
        column = sorted(
            (
                place
                for place, span in enumerate(self.spans)
                if span.box is not None
                and id(span) not in used
                and abs(self._box(place).left - start.left) <= 2.2 * height
            ),
            key=lambda place: _middle(self._box(place)),
        )

        def is_free(place: int) -> bool:
            return (
                place not in taken
                and place not in labels
                and not self._has_label_left(place, start.left, taken)
            )

        middle = _middle(start)
        below = [one for one in column if _middle(self._box(one)) > middle + height / 2]
        above = [one for one in column if _middle(self._box(one)) < middle - height / 2]
        down = self._close_lines(below, middle, height, is_free)[: lines - 1]
        up = self._close_lines([*reversed(above)], middle, height, is_free)
        if up:
            tops = [_middle(self._box(place)) for place in (*reversed(up),)]
            ends = [middle] if not down else [middle, _middle(self._box(down[0]))]
            steps = [after - before for before, after in pairwise([*tops, *ends])]
            rest = above[: len(above) - len(up)]
            gap = tops[0] - _middle(self._box(rest[-1])) if rest else WHOLE
            beside = label.box is not None and _middle(label.box) > middle + height / 2
            if (
                max(steps) > 1.25 * min(steps)
                or (gap < 1.2 * max(steps))
                or (not down and not beside)
            ):
                up = []
        made: list[SpanPart] = []
        for place in [*reversed(up)]:
            made.append(self._up_to_label(place, labels))
            made += self._rest_of_row(place, labels, taken)
        made += pieces
        for place in down:
            made.append(self._up_to_label(place, labels))
            made += self._rest_of_row(place, labels, taken)
        return made

    def _close_lines(
        self,
        places: Sequence[int],
        middle: int,
        height: int,
        is_free: Callable[[int], bool],
    ) -> list[int]:
        """Lines one after the other that stand as close as the closest two of them."""
        found: list[int] = []
        steps: list[int] = []
        for place in places:
            here = _middle(self._box(place))
            step = abs(here - middle)
            if step < 0.5 * height:
                continue
            if step > _LEADING * height or not is_free(place):
                break
            found.append(place)
            steps.append(step)
            middle = here
        tight = 1.3 * min(steps, default=0)
        for number, step in enumerate(steps):
            if step > tight:
                return found[:number]
        return found

    def _has_label_left(self, place: int, left: int, taken: Collection[int]) -> bool:
        """Whether a label stands right before a span on its height."""
        box = self._box(place)
        for other in taken:
            before = self._box(other)
            if self.spans[other].box is None or before.right > left + 50:
                continue
            if left - before.right > 12 * _height(box):
                continue
            if _overlap(before, box) > 0.5 * min(_height(before), _height(box)):
                return True
        return False

    @property
    def _shape(self) -> float:
        """How many units down are as long as one unit across."""
        page = self.page
        return page.width / page.height if page.width and page.height else 1.0

    def _box(self, place: int) -> Box:
        return self._flat[place]

    def _place_of(self, span: Span) -> int:
        return next(place for place, one in enumerate(self.spans) if one is span)

    def _part(self, place: int, start: int, end: int) -> Box | None:
        """The straightened box of some letters of a span."""
        span = self.spans[place]
        if span.box is None:
            return None
        return _share_box(self._flat[place], span.text, start, end)


def _bare(text: str) -> str:
    return squeeze(text).strip(":：")


def _centre(box: Box) -> int:
    return (box.left + box.right) // 2


def _middle(box: Box) -> int:
    return (box.top + box.bottom) // 2


def _height(box: Box | None) -> int:
    return 1 if box is None else max(1, box.bottom - box.top)


def _overlap(one: Box, other: Box) -> int:
    """How much of their height two boxes share."""
    return min(one.bottom, other.bottom) - max(one.top, other.top)


def _same_row(one: Box, other: Box) -> bool:
    return _overlap(one, other) > 0.5 * min(_height(one), _height(other))


def _near(one: Box, other: Box, heights: float) -> bool:
    """Whether one follows the other within so many heights of a line."""
    return other.left - one.right < heights * _height(one)
