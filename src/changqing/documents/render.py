"""Documents as files: Word and PDF.

Each document is set in a child process with limits: what it says was written by
people, and a typesetter may loop over it or ask for all the memory there is.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from changqing.documents.document import Document
from changqing.documents.made import name_safely
from changqing.errors import DocumentError, GivenUpError, Issue
from changqing.plainfile import (
    check_folder,
    check_plain,
    find_folder_around,
    read_plain,
    write_plain,
)
from changqing.sandbox.pool import Limits, get_shared_pool
from changqing.text import Text

_PAGES_FOR_CONTENTS: Final = 4  # as the PDF has it
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every entry of a zip: no clock is in what is handed in."""
_WORKERS = 2  # as many children as there are
LIMITS = Limits(seconds=60, processor=120, memory=3 << 30, output=256 << 20)
"""For one document, as PDF and Word. Ours take less than a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One document in both forms."""

    document: Document
    pdf: bytes
    docx: bytes


def render_documents(
    documents: Sequence[Document],
    *,
    case_name: str,
    digest: str,
    as_of: date,
    progress: Callable[[Document], None] = lambda _: None,
    limits: Limits = LIMITS,
    seconds: float | None = None,
    letterhead: bytes | None = None,
) -> tuple[Rendered, ...]:
    """Make every document into PDF and Word, in the order given.

    `progress` hears of each document when it is made. `limits` are for each of them,
    `seconds` for all together. `letterhead` is the company's own Word template.
    Raises DocumentError, and GivenUpError that names the document with which a limit
    was reached.
    """
    end = None if seconds is None else time.monotonic() + seconds

    def render_both(document: Document) -> Rendered:
        granted = limits
        if end is not None:
            seconds_left = max(end - time.monotonic(), 0.001)
            granted = replace(limits, seconds=min(limits.seconds, seconds_left))
        try:
            pdf, docx = get_shared_pool().run(
                granted,
                _render_document,
                document,
                case_name=case_name,
                digest=digest,
                as_of=as_of,
                letterhead=letterhead,
            )
        except GivenUpError as error:
            issues = [_name_document(document, issue) for issue in error.issues]
            raise GivenUpError(*issues, reason=error.reason) from error
        return Rendered(document=document, pdf=pdf, docx=docx)

    renderings: list[Rendered] = []
    with ThreadPoolExecutor(min(_WORKERS, os.cpu_count() or 1)) as workers:
        try:
            for rendering in workers.map(render_both, documents):
                renderings.append(rendering)
                progress(rendering.document)
        except BaseException:
            workers.shutdown(cancel_futures=True)  # the others are of no use then
            raise
    return tuple(renderings)


def _render_document(
    document: Document,
    *,
    case_name: str,
    digest: str,
    as_of: date,
    letterhead: bytes | None,
) -> tuple[bytes, bytes]:
    """In the child: set one document as PDF and as Word."""
    try:
        from changqing.documents.render_docx import count_pages, render_docx
        from changqing.documents.render_typst import render_pdf

        printed = render_pdf(document, case_name=case_name, digest=digest, as_of=as_of)
        if document.word is not None:
            return printed, document.word
        return (
            printed,
            render_docx(
                document,
                case_name=case_name,
                digest=digest,
                as_of=as_of,
                letterhead=letterhead,
                contents=count_pages(printed) >= _PAGES_FOR_CONTENTS,
            ),
        )
    except ImportError as problem:
        raise DocumentError(Issue(text=_NO_EXTRA, hint=_INSTALL)) from problem


def _name_document(document: Document, issue: Issue) -> Issue:
    """Put the title of the document before an issue."""
    return replace(
        issue,
        text=Text(
            zh=f"《{document.title}》{issue.text.zh}",
            en=f"{document.title}: {issue.text.en}",
        ),
    )


def make_upload_name(case_name: str) -> str:
    """Name that zip: 申请材料-公司名称.zip."""
    return f"申请材料-{name_safely(case_name)}.zip"


def list_files(rendered: Sequence[Rendered]) -> dict[str, bytes]:
    """List the files of documents by name, the PDF and the Word of each."""
    files: dict[str, bytes] = {}
    for rendering in rendered:
        files[f"{rendering.document.file_stem}.pdf"] = rendering.pdf
        files[f"{rendering.document.file_stem}.docx"] = rendering.docx
    return files


def write_files(
    files: Mapping[str, bytes | Path], folder: Path, *, case_dir: Path
) -> tuple[Path, ...]:
    """Write files into `folder` by their names in it; a path is copied from the case.

    Each file is whole or is not there. Raises DocumentError, and CaseError where a link
    or the like stands in the way, in `folder` or between it and the case it lies in.
    """
    paths: list[Path] = []
    try:
        inside = find_folder_around(folder / "file", case_dir)
        check_folder(folder, inside=inside)
        folder.mkdir(parents=True, exist_ok=True)
        for name, source in files.items():
            target = folder / name
            check_plain(target, inside=inside)
            content = (
                read_plain(source, inside=case_dir)
                if isinstance(source, Path)
                else source
            )
            part = target.with_name(f".{target.name}.part")
            write_plain(part, content, inside=inside)
            part.replace(target)
            paths.append(target)
    except OSError as problem:
        raise refuse_folder(folder) from problem
    return tuple(paths)


def refuse_folder(folder: Path) -> DocumentError:
    """Say that nothing can be written there, and what to do."""
    return DocumentError(Issue(text=_UNWRITABLE, path=str(folder), hint=_ELSEWHERE))


_NO_EXTRA = Text("没有装生成文书的部件", "the parts that make documents are missing")
_INSTALL = Text("请装 changqing[documents]", "install changqing[documents]")
_UNWRITABLE = Text("文书写不进这里", "the documents cannot be written here")
_ELSEWHERE = Text("用--out换一个文件夹", "choose another folder with --out")
