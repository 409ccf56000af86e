"""Which program this is, to tell what it made from what another release made."""

from __future__ import annotations

import hashlib
import os
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

_PACKAGE: Final = Path(__file__).parent


@cache
def stamp_program() -> str:
    """Say by sizes and times of all its modules, and by its Python, which this is.

    SHA-256, in hexadecimal. The time of change is among them, which no program can
    set: an altered file may have the size and the time of writing that it had before.
    """
    lines = sorted(_list_modules(str(_PACKAGE), ""))
    lines += [sys.version, unicodedata.unidata_version]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _list_modules(folder: str, place: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                about = entry.stat()
                yield (
                    f"{place}{entry.name} {about.st_size} {about.st_mtime_ns}"
                    f" {about.st_ctime_ns}"
                )
            elif "." not in entry.name and entry.is_dir():
                yield from _list_modules(entry.path, f"{place}{entry.name}/")
