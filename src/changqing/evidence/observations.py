"""Observations of services over time: sorted Parquet, a batch a file.

```
evidence/history/<SHA-256 of the file>.parquet
```
A batch is never rewritten. Its digest goes to the evidence log, in a note of a few
words that the log keeps as bytes; so does that of a merged file, with what it merged.
A row that stands in two files is one row: a crash while merging loses nothing and
tells nothing twice.

Polars reads and writes, and is imported when first needed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from io import BytesIO
from itertools import starmap
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from changqing.case.folder import EVIDENCE_FOLDER
from changqing.case.subjects import Subject
from changqing.disk import NOTHING_LOST, Disk, only_writer
from changqing.errors import (
    CaseError,
    ChangqingError,
    Issue,
    TamperError,
    make_disk_issue,
)
from changqing.evidence.ledger.items import Blob
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import Record
from changqing.latest import Latest
from changqing.plainfile import check_plain, read_plain
from changqing.text import Text

if TYPE_CHECKING:
    import polars

HISTORY: Final = "history"
_ROWS_A_GROUP: Final = 1 << 15
_MOST_BATCHES: Final = 64
_NOTE: Final = "changqing/observations"
_MOST_NOTE: Final = 1 << 20  # bytes
_COLUMNS: Final = ("type", "id", "kind", "at", "value", "detail", "source", "digest")


class ObservationKind(StrEnum):
    """What a row tells, and what its value counts.

    `check`: 1 the service answered, 0 it did not. `blind`: seconds from `at` in which
    our own observer was not shown to work. `publication`: nothing; `at` is the item's
    date. `registration`, `certificate`: its last day, counted from 1970-01-01.
    `staff_month`, `insured_month`: people in the month that begins at `at`. `cash`,
    `result_month`: fen. `reply`: minutes until a person answered.
    """

    CHECK = "check"
    BLIND = "blind"
    PUBLICATION = "publication"
    REGISTRATION = "registration"
    CERTIFICATE = "certificate"
    STAFF_MONTH = "staff_month"
    INSURED_MONTH = "insured_month"
    CASH = "cash"
    RESULT_MONTH = "result_month"
    REPLY = "reply"


_KINDS: Final = {kind.value: kind for kind in ObservationKind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thing seen of one subject. `at` has a zone, and is kept to the second.

    `source` says where it was seen, `digest` is the SHA-256 of the bytes, where kept.
    """

    subject: Subject
    kind: ObservationKind
    at: datetime
    source: str
    value: int | None = None
    detail: str | None = None
    digest: str | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError(self.at)
        if self.at.tzinfo is not UTC or self.at.microsecond:
            at = self.at.astimezone(UTC).replace(microsecond=0)
            object.__setattr__(self, "at", at)


_MOST_KEPT: Final = 5_000
_READ: Final[Latest[tuple[bytes, ...], tuple[Observation, ...]]] = Latest(most=8)
"""The rows of histories read lately, by the digests of all their files' bytes."""


