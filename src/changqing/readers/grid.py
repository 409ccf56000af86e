"""Tables of a paper: their heads, their rows, and what stands under a head.

Word and Excel say what a cell is; on a page a column is what stands under its head, a
row what stands beside its key (a name, a day, a month). Cells that OCR ran together are
taken apart by what is looked for: each match goes to the head it stands under.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from statistics import median
from typing import Final

from changqing.evidence.reading import WHOLE, Box, PaperPage
from changqing.readers.flow import (
    Line,
    Token,
    fold_signs,
    gather_lines,
    split_tokens,
)
from changqing.readers.layout import Quote, SpanPart, squeeze

_FEW: Final = squeeze("…")  # in a head: a few letters
_UNIT: Final = re.compile(r"[(\[【（].*|(?<![:*])[:*]+$")
_FAR: Final = 3.0  # spacings of rows: a wider step ends a table
_HEAD_LINES: Final = 2  # lines of a running head, at most
_HEAD_STEP: Final = 2.2  # heights of a line from one line of heads to the next
_OVER: Final = 300  # ten-thousandths of the page by which what is under a head is wider
_LEAST_MONTHS: Final = 3  # bare months in a row that are heads for certain
_LONGEST_CELL: Final = 24  # letters; a longer one with a stop in it is a sentence
_SENTENCE: Final = re.compile("[，。；]")
_BARE_YEAR: Final = re.compile(r"(20\d{2})年?度?")
_SHORT_HEAD: Final = re.compile(r"[^\d:]{1,10}")
_TORN_DIGIT: Final = re.compile(r"[01]")
_COUNTED: Final = re.compile(r"\d{1,3}|\d[\d,]*\.\d+%?")
"""What stands in a row of a table, and in none of its heads."""
_BARE_MONTH: Final = re.compile(r"(0?[1-9]|1[0-2])月")
MONTH: Final = re.compile(
    r"(?<!\d)(?P<y>20\d{2})(?:[-/.年](?P<m>0?[1-9]|1[0-2])月?(?![-/.\d])|(?P<c>0[1-9]|1[0-2]))"
    r"(?!\d{2}(?!\d))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnHead:
    """The head of a column: what is under it is called `column`."""

    column: str
    text: str
    box: Box | None
    index: int  # number of the column where the file has cells


@dataclass(frozen=True, slots=True, kw_only=True)
class CellText:
    """Words under a head, plain and without blanks, and the quote of them."""

    text: str
    quote: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row: its tokens, or its cells by number of the column."""

    heads: tuple[ColumnHead, ...]
    page: PaperPage
    tokens: tuple[Token, ...] = ()
    cells: Mapping[int, tuple[int, ...]] | None = None  # column → spans of the page

    def find(self, column: str, pattern: re.Pattern[str]) -> list[CellText]:
        """Find what matches under a head and under no other, from the top."""
        found: list[tuple[float, CellText]] = []
        for piece, y in self._list_pieces(column):
            for match in pattern.finditer(fold_signs(piece.text)):
                part = SpanPart(
                    span=piece.span,
                    start=piece.start + match.start(),
                    end=piece.start + match.end(),
                )
                if self._stands_under(column, piece, part):
                    cell = CellText(
                        text=match[0],
                        quote=Quote(page=self.page.number, pieces=(part,)),
                    )
                    found.append((y, cell))
        return [cell for _, cell in sorted(found, key=lambda each: each[0])]

    def list_cells(self, column: str, like: Sequence[CellText]) -> list[str]:
        """List what stands under a head, piece by piece, where cells `like` stand.

        A piece that lies beside all of them belongs to the column next to theirs.
        """
        boxes = [cell.quote.box for cell in like]
        left = min((box.left for box in boxes if box is not None), default=0)
        right = max((box.right for box in boxes if box is not None), default=WHOLE)
        return [
            fold_signs(piece.text)
            for piece, _ in self._list_pieces(column)
            if self._stands_under(column, piece, piece)
            and (piece.box is None or _overlaps(piece.box, left, right))
        ]

    def _stands_under(self, column: str, whole: SpanPart, part: SpanPart) -> bool:
        """Whether a part of a token is under a head; cells ran together are parted."""
        if whole.box is None or part.box is None or self.cells is not None:
            return True
        spanned = [
            head
            for head in self.heads
            if head.box is not None
            and head.box.left < whole.box.right
            and whole.box.left < head.box.right
        ]
        box = part.box if len(spanned) > 1 else whole.box
        head = _nearest_head(self.heads, box)
        return head is not None and head.column == column

    def find_text(self, column: str) -> CellText | None:
        """All that stands under a head, the lines of a cell put together."""
        if self.cells is not None:
            pieces = [piece for piece, _ in self._list_pieces(column)]
        else:
            tokens = [
                token
                for token in self.tokens
                if (head := _nearest_head(self.heads, token.box))
                and head.column == column
            ]
            tokens.sort(key=lambda token: (round(token.y / token.height), token.x))
            pieces = [token.piece for token in tokens]
        text = "".join(fold_signs(piece.text) for piece in pieces)
        text = re.sub(r"\s+", "", text)
        if not text:
            return None
        quote = Quote(page=self.page.number, pieces=tuple(pieces))
        return CellText(text=text, quote=quote)

    def _list_pieces(self, column: str) -> Iterator[tuple[SpanPart, float]]:
        """The pieces in which something under a head may stand, and how far down."""
        if self.cells is None:
            yield from ((token.piece, token.y) for token in self.tokens)
            return
        for head in self.heads:
            if head.column == column:
                for number in self.cells.get(head.index, ()):
                    span = self.page.spans[number]
                    yield (
                        SpanPart(span=span, start=0, end=len(span.text)),
                        float(number),
                    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTable:
    """A table: its heads, and its rows from the top, over pages if it goes on."""

    heads: tuple[ColumnHead, ...]
    rows: tuple[TableRow, ...]

    def has(self, column: str) -> bool:
        """Whether it has such a column."""
        return any(head.column == column for head in self.heads)


def _misfit(head: ColumnHead, box: Box) -> float:
    """How far something stands from being set under a head: left, middle or right."""
    if head.box is None:
        return 0.0
    return min(
        abs(head.box.left - box.left),
        abs((head.box.left + head.box.right - box.left - box.right) / 2),
        abs(head.box.right - box.right),
    ) - (
        0.5 * max(0, min(head.box.right, box.right) - max(head.box.left, box.left))
        if head.box.right > box.left and box.right > head.box.left
        else 0
    )


def _overlaps(box: Box, left: int, right: int) -> bool:
    common = min(box.right, right) - max(box.left, left)
    return common > 0.3 * (box.right - box.left)


def _nearest_head(heads: Sequence[ColumnHead], box: Box) -> ColumnHead | None:
    """The head under which something is set; None where it is under none of them."""
    near = min(heads, key=lambda head: _misfit(head, box), default=None)
    if near is None or near.box is None:
        return near
    wide = near.box.right - near.box.left
    if _misfit(near, box) < max(1.5 * wide, 600):
        return near
    # Heads at the left of wide columns: what stands before the next head is theirs.
    before = [
        head for head in heads if head.box is not None and head.box.left <= box.left
    ]
    own = max(before, key=lambda head: head.box.left if head.box else 0, default=None)
    after = [
        head.box.left
        for head in heads
        if head.box is not None and own is not None and own.box is not None
        if head.box.left > own.box.left
    ]
    return own if own is not None and after and box.right <= min(after) else None


def _find_heads(
    text: str, columns: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, int, int]]:
    """The heads that stand in some words: which column, from where, up to where."""
    plain = fold_signs(text)
    squeezed = [
        (sign.lower(), place) for place, sign in enumerate(plain) if not sign.isspace()
    ]
    joined = "".join(sign for sign, _ in squeezed)
    named = _name_column(joined, columns)
    if named:
        yield named, 0, len(text)
        return
    if not joined or len(joined) > 40 or re.search(r"[。;:,]", joined):
        return
    # several heads in one piece: cut it where the longest of them begin
    spots: list[tuple[int, int, str]] = []
    known = sorted(
        (
            (label, column)
            for column, labels in columns.items()
            for label in labels
            if len(label) > 1 and _FEW not in label  # 年 and 月 stand in every date
        ),
        key=lambda each: -len(each[0]),
    )
    for label, column in known:
        start = joined.find(label)
        if start >= 0 and not any(
            start < last and first < start + len(label) for first, last, _ in spots
        ):
            spots.append((start, start + len(label), column))
    if len(spots) > 1:
        for first, last, column in sorted(spots):
            yield column, squeezed[first][1], squeezed[last - 1][1] + 1


