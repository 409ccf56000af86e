"""The lines of a case, notices that came, ledgers among the papers."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from changqing.casework.annual_ledgers import read_ledgers
from changqing.casework.erased import note_erased, read_erased, read_erasures
from changqing.casework.events import Act, Event, Journal
from changqing.casework.notice import (
    _read_docx_words,
    find_due_day,
    read_notice,
    split_notice,
)
from changqing.casework.personal import erase_due
from changqing.casework.sealed import _compute_seal
from changqing.casework.stages import replay_events
from changqing.evidence.ledger.note import load_key
from changqing.papers.open import open_case
from tests.casework.casework_sample import write_case
from tests.fuzzing import fuzz, fuzz_json
from tests.shipped import CATALOGUE

pytestmark = pytest.mark.fuzz
NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_case(tmp_path / "case")


def journal_of(folder: Path) -> list[dict[str, Any]]:
    """The lines of a case of which a few things were recorded."""
    with Journal(folder) as journal:
        event = Event(act=Act.SUBMIT, on=date(2026, 2, 11), by="林晓", paper="stamped")
        journal.append(event, now=NOW)
        came = Event(act=Act.ACCEPTANCE, on=date(2026, 2, 13), by="林晓")
        journal.append(came, now=NOW)
    text = (folder / "casework" / "events.jsonl").read_bytes()
    return [json.loads(line) for line in text.splitlines()]


def sealed(lines: Any) -> bytes:
    """Lines sealed anew, so that a changed one is read and not only refused."""
    found, before = b"", ""
    for line in lines if isinstance(lines, list) else [lines]:
        if isinstance(line, dict):
            line = {key: value for key, value in line.items() if key != "seal"}
            with suppress(UnicodeEncodeError):  # what no program could have sealed
                before = _compute_seal(before, line)
            line["seal"] = before
        found += json.dumps(line).encode() + b"\n"
    return found


def test_events(folder: Path, fuzz_seconds: float) -> None:
    lines = journal_of(folder)
    path = folder / "casework" / "events.jsonl"
    case = open_case(folder, CATALOGUE)

    def look(data: Any) -> None:
        path.write_bytes(sealed(data))
        replay_events(CATALOGUE, case, Journal(folder).list_events())

    fuzz_json(look, [lines], fuzz_seconds)


def test_bytes_of_events(folder: Path, fuzz_seconds: float) -> None:
    journal_of(folder)
    path = folder / "casework" / "events.jsonl"
    seed = path.read_bytes()

    def look(content: bytes) -> None:
        path.write_bytes(content)
        Journal(folder).list_events()

    fuzz(look, [seed], fuzz_seconds)


def test_what_was_erased(folder: Path, fuzz_seconds: float) -> None:
    note_erased(folder, "id", [hashlib.sha256(b"x").hexdigest()])
    path = folder / "casework" / "erased.jsonl"
    line = json.loads(path.read_bytes())
    whole = {
        "number": 2,
        "paper": "id",
        "digests": [],
        "kind": "staff_id",
        "by": "x",
        "at": NOW.isoformat(),
        "due": True,
        "entries": 1,
        "files": 1,
        "copies": 0,
    }

    def look(data: Any) -> None:
        path.write_bytes(sealed(data))
        read_erased(folder)
        read_erasures(folder)

    fuzz_json(look, [[line, whole]], fuzz_seconds)


def test_an_erasure_that_was_cut_short(folder: Path, fuzz_seconds: float) -> None:
    key = load_key(folder.parent / "key")
    place = folder / "casework" / "erasing.json"
    plan = {
        "at": NOW.isoformat(),
        "by": "x",
        "due": False,
        "papers": [
            {"id": "gone", "kind": "staff_id", "file": "documents/a.md", "earlier": []}
        ],
    }
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def look(data: Any) -> None:
        for path, content in before.items():
            if not path.is_file():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        place.parent.mkdir(exist_ok=True)
        place.write_text(json.dumps(data), encoding="utf-8")
        erase_due(folder, catalogue=CATALOGUE, key=key, now=NOW, by="x")

    fuzz_json(look, [plan], fuzz_seconds)


NOTICE = """关于补正申请材料的通知
杭州长青示例科技有限公司：
一、营业执照复印件未加盖公章；
二、社保证明缺少技术负责人的记录，请补充；
三、（1）域名证书已过期（2）请提供验资报告。
请于2026年3月1日前补正，或自收到之日起15个工作日内补正。
"""


def test_a_notice(fuzz_seconds: float) -> None:
    def look(content: bytes) -> None:
        if content.startswith((b"PK", b"%PDF")) or b"%PDF-" in content[:1024]:
            return  # read in a child process: see tests/sandbox
        found = read_notice(content, name="notice")
        find_due_day(found.words, date(2026, 2, 1))

    fuzz(look, [NOTICE.encode(), NOTICE.encode("gb18030")], fuzz_seconds)


def test_a_word_file(fuzz_seconds: float) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        said = "".join(
            f"<w:p><w:r><w:t>{row}</w:t></w:r></w:p>" for row in NOTICE.split()
        )
        packed.writestr("word/document.xml", f"<w:document>{said}</w:document>")

    # In a child process with limits where people send it; here for what it raises.
    fuzz(lambda c: _read_docx_words(c, "n"), [made.getvalue()], fuzz_seconds)


@pytest.mark.parametrize(
    "read", [split_notice, lambda w: find_due_day(w, date(2026, 2, 1))]
)
def test_the_words_of_a_notice(
    read: Callable[[str], object], fuzz_seconds: float
) -> None:
    fuzz(lambda c: read(c.decode("utf-8", "replace")), [NOTICE.encode()], fuzz_seconds)


FAULTS = "开始,结束,原因\n2026-01-02 10:00,2026-01-02 11:30,断电\n2026/3/1,,维护\n"
COMPLAINTS = "收到,答复,内容\n2026-01-02,2026-01-05,收费\n2026-03-01,,质量\n"


@pytest.mark.parametrize(
    ("kind", "seed"), [("maintenance_record", FAULTS), ("complaint_log", COMPLAINTS)]
)
def test_a_ledger(kind: str, seed: str, folder: Path, fuzz_seconds: float) -> None:
    from dataclasses import replace

    case = open_case(folder, CATALOGUE)
    paper = replace(
        case.papers[0],
        kind=kind,
        file=replace(case.papers[0].file, path="documents/ledger.csv"),
    )
    of = replace(case, papers=(paper,))

    def look(content: bytes) -> None:
        (folder / "documents").mkdir(exist_ok=True)
        (folder / "documents" / "ledger.csv").write_bytes(content)
        read_ledgers(of, 2026, date(2026, 11, 27))

    fuzz(look, [seed.encode(), seed.encode("utf-8-sig")], fuzz_seconds)
