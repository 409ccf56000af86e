"""Writing so that a crash at any point leaves either the old state or the new."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from changqing.errors import CaseError, Issue
from changqing.text import Text


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
            raise CaseError(
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
