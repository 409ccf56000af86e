"""The byte code of the tests, written once before several workers would each compile it.

pytest rewrites the assertions of each test file before it compiles it: ten seconds of
processor time for all of them, which every worker of a new checkout spent, since all
collect the same files at the same time.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from _pytest.assertion import AssertionState
from _pytest.assertion.rewrite import (
    PYC_TAIL,
    _rewrite_test,
    _write_pyc,
    get_cache_dir,
)

_AT_ONCE: Final = 20
"""Files; fewer are compiled as quickly where they are imported."""


def write_byte_code(config: pytest.Config, folder: Path) -> None:
    """Write the byte code of the test files below a folder that were edited since.

    As pytest does where it imports them, and only where it may and would.
    """
    if sys.dont_write_bytecode or config.getoption("assertmode") != "rewrite":
        return
    stale = [file for file in sorted(folder.rglob("test_*.py")) if _is_stale(file)]
    if len(stale) < _AT_ONCE or "fork" not in multiprocessing.get_all_start_methods():
        return
    fork = multiprocessing.get_context("fork")  # the settings of pytest come along
    cores = os.cpu_count() or 1
    writers = [
        fork.Process(target=_write_all, args=(config, stale[start::cores]))
        for start in range(cores)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()


def _locate(file: Path) -> Path:
    return get_cache_dir(file) / f"{file.stem}{PYC_TAIL}"


def _is_stale(file: Path) -> bool:
    try:
        return _locate(file).stat().st_mtime < file.stat().st_mtime
    except FileNotFoundError:
        return True


def _write_all(config: pytest.Config, files: Sequence[Path]) -> None:
    state = AssertionState(config, "rewrite")
    for file in files:
        source_hash, code = _rewrite_test(file, config)
        place = _locate(file)
        place.parent.mkdir(exist_ok=True)
        _write_pyc(state, code, source_hash, place)
