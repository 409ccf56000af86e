"""Word files that the company edited and handed back: kept by digest, in force, undone.

`dossier/word/` of a case holds each file under its digest, and `steps.jsonl` what was
taken and given up, one step a line; the last step of a document is in force.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Final

from changqing.disk import Disk
from changqing.documents.word_read import WordBlock, read_word_blocks
from changqing.errors import CaseError, Issue
from changqing.plainfile import check_plain, read_plain
from changqing.text import Text

WORD_FOLDER: Final = "dossier/word"
WORD_STEPS: Final = f"{WORD_FOLDER}/steps.jsonl"
_MOST_KEPT: Final = 64  # files whose blocks stay ready

_read: OrderedDict[str, tuple[WordBlock, ...]] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class WordStep:
    """One step: a file was taken for a document, or given up (`digest` None).

    `draft` is the digest of our text at that time, to see what has changed since.
    """

    document: str
    on: date
    by: str
    digest: str | None
    draft: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenWord:
    """The Word file in force for a document, with its blocks."""

    step: WordStep
    content: bytes
    blocks: tuple[WordBlock, ...]


def read_blocks_of(content: bytes) -> tuple[WordBlock, ...]:
    """Read the blocks of a Word file, or find them read; errors as of the reader."""
    digest = hashlib.sha256(content).hexdigest()
    with _lock:
        blocks = _read.get(digest)
    if blocks is None:
        blocks = read_word_blocks(content)
        with _lock:
            _read[digest] = blocks
            while len(_read) > _MOST_KEPT:
                _read.popitem(last=False)
    return blocks


def take_word(
    folder: Path, document: str, content: bytes, *, on: date, by: str, draft: str
) -> WordStep:
    """Put a Word file in force for a document of the case in `folder`.

    Raises DocumentError where it is refused, and CaseError where it cannot be written.
    """
    read_blocks_of(content)
    digest = hashlib.sha256(content).hexdigest()
    disk = Disk(inside=folder)
    disk.replace(folder / WORD_FOLDER / f"{digest}.docx", content)
    step = WordStep(document=document, on=on, by=by, digest=digest, draft=draft)
    _append_step(disk, folder, step)
    return step


def give_up_word(folder: Path, document: str, *, on: date, by: str) -> WordStep | None:
    """Go back to our draft; the file stays in the case. None where none is in force."""
    if find_steps(folder).get(document) is None:
        return None
    step = WordStep(document=document, on=on, by=by, digest=None)
    _append_step(Disk(inside=folder), folder, step)
    return step


def find_steps(folder: Path) -> Mapping[str, WordStep]:
    """Find the step in force for each document that has a Word file of its own."""
    latest_steps = {step.document: step for step in list_steps(folder)}
    return {
        name: step for name, step in latest_steps.items() if step.digest is not None
    }


def list_steps(folder: Path) -> Sequence[WordStep]:
    """List every step, oldest first; CaseError where a line cannot be read."""
    path = folder / WORD_STEPS
    if not check_plain(path, inside=folder):
        return ()
    lines = read_plain(path, inside=folder).splitlines()
    return [_parse_step(line, number) for number, line in enumerate(lines, start=1)]


def load_taken(folder: Path) -> Mapping[str, TakenWord]:
    """Load the Word files in force, by document.

    Raises CaseError where a file is missing or is not the one that was taken.
    """
    taken_words = {}
    for name, step in find_steps(folder).items():
        short_path = f"{WORD_FOLDER}/{step.digest}.docx"
        try:
            content = read_plain(folder / short_path, inside=folder)
        except FileNotFoundError as error:
            raise CaseError(Issue(text=_MISSING, path=short_path)) from error
        if hashlib.sha256(content).hexdigest() != step.digest:
            raise CaseError(Issue(text=_CHANGED, path=short_path, hint=_AGAIN))
        blocks = read_blocks_of(content)
        taken_words[name] = TakenWord(step=step, content=content, blocks=blocks)
    return taken_words


def _append_step(disk: Disk, folder: Path, step: WordStep) -> None:
    line = {
        "document": step.document,
        "on": step.on.isoformat(),
        "by": step.by,
        "digest": step.digest,
        "draft": step.draft,
    }
    text = json.dumps(line, ensure_ascii=False) + "\n"
    disk.make_folder(folder / WORD_FOLDER)
    disk.append(folder / WORD_STEPS, text.encode())


def _parse_step(line: bytes, number: int) -> WordStep:
    try:
        fields = json.loads(line)
        digest = fields["digest"]
        if digest is not None:
            bytes.fromhex(digest)
        return WordStep(
            document=str(fields["document"]),
            on=date.fromisoformat(fields["on"]),
            by=str(fields["by"]),
            digest=digest,
            draft=str(fields.get("draft", "")),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise CaseError(Issue(text=_TORN, path=WORD_STEPS, line=number)) from error


_MISSING: Final = Text("收下的Word不在了", "the Word file that was taken is not there")
_CHANGED: Final = Text("和收下的时候不一样了", "is not as it was when it was taken")
_AGAIN: Final = Text(
    "重新上传，或改回系统草稿", "take it again, or go back to our draft"
)
_TORN: Final = Text("这一行读不出来", "this line cannot be read")
