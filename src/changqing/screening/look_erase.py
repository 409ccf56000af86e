"""The looks at a case erased: its lines in the journals, its bytes in the archives.

Each is written over where it stands, so that every other look keeps its place. A crash
in between leaves the line until the last, and the same erasure goes on by it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from changqing.disk import NOTHING_LOST, UNWRITTEN, Disk, only_writer
from changqing.errors import CaseError, make_disk_issue
from changqing.probes.warc_index import make_blank_records
from changqing.screening.look_journal import (
    ERASED,
    LOCK,
    LOOKS,
    LookJournal,
    find_shard,
    list_journals,
    list_looks,
    place_index,
    read_look,
)
from changqing.shard import Shard


@contextmanager
def lock_looks(register: Path) -> Iterator[None]:
    """Keep everybody from looking meanwhile. Raises BusyError while somebody does.

    Whoever begins a share that has no folder yet is kept out by the lock of the share
    of everything: each looks at the locks of others once it has its own.
    """
    everything = register / LOOKS / Shard().name / LOCK
    try:
        Disk().make_folder(everything.parent)
    except OSError as error:
        issue = make_disk_issue(everything, error, UNWRITTEN, NOTHING_LOST)
        raise CaseError(issue) from error
    with ExitStack() as locks:
        locks.enter_context(only_writer(everything))
        for lock in sorted((register / LOOKS).glob(f"*-of-*/{LOCK}")):
            if lock != everything:
                locks.enter_context(only_writer(lock))
        yield


def erase_looks(register: Path, case: str) -> int:
    """Erase every look at a case of a register; gives how many there were.

    Half a look that a crash left may be one at this case: it is cut off first.

    Only within `lock_looks`. Raises CaseError where something cannot be read or
    written.
    """
    try:
        for lock in sorted((register / LOOKS).glob(f"*-of-*/{LOCK}")):
            LookJournal(register, find_shard(lock.parent)).mend()
        return sum(_erase_in(journal, case) for journal in list_journals(register))
    except OSError as error:
        issue = make_disk_issue(register / LOOKS, error, UNWRITTEN, NOTHING_LOST)
        raise CaseError(issue) from error


def _erase_in(journal: Path, case: str) -> int:
    places = [place for place in list_looks(journal) if place.case == case]
    for place in places:
        for capture in read_look(journal, place).captures.values():
            archive = journal.parent / capture.archive
            if archive.exists():  # it may have been deleted to make room
                blank = make_blank_records(capture.length)
                _write_over(archive, capture.first, blank)
                place_index(archive).unlink(missing_ok=True)  # it names the pages
    for place in places:
        # First the mark that it counts no more: half of a line would damage the rest.
        _write_over(journal, place.first, ERASED)
    _blank_erased_lines(journal)
    return len(places)


def _blank_erased_lines(journal: Path) -> None:
    """Write spaces over what stands behind each mark, also of an erasure that broke."""
    first = 0
    with journal.open("rb") as stream:
        for line in stream:
            blank = b"}" + b" " * (len(line) - len(ERASED) - 2) + b"\n"
            if line.startswith(ERASED) and not line.endswith(blank):
                _write_over(journal, first + len(ERASED), blank)
            first += len(line)


def _write_over(path: Path, first: int, content: bytes) -> None:
    with path.open("r+b") as stream:
        stream.seek(first)
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
