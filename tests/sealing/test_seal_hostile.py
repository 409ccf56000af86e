"""Hostile bundles are refused at once and cheaply."""

from __future__ import annotations

import io
import json
import lzma
import random
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from changqing.evidence.ledger.items import BrokenEntryError
from changqing.sealing import verify
from changqing.sealing.bundle import pack
from tests.sealing.sealed_bundle import VERIFIER, Sealed, broken, edited, verified

MOST_SECONDS = 2.0
MOST_BYTES = 200 << 20


LAUNCHER = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stdout.buffer.write(done.stdout + done.stderr)
print(done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)
"""
"""Starts the verifier small: a child counts what its parent held as its own."""


class Run(NamedTuple):
    """How one run of the verifier ended, and what it cost."""

    code: int
    output: str
    seconds: float
    memory: int


def run(path: Path) -> Run:
    """Run the verifier by itself and measure processor time and memory."""
    bare = [sys.executable, "-I", "-S"]
    done = subprocess.run(
        [*bare, "-c", LAUNCHER, *bare, str(VERIFIER), str(path), "--lang", "en"],
        capture_output=True,
        text=True,
        check=True,
    )
    *output, last = done.stdout.splitlines()
    code, seconds, memory = last.split()
    return Run(
        code=int(code),
        output="\n".join(output),
        seconds=float(seconds),
        memory=int(memory),
    )


def refused(path: Path, code: int = 4) -> str:
    """What the verifier says, having refused within its limits."""
    done = run(path)
    assert done.code == code, done.output
    assert done.seconds < MOST_SECONDS
    assert done.memory < MOST_BYTES
    return done.output


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb,
        bomb.open("manifest.txt", "w") as stream,
    ):
        for _ in range(64):
            stream.write(bytes(1 << 20))
    assert "compressed" in refused(path)


@pytest.mark.share
@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "a/../../b", "a\\b", "a//b", ".ssh/key"]
)
def test_a_path_that_leads_outside_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "path.zip"
    path.write_bytes(pack({name: b"x"}))
    assert "is not allowed" in refused(path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as made:
        link = zipfile.ZipInfo("manifest.txt")
        link.external_attr = 0o120777 << 16
        made.writestr(link, "/etc/passwd")
    assert "a link" in refused(path)


def test_a_directory_of_a_million_files_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    first = verify.make_local_header("a", 0, 0)  # else it never was a bundle
    size = 80 << 20
    path.write_bytes(first.ljust(size, b"\0") + verify.make_end_record(65535, size, 0))
    assert "too many files" in refused(path)


def _other_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", b"x" * 5000)
        made.writestr("word/document.xml", b"y" * 5000)
    return out.getvalue()


@pytest.mark.share
@pytest.mark.parametrize(
    "content",
    [b"", b"PK", b"root:x:0:0:root:/root:/bin/sh\n", _other_zip(), _other_zip()[:150]],
    ids=["empty", "two bytes", "passwd", "docx", "a cut docx"],
)
def test_what_never_was_a_bundle_is_not_called_tampered(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "申请书.docx"
    path.write_bytes(content)
    done = verified(path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (f"{path}不是封存包：请选用changqing seal封好的zip文件\n")
    assert "is no bundle" in verified(path, "--lang", "en").stderr


@pytest.mark.long
def test_a_bundle_that_was_cut_or_packed_anew_is_tampered_and_called_by_its_name(
    sealed: Sealed, tmp_path: Path
) -> None:
    content, path = sealed.bundle.read_bytes(), tmp_path / "received.zip"
    anew = io.BytesIO()
    with zipfile.ZipFile(anew, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in sealed.files().items():
            made.writestr(name, part)
    for altered in (
        content[:100], content[:-30], content + b"x", b"x" + content, anew.getvalue(),
    ):  # fmt: skip
        path.write_bytes(altered)
        done = verified(path)
        assert done.returncode == 4
        assert "  ✗ received.zip：" in done.stdout


NESTED = b"[" * 3_000_000
EMPTIES = b"[" + b"[]," * 1_300_000 + b"[]]"
DIGITS = b'{"a":' + b"9" * 3_000_000 + b"}"


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("content", [NESTED, EMPTIES, DIGITS, b"[" * (5 << 20)])
@pytest.mark.parametrize("name", ["given.json", "rules/facts.json", "withheld.json"])
def test_huge_json_is_refused(
    name: str, content: bytes, sealed: Sealed, tmp_path: Path
) -> None:
    files = {**sealed.files(), name: content}
    path = tmp_path / "huge.zip"
    path.write_bytes(pack(sealed.resealed(files)))
    assert name in refused(path)


@pytest.mark.long
def test_a_line_without_end_is_refused(sealed: Sealed, tmp_path: Path) -> None:
    for content in (b"x" * (12 << 20), b"x" * (40 << 20), b"[]\n" * 4_000_000):
        files = {**sealed.files(), "log/entries.jsonl": content}
        path = tmp_path / "long.zip"
        path.write_bytes(pack(sealed.resealed(files)))
        assert "log/entries.jsonl" in refused(path)


HOSTILE = [
    "ATTACH 'x.db' AS x",
    "DELETE FROM person",
    "DROP TABLE person",
    "PRAGMA writable_schema = 1",
    "SELECT load_extension('x')",
    "SELECT randomblob(1000000000)",
    "SELECT printf('%1000000000d', 1)",
    "SELECT * FROM sqlite_master; SELECT 1",
    "SELECT 1",
    "",
    "not sql at all",
    'SELECT a."id", a."stance" FROM person AS a, person AS b, person AS c',
]


@pytest.mark.share
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_sql_is_refused_and_named(full: Sealed, text: str) -> None:
    files = {**full.files(), "rules/person.sql": text.encode()}
    report = full.check(full.resealed(files))
    assert broken(report) == ["rules/person.sql"]


ENDLESS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
SELECT sum(i) AS "id" FROM n
"""
SWELLING = """
WITH RECURSIVE n(t) AS (SELECT 'xxxxxxxx' UNION ALL SELECT replace(t, 'x', 'xxxx') FROM n)
SELECT sum(instr(t, 'y')) AS "id" FROM n
"""


