"""Merkle tree hashing, inclusion and consistency proofs of RFC 6962.

Everything is computed from complete subtrees, so that a proof in a tree of n leaves
takes O(log n) reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, Protocol

_PAIR: Final = 64
EMPTY_ROOT: Final = sha256(b"").digest()


class Nodes(Protocol):
    """Where hashes of complete subtrees are read."""

    def compute_node(self, level: int, index: int) -> bytes:
        """Compute the hash over the leaves `index * 2**level` up to the next such."""


def hash_leaf(entry: bytes) -> bytes:
    """Hash one leaf (RFC 6962, 2.1)."""
    # Leaves begin with 0 and nodes with 1, or two hashes side by side could be passed
    # off as an entry: another log with the same root.
    return sha256(b"\x00" + entry).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Hash an inner node of two hashes of 32 bytes (RFC 6962, 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def fold(row: bytes) -> list[bytes]:
    """Build the rows above neighbouring nodes, as far as they are complete.

    Each row is its hashes joined.
    """
    rows = [row]
    while len(row) >= _PAIR:
        pairs = range(0, len(row) - len(row) % _PAIR, _PAIR)
        row = b"".join(
            [sha256(b"\x01" + row[at : at + _PAIR]).digest() for at in pairs]
        )
        rows.append(row)
    return rows


def compute_root(nodes: Nodes, size: int) -> bytes:
    """Compute the hash over the first `size` leaves."""
    return EMPTY_ROOT if size == 0 else _hash_span(nodes, 0, size)


def prove_inclusion(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """Prove leaf `index` (from 0): hashes that lead to the root over `size` leaves.

    From the leaf upwards (RFC 6962, 2.1.1). Raises IndexError when there is no such
    leaf.
    """
    if not 0 <= index < size:
        raise IndexError(index)
    proof: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _find_split(high - low)
        if index < middle:
            proof.append(_hash_span(nodes, middle, high))
            high = middle
        else:
            proof.append(_hash_span(nodes, low, middle))
            low = middle
    proof.reverse()
    return proof


def prove_consistency(nodes: Nodes, old: int, new: int) -> list[bytes]:
    """Prove by hashes that the first `old` of `new` leaves are still the same.

    Empty where `old` is 0 or `new` (RFC 6962, 2.1.2). Raises IndexError when it is more
    than `new`, or less than 0.
    """
    if not 0 <= old <= new:
        raise IndexError(old)
    if old in (0, new):
        return []
    proof: list[bytes] = []
    low, high, whole = 0, new, True
    while old != high:
        middle = low + _find_split(high - low)
        if old <= middle:
            proof.append(_hash_span(nodes, middle, high))
            high = middle
        else:
            proof.append(_hash_span(nodes, low, middle))
            low, whole = middle, False
    # As long as only left halves were taken, what remains is the old tree itself, and
    # the checker has its root.
    if not whole:
        proof.append(_hash_span(nodes, low, high))
    proof.reverse()
    return proof


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes
) -> bool:
    """Tell whether `proof` leads from a leaf hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, node_hash = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node_hash = hash_node(part, node_hash)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node_hash = hash_node(node_hash, part)
        place, last = place >> 1, last >> 1
    return last == 0 and node_hash == root_hash


def is_consistent(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Tell whether `proof` leads from the old root to the new (RFC 9162, 2.1.4.2)."""
    if old in (0, new):
        same = old_root == (EMPTY_ROOT if old == 0 else new_root)
        return not proof and same
    if not 0 < old < new or not proof:
        return False
    parts = list(proof)
    # An old tree of 2**n leaves is one node of the new, and the proof leaves it out.
    if old & (old - 1) == 0:
        parts.insert(0, old_root)
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = hash_node(part, first), hash_node(part, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = hash_node(second, part)
        place, last = place >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _hash_span(nodes: Nodes, low: int, high: int) -> bytes:
    """The hash over leaves from `low` up to `high`, as the tree is cut in RFC 6962."""
    count = high - low
    if count & (count - 1) == 0:
        return nodes.compute_node(count.bit_length() - 1, low // count)
    middle = low + _find_split(count)
    return hash_node(_hash_span(nodes, low, middle), _hash_span(nodes, middle, high))


def _find_split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)
