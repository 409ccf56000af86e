"""The whole dossier as files: Word, PDF, and one zip to hand in."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from changqing.dossier._document import Document
from changqing.errors import DocumentError, Issue
from changqing.text import Text

_EPOCH = (1980, 1, 1, 0, 0, 0)
_WORKERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One document in both forms."""

    document: Document
    pdf: bytes
    docx: bytes


def render_documents(
    written: Sequence[Document],
    *,
    case_name: str,
    digest: str,
    as_of: date,
    progress: Callable[[Document], None] = lambda _: None,
) -> tuple[Rendered, ...]:
    """Make every document into PDF and Word, in the order given.

    `progress` hears of each document when it is made. Raises DocumentError.
    """
    try:
        from changqing.dossier._render_docx import docx
        from changqing.dossier._render_typst import pdf
    except ImportError as problem:
        raise DocumentError(Issue(text=_NO_EXTRA, hint=_INSTALL)) from problem

    def both(document: Document) -> Rendered:
        return Rendered(
            document=document,
            pdf=pdf(document, case_name=case_name, digest=digest, as_of=as_of),
            docx=docx(document, case_name=case_name, digest=digest, as_of=as_of),
        )

    made: list[Rendered] = []
    try:
        with ThreadPoolExecutor(min(_WORKERS, os.cpu_count() or 1)) as workers:
            for one in workers.map(both, written):
                made.append(one)
                progress(one.document)
    except ImportError as problem:
        raise DocumentError(Issue(text=_NO_EXTRA, hint=_INSTALL)) from problem
    return tuple(made)


def upload(rendered: Sequence[Rendered]) -> bytes:
    """One zip of all of them, PDF and Word apart; no clock in it."""
    files = {f"PDF/{one.document.file_name}.pdf": one.pdf for one in rendered}
    files |= {f"Word/{one.document.file_name}.docx": one.docx for one in rendered}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return made.getvalue()


def upload_name(case_name: str) -> str:
    """The name of that zip: 申请材料-公司名称.zip."""
    safe = re.sub(r'[\\/:*?"<>|\s]', "", case_name) or "公司"
    return f"申请材料-{safe[:60]}.zip"


def write_dossier(
    rendered: Sequence[Rendered], folder: Path, *, zip_name: str | None
) -> tuple[Path, ...]:
    """Write the files into `folder`, and the zip when it is named.

    Each file is whole or is not there. Raises DocumentError.
    """
    files = {f"{one.document.file_name}.pdf": one.pdf for one in rendered}
    files |= {f"{one.document.file_name}.docx": one.docx for one in rendered}
    if zip_name is not None:
        files[zip_name] = upload(rendered)
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            target = folder / name
            part = target.with_name(f".{name}.part")
            part.write_bytes(data)
            part.replace(target)
            written.append(target)
    except OSError as problem:
        raise DocumentError(
            Issue(text=_UNWRITABLE, path=str(folder), hint=_ELSEWHERE)
        ) from problem
    return tuple(written)


_NO_EXTRA = Text("没有装生成文书的部件", "the parts that make documents are missing")
_INSTALL = Text("请装 changqing[documents]", "install changqing[documents]")
_UNWRITABLE = Text("文书写不进这里", "the documents cannot be written here")
_ELSEWHERE = Text("用--out换一个文件夹", "choose another folder with --out")
