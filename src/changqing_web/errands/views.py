"""Tasks: what to do by when, who does it, what was done, and what it would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from changqing.errors import ChangqingError
from changqing.judge.advice import ANSWER, SETTLE
from changqing.judge.model import Aim
from changqing.judge.suppose import Supposed
from changqing.law.lookup import list_looks_for
from changqing.notices.calendar import write_calendar
from changqing.notices.outbox import Notice, make_notice_id
from changqing.report.model import ErrandView
from changqing.report.workbook import Cell, write_workbook
from changqing.text import Language, Text
from changqing_web.case.charts import make_case_page
from changqing_web.cases import load_report, make_case_context
from changqing_web.downloads import make_download
from changqing_web.errands.marks import ErrandMark, ErrandMarks, ErrandNote
from changqing_web.errands.supposing import suppose_remedies
from changqing_web.errors import list_issues
from changqing_web.index import catalogue
from changqing_web.language import page_language, t
from changqing_web.models import Role
from changqing_web.papers.signing_views import OF_A_THING
from changqing_web.record import add_case_event
from changqing_web.templatetags.changqing import say
from changqing_web.walls import Here, PageRoute

_LONGEST_NAME: Final = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandTrial:
    """What the ticked errands change when they are done."""

    supposed: Supposed
    ticked: int
    last_day: date  # by which the last is done
    in_time: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedErrand:
    """One errand of the plan, with people's notes on it."""

    data: ErrandView
    mark: ErrandMark
    ticked: bool
    typed: str | None = None  # a name that could not be kept

    @property
    def owner(self) -> str:
        """Who does it, as the field shows it."""
        return self.mark.owner if self.typed is None else self.typed

    @property
    def answers(self) -> bool:
        """Whether it is done by answering what the pages ask."""
        return self.data.errand == ANSWER

    @property
    def settles(self) -> bool:
        """Whether it is done by confirming what was read in the papers."""
        return self.data.errand == SETTLE

    @property
    def looks_up(self) -> bool:
        """Whether something of it is looked up, and the saved page added."""
        if self.answers or self.settles:
            return False
        criteria = catalogue().criteria
        facts = {
            fact
            for key in self.data.criteria
            for fact in criteria[key.partition("@")[0]].test.facts
        }
        return any(list_looks_for(catalogue().facts[fact]) for fact in facts)

    @property
    def signs(self) -> bool:
        """Whether somebody has to look if papers are signed, sealed or legible."""
        criteria = catalogue().criteria
        return any(
            ("paper", name) in criteria[key.partition("@")[0]].test.facts
            for key in self.data.criteria
            for name in OF_A_THING
        )

    @property
    def gist(self) -> str:
        """How long it takes, how much it settles, and whether one need go there."""
        days, settles = self.data.lead_days, len(self.data.criteria)
        parts = [
            t(f"约{days}个工作日", f"about {days} working days") if days else "",
            t(f"关系到{settles}项", f"bears on {settles}")
            if self.data.aim is Aim.CLEAR_UP
            else t(f"解决{settles}项", f"settles {settles}"),
            t("网上可办", "online") if self.data.online else "",
        ]
        return t("，", ", ").join(part for part in parts if part)


