"""How far the files of a case reach that only grow, and what they said so far.

A chain of sealed lines vouches for each line by the one after it, and for its own end
by nothing: whoever cuts away the last line, or the file, leaves a chain that holds. So
the end is remembered elsewhere: in the evidence log of the case (`anchors`), and
beside the signing key (`memory`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from changqing.errors import Issue, say_reason
from changqing.jsondata import Json, JsonObject
from changqing.plainfile import check_plain, read_plain
from changqing.text import Text

GROWING: Final = ("casework/*.jsonl", "watch/*.jsonl")
WHOLE: Final = ("evidence/log/times/*",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A file as it was: its first `lines` lines, or all of it where that is None.

    `digest` is the SHA-256 of those bytes, with the end of the last line.
    """

    lines: int | None
    digest: str


def collect_heads(case_dir: Path) -> dict[str, Head]:
    """Say of every file that only grows how far it reaches, by its path in the case."""
    heads: dict[str, Head] = {}
    for path in _list_files(case_dir, GROWING):
        if (head := collect_head(path, case_dir)) is not None:
            heads[_name_path(path, case_dir)] = head
    for path in _list_files(case_dir, WHOLE):
        content = read_plain(path, inside=case_dir)
        digest = hashlib.sha256(content).hexdigest()
        heads[_name_path(path, case_dir)] = Head(lines=None, digest=digest)
    return heads


def collect_head(path: Path, case_dir: Path) -> Head | None:
    """Say how far a file of lines reaches; None while it has no whole line."""
    lines, whole = _count_whole_lines(read_plain(path, inside=case_dir))
    if not lines:
        return None
    return Head(lines=lines, digest=hashlib.sha256(whole).hexdigest())


def compare_heads(case_dir: Path, heads: Mapping[str, Head]) -> list[Issue]:
    """Name each file that no longer begins with what was remembered of it."""
    return [
        issue
        for name, head in sorted(heads.items())
        if (issue := _compare_head(case_dir / name, head, case_dir)) is not None
    ]


def encode_heads(heads: Mapping[str, Head]) -> dict[str, Json]:
    """Encode heads as plain JSON."""
    return {
        name: {"digest": head.digest, "lines": head.lines}
        for name, head in sorted(heads.items())
    }


def decode_heads(data: Mapping[str, JsonObject]) -> dict[str, Head]:
    """Decode the heads that `encode_heads` made this of.

    ValueError, TypeError or KeyError.
    """
    heads = {}
    for name, head_data in data.items():
        lines, digest = head_data["lines"], head_data["digest"]
        inside = not Path(name).is_absolute() and ".." not in Path(name).parts
        if not isinstance(lines, int | None) or not isinstance(digest, str):
            raise TypeError(head_data)
        if not inside:
            raise ValueError(name)
        heads[name] = Head(lines=lines, digest=digest)
    return heads


def _compare_head(path: Path, head: Head, case_dir: Path) -> Issue | None:
    try:
        content = read_plain(path, inside=case_dir)
    except FileNotFoundError:
        return _make_issue(path, _MISSING)
    except OSError as error:
        reason = say_reason(error)
        return _make_issue(
            path, Text(zh=f"读不出：{reason.zh}", en=f"cannot be read: {reason.en}")
        )
    if head.lines is not None:
        lines, _ = _count_whole_lines(content)
        if lines < head.lines:
            return _make_issue(
                path,
                Text(
                    zh=f"少了末尾的行：记过{head.lines}行，现在完整的有{lines}行",
                    en=f"lines are missing at its end: {head.lines} were recorded, "
                    f"{lines} are whole now",
                ),
            )
        content = b"\n".join(content.split(b"\n")[: head.lines]) + b"\n"
    same = hashlib.sha256(content).hexdigest() == head.digest
    return None if same else _make_issue(path, _ALTERED)


def _count_whole_lines(content: bytes) -> tuple[int, bytes]:
    """How many lines have their end, and those lines."""
    whole = content[: content.rfind(b"\n") + 1]
    return whole.count(b"\n"), whole


def _list_files(case_dir: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        for path in sorted(case_dir.glob(pattern)):
            if path.suffix != ".new" and check_plain(path, inside=case_dir):
                yield path


def _name_path(path: Path, case_dir: Path) -> str:
    return path.relative_to(case_dir).as_posix()


def _make_issue(path: Path, text: Text) -> Issue:
    return Issue(text=text, path=str(path), hint=_RESTORE)


_MISSING: Final = Text(
    zh="这个文件不见了，以前记录过它", en="this file is missing; it was recorded before"
)
_ALTERED: Final = Text(
    zh="记录过的内容被改动", en="what was recorded in it was altered"
)
_RESTORE: Final = Text(
    zh="从备份恢复这个文件；确是你自己换上的旧备份，用changqing accept 项目 认可",
    en="restore the file from a backup; where you yourself put an older backup in "
    "place, accept it with changqing accept CASE",
)
