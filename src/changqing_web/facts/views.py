"""事实: what the applicant says, by dimension, beside what was found of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from changqing.case import edit
from changqing.case.edit import CaseData, FieldChange, RefusedError, StaleError
from changqing.case.subjects import Subject
from changqing.case.values import NotAValueError
from changqing.errors import ChangqingError
from changqing.law.kit import Dimension, QuestionGroup
from changqing.report.model import CaseReport
from changqing.report.words import DIMENSIONS
from changqing.text import Text
from changqing_web.cases import list_tabs, load_report, make_case_context
from changqing_web.errors import list_issues
from changqing_web.facts import drafts, questions
from changqing_web.facts.asked_papers import list_papers
from changqing_web.facts.drafts import Typed
from changqing_web.facts.fact_field import FactField, say_answer, say_mistake
from changqing_web.facts.said import check_log, settle_changes
from changqing_web.facts.tables import LISTS
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.new.another_views import list_answers_elsewhere
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute


@dataclass(frozen=True, slots=True, kw_only=True)
class FormScope:
    """What a form asks about: a dimension, or one member of a list."""

    form: str
    label: Text
    dimension: Dimension | None = None
    listed: str | None = None
    group: QuestionGroup | None = None


def open_first_question(request: HttpRequest, here: Here) -> HttpResponse:
    """Lead to the first question that is open, else where most is left to say."""
    case_data = edit.read(here.folder)
    open_fields = questions.list_fields_asked(catalogue(), case_data, load_report(here))
    if first := questions.group_sides(open_fields):
        return HttpResponseRedirect(_find_group_address(here, first[0].group))
    every = questions.summarise_dimensions(
        catalogue(), case_data, load_report(here), DIMENSIONS
    )
    most = max(every, key=lambda side: side.asked - side.known)
    address = reverse(
        "facts_of", args=[here.workspace.slug, here.row.folder, most.dimension.value]
    )
    return HttpResponseRedirect(address)


def show_dimension(request: HttpRequest, here: Here, dimension: str) -> HttpResponse:
    """Show the questions of one dimension: all on a page, or one at a time."""
    try:
        which = Dimension(dimension)
    except ValueError as error:
        raise Http404 from error
    try:
        case_data = edit.read(here.folder)
    except ChangqingError as error:
        return _answer_unreadable(request, here, error)
    fields = questions.list_fields(
        catalogue(), case_data, load_report(here), which, every=_asks_for_all(request)
    )
    about = FormScope(
        form=f"facts:{which.value}", label=DIMENSIONS[which.value], dimension=which
    )
    return answer_form(request, here, about, case_data, fields)


def show_questions(request: HttpRequest, here: Here, group: str) -> HttpResponse:
    """Show the open questions of one part of the conversation, a few on a page."""
    if group not in {question_group.value for question_group in QuestionGroup}:
        raise Http404
    which = QuestionGroup(group)
    try:
        case_data = edit.read(here.folder)
    except ChangqingError as error:
        return _answer_unreadable(request, here, error)
    fields = questions.list_fields_asked(
        catalogue(), case_data, load_report(here), which
    )
    about = FormScope(form=f"asked:{which.value}", label=which.text, group=which)
    return answer_form(request, here, about, case_data, fields)


def _find_group_address(here: Here, group: QuestionGroup) -> str:
    names = [here.workspace.slug, here.row.folder, group.value]
    return reverse("facts_asked", args=names)


def _find_next_address(request: HttpRequest, here: Here, about: FormScope) -> str:
    """Where one goes on after handing in: what is still asked, else the answer."""
    if about.group is None:
        return request.get_full_path()
    every = list(QuestionGroup)
    fields = questions.list_fields_asked(
        catalogue(), edit.read(here.folder), load_report(here)
    )
    open_groups = {side.group for side in questions.group_sides(fields)}
    at = every.index(about.group)
    for group in (*every[at + 1 :], about.group, *every[:at]):
        if group in open_groups:
            return _find_group_address(here, group)
    return reverse("case", args=[here.workspace.slug, here.row.folder])


def answer_form(
    request: HttpRequest,
    here: Here,
    about: FormScope,
    case_data: CaseData,
    fields: list[FactField],
) -> HttpResponse:
    """Show a form with what was typed in it before; a POST hands it in."""
    if request.method == "POST":
        return _take_form(request, here, about, case_data, fields)
    draft = drafts.load_draft(here, about.form)
    restored: datetime | None = None
    if draft is not None:
        typed, restored = draft
        for field in fields:
            if typed.get_all(f"was.{field.name}"):
                _restore_typed(field, typed)
    return _render_page(request, here, about, case_data, fields, restored=restored)


def _restore_typed(field: FactField, typed: Typed) -> None:
    """Put back what was typed, and say where somebody else has answered since."""
    was = typed.get_json(f"was.{field.name}")
    field.take_typed(typed.get_all)
    try:
        touched = field.parse_answer() != was
    except NotAValueError:
        touched = True
    if not touched:
        field.take_shown()
    elif was != field.shown:
        field.errors.append(_describe_theirs(say_answer(field.fact, field.shown)))


def _describe_theirs(their_answer: Text) -> Text:
    return Text(
        zh=f"别人刚把它改为“{their_answer.zh}”。再提交一次就按您填的改；要留那个值，请照它填。",
        en=f"Somebody has just made it “{their_answer.en}”. Hand in again to have "
        "yours, or "
        "type theirs to keep it.",
    )


def _asks_for_all(request: HttpRequest) -> bool:
    return request.GET.get("all") == "1"


def _take_form(
    request: HttpRequest,
    here: Here,
    about: FormScope,
    case_data: CaseData,
    fields: list[FactField],
) -> HttpResponse:
    """Write what was typed; on anything wrong show it again, nothing lost."""
    typed = Typed.from_post(request.POST)
    sent_fields = [field for field in fields if typed.get_all(f"was.{field.name}")]
    changes: list[FieldChange] = []
    for field in sent_fields:
        field.take_typed(typed.get_all)
        try:
            value = field.parse_answer()
        except NotAValueError as error:
            field.errors.append(say_mistake(error))
            continue
        shown_value = typed.get_json(f"was.{field.name}")
        if value != shown_value:
            changes += field.list_changes(value, shown_value)
    drafts.save_draft(here, about.form, typed)
    if any(fact_field.errors for fact_field in sent_fields):
        return _render_page(request, here, about, case_data, fields, status=422)
    if typed.get_one("declare_today"):
        changes.append(
            FieldChange(
                at=("declared_on",),
                value=timezone.localdate(),
                shown=case_data.find_value(("declared_on",)),
            )
        )
    before = load_report(here)
    try:
        check_log(here)
        edit.change(
            here.folder,
            changes,
            version=typed.get_one("version"),
            catalogue=catalogue(),
        )
    except StaleError as stale:
        _show_clashes(stale, sent_fields)
        return _render_page(request, here, about, stale.now, fields, status=409)
    except RefusedError as refused:
        unplaced = _place_issues(refused, sent_fields)
        return _render_page(
            request, here, about, case_data, fields, status=422, errors=unplaced
        )
    except ChangqingError as error:
        error_lines = list_issues(error)
        return _render_page(
            request, here, about, case_data, fields, status=409, errors=error_lines
        )
    drafts.drop_draft(here, about.form)
    _record_answers(request, here, about, sent_fields, changes, before)
    return HttpResponseRedirect(_find_next_address(request, here, about), status=303)


def _record_answers(
    request: HttpRequest,
    here: Here,
    about: FormScope,
    sent_fields: Sequence[FactField],
    changes: Sequence[FieldChange],
    before: CaseReport,
) -> None:
    """Tell who said it, put it into the evidence log, and say what it turned."""
    if not changes:
        messages.info(request, t("没有改动，无须提交。", "Nothing was changed."))
        return
    label = about.label
    names = {field.at: field.fact.label for field in sent_fields}
    changed = [names[c.at] for c in changes if c.at in names]
    answers = len(changed) or len(
        changes
    )  # one answer may be written in several places
    listed = Text(
        zh="、".join(label.zh for label in changed) or "自述日期",
        en=", ".join(label.en for label in changed) or "day of the statement",
    )
    add_case_event(
        here,
        "facts",
        Text(
            zh=f"提交{label.zh}自述{answers}项：{listed.zh}",
            en=f"Handed in {answers} answers on {label.en}: {listed.en}",
        ),
        changed=[".".join(change.at) for change in changes],
    )
    done_text = t(
        f"已提交{answers}项并重新评估。",
        f"{answers} answers handed in, and assessed again.",
    )
    settle_changes(request, here, before, done=done_text)


def _show_clashes(stale: StaleError, sent_fields: Sequence[FactField]) -> None:
    """Say beside each field what somebody else wrote; what was typed stays."""
    theirs = {clash.at: clash.theirs for clash in stale.clashes}
    for field in sent_fields:
        if field.at in theirs:
            their_answer = say_answer(field.fact, theirs[field.at])
            field.theirs = their_answer.say(page_language())
            field.shown = theirs[field.at]
            field.errors.append(_describe_theirs(their_answer))
        else:
            field.shown = stale.now.find_value(field.at)


def _place_issues(refused: RefusedError, sent_fields: Sequence[FactField]) -> list[str]:
    """Put each issue at its field; gives those that belong to none."""
    placed = set()
    for field in sent_fields:
        for issue in refused.at.get(field.at, ()):
            field.errors.append(Text(zh=issue.text.zh, en=issue.text.en))
            placed.add(issue)
    return [i.say(page_language()) for i in refused.issues if i not in placed]


def _render_page(
    request: HttpRequest,
    here: Here,
    about: FormScope,
    case_data: CaseData,
    fields: list[FactField],
    *,
    restored: datetime | None = None,
    status: int = 200,
    errors: Sequence[str] = (),
) -> HttpResponse:
    today = timezone.localdate()
    result = load_report(here)
    shown_fields, step = _select_fields(request, fields)
    open_fields = questions.list_fields_asked(catalogue(), case_data, result)
    declared = str(case_data.find_value(("declared_on",)) or "")
    return render(
        request,
        "facts/facts.html",
        make_case_context(
            here,
            "facts",
            dimension=about.dimension,
            group=about.group,
            asked=questions.group_sides(open_fields),
            elsewhere=[]
            if about.listed or step
            else list(list_answers_elsewhere(here, open_fields)),
            listed=about.listed,
            title=about.label,
            sides=questions.summarise_dimensions(
                catalogue(), case_data, result, DIMENSIONS
            ),
            groups=_group_fields(case_data, shown_fields),
            fields=fields,
            step=step,
            version=case_data.version,
            errors=list(errors),
            wrong=[field for field in fields if field.errors],
            trouble=len(errors) + sum(1 for field in fields if field.errors),
            restored=None if restored is None else drafts.say_when_kept(restored),
            declared_on=declared,
            declared_before=declared < today.isoformat(),
            papers=[]
            if about.dimension is None
            else list_papers(
                catalogue(), here.folder, case_data, result, about.dimension
            ),
            most=settings.UPLOAD_LIMIT // 1024 // 1024,
            findings_url=_find_findings_address(here),
            every=_asks_for_all(request),
            lists=[(k, v, len(case_data.list_items(k))) for k, v in LISTS.items()],
            form=about.form,
        ),
        status=status,
    )


def _select_fields(
    request: HttpRequest, fields: list[FactField]
) -> tuple[list[FactField], dict[str, int] | None]:
    """All fields, or the one the address asks for and where it stands."""
    number_asked = request.GET.get("one", "")
    if not number_asked.isascii() or not number_asked.isdigit() or not fields:
        return fields, None
    at = min(max(int(number_asked), 1), len(fields))
    step = {"at": at, "of": len(fields), "before": at - 1, "after": at + 1}
    step["last"] = int(at == len(fields))
    return [fields[at - 1]], step


def _group_fields(
    case_data: CaseData, fields: Sequence[FactField]
) -> list[tuple[str, list[FactField]]]:
    """The fields by whom they are about; the applicant's come first, untitled."""
    by_subject: dict[Subject, list[FactField]] = {}
    for field in fields:
        by_subject.setdefault(field.subject, []).append(field)
    titles = {
        service.get("id"): service.get("url")
        or service.get("name")
        or service.get("id")
        for service in case_data.list_items("services")
    }
    return [
        (str(titles.get(subject.id)) if subject.type == "service" else "", mine)
        for subject, mine in by_subject.items()
    ]


def _find_findings_address(here: Here) -> str:
    """Where the findings are, for those who may open them."""
    return next((tab.url for tab in list_tabs(here) if tab.code == "findings"), "")


def _answer_unreadable(
    request: HttpRequest, here: Here, error: ChangqingError
) -> HttpResponse:
    """A file that cannot be read: say where, and touch nothing."""
    return render(
        request,
        "facts/unreadable.html",
        make_case_context(here, "facts", errors=list_issues(error)),
        status=409,
    )


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/facts/",
        view=open_first_question,
        name="facts",
        least=Role.EDITOR,
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/facts/ask/<slug:group>/",
        view=show_questions,
        name="facts_asked",
        least=Role.EDITOR,
        methods=("GET", "POST"),
        sample={"group": "company"},
    ),
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/facts/<slug:dimension>/",
        view=show_dimension,
        name="facts_of",
        least=Role.EDITOR,
        methods=("GET", "POST"),
        sample={"dimension": "entity"},
    ),
)
