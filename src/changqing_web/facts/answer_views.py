"""作答: where a client answers what is asked, and sees nothing else of the case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse

from changqing.agency.desk import Deed, DeskJournal, Note
from changqing.case import edit
from changqing.case.edit import CaseData, FieldChange, RefusedError, StaleError
from changqing.case.subjects import Subject
from changqing.case.values import NotAValueError
from changqing.casework.events import NoticeLine
from changqing.casework.state import CaseState
from changqing.errors import ChangqingError
from changqing.judge.model import Aim
from changqing.law.kit import QuestionGroup
from changqing.plainfile import check_plain
from changqing.report.counting import select_asked
from changqing.report.model import CaseReport
from changqing.text import Text
from changqing_web.cases import load_report, make_case_context
from changqing_web.documents.prose import render_prose
from changqing_web.documents.written import read_case, replay_case
from changqing_web.errors import list_issues
from changqing_web.facts import drafts, questions
from changqing_web.facts.drafts import Typed
from changqing_web.facts.fact_field import FactField, say_answer, say_mistake
from changqing_web.facts.said import check_log, log_what_is_said
from changqing_web.index import catalogue, refresh_case
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.papers import uploads
from changqing_web.papers.uploads import UploadError
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute

_AT_ONCE: Final = 12  # questions on a page; a part of the conversation has fewer
_FORM: Final = "answers"


def show_answers(request: HttpRequest, here: Here) -> HttpResponse:
    """Show what is asked: papers, and facts that nobody has said yet."""
    fields = _list_open_fields(edit.read(here.folder), load_report(here))
    fields = _select_group(fields, request.GET.get("group"))
    draft = drafts.load_draft(here, _FORM)
    if draft is not None:
        for field in fields:
            if draft[0].get_all(f"was.{field.name}"):
                field.take_typed(draft[0].get_all)
    restored = (
        None if draft is None else drafts.say_when_kept(draft[1]).say(page_language())
    )
    return _render_page(request, here, fields, restored=restored)


def save_answers(request: HttpRequest, here: Here) -> HttpResponse:
    """Write what was typed as the applicant's own word, with who said it."""
    typed = Typed.from_post(request.POST)
    drafts.save_draft(here, _FORM, typed)
    case_data = edit.read(here.folder)
    fields = _list_every_field(case_data, load_report(here))
    asked_names = _list_asked(request, here)
    sent_fields = [
        field
        for field in fields
        if typed.get_all(f"was.{field.name}") and field.name in asked_names
    ]
    changes: list[FieldChange] = []
    for field in sent_fields:
        field.take_typed(typed.get_all)
        try:
            value = field.parse_answer()
        except NotAValueError as error:
            field.errors.append(say_mistake(error))
            continue
        shown_value = typed.get_json(f"was.{field.name}")
        if value is not None and value != shown_value:
            changes += field.list_changes(value, shown_value)
    if any(fact_field.errors for fact_field in sent_fields):
        return _render_page(request, here, sent_fields, code=422)
    if not changes:
        notice = t(
            "没有填写，什么也没有改。", "Nothing was filled in, and nothing changed."
        )
        messages.info(request, notice)
        return _go_on(here, sent_fields)
    try:
        check_log(here)
        edit.change(
            here.folder,
            changes,
            version=typed.get_one("version"),
            catalogue=catalogue(),
        )
    except StaleError as stale:
        theirs = {clash.at: clash.theirs for clash in stale.clashes}
        for field in sent_fields:
            if field.at in theirs:
                their_answer = say_answer(field.fact, theirs[field.at])
                field.shown = theirs[field.at]
                field.errors.append(
                    Text(
                        zh=f"别人刚填了“{their_answer.zh}”。再提交一次就按您填的改。",
                        en=f"Somebody has just said “{their_answer.en}”. Hand in again "
                        "to have "
                        "yours.",
                    )
                )
        return _render_page(request, here, sent_fields, code=409)
    except RefusedError as refused:
        for field in sent_fields:
            field.errors += [issue.text for issue in refused.at.get(field.at, ())]
        error_lines = [issue.say(page_language()) for issue in refused.issues]
        return _render_page(request, here, sent_fields, errors=error_lines, code=422)
    except ChangqingError as error:
        error_lines = list_issues(error)
        return _render_page(request, here, sent_fields, errors=error_lines, code=409)
    drafts.drop_draft(here, _FORM)
    changed = {change.at for change in changes}
    labels = [
        fact_field.fact.label for fact_field in sent_fields if fact_field.at in changed
    ]
    add_case_event(
        here,
        "answer",
        Text(
            zh=f"{here.name}自述：{'、'.join(label.zh for label in labels)}",
            en=f"{here.name} declares: {', '.join(label.en for label in labels)}",
        ),
        changed=[".".join(at) for at in sorted(changed)],
    )
    _keep_and_tell(
        request,
        here,
        t(
            f"已收到{len(changes)}项，谢谢。",
            f"{len(changes)} answers received. Thank you.",
        ),
    )
    return _go_on(here, sent_fields)


