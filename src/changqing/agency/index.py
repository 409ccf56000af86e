"""All cases of a folder at once, through an index that may be deleted at any time.

The case folders are the truth. The index in `.changqing/board.sqlite` keeps of each
case its row, the sizes and times of the files it came from, their digest, and the days
for which it holds. A file that was touched is read; a row whose files say something
else, or whose days are over, is made again. An index that is lost, damaged, of another
catalogue or in a folder that cannot be written to costs time, never a wrong row.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from changqing.agency.desk import FILE as DESK
from changqing.agency.read_row import read_row
from changqing.agency.rows import FIELDS, BoardRow, pack, unpack
from changqing.case.folder import CASE_FILE, EVIDENCE_FOLDER, REMADE_FOLDER
from changqing.casework.files import EVENTS, SUMMARY
from changqing.errors import CaseError, Issue
from changqing.evidence.ledger.intent import INTENT_FILE
from changqing.law.model import Catalogue
from changqing.plainfile import read_plain
from changqing.text import Text

INDEX: Final = Path(REMADE_FOLDER, "board.sqlite")
_FORMAT: Final = 8
_SOURCES: Final = (
    CASE_FILE,
    f"casework/{EVENTS}",
    f"casework/{DESK}",
    SUMMARY,
    f"{EVIDENCE_FOLDER}/log/checkpoint",
    f"{EVIDENCE_FOLDER}/{INTENT_FILE}",
)
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT) STRICT;
CREATE TABLE IF NOT EXISTS rows (
  folder TEXT PRIMARY KEY, stamp TEXT NOT NULL, digest TEXT NOT NULL,
  since TEXT NOT NULL, until TEXT NOT NULL, row TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The rows of all cases of a folder on a day, and how many were read anew."""

    root: Path
    today: date
    rows: tuple[BoardRow, ...]
    read: int


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: str
    digest: str
    since: str
    until: str
    row: str


