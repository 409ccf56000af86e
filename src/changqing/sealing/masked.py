"""Documents of a dossier in a bundle: as recorded, or masked where they print what is
withheld."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

from stdnum.cn import ric

from changqing.errors import GivenUpError
from changqing.evidence.ledger.items import Made, MadeKind
from changqing.masks import find_identity_numbers
from changqing.sandbox.pool import READING, get_shared_pool
from changqing.sealing import verify

_PLAIN: Final = frozenset({".md", ".html", ".txt", ".json", ".csv", ".typ"})
_OFFICE: Final = frozenset({".docx", ".xlsx"})
_PDF: Final = ".pdf"
_MASK: Final = "■"
_MOST: Final = 64 << 20
_DATE: Final = (1980, 1, 1, 0, 0, 0)
_PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".odttf", ".ttf")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_ESCAPED: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_NUMBERED: Final = re.compile(r"&#([xX][0-9a-fA-F]{1,6}|[0-9]{1,7});")
_MARKUP: Final = frozenset("<>&\"'\r\n\t")
"""What stays numbered in XML: as itself it would be markup or altered white space."""
_DECLARED: Final = re.compile(r"\A<\?xml\b[^>]*\?>")
_UTF_8: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_TAG: Final = re.compile(r"<[^>]*>")
_END: Final = re.compile(
    r"</(?:w:p|w:tc|a:p|si|c|is|row)>|<(?:w:br|w:tab|a:br)\b[^>]*>"
)
_UNREADABLE: Final = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError),
    *(OSError, RuntimeError, TypeError, ValueError),
    *(zipfile.BadZipFile, zlib.error),
)
"""What the libraries raise over a file that is broken, encrypted or of another kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Papered:
    """A document as a bundle has it: its file in the bundle and bytes, if any.

    `name` is as the log has it, `shown` as the bundle may name it. `hidden` says that
    it prints what is withheld, or is named by it: what is here is then a masked copy.
    """

    name: str
    shown: str
    digest: str
    path: str | None
    content: bytes = b""
    hidden: bool = False


def list_made(documents: Mapping[str, bytes]) -> list[Made]:
    """List what to log of the documents, by name."""
    return [
        Made(
            what=MadeKind.DOCUMENT,
            name=name,
            digest=hashlib.sha256(content).hexdigest(),
            size=len(content),
        )
        for name, content in sorted(documents.items())
    ]


def list_made_copies(papers: Iterable[Papered]) -> list[Made]:
    """List what to log of the masked copies, so that none is put in afterwards."""
    return [
        Made(
            what=MadeKind.DOCUMENT,
            name=f"{verify.MASKED}{paper.shown}",
            digest=hashlib.sha256(paper.content).hexdigest(),
            size=len(paper.content),
        )
        for paper in papers
        if paper.hidden and paper.path is not None
    ]


def mask_documents(
    documents: Mapping[str, bytes], secrets: Iterable[str], *, full: bool
) -> Sequence[Papered]:
    """Return each document, or its masked copy where it prints one of the secrets.

    `documents` are bytes by file name, and come back in the order of their names; with
    `full` all as they are. One that cannot be read or masked comes without bytes.
    Raises GivenUpError when no child process is free to open one.
    """
    papers: list[Papered] = []
    names_used: set[str] = set()
    for name, content in sorted(documents.items()):
        hidden = frozenset[str]() if full else frozenset(secrets)
        shown_name = name if full else _name_freely(mask_text(name, hidden), names_used)
        names_used.add(shown_name)
        papers.append(_mask_document(name, shown_name, content, hidden, full=full))
    return papers


def _name_freely(name: str, names_used: Collection[str]) -> str:
    """A name that no other document has: what told them apart may be blacked out."""
    path, number, free = PurePosixPath(name), 1, name
    while free in names_used:
        number += 1
        free = str(path.with_name(f"{path.stem}（{number}）{path.suffix}"))
    return free


