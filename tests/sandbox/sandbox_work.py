"""What the tests of the sandbox have its children do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from changqing.errors import CaseError, Issue, NetError
from changqing.text import Text


def add(one: int, other: int) -> int:
    """The sum."""
    return one + other


def pid() -> int:
    """Of the child."""
    return os.getpid()


def print_much() -> str:
    """What would stand among the answers, if it could."""
    sys.stdout.write("printed\n" * 1000)
    sys.stdout.flush()
    os.write(1, b"written\n")
    return sys.stdin.read()


def refuse(path: str) -> None:
    """As a reader does that finds a mistake."""
    raise CaseError(Issue(text=Text("不对", "wrong"), path=path, line=3))


def fail_to_look() -> None:
    """As the door does: an error whose `__init__` asks for more."""
    raise NetError(Issue(text=Text("超时", "too slow")), reason="timeout")


class Odd(Exception):  # noqa: N818
    """Cannot be made again from its arguments."""

    def __init__(self, one: int, *, other: int) -> None:
        super().__init__("odd")


def be_odd() -> None:
    """Raise what cannot travel."""
    raise Odd(1, other=2)


def sleep(seconds: float) -> None:
    """Wait, and take no processor."""
    time.sleep(seconds)


def burn() -> None:
    """Take the processor for ever, in one step that no Python signal gets into."""
    sum(range(10**15))


def take(size: int) -> int:
    """Take memory."""
    return len(bytearray(size))


def write(path: str, size: int) -> None:
    """Write a file."""
    with Path(path).open("wb") as stream:
        stream.write(b"x" * size)


def read(path: str) -> str:
    """Read a file."""
    return Path(path).read_text(encoding="utf-8")


def die() -> None:
    """End as a crash in a library does."""
    os.abort()


def start_another(path: str) -> None:
    """Start a program, as a converter is started, and wait for it."""
    program = f"import time; time.sleep(3); open({path!r}, 'w').close()"
    subprocess.run([sys.executable, "-c", program], check=True)
