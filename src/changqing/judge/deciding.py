"""Which comparisons of an expression settle its answer, and which do not matter to it.

Of an OR that holds, the branch that holds; of an AND that fails, the parts that fail;
of what cannot be told, the parts that are unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from changqing.rules.tree import And, Not, Or, Truth

Settled = tuple[bool | None, tuple[int, ...]]
"""An answer, and the places of the judgements that settle it."""


def settle_truth(root: Truth, truths: Sequence[bool | None]) -> Settled:
    """Settle `root` by what each of its judgements says; tell by which of them."""
    return _settle_test(root, iter(enumerate(truths)))


def find_first_open(root: Truth, truths: Sequence[bool | None]) -> frozenset[int]:
    """Find the unknown judgements to begin with: of an OR, those of its first branch.

    What comes after an "or" is asked when that branch is known not to hold: who has the
    company pay for her insurance is not asked which agency sent her.
    """
    _, places = _begin_settling(root, iter(enumerate(truths)))
    return frozenset(places)


def _begin_settling(node: Truth, judged: Iterator[tuple[int, bool | None]]) -> Settled:
    """Settle a test as far as what is judged goes, and find what it waits for next."""
    match node:
        case Not(part):
            truth, places = _begin_settling(part, judged)
            return (None if truth is None else not truth), places
        case And(parts):
            settled_parts = [_begin_settling(part, judged) for part in parts]
            if any(truth is False for truth, _ in settled_parts):
                return False, ()
            unknown = _join_places(settled_parts)
            return (None if unknown else True), unknown
        case Or(parts):
            settled_parts = [_begin_settling(part, judged) for part in parts]
            if any(truth is True for truth, _ in settled_parts):
                return True, ()
            return next(
                (settled for settled in settled_parts if settled[0] is None),
                (False, ()),
            )
        case _:
            place, truth = next(judged)
            return truth, (place,) if truth is None else ()


def _settle_test(node: Truth, judged: Iterator[tuple[int, bool | None]]) -> Settled:
    """Settle a test, and find which of its comparisons decide it."""
    match node:
        case Not(part):
            truth, places = _settle_test(part, judged)
            return (None if truth is None else not truth), places
        case And(parts):
            settled_parts = [_settle_test(part, judged) for part in parts]
            for truth in (False, None):
                if deciding := [
                    settled for settled in settled_parts if settled[0] is truth
                ]:
                    return truth, _join_places(deciding)
            return True, _join_places(settled_parts)
        case Or(parts):
            settled_parts = [_settle_test(part, judged) for part in parts]
            for settled in settled_parts:
                if settled[0] is True:
                    return settled
            unknown = [settled for settled in settled_parts if settled[0] is None]
            return (
                (None, _join_places(unknown))
                if unknown
                else (False, _join_places(settled_parts))
            )
        case _:
            place, truth = next(judged)
            return truth, (place,)


def _join_places(settled_parts: Sequence[Settled]) -> tuple[int, ...]:
    return tuple(place for _, places in settled_parts for place in places)
