"""The files that somebody hands over: a folder or a zip, in any order, under any name.

Names stay as they were given, Chinese ones too: many a zip keeps them in GBK and does
not say so. What no folder may hold is left out and named.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from changqing.case.pieces import MAX_PAPER_BYTES
from changqing.errors import CaseError, Issue
from changqing.plainfile import check_plain, read_plain
from changqing.readers.package import DAMAGED
from changqing.text import Text

MOST_FILES: Final = 2_000
MOST_BYTES: Final = 4_000_000_000
_UTF8: Final = 0x800  # the flag of a name that says its own encoding
_ENCRYPTED: Final = 0x1
_FORBIDDEN: Final = frozenset('\\:*?"<>|')
_CLUTTER: Final = ("__MACOSX", "~$", ".", "Thumbs.db", "desktop.ini")
"""How the names begin of what a computer puts into folders by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFile:
    """A file that was handed over, by its name below the folder or in the zip.

    `problem` says why it cannot be taken; its content is then empty.
    """

    name: str
    content: bytes
    problem: Text | None = None


def gather_files(source: Path) -> Iterator[GivenFile]:
    """Give every file of a folder or a zip, one after another, and zips inside it.

    What of it cannot be read, or is no plain file, is given with the problem and holds
    up nothing else. Raises CaseError for what is neither, where there is no file, and
    where there are too many: of a folder before the first is given.
    """
    if source.is_dir():
        given_files = _walk_folder(source)
    elif (packed := _open_zip(source)) is not None:
        given_files = _unpack_zip(packed, source)
    else:
        raise CaseError(Issue(text=_NO_ZIP, path=str(source), hint=_A_FOLDER))
    total = size = 0
    for given_file in given_files:
        total, size = total + 1, size + len(given_file.content)
        if total > MOST_FILES or size > MOST_BYTES:
            raise CaseError(Issue(text=_TOO_MUCH, path=str(source), hint=_FEWER))
        yield given_file
    if not total:
        raise CaseError(Issue(text=_NO_FILES, path=str(source), hint=_PUT_THEM))


def _walk_folder(folder: Path) -> Iterator[GivenFile]:
    paths = {_spell_name(path, folder): path for path in _list_paths(folder)}
    names = [name for name in paths if not _is_clutter(name)]
    if len(names) > MOST_FILES:
        too_many = Text(
            zh=f"里面有{len(names)}个文件，一次最多{MOST_FILES}个",
            en=f"has {len(names)} files, of which {MOST_FILES} are taken at most",
        )
        raise CaseError(Issue(text=too_many, path=str(folder), hint=_FEWER))
    for name in names:
        path = paths[name]
        if (problem := _find_problem(path, folder)) is not None:
            yield GivenFile(name=name, content=b"", problem=problem)
        elif path.suffix.lower() == ".zip":
            packed = _open_zip(path)
            if packed is None:
                yield GivenFile(name=name, content=b"", problem=_BROKEN_ZIP)
                continue
            for given_file in _unpack_zip(packed, path):
                inner = f"{name.removesuffix(path.suffix)}/{given_file.name}"
                yield replace(given_file, name=inner)
        else:
            yield _read_file(path, name, folder)


def _list_paths(folder: Path) -> Iterator[Path]:
    """List what lies below a folder and is none itself, links among it, by name.

    A folder that cannot be opened is listed as such.
    """
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        yield folder
        return
    for entry in found:
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _list_paths(path)
        else:
            yield path


def _spell_name(path: Path, folder: Path) -> str:
    return _decode(os.fsencode(path.relative_to(folder).as_posix()))


def _find_problem(path: Path, folder: Path) -> Text | None:
    """Say why a file of a folder cannot be taken; None where it can."""
    try:
        check_plain(path, inside=folder)
        return _TOO_LARGE if path.lstat().st_size > MAX_PAPER_BYTES else None
    except CaseError as error:
        return error.issues[0].text


