"""案件总览: who must act next, by day; filtered, sorted and paged in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from changqing.casework import STAGE_NAMES, Stage
from changqing.dossier import READINESS
from changqing.text import Text
from changqing_web.index import catalogue, outdated, refresh
from changqing_web.models import CaseRow, Role
from changqing_web.walls import Here, Route

_PAGE: Final = 40
_NEAR_END: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A quick view: a tab with its count."""

    code: str
    name: Text
    which: Q
    alarming: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter: what is chosen, and what can be."""

    code: str
    name: Text
    chosen: str
    choices: tuple[tuple[str, Text], ...]

    @property
    def said(self) -> Text | None:
        """What is chosen, in words."""
        return dict(self.choices).get(self.chosen)


SORTS: Final = {
    "next": (F("next_day").asc(nulls_last=True), "name"),
    "name": ("name",),
    "proven": (F("proven_until").asc(nulls_last=True), "name"),
    "blocking": (F("blocking").desc(nulls_last=True), "name"),
    "assessed": (F("assessed_on").desc(nulls_last=True), "name"),
}
SORT_NAMES: Final = {
    "next": Text(zh="下一期限", en="next date"),
    "name": Text(zh="企业名称", en="company"),
    "proven": Text(zh="证实至", en="proven until"),
    "blocking": Text(zh="阻断多少", en="blocking"),
    "assessed": Text(zh="最近评估", en="last assessed"),
}


def views(today: date) -> tuple[View, ...]:
    """The quick views, by the day."""
    open_ = Q(ended=False)
    return (
        View(code="", name=Text(zh="全部", en="All"), which=Q()),
        View(
            code="overdue",
            name=Text(zh="已逾期", en="Overdue"),
            which=open_ & Q(next_day__lt=today),
            alarming=True,
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
            which=Q(stage=Stage.CORRECTION.value),
        ),
        View(
            code="blocked",
            name=Text(zh="有阻断", en="Blocked"),
            which=open_ & Q(blocking__gt=0),
        ),
        View(
            code="ending",
            name=Text(zh="90日内续航到头", en="Proven under 90 days"),
            which=open_ & Q(proven_until__lte=today + _NEAR_END),
        ),
    )


def filters(request: HttpRequest, here: Here) -> tuple[Filter, ...]:
    """What the list can be narrowed by, with the choices this workspace has."""
    known = catalogue()
    rows = here.workspace.cases
    licences = rows.exclude(licence="").values_list("licence", flat=True).distinct()
    regions = rows.exclude(region="").values_list("region", flat=True).distinct()
    owners = rows.exclude(owner="").values_list("owner", flat=True).distinct()

    def chosen(code: str) -> str:
        return request.GET.get(code, "")

    return (
        Filter(
            code="stage",
            name=Text(zh="阶段", en="Stage"),
            chosen=chosen("stage"),
            choices=tuple((s.value, STAGE_NAMES[s]) for s in Stage),
        ),
        Filter(
            code="readiness",
            name=Text(zh="申报条件", en="Readiness"),
            chosen=chosen("readiness"),
            choices=tuple(READINESS.items()),
        ),
        Filter(
            code="licence",
            name=Text(zh="业务", en="Licence"),
            chosen=chosen("licence"),
            choices=tuple((code, _licence(code)) for code in sorted(licences)),
        ),
        Filter(
            code="region",
            name=Text(zh="注册地", en="Region"),
            chosen=chosen("region"),
            choices=tuple(
                (code, known.regions[code].label)
                for code in sorted(regions)
                if code in known.regions
            ),
        ),
        Filter(
            code="owner",
            name=Text(zh="经办", en="Owner"),
            chosen=chosen("owner"),
            choices=tuple((name, Text(zh=name, en=name)) for name in sorted(owners)),
        ),
    )


def _licence(code: str) -> Text:
    licence = catalogue().licences.get(code)
    if licence is None:
        return Text(zh=code, en=code)
    return Text(zh=f"{code}{licence.label.zh}", en=f"{code} {licence.label.en}")


def narrowed(request: HttpRequest, here: Here) -> QuerySet[CaseRow]:
    """The cases that fit what is written and chosen, whatever the quick view."""
    rows = here.workspace.cases.all()
    for name in ("stage", "readiness", "licence", "region", "owner"):
        if value := request.GET.get(name):
            rows = rows.filter(**{name: value})
    if words := request.GET.get("q", "").strip():
        rows = rows.filter(
            Q(name__icontains=words)
            | Q(credit_code__istartswith=words)
            | Q(folder__icontains=words)
        )
    return rows


def board(request: HttpRequest, here: Here) -> HttpResponse:
    """The list, one page of it, grouped by how near the next day is."""
    today = timezone.localdate()
    rows = narrowed(request, here)
    every = views(today)
    counts = rows.aggregate(
        **{
            f"n{i}": Count("pk", filter=v.which or Q(pk__gt=0))
            for i, v in enumerate(every)
        }
    )
    tabs = [
        View(
            code=v.code,
            name=v.name,
            which=v.which,
            alarming=v.alarming,
            count=counts[f"n{i}"],
        )
        for i, v in enumerate(every)
    ]
    tab = next((v for v in tabs if v.code == request.GET.get("view", "")), tabs[0])
    sort = request.GET.get("sort", "next")
    order = SORTS.get(sort, SORTS["next"])
    page = Paginator(rows.filter(tab.which).order_by(*order, "pk"), _PAGE).get_page(
        request.GET.get("page")
    )
    shown = list(page.object_list)
    for row in outdated(shown, today):
        refresh(here.workspace, row.folder, today)
    context = {
        "today": today,
        "tabs": tabs,
        "tab": tab,
        "filters": filters(request, here),
        "narrowed": any(
            request.GET.get(name)
            for name in ("stage", "readiness", "licence", "region", "owner", "q")
        ),
        "page": page,
        "rows": shown,
        "groups": sort == "next" and tab.code == "",
        "sort": sort if sort in SORTS else "next",
        "sorts": SORT_NAMES.items(),
        "near_end": today + _NEAR_END,
        "may_edit": here.may(Role.EDITOR),
    }
    template = "board_list.html" if request.htmx else "board.html"  # type: ignore[attr-defined]
    return render(request, template, context)


ROUTES = (
    Route(path="w/<slug:workspace>/", view=board, name="board", least=Role.EDITOR),
)