def upload_papers(request: HttpRequest, here: Here) -> HttpResponse:
    """Take papers in; each is there whole and listed, or refused with its reason."""
    typed, files = uploads.read_typed(request), request.FILES.getlist("file")
    typed["replaces"] = ""  # what is in the case is not for a client to put aside
    if not files:
        return _refuse_papers(
            request, here, {"file": t("选择文件", "choose a file")}, typed
        )
    if uploads.is_over_upload_limit(here):
        told = uploads.TOO_MANY.say(page_language())
        return _refuse_papers(request, here, {"file": told}, typed)
    kinds = _list_taken_kinds(here)
    wrong: dict[str, str] = {}
    papers: list[uploads.TakenPaper] = []
    for file in files:
        try:
            papers.append(uploads.keep_paper(here, file, typed, kinds=kinds))
        except UploadError as error:
            wrong |= {
                name: f"{file.name}{t('：', ': ')}{told}"
                for name, told in error.errors.items()
            }
    told = t("、", ", ").join(
        catalogue().materials[paper.kind].label.say(page_language()) for paper in papers
    )
    if papers:
        _keep_and_tell(request, here, t(f"已收到：{told}。", f"Received: {told}."))
    if wrong:
        return _refuse_papers(request, here, wrong, typed)
    if uploads.is_by_script(request):
        return JsonResponse({"to": _find_address(here), "said": told})
    return _return_to_answers(here)


def _refuse_papers(
    request: HttpRequest, here: Here, wrong: dict[str, str], typed: dict[str, str]
) -> HttpResponse:
    if uploads.is_by_script(request):
        return JsonResponse({"errors": wrong}, status=422)
    fields = _list_open_fields(edit.read(here.folder), load_report(here))
    fields = _select_group(fields, None)
    return _render_page(
        request, here, fields, wrong=wrong, kind=typed["kind"], code=422
    )


def _keep_and_tell(request: HttpRequest, here: Here, message: str) -> None:
    """Log what the folder says now; what cannot be logged is told, and stays there."""
    try:
        log_what_is_said(here)
    except ChangqingError as error:
        for line in list_issues(error):
            messages.warning(request, line)
    refresh_case(here.workspace, here.row.folder)
    messages.success(request, message)


# What is asked


def _list_every_field(case_data: CaseData, result: CaseReport) -> list[FactField]:
    """The open questions, and what else may be asked about company and services."""
    asked_fields = questions.list_fields_asked(catalogue(), case_data, result)
    subjects = (Subject("applicant", "self"), *questions.list_services(case_data))
    others = questions.list_fields_about(catalogue(), case_data, result, subjects)
    names = {field.name for field in asked_fields}
    return [*asked_fields, *(field for field in others if field.name not in names)]


def _list_open_fields(case_data: CaseData, result: CaseReport) -> list[FactField]:
    """What only the applicant can tell, in the order of a conversation."""
    return questions.list_fields_asked(catalogue(), case_data, result)


def _select_group(
    fields: Sequence[FactField], group_asked: str | None
) -> list[FactField]:
    """The questions of one part of the conversation: the one wanted, else the first."""
    names = [side.group.value for side in questions.group_sides(fields)]
    group = group_asked if group_asked in names else next(iter(names), None)
    return [field for field in fields if field.asked and field.asked.group.id == group]


def _go_on(here: Here, sent_fields: Sequence[FactField]) -> HttpResponse:
    """Go on to the part after the one that was handed in."""
    every = [group.value for group in QuestionGroup]
    last_done = max(
        (every.index(f.asked.group.id) for f in sent_fields if f.asked), default=-1
    )
    fields = _list_open_fields(edit.read(here.folder), load_report(here))
    for side in questions.group_sides(fields):
        if every.index(side.group.value) > last_done:
            address = f"{_find_address(here)}?group={side.group.value}#facts"
            return HttpResponseRedirect(address, status=303)
    return _return_to_answers(here)


def _list_asked(request: HttpRequest, here: Here) -> frozenset[str]:
    """The questions that pages have put to this person since they signed in.

    Only these may be written: a form may name any fact of the case.
    """
    return frozenset(request.session.get(_make_session_key(here), ()))


def _make_session_key(here: Here) -> str:
    return f"{_FORM}:{here.row.pk}"


