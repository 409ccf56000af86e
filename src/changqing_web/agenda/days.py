"""Which days of which cases a calendar shows: a week, a month, or what has passed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Count, Q, QuerySet

from changqing.agency.details import CalendarKind
from changqing.agency.next_step import Party
from changqing.text import Text, WordedEnum
from changqing_web.board.views import list_own_names
from changqing_web.models import CaseRow, IndexedDay
from changqing_web.walls import Here

OWN: Final = CalendarKind.OWN.value


class CalendarSpan(WordedEnum):
    """How much of the calendar is shown at once."""

    WEEK = "week", Text("周", "week")
    MONTH = "month", Text("月", "month")
    PAST = "past", Text("已过", "passed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """From a day to another, the last not included, and the ones beside it."""

    span: CalendarSpan
    start: date
    end: date
    before: date | None
    after: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaCount:
    """How much falls on a day: what is set from outside, and one's own plans."""

    day: date
    others: int
    own: int


def find_stretch(query: Mapping[str, str], today: date) -> Stretch:
    """Find what is asked for: this week where it is not said, or not a day."""
    span = CalendarSpan.WEEK
    for member in CalendarSpan:
        if member.value == query.get("by"):
            span = member
    try:
        day = date.fromisoformat(query.get("from", ""))
    except ValueError:
        day = today
    if not 1900 < day.year < 9000:
        day = today
    if span is CalendarSpan.PAST:
        return Stretch(span=span, start=date.min, end=today, before=None, after=None)
    if span is CalendarSpan.WEEK:
        start = day - timedelta(days=day.weekday())
        week = timedelta(days=7)
        return Stretch(
            span=span,
            start=start,
            end=start + week,
            before=start - week,
            after=start + week,
        )
    start = day.replace(day=1)
    end = (start + timedelta(days=32)).replace(day=1)
    before = (start - timedelta(days=1)).replace(day=1)
    return Stretch(span=span, start=start, end=end, before=before, after=end)


def select_cases(here: Here, query: Mapping[str, str]) -> QuerySet[CaseRow]:
    """Select the cases that work is done on: one’s own, or a client’s, where asked."""
    rows = here.workspace.cases.filter(archived=False, ended=False)
    if query.get("mine"):
        rows = rows.filter(owner__in=list_own_names(here.name))
    if words := query.get("client", "").strip()[:200]:
        rows = rows.filter(
            Q(name__icontains=words) | Q(credit_code__iexact=words) | Q(folder=words)
        )
    return rows


def select_days(here: Here, query: Mapping[str, str]) -> QuerySet[IndexedDay]:
    """Select the days of those cases, of a party or a kind where asked."""
    days = IndexedDay.objects.filter(case__in=select_cases(here, query))
    if query.get("party") in {party.value for party in Party}:
        days = days.filter(party=query["party"])
    if query.get("kind") in {kind.value for kind in CalendarKind}:
        days = days.filter(kind=query["kind"])
    return days


def count_days(days: QuerySet[IndexedDay], stretch: Stretch) -> Iterator[AgendaCount]:
    """Count what falls on each day of a week or month; nothing of what has passed."""
    if stretch.span is CalendarSpan.PAST:
        return
    counts_by_day = {
        row["day"]: row
        for row in days.filter(day__gte=stretch.start, day__lt=stretch.end)
        .values("day")
        .annotate(every=Count("pk"), own=Count("pk", filter=Q(kind=OWN)))
    }
    for number in range((stretch.end - stretch.start).days):
        day = stretch.start + timedelta(days=number)
        counted = counts_by_day.get(day, {"every": 0, "own": 0})
        own = counted["own"]
        yield AgendaCount(day=day, others=counted["every"] - own, own=own)
