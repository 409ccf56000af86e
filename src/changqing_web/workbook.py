"""Tables out to a workbook: values only, so that no cell is ever run as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST: Final = 60
_NARROWEST: Final = 12  # a date that is typed into an empty column still shows
Cell = str | int | date | None


def workbook(title: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet with a frozen head and a filter, columns as wide as what is in them."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    table: list[list[Cell]] = [list(heads), *(list(row) for row in rows)]
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for place, column in enumerate(zip(*table, strict=True), start=1):
        width = max(_width(value) for value in column) + 2
        width = min(_WIDEST, max(_NARROWEST, width))
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(table)}"
    for row in table:
        sheet.append([_kept(sheet, value) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _kept(sheet: object, value: Cell) -> object:
    """The value itself; what a program could take for more is written as text.

    What is longer than its column, or has lines, is wrapped.
    """
    if not isinstance(value, str):
        return value
    risky = value[:1] in ("=", "#")
    long = "\n" in value or _width(value) > _WIDEST
    if not risky and not long:
        return value
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment

    cell = WriteOnlyCell(sheet, value)
    if risky:
        cell.data_type = "s"
    if long:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _width(value: Cell) -> int:
    said = "" if value is None else str(value)
    longest = said if "\n" not in said else max(said.splitlines(), key=len)
    return len(longest) if longest.isascii() else 2 * len(longest)


def download(content: bytes, name: str, kind: str = _TYPE) -> HttpResponse:
    """A file to keep, never shown in the page."""
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=name
    )
    return answer
