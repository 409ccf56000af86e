"""Pages of a table, by places or by cells, and what is read in them."""

from __future__ import annotations

from changqing.case.subjects import Subject
from changqing.evidence.reading import Box, Cell, PaperPage, Span
from changqing.readers.layout import PageLayout
from changqing.readers.proposal import (
    CaseNames,
    PaperPages,
    ProposedElement,
    ProposedFact,
)
from changqing.readers.table import find_in_tables
from tests.shipped import CATALOGUE

APPLICANT = "甲山溪流信息技术有限公司"
AGENCY = "甲山示例人力资源有限公司"
PEOPLE = {
    name: Subject("person", key)
    for name, key in {"王小明": "wang", "李知夏": "li", "赵一": "zhao"}.items()
}


NAMES = CaseNames(
    applicant=APPLICANT,
    members={"person": PEOPLE},
    roles={PEOPLE["王小明"]: "legal_representative"},
)


def lay_table(
    rows: list[dict[int, str]],
    *,
    above: str = "",
    step: int = 300,
    confidence: int = 100,
    number: int = 1,
) -> PaperPage:
    """Set the words of each row from the left edges that its keys say."""
    spans = []
    if above:
        box = Box(left=500, top=200, right=500 + 160 * len(above), bottom=340)
        spans.append(Span(text=above, box=box, confidence=confidence))
    for row, cells in enumerate(rows):
        for left, text in cells.items():
            width = sum(150 if char > "⺀" else 75 for char in text)
            top = 600 + row * step
            box = Box(left=left, top=top, right=left + width, bottom=top + 140)
            spans.append(Span(text=text, box=box, confidence=confidence))
    return PaperPage(number=number, width=600, height=850, spans=tuple(spans))


def fill_cells(rows: list[list[str]]) -> PaperPage:
    spans = [
        Span(text=text, box=None, cell=Cell(table=0, row=row, column=column))
        for row, cells in enumerate(rows)
        for column, text in enumerate(cells)
        if text
    ]
    return PaperPage(number=1, width=0, height=0, spans=tuple(spans))


def write_lines(*lines: str) -> PaperPage:
    spans = tuple(Span(text=line, box=None) for line in lines)
    return PaperPage(number=1, width=0, height=0, spans=spans)


def read(kind: str, *pages: PaperPage) -> dict[tuple[str, str], object]:
    """What the tables of a paper say, by subject (or "paper") and fact or element."""
    paper = PaperPages(
        pages=tuple(PageLayout(page) for page in pages),
        material=CATALOGUE.materials[kind],
        catalogue=CATALOGUE,
        names=NAMES,
    )
    said: dict[tuple[str, str], object] = {}
    for table in find_in_tables(paper):
        match table:
            case ProposedFact():
                said[table.subject.id, table.fact] = table.value
            case ProposedElement():
                said["paper", table.element] = table.stated
    return said