def show_errands(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the plan, or what the ticked errands would change; a POST adds a note."""
    if request.method == "POST":
        return _note_errand(request, here)
    if request.htmx:  # type: ignore[attr-defined]
        more = {
            "trial": _try_ticked(request, here),
            "page": make_case_page(here, load_report(here)),
        }
        return render(
            request,
            "errands/_supposed.html",
            make_case_context(here, "errands", **more),
        )
    return _render_page(request, here)


def _render_page(
    request: HttpRequest, here: Here, *, typed: Mapping[str, str] | None = None
) -> HttpResponse:
    report = load_report(here)
    page = make_case_page(here, report)
    groups = [
        (
            title,
            [
                _make_noted_errand(errand, here, request, typed or {})
                for errand in group
            ],
        )
        for title, group in page.errand_groups
    ]
    planned = [errand for _, group in groups for errand in group]
    return render(
        request,
        "errands/errands.html",
        make_case_context(
            here,
            "errands",
            report=report,
            page=page,
            groups=groups,
            done=sum(errand.mark.done_on is not None for errand in planned),
            planned=planned,
            provisional=any(errand.data.provisional for errand in planned),
            owners=_list_owners(here),
            unsettled=report.unsettled,
            trial=_try_ticked(request, here),
        ),
    )


def _make_noted_errand(
    data: ErrandView,
    here: Here,
    request: HttpRequest,
    typed: Mapping[str, str],
) -> NotedErrand:
    name = data.errand
    return NotedErrand(
        data=data,
        mark=_load_marks(here, request).get(name, ErrandMark()),
        ticked=name in request.GET.getlist("try"),
        typed=typed.get(name),
    )


def _load_marks(here: Here, request: HttpRequest) -> Mapping[str, ErrandMark]:
    marks: Mapping[str, ErrandMark] | None = getattr(request, "errand_marks", None)
    if marks is None:
        marks = ErrandMarks(here.folder).list_marks()
        request.errand_marks = marks  # type: ignore[attr-defined]
    return marks


def _list_owners(here: Here) -> list[str]:
    """Names that were used in this workspace, to choose from while typing."""
    names = here.workspace.cases.exclude(owner="").values_list("owner", flat=True)
    return sorted(set(names.distinct()))


def _try_ticked(request: HttpRequest, here: Here) -> ErrandTrial | None:
    """Find what the ticked errands change; None where nothing is ticked."""
    ticked = request.GET.getlist("try")
    plan = [errand for errand in load_report(here).errands if errand.errand in ticked]
    if not plan:
        return None
    criteria = [name for errand in plan for name in errand.criteria]
    return ErrandTrial(
        supposed=suppose_remedies(here, criteria),
        ticked=len(plan),
        last_day=max(errand.done_by for errand in plan),
        in_time=not any(errand.late for errand in plan),
    )


def _note_errand(request: HttpRequest, here: Here) -> HttpResponse:
    """Note who does an errand, or that it was done."""
    plan = {errand.errand: errand for errand in load_report(here).errands}
    name = request.POST.get("errand", "")
    try:
        note = ErrandNote(request.POST.get("said", ""))
    except ValueError:
        raise Http404 from None
    if name not in plan:
        raise Http404
    to = request.POST.get("owner", "").strip()[:_LONGEST_NAME]
    if note is not ErrandNote.OWNER:
        to = ""
    try:
        with ErrandMarks(here.folder) as marks:
            marks.add_note(name, note, by=here.name, now=timezone.now(), to=to)
    except ChangqingError as error:
        messages.error(request, "；".join(list_issues(error)))
        return _render_page(
            request, here, typed={name: to} if note is ErrandNote.OWNER else {}
        )
    title = plan[name].title
    add_case_event(here, f"errand_{note}", _describe_note(title, note, to), errand=name)
    back = redirect("errands", workspace=here.workspace.slug, case=here.row.folder)
    back["Location"] += f"#errand-{name}"
    return back


def _describe_note(title: Text, note: ErrandNote, to: str) -> Text:
    match note:
        case ErrandNote.DONE:
            return Text(zh=f"办了：{title.zh}", en=f"done: {title.en}")
        case ErrandNote.OPEN:
            return Text(zh=f"改为还没办：{title.zh}", en=f"not done: {title.en}")
        case ErrandNote.OWNER:
            return Text(
                zh=f"{title.zh}：经办{to or '空缺'}",
                en=f"{title.en}: owner {to or 'nobody'}",
            )


def download_calendar(request: HttpRequest, here: Here) -> HttpResponse:
    """Give the plan as a calendar: the last day of each errand is an all-day event."""
    marks = _load_marks(here, request)
    notices = [
        _make_notice(errand, here.row.name, marks.get(errand.errand, ErrandMark()))
        for errand in load_report(here).errands
        if marks.get(errand.errand, ErrandMark()).done_on is None
    ]
    content = write_calendar(notices, page_language(), timezone.now())
    return make_download(
        content, f"{here.row.folder}.ics", "text/calendar; charset=utf-8"
    )


def _make_notice(errand: ErrandView, case: str, mark: ErrandMark) -> Notice:
    day = errand.done_by
    return Notice(
        id=make_notice_id(case, mark.owner, day, "errand", errand.errand),
        case=case,
        person=mark.owner,
        day=day,
        kind="errand",
        title=errand.title,
        body=Text(
            zh="\n".join(_describe_errand(errand, mark, Language.ZH)),
            en="\n".join(_describe_errand(errand, mark, Language.EN)),
        ),
    )


def _describe_errand(
    errand: ErrandView, mark: ErrandMark, language: Language
) -> list[str]:
    zh = language is Language.ZH
    lines = [
        (f"最晚{errand.start}开始" if zh else f"start by {errand.start}"),
        *(
            text.say(language)
            for text in (errand.where, errand.who, errand.obtain, *errand.steps)
        ),
    ]
    if mark.owner:
        lines.append(f"经办：{mark.owner}" if zh else f"owner: {mark.owner}")
    if errand.provisional:
        lines.append("节假日暂按" if zh else "holidays provisional")
    return list(dict.fromkeys(lines))


def download_workbook(request: HttpRequest, here: Here) -> HttpResponse:
    """Give the plan as a workbook, a row an errand."""
    report = load_report(here)
    marks = _load_marks(here, request)
    titles = {finding.criterion: finding.title for finding in report.findings}
    heads = [
        *(t("最晚开始", "Start by"), t("最晚办结", "Done by"), t("要办的事", "Task")),
        *(t("去哪里", "Where"), t("谁去", "Who"), t("取什么", "Obtain")),
        *(t("怎么办", "How"), t("约需工作日", "Working days")),
        *(t("递交前必须办", "Required"), t("经办", "Owner"), t("办了", "Done on")),
        t("解决的判据", "Settles"),
    ]

    def make_row(errand: ErrandView) -> Sequence[Cell]:
        mark = marks.get(errand.errand, ErrandMark())
        steps = dict.fromkeys(map(say, errand.steps))
        settles = (
            titles[name].say(page_language())
            for name in errand.criteria
            if name in titles
        )
        return (
            *(errand.start, errand.done_by),
            *(
                text.say(page_language())
                for text in (errand.title, errand.where, errand.who, errand.obtain)
            ),
            *("\n".join(steps), errand.lead_days),
            t("是", "yes") if errand.required else t("否", "no"),
            *(mark.owner or None, mark.done_on, "\n".join(settles)),
        )

    content = write_workbook(
        t("要办的事", "tasks"), heads, map(make_row, report.errands)
    )
    return make_download(content, f"{here.row.folder}-{t('要办的事', 'tasks')}.xlsx")


_PATH: Final = "w/<slug:workspace>/c/<str:case>/errands/"
ROUTES = (
    PageRoute(
        path=_PATH,
        view=show_errands,
        name="errands",
        least=Role.EDITOR,
        methods=("GET", "POST"),
    ),
    PageRoute(
        path=f"{_PATH}calendar.ics",
        view=download_calendar,
        name="errands_calendar",
        least=Role.EDITOR,
    ),
    PageRoute(
        path=f"{_PATH}errands.xlsx",
        view=download_workbook,
        name="errands_sheet",
        least=Role.EDITOR,
    ),
)
