"""A bundle is checked in a child process, which says the same and can be ended."""

from __future__ import annotations

import io
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from changqing.errors import GivenUpError
from changqing.sandbox.pool import Limits
from changqing.sealing import verify
from changqing.sealing.apart import check_apart
from tests.sealing.sealed_bundle import Sealed


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


def test_a_limit_ends_the_check(sealed: Sealed) -> None:
    limits = Limits(seconds=0.01, memory=2 << 30, output=0)
    with pytest.raises(GivenUpError):
        check_apart(sealed.bundle, frozenset(), {}, limits=limits)


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
