"""Breaking Chinese lines where a person would."""

from __future__ import annotations

import re
from typing import Final

from rich.cells import cell_len

_UNIT: Final = re.compile(
    r"[（“‘《〔【]*(?:[!-~]+|.)[，。；：、！？）”’》〕】…]*", re.DOTALL
)


def wrap(text: str, width: int) -> str:
    """Wrap a text to lines of at most `width` cells; none begins with a closing mark.

    Latin words and numbers are kept whole. A single unit wider than `width` is left to
    whoever prints it.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for unit in _UNIT.findall(paragraph):
            if line and cell_len(line) + cell_len(unit.rstrip()) > width:
                lines.append(line.rstrip())
                line = unit.lstrip()
            else:
                line += unit
        lines.append(line.rstrip())
    return "\n".join(lines)
