"""A long evidence log sealed and checked: processor time, peak memory, and a ratio.

    python -m benchmarks.large_log [MEGABYTES]

One look at an example is recorded, and then what it saw again and again, some minutes
later each time, until the log has so many MB (50). The program seals the case, and the
verifier checks the bundle with the standard library alone, each in its own process.
Ratios are against reading the same bytes and taking their SHA-256.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from changqing.evidence.ledger.items import Item
from changqing.evidence.ledger.note import load_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Attempt, Gap, Record, SourceKind
from changqing.judge.assess import Judge
from changqing.law.compiled import load_compiled
from changqing.rehearsal.live import stage
from changqing.run import run
from changqing.sealing import verify

EXAMPLE = Path(__file__).parents[1] / "examples" / "local-life"
STEP = timedelta(minutes=2)
TOGETHER = 20  # looks that are recorded at once


def make_case(folder: Path, key: Path, size: int) -> int:
    """A case whose log has `size` bytes; how many entries."""
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    with stage(EXAMPLE, folder, now=begin) as staged:
        run(
            folder,
            judge=Judge(load_compiled()),
            clock=lambda: begin,
            key=key,
            net=staged.settings,
        )
    entries = folder / "evidence" / "entries.jsonl"
    with Store(folder, load_key(key)) as store:
        looked = [item for item in store.list_items() if is_of_look(item)]
        number = 0
        while entries.stat().st_size < size:
            items: list[Item] = []
            for _ in range(TOGETHER):
                number += 1
                items += [later(item, number * STEP) for item in looked]
            store.append(items)
        return len(store.list_items())


def is_of_look(item: Item) -> bool:
    """Whether a look at the site recorded it."""
    if isinstance(item, Record | Gap):
        return item.source.kind is SourceKind.PROBE
    return isinstance(item, Attempt)


def later(item: Item, shift: timedelta) -> Item:
    """The same, seen again after a while."""
    match item:
        case Record():
            return replace(
                item,
                observed_at=item.observed_at + shift,
                received_at=item.received_at + shift,
            )
        case Gap() | Attempt():
            return replace(item, at=item.at + shift)
        case _:
            return item


_LAUNCHER = """
import json, os, subprocess, sys
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, used = os.wait4(process.pid, 0)
seconds = used.ru_utime + used.ru_stime
print(json.dumps([seconds, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)]))
"""


def measure(command: Sequence[str | Path], home: Path) -> tuple[float, float, int]:
    """Seconds of processor time, MB at most, and the exit code of a program.

    A small process starts it: a child's peak begins with what its parent has.
    """
    done = subprocess.run(  # noqa: S603 # our own programs
        [sys.executable, "-I", "-S", "-c", _LAUNCHER, *map(str, command)],
        env={**os.environ, "XDG_CONFIG_HOME": str(home), "LC_ALL": "C.UTF-8"},
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds, most, code = json.loads(done.stdout)
    return seconds, most, code


def read_all(place: Path) -> float:
    """Seconds to read a file, or all below a folder, and take their SHA-256."""
    begin = time.process_time()
    for path in [place] if place.is_file() else filter(Path.is_file, place.rglob("*")):
        with path.open("rb") as stream:
            hashlib.file_digest(stream, "sha256")
    return time.process_time() - begin


def main(arguments: Sequence[str]) -> None:
    """Make, seal and check; print what it took."""
    size = int(arguments[0] if arguments else 50) * 1_000_000
    program = Path(sys.executable).with_name("changqing")
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        case, bundle = folder / "case", folder / "bundle.zip"
        key = folder / "changqing" / "signing-key"
        begin = time.perf_counter()
        entries = make_case(case, key, size)
        log = case / "evidence" / "entries.jsonl"
        print(
            f"log: {log.stat().st_size / 1e6:.1f} MB, {entries} entries,"
            f" recorded in {time.perf_counter() - begin:.1f} s"
        )
        evidence = case / "evidence"
        steps: tuple[tuple[str, list[str | Path], Path], ...] = (
            ("assess --offline", [program, "assess", case, "--offline"], evidence),
            ("seal", [program, "seal", case, "-o", bundle], evidence),
            ("changqing verify", [program, "verify", bundle], bundle),
            ("verify.py", [sys.executable, "-I", verify.__file__, bundle], bundle),
        )
        for name, command, reads in steps:
            seconds, most, code = measure(command, folder)
            floor = min(read_all(reads) for _ in range(3))
            print(
                f"{name}: {seconds:.1f} s, {most:.0f} MB at most, exit {code},"
                f" {seconds / floor:.0f} × reading the same bytes ({floor:.2f} s)"
            )
        print(f"bundle: {bundle.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
