"""The words of a reading as lines, to look for what somebody said of the paper.

Spans that stand side by side are the parts of one line; the cells of one row of a table
are too. Everything is folded: no blanks, narrow letters, one case.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from typing import Final

from changqing.case.page import squeeze
from changqing.evidence.reading import Box, Cell, Reading, Span

SURE_ENOUGH: Final = 90
"""Least confidence of a reader from which its words may deny what was typed."""
_CLAUSE: Final = re.compile(r"第[0-9零〇一二三四五六七八九十百]+[条章节款项]")
_PAGE: Final = re.compile(r"第\s*(\d{1,4})\s*页|\bpage\s*(\d{1,4})\b", re.IGNORECASE)
_HEADING: Final = re.compile(
    r"(?:第[0-9零〇一二三四五六七八九十百]+[条章节]|[一二三四五六七八九十]{1,3}[、.．]|"
    r"[（(][一二三四五六七八九十]{1,3}[)）])"
)
_UNFILLED_DAY: Final = re.compile(r"(?<![0-9〇一二三四五六七八九十])年月日")
_GAP: Final = re.compile(r"[_＿]{3,}|\S[ \u3000]{5,}\S")
BLANK_LINES: Final = 3
"""Lines with blanks, from which a form is taken to be one that nobody filled in."""
EMPTY_FIELD: Final = frozenset({"", "无", "略", "不适用", "待定", "/", "-", "—", "空"})
"""What stands in a field or a clause that is blank."""
_SENTENCE: Final = re.compile(r"[。；;\n]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePart:
    """One span of a line: its words as read, folded, and the head of its column."""

    span: Span
    bare: str
    head: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether the reader was sure enough of it to deny anything by it."""
        return self.span.confidence >= SURE_ENOUGH


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """Parts side by side on one page, from left to right."""

    page: int
    parts: tuple[LinePart, ...]
    bare: str
    is_row: bool = False

    @property
    def is_unfilled(self) -> bool:
        """Whether it has blanks to fill in: 自    年  月  日起."""
        return _UNFILLED_DAY.search(self.bare) is not None or any(
            has_gap(part.span.text) for part in self.parts
        )

    @property
    def words(self) -> str:
        """The line as a person would quote it."""
        return " ".join(part.span.text for part in self.parts)


class PaperText:
    """The lines of a reading, and where its words stand among them."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.lines = tuple(_list_lines(reading))
        self._joined: dict[str, tuple[str, list[int]]] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read at all."""
        return not self.lines

    def find(
        self, sought: str, canon: Callable[[str], str], name: str
    ) -> Iterator[tuple[int, int]]:
        """Find where a text stands in canonical spelling: its first and last line.

        Words of some length may run over the end of a line; `name` names the canon.
        """
        joined, starts = self._join_lines(canon, name)
        at = joined.find(sought) if sought else -1
        while at >= 0:
            first = bisect.bisect_right(starts, at) - 1
            last = bisect.bisect_right(starts, at + len(sought) - 1) - 1
            if first == last or (last - first <= 3 and len(sought) >= 8):
                yield first, last
            at = joined.find(sought, at + 1)

    def _join_lines(
        self, canon: Callable[[str], str], name: str
    ) -> tuple[str, list[int]]:
        if name not in self._joined:
            starts, pieces, length = [], [], 0
            for line in self.lines:
                piece = canon(" ".join(part.span.text for part in line.parts))
                starts.append(length)
                pieces.append(piece)
                length += len(piece)
            self._joined[name] = "".join(pieces), starts
        return self._joined[name]

    def locate(self, place: str) -> range | None:
        """Find the lines that a place names: 第3页第2条 期限, or words of the paper.

        A clause goes on to the next heading. None where no such place is found.
        """
        page = _PAGE.search(place)
        number = None if page is None else int(page[1] or page[2])
        without_page = place if page is None else place.replace(page[0], " ")
        bare = squeeze(without_page).strip("，,、；;。.")
        candidates = [
            at
            for at, line in enumerate(self.lines)
            if number is None or line.page == number
        ]
        if not bare:
            return range(candidates[0], candidates[-1] + 1) if candidates else None
        for at in candidates:
            if bare in self.lines[at].bare:
                return range(at, self._end_of_clause(at))
        clause = _CLAUSE.search(bare)
        if clause is not None:
            for at in candidates:
                if self.lines[at].bare.startswith(clause[0]):
                    return range(at, self._end_of_clause(at))
        return None

    def is_blank_clause(self, at: int) -> bool:
        """Tell whether a line begins a clause saying nothing: 第2条 备份, then 无."""
        if not self.is_heading(at):
            return False
        below = range(at + 1, self._end_of_clause(at))
        content = "".join(self.lines[number].bare for number in below)
        return len(below) > 0 and content.strip("。.;；,，:") in EMPTY_FIELD

    def _end_of_clause(self, at: int) -> int:
        """The line after a clause that begins at a heading; else the next line."""
        if not self.is_heading(at):
            return at + 1
        for after in range(at + 1, len(self.lines)):
            if self.is_heading(after):
                return after
        return len(self.lines)

    def is_heading(self, at: int) -> bool:
        """Tell whether a line begins a clause: 第3条, 三、, （三）."""
        line = self.lines[at]
        return not line.is_row and _HEADING.match(line.bare) is not None

    def name_lines(self, name: str) -> list[int]:
        """List the lines in which a name stands."""
        bare = squeeze(name)
        if len(bare) < 2:
            return []
        return [at for at, line in enumerate(self.lines) if bare in line.bare]

    @cached_property
    def has_blanks(self) -> bool:
        """Whether it is a form that nobody filled in."""
        return sum(line.is_unfilled for line in self.lines) >= BLANK_LINES

    @cached_property
    def clauses(self) -> tuple[range, ...]:
        """The paper cut at its headings."""
        starts = [at for at in range(len(self.lines)) if self.is_heading(at)]
        bounds = [0, *(at for at in starts if at), len(self.lines)]
        return tuple(
            range(first, last) for first, last in pairwise(bounds) if first < last
        )


