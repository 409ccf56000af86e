"""Workbooks that were previewed and not imported yet: client data, kept for a day."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from changqing.disk import Disk
from changqing_web.models import Workspace

KEPT_FOR: Final = timedelta(days=1)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def keep_workbook(workspace: Workspace, content: bytes) -> Path:
    """Keep a workbook until it is taken; its digest, the stem, finds it again."""
    path = _find_place(workspace, hashlib.sha256(content).hexdigest())
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    Disk().replace(path, content)
    return path


def find_kept(workspace: Workspace, digest: str) -> Path | None:
    """Find the workbook of this workspace with that digest, if it is still there."""
    if not _DIGEST.fullmatch(digest):
        return None
    path = _find_place(workspace, digest)
    return path if path.is_file() else None


def forget_untaken(now: datetime) -> int:
    """Delete every workbook that nobody took within `KEPT_FOR`. How many."""
    before = (now - KEPT_FOR).timestamp()
    count = 0
    for path in Path(settings.HOME, "imports").glob("*/*.xlsx"):
        try:
            if path.stat().st_mtime < before:
                path.unlink()
                count += 1
        except FileNotFoundError:  # taken just now
            continue
    return count


def _find_place(workspace: Workspace, digest: str) -> Path:
    return Path(settings.HOME, "imports", workspace.slug, f"{digest}.xlsx")
