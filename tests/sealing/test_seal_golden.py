"""Bundles of before must verify for ever."""

from __future__ import annotations

import io
import lzma
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509

from changqing.catalogue import load_compiled
from changqing.sealing import installed_rules, packed, verify
from changqing.sealing.times import read_authorities, witness_of
from tests.sealing.make_golden import GOLDEN, SEALED
from tests.sealing.sealed_bundle import VERIFIER, unpacked

FINGERPRINTS = {
    name: key
    for key, name in (
        line.split()
        for line in (GOLDEN / "fingerprints.txt").read_text("ascii").splitlines()
    )
}
EXPECTED = ("withheld", "the verify.py inside", "verdicts that rest on")


def _content(name: str) -> bytes:
    return lzma.decompress((GOLDEN / f"{name}.zip.xz").read_bytes())


def _report(name: str) -> verify.Report:
    root = GOLDEN / "expired-authority.pem"
    witness = witness_of(read_authorities(root.read_bytes(), str(root)))
    keys = frozenset({FINGERPRINTS[name]})
    return verify.check(io.BytesIO(_content(name)), keys, {}, witness)[0]


@pytest.mark.parametrize("name", sorted(FINGERPRINTS))
def test_a_golden_bundle_verifies(name: str) -> None:
    report = _report(name)
    assert (report.damaged, report.unfinished) == ([], [])
    for _, said in report.unchecked:
        assert any(each in said for each in EXPECTED), said
    assert any("the rules are those of changqing" in en for _, en in report.checked)


def test_after_three_rotations_the_first_key_still_tells_who_signed() -> None:
    names = [name for name in unpacked(_content("rotated")) if "rotations" in name]
    assert len(names) == 3
    said = [en for _, en in _report("rotated").checked]
    assert sum("one key signing for the next" in each for each in said) == 2


def test_a_token_outlives_the_certificate_of_its_authority() -> None:
    said = [en for _, en in _report("expired").checked if "vouches" in en]
    assert len(said) == 1
    pem = (GOLDEN / "expired-authority.pem").read_bytes()
    ended = x509.load_pem_x509_certificate(pem).not_valid_after_utc
    day = said[0].partition("existed by ")[2][:10]
    assert ended.date().isoformat() == day  # a minute after it signed


TEN_YEARS_ON = """
import runpy, sys, time
now = time.time
time.time = lambda: now() + 10 * 366 * 86400
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("later", [False, True], ids=["today", "ten years on"])
def test_the_sealed_example_verifies_with_nothing_installed(later: bool) -> None:
    start = ["-c", TEN_YEARS_ON] if later else []
    done = subprocess.run(
        [sys.executable, "-I", "-S", *start, str(SEALED / "verify.py"),
         str(SEALED / "bundle.zip"), "--key", FINGERPRINTS["today"], "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert "unknown" not in done.stdout
    assert "is not this verifier" not in done.stdout


def test_one_flipped_byte_of_the_example_is_refused_and_named(tmp_path: Path) -> None:
    files = unpacked((SEALED / "bundle.zip").read_bytes())
    flipped = bytearray(files["assessment.json"])
    flipped[100] ^= 1
    path = tmp_path / "b.zip"
    path.write_bytes(packed({**files, "assessment.json": bytes(flipped)}))
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(path), "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert "assessment.json: it was altered" in done.stdout


def test_the_rules_at_hand_are_published() -> None:
    (digest,) = installed_rules(load_compiled())
    assert digest in verify.PUBLISHED_RULES, "run: make publish"
