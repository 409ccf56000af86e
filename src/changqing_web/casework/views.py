"""办理: stage, days, what to do next and what to record."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from changqing.case import edit
from changqing.case.model import Case
from changqing.casework.dates import compute_status
from changqing.casework.event_papers import check_events
from changqing.casework.events import (
    Act,
    CaseStage,
    Event,
    Journal,
    list_standing,
    name_act,
)
from changqing.casework.handed import find_differences, list_passages
from changqing.casework.personal import find_listed_personal
from changqing.casework.record import record as write_event
from changqing.casework.record import undo_last
from changqing.casework.stages import (
    find_allowed_acts,
    find_refusal,
    list_sample_events,
)
from changqing.casework.state import CaseState
from changqing.errors import ChangqingError
from changqing.text import Text
from changqing_web.cases import make_case_context, open_case_memory
from changqing_web.casework import forms, words
from changqing_web.casework.correction import add_notice_lines, record_and_judge
from changqing_web.casework.forms import EventForm, Wrong
from changqing_web.documents.written import load_writings, read_case, replay_case
from changqing_web.errors import list_issues
from changqing_web.facts import drafts
from changqing_web.facts.drafts import Typed
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.walls import Here, PageRoute

_DATED: Final = frozenset({Act.CORRECTION, Act.LICENCE})  # acts that set a last day


def show_casework(request: HttpRequest, here: Here) -> HttpResponse:
    """Show where the case stands, and all that can be recorded of it."""
    form = EventForm(
        act=forms.find_act(request.GET.get("act", "")),
        line=forms.parse_number(request.GET.get("line", "")),
        typed={"matter": request.GET.get("matter", "")},
    )
    name = _name_form(form)
    draft = drafts.load_draft(here, name) if name else None
    if draft is not None:
        typed, at = draft
        form = EventForm(
            act=form.act,
            line=form.line,
            typed={n: typed.get_one(n) for n in typed.data}
            | _choose_matter(form, typed),
            codes=tuple(typed.get_all("code")),
            kept=drafts.say_when_kept(at).say(page_language()),
        )
    return render_casework(request, here, form)


def _choose_matter(form: EventForm, typed: Typed) -> dict[str, str]:
    """The matter of the address wins over that of a draft."""
    return {"matter": form.typed["matter"] or typed.get_one("matter")}


def _name_form(form: EventForm) -> str:
    if form.line is not None:
        return f"casework:line:{form.line}"
    return "" if form.act is None else f"casework:{form.act.value}"


def record_act(request: HttpRequest, here: Here) -> HttpResponse:
    """Write an event into the folder of the case."""
    typed = Typed.from_post(request.POST)
    act = forms.find_act(typed.get_one("act"))
    if act is None or act is Act.LINE:
        raise Http404
    name = f"casework:{act.value}"
    drafts.save_draft(here, name, typed)
    wrong: Wrong = {}
    event = _read_event(act, typed, wrong)
    notice = b""
    if act is Act.CORRECTION:
        notice = forms.read_notice(request, typed, wrong)
    errors: list[str] = []
    if not wrong:
        try:
            return _record_event(request, here, event, notice)
        except ChangqingError as error:
            errors = list_issues(error)
    typed_values = {n: typed.get_one(n) for n in typed.data}
    form = EventForm(act=act, typed=typed_values, wrong=wrong, errors=errors)
    return render_casework(request, here, form, code=422)


def _read_event(act: Act, typed: Typed, wrong: Wrong) -> Event:
    days = {
        key.removeprefix("start."): day
        for key in typed.data
        if key.startswith("start.")
        and (day := forms.parse_day(typed.get_one(key), key, wrong))
    }
    matter = None
    if act is Act.BEGIN:
        matter = forms.choose_matter(typed.get_one("matter"), wrong)
    return Event(
        act=act,
        on=forms.parse_day(typed.get_one("on"), "on", wrong) or timezone.localdate(),
        by=forms.read_who(typed, wrong),
        paper=typed.get_one("paper") or None,
        until=forms.parse_day(typed.get_one("until"), "until", wrong),
        licence_number=forms.read_licence_number(typed, act),
        matter=matter,
        days=days,
    )


def _record_event(
    request: HttpRequest, here: Here, event: Event, notice: bytes
) -> HttpResponse:
    """Record it, tell everybody, and say to this person what came of it."""
    case, act, found_day = read_case(here), event.act, False
    if act is Act.CORRECTION:
        dated = add_notice_lines(event, case, notice)
        event, found_day = dated, dated.until != event.until
    recorded = write_event(
        catalogue(),
        case,
        event,
        now=timezone.now(),
        notice=notice,
        documents=load_writings(here).documents if act is Act.SUBMIT else (),
        memory=open_case_memory(),
    )
    drafts.drop_draft(here, f"casework:{act.value}")
    title = name_act(act, recorded.event.stage)
    stage = recorded.state.stage_name
    record_and_judge(
        here,
        Text(
            zh=f"记下“{title.zh}”，{event.on}", en=f"Recorded “{title.en}”, {event.on}"
        ),
        number=recorded.event.number,
    )
    if recorded.torn is not None:
        messages.warning(request, recorded.torn.say(page_language()))
    messages.success(
        request,
        t(
            f"已记下：{title.zh}，{event.on}。现在是“{stage.zh}”。",
            f"Recorded: {title.en}, {event.on}. The stage is now “{stage.en}”.",
        ),
    )
    if found_day:
        messages.warning(
            request,
            t(
                f"补正期限{event.until}取自通知的文字，请检查；不对的，用同一份通知写上期限再记一次。",
                f"The day set, {event.until}, was taken from the words of the notice: "
                "check it; if it is wrong, record the same notice again with the day.",
            ),
        )
    return return_to_casework(here, "#lines" if act is Act.CORRECTION else "")


def undo_entry(request: HttpRequest, here: Here, number: int) -> HttpResponse:
    """Take back the last entry, as a further one."""
    if all(entry.number != number for entry in Journal(here.folder).list_entries()):
        raise Http404
    try:
        recorded = undo_last(
            catalogue(),
            read_case(here),
            by=here.name,
            now=timezone.now(),
            number=number,
            memory=open_case_memory(),
        )
    except ChangqingError as error:
        return render_casework(
            request, here, EventForm(act=None, errors=list_issues(error)), code=409
        )
    stage = recorded.state.stage_name
    if recorded.undone is not None:
        event_text = words.say_undoing(recorded.undone).capitalised
        record_and_judge(here, event_text, number=recorded.event.number)
        messages.success(
            request,
            t(
                f"已{event_text.zh}。它和这次撤销都留在记录里。现在是“{stage.zh}”。",
                f"{event_text.en}. Both stay on record. The stage is now “{stage.en}”.",
            ),
        )
    return return_to_casework(here, "#events")


def render_casework(
    request: HttpRequest, here: Here, form: EventForm, *, code: int = 200
) -> HttpResponse:
    """Render the page with one of its forms as it was typed and what is wrong in it."""
    today = timezone.localdate()
    try:
        case = read_case(here)
        state = replay_case(here, case, date.max)
        entries = Journal(here.folder).list_entries()
        checks = check_events(case, entries)
    except ChangqingError as error:
        error_lines = list_issues(error)
        return render(
            request,
            "casework_unreadable.html",
            make_case_context(here, "casework", errors=error_lines),
            status=409,
        )
    status = compute_status(catalogue(), case, state, today)
    writings = load_writings(here)
    differences = find_differences(case, state, list_passages(case, writings.documents))
    acts = find_allowed_acts(catalogue(), case, state, today)
    step = words.find_next_step(here, status, acts)
    return render(
        request,
        "casework/casework.html",
        make_case_context(
            here,
            "casework",
            found=status,
            state=state,
            stage=state.stage_name,
            headline=words.format_headline(status),
            step=step,
            dues=words.list_dues(status),
            acts=words.list_acts(acts, step, state.stage),
            form=form,
            form_name=_name_form(form),
            act_name=None if form.act is None else name_act(form.act, state.stage),
            refusal=_explain_refusal(case, state, form.act, acts, today),
            with_until=form.act in _DATED,
            papers=forms.list_papers(case),
            matters=forms.list_matters(case, state, form),
            starts=forms.list_start_days(form, state),
            who=here.name,
            asked=[words.describe_line(case, line) for line in state.lines],
            open_line=forms.open_line(case, state, form, today),
            changed=differences,
            changes=words.list_changes(differences, _list_personal_papers(here))
            if differences.known
            else [],
            over=state.stage is CaseStage.LICENSED,
            handed_in=any(e.act is Act.SUBMIT for e in list_standing(entries)),
            entries=words.list_entries(entries, checks),
            problem=writings.problem and list(writings.problem.lines(page_language())),
        ),
        status=code,
    )


def _explain_refusal(
    case: Case, state: CaseState, act: Act | None, acts: Collection[Act], today: date
) -> str:
    """Say why nothing can be recorded of an act now, as recording it would; else ""."""
    if act is None or act in acts:
        return ""
    asked = [*list_sample_events(act, state, today), Event(act=act, on=today, by="?")]
    refusal = find_refusal(catalogue(), case, state, asked[0])
    return "" if refusal is None else refusal.say(page_language())


def _list_personal_papers(here: Here) -> frozenset[str]:
    """The ids of the papers about persons."""
    listed = find_listed_personal(catalogue(), edit.read(here.folder))
    return frozenset(paper.id for paper in listed)


def return_to_casework(here: Here, anchor: str) -> HttpResponse:
    """Go to the page again, after something was recorded."""
    address = reverse("casework", args=[here.workspace.slug, here.row.folder])
    answer = HttpResponseRedirect(f"{address}{anchor}")
    answer.status_code = 303
    return answer


_CASE: Final = "w/<slug:workspace>/c/<str:case>/casework/"
ROUTES = (
    PageRoute(path=_CASE, view=show_casework, name="casework", least=Role.EDITOR),
    PageRoute(
        path=f"{_CASE}record/",
        view=record_act,
        name="casework_record",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path=f"{_CASE}undo/<int:number>/",
        view=undo_entry,
        name="casework_undo",
        least=Role.EDITOR,
        methods=("POST",),
        sample={"number": 1},
    ),
)
