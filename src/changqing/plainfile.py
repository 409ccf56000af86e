"""Files of a folder that somebody else may have filled: only plain ones are opened.

A folder that was handed over can hold a link to a private key, a pipe that nobody
writes to, or a device. Whatever is read or written in a case goes through here:
`read_plain`, `digest_plain` and `open_plain` to read, `write_plain` to write, or
`check_plain` before something else does, and `list_plain` for all files below a folder.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import Final

from changqing.errors import CaseError, Issue, make_disk_issue
from changqing.text import Text

# No link is followed at the last step, and no pipe waited for; Windows has neither.
_GUARDED: Final = (
    getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_AT_ONCE: Final = 1 << 18


def read_plain(path: Path, *, inside: Path) -> bytes:
    """Read a whole file of the folder `inside`; see `open_plain`."""
    check_plain(path, inside=inside)
    try:
        # By the descriptor: a case has hundreds of small files, and a buffer takes
        # longer to make than they take to read.
        descriptor = _open_checked(path, os.O_RDONLY)
        try:
            # At one go where it is large: joining pieces takes as much memory again.
            most = max(_AT_ONCE, os.fstat(descriptor).st_size)
            parts = []
            while part := os.read(descriptor, most):
                parts.append(part)
                most = _AT_ONCE
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _cannot_read(path, error) from error
    return b"".join(parts)


def digest_plain(path: Path, *, inside: Path) -> str:
    """Compute the SHA-256 of a file of the folder `inside`; see `open_plain`."""
    with open_plain(path, inside=inside) as stream, _naming(path):
        digest = hashlib.sha256()
        while part := stream.read(_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()


def open_plain(path: Path, *, inside: Path) -> BufferedReader:
    """Open a file of the folder `inside` to be read.

    The folder itself may be reached as its owner likes; below it no link is followed.
    Raises FileNotFoundError where there is nothing, and CaseError that names what is no
    plain file or folder, or may not be read.
    """
    check_plain(path, inside=inside)
    with _naming(path):
        return os.fdopen(_open_checked(path, os.O_RDONLY), "rb")


def write_plain(path: Path, content: bytes, *, inside: Path) -> None:
    """Write a whole file of the folder `inside`, and make the folders that it needs.

    Nothing is written through a link: CaseError as `check_plain`, and OSError.
    """
    check_plain(path, inside=inside)
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(open_guarded(path, flags), "wb") as stream:
        stream.write(content)


def write_new(path: Path, content: bytes, *, inside: Path) -> None:
    """Write as `write_plain` does a file that must not be there yet: FileExistsError.

    What could not be written whole is taken away again.
    """
    check_plain(path, inside=inside)
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    descriptor = open_guarded(path, flags)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
    except OSError:
        path.unlink(missing_ok=True)
        raise


def find_folder_around(path: Path, case_dir: Path) -> Path:
    """Find the folder to name as `inside` for a path that the user chose.

    The case, where the path lies in it; otherwise the folder of the file, since the way
    there is the user's own.
    """
    inside = _from_root(path).is_relative_to(_from_root(case_dir))
    return case_dir if inside else path.parent


def open_guarded(path: Path, flags: int, mode: int = 0o666) -> int:
    """Open one file by its descriptor; CaseError where it is no plain file."""
    check_plain(path, inside=path.parent)
    return _open_checked(path, flags, mode)


def _open_checked(path: Path, flags: int, mode: int = 0o666) -> int:
    descriptor = os.open(path, flags | _GUARDED, mode)
    # Again, for it may have become something else in between.
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise CaseError(_make_refusal(path, _NOT_A_FILE))
    return descriptor


def check_plain(path: Path, *, inside: Path) -> bool:
    """Raise CaseError where something else than a plain file stands at `path`.

    Or a link, or anything that is no folder, on the way to it from `inside`. Gives
    whether the file is there.
    """
    return _check_kind(path, inside, stat.S_ISREG, _NOT_A_FILE)


def check_folder(path: Path, *, inside: Path) -> bool:
    """Check a folder, as `check_plain` does a file."""
    return _check_kind(path, inside, stat.S_ISDIR, _NOT_A_FOLDER)


def list_plain(folder: Path, *, inside: Path) -> Iterator[Path]:
    """List all files below a folder, in the order of their names.

    None where it is absent.
    CaseError at the first that is neither plain file nor folder.
    """
    if not check_folder(folder, inside=inside):
        return
    with _naming(folder), os.scandir(folder) as entries:
        dir_entries = sorted(entries, key=lambda entry: entry.name)
    for entry in dir_entries:
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from list_plain(path, inside=folder)
        elif check_plain(path, inside=folder):
            yield path


def _check_kind(
    path: Path, inside: Path, is_allowed: Callable[[int], bool], otherwise: Text
) -> bool:
    if _stands_below(path, inside):
        steps = path.parts[len(inside.parts) :]
    else:  # one was named from here, one from the root
        path, inside = _from_root(path), _from_root(inside)
        steps = path.relative_to(inside).parts
    if ".." in steps:
        raise CaseError(_make_refusal(path, _OUTSIDE))
    # By words and not by `Path`: a case has hundreds of files, each checked this way.
    at = str(inside)
    for steps_left, step in zip(range(len(steps) - 1, -1, -1), steps, strict=True):
        at = os.path.join(at, step)  # noqa: PTH118
        try:
            mode = os.lstat(at).st_mode
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _cannot_read(Path(at), error) from error
        if stat.S_ISLNK(mode):
            raise CaseError(_make_refusal(Path(at), _A_LINK))
        if steps_left == 0 and not is_allowed(mode):
            raise CaseError(_make_refusal(Path(at), otherwise))
        if steps_left > 0 and not stat.S_ISDIR(mode):
            raise CaseError(_make_refusal(Path(at), _NOT_A_FOLDER))
    return True


def _stands_below(path: Path, inside: Path) -> bool:
    """Whether a path begins with the other, by their words; `..` is none of it."""
    return (
        path.parts[: len(inside.parts)] == inside.parts and path.anchor == inside.anchor
    )


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Say which path could not be read, and why; that it is not there is no fault."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _cannot_read(path, error) from error


def _cannot_read(path: Path, error: OSError) -> CaseError:
    what = Text(zh="读不出", en="cannot be read")
    return CaseError(make_disk_issue(path, error, what, _PERMISSIONS))


def _from_root(path: Path) -> Path:
    """The same path from the root; `resolve` would follow the links in it."""
    return Path(os.path.abspath(path))  # noqa: PTH100


def _make_refusal(path: Path, text: Text) -> Issue:
    return Issue(text=text, path=str(path), hint=_REPLACE)


_A_LINK: Final = Text(
    zh="是链接，没有打开：项目里只用普通文件和文件夹",
    en="is a link and was not opened: a case has plain files and folders alone",
)
_OUTSIDE: Final = Text(zh="在项目文件夹之外", en="is outside the case folder")
_NOT_A_FILE: Final = Text(
    zh="不是普通文件，没有打开", en="is no plain file and was not opened"
)
_NOT_A_FOLDER: Final = Text(zh="不是文件夹", en="is no folder")
_PERMISSIONS: Final = Text(
    zh="检查文件和文件夹的权限", en="check the permissions of files and folders"
)
_REPLACE: Final = Text(
    zh="换成文件或文件夹本身，或者移走",
    en="put the file or folder itself there, or move it away",
)
