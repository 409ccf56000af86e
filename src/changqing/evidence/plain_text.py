"""Plain text, Markdown and tables of plain text, line by line, without any extra."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Final

from changqing.evidence.reading import Cell, PaperPage, Span

MOST_LINES: Final = 50_000
_SEPARATORS: Final = ",;\t，|"
_RULE: Final = re.compile(r"\s*\|?[\s:|-]*-[\s:|-]*\|?\s*")


def read_plain_text(text: str) -> Iterator[PaperPage]:
    """Read text; a form feed begins a page, pipes make the cells of a table."""
    lines_left = MOST_LINES
    for number, page in enumerate(text.split("\f"), start=1):
        spans: list[Span] = []
        table, row = 0, -1
        for line in page.splitlines()[:lines_left]:
            cells = _split_cells(line)
            if len(cells) < 2 and row >= 0:
                table, row = table + 1, -1
            if len(cells) >= 2:
                if _RULE.fullmatch(line):
                    continue
                row += 1
                spans.extend(_make_cells(cells, table, row))
            elif line.strip():
                spans.append(Span(text=_strip_marks(line), box=None))
        lines_left -= len(spans)
        yield PaperPage(number=number, width=0, height=0, spans=tuple(spans))


def _split_cells(line: str) -> list[str]:
    stripped = line.strip()
    if not (stripped.startswith("|") and stripped.endswith("|") and len(stripped) > 2):
        return []
    return [cell.strip() for cell in stripped[1:-1].split("|")]


def _make_cells(cells: Sequence[str], table: int, row: int) -> Iterator[Span]:
    for column, cell in enumerate(cells):
        words = _strip_marks(cell)
        if words:
            yield Span(
                text=words, box=None, cell=Cell(table=table, row=row, column=column)
            )


def _strip_marks(line: str) -> str:
    """Take away the marks of a heading, and of words in bold."""
    words = re.sub(r"^\s*#{1,6}\s+", "", line)
    return re.sub(r"\*\*(.+?)\*\*", r"\1", words).strip()


def read_table_text(text: str) -> PaperPage:
    """Read a table of plain text (CSV), whatever parts its columns."""
    lines = text.splitlines()[:MOST_LINES]
    separator = max(_SEPARATORS, key=lambda mark: _count_rows(lines[:50], mark))
    rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)
    spans: list[Span] = []
    for row, cells in enumerate(rows):
        spans.extend(_make_cells([cell.strip() for cell in cells], 0, row))
    return PaperPage(number=1, width=0, height=0, spans=tuple(spans))


def _count_rows(lines: Sequence[str], mark: str) -> int:
    return sum(mark in line for line in lines)
