"""The recorded evidence of a case, read and verified: nothing here writes.

```
evidence/entries.jsonl     what was recorded: content and salts, one line an entry
evidence/objects/ab/cdef…  bytes by their SHA-256
evidence/log/              the log over the entries, as tlog-tiles; its signers
evidence/log/erased        which entries keep their head and digest alone, signed
evidence/intent            what is being written (`intent`)
evidence/set_aside/        the torn end of a write that a crash cut short
```
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import Final

from changqing.case.folder import EVIDENCE_FOLDER
from changqing.errors import CaseError, Issue, TamperError
from changqing.evidence.ledger import damage
from changqing.evidence.ledger.entry import COMMITMENT_BYTES, LogLine, read_line
from changqing.evidence.ledger.intent import (
    INTENT_FILE,
    Announced,
    read_announced,
    verify_announced,
)
from changqing.evidence.ledger.items import (
    NOTHING_WITHHELD,
    Blob,
    BrokenEntryError,
    Item,
    UnknownEntry,
    WithheldEntries,
)
from changqing.evidence.ledger.latest_logs import (
    MOST_LINES,
    MOST_LOGS,
    ParsedLines,
    parse_lines,
    rebuild_tiles,
)
from changqing.evidence.ledger.log import (
    ENTRIES,
    WIDTH,
    BrokenTileError,
    Tiles,
    append_entries,
    make_tile_path,
)
from changqing.evidence.ledger.note import (
    BrokenNoteError,
    Checkpoint,
    SignedCheckpoint,
    Verifier,
    verify_note,
)
from changqing.evidence.model import Attempt, Gap, Record
from changqing.latest import Latest
from changqing.plainfile import check_folder, check_plain, open_plain, read_plain

ENTRIES_FILE: Final = "entries.jsonl"
ERASED_FILE: Final = "erased"
ERASED: Final = "changqing erased 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was recomputed. `pending` entries are a part of a batch that a crash cut."""

    origin: str
    size: int
    root: bytes
    signer: Verifier
    blobs: int
    pending: int
    withheld: WithheldEntries


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tip:
    """How far a log reaches by its last note, and the batches that are not folded."""

    announced: Announced
    signed: SignedCheckpoint
    note: str


SMALL: Final = 4096  # bytes; our own notes are no longer, but for the longest


@dataclass(frozen=True, slots=True, kw_only=True)
class _LoadedLog:
    """What the lines of a log tell, decoded once for all who read it."""

    parsed: ParsedLines
    lines: tuple[LogLine, ...]
    items: tuple[Item, ...]


_LOADED: Final[Latest[tuple[int, int], _LoadedLog]] = Latest(most=MOST_LOGS)
"""By the identity of the lines, and how many of them the log signs for."""


