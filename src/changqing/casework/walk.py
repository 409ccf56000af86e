"""A case on one page: where it stands, its clocks, its correction line by line.

Everything on it was recorded, reckoned by a procedure, or compared with what was
handed in last; what is not known says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.util import find_spec
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from changqing.case.model import Case
from changqing.casework.dates import CaseDue, Status, compute_status
from changqing.casework.event_papers import EventCheck, check_events
from changqing.casework.events import Event, Journal, NoticeLine
from changqing.casework.handed import (
    Difference,
    Differences,
    DossierDocument,
    find_differences,
    list_passages,
)
from changqing.casework.letter import AnswerLetter, answer_letter
from changqing.casework.reasons import Reasons
from changqing.casework.state import CaseState
from changqing.casework.term import Remark, TermYear
from changqing.judge.model import Finding
from changqing.judge.verdict import blocks
from changqing.law.cited import say_citation
from changqing.law.model import Catalogue
from changqing.report.html import read_stylesheet
from changqing.text import Language, Text

_NOTE: Final = re.compile(r"\^([^^\n<>]{1,80})\^")


@dataclass(frozen=True, kw_only=True)
class Walk:
    """What the page shows, in one language; the letter is Chinese in either."""

    catalogue: Catalogue
    case: Case
    status: Status
    differences: Differences
    letter: AnswerLetter | None
    reasons: Reasons | None
    findings: Sequence[Finding] | None
    years: Sequence[TermYear]
    checks: Sequence[tuple[Event, EventCheck]]
    language: Language

    def t(self, zh: str, en: str) -> str:
        """Pick a text in the language of the reader."""
        return Text(zh=zh, en=en).say(self.language)

    def say(self, text: Text | None) -> str:
        """Say a text of the catalogue, or nothing."""
        return "" if text is None else text.say(self.language)

    @property
    def stage(self) -> str:
        """The stage by its name."""
        return self.status.state.stage.text.say(self.language)

    @property
    def licence(self) -> str:
        """The licence by its label."""
        return self.catalogue.licences[self.case.application.licence].label.say(
            self.language
        )

    @property
    def headline(self) -> str:
        """What comes next, whose it is, and by when, in one sentence."""
        due = self.status.next
        if due is None:
            return self.t("办理已经结束", "The case has ended")
        actor = self.say_actor(due)
        title = self.say(due.title)
        if due.day is None:
            return self.t(
                f"下一步由{actor}：{title}，{self.say(due.unset)}",
                f"Next, {actor}: {title}; {self.say(due.unset)}",
            )
        days = (due.day - self.status.today).days
        time_left = (
            self.t("今天", "today")
            if days == 0
            else self.t(f"还有{days}天", f"{days} days left")
            if days > 0
            else self.t(f"已过{-days}天", f"passed {-days} days ago")
        )
        mark = self.t("，暂按", ", provisional") if due.provisional else ""
        return self.t(
            f"下一步由{actor}：{title}，{due.day}（{time_left}{mark}）",
            f"Next, {actor}: {title}, {due.day} ({time_left}{mark})",
        )

    def say_actor(self, due: CaseDue) -> str:
        """Say who acts."""
        return due.actor.text.say(self.language)

    def say_bound(self, due: CaseDue) -> str:
        """Say what kind of day it is."""
        return "" if due.bound is None else due.bound.text.say(self.language)

    def list_sources(self, due: CaseDue) -> list[str]:
        """List the rules a day rests on, each once."""
        return list(
            dict.fromkeys(
                say_citation(self.catalogue, citation).say(self.language)
                for citation in due.citations
            )
        )

    def list_concerns(self, line: NoticeLine) -> list[tuple[str, str]]:
        """List what a line is about.

        Label and id of its criterion, paper and defect.
        """
        concerns = []
        if line.criterion is not None and line.criterion in self.catalogue.criteria:
            title = self.catalogue.criteria[line.criterion].title
            concerns.append((title.say(self.language), line.criterion))
        if line.material is not None and line.material in self.catalogue.materials:
            label = self.catalogue.materials[line.material].label
            concerns.append((label.say(self.language), line.material))
        concerns += [
            (self.catalogue.defects[code].label.say(self.language), code)
            for code in line.codes[:1]
            if code in self.catalogue.defects
        ]
        return concerns

    def say_frequency(self, line: NoticeLine) -> str:
        """Say how often this defect came back over the cases that were counted."""
        if self.reasons is None or not line.codes:
            return ""
        for reason in self.reasons.reasons:
            if reason.code == line.codes[0]:
                return self.t(
                    f"各项目补正里{reason.lines}条（n={self.reasons.lines}条），"
                    f"{reason.cases}个项目（n={self.reasons.cases}个）",
                    f"{reason.lines} lines (n={self.reasons.lines}), "
                    f"{reason.cases} cases (n={self.reasons.cases})",
                )
        return ""

    @property
    def blocking(self) -> int:
        """How many of the findings stand in the way."""
        return sum(map(blocks, self.findings or ()))

    def stands_in_the_way(self, finding: Finding) -> bool:
        """Tell whether it must be put right first."""
        return blocks(finding)

    def say_verdict(self, finding: Finding) -> str:
        """Name the verdict."""
        return finding.verdict.text.say(self.language)

    def say_topic(self, remark: Remark) -> str:
        """Say what a remark is about."""
        return remark.topic.text.say(self.language)

    def say_change(self, difference: Difference) -> str:
        """Say what happened to a paper or a section."""
        return difference.change.text.say(self.language)

    def render(self, markdown: str) -> Markup:
        """Render a section as it reads on paper; as typed where nothing renders it."""
        if find_spec("markdown_it") is None:
            return Markup('<div class="typed">{}</div>').format(markdown.strip())
        from markdown_it import MarkdownIt

        reader = MarkdownIt("commonmark", {"html": False}).enable("table")
        page = reader.disable(["image", "link", "autolink"]).render(markdown)
        return Markup(_NOTE.sub(r"<sup>\1</sup>", page))  # noqa: S704 - escaped by it

    def find_proof(self, line: NoticeLine) -> str:
        """Find the file of the paper that proves a line."""
        files = {paper.id: paper.file.path for paper in self.case.papers}
        return files.get(line.paper or "", "")


def write_walk_page(
    catalogue: Catalogue,
    case: Case,
    state: CaseState,
    *,
    today: date,
    language: Language,
    reasons: Reasons | None = None,
    documents: Iterable[DossierDocument] = (),
    findings: Sequence[Finding] | None = None,
    years: Sequence[TermYear] = (),
) -> str:
    """Write one HTML file that needs nothing beside it.

    The same events and folder give the same bytes.
    `reasons` are counted over a folder of cases and stand beside what they hit;
    `documents` are those of the dossier as they would be written now; `findings` are
    those of the stage, what blocks first, and `years` the term behind.
    """
    walk = Walk(
        catalogue=catalogue,
        case=case,
        status=compute_status(catalogue, case, state, today),
        differences=find_differences(case, state, list_passages(case, documents)),
        letter=answer_letter(catalogue, case, state, on=today)
        if state.lines and state.notice is not None
        else None,
        reasons=reasons,
        findings=findings,
        years=years,
        checks=_list_checks(case, today),
        language=language,
    )
    template = _make_environment().get_template("walk.html.j2")
    return template.render(page=walk, style=read_stylesheet())


def _list_checks(case: Case, today: date) -> list[tuple[Event, EventCheck]]:
    """The days of events up to today that came with a paper, and what it says."""
    events = [event for event in Journal(case.path).list_events() if event.on <= today]
    by_number = {event.number: event for event in events}
    return [(by_number[check.event], check) for check in check_events(case, events)]


@lru_cache(maxsize=1)
def _make_environment() -> Environment:
    return Environment(
        loader=PackageLoader("changqing.casework"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
