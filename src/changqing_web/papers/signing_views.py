"""签字盖章: of all papers at once, whether they are signed, sealed and legible.

Nobody but a person says so; what a program saw on the page stands beside the question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from changqing.case import edit
from changqing.case.edit import CaseData, FieldChange, RefusedError, StaleError
from changqing.case.model import Paper
from changqing.case.subjects import Subject
from changqing.case.values import NotAValueError
from changqing.errors import ChangqingError
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.reading import MarkKind
from changqing.evidence.readings import KeptReadings
from changqing.law.model import Verdict
from changqing.papers.open import open_case
from changqing.report.model import CaseReport
from changqing.text import Text
from changqing_web.cases import load_report, make_case_context
from changqing_web.errors import list_issues
from changqing_web.facts import questions
from changqing_web.facts.drafts import Typed
from changqing_web.facts.fact_field import FactField, say_answer, say_mistake
from changqing_web.facts.said import check_log, settle_changes
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute

OF_A_THING: Final = ("sealed", "signed", "legible", "needs_seal", "needs_signature")
"""What is said of a paper as a thing, in the order in which it is asked."""
_ASKED_ONCE_NOT: Final = {"needs_seal": "sealed", "needs_signature": "signed"}
"""What matters only of a paper that lacks it: whether it has to be there."""
_SETTLED: Final = frozenset({Verdict.MET, Verdict.NOT_APPLICABLE})
_SHOWN_BY: Final = {"sealed": MarkKind.SEAL, "signed": MarkKind.SIGNATURE}
"""By what mark on a page a program sees it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRow:
    """A paper of which it is asked; `seen` are the pages of the marks a program saw.

    `seen` is None where no program has read the paper.
    """

    paper: str
    label: Text
    fields: Sequence[FactField]
    seen: Mapping[MarkKind, Sequence[int]] | None

    @property
    def marks(self) -> list[Text]:
        """What a program saw, as the page says it."""
        return [_say_mark(kind, pages) for kind, pages in (self.seen or {}).items()]

    @property
    def visible_facts(self) -> frozenset[str]:
        """The facts whose mark a program saw."""
        pages_by_mark = self.seen or {}
        return frozenset(
            fact for fact, mark in _SHOWN_BY.items() if mark in pages_by_mark
        )


def list_signing_fields(
    fields: Iterable[FactField],
) -> dict[str, list[FactField]]:
    """List what is open of each paper as a thing, by the id of the paper.

    A paper is left out where all that reads the answers is settled. Whether it needs
    a seal is asked once it is said to have none.
    """
    fields = list(fields)
    lacking = {
        (field.subject.id, field.fact.id) for field in fields if field.shown is False
    }
    by_paper: dict[str, list[FactField]] = {}
    for field in fields:
        matters_of = _ASKED_ONCE_NOT.get(field.fact.id)
        matters = matters_of is None or (field.subject.id, matters_of) in lacking
        if matters and not field.answered:
            by_paper.setdefault(field.subject.id, []).append(field)
    return {
        paper: sorted(open_, key=lambda field: OF_A_THING.index(field.fact.id))
        for paper, open_ in by_paper.items()
        if not {finding.verdict for field in open_ for finding in field.decides}
        <= _SETTLED
    }


def _list_every_field(case_data: CaseData, report: CaseReport) -> list[FactField]:
    """List what is asked or said of all papers as things."""
    papers = [
        Subject("paper", str(item["id"])) for item in case_data.list_items("papers")
    ]
    about = questions.list_fields_about(catalogue(), case_data, report, papers)
    return [field for field in about if field.fact.id in OF_A_THING]


def show_signing(request: HttpRequest, here: Here) -> HttpResponse:
    """Ask of all papers at once; a POST writes what was chosen."""
    case_data, report = edit.read(here.folder), load_report(here)
    fields = _list_every_field(case_data, report)
    if request.method != "POST":
        return _render_page(request, here, case_data, fields)
    typed = Typed.from_post(request.POST)
    # Those too that somebody else answered since the page was shown: it is told.
    sent_fields = [field for field in fields if typed.get_all(f"was.{field.name}")]
    changes: list[FieldChange] = []
    for field in sent_fields:
        field.take_typed(typed.get_all)
        try:
            value = field.parse_answer()
        except NotAValueError as error:
            field.errors.append(say_mistake(error))
            continue
        if value is not None:
            was = typed.get_json(f"was.{field.name}")
            changes.append(FieldChange(at=field.at, value=value, shown=was))
    if any(field.errors for field in sent_fields):
        return _render_page(request, here, case_data, fields, status=422)
    if not changes:
        messages.info(request, t("没有选，什么也没有改。", "Nothing was chosen."))
        return _return_to_page(here)
    try:
        check_log(here)
        edit.change(
            here.folder,
            changes,
            version=typed.get_one("version"),
            catalogue=catalogue(),
        )
    except StaleError as stale:
        told_all = _say_clashes(stale, sent_fields)
        return _render_page(
            request, here, stale.now, fields, errors=told_all, status=409
        )
    except RefusedError as refused:
        told_all = list_issues(refused)
        return _render_page(
            request, here, case_data, fields, errors=told_all, status=422
        )
    except ChangqingError as error:
        told_all = list_issues(error)
        return _render_page(
            request, here, case_data, fields, errors=told_all, status=409
        )
    papers = {change.at[1] for change in changes}
    add_case_event(
        here,
        "paper",
        Text(
            zh=f"看了{len(papers)}份材料的签字、盖章和清晰程度",
            en=f"Looked at signatures, seals and legibility of {len(papers)} papers",
        ),
        papers=sorted(papers),
    )
    done_text = t("已保存并重新评估。", "Kept, and assessed again.")
    settle_changes(request, here, report, done=done_text)
    return _return_to_page(here)


