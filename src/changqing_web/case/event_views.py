"""记录: who did what to the case, and when; narrowed by who, what and when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from changqing.day import find_day_start
from changqing.text import Text
from changqing_web.cases import make_case_context
from changqing_web.language import t
from changqing_web.models import CaseEvent, Role
from changqing_web.walls import Here, PageRoute

_PAGE: Final = 50
_FAR: Final = date(9999, 1, 1)
KINDS: Final[dict[str, tuple[Text, tuple[str, ...]]]] = {
    "facts": (
        Text("事实和名单", "Facts and lists"),
        ("facts", "list", "answer", "api"),
    ),
    "papers": (
        Text("材料", "Papers"),
        ("upload", "paper", "read", "ask_papers", "erase", "deletion_day"),
    ),
    "looks": (
        Text("查看和监测", "Looks and watching"),
        ("look", "watch", "notices", "question"),
    ),
    "dossier": (
        Text("申报材料和封存", "Dossier and bundles"),
        ("dossier", "seal", "verify"),
    ),
    "casework": (Text("办理", "Casework"), ("casework", "errand")),
    "people": (
        Text("谁能看、谁看过", "Who may see, who saw"),
        (
            "view_identity",
            "review_link",
            "assign",
            "role",
            "invite",
            "remove",
            "token",
            "token_withdrawn",
            "withdraw",
        ),
    ),
    "folder": (
        Text("项目文件夹的进出", "The folder itself"),
        ("new", "import", "export", "archive"),
    ),
}
"""What people do, in the words by which it is looked for."""


def show_events(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the events of a case, newest first."""
    every = CaseEvent.objects.filter(workspace=here.workspace, case=here.row.folder)
    wrong: list[str] = []
    events = _narrow_events(request, every, wrong)
    more = {
        "page": Paginator(events, _PAGE).get_page(request.GET.get("page")),
        "actors": every.order_by("actor").values_list("actor", flat=True).distinct(),
        "kinds": [(code, name) for code, (name, _) in KINDS.items()],
        "chosen": {n: request.GET.get(n, "") for n in ("who", "what", "from", "to")},
        "narrowed": any(request.GET.get(n) for n in ("who", "what", "from", "to")),
        "errors": wrong,
    }
    return render(
        request, "case/events.html", make_case_context(here, "events", **more)
    )


def _narrow_events(
    request: HttpRequest, every: QuerySet[CaseEvent], wrong: list[str]
) -> QuerySet[CaseEvent]:
    query = request.GET
    if who := query.get("who"):
        every = every.filter(actor=who)
    if (kind := query.get("what", "")) in KINDS:
        every = every.filter(verb__in=KINDS[kind][1])
    if first := _parse_day(query.get("from", ""), wrong):
        every = every.filter(at__gte=find_day_start(first))
    if last := _parse_day(query.get("to", ""), wrong):
        every = every.filter(at__lt=find_day_start(last + timedelta(days=1)))
    return every


def _parse_day(typed: str, wrong: list[str]) -> date | None:
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = _FAR
    if day >= _FAR:
        wrong.append(t("日期写成2026-12-31这样", "write the day as 2026-12-31"))
        return None
    return day


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/c/<str:case>/events/",
        view=show_events,
        name="events",
        least=Role.EDITOR,
    ),
)