def _name_column(text: str, columns: Mapping[str, Sequence[str]]) -> str:
    """The column of which some words are the head; empty if they are of none.

    A head that is listed comes before one with … in it, for a few letters.
    """
    bare = _UNIT.sub("", text)
    for column, labels in columns.items():
        if bare in labels or text in labels:
            return column
    for column, labels in columns.items():
        for label in labels:
            if _FEW in label and _compile_head(label).fullmatch(bare):
                return column
    return ""


@lru_cache(maxsize=1024)
def _compile_head(label: str) -> re.Pattern[str]:
    return re.compile(r"[^\d:,。;]{0,8}".join(map(re.escape, label.split(_FEW))))


def find_tables(
    pages: Sequence[PaperPage],
    columns: Mapping[str, Sequence[str]],
    keys: Mapping[str, re.Pattern[str]],
) -> list[PaperTable]:
    """Find the tables that have a key column and at least one other.

    `columns` are the heads by the name of a column, months as heads are found by
    themselves (columns `@YYYY-MM`). `keys` are the columns that begin a row, in order
    of preference, with what stands in them.
    """
    made: list[PaperTable] = []
    open_heads: list[tuple[ColumnHead, ...]] = []
    for page in pages:
        if any(span.cell is not None for span in page.spans):
            made += _find_in_cells(page, columns, keys)
            open_heads = []
            continue
        lines = gather_lines(split_tokens(page))
        starts = list(_find_head_lines(lines, columns, keys))
        edges = [number for number, _, _ in starts] + [len(lines)]
        # what stands above the first head goes on from the page before
        for group in open_heads:
            above = _end_table(lines[: edges[0]], group)
            rows = _build_rows(page, above, group, keys)
            if rows and _begins_above(rows[0], lines):
                made.append(PaperTable(heads=group, rows=tuple(rows)))
        open_heads = []
        for (_, last, heads), (_, end) in zip(starts, pairwise(edges), strict=True):
            for group in _part_groups(heads, keys):
                below = _end_table(lines[last + 1 : end], group)
                rows = _build_rows(page, below, group, keys)
                made.append(PaperTable(heads=tuple(group), rows=tuple(rows)))
                if last + 1 + len(below) == len(lines):
                    open_heads.append(group)
    return [table for table in made if table.rows]


