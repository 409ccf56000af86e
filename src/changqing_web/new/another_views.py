"""再办一种许可证: a second case of the same company, and papers brought over to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from changqing.case import edit
from changqing.case.another import (
    OtherPaper,
    bring_paper,
    list_other_papers,
    write_another_case,
)
from changqing.case.edit import FieldChange, StaleError
from changqing.errors import ChangqingError
from changqing.guide.interview import SUBMIT_AFTER
from changqing.text import Text
from changqing_web import jobs
from changqing_web.cases import assess, load_report, open_case_memory
from changqing_web.errors import CHECK_CHANGED, list_issues
from changqing_web.facts import questions
from changqing_web.facts.fact_field import FactField, say_answer
from changqing_web.facts.said import settle_changes
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import page_language, t
from changqing_web.models import CaseRow, Role
from changqing_web.new.views import free_folder
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute, find_cases_folder


def begin_another_case(request: HttpRequest, here: Here) -> HttpResponse:
    """Make a case for another licence, with what this one knows and its papers."""
    licence = request.POST.get("licence", "")
    if licence not in catalogue().licences:
        raise Http404
    root = find_cases_folder(here.workspace)
    code = here.row.board.credit_code or here.row.folder
    folder = free_folder(here, f"{code.lower()}-{licence.lower()}")
    try:
        write_another_case(
            here.folder,
            root / folder,
            licence=licence,
            submit_on=timezone.localdate() + SUBMIT_AFTER,
            catalogue=catalogue(),
        )
        open_case_memory().forget(root / folder)
        row = refresh_case(here.workspace, folder)
        new_case = Here(
            user=here.user, workspace=here.workspace, role=here.role, case=row
        )
        assess(new_case)
    except ChangqingError as error:
        for line in list_issues(error):
            messages.error(request, line)
        return redirect("case", workspace=here.workspace.slug, case=here.row.folder)
    name = catalogue().licences[licence].label
    event_text = Text(
        zh=f"照{here.row.folder}再办{name.zh}",
        en=f"Another licence like {here.row.folder}: {name.en}",
    )
    add_case_event(new_case, "new", event_text)
    jobs.begin_job(new_case, "read")
    messages.success(
        request,
        t(
            f"{name.zh}的项目建好了：公司、人员、网站和材料都带过来了，材料正在这里再读一遍。"
            "以后各办各的，新交的材料在“证据”里带过来。",
            f"The case for {name.en} is there: company, people, sites and papers came "
            "along, and papers are being read again. Each goes its own way from here; "
            "papers that come later are brought over under Evidence.",
        ),
    )
    return redirect("case", workspace=here.workspace.slug, case=folder)


def bring_paper_over(
    request: HttpRequest, here: Here, other: str, paper: str
) -> HttpResponse:
    """Bring a paper over from another case of the same company."""
    row = next(
        (sibling for sibling in find_siblings(here) if sibling.folder == other), None
    )
    if row is None:
        raise Http404
    back = redirect("evidence", workspace=here.workspace.slug, case=here.row.folder)
    back.status_code = 303
    before = load_report(here)
    source = find_cases_folder(here.workspace) / row.folder
    try:
        name = bring_paper(source, here.folder, paper, catalogue=catalogue())
    except StaleError:
        message = CHECK_CHANGED.say(page_language())
        messages.error(request, message)
        return back
    except ChangqingError as error:
        for line in list_issues(error):
            messages.error(request, line)
        return back
    event_text = Text(
        f"从{row.folder}带来材料{name}", f"Brought {name} over from {row.folder}"
    )
    add_case_event(here, "upload", event_text, paper=name)
    done_text = t(
        "已带过来，收到的日子不变。", "Brought over; the day it was received stays."
    )
    settle_changes(request, here, before, done=done_text)
    jobs.begin_job(here, "read")
    return back


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherAnswers:
    """What another case of the company says that is asked and open in this one.

    `on` is the day it was said, as that case has it; `answers` say question and answer.
    """

    row: CaseRow
    on: str
    answers: tuple[tuple[FieldChange, Text, Text], ...]


def list_answers_elsewhere(
    here: Here, fields: Iterable[FactField]
) -> Iterator[OtherAnswers]:
    """List what other cases of the company answer of the open questions about it."""
    open_fields = [field for field in fields if field.at[:1] == ("applicant",)]
    for row in find_siblings(here) if open_fields else ():
        try:
            other_data = edit.read(find_cases_folder(here.workspace) / row.folder)
        except ChangqingError:
            continue  # its own pages say what is wrong
        answers = tuple(
            (
                FieldChange(at=fact_field.at, value=value, shown=None),
                fact_field.fact.label,
                say_answer(fact_field.fact, value),
            )
            for fact_field in open_fields
            if (value := other_data.find_value(fact_field.at)) is not None
        )
        if answers:
            on = str(other_data.find_value(("declared_on",)) or "")
            yield OtherAnswers(row=row, on=on, answers=answers)


def take_answers(request: HttpRequest, here: Here, other: str) -> HttpResponse:
    """Say here what was ticked of what another case of the company says.

    The values are those of that case, whatever the form sent.
    """
    if all(row.folder != other for row in find_siblings(here)):
        raise Http404
    back = redirect("facts", workspace=here.workspace.slug, case=here.row.folder)
    back.status_code = 303
    ticked = set(request.POST.getlist("fact"))
    try:
        case_data, before = edit.read(here.folder), load_report(here)
        fields = questions.list_fields_asked(catalogue(), case_data, before)
        changes = [
            change
            for other_answers in list_answers_elsewhere(here, fields)
            for change, _, _ in other_answers.answers
            if other_answers.row.folder == other and change.at[-1] in ticked
        ]
        if not changes:
            message = t("没有勾选可以采用的。", "Nothing that can be taken was ticked.")
            messages.error(request, message)
            return back
        edit.change(
            here.folder, changes, version=case_data.version, catalogue=catalogue()
        )
    except StaleError:
        message = CHECK_CHANGED.say(page_language())
        messages.error(request, message)
        return back
    except ChangqingError as error:
        for line in list_issues(error):
            messages.error(request, line)
        return back
    count = len(changes)
    add_case_event(
        here,
        "facts",
        Text(f"从{other}采用自述{count}项", f"Took {count} answers over from {other}"),
    )
    done_text = t(f"已采用{count}项自述。", f"{count} answers were taken over.")
    settle_changes(request, here, before, done=done_text)
    return back


def find_siblings(here: Here) -> list[CaseRow]:
    """Find the other cases that the workspace has of the same company."""
    code = here.row.board.credit_code
    if not code:
        return []
    rows = here.workspace.cases.filter(credit_code=code, archived=False)
    return list(rows.exclude(pk=here.row.pk).order_by("folder")[:5])


def list_elsewhere(here: Here) -> Iterator[tuple[CaseRow, OtherPaper, Text]]:
    """List the papers that other cases of the company have and this one has not."""
    for row in find_siblings(here):
        try:
            other_papers = list_other_papers(
                find_cases_folder(here.workspace) / row.folder, here.folder
            )
        except ChangqingError:
            continue  # its own pages say what is wrong
        for paper in other_papers:
            material = catalogue().materials.get(paper.kind)
            label = Text(paper.kind, paper.kind) if material is None else material.label
            yield row, paper, label


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/answers-of/<str:other>/",
        view=take_answers,
        name="take_answers",
        least=Role.EDITOR,
        methods=("POST",),
        sample={"other": "elsewhere"},
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/another/",
        view=begin_another_case,
        name="another",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/bring/<str:other>/<slug:paper>/",
        view=bring_paper_over,
        name="bring_paper",
        least=Role.EDITOR,
        methods=("POST",),
        sample={"other": "elsewhere", "paper": "lease"},
    ),
)
