"""The dossier as it is handed in: clean copies, our annotated copies, and the papers.

`clean/` and `papers/` go to the authority, and one zip holds both in the order of its
list. `annotated/` stays with the company: the same documents with every mark.
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Final

from changqing.case.model import Case
from changqing.documents.attachments import Attachments, list_attachments
from changqing.documents.cover_letter import write_cover_letter
from changqing.documents.document import (
    Document,
    DocumentEdition,
    digest_document,
)
from changqing.documents.documents import write_documents
from changqing.documents.letterhead import find_letterhead
from changqing.documents.letters import render_letters
from changqing.documents.made import PAPERS, name_volume
from changqing.documents.render import (
    EPOCH,
    Rendered,
    list_files,
    refuse_folder,
    render_documents,
    write_files,
)
from changqing.documents.stamping import SignedCopies, load_signed
from changqing.documents.volume import BoundVolume, bind_volume
from changqing.judge.model import Assessment, Situation
from changqing.law.model import Catalogue
from changqing.outlook.endurance import Endurance
from changqing.plainfile import (
    check_plain,
    find_folder_around,
    list_plain,
    open_guarded,
    open_plain,
)

_IN_ZIP: Final = {".pdf": "PDF", ".docx": "Word"}
_EDITIONS: Final = tuple(edition.value for edition in DocumentEdition)
_OURS: Final = re.compile(r"(?:[0-9]{2}|附件[0-9]{2}|合订本-).*\.[a-z0-9]+\Z")
"""How every document and attachment that we write is named."""
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierText:
    """The documents of a case in both editions, and the files of its papers by name.

    `whole` tells that it is the whole dossier, not some of its documents.
    """

    clean: tuple[Document, ...]
    annotated: tuple[Document, ...]
    papers: Mapping[str, Path]
    attachments: Attachments = field(default_factory=Attachments)
    whole: bool = False

    def find_clean(self, document: str) -> Document | None:
        """Find the copy to hand in of a document.

        None for one that stays in the house.
        """
        return next(
            (rendered for rendered in self.clean if rendered.id == document), None
        )

    def select(self, names: Collection[str]) -> DossierText:
        """Select the documents of these names alone, without papers."""
        return DossierText(
            clean=tuple(document for document in self.clean if document.id in names),
            annotated=tuple(
                document for document in self.annotated if document.id in names
            ),
            papers={},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """The same as files: PDF and Word of each document, and the papers.

    `volume` is all of it in one PDF, and `letters` are those that go with it; both are
    made with the whole package alone.
    """

    clean: tuple[Rendered, ...]
    annotated: tuple[Rendered, ...]
    papers: Mapping[str, Path]
    volume: BoundVolume | None = None
    letters: Mapping[str, bytes] = field(default_factory=dict)


def write_editions(
    case: Case,
    situation: Situation,
    assessment: Assessment,
    endurance: Endurance,
    catalogue: Catalogue,
    *,
    only: Collection[str] = (),
    inserts: Mapping[str, str] | None = None,
    annotated: Callable[[], tuple[Document, ...]] | None = None,
) -> DossierText:
    """Write the documents in both editions; errors as `write_documents` raises.

    The papers come with the whole dossier, not where `only` some documents are asked.
    `annotated` gives the annotated copies where they may have been written before.
    """

    def write(edition: DocumentEdition) -> tuple[Document, ...]:
        return write_documents(
            case,
            situation,
            assessment,
            endurance,
            catalogue,
            only=only,
            inserts=inserts,
            edition=edition,
        )

    attachments = (
        Attachments() if only else list_attachments(case, situation, catalogue)
    )
    return DossierText(
        clean=write(DocumentEdition.CLEAN),
        annotated=annotated() if annotated else write(DocumentEdition.ANNOTATED),
        papers={
            attachment.file_name: case.path / attachment.paper.file.path
            for attachment in attachments
        },
        attachments=attachments,
        whole=not only,
    )


def render_package(
    writing: DossierText,
    case: Case,
    situation: Situation,
    *,
    progress: Callable[[str], None] = lambda _: None,
    seconds: float | None = None,
) -> Package:
    """Make files of what was written; errors as `render_documents` raises them.

    `progress` hears the name of each file that was made. With the papers of the case
    all is bound into one volume too; errors then are those of `bind_volume` as well.
    """
    rendered = render_documents(
        (*writing.clean, *writing.annotated),
        case_name=case.name,
        digest=case.digest,
        as_of=situation.as_of,
        letterhead=find_letterhead(case.path),
        progress=lambda document: progress(document.file_stem),
        seconds=seconds,
    )
    count = len(writing.clean)
    signed = find_signed(case.path, writing)
    clean = signed.replace_signed(rendered[:count])
    volume = None
    letters: Mapping[str, bytes] = {}
    if writing.whole:
        cover = write_cover_letter(
            case, situation, case.catalogue, writing.clean, writing.attachments
        )
        letters = render_letters([cover], case_name=case.name, as_of=situation.as_of)
        progress(name_volume(case.name))
        volume = bind_volume(
            clean,
            writing.attachments,
            case,
            situation,
            case.catalogue,
            signed=signed.current,
        )
    return Package(
        clean=clean,
        annotated=rendered[count:],
        papers=writing.papers,
        volume=volume,
        letters=letters,
    )


def find_signed(case_dir: Path, writing: DossierText) -> SignedCopies:
    """Find the scans of signed documents that stand in the place of what was written.

    Raises CaseError where a link or the like stands in the way.
    """
    digests = {
        document.id: digest_document(document)
        for document in writing.clean
        if document.signature
    }
    return load_signed(case_dir, digests)


def write_package(
    package: Package, folder: Path, *, zip_name: str | None, case_dir: Path
) -> tuple[Path, ...]:
    """Write the package into `folder`, and the zip to hand in when it is named.

    Each file is whole or is not there. With the zip, the package is whole, and what an
    earlier one left in the three folders goes: a paper under the number of another
    could be handed in. Raises DocumentError, and CaseError where a link or the like
    stands in the way, in `folder` or between it and the case it lies in, or in the
    place of a paper.
    """
    files: dict[str, bytes | Path] = {}
    for edition, rendered in (
        (DocumentEdition.CLEAN, package.clean),
        (DocumentEdition.ANNOTATED, package.annotated),
    ):
        for name, content in list_files(rendered).items():
            files[f"{edition.value}/{name}"] = content
    for name, path in package.papers.items():
        files[f"{PAPERS}/{name}"] = path
    files |= package.letters
    if package.volume is not None:
        name = name_volume(package.volume.company)
        files[name] = package.volume.volume.pdf
    paths = write_files(files, folder, case_dir=case_dir)
    if zip_name is None:
        return paths
    inside = find_folder_around(folder / zip_name, case_dir)
    _remove_old(folder, paths, inside=inside)
    part = folder / f".{zip_name}.part"
    try:
        with os.fdopen(open_guarded(part, _NEW), "wb") as stream:
            zip_package(package, stream, case_dir=case_dir)
        check_plain(folder / zip_name, inside=inside)
        part.replace(folder / zip_name)
    except OSError as problem:
        raise refuse_folder(folder) from problem
    return (*paths, folder / zip_name)


def zip_package(package: Package, target: IO[bytes], *, case_dir: Path) -> None:
    """Write one zip of what is handed in; same package, same bytes."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(list_files(package.clean).items()):
            folder = _IN_ZIP[PurePosixPath(name).suffix]
            archive.writestr(_make_entry(f"{folder}/{name}"), content)
        for name, content in sorted(package.letters.items()):
            if PurePosixPath(name).suffix in _IN_ZIP:
                archive.writestr(_make_entry(name), content)
        if package.volume is not None:
            entry = _make_entry(name_volume(package.volume.company))
            archive.writestr(entry, package.volume.volume.pdf)
        for name, path in sorted(package.papers.items()):
            entry = _make_entry(f"附件/{name}")
            with (
                open_plain(path, inside=case_dir) as source,
                archive.open(entry, "w") as sink,
            ):
                shutil.copyfileobj(source, sink)


def _remove_old(folder: Path, paths: Collection[Path], *, inside: Path) -> None:
    """Remove what an earlier package left in the folders that are ours alone.

    In a case the documents of before there were two editions lie in `folder` itself.
    """
    ours = {folder / part for part in (*_EDITIONS, PAPERS)}
    if inside != folder:
        ours.add(folder)
    for path in list_plain(folder, inside=inside):
        if path.parent in ours and path not in paths and _OURS.match(path.name):
            path.unlink()


def _make_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.external_attr = 0o644 << 16
    return entry
