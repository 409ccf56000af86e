"""Zips that somebody sent: opened in a child process, which knows no Django.

A directory of millions of names costs gigabytes before any of it can be refused.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, Final

from changqing.case.folder import CASE_FILE, REMADE_FOLDER
from changqing.errors import CaseError, Issue
from changqing.text import Text

LEFT_OUT: Final = (".lock", ".new", ".tmp")
"""Endings of what is no file of a case."""
_MOST_RATIO: Final = 200
_SMALL: Final = 1_000_000  # below this a ratio says nothing
_CHUNK: Final = 1 << 16
_DEEPEST: Final = 12
_LONGEST: Final = 200
_FORBIDDEN: Final = frozenset('\\:*?"<>|')


def unpack_case(
    source: Path, folder: Path, *, most_files: int, most_bytes: int
) -> None:
    """Unpack the zip of a case folder into `folder`.

    Only plain files under plain names, no more and no larger than they may be. Raises
    CaseError, and leaves what it has unpacked by then.
    """
    try:
        with zipfile.ZipFile(source) as packed:
            _unpack_zip(packed, folder, most_files, most_bytes)
    except (*_BROKEN, UnicodeError) as error:
        raise make_archive_error(
            "不是能读的zip", "is no zip that can be read"
        ) from error


def list_office_parts(content: bytes) -> frozenset[str]:
    """List the names of the parts of an office file; none where it is no zip."""
    return list_zip_names(io.BytesIO(content)) or frozenset()


def list_zip_names(source: Path | IO[bytes]) -> frozenset[str] | None:
    """List the names in a zip; None where it is none, or broken."""
    try:
        with zipfile.ZipFile(source) as packed:
            return frozenset(packed.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None


def _unpack_zip(
    packed: zipfile.ZipFile, folder: Path, most_files: int, most_bytes: int
) -> None:
    entries = [member for member in packed.infolist() if not member.is_dir()]
    if len(entries) > most_files:
        raise make_archive_error("文件太多", "has too many files")
    root = _find_root(entries)
    names_seen: set[str] = set()
    bytes_left = most_bytes
    for entry in entries:
        name = _check_name(entry, root)
        if name.casefold() in names_seen:
            raise make_archive_error(f"{name}出现两次", f"has {name} twice")
        names_seen.add(name.casefold())
        place = PurePosixPath(name)
        if place.name.endswith(LEFT_OUT) or place.parts[0] == REMADE_FOLDER:
            continue
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with packed.open(entry) as source, path.open("xb") as file:
            bytes_left -= _copy_bounded(source, file, entry, bytes_left)
        path.chmod(0o600)


def _find_root(entries: list[zipfile.ZipInfo]) -> str:
    """The one folder everything stands in, where `case.yaml` is not at the top."""
    names = {entry.filename for entry in entries}
    if CASE_FILE in names:
        return ""
    tops = {name.partition("/")[0] for name in names}
    top = next(iter(tops)) if len(tops) == 1 else ""
    if not top or f"{top}/{CASE_FILE}" not in names:
        raise make_archive_error(f"里面没有{CASE_FILE}", f"has no {CASE_FILE}")
    return f"{top}/"


def _check_name(entry: zipfile.ZipInfo, root: str) -> str:
    """The name of an entry below the case folder; nothing else gets in."""
    name = entry.filename.removeprefix(root)
    mode = entry.external_attr >> 16
    parts = name.split("/")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise make_archive_error(f"{name}不是普通文件", f"{name} is no plain file")
    if entry.flag_bits & 0x1:
        raise make_archive_error("加了密码", "is encrypted")
    odd = (
        name.startswith("/")
        or len(parts) > _DEEPEST
        or len(name) > _LONGEST
        or any(part in {"", ".", ".."} or part != part.strip() for part in parts)
        or any(c in _FORBIDDEN or not c.isprintable() for c in name)
    )
    if odd:
        raise make_archive_error(
            f"名称不能用：{name!a}", f"has a name that cannot be used: {name!a}"
        )
    return name


def _copy_bounded(
    source: IO[bytes], file: IO[bytes], entry: zipfile.ZipInfo, most: int
) -> int:
    """Copy what there really is, and stop at what is too much."""
    size, bound = 0, max(entry.compress_size * _MOST_RATIO, _SMALL)
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > min(most, bound):
            raise make_archive_error("解开后太大", "is too large once unpacked")
        file.write(chunk)
    return size


def make_archive_error(zh: str, en: str) -> CaseError:
    """Make the error of an archive of which nothing was written."""
    return CaseError(
        Issue(
            text=Text(f"这个压缩包{zh}", f"the archive {en}"),
            hint=Text("没有写入任何内容", "nothing was written"),
        )
    )


_BROKEN: Final = (
    zlib.error,
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    KeyError,
)