def _find_head_lines(
    lines: Sequence[Line],
    columns: Mapping[str, Sequence[str]],
    keys: Mapping[str, re.Pattern[str]],
) -> Iterator[tuple[int, int, list[ColumnHead]]]:
    """Find the heads of tables: their first line, their last, and what they name.

    Heads may stand over two or three lines: years above their months, and what needs
    one line alone in the middle of both.
    """
    done = -1
    for number, line in enumerate(lines):
        if number <= done:
            continue
        heads = _read_heads(line.tokens, columns)
        if not any(head.column in keys for head in heads):
            continue
        first, last = _reach_heads(lines, number, columns, done)
        tokens = [token for line in lines[first : last + 1] for token in line.tokens]
        if last > first and (months := _read_bare_months(tokens)):
            heads = [head for head in heads if head.column] + months
            for line in (*lines[first:number], *lines[number + 1 : last + 1]):
                heads += [
                    head for head in _read_heads(line.tokens, columns) if head.column
                ]
            heads.sort(key=lambda head: head.box.left if head.box is not None else 0)
        elif last > first:
            heads = _join_head_lines(
                [_read_heads(line.tokens, columns) for line in lines[first : last + 1]]
            )
        else:
            heads, first, last = _add_stacked_heads(heads, lines, number, columns)
        if _is_head(heads, keys):
            yield first, last, heads
            done = last