def _say_clashes(stale: StaleError, sent_fields: Sequence[FactField]) -> list[str]:
    """Say what somebody else answered meanwhile; that is not asked here any more."""
    theirs = {clash.at: clash.theirs for clash in stale.clashes}
    names = _name_papers(stale.now)
    lines = [
        t(
            "别人刚填了下面几项，您选的都还没有保存。请看一遍再保存其余的；"
            "要改别人填的，到那份材料的页面改。",
            "Somebody has just answered what follows, and none of yours is kept yet. "
            "Look again, then keep the rest; to change what they said, open the paper.",
        )
    ]
    for field in sent_fields:
        if field.at in theirs:
            field.shown = theirs[field.at]
            paper = names[field.subject.id].say(page_language())
            answer = say_answer(field.fact, field.shown).say(page_language())
            label = field.label.say(page_language())
            lines.append(
                t(f"{paper}，{label}：{answer}", f"{paper}, {label}: {answer}")
            )
    return lines


def _name_papers(case_data: CaseData) -> dict[str, Text]:
    """The papers of the case by id, by the name of their kind."""
    materials = catalogue().materials
    names = {}
    for item in case_data.list_items("papers"):
        paper, kind = str(item["id"]), str(item.get("kind"))
        names[paper] = (
            materials[kind].label if kind in materials else Text(paper, paper)
        )
    return names


def _render_page(
    request: HttpRequest,
    here: Here,
    case_data: CaseData,
    fields: Sequence[FactField],
    *,
    errors: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    open_fields, names = list_signing_fields(fields), _name_papers(case_data)
    try:
        papers = {
            paper.id: paper for paper in open_case(here.folder, catalogue()).papers
        }
        readings = KeptReadings(Evidence(here.folder))
        marks_seen = {
            name: _find_marks(papers.get(name), readings) for name in open_fields
        }
    except ChangqingError as error:
        errors, marks_seen = [*errors, *list_issues(error)], {}
    rows = [
        SigningRow(
            paper=name, label=names[name], fields=open_, seen=marks_seen.get(name)
        )
        for name, open_ in open_fields.items()
    ]
    return render(
        request,
        "papers/signing.html",
        make_case_context(
            here,
            "evidence",
            rows=rows,
            columns=_list_columns(rows),
            version=case_data.version,
            errors=list(errors),
        ),
        status=status,
    )


def _list_columns(rows: Sequence[SigningRow]) -> list[tuple[str, Text]]:
    """List the facts that one look at what a program saw answers for several papers."""
    labels = {
        field.fact.id: field.label
        for row in rows
        for field in row.fields
        if field.fact.id in row.visible_facts
    }
    return [(name, labels[name]) for name in OF_A_THING if name in labels]


def _find_marks(
    paper: Paper | None, readings: KeptReadings
) -> dict[MarkKind, list[int]] | None:
    """Find the pages with a seal or a signature; None where no program has read it."""
    reading = None if paper is None else readings.get(paper.file.digest)
    if reading is None or not reading.pages:
        return None
    pages_by_mark: dict[MarkKind, list[int]] = {}
    for page in reading.pages:
        for kind in dict.fromkeys(mark.kind for mark in page.marks):
            if kind in _SHOWN_BY.values():
                pages_by_mark.setdefault(kind, []).append(page.number)
    return pages_by_mark


def _say_mark(kind: MarkKind, pages: Sequence[int]) -> Text:
    zh, en = "、".join(map(str, pages)), ", ".join(map(str, pages))
    return Text(f"第{zh}页有{kind.text.zh}", f"{kind.text.en} on page {en}")


def _return_to_page(here: Here) -> HttpResponse:
    address = reverse("signing", args=[here.workspace.slug, here.row.folder])
    return HttpResponseRedirect(address, status=303)


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/signing/",
        view=show_signing,
        name="signing",
        least=Role.EDITOR,
        methods=("GET", "POST"),
    ),
)
