"""Places on the picture of a page: what is lit, cut out, or may be pointed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from changqing.evidence.reading import WHOLE, Box, PaperPage, Reading, Span
from changqing.papers.settle import Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class LitBox:
    """A place on the picture of a page, in ten-thousandths."""

    left: int
    top: int
    width: int
    height: int
    words: str = ""


_EDGE: Final = 40


def _make_box(box: Box, words: str = "", edge: int = 0) -> LitBox:
    return LitBox(
        left=max(0, box.left - edge),
        top=max(0, box.top - edge),
        width=box.right - box.left + 2 * edge,
        height=box.bottom - box.top + 2 * edge,
        words=words,
    )


def find_box_on(lit: Settlement, page: PaperPage) -> LitBox | None:
    """Find the place of a value on a page.

    None where it stands on another, or nowhere.
    """
    if lit.box is None or lit.page != page.number:
        return None
    return _make_box(lit.box, edge=_EDGE)


def crop_around(lit: Settlement, page: PaperPage) -> LitBox | None:
    """Crop the part of a page at which one reads a value, in the units of the page."""
    if lit.box is None or lit.page != page.number or not page.width:
        return None
    left, right = (edge * page.width // WHOLE for edge in (lit.box.left, lit.box.right))
    top, bottom = (
        edge * page.height // WHOLE for edge in (lit.box.top, lit.box.bottom)
    )
    around = max(1, bottom - top)
    return LitBox(
        left=max(0, left - 2 * around),
        top=max(0, top - around),
        width=right - left + 4 * around,
        height=3 * around,
    )


def list_places(page: PaperPage) -> Sequence[LitBox]:
    """List the words of a page where they stand, to be pointed at."""
    return [
        _make_box(span.box, span.text) for span in page.spans if span.box is not None
    ]


def list_lines(page: PaperPage, lit: Settlement | None) -> list[tuple[str, bool]]:
    """List the words of a page line by line, and whether a line is what is settled."""
    words = "" if lit is None or lit.page != page.number else lit.words
    lines: list[tuple[str, bool]] = []
    row: tuple[int, int] | None = None
    parts: list[Span] = []

    def close() -> None:
        if parts:
            line_text = "　".join(part.text for part in parts)
            lights = bool(words) and any(
                part.text in words or words in part.text for part in parts
            )
            lines.append((line_text, lights))
            parts.clear()

    for span in page.spans:
        at = None if span.cell is None else (span.cell.table, span.cell.row)
        if at is None or at != row:
            close()
        row = at
        parts.append(span)
    close()
    return lines


def find_page(
    reading: Reading, lit: Settlement | None, page_asked: str
) -> PaperPage | None:
    """Find the page that is asked for, else the one of the value that is lit."""
    number = lit.page if lit is not None else 1
    if page_asked.isascii() and page_asked.isdigit():
        number = int(page_asked[:6])
    by_number = {page.number: page for page in reading.pages}
    return by_number.get(number) or next(iter(reading.pages), None)
