"""`case.yaml`, papers, values, and every file of the evidence log."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars
import pytest

from changqing.case.page import UnreadablePageError, read_page
from changqing.case.read import read_case
from changqing.case.subjects import Subject
from changqing.case.values import NotAValueError, parse_value
from changqing.errors import ChangqingError, TamperError
from changqing.evidence.ledger.anchors import read_anchor
from changqing.evidence.ledger.entry import encode_canonical, read_line, write_line
from changqing.evidence.ledger.heads import Head
from changqing.evidence.ledger.items import BrokenEntryError
from changqing.evidence.ledger.memory import Memory, Seen
from changqing.evidence.ledger.note import (
    BrokenNoteError,
    SignedCheckpoint,
    Verifier,
    read_rotation,
)
from changqing.evidence.ledger.ownership import read_hand_overs
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.observations import Observation, ObservationKind, Observations
from changqing.evidence.records import list_gaps, list_records
from changqing.evidence.sync import compute_changes
from tests.fuzzing import fuzz, fuzz_json
from tests.shipped import CATALOGUE

pytestmark = pytest.mark.fuzz


def make_pdf() -> bytes:
    """One page with a word on it."""
    drawn = b"BT /F1 12 Tf 9 9 Td (abc) Tj ET"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    content, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(content)
    content += b"xref\n0 6\n0000000000 65535 f \n"
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % table
    return bytes(content)


EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("fuzz") / "case"
    shutil.copytree(EXAMPLES / "newly-registered", target)
    return target


def test_a_case_file(folder: Path, fuzz_seconds: float, tmp_path: Path) -> None:
    seeds = [(EXAMPLES / e / "case.yaml").read_bytes() for e in ("newly-registered",)]
    draft = tmp_path / "case.yaml"

    def look(content: bytes) -> None:
        draft.write_bytes(content)
        case = read_case(folder, CATALOGUE, draft=draft).accept(())
        list(list_records(case))
        list_gaps(case)

    fuzz(look, seeds, fuzz_seconds)


def test_what_a_case_file_says(
    folder: Path, fuzz_seconds: float, tmp_path: Path
) -> None:
    from changqing.yamlfile.read import read_with_issues

    file, _ = read_with_issues(EXAMPLES / "newly-registered" / "case.yaml")
    assert file is not None
    draft = tmp_path / "case.yaml"

    def look(data: Any) -> None:
        # JSON is YAML: what a careless hand or a hostile one may have written.
        draft.write_text(
            json.dumps(data, ensure_ascii=False), encoding="utf-8", errors="replace"
        )
        case = read_case(folder, CATALOGUE, draft=draft).accept(())
        compute_changes(case, [], _now())

    fuzz_json(look, [file.data], fuzz_seconds)


def _now() -> Any:
    from datetime import UTC, datetime

    return datetime(2026, 11, 27, tzinfo=UTC)


def test_a_value_of_any_fact(fuzz_seconds: float) -> None:
    facts = [f for f in CATALOGUE.facts.values() if not f.generated]
    seeds = [
        [place, written]
        for place in range(0, len(facts), 7)
        for written in ("100万元", "2026-11-01", "是", 12, "51%", ["a"], "13800001234")
    ]

    def look(data: Any) -> None:
        place, written = (
            data if isinstance(data, list) and len(data) == 2 else (0, data)
        )
        number = place if isinstance(place, int) else 0
        parse_value(facts[number % len(facts)], written)

    def tolerant(data: Any) -> None:
        try:
            look(data)
        except NotAValueError:
            return

    fuzz_json(tolerant, seeds, fuzz_seconds)


def pages() -> Iterator[bytes]:
    yield "<table><tr><td>主办单位</td><td>杭州长青</td></tr></table><!-- x -->".encode()
    yield "证书号：浙B2-20260001\n有效期：2026-01-01至2031-01-01\n".encode("gb18030")
    yield b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def test_a_saved_page(fuzz_seconds: float) -> None:
    def look(content: bytes) -> None:
        if content.startswith(b"%PDF") or b"%PDF-" in content[:1024]:
            return  # read in a child process: see tests/sandbox
        page = read_page(content)
        list(page.find_fields(("主办单位", "证书号")))

    fuzz(look, list(pages())[:2], fuzz_seconds, declared=(UnreadablePageError,))


def test_pdf_in_this_process(fuzz_seconds: float) -> None:
    from changqing.case.page import _read_pdf_text

    fuzz(
        _read_pdf_text,
        [make_pdf()],
        fuzz_seconds,
        declared=(UnreadablePageError,),
        slowest=5,
    )


def test_an_entry_of_the_log(folder: Path, fuzz_seconds: float) -> None:
    lines = (
        (folder / "evidence" / "entries.jsonl").read_bytes().splitlines(keepends=True)
    )

    def look(content: bytes) -> None:
        line = read_line(content)
        line.decode_item()
        write_line(line)

    fuzz(look, lines[:40:4], fuzz_seconds, declared=(BrokenEntryError,))


def test_what_an_entry_says(folder: Path, fuzz_seconds: float) -> None:
    lines = (folder / "evidence" / "entries.jsonl").read_bytes().splitlines()

    def look(data: Any) -> None:
        if "\\ud800" in json.dumps(data):
            return  # no bytes say this
        line = read_line(encode_canonical(data) + b"\n")
        line.decode_item()

    fuzz_json(
        look,
        [json.loads(line) for line in lines[:60:3]],
        fuzz_seconds,
        declared=(BrokenEntryError,),
    )


@pytest.mark.parametrize(
    "name",
    [
        *("log/checkpoint", "log/signers", "log/erased", "log/rotations"),
        *("entries.jsonl", "intent"),
    ],
)
def test_a_file_of_the_log(name: str, folder: Path, fuzz_seconds: float) -> None:
    path = folder / "evidence" / name
    before = path.read_bytes() if path.is_file() else None
    seeds = [before or (folder / "evidence" / "log" / "checkpoint").read_bytes()]

    def look(content: bytes) -> None:
        path.write_bytes(content)
        log = Evidence(folder)
        with suppress(ChangqingError):
            log.verify()
        for read in (read_anchor, read_hand_overs):
            with suppress(ChangqingError):
                read(log)
        log.list_records()

    if path.is_dir():
        pytest.fail(f"{name} is a folder now: fuzz what is in it")
    try:
        fuzz(look, seeds, fuzz_seconds, slowest=3, few=4)
    finally:
        if before is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(before)


def test_a_signed_note(folder: Path, fuzz_seconds: float) -> None:
    log = folder / "evidence" / "log"
    seeds = [(log / "checkpoint").read_bytes(), (log / "signers").read_bytes()]

    def look(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        for parse in (SignedCheckpoint.parse, Verifier.parse, read_rotation):
            try:
                parse(text)
            except BrokenNoteError:
                continue

    fuzz(look, seeds, fuzz_seconds)


def test_what_is_remembered(tmp_path: Path, fuzz_seconds: float) -> None:
    memory = Memory.open_within(tmp_path / "home")
    case = tmp_path / "case"
    case.mkdir()
    seen = Seen(heads={"casework/events.jsonl": Head(lines=2, digest="0" * 64)})
    memory.replace(case, seen)
    [path] = (tmp_path / "home").rglob("cases/*.json")
    kept = path.read_bytes()

    def look(content: bytes) -> None:
        path.write_bytes(content)
        memory.recall(case)
        memory.list_other_folders("x", case)

    fuzz(look, [kept], fuzz_seconds)
    fuzz_json(
        lambda data: look(json.dumps(data).encode()), [json.loads(kept)], fuzz_seconds
    )


def test_a_key(tmp_path: Path, fuzz_seconds: float) -> None:
    from changqing.evidence.ledger.note import load_key

    path = tmp_path / "key"
    load_key(path)
    seed = path.read_bytes()

    def look(content: bytes) -> None:
        path.write_bytes(content)
        load_key(path)

    fuzz(look, [seed, base64.b64encode(b"x" * 32)], fuzz_seconds)


@pytest.mark.parametrize("said", [b"[" * 100_000, b'{"size": 1e999, "origin": ""}'])
def test_a_memory_that_cannot_be_read_is_named(tmp_path: Path, said: bytes) -> None:
    memory = Memory.open_within(tmp_path / "home")
    memory.replace(tmp_path, Seen())
    [path] = (tmp_path / "home").rglob("cases/*.json")
    path.write_bytes(said)
    with pytest.raises(TamperError):
        memory.recall(tmp_path)


def test_a_file_of_the_history(folder: Path, fuzz_seconds: float) -> None:
    history = folder / "evidence" / "history"
    before = {path: path.read_bytes() for path in history.glob("*.parquet")}

    def look(content: bytes) -> None:
        for path in history.glob("*.parquet"):
            path.unlink()
        name = hashlib.sha256(content).hexdigest()
        (history / f"{name}.parquet").write_bytes(content)
        Observations(folder).read()

    try:
        fuzz(look, list(before.values()), fuzz_seconds)
    finally:
        for path in history.glob("*.parquet"):
            path.unlink()
        for path, content in before.items():
            path.write_bytes(content)


def test_a_history_of_years_that_no_day_has_is_tampering(tmp_path: Path) -> None:
    history = Observations(tmp_path)
    one = Observation(
        subject=Subject("service", "site"),
        kind=ObservationKind.CHECK,
        at=_now(),
        source="reach",
        value=1,
    )
    history.append([one], now=_now())
    [path] = history.folder.glob("*.parquet")
    rows = polars.read_parquet(path)
    path.unlink()
    far = polars.lit(10**15).cast(rows.schema["at"]).alias("at")
    rows.with_columns(far).write_parquet(path)
    with pytest.raises(TamperError):
        history.read()
