"""The tiles on disk: laid out as C2SP says, and the same however entries came."""

from __future__ import annotations

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.disk import Disk
from changqing.evidence.ledger.log import (
    BrokenTileError,
    Tiles,
    append_entries,
    list_outgrown_tiles,
    list_tiles,
    make_tile_path,
    write_tiles,
)
from changqing.evidence.ledger.merkle import hash_leaf, is_consistent, verify_inclusion
from tests.evidence.test_evidence_merkle import naive_root
from tests.share import examples


def entry(number: int) -> bytes:
    return hashlib.sha256(str(number).encode()).digest()


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        ((0, 0), "tile/0/000"),
        ((1, 5, 3), "tile/1/005.p/3"),
        (("entries", 1234), "tile/entries/x001/234"),
        ((0, 1234067), "tile/0/x001/x234/067"),
        ((0, 1000000, 255), "tile/0/x001/x000/000.p/255"),
    ],
)
def test_a_tile_lies_where_the_layout_says(
    tile: tuple[int | str, int], path: str
) -> None:
    assert make_tile_path(*tile) == path


def test_a_log_has_a_tile_for_each_256_hashes_of_each_eighth_level() -> None:
    assert list(list_tiles(0)) == []
    assert list(list_tiles(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(list_tiles(600)) == [(0, 0, 256), (0, 1, 256), (0, 2, 88), (1, 0, 2)]


@settings(max_examples=examples(25))
@given(st.lists(st.integers(0, 400), min_size=1, max_size=4))
def test_a_log_is_the_same_however_its_entries_came(batches: list[int]) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        tiles = Tiles(folder, 0)
        for batch in batches:
            new = [entry(tiles.size + place) for place in range(batch)]
            tiles, fresh = append_entries(tiles, new)
            write_tiles(folder, fresh, Disk())
        entries = [entry(number) for number in range(sum(batches))]
        size = len(entries)
        again = Tiles(folder, size)
        assert again.compute_root() == tiles.compute_root() == naive_root(entries)
        at_once, expected = append_entries(Tiles(folder, 0), entries)
        assert at_once.compute_root() == again.compute_root()
        for path in list_outgrown_tiles(folder, size):
            path.unlink()
        kept = {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }
        assert kept == expected
        for index in {0, size // 2, size - 1} if size else ():
            proof = again.prove_inclusion(index)
            leaf = hash_leaf(entries[index])
            assert verify_inclusion(leaf, index, size, proof, again.compute_root())
        half = size // 2
        proof = again.prove_consistency(half)
        assert is_consistent(
            half, size, proof, naive_root(entries[:half]), again.compute_root()
        )


def test_a_proof_in_a_large_log_reads_few_tiles(tmp_path: Path) -> None:
    size = 70_000
    tiles, fresh = append_entries(Tiles(tmp_path, 0), [entry(n) for n in range(size)])
    write_tiles(
        tmp_path, {p: c for p, c in fresh.items() if "entries" not in p}, Disk()
    )
    again = Tiles(tmp_path, size)
    proof = again.prove_inclusion(12_345)
    assert verify_inclusion(
        hash_leaf(entry(12_345)), 12_345, size, proof, tiles.compute_root()
    )
    assert len(proof) <= 18
    assert len(again.read) <= 6


def test_a_missing_or_short_tile_is_named(tmp_path: Path) -> None:
    _, fresh = append_entries(Tiles(tmp_path, 0), [entry(n) for n in range(3)])
    with pytest.raises(BrokenTileError) as missing:
        Tiles(tmp_path, 3).compute_root()
    assert missing.value.path == "tile/0/000.p/3"
    write_tiles(tmp_path, fresh, Disk())
    path = tmp_path / "tile/entries/000.p/3"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(BrokenTileError) as short:
        Tiles(tmp_path, 3).read_entries(0)
    assert short.value.path == "tile/entries/000.p/3"


def test_adding_nothing_changes_nothing(tmp_path: Path) -> None:
    tiles, fresh = append_entries(Tiles(tmp_path, 0), [])
    assert tiles.size == 0
    assert fresh == {}
