"""The first sheet of a workbook that somebody sent, for every import.

A workbook is a zip: what would unfold beyond its limits is refused before it is
unpacked, and all of it is read in a child process that may be given up. One long text
that stands once in the file can be named by every cell of a sheet, a few KB that would
keep whoever goes through the cells for hours: so there is a limit on all of them.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from changqing.errors import CaseError, GivenUpError, Issue
from changqing.sandbox.pool import READING, get_shared_pool
from changqing.text import Text

MOST_CHARACTERS: Final = 20_000_000
"""Twenty thousand rows of a thousand characters each."""
_BROKEN: Final = (
    *(ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError),
    *(OSError, RuntimeError, SyntaxError, TypeError, ValueError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What reading a workbook raises that is damaged, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLimits:
    """How much of a sheet is read: rows below the heads, columns, bytes packed and not.

    `hint` is what the user is told to do about a workbook that is refused.
    """

    rows: int
    columns: int
    packed: int
    unpacked: int
    hint: Text


Spell = Callable[[object, str | None], Any]
"""Makes of the value of a cell, and of how it is shown, what the reader wants."""


def read_sheet_apart(
    source: Path | bytes, limits: SheetLimits, spell: Spell | None = None
) -> tuple[str, list[list[Any]]]:
    """Read title and rows of the first sheet in a child process; CaseError with hint.

    Rows stand at their numbers, empty ones too, but for those at the end. `spell` must
    be a function of a module.
    """
    try:
        return get_shared_pool().run(READING, read_sheet, source, limits, spell)
    except GivenUpError as error:
        raise _make_refusal(error.issues[0].text, source, limits) from error


def read_sheet(
    source: Path | bytes, limits: SheetLimits, spell: Spell | None = None
) -> tuple[str, list[list[Any]]]:
    """Read title and rows of the first sheet, in this very process."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        if isinstance(source, Path) and source.stat().st_size > limits.packed:
            raise _make_refusal(name_limits(limits), source, limits)
        content = source if isinstance(source, bytes) else source.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
        if len(content) > limits.packed or unpacked > limits.unpacked:
            raise _make_refusal(name_limits(limits), source, limits)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        # One row more than is taken: whether there are more is seen.
        sheet_rows = sheet.iter_rows(
            max_row=limits.rows + 2, max_col=limits.columns, values_only=spell is None
        )
        rows = [
            list(row)
            if spell is None
            else [spell(cell.value, cell.number_format) for cell in row]
            for row in sheet_rows
        ]
        title: str = sheet.title
        book.close()
    except CaseError:
        raise
    except (*_BROKEN, InvalidFileException) as error:
        raise _make_refusal(_UNREADABLE, source, limits) from error
    while rows and all(cell in (None, "") for cell in rows[-1]):
        rows.pop()
    if len(rows) > limits.rows + 1:
        raise _make_refusal(name_limits(limits), source, limits)
    if _count_characters(rows) > MOST_CHARACTERS:
        raise _make_refusal(_TOO_MUCH, source, limits)
    return title, rows


def has_merged_apart(source: Path, limits: SheetLimits) -> bool:
    """Tell in a child process whether any sheet has merged cells."""
    try:
        return get_shared_pool().run(READING, has_merged, source)
    except GivenUpError as error:
        raise _make_refusal(error.issues[0].text, source, limits) from error


def has_merged(source: Path) -> bool:
    """Tell whether any sheet of a workbook that was read has merged cells."""
    with zipfile.ZipFile(source) as packed:
        for name in packed.namelist():
            if not name.startswith("xl/worksheets/"):
                continue
            with packed.open(name) as stream:
                before = b""
                while piece := stream.read(1 << 20):
                    if b"mergeCell " in before + piece:
                        return True
                    before = piece[-len(b"mergeCell ") :]
    return False


def _count_characters(rows: Iterable[Iterable[object]]) -> int:
    return sum(len(cell) for row in rows for cell in row if isinstance(cell, str))


def _make_refusal(text: Text, source: Path | bytes, limits: SheetLimits) -> CaseError:
    path = None if isinstance(source, bytes) else str(source)
    return CaseError(Issue(text=text, path=path, hint=limits.hint))


def name_limits(limits: SheetLimits) -> Text:
    """Say that a table is too big, and what is taken."""
    size = limits.packed // 1_000_000
    return Text(
        zh=f"表格太大，最多{limits.rows}行、{limits.columns}列、{size}MB",
        en=f"the table is too big: {limits.rows} rows, {limits.columns} columns and "
        f"{size} MB at most",
    )


_UNREADABLE: Final = Text(
    "读不了，不是完好的xlsx工作簿", "cannot be read as an xlsx workbook"
)
_TOO_MUCH: Final = Text(
    zh=f"各格的文字加起来太长，超过{MOST_CHARACTERS // 10_000}万字",
    en=f"its cells hold too much text: over {MOST_CHARACTERS // 10**6} million "
    "characters",
)
