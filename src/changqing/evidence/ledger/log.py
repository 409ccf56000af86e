"""An append-only log as C2SP tlog-tiles in a folder.

`checkpoint` says how long the log is and what its root is; `tile/<L>/<N>` holds the
hashes of tree level 8L, 256 to a tile, `tile/entries/<N>` the entries, and a tile that
is not full yet is `<N>.p/<W>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from changqing.disk import Disk
from changqing.evidence.ledger.merkle import (
    compute_root,
    fold,
    hash_leaf,
    prove_consistency,
    prove_inclusion,
)
from changqing.plainfile import read_plain

WIDTH: Final = 256
HEIGHT: Final = 8
HASH: Final = 32
ENTRIES: Final = "entries"


class BrokenTileError(ValueError):
    """A tile the log needs is missing or too short; `path` says which."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def make_tile_path(level: int | str, number: int, width: int = WIDTH) -> str:
    """Make the path of a tile, below the log's folder.

    `level` counts steps of eight tree levels, or is `ENTRIES`; `width` is the number of
    hashes or entries in it. The number is cut into threes as in C2SP tlog-tiles:
    `make_tile_path(0, 1234067)` is `tile/0/x001/x234/067`.
    """
    groups = []
    remaining = number
    while True:
        remaining, last = divmod(remaining, 1000)
        groups.append(f"{last:03d}")
        if remaining == 0:
            break
    encoded = "/".join([*(f"x{group}" for group in groups[:0:-1]), groups[0]])
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{encoded}{partial}"


