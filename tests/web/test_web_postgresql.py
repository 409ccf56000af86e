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
_APART = ("postgresql", "backup", "contrast", "facts_casefile")  # these use no pages
_QUICK = ("jobs", "members")
_SHARES: Final = 4


def _file(name: str) -> Path:
    return _HERE / f"test_web_{name}.py"


def _shares() -> list[list[Path]]:
    """All other files, in shares that take about as long as one another."""
    apart = {_file(name) for name in (*_APART, *_QUICK)}
    rest = set(_HERE.glob("test_web_*.py")) - apart
    ordered = sorted(rest, key=lambda path: (path.stat().st_size, path.name))
    return [ordered[share::_SHARES] for share in range(_SHARES)]


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "files",
    [
        pytest.param([_file(name) for name in _QUICK], id="quick"),
        *(
            pytest.param(files, marks=pytest.mark.long, id=f"share {number}")
            for number, files in enumerate(_shares(), start=1)
        ),
    ],
)
def test_the_pages_behave_the_same_on_postgresql(
    files: list[Path], postgresql: Callable[[], str]
) -> None:
    done = subprocess.run(
        [
            sys.executable,
            *("-m", "pytest", "-q", "-x", "-m", "not browser"),
            *("-p", "no:cacheprovider", *map(str, files)),
        ],
        env={**os.environ, _ADDRESS: postgresql()},
        cwd=_HERE.parents[1],
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout[-6000:]
