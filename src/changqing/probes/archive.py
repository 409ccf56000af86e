"""Looks kept in a folder: the bytes of each probe, and the same facts from them."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from changqing.errors import CaseError, Issue
from changqing.probes.engine import read, read_attempts
from changqing.probes.model import SiteLook
from changqing.probes.warc import dump, load
from changqing.text import Text

_ENDING: Final = ".warc.gz"
_HEAD: Final = "look.json"


def save(look: SiteLook, folder: Path) -> Path:
    """Keep a look below `folder`, whole or not at all; a later one replaces it."""
    name = hashlib.sha256(look.site.url.encode()).hexdigest()[:24]
    target = folder / name[:2] / name
    target.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".", dir=target.parent))
    try:
        for probe, capture in look.captures.items():
            (building / f"{probe}{_ENDING}").write_bytes(dump(capture))
        head = {"url": look.site.url, "at": look.at.isoformat()}
        (building / _HEAD).write_text(
            json.dumps(head, ensure_ascii=False), encoding="utf-8"
        )
        if target.exists():
            shutil.rmtree(target)
        os.replace(building, target)  # noqa: PTH105 - of a folder, atomically
    except OSError:
        shutil.rmtree(building, ignore_errors=True)
        raise
    return target


def replay(folder: Path) -> Iterator[SiteLook]:
    """Replay every look kept below `folder`, read anew from its bytes.

    CaseError names the folder that holds none, or the file that is damaged.
    """
    heads = sorted(folder.rglob(_HEAD)) if folder.is_dir() else []
    if not heads:
        raise CaseError(Issue(text=_NOTHING, path=str(folder), hint=_SAVE_FIRST))
    for head in heads:
        if not head.parent.name.startswith("."):
            yield _read_look(head)


def _read_look(head: Path) -> SiteLook:
    captures = {}
    for file in sorted(head.parent.glob(f"*{_ENDING}")):
        try:
            captures[file.name.removesuffix(_ENDING)] = load(file.read_bytes())
        except CaseError as error:
            issue = error.issues[0]
            raise CaseError(Issue(text=issue.text, path=str(file))) from error
    try:
        at = datetime.fromisoformat(json.loads(head.read_text(encoding="utf-8"))["at"])
    except (KeyError, TypeError, ValueError) as error:
        raise CaseError(Issue(text=_DAMAGED, path=str(head))) from error
    if not captures:
        raise CaseError(Issue(text=_DAMAGED, path=str(head.parent)))
    return SiteLook(
        site=next(iter(captures.values())).site,
        at=at,
        captures=captures,
        observations={name: read(capture) for name, capture in captures.items()},
        attempts=tuple(
            attempt
            for capture in captures.values()
            for attempt in read_attempts(capture)
        ),
    )


_NOTHING = Text(zh="这里没有保存过的查看结果", en="no look is kept here")
_SAVE_FIRST = Text(
    zh="先用 changqing probe 网址 --save 文件夹 保存",
    en="keep one with changqing probe URL --save FOLDER",
)
_DAMAGED = Text(zh="保存的查看结果不完整", en="the look kept here is not whole")
