"""The one way in which `case.yaml` is edited: by pages, the API and commands.

What stands in the file stays, comments and order included. An edit says what its form
had been shown: where somebody else has changed that meanwhile, neither value wins by
itself. A file that would not be valid is never kept.
"""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.scalarstring import SingleQuotedScalarString

from changqing.case.folder import CASE_FILE, EVIDENCE_FOLDER
from changqing.case.model import Case
from changqing.case.read import read_case
from changqing.disk import Disk, only_writer
from changqing.errors import BusyError, CaseError, Issue
from changqing.law.kinds.material import kinds_for
from changqing.law.model import Catalogue
from changqing.plainfile import write_plain
from changqing.text import Text
from changqing.yamlfile.read import Loc, YamlFile, examine

At = tuple[str, ...]
"""A way into the file, by key and by the `id` of a list's item: people, liang, role."""

_WAIT: Final = 3.0  # seconds another writer is waited for
_STEP: Final = 0.1


class _Unseen:
    """The form did not say what it had been shown."""


UNSEEN: Final = _Unseen()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """`case.yaml` as it was read: its version, and what it says as plain data."""

    version: str
    data: Mapping[str, Any]

    def at(self, where: At) -> object:
        """What stands there; None where nothing does."""
        return _plain_at(self.data, where)

    def items(self, listed: str) -> Sequence[Mapping[str, Any]]:
        """The items of a list that are mappings."""
        found = self.data.get(listed)
        return [one for one in found or () if isinstance(one, dict)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing to be written. `value` None takes it out.

    `shown` is what the form had been shown there; without it, any change of the file
    since its version counts as a conflict.
    """

    at: At
    value: object
    shown: object = UNSEEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """What a form would write, and what somebody else has written there meanwhile."""

    at: At
    mine: object
    theirs: object


class StaleError(Exception):
    """The file changed where the form would: both values, and nothing was written."""

    def __init__(self, clashes: Sequence[Clash], now: Written) -> None:
        super().__init__("the file was changed meanwhile")
        self.clashes = tuple(clashes)
        self.now = now


class RefusedError(CaseError):
    """The file would not be valid; `at` says which change each issue is about."""

    def __init__(self, *issues: Issue, at: Mapping[At, tuple[Issue, ...]]) -> None:
        super().__init__(*issues)
        self.at = at


def read(folder: Path) -> Written:
    """The file as it is now; raises CaseError when it cannot be read."""
    return _read(folder)[0]


def change(
    folder: Path,
    changes: Sequence[Change],
    *,
    version: str,
    catalogue: Catalogue,
    disk: Disk | None = None,
) -> Written:
    """Write the changes, all or none.

    `version` is that of the file the form was made from. Raises StaleError where others
    changed the same, RefusedError when the file would not be valid, and CaseError when
    somebody else is writing or it cannot be written; the file is then as it was.
    """
    disk = Disk(inside=folder) if disk is None else disk
    with _alone(folder, disk):
        now, content = _read(folder)
        clashes = _clashes(now, changes, version)
        if clashes:
            raise StaleError(clashes, now)
        wanted = [one for one in changes if now.at(one.at) != plain(one.value)]
        if not wanted:
            return now
        text = _edited(content.decode(), wanted)
        _check(folder, text, now, wanted, catalogue)
        try:
            mode = (folder / CASE_FILE).stat().st_mode & 0o777
            disk.replace(folder / CASE_FILE, text.encode())
            (folder / CASE_FILE).chmod(mode)
        except OSError as error:
            raise CaseError(_unwritable(folder, error)) from error
        return _read(folder)[0]


def without(written: Written, name: str) -> dict[str, object]:
    """What is said to be absent, or held by nobody, each with the day of saying so."""
    said = written.data.get(name)
    if isinstance(said, Mapping):
        return dict(said)
    day = written.data.get("declared_on")
    return {str(code): day for code in said or ()}


def say_without(
    written: Written, name: str, code: str, *, since: date | None
) -> Change:
    """Say of one kind of paper, or one post, that there is none; None takes it back."""
    said = without(written, name)
    said.pop(code, None)
    if since is not None:
        said[code] = since
    return Change(at=(name,), value=said or None, shown=written.at((name,)))


def put(
    folder: Path,
    listed: str,
    item: Mapping[str, object],
    *,
    catalogue: Catalogue,
    version: str | None = None,
    shown: object = UNSEEN,
) -> Written:
    """Add an item to a list, or replace the one of the same `id`.

    Without a `version` it is written over whatever stands there now. A paper that comes
    takes back the word that there is none of its kind.
    """
    at = (listed, str(item["id"]))
    now, kind = read(folder), str(item.get("kind"))
    changes = [Change(at=at, value=item, shown=shown)]
    changes += [
        say_without(now, "absent", asked, since=None)
        for asked in without(now, "absent")
        if listed == "papers" and kind in kinds_for(catalogue.materials, asked)
    ]
    return change(
        folder,
        changes,
        version=now.version if version is None else version,
        catalogue=catalogue,
    )


def remove(
    folder: Path, listed: str, name: str, *, catalogue: Catalogue, version: str
) -> Written:
    """Take an item out of a list."""
    return change(
        folder,
        [Change(at=(listed, name), value=None)],
        version=version,
        catalogue=catalogue,
    )


def free_id(written: Written, listed: str, wanted: str) -> str:
    """`wanted`, or the first name like it that no item of the list has."""
    taken = {one.get("id") for one in written.items(listed)}
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted}_{number}"
    return name


@contextmanager
def _alone(folder: Path, disk: Disk) -> Iterator[None]:
    """Be the one who writes to the case; another writer is waited for a little."""
    disk.directory(folder / EVIDENCE_FOLDER)
    until = time.monotonic() + _WAIT
    with ExitStack() as held:
        while True:
            try:
                lock = only_writer(folder / EVIDENCE_FOLDER / "lock", inside=folder)
                held.enter_context(lock)
                break
            except BusyError:
                if time.monotonic() >= until:
                    raise
                time.sleep(_STEP)
        yield


def _read(folder: Path) -> tuple[Written, bytes]:
    path = folder / CASE_FILE
    try:
        told = path.stat()
    except OSError:
        return _parsed(path)
    return _kept(path, told.st_mtime_ns, told.st_size, told.st_ino)


@lru_cache(maxsize=32)
def _kept(path: Path, *told: int) -> tuple[Written, bytes]:
    """As read before, while the file is the same by time, size and inode."""
    del told
    return _parsed(path)


def _parsed(path: Path) -> tuple[Written, bytes]:
    file, issues = examine(path, inside=path.parent)
    if file is None:
        raise CaseError(*issues)
    content = file.text.encode()
    data = file.data if isinstance(file.data, dict) else {}
    version = hashlib.sha256(content).hexdigest()
    return Written(version=version, data=data), content


def _clashes(now: Written, changes: Sequence[Change], version: str) -> list[Clash]:
    if version == now.version:
        return []
    return [
        Clash(at=one.at, mine=plain(one.value), theirs=now.at(one.at))
        for one in changes
        if now.at(one.at) != plain(one.value)
        and (one.shown is UNSEEN or now.at(one.at) != plain(one.shown))
    ]


# What the file says, as plain data


def _plain_at(data: object, where: At) -> Any:
    node: Any = data
    for step in where:
        if isinstance(node, Mapping):
            node = node.get(step)
        elif isinstance(node, list):
            node = next(
                (
                    one
                    for one in node
                    if isinstance(one, dict) and one.get("id") == step
                ),
                None,
            )
        else:
            return None
    return node


def plain(value: object) -> object:
    """A value as the strict reader gives it: days are text."""
    match value:
        case Mapping():
            return {str(key): plain(part) for key, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
        case date():
            return value.isoformat()
        case _:
            return value


def _expected(data: Mapping[str, Any], changes: Sequence[Change]) -> Any:
    after: Any = deepcopy(dict(data))
    for one in changes:
        _set(after, one.at, plain(one.value), fresh=dict, listed=list)
    return after


# The text of the file


def _edited(text: str, changes: Sequence[Change]) -> str:
    """The file's text with the changes; what they do not touch stays as it was."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    offset = _offset(text)
    yaml.indent(mapping=2, sequence=offset + 2, offset=offset)
    try:
        data = yaml.load(text)
        if data is None:
            data = CommentedMap()
        for one in changes:
            _set(
                data, one.at, _node(one.value), fresh=CommentedMap, listed=CommentedSeq
            )
        stream = io.StringIO()
        yaml.dump(data, stream)
    except (YAMLError, TypeError, AttributeError, ValueError) as error:
        raise CaseError(Issue(text=_UNUSUAL, path=CASE_FILE, hint=_BY_HAND)) from error
    written = stream.getvalue()
    return written.replace("\n", "\r\n") if "\r\n" in text else written


def _offset(text: str) -> int:
    """How far the file's lists are set in."""
    for line in text.splitlines():
        bare = line.lstrip(" ")
        if bare.startswith("- "):
            return min(len(line) - len(bare), 4)
    return 2


def _set(data: Any, at: At, value: object, *, fresh: Any, listed: Any) -> None:
    """Put `value` where `at` leads, in plain data as in the commented tree alike."""
    node = data
    for step in at[:-1]:
        inner = _child(node, step)
        if inner is None:
            top = node is data and step in _LISTS
            inner = listed() if top else fresh()
            if isinstance(node, list):
                inner["id"] = step
                node.append(inner)
            else:
                node[step] = inner
        node = inner
    last = at[-1]
    if isinstance(node, list):
        place = _place(node, last)
        if value is None:
            if place is not None:
                del node[place]
        elif place is None:
            node.append(value)
        else:
            node[place] = value
    elif value is None:
        node.pop(last, None)
    else:
        node[last] = value


_LISTS: Final = frozenset(
    {"services", "people", "holders", "offers", "resources", "reports", "papers"}
    | {"looks"}
)


def _child(node: Any, step: str) -> Any:
    if isinstance(node, list):
        place = _place(node, step)
        return None if place is None else node[place]
    return node.get(step)


def _place(items: Any, name: str) -> int | None:
    for place, one in enumerate(items):
        if isinstance(one, Mapping) and one.get("id") == name:
            return place
    return None


def _node(value: object) -> object:
    """A value as the file writes it: lists of words in one line, odd texts quoted."""
    match value:
        case Mapping():
            node = CommentedMap((key, _node(part)) for key, part in value.items())
            if value and set(value) <= _IN_ONE_LINE:
                node.fa.set_flow_style()
            return node
        case list() | tuple():
            items = CommentedSeq(_node(part) for part in value)
            if not any(isinstance(part, Mapping) for part in value):
                items.fa.set_flow_style()
            return items
        case str() if not _BARE.issuperset(value.lower()) or not value[:1].isalpha():
            return SingleQuotedScalarString(value)
        case _:
            return value


_IN_ONE_LINE: Final = frozenset({"fact", "subject", "value", "place"})
_BARE: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


# Checking before it is kept


def _check(
    folder: Path,
    text: str,
    before: Written,
    changes: Sequence[Change],
    catalogue: Catalogue,
) -> None:
    draft = folder / f".{CASE_FILE}.{os.getpid()}"
    try:
        write_plain(draft, text.encode(), inside=folder)
        after, issues = examine(draft, inside=folder)
        if after is None:
            raise RefusedError(*issues, at={})
        if after.data != _expected(before.data, changes):
            raise CaseError(Issue(text=_UNUSUAL, path=CASE_FILE, hint=_BY_HAND))
        _open(folder, draft, after, changes, catalogue)
    except OSError as error:
        raise CaseError(_unwritable(folder, error)) from error
    finally:
        draft.unlink(missing_ok=True)


def _open(
    folder: Path,
    draft: Path,
    after: YamlFile,
    changes: Sequence[Change],
    catalogue: Catalogue,
) -> Case:
    try:
        reading = read_case(folder, catalogue, draft=draft)
        # What stood there before hinders no other edit: see CaseReading.accept.
        old = read_case(folder, catalogue).out_of_range if reading.out_of_range else ()
        return reading.accept([(one.subject, one.fact, one.value) for one in old])
    except CaseError as error:
        issues = tuple(replace(one, path=CASE_FILE) for one in error.issues)
        raise RefusedError(*issues, at=_by_change(issues, after, changes)) from error


def _by_change(
    issues: Sequence[Issue], after: YamlFile, changes: Sequence[Change]
) -> dict[At, tuple[Issue, ...]]:
    """Which change an issue is about: by line, then by the name it says."""
    found: dict[At, list[Issue]] = {}
    lines = {one.at: _lines(after, one.at) for one in changes}
    for issue in issues:
        near = [
            at
            for at, span in lines.items()
            if issue.line is not None and issue.line in span
        ]
        named = [at for at in near if at[-1] in issue.text.zh]
        for at in (named or near)[:1]:
            found.setdefault(at, []).append(issue)
    return {at: tuple(told) for at, told in found.items()}


def _lines(after: YamlFile, at: At) -> range:
    loc: list[str | int] = []
    node: Any = after.data
    for step in at:
        if isinstance(node, list):
            place = _place(node, step)
            if place is None:
                return range(0)
            loc.append(place)
            node = node[place]
        elif isinstance(node, Mapping):
            loc.append(step)
            node = node.get(step)
    first = after.line(tuple(loc))
    last = first
    for inner in _inside(node, tuple(loc)):
        last = max(last, after.line(inner))
    return range(first, last + 1)


def _inside(node: object, loc: Loc) -> Iterator[Loc]:
    if isinstance(node, Mapping):
        for key, part in node.items():
            yield (*loc, key)
            yield from _inside(part, (*loc, key))
    elif isinstance(node, list):
        for place, part in enumerate(node):
            yield (*loc, place)
            yield from _inside(part, (*loc, place))


_UNUSUAL: Final = Text(
    zh="case.yaml的写法特殊，为免改坏，没有动它",
    en="case.yaml is written in a way of its own; it was left as it was",
)
_BY_HAND: Final = Text(
    zh="请在文件里改这一处", en="make this change in the file itself"
)


def _unwritable(folder: Path, error: OSError) -> Issue:
    said = error.strerror or type(error).__name__
    return Issue(
        text=Text(zh=f"写不进去（{said}）", en=f"cannot be written ({said})"),
        path=CASE_FILE,
        hint=Text(
            zh="检查磁盘空间和权限；原有内容没有改动",
            en="check disk space and permissions; nothing that was there has changed",
        ),
    )
