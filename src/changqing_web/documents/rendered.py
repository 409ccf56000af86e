"""Which files of the dossier were made, and of which text.

The files stand in the case (`MADE`), where sealing finds them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from django.conf import settings

from changqing.disk import Disk
from changqing.documents.document import Document, DocumentEdition, digest_document
from changqing.documents.letterhead import find_letterhead
from changqing.documents.made import MADE, PAPERS, VOLUME
from changqing.documents.package import DossierText, find_signed
from changqing.errors import ChangqingError
from changqing_web.walls import Here

_PARTS: Final = (*(edition.value for edition in DocumentEdition), PAPERS)
_LETTERHEAD: Final = "~letterhead"  # no document is called so
_ALL: Final = "*"  # under which the zip is remembered


def list_made_files(folder: Path) -> list[Path]:
    """List the files that were made, by name."""
    place = folder / MADE
    parts = (place, *(place / name for name in _PARTS))
    return sorted(
        path
        for part in parts
        if part.is_dir() and not part.is_symlink()
        for path in part.iterdir()
        if path.is_file()
        and not path.is_symlink()  # sealing names it; it is not handed out
        and not path.name.startswith(".")
    )


def is_current(here: Here, writing: DossierText, document: Document) -> bool:
    """Tell whether the files of a document are of its text as it is now."""
    place = here.folder / MADE
    copies = _select_copies(writing, document.id)
    return _read_digests(here).get(document.id) == _compute_copies_digest(
        copies
    ) and all(
        (place / copy.edition.value / f"{copy.file_stem}{suffix}").is_file()
        for copy in copies
        for suffix in (".pdf", ".docx")
    )


def find_package(here: Here, writing: DossierText) -> Path | None:
    """Find the zip to hand in, if it holds documents and papers as they are now."""
    return _find_whole(here, writing, lambda path: path.suffix == ".zip")


def find_bound_volume(here: Here, writing: DossierText) -> Path | None:
    """Find the bound volume, if it has documents and papers as they are now."""
    return _find_whole(here, writing, lambda path: path.name.startswith(VOLUME))


def _find_whole(
    here: Here, writing: DossierText, is_wanted: Callable[[Path], bool]
) -> Path | None:
    if _read_digests(here).get(_ALL) != _compute_whole_digest(here, writing):
        return None
    return next(
        (path for path in list_made_files(here.folder) if is_wanted(path)), None
    )


def note_digests(here: Here, writing: DossierText, *, zipped: bool) -> None:
    """Remember of which text the files are that were just made, and the zip."""
    digests = _read_digests(here) | {
        document.id: _compute_copies_digest(_select_copies(writing, document.id))
        for document in writing.annotated
    }
    if zipped:
        digests[_ALL] = _compute_whole_digest(here, writing)
    digests[_LETTERHEAD] = _digest_letterhead(here)
    path = find_place(here)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    Disk().replace(path, json.dumps(digests).encode())


def _select_copies(writing: DossierText, document: str) -> list[Document]:
    """A document in both editions; one where it is not handed in."""
    return [
        copy for copy in (*writing.clean, *writing.annotated) if copy.id == document
    ]


def _compute_copies_digest(documents: Sequence[Document]) -> str:
    parts = "\0".join(digest_document(document) for document in documents)
    return hashlib.sha256(parts.encode()).hexdigest()


def _compute_whole_digest(here: Here, writing: DossierText) -> str:
    signed = find_signed(here.folder, writing).current
    papers = [f"{name} {len(pdf)}" for name, pdf in sorted(signed.items())]
    for name, path in writing.papers.items():
        file_stat = path.stat()
        papers.append(f"{name} {file_stat.st_size} {file_stat.st_mtime_ns}")
    documents = _compute_copies_digest((*writing.clean, *writing.annotated))
    return hashlib.sha256("\0".join([documents, *papers]).encode()).hexdigest()


def find_place(here: Here) -> Path:
    """Find where that is remembered."""
    root: Path = settings.HOME
    return root / "made" / here.workspace.slug / here.row.folder / "dossier.json"


def _read_digests(here: Here) -> dict[str, str]:
    try:
        digests: dict[str, str] = json.loads(find_place(here).read_bytes())
    except (OSError, ValueError):
        return {}
    # What was made on another letterhead looks otherwise than it would now.
    return digests if digests.get(_LETTERHEAD, "") == _digest_letterhead(here) else {}


def _digest_letterhead(here: Here) -> str:
    try:
        content = find_letterhead(here.folder)
    except ChangqingError:
        return "?"  # it is refused when files are made, with the reason
    return "" if content is None else hashlib.sha256(content).hexdigest()
