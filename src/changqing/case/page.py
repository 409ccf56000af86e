"""A kept page as rows of words: HTML, text, PDF or an exported table, by its bytes.

What is read is hostile: nothing runs, nothing is fetched, and size, rows and words are
bounded. Reading is linear in the size of the page, and a large page is read in a child
process that is ended after some seconds.
"""

from __future__ import annotations

import codecs
import csv
import html
import io
import logging
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Final

from changqing.errors import CaseError, GivenUpError
from changqing.sandbox.pool import READING, Pool, get_shared_pool
from changqing.sheet import SheetLimits, read_sheet_apart
from changqing.text import Text

_HTML: Final = re.compile(r"<(?:!doctype|html|head|body|table|div|p)\b", re.IGNORECASE)
MAX_PAGE_BYTES: Final = 5_000_000
MAX_ROWS: Final = 20_000
MAX_WORDS_OF_PAGE: Final = 1_000_000
"""Characters: a page of results has thousands, and each is held against every name."""
MAX_PDF_PAGES: Final = 60
_PACKED: Final = b"PK\x03\x04"
"""With which a workbook begins, as every zip does."""
_APART: Final = (b"%PDF-", _PACKED)
_SMALL: Final = 200_000
"""Bytes that are read in this process, whatever they are: half a second at most."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SILENT: Final = frozenset({"script", "style", "template", "noscript", "svg"})
_CELLS: Final = frozenset({"td", "th", "dt", "dd"})
_INLINE: Final = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "dfn", "em"}
    | {"font", "i", "img", "input", "kbd", "label", "mark", "q", "s", "samp", "small"}
    | {"span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr"}
)
_TAG: Final = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:-]{0,30}")
_VALUE: Final = re.compile(r"""\bvalue\s*=\s*(?:"([^"]{1,300})"|'([^']{1,300})')""")
_RUN: Final = re.compile(r"<+(?![a-zA-Z/!?])")
_GAPS: Final = re.compile(r"\t+|[ \u3000]{2,}")
_SPACES: Final = re.compile(r"\s+")
_COLON: Final = re.compile(r"[:：]")
_LABEL_WORDS: Final = 20  # characters; what is longer is no label


