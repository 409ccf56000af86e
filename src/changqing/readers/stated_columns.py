"""The elements that a column with something in every row states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from changqing.evidence.paper_text import EMPTY_FIELD
from changqing.law.kinds.material import FoundBy
from changqing.readers.flow import squeeze_signs
from changqing.readers.grid import PaperTable, find_tables
from changqing.readers.layout import Quote
from changqing.readers.open_points import says_nothing
from changqing.readers.proposal import PaperPages, ProposedElement
from changqing.rules.types import Kind

_ANY: Final = re.compile(r"\S.*")
_DATED: Final = re.compile(r"(?:日期|时间|时刻|月份|日|起讫|起止)$")
_FILLED: Final = 0.9  # of the rows


def find_column_elements(
    paper: PaperPages,
    tables: Sequence[PaperTable],
    columns: Mapping[str, Sequence[str]],
    column_of: Mapping[str, str],
) -> Iterator[ProposedElement]:
    """Find what the columns of a paper state.

    `tables` have a day in every row; where there is none, tables without days are
    looked through for what needs none. `columns` and `column_of` as in `table`.
    """
    elements = {
        element: column_of[element]
        for element, paper_element in paper.material.shows.items()
        if paper_element.columns
    }
    if not tables:
        dated = {
            column_of[key]
            for key, fact, reading in paper.list_reads("columns")
            if fact.type.kind is Kind.DATE or reading.by is FoundBy.SPAN
        }
        elements = {name: at for name, at in elements.items() if at not in dated}
        columns = {
            column: [head for head in heads if not _DATED.search(head)]
            for column, heads in columns.items()
        }
        keys = {column: _ANY for column in elements.values() if columns[column]}
        pages = [page.page for page in paper.pages]
        tables = find_tables(pages, columns, keys) if keys else ()
    for element, column in elements.items():
        quote = next(
            (quote for table in tables if (quote := _find_filled(table, column))), None
        )
        if quote is not None:
            yield ProposedElement(
                element=element,
                stated=True,
                quote=quote,
                confidence=min(95, quote.confidence),
            )


def _find_filled(table: PaperTable, column: str) -> Quote | None:
    """Find the first cell of a column that has something in nearly every row."""
    if not table.has(column):
        return None
    cells = [
        cell
        for row in table.rows
        if (cell := row.find_text(column))
        and cell.text.strip() not in EMPTY_FIELD
        and not says_nothing(squeeze_signs(cell.text))
    ]
    full = bool(cells) and len(cells) >= _FILLED * len(table.rows)
    return cells[0].quote if full else None
