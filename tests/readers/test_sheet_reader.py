"""The first sheet of a workbook that somebody sent: read, or refused with its limits."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from changqing.errors import CaseError
from changqing.sheet import SheetLimits, read_sheet, read_sheet_apart
from changqing.text import Language, Text

LIMITS = SheetLimits(
    rows=3,
    columns=2,
    packed=1_000_000,
    unpacked=1_000_000,
    hint=Text("分成几份", "in parts"),
)


def _book(*rows: Sequence[object]) -> bytes:
    book = Workbook()
    book.active.title = "客户"
    for row in rows:
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_rows_stand_at_their_numbers_and_blank_ones_at_the_end_are_none() -> None:
    content = _book(["a", "b", "unread"], [None, ""], ["c", 1], [None], [""], [None])
    found = read_sheet(content, LIMITS)
    assert found == ("客户", [["a", "b"], [None, None], ["c", 1]])


def test_a_cell_is_spelled_with_how_it_is_shown() -> None:
    book = Workbook()
    book.active.append([0.5])
    book.active["A1"].number_format = "0%"
    made = io.BytesIO()
    book.save(made)
    _, rows = read_sheet(made.getvalue(), LIMITS, lambda value, shown: (value, shown))
    assert rows[0][0] == (0.5, "0%")


@pytest.mark.parametrize(
    "limits",
    [LIMITS, replace(LIMITS, rows=9, unpacked=10), replace(LIMITS, rows=9, packed=10)],
)
def test_what_is_too_big_says_what_is_taken_and_what_to_do(
    limits: SheetLimits, tmp_path: Path
) -> None:
    content = _book(*(["x"] for _ in range(5)))
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    for source in (content, path):
        with pytest.raises(CaseError) as refused:
            read_sheet(source, limits)
        [line] = refused.value.lines(Language.EN)
        assert f"too big: {limits.rows} rows, 2 columns" in line
        assert "in parts" in line


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused_with_its_name(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(content)
    with pytest.raises(CaseError, match=r"book\.xlsx.* xlsx workbook"):
        read_sheet_apart(path, LIMITS)
