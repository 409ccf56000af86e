"""A million observations as Parquet and as a table of SQLite: size, and one history.

Both are made of the same rows and asked in turns, in one run. The rows are made up:
checks four times a day, publications that share the digest of the page they were seen
on, months and dates. Goals: the history of one organisation under 20 ms, and a fifth of
the table's size. Of the rounds the best counts, on the wall and of the processor, for
a busy machine only adds.

The second line has a digest of its own in every row. These are random: 32 bytes a row
are left of them however they are packed, and so 32 of the 33 MB that a fifth of the
bare table allows. Against the table with the index that its 2 ms need it is a fifth.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from changqing.case.subjects import Subject
from changqing.evidence.observations import Observation, ObservationKind, Observations

_START = datetime(2024, 1, 1, tzinfo=UTC)
_ROWS_EACH = 2_000
_ROUNDS = 25
_TABLE = """
CREATE TABLE observation (
    subject TEXT, kind TEXT, at TEXT, value INTEGER, detail TEXT, source TEXT,
    digest TEXT
)"""


def organisation(number: int, rows: int, *, own_digests: bool) -> Iterator[Observation]:
    """What was seen of one service: checks for the most part."""
    luck = random.Random(number)  # noqa: S311
    subject = Subject("service", f"site-{number:05d}")
    home = f"https://www.example-{number:05d}.com/"
    page = ""
    at = _START
    for place in range(rows):
        at += timedelta(seconds=luck.randint(17_000, 26_000))
        kind = ObservationKind.CHECK
        value: int | None = 1
        detail: str | None = None
        digest: str | None = None
        if place % 40 == 0:
            page = hashlib.sha256(f"{number} {place}".encode()).hexdigest()
        if place % 5 == 0:
            kind, value, digest = ObservationKind.PUBLICATION, None, page
            detail = f"/news/{place // 5}.html"
        elif place % 61 == 0:
            kind = ObservationKind.CERTIFICATE
            value, detail, digest = 20_000 + place // 61, "Let's Encrypt", page
        elif place % 97 == 0:
            kind, value, detail = ObservationKind.BLIND, 600, "own_network"
        elif luck.random() < 0.01:
            value, detail = 0, "timeout"
        if own_digests:
            digest = hashlib.sha256(f"{number}/{place}".encode()).hexdigest()
        yield Observation(
            subject=subject,
            kind=kind,
            at=at,
            value=value,
            detail=detail,
            source=home,
            digest=digest,
        )


def measure(folder: Path, rows: int, *, own_digests: bool) -> None:
    """Write the rows both ways, then print size and time of each."""
    count = max(1, rows // _ROWS_EACH)
    observed = [
        row
        for number in range(count)
        for row in organisation(number, _ROWS_EACH, own_digests=own_digests)
    ]
    observations = Observations(folder / "case")
    for start in range(0, len(observed), 100_000):
        observations.append(observed[start : start + 100_000], now=_START)
    observations.merge_batches(now=_START)
    parquet = sum(path.stat().st_size for path in observations.folder.glob("*.parquet"))
    table = folder / "table.sqlite"
    base = sqlite3.connect(table)
    base.execute(_TABLE)
    base.executemany(
        "INSERT INTO observation VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (
                str(row.subject),
                row.kind.value,
                row.at.isoformat(),
                row.value,
                row.detail,
                row.source,
                row.digest,
            )
            for row in observed
        ),
    )
    base.commit()
    base.execute("VACUUM")
    bare = table.stat().st_size
    base.execute("CREATE INDEX by_subject ON observation (subject, kind, at)")
    base.commit()
    indexed = table.stat().st_size
    subject = Subject("service", f"site-{count // 2:05d}")
    query = "SELECT * FROM observation WHERE subject = ? ORDER BY kind, at"
    times: dict[str, list[tuple[float, float]]] = {"parquet": [], "sqlite": []}
    answers: dict[str, Sequence[object]] = {}
    for _ in range(_ROUNDS + 1):
        for name, call in (
            ("parquet", lambda: observations.read(subject)),
            ("sqlite", lambda: base.execute(query, (str(subject),)).fetchall()),
        ):
            spent, answers[name] = timed(call)
            times[name].append(spent)
    base.close()
    assert len(answers["parquet"]) == len(answers["sqlite"]) == _ROWS_EACH
    wall, busy = (
        {
            name: min(spent_times[place] for spent_times in observed) * 1e3
            for name, observed in times.items()
        }
        for place in (0, 1)
    )
    print(f"{len(observed):,} rows, {'a digest each' if own_digests else 'as watched'}")
    print(
        f"  size   Parquet {parquet / 1e6:6.1f} MB · SQLite {bare / 1e6:6.1f} MB"
        f" (1/{bare / parquet:.1f}) · with index {indexed / 1e6:6.1f} MB"
        f" (1/{indexed / parquet:.1f})"
    )
    for name, shape in (("parquet", "objects"), ("sqlite", "tuples")):
        print(
            f"  one history of {_ROWS_EACH:,} rows, as {shape}   {name}"
            f" {wall[name]:.1f} ms, of the processor {busy[name]:.1f} ms"
        )


def timed(
    call: Callable[[], Sequence[object]],
) -> tuple[tuple[float, float], Sequence[object]]:
    """Seconds on the wall and of the processor, and what came out."""
    start, busy = time.perf_counter(), time.process_time()
    answer = call()
    return (time.perf_counter() - start, time.process_time() - busy), answer


def main() -> None:
    """Read the arguments and measure both kinds of rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    for own_digests in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), rows, own_digests=own_digests)


if __name__ == "__main__":
    main()
