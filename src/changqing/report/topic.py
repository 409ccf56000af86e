"""One topic of an assessment in the terminal: a dimension, or a list of the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from rich.console import Console

from changqing.judge.verdict import URGENCY
from changqing.law.model import Verdict
from changqing.report import words
from changqing.report.counting import group_errands, select_asked
from changqing.report.counts_table import CountsPrinter
from changqing.report.model import (
    CaseReport,
    CitationView,
    ErrandView,
    FindingView,
    SideView,
    StatementView,
)
from changqing.report.outlook_model import SupportView
from changqing.text import Language

LISTS: Final = ("conflicts", "gaps", "endurance", "errands", "counts")
TOPICS: Final = (*words.DIMENSIONS, *LISTS)


def print_topic(
    report: CaseReport,
    console: Console,
    language: Language,
    *,
    topic: str,
    why: bool = False,
) -> None:
    """Print all that the assessment says about one of `TOPICS`.

    What needs a person comes first, each with one sentence and what to do; what is
    settled is one line. `why` adds how each verdict was derived. Criteria met alike by
    several people or papers share a line.
    """
    page = _TopicPrinter(report=report, console=console, language=language, why=why)
    page.print_head()
    lists: Mapping[str, Callable[[], None]] = {
        "conflicts": page.print_conflicts,
        "gaps": page.print_gaps,
        "endurance": page.print_endurance,
        "errands": page.print_errands,
        "counts": page.print_counts,
    }
    if topic in lists:
        lists[topic]()
    else:
        page.print_dimension(topic)


@dataclass(frozen=True, kw_only=True)
class _TopicPrinter(CountsPrinter):
    """One report, of which a topic is printed."""

    why: bool

    def _print_title(self, words: str) -> None:
        self.print_line(words, style="bold")
        self.print_gap()

    def print_head(self) -> None:
        """Print whose case it is, and on what day."""
        self.print_gap()
        self.print_line(self.whose, style="dim")

    def print_dimension(self, code: str) -> None:
        """Print every finding of one dimension, the most urgent first."""
        self._print_title(self.name("dimension", code))
        findings = [
            finding
            for finding in select_asked(self.report.findings)
            if finding.dimension == code
        ]
        concerned = {
            finding.criterion
            for finding in findings
            if finding.effective_verdict is not Verdict.NOT_APPLICABLE
        }
        for verdict in URGENCY:
            mine = [
                finding
                for finding in findings
                if finding.effective_verdict is verdict
                and (
                    verdict is not Verdict.NOT_APPLICABLE
                    or finding.criterion not in concerned
                )
            ]
            if verdict in (Verdict.MET, Verdict.NOT_APPLICABLE):
                for alike in _group_alike(mine):
                    self._print_settled(alike)
            else:
                for finding in mine:
                    self._print_unsettled(finding)

    def _print_settled(self, alike: Sequence[FindingView]) -> None:
        first = alike[0]
        met = first.verdict is Verdict.MET
        times = f" ×{len(alike)}" if met and len(alike) > 1 else ""
        self.print_marked(first.effective_verdict, self.say(first.title) + times)
        if not met:
            return
        lines = [self.say(finding.sentence) for finding in alike]
        if self.why:
            lines = [s for finding in alike for s in self._list_sources(finding)]
        for line in dict.fromkeys(lines):
            self.print_line(line, indent=4, style="dim")

    def _print_unsettled(self, finding: FindingView) -> None:
        whom = self.say(finding.subject.name)
        title = self.t("　", "  ").join(
            (
                self.name("verdict", finding.verdict),
                self.say(finding.title)
                + (self.t("（{whom}）", " ({whom})", whom=whom) if whom else ""),
                f"[{self.name('standing', finding.standing)}]",
            )
        )
        self.print_marked(finding.verdict, title, style="bold")
        self.print_line(self.say(finding.sentence), indent=4)
        if self.why:
            self._print_derivation(finding)
        if finding.remedy is not None:
            remedy = self.say(finding.remedy.text)
            self.print_line(self.t("怎么办：", "To do: ") + remedy, indent=4)
        for citation in finding.citations:
            self.print_line(
                self.t("依据：", "Basis: ") + self._cite_law(citation), indent=4
            )
        self.print_gap()

    def _print_derivation(self, finding: FindingView) -> None:
        self.print_line(self.say(finding.explanation), indent=4, style="dim")
        for source in self._list_sources(finding):
            self.print_line(source, indent=4, style="dim")
        if finding.gap is not None:
            gap = self.say(finding.gap.text)
            self.print_line(
                self.t("没能查到：", "Could not look: ") + gap, indent=4, style="dim"
            )

    def _cite_law(self, citation: CitationView) -> str:
        place = self.say_article(citation.article) if citation.article else ""
        return self.t(
            "《{instrument}》{place}（{sure}）",
            "{instrument}{joint}{place} [{sure}]",
            instrument=self.say(citation.instrument),
            joint=", " if place else "",
            place=place,
            sure=self.say(citation.confidence_label),
        )

    def _list_sources(self, finding: FindingView) -> list[str]:
        """What is said and what is proven, each value with where it comes from."""
        lines: list[str] = []
        for term in finding.terms:
            sides = [(self.t("证实", "proven"), term.proven)]
            if self.say(term.proven.value) != self.say(term.claimed.value):
                sides = [(self.t("自述", "claimed"), term.claimed), *sides]
            lines += [
                self.t(
                    "{side}：{label}：{value}——{origin}",
                    "{side}: {label}: {value} - {origin}",
                    side=side,
                    label=self.say(term.label),
                    value=self.say(answer.value),
                    origin=self._say_origin(answer),
                )
                for side, answer in sides
                if answer.source is not None
            ]
        return list(dict.fromkeys(lines))

    def _say_origin(self, answer: SideView | StatementView) -> str:
        return self.t(
            "{source}（{grade}，{day}）",
            "{source} ({grade}, {day})",
            source=self.say(answer.source),
            grade=self.name("grade", answer.grade or ""),
            day=answer.date,
        )

    def print_conflicts(self) -> None:
        """Print every pair of sources that disagree, with both places."""
        self._print_title(self.t("互相矛盾的证据", "Evidence that disagrees"))
        if not self.report.conflicts:
            self.print_line(self.t("没有。", "None."))
        for conflict in self.report.conflicts:
            self.print_marked("contradicted", self.say(conflict.label), style="bold")
            for side in (conflict.one, conflict.other):
                joint = self.t("——", " - ")
                line = f"{self.say(side.value)}{joint}{self._say_origin(side)}"
                self.print_line(line, indent=4)

    def print_gaps(self) -> None:
        """Print what could not be seen or is not proven, and why."""
        self._print_title(
            self.t(
                "没能查到：看不到或证实不了的", "Could not look: not seen or not proven"
            )
        )
        if not self.report.gaps:
            self.print_line(self.t("没有。", "None."))
        for gap in self.report.gaps:
            self.print_marked("undetermined", self.say(gap.label))
            self.print_line(self.say(gap.text), indent=4, style="dim")

    def print_endurance(self) -> None:
        """Print each commitment and renewal with its last day, claimed and proven."""
        lasting = self.report.outlook.endurance
        self._print_title(self.t("各项到期日：各到哪一天", "What ends when"))
        self.print_line(self.say(self.report.headline.endurance))
        if lasting.term is not None:
            self.print_line(
                self.t(
                    "许可期按{start}至{end}推算。",
                    "Licence term worked out from {start} to {end}.",
                    start=lasting.term.start,
                    end=lasting.term.end,
                )
            )
        for title, rows in (
            (self.t("到期事项", "What ends"), lasting.commitments),
            (self.t("续期", "Renewals"), lasting.renewals),
        ):
            if not rows:
                continue
            self.print_gap()
            self.print_line(title, style="bold")
            labels = [self.say(row.label) for row in rows]
            width = max(map(cell_len, labels))
            for row, label in zip(rows, labels, strict=True):
                padding = " " * (width - cell_len(label))
                self.print_line(f"{label}{padding}  {self._say_until(row)}", indent=2)

    def _say_until(self, row: SupportView) -> str:
        if row.open_ended:
            return self.say_endless(row)
        if row.proven_until is not None and row.proven_until == row.claimed_until:
            return self.t(
                "{day}（{grade}）",
                "{day} ({grade})",
                day=self.say_end(row.proven_until),
                grade=self.name("grade", row.grade or ""),
            )
        nothing = self.t("未知", "unknown")
        return self.t(
            "自述{claimed}，证实{proven}",
            "claimed {claimed}, proven {proven}",
            claimed=row.claimed_until or nothing,
            proven=nothing
            if row.proven_until is None
            else self.say_end(row.proven_until),
        )

    def print_errands(self) -> None:
        """Print every errand by its aim, and the earliest day it can be done by."""
        self._print_title(
            self.t(
                "要办的事：从递交日{day}倒推",
                "Tasks, counted back from submission on {day}",
                day=self.report.case.submit_on,
            )
        )
        self.print_line(self.say(self.report.errands_text))
        self.print_gap()
        closed = False
        for title, errands in group_errands(self.report):
            if not errands[0].required:
                self._print_ready()
                closed = True
            heading = self.t(
                "{title}：{n}件", "{title} ({n})", title=self.say(title), n=len(errands)
            )
            self.print_line(heading, style="underline")
            for errand in errands:
                self._print_errand(errand)
            self.print_gap()
        if not closed:
            self._print_ready()

    def _print_ready(self) -> None:
        self.print_line(self.say(self.report.ready_on_text), style="bold")
        self.print_gap()

    def _print_errand(self, errand: ErrandView) -> None:
        late = self.t("  赶不上递交日", "  misses the day") if errand.late else ""
        self.print_line(
            f"{errand.start} – {errand.done_by}  {self.say(errand.title)}{late}",
            style="bold",
        )
        if errand.earliest_done < errand.done_by:
            self.print_line(
                self.t(
                    "今天开始，最早{day}办完",
                    "begun today, done by {day} at the earliest",
                    day=errand.earliest_done,
                ),
                indent=4,
                style="dim",
            )
        for step in errand.steps:
            self.print_line(self.t("· ", "- ") + self.say(step), indent=4)
        self.print_line(
            self.t("取得：", "Obtain: ") + self.say(errand.obtain), indent=4
        )
        self.print_line(
            self.t(
                "地点：{where}；谁去：{who}",
                "Where: {where}; who: {who}",
                where=self.say(errand.where),
                who=self.say(errand.who),
            ),
            indent=4,
            style="dim",
        )
        if errand.refused:
            refused = self.t("；", "; ").join(map(self.say, errand.refused))
            self.print_line(
                self.t("不收：", "Refused: ") + refused, indent=4, style="dim"
            )


def _group_alike(findings: Sequence[FindingView]) -> list[list[FindingView]]:
    """Findings of one criterion together, in the order they came."""
    groups: dict[str, list[FindingView]] = {}
    for finding in findings:
        groups.setdefault(finding.criterion, []).append(finding)
    return list(groups.values())
