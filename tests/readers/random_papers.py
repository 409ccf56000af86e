"""Papers whose layout is drawn by lot: one set of facts, set in ever other ways.

Labels, spellings of values, order and setting are drawn; none of it is taken from a
paper that a reader was made for. What a paper says is known, so it can be held against
what is read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from changqing.case.normalise import NotThisKindError, normalise
from changqing.evidence.reading import Box, Cell, PaperPage, Span

LEFT, RIGHT, LETTER, HIGH = 1200, 8800, 92, 131
"""Margins, the width of half a letter and its height, in ten-thousandths of a page."""
NUMERALS = "零壹贰叁肆伍陆柒捌玖"
Said = Mapping[tuple[str, str], object]


def measure(text: str) -> int:
    """How many half letters wide some words are."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def break_lines(text: str, width: float) -> list[str]:
    """Break words into lines that are no wider than that."""
    lines = [""]
    for sign in text:
        if lines[-1] and measure(lines[-1] + sign) * LETTER > width:
            lines.append("")
        lines[-1] += sign
    return lines


@dataclass
class Sheet:
    """A page that is being set: with places for each word, or in paragraphs and cells."""

    lot: Random
    placed: bool
    spans: list[Span] = field(default_factory=list)
    down: int = 500
    tables: int = 0

    def put(self, left: int, text: str) -> None:
        """Set words at a place of the line."""
        right = left + measure(text) * LETTER
        box = Box(left=left, top=self.down, right=right, bottom=self.down + HIGH)
        self.spans.append(Span(text=text, box=box))

    def write(self, text: str) -> None:
        """Set a paragraph."""
        if not self.placed:
            self.spans.append(Span(text=text, box=None))
            return
        for line in break_lines(text, RIGHT - LEFT):
            self.put(LEFT, line)
            self.down += 240

    def fill_form(self, fields: Sequence[tuple[str, str]]) -> None:
        """Set labels with their values, in one of the ways in which forms are set."""
        if not self.placed:
            ways = [self._write_colons, self._write_pairs, self._write_rows]
        else:
            ways = [
                self._write_colons,
                self._set_tabs,
                self._set_spaced,
                self._set_above,
                self._rule_lines,
                self._set_colons,
                self._set_columns,
                self._set_middle,
                self._set_right,
            ]
        self.lot.choice(ways)(fields)

    def _write_colons(self, fields: Sequence[tuple[str, str]]) -> None:
        number = self.lot.random() < 0.3
        for at, (label, value) in enumerate(fields, 1):
            self.write(f"{at}、{label}：{value}" if number else f"{label}：{value}")

    def _rule_lines(self, fields: Sequence[tuple[str, str]]) -> None:
        for label, value in fields:
            self.write(f"{label}：__{value}__")

    def _write_pairs(self, fields: Sequence[tuple[str, str]]) -> None:
        self._write_cells([[*pair] for pair in fields])

    def _write_rows(self, fields: Sequence[tuple[str, str]]) -> None:
        rows = [fields[at : at + 2] for at in range(0, len(fields), 2)]
        self._write_cells([[word for pair in row for word in pair] for row in rows])

    def _set_tabs(self, fields: Sequence[tuple[str, str]]) -> None:
        tab = LEFT + LETTER * (3 + max(measure(label) for label, _ in fields))
        for label, value in fields:
            self.put(LEFT, label)
            self._set_value(tab, value)

    def _set_spaced(self, fields: Sequence[tuple[str, str]]) -> None:
        tab = LEFT + LETTER * (3 + max(8, *(measure(label) for label, _ in fields)))
        for label, value in fields:
            if len(label) > 3:
                self.put(LEFT, label)
            else:  # 名　　称, its letters apart as wide as four
                step = LETTER * 6 // (len(label) - 1)
                for at, letter in enumerate(label):
                    self.put(LEFT + at * step, letter)
            self._set_value(tab, value)

    def _set_value(self, left: int, value: str) -> None:
        for line in break_lines(value, RIGHT - left):
            self.put(left, line)
            self.down += 250

    def _set_above(self, fields: Sequence[tuple[str, str]]) -> None:
        for at in range(0, len(fields), 2):
            pairs = list(zip((LEFT, LEFT + 4000), fields[at : at + 2], strict=False))
            for left, (label, _) in pairs:
                self.put(left, label)
            top, lowest = self.down + 220, self.down
            for left, (_, value) in pairs:
                self.down = top
                for line in break_lines(value, 3600):
                    self.put(left, line)
                    self.down += 220
                lowest = max(lowest, self.down)
            self.down = lowest + 180

    def _set_colons(self, fields: Sequence[tuple[str, str]]) -> None:
        """Set the colons in a column of their own."""
        tab = LEFT + LETTER * max(measure(label) for label, _ in fields)
        for label, value in fields:
            self.put(LEFT, label)
            self.put(tab + 60, "：")
            self._set_value(tab + 4 * LETTER, value)

    def _set_columns(self, fields: Sequence[tuple[str, str]]) -> None:
        """Set one half of the fields beside the other, each in its reading order."""
        half = (len(fields) + 1) // 2
        top = lowest = self.down
        for left, part in ((LEFT, fields[:half]), (5200, fields[half:])):
            self.down = top
            tab = left + LETTER * (2 + max(measure(label) for label, _ in part))
            for label, value in part:
                self.put(left, label)
                for line in break_lines(value, max(left + 3700 - tab, 1800)):
                    self.put(tab, line)
                    self.down += 230
                self.down += 60
            lowest = max(lowest, self.down)
        self.down = lowest + 100

    def _set_middle(self, fields: Sequence[tuple[str, str]]) -> None:
        """Set each label beside the middle of its value, on the height of no line."""
        tab = LEFT + LETTER * (3 + max(measure(label) for label, _ in fields))
        for label, value in fields:
            lines, top = break_lines(value, 3600), self.down
            self.down = top + (len(lines) - 1) * 105
            self.put(LEFT, label)
            for number, line in enumerate(lines):
                self.down = top + number * 210
                self.put(tab, line)
            self.down += 320

    def _set_right(self, fields: Sequence[tuple[str, str]]) -> None:
        """Set the labels flush on their right, without a colon."""
        edge = LEFT + LETTER * max(measure(label) for label, _ in fields)
        for label, value in fields:
            self.put(edge - LETTER * measure(label), label)
            self._set_value(edge + 3 * LETTER, value)

    def set_table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        upright: bool = False,
    ) -> None:
        """Set a table, on its side now and then unless it has to stand upright."""
        table = [[*heads], *([*row] for row in rows)]
        if self.lot.random() < 0.3 and not upright:
            table = [list(column) for column in zip(*table, strict=True)]
        if not self.placed:
            self._write_cells(table)
            return
        wide = [max(map(measure, column)) for column in zip(*table, strict=True)]
        room = RIGHT - LEFT - LETTER * sum(wide)
        gap = max(200, room // len(wide))
        for row in table:
            left = LEFT
            for width, text in zip(wide, row, strict=True):
                if text:
                    self.put(left, text)
                left += width * LETTER + gap
            self.down += 270

    def _write_cells(self, table: Sequence[Sequence[str]]) -> None:
        self.spans += [
            Span(
                text=text,
                box=None,
                cell=Cell(table=self.tables, row=row, column=column),
            )
            for row, words in enumerate(table)
            for column, text in enumerate(words)
            if text
        ]
        self.tables += 1

    @property
    def page(self) -> PaperPage:
        """The page as it was set."""
        width, height = (595, 842) if self.placed else (0, 0)
        return PaperPage(number=1, width=width, height=height, spans=tuple(self.spans))


@dataclass(frozen=True)
class Lot:
    """The facts of one company, drawn by lot."""

    lot: Random

    @classmethod
    def draw(cls, seed: int) -> Lot:
        """Begin to draw from a seed."""
        return cls(Random(seed))  # noqa: S311

    def pick(self, *words: str) -> str:
        """One of some words."""
        return self.lot.choice(words)

    def sheet(self) -> Sheet:
        """An empty page."""
        return Sheet(self.lot, placed=self.lot.random() < 0.6)

    def credit_code(self) -> str:
        """A code whose check digit holds."""
        head = "91330106MA" + "".join(self.lot.choices("0123456789ABCDEFGH", k=7))
        for check in "0123456789ABCDEFGHJKLMNPQRTUWXY":
            try:
                return str(normalise("credit_code", head + check))
            except NotThisKindError:
                continue
        raise AssertionError(head)

    def spell_day(self, day: date) -> str:
        """A day as some paper prints it."""
        digits = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(day.year))
        han = f"{digits}年{spell(day.month)}月{spell(day.day)}日"
        return self.pick(
            f"{day.year}年{day.month}月{day.day}日",
            f"{day:%Y-%m-%d}",
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}.{day.month}.{day.day}",
            han,
        )

    def spell_amount(self, wan: int) -> str:
        """So many 万元 as some paper prints them."""
        words = f"{NUMERALS[wan // 100]}佰万元整"
        return self.pick(
            f"{wan}万元",
            f"人民币{wan}万元整",
            words,
            f"人民币{words}",
            f"{wan * 10_000:,}.00元",
            f"RMB {wan * 10_000:,}.00",
            f"¥{wan * 10_000:,}.00（大写：{words}）",
        )

    def term(self, start: date, years: int) -> tuple[str, date]:
        """A term as some contract prints it, and its last day."""
        end = date(start.year + years, start.month, start.day) - timedelta(days=1)
        first, last = self.spell_day(start), self.spell_day(end)
        return (
            self.pick(
                f"自{first}起至{last}止",
                f"{first}至{last}",
                f"{spell(years)}年，自{first}起至{last}止",
                f"{years * 12}个月，从{first}到{last}",
                f"共计{spell(years)}年，自{first}开始计算",
            ),
            end,
        )


def spell(number: int) -> str:
    """A number up to 31 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else "零一二三"[tens] + "十"
    return head + ("" if tens and not ones else "零一二三四五六七八九"[ones])
