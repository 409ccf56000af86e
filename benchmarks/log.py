"""The evidence log against pymerkle: appending, proofs, and the same roots.

    .venv/bin/python benchmarks/log.py [LEAVES]

Both are on disk and flushed at each commit: pymerkle in its SQLite file, ours in the
signed write-ahead file that a case has, whose folding into tiles at the end counts as
well. The runs alternate. pymerkle is set to hash as RFC 6962 does, so that roots must
be equal. Records are those of a case, by its own store with all it does, and the same
lines in pymerkle. Proofs are made by logs that are open and answered as many before
("warm").
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from pymerkle import SqliteTree

from changqing.case.subjects import APPLICANT
from changqing.disk import Disk
from changqing.evidence.ledger.entry import write_line
from changqing.evidence.ledger.intent import LogWriter
from changqing.evidence.ledger.log import Tiles
from changqing.evidence.ledger.merkle import EMPTY_ROOT
from changqing.evidence.ledger.note import Checkpoint, make_key
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Gap, GapReason, Source, SourceKind
from changqing.text import Text

Ask = Callable[[int], object]

SINGLY = 50
COMMIT = 1_000
COMMITS = 10
ROUNDS = 15
PROOFS = 40
ORIGIN = "changqing/case/benchmark"
ITEM = Gap(
    fact="staff_insured",
    subject=APPLICANT,
    source=Source(kind=SourceKind.PROBE, name="footer", place="https://example.com/"),
    reason=GapReason.TIMEOUT,
    detail=Text("超时", "timed out"),
    at=datetime(2026, 11, 24, tzinfo=UTC),
)


def entry(number: int) -> bytes:
    """A leaf of 32 bytes."""
    return number.to_bytes(32, "big")


class Ours:
    """A log in a folder, lengthened as a case's is."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder / "log"
        empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
        tiles = Tiles(self.folder, 0)
        self._writer = LogWriter(folder, make_key(), Disk(), empty, tiles)

    @property
    def root(self) -> bytes:
        """The root over all entries."""
        return self._writer.checkpoint.root

    def append(self, entries: Sequence[bytes]) -> None:
        """One commit."""
        self._writer.announce(entries)
        self._writer.fold_when_long()

    def close(self) -> None:
        """Fold what is announced: tiles, checkpoint, and what is outgrown goes."""
        self._writer.fold()


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
                took = seconds(partial(commits_and_close, ours, count, batch))
                assert tree.get_root() == ours.root
            pairs.append((theirs, took))
        report(name, pairs)


def commits_and_close(ours: Ours, count: int, each: int) -> None:
    """Some commits of some entries each, and the end of the session."""
    commits(ours.append, count, each)
    ours.close()


def records(scratch: Path) -> None:
    """Append records to a case, one by one and many at once."""
    for name, count, batch in (
        (f"{SINGLY} records, a commit each", SINGLY, 1),
        (f"{COMMIT} records, a commit", 1, COMMIT),
    ):
        pairs = []
        for number in range(ROUNDS):
            place = scratch / f"records-{batch}-{number}"
            place.mkdir()
            store = Store(place, make_key())
            took = seconds(partial(record_and_close, store, count, batch))
            lines = [write_line(line) for line in store.list_lines()]
            batches = [lines[at : at + batch] for at in range(0, len(lines), batch)]
            with SqliteTree(str(place / "theirs.db"), algorithm="sha256") as tree:
                theirs = seconds(partial(append_all, tree, batches))
            pairs.append((theirs, took))
        report(name, pairs)


def record_and_close(store: Store, count: int, each: int) -> None:
    """Some appends of some items each, and the end of the session."""
    for _ in range(count):
        store.append([ITEM] * each)
    store.close()


def append_all(tree: SqliteTree, batches: Sequence[Sequence[bytes]]) -> None:
    """The same lines, a commit for each batch."""
    for batch in batches:
        tree.append_entries(batch)


def proofs(scratch: Path, leaves: int) -> None:
    """Inclusion and consistency in a long log, at places that chance chose."""
    random.seed(1)
    many = [entry(number) for number in range(leaves)]
    ours = Ours(scratch / "long")
    ours.append(many)
    ours.close()
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
        small.close()
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
        records(Path(name))
        proofs(Path(name), leaves)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
