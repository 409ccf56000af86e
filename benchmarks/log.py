"""The evidence log against pymerkle: appending, proofs, and the same roots.

    .venv/bin/python benchmarks/log.py [LEAVES]

Both keep their hashes in memory; the runs alternate. pymerkle is set to hash as
RFC 6962 does, so that roots must be equal.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from functools import partial
from time import perf_counter

from pymerkle import InmemoryTree

from changqing.evidence._merkle import Tree

Ask = Callable[[int], object]

SINGLY = 2_000
ROUNDS = 5
PROOFS = 20


def entry(number: int) -> bytes:
    """A leaf of 32 bytes."""
    return number.to_bytes(32, "big")


def seconds(work: Callable[[], object]) -> float:
    """How long it takes."""
    begin = perf_counter()
    work()
    return perf_counter() - begin


def theirs(entries: list[bytes]) -> InmemoryTree:
    """pymerkle's tree over some entries."""
    tree = InmemoryTree(algorithm="sha256")
    for each in entries:
        tree.append_entry(each)
    return tree


def ours_one_by_one(entries: list[bytes]) -> Tree:
    """Our log, one entry at a time."""
    tree = Tree()
    for each in entries:
        tree.append(each)
    return tree


def ours_in_bulk(entries: list[bytes]) -> Tree:
    """Our log, all at once."""
    tree = Tree()
    tree.extend(entries)
    return tree


def median(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of some rounds."""
    return statistics.median(seconds(work) for _ in range(rounds))


def main(leaves: int) -> None:
    """Measure and print."""
    few = [entry(number) for number in range(SINGLY)]

    bare = [
        (seconds(lambda: theirs(few)), seconds(lambda: ours_one_by_one(few)))
        for _ in range(ROUNDS)
    ]
    one, other = (statistics.median(each) for each in zip(*bare, strict=True))
    report(f"append, {SINGLY} one by one", one, other)

    many = [entry(number) for number in range(leaves)]
    begin = perf_counter()
    tree = theirs(many)
    one = perf_counter() - begin
    begin = perf_counter()
    ours = ours_in_bulk(many)
    other = perf_counter() - begin
    report(f"in bulk, {leaves}", one, other)
    print(f"roots equal: {tree.get_root() == ours.root()}")

    places = [leaves * part // PROOFS + 1 for part in range(PROOFS)]
    proofs: tuple[tuple[str, Ask, Ask], ...] = (
        (
            "inclusion proof",
            lambda at: tree.prove_inclusion(at, leaves),
            lambda at: ours.inclusion(at - 1),
        ),
        (
            "consistency proof",
            lambda at: tree.prove_consistency(at, leaves),
            lambda at: ours.consistency(at),
        ),
    )
    for name, their, our in proofs:
        took = [
            (seconds(partial(their, at)), seconds(partial(our, at))) for at in places
        ]
        one, other = (statistics.median(each) for each in zip(*took, strict=True))
        report(f"{name}, {leaves}", one, other)

    sizes = [leaves >> shift for shift in (6, 4, 2, 0)]
    print("our inclusion proof by size (O(log n)):")
    for size in sizes:
        small = ours_in_bulk(many[:size])
        took_one = median(partial(small.inclusion, size // 3), 20)
        print(f"  {size:>8} {took_one * 1e6:9.0f} µs")


def report(name: str, theirs_took: float, ours_took: float) -> None:
    """One line: both times and the ratio."""
    print(
        f"{name:42} pymerkle {theirs_took * 1e3:10.2f} ms  ours {ours_took * 1e3:9.3f} "
        f"ms  {theirs_took / ours_took:8.1f} ×"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