def build_board(
    catalogue: Catalogue,
    root: Path,
    today: date,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Board:
    """Build the rows of every case below `root`, one level deep, by folder.

    `progress` is told how many cases were read so far. CaseError when `root` is no
    folder.
    """
    stamps = dict(_list_stamps(root))
    with contextlib.closing(_open_index(root)) as index:
        rows_kept = _read_index(index, catalogue)
        rows: list[BoardRow] = []
        fresh: dict[str, _Kept] = {}
        day, read_count = today.isoformat(), 0
        for folder, stamp in stamps.items():
            old = rows_kept.get(folder)
            row = _find_current_row(old, stamp, day)
            if row is None:
                digest = _compute_digest(root / folder)
                row = _find_current_row(old, stamp, day, digest=digest)
                if row is not None and old is not None:
                    fresh[folder] = _Kept(stamp, digest, old.since, old.until, old.row)
                else:
                    case_read = read_row(catalogue, root, folder, today)
                    row, read_count = case_read.row, read_count + 1
                    since, until = (
                        case_read.since.isoformat(),
                        case_read.until.isoformat(),
                    )
                    fresh[folder] = _Kept(stamp, digest, since, until, pack(row))
                    progress(read_count)
            rows.append(row)
        _keep_rows(
            index, catalogue, fresh, folders_gone=rows_kept.keys() - stamps.keys()
        )
    return Board(root=root, today=today, rows=tuple(rows), read=read_count)


def _find_current_row(
    old: _Kept | None, stamp: str, day: str, *, digest: str = ""
) -> BoardRow | None:
    """The row that is kept, if it was made of the same files and holds on the day."""
    if old is None or not old.since <= day <= old.until:
        return None
    if old.stamp != stamp and old.digest != digest:
        return None
    try:
        return unpack(old.row)
    except ValueError:
        return None


def list_case_folders(root: Path) -> Iterator[str]:
    """List the names of the folders right below `root` that hold a case, in order."""
    return iter(dict(_list_stamps(root)))


def _list_stamps(root: Path) -> Iterator[tuple[str, str]]:
    """Every case folder, with the sizes and times of its files."""
    try:
        with os.scandir(root) as entries:
            names = sorted(e.name for e in entries if not e.name.startswith("."))
    except OSError as error:
        issue = Issue(text=_NO_FOLDER, path=str(root), hint=_HOW_TO_MAKE_ONE)
        raise CaseError(issue) from error
    base = os.fspath(root)
    for name in names:
        parts = [_compute_stamp(f"{base}/{name}/{source}") for source in _SOURCES]
        if parts[0]:
            yield name, ";".join(parts)


def stamp_folder(folder: Path) -> str:
    """Stamp a case with sizes and times of the files that its row is read from."""
    parts = (_compute_stamp(os.fspath(folder / source)) for source in _SOURCES)
    return hashlib.sha256(";".join(parts).encode()).hexdigest()


def _compute_stamp(path: str) -> str:
    try:
        about = os.stat(path)  # noqa: PTH116 - forty thousand of them
    except OSError:
        return ""
    return f"{about.st_size},{about.st_mtime_ns},{about.st_ctime_ns}"


def _compute_digest(folder: Path) -> str:
    total = hashlib.sha256()
    for source in _SOURCES:
        try:
            content = read_plain(folder / source, inside=folder)
        except (OSError, CaseError):  # the row says what is wrong
            content = b""
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()


def _open_index(root: Path) -> sqlite3.Connection:
    """The index, or an empty one in memory where none can be kept."""
    path = root / INDEX
    for attempt in range(2):
        try:
            path.parent.mkdir(exist_ok=True)
            index = sqlite3.connect(path, timeout=5)
        except (OSError, sqlite3.Error):
            break
        try:
            index.executescript(_SCHEMA)
            index.execute("SELECT folder, stamp, digest, since, until, row FROM rows")
        except sqlite3.OperationalError:
            index.close()
            break
        except sqlite3.DatabaseError:
            index.close()
            if attempt == 0:
                with contextlib.suppress(OSError):
                    path.unlink()
            continue
        return index
    index = sqlite3.connect(":memory:")
    index.executescript(_SCHEMA)
    return index


def _compute_edition(catalogue: Catalogue) -> str:
    """What a kept row depends on beside its files, its columns among it."""
    columns = ",".join(column.name for column in FIELDS)
    return f"{_FORMAT} {catalogue.digest} {columns}"


def _read_index(index: sqlite3.Connection, catalogue: Catalogue) -> Mapping[str, _Kept]:
    try:
        edition = index.execute("SELECT value FROM about WHERE key = 'edition'")
        if edition.fetchone() != (_compute_edition(catalogue),):
            return {}
        rows: Sequence[tuple[str, str, str, str, str, str]] = index.execute(
            "SELECT folder, stamp, digest, since, until, row FROM rows"
        ).fetchall()
    except sqlite3.DatabaseError:
        return {}
    return {folder: _Kept(*columns) for folder, *columns in rows}


def _keep_rows(
    index: sqlite3.Connection,
    catalogue: Catalogue,
    fresh: Mapping[str, _Kept],
    *,
    folders_gone: set[str],
) -> None:
    if not fresh and not folders_gone:
        return
    edition = _compute_edition(catalogue)
    with contextlib.suppress(sqlite3.DatabaseError), index:
        edition_row = index.execute(
            "SELECT value FROM about WHERE key = 'edition'"
        ).fetchone()
        if edition_row != (edition,):
            index.execute("DELETE FROM rows")
            index.execute("REPLACE INTO about VALUES ('edition', ?)", (edition,))
        index.executemany(
            "DELETE FROM rows WHERE folder = ?", [(g,) for g in folders_gone]
        )
        index.executemany(
            "REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?)",
            [
                (folder, k.stamp, k.digest, k.since, k.until, k.row)
                for folder, k in fresh.items()
            ],
        )


_HOW_TO_MAKE_ONE: Final = Text(
    zh="写各项目所在的文件夹，当前文件夹写“.”；从客户表建一个："
    "changqing clients import",
    en="name the folder that holds the cases, “.” for this one; to make one from a "
    "workbook: changqing clients import",
)
_NO_FOLDER: Final = Text(
    zh="不是文件夹，或者没有权限读", en="is no folder, or may not be read"
)
