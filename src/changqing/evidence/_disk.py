"""Writing so that a crash at any point leaves either the old state or the new."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from changqing.errors import BusyError, Issue
from changqing.text import Text

_TOGETHER: Final = 100
"""Files that are open at once; to write many and then flush is faster."""


def _go_on(step: str) -> None:
    """Do nothing: the disk of every day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """How bytes reach the disk.

    `step` is called between any two changes of the disk, with the name of what comes
    next; a test that dies there proves that a crash there is survived. `chunk` is how
    much is written at once.
    """

    step: Callable[[str], None] = _go_on
    chunk: int = 1 << 20

    def replace(self, path: Path, content: bytes) -> None:
        """Write a whole file: afterwards it is there entirely, or was not touched."""
        self.directory(path.parent)
        fresh = path.with_name(path.name + ".new")
        self.step(f"open {path.name}")
        with fresh.open("wb") as stream:
            self._write(stream.fileno(), content, path.name)
            self.step(f"sync {path.name}")
            os.fsync(stream.fileno())
        self.step(f"rename {path.name}")
        fresh.replace(path)
        self.step(f"sync the folder of {path.name}")
        _sync_folder(path.parent)

    def write_all(self, files: Mapping[Path, bytes]) -> None:
        """Write files that nothing refers to yet; a crash may leave some of them torn.

        All are on disk when this returns.
        """
        folders = {path.parent for path in files}
        for folder in sorted(folders):
            self.directory(folder)
        with ExitStack() as opened:
            streams: list[BinaryIO] = []
            for path, content in files.items():
                self.step(f"open {path.name}")
                stream = opened.enter_context(path.open("wb"))
                self._write(stream.fileno(), content, path.name)
                streams.append(stream)
                if len(streams) == _TOGETHER:
                    _sync(streams)
            self.step("sync what was written")
            _sync(streams)
        for folder in sorted(folders):
            self.step(f"sync the folder {folder.name}")
            _sync_folder(folder)

    def append(self, path: Path, content: bytes) -> None:
        """Add to a file; a crash may leave a part of `content` at its end."""
        with path.open("ab") as stream:
            self._write(stream.fileno(), content, path.name)
            self.step(f"sync {path.name}")
            os.fsync(stream.fileno())

    def cut(self, path: Path, size: int) -> None:
        """Take away what stands after the first `size` bytes."""
        self.step(f"cut {path.name}")
        with path.open("r+b") as stream:
            stream.truncate(size)
            os.fsync(stream.fileno())

    def directory(self, path: Path) -> None:
        """Make a folder and those above it, so that they survive a crash."""
        if path.is_dir():
            return
        self.directory(path.parent)
        self.step(f"make {path.name}")
        path.mkdir(exist_ok=True)
        _sync_folder(path.parent)

    def _write(self, descriptor: int, content: bytes, name: str) -> None:
        view = memoryview(content)
        while view:
            self.step(f"write {name}")
            view = view[os.write(descriptor, view[: self.chunk]) :]


def _sync(streams: list[BinaryIO]) -> None:
    """Flush files that were written, and close them."""
    for stream in streams:
        os.fsync(stream.fileno())
        stream.close()
    streams.clear()


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def only_writer(path: Path) -> Iterator[None]:
    """Hold the lock at `path`, or say at once that somebody else does.

    The operating system lets go of it when the process ends, however it ends.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError(
                Issue(
                    text=Text(
                        zh="另一个 changqing 正在写这个案卷",
                        en="another changqing is writing to this case",
                    ),
                    path=str(path.parent.parent),
                    hint=Text(
                        zh="等它结束后再试",
                        en="wait until it has finished and try again",
                    ),
                )
            ) from error
        yield
    finally:
        os.close(descriptor)
