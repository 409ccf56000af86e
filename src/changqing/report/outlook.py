"""The outlook in the terminal: five parts, the finding first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console

from changqing.report.model import CaseReport
from changqing.report.outlook_model import SubjectView, SupportView
from changqing.report.printer import Printer
from changqing.text import Language, Text


def print_outlook(report: CaseReport, console: Console, language: Language) -> None:
    """Print endurance, cadence, availability, runway and recent changes in turn."""
    _OutlookPrinter(report=report, console=console, language=language).print()


@dataclass(frozen=True, kw_only=True)
class _OutlookPrinter(Printer):
    """The outlook of one report."""

    def print(self) -> None:
        outlook = self.report.outlook
        self.print_line(self.whose, style="bold")
        self._print_endurance()
        for cadence in outlook.cadence:
            self._print_part(
                self._format_heading("cadence", cadence.service), cadence.words
            )
        for availability in outlook.availability:
            self._print_part(
                self._format_heading("availability", availability.service),
                availability.words,
            )
        self._print_part(self.say_heading("runway"), outlook.runway.words)
        self._print_changes()

    def _format_heading(self, part: str, service: SubjectView | None) -> str:
        label = None if service is None else service.label
        return self.say_heading(part) + self.t("　", "  ") + self.say(label)

    def _print_title(self, words: str) -> None:
        self.print_gap()
        self.print_line(words, style="bold")

    def _print_part(self, title: str, texts: Iterable[Text]) -> None:
        self._print_title(title)
        for place, text in enumerate(texts):
            self.print_line(self.say(text), style="dim" if place else "", indent=2)

    def _print_endurance(self) -> None:
        endurance = self.report.outlook.endurance
        extend = endurance.extend_first
        self._print_title(self.say_heading("endurance"))
        for text in (
            self.report.headline.endurance,
            endurance.coverage,
            None if extend is None else extend.text,
        ):
            if text is not None:
                self.print_line(self.say(text), indent=2)
        supports = (*endurance.commitments, *endurance.renewals)
        rows = [(self.say(row.label), self._say_until(row)) for row in supports]
        width = max((cell_len(label) for label, _ in rows), default=0)
        for label, until in rows:
            padding = " " * (width - cell_len(label))
            self.print_line(f"{label}{padding}  {until}", indent=4)

    def _say_until(self, row: SupportView) -> str:
        early, late = row.early_until, row.late_until
        if row.proven_until is not None:
            until = self.say_end(row.proven_until)
            if early is not None and early != late:
                until += (
                    self.t("（最早{early}）", " ({early} at the earliest)", early=early)
                    if late is None
                    else self.t(
                        "（{early}至{late}）",
                        " ({early} to {late})",
                        early=early,
                        late=late,
                    )
                )
            until += self.say_renewing(row)
            if row.renewed_times:
                until += self.t("，已连续{n}次", ", {n} running", n=row.renewed_times)
            return until
        if row.open_ended:
            endless = self.say_endless(row)
            if early is not None:
                endless += self.t(
                    "（最早{early}）", " ({early} at the earliest)", early=early
                )
            return endless
        if row.claimed_until is not None:
            return self.t(
                "未知（自述至{day}，不计入）",
                "unknown (claimed to {day}, not counted)",
                day=row.claimed_until,
            )
        return self.t("未知", "unknown")

    def _print_changes(self) -> None:
        self._print_title(self.say_heading("changes"))
        changes = self.report.outlook.recent_changes
        if not changes:
            self.print_line(
                self.t(
                    "按所列规则，没有看到近期变化。",
                    "By the rules there is no recent change on record.",
                ),
                indent=2,
            )
        for change in changes:
            self.print_line(f"{change.on}  {self.say(change.text)}", indent=2)
