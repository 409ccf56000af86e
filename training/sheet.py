"""A page that is drawn word by word and knows where each value stands.

Points from the left upper corner of an A4 page. The PDF has a text layer; pictures are
made of it, so that a value has the same place in both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import pylopdf_fonts_zh_cn
import typst
from PIL import ImageFont

from training.papers import Cell, Shown

WIDTH: Final = 595.0
HEIGHT: Final = 842.0
FONTS: Final = {
    "Noto Serif SC": "NotoSerifSC-Regular.otf",
    "Noto Sans SC": "NotoSansSC-Regular.otf",
}
LEADING: Final = 1.45
"""The height of a line, in sizes of its letters."""
_FOLDER: Final = Path(pylopdf_fonts_zh_cn.__file__).parent
_MEASURED: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A value, with the rectangle it takes on a page (left, top, right, bottom)."""

    shown: Shown
    page: int
    box: tuple[float, float, float, float]


@dataclass(slots=True)
class Sheet:
    """Pages that are being drawn, in one font."""

    font: str
    drawn: list[list[str]] = field(default_factory=lambda: [[]])
    placed: list[Placed] = field(default_factory=list)
    words: list[list[str]] = field(default_factory=lambda: [[]])

    @property
    def page(self) -> int:
        """The number of the page that is drawn on, from 1."""
        return len(self.drawn)

    def turn(self) -> None:
        """Begin another page."""
        self.drawn.append([])
        self.words.append([])

    def measure(self, text: str, size: float) -> float:
        """Measure a text, in points."""
        return _load_font(self.font).getlength(text) / _MEASURED * size

    def wrap(self, text: str, size: float, width: float) -> list[str]:
        """Break a text into lines that fit."""
        lines, line = [], ""
        for letter in text:
            if line and self.measure(line + letter, size) > width:
                lines.append(line)
                line = ""
            line += letter
        return [*lines, line] if line or not lines else lines

    def write(self, text: str, left: float, top: float, size: float = 10.5) -> float:
        """Write a line; give how far it reaches to the right."""
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        self.drawn[-1].append(
            f"#place(top + left, dx: {left:.1f}pt, dy: {top:.1f}pt, "
            f'text(size: {size}pt, "{quoted}"))'
        )
        self.words[-1].append(text)
        return left + self.measure(text, size)

    def write_cell(
        self, cell: Cell, left: float, top: float, width: float, size: float = 10.5
    ) -> float:
        """Write what a cell says, wrapped; give the height that it took.

        A value takes the lines on which its words stand.
        """
        lines = self.wrap(cell.words, size, width)
        for number, line in enumerate(lines):
            self.write(line, left, top + number * size * LEADING, size)
        for shown in cell.shows:
            self._place(shown, lines, left, top, size)
        return len(lines) * size * LEADING

    def _place(
        self, shown: Shown, lines: list[str], left: float, top: float, size: float
    ) -> None:
        start = "".join(lines).find(shown.words)
        end, seen = start + len(shown.words), 0
        boxes = []
        for number, line in enumerate(lines):
            first, last = max(start - seen, 0), min(end - seen, len(line))
            if start >= 0 and first < last:
                begin = left + self.measure(line[:first], size)
                y = top + number * size * LEADING
                boxes.append(
                    (
                        begin,
                        y,
                        left + self.measure(line[:last], size),
                        y + size * LEADING,
                    )
                )
            seen += len(line)
        if boxes:
            box = (
                min(box[0] for box in boxes),
                boxes[0][1],
                max(box[2] for box in boxes),
                boxes[-1][3],
            )
            self.placed.append(Placed(shown=shown, page=self.page, box=box))

    def rule(self, left: float, top: float, right: float, bottom: float) -> None:
        """Draw a straight line."""
        self.drawn[-1].append(
            f"#place(top + left, line(start: ({left:.1f}pt, {top:.1f}pt), "
            f"end: ({right:.1f}pt, {bottom:.1f}pt), stroke: 0.6pt))"
        )

    def frame(self, left: float, top: float, right: float, bottom: float) -> None:
        """Draw a rectangle."""
        for x in (left, right):
            self.rule(x, top, x, bottom)
        for y in (top, bottom):
            self.rule(left, y, right, y)

    def make_pdf(self) -> bytes:
        """Make a PDF with a text layer."""
        head = (
            f"#set page(width: {WIDTH}pt, height: {HEIGHT}pt, margin: 0pt)\n"
            f'#set text(font: "{self.font}", top-edge: "ascender", '
            'bottom-edge: "descender", cjk-latin-spacing: none)\n'
        )
        source = head + "\n#pagebreak(weak: false)\n".join(
            "\n".join(page) for page in self.drawn
        )
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(_FOLDER)])
        return typst.compile(source.encode(), font_paths=fonts)


@cache
def _load_font(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(_FOLDER / FONTS[name]), _MEASURED)
