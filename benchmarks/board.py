"""The board over 10,000 cases: time and peak memory, without an index and with one.

    python -m benchmarks.board [CASES]

Each measurement is a process of its own, as a person who types the command has it:
start of Python, catalogue, index, rows, filter. The cases are those of
`changqing clients example`, made in a folder that is removed afterwards.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

_TODAY = date(2026, 11, 24)


def _measured(root: Path, today: date) -> None:
    """Print what one board costs in this process."""
    began = time.perf_counter()
    from changqing.agency.choose import Wanted, choose_rows
    from changqing.agency.index import build_board
    from changqing.law.compiled import load_compiled

    board = build_board(load_compiled(), root, today)
    rows = choose_rows(board.rows, Wanted())
    took = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(rows):>6} rows, {board.read:>6} read anew: {took:7.2f} s,"
        f" peak {peak:4.0f} MB"
    )


def _run(root: Path, today: date, title: str) -> None:
    print(f"{title:<28}", end="", flush=True)
    command = [sys.executable, "-m", "benchmarks.board", str(root), today.isoformat()]
    subprocess.run(command, check=True)  # noqa: S603 - this very file


def main(cases: int) -> None:
    """Make the cases, then measure."""
    from changqing.agency.example import make_example
    from changqing.evidence.ledger.memory import Memory
    from changqing.law.compiled import load_compiled

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "agency")
        now = datetime(_TODAY.year, _TODAY.month, _TODAY.day, 2, tzinfo=UTC)
        began = time.perf_counter()
        make_example(
            load_compiled(),
            root,
            now=now,
            clients=cases,
            in_correction=cases * 2 // 15,
            memory=Memory.open_beside(Path(folder, "key")),
        )
        print(f"{cases} cases made in {time.perf_counter() - began:.0f} s")
        _run(root, _TODAY, "without an index")
        _run(root, _TODAY, "with one")
        _run(root, _TODAY, "with one, again")
        _run(root, _TODAY + timedelta(days=1), "the next day")
        _run(root, _TODAY + timedelta(days=1), "the next day, again")


if __name__ == "__main__":
    match sys.argv[1:]:
        case [root, day]:
            _measured(Path(root), date.fromisoformat(day))
        case [cases]:
            main(int(cases))
        case _:
            main(10_000)
