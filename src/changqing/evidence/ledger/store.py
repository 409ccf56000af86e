"""The one writer of a case's evidence.

Nothing is ever rewritten. An append first announces in the signed write-ahead file
(`intent`) every entry it will add, then writes the entries, each with one flush. Tiles
and checkpoint follow when the store is closed, or the file grows long; whatever a crash
leaves is completed, or set aside, by the next writer. Entries that neither a signed
intent nor a checkpoint covers are tampering.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from changqing.disk import NOTHING_LOST, Disk, only_writer
from changqing.errors import CaseError, Issue, TamperError, make_disk_issue
from changqing.evidence.ledger import damage
from changqing.evidence.ledger.codec import encode
from changqing.evidence.ledger.entry import (
    MARK_SALT_BYTES,
    SALT_BYTES,
    LogLine,
    find_marked,
    make_line,
    write_line,
)
from changqing.evidence.ledger.heads import Head
from changqing.evidence.ledger.intent import LogWriter, read_announced
from changqing.evidence.ledger.items import Blob, Item
from changqing.evidence.ledger.log import BrokenTileError, Tiles
from changqing.evidence.ledger.memory import Memory
from changqing.evidence.ledger.merkle import EMPTY_ROOT
from changqing.evidence.ledger.note import (
    Checkpoint,
    Entropy,
    SigningKey,
    Verifier,
    read_rotation,
)
from changqing.evidence.ledger.ownership import (
    check_log_seen,
    find_successors,
    list_keys,
    make_seen_log,
    read_hand_overs,
    write_hand_over,
)
from changqing.evidence.ledger.recorded import ENTRIES_FILE, Evidence
from changqing.jsondata import JsonObject
from changqing.text import Text

SET_ASIDE: Final = "set_aside"
_ORIGIN_BYTES: Final = 16
_NOTE: Final = re.compile(rb"changqing ([a-z-]{1,20}) [0-9]+\n")
"""How our own notes begin that are kept as bytes."""


class Store(Evidence):
    """The recorded evidence of a case, to be added to; use it in a `with`.

    Opening takes the case's lock (CaseError when another process has it), completes
    what a crash cut short, and checks that the log's tip is what was signed, and the
    log the one that this machine saw here before (TamperError otherwise). The first
    entry that a key adds to the log of another says so.
    """

    def __init__(
        self,
        case_dir: Path,
        key: SigningKey,
        *,
        entropy: Entropy = secrets.token_bytes,
        disk: Disk | None = None,
    ) -> None:
        super().__init__(case_dir)
        self._key = key
        self._entropy = entropy
        self._disk = replace(Disk() if disk is None else disk, inside=case_dir)
        self._held = ExitStack()
        self._whole = False
        self._blobs: set[str] = set()
        self._salts: dict[tuple[str, str], bytes] = {}
        self._taken_from: Verifier | None = None
        self._stamped: dict[str, Head] = {}
        home = key.home
        self._memory = None if home is None else Memory.open_within(home)
        try:
            self._disk.make_folder(self.folder)
            lock = only_writer(self.folder / "lock", inside=case_dir)
            self._held.enter_context(lock)
            self._compare_with_memory()
            self._recover_state()
            self._taken_from = self._find_previous_owner()
        except OSError as error:
            self._held.close()
            raise _make_refusal(self.folder, error) from error
        except BaseException:
            self._held.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the case, so that another may write; remember how far it came."""
        try:
            if self._whole:
                # All is recorded already: what cannot be folded now is the next time.
                with suppress(OSError):
                    self._log.fold()
            if self._memory is not None and self._whole:
                log_seen = replace(make_seen_log(self), heads=self._stamped)
                self._memory.remember(self._case_dir, log_seen)
        finally:
            self._held.close()

    @property
    def verifier(self) -> Verifier:
        """What others need to check what this store signs."""
        return self._key.make_verifier(self._log.checkpoint.origin)

    def keep(self, content: bytes) -> str:
        """Keep bytes, and record that they are kept; gives their SHA-256.

        Bytes that are kept already are not recorded again.
        """
        self.append((), blobs=(content,))
        return hashlib.sha256(content).hexdigest()

    def append(
        self, items: Iterable[Item], *, blobs: Iterable[bytes] = ()
    ) -> tuple[Item, ...]:
        """Record items, and `blobs` before them; gives the items with their numbers.

        All is on disk and signed for when this returns. After a crash before that, a
        beginning of them may have been recorded. Raises CaseError when the disk
        refuses.
        """
        new_items, new_blobs = tuple(items), tuple(blobs)
        try:
            if not self._whole:
                self._recover_state()
            # Until all is done, memory and disk may differ (a full disk, say): the next
            # append then begins as after a crash.
            self._whole = False
            if self._taken_from is not None and (new_items or new_blobs):
                new_blobs = (self._hand_over_note(self._taken_from), *new_blobs)
            numbered = self._append([*self._write_blobs(new_blobs), *new_items])
            if new_blobs or new_items:
                self._taken_from = None
        except OSError as error:
            raise _make_refusal(self.folder, error) from error
        # All is recorded already: a refusal would have it recorded twice.
        with suppress(OSError):
            self._log.fold_when_long()
            self._whole = True
        return numbered[len(numbered) - len(new_items) :]

    def take_over(self) -> None:
        """Say in the log that this key goes on with it, if another one began it."""
        if self._taken_from is not None:
            self.append((), blobs=[self._hand_over_note(self._taken_from)])

    def stamp(self, checkpoint: bytes, token: bytes) -> None:
        """Keep the token that an authority gave for a checkpoint of this log."""
        place = self.log_folder / "times"
        number = len(self.list_tokens()) + 1
        # The token last, for by it the pair is found: after a crash in between, the
        # next stamp has the same number and writes over the checkpoint without one.
        try:
            self._disk.replace(place / f"{number:04d}.checkpoint", checkpoint)
            self._disk.replace(place / f"{number:04d}.tsr", token)
        except OSError as error:
            raise _make_refusal(self.folder, error) from error
        for kind, content in (("checkpoint", checkpoint), ("tsr", token)):
            name = (place / f"{number:04d}.{kind}").relative_to(self._case_dir)
            digest = hashlib.sha256(content).hexdigest()
            self._stamped[name.as_posix()] = Head(lines=None, digest=digest)

    # Opening

    def _compare_with_memory(self) -> None:
        """Raise, before anything is signed, unless it is the log that was seen here."""
        if self._memory is None:
            return
        log_seen = self._memory.recall(self._case_dir)
        check_log_seen(self, log_seen, list_keys(self._key))

    def _find_previous_owner(self) -> Verifier | None:
        """The key that this one takes the log over from; None where it is its own."""
        first, *_ = signers = self._read_signers()
        mine = self._key.make_verifier(first.name)
        if mine.public in find_successors([first.public], self.list_rotations()):
            return None
        if any(hand_over.after == mine for hand_over in read_hand_overs(self)):
            return None
        others = [signer for signer in signers if signer != mine]
        return others[-1]

    def _hand_over_note(self, before: Verifier) -> bytes:
        return write_hand_over(self._log.checkpoint, before, self.verifier)

    def _recover_state(self) -> None:
        """Bring memory and disk to one state: what is recorded, and nothing half."""
        self._lines, self._items = [], []
        folded = self._begin_log()
        tiles = self._open_tip(folded)
        self._log = LogWriter(self.folder, self._key, self._disk, folded, tiles)
        self._complete_entries(folded)
        self._load_log()
        self._blobs = {item.digest for item in self._items if isinstance(item, Blob)}
        self._salts = _find_salts(self._lines)
        self._log.prune()
        self._whole = True

    def _begin_log(self) -> Checkpoint:
        """Return the checkpoint of what is folded; a new log's is that of size 0."""
        text = self._read_folded_text()
        if text is not None:
            signed = self._parse_checkpoint(text)
            signers = self._read_signers()
            if not any(signed.is_signed_by(signer) for signer in signers):
                raise TamperError(damage.UNKNOWN_SIGNATURE)
            mine = self._key.make_verifier(signed.checkpoint.origin)
            # Listed before it signs: the other way round, a crash would leave a
            # checkpoint of a key that is not on the list, which is tampering.
            if mine not in signers:
                self._hand_over(signers)
                self._list_signers([*signers, mine])
            return signed.checkpoint
        # A new log signs for no entries before it writes the first, so no crash leaves
        # entries without a checkpoint: somebody removed it.
        if (self.folder / ENTRIES_FILE).exists():
            raise TamperError(damage.MISSING_CHECKPOINT)
        origin = f"changqing/case/{self._entropy(_ORIGIN_BYTES).hex()}"
        self._list_signers([self._key.make_verifier(origin)])
        empty = Checkpoint(origin, 0, EMPTY_ROOT)
        note = self._key.sign(empty.format_body(), origin)
        self._disk.replace(self.log_folder / "checkpoint", note.encode())
        return empty

    def _hand_over(self, signers: Sequence[Verifier]) -> None:
        """Keep the notes that lead from a signer of this log to its new one."""
        named_keys = {signer.public for signer in signers}
        for number, note in enumerate(self._key.succeeds, start=1):
            before, after = read_rotation(note)
            if before in named_keys:
                named_keys.add(after)
                path = self.log_folder / "rotations" / f"{number:04d}"
                self._disk.replace(path, note.encode())

    def _list_signers(self, signers: Sequence[Verifier]) -> None:
        text = "".join(f"{signer}\n" for signer in signers)
        self._disk.replace(self.log_folder / "signers", text.encode())

    def _open_tip(self, checkpoint: Checkpoint) -> Tiles:
        tiles = self._open_tiles(checkpoint.size)
        try:
            same = tiles.compute_root() == checkpoint.root
        except BrokenTileError as error:
            raise TamperError(damage.report_damaged_tile(error.path)) from error
        if not same:
            raise TamperError(damage.ROOT_DIFFERS)
        return tiles

    def _complete_entries(self, folded: Checkpoint) -> None:
        """Fold what a crash left written but not folded; set aside what is torn."""
        issues: list[Issue] = []
        lines, end, tail = self._read_lines(folded.size, issues)
        if len(lines) < folded.size:
            issues.append(damage.report_lost_entries(len(lines), folded.size))
        intent, _ = self._read_state()
        announced = read_announced(intent, folded)
        self._verify_beyond(lines, announced, self._read_signers(), issues)
        if issues:
            raise TamperError(*issues)
        beyond = [line.commitment for line in lines[folded.size :] if line is not None]
        # What is torn is copied away before it is cut off, and what is whole is in the
        # intent already: a crash in here leaves no less, and is put right the same way.
        if tail:
            self._set_aside(len(lines), tail)
            self._disk.cut(self.folder / ENTRIES_FILE, end)
        if beyond:
            self._log.lengthen(beyond)
            self._log.fold()

    def _set_aside(self, number: int, tail: bytes) -> None:
        folder = self.folder / SET_ASIDE
        place = 1
        while (path := folder / f"after-{number:04d}-{place}").exists():
            place += 1
        self._disk.replace(path, tail)

    # Adding

    def _write_blobs(self, blobs: Iterable[bytes]) -> Iterator[Blob]:
        """Write bytes that are new, and give what to record of them."""
        fresh: set[str] = set()
        for content in blobs:
            digest = hashlib.sha256(content).hexdigest()
            if digest in self._blobs or digest in fresh:
                continue
            fresh.add(digest)
            # Before the entry: bytes that no entry names do no harm, an entry whose
            # bytes never came would be damage for good.
            self._disk.replace(self.find_blob_path(digest), content)
            note = _NOTE.match(content)
            kind = None if note is None else note[1].decode()
            yield Blob(digest=digest, size=len(content), what=kind)

    def _append(self, items: Sequence[Item]) -> tuple[Item, ...]:
        if not items:
            return ()
        first = self._log.checkpoint.size + 1
        lines = [
            make_line(
                content, number, self._entropy(SALT_BYTES), self._derive_salts(content)
            )
            for number, content in enumerate(map(encode, items), start=first)
        ]
        self._log.announce([line.commitment for line in lines])
        text = b"".join(write_line(line) for line in lines)
        self._disk.append(self.folder / ENTRIES_FILE, text)
        numbered = tuple(
            replace(item, number=number)
            for number, item in enumerate(items, start=first)
        )
        self._lines += lines
        self._items += numbered
        self._blobs |= {item.digest for item in numbered if isinstance(item, Blob)}
        return numbered

    def _derive_salts(self, content: JsonObject) -> dict[str, bytes]:
        """The salts of an entry's opaque ids: of one subject always the same."""
        salts = {}
        for name, text in find_marked(content).items():
            if (name, text) not in self._salts:
                self._salts[name, text] = self._entropy(MARK_SALT_BYTES)
            salts[name] = self._salts[name, text]
        return salts


def _find_salts(lines: Iterable[LogLine]) -> dict[tuple[str, str], bytes]:
    """The salts that a log has used, by name and by what they make opaque.

    Those of what was erased are gone with it, so that nobody can test a guess.
    """
    salts = {}
    for line in lines:
        if line.content is not None and line.salts is not None:
            for name, text in find_marked(line.content).items():
                salts[name, text] = line.salts[name]
    return salts


def _make_refusal(folder: Path, error: OSError) -> CaseError:
    return CaseError(make_disk_issue(folder, error, _REFUSED, NOTHING_LOST))


_REFUSED: Final = Text(zh="证据写不下", en="the evidence cannot be written")
