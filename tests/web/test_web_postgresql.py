"""The same tests on PostgreSQL: what holds on SQLite holds there too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.web.web_postgresql import available, cluster

_HERE = Path(__file__).parent
_APART = ("postgresql", "backup", "contrast", "facts_casefile")  # these use no pages
_NOT_AGAIN = [f"--ignore={_HERE / f'test_web_{name}.py'}" for name in _APART]
_ADDRESS = "CHANGQING_TEST_DATABASE"


def test_the_pages_behave_the_same_on_postgresql() -> None:
    if not available():
        pytest.skip("no PostgreSQL on this machine: install the package postgresql")
    with cluster() as address:
        done = subprocess.run(
            [
                sys.executable,
                *("-m", "pytest", "-q", "-x", "-m", "not browser"),
                *("-p", "no:cacheprovider", *_NOT_AGAIN, str(_HERE)),
            ],
            env={**os.environ, _ADDRESS: address},
            cwd=_HERE.parents[1],
            capture_output=True,
            text=True,
            timeout=900,
        )
    assert done.returncode == 0, done.stdout[-6000:]
