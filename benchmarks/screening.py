"""A made register screened: cases a second, memory, two workers, and how cost grows.

    python -m benchmarks.screening [CASES]

Each measurement is a process of its own. Steps are those of one bucket: reading it and
resolving what is known into columns, the rules and sentences on columns, the tables.
Beside the first stands what it takes to read and resolve each case alone, by the very
function of a single assessment, and how many of their columns differ. Goals stand
beside what was measured; a missed one is a note.

A made case has an applicant, a site, four to seven people, one to three holders and up
to four papers; of each the facts that the met examples of the catalogue speak of for
its licence, stage and kind, most of them twice: as declared and as proven. That is
printed as records a case, and is more than most registers know.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

_AS_OF = date(2026, 11, 24)
_GROWTH = (1_000, 10_000, 100_000)
T = TypeVar("T")


def _time(title: str, count: int, work: Callable[[], T]) -> T:
    """Do `work` and print how many cases it did in a second of CPU."""
    began = time.process_time()
    found = work()
    took = time.process_time() - began
    print(f"  {title:<24}{took:8.2f} s CPU {count / took:10.0f} cases/s", flush=True)
    return found


def _measure_steps(register: Path) -> None:
    """Print what each step of a bucket costs, in this process."""
    from changqing.law.compiled import load_compiled
    from changqing.screening.bucket_columns import collect_bucket
    from changqing.screening.judging import RegisterJudge
    from changqing.screening.layout import read_bucket, read_head, read_tables
    from changqing.screening.screen import ScreenJob, list_results, screen_bucket

    catalogue, head = load_compiled(), read_head(register)
    judge = RegisterJudge(catalogue, _AS_OF)
    bucket = min(head.folders)
    told = screen_bucket(
        ScreenJob(register=register, out=register.parent / "one", as_of=_AS_OF), bucket
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"one bucket: {told.cases} cases, peak memory {peak:.0f} MB (goal < 500)")
    count = told.cases
    judge.judge_columns(collect_bucket(judge, register, head, bucket))  # compiled once
    columns = _time(
        "read and resolve",
        count,
        lambda: collect_bucket(judge, register, head, bucket),
    )
    alone = _time(
        "each case alone",
        count,
        lambda: judge.collect_columns(read_bucket(register, head, bucket, catalogue)),
    )
    one, other = columns.build().members, alone.build().members
    differ = sum(not frame.equals(other[subject]) for subject, frame in one.items())
    print(f"  {differ} of {len(one)} tables of members differ between the two")
    records = read_tables(register, head, bucket)["records"].height / count
    print(f"  {records:.0f} records a case")
    judged = _time("judge", count, lambda: judge.judge_columns(columns))
    _time("tables", count, lambda: list_results(judged, catalogue))


def _screen(register: Path, workers: int) -> float:
    """Screen a register in a process of its own; wall time in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(sys.executable, "-m", "changqing", "screen", str(register)),
            *("--as-of", _AS_OF.isoformat(), "--out", str(Path(folder, "run"))),
            *("--workers", str(workers)),
        ]
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        return time.perf_counter() - began


def _make(register: Path, cases: int) -> None:
    from changqing.law.compiled import load_compiled
    from changqing.screening.layout import write_register
    from changqing.screening.make import RegisterMaker

    catalogue = load_compiled()
    with write_register(register, catalogue, cases=cases) as writer:
        for _ in RegisterMaker(catalogue, seed=1, as_of=_AS_OF).make_all(cases, writer):
            pass


def main(cases: int) -> None:
    """Make registers, then measure."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "whole")
        _time(f"make {cases}", cases, lambda: _make(whole, cases))
        command = [sys.executable, "-m", "benchmarks.screening", "--steps", str(whole)]
        subprocess.run(command, check=True)  # noqa: S603 - this very file
        print("goals: judge 15,000 cases/s, with resolve 1,000 cases/s")
        one, two = (_screen(whole, workers) for workers in (1, 2))
        print(
            f"whole register, wall: 1 worker {one:.1f} s, 2 workers {two:.1f} s,"
            f" {one / two:.2f} times (goal 1.8, on {os.cpu_count()} cores)"
        )
        for size in (*(each for each in _GROWTH if each < cases), cases):
            part = whole
            if size != cases:
                part = Path(folder, f"part-{size}")
                _make(part, size)
            took = one if size == cases else _screen(part, 1)
            print(
                f"{size:>9} cases: {took:7.1f} s, {took / size * 1000:6.2f} ms a case"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--steps"]:
        _measure_steps(Path(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