class UnreadablePageError(ValueError):
    """The bytes cannot be read as text; `text` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes in both languages."""
        return type(self), (self.text,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of a page, or one row of a table in it, cell by cell."""

    cells: tuple[str, ...]
    head: bool = False  # every cell is marked as a heading

    @property
    def words(self) -> str:
        """The row as a person would quote it."""
        return " ".join(self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What stands beside, below or after a label; `listed` if below a heading."""

    label: str
    value: str
    row: Row
    listed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """The words of a page in their order."""

    rows: tuple[Row, ...]

    def has(self, words: str) -> bool:
        """Tell whether the words stand in one row, whatever the spaces between."""
        needle = squeeze(words)
        return bool(needle) and any(needle in squeeze(row.words) for row in self.rows)

    def find_fields(self, labels: Collection[str]) -> Iterator[Field]:
        """Find what the page says under any of `labels`.

        Beside the label, as in a table of two columns; after its colon; below it, as
        in a table with headings; or in the next line, where a page has no table.
        """
        by_squeezed = {squeeze(label): label for label in labels}
        heads: dict[int, str] = {}
        width = 0
        for place, row in enumerate(self.rows):
            below = self.rows[place + 1] if place + 1 < len(self.rows) else None
            labels_at = {
                at: by_squeezed[bare]
                for at, cell in enumerate(row.cells)
                if (bare := _strip_label(cell)) in by_squeezed
            }
            if not labels_at and heads and len(row.cells) == width:
                for at, label in heads.items():
                    value = row.cells[at]
                    yield Field(label=label, value=value, row=row, listed=True)
                continue
            heads = {}
            if _is_heading(row, below, labels_at):
                heads, width = labels_at, len(row.cells)
                continue
            yield from _read_fields_beside(row, below, labels_at)
            for cell in row.cells:
                label, colon, value = _split_cell(cell)
                if colon and value and squeeze(label) in by_squeezed:
                    yield Field(label=by_squeezed[squeeze(label)], value=value, row=row)


def read_page(content: bytes) -> ReadPage:
    """Read the rows of a kept page, a large one read in a child process.

    Raises UnreadablePageError for pictures and the like, and for what has too many
    words or takes too long; GivenUpError where the children stay busy.
    """
    if len(content) <= _SMALL or content.startswith(_APART):
        return read_page_here(content)
    try:
        return _find_pool().run(READING, read_page_here, content)
    except GivenUpError as error:
        if error.reason == "busy":  # tells nothing of the page
            raise
        raise UnreadablePageError(error.issues[0].text) from error


def _find_pool() -> Pool:
    """Find the children that read pages; opening a case waits for them."""
    return get_shared_pool("pages", patience=60.0)


def read_page_here(content: bytes) -> ReadPage:
    """Read the rows of a kept page in this very process.

    But for the text of a PDF and for a workbook: those are always read in a child.
    """
    page = _read_any_page(content)
    if sum(len(cell) for row in page.rows for cell in row.cells) > MAX_WORDS_OF_PAGE:
        raise UnreadablePageError(_TOO_MANY_WORDS)
    return page


def _read_any_page(content: bytes) -> ReadPage:
    if len(content) > MAX_PAGE_BYTES:
        raise UnreadablePageError(
            Text(
                zh=f"文件超过{MAX_PAGE_BYTES // 10**6}MB，没有读",
                en=f"the file is over {MAX_PAGE_BYTES // 10**6} MB and was not read",
            )
        )
    if content.startswith(b"%PDF-"):
        return _read_text_page(_read_pdf_text_apart(content))
    if content.startswith(_PACKED):
        return _read_workbook_page(content)
    text = decode_text(content)
    if _is_html(text):
        return _read_html_page(text)
    return _read_csv_page(text) or _read_text_page(text)


_TOO_MANY_WORDS: Final = Text(
    zh=f"页面上的文字超过{MAX_WORDS_OF_PAGE // 10_000}万字，没有读",
    en=f"the page has over {MAX_WORDS_OF_PAGE:,} characters of words and was not read",
)


def is_plain_text(content: bytes) -> bool:
    """Tell whether a kept page is text as anybody types it, neither HTML nor PDF."""
    return not content.startswith(b"%PDF-") and not _is_html(decode_text(content))


def _is_html(text: str) -> bool:
    return _HTML.search(text[:20_000]) is not None


@lru_cache(maxsize=1 << 16)
def squeeze(words: str) -> str:
    """Return the words without spaces, width and case."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", words)).casefold()


def _strip_label(cell: str) -> str:
    return squeeze(cell).rstrip(":") if len(cell) <= _LABEL_WORDS else ""


def _split_cell(cell: str) -> tuple[str, str, str]:
    match = _COLON.search(cell[: _LABEL_WORDS + 1])
    if match is None:
        return cell, "", ""
    return cell[: match.start()], match[0], cell[match.end() :].strip()


def _is_heading(row: Row, below: Row | None, labels_at: Mapping[int, str]) -> bool:
    """Whether the labels in the row are those of the columns below it.

    In a row of label, value, label, value the labels stand at even places.
    """
    if not labels_at or below is None or len(below.cells) != len(row.cells):
        return False
    return row.head or (
        len(row.cells) > 1
        and all(len(cell) <= _LABEL_WORDS for cell in row.cells)
        and (len(row.cells) % 2 == 1 or any(at % 2 == 1 for at in labels_at))
    )


def _read_fields_beside(
    row: Row, below: Row | None, labels_at: Mapping[int, str]
) -> Iterator[Field]:
    for at, label in labels_at.items():
        if len(row.cells) == 1:
            if below is not None and len(below.cells) == 1:
                yield Field(label=label, value=below.words, row=below)
        elif at + 1 < len(row.cells):
            yield Field(label=label, value=row.cells[at + 1], row=row)


# Bytes to text


def decode_text(content: bytes) -> str:
    """Decode text, however it was written; UnreadablePageError for what is none."""
    for bom, name in _BOMS:
        if content.startswith(bom):
            return content.decode(name, "replace")
    for name in ("utf-8", "gb18030", "big5hkscs"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadablePageError(
        Text(
            zh="不是网页、文本、PDF或表格，读不出文字",
            en="is no web page, text, PDF or table, so no words can be read from it",
        )
    )


def _read_pdf_text_apart(content: bytes) -> str:
    """The text of a PDF, read in a child process: a few KB can unfold without end."""
    try:
        return _find_pool().run(READING, _read_pdf_text, content)
    except GivenUpError as error:
        if error.reason == "busy":
            raise
        raise UnreadablePageError(error.issues[0].text) from error


def _read_pdf_text(content: bytes) -> str:
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError as error:
        raise UnreadablePageError(
            Text(
                zh="读PDF须安装 changqing[papers]",
                en="reading a PDF needs changqing[papers] installed",
            )
        ) from error
    log = logging.getLogger("pypdf")
    level = log.level
    log.setLevel(logging.CRITICAL)  # what it would say, we say ourselves
    try:
        pages = PdfReader(io.BytesIO(content), strict=False).pages
        page_texts = [
            pages[at].extract_text() for at in range(len(pages))[:MAX_PDF_PAGES]
        ]
    except (
        PyPdfError,
        ArithmeticError,
        AssertionError,
        AttributeError,
        LookupError,
        NotImplementedError,
        OSError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        raise UnreadablePageError(
            Text(
                zh="PDF损坏或加了密，读不出文字",
                en="the PDF is damaged or encrypted, so no words can be read from it",
            )
        ) from error
    finally:
        log.setLevel(level)
    text = "\n".join(page_texts)
    if not text.strip():
        raise UnreadablePageError(
            Text(
                zh="PDF里只有图像，没有文字",
                en="the PDF holds pictures alone, and no words",
            )
        )
    return text


def _read_workbook_page(content: bytes) -> ReadPage:
    """Read the first sheet of a workbook that a registrar or a console exported."""
    try:
        _, rows = read_sheet_apart(content, _SHEET)
    except ImportError as error:
        raise UnreadablePageError(
            Text(
                zh="读Excel表格须安装 changqing[office]",
                en="reading a workbook needs changqing[office] installed",
            )
        ) from error
    except CaseError as error:
        if isinstance(error.__cause__, GivenUpError) and (
            error.__cause__.reason == "busy"
        ):
            raise error.__cause__ from error
        raise UnreadablePageError(error.issues[0].text) from error
    return _make_table([[_spell_cell(cell) for cell in row] for row in rows])


def _spell_cell(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return "" if cell is None else str(cell)


_SHEET: Final = SheetLimits(
    rows=MAX_ROWS,
    columns=200,
    packed=MAX_PAGE_BYTES,
    unpacked=20 * MAX_PAGE_BYTES,
    hint=Text(
        zh="只留有关的行，再试一次", en="keep the rows that matter, and try again"
    ),
)


# Text to rows


def _read_csv_page(text: str) -> ReadPage | None:
    """Read a table exported as CSV; None where the text is no such table.

    It is one where every line has as many cells as the first, whose cells are all
    short enough to be headings or labels: prose with commas is none.
    """
    first = text.lstrip("\ufeff\r\n").partition("\n")[0]
    delimiter = max(",;", key=first.count)
    if not first.count(delimiter):
        return None
    try:
        lines = list(
            islice(
                csv.reader(io.StringIO(text), delimiter=delimiter, strict=True),
                MAX_ROWS,
            )
        )
    except csv.Error:
        return None
    rows = [line for line in lines if any(cell.strip() for cell in line)]
    if len(rows) < _LEAST_ROWS or any(len(row) != len(rows[0]) for row in rows):
        return None
    if not all(0 < len(cell.strip()) <= _LABEL_WORDS for cell in rows[0]):
        return None
    return _make_table(rows)


_LEAST_ROWS: Final = 2
"""A heading and a row below it."""
_LEAST_CELLS: Final = 2


def _make_table(lines: Sequence[Sequence[str]]) -> ReadPage:
    """Make rows of an exported table; empty cells keep their columns."""
    rows: list[Row] = []
    headed = False
    table = [[_SPACES.sub(" ", cell).strip() for cell in line] for line in lines]
    width = max(
        (at + 1 for line in table for at, cell in enumerate(line) if cell), default=0
    )
    for line in table:
        cells = (*line[:width], *("" for _ in range(width - len(line))))
        if any(cells):
            # A title may stand above; two columns may be labels and their values.
            head = not headed and all(cells) and len(cells) > _LEAST_CELLS
            headed = headed or head
            rows.append(Row(cells=cells, head=head))
    return ReadPage(rows=tuple(rows))


def _read_text_page(text: str) -> ReadPage:
    rows = []
    for line in text.splitlines():
        cells = _clean_cells(_GAPS.split(line.replace("|", "\t")))
        if cells:
            rows.append(Row(cells=cells))
        if len(rows) >= MAX_ROWS:
            break
    return ReadPage(rows=tuple(rows))


def _clean_cells(parts: Sequence[str]) -> tuple[str, ...]:
    cleaned = (_SPACES.sub(" ", part).strip() for part in parts)
    return tuple(part for part in cleaned if part)


def _read_html_page(text: str) -> ReadPage:
    """Read a page row by row; a line outside any table is a row of one cell."""
    rows: list[Row] = []
    cells: list[str] = []
    words: list[str] = []
    in_row = False
    all_heads = True

    def end_cell() -> None:
        cell = _SPACES.sub(" ", html.unescape("".join(words))).strip()
        words.clear()
        if cell or in_row:
            cells.append(cell)

    def end_row() -> None:
        nonlocal all_heads, in_row
        if "".join(words).strip():
            end_cell()
        if any(cells) and len(rows) < MAX_ROWS:
            rows.append(Row(cells=tuple(cells), head=in_row and all_heads))
        cells.clear()
        words.clear()
        in_row, all_heads = False, True

    for part in _split_tokens(text):
        if not part.startswith("<"):
            words.append(part)
            continue
        name, closing = part[1:].lstrip("/").lower(), part.startswith("</")
        if name.startswith("input="):
            words.append(f" {name[6:]} ")
        elif name in ("tr", "dl"):
            end_row()
            in_row = not closing
        elif name in _CELLS:
            if name == "dt" and not closing and cells:
                end_row()
                in_row = True
            all_heads = all_heads and name == "th"
            if closing:
                end_cell()
            else:
                words.clear()
        elif in_row:
            if name not in _INLINE:
                words.append(" ")
        elif name not in _INLINE:
            end_row()
    end_row()
    return ReadPage(rows=tuple(rows))


def _split_tokens(text: str) -> Iterator[str]:
    """Words, and tags as `<name` or `</name`; a filled-in field as `<input=words`."""
    at, size = 0, len(text)
    while at < size:
        start = text.find("<", at)
        if start < 0:
            yield text[at:]
            return
        if start > at:
            yield text[at:start]
        if text.startswith("<!--", start):
            at = _find_end_of(text, "-->", start)
            continue
        match = _TAG.match(text, start + 1)
        if match is None:
            at = start + 1
            if at < size and text[at] in "!?":
                at = _find_end_of(text, ">", start)
            else:
                at = _find_end_of_run(text, start)
                yield f" {text[start:at]} "
            continue
        name = match[0].lower()
        at = _find_end_of(text, ">", match.end())
        if name in _SILENT:
            close = _compile_closing_tag(name).search(text, at)
            at = size if close is None else close.end()
        elif name == "input":
            filled = _VALUE.search(text, match.end(), min(at, match.end() + 2_000))
            if filled is not None:
                yield f"<input={filled[1] or filled[2]}"
        else:
            yield f"<{name}"


def _find_end_of_run(text: str, start: int) -> int:
    """Find where a run of `<` ends that opens no tag, its last one apart if that does.

    One by one they would cost a page of them half a minute.
    """
    run = _RUN.match(text, start)
    return start + 1 if run is None else run.end()


def _compile_closing_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}\b[^>]{{0,100}}>", re.IGNORECASE)


def _find_end_of(text: str, mark: str, at: int) -> int:
    end = text.find(mark, at)
    return len(text) if end < 0 else end + len(mark)
