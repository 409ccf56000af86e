"""Documents of a dossier in a bundle: as recorded, or masked where they print what is
withheld."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from stdnum.cn import ric

from changqing.errors import GivenUpError
from changqing.evidence import Made, MadeKind
from changqing.sandbox.pool import READING, shared_pool
from changqing.sealing import verify

_PLAIN: Final = frozenset({".md", ".html", ".txt", ".json", ".csv", ".typ"})
_OFFICE: Final = frozenset({".docx", ".xlsx"})
_NUMBER: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])")
_MASK: Final = "■"
_MOST: Final = 64 << 20
_DATE: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Papered:
    """A document as a bundle has it: its file in the bundle and bytes, if any.

    `hidden` says that it prints what is withheld: what is here is then a masked copy.
    """

    name: str
    digest: str
    path: str | None
    content: bytes = b""
    hidden: bool = False


def made_of(documents: Mapping[str, bytes]) -> list[Made]:
    """What to log of the documents, by name."""
    return [
        Made(
            what=MadeKind.DOCUMENT,
            name=name,
            digest=hashlib.sha256(content).hexdigest(),
            size=len(content),
        )
        for name, content in sorted(documents.items())
    ]


def made_of_copies(papers: Iterable[Papered]) -> list[Made]:
    """What to log of the masked copies, so that none is put in afterwards."""
    return [
        Made(
            what=MadeKind.DOCUMENT,
            name=f"{verify.MASKED}{each.name}",
            digest=hashlib.sha256(each.content).hexdigest(),
            size=len(each.content),
        )
        for each in papers
        if each.hidden and each.path is not None
    ]


def shown_documents(
    documents: Mapping[str, bytes], secrets: Iterable[str], *, full: bool
) -> Sequence[Papered]:
    """Each document, or its masked copy where it prints one of the secrets."""
    return [
        _shown(name, content, frozenset(secrets), full=full)
        for name, content in sorted(documents.items())
    ]


def _shown(
    name: str, content: bytes, secrets: frozenset[str], *, full: bool
) -> Papered:
    digest = hashlib.sha256(content).hexdigest()
    path = verify.place_of(name, digest)
    suffix = PurePath(path).suffix
    text = None if full else _text_of(content, suffix)
    if full or (text is not None and _masked(text, secrets) == text):
        return Papered(name=name, digest=digest, path=path, content=content)
    masked = _masked_copy(content, suffix, secrets)
    if masked is None:
        return Papered(name=name, digest=digest, path=None, hidden=True)
    copied = hashlib.sha256(masked).hexdigest()
    path = verify.place_of(f"{verify.MASKED}{name}", copied)
    return Papered(name=name, digest=digest, path=path, content=masked, hidden=True)


def _text_of(content: bytes, suffix: str) -> str | None:
    """All that a document says, to search; None when it cannot be read."""
    try:
        if suffix in _PLAIN:
            return content.decode()
        if suffix == ".pdf":
            return shared_pool().run(READING, _pdf_text, content)
        if suffix in _OFFICE:
            return "".join(part.decode() for part in _parts(content).values())
    except (ValueError, OSError, zipfile.BadZipFile, GivenUpError):
        return None
    return None


def _pdf_text(content: bytes) -> str | None:
    from pypdf import PdfReader  # checking a bundle does without it
    from pypdf.errors import PyPdfError

    try:
        pages = PdfReader(io.BytesIO(content)).pages
        return "\n".join(page.extract_text() for page in pages)
    except PyPdfError:
        return None


def _masked_copy(content: bytes, suffix: str, secrets: frozenset[str]) -> bytes | None:
    """The document with what is withheld blacked out; None where that cannot be."""
    if suffix in _PLAIN:
        try:
            return _masked(content.decode(), secrets).encode()
        except UnicodeDecodeError:
            return None
    if suffix not in _OFFICE:
        return None
    try:
        return _rewritten(content, lambda text: _masked(text, secrets))
    except (ValueError, OSError, zipfile.BadZipFile):
        return None


def _masked(text: str, secrets: Iterable[str]) -> str:
    def black(found: re.Match[str]) -> str:
        return _MASK * len(found[0]) if ric.is_valid(found[0]) else found[0]

    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _MASK * len(secret))
    return _NUMBER.sub(black, text)


def _parts(content: bytes) -> Mapping[str, bytes]:
    """The XML of an office file; ValueError when it unpacks to too much."""
    found, left = {}, _MOST
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        for info in opened.infolist():
            left -= info.file_size
            if left < 0:
                raise ValueError(info.filename)
            if info.filename.endswith((".xml", ".rels")):
                found[info.filename] = opened.read(info)
    return found


def _rewritten(content: bytes, change: Callable[[str], str]) -> bytes:
    """An office file with its text changed; the same for the same file."""
    parts, made = _parts(content), io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as opened,
        zipfile.ZipFile(made, "w") as written,
    ):
        for info in opened.infolist():
            part = parts.get(info.filename)
            data = opened.read(info) if part is None else change(part.decode()).encode()
            written.writestr(zipfile.ZipInfo(info.filename, _DATE), data)
    return made.getvalue()