def list_tiles(size: int) -> Iterator[tuple[int, int, int]]:
    """Level, number and width of every hash tile of a log of `size` entries."""
    level, count = 0, size
    while count:
        for number in range(count // WIDTH):
            yield level, number, WIDTH
        if count % WIDTH:
            yield level, count // WIDTH, count % WIDTH
        level, count = level + 1, count // WIDTH


class Tiles:
    """The hashes of a log of a known size, read from its tiles when needed.

    A tile is read once, and folded once. `unwritten` are tiles by path that are not on
    disk yet.
    """

    def __init__(
        self,
        folder: Path,
        size: int,
        unwritten: Mapping[str, bytes] | None = None,
        *,
        inside: Path | None = None,
    ) -> None:
        self._folder = folder
        self._inside = folder if inside is None else inside
        self.size = size
        self._kept: dict[str, bytes] = dict(unwritten or {})
        self._folded: dict[tuple[int, int], list[bytes]] = {}

    @property
    def read(self) -> frozenset[str]:
        """The tiles that were read, or not yet written, so far."""
        return frozenset(self._kept)

    def compute_node(self, level: int, index: int) -> bytes:
        """Compute the hash over leaves `index * 2**level` on, `2**level` of them.

        Raises BrokenTileError when the tile cannot be read or is too short.
        """
        # On disk is every eighth level alone (C2SP tlog-tiles); those between are
        # folded from the row below, where this node covers `1 << above` hashes.
        tile_level, above = divmod(level, HEIGHT)
        number, place = divmod(index << above, WIDTH)
        rows = self._folded.get((tile_level, number))
        if rows is None:
            rows = fold(self.read_tile(tile_level, number))
            self._folded[tile_level, number] = rows
        at = (place >> above) * HASH
        return rows[above][at : at + HASH]

    def read_tile(self, level: int, number: int) -> bytes:
        """Read the hashes of one tile, as many as the log's size gives it."""
        row = self.size >> (HEIGHT * level)
        width = min(WIDTH, row - number * WIDTH)
        return self._read_tile(make_tile_path(level, number, width), width * HASH)

    def hold(self, tiles: Mapping[str, bytes]) -> None:
        """Keep tiles at hand, by path, that are not on the disk yet."""
        self._kept.update(tiles)

    def compute_root(self) -> bytes:
        """Compute the root over all entries."""
        return compute_root(self, self.size)

    def prove_inclusion(self, index: int) -> list[bytes]:
        """Prove that entry `index` (from 0) is in the log: hashes from the leaf up."""
        return prove_inclusion(self, index, self.size)

    def prove_consistency(self, old: int) -> list[bytes]:
        """Prove that the log of size `old` is the beginning of this one."""
        return prove_consistency(self, old, self.size)

    def _read_tile(self, path: str, length: int | None = None) -> bytes:
        if path not in self._kept:
            try:
                content = read_plain(self._folder / path, inside=self._inside)
            except OSError as error:
                raise BrokenTileError(path) from error
            if length is not None and len(content) != length:
                raise BrokenTileError(path)
            self._kept[path] = content
        return self._kept[path]

    def read_entries(self, number: int) -> list[bytes]:
        """Read the entries of a tile, at most 256; BrokenTileError if it is damaged."""
        width = min(WIDTH, self.size - number * WIDTH)
        path = make_tile_path(ENTRIES, number, width)
        tile_entries = _split_bundle(self._read_tile(path))
        if tile_entries is None or len(tile_entries) != width:
            raise BrokenTileError(path)
        return tile_entries


def append_entries(
    tiles: Tiles, entries: Sequence[bytes]
) -> tuple[Tiles, dict[str, bytes]]:
    """Append `entries`: the longer log, and the tiles that are new in it by path.

    Nothing is written. Raises BrokenTileError when a tile it grows from is damaged.
    """
    size = tiles.size + len(entries)
    fresh: dict[str, bytes] = {}
    if entries:
        number, tail = divmod(tiles.size, WIDTH)
        row = [*(tiles.read_entries(number) if tail else ()), *entries]
        for at in range(0, len(row), WIDTH):
            some = row[at : at + WIDTH]
            path = make_tile_path(ENTRIES, number + at // WIDTH, len(some))
            fresh[path] = _join_bundle(some)
    hashes = [hash_leaf(entry) for entry in entries]
    level, count = 0, tiles.size
    while hashes:
        number, tail = divmod(count, WIDTH)
        before = tiles.read_tile(level, number) if tail else b""
        full = _split_tiles(fresh, level, number, before + b"".join(hashes))
        hashes = [fold(tile)[-1] for tile in full]
        level, count = level + 1, count // WIDTH
    # The root and the next append need only the tiles that are not full, one a level:
    # all others may be forgotten, however long the log.
    tiles_at_hand = {**tiles._kept, **fresh}
    edge = {
        path: tiles_at_hand[path]
        for path in list_unfinished_tiles(size)
        if path in tiles_at_hand
    }
    return Tiles(tiles._folder, size, edge, inside=tiles._inside), fresh


def _join_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries as tlog-tiles bundles them: each after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def _split_bundle(bundle: bytes) -> list[bytes] | None:
    """The entries of a bundle; None when it is cut."""
    bundle_entries, at = [], 0
    while at < len(bundle):
        begin = at + 2
        at = begin + int.from_bytes(bundle[at:begin], "big")
        bundle_entries.append(bundle[begin:at])
    # A cut leads beyond the end, be it in an entry or in the two bytes of its length.
    return bundle_entries if at == len(bundle) else None


def _split_tiles(
    fresh: dict[str, bytes], level: int | str, number: int, row: bytes
) -> list[bytes]:
    """Cut a row into tiles from `number` on, add them, and give the full ones."""
    full = []
    step = WIDTH * HASH
    for at in range(0, len(row), step):
        tile = row[at : at + step]
        width = len(tile) // HASH
        fresh[make_tile_path(level, number + at // step, width)] = tile
        if width == WIDTH:
            full.append(tile)
    return full


def list_unfinished_tiles(size: int) -> list[str]:
    """List the tiles of a log that are not full, by path: the right-hand ones."""
    edge = []
    level, count = 0, size
    while count:
        if count % WIDTH:
            edge.append(make_tile_path(level, count // WIDTH, count % WIDTH))
        level, count = level + 1, count // WIDTH
    if size % WIDTH:
        edge.append(make_tile_path(ENTRIES, size // WIDTH, size % WIDTH))
    return edge


def write_tiles(folder: Path, fresh: Mapping[str, bytes], disk: Disk) -> None:
    """Write tiles that no checkpoint covers yet; those of before are left alone."""
    # In place, without a rename: a tile that grows has another name for each width, so
    # what the signed checkpoint needs is never opened; what is torn is written again.
    disk.write_all({folder / path: content for path, content in fresh.items()})


def list_outgrown_tiles(
    folder: Path, size: int, before: int | None = None
) -> list[Path]:
    """List partial tiles that a log of `size` entries needs no longer.

    Those that it had when it was `before` long; otherwise any that is on disk.
    """
    needed = frozenset(list_unfinished_tiles(size))
    if before is not None:
        return [
            folder / path
            for path in list_unfinished_tiles(before)
            if path not in needed
        ]
    return [
        path
        for path in sorted((folder / "tile").rglob("*.p/*"))
        if path.relative_to(folder).as_posix() not in needed
    ]
