"""The write-ahead file of a log: each batch of entries announced, and signed for.

A batch is added to `evidence/intent` and flushed before its entries are written: the
commitments, a blank line, and the signed checkpoint that they make. Tiles and
`log/checkpoint` follow when the log is folded. Until then the log is what is folded and
the batches after it; whatever a crash does to a tile of these, they say what belongs
there, while a damaged tile of what is folded proves tampering.

A file of before has one batch, written as the batches here are. What was folded since
stays in the file until the next batch is written over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from changqing.disk import Disk
from changqing.evidence.ledger.entry import COMMITMENT_BYTES
from changqing.evidence.ledger.log import (
    BrokenTileError,
    Tiles,
    append_entries,
    list_outgrown_tiles,
    list_unfinished_tiles,
    write_tiles,
)
from changqing.evidence.ledger.note import (
    BrokenNoteError,
    Checkpoint,
    SignedCheckpoint,
    SigningKey,
    Verifier,
)

INTENT_FILE: Final = "intent"
_MOST_BATCHES: Final = 256
_MOST_ENTRIES: Final = 16_384
"""How much is announced at most before it is folded: after a crash it is read anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedBatch:
    """Entries that were announced together, and the note that signs for them."""

    commitments: tuple[bytes, ...]
    note: str
    signed: SignedCheckpoint

    @property
    def size(self) -> int:
        """How long the log is with them."""
        return self.signed.checkpoint.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """The batches that follow `after`, oldest first, as the file has them.

    `torn` tells that another one was begun.
    """

    after: Checkpoint
    batches: tuple[AnnouncedBatch, ...] = ()
    torn: bool = False

    def list_commitments(self, size: int | None = None) -> list[bytes]:
        """List what was announced after `after`, up to a length of the log."""
        commitments = [entry for batch in self.batches for entry in batch.commitments]
        return commitments if size is None else commitments[: size - self.after.size]

    def find_last(self, held: int) -> AnnouncedBatch | None:
        """Find the last batch that is whole where the log has `held` entries."""
        whole = [batch for batch in self.batches if batch.size <= held]
        return whole[-1] if whole else None

    def compute_least_size(self) -> int:
        """Compute how many entries there are at the least, unless some were removed.

        A batch is begun once all entries of the one before are flushed.
        """
        sizes = [self.after.size, *(batch.size for batch in self.batches)]
        return sizes[-1] if self.torn or len(sizes) == 1 else sizes[-2]


def read_announced(content: bytes, after: Checkpoint) -> Announced:
    """Read the batches after a checkpoint; nothing is verified.

    What was folded since is left out, and so is all from the first batch on that is
    torn or does not follow.
    """
    if _read_last_size(content) <= after.size:
        return Announced(after=after)
    batches: list[AnnouncedBatch] = []
    size, torn = after.size, False
    for listed, note in _split_batches(content):
        batch = None if note is None else _parse_batch(listed, note)
        if batch is None:
            torn = True
            break
        if batch.size <= after.size:
            continue
        follows = batch.size == size + len(batch.commitments)
        if not follows or batch.signed.checkpoint.origin != after.origin:
            break
        batches.append(batch)
        size = batch.size
    return Announced(after=after, batches=tuple(batches), torn=torn)


def verify_announced(
    announced: Announced, tiles: Tiles, signers: Sequence[Verifier]
) -> Announced:
    """Keep the batches that a signer signed for, up to the first that none did.

    `tiles` are those of the log that they follow.
    """
    verified: list[AnnouncedBatch] = []
    try:
        for batch in announced.batches:
            tiles, _ = append_entries(tiles, batch.commitments)
            same = tiles.compute_root() == batch.signed.checkpoint.root
            if not same or not any(map(batch.signed.is_signed_by, signers)):
                break
            verified.append(batch)
    except BrokenTileError:
        pass  # who reads the tiles names it
    torn = announced.torn and len(verified) == len(announced.batches)
    return replace(announced, batches=tuple(verified), torn=torn)


def _read_last_size(content: bytes) -> int:
    """The length of the log with the last batch; as good as endless where it is torn.

    A file of long batches that all were folded is not parsed.
    """
    body, _, _ = content.rpartition(b"\n\n")
    *_, size, _ = [b"", b"", *body[-_LONGEST_BODY:].split(b"\n")][-3:]
    if not content:
        return 0
    return int(size) if content.endswith(b"\n") and size.isdigit() else _ENDLESS


