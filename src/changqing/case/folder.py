"""What stands where in the folder of a case."""

from __future__ import annotations

from pathlib import Path
from typing import Final

CASE_FILE: Final = "case.yaml"
EVIDENCE_FOLDER: Final = "evidence"
REMADE_FOLDER: Final = ".changqing"
"""What only saves time and may be deleted: it is no part of what a case says."""


def find_folder(path: Path) -> Path:
    """Find the case folder, given it or its `case.yaml`."""
    return path.parent if path.name == CASE_FILE and not path.is_dir() else path
