"""From the bytes of a paper to what can be read in it: pages, words, places, marks.

`capture_paper` reads in this process, `capture_paper_apart` in a child within limits of
time and memory, which is how a file of a stranger is read. Both return a `Reading`
whatever the bytes are: what could not be read is said in it. Nothing is concluded here
from what is read, and nothing is fetched.
"""

from __future__ import annotations

import csv
import hashlib
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from changqing.case.page import UnreadablePageError, decode_text, read_page_here
from changqing.errors import GivenUpError
from changqing.evidence.plain_text import read_plain_text, read_table_text
from changqing.evidence.reading import Cell, PaperPage, Reading, ReadingProblem, Span
from changqing.readers.filetype import FileType, find_type, is_container
from changqing.readers.package import DAMAGED, TooLargePackageError, open_package
from changqing.sandbox.pool import Limits, get_shared_pool

EDITION: Final = "2"
"""Of what stands between a library and a reading; raised when readings change by it."""
MOST_BYTES: Final = 100 << 20
MOST_PAGES: Final = 300
MOST_SECONDS: Final = 900.0
_A_WHILE: Final = 2.0
"""Seconds after which pages that were read are handed over, for progress."""
_GIVEN_UP: Final = 3
"""Pages of one file that may take too much before the file does."""
LIMITS: Final = Limits(seconds=120, processor=200, memory=1_500 << 20, output=0)
"""For the pages that are read in one go; one page is read whole in any case."""

Progress = Callable[[int, int], None]
"""Called with how many pages were read, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some pages of a file that has `total`, and by what they were read."""

    pages: tuple[PaperPage, ...]
    total: int
    reader: str
    version: str = EDITION
    problem: ReadingProblem | None = None


def capture_paper(
    content: bytes, name: str, *, progress: Progress | None = None
) -> Reading:
    """Read a paper in this very process; `name` is that of its file."""
    return _gather_batches(content, name, capture_pages, progress)


def capture_paper_apart(
    content: bytes, name: str, *, progress: Progress | None = None
) -> Reading:
    """Read a paper in a child process; GivenUpError where every child stays busy.

    Plain text is read here: it needs no library and is bounded by its size.
    """
    if find_type(content, name) in _PLAIN or not content:
        return capture_paper(content, name, progress=progress)
    pool = get_shared_pool("readers", prepare=f"{__name__}:stay_in", patience=120.0)

    def capture_apart(content: bytes, name: str, first: int) -> Batch:
        return pool.run(LIMITS, capture_pages, content, name, first)

    return _gather_batches(content, name, capture_apart, progress)


def _gather_batches(
    content: bytes,
    name: str,
    capture: Callable[[bytes, str, int], Batch],
    progress: Progress | None,
) -> Reading:
    """Capture batch after batch; a page that takes too much is left out and said."""
    pages: list[PaperPage] = []
    readers: dict[str, None] = {}
    versions: dict[str, None] = {}
    problem: ReadingProblem | None = None
    total = given_up = 0
    begin = time.monotonic()
    while True:
        try:
            batch = capture(content, name, len(pages))
        except GivenUpError as error:
            if error.reason == "busy":
                raise
            given_up += 1
            problem = (
                ReadingProblem.BROKEN
                if error.reason == "died"
                else ReadingProblem.TOO_LARGE
            )
            if not total or given_up > _GIVEN_UP:
                break
            pages.append(
                PaperPage(
                    number=len(pages) + 1, width=0, height=0, spans=(), problem=problem
                )
            )
        else:
            pages.extend(batch.pages)
            total = batch.total
            readers[batch.reader] = None
            versions[batch.version] = None
            problem = batch.problem or problem
            if not batch.pages:
                break
        if progress is not None:
            progress(len(pages), total)
        if len(pages) >= total:
            break
        if time.monotonic() - begin > MOST_SECONDS:
            problem = ReadingProblem.TOO_LARGE
            break
    return Reading(
        paper=hashlib.sha256(content).hexdigest(),
        reader=next(reversed(readers), "none"),
        version=max(versions, key=len, default=EDITION),
        pages=tuple(pages),
        problem=problem or _find_problem(pages),
    )


def _find_problem(pages: Iterable[PaperPage]) -> ReadingProblem | None:
    """Say what is wrong with a paper none of whose pages could be read."""
    problems = {page.problem for page in pages}
    if None in problems or not problems:
        return None
    return (
        ReadingProblem.BLANK
        if problems == {ReadingProblem.BLANK}
        else max(
            (problem for problem in problems if problem is not ReadingProblem.BLANK),
            key=lambda problem: problem is ReadingProblem.UNCLEAR,
        )
    )


def stay_in() -> None:
    """Make a child process that opens no connection and starts no program.

    No library that reads is known to do so; one that a file tricks into it is stopped.
    """

    def refuse(event: str, _: object) -> None:
        if event in _OUTWARD or event.startswith(("socket.connect", "socket.getaddr")):
            raise PermissionError(event)

    sys.addaudithook(refuse)


_OUTWARD: Final = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"}
    | {"socket.bind", "socket.sendto", "urllib.Request", "ftplib.connect"}
)


# One file, in this process


def capture_pages(content: bytes, name: str, first: int) -> Batch:
    """Read the pages of a file from one on, counted from 0, for a while."""
    if not content:
        return _refuse_batch(ReadingProblem.EMPTY)
    if len(content) > MOST_BYTES:
        return _refuse_batch(ReadingProblem.TOO_LARGE)
    kind = find_type(content, name)
    if kind in _REFUSED:
        return _refuse_batch(_REFUSED[kind])
    try:
        return _READERS[kind](content, first)
    except ImportError:
        return _refuse_batch(ReadingProblem.NO_READER)
    except (TooLargePackageError, MemoryError):
        return _refuse_batch(ReadingProblem.TOO_LARGE)
    except UnreadablePageError:
        return _refuse_batch(ReadingProblem.FOREIGN)
    except (*DAMAGED, csv.Error):
        return _refuse_batch(ReadingProblem.BROKEN)


