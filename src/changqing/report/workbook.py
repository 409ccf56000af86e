"""Tables out to a workbook: values only, so that no cell is ever run as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Final

_WIDEST: Final = 60
_NARROWEST: Final = 12  # a date that is typed into an empty column still shows
_LONGEST_TITLE: Final = 31  # characters that Excel takes as the name of a sheet
Cell = str | int | date | None


def write_workbook(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]], *, fixed: int = 0
) -> bytes:
    """One sheet with a frozen head and a filter, columns as wide as what is in them.

    `fixed` columns at the left stay in sight as well.
    """
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    table: list[list[Cell]] = [list(heads), *(list(row) for row in rows)]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:_LONGEST_TITLE])
    for place, column in enumerate(zip(*table, strict=True), start=1):
        width = max(_measure(value) for value in column) + 2
        width = min(_WIDEST, max(_NARROWEST, width))
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = f"{get_column_letter(fixed + 1)}2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(table)}"
    for row in table:
        sheet.append([_make_cell(sheet, value) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _make_cell(sheet: object, value: Cell) -> object:
    """The value itself; what a program could take for more is written as text.

    What is longer than its column, or has lines, is wrapped; a character that no
    workbook takes is replaced.
    """
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment

    text: str = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
    risky = text[:1] in ("=", "#")
    long = "\n" in text or _measure(text) > _WIDEST
    if not risky and not long:
        return text
    cell = WriteOnlyCell(sheet, text)
    if risky:
        cell.data_type = "s"
    if long:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _measure(value: Cell) -> int:
    """How many narrow characters a value is wide; a Chinese one counts as two."""
    text = "" if value is None else str(value)
    longest = text if "\n" not in text else max(text.splitlines(), key=len)
    return len(longest) if longest.isascii() else 2 * len(longest)
