"""The ways in which a paper is laid out, each a family that trains or only tests.

A layout of pairs and one of lists are chosen apart and stand on one page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Final

from training.papers import TEST, TRAIN, Cell, Content, Pair, Rows
from training.sheet import HEIGHT, LEADING, WIDTH, Sheet

_LEFT: Final = 70.0
_RIGHT: Final = WIDTH - 70.0
_GAP: Final = 8.0
_SIZE: Final = 10.5

SetPairs = Callable[[tuple[Pair, ...], Sheet, float, Random], float]
SetRows = Callable[[Rows, Sheet, float, Random], float]
"""Sets pairs or rows from a height on; gives the height where the next thing begins."""


def lay_out(content: Content, split: str, dice: Random, font: str) -> tuple[Sheet, str]:
    """Lay a paper out in a family of the split; give sheet and family."""
    sheet = Sheet(font)
    pairs_name = dice.choice([name for name, (of, _) in PAIRS.items() if of == split])
    rows_name = dice.choice([name for name, (of, _) in ROWS.items() if of == split])
    size = dice.choice([16, 18, 20])
    width = sheet.measure(content.title, size)
    top = dice.uniform(50, 90)
    sheet.write(content.title, (WIDTH - width) / 2, top, size)
    top += size * 2.2
    top = PAIRS[pairs_name][1](content.pairs, sheet, top, dice)
    for rows in content.lists:
        top = ROWS[rows_name][1](rows, sheet, top + 12, dice)
    if content.issuer and top < HEIGHT - 90:
        left = _RIGHT - sheet.measure(content.issuer, _SIZE)
        sheet.write(content.issuer, left, top + 30, _SIZE)
    return sheet, f"{pairs_name}+{rows_name}" if content.lists else pairs_name


# Pairs of label and value


def set_beside_colon(
    pairs: tuple[Pair, ...], sheet: Sheet, top: float, dice: Random
) -> float:
    """Set a label, a colon and its value in one line each."""
    colon = dice.choice(["：", ":", "： "])
    for pair in pairs:
        right = sheet.write(pair.label + colon, _LEFT, top, _SIZE)
        top += sheet.write_cell(pair.cell, right + 2, top, _RIGHT - right, _SIZE) + _GAP
    return top


def set_in_columns(
    pairs: tuple[Pair, ...], sheet: Sheet, top: float, dice: Random
) -> float:
    """Set labels in a column of their own and the values in the next."""
    beside = _LEFT + dice.uniform(110, 150)
    for pair in pairs:
        sheet.write(pair.label, _LEFT, top, _SIZE)
        top += sheet.write_cell(pair.cell, beside, top, _RIGHT - beside, _SIZE) + _GAP
    return top


def set_ruled(pairs: tuple[Pair, ...], sheet: Sheet, top: float, dice: Random) -> float:
    """Set a ruled table of two columns."""
    middle = _LEFT + dice.uniform(115, 160)
    for pair in pairs:
        sheet.write(pair.label, _LEFT + 5, top + 5, _SIZE)
        height = sheet.write_cell(
            pair.cell, middle + 5, top + 5, _RIGHT - middle - 10, _SIZE
        )
        sheet.frame(_LEFT, top, middle, top + height + 10)
        sheet.frame(middle, top, _RIGHT, top + height + 10)
        top += height + 10
    return top


def set_two_by_two(
    pairs: tuple[Pair, ...], sheet: Sheet, top: float, dice: Random
) -> float:
    """Set a ruled table with two pairs in a row, as register offices print it."""
    label, half = 78.0, (_RIGHT - _LEFT) / 2
    for first in range(0, len(pairs), 2):
        heights = [0.0]
        for number, pair in enumerate(pairs[first : first + 2]):
            left = _LEFT + number * half
            lines = sheet.wrap(pair.label, _SIZE, label - 8)
            for line, words in enumerate(lines):
                sheet.write(words, left + 4, top + 5 + line * _SIZE * LEADING, _SIZE)
            heights.append(len(lines) * _SIZE * LEADING)
            heights.append(
                sheet.write_cell(
                    pair.cell, left + label + 4, top + 5, half - label - 8, _SIZE
                )
            )
        height = max(heights) + 10
        for number in range(len(pairs[first : first + 2])):
            left = _LEFT + number * half
            sheet.frame(left, top, left + label, top + height)
            sheet.frame(left + label, top, left + half, top + height)
        top += height
    return top


def set_above(pairs: tuple[Pair, ...], sheet: Sheet, top: float, dice: Random) -> float:
    """Set each value below its label, in two columns."""
    half = (_RIGHT - _LEFT) / 2
    for first in range(0, len(pairs), 2):
        heights = [0.0]
        for number, pair in enumerate(pairs[first : first + 2]):
            left = _LEFT + number * half
            sheet.write(pair.label, left, top, _SIZE - 2)
            heights.append(
                sheet.write_cell(pair.cell, left, top + 15, half - 20, _SIZE)
            )
        top += max(heights) + 15 + _GAP * 1.5
    return top


def set_turned(
    pairs: tuple[Pair, ...], sheet: Sheet, top: float, dice: Random
) -> float:
    """Set labels in a head and the values in the row beneath, three at a time."""
    across = 3
    width = (_RIGHT - _LEFT) / across
    for first in range(0, len(pairs), across):
        part = pairs[first : first + across]
        heights = [0.0]
        for number, pair in enumerate(part):
            left = _LEFT + number * width
            sheet.write(pair.label, left + 4, top + 4, _SIZE - 1)
            sheet.frame(left, top, left + width, top + 22)
            heights.append(
                sheet.write_cell(pair.cell, left + 4, top + 26, width - 8, _SIZE - 1)
            )
        height = max(heights) + 8
        for number in range(len(part)):
            left = _LEFT + number * width
            sheet.frame(left, top + 22, left + width, top + 22 + height)
        top += 22 + height + 10
    return top


def set_in_boxes(
    pairs: tuple[Pair, ...], sheet: Sheet, top: float, dice: Random
) -> float:
    """Set label and value into one box, the label small in its corner."""
    for pair in pairs:
        sheet.write(pair.label, _LEFT + 5, top + 3, 8)
        height = sheet.write_cell(
            pair.cell, _LEFT + 14, top + 16, _RIGHT - _LEFT - 24, _SIZE
        )
        sheet.frame(_LEFT, top, _RIGHT, top + height + 20)
        top += height + 24
    return top


def set_numbered(
    pairs: tuple[Pair, ...], sheet: Sheet, top: float, dice: Random
) -> float:
    """Set numbered clauses, the label in brackets or bold, as contracts do."""
    for number, pair in enumerate(pairs, start=1):
        right = sheet.write(f"{number}. 【{pair.label}】", _LEFT, top, _SIZE)
        top += (
            sheet.write_cell(pair.cell, right + 4, top, _RIGHT - right - 4, _SIZE)
            + _GAP
        )
    return top


PAIRS: Final[Mapping[str, tuple[str, SetPairs]]] = {
    "beside_colon": (TRAIN, set_beside_colon),
    "columns": (TRAIN, set_in_columns),
    "ruled": (TRAIN, set_ruled),
    "two_by_two": (TRAIN, set_two_by_two),
    "above": (TEST, set_above),
    "turned": (TEST, set_turned),
    "boxes": (TEST, set_in_boxes),
    "numbered": (TEST, set_numbered),
}


# Lists


def set_ruled_rows(rows: Rows, sheet: Sheet, top: float, dice: Random) -> float:
    """Set a ruled table with heads."""
    width = (_RIGHT - _LEFT) / len(rows.heads)
    table = (tuple(Cell(words=head) for head in rows.heads), *rows.rows)
    for row in table:
        for number, cell in enumerate(row):
            left = _LEFT + number * width
            sheet.write_cell(cell, left + 5, top + 5, width - 10, _SIZE)
            sheet.frame(left, top, left + width, top + 25)
        top += 25
    return top


def set_open_rows(rows: Rows, sheet: Sheet, top: float, dice: Random) -> float:
    """Set columns without rules, numbered."""
    width = (_RIGHT - _LEFT - 50) / len(rows.heads)
    heads = tuple(Cell(words=head) for head in rows.heads)
    for place, row in enumerate((heads, *rows.rows)):
        sheet.write(str(place or "序号"), _LEFT, top, _SIZE)
        for number, cell in enumerate(row):
            sheet.write_cell(cell, _LEFT + 50 + number * width, top, width - 6, _SIZE)
        top += 20
    return top


def set_chart(rows: Rows, sheet: Sheet, top: float, dice: Random) -> float:
    """Set each row as a box of a chart, all joined to one line."""
    width = (_RIGHT - _LEFT) / max(len(rows.rows), 1)
    sheet.rule(_LEFT + width / 2, top, _RIGHT - width / 2, top)
    bottom = top
    for number, row in enumerate(rows.rows):
        left = _LEFT + number * width + 6
        sheet.rule(left + width / 2 - 6, top, left + width / 2 - 6, top + 14)
        inner = top + 19
        for cell in row:
            inner += sheet.write_cell(cell, left + 5, inner, width - 22, 9)
        sheet.frame(left, top + 14, left + width - 12, inner + 5)
        bottom = max(bottom, inner + 5)
    return bottom + 12


def set_lines(rows: Rows, sheet: Sheet, top: float, dice: Random) -> float:
    """Set each row as a line of text with its heads said in it."""
    for row in rows.rows:
        right = _LEFT
        for head, cell in zip(rows.heads, row, strict=True):
            right = sheet.write(f"{head} ", right, top, _SIZE)
            sheet.write_cell(cell, right, top, _RIGHT - right, _SIZE)
            right += sheet.measure(cell.words, _SIZE)
            right = sheet.write(
                "；" if cell is not row[-1] else "。", right, top, _SIZE
            )
        top += 20
    return top


def set_turned_rows(rows: Rows, sheet: Sheet, top: float, dice: Random) -> float:
    """Set a ruled table on its side: heads at the left, one column a row."""
    label = 90.0
    width = (_RIGHT - _LEFT - label) / max(len(rows.rows), 1)
    for place, head in enumerate(rows.heads):
        cells = [row[place] for row in rows.rows]
        lines = max(len(sheet.wrap(cell.words, 9, width - 8)) for cell in cells)
        height = lines * 9 * LEADING + 10
        sheet.write(head, _LEFT + 4, top + 5, 9)
        sheet.frame(_LEFT, top, _LEFT + label, top + height)
        for number, cell in enumerate(cells):
            left = _LEFT + label + number * width
            sheet.write_cell(cell, left + 4, top + 5, width - 8, 9)
            sheet.frame(left, top, left + width, top + height)
        top += height
    return top


ROWS: Final[Mapping[str, tuple[str, SetRows]]] = {
    "ruled": (TRAIN, set_ruled_rows),
    "open": (TRAIN, set_open_rows),
    "chart": (TEST, set_chart),
    "lines": (TEST, set_lines),
    "turned": (TEST, set_turned_rows),
}