@pytest.mark.long
def test_sql_without_end_is_stopped(full: Sealed, tmp_path: Path) -> None:
    path = tmp_path / "endless.zip"
    files = {**full.files(), "rules/person.sql": ENDLESS.encode()}
    path.write_bytes(pack(full.resealed(files)))
    assert "rules/person.sql" in refused(path, code=3)


def test_sql_that_swells_is_stopped(full: Sealed, tmp_path: Path) -> None:
    path = tmp_path / "swelling.zip"
    files = {**full.files(), "rules/person.sql": SWELLING.encode()}
    path.write_bytes(pack(full.resealed(files)))
    assert "rules/person.sql" in refused(path)


SLOW_STEPS = [
    # One call that compares long texts, and long texts joined over and over.
    """WITH RECURSIVE n(i, t) AS (
    SELECT 1, 'aaaaaaaa' UNION ALL SELECT i + 1, t || t FROM n WHERE i < 26)
    SELECT sum(instr(t || 'b', t || 'c')) AS "id" FROM n""",
    """WITH RECURSIVE n(i, t) AS (
    SELECT 1, 'aaaaaaaa' UNION ALL SELECT i + 1, replace(t, 'a', 'aa') FROM n)
    SELECT sum(i) AS "id" FROM n""",
]


@pytest.mark.long
@pytest.mark.parametrize("text", SLOW_STEPS)
def test_no_single_step_of_sql_takes_long(
    full: Sealed, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "slow.zip"
    files = {**full.files(), "rules/person.sql": text.encode()}
    path.write_bytes(pack(full.resealed(files)))
    assert "rules/person.sql" in refused(path)


def test_queries_share_one_limit_of_steps(full: Sealed, tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    some = b"""WITH RECURSIVE n(i) AS (
    SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 900000)
    SELECT i AS "id" FROM n WHERE i < 0"""
    files = dict(full.files())
    for name in files:
        if name.startswith("rules/") and name.endswith(".sql"):
            files[name] = some
    path.write_bytes(pack(full.resealed(files)))
    done = run(path)
    assert done.code != 0
    assert done.seconds < 2 * MOST_SECONDS


def test_a_crowd_of_keys_is_not_tried(full: Sealed, tmp_path: Path) -> None:
    path = tmp_path / "crowd.zip"
    files = dict(full.files())
    files["log/signers"] = files["log/signers"] * 20_000
    path.write_bytes(pack(full.resealed(files)))
    assert "log/signers" in refused(path, code=3)


def test_a_crowd_of_key_changes_is_not_followed(full: Sealed, tmp_path: Path) -> None:
    path = tmp_path / "crowd.zip"
    files = {**full.files(), **{f"log/rotations/{n:04d}": b"x" for n in range(4_000)}}
    path.write_bytes(pack(full.resealed(files)))
    assert "log/rotations" in refused(path, code=3)


def test_an_entry_is_withheld_once(sealed: Sealed) -> None:
    def twice(told: Any) -> None:
        told["entries"].append({**told["entries"][0], "fact": "cash_on_hand"})

    files = dict(sealed.files())
    files["withheld.json"] = edited(files["withheld.json"], twice)
    report = sealed.check(sealed.resealed(files))
    assert "withheld.json" in broken(report)


ODD: list[Any] = [None, 0, -1, True, "", "x", [], {}, [[]], 10**19, "2026-13-01"]


def _place_in(data: Any, choose: random.Random) -> tuple[Any, Any]:
    """Somewhere in JSON: what holds it, and by which key."""
    held: Any = data
    while True:
        key = choose.choice(
            sorted(held) if isinstance(held, dict) else range(len(held))
        )
        inner = held[key]
        if not isinstance(inner, dict | list) or not inner or choose.random() < 0.25:
            return held, key
        held = inner


@pytest.mark.share
@pytest.mark.parametrize(
    "name",
    [
        "assessment.json",
        "given.json",
        "rules/criteria.json",
        "rules/facts.json",
        "rules/layout.json",
        "rules/parameters.json",
        "withheld.json",
    ],
)
def test_nothing_malformed_is_more_than_a_report(name: str, sealed: Sealed) -> None:
    files, choose = sealed.files(), random.Random(name)  # noqa: S311 - the same each run
    for _ in range(8):
        data = json.loads(files[name])
        held, key = _place_in(data, choose)
        held[key] = choose.choice(ODD)
        odd = {**files, name: json.dumps(data).encode()}
        assert sealed.check(sealed.resealed(odd)).code in (0, 1, 4)


@pytest.mark.share
@pytest.mark.parametrize("seed", range(12))
def test_nothing_malformed_in_a_signed_log_is_more_than_a_report(
    seed: int, full: Sealed
) -> None:
    """Whoever has the key signs any content of any entry, in every kind of entry."""
    choose = random.Random(seed)  # noqa: S311 - the same each run

    def spoil(entries: list[dict[str, Any]]) -> None:
        kinds = sorted({entry["content"]["type"] for entry in entries})
        wanted = kinds[seed % len(kinds)]
        some = [entry for entry in entries if entry["content"]["type"] == wanted]
        held, key = _place_in(choose.choice(some)["content"], choose)
        held[key] = choose.choice(ODD)

    try:
        files = full.relogged(full.files(), spoil)
    except (BrokenEntryError, AttributeError):
        return  # not even a line of a log can be made of that
    assert full.check(files).code in (0, 1, 4)


def test_nothing_in_a_bundle_can_write_over_the_report(full: Sealed) -> None:
    name = "\x1b[2J\x1b[H\u202eVerified.\r"
    files = full.files()
    files["given.json"] = files["given.json"].replace(
        "杭州初棠信息科技有限公司".encode(), json.dumps(name)[1:-1].encode(), 1
    )
    report = full.check(full.resealed(files))
    assert broken(report) == ["given.json"]
    said = "".join(verify.write_lines(report, None, 1))
    assert "[2J" in said
    assert said.isprintable()


@pytest.mark.long
def test_a_bundle_compressed_for_its_way_is_unpacked_within_bounds(
    sealed: Sealed, tmp_path: Path
) -> None:
    content = sealed.bundle.read_bytes()
    packed_up = lzma.compress(content, preset=1)
    path = tmp_path / "b.zip.xz"
    path.write_bytes(packed_up)
    assert verified(path).stdout == verified(sealed.bundle).stdout
    bomb = lzma.compress(content.ljust(verify.MOST_UNPACKED + 1, b"\0"), preset=1)
    greedy = lzma.compress(content, preset=9)  # needs 64 MB to unpack
    for hostile, code in {
        bomb: 4, packed_up[:-9]: 4, packed_up + b"x": 4,  # was a bundle
        greedy: 3,  # nobody can say
        b"no xz": 2, lzma.compress(b"another file"): 2,  # never was one
    }.items():  # fmt: skip
        path.write_bytes(hostile)
        refused(path, code)