def has_gap(text: str) -> bool:
    """Tell whether words have a gap to be filled in: 自    年  月  日起, 金额____元."""
    return (
        _GAP.search(text) is not None or _UNFILLED_DAY.search(squeeze(text)) is not None
    )


def strip_number(bare: str) -> str:
    """Take the number of a clause off a folded heading: 第3条租期 is 租期."""
    return _HEADING.sub("", bare, count=1) if _HEADING.match(bare) else bare


def split_sentences(text: str) -> list[str]:
    """Split folded text where a sentence ends."""
    return [part for part in _SENTENCE.split(text) if part]


def find_quote(text: PaperText, words: str) -> tuple[int, int] | None:
    """Find quoted words in a paper: the first and last line that hold them."""
    for first, last in text.find(squeeze(words), squeeze, "bare"):
        return first, last
    return None


def join_boxes(boxes: Collection[Box]) -> Box | None:
    """Draw the box around boxes; None around none."""
    if not boxes:
        return None
    return Box(
        left=min(box.left for box in boxes),
        top=min(box.top for box in boxes),
        right=max(box.right for box in boxes),
        bottom=max(box.bottom for box in boxes),
    )


def _list_lines(reading: Reading) -> Iterator[PaperLine]:
    for page in reading.pages:
        heads: dict[tuple[int, int], str] = {}
        for spans in _group_spans(page.spans):
            cell = spans[0].cell
            parts = []
            for span in spans:
                bare = squeeze(span.text)
                head = ""
                if span.cell is not None:
                    key = (span.cell.table, span.cell.column)
                    if span.cell.row == 0:
                        heads[key] = bare
                    else:
                        head = heads.get(key, "")
                parts.append(LinePart(span=span, bare=bare, head=head))
            bare = "".join(part.bare for part in parts)
            if bare:
                yield PaperLine(
                    page=page.number,
                    parts=tuple(parts),
                    bare=bare,
                    is_row=cell is not None,
                )


def _group_spans(spans: Sequence[Span]) -> Iterator[list[Span]]:
    """Group spans that are one row of a table, or stand side by side."""
    for row, cells in groupby(spans, key=_find_row):
        if row is not None:
            yield list(cells)
            continue
        line: list[Span] = []
        for span in cells:
            if line and not _is_beside(line[-1], span):
                yield line
                line = []
            line.append(span)
        if line:
            yield line


def _find_row(span: Span) -> tuple[int, int] | None:
    cell: Cell | None = span.cell
    return None if cell is None else (cell.table, cell.row)


def _is_beside(span: Span, other: Span) -> bool:
    before, after = span.box, other.box
    if before is None or after is None:
        return False
    shared = min(before.bottom, after.bottom) - max(before.top, after.top)
    least = min(before.bottom - before.top, after.bottom - after.top)
    return after.left >= before.left and shared * 2 > max(least, 1)
