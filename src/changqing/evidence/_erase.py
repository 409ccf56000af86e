"""Erasing a paper about a person: its entries keep their digest, and nothing else.

A leaf of the log is made of a salt and of what the entry says. Both are taken away, and
a note signed by the log's key says of which entries, so that whoever recomputes the log
finds it whole and is told what was erased. What the entries said cannot be found again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from changqing.errors import CaseError, Issue
from changqing.evidence._disk import Disk
from changqing.evidence._entry import Line, withheld, write_line
from changqing.evidence._model import Gap, Record, SourceKind
from changqing.evidence._note import SigningKey
from changqing.evidence._recorded import (
    ENTRIES_FILE,
    ERASED,
    ERASED_FILE,
    Evidence,
)
from changqing.evidence._store import Store
from changqing.text import Text


def erase_paper(
    folder: Path,
    key: SigningKey,
    paper: str,
    file: str,
    at: datetime,
    *,
    disk: Disk | None = None,
) -> int:
    """Erase a paper that the case file lists no longer; gives how many entries.

    First the note is written, then the entries, then the file goes: a crash in between
    leaves a log that verifies, and doing it again finishes it. Raises CaseError when
    the file lies outside the case or cannot be removed.
    """
    disk = Disk() if disk is None else disk
    path = _inside(folder, file)
    with Store(folder, key, disk=disk) as store:
        lines = list(store.lines())
        gone = {line.number for line in lines if _about(line, paper)}
        if gone:
            known = Evidence(folder).erased().entries
            checkpoint = store.checkpoint()
            if checkpoint is not None:
                body = _note(checkpoint.origin, known | gone, at)
                note = key.sign(body, checkpoint.origin)
                disk.replace(store.log_folder / ERASED_FILE, note.encode())
            disk.replace(store.folder / ENTRIES_FILE, _without(lines, gone))
    try:
        disk.step(f"unlink {path.name}")
        with suppress(FileNotFoundError):
            path.unlink()
    except OSError as error:
        raise CaseError(_stays(file, error)) from error
    return len(gone)


def _about(line: Line, paper: str) -> bool:
    """Whether the entry says something of the paper, or something the paper says."""
    item = line.item()
    if not isinstance(item, Record | Gap):
        return False
    mine = item.subject.type == "paper" and item.subject.id == paper
    return mine or (item.source.kind is SourceKind.PAPER and item.source.name == paper)


def _note(origin: str, entries: Iterable[int], at: datetime) -> str:
    told = {"at": at.isoformat(timespec="seconds"), "entries": sorted(entries)}
    return f"{origin}\n{ERASED}\n{json.dumps(told, separators=(',', ':'))}\n"


def _without(lines: Iterable[Line], gone: set[int]) -> bytes:
    return b"".join(
        write_line(withheld(line) if line.number in gone else line) for line in lines
    )


def _inside(folder: Path, file: str) -> Path:
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()):
        raise CaseError(Issue(text=_OUTSIDE, path=file, hint=_BY_HAND))
    return path


_OUTSIDE: Final = Text(
    zh="文件在案卷文件夹之外", en="the file is outside the case folder"
)
_BY_HAND: Final = Text(zh="请自己删除它", en="remove it yourself")


def _stays(file: str, error: OSError) -> Issue:
    said = error.strerror or type(error).__name__
    return Issue(
        text=Text(
            zh=f"文件删不掉（{said}）", en=f"the file cannot be removed ({said})"
        ),
        path=file,
        hint=Text(
            zh="日志中的内容已经抹去；检查权限后再抹一次",
            en="what the log said is erased; check permissions and erase again",
        ),
    )
