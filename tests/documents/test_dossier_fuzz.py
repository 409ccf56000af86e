"""Content schedules, tables of them, and documents that somebody edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from changqing.documents.schedule import load_schedule
from changqing.documents.schedule_import import _LIMITS, import_schedule
from changqing.documents.tree import build_document_tree, parse_markdown
from changqing.errors import CaseError
from changqing.law.documents import read_document
from changqing.law.folders import CATALOGUE_ROOT
from changqing.sheet import read_sheet
from tests.documents.dossier_case import EXAMPLES, assessed, written
from tests.fuzzing import fuzz

pytestmark = pytest.mark.fuzz
DAY = date(2026, 11, 24)


def test_a_schedule(tmp_path: Path, fuzz_seconds: float) -> None:
    path = tmp_path / "schedule.yaml"
    seed = b"""items:
  - {on: 2027-01-12, topic: x, owner: a, reviewer: b}
months:
  - {month: 2027-07, items: 2, topic: y, owner: a, reviewer: b}
"""

    def look(content: bytes) -> None:
        path.write_bytes(content)
        load_schedule(tmp_path)

    fuzz(look, [seed], fuzz_seconds)


def test_a_table_of_a_schedule(tmp_path: Path, fuzz_seconds: float) -> None:
    table = tmp_path / "table.csv"
    seed = "日期,题材,责任人,审核人\n2027-01-12,年货,许南枝,周知白\n2027/2/1,春节,a,b\n"

    def look(content: bytes) -> None:
        table.write_bytes(content)
        import_schedule(table, tmp_path, replace=True)
        load_schedule(tmp_path)

    fuzz(look, [seed.encode(), seed.encode("gb18030")], fuzz_seconds)


def test_a_workbook_of_a_schedule(tmp_path: Path, fuzz_seconds: float) -> None:
    from openpyxl import Workbook

    table = tmp_path / "table.xlsx"
    book = Workbook()
    book.active.append(["日期", "题材"])
    book.active.append(["2027-01-12", "年货"])
    book.save(table)

    def look(content: bytes) -> None:
        table.write_bytes(content)
        read_sheet(table, _LIMITS)

    # In a child process with limits where people send it; here for what it raises.
    fuzz(look, [table.read_bytes()], fuzz_seconds, slowest=5)


def test_an_own_copy(tmp_path: Path, fuzz_seconds: float) -> None:
    path = tmp_path / "emergency.md"
    seed = CATALOGUE_ROOT / "documents" / "emergency.md"

    def look(content: bytes) -> None:
        path.write_bytes(content)
        read_document(path, "dossier/emergency.md", error=CaseError)

    fuzz(look, [seed.read_bytes()], fuzz_seconds)


def test_the_text_of_a_document(fuzz_seconds: float) -> None:
    document = written(assessed(EXAMPLES / "newly-registered"), "emergency")[
        "emergency"
    ]
    first = document.sections[0]

    def look(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        parse_markdown(text)
        changed = replace(document, sections=(replace(first, markdown=text),))
        build_document_tree(changed, case_name="x", digest="0" * 64, as_of=DAY)

    fuzz(look, [first.markdown.encode()], fuzz_seconds, slowest=3)
