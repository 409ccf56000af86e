"""What this machine remembers of the cases it has seen, beside its signing key.

```
known/cases/<digest of the folder's path>.json   the case as it was seen there last
known/origins/<digest of a log's origin>.json    the folders in which that log was seen
```
A log vouches for its own entries, and for neither its length nor its owner: a shorter
copy of it, or another one under another key, verifies as well. So the last checkpoint
that was seen in a folder is remembered where whoever alters the folder does not reach.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from changqing.disk import Disk
from changqing.errors import Issue, TamperError
from changqing.evidence.ledger.heads import Head, decode_heads, encode_heads
from changqing.text import Text

_POLL: Final = 0.005  # seconds between two tries for the lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A case as it was seen: its log's checkpoint and signers, and its other files.

    `origin` is empty where nothing was recorded yet; `signers` are public keys, hex;
    `root` is hex.
    """

    origin: str = ""
    size: int = 0
    root: str = ""
    signers: frozenset[str] = frozenset()
    heads: Mapping[str, Head] = field(default_factory=dict)


class Memory:
    """The memory in one folder; what cannot be written is not remembered."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @staticmethod
    def open_beside(key: Path) -> Memory:
        """Open the memory that belongs to the signing key at `key`."""
        return Memory.open_within(key.parent)

    @staticmethod
    def open_within(home: Path) -> Memory:
        """Open the memory in the folder that a signing key lies in."""
        return Memory(home / "known")

    def recall(self, case_dir: Path) -> Seen | None:
        """Recall the case as it was seen in this folder last; None if never.

        Raises TamperError when what is remembered cannot be read.
        """
        path = self._locate_case_file(case_dir)
        try:
            data = json.loads(path.read_bytes())
            return Seen(
                origin=str(data["origin"]),
                size=int(data["size"]),
                root=str(data["root"]),
                signers=frozenset(map(str, data["signers"])),
                heads=decode_heads(data["heads"]),
            )
        except FileNotFoundError:
            return None
        except _BROKEN as error:
            raise TamperError(
                Issue(text=_UNREADABLE, path=str(path), hint=_ACCEPT)
            ) from error

    def remember(self, case_dir: Path, log_seen: Seen) -> bool:
        """Remember a case that was checked; False where it cannot be written.

        Of two that saw it at once the longer memory stays.
        """
        try:
            with self._hold_for_writing():
                before = self._recall_unless_damaged(case_dir)
                if before is not None and (
                    before.origin == log_seen.origin
                    or not log_seen.origin
                    or not before.origin
                ):
                    log_seen = _merge_later(before, log_seen)
                if log_seen != before:
                    self._write_seen(case_dir, log_seen)
        except OSError:
            return False
        return True

    def replace(self, case_dir: Path, seen: Seen) -> None:
        """Remember a case as it is now, whatever was before; OSError if it fails."""
        with self._hold_for_writing():
            self._write_seen(case_dir, seen)

    def forget(self, case_dir: Path) -> None:
        """Forget what stood in a folder: another case begins there."""
        self._locate_case_file(case_dir).unlink(missing_ok=True)

    def list_other_folders(self, origin: str, case_dir: Path) -> tuple[Path, ...]:
        """List the other folders in which a log of this origin was and still is."""
        here = _spell_path(case_dir)
        return tuple(
            Path(path)
            for path in self._list_places(origin)
            if path != here and Path(path).is_dir()
        )

    def _recall_unless_damaged(self, case_dir: Path) -> Seen | None:
        try:
            return self.recall(case_dir)
        except TamperError:
            return None

    def _write_seen(self, case_dir: Path, log_seen: Seen) -> None:
        data = {
            "path": _spell_path(case_dir),
            "origin": log_seen.origin,
            "size": log_seen.size,
            "root": log_seen.root,
            "signers": sorted(log_seen.signers),
            "heads": encode_heads(log_seen.heads),
        }
        disk = Disk()
        if log_seen.origin:
            places = self._list_places(log_seen.origin)
            if data["path"] not in places:
                listed = _encode_json([*places, data["path"]])
                disk.replace(self._locate_origin_file(log_seen.origin), listed)
        disk.replace(self._locate_case_file(case_dir), _encode_json(data))

    def _list_places(self, origin: str) -> list[str]:
        try:
            places = json.loads(self._locate_origin_file(origin).read_bytes())
        except (OSError, ValueError, RecursionError):
            return []
        return [str(place) for place in places] if isinstance(places, list) else []

    def _locate_case_file(self, case_dir: Path) -> Path:
        return self.folder / "cases" / f"{_compute_digest(_spell_path(case_dir))}.json"

    def _locate_origin_file(self, origin: str) -> Path:
        return self.folder / "origins" / f"{_compute_digest(origin)}.json"

    @contextmanager
    def _hold_for_writing(self) -> Iterator[None]:
        """Wait for whoever else remembers something, which takes no time."""
        from filelock import lock_descriptor  # only who writes pays for it

        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            lock_descriptor(descriptor, poll_interval=_POLL)
            yield
        finally:
            os.close(descriptor)


def _merge_later(before: Seen, now: Seen) -> Seen:
    """The longer of two memories of one case, file by file."""
    longer = now if now.size >= before.size else before
    heads = dict(before.heads)
    for name, head in now.heads.items():
        head_before = heads.get(name)
        if head_before is None or (head.lines or 0) >= (head_before.lines or 0):
            heads[name] = head
    return Seen(
        origin=now.origin or before.origin,
        size=longer.size,
        root=longer.root,
        signers=before.signers | now.signers,
        heads=heads,
    )


def _spell_path(case_dir: Path) -> str:
    return str(case_dir.resolve())


def _compute_digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:40]


def _encode_json(data: object) -> bytes:
    return json.dumps(data, indent=1, sort_keys=True).encode() + b"\n"


_BROKEN: Final = (
    ArithmeticError,
    AttributeError,
    KeyError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
_UNREADABLE: Final = Text(
    zh="本机记下的这个项目上一次的样子读不出来",
    en="what this machine remembers of the case cannot be read",
)
_ACCEPT: Final = Text(
    zh="查明项目无误后，用changqing accept 项目 重新记下",
    en="see that the case is in order, then have it remembered anew: changqing accept "
    "CASE",
)