_LONGEST_BODY: Final = 1024
_ENDLESS: Final = 1 << 62


def _split_batches(content: bytes) -> Iterator[tuple[bytes, bytes | None]]:
    """What each batch lists and its note; None for one that is not whole."""
    at = 0
    while at < len(content):
        listed_end = content.find(b"\n\n", at)
        body_end = content.find(b"\n\n", listed_end + 2)
        end = content.find(b"\n", body_end + 2) + 1
        if listed_end < 0 or body_end < 0 or end == 0:
            yield content[at:], None
            return
        yield content[at:listed_end], content[listed_end + 2 : end]
        at = end


def _parse_batch(listed: bytes, note: bytes) -> AnnouncedBatch | None:
    try:
        commitments = [bytes.fromhex(line.decode()) for line in listed.split(b"\n")]
        text = note.decode()
        signed = SignedCheckpoint.parse(text)
    except (BrokenNoteError, ValueError):
        return None
    if not {len(commitment) for commitment in commitments} <= COMMITMENT_BYTES:
        return None
    return AnnouncedBatch(commitments=tuple(commitments), note=text, signed=signed)


class LogWriter:
    """The growing end of a log: announced at once, folded now and then.

    `folder` holds the write-ahead file, and below `log` the log; `checkpoint` is how
    far it is folded, and `tiles` are those of it. What `announce` wrote is recorded
    when it returns; `fold` then only brings tiles and checkpoint up to it.
    """

    def __init__(
        self,
        folder: Path,
        key: SigningKey,
        disk: Disk,
        checkpoint: Checkpoint,
        tiles: Tiles,
    ) -> None:
        self.checkpoint = checkpoint
        self._file = folder / INTENT_FILE
        self._log_folder = folder / "log"
        self._key = key
        self._disk = disk
        self._tiles = tiles
        self._folded_size = checkpoint.size
        self._unwritten: dict[str, bytes] = {}
        self._note: str | None = None
        self._batches = 0

    def announce(self, commitments: Sequence[bytes]) -> None:
        """Sign for entries that will be written, so that nobody can add to them."""
        note = self.lengthen(commitments)
        listed = "\n".join(commitment.hex() for commitment in commitments)
        # Written over only while all of it is folded: torn, it then tells of nothing
        # that was recorded.
        self._disk.append(
            self._file, f"{listed}\n\n{note}".encode(), afresh=self._batches == 0
        )
        self._batches += 1

    def lengthen(self, commitments: Sequence[bytes]) -> str:
        """Lengthen the log in memory alone; gives the note that signs for it."""
        before = self.checkpoint.size
        self._tiles, fresh = append_entries(self._tiles, commitments)
        self._unwritten |= fresh
        unfinished = frozenset(list_unfinished_tiles(self._tiles.size))
        for path in list_unfinished_tiles(before):
            if path not in unfinished:
                self._unwritten.pop(path, None)
        self.checkpoint = Checkpoint(
            self.checkpoint.origin, self._tiles.size, self._tiles.compute_root()
        )
        body = self.checkpoint.format_body()
        self._note = self._key.sign(body, self.checkpoint.origin)
        return self._note

    def fold_when_long(self) -> None:
        """Fold the log when a reader would have much to read that is not folded."""
        entries = self.checkpoint.size - self._folded_size
        if self._batches >= _MOST_BATCHES or entries >= _MOST_ENTRIES:
            self.fold()

    def fold(self) -> None:
        """Write the tiles, then the checkpoint that covers them."""
        if self._note is None:
            return
        write_tiles(self._log_folder, self._unwritten, self._disk)
        self._disk.replace(self._log_folder / "checkpoint", self._note.encode())
        before, self._folded_size = self._folded_size, self.checkpoint.size
        self._unwritten, self._note, self._batches = {}, None, 0
        self.prune(before)

    def prune(self, before: int | None = None) -> None:
        """Remove partial tiles that fuller ones have taken the place of.

        Those of the log when it was `before` long; else all that are on the disk.
        """
        # After the checkpoint that needs them no longer. What a crash leaves, or brings
        # back, is found when the log is next opened.
        for path in list_outgrown_tiles(self._log_folder, self._folded_size, before):
            self._disk.step(f"prune {path.name}")
            # All is recorded by now: Windows removes no file that somebody reads.
            with suppress(OSError):
                path.unlink(missing_ok=True)
                path.parent.rmdir()
