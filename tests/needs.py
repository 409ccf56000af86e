"""What tests need beyond the lock file, and the Debian package that brings it.

A test says so by a mark of the same name, `@pytest.mark.browser`, or by asking
`find_program`. Where the program is not, the test is skipped and names the package; with
CI=true it fails, since `.ci/run` installs every one.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - tests name folders of their own in it
_ROOM: Final = 2_000_000_000  # bytes
SHARED: Final = "TESTS_SHARED"
"""The variable that names the folder which all processes of one run share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One package, and how the program that tests use of it is found."""

    package: str
    find: Callable[[], str | None]
    also: tuple[str, ...] = ()
    """Other needs without which the program does not do."""


def _first(*names: str) -> Callable[[], str | None]:
    return lambda: next(filter(None, map(shutil.which, names)), None)


def _find_postgresql() -> str | None:
    from changqing_web.backup import find_postgresql_tool

    return find_postgresql_tool("initdb")


def _find_chinese_font() -> str | None:
    lister = shutil.which("fc-list")
    if lister is None:
        return None
    listed = subprocess.run(
        [lister, ":lang=zh", "file"], capture_output=True, text=True, check=False
    )
    return listed.stdout.partition(":")[0] or None


NEEDS: Final = {
    "browser": Need(
        # Without windows it takes half of the processor's time.
        package="chromium-headless-shell",
        find=_first(
            *("chromium-headless-shell", "chromium", "chromium-browser"),
            *("google-chrome", "google-chrome-stable"),
        ),
        also=("chinese_font",),  # without any font it ends
    ),
    "chinese_font": Need(package="fontconfig fonts-noto-cjk", find=_find_chinese_font),
    "npm": Need(package="npm", find=_first("npm")),
    "java": Need(package="default-jre-headless", find=_first("java")),
    "office": Need(
        package="libreoffice-writer-nogui",
        find=_first("soffice", "libreoffice"),
        also=("chinese_font",),
    ),
    "openssl": Need(package="openssl", find=_first("openssl")),
    "poppler": Need(package="poppler-utils", find=_first("pdftotext")),
    "postgresql": Need(package="postgresql", find=_find_postgresql),
    "redis": Need(package="redis-server", find=_first("redis-server")),
}

ENGINES: Final = {"ray": "ray", "spark": "pyspark"}
"""The packages of extras that stay out of the lock: a test of one asks `require_engine`."""


LEFT_OUT: Final = "TESTS_LEFT_OUT"
"""The variable in which `.ci/run` names the extras that it could not install."""


def require_engine(extra: str) -> None:
    """Skip the test that asks where the package of an extra is not installed.

    With CI=true that fails it, as every skip does, but for what `.ci/run` could not
    install: that no wheel fits a machine is no fault of the project.
    """
    if importlib.util.find_spec(ENGINES[extra]) is not None:
        return
    told = f"{ENGINES[extra]} is not here: pip install -e '.[{extra}]'"
    if extra in os.environ.get(LEFT_OUT, "").split():
        pytest.xfail(told)
    pytest.skip(told)


def find_quick_disk() -> str | None:
    """Find a disk in memory with room, for tests that write and sync all the time.

    On a disk of its own the suite waits for it a third of its time.
    """
    there = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)
    return str(_MEMORY) if there and shutil.disk_usage(_MEMORY).free > _ROOM else None


@cache
def _found(need: str) -> str | None:
    return NEEDS[need].find()


def find_program(need: str) -> str:
    """Find what a need names; skip the test that asks where it is not."""
    found = _found(need)
    if found is None:
        package = NEEDS[need].package
        pytest.skip(f"{need} is not on this machine: apt-get install {package}")
    for other in NEEDS[need].also:
        find_program(other)
    return found
