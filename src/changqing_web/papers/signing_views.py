"""签字盖章: of all papers at once, whether they are signed, sealed and legible.

Nobody but a person says so; what a program saw on the page stands beside the question.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
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
from changqing_web.facts.fact_field import FactField, say_mistake
from changqing_web.facts.said import check_log, settle_changes
from changqing_web.index import catalogue
from changqing_web.language import t
from changqing_web.models import Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute

OF_A_THING: Final = ("sealed", "signed", "legible", "needs_seal", "needs_signature")
"""What is said of a paper as a thing, in the order in which it is asked."""
_SETTLED: Final = frozenset({Verdict.MET, Verdict.NOT_APPLICABLE})
_SHOWN_BY: Final = {"sealed": MarkKind.SEAL, "signed": MarkKind.SIGNATURE}
"""By what mark on a page a program sees it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningRow:
    """A paper of which it is asked; `seen` are the pages of the marks a program saw."""

    paper: str
    label: Text
    fields: Sequence[FactField]
    seen: Mapping[MarkKind, Sequence[int]]

    @property
    def marks(self) -> list[Text]:
        """What a program saw, as the page says it."""
        return [_say_mark(kind, pages) for kind, pages in self.seen.items()]

    @property
    def visible_facts(self) -> frozenset[str]:
        """The facts whose mark a program saw."""
        return frozenset(fact for fact, mark in _SHOWN_BY.items() if mark in self.seen)


def list_signing_fields(
    written: CaseData, report: CaseReport
) -> list[tuple[str, str, list[FactField]]]:
    """List what is open of each paper as a thing: its id, its kind, and the questions.

    A paper is left out where all that reads the answers is settled.
    """
    found = []
    for item in written.list_items("papers"):
        name, kind = str(item["id"]), str(item.get("kind"))
        about = questions.list_fields_about(
            catalogue(), written, report, [Subject("paper", name)]
        )
        fields = [
            field
            for field in about
            if field.fact.id in OF_A_THING and not field.answered
        ]
        decided = {each.verdict for field in fields for each in field.decides}
        if fields and not decided <= _SETTLED:
            fields.sort(key=lambda field: OF_A_THING.index(field.fact.id))
            found.append((name, kind, fields))
    return found


def show_signing(request: HttpRequest, here: Here) -> HttpResponse:
    """Ask of all papers at once; a POST writes what was chosen."""
    written, report = edit.read(here.folder), load_report(here)
    rows = list_signing_fields(written, report)
    if request.method != "POST":
        return _render_page(request, here, rows, version=written.version)
    typed = Typed.from_post(request.POST)
    fields = [field for _, _, fields in rows for field in fields]
    wanted: list[FieldChange] = []
    for field in fields:
        if not typed.get_all(f"was.{field.name}"):
            continue
        field.take_typed(typed.get_all)
        try:
            value = field.parse_answer()
        except NotAValueError as error:
            field.errors.append(say_mistake(error))
            continue
        if value is not None:
            was = _parse_json(typed.get_one(f"was.{field.name}"))
            wanted.append(FieldChange(at=field.at, value=value, shown=was))
    version = typed.get_one("version")
    if any(field.errors for field in fields):
        return _render_page(request, here, rows, version=version, status=422)
    if not wanted:
        messages.info(request, t("没有选，什么也没有改。", "Nothing was chosen."))
        return _return_to_page(here)
    try:
        check_log(here)
        edit.change(here.folder, wanted, version=version, catalogue=catalogue())
    except StaleError as stale:
        told = t(
            "别人刚改过这些材料，请看一遍再保存。",
            "Somebody has just changed these papers; look again, then save.",
        )
        return _render_page(
            request, here, rows, version=stale.now.version, errors=[told], status=409
        )
    except RefusedError as refused:
        told_all = list_issues(refused)
        return _render_page(
            request, here, rows, version=version, errors=told_all, status=422
        )
    except ChangqingError as error:
        told_all = list_issues(error)
        return _render_page(
            request, here, rows, version=version, errors=told_all, status=409
        )
    papers = {change.at[1] for change in wanted}
    add_case_event(
        here,
        "paper",
        Text(
            zh=f"看了{len(papers)}份材料的签字、盖章和清晰程度",
            en=f"Looked at signatures, seals and legibility of {len(papers)} papers",
        ),
        papers=sorted(papers),
    )
    done = t("已保存并重新评估。", "Kept, and assessed again.")
    settle_changes(request, here, report, done=done)
    return _return_to_page(here)


def _render_page(
    request: HttpRequest,
    here: Here,
    asked: Sequence[tuple[str, str, list[FactField]]],
    *,
    version: str,
    errors: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    known = catalogue().materials
    try:
        papers = {
            paper.id: paper for paper in open_case(here.folder, catalogue()).papers
        }
        kept = KeptReadings(Evidence(here.folder))
        seen = {name: _find_marks(papers.get(name), kept) for name, _, _ in asked}
    except ChangqingError as error:
        errors, seen = [*errors, *list_issues(error)], {}
    rows = [
        SigningRow(
            paper=name,
            label=known[kind].label if kind in known else Text(name, name),
            fields=fields,
            seen=seen.get(name, {}),
        )
        for name, kind, fields in asked
    ]
    return render(
        request,
        "papers/signing.html",
        make_case_context(
            here,
            "evidence",
            rows=rows,
            columns=_list_columns(rows),
            version=version,
            errors=list(errors),
        ),
        status=status,
    )


def _list_columns(rows: Sequence[SigningRow]) -> list[tuple[str, Text]]:
    """List the facts that one look at what a program saw answers for several papers."""
    found = {
        field.fact.id: field.label
        for row in rows
        for field in row.fields
        if field.fact.id in row.visible_facts
    }
    return [(name, found[name]) for name in OF_A_THING if name in found]


def _find_marks(paper: Paper | None, kept: KeptReadings) -> dict[MarkKind, list[int]]:
    """Find the pages on which a program saw a seal or a signature."""
    found: dict[MarkKind, list[int]] = {}
    if paper is None or paper.file.digest not in kept:
        return found
    for page in kept[paper.file.digest].pages:
        for kind in dict.fromkeys(mark.kind for mark in page.marks):
            if kind in _SHOWN_BY.values():
                found.setdefault(kind, []).append(page.number)
    return found


def _say_mark(kind: MarkKind, pages: Sequence[int]) -> Text:
    zh, en = "、".join(map(str, pages)), ", ".join(map(str, pages))
    return Text(f"第{zh}页有{kind.text.zh}", f"{kind.text.en} on page {en}")


def _parse_json(text: str) -> object:
    try:
        found: object = json.loads(text)
    except ValueError:
        return None
    return found


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
