"""A made register screened: cases a second, memory, two workers, and how cost grows.

    python -m benchmarks.screening [CASES [MOST]]

The rules are then judged over the very same tables by SQLite and by DuckDB, by the SQL
text that the product judges a single case with; every truth is compared. Growth goes
from 1,000 cases up to MOST (CASES) by tens, the register made of CASES repeated under
other ids, and is printed with its slope: 1 is linear. Then one worker and two judge
200,000 of them (or the largest) in turns, for a machine is not as quick at all times.

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

import gc
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import polars as pl

if TYPE_CHECKING:
    from changqing.screening.columns import KnownFrames
    from changqing.screening.judging import RegisterJudge

AS_OF = date(2026, 11, 24)
_LEAST = 1_000
_TURNS = 7
_COMPARED = 200_000
_TURNS_OF_WORKERS = 3
T = TypeVar("T")


def _time(title: str, count: int, work: Callable[[], T], turns: int = 1) -> T:
    """Do `work` and print how many cases it did in a second of CPU: the median."""
    took = []
    while True:
        began = time.process_time()
        outcome = work()
        took.append(time.process_time() - began)
        if len(took) == turns:
            break
    seconds = statistics.median(took)
    best = f" (best {count / min(took):.0f})" if turns > 1 else ""
    print(
        f"  {title:<24}{seconds:8.2f} s CPU {count / seconds:10.0f} cases/s{best}",
        flush=True,
    )
    return outcome


def _measure_steps(register: Path) -> None:
    """Print what each step of a bucket costs, in this process."""
    from changqing.__main__ import YOUNG
    from changqing.law.compiled import load_compiled
    from changqing.screening.bucket_columns import collect_bucket
    from changqing.screening.judging import RegisterJudge
    from changqing.screening.layout import read_bucket, read_head, read_tables
    from changqing.screening.screen import ScreenJob, list_results, screen_bucket

    gc.set_threshold(YOUNG)  # as for each command
    catalogue, head = load_compiled(), read_head(register)
    judge = RegisterJudge(catalogue, AS_OF)
    bucket = min(head.folders)
    done = screen_bucket(
        ScreenJob(register=register, out=register.parent / "one", as_of=AS_OF), bucket
    )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"one bucket: {done.cases} cases, peak memory {peak:.0f} MB (goal < 500)")
    count = done.cases
    judge.judge_columns(collect_bucket(judge, register, head, bucket))  # compiled once
    columns = _time(
        "read and resolve",
        count,
        lambda: collect_bucket(judge, register, head, bucket),
        _TURNS,
    )
    records = read_tables(register, head, bucket)["records"].height / count
    print(f"  {records:.0f} records a case")
    judged = _time("judge", count, lambda: judge.judge_columns(columns), _TURNS)
    _time("tables", count, lambda: list_results(judged, catalogue), _TURNS)
    alone = _time(
        "each case alone",
        count,
        lambda: judge.collect_columns(read_bucket(register, head, bucket, catalogue)),
    )
    members, other = columns.build().members, alone.build().members
    differ = sum(not frame.equals(other[subject]) for subject, frame in members.items())
    print(f"  {differ} of {len(members)} tables of members differ between the two")
    _measure_peers(judge, columns.build(), count)


def _measure_peers(judge: RegisterJudge, frames: KnownFrames, count: int) -> None:
    """Print what databases take for the same rules over the same tables."""
    from benchmarks.peer_register import (
        DuckdbRegister,
        SparkRegister,
        SqliteRegister,
        compile_register,
        count_differing,
        make_tables,
        widen,
        write_for_duckdb,
        write_for_spark,
    )

    def judge_all() -> Mapping[str, pl.DataFrame]:
        return judge.program.evaluate_register(
            frames.members, frames.lists, frames.values
        )

    judge_all()  # written once
    truths = _time("truths, Polars", count, judge_all)
    queries = {
        subject: widen(query)
        for subject, query in compile_register(judge).queries.items()
    }
    tables = make_tables(frames)
    for name, make in (
        ("SQLite", lambda _: SqliteRegister(tables)),
        ("DuckDB", lambda folder: DuckdbRegister(tables, folder)),
    ):
        with tempfile.TemporaryDirectory() as folder:
            database = make(Path(folder))
            written = queries
            if name == "DuckDB":
                written = {s: write_for_duckdb(query) for s, query in queries.items()}
            answers = _time(f"truths, {name}", count, partial(database.judge, written))
            compared, differ = count_differing(truths, answers)
            print(f"  {differ} of {compared} truths differ")
    if find_spec("pyspark") is None:
        print("  Spark is not installed, and left out")
        return
    with tempfile.TemporaryDirectory() as folder:
        spark = SparkRegister(tables, Path(folder))
        written = {s: write_for_spark(query) for s, query in queries.items()}
        compared, differ = count_differing(truths, spark.judge(written))
        rate = count / spark.seconds
        print(f"  truths, Spark SQL{spark.seconds:15.2f} s CPU {rate:10.0f} cases/s")
        print(f"  {differ} of {compared} truths differ")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cost:
    """What a run took: seconds of the clock and of all its processes."""

    wall: float
    cpu: float


def _screen(register: Path, workers: int) -> _Cost:
    """Screen a register in processes of their own, each with one thread."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(sys.executable, "-m", "changqing", "screen", str(register)),
            *("--as-of", AS_OF.isoformat(), "--out", str(Path(folder, "run"))),
            *("--workers", str(workers)),
        ]
        began, before = time.perf_counter(), _count_cpu()
        subprocess.run(  # noqa: S603 - this very program
            command, check=True, stdout=subprocess.DEVNULL, env=_alone()
        )
        return _Cost(wall=time.perf_counter() - began, cpu=_count_cpu() - before)


