"""Tables out to a workbook: values only, so that no cell is ever run as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from tempfile import TemporaryFile, gettempdir
from typing import Any, Final

from changqing.errors import CaseError, Issue
from changqing.text import Text

_WIDEST: Final = 60
_NARROWEST: Final = 12  # a date that is typed into an empty column still shows
_TRIAL: Final = 65_536  # bytes
_LONGEST_TITLE: Final = 31  # characters that Excel takes as the name of a sheet
_NO_ROOM: Final = Text(
    zh="临时文件写不了，磁盘可能满了",
    en="no temporary file can be written; the disk may be full",
)
Cell = str | int | date | None


def write_workbook(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], *, fixed: int = 0
) -> bytes:
    """Make a sheet with a frozen head and a filter, columns as wide as what they hold.

    `fixed` columns at the left stay in sight as well. CaseError where no temporary file
    can be written.
    """
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    # openpyxl builds a sheet in a temporary file, and on a full disk fails with an
    # error of whichever XML library it found.
    try:
        with TemporaryFile() as trial:
            trial.write(bytes(_TRIAL))
    except OSError as error:
        raise CaseError(Issue(text=_NO_ROOM, path=gettempdir())) from error
    table: list[list[Cell]] = [list(heads), *(list(row) for row in rows)]
    book = Workbook()
    sheet = book.active
    sheet.title = title[:_LONGEST_TITLE]
    for place, column in enumerate(zip(*table, strict=True), start=1):
        width = max(_measure_value(value) for value in column) + 2
        width = min(_WIDEST, max(_NARROWEST, width))
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = f"{get_column_letter(fixed + 1)}2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(table)}"
    for number, row in enumerate(table, start=1):
        for place, value in enumerate(row, start=1):
            _fill_cell(sheet.cell(number, place), value)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _fill_cell(cell: Any, value: Cell) -> None:
    """Write a value; what a program could take for more is written as text.

    What is longer than its column, or has lines, is wrapped; a character that no
    workbook takes is replaced.
    """
    if not isinstance(value, str):
        cell.value = value
        return
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment

    text: str = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
    cell.value = text
    if text[:1] in ("=", "#"):
        cell.data_type = "s"
    if "\n" in text or _measure_value(text) > _WIDEST:
        cell.alignment = Alignment(wrap_text=True, vertical="top")


def _measure_value(value: Cell) -> int:
    """How many narrow characters a value is wide; a Chinese one counts as two."""
    text = "" if value is None else str(value)
    longest = text if "\n" not in text else max(text.splitlines(), key=len)
    return len(longest) if longest.isascii() else 2 * len(longest)
