"""Which program this is, to tell what it made from what another release made."""

from __future__ import annotations

import hashlib
import os
import secrets
import sys
import time
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent
_STARTED: Final = time.time_ns()
"""Modules changed since may not be those that this process runs."""


@cache
def stamp_program() -> str:
    """Say by sizes and times of all its modules, and by its Python, which this is.

    SHA-256, in hexadecimal. The time of change is among them, which no program can
    set: an altered file may have the size and the time of writing that it had before.
    Where a module was changed since this process started, it says what no other
    process does: what is made by the old modules is not that of the new ones.
    """
    modules = sorted(_list_modules(str(_PACKAGE), ""))
    lines = [line for line, _ in modules]
    lines += [sys.version, unicodedata.unidata_version]
    if any(changed > _STARTED for _, changed in modules):
        lines.append(secrets.token_hex())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _list_modules(folder: str, place: str) -> Iterator[tuple[str, int]]:
    """List modules as they are stamped, and the time of change of each."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                about = entry.stat()
                changed = about.st_ctime_ns
                stamp = f"{about.st_size} {about.st_mtime_ns} {changed}"
                yield f"{place}{entry.name} {stamp}", max(about.st_mtime_ns, changed)
            elif "." not in entry.name and entry.is_dir():
                yield from _list_modules(entry.path, f"{place}{entry.name}/")
