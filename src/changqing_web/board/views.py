"""项目总览: who must act next, by day; filtered, sorted and paged in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, QuerySet
from django.db.models import When as DatabaseWhen
from django.db.models.expressions import Combinable
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from changqing.agency.columns import BoardColumn
from changqing.agency.desk import Deed, DeskJournal, Note
from changqing.agency.next_step import DayKind, Party
from changqing.agency.rows import COLUMNS, FILTERS, LISTED, SORTS, When
from changqing.agency.workbook import export_rows
from changqing.casework.events import CaseStage
from changqing.errors import ChangqingError
from changqing.judge.model import Compliance, Readiness
from changqing.latest import Latest
from changqing.report.counting import NEAR_END
from changqing.report.words import HandingInState
from changqing.text import Text, both
from changqing_web.accounts.adapter import EXAMPLE_COMPANY
from changqing_web.board.clients import find_look_under_way
from changqing_web.board.columns import NARROWING, NOBODY, order_by, select_rows
from changqing_web.board.example_views import (
    find_agency_in_making,
    may_load_examples,
)
from changqing_web.downloads import make_download
from changqing_web.errors import list_issues
from changqing_web.index import catalogue, list_outdated, refresh_case
from changqing_web.language import page_language, t
from changqing_web.models import CaseRow, Role
from changqing_web.new.starts import count_limits, list_starts
from changqing_web.record import add_case_event
from changqing_web.templatetags.drawing import DrawnRows
from changqing_web.walls import Here, PageRoute
from changqing_web.work.read_all import find_last_reading, list_waiting

ARCHIVED: Final = "archived"
"""The view of what was put away, and is in no other."""
_PAGE: Final = 40
_DRAWN: Final[DrawnRows] = Latest(most=2000)
"""Rows kept ready in a process, some 4 kB each."""
_MOST_ASSIGNED: Final = 200
_LONGEST_NAME: Final = 80
_NOBODY: Final = Text(zh="没有下一步", en="No next step")
_ENDS: Final = {
    "90": Text(zh="已到期或90日内到期", en="ended, or under 90 days"),
    "365": Text(zh="一年内到期", en="under a year"),
    "none": Text(zh="没有证实", en="nothing proven"),
}
"""The choices of how long it is proven: ends within so many days, or no end proven."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A quick view: a tab with its count."""

    code: str
    name: Text
    which: Q
    alarming: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFilter:
    """One filter: what is chosen, and what can be."""

    code: str
    name: Text
    chosen: str
    choices: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardGroup:
    """Cases whose next day is about as near: a heading with its count, and its rows."""

    name: Text
    until: Text
    count: int
    rows: tuple[CaseRow, ...]


_OWN: Final = Q(day_kind=DayKind.OWN.value)
_BY_PARTY: Final = "must_act"
_SORTS: Final = {column.sort.query: column for column in SORTS if column.sort}
_NAMED: Final = {column.name: column for column in COLUMNS}


def list_views(today: date, me: str) -> tuple[View, ...]:
    """List the quick views, by the day and for `me`, who looks."""
    there = Q(archived=False)
    open_ = there & Q(ended=False)
    return (
        View(code="", name=Text(zh="全部", en="All"), which=there),
        View(
            code="mine",
            name=Text(zh="我的", en="Mine"),
            which=open_ & Q(owner__in=list_own_names(me)),
        ),
        View(
            code="overdue",
            name=Text(zh="已逾期", en="Overdue"),
            which=open_ & Q(next_day__lt=today) & ~_OWN,
            alarming=True,
        ),
        View(
            code="slipped",
            name=When.SLIPPED.text.capitalised,
            which=open_ & Q(next_day__lt=today) & _OWN,
        ),
        View(
            code="today",
            name=Text(zh="今天", en="Today"),
            which=open_ & Q(next_day=today),
        ),
        View(
            code="week",
            name=Text(zh="7日内", en="7 days"),
            which=open_ & Q(next_day__gt=today, next_day__lte=today + timedelta(7)),
        ),
        View(
            code="month",
            name=Text(zh="30日内", en="30 days"),
            which=open_
            & Q(next_day__gt=today + timedelta(7), next_day__lte=today + timedelta(30)),
        ),
        View(
            code="correction",
            name=Text(zh="补正中", en="In correction"),
            which=there & Q(stage=CaseStage.CORRECTION.value),
        ),
        View(
            code="blocked",
            name=Text(zh="有阻断", en="Blocked"),
            which=open_ & Q(blocking__gt=0),
        ),
        View(
            code="breached",
            name=Text(zh="义务未履行", en="Duties not performed"),
            which=open_ & Q(compliance=Compliance.BREACHED.value),
        ),
        View(
            code="ready",
            name=HandingInState.READY.text.capitalised,
            # Of what an earlier edition assessed, nothing is known of the documents.
            which=open_
            & Q(stage=CaseStage.PREPARE.value, readiness=Readiness.READY.value)
            & Q(handing_in__in=["", HandingInState.READY.value]),
        ),
        View(
            code="ending",
            name=Text(zh="已到期或90日内到期", en="Ended, or ends in 90 days"),
            which=open_ & Q(proven_until__lte=today + NEAR_END),
        ),
        View(
            code="report",
            name=Text(zh="年报待报", en="Report to hand in"),
            # A report can be handed in once its year is over: what falls due later
            # than this year is not waited for yet.
            which=open_ & Q(report_due__lte=date(today.year, 12, 31)),
        ),
        View(
            code=ARCHIVED,
            name=Text(zh="已归档", en="Archived"),
            which=Q(archived=True),
        ),
    )


