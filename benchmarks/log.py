"""The evidence log against pymerkle: appending, proofs, and the same roots.

    .venv/bin/python benchmarks/log.py [LEAVES]

Both are on disk and flushed at each commit: pymerkle in its SQLite file, ours in the
tiles and signed checkpoint that a case has. The runs alternate. pymerkle is set to hash
as RFC 6962 does, so that roots must be equal. Proofs are made by logs that are open and
answered as many before ("warm").
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from pymerkle import SqliteTree

from changqing.disk import Disk
from changqing.evidence.ledger.log import (
    Tiles,
    append_entries,
    list_outgrown_tiles,
    write_tiles,
)
from changqing.evidence.ledger.note import Checkpoint, make_key

Ask = Callable[[int], object]

SINGLY = 50
COMMIT = 1_000
COMMITS = 10
ROUNDS = 5
PROOFS = 40
ORIGIN = "changqing/case/benchmark"


def entry(number: int) -> bytes:
    """A leaf of 32 bytes."""
    return number.to_bytes(32, "big")


class Ours:
    """A log in a folder, lengthened as a case's is."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tiles = Tiles(folder, 0)
        self._disk = Disk()
        self._key = make_key()

    def append(self, entries: Sequence[bytes]) -> None:
        """One commit: tiles, then the checkpoint, then what is outgrown."""
        before = self.tiles.size
        tiles, fresh = append_entries(self.tiles, entries)
        write_tiles(self.folder, fresh, self._disk)
        body = Checkpoint(ORIGIN, tiles.size, tiles.compute_root()).format_body()
        note = self._key.sign(body, ORIGIN).encode()
        self._disk.replace(self.folder / "checkpoint", note)
        for path in list_outgrown_tiles(self.folder, tiles.size, before):
            path.unlink()
        self.tiles = tiles


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    begin = perf_counter()
    work()
    return perf_counter() - begin


def commits(append: Callable[[list[bytes]], object], count: int, each: int) -> None:
    """Some commits of some entries each."""
    for number in range(count):
        append([entry(number * each + place) for place in range(each)])


def appends(scratch: Path) -> None:
    """Append one by one, and 1,000 a commit; a fresh log for each round."""
    for name, count, batch in (
        (f"append {SINGLY}, a commit each", SINGLY, 1),
        (f"append {COMMITS * COMMIT}, {COMMIT} a commit", COMMITS, COMMIT),
    ):
        pairs = []
        for number in range(ROUNDS):
            place = scratch / f"{batch}-{number}"
            place.mkdir()
            with SqliteTree(str(place / "theirs.db"), algorithm="sha256") as tree:
                theirs = seconds(partial(commits, tree.append_entries, count, batch))
                ours = Ours(place / "ours")
                took = seconds(partial(commits, ours.append, count, batch))
                assert tree.get_root() == ours.tiles.compute_root()
            pairs.append((theirs, took))
        report(name, pairs)


def proofs(scratch: Path, leaves: int) -> None:
    """Inclusion and consistency in a long log, at places that chance chose."""
    random.seed(1)
    many = [entry(number) for number in range(leaves)]
    ours = Ours(scratch / "long")
    ours.append(many)
    tiles = Tiles(ours.folder, leaves)
    with SqliteTree(str(scratch / "long.db"), algorithm="sha256") as tree:
        tree.append_entries(many)
        print(f"roots of {leaves} equal: {tree.get_root() == tiles.compute_root()}")
        kinds: tuple[tuple[str, Ask, Ask], ...] = (
            (
                "inclusion proof",
                lambda at: tree.prove_inclusion(at, leaves),
                lambda at: tiles.prove_inclusion(at - 1),
            ),
            (
                "consistency proof",
                lambda at: tree.prove_consistency(at, leaves),
                lambda at: tiles.prove_consistency(at),
            ),
        )
        for name, their, our in kinds:
            places = random.sample(range(1, leaves), 2 * PROOFS)
            took = [
                (seconds(partial(their, at)), seconds(partial(our, at)))
                for at in places
            ]
            report(f"{name} in {leaves}", took[PROOFS:])
    print("our inclusion proof by size, log opened anew for each (O(log n)):")
    for shift in (6, 4, 2, 0):
        size = leaves >> shift
        small = Ours(scratch / f"size-{size}")
        small.append(many[:size])
        alone = []
        for part in range(PROOFS):
            opened = Tiles(small.folder, size)
            alone.append(
                seconds(partial(opened.prove_inclusion, size * part // PROOFS))
            )
        print(f"  {size:>8} {statistics.median(alone) * 1e6:9.0f} µs")


def report(name: str, pairs: Sequence[tuple[float, float]]) -> None:
    """One line: medians, the median of the ratios of single rounds, and their range.

    A disk that somebody else keeps busy holds up single rounds of either.
    """
    theirs, ours = (
        statistics.median(seconds_spent) for seconds_spent in zip(*pairs, strict=True)
    )
    ratios = sorted(their_time / our_time for their_time, our_time in pairs)
    print(
        f"{name:42} pymerkle {theirs * 1e3:9.2f} ms  ours {ours * 1e3:9.3f} ms  "
        f"{statistics.median(ratios):7.1f} × ({ratios[0]:.1f}–{ratios[-1]:.1f})"
    )


def main(leaves: int) -> None:
    """Measure and print."""
    with TemporaryDirectory() as name:
        appends(Path(name))
        proofs(Path(name), leaves)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