def _list_taken_kinds(here: Here) -> frozenset[str]:
    """The kinds of papers that are taken of this person: of a client, what is asked.

    A paper proves, so that one of any other kind would say what nobody asked about.
    """
    materials = catalogue().materials
    if here.may(Role.EDITOR):
        return frozenset(materials)
    try:
        lines = _list_open_lines(replay_case(here, read_case(here), date.max))
    except ChangqingError:
        lines = ()
    by_notice = {line.material for line in lines if line.material}
    by_law = _read_papers(load_report(here), materials)
    return frozenset(materials) & (by_notice | by_law)


def _read_papers(result: CaseReport, materials: Iterable[str]) -> set[str]:
    """The kinds of papers that a criterion asked of the case reads."""
    reading = questions.map_readers(catalogue())
    criteria_asked = {f.criterion for f in select_asked(result.findings)}
    return {
        name
        for name in materials
        if criteria_asked.intersection(reading.get(("applicant", f"has_{name}"), ()))
    }


def _list_lacking_papers(report: CaseReport) -> list[Text]:
    """List what to hand in, line by line: what settles a requirement comes first."""
    errands = [errand for errand in report.errands if errand.aim is Aim.PAPERS]
    errands.sort(key=lambda errand: not errand.required)
    return [step for errand in errands for step in errand.steps]


def _find_last_request(here: Here) -> Note | None:
    requests = [n for n in DeskJournal(here.folder).list_notes() if n.deed is Deed.ASK]
    return requests[-1] if requests else None


def _list_open_lines(state: CaseState | None) -> tuple[NoticeLine, ...]:
    return () if state is None else state.open_lines


def _render_page(
    request: HttpRequest,
    here: Here,
    fields: Sequence[FactField],
    *,
    errors: Sequence[str] = (),
    wrong: Mapping[str, str] | None = None,
    kind: str = "",
    restored: str | None = None,
    code: int = 200,
) -> HttpResponse:
    names_put = {field.name for field in fields[:_AT_ONCE]}
    request.session[_make_session_key(here)] = sorted(
        names_put | _list_asked(request, here)
    )
    trouble = list(errors)
    note, state = None, None
    try:
        state = replay_case(here, read_case(here), date.max)
        note = _find_last_request(here)
    except ChangqingError as error:
        trouble += list_issues(error)
    text = None
    if note is not None and note.digest is not None:
        path = DeskJournal(here.folder).find_request_path(note.digest)
        if check_plain(path, inside=here.folder):
            text = render_prose(path.read_text(encoding="utf-8"))
    case_data = edit.read(here.folder)
    materials = catalogue().materials
    have = {str(paper.get("kind")) for paper in case_data.list_items("papers")}
    kinds_read, kinds_taken = (
        _read_papers(load_report(here), materials),
        _list_taken_kinds(here),
    )
    missing_kinds = [
        (name, materials[name].label) for name in materials if name in kinds_read - have
    ]
    return render(
        request,
        "facts/answers.html",
        make_case_context(
            here,
            "answers",
            note=note,
            text=text,
            lacking=() if note else _list_lacking_papers(load_report(here)),
            lines=_list_open_lines(state),
            due=None if state is None or state.notice is None else state.notice.until,
            fields=list(fields)[:_AT_ONCE],
            group=next((field.asked.group.id for field in fields if field.asked), None),
            asked=questions.group_sides(
                _list_open_fields(case_data, load_report(here))
            ),
            services={
                str(service.get("id")): service.get("url") or service.get("name")
                for service in case_data.list_items("services")
            },
            version=case_data.version,
            wrong=wrong or {},
            bad=[field for field in fields if field.errors],
            errors=trouble,
            kind=kind,
            wanted=missing_kinds,
            others=[
                (name, material.label)
                for name, material in materials.items()
                if name in kinds_taken and name not in dict(missing_kinds)
            ],
            form_name=_FORM,
            most=settings.UPLOAD_LIMIT // 1024 // 1024,
            restored=restored,
        ),
        status=code,
    )


def _return_to_answers(here: Here) -> HttpResponse:
    return HttpResponseRedirect(_find_address(here), status=303)


def _find_address(here: Here) -> str:
    return reverse("answers", args=[here.workspace.slug, here.row.folder])


_AT: Final = "w/<slug:workspace>/c/<str:case>/answers/"
ROUTES = (
    PageRoute(path=_AT, view=show_answers, name="answers", least=Role.RESPONDENT),
    PageRoute(
        path=f"{_AT}say/",
        view=save_answers,
        name="answers_say",
        least=Role.RESPONDENT,
        methods=("POST",),
    ),
    PageRoute(
        path=f"{_AT}upload/",
        view=upload_papers,
        name="answers_upload",
        least=Role.RESPONDENT,
        methods=("POST",),
    ),
)
