"""The words of a paper in the order in which they are read, and where each stands.

OCR gives lines in pieces and photographs give them aslant: pieces that stand side by
side become one line here, lines that only break for want of room become one paragraph.
Every character of a `Flow` knows the span it came from, so whatever is found in the
text can be shown on the page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from changqing.evidence.reading import Box, PaperPage, Span
from changqing.readers.layout import Quote, SpanPart

GAP: Final = "\t"
"""Between two pieces of one line that stand apart, as the cells of a table do."""
BREAK: Final = "\n"
"""Between two paragraphs, two cells, two pages."""

_BLANK: Final = re.compile(r"_{2,}|[^\S\n]{3,}")  # to be filled in, or left so
_NUMBERED_HEADING: Final = (
    r"\s*(?:第?[一二三四五六七八九十百]{1,4}(?:[、.,:章条节]|部分)|\d{1,2}[、.]"
    r"|[(（][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十][\u3000 \t])"
    r"\s*[一-龥]{2,12}"
)
_AFTER_HEADING: Final = re.compile(rf"{_NUMBERED_HEADING}([\t\u3000]+)(?=\S)")
"""A blank that parts a numbered heading from its words: 六、责任　某某负总责。"""
_HEADING_ALONE: Final = re.compile(_NUMBERED_HEADING)
_DASHES: Final = str.maketrans("—–―−﹣～〜﹏", "-----~~~")
_HEADING: Final = re.compile(
    r"(第?[一二三四五六七八九十百]{1,4}[、.,:章条节部款]|[(（][一二三四五六七八九十\d]{1,3}[)）]"
    r"|\d{1,2}(\.\d{1,2}){0,2}[、.)）](?!\d)|第\d{1,3}[章条节页])"
)


@dataclass(frozen=True, slots=True)
class _Origin:
    page: int  # index in the pages given
    span: int
    char: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Plain text of some pages; `origins` has one place for each character."""

    text: str
    pages: tuple[PaperPage, ...]
    origins: tuple[_Origin | None, ...]

    def quote(self, start: int, end: int) -> Quote:
        """Quote the characters from `start` up to `end`; no marks at their ends.

        Of words that run over two pages, those on the first.
        """
        origins = [origin for origin in self.origins[start:end] if origin is not None]
        if not origins:
            return Quote(page=self.pages[0].number, pieces=())
        page = self.pages[origins[0].page]
        chars: dict[int, list[int]] = {}
        for origin in origins:
            if origin.page == origins[0].page:
                chars.setdefault(origin.span, []).append(origin.char)
        return Quote(
            page=page.number,
            pieces=tuple(
                SpanPart(
                    span=page.spans[number], start=min(places), end=max(places) + 1
                )
                for number, places in chars.items()
            ),
        )


def fold_signs(text: str) -> str:
    """Make full-width and compatible signs plain ones, each in its place."""
    return "".join(
        plain if len(plain := unicodedata.normalize("NFKC", sign)) == 1 else sign
        for sign in text
    ).translate(_DASHES)


def squeeze_signs(text: str) -> str:
    """Make signs plain as `fold_signs` does, and take out every blank."""
    return re.sub(r"\s+", "", fold_signs(text))