def list_own_names(me: str) -> tuple[str, ...]:
    """List by what names somebody may stand as the owner of a case."""
    return (me, me.partition("@")[0])


def list_filters(request: HttpRequest, here: Here) -> tuple[BoardFilter, ...]:
    """List what the board can be narrowed by, with the choices of this workspace."""
    until = _NAMED["proven_until"]
    narrowing = find_narrowing(request)
    return (
        *(
            BoardFilter(
                code=column.name,
                name=column.choice.capitalised,
                chosen=narrowing.get(column.name, ""),
                choices=tuple(_list_choices(column, here)),
            )
            for column in FILTERS
        ),
        BoardFilter(
            code="until",
            name=until.choice.capitalised,
            chosen=narrowing.get("until", ""),
            choices=tuple(_ENDS.items()),
        ),
    )


def find_narrowing(request: HttpRequest) -> dict[str, str]:
    """Find what the address narrows the board by, without what cannot be chosen.

    No filter would show an unknown value as chosen, yet no case has it: it is passed
    over, or an old or mistyped address would say that there are no cases.
    """
    choices_by_column: dict[str, Collection[str]] = {"until": _ENDS}
    for column in FILTERS:
        if (choices := column.list_choices(catalogue())) is not None:
            choices_by_column[column.name] = {*choices, NOBODY}
    values_asked = {name: request.GET.get(name, "") for name in NARROWING}
    return {
        name: value
        for name, value in values_asked.items()
        if value and (name not in choices_by_column or value in choices_by_column[name])
    }


def _list_choices(column: BoardColumn, here: Here) -> Iterator[tuple[str, Text]]:
    """All members of an enum, else the values that the cases have; and who has none."""
    labels = column.list_choices(catalogue())
    if column.values is not None and labels is not None:
        yield from labels.items()
        return
    rows_with_value = here.workspace.cases.exclude(**{column.name: ""})
    for value in sorted(rows_with_value.values_list(column.name, flat=True).distinct()):
        yield value, (labels or {}).get(value, both(value))
    if labels is None:
        yield NOBODY, Text(zh="空缺", en="nobody")


def narrow_rows(request: HttpRequest, here: Here) -> QuerySet[CaseRow]:
    """Select the cases that fit what is written and chosen, whatever the quick view."""
    narrowing = find_narrowing(request)
    rows = select_rows(here.workspace.cases.all(), narrowing)
    if until := narrowing.get("until"):
        near = timezone.localdate() + timedelta(int(until)) if until.isdigit() else None
        rows = rows.filter(
            Q(proven_until__lte=near) if near else Q(proven_until=None, ended=False)
        )
    return rows


def group_rows(
    rows: Iterable[CaseRow],
    counts: Mapping[When | Party | None, int],
    today: date,
    *,
    by: str,
) -> list[BoardGroup]:
    """Group the rows under their headings.

    The counts are of all that fits, not of a page.
    """
    if by == _BY_PARTY:
        return [
            BoardGroup(
                name=_NOBODY if party is None else party.text.capitalised,
                until=Text("", ""),
                count=counts[party],
                rows=tuple(of),
            )
            for party, of in groupby(rows, key=lambda row: row.board.must_act)
        ]
    return [
        BoardGroup(
            name=name.text.capitalised,
            until=_describe_term(name, today),
            count=counts[name],
            rows=tuple(of),
        )
        for name, of in groupby(rows, key=lambda row: row.board.compute_nearness(today))
    ]


def _order_rows(sort: str, by: str, today: date) -> Iterator[str | Combinable]:
    """How the list is ordered: own plans that passed stand after what is overdue."""
    if by == _BY_PARTY:
        yield next(order_by(_NAMED[_BY_PARTY]))
    if sort == "next" and not by:
        passed = Q(ended=False, next_day__lt=today)
        yield "ended"
        yield Case(
            DatabaseWhen(passed & ~_OWN, then=0),
            DatabaseWhen(passed, then=1),
            default=2,
        )
    yield from order_by(_SORTS[sort])
    yield "pk"


