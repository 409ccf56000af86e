"""The pages of a register: its runs, and what each says in figures."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from changqing.text import Text
from changqing_web.index import catalogue
from changqing_web.models import Role
from changqing_web.register.place import find_runs_folder
from changqing_web.walls import Here, PageRoute

if TYPE_CHECKING:
    from changqing.screening.results import CaseGroup


def show_runs(request: HttpRequest, here: Here) -> HttpResponse:
    """The runs of this workspace, newest first."""
    more: dict[str, object] = {"section": "register"}
    if find_spec("polars") is None:
        return render(request, "register/runs.html", {**more, "lacking": True})
    from changqing.screening.screen import LEADS
    from changqing_web.register.runs import list_runs

    return render(
        request,
        "register/runs.html",
        {
            **more,
            "leads": LEADS,
            "found": list_runs(here.workspace),
            "there": find_runs_folder(here.workspace).is_dir(),
        },
    )


def show_run(request: HttpRequest, here: Here, run: str) -> HttpResponse:
    """What a run says, counted: sentences, lapses, dimensions, provinces, licences."""
    _demand_polars()
    from changqing.screening.result_words import COLUMNS
    from changqing.screening.screen import LEADS
    from changqing_web.register.figures import MARKED, make_overview
    from changqing_web.register.runs import find_run

    shown = find_run(here.workspace, run)
    within = _read_group(request)
    return render(
        request,
        "register/run.html",
        {
            "section": "register",
            "leads": LEADS,
            "shown": shown,
            "found": make_overview(shown, within),
            "marked": MARKED,
            "heads": {
                "lapse": Text("哪一种", "Which"),
                **{name: column.capitalised for name, column in COLUMNS.items()},
            },
            "filters": _list_filters(within),
            "narrowed": bool(within.region or within.licence),
        },
    )


def _demand_polars() -> None:
    """Raise Http404 where the extra that reads runs is not installed."""
    if find_spec("polars") is None:
        raise Http404


def _read_group(request: HttpRequest) -> CaseGroup:
    """Which cases are chosen; what the catalogue does not know chooses all."""
    from changqing.screening.results import CaseGroup

    known = catalogue()
    region, licence = request.GET.get("region", ""), request.GET.get("licence", "")
    return CaseGroup(
        region=region if region in known.regions else None,
        licence=licence if licence in known.licences else None,
    )


def _list_filters(within: CaseGroup) -> list[dict[str, object]]:
    known = catalogue()
    return [
        {
            "code": "region",
            "name": Text("省份", "Province"),
            "choices": [(code, region.label) for code, region in known.regions.items()],
            "chosen": within.region,
        },
        {
            "code": "licence",
            "name": Text("业务种类", "Licence"),
            "choices": [
                (code, Text(f"{code} {e.label.zh}", f"{code} {e.label.en}"))
                for code, e in known.licences.items()
            ],
            "chosen": within.licence,
        },
    ]


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/register/",
        view=show_runs,
        name="register",
        least=Role.EDITOR,
    ),
    PageRoute(
        path="w/<slug:workspace>/register/<slug:run>/",
        view=show_run,
        name="register_run",
        least=Role.EDITOR,
        sample={"run": "november"},
    ),
)
