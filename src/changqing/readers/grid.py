"""Tables of a paper: their heads, their rows, and what stands under a head.

Word and Excel say what a cell is; on a page a column is what stands under its head, a
row what stands beside its key (a name, a day, a month). Cells that OCR ran together are
taken apart by what is looked for: each match goes to the head it stands under.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Final

from changqing.evidence.reading import WHOLE, Box, PaperPage
from changqing.readers.cell_lines import order_tokens
from changqing.readers.column_contents import ColumnContent, name_by_content
from changqing.readers.flow import (
    Line,
    Token,
    fold_signs,
    gather_lines,
    split_tokens,
)
from changqing.readers.layout import Quote, SpanPart
from changqing.readers.signing_lines import drop_signing, is_signing_row
from changqing.readers.table_heads import (
    COUNTED,
    HEAD_LINES,
    ColumnHead,
    find_head_lines,
    find_nearest_head,
    head_of_cell,
    is_head,
    is_head_of_cells,
    name_months_of_year,
    part_groups,
    widen_heads,
)
from changqing.readers.turned_tables import find_turned, is_turned

_FAR: Final = 3.0  # spacings of rows: a wider step ends a table
_WORD: Final = re.compile("[一-龥]{2}")
_LONGEST_CELL: Final = 24  # letters; a longer one with a stop in it is a sentence
_SENTENCE: Final = re.compile("[，。；]")
_HEADING: Final = re.compile(
    r"[一-龥]{2,8}(?:信息|情况|名单|列表|明细)|(?:主要|高级管理|高管)人员"
)
_OF_SUMS: Final = re.compile(r"\s*[合总小共]\s*计")
"""What begins a line of sums: it is no row, and what it says spans columns."""


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
        column_cells: list[tuple[float, CellText]] = []
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
                    column_cells.append((y, cell))
        return [
            cell
            for _, cell in sorted(
                column_cells, key=lambda cell_at_height: cell_at_height[0]
            )
        ]

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
            and (piece.box is None or _is_in_stretch(piece.box, left, right))
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
        head = find_nearest_head(self.heads, box)
        return head is not None and head.column == column

    def find_text(self, column: str) -> CellText | None:
        """Find all that stands under a head, the lines of a cell put together."""
        if self.cells is not None:
            return self._join_pieces([piece for piece, _ in self._list_pieces(column)])
        return self._join_tokens(
            [
                token
                for token in self.tokens
                if (head := find_nearest_head(self.heads, token.box))
                and head.column == column
            ]
        )

    def find_cells(self, column: str) -> list[CellText]:
        """Find what stands under each of the heads that name a column, apart."""
        cells = (self.find_under(head) for head in self.heads if head.column == column)
        return [cell for cell in cells if cell is not None]

    def find_under(self, head: ColumnHead) -> CellText | None:
        """Find all that stands under one head."""
        if self.cells is None:
            return self._join_tokens(
                [
                    token
                    for token in self.tokens
                    if find_nearest_head(self.heads, token.box) is head
                ]
            )
        spans = [self.page.spans[at] for at in self.cells.get(head.index, ())]
        return self._join_pieces(
            [SpanPart(span=span, start=0, end=len(span.text)) for span in spans]
        )

    def _join_tokens(self, tokens: list[Token]) -> CellText | None:
        return self._join_pieces([token.piece for token in order_tokens(tokens)])

    def _join_pieces(self, pieces: Sequence[SpanPart]) -> CellText | None:
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
        """Tell whether it has such a column."""
        return any(head.column == column for head in self.heads)


def _is_in_stretch(box: Box, left: int, right: int) -> bool:
    common = min(box.right, right) - max(box.left, left)
    return common > 0.3 * (box.right - box.left)


def find_tables(
    pages: Sequence[PaperPage],
    columns: Mapping[str, Sequence[str]],
    keys: Mapping[str, re.Pattern[str]],
    contents: Mapping[str, ColumnContent] | None = None,
) -> list[PaperTable]:
    """Find the tables that have a key column and at least one other.

    `columns` are the heads by the name of a column, months as heads are found by
    themselves (columns `@YYYY-MM`). `keys` are the columns that begin a row, in order
    of preference, with what stands in them; `contents` name columns of unknown heads.
    """
    tables = _list_tables(pages, columns, keys)
    return [_name_columns(table, contents or {}) for table in tables if table.rows]


def _name_columns(
    table: PaperTable, contents: Mapping[str, ColumnContent]
) -> PaperTable:
    """Name the columns of which nobody listed the head by what stands in them."""
    cells = {
        place: [cell.text for row in table.rows if (cell := row.find_under(head))]
        for place, head in enumerate(table.heads if contents else ())
        if not head.column
    }
    heads = tuple(name_by_content(table.heads, cells, contents, len(table.rows)))
    if heads == table.heads:
        return table
    rows = tuple(replace(row, heads=heads) for row in table.rows)
    return PaperTable(heads=heads, rows=rows)


def _list_tables(
    pages: Sequence[PaperPage],
    columns: Mapping[str, Sequence[str]],
    keys: Mapping[str, re.Pattern[str]],
) -> list[PaperTable]:
    """List the tables of all pages; one may go on over the next page."""
    tables: list[PaperTable] = []
    open_heads: list[tuple[ColumnHead, ...]] = []
    for page in pages:
        if any(span.cell is not None for span in page.spans):
            tables += _find_in_cells(page, columns, keys)
            open_heads = []
            continue
        lines = gather_lines(split_tokens(page))
        turned = list(_find_turned(page, lines, columns, keys))
        tables += [table for table, _ in turned]
        lines_of_turned = {number for _, numbers in turned for number in numbers}
        lines = [
            line for number, line in enumerate(lines) if number not in lines_of_turned
        ]
        starts = list(find_head_lines(lines, columns, keys))
        edges = [number for number, _, _ in starts] + [len(lines)]
        # what stands above the first head goes on from the page before
        for group in open_heads:
            above = _end_table(lines[: edges[0]], group, columns)
            rows = _build_rows(page, drop_signing(above, group), group, keys)
            if rows and _begins_above(rows[0], lines):
                tables.append(PaperTable(heads=rows[0].heads, rows=tuple(rows)))
        open_heads = []
        for (_, last, heads), (_, end) in zip(starts, pairwise(edges), strict=True):
            groups = part_groups(heads, keys)
            for group in groups:
                under = _end_table(lines[last + 1 : end], group, columns)
                side = len(groups) > 1
                below = list(_keep_under(under, group, heads)) if side else under
                rows = _build_rows(page, drop_signing(below, group), group, keys)
                own = rows[0].heads if rows else tuple(group)
                tables.append(PaperTable(heads=own, rows=tuple(rows)))
                if last + 1 + len(under) == len(lines):
                    open_heads.append(group)
    return tables


def _find_turned(
    page: PaperPage,
    lines: Sequence[Line],
    columns: Mapping[str, Sequence[str]],
    keys: Mapping[str, re.Pattern[str]],
) -> Iterator[tuple[PaperTable, set[int]]]:
    """Find the tables that lie on their side, and the lines that they take."""
    for heads, entries, numbers in find_turned(lines, columns, keys):
        rows = tuple(
            TableRow(
                heads=tuple(heads),
                page=page,
                cells={place: (span,) for place, span in entry.items()},
            )
            for entry in entries
        )
        yield PaperTable(heads=tuple(heads), rows=rows), numbers


def _end_table(
    lines: Sequence[Line],
    heads: Sequence[ColumnHead],
    columns: Mapping[str, Sequence[str]],
) -> list[Line]:
    """The lines down to where another table begins.

    It has a head of this one's, or nothing but heads of columns, or stands under a
    heading of its own: 变更信息.
    """
    words = {fold_signs(head.text).strip() for head in heads}
    left = min((head.box.left for head in heads if head.box is not None), default=0)
    for number, line in enumerate(lines):
        first = line.tokens[0]
        alone = len(line.tokens) == 1 and first.box.left <= left
        if alone and _HEADING.fullmatch(fold_signs(first.text).strip()):
            return list(lines[:number])
        if any(fold_signs(token.text).strip() in words for token in line.tokens):
            return list(lines[:number])
        named = [head_of_cell(token.text, 0, columns).column for token in line.tokens]
        if len(named) > 1 and all(name and name[0] != "@" for name in named):
            return list(lines[:number])
    return list(lines)


def _keep_under(
    lines: Sequence[Line], group: Sequence[ColumnHead], heads: Sequence[ColumnHead]
) -> Iterator[Line]:
    """Keep what stands under the heads of one of several lists side by side."""
    for line in lines:
        tokens = tuple(
            token
            for token in line.tokens
            if (head := find_nearest_head(heads, token.box)) is None or head in group
        )
        if tokens:
            yield replace(line, tokens=tokens)


def _begins_above(row: TableRow, lines: Sequence[Line]) -> bool:
    """Whether a row is among the first lines of its page: a list that goes on."""
    top = min(token.y for token in row.tokens)
    return sum(line.y < top - 0.5 * line.height for line in lines) <= HEAD_LINES


def _build_rows(
    page: PaperPage,
    lines: Sequence[Line],
    heads: Sequence[ColumnHead],
    keys: Mapping[str, re.Pattern[str]],
) -> list[TableRow]:
    """Build the rows under heads, part by what stands in their key columns."""
    near = [token for line in lines for token in line.tokens]
    left, right = _find_reach(heads, near)
    tokens = [token for token in near if left <= token.x <= right]
    heads = widen_heads(
        heads,
        (
            token.box
            for token in tokens
            if len(token.text) <= _LONGEST_CELL
            and not _SENTENCE.search(token.text)
            and not _OF_SUMS.match(token.text)
        ),
    )
    anchors = {
        key: key_tokens
        for key, pattern in keys.items()
        if (key_tokens := _find_anchors(tokens, heads, key, pattern))
    }
    if not anchors:
        return []
    # A name may stand for several lines, before the first or beside their middle;
    # several lines of a name do not make several rows.
    first, *others = anchors
    fewer = [
        key
        for key in others
        if key.endswith((".share", "amount"))
        and 1 < len(anchors[key]) < len(anchors[first])
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
            if not key.endswith((".name", ".share", "amount", "period"))
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
    anchors: list[Token] = []
    sums = list(_find_lines_of_sums(tokens))
    for token in sorted(tokens, key=lambda token: token.y):
        if any(abs(token.y - y) < 0.6 * token.height for y in sums):
            continue
        if len(token.text) > _LONGEST_CELL and _SENTENCE.search(token.text):
            continue  # what is said beneath a table begins no row of it
        for match in pattern.finditer(fold_signs(token.text)):
            box = token.crop(match.start(), match.end()).box or token.box
            head = find_nearest_head(heads, box)
            fits = head is not None and head.column == key
            if fits and (not anchors or token.y - anchors[-1].y > 0.6 * token.height):
                anchors.append(token)
    return anchors


def _find_lines_of_sums(tokens: Sequence[Token]) -> Iterator[float]:
    """Find where lines stand that 合计 begins; a cell of a row may say it too."""
    for token in tokens:
        if _OF_SUMS.match(token.text) and not any(
            other.x < token.x and abs(other.y - token.y) < 0.6 * token.height
            for other in tokens
        ):
            yield token.y


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


def _find_reach(
    heads: Sequence[ColumnHead], tokens: Sequence[Token]
) -> tuple[float, float]:
    """Find from where to where the tokens of a list stand that has others beside it.

    What begins left of the first head and ends under it tells where its column begins;
    where nothing stands under it, words left of it do.
    """
    heads_at = (head.box for head in heads if head.box is not None)
    boxes = sorted(heads_at, key=lambda box: box.left)
    first, second = boxes[0], boxes[min(1, len(boxes) - 1)]
    short = [token for token in tokens if len(token.text) <= _LONGEST_CELL]
    under = [
        token.box.left
        for token in short
        if token.box.left < first.right and first.left < token.box.right < second.left
    ]
    column = [left for left in under if left < first.left] or [
        token.box.left
        for token in short
        if not under and token.box.right <= first.left and _WORD.search(token.text)
    ]
    left = min(first.left - 700, *column) if column else first.left - 700
    return left, max(box.right for box in boxes) + 1500


def _find_in_cells(
    page: PaperPage,
    columns: Mapping[str, Sequence[str]],
    keys: Mapping[str, re.Pattern[str]],
) -> Iterator[PaperTable]:
    """Find the tables of a page whose spans say in which cell they stand."""
    grid: dict[tuple[int, int], dict[int, int]] = {}
    for number, span in enumerate(page.spans):
        if span.cell is not None:
            line = grid.setdefault((span.cell.table, span.cell.row), {})
            line.setdefault(span.cell.column, number)
    grid = _turn_upright(page, grid, columns, keys)
    groups: list[tuple[ColumnHead, ...]] = []
    rows: dict[int, list[TableRow]] = {}
    table = -1
    tables: list[PaperTable] = []

    def close() -> None:
        tables.extend(
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
        heads = name_months_of_year(
            [
                head_of_cell(page.spans[span].text, column, columns)
                for column, span in sorted(cells.items())
            ]
        )
        counted = any(
            not head.column and COUNTED.fullmatch(fold_signs(head.text).strip())
            for head in heads
        )
        if not counted and (
            is_head(heads, keys) or (not groups and is_head_of_cells(heads, keys))
        ):
            close()
            groups.extend(part_groups(heads, keys))
            continue
        if is_signing_row({at: page.spans[span].text for at, span in cells.items()}):
            continue
        for place, group in enumerate(groups):
            row = TableRow(
                heads=group,
                page=page,
                cells={at: (token,) for at, token in cells.items()},
            )
            if any(row.find(key, pattern) for key, pattern in keys.items()):
                rows.setdefault(place, []).append(row)
    close()
    yield from tables


def _turn_upright(
    page: PaperPage,
    grid: Mapping[tuple[int, int], Mapping[int, int]],
    columns: Mapping[str, Sequence[str]],
    keys: Mapping[str, re.Pattern[str]],
) -> dict[tuple[int, int], dict[int, int]]:
    """Turn the tables of a grid whose heads stand in their first column."""
    tables: dict[int, dict[tuple[int, int], int]] = {}
    for (table, row), cells in grid.items():
        for column, span in cells.items():
            tables.setdefault(table, {})[row, column] = span
    upright: dict[tuple[int, int], dict[int, int]] = {}
    for table, places in tables.items():
        texts = {place: page.spans[span].text for place, span in places.items()}
        turned = is_turned(texts, columns, keys)
        for (row, column), span in places.items():
            line, entry = (column, row) if turned else (row, column)
            upright.setdefault((table, line), {})[entry] = span
    return upright


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