def _describe_term(name: When, today: date) -> Text:
    days = {When.OVERDUE: 0, When.SLIPPED: 0, When.WEEK: 7, When.MONTH: 30}.get(name)
    if days is None:
        return Text(zh="", en="")
    day = today + timedelta(days)
    if name is When.SLIPPED:
        return Text(
            zh="自己定的日子，过了没有法律后果",
            en="one’s own day: nothing in law follows",
        )
    before = "应在" if name is When.OVERDUE else ""
    after = "以前办结" if name is When.OVERDUE else "以前"
    due = "due before" if name is When.OVERDUE else "by"
    return Text(
        zh=f"{before}{day.month}月{day.day}日{after}", en=f"{due} {day.isoformat()}"
    )


def _count_rows(
    rows: QuerySet[CaseRow], today: date, me: str, *, by: str
) -> tuple[Sequence[View], Mapping[When | Party | None, int]]:
    """How many cases stand in each quick view and under each heading, in one query.

    The headings are those of the grouping: each count is looked at for every case.
    """
    every = list_views(today, me)
    there = Q(archived=False)
    open_ = there & Q(ended=False)
    headings: dict[When | Party | None, Q] = {
        When.LATER: open_ & Q(next_day__gt=today + timedelta(30)),
        When.UNDATED: open_ & Q(next_day=None),
        When.ENDED: there & Q(ended=True),
    }
    if by == _BY_PARTY:
        headings = {party: there & Q(must_act=party.value) for party in Party}
        headings[None] = there & Q(must_act="")
    counts = rows.aggregate(
        **{
            f"n{i}": Count("pk", filter=v.which or Q(pk__gt=0))
            for i, v in enumerate(every)
        },
        **{
            f"h{i}": Count("pk", filter=which)
            for i, which in enumerate(headings.values())
        },
    )
    tabs = [replace(v, count=counts[f"n{i}"]) for i, v in enumerate(every)]
    of_view = {view.code: view.count for view in tabs}
    return tabs, {
        **{name: of_view[name.value] for name in When if name.value in of_view},
        **{name: counts[f"h{i}"] for i, name in enumerate(headings)},
    }


def _find_view(request: HttpRequest, every: Sequence[View]) -> View:
    """The quick view that is asked for, else all."""
    return next((v for v in every if v.code == request.GET.get("view", "")), every[0])


def _choose_order(request: HttpRequest) -> str:
    """The order that is asked for, else by the next date."""
    sort = request.GET.get("sort", "next")
    return sort if sort in _SORTS else "next"


def _load_rows(here: Here, keys: Iterable[int], today: date) -> list[CaseRow]:
    """The rows in the order of their keys; one that held yesterday is read again."""
    rows_by_key = here.workspace.cases.in_bulk(list(keys))
    rows = [rows_by_key[key] for key in keys if key in rows_by_key]
    stale = {row.pk for row in list_outdated(rows, today)}
    return [
        refresh_case(here.workspace, row.folder, today) if row.pk in stale else row
        for row in rows
    ]


