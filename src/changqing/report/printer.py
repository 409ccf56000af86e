"""Lines on a console: what summary, topic and outlook print with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text as Line

from changqing.report.spoken import Spoken
from changqing.report.words import drop_controls
from changqing.wrap import wrap

_WIDTH: Final = 100
STYLES: Final = {
    "ready": "green",
    "in_order": "green",
    "shown": "green",
    "open": "yellow",
    "not_ready": "red",
    "breached": "red",
    "in_doubt": "red",
    "met": "green",
    "unproven": "yellow",
    "unmet": "red",
    "contradicted": "red",
}
# Shapes that stand without colour, each one cell wide in every font.
SHAPES: Final = {
    "ready": "●",
    "in_order": "●",
    "shown": "●",
    "open": "◐",
    "not_ready": "■",
    "breached": "■",
    "in_doubt": "■",
    "met": "●",
    "unproven": "◐",
    "undetermined": "○",
    "unmet": "■",
    "contradicted": "◆",
    "not_applicable": "–",
}


@dataclass(frozen=True, kw_only=True)
class Printer(Spoken):
    """A report on one console in one language."""

    console: Console

    @property
    def width(self) -> int:
        """How many cells a line has."""
        return min(_WIDTH, self.console.width)

    @property
    def whose(self) -> str:
        """Whose report it is, and as of which day."""
        as_of = self.t("　截至{d}", "  as of {d}", d=self.report.as_of)
        return self.applicant + as_of

    def print_gap(self) -> None:
        """Print an empty line."""
        self.console.print()

    def print_line(
        self, *parts: str | tuple[str, str], style: str = "", indent: int = 0
    ) -> None:
        """Print one paragraph, every line of it as far in as the first.

        A part with a style of its own is a pair.
        """
        line = Line(style=style)
        for part in parts:
            words, own = (part, "") if isinstance(part, str) else part
            line.append(drop_controls(words), own or None)
        room = max(20, self.width - indent)
        for wrapped in self._wrap(line, room):
            padded = Padding(wrapped, (0, 0, 0, indent), expand=False)
            self.console.print(padded, highlight=False)

    def print_marked(
        self,
        code: str,
        words: str,
        *,
        style: str = "",
        indent: int = 0,
        shape: str = "",
    ) -> None:
        """Print a shape and words; lines after the first stand under the words.

        The shape is that of the code, unless another is given.
        """
        room = max(20, self.width - 2 - indent)
        wrapped = self._wrap(Line(drop_controls(words), style), room)
        for number, part in enumerate(wrapped):
            mark = " " if number else shape or SHAPES.get(code, "○")
            line = Line(f"{mark} ", STYLES.get(code, "")).append_text(part)
            padded = Padding(line, (0, 0, 0, indent), expand=False)
            self.console.print(padded, highlight=False)

    def _wrap(self, line: Line, room: int) -> list[Line]:
        """Wrap a paragraph where a person would; what has no such place anywhere."""
        lines, at = list[Line](), 0
        for words in wrap(line.plain, room).split("\n"):
            at = line.plain.find(words, at)
            lines.append(line[at : at + len(words)])
            at += len(words)
        if any(part.cell_len > room for part in lines):  # an address, say
            lines = list(line.wrap(self.console, room))
            for part in lines:
                part.rstrip()
        return lines
