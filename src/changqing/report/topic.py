"""One topic of an assessment in the terminal: a dimension, or a list of the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.text import Text as Line

from changqing.law.said import say_article
from changqing.report import words
from changqing.report.counting import asked, errand_groups
from changqing.report.reading import Reading
from changqing.report.terminal import SHAPES, STYLES
from changqing.text import Language

_WIDTH = 100
_URGENCY = tuple(words.VERDICTS)
LISTS = ("conflicts", "gaps", "endurance", "errands")
TOPICS = (*words.DIMENSIONS, *LISTS)


def print_topic(
    assessment: Mapping[str, object],
    console: Console,
    language: Language,
    *,
    topic: str,
) -> None:
    """Print all that the assessment says about one of `TOPICS`.

    What is not met comes first, with its explanation; what is met gives its evidence.
    Criteria met alike by several people or papers share a line.
    """
    page = _Topic(Reading(assessment, language), console)
    page.head()
    lists: Mapping[str, Callable[[], None]] = {
        "conflicts": page.conflicts,
        "gaps": page.gaps,
        "endurance": page.endurance,
        "errands": page.errands,
    }
    if topic in lists:
        lists[topic]()
    else:
        page.dimension(topic)


class _Topic:
    """One assessment on one console."""

    def __init__(self, read: Reading, console: Console) -> None:
        self._read = read
        self._language = read.language
        self._console = console
        self._width = min(_WIDTH, console.width)

    def _t(self, zh: str, en: str) -> str:
        return zh if self._language is Language.ZH else en

    def _line(self, text: str, *, indent: int = 0, style: str = "") -> None:
        """One paragraph, every line of it as far in as the first."""
        room = max(20, self._width - indent)
        for part in Line(text, style).wrap(self._console, room):
            part.rstrip()
            self._console.print(
                Padding(part, (0, 0, 0, indent), expand=False), highlight=False
            )

    def _marked(self, code: str, text: str, *, style: str = "") -> None:
        room = max(20, self._width - 2)
        for number, part in enumerate(Line(text, style).wrap(self._console, room)):
            part.rstrip()
            shape = SHAPES.get(code, "○") if not number else " "
            line = Line(f"{shape} ", STYLES.get(code, "")).append_text(part)
            self._console.print(line, highlight=False)

    def _title(self, text: str) -> None:
        self._console.print(Line(text, "bold"), highlight=False)
        self._console.print()

    def head(self) -> None:
        """Whose case it is, and on what day."""
        name = self._read.part("case").code("name") or self._t("未具名", "Unnamed")
        day = self._read.code("as_of")[:10]
        self._console.print()
        self._line(name + self._t(f"　截至{day}", f"  as of {day}"), style="dim")

    def dimension(self, code: str) -> None:
        """Every finding of one dimension, the most urgent first."""
        self._title(words.word(words.DIMENSIONS, code, self._language))
        found = [
            finding
            for finding in asked(self._read.parts("findings"))
            if finding.code("dimension") == code
        ]
        concerned = {
            finding.code("criterion")
            for finding in found
            if finding.code("verdict") != "not_applicable"
        }
        for verdict in _URGENCY:
            mine = [
                finding
                for finding in found
                if finding.code("verdict") == verdict
                and (
                    verdict != "not_applicable"
                    or finding.code("criterion") not in concerned
                )
            ]
            if verdict in ("met", "not_applicable"):
                for alike in _alike(mine):
                    self._settled(alike)
            else:
                for finding in mine:
                    self._unsettled(finding)

    def _settled(self, alike: Sequence[Reading]) -> None:
        first = alike[0]
        met = first.code("verdict") == "met"
        times = f" ×{len(alike)}" if met and len(alike) > 1 else ""
        self._marked(first.code("verdict"), first.say("title") + times)
        if met:
            sources = [source for each in alike for source in self._sources(each)]
            for source in dict.fromkeys(sources):
                self._line(source, indent=4, style="dim")

    def _unsettled(self, finding: Reading) -> None:
        verdict = finding.code("verdict")
        said = words.word(words.VERDICTS, verdict, self._language)
        standing = words.word(words.STANDINGS, finding.code("standing"), self._language)
        whom = self._whom(finding)
        title = self._t("　", "  ").join(
            part
            for part in (said, finding.say("title") + whom, f"[{standing}]")
            if part
        )
        self._marked(verdict, title, style="bold")
        self._line(finding.say("explanation"), indent=4)
        for source in self._sources(finding):
            self._line(source, indent=4, style="dim")
        if gap := finding.part("gap").say("text"):
            self._line(self._t("缺口：", "Gap: ") + gap, indent=4)
        if remedy := finding.part("remedy").say("text"):
            self._line(self._t("怎么办：", "To do: ") + remedy, indent=4)
        for citation in finding.parts("citations"):
            self._line(self._t("依据：", "Basis: ") + self._cited(citation), indent=4)
        self._console.print()

    def _whom(self, finding: Reading) -> str:
        subject = finding.part("subject")
        if subject.code("type") in ("", "applicant"):
            return ""
        label = subject.say("label")
        return self._t(f"（{label}）", f" ({label})") if label else ""

    def _cited(self, citation: Reading) -> str:
        article = citation.code("article")
        place = say_article(article).say(self._language) if article else ""
        sure = citation.say("confidence_label")
        return self._t(
            f"《{citation.say('instrument')}》{place}（{sure}）",
            f"{citation.say('instrument')}{', ' if place else ''}{place} [{sure}]",
        )

    def _sources(self, finding: Reading) -> list[str]:
        """What is said and what is proven, each value with where it comes from."""
        lines: list[str] = []
        for term in finding.parts("terms"):
            proven, claimed = term.part("proven"), term.part("claimed")
            sides = [(self._t("证实", "proven"), proven)]
            if proven.say("value") != claimed.say("value"):
                sides = [(self._t("自述", "claimed"), claimed), *sides]
            lines += [
                self._t(
                    f"{side}：{term.say('label')}：{value.say('value')}"
                    f"——{self._origin(value)}",
                    f"{side}: {term.say('label')}: {value.say('value')} - "
                    f"{self._origin(value)}",
                )
                for side, value in sides
                if value.say("source")
            ]
        return list(dict.fromkeys(lines))

    def _origin(self, value: Reading) -> str:
        grade = words.word(words.GRADES, value.code("grade"), self._language)
        day = value.code("date")[:10]
        return self._t(
            f"{value.say('source')}（{grade}，{day}）",
            f"{value.say('source')} ({grade}, {day})",
        )

    def conflicts(self) -> None:
        """Every pair of sources that disagree, with both places."""
        pairs = self._read.parts("conflicts")
        self._title(self._t("互相矛盾的凭据", "Evidence that disagrees"))
        if not pairs:
            self._line(self._t("没有。", "None."))
        for pair in pairs:
            self._marked("contradicted", pair.say("label"), style="bold")
            for side in (pair.part("one"), pair.part("other")):
                value = side.say("value")
                self._line(
                    self._t(
                        f"{value}——{self._origin(side)}",
                        f"{value} - {self._origin(side)}",
                    ),
                    indent=4,
                )

    def gaps(self) -> None:
        """What could not be seen or is not proven, and why."""
        gaps = self._read.parts("gaps")
        self._title(self._t("缺口：没能看到或证实的", "Gaps: not seen or not proven"))
        if not gaps:
            self._line(self._t("没有。", "None."))
        for gap in gaps:
            self._marked("undetermined", gap.say("label"))
            self._line(gap.say("text"), indent=4, style="dim")

    def endurance(self) -> None:
        """Each commitment and renewal with its last day, claimed and proven."""
        lasting = self._read.part("outlook").part("endurance")
        self._title(self._t("续航：承托到哪一天", "Endurance: committed until when"))
        if said := self._read.part("headline").say("endurance"):
            self._line(said)
        term = lasting.part("term")
        if term.code("end"):
            self._line(
                self._t(
                    f"许可期按{term.code('start')}至{term.code('end')}推算。",
                    f"Licence term reckoned from {term.code('start')} "
                    f"to {term.code('end')}.",
                )
            )
        for title, kind in (
            (self._t("承托", "Commitments"), "commitments"),
            (self._t("续期", "Renewals"), "renewals"),
        ):
            rows = lasting.parts(kind)
            if not rows:
                continue
            self._console.print()
            self._line(title, style="bold")
            width = max(cell_len(row.say("label")) for row in rows)
            for row in rows:
                label = row.say("label") + " " * (width - cell_len(row.say("label")))
                self._line(f"{label}  {self._until(row)}", indent=2)

    def _until(self, row: Reading) -> str:
        proven, claimed = row.code("proven_until"), row.code("claimed_until")
        grade = words.word(words.GRADES, row.code("grade"), self._language)
        if row.truth("open_ended"):
            return row.say("endless") or self._t("无固定期限", "no fixed end")
        if proven and proven == claimed:
            return self._t(f"{proven}（{grade}）", f"{proven} ({grade})")
        nothing = self._t("未知", "unknown")
        return self._t(
            f"自述{claimed or nothing}，证实{proven or nothing}",
            f"claimed {claimed or nothing}, proven {proven or nothing}",
        )

    def errands(self) -> None:
        """Every errand by its aim, and the earliest day under what it depends on."""
        submit = self._read.part("case").code("submit_on")
        self._title(
            self._t(
                f"待办：从递交日{submit}倒推",
                f"Errands, counted back from submission on {submit}",
            )
        )
        if said := self._read.say("errands_text"):
            self._line(said)
            self._console.print()
        closed = False
        for title, errands in errand_groups(self._read):
            if errands[0].truth("required") is False:
                self._ready()
                closed = True
            self._line(
                self._t(
                    f"{title.say(self._language)}：{len(errands)}件",
                    f"{title.say(self._language)} ({len(errands)})",
                ),
                style="underline",
            )
            for errand in errands:
                self._errand(errand)
            self._console.print()
        if not closed:
            self._ready()

    def _ready(self) -> None:
        if ready := self._read.say("ready_on_text"):
            self._line(ready, style="bold")
            self._console.print()

    def _errand(self, errand: Reading) -> None:
        late = self._t("  赶不上递交日", "  misses the day")
        self._line(
            f"{errand.code('start')} – {errand.code('done_by')}  {errand.say('title')}"
            + (late if errand.truth("late") else ""),
            style="bold",
        )
        earliest = errand.code("earliest_done")
        if earliest < errand.code("done_by"):
            self._line(
                self._t(
                    f"今天开始，最早{earliest}办完",
                    f"begun today, done by {earliest} at the earliest",
                ),
                indent=4,
                style="dim",
            )
        for step in errand.sayings("steps"):
            self._line(self._t("· ", "- ") + step, indent=4)
        self._line(self._t("取得：", "Obtain: ") + errand.say("obtain"), indent=4)
        self._line(
            self._t("地点：", "Where: ")
            + errand.say("where")
            + self._t("；谁去：", "; who: ")
            + errand.say("who"),
            indent=4,
            style="dim",
        )
        if refused := errand.sayings("refused"):
            self._line(
                self._t("不收：", "Refused: ") + self._t("；", "; ").join(refused),
                indent=4,
                style="dim",
            )


def _alike(findings: Sequence[Reading]) -> list[list[Reading]]:
    """Findings of one criterion together, in the order they came."""
    groups: dict[str, list[Reading]] = {}
    for finding in findings:
        groups.setdefault(finding.code("criterion"), []).append(finding)
    return list(groups.values())
