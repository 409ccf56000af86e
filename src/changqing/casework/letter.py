"""The letter that answers a correction notice, line by line, each with its proof.

It goes to a Chinese authority and is Chinese. It says what was recorded and nothing
else; lines nobody has settled are marked, and the letter calls itself a draft.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from changqing.case.model import Case, Paper
from changqing.casework.events import NoticeLine
from changqing.casework.state import CaseState
from changqing.documents.attachments import name_attachment
from changqing.documents.document import Document
from changqing.documents.letters import make_letter
from changqing.errors import CaseError, Issue
from changqing.guide.licence import describe_licence
from changqing.law.lookup import FOREIGN_ROUTE
from changqing.law.model import Catalogue
from changqing.report.html import read_stylesheet
from changqing.report.words import say_long_day
from changqing.text import Language, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredLine:
    """One line of the letter: what was asked, what is said, and what proves it."""

    number: int
    asked: str
    said: str | None
    done: date | None
    owner: str | None
    proof: str | None
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """The papers against those handed in last, each as the letter names it."""

    added: tuple[str, ...]
    replaced: tuple[str, ...]
    removed: tuple[str, ...]  # where their id does not tell their kind, unnamed


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLetter:
    """All that the letter says, in Chinese.

    `changed` is None where no copy was kept of what was handed in last: nothing can be
    compared then, and the letter does not call every paper new.
    """

    authority: str
    applicant: str
    licence: str
    noticed: date
    written: date
    lines: tuple[AnsweredLine, ...]
    changed: Changed | None
    attached: tuple[Paper, ...]

    @property
    def open(self) -> tuple[AnsweredLine, ...]:
        """The lines that nobody has settled."""
        return tuple(line for line in self.lines if not line.settled)

    def name_files(self, catalogue: Catalogue) -> dict[str, Paper]:
        """Name the papers that prove its lines as their files are called beside it."""
        return {
            name_attachment(at, catalogue.materials[paper.kind].label.zh, paper): paper
            for at, paper in enumerate(self.attached, start=1)
        }

    def make_document(self) -> Document:
        """Make the letter a document, which becomes Word, PDF and plain text."""
        return make_letter("answer", self.render_markdown())

    def render_markdown(self) -> str:
        """Render the letter as Markdown."""
        return _make_environment().get_template("letter.md.j2").render(letter=self)

    def write_page(self) -> str:
        """Write the letter as one HTML file that needs nothing beside it."""
        template = _make_environment().get_template("letter.html.j2")
        return template.render(letter=self, style=read_stylesheet())


def answer_letter(
    catalogue: Catalogue,
    case: Case,
    state: CaseState,
    *,
    on: date,
) -> AnswerLetter:
    """Write the answer to the last notice; CaseError when there is none to answer.

    It names nobody by the name with which one logs in.
    """
    if state.notice is None or not state.lines:
        raise CaseError(Issue(text=_NO_NOTICE, path=str(case.path), hint=_ENTER_IT))
    papers = {paper.id: paper for paper in case.papers}
    attached = tuple(
        papers[name]
        for name in dict.fromkeys(line.paper for line in state.lines)
        if name in papers
    )
    application = case.application
    page = describe_licence(
        catalogue,
        application.licence,
        on=on,
        scope=application.scope,
        region=application.region,
        foreign=any(
            statement.fact == FOREIGN_ROUTE and statement.value is True
            for statement in case.facts
        ),
    )
    return AnswerLetter(
        authority=page.granted[0].approver.zh,
        applicant=case.name,
        licence=page.licence.label.zh,
        noticed=state.notice.on,
        written=on,
        lines=tuple(_answer_line(catalogue, attached, line) for line in state.lines),
        changed=_compare_papers(catalogue, case, state) if state.has_copy else None,
        attached=attached,
    )


def _compare_papers(catalogue: Catalogue, case: Case, state: CaseState) -> Changed:
    before = state.papers
    return Changed(
        added=tuple(
            _cite_proof(catalogue, p) for p in case.papers if p.id not in before
        ),
        replaced=tuple(
            _cite_proof(catalogue, paper)
            for paper in case.papers
            if before.get(paper.id, paper.file.digest) != paper.file.digest
        ),
        removed=tuple(
            f"《{material.label.zh}》"
            if (material := catalogue.materials.get(name)) is not None
            else "一份材料"
            for name in sorted(set(before) - {paper.id for paper in case.papers})
        ),
    )


def _answer_line(
    catalogue: Catalogue,
    attached: Sequence[Paper],
    line: NoticeLine,
) -> AnsweredLine:
    at = next(
        (n for n, paper in enumerate(attached, start=1) if paper.id == line.paper), 0
    )
    return AnsweredLine(
        number=line.number,
        asked=line.text,
        said=line.answer,
        done=line.done,
        owner=_name_person(line.owner),
        proof=f"附件{at}{_cite_proof(catalogue, attached[at - 1])}" if at else None,
        settled=line.is_settled,
    )


def _cite_proof(catalogue: Catalogue, paper: Paper) -> str:
    citation = f"《{catalogue.materials[paper.kind].label.zh}》"
    if paper.issued_on is not None:
        citation += f"（{say_long_day(paper.issued_on, Language.ZH)}出具）"
    return citation


def _name_person(owner: str | None) -> str | None:
    """The name of a person; None for a name with which one logs in and no more."""
    return None if owner is None or _LOGIN.fullmatch(owner) else owner


_LOGIN: Final = re.compile(r"[a-z0-9._+-]+(@[a-z0-9.-]+)?")


@lru_cache(maxsize=1)
def _make_environment() -> Environment:
    return Environment(
        loader=PackageLoader("changqing.casework"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


_NO_NOTICE = Text("没有记过要答复的补正通知", "there is no correction notice to answer")
_ENTER_IT = Text(
    "先用 changqing case 项目 correct 通知文件 记下来",
    "record it first with changqing case CASE correct FILE",
)
