"""How much the cells of a workbook may say together.

One long text that stands once in the file can be named by every cell of a sheet: a few
KB that would keep whoever goes through the cells for hours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from changqing.errors import CaseError, Issue
from changqing.text import Text

MOST_CHARACTERS: Final = 20_000_000
"""Twenty thousand rows of a thousand characters each."""


def refuse_excess(rows: Iterable[Iterable[object]], *, path: str | None = None) -> None:
    """Raise CaseError where the texts of all cells come to more than is read."""
    left = MOST_CHARACTERS
    for row in rows:
        left -= sum(len(cell) for cell in row if isinstance(cell, str))
        if left < 0:
            raise CaseError(Issue(text=_TOO_MUCH, path=path, hint=_SPLIT))


_TOO_MUCH: Final = Text(
    zh=f"各格的文字加起来太长，超过{MOST_CHARACTERS // 10_000}万字",
    en=f"its cells hold too much text: over {MOST_CHARACTERS // 10**6} million "
    "characters",
)
_SPLIT: Final = Text(zh="分成几份再导入", en="import it in parts")
