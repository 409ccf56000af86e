"""A case folder as the program of an earlier commit left it, with its key."""

from __future__ import annotations

import tarfile
from pathlib import Path

MADE = Path(__file__).parent / "made_by_6297284.tar.xz"
"""What is in it: see `test_upgrade`."""


def extract_case(name: str, to: Path) -> Path:
    """Extract a case, and its key as `changqing` looks for it in a folder of settings."""
    prefix = f"home/cases/agency/{name}/"
    with tarfile.open(MADE) as archive:
        wanted = [
            member
            for member in archive.getmembers()
            if member.name.startswith(prefix) or member.name == "signing-key"
        ]
        archive.extractall(to, members=wanted, filter="data")
    (to / "changqing").mkdir(exist_ok=True)
    (to / "signing-key").rename(to / "changqing" / "signing-key")
    return to / prefix
