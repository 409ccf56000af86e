"""A page in a terminal: lines, headings and labelled rows, broken where a person would.

No line is wider than the terminal, nor than a hundred cells, and none ends in blanks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from changqing.cli.orders import replace_controls
from changqing.cli.shared import open_terminal
from changqing.text import Language, Text
from changqing.wrap import wrap

if TYPE_CHECKING:
    from rich.text import Text as Styled

_WIDEST: Final = 100


class Sheet:
    """Prints for a person in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._console = open_terminal()
        self.width = min(_WIDEST, self._console.width)

    def t(self, zh: str, en: str) -> str:
        """Pick a text in the language of the reader."""
        return Text(zh=zh, en=en).say(self.language)

    @property
    def colon(self) -> str:
        """What stands between a label and what it labels."""
        return self.t("：", ": ")

    def join(self, names: Iterable[str]) -> str:
        """Join names in the words of the language."""
        return self.t("、", ", ").join(names)

    def print_gap(self) -> None:
        """Print an empty line."""
        self._console.print()

    def print_heading(self, text: str) -> None:
        """Print an empty line, then a bold one."""
        self.print_gap()
        self.print_line(text, style="bold")

    def print_line(self, text: str, *, indent: int = 0, style: str = "") -> None:
        """Print one paragraph, as many lines as it takes."""
        for line in wrap(text, self.width - indent).split("\n"):
            self._print_styled(_style_parts(" " * indent, (line, style)))

    def print_title(
        self,
        name: str,
        aside: str,
        *,
        number: int | None = None,
        right: tuple[str, str] = ("", ""),
    ) -> None:
        """Print a bold name, what is said aside, and a styled word at the right.

        What finds no room beside the name goes below it.
        """
        count = "" if number is None else f"{number:>2}. "
        first = _style_parts(count, (name, "bold"))
        indent = " " * len(count)
        for text, style in ((aside, "dim"), right):
            if not text:
                continue
            blanks = 2
            if (text, style) == right:
                blanks = max(2, self.width - first.cell_len - cell_len(text))
            if first.cell_len + blanks + cell_len(text) > self.width:
                self._print_styled(first)
                first = _style_parts(indent, (text, style))
            else:
                first = _style_parts(first, " " * blanks, (text, style))
        self._print_styled(first)

    def print_rows(
        self,
        rows: Iterable[tuple[str, str]],
        *,
        label_width: int,
        indent: int,
        style: str = "",
    ) -> None:
        """Print labels at the left, what they say beside them."""
        room = self.width - indent - label_width - 1
        for label, text in rows:
            for place, line in enumerate(wrap(text, room).split("\n")):
                head = "" if place else label
                blanks = " " * (label_width - cell_len(head) + 1)
                self._print_styled(
                    _style_parts(" " * indent, (head, "dim"), blanks, (line, style))
                )

    def _print_styled(self, line: Styled) -> None:
        line.rstrip()
        if self._console.color_system is None and line.cell_len <= self.width:
            self._console.file.write(
                f"{replace_controls(line.plain)}\n"
            )  # as print would, sooner
            return
        self._console.print(line, width=self.width, overflow="fold")


def _style_parts(*parts: str | Styled | tuple[str, str]) -> Styled:
    """Put a line together from texts, some with a style."""
    from rich.text import Text as Styled

    return Styled.assemble(*parts)
