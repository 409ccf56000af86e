"""A bundle is checked in a child process, which says the same and can be ended."""

from __future__ import annotations

import io
import lzma
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from changqing.errors import GivenUpError
from changqing.law.compiled import load_compiled
from changqing.sandbox.pool import Limits, get_shared_pool
from changqing.sealing import apart, verify
from changqing.sealing.apart import check_apart, run_verify_apart
from tests.command_line import Done
from tests.sealing.sealed_bundle import Sealed, changqing


def test_the_child_says_what_the_verifier_says(sealed: Sealed) -> None:
    content = sealed.bundle.read_bytes()
    report, listed = verify.check(
        io.BytesIO(content), sealed.signers(), sealed.rules(), None
    )
    apart, known = check_apart(sealed.bundle, sealed.signers(), sealed.rules())
    assert (apart.code, apart.checked, known) == (report.code, report.checked, listed)


def test_what_is_no_bundle_is_refused_as_such(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(b"no bundle")
    with pytest.raises(verify.NoBundleError):
        check_apart(tmp_path / "b.zip", frozenset(), {})


def test_the_child_goes_on_after_what_is_no_bundle(tmp_path: Path) -> None:
    children = get_shared_pool("no bundle")
    child = children.run(apart.LIMITS, os.getpid)
    (tmp_path / "b.zip").write_bytes(b"no bundle")
    with pytest.raises(verify.NoBundleError):
        check_apart(tmp_path / "b.zip", frozenset(), {}, pool="no bundle")
    assert children.run(apart.LIMITS, os.getpid) == child


@pytest.mark.long
def test_a_limit_ends_the_check(sealed: Sealed) -> None:
    limits = Limits(seconds=0.01, memory=2 << 30, output=0)
    with pytest.raises(GivenUpError):
        check_apart(sealed.bundle, frozenset(), {}, limits=limits)


@pytest.mark.long
@pytest.mark.parametrize("command", ["verify", "relook"])
def test_the_command_says_which_limit_ended_it(
    sealed: Sealed, desk: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    def ended(limits: Limits, language: str) -> Done:
        monkeypatch.setattr(apart, "LIMITS", limits)
        words = (command, sealed.bundle, "--lang", language)
        done = changqing(*words, config=desk / "config")
        assert done.returncode == 3
        return done

    short = Limits(seconds=0.01, memory=2 << 30, output=0)
    said = "用的时间太长（超过0.01秒），没有做完"
    assert f"{sealed.bundle} {said}" in ended(short, "zh").stderr
    said = "it took too long (over 0.01 seconds) and was not finished"
    assert f"{sealed.bundle} {said}" in ended(short, "en").stderr
    little = Limits(seconds=60, memory=20 << 20, output=0)
    done = ended(little, "zh")  # the verifier or the child may notice it first
    assert "内存" in done.stdout + done.stderr
    assert "改动" not in done.stdout.splitlines()[-1]


@pytest.mark.long
def test_the_command_says_what_the_verifier_says(
    sealed: Sealed, desk: Path, tmp_path: Path
) -> None:
    packed = tmp_path / "b.zip.xz"
    packed.write_bytes(lzma.compress(sealed.bundle.read_bytes()))
    cut = tmp_path / "cut.zip"
    cut.write_bytes(sealed.bundle.read_bytes()[:-10])
    for bundle in (sealed.bundle, packed, cut, tmp_path / "none", tmp_path):
        words = ("verify", bundle, "--lang", "zh")
        done = changqing(*words, config=desk / "config")
        alone = subprocess.run(
            [sys.executable, "-I", verify.__file__, "--lang", "zh", str(bundle)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == alone.returncode
        assert done.stderr == alone.stderr
        # The program knows its own rules; the file alone those that are published.
        lines = set(alone.stdout.splitlines()) - set(done.stdout.splitlines())
        assert not [line for line in lines if "规则" not in line], done.stdout


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("megabytes", [40, 60, 80, 100])
def test_too_little_memory_is_no_damage(sealed: Sealed, megabytes: int) -> None:
    done = subprocess.run(
        [sys.executable, "-I", verify.__file__, str(sealed.bundle)],
        preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_AS, (megabytes << 20, megabytes << 20)
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (1, 3), done.stderr
    assert done.returncode == 3 or "Traceback" not in done.stderr


def test_what_sqlite_may_take_is_bounded_as_in_the_published_verifier() -> None:
    program = (
        "import sqlite3\n"
        "from changqing.sealing.apart import limit_heap\n"
        "limit_heap()\n"
        "base = sqlite3.connect(':memory:')\n"
        "print(base.execute('PRAGMA hard_heap_limit').fetchone()[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == verify.HEAP
    assert sqlite3.sqlite_version_info >= (3, 31)


def test_a_bundle_is_named_from_where_one_stands_not_from_where_the_child_began(
    sealed: Sealed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    check_apart(sealed.bundle, frozenset(), {})  # the child is there already
    shutil.copy(sealed.bundle, tmp_path / "here.zip")
    monkeypatch.chdir(tmp_path)
    assert run_verify_apart(["--lang", "en"], ["here.zip"], load_compiled()) == 1
    assert b"Could not be checked" in capfdbinary.readouterr().out
    assert run_verify_apart(["--lang", "en"], ["gone.zip"], load_compiled()) == 2