def _add_stacked_heads(
    heads: list[ColumnHead],
    lines: Sequence[Line],
    number: int,
    columns: Mapping[str, Sequence[str]],
) -> tuple[list[ColumnHead], int, int]:
    """Add the heads that a narrow cell has in two lines: 持股比 above 例.

    Gives them all, and from which line to which they stand.
    """
    first = last = number
    tokens = [
        (place, token)
        for place in range(max(0, number - 1), min(len(lines), number + 2))
        for token in lines[place].tokens
    ]
    for place, upper in tokens:
        for below, lower in tokens:
            step = lower.y - upper.y
            if not 0 < step < _HEAD_STEP * upper.height:
                continue
            if abs(lower.x - upper.x) > _OVER and (
                abs(lower.box.left - upper.box.left) > _OVER
            ):
                continue
            joined = re.sub(r"\s+", "", fold_signs(upper.text + lower.text)).lower()
            column = _name_column(joined, columns)
            if not column or any(head.column == column for head in heads):
                continue
            heads = [head for head in heads if head.box not in (upper.box, lower.box)]
            heads.append(ColumnHead(column=column, text=joined, box=upper.box, index=0))
            first, last = min(first, place), max(last, below)
    heads.sort(key=lambda head: head.box.left if head.box is not None else 0)
    return heads, first, last


def _join_head_lines(lines: Sequence[Sequence[ColumnHead]]) -> list[ColumnHead]:
    """Join the heads of several lines: one that stands over several others goes.

    企业职工基本养老保险 above 开始日期, 终止日期 and 缴费月数 names no column.
    """
    heads = [head for line in lines for head in line]

    def is_over_others(head: ColumnHead) -> bool:
        under = [
            other
            for other in heads
            if other is not head
            and other.box is not None
            and head.box is not None
            and other.box.top >= head.box.bottom
            and other.box.left < head.box.right + _OVER
            and head.box.left - _OVER < other.box.right
        ]
        return len(under) > 1

    kept = [head for head in heads if not is_over_others(head)]
    return sorted(kept, key=lambda head: head.box.left if head.box is not None else 0)


def _reach_heads(
    lines: Sequence[Line],
    number: int,
    columns: Mapping[str, Sequence[str]],
    done: int,
) -> tuple[int, int]:
    """From which line to which the heads around a line of heads stand."""

    def is_of_heads(line: Line) -> bool:
        return all(
            _BARE_YEAR.fullmatch(plain)
            or _BARE_MONTH.fullmatch(plain)
            or _TORN_DIGIT.fullmatch(plain)
            or any(True for _ in _find_heads(token.text, columns))
            for token in line.tokens
            for plain in [re.sub(r"\s+", "", fold_signs(token.text))]
        )

    def is_close(one: Line, other: Line) -> bool:
        return abs(one.y - other.y) < _HEAD_STEP * max(one.height, other.height)

    first = last = number
    while (
        first - 1 > done
        and number - first < _HEAD_LINES
        and is_close(lines[first - 1], lines[first])
        and is_of_heads(lines[first - 1])
    ):
        first -= 1
    while (
        last + 1 < len(lines)
        and last - number < _HEAD_LINES
        and is_close(lines[last + 1], lines[last])
        and is_of_heads(lines[last + 1])
    ):
        last += 1
    return first, last


