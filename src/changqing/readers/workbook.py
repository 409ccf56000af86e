"""The sheets of a workbook (xlsx), each as one page of cells, as they are shown."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator
from typing import Any, Final

from openpyxl import load_workbook

from changqing.evidence.reading import Cell, PaperPage, Span

MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 400
MOST_SHEETS: Final = 100
MOST_CHARACTERS: Final = 5_000_000
"""Of all cells: one long text that stands once in a file can be named by every cell."""


class TooMuchTextError(ValueError):
    """A workbook shows more text than is read."""


def read_workbook(content: bytes) -> Iterator[PaperPage]:
    """Read each sheet that is shown."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    characters_left = MOST_CHARACTERS
    try:
        visible_sheets = [
            sheet for sheet in book.worksheets if sheet.sheet_state == "visible"
        ]
        for number, sheet in enumerate(visible_sheets[:MOST_SHEETS], start=1):
            spans = []
            for span in _read_cells(sheet):
                spans.append(span)
                characters_left -= len(span.text)
                if characters_left < 0:
                    raise TooMuchTextError
            yield PaperPage(number=number, width=0, height=0, spans=tuple(spans))
    finally:
        book.close()


def _read_cells(sheet: Any) -> Iterator[Span]:
    for row in sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS):
        for cell in row:
            if cell.value is None:
                continue
            cell_text = format_cell(cell.value, cell.number_format or "")
            for line in cell_text.splitlines():
                if line.strip():
                    yield Span(
                        text=line.strip(),
                        box=None,
                        cell=Cell(table=0, row=cell.row - 1, column=cell.column - 1),
                    )


def format_cell(value: object, shown_as: str) -> str:
    """Write the value of a cell about as the sheet shows it."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime.datetime() | datetime.date():
            return _format_day(value, shown_as)
        case datetime.time():
            return value.strftime("%H:%M")
        case float() | int():
            if "%" in shown_as:
                return f"{round(value * 100, 6):g}%"
            return f"{value:.12g}" if isinstance(value, float) else str(value)
        case _:
            return str(value)


def _format_day(value: datetime.datetime | datetime.date, shown_as: str) -> str:
    plain = re.sub(r'"[^"]*"|\[[^]]*\]|\\.', "", shown_as).lower()
    if "y" in plain and "d" not in plain:
        return f"{value:%Y-%m}"
    if isinstance(value, datetime.datetime) and (value.hour or value.minute):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:%Y-%m-%d}"
