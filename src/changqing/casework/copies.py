"""The copies that are kept beside the lines of a case: each is still there, unchanged.

What was handed in, notices, requests and saved pages lie under the digest of their
bytes, and a sealed line names each.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from changqing.casework.erased import read_erased
from changqing.casework.events import Journal
from changqing.errors import Issue
from changqing.evidence.ledger.recorded import Evidence
from changqing.plainfile import digest_plain, list_plain, read_plain
from changqing.text import Text

_BY_DIGEST: Final = (
    ("casework/handed_in", ""),
    ("casework/notices", ""),
    ("casework/requests", ".md"),
    ("watch/pages", ""),
)
_NAMED: Final = (
    ("casework/desk.jsonl", "digest", "casework/requests", ".md"),
    ("watch/incidents.jsonl", "page", "watch/pages", ""),
)


def check_copies(case_dir: Path) -> list[Issue]:
    """Name each kept copy that was altered, or that is gone though nobody erased it.

    TamperError as `Journal`.
    """
    issues = [
        _make_copy_issue(path, _ALTERED)
        for folder, suffix in _BY_DIGEST
        for path in list_plain(case_dir / folder, inside=case_dir)
        if path.suffix != ".new"
        and digest_plain(path, inside=path.parent) != path.name.removesuffix(suffix)
    ]
    missing = dict.fromkeys(
        [*_list_event_copies(case_dir), *_list_line_copies(case_dir)]
    )
    return issues + [
        _make_copy_issue(path, _MISSING) for path in missing if not path.exists()
    ]


def _list_event_copies(case_dir: Path) -> Iterator[Path]:
    """What the events name, but for papers that were erased since."""
    journal = Journal(case_dir)
    events = journal.list_entries()
    if not events:
        return
    erased = read_erased(case_dir)
    # Before erasures were noted here, the log alone said that there were any.
    unsure = not erased and bool(Evidence(case_dir).read_erased().entries)
    for event in events:
        if event.digest is not None:
            yield journal.find_notice_path(event.digest)
        if event.declared is None:
            continue  # nothing was kept of what was handed in then
        papers = frozenset() if unsure else frozenset(event.papers.values()) - erased
        for digest in sorted({event.declared, *event.sections.values(), *papers}):
            yield journal.find_handed_in_path(digest)


def _list_line_copies(case_dir: Path) -> Iterator[Path]:
    for file, field, folder, suffix in _NAMED:
        try:
            lines = read_plain(case_dir / file, inside=case_dir).splitlines()
        except FileNotFoundError:
            continue
        for line in lines:
            try:
                digest = json.loads(line).get(field)
            except (ValueError, AttributeError, RecursionError):
                continue  # whoever reads the chain names the line
            if (
                isinstance(digest, str)
                and len(digest) == hashlib.sha256().digest_size * 2
            ):
                yield case_dir / folder / f"{digest}{suffix}"


def _make_copy_issue(path: Path, text: Text) -> Issue:
    return Issue(text=text, path=str(path), hint=_RESTORE)


_ALTERED: Final = Text(zh="留存的副本被改动", en="a kept copy was altered")
_MISSING: Final = Text(
    zh="留存的副本不见了，项目的记录里有它的摘要",
    en="a kept copy is missing; the records of the case have its digest",
)
_RESTORE: Final = Text(zh="从备份恢复这个文件", en="restore the file from a backup")
