"""Writing so that a crash at any point leaves either the old state or the new."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

from changqing.errors import BusyError, Issue
from changqing.plainfile import check_folder, check_plain, open_guarded
from changqing.text import Text

_TOGETHER: Final = 100
"""Files that are open at once; to write many and then flush is faster."""
_FLUSHED_AT_ONCE: Final = 16
T = TypeVar("T")


def _go_on(step: str) -> None:
    """Do nothing: the disk of every day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """How bytes reach the disk.

    `step` is called between any two changes of the disk, with the name of what comes
    next; a test that dies there proves that a crash there is survived. `chunk` is how
    much is written at once. `inside` is the folder of a case: nothing is written
    through a link below it (CaseError).
    """

    step: Callable[[str], None] = _go_on
    chunk: int = 1 << 20
    inside: Path | None = None

    def replace(
        self,
        path: Path,
        content: bytes | Iterable[bytes],
        *,
        judge: Callable[[Path], None] = lambda _: None,
    ) -> None:
        """Write a whole file: afterwards it is there entirely, or was not touched.

        What is large may come in pieces. `judge` sees the file before it takes its
        place, and raises where it must not.
        """
        pieces = [content] if isinstance(content, bytes) else content
        self.make_folder(path.parent)
        self._check_place(path)
        fresh = path.with_name(path.name + ".new")
        self.step(f"open {path.name}")
        with _to_write(fresh) as stream:
            for piece in pieces:
                self._write(stream.fileno(), piece, path.name)
            # Before the rename, or after a power cut the new name may stand for a file
            # whose bytes never came, and the old one is gone.
            self.step(f"sync {path.name}")
            os.fsync(stream.fileno())
        judge(fresh)
        self.step(f"rename {path.name}")
        fresh.replace(path)
        # A rename is kept only once the folder is; what the caller writes next may
        # rely on it.
        self.step(f"sync the folder of {path.name}")
        _sync_folder(path.parent)

    def write_all(self, files: Mapping[Path, bytes]) -> None:
        """Write files that nothing refers to yet; a crash may leave some of them torn.

        All are on disk when this returns.
        """
        folders = {path.parent for path in files}
        for folder in sorted(folders):
            self.make_folder(folder)
        with ExitStack() as opened:
            streams: list[BinaryIO] = []
            for path, content in files.items():
                self.step(f"open {path.name}")
                self._check_place(path)
                stream = opened.enter_context(_to_write(path))
                self._write(stream.fileno(), content, path.name)
                streams.append(stream)
                if len(streams) == _TOGETHER:
                    _sync_streams(streams)
            self.step("sync what was written")
            _sync_streams(streams)
        self.step("sync the folders of what was written")
        _flush_together(_sync_folder, sorted(folders))

    def append(self, path: Path, content: bytes, *, afresh: bool = False) -> None:
        """Add to a file; a crash may leave a part of `content` at its end.

        With `afresh` what stood there goes first, and a crash may leave nothing.
        """
        self._check_place(path)
        fresh = not path.exists()
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        if afresh:
            self.step(f"begin {path.name}")
            flags |= os.O_TRUNC
        with os.fdopen(open_guarded(path, flags), "ab") as stream:
            self._write(stream.fileno(), content, path.name)
            self.step(f"sync {path.name}")
            os.fsync(stream.fileno())
        if fresh:
            # A power cut may keep what was written later and lose the name of this.
            self.step(f"sync the folder of {path.name}")
            _sync_folder(path.parent)

    def cut(self, path: Path, size: int) -> None:
        """Take away what stands after the first `size` bytes."""
        self.step(f"cut {path.name}")
        self._check_place(path)
        with os.fdopen(open_guarded(path, os.O_RDWR), "r+b") as stream:
            stream.truncate(size)
            os.fsync(stream.fileno())

    def make_folder(self, path: Path) -> None:
        """Make a folder and those above it, so that they survive a crash."""
        if self.inside is not None and path.is_relative_to(self.inside):
            check_folder(path, inside=self.inside)
        if path.is_dir():
            return
        self.make_folder(path.parent)
        self.step(f"make {path.name}")
        path.mkdir(exist_ok=True)
        _sync_folder(path.parent)

    def _check_place(self, path: Path) -> None:
        """Raise CaseError where a case has something else than a plain file there."""
        if self.inside is not None:
            check_plain(path, inside=self.inside)

    def _write(self, descriptor: int, content: bytes, name: str) -> None:
        view = memoryview(content)
        while view:
            self.step(f"write {name}")
            view = view[os.write(descriptor, view[: self.chunk]) :]


def _to_write(path: Path) -> BinaryIO:
    """Open a file to be written from its beginning: a new one, or a plain one."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    return os.fdopen(open_guarded(path, flags), "wb")


def _sync_streams(streams: list[BinaryIO]) -> None:
    """Flush files that were written, and close them."""
    _flush_together(os.fsync, [stream.fileno() for stream in streams])
    for stream in streams:
        stream.close()
    streams.clear()


def _flush_together(flush: Callable[[T], None], targets: Sequence[T]) -> None:
    """Flush several files or folders at once.

    A file system writes its journal once for all who wait for it: a hundred small files
    take a tenth of the time that they take one after the other.
    """
    if len(targets) < 2:
        for target in targets:
            flush(target)
        return
    from concurrent.futures import ThreadPoolExecutor  # only who writes pays for it

    with ThreadPoolExecutor(min(len(targets), _FLUSHED_AT_ONCE)) as pool:
        for _ in pool.map(flush, targets):
            pass  # what one of them raises is raised here


def _sync_folder(path: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):  # Windows opens no folder, and keeps its names
        return
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def only_writer(path: Path, *, inside: Path | None = None) -> Iterator[None]:
    """Hold the lock at `path`, or say at once that somebody else does (BusyError).

    `inside` is the folder of the case, as for `Disk`. The operating system lets go of
    the lock when the process ends, however it ends.
    """
    from filelock import lock_descriptor  # only who writes pays for it

    if inside is not None:
        check_plain(path, inside=inside)
    descriptor = open_guarded(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not lock_descriptor(descriptor, blocking=False):
            raise BusyError(
                Issue(
                    text=Text(
                        zh="另一个 changqing 正在写这个项目",
                        en="another changqing is writing to this case",
                    ),
                    path=str(path.parent.parent),
                    hint=Text(
                        zh="等它结束后再试",
                        en="wait until it has finished and try again",
                    ),
                )
            )
        yield
    finally:
        # The file stays: were it removed, one process could hold the lock of what was
        # removed while another locks a new file of the same name.
        os.close(descriptor)


UNWRITTEN: Final = Text(zh="写不进去", en="cannot be written")
NOTHING_LOST: Final = Text(
    zh="检查磁盘空间和文件夹权限；已记录的没有丢失",
    en="check disk space and the folder's permissions; nothing recorded is lost",
)


def find_user_cache() -> Path | None:
    """Find where this user keeps what can be made again; None without a home."""
    cache_home = os.environ.get("XDG_CACHE_HOME", "")
    if cache_home and Path(cache_home).is_absolute():
        return Path(cache_home) / "changqing"
    try:
        return Path.home() / ".cache" / "changqing"
    except RuntimeError:
        return None
