"""Bundles, and what stands in them: damage is named, and nothing else happens."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from changqing.sealing import verify
from changqing.sealing.bundle import pack
from changqing.sealing.times import make_witness
from tests.fuzzing import fuzz, fuzz_json
from tests.sealing.made_token import make_token
from tests.sealing.sealed_bundle import Sealed

pytestmark = pytest.mark.fuzz
BROKEN = (verify.DamageError,)
SHAPELESS = verify._MALFORMED  # what each stage of a check makes damage of


def test_a_container(fuzz_seconds: float) -> None:
    small = pack({verify.MANIFEST: b"x", "index.html": b"<p>x</p>"})

    def look(content: bytes) -> None:
        try:
            report, _ = verify.check(io.BytesIO(content), frozenset(), {})
        except verify.NoBundleError:
            return
        assert report.code in range(5)

    fuzz(look, [small], fuzz_seconds)


@pytest.mark.parametrize("name", ["given.json", "withheld.json", "assessment.json"])
def test_a_file_of_a_bundle(name: str, sealed: Sealed, fuzz_seconds: float) -> None:
    files = sealed.files()
    data = json.loads(files[name])

    def look(changed: Any) -> None:
        made = sealed.resealed({**files, name: json.dumps(changed).encode()})
        assert sealed.check(made).code in range(5)

    fuzz_json(look, [data], fuzz_seconds, slowest=20, few=3)


def test_entries_of_a_bundle(sealed: Sealed, fuzz_seconds: float) -> None:
    files = sealed.files()
    first = files["log/entries.jsonl"].splitlines(keepends=True)[:40]

    def look(content: bytes) -> None:
        made = sealed.resealed({**files, "log/entries.jsonl": content})
        assert sealed.check(made).code in range(5)

    fuzz(look, [b"".join(first)], fuzz_seconds, slowest=20, few=3)


def test_notes_and_keys(sealed: Sealed, fuzz_seconds: float) -> None:
    files = sealed.files()

    def look(content: bytes) -> None:
        for read in (
            lambda: verify.read_note(content, "note"),
            lambda: verify.read_key(content.decode("utf-8", "replace"), "key"),
        ):
            try:
                read()
            except BROKEN:
                continue

    fuzz(look, [files["log/checkpoint"]], fuzz_seconds)


def test_records(sealed: Sealed, fuzz_seconds: float) -> None:
    lines = sealed.files()["log/entries.jsonl"].splitlines()
    whole = [line for line in map(json.loads, lines) if "content" in line]

    def look(data: Any) -> None:
        verify.parse_json(json.dumps(data).encode(), "entry")
        for read in (verify.read_record, verify.read_attempt):
            try:
                read(data, 1)
            except SHAPELESS:
                continue

    fuzz_json(
        look,
        [line["content"] for line in whole[:40:4]],
        fuzz_seconds,
        declared=(*SHAPELESS, *BROKEN),
    )


def test_a_time_token(fuzz_seconds: float) -> None:
    note = b"origin\n1\nroot\n"
    token = make_token(note, datetime(2026, 11, 24, tzinfo=UTC))
    witness = make_witness(())

    def look(content: bytes) -> None:
        verify.read_token_time(content, note)
        witness(note, content)

    # What a stage of a check makes damage of.
    fuzz(tolerant(look), [token], fuzz_seconds)


def tolerant(look: Callable[[bytes], None]) -> Callable[[bytes], None]:
    def read(content: bytes) -> None:
        with suppress(*SHAPELESS, *BROKEN):
            look(content)

    return read


def test_a_signature(fuzz_seconds: float) -> None:
    def look(content: bytes) -> None:
        public, signature = content[:32].ljust(32, b"\0"), content[32:96]
        verify.verify_ed25519(public, b"message", signature.ljust(64, b"\0"))

    fuzz(look, [bytes(range(96))], fuzz_seconds)
