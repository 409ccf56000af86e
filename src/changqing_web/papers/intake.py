"""Taking in a file: what it is by its content, whole on disk, under its digest.

A file is refused before it is anything of the case, or it is there entirely. What a
killed server leaves beside it has a name that nothing reads.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from changqing.disk import Disk
from changqing.errors import CaseError, GivenUpError, Issue, say_reason
from changqing.papers.gather import spell_path
from changqing.plainfile import open_plain
from changqing.sandbox.pool import READING, get_shared_pool
from changqing.text import Text
from changqing_web.papers.zips import list_office_parts

FOLDER: Final = "documents"
_LONGEST: Final = 60  # letters of a name; a Chinese one takes three bytes each
_STALE: Final = 3600.0  # seconds after which what a killed server left is cleared away
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Type:
    """A type of file that is taken; `inline` ones are shown in the page."""

    suffix: str
    mime: str
    label: Text
    inline: bool = False


PDF: Final = Type(
    suffix=".pdf", mime="application/pdf", label=Text("PDF", "PDF"), inline=True
)
_IMAGES: Final = {
    b"\xff\xd8\xff": Type(
        suffix=".jpg", mime="image/jpeg", label=Text("图片", "Image"), inline=True
    ),
    b"\x89PNG\r\n\x1a\n": Type(
        suffix=".png", mime="image/png", label=Text("图片", "Image"), inline=True
    ),
}
_WEBP: Final = Type(
    suffix=".webp", mime="image/webp", label=Text("图片", "Image"), inline=True
)
_PACKED: Final = {
    "word/document.xml": Type(
        suffix=".docx",
        mime="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        label=Text("Word", "Word"),
    ),
    "xl/workbook.xml": Type(
        suffix=".xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        label=Text("Excel", "Excel"),
    ),
}
_TEXT: Final = Type(
    suffix=".txt",
    mime="text/plain; charset=utf-8",
    label=Text("文本", "Text"),
    inline=True,
)
_TEXT_ENDINGS: Final = frozenset({".md", ".txt", ".csv"})
OTHER: Final = Type(
    suffix="", mime="application/octet-stream", label=Text("文件", "File")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file as it was taken in."""

    path: str
    digest: str
    size: int
    type: Type


def sniff_type(content: bytes) -> Type | None:
    """Tell what a file is by its content; None for what is not taken."""
    if b"%PDF-" in content[:1024]:
        return PDF
    for start, kind in _IMAGES.items():
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _WEBP
    if content.startswith(b"PK\x03\x04"):
        return _sniff_package(content)
    return None


def _sniff_package(content: bytes) -> Type | None:
    """What an office file is by its parts; a limit on listing them makes it none."""
    try:
        names = get_shared_pool().run(READING, list_office_parts, content)
    except GivenUpError as error:
        if error.reason == "busy":
            raise
        return None
    if "[Content_Types].xml" not in names:
        return None
    if any(name.rpartition("/")[2] == "vbaProject.bin" for name in names):
        return None
    return next((kind for part, kind in _PACKED.items() if part in names), None)


def find_stem(name: str) -> str:
    """Find under which name a file is kept: its own, without type, spelled safely.

    Empty where nothing is left of it, and where the program gives such names itself.
    """
    stem = Path(spell_path(Path(name).name)).stem[:_LONGEST]
    return "" if stem.startswith("look-") or not re.search(r"\w", stem) else stem


def take_file(folder: Path, file: UploadedFile[Any], *, stem: str, disk: Disk) -> Taken:
    """Keep an uploaded file among the papers; CaseError when it is refused.

    The digest is taken of what was received and again of what lies on the disk.
    """
    most = settings.UPLOAD_LIMIT
    if (file.size or 0) > most:
        raise _make_error(
            Text(
                zh=f"文件超过{most // 1024 // 1024} MB",
                en=f"the file is over {most // 1024 // 1024} MB",
            ),
            Text(zh="请压缩后重新上传", en="make it smaller and send it again"),
        )
    content = b"".join(file.chunks())
    if not content:
        raise _make_error(
            Text(zh="文件是空的", en="the file is empty"),
            Text(zh="换成有内容的文件", en="choose another file"),
        )
    kind = sniff_type(content)
    if kind is None:
        bad = content.startswith(_OLE)
        raise _make_error(
            Text(
                zh="按内容看不是PDF、图片、Word或Excel文件",
                en="by its content it is no PDF, image, Word or Excel file",
            ),
            Text(
                zh="旧版.doc、.xls请另存为.docx、.xlsx"
                if bad
                else "另存为PDF再上传；带宏的文件不收",
                en="save an old .doc or .xls as .docx or .xlsx"
                if bad
                else "save it as PDF; files with macros are not taken",
            ),
        )
    digest = hashlib.sha256(content).hexdigest()
    clear_away(folder)
    name = _find_free_name(folder, stem, kind.suffix)
    path = folder / name
    try:
        disk.replace(path, content)
        path.chmod(0o600)
        with open_plain(path, inside=folder) as stream:
            digest_kept = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        reason = say_reason(error)
        raise _make_error(
            Text(
                zh=f"写不进去（{reason.zh}）", en=f"it cannot be written ({reason.en})"
            ),
            Text(zh="检查磁盘空间后再传", en="check disk space and send it again"),
        ) from error
    if digest_kept != digest:
        path.unlink(missing_ok=True)
        raise _make_error(
            Text(
                zh="写到磁盘的与收到的不一致，没有留下",
                en="what is on the disk is not what was received; it was not kept",
            ),
            Text(
                zh="再传一次；若仍如此，检查磁盘", en="send it again, or check the disk"
            ),
        )
    return Taken(path=name, digest=digest, size=len(content), type=kind)


def clear_away(folder: Path) -> None:
    """Remove what a killed server left of files it was still writing."""
    for leftover in (folder / FOLDER).glob("*.new"):
        try:
            if time.time() - leftover.stat().st_mtime > _STALE:
                leftover.unlink()
        except OSError:
            continue


def list_unlisted(folder: Path, listed: frozenset[str]) -> list[str]:
    """List files among the papers that the case file does not name."""
    place = folder / FOLDER
    if not place.is_dir():
        return []
    return sorted(
        name
        for path in place.iterdir()
        if path.is_file() and not path.name.startswith(".") and path.suffix != ".new"
        for name in (f"{FOLDER}/{path.name}",)
        if name not in listed
    )


def find_file_type(path: Path) -> Type:
    """Find what a file among the papers is, by its content."""
    try:
        with open_plain(path, inside=path.parent) as stream:
            start = stream.read(2048)
    except (OSError, CaseError):
        return OTHER
    file_type = None if start.startswith(b"PK") else sniff_type(start)
    if file_type is None and start.startswith(b"PK"):
        file_type = next(
            (
                packed_type
                for packed_type in _PACKED.values()
                if packed_type.suffix == path.suffix.lower()
            ),
            None,
        )
    return file_type or (_TEXT if _is_text(path, start) else OTHER)


def _is_text(path: Path, start: bytes) -> bool:
    """Whether a file is plain text by its ending and by how it begins."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(start)
    except UnicodeDecodeError:
        return False
    return path.suffix.lower() in _TEXT_ENDINGS and "\x00" not in text


def _find_free_name(folder: Path, stem: str, suffix: str) -> str:
    name, number = f"{FOLDER}/{stem}{suffix}", 1
    while (folder / name).exists():
        number += 1
        name = f"{FOLDER}/{stem}-{number}{suffix}"
    return name


def _make_error(text: Text, hint: Text) -> CaseError:
    return CaseError(Issue(text=text, hint=hint))
