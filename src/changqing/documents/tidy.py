"""What a person mends in a page once it is filled in: stops, and rows said twice."""

from __future__ import annotations

import re
from typing import Final

from changqing.documents.markup import CLOSE, LINE, OPEN

_MARK: Final = re.compile(rf"{OPEN}[a-z][0-9]{{1,6}}{CLOSE}")
_PROOF: Final = re.compile(r"\^[^^\s]{1,20}\^")
_HIDDEN: Final = rf"(?:{_MARK.pattern}|{_PROOF.pattern})*"
_ITEM_ON: Final = re.compile(rf"{LINE}(?=(?:[0-9]{{1,3}}[.)]|-) )")
_TWO_STOPS: Final = re.compile(rf"([。；]{_HIDDEN})。")
_REFERENCE: Final = re.compile(r"(?:^|[。；：])见《?[^。；]+$")
_BAR: Final = re.compile(r"(?<!\\)\|")
_JOINED: Final = frozenset({"事项", "步骤"})
"""The heads of first columns whose rows are joined where they say the same."""
_SENTENCE: Final = re.compile(r"^见|[。；]")  # two facts may well be the same
_CHOSEN: Final = re.compile(rf"{OPEN}[bce][0-9]")


def tidy_text(text: str) -> str:
    """Mend the stops of sentences and join the rows of a table that say the same."""
    return _join_rows(_mend_stops(_break_lines(text)))


def _break_lines(text: str) -> str:
    """Begin lines of own words anew: as items where they are numbered, else as lines.

    In a table, where there is one line alone, they follow one another.
    """
    return "\n".join(
        line.replace(LINE, " ")
        if line.startswith("|")
        else _ITEM_ON.sub("\n", line).replace(LINE, "\\\n")
        for line in text.split("\n")
    )


def _mend_stops(text: str) -> str:
    """Drop the stop behind a quoted sentence's own, and end a reference with one."""
    lines = _TWO_STOPS.sub(r"\1", text).split("\n")
    for at, line in enumerate(lines):
        if not line.startswith("|") and _REFERENCE.search(_strip_marks(line)):
            lines[at] = f"{line}。"
    return "\n".join(lines)


def _join_rows(text: str) -> str:
    """Join a row with the one above it that says the same under another name.

    One sentence of a paper often answers two questions. Facts that happen to be the
    same have each its own proof and keep their rows. What somebody chose, or has
    yet to write, keeps its own row too, in which it is changed.
    """
    lines: list[str] = []
    head: list[str] = []
    for line in text.split("\n"):
        if not line.startswith("|"):
            head = []
            lines.append(line)
            continue
        cells = split_cells(line)
        if not head:
            head = cells
        elif head[0] in _JOINED and len(cells) == len(head) and len(cells) > 1:
            above = split_cells(lines[-1])
            last_cell = _strip_marks(cells[-1])
            same = _strip_marks(above[-1]) == last_cell and _SENTENCE.search(last_cell)
            if same and not _CHOSEN.search(line) and "〔" not in line:
                joined_cells = [*map(_join_cell, above[:-1], cells[:-1]), above[-1]]
                lines[-1] = f"| {' | '.join(joined_cells)} |"
                continue
        lines.append(line)
    return "\n".join(lines)


def _join_cell(above: str, cell: str) -> str:
    return (
        above
        if _strip_marks(cell) in _strip_marks(above).split("、")
        else f"{above}、{cell}"
    )


def split_cells(line: str) -> list[str]:
    """Split a row of a table into its cells."""
    return [cell.strip() for cell in _BAR.split(line.strip())[1:-1]]


def _strip_marks(text: str) -> str:
    """The text as it is printed, without marks and numbers of evidence."""
    return _PROOF.sub("", _MARK.sub("", text)).strip()