def _read_bare_months(tokens: Sequence[Token]) -> list[ColumnHead]:
    """Read months that are heads without their year, which stands above them.

    From left to right they follow one another, and each December ends a year that is
    named; else nothing is read, for a month of another year would be wrong.
    """
    years: list[int] = []
    months: list[tuple[int, Token]] = []
    torn = ""
    for token in sorted(tokens, key=lambda token: token.box.left):
        plain = re.sub(r"\s+", "", fold_signs(token.text))
        if _TORN_DIGIT.fullmatch(plain):
            torn = plain  # 1 | 1月 is 11月
            continue
        year = _BARE_YEAR.fullmatch(plain)
        month = _BARE_MONTH.fullmatch(torn + plain)
        if year is not None:
            years.append(int(year[1]))
        elif month is not None:
            months.append((int(month[1]), token))
        torn = ""
    if not years or len(months) < _LEAST_MONTHS:
        return []
    now, heads, step = years[0], [], 0
    for place, (number, token) in enumerate(months):
        if place:
            before = months[place - 1][0]
            step = step or (1 if number % 12 == (before + 1) % 12 else -1)
            if number % 12 != (before + step) % 12:
                return []
            now += {(12, 1): 1, (1, 12): -1}.get((before, number), 0)
        heads.append(
            ColumnHead(
                column=f"@{now}-{number:02d}", text=token.text, box=token.box, index=0
            )
        )
    spanned = list(dict.fromkeys(int(head.column[1:5]) for head in heads))
    return heads if years == spanned else []


def _end_table(lines: Sequence[Line], heads: Sequence[ColumnHead]) -> list[Line]:
    """The lines down to where another table begins with a head of this one's."""
    words = {fold_signs(head.text).strip() for head in heads}
    for number, line in enumerate(lines):
        if any(fold_signs(token.text).strip() in words for token in line.tokens):
            return list(lines[:number])
    return list(lines)


def _begins_above(row: TableRow, lines: Sequence[Line]) -> bool:
    """Whether a row is among the first lines of its page: a list that goes on."""
    top = min(token.y for token in row.tokens)
    return sum(line.y < top - 0.5 * line.height for line in lines) <= _HEAD_LINES


def _read_heads(
    tokens: Iterable[Token], columns: Mapping[str, Sequence[str]]
) -> list[ColumnHead]:
    heads = []
    for token in tokens:
        found = list(_find_heads(token.text, columns))
        months = list(MONTH.finditer(fold_signs(token.text)))
        if not found and months and not MONTH.sub("", fold_signs(token.text)).strip():
            found = [
                (name_month(match), match.start(), match.end()) for match in months
            ]
        if not found:
            found = [("", 0, len(token.text))]
        heads += [
            ColumnHead(
                column=column,
                text=token.text[start:end],
                box=token.crop(start, end).box,
                index=0,
            )
            for column, start, end in found
        ]
    return heads


def name_month(match: re.Match[str]) -> str:
    """Name the column of a month."""
    return f"@{match['y']}-{int(match['m'] or match['c']):02d}"


def _is_head(heads: Sequence[ColumnHead], keys: Mapping[str, re.Pattern[str]]) -> bool:
    named = {head.column for head in heads if head.column}
    months = {column for column in named if column.startswith("@")}
    if len(months) == 1 and not any(column.endswith(".name") for column in named):
        named -= months  # the month of a row, not the head of a column
    return len(named) > 1 and any(key in named for key in keys)


def _is_head_of_cells(
    heads: Sequence[ColumnHead], keys: Mapping[str, re.Pattern[str]]
) -> bool:
    """Whether a row of cells is one of heads of which a key alone is listed.

    Cells are certain to be a row; heads are short words, with no figure and no colon.
    """
    return (
        len(heads) >= _LEAST_MONTHS
        and any(head.column in keys for head in heads)
        and all(_SHORT_HEAD.fullmatch(fold_signs(head.text).strip()) for head in heads)
    )


