"""Which rows of the board are shown, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from changqing.agency.columns import BoardColumn
from changqing.agency.rows import FIELDS, SORTS, BoardRow
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a row must be; what is empty asks for nothing.

    `equal` gives the values that columns must have, by the names of the fields; ""
    asks for rows that have none. `text` stands in one of the columns that are searched.
    Cases that were put away are wanted alone, or not at all.
    """

    equal: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    archived: bool = False

    def takes(self, row: BoardRow) -> bool:
        """Tell whether the row is wanted."""
        return (
            row.archived is self.archived
            and all(
                (getattr(row, name) or "") == value
                for name, value in self.equal.items()
            )
            and (not self.text or self._matches_text(row))
        )

    def _matches_text(self, row: BoardRow) -> bool:
        values = (getattr(row, column.name) for column in FIELDS if column.searched)
        places = (
            f"{value.zh}\n{value.en}" if isinstance(value, Text) else value or ""
            for value in values
        )
        needle = self.text.casefold()
        return any(needle in place.casefold() for place in places)


def choose_rows(
    rows: Iterable[BoardRow], choice: Wanted, order: str = "day"
) -> tuple[BoardRow, ...]:
    """Choose the wanted rows in order; ties go by day, then by folder.

    `order` is the option of a column that sorts. KeyError for any other.
    """
    column = {sort.sort.option: sort for sort in SORTS if sort.sort}[order]
    taken_rows = [row for row in rows if choice.takes(row)]
    taken_rows.sort(key=lambda row: (row.next_day or date.max, row.folder))
    with_value = [
        row for row in taken_rows if getattr(row, column.name) not in (None, "")
    ]
    without = [row for row in taken_rows if getattr(row, column.name) in (None, "")]
    with_value.sort(
        key=lambda row: _sort_key(column, row),
        reverse=column.sort is not None and column.sort.descending,
    )
    return (*with_value, *without)


def _sort_key(column: BoardColumn, row: BoardRow) -> Any:
    value = getattr(row, column.name)
    return value if column.values is None else list(column.values).index(value)
