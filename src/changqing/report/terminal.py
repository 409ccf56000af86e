"""The summary in the terminal: the answer first, then what to do, then the counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from changqing.law.kit import Dimension
from changqing.law.model import Verdict
from changqing.report import words
from changqing.report.counting import (
    count_awaiting,
    group_open_points,
    list_counts,
    say_whose_measure,
    select_blocking,
    select_unnamed_cautions,
)
from changqing.report.model import CaseReport, Tally
from changqing.report.printer import SHAPES, STYLES, Printer
from changqing.text import Language, Text

_SHOWN: Final = 5
_AGAINST: Final = (
    Verdict.CONTRADICTED,
    Verdict.UNMET,
    Verdict.UNDETERMINED,
    Verdict.UNPROVEN,
)


def print_summary(
    report: CaseReport,
    console: Console,
    language: Language,
    *,
    path: Path | None = None,
) -> None:
    """Print the two sentences, what blocks, the first errand, the counts.

    Fits 80 columns, and reads the same without colour. `path` is where the whole of it
    is.
    """
    _SummaryPrinter(report=report, console=console, language=language).print(path)


@dataclass(frozen=True, kw_only=True)
class _SummaryPrinter(Printer):
    """The summary of one report."""

    def print(self, path: Path | None) -> None:
        self._print_head()
        self._print_sentences()
        self._print_blocks()
        self._print_first_errand()
        self._print_table()
        self._print_outlook()
        if path is not None:
            where = Line(self.t("报告：", "Report: ")).append(str(path), "bold")
            self.console.print(where, soft_wrap=True, highlight=False)
        self.print_line(self.say(words.PROOF), style="dim")
        self.print_line(
            self.t(
                "本结论按所列判据复算，不是主管部门的意见。",
                "This recomputes the listed rules; it is no authority’s opinion.",
            ),
            style="dim",
        )

    def _print_head(self) -> None:
        case = self.report.case
        as_of = self.t("截至{d}", "as of {d}", d=self.report.as_of)
        if case.evidence_mode == "recorded":
            as_of += self.t("，凭据为先前录存", ", evidence recorded earlier")
        self.print_gap()
        self.print_line((self.applicant, "bold"), self.t("　", "  "), (as_of, "dim"))
        self.print_gap()
        for caveat in self.report.caveats:
            self.print_marked("open", self.say(caveat.text))
        if self.report.caveats:
            self.print_gap()

    def _print_sentences(self) -> None:
        first, long_term = self.report.first_sentence, self.report.long_term
        for label, code, sentence in (
            (self.say(first.title), first.state, self.say(first.says)),
            (
                self.head("long_term"),
                long_term.state,
                self.say(self.report.headline.long_term),
            ),
        ):
            if label not in sentence:
                self.print_line(label, style="dim")
            self.print_marked(code, sentence, style="bold")
        self._print_rests()
        if measure := say_whose_measure(self.report.findings):
            self.print_line(self.say(measure), style="dim", indent=2)
        self._print_points(
            self.head("doubts"), [(p.verdict, p.text) for p in long_term.doubts]
        )
        if long_term.state != "shown":
            self._print_open_points()
        self._print_points(
            self.head("strengths"),
            [(p.verdict, p.text) for p in long_term.strengths],
        )
        cautions = select_unnamed_cautions(self.report)
        self._print_points(
            self.t("提醒{n}处", "Cautions: {n}", n=len(cautions)),
            [(caution.verdict, caution.says) for caution in cautions],
        )
        self.print_gap()

    def _print_rests(self) -> None:
        """Print what the key points rest on, where the sentence does not say it."""
        long_term = self.report.long_term
        rests = long_term.rests_on
        if rests is not None and long_term.asked and long_term.state != "shown":
            rest = words.say_rests_on(rests, words.KEY_POINTS)
            self.print_line(self.say(rest), style="dim", indent=2)

    def _print_open_points(self) -> None:
        """The first few key points not shown, by route: either route is enough."""
        for title, missing in group_open_points(self.report):
            points = [(point.verdict, point.text) for point in missing]
            self._print_points(self.say(title), points[:_SHOWN])
            more = len(missing) - _SHOWN
            if more > 0:
                rest = self.t("还有{n}项，见报告", "{n} more in the report", n=more)
                self.print_line(rest, style="dim", indent=4)

    def _print_points(self, title: str, points: Sequence[tuple[str, Text]]) -> None:
        if points:
            self.print_line(title, style="dim", indent=2)
        for verdict, text in points:
            self.print_marked(verdict, self.say(text), indent=2)

    def _print_blocks(self) -> None:
        first = self.report.first_sentence
        blocks = select_blocking(self.report.findings)
        failing = self.say(first.failing)
        if not blocks:
            nothing = self.say(first.nothing)
            if waiting := count_awaiting(self.report.findings):
                nothing += self.t(
                    "还缺凭据的有{n}项。", " Still without proof: {n}.", n=waiting
                )
            if nothing:
                self.print_line(nothing.strip())
                self.print_gap()
            return
        self.print_line(
            failing + self.t("：{n}项", ": {n}", n=len(blocks)), style="bold"
        )
        for finding in blocks[:_SHOWN]:
            verdict = self.name("verdict", finding.verdict)
            title = f"{verdict}{self.t('　', '  ')}{self.say(finding.title)}"
            self.print_marked(finding.verdict, title)
            if explanation := self.say(finding.explanation):
                self.print_line(explanation, style="dim", indent=2)
        if len(blocks) > _SHOWN:
            rest = self.t(
                "另有{n}项，见报告“{title}”一节。",
                "{n} more in the report, under {title}.",
                n=len(blocks) - _SHOWN,
                title=failing,
            )
            self.print_line(rest, style="dim", indent=2)
        self.print_gap()

    def _print_first_errand(self) -> None:
        errands = self.report.errands
        if errands:
            named = self.report.first_errand
            first = next((e for e in errands if e.errand == named), errands[0])
            self.print_line(self.t("第一件要办的事", "First errand"), style="bold")
            days = self.t(
                "最晚{start}开始，{by}前办结",
                "start by {start}, done by {by}",
                start=first.start,
                by=first.done_by,
            )
            if first.late:
                days += self.t("，赶不上递交日", ", which misses the day to hand in")
            self.print_line(self.say(first.title), indent=2)
            self.print_line(days, style="dim", indent=2)
            if where := self.say(first.where):
                self.print_line(where, style="dim", indent=2)
        self.print_line(self.say(self.report.ready_on_text))
        self.print_gap()

    def _print_table(self) -> None:
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
        told = (f"{self.say(name)}{self.t('', ' ')}{number}" for _, name, number in met)
        self.print_line(self.t("，", ", ").join(told), style="dim")
        key = self.t("，", ", ").join(
            f"{SHAPES[code]} {self.name('verdict', code)}" for code in _AGAINST
        )
        self.print_line(key, style="dim")
        self.print_gap()

    def _print_outlook(self) -> None:
        """Print the outlook, one line each."""
        outlook = self.report.outlook
        self.print_line(
            self.t("续航：", "Endurance: "), self.say(self.report.headline.endurance)
        )
        if outlook.endurance.extend_first is not None:
            self.print_line(self.say(outlook.endurance.extend_first.text), style="dim")
        for title, parts in (
            (self.t("更新：", "Cadence: "), outlook.cadence),
            (self.t("在线：", "Availability: "), outlook.availability),
            (self.t("资金：", "Runway: "), (outlook.runway,)),
        ):
            for part in parts:
                if part.words:
                    self.print_line(title, self.say(part.words[0]))
        if outlook.recent_changes:
            self.print_line(self.head("changes"))
            for change in outlook.recent_changes[:_SHOWN]:
                self.print_line(f"{change.on}  {self.say(change.text)}", indent=2)
        self.print_gap()


def _draw_troubles(tally: Tally) -> Line:
    """Draw what stands against a dimension, in shapes and numbers."""
    line = Line()
    for code in _AGAINST:
        if count := tally.count(code):
            line.append("  " if line else "")
            line.append(SHAPES[code], STYLES.get(code, "")).append(f" {count}")
    return line
