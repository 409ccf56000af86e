"""Erasing a paper about a person: what its entries said goes, and their salts.

A leaf of the log is made of salts and of what the entry says. Both are taken away, and
a note signed by the log's key says of which entries, so that whoever recomputes the log
finds it whole and is told what was erased. What the entries said cannot be found again.

Of an entry of version 2 the head stays: that on this day something of such a grade was
received about this fact of some person. Whom it names, it names by a digest whose salt
stands in the other entries about them, and is gone when those are erased; what a paper
says of its own dates is not part of it. Of version 1 only the digest stays.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from changqing.disk import Disk
from changqing.errors import CaseError, Issue, make_disk_issue
from changqing.evidence.ledger.entry import LogLine, withhold_entry, write_line
from changqing.evidence.ledger.items import (
    Blob,
    Confirmation,
    KeptReading,
    UnknownEntry,
)
from changqing.evidence.ledger.note import SigningKey
from changqing.evidence.ledger.recorded import (
    ENTRIES_FILE,
    ERASED,
    ERASED_FILE,
    Evidence,
)
from changqing.evidence.ledger.store import SET_ASIDE, Store
from changqing.evidence.model import OF_PAPERS, Gap, Record, SourceKind
from changqing.plainfile import check_folder, digest_plain
from changqing.text import Text

DOCUMENTS: Final = "documents"


def erase_paper(
    folder: Path,
    key: SigningKey,
    paper: str,
    file: str,
    at: datetime,
    *,
    earlier: Sequence[str] = (),
    disk: Disk | None = None,
) -> int:
    """Erase a paper that the case file lists no longer; gives how many entries.

    `paper` is its id, `file` its path in the case, `at` the time that the note tells.
    First the `earlier` files of the paper go, which are found by what the entries say,
    then the note is written, then the entries, then the file and what a crash once tore
    go: a crash in between leaves a log that verifies, and doing it again finishes it.
    Raises CaseError when a file lies outside the case or cannot be removed.
    """
    disk = Disk() if disk is None else disk
    path = _resolve_inside(folder, file)
    for earlier_path in [_resolve_inside(folder, name) for name in earlier]:
        _unlink_file(earlier_path, disk)
    with Store(folder, key, disk=disk) as store:
        lines = list(store.list_lines())
        erased, readings = _find_entries(lines, paper)
        if erased:
            # The note replaces the one before, so it names all that was ever erased. It
            # comes before the entries: an entry withheld without a note is damage, a
            # note about an entry that is still shown is none.
            erased_before = Evidence(folder).read_erased().entries
            checkpoint = store.read_checkpoint()
            if checkpoint is not None:
                body = _write_note(checkpoint.origin, erased_before | erased, at)
                note = key.sign(body, checkpoint.origin)
                disk.replace(store.log_folder / ERASED_FILE, note.encode())
            disk.replace(
                store.folder / ENTRIES_FILE, _write_lines_without(lines, erased)
            )
        for digest in sorted(readings):
            _unlink_file(store.find_blob_path(digest), disk)
        # Of what a crash tore nobody can tell any more whose it is.
        aside = store.folder / SET_ASIDE
        if check_folder(aside, inside=folder):
            for torn in sorted(aside.iterdir()):
                _unlink_file(torn, disk)
    _unlink_file(path, disk)
    return len(erased)


def find_replaced_files(
    folder: Path, *, listed: Container[str]
) -> dict[str, list[str]]:
    """Find by paper the files that were it before others came, oldest first.

    They are known by the digests that the log has of the paper; `listed` are the files
    that the case file names, whatever for.
    """
    beside = _list_unlisted_files(folder / DOCUMENTS, listed)
    if not beside:
        return {}
    papers: dict[str, set[str]] = {}
    for record in Evidence(folder).list_records():
        if record.digest is not None and record.source.kind is SourceKind.PAPER:
            papers.setdefault(record.digest, set()).add(record.source.name)
    by_paper: dict[str, list[str]] = {}
    for path in beside:
        for paper in papers.get(digest_plain(path, inside=path.parent), ()):
            by_paper.setdefault(paper, []).append(f"{DOCUMENTS}/{path.name}")
    return by_paper


def _list_unlisted_files(place: Path, listed: Container[str]) -> list[Path]:
    """The files among the papers that the case file does not name, the oldest first."""
    if not place.is_dir():
        return []
    files = [path for path in place.iterdir() if path.is_file()]
    others = [path for path in files if f"{DOCUMENTS}/{path.name}" not in listed]
    return sorted(others, key=lambda path: path.stat().st_mtime_ns)


def _unlink_file(path: Path, disk: Disk) -> None:
    try:
        disk.step(f"unlink {path.name}")
        with suppress(FileNotFoundError):
            path.unlink()
    except OSError as error:
        raise CaseError(_make_undeleted_issue(path.name, error)) from error


def _find_entries(lines: Sequence[LogLine], paper: str) -> tuple[set[int], set[str]]:
    """The entries that say something of a paper, or something that the paper says.

    What was read in its bytes goes with it: its readings, whose digests are given too,
    and what somebody settled of them. Of a type that this release does not know, those
    that name the paper anywhere, or its bytes.
    """
    numbers, digests = set(), set()
    for line in lines:
        item = line.decode_item()
        if isinstance(item, Record | Gap):
            mine = item.subject.type == "paper" and item.subject.id == paper
            is_of_paper = item.source.kind in OF_PAPERS and item.source.name == paper
            if mine or is_of_paper:
                numbers.add(line.number)
            if is_of_paper and isinstance(item, Record) and item.digest is not None:
                digests.add(item.digest)
    readings = {
        item.digest
        for line in lines
        if isinstance(item := line.decode_item(), KeptReading) and item.paper in digests
    }
    paper_names = {paper, f"paper:{paper}", *digests}
    for line in lines:
        match line.decode_item():
            case KeptReading() | Confirmation() as item if item.paper in digests:
                numbers.add(line.number)
            case Blob() as item if item.digest in readings:
                numbers.add(line.number)
            case UnknownEntry() as item if _contains_text(item.content, paper_names):
                numbers.add(line.number)
            case _:
                pass
    return numbers, readings


def _contains_text(data: object, texts: Container[str]) -> bool:
    """Whether one of the texts is a value in JSON."""
    if isinstance(data, Mapping):
        return any(_contains_text(value, texts) for value in data.values())
    if isinstance(data, list):
        return any(_contains_text(value, texts) for value in data)
    return isinstance(data, str) and data in texts


def _write_note(origin: str, entries: Iterable[int], at: datetime) -> str:
    statement = {"at": at.isoformat(timespec="seconds"), "entries": sorted(entries)}
    return f"{origin}\n{ERASED}\n{json.dumps(statement, separators=(',', ':'))}\n"


def _write_lines_without(lines: Iterable[LogLine], erased: set[int]) -> bytes:
    return b"".join(
        write_line(withhold_entry(line) if line.number in erased else line)
        for line in lines
    )


def _resolve_inside(folder: Path, file: str) -> Path:
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()):
        raise CaseError(Issue(text=_OUTSIDE, path=file, hint=_BY_HAND))
    return path


_OUTSIDE: Final = Text(
    zh="文件在项目文件夹之外", en="the file is outside the case folder"
)
_BY_HAND: Final = Text(zh="请自己删除它", en="remove it yourself")


def _make_undeleted_issue(file: str, error: OSError) -> Issue:
    return make_disk_issue(
        file,
        error,
        Text(zh="文件删不掉", en="the file cannot be removed"),
        Text(
            zh="日志中的内容已经抹去；检查权限后再抹一次",
            en="what the log said is erased; check permissions and erase again",
        ),
    )