def _refuse_batch(problem: ReadingProblem) -> Batch:
    return Batch(pages=(), total=0, reader="none", problem=problem)


def _make_batch(
    pages: Iterable[PaperPage], reader: str, version: str = EDITION
) -> Batch:
    """Make the one batch of a file that is read in one go."""
    marked = tuple(_mark_blank(page) for page in pages)
    if not marked:
        return Batch(pages=(), total=0, reader=reader, problem=ReadingProblem.BLANK)
    return Batch(pages=marked, total=len(marked), reader=reader, version=version)


def _mark_blank(page: PaperPage) -> PaperPage:
    if page.spans or page.problem or page.marks:
        return page
    return PaperPage(
        number=page.number,
        width=page.width,
        height=page.height,
        spans=(),
        problem=ReadingProblem.BLANK,
    )


def _read_text(content: bytes, _: int) -> Batch:
    return _make_batch(read_plain_text(decode_text(content)), "text")


def _read_table(content: bytes, _: int) -> Batch:
    return _make_batch([read_table_text(decode_text(content))], "text")


def _read_saved_page(content: bytes, _: int) -> Batch:
    rows = read_page_here(content).rows
    spans: list[Span] = []
    for number, row in enumerate(rows):
        for column, cell in enumerate(row.cells):
            if cell.strip():
                place = Cell(table=0, row=number, column=column)
                spans.append(
                    Span(text=cell, box=None, cell=place if row.cells[1:] else None)
                )
    return _make_batch(
        [PaperPage(number=1, width=0, height=0, spans=tuple(spans))], "text"
    )


def _read_word(content: bytes, _: int) -> Batch:
    from changqing.readers.word import list_pictures, read_word

    with open_package(content):
        pages = [read_word(content)]
        pictures = list_pictures(content)
    if not pictures:
        return _make_batch(pages, "word")
    from changqing.readers.ocr import name_ocr
    from changqing.readers.picture import read_pasted_picture

    for picture in pictures[:MOST_PAGES]:
        page = read_pasted_picture(picture, len(pages) + 1)
        if page is not None:
            pages.append(page)
    return _make_batch(pages, "word", f"{EDITION} {name_ocr()}")


def _read_workbook(content: bytes, _: int) -> Batch:
    from changqing.readers.workbook import TooMuchTextError, read_workbook

    with open_package(content):
        try:
            return _make_batch(read_workbook(content), "workbook")
        except TooMuchTextError as error:
            raise TooLargePackageError from error


def _read_ofd(content: bytes, _: int) -> Batch:
    from changqing.readers.ofd import read_ofd

    return _make_batch(read_ofd(content), "ofd")


def _read_pdf(content: bytes, first: int) -> Batch:
    from changqing.readers.ocr import name_ocr
    from changqing.readers.pdf import LockedPdfError, PdfPage, open_pdf, read_pdf_page

    try:
        with open_pdf(content) as document:
            total = len(document)
            end = time.monotonic() + _A_WHILE
            pages: list[PdfPage] = []
            while first + len(pages) < min(total, MOST_PAGES):
                pages.append(read_pdf_page(document, first + len(pages)))
                if time.monotonic() > end:
                    break
    except LockedPdfError:
        return _refuse_batch(ReadingProblem.LOCKED)
    from_picture = any(page.seen for page in pages)
    return Batch(
        pages=tuple(page.page for page in pages),
        total=min(total, MOST_PAGES),
        reader="pdf",
        version=f"{EDITION} {name_ocr()}" if from_picture else EDITION,
        problem=ReadingProblem.TOO_LARGE if total > MOST_PAGES else None,
    )


def _read_picture(content: bytes, first: int) -> Batch:
    if is_container(content):
        import_module("pillow_heif").register_heif_opener()
    from changqing.readers.ocr import name_ocr
    from changqing.readers.picture import (
        TooLargePictureError,
        count_frames,
        is_photograph,
        open_pictures,
        read_picture,
    )

    try:
        total = count_frames(content)
        end = time.monotonic() + _A_WHILE
        pages: list[PaperPage] = []
        for picture in open_pictures(content, first):
            number = first + len(pages) + 1
            pages.append(
                read_picture(picture, number, photographed=is_photograph(picture))
            )
            if time.monotonic() > end:
                break
    except TooLargePictureError as error:
        raise TooLargePackageError from error
    return Batch(
        pages=tuple(pages),
        total=min(total, MOST_PAGES),
        reader="ocr",
        version=f"{EDITION} {name_ocr()}",
        problem=ReadingProblem.TOO_LARGE if total > MOST_PAGES else None,
    )


_PLAIN: Final = frozenset({FileType.TEXT, FileType.TABLE})
_REFUSED: Final = {
    FileType.ARCHIVE: ReadingProblem.FOREIGN,
    FileType.LOCKED: ReadingProblem.LOCKED,
    FileType.BROKEN: ReadingProblem.BROKEN,
    FileType.FOREIGN: ReadingProblem.FOREIGN,
}
_READERS: Final[dict[FileType, Callable[[bytes, int], Batch]]] = {
    FileType.PDF: _read_pdf,
    FileType.WORD: _read_word,
    FileType.WORKBOOK: _read_workbook,
    FileType.OFD: _read_ofd,
    FileType.PICTURE: _read_picture,
    FileType.TEXT: _read_text,
    FileType.TABLE: _read_table,
    FileType.PAGE: _read_saved_page,
}
