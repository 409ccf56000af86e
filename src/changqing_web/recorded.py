"""The recorded evidence of a case, verified, and kept until one of its files changes.

Verifying reads and hashes everything that was ever recorded. It is done again when any
file below `evidence/` is another by size, times or inode; the time of a change cannot
be set back by whoever alters a file, so that nothing altered is taken for verified.
"""

from __future__ import annotations

import base64
import hashlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from changqing.case.folder import EVIDENCE_FOLDER
from changqing.errors import ChangqingError, Issue
from changqing.evidence.ledger.items import Blob, Item
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.model import Record, SourceKind
from changqing.evidence.screenshots import Screenshot, list_screenshots
from changqing.integrity import check_integrity
from changqing.text import Text
from changqing_web.cases import find_key_path

_CASES: Final = 32  # of which the verified evidence is kept
_SETTLED: Final = 2.0  # seconds after which a second change has a time of its own

Identity = tuple[tuple[str, int, int, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """The evidence log as it was recomputed, or what is wrong with it."""

    size: int = 0
    root: str = ""
    signer: str = ""
    fingerprint: str = ""
    blobs: int = 0
    erased: int = 0
    stamped: int = 0
    owners: tuple[Text, ...] = ()
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenCapture:
    """One capture: its bytes by digest, who looked, and the records read from it."""

    digest: str
    name: str
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What was captured at one time."""

    at: datetime
    seen: tuple[SeenCapture, ...]

    @property
    def count(self) -> int:
        """How many things were seen in all."""
        return sum(len(capture.records) for capture in self.seen)

    def list_unlike(self, before: Visit) -> frozenset[Record]:
        """List what is not as it was seen before, or was not seen then."""
        was = {
            (r.subject, r.fact): r.value
            for capture in before.seen
            for r in capture.records
        }
        return frozenset(
            record
            for capture in self.seen
            for record in capture.records
            if was.get((record.subject, record.fact)) != record.value
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvidence:
    """What is recorded: the log, None while there is none, and visits, latest first.

    `digests` has what the file of each paper was when it was recorded last.
    """

    log: LogState | None
    visits: tuple[Visit, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    screenshots: tuple[Screenshot, ...] = ()


def read_recorded_evidence(folder: Path) -> RecordedEvidence:
    """Read the verified evidence of a case.

    Verified again when a file of it changed.
    """
    identity = _identify_evidence(folder)
    newest = max((entry[2] for entry in identity), default=0) / 1_000_000_000
    if time.time() - newest < _SETTLED:
        return _verify_folder(folder)
    return _remember_verified(folder, identity)


@lru_cache(maxsize=_CASES)
def _remember_verified(folder: Path, identity: Identity) -> RecordedEvidence:
    del identity
    return _verify_folder(folder)


def _identify_evidence(folder: Path) -> Identity:
    """Every file of the evidence: its name, changed, written, size and inode."""
    return tuple(sorted(_walk_files(str(folder / EVIDENCE_FOLDER))))


def _walk_files(place: str) -> Iterator[tuple[str, int, int, int, int]]:
    try:
        entries = list(os.scandir(place))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk_files(entry.path)
        elif entry.name != "lock":
            with suppress(FileNotFoundError):  # written, and moved into its place
                yield _identify_file(entry.path, entry.stat())


def _identify_file(path: str, stat: os.stat_result) -> tuple[str, int, int, int, int]:
    return path, stat.st_ctime_ns, stat.st_mtime_ns, stat.st_size, stat.st_ino


def _verify_folder(folder: Path) -> RecordedEvidence:
    evidence = Evidence(folder)
    try:
        checked = check_integrity(folder, key=find_key_path())
        verified = checked.verified
        if verified is None:
            return RecordedEvidence(log=None)
        log = LogState(
            size=verified.size,
            root=base64.b64encode(verified.root).decode(),
            signer=verified.signer.name,
            fingerprint=hashlib.sha256(verified.signer.public).hexdigest(),
            blobs=verified.blobs,
            erased=len(verified.withheld.entries),
            stamped=len(evidence.list_tokens()),
            owners=(*checked.notices, *checked.copies),
        )
        items = evidence.list_items()
        return RecordedEvidence(
            log=log,
            visits=_collect_visits(items),
            digests=_collect_paper_digests(items),
            screenshots=tuple(list_screenshots(evidence)),
        )
    except ChangqingError as error:
        return RecordedEvidence(log=LogState(issues=tuple(error.issues)))


def _collect_visits(items: Sequence[Item]) -> tuple[Visit, ...]:
    """What probes captured, with what was read from each capture."""
    bytes_of = {item.digest for item in items if isinstance(item, Blob)}
    records_by_capture: dict[datetime, dict[str, list[Record]]] = {}
    for item in items:
        if not isinstance(item, Record) or item.source.kind is not SourceKind.PROBE:
            continue
        if item.digest is not None and item.digest in bytes_of:
            records_by_capture.setdefault(item.observed_at, {}).setdefault(
                item.digest, []
            ).append(item)
    return tuple(
        Visit(
            at=at,
            seen=tuple(
                SeenCapture(
                    digest=digest,
                    name=records[0].source.name,
                    records=tuple(records),
                )
                for digest, records in records_by_capture[at].items()
            ),
        )
        for at in sorted(records_by_capture, reverse=True)
    )


def _collect_paper_digests(items: Sequence[Item]) -> dict[str, str]:
    return {
        item.source.name: item.digest
        for item in items
        if isinstance(item, Record)
        and item.source.kind is SourceKind.PAPER
        and item.digest is not None
    }
