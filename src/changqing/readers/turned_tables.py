"""Tables on their side: the heads in the first column, a column for each entry.

They are told from forms by their entries: beside the head of a key (姓名, a day) stand
two or more values that are all of its kind, and no other column begins with a head.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from changqing.readers.flow import Line, Token, squeeze_signs
from changqing.readers.surnames import may_be_person
from changqing.readers.table_heads import ColumnHead, head_of_cell

Columns = Mapping[str, Sequence[str]]
Keys = Mapping[str, re.Pattern[str]]

_LEAST_ENTRIES: Final = 2
_LEAST_LINES: Final = 3
_STEP: Final = 3.2  # heights of a line from one to the next
_FLUSH: Final = 250  # ten-thousandths of the page
_HEAD: Final = re.compile(r"[^\d:]{1,12}")


def is_turned(
    cells: Mapping[tuple[int, int], str], columns: Columns, keys: Keys
) -> bool:
    """Tell whether cells, by row and column, have heads in their first column."""
    rows: dict[int, dict[int, str]] = {}
    for (row, column), text in cells.items():
        rows.setdefault(row, {})[column] = text
    first = min((column for _, column in cells), default=0)
    names_by_row = {
        row: head_of_cell(line[first], 0, columns).column
        for row, line in rows.items()
        if first in line
    }
    names = {name for name in names_by_row.values() if name}
    if len(names) < _LEAST_ENTRIES or len(rows) < _LEAST_LINES:
        return False
    for row, name in names_by_row.items():
        texts = [text for column, text in rows[row].items() if column != first]
        heads = {head_of_cell(text, 0, columns).column for text in texts}
        if heads == {""} and _are_entries(texts, name, keys):
            return True
    return False


def find_turned(
    lines: Sequence[Line], columns: Columns, keys: Keys
) -> Iterator[tuple[list[ColumnHead], list[dict[int, int]], set[int]]]:
    """Find such tables on a page: heads, entries by the place of their spans, lines."""
    last_line = -1
    for number, line in enumerate(lines):
        if number <= last_line or len(line.tokens) <= _LEAST_ENTRIES:
            continue
        head_names = _find_head(line, columns)
        entries = line.tokens[1:]
        if not _are_entries([token.text for token in entries], head_names, keys):
            continue
        first = _find_table_end(lines, number, -1, last_line)
        last = _find_table_end(lines, number, 1, last_line)
        if last - first + 1 < _LEAST_LINES:
            continue
        heads = [
            head_of_cell(lines[at].tokens[0].text, at - first, columns)
            for at in range(first, last + 1)
        ]
        if len({head.column for head in heads if head.column}) < _LEAST_ENTRIES:
            continue
        rows: list[dict[int, int]] = [{} for _ in entries]
        for at in range(first, last + 1):
            for token in lines[at].tokens[1:]:
                row = _find_column(token, entries)
                if row is None or not _is_whole(token):
                    break
                rows[row][at - first] = token.span
        yield heads, rows, set(range(first, last + 1))
        last_line = last


def _find_head(line: Line, columns: Columns) -> str:
    if any(head_of_cell(token.text, 0, columns).column for token in line.tokens[1:]):
        return ""
    return head_of_cell(line.tokens[0].text, 0, columns).column


def _are_entries(texts: Sequence[str], name: str, keys: Keys) -> bool:
    """Whether words are all what a key has, and no two of them the same person."""
    pattern = keys.get(name)
    plain = [squeeze_signs(text) for text in texts]
    if pattern is None or len(plain) < _LEAST_ENTRIES or len({*plain}) < len(plain):
        return False
    of_person: Callable[[str], bool] = (
        may_be_person if name.endswith((".name", "_people")) else bool
    )
    return all(pattern.fullmatch(text) and of_person(text) for text in plain)


def _find_table_end(
    lines: Sequence[Line], number: int, step: int, last_line: int
) -> int:
    """The last line, up or down, that stands in the same table as one of its lines."""
    key = lines[number]
    entries = key.tokens[1:]
    at = number
    while last_line < at + step < len(lines):
        line = lines[at + step]
        if (
            abs(line.y - lines[at].y) > _STEP * key.height
            or not 1 < len(line.tokens) <= len(key.tokens)
            or abs(line.start - key.start) > _FLUSH
            or not _HEAD.fullmatch(squeeze_signs(line.tokens[0].text))
            or any(_find_column(token, entries) is None for token in line.tokens[1:])
        ):
            break
        at += step
    return at


def _find_column(token: Token, entries: Sequence[Token]) -> int | None:
    """Which of the entries something stands under: by its left side or its middle."""
    misfits = [
        min(abs(token.box.left - entry.box.left), abs(token.x - entry.x))
        for entry in entries
    ]
    near = min(range(len(entries)), key=misfits.__getitem__)
    return near if misfits[near] <= _FLUSH else None


def _is_whole(token: Token) -> bool:
    """Whether a token is all of its span, but for blanks."""
    return token.piece.text.strip() == token.piece.span.text.strip()
