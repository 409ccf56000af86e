"""The same tests on PostgreSQL: what holds on SQLite holds there too."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

_HERE = Path(__file__).parent
_ADDRESS = "CHANGQING_TEST_DATABASE"
_QUICK: Final = ("members",)
_REST: Final = (
    *("accounts", "api", "api_tokens", "board", "case_jobs", "clients"),
    *("casework_answers", "events", "facts", "jobs", "personal", "walls"),
)
"""What is searched, sorted, counted or written by several at once. The other pages ask
the same questions of the database, and show what stands in folders."""


def _files(*names: str) -> list[Path]:
    return [_HERE / f"test_web_{name}.py" for name in names]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "files",
    [
        pytest.param(_files(*_QUICK), id="quick"),
        pytest.param(_files(*_REST), marks=pytest.mark.long, id="rest"),
    ],
)
def test_the_pages_behave_the_same_on_postgresql(
    files: list[Path], postgresql: Callable[[], str]
) -> None:
    done = subprocess.run(
        [
            sys.executable,
            *("-m", "pytest", "-q", "-x", "-m", "not browser"),
            *("-k", "not never_ends"),  # what takes its time is no matter of a database
            *("-p", "no:cacheprovider", *map(str, files)),
        ],
        env={**os.environ, _ADDRESS: postgresql()},
        cwd=_HERE.parents[1],
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-6000:]
