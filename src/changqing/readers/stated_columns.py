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
_OF_PLANS: Final = frozenset({"paper.plan_months"})
"""Kinds with a plan by days, beside which other tables say something of their own."""
_NARROW: Final = 2  # columns of a table of which a row may fill one alone
_FILLED: Final = 0.9  # of the rows


def find_column_elements(
    paper: PaperPages,
    tables: Sequence[PaperTable],
    columns: Mapping[str, Sequence[str]],
    column_of: Mapping[str, str],
) -> Iterator[ProposedElement]:
    """Find what the columns of a paper state.

    `tables` have a day in every row; where there is none, and beside the steps of a
    plan, tables without days are looked through for what needs none. `columns` and
    `column_of` as in `table`.
    """
    elements = {
        element: column_of[element]
        for element, paper_element in paper.material.shows.items()
        if paper_element.columns
    }
    quotes = dict(_find_stated(elements, tables))
    # Beside a table with days there may be one of prices, but its people are the
    # owners of nothing that the plan dates.
    dated = {
        column_of[key]
        for key, fact, reading in paper.list_reads("columns")
        if fact.type.kind is Kind.DATE or reading.by is FoundBy.SPAN
    }
    planned = {
        column_of[key]
        for key, _, reading in paper.list_reads("columns")
        if reading.by in (FoundBy.NAMES, FoundBy.PACE)
    }
    apart = dated | planned if tables else dated
    rest = {
        name: at
        for name, at in elements.items()
        if name not in quotes and at not in apart
    }
    undated = {
        column: [head for head in heads if not _DATED.search(head)]
        for column, heads in columns.items()
    }
    keys = {column: _ANY for column in rest.values() if undated[column]}
    if keys and (not tables or paper.material.reads.keys() & _OF_PLANS):
        pages = [page.page for page in paper.pages]
        quotes |= dict(_find_stated(rest, find_tables(pages, undated, keys)))
    for element, quote in quotes.items():
        yield ProposedElement(
            element=element,
            stated=True,
            quote=quote,
            confidence=min(95, quote.confidence),
        )


def _find_stated(
    elements: Mapping[str, str], tables: Sequence[PaperTable]
) -> Iterator[tuple[str, Quote]]:
    """Find the elements, given with their columns, that one of some tables states."""
    for element, column in elements.items():
        for table in tables:
            quote = _find_filled(table, column)
            if quote is not None:
                yield element, quote
                break


def _find_filled(table: PaperTable, column: str) -> Quote | None:
    """Find the first cell of a column that has something in nearly every row."""
    if not table.has(column):
        return None
    # What is said beneath the rows of a sheet stands in one cell alone.
    rows = [
        row
        for row in table.rows
        if len(table.heads) <= _NARROW
        or sum(row.find_under(head) is not None for head in table.heads) > 1
    ]
    cells = [
        cell
        for row in rows
        if (cell := row.find_text(column))
        and cell.text.strip() not in EMPTY_FIELD
        and not says_nothing(squeeze_signs(cell.text))
    ]
    full = bool(cells) and len(cells) >= _FILLED * len(rows)
    return cells[0].quote if full else None
