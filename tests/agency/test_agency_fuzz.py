"""Workbooks of clients, the lines of the desk, the index of a board."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from changqing.agency.desk import Deed, DeskJournal, Note
from changqing.agency.rows import BoardRow, pack, unpack
from changqing.agency.workbook import (
    _COLUMNS,
    _LIMITS,
    _find_heads,
    _RowReader,
    make_template,
)
from changqing.casework.files import read_summary
from changqing.errors import CaseError
from changqing.sheet import read_sheet
from changqing.text import Language
from tests.casework.test_casework_fuzz import sealed
from tests.fuzzing import fuzz, fuzz_json
from tests.shipped import CATALOGUE

pytestmark = pytest.mark.fuzz


def test_a_workbook(tmp_path: Path, fuzz_seconds: float) -> None:
    path = tmp_path / "clients.xlsx"
    path.write_bytes(make_template(Language.ZH))
    seed = path.read_bytes()

    def look(content: bytes) -> None:
        path.write_bytes(content)
        read_sheet(path, _LIMITS)

    # In a child process with limits where people send it; here for what it raises.
    fuzz(look, [seed], fuzz_seconds, slowest=5)


def test_the_rows_of_a_workbook(tmp_path: Path, fuzz_seconds: float) -> None:
    heads = [text.zh for text in _COLUMNS.values()]
    columns = _find_heads(heads, tmp_path)
    good = ["杭州长青示例科技有限公司", "91330106MA2CFUZZ0X", "B25", "intra_province"]
    row = [*good, "33", "https://a.example/", "apply", "2027-01-01", "林晓"]

    def look(data: Any) -> None:
        cells = data if isinstance(data, list) else [data]
        given = {
            name: cells[place] if place < len(cells) else None
            for name, place in columns.items()
        }
        reader = _RowReader(CATALOGUE, "客户", 2, columns, given, date(2026, 11, 27))
        reader.read_client(tmp_path)
        for fault in reader.faults:
            fault.say(Language.ZH)

    fuzz_json(look, [row[: len(heads)], [None] * len(heads)], fuzz_seconds)


def test_the_desk(tmp_path: Path, fuzz_seconds: float) -> None:
    now = datetime(2026, 11, 27, tzinfo=UTC)
    with DeskJournal(tmp_path) as desk:
        desk.append(Note(deed=Deed.ASSIGN, by="a", to="b"), now=now)
        desk.append(
            Note(deed=Deed.ASK, by="a", to="b", items=("lease",)), now=now, sent="x"
        )
    path = tmp_path / "casework" / "desk.jsonl"
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]

    def look(data: Any) -> None:
        path.write_bytes(sealed(data))
        DeskJournal(tmp_path).list_notes()

    fuzz_json(look, [lines], fuzz_seconds)


def test_a_row_that_was_kept(tmp_path: Path, fuzz_seconds: float) -> None:
    kept = json.loads(pack(BoardRow(folder="a", name="b", next_day=date(2026, 1, 1))))

    def look(data: Any) -> None:
        unpack(json.dumps(data))

    fuzz_json(look, [kept], fuzz_seconds, declared=(ValueError,))


def test_a_summary(tmp_path: Path, fuzz_seconds: float) -> None:
    path = tmp_path / "casework" / "assessment.json"
    path.parent.mkdir()

    def look(content: bytes) -> None:
        path.write_bytes(content)
        read_summary(tmp_path)

    fuzz(look, [b'{"readiness": "open", "blocking": 3}'], fuzz_seconds)


def test_a_workbook_whose_packing_is_damaged_is_none(tmp_path: Path) -> None:
    path = tmp_path / "clients.xlsx"
    path.write_bytes(make_template(Language.ZH))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as packed:
        part = packed.getinfo("docProps/core.xml")
    begin = part.header_offset + 30 + len(part.filename)
    content[begin : begin + 8] = b"\xff" * 8
    path.write_bytes(content)
    with pytest.raises(CaseError):
        read_sheet(path, _LIMITS)
