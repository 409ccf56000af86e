"""A case folder as one zip, out and in; what comes in is trusted in nothing.

Each entry is a plain file under a plain name, and there are not too many of them, nor
too large, as they are unpacked and not as they say. The folder then has to open as a
case, and its log has to be whole, before it is put among the others.
"""

from __future__ import annotations

import os
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Final

from changqing.errors import CaseError, Issue
from changqing.evidence import CASE_FILE, open_case
from changqing.run import recorded
from changqing.text import Text
from changqing_web.cases import case_memory
from changqing_web.index import catalogue

MOST_FILES: Final = 20_000
MOST_BYTES: Final = 500_000_000
_MOST_RATIO: Final = 200
_SMALL: Final = 1_000_000  # below this a ratio says nothing
_CHUNK: Final = 1 << 16
_DEEPEST: Final = 12
_LONGEST: Final = 200
_LEFT_OUT: Final = (".lock", ".new", ".tmp")
_FORBIDDEN: Final = frozenset('\\:*?"<>|')


def pack(folder: Path, into: IO[bytes]) -> None:
    """Write the files of a case folder; links and locks are left out."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in _files(folder):
            packed.write(path, path.relative_to(folder).as_posix())


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place) / name
            if path.is_symlink() or not path.is_file() or name.endswith(_LEFT_OUT):
                continue
            yield path


def unpack(content: IO[bytes], target: Path, *, beside: Path) -> None:
    """Make the folder `target` of a zip, whole or not at all.

    It is unpacked under `beside`, on the same disk, and moved when it has proven to be
    a case. Raises CaseError, or TamperError where its log was changed.
    """
    beside.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=beside) as scratch:
        folder = Path(scratch) / "case"
        folder.mkdir(mode=0o700)
        try:
            with zipfile.ZipFile(content) as packed:
                _unpack(packed, folder)
        except (*_BROKEN, UnicodeError) as error:
            raise _refuse("不是能读的zip", "is no zip that can be read") from error
        recorded(open_case(folder, catalogue()))
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            raise _refuse("这个名字的案件已经有了", "there is a case of that name")
        folder.rename(target)
        case_memory().forget(target)


def _unpack(packed: zipfile.ZipFile, folder: Path) -> None:
    entries = [each for each in packed.infolist() if not each.is_dir()]
    if len(entries) > MOST_FILES:
        raise _refuse("文件太多", "has too many files")
    root = _root(entries)
    seen: set[str] = set()
    left = MOST_BYTES
    for entry in entries:
        name = _name(entry, root)
        if name.casefold() in seen:
            raise _refuse(f"{name}出现两次", f"has {name} twice")
        seen.add(name.casefold())
        if PurePosixPath(name).name.endswith(_LEFT_OUT):
            continue
        path = folder / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with packed.open(entry) as source, path.open("xb") as file:
            left -= _copy(source, file, entry, left)
        path.chmod(0o600)


def _root(entries: list[zipfile.ZipInfo]) -> str:
    """The one folder everything stands in, where `case.yaml` is not at the top."""
    names = {entry.filename for entry in entries}
    if CASE_FILE in names:
        return ""
    tops = {name.partition("/")[0] for name in names}
    top = next(iter(tops)) if len(tops) == 1 else ""
    if not top or f"{top}/{CASE_FILE}" not in names:
        raise _refuse(f"里面没有{CASE_FILE}", f"has no {CASE_FILE}")
    return f"{top}/"


def _name(entry: zipfile.ZipInfo, root: str) -> str:
    """The name of an entry below the case folder; nothing else gets in."""
    name = entry.filename.removeprefix(root)
    mode = entry.external_attr >> 16
    parts = name.split("/")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise _refuse(f"{name}不是普通文件", f"{name} is no plain file")
    if entry.flag_bits & 0x1:
        raise _refuse("加了密码", "is encrypted")
    odd = (
        name.startswith("/")
        or len(parts) > _DEEPEST
        or len(name) > _LONGEST
        or any(part in {"", ".", ".."} or part != part.strip() for part in parts)
        or any(c in _FORBIDDEN or not c.isprintable() for c in name)
    )
    if odd:
        raise _refuse(
            f"名称不能用：{name!a}", f"has a name that cannot be used: {name!a}"
        )
    return name


def _copy(source: IO[bytes], file: IO[bytes], entry: zipfile.ZipInfo, most: int) -> int:
    """Copy what there really is, and stop at what is too much."""
    size, bound = 0, max(entry.compress_size * _MOST_RATIO, _SMALL)
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > min(most, bound):
            raise _refuse("解开后太大", "is too large once unpacked")
        file.write(chunk)
    return size


def _refuse(zh: str, en: str) -> CaseError:
    return CaseError(
        Issue(
            text=Text(f"这个压缩包{zh}", f"the archive {en}"),
            hint=Text("没有写入任何内容", "nothing was written"),
        )
    )


_BROKEN: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    KeyError,
)
