"""Check a bundle in a child process: a hostile one can keep the verifier for hours.

The verifier counts steps of SQLite, but one step over a long text can take as long as
it likes, and its own limit of memory holds for a whole process. Here it has one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from changqing.sandbox.pool import Limits, shared_pool
from changqing.sealing import verify

LIMITS: Final = Limits(seconds=240, memory=2 << 30, output=0)
"""For a bundle of any honest size."""


def check_apart(
    path: Path,
    keys: frozenset[str],
    rules: Mapping[str, str],
    *,
    limits: Limits = LIMITS,
    today: date | None = None,
) -> tuple[verify.Report, verify.Listed | None]:
    """Check a bundle as `verify.check` does, time tokens by themselves too.

    `today` is for the line that says how old the verdicts are.

    Raises NoBundleError as it does, and GivenUpError when a limit ends it.
    """
    return shared_pool().run(limits, _check, path, keys, dict(rules), today)


def _check(
    path: Path, keys: frozenset[str], rules: Mapping[str, str], today: date | None
) -> tuple[verify.Report, verify.Listed | None]:
    limit_heap()
    witness: verify.Witness | None = None
    if find_spec("rfc3161_client") is not None:  # else the report says that none did
        from changqing.sealing.times import witness_of

        witness = witness_of([])
    with path.open("rb") as stream:
        return verify.check(stream, keys, rules, witness, today)


def limit_heap() -> None:
    """Bound what SQLite may take in this process, for good, as verify.py does."""
    with sqlite3.connect(":memory:") as database:
        database.execute(f"PRAGMA hard_heap_limit = {verify.HEAP}")
    database.close()