def show_board(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the cases, one page of them, grouped by how near the next day is."""
    today = timezone.localdate()
    rows = narrow_rows(request, here)
    by = _BY_PARTY if request.GET.get("group") == _BY_PARTY else ""
    tabs, counts = _count_rows(rows, today, here.name, by=by)
    tab, sort = _find_view(request, tabs), _choose_order(request)
    # Whatever `ended` may be is named, or SQLite passes over the index that has all
    # that is sorted by and reads every row.
    ordered = rows.filter(tab.which, ended__in=(False, True))
    ordered = ordered.order_by(*_order_rows(sort, by, today))
    # The index holds what is sorted by: only the rows of this page are read.
    keys = Paginator(ordered.values_list("pk", flat=True), _PAGE)
    keys.count = tab.count  # as counted above; Django would count once more
    page = keys.get_page(request.GET.get("page"))
    rows_shown = _load_rows(here, page.object_list, today)
    filters = list_filters(request, here)
    may_edit = here.may(Role.EDITOR)
    narrowed = bool(find_narrowing(request))
    in_all = tabs[0].count
    if narrowed:
        in_all = here.workspace.cases.filter(archived=False).count()
    plain = [
        BoardGroup(
            name=Text("", ""), until=Text("", ""), count=0, rows=tuple(rows_shown)
        )
    ]
    context = {
        "section": "board",
        "today": today,
        "tabs": [tab for tab in tabs if tab.count or tab.code != ARCHIVED],
        "archived": next(tab.count for tab in tabs if tab.code == ARCHIVED),
        "tab": tab,
        "of_view": {view.code: view.count for view in tabs},
        "filters": filters,
        "owners": [
            code for f in filters if f.code == "owner" for code, _ in f.choices[:-1]
        ],
        "narrowed": narrowed,
        "in_all": in_all,
        "now": timezone.localtime(),
        "job": find_look_under_way(here),
        "making": find_agency_in_making(here),
        "waiting": list_waiting(here.workspace).count(),
        "reading_all": find_last_reading(here.workspace),
        "page": page,
        "numbers": page.paginator.get_elided_page_range(
            page.number, on_each_side=1, on_ends=1
        ),
        "shown": rows_shown,
        "groups": group_rows(rows_shown, counts, today, by=by)
        if (by or sort == "next") and not tab.code
        else plain,
        "by": by,
        "sort": sort,
        "sorts": [(code, column.choice) for code, column in _SORTS.items()],
        "columns": LISTED,
        "judged": sum(column.judged for column in LISTED),
        "first_judged": next(column for column in LISTED if column.judged),
        "across": len(LISTED) + 1,  # with the box to tick
        "near_end": today + NEAR_END,
        "drawings": _DRAWN,
        "drawn_for": (page_language(), today, here.workspace.slug, may_edit),
        "may_edit": may_edit,
        "empty_home": not in_all,
        "example": None if in_all else _find_example(here),
        "may_load_examples": not in_all and may_load_examples(here),
        "begun": [] if in_all or not may_edit else list_starts(here.workspace),
        **count_limits(),
    }
    template = "board/list.html" if request.htmx else "board/board.html"  # type: ignore[attr-defined]
    return render(request, template, context)


def _find_example(here: Here) -> str | None:
    """The workspace of examples, once one is made, for who is in it and elsewhere."""
    if not isinstance(here.user, User):
        return None
    memberships = here.user.memberships.filter(
        workspace__slug=EXAMPLE_COMPANY, workspace__cases__isnull=False
    )
    return (
        EXAMPLE_COMPANY
        if memberships.exclude(workspace=here.workspace).exists()
        else None
    )


def assign_cases(request: HttpRequest, here: Here) -> HttpResponse:
    """Name one person for all the cases that were ticked."""
    owner = " ".join(request.POST.get("owner", "").split())[:_LONGEST_NAME]
    ticked = request.POST.getlist("case")[:_MOST_ASSIGNED]
    rows = list(here.workspace.cases.filter(folder__in=ticked).order_by("name"))
    back = redirect("board", workspace=here.workspace.slug)
    query = QueryDict(request.POST.get("back", "")).urlencode()
    back["Location"] += f"?{query}".rstrip("?")
    if not rows:
        messages.warning(request, t("还没有勾选项目。", "No case is ticked."))
        return back
    refused = []
    for row in rows:
        within = replace(here, case=row)
        note = Note(deed=Deed.ASSIGN, by=here.name, to=owner)
        try:
            with DeskJournal(within.folder) as desk:
                desk.append(note, now=timezone.now())
        except ChangqingError as error:
            refused.append(f"{row.name}（{'；'.join(list_issues(error))}）")
            continue
        refresh_case(here.workspace, row.folder)
        add_case_event(
            within,
            "assign",
            Text(zh=f"经办：{owner or '空缺'}", en=f"owner: {owner or 'nobody'}"),
        )
    done_count = len(rows) - len(refused)
    if done_count:
        who = owner or t("空缺", "nobody")
        messages.success(
            request,
            t(
                f"{done_count}件的经办改为{who}。",
                f"{done_count} now looked after by {who}.",
            ),
        )
    if refused:
        messages.error(
            request, t("这些没有改成：", "Not changed: ") + "、".join(refused)
        )
    return back


def download_cases(request: HttpRequest, here: Here) -> HttpResponse:
    """Give all cases that fit as a workbook."""
    today = timezone.localdate()
    tab = _find_view(request, list_views(today, here.name))
    rows = narrow_rows(request, here).filter(tab.which)
    ordered = rows.order_by(*_order_rows(_choose_order(request), "", today))
    content = export_rows(
        (row.board for row in ordered.iterator()), today, page_language(), catalogue()
    )
    return make_download(content, f"{here.workspace.slug}-{today.isoformat()}.xlsx")


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/", view=show_board, name="board", least=Role.EDITOR
    ),
    PageRoute(
        path="w/<slug:workspace>/assign/",
        view=assign_cases,
        name="assign",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path="w/<slug:workspace>/cases.xlsx",
        view=download_cases,
        name="board_sheet",
        least=Role.EDITOR,
    ),
)
