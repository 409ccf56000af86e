"""What must be signed and sealed, in print order, and the scan that comes back.

Every page that goes to the printer carries a small code: which document, which page,
of which text. What was printed is kept in the case, so that the scan of the signed
pages can be held against it page by page, whenever it comes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from changqing.case.model import Case
from changqing.disk import Disk
from changqing.documents.document import digest_document
from changqing.documents.render import Rendered
from changqing.documents.signing_pages import (
    CODE_DIGITS,
    SigningPart,
    bind_for_signing,
    format_code,
)
from changqing.errors import CaseError, DocumentError, Issue
from changqing.plainfile import check_plain, list_plain, read_plain
from changqing.sandbox.pool import Limits, get_shared_pool
from changqing.text import Text

FOLDER: Final = "dossier/stamping"
"""Where a case keeps what was printed to be signed, and the scans that came back."""
PACK: Final = "盖章包.pdf"
LIMITS: Final = Limits(seconds=90, processor=120, memory=2 << 30, output=256 << 20)
_ID: Final = re.compile(r"[a-z0-9_]{1,60}")
_FORM: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedDocument:
    """A document as it went to the printer: the words of its pages, and what is asked.

    `sign_page` is the page, from 1, on which signature and seal are asked for.
    """

    document: str
    title: str
    file_name: str
    digest: str
    pages: tuple[str, ...]
    sign_page: int

    @property
    def place(self) -> Text:
        """Where to sign and seal."""
        at, total = self.sign_page, len(self.pages)
        return Text(
            f"第{at}页（共{total}页）：法定代表人签字，公司盖章，填日期",
            f"page {at} of {total}: signature of the legal representative, company "
            "seal, date",
        )

    def find_code(self, page: int) -> str:
        """Find what the code on a page says."""
        return format_code(self.document, page, len(self.pages), self.digest)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPack:
    """The PDF to print, and the documents in it, in its order."""

    pdf: bytes
    documents: tuple[PrintedDocument, ...]


def print_for_signing(
    clean: Sequence[Rendered], case: Case, as_of: date
) -> SigningPack:
    """Make the pack of what is signed and sealed, and remember what was printed.

    Raises DocumentError where nothing is to be signed or a library is missing, and
    CaseError where the case cannot be written to.
    """
    to_sign = [rendered for rendered in clean if rendered.document.signature]
    if not to_sign:
        raise DocumentError(Issue(text=_NOTHING, path=str(case.path)))
    parts = tuple(
        SigningPart(
            document=rendered.document.id,
            number=rendered.document.number or "",
            title=rendered.document.title,
            digest=digest_document(rendered.document),
            content=rendered.pdf,
        )
        for rendered in to_sign
    )
    pdf, texts, signed = get_shared_pool().run(
        LIMITS, bind_for_signing, parts, company=case.name, as_of=as_of
    )
    documents = tuple(
        PrintedDocument(
            document=rendered.document.id,
            title=rendered.document.title,
            file_name=rendered.document.file_name,
            digest=digest_document(rendered.document),
            pages=pages,
            sign_page=page,
        )
        for rendered, pages, page in zip(to_sign, texts, signed, strict=True)
    )
    for printed in documents:
        _keep_printed(case.path, printed)
    return SigningPack(pdf=pdf, documents=documents)


def _keep_printed(case_dir: Path, printed: PrintedDocument) -> None:
    path = case_dir / FOLDER / f"{printed.document}-{printed.digest[:CODE_DIGITS]}.json"
    fields = {
        "form": _FORM,
        "document": printed.document,
        "title": printed.title,
        "file_name": printed.file_name,
        "digest": printed.digest,
        "pages": list(printed.pages),
        "sign_page": printed.sign_page,
    }
    _write_file(
        path, json.dumps(fields, ensure_ascii=False).encode(), Disk(inside=case_dir)
    )


def load_printed(case_dir: Path) -> tuple[PrintedDocument, ...]:
    """Load what of a case was ever printed to be signed.

    Raises CaseError as `read_plain`.
    A file that is no record of a print is passed over.
    """
    prints: list[PrintedDocument] = []
    folder = case_dir / FOLDER
    for path in sorted(list_plain(folder, inside=case_dir)):
        if path.parent == folder and path.suffix == ".json":
            printed = _parse_print_record(read_plain(path, inside=case_dir))
            if printed is not None:
                prints.append(printed)
    return tuple(prints)


def _parse_print_record(content: bytes) -> PrintedDocument | None:
    """Read the record of a print; None where it is none, as others may have made."""
    try:
        fields = json.loads(content)
        if not _ID.fullmatch(str(fields["document"])):  # it names a file
            return None
        return PrintedDocument(
            document=str(fields["document"]),
            title=str(fields["title"]),
            file_name=str(fields["file_name"]),
            digest=str(fields["digest"]),
            pages=tuple(str(page) for page in fields["pages"]),
            sign_page=int(fields["sign_page"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


# What came back


def keep_signed(
    case_dir: Path, printed: PrintedDocument, pdf: bytes, *, disk: Disk | None = None
) -> Path:
    """File the scan of a signed document in the case; a later one takes its place."""
    disk = Disk(inside=case_dir) if disk is None else disk
    path = _make_signed_path(case_dir, printed.document)
    note = path.with_suffix(".json")
    # A scan must never stand beside the note of another: until all is there, it is of
    # no text.
    if check_plain(note, inside=case_dir):
        note.unlink()
    _write_file(path, pdf, disk)
    note_bytes = json.dumps({"form": _FORM, "digest": printed.digest}).encode()
    _write_file(note, note_bytes, disk)
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCopies:
    """The scans of signed documents that a case has.

    `current` are those whose text is the text of today, as PDF by document; `outdated`
    the ids of documents that were written anew since they were signed.
    """

    current: Mapping[str, bytes]
    outdated: tuple[str, ...]

    def replace_signed(self, clean: Iterable[Rendered]) -> tuple[Rendered, ...]:
        """Put the scan in the place of the PDF of each document that has one."""
        return tuple(
            replace(rendered, pdf=self.current.get(rendered.document.id, rendered.pdf))
            for rendered in clean
        )


def list_filed(case_dir: Path) -> tuple[str, ...]:
    """List the documents of which a signed copy is filed, whether it counts or not.

    Raises CaseError where a link or the like stands in the way.
    """
    folder = _make_signed_path(case_dir, "").parent
    return tuple(
        sorted(
            path.stem
            for path in list_plain(folder, inside=case_dir)
            if path.parent == folder and path.suffix == ".pdf"
        )
    )


def load_signed(case_dir: Path, digests: Mapping[str, str]) -> SignedCopies:
    """Load the signed copies of a case; `digests` are of its documents as they are now.

    Raises CaseError where a link or the like stands in the way.
    """
    current: dict[str, bytes] = {}
    outdated: list[str] = []
    for document, digest in digests.items():
        path = _make_signed_path(case_dir, document)
        note = path.with_suffix(".json")
        if not (
            check_plain(path, inside=case_dir) and check_plain(note, inside=case_dir)
        ):
            continue
        try:
            of: object = json.loads(read_plain(note, inside=case_dir)).get("digest")
        except (ValueError, AttributeError, RecursionError):
            continue
        if of == digest:
            current[document] = read_plain(path, inside=case_dir)
        else:
            outdated.append(document)
    return SignedCopies(current=current, outdated=tuple(outdated))


def _make_signed_path(case_dir: Path, document: str) -> Path:
    return case_dir / FOLDER / "signed" / f"{document}.pdf"


def _write_file(path: Path, content: bytes, disk: Disk) -> None:
    try:
        disk.replace(path, content)
    except OSError as problem:
        raise CaseError(Issue(text=_UNWRITABLE, path=str(path))) from problem


_NOTHING: Final = Text("没有要签字盖章的文书", "no document is signed or sealed")
_UNWRITABLE: Final = Text("写不进项目文件夹", "the case folder cannot be written to")
