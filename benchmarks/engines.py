"""A register screened by a pool of processes, by Spark and by Ray: what each costs.

    python -m benchmarks.engines [CASES [TURNS]]

Each judges the same buckets with the same function, two at a time; an engine that is
not installed is left out. They take turns, and a ratio is the median of those within
each turn. Counted is the processor time of every process that a run starts, as the
system tells it five times a second.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from benchmarks.screening import AS_OF, make_register, repeat_register

_POOL: Final = "pool"
_ENGINES: Final = {
    _POOL: ("--workers", "2"),
    "pyspark": ("--on", "spark://local[2]"),
    "ray": ("--on", "ray://local"),
}
_MADE: Final = 2_000
_MARK: Final = "CHANGQING_BENCHMARK"
_PATIENCE: Final = 60.0
_EVERY: Final = 0.2
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def _screen(register: Path, engine: tuple[str, ...]) -> tuple[float, float]:
    """Screen a register; the seconds of the clock, and of all its processes.

    A process is known by a variable that all inherit: some engines let go of their
    workers in ways in which the system does not add up what these took.
    TimeoutError where a process does not end.
    """
    mark, used = uuid.uuid4().hex, dict[tuple[str, str], int]()
    # One thread for each bucket, whoever judges it.
    env = {**os.environ, "POLARS_MAX_THREADS": "1", _MARK: mark}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(sys.executable, "-m", "changqing", "screen", str(register)),
            *("--as-of", AS_OF.isoformat(), "--out", str(Path(folder, "run")), *engine),
        ]
        with subprocess.Popen(  # noqa: S603 - this very program
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            while process.poll() is None:
                used |= _count_ticks(mark)
                time.sleep(_EVERY)
        wall = time.perf_counter() - began
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        until = time.monotonic() + _PATIENCE
        while still_running := _count_ticks(mark):
            used |= still_running
            if time.monotonic() > until:
                raise TimeoutError
            time.sleep(_EVERY)
    return wall, sum(used.values()) / _TICKS


def _count_ticks(mark: str) -> dict[tuple[str, str], int]:
    """Count what each process with the mark has used, by its id and its start."""
    ticks = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{_MARK}={mark}".encode() not in (folder / "environ").read_bytes():
                continue
            # After the name, which may hold spaces: proc(5), fields 3 and on.
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        ticks[folder.name, fields[19]] = int(fields[11]) + int(fields[12])
    return ticks


def main(cases: int, turns: int) -> None:
    """Make a register, and let the engines take turns over it."""
    costs: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        pattern, register = Path(folder, "made"), Path(folder, "register")
        make_register(pattern, min(cases, _MADE))
        repeat_register(pattern, register, cases)
        for turn in range(turns):
            for name, engine in _ENGINES.items():
                if name != _POOL and find_spec(name) is None:
                    continue
                wall, cpu = _screen(register, engine)
                costs.setdefault(name, []).append(cpu)
                print(f"{turn} {name:<8}{wall:7.1f} s {cpu:7.1f} s CPU", flush=True)
    for name, pool_costs in costs.items():
        ratios = [
            cost / pool for cost, pool in zip(pool_costs, costs[_POOL], strict=True)
        ]
        print(f"{name} ÷ pool: {statistics.median(ratios):.2f} (goal <= 1.15)")


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    main(*(asked + [8_000, 3][len(asked) :]))