def _measure_width(text: str) -> float:
    return sum(
        1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Words that stand together on a page, apart from their neighbours.

    `y` is its middle on the page set level.
    """

    piece: SpanPart
    box: Box
    y: float
    page: int  # its place among the pages given
    span: int  # its place among the spans of the page
    height: int  # of its words, without the fall of the line

    @property
    def text(self) -> str:
        """Its words."""
        return self.piece.text

    @property
    def x(self) -> float:
        """The middle of its box, from left to right."""
        return (self.box.left + self.box.right) / 2

    def crop(self, start: int, end: int) -> SpanPart:
        """Take some of its characters alone."""
        first = self.piece.start
        return SpanPart(span=self.piece.span, start=first + start, end=first + end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Tokens side by side, from left to right."""

    tokens: tuple[Token, ...]

    @property
    def y(self) -> float:
        """The middle of the line on the page set level."""
        return median(token.y for token in self.tokens)

    @property
    def height(self) -> float:
        """How tall its tokens are, most of them."""
        return median(token.height for token in self.tokens)

    @property
    def start(self) -> int:
        """Where it begins, from the left."""
        return self.tokens[0].box.left

    @property
    def end(self) -> int:
        """Where it ends, from the left."""
        return max(token.box.right for token in self.tokens)

    @property
    def text(self) -> str:
        """All its words, with nothing between."""
        return "".join(token.text for token in self.tokens)


def measure_tilt(spans: Sequence[Span]) -> float:
    """Measure by how much lines fall from left to right, per unit of width.

    The box of a slanting line is the taller the longer the line is, which tells how
    much; which way is told by what stands side by side (it has to be level) and by
    what stands one above the other (it must not be).
    """
    boxes = [span.box for span in spans if span.box is not None]
    if len(boxes) < 6:
        return 0.0
    much, tall = _fit_heights(boxes)
    if much < 0.004:
        return 0.0
    steps = [much * part / 10 for part in range(4, 17)]
    slopes = [0.0, *steps, *(-step for step in steps)]
    return max(slopes, key=lambda slope: _judge_slope(boxes, slope, tall))


def _fit_heights(boxes: Sequence[Box]) -> tuple[float, float]:
    """How much taller a box is per unit of width (Theil-Sen), and how tall without."""
    sizes = sorted((box.right - box.left, box.bottom - box.top) for box in boxes)
    short, long = sizes[: len(sizes) // 2], sizes[-(len(sizes) // 3) :]
    slopes = [
        (high - low) / (wide - narrow)
        for narrow, low in short
        for wide, high in long
        if wide - narrow > 800
    ]
    much = max(median(slopes), 0.0) if slopes else 0.0
    return much, max(median(high - much * wide for wide, high in sizes), 20.0)


def _judge_slope(boxes: Sequence[Box], slope: float, tall: float) -> float:
    heights = [
        (box.top + box.bottom - slope * (box.left + box.right)) / 2 for box in boxes
    ]
    score = 0.0
    for index, box in enumerate(boxes):
        for other in range(index):
            apart = abs(heights[index] - heights[other]) / tall
            if apart > 2:
                continue
            against = boxes[other]
            if box.left >= against.right or against.left >= box.right:
                score += 1 / (1 + (4 * apart) ** 2)
            elif apart < 0.9:
                score -= 3 * (1 - apart)
    return score


def split_tokens(page: PaperPage, index: int = 0) -> list[Token]:
    """Split the spans of a page where they have wide blanks, and set them level."""
    slope = measure_tilt(page.spans)
    fall = abs(slope)
    tokens = []
    for number, span in enumerate(page.spans):
        if span.box is None:
            continue
        for match in re.finditer(r"\S+(?:[ \u00a0](?![ \u00a0\u3000])\S+)*", span.text):
            piece = SpanPart(span=span, start=match.start(), end=match.end())
            box = piece.box or span.box
            middle = (box.left + box.right) / 2
            level = (box.top + box.bottom) / 2 - slope * middle
            tall = box.bottom - box.top - fall * (box.right - box.left)
            tokens.append(
                Token(
                    piece=piece,
                    box=box,
                    y=level,
                    page=index,
                    span=number,
                    height=round(max(tall, 20)),
                )
            )
    return tokens


def gather_lines(tokens: Iterable[Token]) -> list[Line]:
    """Gather tokens of about the same height into lines, from top to bottom."""
    lines: list[list[Token]] = []
    for token in sorted(tokens, key=lambda token: token.y):
        if lines:
            last = lines[-1]
            level = sum(before.y for before in last) / len(last)
            reach = 0.5 * min(token.height, median(before.height for before in last))
            beside = all(
                token.box.left >= before.box.right - 0.5 * token.height
                or token.box.right <= before.box.left + 0.5 * token.height
                for before in last
            )
            if token.y - level <= reach and beside:
                last.append(token)
                continue
        lines.append([token])
    return [
        Line(tokens=tuple(sorted(line, key=lambda token: token.box.left)))
        for line in lines
    ]


def read_flow(pages: Sequence[PaperPage]) -> Flow:
    """Put the words of some pages into one text, normalised, without blanks.

    Full-width forms become plain ones and blanks go, for no rule should depend on how
    a paper is set; `GAP` and `BREAK` stand where words are apart.
    """
    writer = _Writer()
    for index, page in enumerate(pages):
        if any(span.box is not None for span in page.spans):
            _write_lines(writer, gather_lines(split_tokens(page, index)))
        else:
            _write_cells(writer, page, index)
        writer.write_mark(BREAK)
    return Flow(
        text="".join(writer.text), pages=tuple(pages), origins=tuple(writer.origins)
    )


class _Writer:
    def __init__(self) -> None:
        self.text: list[str] = []
        self.origins: list[_Origin | None] = []

    def write_mark(self, mark: str) -> None:
        if not self.text:
            return
        if self.text[-1] in (GAP, BREAK):
            if mark == BREAK:
                self.text[-1] = BREAK
            return
        self.text.append(mark)
        self.origins.append(None)

    def write_words(self, words: str, page: int, span: int, start: int) -> None:
        blanks = {
            place
            for match in _BLANK.finditer(words)
            for place in range(match.start(), match.end())
        }
        if start == 0 and (heading := _AFTER_HEADING.match(words)):
            blanks.update(range(*heading.span(1)))
        for offset, char in enumerate(words):
            plain = fold_signs(char)
            if char == "\n":
                self.write_mark(BREAK)
            elif offset in blanks:
                self.write_mark(GAP)
            elif not plain.isspace() and plain not in "\u200b\ufeff":
                self.text.append(plain)
                self.origins.append(_Origin(page, span, start + offset))


def _write_lines(writer: _Writer, lines: Sequence[Line]) -> None:
    if not lines:
        return
    margin = sorted(line.end for line in lines)[-max(1, len(lines) // 6)]
    previous: Line | None = None
    for line in lines:
        if previous is not None:
            first = unicodedata.normalize("NFKC", line.text[:8])
            # A line that ends early, a heading, and a wide step down end a paragraph.
            if (
                previous.end < margin - 2.5 * _measure_em(previous)
                or _HEADING.match(first)
                or line.y - previous.y > 3.2 * max(line.height, previous.height)
                or _stands_apart(line)
                or _stands_apart(previous)
            ):
                writer.write_mark(BREAK)
        before: Token | None = None
        for token in line.tokens:
            if before is not None and (
                _is_apart(before, token) or _is_heading_before(before, token)
            ):
                writer.write_mark(GAP)
            writer.write_words(token.text, token.page, token.span, token.piece.start)
            before = token
        previous = line


def _measure_em(line: Line) -> float:
    token = max(line.tokens, key=lambda token: len(token.text))
    return (token.box.right - token.box.left) / (_measure_width(token.text) or 1)


def _is_apart(left: Token, right: Token) -> bool:
    if left.span == right.span:
        return True
    em = (left.box.right - left.box.left) / (_measure_width(left.text) or 1)
    # Figures of two cells that stand close would make one figure.
    figures = left.text[-1:].isdigit() and right.text[:1].isdigit()
    return right.box.left - left.box.right > (0.4 if figures else 1.5) * em


def _is_heading_before(left: Token, right: Token) -> bool:
    """Whether a numbered heading stands before its words, parted by a blank alone."""
    if _HEADING_ALONE.fullmatch(fold_signs(left.text)) is None:
        return False
    em = (left.box.right - left.box.left) / (_measure_width(left.text) or 1)
    return right.box.left - left.box.right > 0.7 * em


def _stands_apart(line: Line) -> bool:
    return any(_is_apart(left, right) for left, right in pairwise(line.tokens))


def _write_cells(writer: _Writer, page: PaperPage, index: int) -> None:
    before: Span | None = None
    for number, span in enumerate(page.spans):
        cell, last = span.cell, before.cell if before is not None else None
        if before is not None:
            beside = (
                cell is not None
                and last is not None
                and (cell.table, cell.row) == (last.table, last.row)
            )
            writer.write_mark(GAP if beside else BREAK)
        writer.write_words(span.text, index, number, 0)
        before = span
