"""The counts behind an assessment in the terminal, a row for each dimension."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text as Line

from changqing.law.kit import Dimension
from changqing.law.model import Verdict
from changqing.report import words
from changqing.report.counting import list_counts
from changqing.report.model import Tally
from changqing.report.printer import SHAPES, STYLES, Printer

_AGAINST: Final = (
    Verdict.CONTRADICTED,
    Verdict.UNMET,
    Verdict.UNDETERMINED,
    Verdict.UNPROVEN,
)


@dataclass(frozen=True, kw_only=True)
class CountsPrinter(Printer):
    """The counts of one report."""

    def print_counts(self) -> None:
        """Print how many hold as claimed, and how many are proven, by dimension."""
        counts = self.report.counts
        table = Table(
            box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False
        )
        table.add_column(
            self.t("维度", "Dimension"),
            min_width=max(
                cell_len(name.say(self.language)) for name in words.DIMENSIONS.values()
            ),
        )
        for title in (
            self.t("自述成立", "Claimed"),
            self.t("能证实", "Proven"),
            self.t("相差", "Apart"),
            self.t("共", "Of"),
        ):
            table.add_column(title, justify="right", no_wrap=True)
        table.add_column("", no_wrap=True, overflow="fold")
        for dimension in Dimension:
            tally = counts.by_dimension.get(dimension)
            if tally is None:
                continue
            table.add_row(
                self.name("dimension", dimension),
                *map(str, (tally.claimed, tally.proven, tally.apart, tally.total)),
                _draw_troubles(tally),
            )
        whole = counts.by_verdict
        table.add_row(
            self.t("合计", "Total"),
            *map(str, (whole.claimed, whole.proven, whole.apart, whole.total)),
            style="bold",
        )
        self.console.print(table, width=self.width)
        met = [c for c in list_counts(whole) if c[0] == Verdict.MET.value]
        numbers_met = (
            f"{self.say(name)}{self.t('', ' ')}{number}" for _, name, number in met
        )
        self.print_line(self.t("，", ", ").join(numbers_met), style="dim")
        key = self.t("，", ", ").join(
            f"{SHAPES[code]} {self.name('verdict', code)}" for code in _AGAINST
        )
        self.print_line(key, style="dim")
        self.print_gap()


def _draw_troubles(tally: Tally) -> Line:
    """Draw what stands against a dimension, in shapes and numbers."""
    line = Line()
    for code in _AGAINST:
        if count := tally.count(code):
            line.append("  " if line else "")
            line.append(SHAPES[code], STYLES.get(code, "")).append(f" {count}")
    return line
