"""Start-up of three commands: CPU of the whole process, in turns with bare Python.

    python -m benchmarks.startup [ROUNDS]

`--help`, a question, and an offline assessment of `examples/local-life`, each a process
of its own with its caches warm; the first round is dropped. A ratio is the median of
the ratios to `python -c pass` within each round, with the least and the greatest in
brackets. Assessing is also done with an empty cache, which is what a first start costs.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

_EXAMPLE = Path(__file__).parents[1] / "examples" / "local-life"
_MAIN = "from changqing.cli.main import main; main()"
_DAY = "2026-11-24"


def _measure(words: list[str], cache: Path) -> float:
    """Seconds of CPU, user and system, of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603 - our own program
        [sys.executable, *words],
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,  # 1: something is still to be done
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)


def main(rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        case, cache = Path(folder, "case"), Path(folder, "cache")
        shutil.copytree(_EXAMPLE, case)
        assess = ["-c", _MAIN, "assess", str(case), "--offline", "--as-of", _DAY]
        contestants = {
            "python -c pass": ["-c", "pass"],
            "changqing --help": ["-c", _MAIN, "--help"],
            "changqing ask": ["-c", _MAIN, "ask", "年报什么时候交"],
            "changqing assess --offline": assess,
            "the same, no cache": assess,
        }
        times: dict[str, list[float]] = {name: [] for name in contestants}
        for number in range(rounds + 1):
            for name, words in contestants.items():
                used = Path(folder, f"empty-{number}") if "no cache" in name else cache
                took = _measure(words, used)
                if number:
                    times[name].append(took)
    bare = times["python -c pass"]
    for name, seconds in times.items():
        ratios = [mine / base for mine, base in zip(seconds, bare, strict=True)]
        print(
            f"{name:<28} {statistics.median(seconds) * 1000:6.0f} ms"
            f"  × {statistics.median(ratios):5.1f}"
            f" ({min(ratios):.1f}–{max(ratios):.1f})"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