def _read_file(path: Path, name: str, folder: Path) -> GivenFile:
    try:
        return GivenFile(name=name, content=read_plain(path, inside=folder))
    except CaseError as error:
        return GivenFile(name=name, content=b"", problem=error.issues[0].text)


def _open_zip(path: Path) -> zipfile.ZipFile | None:
    try:
        return zipfile.ZipFile(path)
    except DAMAGED:
        return None


def _unpack_zip(packed: zipfile.ZipFile, path: Path) -> Iterator[GivenFile]:
    with packed:
        entries = [member for member in packed.infolist() if not member.is_dir()]
        if len(entries) > MOST_FILES:
            raise CaseError(Issue(text=_TOO_MUCH, path=str(path), hint=_FEWER))
        for entry in entries:
            name = decode_name(entry)
            if not _is_clutter(name):
                yield _read_entry(packed, entry, name)


def _read_entry(
    packed: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str
) -> GivenFile:
    problem: Text | None = None
    if entry.flag_bits & _ENCRYPTED:
        problem = _LOCKED
    elif entry.file_size > MAX_PAPER_BYTES:
        problem = _TOO_LARGE
    elif stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        problem = _NO_FILE
    if problem is not None:
        return GivenFile(name=name, content=b"", problem=problem)
    try:
        with packed.open(entry) as stream:
            # Its own word of its size may lie.
            content = stream.read(MAX_PAPER_BYTES + 1)
    except DAMAGED:
        return GivenFile(name=name, content=b"", problem=_DAMAGED_FILE)
    if len(content) > MAX_PAPER_BYTES:
        return GivenFile(name=name, content=b"", problem=_TOO_LARGE)
    return GivenFile(name=name, content=content)


def decode_name(entry: zipfile.ZipInfo) -> str:
    """Decode the name of an entry as the person knows it, in UTF-8 or GB 18030."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    return _decode(raw)


def _decode(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def spell_path(name: str) -> str:
    """Spell a name so that it can stand in a case folder, and stay what it was."""
    parts = []
    for part in name.replace("\\", "/").split("/"):
        spelled = "".join(
            "_" if letter in _FORBIDDEN or not letter.isprintable() else letter
            for letter in part
        ).strip(" .")
        if spelled:
            parts.append(spelled[-_LONGEST:])
    return "/".join(parts[-_DEEPEST:]) or "file"


def _is_clutter(name: str) -> bool:
    parts = [part for part in name.split("/") if part.strip(".")]
    return any(part.startswith(mark) for part in parts for mark in _CLUTTER)


_LONGEST: Final = 80  # letters of a name; a Chinese one takes three bytes each
_DEEPEST: Final = 4
_TOO_MUCH: Final = Text(
    zh=f"文件太多或太大，最多{MOST_FILES}个",
    en=f"over {MOST_FILES} files, or too large",
)
_NO_FILES: Final = Text(zh="里面没有文件", en="has no files")
_PUT_THEM: Final = Text(
    zh="把营业执照等材料放进去再运行；还没有材料的，不带--from运行，回答十二个问题",
    en="put the business licence and other papers there and run it again; without "
    "papers, run it without --from and answer twelve questions",
)
_FEWER: Final = Text(
    zh="只放这家公司的材料", en="leave the papers of this company alone"
)
_TOO_LARGE: Final = Text(zh="文件太大", en="the file is too large")
_LOCKED: Final = Text(zh="压缩包里的这个文件加了密码", en="it is locked by a password")
_NO_FILE: Final = Text(zh="不是普通文件", en="it is no plain file")
_NO_ZIP: Final = Text(zh="不是文件夹，也不是能打开的zip", en="is no folder and no zip")
_BROKEN_ZIP: Final = Text(
    zh="压缩包打不开，可能损坏了", en="the zip cannot be opened; it may be damaged"
)
_DAMAGED_FILE: Final = Text(
    zh="压缩包里的这个文件损坏了", en="it is damaged inside the zip"
)
_A_FOLDER: Final = Text(
    zh="解压成文件夹再给", en="unpack it into a folder and give that"
)
