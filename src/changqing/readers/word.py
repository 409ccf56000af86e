"""The paragraphs and tables of a Word document (docx), as it stands when accepted.

What somebody has deleted with changes tracked is not read; what they inserted is, and
is marked as less than sure, since nobody has accepted it yet.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from docx import Document
from docx.oxml.ns import qn

from changqing.evidence.reading import SURE, Cell, PaperPage, Span

_TRACKED: Final = 90
"""Confidence of words that were inserted or moved and not yet accepted."""
_GONE: Final = frozenset(
    {qn("w:del"), qn("w:moveFrom"), qn("w:delText"), qn("w:instrText")}
)
_NEW: Final = frozenset({qn("w:ins"), qn("w:moveTo")})
_TWICE: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT: Final = qn("w:t")
_SYMBOL: Final = qn("w:sym")
_TAB: Final = qn("w:tab")
_BREAKS: Final = frozenset({qn("w:br"), qn("w:cr")})
_PARAGRAPH: Final = qn("w:p")
_TABLE: Final = qn("w:tbl")
_PARTS: Final = ("header", "first_page_header"), ("footer", "first_page_footer")
_SYMBOLS: Final = {
    # Boxes of Wingdings, ticked and not, as forms have them.
    "52": "☑", "53": "☒", "54": "☒", "A3": "□", "A8": "□", "6F": "□", "FC": "√",
    "FD": "☒", "FE": "☑",
}  # fmt: skip


def read_word(content: bytes) -> PaperPage:
    """Read a Word document as one page without places."""
    document = Document(io.BytesIO(content))
    writer = _SpanWriter()
    for part in _find_parts(document, _PARTS[0]):
        writer.write_blocks(part)
    writer.write_blocks(document.element.body)
    for part in _find_parts(document, _PARTS[1]):
        writer.write_blocks(part)
    return PaperPage(number=1, width=0, height=0, spans=tuple(writer.spans))


def list_pictures(content: bytes) -> list[bytes]:
    """List the pictures in a Word document: scans are often pasted into one."""
    document = Document(io.BytesIO(content))
    parts: dict[str, bytes] = {}
    for node in document.element.body.iter(qn("a:blip")):
        name = node.get(qn("r:embed"))
        related = document.part.related_parts.get(name) if name else None
        if related is not None:
            parts.setdefault(str(related.partname), related.blob)
    return list(parts.values())


def _find_parts(document: Any, names: tuple[str, ...]) -> Iterator[Any]:
    """Give each header or footer once, however many sections share it."""
    part_names = set()
    for section in document.sections:
        for name in names:
            part = getattr(section, name)
            if (
                name.startswith("first")
                and not section.different_first_page_header_footer
            ):
                continue
            if not part.is_linked_to_previous and part.part.partname not in part_names:
                part_names.add(part.part.partname)
                yield part._element


@dataclass(frozen=True, slots=True)
class _WordPiece:
    text: str
    tracked: bool


class _SpanWriter:
    """Writes the spans of one document, and counts its tables."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self._tables = 0

    def write_blocks(self, parent: Any, cell: Cell | None = None) -> None:
        for element in parent.iterchildren():
            if element.tag == _PARAGRAPH:
                self._write_paragraph(element, cell)
            elif element.tag == _TABLE:
                self._write_table(element)
            elif element.tag not in _GONE and element.tag != _TWICE:
                # Fields of a form, parts of a page: whatever holds paragraphs.
                self.write_blocks(element, cell)

    def _write_table(self, table: Any) -> None:
        number = self._tables
        self._tables += 1
        row = 0
        for line in table.iter(qn("w:tr")):
            if next(line.iterancestors(_TABLE)) is not table:
                continue
            column = 0
            for box in line.iter(qn("w:tc")):
                if next(box.iterancestors(_TABLE)) is not table:
                    continue
                self.write_blocks(box, Cell(table=number, row=row, column=column))
                column += _count_columns(box)
            row += 1

    def _write_paragraph(self, paragraph: Any, cell: Cell | None) -> None:
        pieces: list[_WordPiece] = []
        for words in [*_read_words(paragraph), _WordPiece("\n", tracked=False)]:
            if words.text in ("\n", "\t"):
                text = "".join(piece.text for piece in pieces).strip()
                if text:
                    tracked = any(piece.tracked for piece in pieces)
                    self.spans.append(
                        Span(
                            text=text,
                            box=None,
                            confidence=_TRACKED if tracked else SURE,
                            cell=cell,
                        )
                    )
                pieces = []
            else:
                pieces.append(words)
        for frame in paragraph.iter(qn("w:txbxContent")):
            if not any(above.tag == _TWICE for above in frame.iterancestors()):
                self.write_blocks(frame, cell)


def _count_columns(box: Any) -> int:
    span = box.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
    value = "1" if span is None else span.get(qn("w:val"), "1")
    return min(int(value), 500) if value.isdigit() else 1


def _read_words(element: Any, *, tracked: bool = False) -> Iterator[_WordPiece]:
    """Give the words of a paragraph that stand, with tabs and breaks by themselves."""
    for child in element.iterchildren():
        tag = child.tag
        if tag in _GONE or tag in (
            _TWICE,
            qn("w:txbxContent"),
            qn("w:pPr"),
            qn("w:rPr"),
        ):
            continue
        if tag == _TEXT:
            yield _WordPiece(child.text or "", tracked)
        elif tag == _SYMBOL:
            code = (child.get(qn("w:char")) or "").upper().removeprefix("F0")
            yield _WordPiece(_SYMBOLS.get(code.lstrip("0"), ""), tracked)
        elif tag == _TAB:
            yield _WordPiece("\t", tracked)
        elif tag in _BREAKS:
            yield _WordPiece("\n", tracked)
        else:
            yield from _read_words(child, tracked=tracked or tag in _NEW)
