"""The cells of a workbook as text: read in a child process, which knows no Django."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Final

from changqing.errors import CaseError, Issue
from changqing.readers.cells import refuse_excess
from changqing.text import Text

MOST_ROWS: Final = 2_000
MOST_COLUMNS: Final = 80
_MOST_UNPACKED: Final = 100 * 1024 * 1024
TOO_BIG: Final = Text(
    zh=f"表格太大，最多{MOST_ROWS}行、{MOST_COLUMNS}列",
    en=f"the table is too big: {MOST_ROWS} rows and {MOST_COLUMNS} columns at most",
)
SPLIT: Final = Text(zh="分成几份再导入", en="import it in parts")


def read_cells(content: bytes) -> list[list[str]]:
    """Read the first sheet of an Excel workbook.

    Raises CaseError where it would unpack to too much, and whatever the library raises
    for what is no workbook.
    """
    from openpyxl import load_workbook

    _unpacks_small(content)
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    sheet = book.worksheets[0]
    found = [
        [_cell(cell.value, cell.number_format) for cell in row]
        for row in sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS)
    ]
    book.close()
    refuse_excess(found)
    return found


def _unpacks_small(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        unpacked = sum(one.file_size for one in packed.infolist())
    if unpacked > _MOST_UNPACKED:
        raise CaseError(Issue(text=TOO_BIG, hint=SPLIT))


def _cell(value: object, shown_as: str | None) -> str:
    """What a cell says; a share that is shown as 50% is kept as 0.5."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case int() | float() if "%" in (shown_as or ""):
            return f"{round(value * 100, 6):g}%"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()