def _alone() -> dict[str, str]:
    """Give the environment of a process with one thread: what it does is a core's."""
    return {**os.environ, "POLARS_MAX_THREADS": "1"}


def _count_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def make_register(register: Path, cases: int) -> None:
    """Write a made register of so many cases."""
    from changqing.law.compiled import load_compiled
    from changqing.screening.layout import write_register
    from changqing.screening.make import RegisterMaker

    catalogue = load_compiled()
    with write_register(register, catalogue, cases=cases) as writer:
        for _ in RegisterMaker(catalogue, seed=1, as_of=AS_OF).make_all(cases, writer):
            pass


def repeat_register(made: Path, register: Path, cases: int) -> None:
    """Write a register of so many cases: those of `made` again under other ids.

    Only `made` and one bucket are in memory, however large the register becomes.
    """
    from changqing.law.compiled import load_compiled
    from changqing.screening.codec import TABLES
    from changqing.screening.layout import (
        choose_bucket,
        read_head,
        read_tables,
        write_register,
    )

    head = read_head(made)
    parts = [read_tables(made, head, bucket) for bucket in sorted(head.folders)]
    tables = {name: pl.concat([part[name] for part in parts]) for name in TABLES}
    names = tables["cases"]["case"].to_list()
    buckets: dict[int, list[tuple[str, str]]] = {}
    with write_register(register, load_compiled(), cases=cases) as writer:
        for number in range(cases):
            turn, place = divmod(number, len(names))
            again = f"{names[place]}-{turn}"
            there = choose_bucket(again, writer.head.buckets)
            buckets.setdefault(there, []).append((names[place], again))
        for bucket, pairs in sorted(buckets.items()):
            ids = pl.DataFrame(pairs, schema=["case", "again"], orient="row")
            writer.replace_bucket(
                bucket,
                {
                    name: table.join(ids, on="case", maintain_order="left")
                    .with_columns(case="again")
                    .drop("again")
                    .sort("case", maintain_order=True)
                    for name, table in tables.items()
                },
            )


def _compute_slope(costs: Mapping[int, float]) -> float:
    """Fit the exponent of growth: the slope of a line through the logarithms."""
    sizes, times = (list(map(math.log, values)) for values in (costs, costs.values()))
    return statistics.linear_regression(sizes, times).slope


def main(cases: int, most: int) -> None:
    """Make registers, then measure."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "whole")
        _time(f"make {cases}", cases, lambda: make_register(whole, cases))
        command = [sys.executable, "-m", "benchmarks.screening", "--steps", str(whole)]
        subprocess.run(command, check=True, env=_alone())  # noqa: S603 - this very file
        print("goals: judge 15,000 cases/s, with resolve 1,000 cases/s")
        sizes = [_LEAST]
        while sizes[-1] < most:
            sizes.append(min(10 * sizes[-1], most))
        parts = {size: Path(folder, f"part-{size}") for size in sizes}
        costs: dict[int, _Cost] = {}
        for size, part in parts.items():
            repeat_register(whole, part, size)
            costs[size] = _screen(part, 1)
            print(
                f"{size:>9} cases: {costs[size].cpu:7.1f} s CPU,"
                f" {costs[size].cpu / size * 1000:6.2f} ms a case",
                flush=True,
            )
        if len(costs) > 1:
            slope = _compute_slope({size: cost.cpu for size, cost in costs.items()})
            print(f"slope of growth: {slope:.2f}")
        compared = min(most, _COMPARED)
        if compared not in parts:
            parts[compared] = Path(folder, f"part-{compared}")
            repeat_register(whole, parts[compared], compared)
        _compare_workers(parts[compared], compared)


def _compare_workers(register: Path, cases: int) -> None:
    """Print how much quicker two workers are than one, of several turns."""
    ratios = []
    for _ in range(_TURNS_OF_WORKERS):
        one, two = _screen(register, 1), _screen(register, 2)
        ratios.append(one.wall / two.wall)
        print(
            f"{cases} cases: 1 worker {one.wall:.1f} s, {one.cpu:.1f} s CPU;"
            f" 2 workers {two.wall:.1f} s, {two.cpu:.1f} s CPU;"
            f" {ratios[-1]:.2f} times as fast",
            flush=True,
        )
    print(
        f"two workers: {statistics.median(ratios):.2f} times as fast (goal 1.8, on"
        f" {os.cpu_count()} cores)"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--steps"]:
        _measure_steps(Path(sys.argv[2]))
    else:
        asked = [int(word) for word in sys.argv[1:]] or [5_000]
        main(asked[0], asked[-1])
