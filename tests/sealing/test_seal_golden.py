"""Bundles of before must verify for ever."""

from __future__ import annotations

import io
import lzma
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from changqing.law.compiled import load_compiled
from changqing.law.kit import Grade
from changqing.sealing import verify
from changqing.sealing.bundle import digest_installed_rules, pack
from changqing.sealing.times import make_witness, read_authorities
from tests.sealing.make_example import BUNDLE, FINGERPRINT, SEALED
from tests.sealing.make_golden import GOLDEN
from tests.sealing.sealed_bundle import VERIFIER, unpacked

FINGERPRINTS = {
    name: key
    for key, name in (
        line.split()
        for line in (GOLDEN / "fingerprints.txt").read_text("ascii").splitlines()
    )
}
EXPECTED = ("withheld", "the verify.py inside")


def _content(name: str) -> bytes:
    return lzma.decompress((GOLDEN / f"{name}.zip.xz").read_bytes())


def _report(name: str) -> verify.Report:
    root = GOLDEN / "expired-authority.pem"
    witness = make_witness(read_authorities(root.read_bytes(), str(root)))
    keys = frozenset({FINGERPRINTS[name]})
    return verify.check(io.BytesIO(_content(name)), keys, {}, witness)[0]


@pytest.mark.parametrize("name", sorted(FINGERPRINTS))
def test_a_golden_bundle_verifies(name: str) -> None:
    report = _report(name)
    assert (report.damaged, report.unfinished) == ([], [])
    for _, said in report.unchecked:
        assert any(each in said for each in EXPECTED), said
    assert any("the rules are those of changqing" in en for _, en in report.checked)


@pytest.mark.parametrize("language", [0, 1])
def test_a_bundle_of_four_grades_says_first_what_documented_meant(
    language: int,
) -> None:
    report = _report("typed")
    assert report.code in (0, 1)
    first = next(verify.write_lines(report, None, language))
    assert first == verify.TYPED[language]


def test_a_bundle_of_today_knows_every_grade() -> None:
    content = lzma.decompress(BUNDLE.read_bytes())
    report, _ = verify.check(io.BytesIO(content), frozenset(), {})
    assert verify.TYPED not in report.about
    assert {grade.code: int(grade) for grade in Grade} == verify.GRADES


def test_after_three_rotations_the_first_key_still_tells_who_signed() -> None:
    names = [name for name in unpacked(_content("rotated")) if "rotations" in name]
    assert len(names) == 3
    said = [en for _, en in _report("rotated").checked]
    assert sum("one key signing for the next" in each for each in said) == 1


def test_a_token_outlives_the_certificate_of_its_authority() -> None:
    said = [en for _, en in _report("expired").checked if "vouches" in en]
    assert len(said) == 1
    pem = (GOLDEN / "expired-authority.pem").read_bytes()
    ended = x509.load_pem_x509_certificate(pem).not_valid_after_utc
    day = said[0].partition("existed by ")[2][:10]
    assert ended.date().isoformat() == day  # a minute after it signed


LATER = """
import datetime, time

SHIFT = 10 * 366 * 86400
seconds, nanoseconds = time.time, time.time_ns
time.time = lambda: seconds() + SHIFT
time.time_ns = lambda: nanoseconds() + SHIFT * 10**9
local, universal = time.localtime, time.gmtime
time.localtime = lambda at=None: local(time.time() if at is None else at)
time.gmtime = lambda at=None: universal(time.time() if at is None else at)


class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(time.time(), tz)

    @classmethod
    def utcnow(cls):
        return cls.now(datetime.timezone.utc).replace(tzinfo=None)


class Day(datetime.date):
    @classmethod
    def today(cls):
        return cls.fromtimestamp(time.time())


datetime.datetime, datetime.date = Later, Day
"""


@pytest.fixture
def later(tmp_path: Path) -> Mapping[str, str]:
    """An environment in which Python believes that ten years have passed."""
    (tmp_path / "sitecustomize.py").write_text(LATER, encoding="ascii")
    return {**os.environ, "PYTHONPATH": str(tmp_path), "LC_ALL": "en_GB.UTF-8"}


def _ran(
    *arguments: str | Path, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env=env,
    )


def _without_age(printed: str) -> list[str]:
    """Every line but the one that says how old the verdicts are."""
    return [e for e in printed.splitlines() if "this machine’s clock" not in e]


def test_the_clock_of_these_tests_is_ten_years_on(later: Mapping[str, str]) -> None:
    script = (
        "import datetime, time; print(datetime.date.today().year, time.gmtime()[0])"
    )
    now = datetime.now(UTC).year
    assert _ran("-c", script, env=later).stdout.split() == [str(now + 10)] * 2


def test_the_sealed_example_verifies_with_nothing_installed(
    later: Mapping[str, str],
) -> None:
    what = (SEALED / "verify.py", BUNDLE, "--lang", "en")
    key = ("--key", FINGERPRINT.read_text("ascii").strip())
    today = _ran("-I", "-S", *what, *key)
    assert today.returncode == 1, today.stdout + today.stderr
    assert "unknown" not in today.stdout
    assert "is not this verifier" not in today.stdout
    after = _ran(*what, *key, env=later)
    assert _without_age(after.stdout) == _without_age(today.stdout)


@pytest.mark.long
def test_ten_years_on_keys_and_tokens_hold_that_held(
    later: Mapping[str, str], tmp_path: Path
) -> None:
    """The authority's certificate ended long ago, the keys were changed since."""
    run = "import sys; from changqing.cli.main import main; main(sys.argv[1:])"
    for name in ("expired", "rotated"):
        bundle = tmp_path / f"{name}.zip"
        bundle.write_bytes(_content(name))
        told = ("verify", bundle, "--lang", "en", "--key", FINGERPRINTS[name])
        root = ("--authority", GOLDEN / "expired-authority.pem")
        today = _ran("-c", run, *told, *root, env={**later, "PYTHONPATH": ""})
        after = _ran("-c", run, *told, *root, env=later)
        assert after.stdout != today.stdout
        assert _without_age(after.stdout) == _without_age(today.stdout)
        assert (today.returncode, after.returncode) == (1, 1), after.stderr
        said = "vouches that it existed by" if name == "expired" else "one key signing"
        assert said in after.stdout


def test_the_sealed_example_is_small() -> None:
    assert BUNDLE.stat().st_size < 400_000


def test_one_flipped_byte_of_the_example_is_refused_and_named(tmp_path: Path) -> None:
    files = unpacked(lzma.decompress(BUNDLE.read_bytes()))
    flipped = bytearray(files["assessment.json"])
    flipped[100] ^= 1
    path = tmp_path / "b.zip"
    path.write_bytes(pack({**files, "assessment.json": bytes(flipped)}))
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(path), "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert "assessment.json: it was altered" in done.stdout


def test_the_rules_at_hand_are_published() -> None:
    (digest,) = digest_installed_rules(load_compiled())
    assert digest in verify.PUBLISHED_RULES, (
        "the rules changed since verify.py was published; run: make publish"
    )
