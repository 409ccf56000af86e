"""The summary in the terminal: the answer first, then what to do, then the counts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Line

from changqing.report import words
from changqing.report.counting import (
    Tally,
    awaited,
    blocking,
    key_points_missing,
    unnamed_cautions,
    verdicts,
)
from changqing.report.reading import Reading
from changqing.text import Language

_WIDTH = 100
_SHOWN = 5
STYLES = {
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
_AGAINST = ("contradicted", "unmet", "undetermined", "unproven")
# Shapes that stand without colour, each one cell wide in every font.
SHAPES = {
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


def print_summary(
    assessment: Mapping[str, object],
    console: Console,
    language: Language,
    *,
    report: Path | None = None,
) -> None:
    """Print the two sentences, what blocks, the first errand, the counts.

    Fits 80 columns, and reads the same without colour. `report` is where the whole
    of it is.
    """
    _Summary(Reading(assessment, language), console).show(report)


class _Summary:
    """One assessment on one console."""

    def __init__(self, read: Reading, console: Console) -> None:
        self._read = read
        self._language = read.language
        self._console = console
        self._width = min(_WIDTH, console.width)

    def show(self, report: Path | None) -> None:
        self._head()
        self._caveats()
        self._sentences()
        self._blocks()
        self._first_errand()
        self._table()
        self._endurance()
        if report is not None:
            where = Line(self._t("报告：", "Report: ")).append(str(report), "bold")
            self._console.print(where, soft_wrap=True, highlight=False)
        self._line(
            Line(
                self._t(
                    "本结论按所列判据复算，不是主管部门的意见。",
                    "This recomputes the listed rules; it is no authority’s opinion.",
                ),
                "dim",
            )
        )

    def _t(self, zh: str, en: str, **values: object) -> str:
        return (zh if self._language is Language.ZH else en).format(**values)

    def _line(self, line: Line, *, indent: int = 0, after: int = 0) -> None:
        padded = Padding(line, (0, 0, 0, indent), expand=False)
        self._console.print(padded, width=self._width, highlight=False)
        for _ in range(after):
            self._gap()

    def _gap(self) -> None:
        self._console.print()

    def _marked(
        self, code: str, text: str, *, style: str = "", indent: int = 0
    ) -> Line:
        """A shape and words; lines after the first stand under the words.

        It is broken here for a line that `_line` prints with the same indent.
        """
        room = self._width - 2 - indent
        line = Line(f"{SHAPES.get(code, '○')} ", STYLES.get(code, ""))
        wrapped = Line(text, style).wrap(self._console, room)
        for number, part in enumerate(wrapped):
            line.append("\n  " if number else "").append_text(part)
        return line

    def _head(self) -> None:
        case = self._read.part("case")
        name = case.code("name") or self._t("未具名", "Unnamed")
        as_of = self._t("截至{d}", "as of {d}", d=self._read.code("as_of")[:10] or "–")
        if case.code("evidence_mode") == "recorded":
            as_of += self._t("，凭据为先前录存", ", evidence recorded earlier")
        self._gap()
        self._line(Line(name, "bold").append(self._t("　", "  ")).append(as_of, "dim"))
        self._gap()

    def _caveats(self) -> None:
        caveats = self._read.parts("caveats")
        for caveat in caveats:
            self._line(self._marked("open", caveat.say("text")))
        if caveats:
            self._gap()

    def _sentences(self) -> None:
        first, long_term = (
            self._read.part("first_sentence"),
            self._read.part("long_term"),
        )
        for label, code, sentence in (
            (first.say("title"), first.code("state"), first.say("says")),
            (
                self._t("长期服务能力", "Long-term capability"),
                long_term.code("state"),
                self._read.part("headline").say("long_term"),
            ),
        ):
            if label not in sentence:
                self._line(Line(label, "dim"))
            self._line(self._marked(code, sentence, style="bold"))
        self._points(self._t("疑点", "Doubts"), long_term.parts("doubts"), "unmet")
        if long_term.code("state") != "shown":
            self._key_points()
        self._points(
            self._t("加分项", "Strengths"), long_term.parts("strengths"), "met"
        )
        cautions = unnamed_cautions(self._read)
        self._points(
            self._t("提醒{n}处", "Cautions: {n}", n=len(cautions)),
            tuple(cautions),
            "unmet",
            said="says",
        )
        self._gap()

    def _key_points(self) -> None:
        """The first few key points not shown, by route: either route is enough."""
        for title, missing in key_points_missing(self._read):
            self._points(title, tuple(missing[:_SHOWN]), "undetermined")
            more = len(missing) - _SHOWN
            if more > 0:
                said = self._t("还有{n}项，见报告", "{n} more in the report", n=more)
                self._line(Line(said, "dim"), indent=4)

    def _points(
        self, title: str, points: tuple[Reading, ...], code: str, *, said: str = "text"
    ) -> None:
        if not points:
            return
        self._line(Line(title, "dim"), indent=2)
        for point in points:
            verdict = point.code("verdict") or code
            self._line(self._marked(verdict, point.say(said), indent=2), indent=2)

    def _blocks(self) -> None:
        first = self._read.part("first_sentence")
        blocks = blocking(self._read.parts("findings"))
        if not blocks:
            said = first.say("nothing")
            if waiting := awaited(self._read.parts("findings")):
                said += self._t(
                    "还缺凭据的有{n}项。", " Still without proof: {n}.", n=waiting
                )
            if said:
                self._line(Line(said.strip()), after=1)
            return
        title = first.say("failing") + self._t("：{n}项", ": {n}", n=len(blocks))
        self._line(Line(title, "bold"))
        for finding in blocks[:_SHOWN]:
            code = finding.code("verdict")
            title = f"{self._verdict(code)}{self._t('　', '  ')}{finding.say('title')}"
            self._line(self._marked(code, title))
            if finding.say("explanation"):
                self._line(Line(finding.say("explanation"), "dim"), indent=2)
        if len(blocks) > _SHOWN:
            rest = self._t(
                "另有{n}项，见报告“{title}”一节。",
                "{n} more in the report, under {title}.",
                n=len(blocks) - _SHOWN,
                title=first.say("failing"),
            )
            self._line(Line(rest, "dim"), indent=2)
        self._gap()

    def _first_errand(self) -> None:
        errands = [e for e in self._read.parts("errands") if e.day("start")]
        if errands:
            named = self._read.code("first_errand")
            first = next((e for e in errands if e.code("errand") == named), errands[0])
            self._line(Line(self._t("第一件要办的事", "First errand"), "bold"))
            days = self._t(
                "最晚{start}开始，{by}前办结",
                "start by {start}, done by {by}",
                start=first.code("start"),
                by=first.code("done_by") or "–",
            )
            if first.truth("late"):
                days += self._t("，赶不上递交日", ", which misses the day to hand in")
            self._line(Line(first.say("title")), indent=2)
            self._line(Line(days, "dim"), indent=2)
            if first.say("where"):
                self._line(Line(first.say("where"), "dim"), indent=2)
        if self._read.say("ready_on_text"):
            self._line(Line(self._read.say("ready_on_text")))
        if errands or self._read.say("ready_on_text"):
            self._gap()

    def _table(self) -> None:
        findings = self._read.parts("findings")
        if not findings:
            return
        counts = self._read.part("counts").part("by_dimension")
        table = Table(
            box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False
        )
        names = [name.say(self._language) for name in words.DIMENSIONS.values()]
        table.add_column(
            self._t("维度", "Dimension"),
            min_width=max(cell_len(name) for name in names),
        )
        for title in (
            self._t("自述成立", "Claimed"),
            self._t("能证实", "Proven"),
            self._t("相差", "Apart"),
            self._t("共", "Of"),
        ):
            table.add_column(title, justify="right", no_wrap=True)
        table.add_column("", no_wrap=True, overflow="fold")
        total = [0, 0, 0, 0]
        for code, name in words.DIMENSIONS.items():
            found = [f for f in findings if f.code("dimension") == code]
            if not found:
                continue
            seen = verdicts(found)
            tally = Tally.of(counts.part(code), seen)
            figures = [tally.claimed, tally.proven, tally.apart, tally.total]
            total = [a + b for a, b in zip(total, figures, strict=True)]
            table.add_row(
                name.say(self._language), *map(str, figures), self._trouble(seen)
            )
        table.add_row(self._t("合计", "Total"), *map(str, total), style="bold")
        self._console.print(table, width=self._width)
        key = self._t("，", ", ").join(
            f"{SHAPES[code]} {self._verdict(code)}" for code in _AGAINST
        )
        self._line(Line(key, "dim"), after=1)

    def _trouble(self, seen: list[str]) -> Line:
        """What stands against a dimension, in shapes and numbers."""
        line = Line()
        for code in _AGAINST:
            if count := seen.count(code):
                line.append("  " if line else "")
                line.append(SHAPES[code], STYLES.get(code, "")).append(f" {count}")
        return line

    def _verdict(self, code: str) -> str:
        return words.word(words.VERDICTS, code, self._language)

    def _endurance(self) -> None:
        said = self._read.part("headline").say("endurance")
        if said:
            self._line(Line(self._t("续航：", "Endurance: ")).append(said))
        ahead = self._read.part("outlook")
        first = ahead.part("endurance").part("extend_first").say("text")
        if first:
            self._line(Line(first, "dim"))
        for title, found in self._ahead(ahead):
            if sayings := found.sayings("words"):
                self._line(Line(title).append(sayings[0]))
        if changes := ahead.parts("recent_changes"):
            self._line(Line(self._t("递交前的变化", "Changes shortly before")))
            for change in changes[:_SHOWN]:
                said = f"{change.code('on')}  {change.say('text')}"
                self._line(Line(said), indent=2)
        if said or ahead:
            self._gap()

    def _ahead(self, ahead: Reading) -> list[tuple[str, Reading]]:
        """The parts of the outlook with their names, one line each."""
        cadence, available = ahead.parts("cadence"), ahead.parts("availability")
        return [
            *((self._t("更新：", "Cadence: "), found) for found in cadence),
            *((self._t("在线：", "Availability: "), found) for found in available),
            (self._t("资金：", "Runway: "), ahead.part("runway")),
        ]
