"""Adding a guided look to a case: the page is kept, `case.yaml` gains one item.

What stands in `case.yaml` stays, comments and order included; the file is replaced as a
whole or not at all.
"""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from changqing.case.folder import CASE_FILE
from changqing.disk import Disk
from changqing.errors import CaseError, Issue
from changqing.plainfile import open_guarded, read_plain
from changqing.text import Text
from changqing.yamlfile.read import examine

_LOOKS: Final = re.compile(r"looks\s*:")
_EMPTY: Final = re.compile(r"looks\s*:\s*(?:\[\s*\]|null|~)?\s*(?:#.*)?$")
_DASH: Final = re.compile(r"\s*-\s")
_SUFFIXES: Final = frozenset({".html", ".htm", ".txt", ".md", ".pdf"})


def keep_page(folder: Path, content: bytes, *, what: str, on: date, named: str) -> str:
    """Keep the bytes of a saved page under `documents/`; gives the path in the case.

    Never takes the place of another file. Raises CaseError when it cannot be written.
    """
    suffix = Path(named).suffix.lower()
    suffix = suffix if suffix in _SUFFIXES else ".html"
    name, number = f"documents/look-{what}-{on}{suffix}", 1
    try:
        while (folder / name).exists():
            if read_plain(folder / name, inside=folder) == content:
                return name
            number += 1
            name = f"documents/look-{what}-{on}-{number}{suffix}"
        disk = Disk(inside=folder)
        disk.directory(folder / "documents")
        disk.replace(folder / name, content)
    except OSError as error:
        raise CaseError(_unwritable(folder / name, error)) from error
    return name


def add_look(folder: Path, look: Mapping[str, object]) -> None:
    """Add one item to `looks` in `case.yaml`, and change nothing else.

    `look` holds the fields as the file has them. Raises CaseError, and leaves the file
    as it was, when it cannot be read, written, or kept whole.
    """
    path = folder / CASE_FILE
    before, issues = examine(path, inside=folder)
    if before is None:
        raise CaseError(*issues)
    content = read_plain(path, inside=folder)
    item = {**look, "id": _free_id(before.data, str(look["id"]))}
    draft = path.with_name(f".{CASE_FILE}.{os.getpid()}")
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        with os.fdopen(open_guarded(draft, flags), "wb") as stream:
            stream.write(_with_item(content.decode(), item).encode())
        after, _ = examine(draft, inside=folder)
        if after is None or not _only_added(before.data, after.data, item):
            raise CaseError(_cannot_keep(path, item))
        shutil.copymode(path, draft)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        if read_plain(path, inside=folder) != content:
            raise CaseError(Issue(text=_CHANGED, path=str(path), hint=_AGAIN))
        draft.replace(path)
    except OSError as error:
        raise CaseError(_unwritable(path, error)) from error
    finally:
        draft.unlink(missing_ok=True)


_CHANGED: Final = Text(
    zh="写的时候文件被别人改了，没有动它",
    en="the file was changed by somebody meanwhile, and left as it is",
)
_AGAIN: Final = Text(zh="再运行一次", en="run this again")


def _free_id(data: object, wanted: str) -> str:
    looks = data.get("looks") if isinstance(data, dict) else None
    taken = {one.get("id") for one in looks or () if isinstance(one, dict)}
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


def _with_item(text: str, item: Mapping[str, object]) -> str:
    """The file's text with one more look; every other byte as it was."""
    end = "\r\n" if "\r\n" in text else "\n"
    if text and not text.endswith("\n"):
        text += end
    lines = text.splitlines(keepends=True)
    start = next((at for at, line in enumerate(lines) if _LOOKS.match(line)), None)
    if start is None:
        return text + end + "".join(_written(item, indent=2, head=True, end=end))
    if _EMPTY.match(lines[start]) and not _has_items(lines[start + 1 :]):
        fresh = _written(item, indent=2, head=True, end=end)
        return "".join([*lines[:start], *fresh, *lines[start + 1 :]])
    stop = next(
        (
            at
            for at, line in enumerate(lines[start + 1 :], start=start + 1)
            if line[:1] not in (" ", "#", "-", "\r", "\n", "")
        ),
        len(lines),
    )
    while stop > start + 1 and lines[stop - 1][:1] in ("#", "\r", "\n"):
        stop -= 1
    dash = next((line for line in lines[start + 1 : stop] if _DASH.match(line)), "  -")
    fresh = _written(item, indent=dash.index("-"), head=False, end=end)
    return "".join([*lines[:stop], *fresh, *lines[stop:]])


def _has_items(lines: list[str]) -> bool:
    for line in lines:
        if line.strip() and not line.lstrip().startswith("#"):
            return _DASH.match(line) is not None
    return False


def _written(
    item: Mapping[str, object], *, indent: int, head: bool, end: str
) -> list[str]:
    yaml = YAML(typ="rt")
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=indent + 2, offset=indent)
    stream = io.StringIO()
    yaml.dump({"looks": [_node(item)]}, stream)
    lines = stream.getvalue().splitlines()
    return [line + end for line in (lines if head else lines[1:])]


def _node(item: Mapping[str, object]) -> CommentedMap:
    """The item as the file writes it: what it backs in one line each."""
    node = CommentedMap()
    for name, value in item.items():
        if name == "backs" and isinstance(value, list):
            backs = CommentedSeq()
            for each in value:
                line = CommentedMap(
                    (key, _scalar(part) if key in ("value", "place") else part)
                    for key, part in dict(each).items()
                )
                line.fa.set_flow_style()
                backs.append(line)
            node[name] = backs
        else:
            node[name] = value
    return node


def _scalar(value: object) -> object:
    if isinstance(value, list):
        listed = CommentedSeq(map(_scalar, value))
        listed.fa.set_flow_style()
        return listed
    return SingleQuotedScalarString(value) if isinstance(value, str) else value


def _only_added(before: object, after: object, item: Mapping[str, object]) -> bool:
    """Whether the file now says what it said, and the item besides."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    expected = {**before, "looks": [*(before.get("looks") or ()), _plain(item)]}
    return after == expected


def _plain(value: object) -> object:
    """A value as the strict reader gives it: days are text."""
    match value:
        case Mapping():
            return {key: _plain(part) for key, part in value.items()}
        case list():
            return [_plain(part) for part in value]
        case date():
            return value.isoformat()
        case _:
            return value


def _cannot_keep(path: Path, item: Mapping[str, object]) -> Issue:
    lines = "".join(_written(item, indent=2, head=True, end="\n"))
    return Issue(
        text=Text(
            zh="looks 的写法特殊，为免改坏，没有动这个文件",
            en="looks is written in a way of its own; the file was left as it was",
        ),
        path=str(path),
        hint=Text(
            zh=f"请自己加上：\n{lines}",
            en=f"add this yourself:\n{lines}",
        ),
    )


def _unwritable(path: Path, error: OSError) -> Issue:
    said = error.strerror or type(error).__name__
    return Issue(
        text=Text(zh=f"写不进去（{said}）", en=f"cannot be written ({said})"),
        path=str(path),
        hint=Text(
            zh="检查磁盘空间和权限；原有内容没有改动",
            en="check disk space and permissions; nothing that was there has changed",
        ),
    )
