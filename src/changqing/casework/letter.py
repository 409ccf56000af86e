"""The letter that answers a correction notice, line by line, each with its proof.

It goes to a Chinese authority and is Chinese. It says what was recorded and nothing
else; lines nobody has settled are marked, and the letter calls itself a draft.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from changqing.case.model import Case, Paper
from changqing.casework.events import NoticeLine
from changqing.casework.state import CaseState
from changqing.errors import CaseError, Issue
from changqing.guide.licence import describe_licence
from changqing.law.model import Catalogue
from changqing.report.html import stylesheet
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
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
    removed: tuple[str, ...]  # by their ids: nothing else is known of them any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """All that the letter says, in Chinese."""

    authority: str
    applicant: str
    licence: str
    noticed: date
    written: date
    lines: tuple[Answered, ...]
    changed: Changed

    @property
    def open(self) -> tuple[Answered, ...]:
        """The lines that nobody has settled."""
        return tuple(line for line in self.lines if not line.settled)

    def markdown(self) -> str:
        """The letter as Markdown."""
        return _environment().get_template("letter.md.j2").render(letter=self)

    def page(self) -> str:
        """The letter as one HTML file that needs nothing beside it."""
        template = _environment().get_template("letter.html.j2")
        return template.render(letter=self, style=stylesheet())


def answer_letter(
    catalogue: Catalogue, case: Case, state: CaseState, *, on: date
) -> Letter:
    """The answer to the last notice; CaseError when there is none to answer."""
    if state.notice is None or not state.lines:
        raise CaseError(Issue(text=_NO_NOTICE, path=str(case.path), hint=_ENTER_IT))
    application = case.application
    page = describe_licence(
        catalogue,
        application.licence,
        on=on,
        scope=application.scope,
        region=application.region,
    )
    return Letter(
        authority=page.granted[0].approver.zh,
        applicant=case.name,
        licence=page.licence.label.zh,
        noticed=state.notice.on,
        written=on,
        lines=tuple(_answer_line(catalogue, case, line) for line in state.lines),
        changed=_compare_papers(catalogue, case, state),
    )


def _compare_papers(catalogue: Catalogue, case: Case, state: CaseState) -> Changed:
    before = state.papers
    return Changed(
        added=tuple(_proof(catalogue, p) for p in case.papers if p.id not in before),
        replaced=tuple(
            _proof(catalogue, paper)
            for paper in case.papers
            if before.get(paper.id, paper.file.digest) != paper.file.digest
        ),
        removed=tuple(sorted(set(before) - {paper.id for paper in case.papers})),
    )


def _answer_line(catalogue: Catalogue, case: Case, line: NoticeLine) -> Answered:
    papers = {paper.id: paper for paper in case.papers}
    paper = papers.get(line.paper or "")
    return Answered(
        number=line.number,
        asked=line.text,
        said=line.answer,
        done=line.done,
        owner=line.owner,
        proof=None if paper is None else _proof(catalogue, paper),
        settled=line.is_settled,
    )


def _proof(catalogue: Catalogue, paper: Paper) -> str:
    said = f"《{catalogue.materials[paper.kind].label.zh}》（{paper.file.path}"
    if paper.issued_on is not None:
        said += f"，{paper.issued_on}出具"
    return f"{said}，SHA-256 {paper.file.digest[:16]}）"


@lru_cache(maxsize=1)
def _environment() -> Environment:
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
    "先用 changqing case 案卷 correct 通知文件 记下来",
    "record it first with changqing case CASE correct FILE",
)
