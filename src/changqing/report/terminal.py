"""The summary in the terminal: the one page, then what blocks and the outlook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text as Line

from changqing.report import words
from changqing.report.build_one_page import build_one_page
from changqing.report.counting import count_awaiting, select_blocking
from changqing.report.model import CaseReport
from changqing.report.one_page_rows import PageRow, SpokenPage, speak_one_page
from changqing.report.printer import Printer
from changqing.text import Language, Text

_SHOWN: Final = 5
_COUNTS: Final = Text(
    "各方面自述成立几项、能证实几项：assess --about counts",
    "How many hold as claimed and how many are proven: assess --about counts",
)


def print_summary(
    report: CaseReport,
    console: Console,
    language: Language,
    *,
    paths: Sequence[Path] = (),
) -> None:
    """Print the one page, then what blocks in full and the outlook.

    Fits 80 columns, and reads the same without colour. `paths` are where the whole of
    it is.
    """
    _SummaryPrinter(report=report, console=console, language=language).print(paths)


@dataclass(frozen=True, kw_only=True)
class _SummaryPrinter(Printer):
    """The summary of one report."""

    def print(self, paths: Sequence[Path]) -> None:
        page = build_one_page(self.report)
        self._print_one_page(speak_one_page(page, self.language))
        self._print_strengths()
        self._print_blocks()
        self._print_outlook()
        for path in paths:
            where = Line(self.t("报告：", "Report: ")).append(str(path), "bold")
            self.console.print(where, soft_wrap=True, highlight=False)
        self.print_line(self.say(words.PROOF), style="dim")
        self.print_line(self.say(_COUNTS), style="dim")

    def _print_head(self) -> None:
        if self.report.case.evidence_mode == "recorded":
            recorded = self.t("证据为先前所存", "Evidence recorded earlier")
            self.print_line(recorded, style="dim")
        for caveat in self.report.caveats:
            self.print_marked("open", self.say(caveat.text))

    def _print_one_page(self, page: SpokenPage) -> None:
        """Print the whole answer: who, the two sentences, and why."""
        self.print_gap()
        between = self.t("　", "  ")
        self.print_line((page.title, "dim"), between, (page.name, "bold"))
        self.print_line(between.join(page.head), style="dim")
        self._print_head()
        self.print_gap()
        for row in page.sentences:
            self.print_marked(row.code, row.text, style="bold")
        for note in page.notes:
            self.print_line(note, style="dim", indent=2)
        for section in page.sections:
            self.print_line(section.title, style="bold")
            for row in section.rows:
                self._print_row(row)
        self.print_line(page.foot, style="dim")
        self.print_gap()

    def _print_row(self, row: PageRow) -> None:
        between = self.t("：", ": ") if row.lead and row.text else ""
        line_text = f"{row.lead}{between}{row.text}"
        if row.code:
            self.print_marked(row.code, line_text, indent=2, shape=row.sign)
        else:
            self.print_line(line_text, indent=2)
        for line in row.under:
            self.print_line(line.text, style="dim", indent=4)

    def _print_strengths(self) -> None:
        strengths = self.report.long_term.strengths
        if not strengths:
            return
        self.print_line(self.say_heading("strengths"), style="bold")
        for strength in strengths:
            whom = None if strength.subject is None else strength.subject.name
            whose = "" if whom is None else self.say(whom)
            title = self.say(strength.text)
            if whose:
                title += self.t("（{whom}）", " ({whom})", whom=whose)
            self.print_marked(strength.verdict, title, indent=2)
        self.print_gap()

    def _print_blocks(self) -> None:
        first = self.report.first_sentence
        blocks = select_blocking(self.report.findings)
        failing = self.say(first.failing)
        if not blocks:
            nothing = self.say(first.nothing)
            if waiting := count_awaiting(self.report.findings):
                nothing += self.t(
                    "还缺证据的有{n}项。", " Still without evidence: {n}.", n=waiting
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
            if sentence := self.say(finding.sentence):
                self.print_line(sentence, style="dim", indent=2)
        if len(blocks) > _SHOWN:
            left_out = self.t(
                "另有{n}项，见报告“{title}”一节。",
                "{n} more in the report, under {title}.",
                n=len(blocks) - _SHOWN,
                title=failing,
            )
            self.print_line(left_out, style="dim", indent=2)
        self.print_gap()

    def _print_outlook(self) -> None:
        """Print the outlook, one line each."""
        outlook = self.report.outlook
        self.print_line(
            self.t("各项到期日：", "What ends when: "),
            self.say(self.report.headline.endurance),
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
            self.print_line(self.say_heading("changes"))
            for change in outlook.recent_changes[:_SHOWN]:
                self.print_line(f"{change.on}  {self.say(change.text)}", indent=2)
        self.print_gap()
