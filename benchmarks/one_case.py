"""One case in a warm process, and many judged anew: CPU time, warm and cold folders.

    python -m benchmarks.one_case
    python -m benchmarks.one_case --cases 300

Contestants take turns on copies of an example: `changqing.run.run` alone, which opens
the folder, checks all that it keeps, resolves and judges; the same with every finding
in words; with plan and report, which the documents are written for; and reading the
same bytes with their SHA-256, below which nobody can come. With `--cases` clients of
`changqing clients example` are judged anew in turn, each for the first time, and the
summary of each kept, as `changqing clients assess` does; then once more by a process
that remembers nothing, as on the next day.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from benchmarks.rounds import milliseconds, ratio, take_turns
from changqing.agency.example import make_example
from changqing.case.folder import CASE_FILE
from changqing.errors import ChangqingError
from changqing.evidence.ledger.memory import Memory
from changqing.judge.assess import Judge
from changqing.law.compiled import load_compiled
from changqing.law.model import Catalogue
from changqing.run import Outcome, keep_summary, run

_EXAMPLES: Final = Path(__file__).parent.parent / "examples"
_NAMES: Final = ("newly-registered", "local-life", "contradictory")
_TODAY: Final = date(2026, 11, 24)
_BYTES, _JUDGED = "its bytes, SHA-256", "judged"
_EXPLAINED, _REPORTED = "and explained", "plan and report"


def main() -> int:
    """Measure; 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--agency", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    catalogue = load_compiled()
    with tempfile.TemporaryDirectory() as folder:
        if options.agency:
            _judge_cases(catalogue, options.agency)
        elif options.cases:
            _judge_many(catalogue, Path(folder), options.cases)
        else:
            for name in _NAMES:
                _judge_one(catalogue, Path(folder), name, options.rounds)
    return 0


def _judge_one(catalogue: Catalogue, root: Path, name: str, rounds: int) -> None:
    case, key = root / name, root / "key"
    shutil.copytree(_EXAMPLES / name, case)
    judge = Judge(catalogue)

    def assess() -> Outcome:
        return run(
            case, judge=judge, clock=lambda: datetime.now(UTC), key=key, as_of=_TODAY
        )

    times = take_turns(
        {
            _BYTES: lambda: _digest(case),
            _JUDGED: assess,
            _EXPLAINED: lambda: [
                finding.explanation for finding in assess().assessment.findings
            ],
            _REPORTED: lambda: assess().report,
        },
        rounds=rounds,
        least=0.0,
    )
    print(name)
    for contestant, seconds in times.items():
        best = 1000 * min(seconds)
        print(
            f"  {contestant:20} {milliseconds(times, contestant):6.0f} ms CPU,"
            f" {best:4.0f} at best"
            f"   ÷ reading {ratio(times, contestant, _BYTES)}"
        )


def _digest(folder: Path) -> list[bytes]:
    """Read every file of a folder: what no check of it can do without."""
    return [
        hashlib.sha256(path.read_bytes()).digest()
        for path in folder.rglob("*")
        if path.is_file()
    ]


def _judge_many(catalogue: Catalogue, folder: Path, count: int) -> None:
    root, key = folder / "agency", folder / "key"
    make_example(
        catalogue,
        root,
        now=datetime(_TODAY.year, _TODAY.month, _TODAY.day, 2, tzinfo=UTC),
        clients=count,
        in_correction=count * 2 // 15,
        memory=Memory.open_beside(key),
    )
    for when in ("for the first time", "by the next process"):
        print(when, end=": ", flush=True)
        again = [sys.executable, "-m", "benchmarks.one_case", "--agency", str(root)]
        subprocess.run(again, check=True)  # noqa: S603 - ourselves


def _judge_cases(catalogue: Catalogue, root: Path) -> None:
    """Judge all clients of an agency but the first, and keep the summary of each."""
    first, *cases = sorted(path.parent for path in root.glob(f"*/{CASE_FILE}"))
    judge, refused = Judge(catalogue), 0

    def assess(case: Path) -> None:
        outcome = run(
            case,
            judge=judge,
            clock=lambda: datetime.now(UTC),
            key=root.parent / "key",
            as_of=_TODAY,
        )
        keep_summary(case, outcome)

    with contextlib.suppress(ChangqingError):
        assess(first)  # what a process imports and compiles once counts on no case
    started = time.process_time()
    for case in cases:
        try:
            assess(case)
        except ChangqingError:
            refused += 1  # the planned day has passed: first a new one
    cpu_each = (time.process_time() - started) / len(cases)
    print(
        f"{len(cases)} cases, {refused} of them refused: {1000 * cpu_each:.0f} ms CPU "
        "each;"
        f" 10,000 on two cores {10_000 * cpu_each / 2 / 60:.1f} minutes"
    )


if __name__ == "__main__":
    sys.exit(main())
