"""What type of file some bytes are, told by the bytes and not by the name."""

from __future__ import annotations

import enum
import io
import zipfile
from pathlib import PurePath
from typing import Final


class FileType(enum.Enum):
    """A type of file that is told from the others."""

    PDF = enum.auto()
    WORD = enum.auto()
    WORKBOOK = enum.auto()
    OFD = enum.auto()
    PICTURE = enum.auto()
    TEXT = enum.auto()
    TABLE = enum.auto()
    PAGE = enum.auto()
    ARCHIVE = enum.auto()
    LOCKED = enum.auto()
    BROKEN = enum.auto()
    FOREIGN = enum.auto()


_OLD_OFFICE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_PICTURES: Final = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"II*\0",
    b"MM\0*",
    b"II+\0",
    b"MM\0+",
    b"BM",
    b"GIF87a",
    b"GIF89a",
)
_CONTAINERS: Final = (b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif")
_KNOWN: Final = frozenset(
    {".pdf", ".docx", ".xlsx", ".ofd", ".jpg", ".jpeg", ".png", ".tif", ".tiff"}
    | {".bmp", ".gif", ".webp", ".heic", ".zip"}
)
_TEXTS: Final = frozenset({".txt", ".md", ".markdown", ".text", ".log"})
_TABLES: Final = frozenset({".csv", ".tsv", ".tab"})
_PAGES: Final = frozenset({".html", ".htm", ".xhtml", ".mhtml"})
_HEAD: Final = 1024
_MARKUP: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table")


def find_type(content: bytes, name: str) -> FileType:
    """Tell the type of a file; its name only tells texts from tables of text."""
    head = content[:_HEAD]
    if b"%PDF-" in head:
        return FileType.PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _tell_package(content)
    if head.startswith(_OLD_OFFICE):
        return FileType.LOCKED if _ENCRYPTED in content else FileType.FOREIGN
    if (
        head.startswith(_PICTURES)
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or is_container(content)
    ):
        return FileType.PICTURE
    suffix = PurePath(name).suffix.lower()
    if suffix in _KNOWN:
        return FileType.BROKEN
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileType.FOREIGN
    lowered = head.lower()
    if suffix in _PAGES or any(mark in lowered for mark in _MARKUP):
        return FileType.PAGE
    if suffix in _TABLES:
        return FileType.TABLE
    return FileType.TEXT if suffix in _TEXTS or not suffix else FileType.FOREIGN


def is_container(content: bytes) -> bool:
    """Tell whether a picture is of the type HEIC, which needs a library of its own."""
    return content[4:8] == b"ftyp" and content[8:12] in _CONTAINERS


def _tell_package(content: bytes) -> FileType:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            names = packed.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return FileType.BROKEN
    lowered = {name.lower() for name in names}
    if "ofd.xml" in lowered:
        return FileType.OFD
    if "[content_types].xml" in lowered:
        if any(name.startswith("word/") for name in lowered):
            return FileType.WORD
        if any(name.startswith("xl/") for name in lowered):
            return FileType.WORKBOOK
        return FileType.FOREIGN
    return FileType.ARCHIVE
