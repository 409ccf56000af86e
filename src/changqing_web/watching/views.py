"""监测: what lapsed and for how long, blind times, and test questions."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from changqing.case.model import Case
from changqing.casework.annual_data import PromiseData
from changqing.casework.promises import list_promises, promise_data
from changqing.casework.upgrade import find_upgrade
from changqing.day import BEIJING
from changqing.errors import ChangqingError
from changqing.notices.settings import SETTINGS_FILE, read_settings
from changqing.run import make_situation, read_recorded
from changqing.text import Text
from changqing.watch.journal import Watchbook, WatchState
from changqing.watch.model import THREE, Incident, Lapse, Sight
from changqing.watch.question import reply, send
from changqing.watch.settings import load_settings
from changqing_web import jobs
from changqing_web.cases import assess, find_key_path, make_case_context
from changqing_web.documents.written import read_case
from changqing_web.errors import list_issues
from changqing_web.facts import drafts
from changqing_web.facts.drafts import Typed
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import Job, Role
from changqing_web.record import add_case_event
from changqing_web.walls import Here, PageRoute, find_cases_folder
from changqing_web.watching.schedule import INTERVALS, say_schedule, write_schedule

_FORM: Final = "watching:question"
_STALE: Final = timedelta(days=2)
_PAGE_LIMIT: Final = 20 * 1024 * 1024
_YEARS: Final = range(2000, 3000)


def show_watching(request: HttpRequest, here: Here) -> HttpResponse:
    """Show what watching the case knows."""
    draft = drafts.load_draft(here, _FORM)
    typed = {} if draft is None else {n: draft[0].get_one(n) for n in draft[0].data}
    return _render_page(request, here, typed=typed)


def begin_look(request: HttpRequest, here: Here) -> HttpResponse:
    """Look at the services once more, in the background."""
    job = jobs.begin_job(here, "watch")
    add_case_event(
        here, "watch", Text("要求监测一轮", "Asked for a round of watching"), job=job.pk
    )
    return _return_to_watching(here)


def set_schedule(request: HttpRequest, here: Here) -> HttpResponse:
    """Set how often the services are looked at, or that nobody looks by itself."""
    every = request.POST.get("every", "")
    if every not in dict(INTERVALS):
        messages.error(request, t("请选一个间隔。", "Choose how often."))
        return _return_to_watching(here, "#schedule")
    try:
        write_schedule(here, every)
    except ChangqingError as error:
        for line in list_issues(error):
            messages.error(request, line)
        return _return_to_watching(here, "#schedule")
    schedule_text = say_schedule(every)
    messages.success(
        request, t(f"已设定。{schedule_text.zh}。", f"It is set. {schedule_text.en}.")
    )
    return _return_to_watching(here, "#schedule")


def record_question(request: HttpRequest, here: Here) -> HttpResponse:
    """Record that a test question was sent; nothing is sent from here."""
    typed = Typed.from_post(request.POST)
    drafts.save_draft(here, _FORM, typed)
    wrong: dict[str, str] = {}
    for name in ("channel", "text", "by"):
        if not typed.get_one(name).strip():
            wrong[name] = t("这一项要填", "this must be filled in")
    sent_at = _parse_moment(typed.get_one("sent"), "sent", wrong)
    errors: list[str] = []
    if not wrong:
        try:
            name = send(
                read_case(here),
                channel=typed.get_one("channel").strip(),
                by=typed.get_one("by").strip(),
                text=typed.get_one("text").strip(),
                sent_at=sent_at,
                now=timezone.now(),
            )
        except ChangqingError as error:
            errors = list_issues(error)
        else:
            drafts.drop_draft(here, _FORM)
            add_case_event(
                here, "question", Text(f"记下测试提问{name}", f"Test question {name}")
            )
            messages.success(
                request,
                t(
                    "已记下。有了答复再来记。",
                    "Recorded. Record the reply when it is there.",
                ),
            )
            return _return_to_watching(here)
    typed_values = {n: typed.get_one(n) for n in typed.data}
    return _render_page(
        request, here, typed=typed_values, wrong=wrong, errors=errors, code=422
    )


def record_reply(request: HttpRequest, here: Here) -> HttpResponse:
    """Record the reply to a question; with a kept page its time is observed."""
    wrong: dict[str, str] = {}
    on = _parse_moment(request.POST.get("replied", ""), "replied", wrong)
    file = request.FILES.get("page")
    if file is not None and (file.size or 0) > _PAGE_LIMIT:
        wrong["page"] = t("文件超过20 MB", "the file is over 20 MB")
    errors: list[str] = []
    if not wrong:
        try:
            question = reply(
                read_case(here),
                id=request.POST.get("question") or None,
                on=on,
                page=None if file is None else file.read(),
                key=find_key_path(),
                now=timezone.now(),
            )
            assess(here)
        except ChangqingError as error:
            errors = list_issues(error)
        else:
            add_case_event(
                here,
                "question",
                Text(f"记下{question.id}的答复", f"Reply to {question.id}"),
            )
            messages.success(
                request,
                t(
                    f"{question.id}的答复已记下"
                    + ("，页面已存。" if question.page else "；没有留页面，记为自述。"),
                    f"The reply to {question.id} is recorded"
                    + (
                        "; the page is kept."
                        if question.page
                        else "; no page: your word."
                    ),
                ),
            )
            return _return_to_watching(here)
    return _render_page(
        request,
        here,
        typed={"replied": request.POST.get("replied", "")},
        wrong=wrong,
        errors=errors,
        code=422,
    )


def _render_page(
    request: HttpRequest,
    here: Here,
    *,
    typed: Mapping[str, str],
    wrong: Mapping[str, str] | None = None,
    errors: list[str] | None = None,
    code: int = 200,
) -> HttpResponse:
    now = timezone.now()
    try:
        state = Watchbook(here.folder).compute_state()
        case = read_case(here)
        hours = load_settings(here.folder).every_hours
    except ChangqingError as error:
        error_lines = list_issues(error)
        return render(
            request,
            "casework_unreadable.html",
            make_case_context(here, "casework", errors=error_lines),
            status=409,
        )
    silent = find_silence(state.last_look, now)
    every = sorted(
        state.incidents.values(), key=lambda incident: incident.since, reverse=True
    )
    questions = [
        (
            question,
            None
            if question.replied_at is None
            else say_duration(question.sent_at, question.replied_at),
        )
        for question in reversed(state.questions.values())
    ]
    three = [
        describe_standing(lapse, state, silent=silent is not None) for lapse in THREE
    ]
    return render(
        request,
        "watching/watching.html",
        make_case_context(
            here,
            "casework",
            state=state,
            services=[service.url for service in case.services if service.url],
            three=three,
            unknown=sum(standing.sight is Sight.UNKNOWN for standing in three),
            open=[
                _describe_incident(incident, now)
                for incident in every
                if incident.closed_at is None
            ],
            closed=[
                _describe_incident(incident, now)
                for incident in every
                if incident.closed_at is not None
            ],
            blind=[
                (span, say_duration(span.start, span.end))
                for span in reversed(state.blind)
            ],
            questions=questions,
            typed=typed,
            wrong=wrong or {},
            errors=errors or [],
            silent=silent,
            upgrade=find_upgrade(here.folder),
            told=_find_recipient(here),
            intervals=_list_intervals(hours),
            every="" if hours is None else str(hours),
            next_look=None if hours is None else _find_next_look(here, hours),
            may_set=here.may(Role.OWNER),
            promises=_list_promises(case),
            who=here.name,
            now=timezone.localtime(now),
            job=_find_last_look(here),
            form_name=_FORM,
        ),
        status=code,
    )


def _list_promises(case: Case) -> list[PromiseData]:
    """What the plans promise, beside what was seen; nothing where they promise none."""
    law = catalogue()
    if not any(law.choices[name].promise for name in case.choices):
        return []
    today = timezone.localdate()
    situation = make_situation(case, read_recorded(case), law, today)
    return [
        promise_data(promise, page_language(), as_of=today)
        for promise in list_promises(case, situation, law)
    ]


def _list_intervals(hours: int | None) -> list[tuple[str, Text]]:
    """List the choices; an interval that was written in the file is one of them."""
    typed = "" if hours is None else str(hours)
    if typed in dict(INTERVALS):
        return list(INTERVALS)
    own = Text(f"每{hours}小时看一轮", f"a round every {hours} hours")
    return [*INTERVALS, (typed, own)]


def _find_next_look(here: Here, hours: int) -> datetime | None:
    """When the next round is due; None: as soon as somebody looks at the clock."""
    job = _find_last_look(here)
    if job is None or job.under_way:
        return None
    due = job.asked_at + timedelta(hours=hours)
    return due if due > timezone.now() else None


def find_silence(last: datetime | None, now: datetime) -> Text | None:
    """Find how long nobody has looked, once that is too long to say anything."""
    if last is None or now - last < _STALE:
        return None
    return say_duration(last, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who hears of a lapse, and by which channels; `person` empty where nobody does."""

    person: str = ""
    channels: tuple[str, ...] = ()
    problem: tuple[str, ...] = ()


