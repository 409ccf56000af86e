"""一页结论 as PDF: the rows that every face of it shows, set on one page of A4.

The letters are as large as one page allows. Text stays selectable, fonts are embedded
and the day comes from the case: same page, same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from changqing.errors import DocumentError, Issue
from changqing.report.one_page import OnePage
from changqing.report.one_page_rows import PageRow, speak_one_page
from changqing.report.printer import SHAPES
from changqing.sandbox.pool import Limits, get_shared_pool
from changqing.text import Language, Text

_TEMPLATE: Final = Path(__file__).with_name("one_page.typ")
_LIMITS: Final = Limits(seconds=60, processor=60, memory=2 << 30, output=64 << 20)
_TONES: Final[Mapping[str, str]] = {
    "ready": "good",
    "in_order": "good",
    "shown": "good",
    "met": "good",
    "not_ready": "bad",
    "breached": "bad",
    "in_doubt": "bad",
    "unmet": "bad",
    "contradicted": "bad",
    "open": "open",
    "unproven": "open",
    "undetermined": "open",
}
_MARKS: Final = {"✗": "×"}
"""Signs that the fonts of documents lack, and what stands for them."""
FILE_NAMES: Final = Text("结论.pdf", "answer.pdf")
"""What the file is called beside `report.html`."""


def render_one_page_pdf(
    page: OnePage,
    language: Language,
    *,
    crops: Mapping[str, bytes] | None = None,
) -> bytes:
    """Set the one page as PDF, in a child process with limits.

    `crops` are pictures (JPEG) of the places in papers, by the number of the evidence.
    Raises DocumentError where it cannot be set, or the part that sets it is missing,
    and GivenUpError at a limit.
    """
    return get_shared_pool().run(_LIMITS, _set_page, page, language, dict(crops or {}))


def _set_page(page: OnePage, language: Language, crops: Mapping[str, bytes]) -> bytes:
    """In the child: set the page."""
    from changqing.documents.render_typst import compile_files

    content, pictures = _fill_page(page, language, crops)
    files = {
        "main.typ": _TEMPLATE.read_bytes(),
        "page.json": json.dumps(asdict(content), ensure_ascii=False).encode(),
        **pictures,
    }
    try:
        return compile_files(files, "pdf", content.title, page.as_of)
    except ImportError as problem:
        raise DocumentError(Issue(text=_NO_EXTRA, hint=_INSTALL)) from problem


@dataclass(frozen=True, kw_only=True)
class PrintedLine:
    """A line under a row, with the picture of what it quotes."""

    text: str
    evidence: str
    picture: str


@dataclass(frozen=True, kw_only=True)
class PrintedRow:
    """A row as the template prints it."""

    text: str
    lead: str
    tone: str
    mark: str
    under: Sequence[PrintedLine]


@dataclass(frozen=True, kw_only=True)
class PrintedSection:
    """Rows under a title."""

    title: str
    rows: Sequence[PrintedRow]


@dataclass(frozen=True, kw_only=True)
class PrintedPage:
    """All that `one_page.typ` is given."""

    lang: str
    colon: str
    title: str
    name: str
    head: Sequence[str]
    sentences: Sequence[PrintedRow]
    notes: Sequence[str]
    sections: Sequence[PrintedSection]
    foot: str


def _fill_page(
    page: OnePage, language: Language, crops: Mapping[str, bytes]
) -> tuple[PrintedPage, dict[str, bytes]]:
    """Make the page, and its pictures by the names that it gives them."""
    page_text = speak_one_page(page, language)
    pictures: dict[str, bytes] = {}

    def keep_picture(evidence: str) -> str:
        if evidence not in crops:
            return ""
        name = f"crop-{len(pictures)}.jpg"
        pictures[name] = crops[evidence]
        return name

    def set_row(row: PageRow) -> PrintedRow:
        return PrintedRow(
            text=row.text,
            lead=row.lead,
            tone=_TONES.get(row.code, ""),
            mark=_MARKS.get(row.sign, row.sign) or SHAPES.get(row.code, ""),
            under=[
                PrintedLine(
                    text=line.text,
                    evidence=line.evidence,
                    picture=keep_picture(line.evidence),
                )
                for line in row.under
            ],
        )

    content = PrintedPage(
        lang=language.value,
        colon=Text("：", ": ").say(language),
        title=page_text.title,
        name=page_text.name,
        head=page_text.head,
        sentences=list(map(set_row, page_text.sentences)),
        notes=page_text.notes,
        sections=[
            PrintedSection(title=section.title, rows=list(map(set_row, section.rows)))
            for section in page_text.sections
        ],
        foot=page_text.foot,
    )
    return content, pictures


_NO_EXTRA: Final = Text("没有装生成PDF的部件", "the part that makes PDF is missing")
_INSTALL: Final = Text("请装 changqing[documents]", "install changqing[documents]")