class Evidence:
    """The recorded evidence of a case, to be read. Takes no lock and writes nothing."""

    def __init__(self, case_dir: Path) -> None:
        self._case_dir = case_dir
        self.folder = case_dir / EVIDENCE_FOLDER
        self._lines: list[LogLine] = []
        self._items: list[Item] = []
        self._small: dict[str, bytes] = {}

    @property
    def log_folder(self) -> Path:
        """Where checkpoint and tiles are."""
        return self.folder / "log"

    def list_items(self) -> Sequence[Item]:
        """List everything recorded so far, in order."""
        self._load_log()
        return tuple(self._items)

    def list_records(self) -> list[Record]:
        """List the records, oldest first, with their numbers."""
        return [item for item in self.list_items() if isinstance(item, Record)]

    def find_record(self, number: int) -> Record | None:
        """Find one record by its number, reading the log no further than there.

        None where there is no such record, or the entry is withheld or broken. Nothing
        is verified: that is for whoever shows what the record says.
        """
        if number < 1:
            return None
        path = self.folder / ENTRIES_FILE
        try:
            with open_plain(path, inside=self._case_dir) as lines:
                line = next(islice(lines, number - 1, number), b"")
            item = read_line(line).decode_item()
        except (OSError, ValueError, CaseError):
            return None
        return item if isinstance(item, Record) and item.number == number else None

    def list_gaps(self) -> list[Gap]:
        """List the gaps, oldest first."""
        return [item for item in self.list_items() if isinstance(item, Gap)]

    def list_attempts(self) -> list[Attempt]:
        """List the attempts at reaching services, oldest first."""
        return [item for item in self.list_items() if isinstance(item, Attempt)]

    def list_unknown(self) -> list[UnknownEntry]:
        """List the entries of a type that this release does not know, oldest first."""
        return [item for item in self.list_items() if isinstance(item, UnknownEntry)]

    def list_lines(self) -> Sequence[LogLine]:
        """List the entries with their salts, as a bundle needs them."""
        self._load_log()
        return tuple(self._lines)

    def find_blob_path(self, digest: str) -> Path:
        """Find where bytes with this SHA-256 are kept."""
        return self.folder / "objects" / digest[:2] / digest[2:]

    def read_log(self, name: str) -> bytes:
        """Read a file of the log as it lies there; OSError where there is none."""
        return self._read_case_file(self.log_folder / name)

    def list_log_files(self, folder: str) -> list[Path]:
        """List the files in a folder of the log, by name."""
        place = self.log_folder / folder
        there = check_folder(place, inside=self._case_dir)
        return sorted(place.iterdir()) if there else []

    def has_blob(self, digest: str) -> bool:
        """Tell whether bytes with this SHA-256 are kept."""
        return check_plain(self.find_blob_path(digest), inside=self._case_dir)

    def open_blob(self, digest: str) -> BufferedReader:
        """Open those bytes, unchecked, to be read; OSError where they are not kept."""
        return open_plain(self.find_blob_path(digest), inside=self._case_dir)

    def read_small(self, digest: str) -> bytes:
        """Read a blob without reading again what `verify` read of a few kilobytes.

        For what is asked of many small ones in a row: what is kept is of this very
        digest, whatever stands on the disk by now.
        """
        content = self._small.get(digest)
        return self.read_blob(digest) if content is None else content

    def read_blob(self, digest: str) -> bytes:
        """Read the bytes with this SHA-256; TamperError if they were changed."""
        try:
            content = self._read_case_file(self.find_blob_path(digest))
        except OSError as error:
            raise TamperError(damage.report_missing_blob(digest)) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise TamperError(damage.report_altered_blob(digest))
        return content

    def read_checkpoint(self) -> Checkpoint | None:
        """Read how far the log reaches, unverified; None of a log never written."""
        tip = self._read_tip()
        return None if tip is None else tip.signed.checkpoint

    def read_checkpoint_note(self) -> bytes:
        """Read the signed note of `read_checkpoint`; empty of a log never written."""
        tip = self._read_tip()
        return b"" if tip is None else tip.note.encode()

    def read_folded_checkpoint(self) -> Checkpoint | None:
        """Read how far tiles and checkpoint reach, which no power cut takes back.

        Of what is written this very moment `read_checkpoint` may tell already.
        """
        text = self._read_folded_text()
        return None if text is None else self._parse_checkpoint(text).checkpoint

    def load_tiles(self) -> Tiles:
        """Load the log as far as `read_checkpoint` says, for proofs.

        Raises BrokenTileError when a tile that it grows from is damaged.
        """
        tip = self._read_tip()
        if tip is None:
            return self._open_tiles(0)
        tiles = self._open_tiles(tip.announced.after.size)
        commitments = tip.announced.list_commitments(tip.signed.checkpoint.size)
        if commitments:
            tiles, fresh = append_entries(tiles, commitments)
            tiles.hold(fresh)
        return tiles

    def list_rotations(self) -> Sequence[str]:
        """List the notes by which one signer of the log named the next."""
        return [
            self._read_case_file(path).decode()
            for path in self.list_log_files("rotations")
            if path.suffix != ".new"
        ]

    def list_tokens(self) -> Sequence[tuple[bytes, bytes]]:
        """List the checkpoints that an authority stamped, each with its token."""
        return [
            (
                self._read_case_file(path.with_suffix(".checkpoint")),
                self._read_case_file(path),
            )
            for path in self.list_log_files("times")
            if path.suffix == ".tsr"
        ]

    def list_signers(self) -> Sequence[Verifier]:
        """List who may have signed the log, as it lists them; empty without a log."""
        return () if self._read_folded_text() is None else tuple(self._read_signers())

    def is_signed_by(self, signer: Verifier) -> bool:
        """Tell whether a key signed the checkpoint of now."""
        tip = self._read_tip()
        return tip is not None and tip.signed.is_signed_by(signer)

    def read_erased(self) -> WithheldEntries:
        """Read the entries erased for a person's sake, as the log's signer says.

        Raises TamperError when the note is not what a signer of this log signed.
        """
        try:
            text = self._read_case_file(self.log_folder / ERASED_FILE).decode()
        except FileNotFoundError:
            return NOTHING_WITHHELD
        except (OSError, UnicodeDecodeError) as error:
            raise TamperError(damage.BROKEN_ERASED) from error
        body, _, tail = text.rpartition("\n\n")
        lines = body.split("\n")
        signers = self._read_signers()
        try:
            signed = any(verify_note(body + "\n", tail, signer) for signer in signers)
            entries = frozenset(
                int(number) for number in json.loads(lines[2])["entries"]
            )
        except (BrokenNoteError, ValueError, KeyError, TypeError, IndexError) as error:
            raise TamperError(damage.BROKEN_ERASED) from error
        if not signed or lines[1] != ERASED:
            raise TamperError(damage.BROKEN_ERASED)
        return WithheldEntries(entries=entries)

    def verify(
        self,
        *,
        trusted: Sequence[Verifier] | None = None,
        withheld: WithheldEntries = NOTHING_WITHHELD,
    ) -> Verified | None:
        """Recompute everything; None when nothing was ever recorded.

        Raises TamperError that names each damaged part. Without `trusted`, believes
        the signers that the log itself lists, so that only a rewriting of the whole
        log by somebody else would go unseen.
        """
        while True:
            state = self._read_state()
            try:
                return self._verify_state(*state, trusted, withheld)
            except TamperError:
                # Somebody recorded more meanwhile: what was compared is no more.
                if state == self._read_state():
                    raise

    def _verify_state(
        self,
        intent: bytes,
        text: str | None,
        trusted: Sequence[Verifier] | None,
        withheld: WithheldEntries,
    ) -> Verified | None:
        if text is None:
            if (self.folder / ENTRIES_FILE).exists():
                raise TamperError(damage.MISSING_CHECKPOINT)
            return None
        signed = self._parse_checkpoint(text)
        signers = self._read_signers() if trusted is None else trusted
        erased = self.read_erased()
        withheld = replace(withheld, entries=withheld.entries | erased.entries)
        issues: list[Issue] = []
        signer = _find_signer(signed, signers)
        folded = signed.checkpoint
        lines, _, _ = self._read_lines(folded.size, issues)
        self._verify_lines(lines[: folded.size], folded, issues)
        issues += [
            damage.report_withheld_entry(line.number)
            for line in lines
            if line is not None
            and line.content is None
            and line.number not in withheld.entries
        ]
        announced = self._verify_beyond(
            lines, read_announced(intent, folded), signers, issues
        )
        if (last := announced.find_last(len(lines))) is not None:
            signed, signer = last.signed, _find_signer(last.signed, signers)
        blobs = self._verify_blobs(lines, withheld, issues)
        if issues:
            raise TamperError(*issues)
        tip = signed.checkpoint
        return Verified(
            origin=tip.origin,
            size=tip.size,
            root=tip.root,
            signer=signer,
            blobs=blobs,
            pending=len(lines) - tip.size,
            withheld=withheld,
        )

    # Reading

    def _load_log(self) -> None:
        """Load and check the log once; TamperError where it was altered."""
        if self._lines:
            return
        issues: list[Issue] = []
        checkpoint = self.read_folded_checkpoint()
        size = 0 if checkpoint is None else checkpoint.size
        parsed = parse_lines(self._read_entries())
        loaded = _LOADED.find((id(parsed), size))
        if loaded is None or loaded.parsed is not parsed:
            lines, _ = self._check_lines(parsed, size, issues)
            items: list[Item] = []
            for line in lines:
                try:
                    item = None if line is None else line.decode_item()
                except BrokenEntryError:
                    number = 0 if line is None else line.number
                    issues.append(damage.report_altered_entry(number))
                else:
                    items += [] if item is None else [item]
            if issues:
                raise TamperError(*issues)
            whole = tuple(line for line in lines if line is not None)
            loaded = _LoadedLog(parsed=parsed, lines=whole, items=tuple(items))
            if len(whole) <= MOST_LINES // MOST_LOGS:
                _LOADED.keep((id(parsed), size), loaded)
        self._lines, self._items = [*loaded.lines], [*loaded.items]

    def _read_entries(self) -> bytes:
        try:
            return self._read_case_file(self.folder / ENTRIES_FILE)
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise CaseError(damage.report_unreadable(self.folder, error)) from error

    def _read_lines(
        self, size: int, issues: list[Issue]
    ) -> tuple[list[LogLine | None], int, bytes]:
        """The entries, where they end, and what a crash left torn after them.

        A damaged line that the log of `size` covers is None and an issue; after that,
        it is torn.
        """
        content = self._read_entries()
        lines, end = self._check_lines(parse_lines(content), size, issues)
        return lines, end, content[end:]

    def _check_lines(
        self, parsed: ParsedLines, size: int, issues: list[Issue]
    ) -> tuple[list[LogLine | None], int]:
        """The entries and where they end; see `_read_lines`.

        Of entries that were all moved alike, as behind one that was taken out, the
        first is named: hundreds of lines would say no more.
        """
        lines: list[LogLine | None] = []
        end = moved_by = 0
        for number, (line, after) in enumerate(parsed, start=1):
            if line is None:
                if number > size:
                    break
                issues.append(damage.report_altered_entry(number))
            elif line.number - number != moved_by:
                moved_by = line.number - number
                if moved_by:
                    issues.append(damage.report_misplaced_entry(number, line.number))
            lines.append(line)
            end = after
        return lines, end

    def _read_tip(self) -> _Tip | None:
        """How far the log reaches, as it says itself; None of one never written."""
        intent, text = self._read_state()
        if text is None:
            return None
        signed = self._parse_checkpoint(text)
        announced = read_announced(intent, signed.checkpoint)
        if announced.batches:
            lines, _, _ = self._read_lines(signed.checkpoint.size, [])
            if (last := announced.find_last(len(lines))) is not None:
                return _Tip(announced=announced, signed=last.signed, note=last.note)
        return _Tip(announced=announced, signed=signed, note=text)

    def _read_state(self) -> tuple[bytes, str | None]:
        """The write-ahead file, and the checkpoint of what is folded, if any."""
        # In this order: what is folded in between is in the checkpoint then.
        try:
            intent = self._read_case_file(self.folder / INTENT_FILE)
        except FileNotFoundError:
            intent = b""
        return intent, self._read_folded_text()

    def _read_folded_text(self) -> str | None:
        try:
            return self._read_case_file(self.log_folder / "checkpoint").decode()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise TamperError(damage.BROKEN_CHECKPOINT) from error
        except OSError as error:
            raise CaseError(damage.report_unreadable(self.folder, error)) from error

    def _read_case_file(self, path: Path) -> bytes:
        """A file of the case; CaseError where it is a link, a pipe or the like."""
        return read_plain(path, inside=self._case_dir)

    def _open_tiles(self, size: int) -> Tiles:
        return Tiles(self.log_folder, size, inside=self._case_dir)

    def _parse_checkpoint(self, text: str) -> SignedCheckpoint:
        try:
            return SignedCheckpoint.parse(text)
        except BrokenNoteError as error:
            raise TamperError(damage.BROKEN_CHECKPOINT) from error

    def _read_signers(self) -> list[Verifier]:
        try:
            text = self._read_case_file(self.log_folder / "signers").decode()
            return [Verifier.parse(line) for line in text.splitlines()]
        except (OSError, UnicodeDecodeError, BrokenNoteError) as error:
            raise TamperError(damage.BROKEN_SIGNERS) from error

    # Verifying

    def _verify_lines(
        self,
        lines: Sequence[LogLine | None],
        checkpoint: Checkpoint,
        issues: list[Issue],
    ) -> None:
        """Compare entries with the tiles, and all tiles with the signed root."""
        tiles = self._open_tiles(checkpoint.size)
        recorded = self._read_commitments(tiles, issues)
        if len(lines) < checkpoint.size:
            issues.append(damage.report_lost_entries(len(lines), checkpoint.size))
        for line in lines:
            if line is None or not 0 < line.number <= len(recorded):
                continue
            # Also of one that was moved, which has been named: by the number it bears.
            if recorded[line.number - 1] != line.commitment:
                issues.append(damage.report_altered_entry(line.number))
        if len(recorded) == checkpoint.size:
            self._verify_tiles(recorded, checkpoint, issues)

    def _read_commitments(self, tiles: Tiles, issues: list[Issue]) -> list[bytes]:
        """Read the commitments in the entry tiles, up to the first damaged."""
        commitments: list[bytes] = []
        for number in range(-(-tiles.size // WIDTH)):
            try:
                entries = tiles.read_entries(number)
            except BrokenTileError as error:
                issues.append(damage.report_damaged_tile(error.path))
                break
            if any(len(entry) not in COMMITMENT_BYTES for entry in entries):
                path = make_tile_path(ENTRIES, number, len(entries))
                issues.append(damage.report_damaged_tile(path))
                break
            commitments += entries
        return commitments

    def _verify_tiles(
        self, recorded: Sequence[bytes], checkpoint: Checkpoint, issues: list[Issue]
    ) -> None:
        """Rebuild every hash tile from the commitments and compare it with the disk."""
        rebuilt = rebuild_tiles(self._open_tiles(0), recorded)
        if rebuilt.root != checkpoint.root:
            issues.append(damage.ROOT_DIFFERS)
        for path, content in rebuilt.files.items():
            try:
                same = self._read_case_file(self.log_folder / path) == content
            except OSError:
                same = False
            if not same:
                issues.append(damage.report_damaged_tile(path))

    def _verify_beyond(
        self,
        lines: Sequence[LogLine | None],
        announced: Announced,
        signers: Sequence[Verifier],
        issues: list[Issue],
    ) -> Announced:
        """Entries after what is folded must be what signed batches announced.

        Gives the batches that somebody signed for.
        """
        size = announced.after.size
        verified = verify_announced(announced, self._open_tiles(size), signers)
        commitments = verified.list_commitments()
        issues += [
            damage.report_unsigned_entry(size + place + 1)
            for place, line in enumerate(lines[size:])
            if line is None
            or place >= len(commitments)
            or line.commitment != commitments[place]
        ]
        if size <= len(lines) < (least := verified.compute_least_size()):
            issues.append(damage.report_lost_entries(len(lines), least))
        return verified

    def _verify_blobs(
        self,
        lines: Sequence[LogLine | None],
        withheld: WithheldEntries,
        issues: list[Issue],
    ) -> int:
        count = 0
        for line in lines:
            if line is None:
                continue
            try:
                item = line.decode_item()
            except BrokenEntryError:
                issues.append(damage.report_altered_entry(line.number))
                continue
            if not isinstance(item, Blob):
                continue
            count += 1
            try:
                content = self.read_blob(item.digest)
                if item.size <= SMALL:
                    self._small[item.digest] = content
            except TamperError as error:
                absent = not self.has_blob(item.digest)
                if not (absent and item.digest in withheld.blobs):
                    issues.extend(error.issues)
        return count


def _find_signer(signed: SignedCheckpoint, signers: Sequence[Verifier]) -> Verifier:
    """Who of the signers signed it; TamperError where none did."""
    for verifier in signers:
        if signed.is_signed_by(verifier):
            return verifier
    raise TamperError(damage.UNKNOWN_SIGNATURE)