def _find_recipient(here: Here) -> Recipient:
    path = find_cases_folder(here.workspace) / SETTINGS_FILE
    if not path.is_file():
        return Recipient()
    try:
        notice_settings = read_settings(
            path, environment=os.environ, clock=timezone.now
        )
    except ChangqingError as error:
        return Recipient(problem=tuple(list_issues(error)))
    owner = here.row.board.owner
    is_member = owner is not None and owner in notice_settings.people
    person = (
        owner if is_member and owner else notice_settings.find_person(here.row.folder)
    )
    return Recipient(
        person=person, channels=tuple(notice_settings.people.get(person, ()))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseStanding:
    """How one kind of lapse stands, with the incidents of it that are open."""

    name: Text
    sight: Sight
    glyph: str
    open: tuple[Incident, ...]


def describe_standing(
    lapse: Lapse, state: WatchState, *, silent: bool
) -> LapseStanding:
    """Describe how a kind of lapse stands.

    What nobody looked at for long is not known.
    """
    sight = state.find_sight(lapse)
    if silent and sight is Sight.WELL:
        sight = Sight.UNKNOWN
    return LapseStanding(
        name=lapse.text.capitalised,
        sight=sight,
        glyph=_GLYPHS[sight],
        open=tuple(incident for incident in state.open if incident.lapse is lapse),
    )


_GLYPHS: Final = {
    Sight.LAPSED: "unmet",
    Sight.WELL: "met",
    Sight.UNKNOWN: "undetermined",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """An incident as the page lists it; `lasts` until now where it is still open."""

    one: Incident
    name: Text
    lasts: Text


def _describe_incident(incident: Incident, now: datetime) -> IncidentLine:
    return IncidentLine(
        one=incident,
        name=incident.lapse.text.capitalised,
        lasts=say_duration(incident.since, incident.closed_at or now),
    )


def say_duration(start: datetime, end: datetime) -> Text:
    """Say how long it is from one time to another, in its two largest units."""
    minutes = max(int((end - start).total_seconds()) // 60, 0)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return Text(f"{days}天{hours}小时", f"{days} d {hours} h")
    if hours:
        return Text(f"{hours}小时{minutes % 60}分", f"{hours} h {minutes % 60} min")
    return Text(f"{minutes}分", f"{minutes} min")


def _find_last_look(here: Here) -> Job | None:
    return (
        Job.objects.filter(workspace=here.workspace, case=here.row.folder, kind="watch")
        .select_related("workspace")
        .order_by("-pk")
        .first()
    )


def _parse_moment(typed: str, name: str, wrong: dict[str, str]) -> datetime:
    """A moment typed in Beijing time; now where nothing was typed."""
    if not typed.strip():
        return timezone.now()
    try:
        moment = datetime.fromisoformat(typed.strip())
    except ValueError:
        wrong[name] = t("时间写成2026-12-31T09:30这样", "write it as 2026-12-31T09:30")
        return timezone.now()
    if moment.year not in _YEARS:
        wrong[name] = t("年份不对，请检查", "the year cannot be right; check it")
        return timezone.now()
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def _return_to_watching(here: Here, anchor: str = "") -> HttpResponse:
    address = reverse("watching", args=[here.workspace.slug, here.row.folder])
    back = HttpResponseRedirect(f"{address}{anchor}")
    back.status_code = 303
    return back


_AT: Final = "w/<slug:workspace>/c/<str:case>/casework/watch/"
ROUTES = (
    PageRoute(path=_AT, view=show_watching, name="watching", least=Role.EDITOR),
    PageRoute(
        path=f"{_AT}look/",
        view=begin_look,
        name="watching_look",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path=f"{_AT}schedule/",
        view=set_schedule,
        name="watching_schedule",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path=f"{_AT}ask/",
        view=record_question,
        name="watching_ask",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path=f"{_AT}reply/",
        view=record_reply,
        name="watching_reply",
        least=Role.EDITOR,
        methods=("POST",),
    ),
)
