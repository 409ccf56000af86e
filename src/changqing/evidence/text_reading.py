"""Reading papers that are text: `.md`, `.txt` and `.csv`, without any extra.

Pure: bytes in, a reading out. The same as what `readers.capture` makes of such files.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

from changqing.case.page import ReadPage, UnreadablePageError, decode_text
from changqing.evidence.plain_text import read_plain_text, read_table_text
from changqing.evidence.reading import (
    Cell,
    PaperPage,
    Reading,
    ReadingProblem,
    Span,
)

TEXT_SUFFIXES: Final = frozenset({".md", ".txt", ".csv"})
READER: Final = "text"
VERSION: Final = "1"
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")


def is_text_paper(path: str) -> bool:
    """Tell whether a paper is one that is read as text, by the name of its file."""
    return PurePosixPath(path.lower()).suffix in TEXT_SUFFIXES


@lru_cache(maxsize=128)
def read_text_paper(content: bytes, *, paper: str, path: str) -> Reading:
    """Read a text file; `paper` is its SHA-256, `path` its name in the case.

    Bytes that are no text give a reading that is broken: a stray control character
    tells.
    """
    if not content:
        return _make_reading(paper, (), ReadingProblem.EMPTY)
    try:
        text = decode_text(content)
    except UnreadablePageError:
        return _make_reading(paper, (), ReadingProblem.BROKEN)
    if _NO_TEXT.search(text):
        return _make_reading(paper, (), ReadingProblem.BROKEN)
    if PurePosixPath(path.lower()).suffix == ".csv":
        pages = [read_table_text(text)]
    else:
        pages = list(read_plain_text(text))
    blank = not any(page.spans for page in pages)
    problem = ReadingProblem.BLANK if blank else None
    return _make_reading(paper, tuple(pages), problem)


def _make_reading(
    paper: str, pages: tuple[PaperPage, ...], problem: ReadingProblem | None
) -> Reading:
    return Reading(
        paper=paper, reader=READER, version=VERSION, pages=pages, problem=problem
    )


def make_page_reading(page: ReadPage, *, paper: str) -> Reading:
    """Make a reading of a saved page: rows of as many cells are one table.

    `paper` is the SHA-256 of its file.
    """
    spans: list[Span] = []
    table, at, width = -1, 0, 0
    for row in page.rows:
        cells = [cell for cell in row.cells if cell.strip()]
        if len(row.cells) < 2 or len(cells) < 2:
            width = 0
            spans += [Span(text=cell, box=None) for cell in cells]
            continue
        if len(row.cells) != width:
            table, at, width = table + 1, 0, len(row.cells)
        spans += [
            Span(text=cell, box=None, cell=Cell(table=table, row=at, column=column))
            for column, cell in enumerate(row.cells)
            if cell.strip()
        ]
        at += 1
    return Reading(
        paper=paper,
        reader="page",
        version="1",
        pages=(PaperPage(number=1, width=0, height=0, spans=tuple(spans)),),
    )