def _mask_document(
    name: str, shown_name: str, content: bytes, secrets: frozenset[str], *, full: bool
) -> Papered:
    digest = hashlib.sha256(content).hexdigest()
    path = verify.name_place(name, digest)
    suffix = PurePosixPath(path).suffix
    clean, masked = (True, None) if full else _compare_apart(content, suffix, secrets)
    if clean and shown_name == name:
        return Papered(
            name=name, shown=shown_name, digest=digest, path=path, content=content
        )
    copy = content if clean else masked
    if copy is None:
        return Papered(
            name=name, shown=shown_name, digest=digest, path=None, hidden=True
        )
    copied = hashlib.sha256(copy).hexdigest()
    path = verify.name_place(f"{verify.MASKED}{shown_name}", copied)
    return Papered(
        name=name, shown=shown_name, digest=digest, path=path, content=copy, hidden=True
    )


def _compare_apart(
    content: bytes, suffix: str, secrets: frozenset[str]
) -> tuple[bool, bytes | None]:
    """Compare as `_compare_with_secrets`, a package in a child with limits."""
    if suffix not in (*_OFFICE, _PDF):
        return _compare_with_secrets(content, suffix, secrets)
    try:
        return get_shared_pool().run(
            READING, _compare_with_secrets, content, suffix, secrets
        )
    except GivenUpError as error:
        if error.reason == "busy":
            raise  # a moment later it may be read
        return False, None


def _compare_with_secrets(
    content: bytes, suffix: str, secrets: frozenset[str]
) -> tuple[bool, bytes | None]:
    """Whether a document prints nothing that is withheld; else a masked copy, if any.

    What cannot be read may print anything.
    """
    if _is_clean(_read_text(content, suffix), secrets):
        return True, None
    return False, _make_masked_copy(content, suffix, secrets)