class Observations:
    """The observations of one case. Reading takes no lock."""

    def __init__(self, case_dir: Path, *, disk: Disk | None = None) -> None:
        self._case_dir = case_dir
        self.folder = case_dir / EVIDENCE_FOLDER / HISTORY
        self._disk = replace(Disk() if disk is None else disk, inside=case_dir)

    def append(
        self, rows: Iterable[Observation], *, now: datetime, store: Store | None = None
    ) -> str | None:
        """Write rows as one batch, all or nothing; its digest, None without rows.

        With `store`, the case's open evidence, the digest is logged, and those of
        batches that a crash, or a writer without a store, left unlogged. Where there
        are many batches by now they are merged, as `merge_batches` does.
        """
        new_rows = sorted({_to_tuple(row) for row in rows}, key=_make_sort_key)
        with self._hold_for_writing():
            digest = (
                self._write_file(_build_frame(new_rows), now, ()) if new_rows else None
            )
            if store is not None:
                self._log_digests(store)
            if len(self._list_files()) > _MOST_BATCHES:
                self._merge_files(now, store)
        return digest

    def read(
        self,
        subject: Subject | None = None,
        kind: ObservationKind | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> tuple[Observation, ...]:
        """Read rows by subject, kind and time; from `since` on, and before `until`.

        Both times have a zone. Oldest first within a subject and kind, each row once.
        Raises TamperError when a file is no file of ours.
        """
        if (subject, kind, since, until) == (None, None, None, None):
            return self._read_whole()
        pl = _import_polars()
        filters: list[polars.Expr] = []
        if subject is not None:
            filters.append(pl.col("id") == subject.id)
            filters.append(pl.col("type") == subject.type)
        if kind is not None:
            filters.append(pl.col("kind") == kind.value)
        if since is not None:
            filters.append(pl.col("at") >= since)
        if until is not None:
            filters.append(pl.col("at") < until)
        return self._make_observations(self._read_rows(filters))

    def _read_whole(self) -> tuple[Observation, ...]:
        """Read all rows; files whose bytes were read lately are not parsed again."""
        contents = self._read_contents()
        key = tuple(hashlib.sha256(content).digest() for content in contents)
        rows = _READ.find(key)
        if rows is None:
            frame = self._collect_rows([BytesIO(content) for content in contents], ())
            rows = self._make_observations(frame)
            if len(rows) <= _MOST_KEPT:
                _READ.keep(key, rows)
        return rows

    def _read_contents(self) -> list[bytes]:
        while True:
            files = self._list_files()
            try:
                return [read_plain(path, inside=self._case_dir) for path in files]
            except FileNotFoundError:
                if files == self._list_files():
                    raise  # else it was merged meanwhile by another process

    def _make_observations(self, rows: polars.DataFrame) -> tuple[Observation, ...]:
        pl = _import_polars()
        try:
            plain = rows.with_columns(rows["at"].dt.replace_time_zone(None))
            return tuple(starmap(_make_observation, plain.iter_rows()))
        except (*_NO_ROWS, pl.exceptions.PolarsError) as error:
            raise self._make_tamper_error() from error

    def merge_batches(self, *, now: datetime, store: Store | None = None) -> str | None:
        """Merge all batches into one sorted file; its digest, None without rows.

        Does nothing where there is one file. The old files go when the new one is on
        disk, and logged if a store is given.
        """
        with self._hold_for_writing():
            return self._merge_files(now, store)

    def list_batches(self) -> tuple[str, ...]:
        """List the digests of the files, which are their names."""
        return tuple(path.stem for path in self._list_files())

    def verify(self, evidence: Evidence) -> tuple[str, ...]:
        """Check every file against its name and the log; the digests not logged.

        Raises TamperError that names each file that was altered, and each that was
        logged and never merged and is not there.
        """
        issues, unlogged = self._compare_with_log(evidence)
        if issues:  # or another process merged files meanwhile
            issues, unlogged = self._compare_with_log(
                Evidence(self.folder.parent.parent)
            )
        if issues:
            raise TamperError(*issues)
        return unlogged

    def _compare_with_log(
        self, evidence: Evidence
    ) -> tuple[list[Issue], tuple[str, ...]]:
        """What is wrong with the files, and those that the log does not know."""
        items = evidence.list_items()
        # What a record was read from is somebody's page, and no note of ours.
        pages = {item.digest for item in items if isinstance(item, Record)}
        logged: set[str] = set()
        merged: set[str] = set()
        for item in items:
            if not isinstance(item, Blob) or item.digest in pages:
                continue
            if item.size < _MOST_NOTE and (note := _read_note(evidence, item)):
                logged.add(note[0])
                merged |= note[1]
        issues: list[Issue] = []
        here: set[str] = set()
        for path in self._list_files():
            try:
                content = read_plain(path, inside=self._case_dir)
            except FileNotFoundError:
                continue
            here.add(path.stem)
            if hashlib.sha256(content).hexdigest() != path.stem:
                issues.append(Issue(text=_ALTERED, path=str(path), hint=_RESTORE))
        issues += [
            Issue(
                text=_MISSING,
                path=str(self.folder / f"{digest}.parquet"),
                hint=_RESTORE,
            )
            for digest in sorted(logged - merged - here)
        ]
        return issues, tuple(sorted(here - logged))

    # Files

    def _list_files(self) -> list[Path]:
        """The files of observations; CaseError where one is no plain file."""
        paths = sorted(self.folder.glob("*.parquet"))
        for path in paths:
            check_plain(path, inside=self._case_dir)
        return paths

    def _read_rows(self, filters: Sequence[polars.Expr]) -> polars.DataFrame:
        """The rows of all files, each once, in order."""
        while True:
            files = self._list_files()
            try:
                return self._collect_rows(files, filters)
            except (FileNotFoundError, OSError):
                if files == self._list_files():
                    raise
                # else it was merged meanwhile by another process

    def _collect_rows(
        self,
        sources: Sequence[Path] | Sequence[BytesIO],
        filters: Sequence[polars.Expr],
    ) -> polars.DataFrame:
        """The rows of some files, each once, in order."""
        if not sources:
            return _build_frame(())
        pl = _import_polars()
        rows: polars.DataFrame
        try:
            rows = pl.scan_parquet(sources, glob=False).filter(*filters).collect()
        except (
            pl.exceptions.PolarsError,
            pl.exceptions.PanicException,  # what it did not foresee in a file
        ) as error:
            raise self._make_tamper_error() from error
        # One file was written sorted and without doubles. Several may tell a row
        # twice: a crash in `_merge` leaves the merged file beside the old ones.
        if len(sources) == 1:
            return rows
        once: polars.DataFrame = rows.unique().sort(*_COLUMNS)
        return once

    def _make_tamper_error(self) -> TamperError:
        return TamperError(Issue(text=_ALTERED, path=str(self.folder), hint=_RESTORE))

    def _merge_files(self, now: datetime, store: Store | None) -> str | None:
        before = self._list_files()
        digest = before[0].stem if before else None
        if len(before) > 1:
            names = tuple(path.stem for path in before)
            digest = self._write_file(self._read_rows(()), now, names)
        if store is not None:
            self._log_digests(store)
        # Last, when the new file is on disk and, with a store, its note says what it
        # merged: a logged file that is neither there nor merged is taken for a loss.
        for path in before:
            if path.stem != digest:
                self._disk.step(f"remove {path.name}")
                path.unlink()
        return digest

    def _write_file(
        self, rows: polars.DataFrame, now: datetime, merged: Sequence[str]
    ) -> str:
        content = BytesIO()
        rows.write_parquet(
            content,
            compression="zstd",
            compression_level=9,
            row_group_size=_ROWS_A_GROUP,
            metadata={
                "merged": " ".join(merged),
                "rows": str(rows.height),
                "written_at": now.astimezone(UTC).isoformat(),
            },
        )
        digest = hashlib.sha256(content.getvalue()).hexdigest()
        self._disk.replace(self.folder / f"{digest}.parquet", content.getvalue())
        return digest

    def _log_digests(self, store: Store) -> None:
        """Log the files' digests; the store records no note twice."""
        store.append((), blobs=[_encode_file_note(path) for path in self._list_files()])

    @contextmanager
    def _hold_for_writing(self) -> Iterator[None]:
        try:
            self._disk.make_folder(self.folder)
            with only_writer(self.folder / "lock", inside=self._case_dir):
                for unfinished in self.folder.glob("*.new"):
                    unfinished.unlink()
                yield
        except OSError as error:
            raise CaseError(
                make_disk_issue(self.folder, error, _REFUSED, NOTHING_LOST)
            ) from error


_Plain = tuple[
    str, str, str, datetime, int | None, str | None, str, bytes | None
]  # a row as its columns have it


def _to_tuple(row: Observation) -> _Plain:
    return (
        row.subject.type,
        row.subject.id,
        row.kind.value,
        row.at,
        row.value,
        row.detail,
        row.source,
        None if row.digest is None else bytes.fromhex(row.digest),
    )


def _make_sort_key(row: _Plain) -> tuple[object, ...]:
    # None before all else, as Polars sorts it: a batch and a merge have one order.
    return tuple(() if cell is None else (cell,) for cell in row)


_NO_ROWS: Final = (ArithmeticError, AttributeError, KeyError, TypeError, ValueError)
"""What rows raise that no program of ours wrote."""


def _make_observation(
    type_: str,
    id_: str,
    kind: str,
    at: datetime,
    value: int | None,
    detail: str | None,
    source: str,
    digest: bytes | None,
) -> Observation:
    return Observation(
        subject=Subject(type_, id_),
        kind=_KINDS[kind],
        at=at.replace(tzinfo=UTC),
        source=source,
        value=value,
        detail=detail,
        digest=None if digest is None else digest.hex(),
    )


def _build_frame(rows: Sequence[_Plain]) -> polars.DataFrame:
    pl = _import_polars()
    text = pl.String()
    at = pl.Datetime("ms", "UTC")
    types = (text, text, text, at, pl.Int64(), text, text, pl.Binary())
    schema = dict(zip(_COLUMNS, types, strict=True))
    frame: polars.DataFrame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame


def _encode_file_note(path: Path) -> bytes:
    """What the log keeps of a file: its digest, its size, and what it merged."""
    metadata = _import_polars().read_parquet_metadata(path)
    return json.dumps(
        {
            "type": _NOTE,
            "digest": path.stem,
            "rows": int(metadata["rows"]),
            "written_at": metadata["written_at"],
            "merged": metadata["merged"].split(),
        },
        separators=(",", ":"),
        sort_keys=True,
    ).encode()


def _read_note(evidence: Evidence, blob: Blob) -> tuple[str, frozenset[str]] | None:
    """The digest a note tells, and those that were merged; None if it is no note."""
    content = evidence.read_small(blob.digest)
    if f'"type":"{_NOTE}"'.encode() not in content:
        return None
    try:
        note = json.loads(content)
        return str(note["digest"]), frozenset(note["merged"])
    except (ValueError, KeyError, TypeError):
        return None


def _import_polars() -> ModuleType:
    try:
        import polars as pl
    except ImportError as error:
        raise ChangqingError(Issue(text=_NO_POLARS, hint=_INSTALL)) from error
    return pl


_ALTERED: Final = Text(
    zh="观察记录的文件被改动或损坏",
    en="a file of observations was altered or damaged",
)
_MISSING: Final = Text(
    zh="观察记录的文件不见了，证据日志里有它的摘要",
    en="a file of observations is missing; the evidence log has its digest",
)
_RESTORE: Final = Text(zh="从备份恢复这个文件", en="restore the file from a backup")
_NO_POLARS: Final = Text(
    zh="读写观察记录要用Polars，还没有安装",
    en="observations need Polars, which is not installed",
)
_INSTALL: Final = Text(
    zh="安装时加上bulk：pip install 'changqing[bulk]'",
    en="install with bulk: pip install 'changqing[bulk]'",
)


_REFUSED: Final = Text(zh="观察记录写不下", en="the observations cannot be written")
