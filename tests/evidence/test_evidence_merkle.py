"""Tree hashing and proofs against the naive recursion of RFC 6962, section 2.1."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changqing.evidence.ledger.merkle import (
    compute_root,
    hash_leaf,
    is_consistent,
    prove_consistency,
    prove_inclusion,
    verify_inclusion,
)


def naive_root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = naive_split(len(leaves))
    both = naive_root(leaves[:k]) + naive_root(leaves[k:])
    return hashlib.sha256(b"\x01" + both).digest()


def naive_split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def naive_path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = naive_split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = naive_split(len(leaves))
    if m <= k:
        below = naive_subproof(m, leaves[:k], whole=whole)
        return [*below, naive_root(leaves[k:])]
    below = naive_subproof(m - k, leaves[k:], whole=False)
    return [*below, naive_root(leaves[:k])]


class Leaves:
    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = leaves

    def compute_node(self, level: int, index: int) -> bytes:
        low = index << level
        assert low + (1 << level) <= len(self.leaves)
        return naive_root(self.leaves[low : low + (1 << level)])


leaves = st.lists(st.binary(max_size=4), max_size=70)


@given(leaves)
def test_the_root_is_that_of_the_rfc(entries: list[bytes]) -> None:
    assert compute_root(Leaves(entries), len(entries)) == naive_root(entries)


@given(leaves, st.data())
def test_an_inclusion_proof_is_that_of_the_rfc_and_verifies(
    entries: list[bytes], data: st.DataObject
) -> None:
    entries = [*entries, b"one"]
    size = len(entries)
    index = data.draw(st.integers(0, size - 1))
    proof = prove_inclusion(Leaves(entries), index, size)
    assert proof == naive_path(index, entries)
    leaf, top = hash_leaf(entries[index]), naive_root(entries)
    assert verify_inclusion(leaf, index, size, proof, top)
    assert not verify_inclusion(hash_leaf(b"another"), index, size, proof, top)
    assert not verify_inclusion(leaf, index, size, [*proof, top], top)
    assert not verify_inclusion(leaf, size, size, proof, top)
    if proof:
        assert not verify_inclusion(leaf, index, size, proof[1:], top)
        wrong = data.draw(st.integers(0, len(proof) - 1))
        proof[wrong] = hashlib.sha256(proof[wrong]).digest()
        assert not verify_inclusion(leaf, index, size, proof, top)


@given(leaves, st.data())
def test_a_consistency_proof_is_that_of_the_rfc_and_verifies(
    entries: list[bytes], data: st.DataObject
) -> None:
    new = len(entries)
    old = data.draw(st.integers(0, new))
    proof = prove_consistency(Leaves(entries), old, new)
    if 0 < old < new:
        assert proof == naive_subproof(old, entries, whole=True)
    before, after = naive_root(entries[:old]), naive_root(entries)
    assert is_consistent(old, new, proof, before, after)
    assert not is_consistent(old, new, [*proof, before], before, after)
    other = hashlib.sha256(b"other").digest()
    assert not is_consistent(old, new, proof, other, after)
    if 0 < old < new:
        assert not is_consistent(old, new, proof, before, other)
        assert not is_consistent(old, new, proof[:-1], before, after)
        assert not is_consistent(old, new, [], before, after)


def test_a_log_that_shrank_is_consistent_with_nothing() -> None:
    assert not is_consistent(3, 2, [b"x" * 32], b"a" * 32, b"b" * 32)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 2)])
def test_nothing_outside_the_log_has_a_proof(index: int, size: int) -> None:
    with pytest.raises(IndexError):
        prove_inclusion(Leaves([b""] * size), index, size)


def test_a_larger_log_is_not_the_beginning_of_a_smaller() -> None:
    with pytest.raises(IndexError):
        prove_consistency(Leaves([b""]), 2, 1)
