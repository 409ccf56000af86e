"""Samples of a run on pages: drawn by lot, and filled in by who is signed in."""

from __future__ import annotations

from secrets import randbelow
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from changqing.day import beijing_day
from changqing.errors import CaseError
from changqing_web.errors import list_issues
from changqing_web.language import t
from changqing_web.models import Role
from changqing_web.register.views import demand_polars, load_run
from changqing_web.walls import Here, PageRoute

if TYPE_CHECKING:
    from changqing_web.register.runs import ShownRun

_SIZE: Final = 60
_MOST: Final = 1_000
_SEEDS: Final = 10**9
_LONGEST: Final = 200
_FOUND: Final = {"right": True, "wrong": False}


def show_samples(request: HttpRequest, here: Here, run: str) -> HttpResponse:
    """Show the samples of a run: of which signal, and how many of each are seen."""
    demand_polars()
    from changqing_web.register.sample_lines import list_marked, read_samples

    shown_run, more = load_run(request, here, run)
    more |= {"size": _SIZE, "most": _MOST, "signals": list_marked(shown_run)}
    try:
        more["lines"] = list(read_samples(shown_run))
    except CaseError as error:
        for line in list_issues(error):
            messages.error(request, line)
    return render(request, "register/samples.html", more)


def draw_sample(request: HttpRequest, here: Here, run: str) -> HttpResponse:
    """Draw a sample of a signal; by which seed is not for whoever draws to choose."""
    demand_polars()
    from changqing.screening.lead_journal import ScreenSignal
    from changqing.screening.signals import write_sample
    from changqing_web.register.figures import MARKED
    from changqing_web.register.runs import find_catalogue, find_run

    shown_run = find_run(here.workspace, run)
    run_law = find_catalogue(shown_run.run)
    criterion, verdict = (request.POST.get(key, "") for key in ("criterion", "verdict"))
    if criterion not in run_law.criteria or verdict not in {e.value for e in MARKED}:
        raise Http404
    try:
        size = int(request.POST.get("size", ""))
    except ValueError:
        size = 0
    back = reverse("register_samples", args=[here.workspace.slug, run])
    if not 1 <= size <= _MOST:
        messages.error(
            request,
            t(f"抽几家：1至{_MOST}。", f"How many: from 1 to {_MOST}."),
        )
        return HttpResponseRedirect(back, status=303)
    try:
        path = write_sample(
            shown_run.run,
            ScreenSignal(criterion=criterion, verdict=verdict),
            run_law,
            size=size,
            seed=randbelow(_SEEDS),
        )
    except CaseError as error:
        for line in list_issues(error):
            messages.error(request, line)
        return HttpResponseRedirect(back, status=303)
    return _go_to_sample(here, run, path.stem)


def show_sample(
    request: HttpRequest, here: Here, run: str, sample: str
) -> HttpResponse:
    """Show the companies of a sample, those that nobody looked at to be filled in."""
    demand_polars()
    from changqing_web.register.sample_lines import find_line, find_looker, list_drawn

    shown_run, more = load_run(request, here, run)
    _demand_sample(shown_run, sample)
    try:
        line = find_line(shown_run, sample)
        more |= {
            "line": line,
            "drawn": list_drawn(shown_run, line.sample, here.workspace.slug),
            "own_name": find_looker(line.sample, here.name),
        }
    except CaseError as error:
        for issue in list_issues(error):
            messages.error(request, issue)
    return render(request, "register/sample.html", more)


def record_look(
    request: HttpRequest, here: Here, run: str, sample: str
) -> HttpResponse:
    """Record whether a company of a sample was marked rightly, and who looked."""
    demand_polars()
    from changqing.screening.signals import SampleLook, fill_in_sample
    from changqing_web.register.runs import find_catalogue, find_run

    shown_run = find_run(here.workspace, run)
    _demand_sample(shown_run, sample)
    typed = request.POST
    right = _FOUND.get(typed.get("found", ""))
    if right is None:
        raise Http404
    name = " ".join(typed.get("by", "").split())[:_LONGEST]
    look = SampleLook(
        right=right,
        by=name or here.name,
        account=here.name,
        on=beijing_day(timezone.now()).isoformat(),
        note=" ".join(typed.get("note", "").split())[:_LONGEST],
    )
    try:
        fill_in_sample(
            shown_run.run,
            sample,
            typed.get("case", ""),
            look,
            find_catalogue(shown_run.run),
        )
    except CaseError as error:
        for line in list_issues(error):
            messages.error(request, line)
    else:
        messages.success(request, t("已记下。", "Recorded."))
    return _go_to_sample(here, run, sample)


def _demand_sample(shown_run: ShownRun, name: str) -> None:
    """Raise Http404 where the run has no sample of that name."""
    from changqing.screening.signals import find_sample

    try:
        find_sample(shown_run.run, name)
    except CaseError as error:
        raise Http404 from error


def _go_to_sample(here: Here, run: str, sample: str) -> HttpResponseRedirect:
    place = reverse("register_sample", args=[here.workspace.slug, run, sample])
    return HttpResponseRedirect(place, status=303)


_RUN: Final = "w/<slug:workspace>/register/<slug:run>/"
_SAMPLE: Final = {"run": "november", "sample": "service_reachable.unmet.60.1"}

ROUTES = (
    PageRoute(
        path=f"{_RUN}samples/",
        view=show_samples,
        name="register_samples",
        least=Role.EDITOR,
        sample={"run": "november"},
    ),
    PageRoute(
        path=f"{_RUN}draw/",
        view=draw_sample,
        name="register_draw",
        least=Role.EDITOR,
        methods=("POST",),
        sample={"run": "november"},
    ),
    PageRoute(
        path=f"{_RUN}samples/<str:sample>/",
        view=show_sample,
        name="register_sample",
        least=Role.EDITOR,
        sample=_SAMPLE,
    ),
    PageRoute(
        path=f"{_RUN}samples/<str:sample>/look/",
        view=record_look,
        name="register_look",
        least=Role.EDITOR,
        methods=("POST",),
        sample=_SAMPLE,
    ),
)
