"""The company's own Word template: its paper, fonts and styles for every document.

It stands in the case (`dossier/letterhead.docx`), or beside the cases for all of them
(`letterhead.docx` in the folder that the case lies in); the case's own comes first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from changqing.disk import Disk
from changqing.documents.word_read import check_word
from changqing.plainfile import check_plain, read_plain

LETTERHEAD: Final = "dossier/letterhead.docx"
SHARED_LETTERHEAD: Final = "letterhead.docx"


def find_letterhead(case_dir: Path) -> bytes | None:
    """Find the template for the documents of a case; None: they look as ours do.

    Raises DocumentError where it holds what no template has to, and CaseError where a
    link or the like stands in its place.
    """
    for path, inside in (
        (case_dir / LETTERHEAD, case_dir),
        (case_dir.parent / SHARED_LETTERHEAD, case_dir.parent),
    ):
        if check_plain(path, inside=inside):
            content = read_plain(path, inside=inside)
            check_word(content)
            return content
    return None


def set_letterhead(folder: Path, name: str, content: bytes | None) -> None:
    """Keep a template, or take it away; DocumentError where it is refused.

    `folder` is the case with `LETTERHEAD`, or that around it with `SHARED_LETTERHEAD`.
    """
    path = folder / name
    if content is None:
        if check_plain(path, inside=folder):
            path.unlink()
        return
    check_word(content)
    Disk(inside=folder).replace(path, content)