def _is_clean(text: str | None, secrets: frozenset[str]) -> bool:
    """Whether a text says no secret, also where escapes or base64 spell it."""
    if text is None:
        return False
    texts = [text, _unescape(text)]
    for match in _BASE64.finditer(text):
        for start in range(4):  # what stands before it may look like a part of it
            run = match[0][start:].rstrip("=")
            packed = base64.b64decode(run[: len(run) // 4 * 4] + _pad_base64(run))
            texts.append(packed.decode("utf-8", "ignore"))
    return all(mask_text(text, secrets) == text for text in texts)


def _pad_base64(run: str) -> str:
    """The letters after the last whole group of four, made whole."""
    rest = run[len(run) // 4 * 4 :]
    return rest + "=" * (4 - len(rest)) if len(rest) > 1 else ""


def _unescape(text: str) -> str:
    """A text with what JSON, HTML and addresses write as escapes as itself."""
    letters = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return unquote(html.unescape(letters))


def _read_text(content: bytes, suffix: str) -> str | None:
    """All that a document says, to search; None when it cannot be read."""
    try:
        if suffix in _PLAIN:
            return content.decode()
        if suffix == _PDF:
            return _read_pdf_text(content)
        if suffix in _OFFICE:
            return "\n".join(map(_read_words, _read_parts(content).values()))
    except _UNREADABLE:
        return None
    return None


def _read_pdf_text(content: bytes) -> str | None:
    """The words of a PDF and every text beside them: its title, notes, bookmarks.

    None where something in it is not read: a page that is a picture, a file inside.
    """
    from pypdf import PdfReader  # checking a bundle does without it
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        words = [page.extract_text() for page in reader.pages]
        pictures = any(
            not text.strip() and page.images
            for text, page in zip(words, reader.pages, strict=True)
        )
        beside = list(_list_pdf_texts(reader.trailer))
    except (PyPdfError, *_UNREADABLE):
        return None
    return (
        None if pictures or None in beside else "\n".join(map(str, [*words, *beside]))
    )


def _list_pdf_texts(trailer: Mapping[str, object]) -> Iterator[str | None]:
    """List the strings and the metadata of a PDF; None for a file inside."""
    from pypdf.generic import IndirectObject, StreamObject, TextStringObject

    waiting: list[object] = [trailer]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            if item.idnum not in seen:
                seen.add(item.idnum)
                waiting.append(item.get_object())
        elif isinstance(item, TextStringObject):
            yield str(item)
        elif isinstance(item, Mapping):
            if item.get("/Type") == "/EmbeddedFile":
                yield None
            if isinstance(item, StreamObject) and item.get("/Type") == "/Metadata":
                yield item.get_data().decode("utf-8", "replace")
            # As they stand: pypdf resolves what is indirect where it is looked up.
            waiting.extend(
                dict.values(item) if isinstance(item, dict) else item.values()
            )
        elif isinstance(item, list):
            waiting.extend(list.__iter__(item))


def _make_masked_copy(
    content: bytes, suffix: str, secrets: frozenset[str]
) -> bytes | None:
    """Black out what is withheld in the document; None where that cannot be."""
    if suffix in _PLAIN:
        try:
            copy = mask_text(content.decode(), secrets)
        except UnicodeDecodeError:
            return None
        return copy.encode() if _is_clean(copy, secrets) else None
    if suffix not in _OFFICE:
        return None
    try:
        rewritten = _rewrite_parts(content, lambda text: mask_text(text, secrets))
        words = "\n".join(map(_read_words, _read_parts(rewritten).values()))
    except _UNREADABLE:
        return None
    # What is set in several pieces, half of it bold, was not found as one.
    return rewritten if _is_clean(words, secrets) else None


def mask_text(text: str, secrets: Iterable[str]) -> str:
    """Black out citizens' numbers and secrets, letter by letter.

    The gaps of a number that was typed in groups stay.
    """
    # The longest first: a secret that is part of another, blacked out before it, would
    # leave the rest of that one to be read.
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _MASK * len(secret))
    letters = list(text)
    for start, end, number in find_identity_numbers(text):
        if ric.is_valid(number):
            for at in range(start, end):
                letters[at] = _MASK if text[at].isalnum() else text[at]
    return "".join(letters)


def _read_words(xml: str) -> str:
    """All text of a part of an office file, as its reader has it, and the part itself.

    A name may be set in several pieces; paragraphs, lines and cells keep it apart.
    """
    return f"{xml}\n{_TAG.sub('', _END.sub(chr(10), xml))}"


def _unescape_xml(content: bytes) -> str:
    """A part with its characters as themselves: half of all programs number them."""

    def replace_number(match: re.Match[str]) -> str:
        digits = match[1]
        code = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
        return match[0] if chr(code) in _MARKUP else chr(code)

    text = _NUMBERED.sub(replace_number, content.decode())
    return _DECLARED.sub(_UTF_8, text, count=1)


def _read_parts(content: bytes) -> Mapping[str, str]:
    """The XML of an office file; ValueError when it unpacks to too much."""
    parts, bytes_left = {}, _MOST
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        for info in opened.infolist():
            bytes_left -= info.file_size
            if bytes_left < 0:
                raise ValueError(info.filename)
            if info.filename.endswith((".xml", ".rels")):
                parts[info.filename] = _unescape_xml(opened.read(info))
            elif not info.filename.endswith((*_PICTURES, "/")):
                raise ValueError(info.filename)  # a file inside: nobody has read it
    return parts


def _rewrite_parts(content: bytes, change: Callable[[str], str]) -> bytes:
    """An office file with its text changed; the same for the same file."""
    parts, stream = _read_parts(content), io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as opened,
        zipfile.ZipFile(stream, "w") as archive,
    ):
        for info in opened.infolist():
            part = parts.get(info.filename)
            data = opened.read(info) if part is None else change(part).encode()
            # One date and no compression, or the digest that the log has of this copy
            # could be another at the next sealing.
            archive.writestr(zipfile.ZipInfo(info.filename, _DATE), data)
    return stream.getvalue()
