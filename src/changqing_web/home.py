"""Where the application keeps what it is trusted with: one folder, private to its user.

`CHANGQING_HOME` names it. In it stand the case folders of every workspace, the database
when none is named elsewhere, and the secret of this installation.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path


def find_home(environment: Mapping[str, str] = os.environ) -> Path:
    """Find the folder, whether or not it is there yet."""
    path = environment.get("CHANGQING_HOME")
    if path:
        return Path(path).expanduser().resolve()
    data = environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "changqing"


def find_registers(folder: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """Find the folder of runs over a register, whether or not it is there yet.

    In it a folder for each workspace, by its short name, holds the runs of its pages.
    """
    path = environment.get("CHANGQING_REGISTERS")
    return Path(path).expanduser().resolve() if path else folder / "registers"


def load_or_make_secret(folder: Path) -> str:
    """Load the secret of this installation, made on first use.

    Only its user may read it.
    """
    path = folder / "secret"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
    return path.read_text(encoding="ascii")
