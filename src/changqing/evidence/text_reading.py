"""Reading papers that are text: `.md`, `.txt` and `.csv`, without any extra.

Pure: bytes in, a reading out. One line of the file is one line of the reading; a row
of a table is a line of cells.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

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
_MOST: Final = 4_000_000
"""Characters of one paper that are read."""
_MOST_LINES: Final = 50_000
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TEXT: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_MARKDOWN: Final = re.compile(r"^(?:#{1,6}\s+|>\s*|[-*+]\s+)+|\*\*|__")
_RULE: Final = re.compile(r"[-=*_\s|:]+")


def is_text_paper(path: str) -> bool:
    """Whether a paper is one that is read as text, by the name of its file."""
    return PurePosixPath(path.lower()).suffix in TEXT_SUFFIXES


def read_text_paper(content: bytes, *, paper: str, path: str) -> Reading:
    """Read a text file; `paper` is its SHA-256, `path` its name in the case.

    Bytes that are no text in UTF-8, UTF-16 or GB 18030 give a reading that is broken.
    """
    if not content:
        return _make_reading(paper, (), ReadingProblem.EMPTY)
    text = _decode(content)
    if text is None:
        return _make_reading(paper, (), ReadingProblem.BROKEN)
    problem = ReadingProblem.TOO_LARGE if len(text) > _MOST else None
    text = text[:_MOST]
    suffix = PurePosixPath(path.lower()).suffix
    pages = []
    for number, part in enumerate(text.split("\f"), start=1):
        lines = _read_csv(part) if suffix == ".csv" else _read_lines(part, suffix)
        spans = tuple(span for _, span in zip(range(_MOST_LINES), lines, strict=False))
        pages.append(PaperPage(number=number, width=0, height=0, spans=spans))
    if not any(page.spans for page in pages):
        problem = ReadingProblem.BLANK
    return _make_reading(paper, tuple(pages), problem)


def _make_reading(
    paper: str, pages: tuple[PaperPage, ...], problem: ReadingProblem | None
) -> Reading:
    return Reading(
        paper=paper, reader=READER, version=VERSION, pages=pages, problem=problem
    )


def _decode(content: bytes) -> str | None:
    for bom, name in _BOMS:
        if content.startswith(bom):
            return _as_text(content, name)
    for name in ("utf-8", "gb18030"):
        text = _as_text(content, name)
        if text is not None:
            return text
    return None


def _as_text(content: bytes, encoding: str) -> str | None:
    """Decode, or None where it is no text: a stray control character tells."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if _NO_TEXT.search(text) else text


def _read_lines(text: str, suffix: str) -> Iterator[Span]:
    table = row = -1
    in_table = False
    for line in text.splitlines():
        stripped = line.strip()
        cells = stripped.strip("|").split("|")
        is_row = suffix == ".md" and stripped.startswith("|") and len(cells) > 1
        if not is_row:
            in_table = False
            words = _MARKDOWN.sub("", stripped) if suffix == ".md" else stripped
            if words and not (suffix == ".md" and _RULE.fullmatch(stripped)):
                yield Span(text=words, box=None)
            continue
        if _RULE.fullmatch(stripped):
            continue
        if not in_table:
            table, row, in_table = table + 1, -1, True
        row += 1
        for column, cell in enumerate(cells):
            if cell.strip():
                place = Cell(table=table, row=row, column=column)
                yield Span(text=cell.strip(), box=None, cell=place)


def _read_csv(text: str) -> Iterator[Span]:
    delimiter = "\t" if text.count("\t") > text.count(",") else ","
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell.strip():
                    place = Cell(table=0, row=row, column=column)
                    yield Span(text=cell.strip(), box=None, cell=place)
    except csv.Error:  # a cell beyond the module's limit: what was read stands
        return
