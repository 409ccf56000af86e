"""How much memory sealing and checking a case with large papers takes, at its peak.

    .venv/bin/python benchmarks/seal_memory.py [MEGABYTES] [SMALL_PAPERS]

Each step runs in a process of its own: a case with one large paper and many small
ones, 50 MB together by default, is sealed, and the bundle checked, by `verify.py` alone
too. Prints the peak of each, and its ratio to the size of the papers.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
VERIFIER: Final = ROOT / "src" / "changqing" / "sealing" / "verify.py"
_PAPER: Final = """\
  - {{id: large_{number}, kind: company_profile,
     file: documents/large-{number}.{suffix}, received_on: 2026-11-13}}
"""


def make_case(folder: Path, megabytes: float, small: int) -> Path:
    """Make a case of an example: half its bytes in one paper, half in small ones."""
    case = folder / "case"
    shutil.copytree(ROOT / "examples" / "newly-registered", case)
    shutil.rmtree(case / "evidence")
    choose = random.Random(1)  # noqa: S311 - the same in every run
    size = int(megabytes * (1 << 20) / (2 if small else 1))
    listed = []
    for number in range(small + 1):
        suffix = "txt" if number % 2 else "png"
        content = _make_paper(choose, size // small if number else size, suffix)
        (case / "documents" / f"large-{number}.{suffix}").write_bytes(content)
        listed.append(_PAPER.format(number=number, suffix=suffix))
    written = (case / "case.yaml").read_text(encoding="utf-8")
    head, tail = written.split("\npapers:\n")
    (case / "case.yaml").write_text(
        f"{head}\npapers:\n{''.join(listed)}{tail}", encoding="utf-8"
    )
    return case


def _make_paper(choose: random.Random, size: int, suffix: str) -> bytes:
    """Make a picture that nobody can open, or a text of so many bytes."""
    if suffix == "png":
        return b"\x89PNG\r\n\x1a\n" + choose.randbytes(size)
    line = "第{}条 公司提供信息服务，有人员、场地和设施。\n"
    lines = size // len(line.encode())
    return "".join(line.format(choose.randrange(10**6)) for _ in range(lines)).encode()


def measure(command: Sequence[str | Path], home: Path) -> tuple[int, float]:
    """Run a command; its exit code, and the peak of its memory in megabytes."""
    environment = {**os.environ, "XDG_CONFIG_HOME": str(home)}
    process = subprocess.Popen(  # noqa: S603 - commands of this file
        command, env=environment, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    unit = 1 if sys.platform == "darwin" else 1 << 10
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss * unit / (1 << 20)


def measure_both(folder: Path, megabytes: float, small: int) -> dict[str, float]:
    """Measure sealing and checking such a case, by step, in megabytes."""
    case, bundle = make_case(folder, megabytes, small), folder / "bundle.zip"
    program = Path(sys.executable).with_name("changqing")
    peaks = {}
    steps: list[tuple[str, Sequence[str | Path], set[int]]] = [
        ("seal", [program, "seal", case, "-o", bundle], {0}),
        ("verify.py", [sys.executable, "-I", VERIFIER, bundle], {0, 1}),
        ("verify", [program, "verify", bundle], {0, 1}),
    ]
    for step, command, codes in steps:
        code, peaks[step] = measure(command, folder / "home")
        if code not in codes:
            raise SystemExit(f"{step} ended with {code}")
    return peaks


def main() -> None:
    """Print the peaks."""
    megabytes = float(sys.argv[1]) if len(sys.argv) > 1 else 50.0
    small = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        for step, peak in measure_both(Path(folder), megabytes, small).items():
            print(f"{step:10} {peak:7.0f} MB, {peak / megabytes:5.1f} × the papers")


if __name__ == "__main__":
    main()