def _part_groups(
    heads: Sequence[ColumnHead], keys: Mapping[str, re.Pattern[str]]
) -> list[tuple[ColumnHead, ...]]:
    """Part lists that stand side by side: each begins where the first head recurs."""
    key = next(key for key in keys if any(head.column == key for head in heads))
    count = sum(head.column == key for head in heads)
    if count < 2:
        return [tuple(heads)]
    first = heads[0].text
    starts = [number for number, head in enumerate(heads) if head.text == first]
    if len(starts) != count:
        starts = [number for number, head in enumerate(heads) if head.column == key]
    return [tuple(heads[start:end]) for start, end in pairwise([*starts, len(heads)])]


def _build_rows(
    page: PaperPage,
    lines: Sequence[Line],
    heads: Sequence[ColumnHead],
    keys: Mapping[str, re.Pattern[str]],
) -> list[TableRow]:
    left, right = _find_reach(heads)
    tokens = [
        token for line in lines for token in line.tokens if left <= token.x <= right
    ]
    anchors = {
        key: found
        for key, pattern in keys.items()
        if (found := _find_anchors(tokens, heads, key, pattern))
    }
    if not anchors:
        return []
    # A name may stand for several lines, before the first or beside their middle;
    # several lines of a name do not make several rows.
    first, *others = anchors
    fewer = [
        key
        for key in others
        if key.endswith(".share") and 1 < len(anchors[key]) < len(anchors[first])
    ]
    if fewer and first.endswith(".name"):
        # Names that take two lines each stand beside one share.
        parts = _part_by_lines(tokens, anchors[fewer[0]])
        return [
            TableRow(heads=tuple(heads), page=page, tokens=tuple(part))
            for part in parts
        ]
    finer = next(
        (
            anchors[key]
            for key in others
            if not key.endswith((".name", ".share"))
            and len(anchors[key]) > len(anchors[first])
        ),
        None,
    )
    if finer is None:
        parts = _part_by_lines(tokens, anchors[first])
    else:
        parts = _part_by_blocks(tokens, anchors[first], finer)
    return [
        TableRow(heads=tuple(heads), page=page, tokens=tuple(part)) for part in parts
    ]


def _find_anchors(
    tokens: Sequence[Token],
    heads: Sequence[ColumnHead],
    key: str,
    pattern: re.Pattern[str],
) -> list[Token]:
    """The tokens under the head of a key that begin a row, one a line, from the top."""
    found: list[Token] = []
    for token in sorted(tokens, key=lambda token: token.y):
        if len(token.text) > _LONGEST_CELL and _SENTENCE.search(token.text):
            continue  # what is said beneath a table begins no row of it
        for match in pattern.finditer(fold_signs(token.text)):
            box = token.crop(match.start(), match.end()).box or token.box
            head = _nearest_head(heads, box)
            fits = head is not None and head.column == key
            if fits and (not found or token.y - found[-1].y > 0.6 * token.height):
                found.append(token)
    return found


def _part_by_lines(
    tokens: Sequence[Token], anchors: Sequence[Token]
) -> list[list[Token]]:
    """Give each token to the nearest anchor, if it is near: a row of the table each."""
    steps = [after.y - before.y for before, after in pairwise(anchors)]
    usual = median(steps) if steps else 3.0 * anchors[0].height
    rows = [anchors[0]]
    for before, after in pairwise(anchors):
        if after.y - before.y > _FAR * usual:
            break
        rows.append(after)
    parts: list[list[Token]] = [[] for _ in rows]
    for token in tokens:
        near = min(range(len(rows)), key=lambda row: abs(rows[row].y - token.y))
        if abs(rows[near].y - token.y) <= max(0.55 * usual, 0.8 * token.height):
            parts[near].append(token)
    return parts


