"""The one way in which `case.yaml` is written: by pages, the API and commands.

`change` writes what a form or command would, `add_look` what somebody saw on a page,
`write_new_case` the first file of a case. How its text is changed is `yamlfile.edit`.

What stands in the file stays, comments and order included. An edit says what its form
had been shown: where somebody else has changed that meanwhile, neither value wins by
itself. A file that would not be valid is never kept.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from changqing.case.folder import CASE_FILE, EVIDENCE_FOLDER
from changqing.case.model import Case
from changqing.case.read import read_case
from changqing.case.read_set_aside import SET_ASIDE
from changqing.case.spelling import spell_data
from changqing.case.subjects import Subject
from changqing.disk import UNWRITTEN, Disk, only_writer
from changqing.errors import BusyError, CaseError, Issue, make_disk_issue
from changqing.jsondata import JsonObject
from changqing.law.compiled import load_shipped
from changqing.law.lookup import list_kinds_for
from changqing.law.model import Catalogue
from changqing.law.subjects import SUBJECTS
from changqing.plainfile import check_folder, read_plain, write_new, write_plain
from changqing.text import Text
from changqing.yamlfile.edit import (
    At,
    UnusualYamlError,
    append_item,
    find_lines,
    format_item,
    get_value,
    set_value,
    set_values,
)
from changqing.yamlfile.plain import Writable, WritableItem, to_plain
from changqing.yamlfile.read import YamlFile, read_with_issues

_WAIT: Final = 3.0  # seconds another writer is waited for
_STEP: Final = 0.1
_KEPT_PAGE: Final = re.compile(r"look-(.+)-\d{4}-\d{2}-\d{2}(?:-\d+)?\.[a-z]+")


class _Unseen:
    """The form did not say what it had been shown."""


UNSEEN: Final = _Unseen()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseData:
    """`case.yaml` as it was read: its version, and what it says as plain data.

    Its values are spelled as programs write them (see `case.spelling`).
    """

    version: str
    data: Mapping[str, Any]

    def find_value(self, where: At) -> Any:
        """Find what stands there; None where nothing does."""
        return get_value(self.data, where)

    def list_items(self, listed: str) -> Sequence[JsonObject]:
        """List the items of a list that are mappings."""
        entries = self.data.get(listed)
        items = entries if isinstance(entries, list) else ()
        return [item for item in items if isinstance(item, dict)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
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

    def __init__(self, clashes: Sequence[Clash], now: CaseData) -> None:
        super().__init__("the file was changed meanwhile")
        self.clashes = tuple(clashes)
        self.now = now


class RefusedError(CaseError):
    """The file would not be valid; `at` says which change each issue is about."""

    def __init__(self, *issues: Issue, at: Mapping[At, tuple[Issue, ...]]) -> None:
        super().__init__(*issues)
        self.at = at


def read(folder: Path) -> CaseData:
    """Read the file as it is now; raise CaseError when it cannot be read."""
    return _spell_values(_read_whole(folder)[0], load_shipped())


def change(
    folder: Path,
    changes: Sequence[FieldChange],
    *,
    version: str,
    catalogue: Catalogue,
    disk: Disk | None = None,
    locked: bool = False,
) -> CaseData:
    """Write the changes, all or none.

    `version` is that of the file the form was made from; `locked` says that the caller
    holds the lock of the case, as who has its log open does. Raises StaleError where
    others changed the same, RefusedError when the file would not be valid, and
    CaseError when somebody else is writing or it cannot be written; the file is then as
    it was.
    """
    disk = Disk(inside=folder) if disk is None else disk
    with nullcontext() if locked else _lock_case(folder, disk):
        before, content = _read_whole(folder)
        now = _spell_values(before, catalogue)
        clashes = _find_clashes(now, changes, version)
        if clashes:
            raise StaleError(clashes, now)
        new_changes = [
            field_change
            for field_change in changes
            if now.find_value(field_change.at) != to_plain(field_change.value)
        ]
        if not new_changes:
            return now
        text = _format_changes(content.decode(), new_changes)
        _check_draft(folder, text, before, new_changes, catalogue)
        _replace_file(folder, text, disk, shown_path=CASE_FILE)
        return _spell_values(_read_whole(folder)[0], catalogue)


@contextmanager
def restore_on_failure(folder: Path) -> Iterator[None]:
    """Put the case file back as it was where what is done inside fails.

    Only for who holds the lock of the case. What cannot be put back leaves the first
    error as it is.
    """
    content = (folder / CASE_FILE).read_bytes()
    try:
        yield
    except BaseException:
        if (folder / CASE_FILE).read_bytes() != content:
            with suppress(CaseError):
                text = content.decode()
                _replace_file(folder, text, Disk(inside=folder), shown_path=CASE_FILE)
        raise


def add_look(folder: Path, look: WritableItem) -> None:
    """Add one item to `looks` in `case.yaml`, and change no other byte.

    `look` holds the fields as the file has them; where its `id` is taken it gets
    another. Raises CaseError, and leaves the file as it was, when it cannot be read,
    written, or kept whole. Takes no lock: a case without a log has none.
    """
    path = folder / CASE_FILE
    before, content = _read_whole(folder)
    item = {**look, "id": find_free_id(before, "looks", str(look["id"]))}
    text = append_item(content.decode(), "looks", item)
    listed = before.data.get("looks")
    looks = [*(listed if isinstance(listed, list) else ()), to_plain(item)]
    with _draft_beside(folder, text, shown_path=str(path)) as draft:
        after, _ = read_with_issues(draft, inside=folder)
        if after is None or after.data != {**before.data, "looks": looks}:
            raise CaseError(_refuse_look(path, item))
    # Perhaps no lock is held: what somebody wrote meanwhile would be lost.
    if read_plain(path, inside=folder) != content:
        raise CaseError(Issue(text=_CHANGED, path=str(path), hint=_AGAIN))
    _replace_file(folder, text, Disk(inside=folder), shown_path=str(path))


def keep_page(folder: Path, content: bytes, *, what: str, on: date, named: str) -> str:
    """Keep the bytes of a saved page under `documents/`; gives the path in the case.

    Never takes the place of another file. Raises CaseError when it cannot be written.
    """
    suffix = Path(named).suffix.lower()
    suffix = suffix if suffix in _PAGES else ".html"
    name, number = f"documents/look-{what}-{on}{suffix}", 1
    try:
        while (folder / name).exists():
            if read_plain(folder / name, inside=folder) == content:
                return name
            number += 1
            name = f"documents/look-{what}-{on}-{number}{suffix}"
        disk = Disk(inside=folder)
        disk.make_folder(folder / "documents")
        disk.replace(folder / name, content)
    except OSError as error:
        raise CaseError(
            make_disk_issue(str(folder / name), error, UNWRITTEN, _AS_BEFORE)
        ) from error
    return name


def find_kept_pages(folder: Path) -> dict[str, list[str]]:
    """Find the pages that `keep_page` kept, by what they are of: paths in the case."""
    place = folder / "documents"
    pages: dict[str, list[str]] = {}
    for path in sorted(place.iterdir()) if place.is_dir() else ():
        if name_match := _KEPT_PAGE.fullmatch(path.name):
            pages.setdefault(name_match[1], []).append(f"documents/{path.name}")
    return pages


def write_new_case(folder: Path, text: str) -> None:
    """Write a first `case.yaml`, and an empty `documents/` beside it.

    Raises FileExistsError where a case is there already, and OSError.
    """
    check_folder(folder / "documents", inside=folder)
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    write_new(folder / CASE_FILE, text.encode(), inside=folder)


def find_absences(case_data: CaseData, name: str) -> dict[str, Writable]:
    """Find what is said to be absent, or held by nobody, with the day of saying so."""
    absences = case_data.data.get(name)
    if isinstance(absences, Mapping):
        return dict(absences)
    day = case_data.data.get("declared_on")
    return {str(code): day for code in (absences if isinstance(absences, list) else ())}


def say_without(
    case_data: CaseData, name: str, code: str, *, since: date | None
) -> FieldChange:
    """Say of one kind of paper, or one post, that there is none; None takes it back."""
    absences = find_absences(case_data, name)
    absences.pop(code, None)
    if since is not None:
        absences[code] = since
    return FieldChange(
        at=(name,), value=absences or None, shown=case_data.find_value((name,))
    )


def set_item(
    folder: Path,
    listed: str,
    item: WritableItem,
    *,
    catalogue: Catalogue,
    version: str | None = None,
    shown: object = UNSEEN,
) -> CaseData:
    """Add an item to a list, or replace the one of the same `id`.

    Without a `version` it is written over whatever stands there now. A paper that comes
    takes back the word that there is none of its kind.
    """
    at = (listed, str(item["id"]))
    now, kind = read(folder), str(item.get("kind"))
    changes = [FieldChange(at=at, value=item, shown=shown)]
    changes += [
        say_without(now, "absent", absent_kind, since=None)
        for absent_kind in find_absences(now, "absent")
        if listed == "papers" and kind in list_kinds_for(catalogue, absent_kind)
    ]
    return change(
        folder,
        changes,
        version=now.version if version is None else version,
        catalogue=catalogue,
    )


def remove_item(
    folder: Path, listed: str, name: str, *, catalogue: Catalogue, version: str
) -> CaseData:
    """Take an item out of a list."""
    return change(
        folder,
        [FieldChange(at=(listed, name), value=None)],
        version=version,
        catalogue=catalogue,
    )


def find_place(subject: Subject, fact: str) -> At:
    """Find where the file has what is said of a fact of a subject."""
    if subject.type == "applicant":
        return ("applicant", fact)
    field = SUBJECTS[subject.type].kind_field if fact == "roles" else fact
    return (SUBJECTS[subject.type].listed, subject.id, field)


def find_free_id(case_data: CaseData, listed: str, preferred: str) -> str:
    """Find `preferred`, or the first name like it that no item of the list has."""
    ids = {item.get("id") for item in case_data.list_items(listed)}
    name, number = preferred, 1
    while name in ids:
        number += 1
        name = f"{preferred}_{number}"
    return name


@contextmanager
def lock_if_logged(folder: Path) -> Iterator[None]:
    """Be the one who writes to a case that has a log; one without is left as it is.

    Raises BusyError where another writer is not done in time.
    """
    logged = (folder / EVIDENCE_FOLDER).is_dir()
    with _lock_case(folder, Disk(inside=folder)) if logged else nullcontext():
        yield


@contextmanager
def _lock_case(folder: Path, disk: Disk) -> Iterator[None]:
    """Be the one who writes to the case; another writer is waited for a little."""
    disk.make_folder(folder / EVIDENCE_FOLDER)
    until = time.monotonic() + _WAIT
    with ExitStack() as stack:
        while True:
            try:
                lock = only_writer(folder / EVIDENCE_FOLDER / "lock", inside=folder)
                stack.enter_context(lock)
                break
            except BusyError:
                if time.monotonic() >= until:
                    raise
                time.sleep(_STEP)
        yield


def _read_whole(folder: Path) -> tuple[CaseData, bytes]:
    path = folder / CASE_FILE
    try:
        stat_result = path.stat()
    except OSError:
        return _parse_file(path)
    return _load_known(
        path, stat_result.st_mtime_ns, stat_result.st_size, stat_result.st_ino
    )


@lru_cache(maxsize=32)
def _load_known(path: Path, *stamps: int) -> tuple[CaseData, bytes]:
    """As read before, while the file is the same by time, size and inode."""
    del stamps
    return _parse_file(path)


def _parse_file(path: Path) -> tuple[CaseData, bytes]:
    file, issues = read_with_issues(path, inside=path.parent)
    if file is None:
        raise CaseError(*issues)
    content = file.text.encode()
    data = file.data if isinstance(file.data, dict) else {}
    version = hashlib.sha256(content).hexdigest()
    return CaseData(version=version, data=data), content


def _spell_values(case_data: CaseData, catalogue: Catalogue) -> CaseData:
    return CaseData(
        version=case_data.version, data=spell_data(case_data.data, catalogue)
    )


def _find_clashes(
    now: CaseData, changes: Sequence[FieldChange], version: str
) -> list[Clash]:
    if version == now.version:
        return []
    return [
        Clash(
            at=field_change.at,
            mine=to_plain(field_change.value),
            theirs=now.find_value(field_change.at),
        )
        for field_change in changes
        if now.find_value(field_change.at) != to_plain(field_change.value)
        and (
            field_change.shown is UNSEEN
            or now.find_value(field_change.at) != to_plain(field_change.shown)
        )
    ]


def _compute_expected(data: JsonObject, changes: Sequence[FieldChange]) -> Any:
    after: Any = deepcopy(dict(data))
    for change in changes:
        set_value(after, change.at, to_plain(change.value), lists=_LISTS)
    return after


def _format_changes(text: str, changes: Sequence[FieldChange]) -> str:
    """The text of the file with the changes."""
    values = [(change.at, change.value) for change in changes]
    try:
        return set_values(text, values, lists=_LISTS)
    except UnusualYamlError as error:
        raise CaseError(Issue(text=_UNUSUAL, path=CASE_FILE, hint=_BY_HAND)) from error


_LISTS: Final = frozenset(
    {subject.listed for subject in SUBJECTS.values()} | {"looks", SET_ASIDE}
)


# Checking before it is kept


def _check_draft(
    folder: Path,
    text: str,
    before: CaseData,
    changes: Sequence[FieldChange],
    catalogue: Catalogue,
) -> None:
    with _draft_beside(folder, text, shown_path=CASE_FILE) as draft:
        after, issues = read_with_issues(draft, inside=folder)
        if after is None:
            raise RefusedError(*issues, at={})
        # YAML has more spellings (anchors, flow style, tags) than an editor of text can
        # foresee. So the edited text is read back, and what it says has to be what the
        # change makes of the old data: else the file is left alone.
        if after.data != _compute_expected(before.data, changes):
            raise CaseError(Issue(text=_UNUSUAL, path=CASE_FILE, hint=_BY_HAND))
        _check_case(folder, draft, after, changes, catalogue)


@contextmanager
def _draft_beside(folder: Path, text: str, *, shown_path: str) -> Iterator[Path]:
    """Write a text beside the case file, to be read before it takes its place."""
    draft = folder / f".{CASE_FILE}.{os.getpid()}"
    try:
        write_plain(draft, text.encode(), inside=folder)
        yield draft
    except OSError as error:
        raise CaseError(
            make_disk_issue(shown_path, error, UNWRITTEN, _AS_BEFORE)
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def _replace_file(folder: Path, text: str, disk: Disk, *, shown_path: str) -> None:
    """Put a text in the place of the case file, as a whole and with its mode."""
    path = folder / CASE_FILE
    try:
        mode = path.stat().st_mode & 0o777
        disk.replace(path, text.encode())
        path.chmod(mode)
    except OSError as error:
        raise CaseError(
            make_disk_issue(shown_path, error, UNWRITTEN, _AS_BEFORE)
        ) from error


def _check_case(
    folder: Path,
    draft: Path,
    after: YamlFile,
    changes: Sequence[FieldChange],
    catalogue: Catalogue,
) -> Case:
    try:
        reading = read_case(folder, catalogue, draft=draft)
        # What stood there before hinders no other edit: see CaseReading.accept.
        old = read_case(folder, catalogue).out_of_range if reading.out_of_range else ()
        return reading.accept(
            [(statement.subject, statement.fact, statement.value) for statement in old]
        )
    except CaseError as error:
        issues = tuple(replace(issue, path=CASE_FILE) for issue in error.issues)
        raise RefusedError(
            *issues, at=_group_by_change(issues, after, changes)
        ) from error


def _group_by_change(
    issues: Sequence[Issue], after: YamlFile, changes: Sequence[FieldChange]
) -> dict[At, tuple[Issue, ...]]:
    """Which change an issue is about: by line, then by the name it says."""
    issues_by_place: dict[At, list[Issue]] = {}
    lines = {
        field_change.at: find_lines(after, field_change.at) for field_change in changes
    }
    for issue in issues:
        near = [
            at
            for at, span in lines.items()
            if issue.line is not None and issue.line in span
        ]
        near_by_name = [at for at in near if at[-1] in issue.text.zh]
        for at in (near_by_name or near)[:1]:
            issues_by_place.setdefault(at, []).append(issue)
    return {at: tuple(issues_there) for at, issues_there in issues_by_place.items()}


_UNUSUAL: Final = Text(
    zh="case.yaml的写法特殊，为免改坏，没有动它",
    en="case.yaml is written in a way of its own; it was left as it was",
)
_BY_HAND: Final = Text(
    zh="请在文件里改这一处", en="make this change in the file itself"
)


_PAGES: Final = frozenset({".html", ".htm", ".txt", ".md", ".pdf", ".csv", ".xlsx"})
_CHANGED: Final = Text(
    zh="写的时候文件被别人改了，没有动它",
    en="the file was changed by somebody meanwhile, and left as it is",
)
_AGAIN: Final = Text(zh="再运行一次", en="run this again")


def _refuse_look(path: Path, item: WritableItem) -> Issue:
    lines = f"looks:\n{format_item(item)}"
    return Issue(
        text=Text(
            zh="looks 的写法特殊，为免改坏，没有动这个文件",
            en="looks is written in a way of its own; the file was left as it was",
        ),
        path=str(path),
        hint=Text(zh=f"请自己加上：\n{lines}", en=f"add this yourself:\n{lines}"),
    )


_AS_BEFORE: Final = Text(
    zh="检查磁盘空间和权限；原有内容没有改动",
    en="check disk space and permissions; nothing that was there has changed",
)
