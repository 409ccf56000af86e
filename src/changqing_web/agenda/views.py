"""日历: what falls due for all clients, days set by law apart from one's own plans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from changqing.agency.details import CalendarKind
from changqing.agency.next_step import Party
from changqing.notices.calendar import write_calendar
from changqing.notices.due import PROVISIONAL
from changqing.notices.outbox import Notice, make_notice_id
from changqing.text import Text
from changqing_web.agenda.days import (
    OWN,
    CalendarSpan,
    count_days,
    find_stretch,
    select_cases,
    select_days,
)
from changqing_web.downloads import make_download
from changqing_web.index import refresh_case
from changqing_web.language import page_language
from changqing_web.models import IndexedDay, Role
from changqing_web.walls import Here, PageRoute

_PAGE: Final = 100
_MOST_READ: Final = 40
_MOST_EXPORTED: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaLine:
    """What falls on a day for one case, and where it is dealt with."""

    found: IndexedDay
    kind: CalendarKind
    party: Party | None
    title: Text
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaDay:
    """A day: what is set from outside, then one's own plans."""

    day: date
    others: tuple[AgendaLine, ...]
    own: tuple[AgendaLine, ...]


def show_agenda(request: HttpRequest, here: Here) -> HttpResponse:
    """Show a week, a month or what has passed, of all cases."""
    today = timezone.localdate()
    stretch = find_stretch(request.GET, today)
    waiting = _read_outdated(here, request, today)
    days = select_days(here, request.GET)
    days_shown = days.filter(day__gte=stretch.start, day__lt=stretch.end)
    latest = "-day" if stretch.span is CalendarSpan.PAST else "day"
    ordered = days_shown.select_related("case").order_by(latest, "case__name", "pk")
    page = Paginator(ordered, _PAGE).get_page(request.GET.get("page"))
    more = {
        "section": "agenda",
        "today": today,
        "stretch": stretch,
        "last": stretch.end.fromordinal(stretch.end.toordinal() - 1),
        "spans": list(CalendarSpan),
        "page": page,
        "days": _group_days(here, page.object_list),
        "counts": list(count_days(days, stretch)),
        "late": days.filter(day__lt=today).exclude(kind=OWN).count(),
        "parties": list(Party),
        "kinds": list(CalendarKind),
        "narrowed": any(
            request.GET.get(name) for name in ("mine", "client", "party", "kind")
        ),
        "waiting": waiting,
    }
    return render(request, "agenda/agenda.html", more)


def download_calendar(request: HttpRequest, here: Here) -> HttpResponse:
    """Give what is to come and what was missed as a calendar, narrowed as the page.

    A missed day goes out as it is; an expiry that has passed is left out.
    """
    today = timezone.localdate()
    days = select_days(here, request.GET).select_related("case")
    some = days.exclude(day__lt=today, kind=CalendarKind.EXPIRY.value)
    notices = [_make_notice(day) for day in some.order_by("day", "pk")[:_MOST_EXPORTED]]
    content = write_calendar(notices, page_language(), timezone.now())
    name = f"{here.workspace.slug}.ics"
    return make_download(content, name, "text/calendar; charset=utf-8")


def _read_outdated(here: Here, request: HttpRequest, today: date) -> int:
    """Read again the cases whose days are of another day; how many are still left.

    The background does the same every few minutes, for all.
    """
    outdated = select_cases(here, request.GET).filter(holds_until__lt=today)
    for row in outdated.order_by("next_day", "pk")[:_MOST_READ]:
        refresh_case(here.workspace, row.folder, today)
    return outdated.count()


def _group_days(here: Here, indexed_days: Iterable[IndexedDay]) -> list[AgendaDay]:
    days = []
    for day, of in groupby(indexed_days, key=lambda entry: entry.day):
        lines = [_make_line(here, indexed_day) for indexed_day in of]
        days.append(
            AgendaDay(
                day=day,
                others=tuple(e for e in lines if e.kind is not CalendarKind.OWN),
                own=tuple(e for e in lines if e.kind is CalendarKind.OWN),
            )
        )
    return days


def _make_line(here: Here, indexed_day: IndexedDay) -> AgendaLine:
    place = [here.workspace.slug, indexed_day.case.folder]
    kind = CalendarKind(indexed_day.kind)
    expiry = kind is CalendarKind.EXPIRY
    return AgendaLine(
        found=indexed_day,
        kind=kind,
        party=Party(indexed_day.party) if indexed_day.party else None,
        title=Text(**indexed_day.title),
        url=reverse("case" if expiry else "casework", args=place),
    )


def _make_notice(indexed_day: IndexedDay) -> Notice:
    """What a calendar says of a day: kind, who acts, and what is to be done."""
    kind, does = CalendarKind(indexed_day.kind).text, Text(**indexed_day.does)
    texts = [kind.capitalised]
    if indexed_day.party:
        who = Party(indexed_day.party).text
        texts.append(Text(f"该谁办：{who.zh}", f"who acts: {who.en}"))
    texts.append(does)
    if indexed_day.provisional:
        texts.append(PROVISIONAL)
    case = indexed_day.case
    return Notice(
        id=make_notice_id(
            case.folder,
            case.board.owner or "",
            indexed_day.day,
            "due",
            indexed_day.code,
        ),
        case=f"{case.name} {case.board.licence}",  # a company may apply for several
        person=case.board.owner or "",
        day=indexed_day.day,
        kind=indexed_day.kind,
        title=Text(**indexed_day.title),
        body=Text(
            zh="\n".join(text.zh for text in texts),
            en="\n".join(text.en for text in texts),
        ),
    )


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/calendar/",
        view=show_agenda,
        name="agenda",
        least=Role.EDITOR,
    ),
    PageRoute(
        path="w/<slug:workspace>/calendar.ics",
        view=download_calendar,
        name="agenda_calendar",
        least=Role.EDITOR,
    ),
)