def _part_by_blocks(
    tokens: Sequence[Token], anchors: Sequence[Token], lines: Sequence[Token]
) -> list[list[Token]]:
    """Give each token to the anchor in whose block of lines it stands."""
    steps = [after.y - before.y for before, after in pairwise(lines)]
    usual = median(steps) if steps else 3.0 * lines[0].height
    inside: list[Token] = []
    for token in sorted(tokens, key=lambda token: token.y):
        if inside and token.y - inside[-1].y > 2.2 * usual:
            break
        inside.append(token)
    centred = lines[0].y < anchors[0].y - 0.5 * anchors[0].height
    parts: list[list[Token]] = [[] for _ in anchors]
    for token in inside:
        if centred:
            row = min(
                range(len(anchors)), key=lambda row: abs(anchors[row].y - token.y)
            )
        else:
            above = [
                row
                for row, anchor in enumerate(anchors)
                if anchor.y <= token.y + 0.5 * token.height
            ]
            row = above[-1] if above else 0
        parts[row].append(token)
    return parts


def _find_reach(heads: Sequence[ColumnHead]) -> tuple[float, float]:
    """From where to where the tokens of a list stand that has others beside it."""
    boxes = [head.box for head in heads if head.box is not None]
    return min(box.left for box in boxes) - 700, max(box.right for box in boxes) + 1500


def _find_in_cells(
    page: PaperPage,
    columns: Mapping[str, Sequence[str]],
    keys: Mapping[str, re.Pattern[str]],
) -> Iterator[PaperTable]:
    grid: dict[tuple[int, int], dict[int, int]] = {}
    for number, span in enumerate(page.spans):
        if span.cell is not None:
            line = grid.setdefault((span.cell.table, span.cell.row), {})
            line.setdefault(span.cell.column, number)
    groups: list[tuple[ColumnHead, ...]] = []
    rows: dict[int, list[TableRow]] = {}
    table = -1
    made: list[PaperTable] = []

    def close() -> None:
        made.extend(
            PaperTable(heads=group, rows=tuple(rows[number]))
            for number, group in enumerate(groups)
            if rows.get(number)
        )
        groups.clear()
        rows.clear()

    for (number, _), cells in sorted(grid.items()):
        if number != table:
            close()
            table = number
        heads = [
            _head_of_cell(page.spans[span].text, column, columns)
            for column, span in sorted(cells.items())
        ]
        counted = any(
            not head.column and _COUNTED.fullmatch(fold_signs(head.text).strip())
            for head in heads
        )
        if not counted and (
            _is_head(heads, keys) or (not groups and _is_head_of_cells(heads, keys))
        ):
            close()
            groups.extend(_part_groups(heads, keys))
            continue
        for place, group in enumerate(groups):
            row = TableRow(
                heads=group, page=page, cells={at: (it,) for at, it in cells.items()}
            )
            if any(row.find(key, pattern) for key, pattern in keys.items()):
                rows.setdefault(place, []).append(row)
    close()
    yield from made


def _head_of_cell(
    text: str, column: int, columns: Mapping[str, Sequence[str]]
) -> ColumnHead:
    plain = re.sub(r"\s+", "", fold_signs(text)).lower()
    name = _name_column(plain, columns)
    if not name and (match := MONTH.fullmatch(plain)):
        name = name_month(match)
    return ColumnHead(column=name, text=text, box=None, index=column)


def join_rows(rows: Sequence[TableRow]) -> TableRow:
    """Take the rows of one page as one row: a list that is all about one person."""
    first = rows[0]
    same = [row for row in rows if row.page is first.page]
    if first.cells is None:
        tokens = tuple(token for row in same for token in row.tokens)
        return TableRow(heads=first.heads, page=first.page, tokens=tokens)
    cells: dict[int, tuple[int, ...]] = {}
    for row in same:
        for column, numbers in (row.cells or {}).items():
            cells[column] = (*cells.get(column, ()), *numbers)
    return TableRow(heads=first.heads, page=first.page, cells=cells)
