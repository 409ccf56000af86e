"""The pages of a register: its runs, and what each says in figures."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from changqing.errors import CaseError
from changqing.law.kit import Dimension
from changqing.law.model import Verdict
from changqing.text import Text
from changqing_web.errors import list_issues
from changqing_web.language import t
from changqing_web.models import Role
from changqing_web.register.place import find_runs_folder
from changqing_web.walls import Here, PageRoute, View

if TYPE_CHECKING:
    from changqing.screening.results import CaseGroup
    from changqing_web.register.listing import AskedCompanies
    from changqing_web.register.runs import ShownRun

_FEW: Final = 12
_LONGEST: Final = 200
_MOST_IN_WORKBOOK: Final = 20_000
"""A workbook of more takes a minute, and its reader will hardly open it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """By what the cases of a run may be narrowed: a list to choose from."""

    code: str
    name: Text
    choices: tuple[tuple[str, Text], ...]
    chosen: str | None


def show_runs(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the runs of this workspace, newest first."""
    more = {"section": "register"}
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
    """Show what a run says, by sentence, lapse, dimension, province, licence."""
    demand_polars()
    from changqing_web.register.figures import make_overview
    from changqing_web.register.runs import list_runs

    shown_run, more = load_run(request, here, run)
    others = [
        other_run
        for other_run in list_runs(here.workspace).runs
        if other_run.name != run
    ]
    others.sort(
        key=lambda other: other.as_of > shown_run.as_of
    )  # the run before it first
    overview = make_overview(shown_run, _read_group(request, shown_run))
    return render(
        request,
        "register/run.html",
        {**more, "found": overview, "most": overview.criteria[:_FEW], "others": others},
    )


def show_criteria(request: HttpRequest, here: Here, run: str) -> HttpResponse:
    """Show every criterion that is not met of somebody, counted by verdict."""
    demand_polars()
    from changqing_web.register.figures import make_overview

    shown_run, more = load_run(request, here, run)
    rows = make_overview(shown_run, _read_group(request, shown_run)).criteria
    dimension = request.GET.get("dimension", "")
    chosen_dimension = dimension if dimension in {*Dimension} else ""
    if chosen_dimension:
        rows = tuple(
            row for row in rows if row.about == Dimension(chosen_dimension).text
        )
    return render(
        request,
        "register/criteria.html",
        {
            **more,
            "rows": rows,
            "dimensions": list(Dimension),
            "dimension": chosen_dimension,
        },
    )


def hand_out_criteria(
    request: HttpRequest, here: Here, run: str, kind: str
) -> HttpResponse:
    """Give the counts by criterion and verdict as a file."""
    demand_polars()
    from changqing.screening.results import Asked, count_verdicts
    from changqing_web.register.files import hand_out
    from changqing_web.register.runs import find_catalogue, find_run

    shown_run = find_run(here.workspace, run)
    query = Asked(within=_read_group(request, shown_run))
    table = count_verdicts(shown_run.run, query, find_catalogue(shown_run.run))
    return hand_out(table, f"{run}-criteria", kind)


def show_change(request: HttpRequest, here: Here, run: str) -> HttpResponse:
    """Show what changed from another run to this one."""
    demand_polars()
    from changqing_web.register.changes import find_change
    from changqing_web.register.runs import find_run

    shown_run, more = load_run(request, here, run)
    before = find_run(here.workspace, request.GET.get("before", ""))
    return render(
        request,
        "register/change.html",
        {**more, "before": before, "found": find_change(before, shown_run)},
    )


def show_companies(request: HttpRequest, here: Here, run: str) -> HttpResponse:
    """Show companies by name; or those that a signal marks, once it is measured."""
    demand_polars()
    from changqing.screening.result_words import name_value
    from changqing_web.register.listing import list_page, measure_signal

    shown_run, more = load_run(request, here, run)
    query = _read_asked(request, shown_run)
    more |= {"signal": query.signal, "words": query.words}
    if query.signal is not None:
        measured = measure_signal(shown_run, query.signal)
        more |= {
            "measured": measured,
            "title": name_value("criterion", query.signal.criterion),
            "signal_verdict": Verdict(query.signal.verdict),
        }
        if not measured.is_listed:
            return render(request, "register/companies.html", more)
    page = list_page(shown_run, query, request.GET.get("page"), here.workspace.slug)
    return render(request, "register/companies.html", {**more, "page": page})


def hand_out_companies(
    request: HttpRequest, here: Here, run: str, kind: str
) -> HttpResponse:
    """Give the companies of a list as a file; none where the signal is not measured."""
    demand_polars()
    from changqing_web.register.files import hand_out
    from changqing_web.register.listing import list_part
    from changqing_web.register.runs import find_run

    shown_run = find_run(here.workspace, run)
    query = _read_asked(request, shown_run)
    if kind == "xlsx":
        total = list_part(shown_run, query, start=0, most=0).total
        if total > _MOST_IN_WORKBOOK:
            messages.error(
                request,
                t(
                    f"{total}家，一张表最多{_MOST_IN_WORKBOOK}行：先筛选，或者导出CSV。",
                    f"There are {total} companies, and a workbook takes "
                    f"{_MOST_IN_WORKBOOK} rows: filter first, or take the CSV.",
                ),
            )
            back = reverse("register_companies", args=[here.workspace.slug, run])
            return HttpResponseRedirect(f"{back}?{request.GET.urlencode()}", status=303)
    part = list_part(shown_run, query, start=0, most=None)
    return hand_out(part.table, f"{run}-companies", kind)


def show_company(request: HttpRequest, here: Here, run: str) -> HttpResponse:
    """Show all that a run says of one company, with the reason of each verdict."""
    demand_polars()
    from changqing.screening.case_results import find_case_results
    from changqing_web.register.listing import (
        list_about,
        list_met,
        list_reasons,
        list_sentences,
    )
    from changqing_web.register.opening import find_opened

    shown_run, more = load_run(request, here, run)
    results = find_case_results(shown_run.run, request.GET.get("id", ""))
    if results is None:
        raise Http404
    opened = find_opened(here, shown_run, results.case)
    return render(
        request,
        "register/company.html",
        {
            **more,
            "found": results,
            "about": list_about(results),
            "sentences": list_sentences(results),
            "groups": list_reasons(results, shown_run),
            "met": list_met(results),
            "opened": "" if opened is None else opened.folder,
        },
    )


def open_from_run(request: HttpRequest, here: Here, run: str) -> HttpResponse:
    """Take a company out as a case; one that was taken out before is not made again."""
    demand_polars()
    from changqing.screening.case_results import find_case_results
    from changqing_web.register.listing import find_address
    from changqing_web.register.opening import find_opened, open_company
    from changqing_web.register.runs import find_run

    shown_run = find_run(here.workspace, run)
    case = request.POST.get("id", "")
    if find_case_results(shown_run.run, case) is None:
        raise Http404
    row = find_opened(here, shown_run, case)
    if row is None:
        try:
            row = open_company(here, shown_run, case)
        except CaseError as error:
            for line in list_issues(error):
                messages.error(request, line)
            address = find_address(shown_run, here.workspace.slug, case)
            return HttpResponseRedirect(address, status=303)
        messages.success(
            request,
            t(
                "已取成项目。它只有登记册里的记录，没有材料原件，是线索，不能封存。",
                "It is a case now. It holds the records of the register and no papers; "
                "it is a lead, and cannot be sealed.",
            ),
        )
        if shown_run.is_by_other_law:
            messages.warning(
                request,
                t(
                    "筛查用的是另一版规定，项目按本程序的这一版判断，结论可能不同。",
                    "The run went by another edition of the rules; cases here are "
                    "judged by this one, and may come out otherwise.",
                ),
            )
    answer = redirect("case", workspace=here.workspace.slug, case=row.folder)
    answer.status_code = 303
    return answer


def show_leads(request: HttpRequest, here: Here, run: str) -> HttpResponse:
    """Show the leads of a run, their steps, and how often its signals were right."""
    demand_polars()
    from changqing_web.register.lead_lines import (
        find_last_name,
        list_leads,
        list_signals,
    )

    shown_run, more = load_run(request, here, run)
    # What could not be read is left out, and is not said to be none.
    for name, load_part in (
        ("lines", lambda: list_leads(shown_run, here.workspace.slug)),
        ("signals", lambda: list_signals(shown_run)),
        ("own_name", lambda: find_last_name(shown_run, here.name)),
    ):
        try:
            more[name] = load_part()
        except CaseError as error:
            for line in list_issues(error):
                messages.error(request, line)
    return render(request, "register/leads.html", more)


def take_lead_on(request: HttpRequest, here: Here, run: str) -> HttpResponse:
    """Record the next step of a lead, by whoever is signed in.

    A second look takes their name as well: a lead may have been opened under it at the
    command line, where nobody has an account.
    """
    demand_polars()
    from changqing.screening.lead_journal import LeadStep, ScreenSignal
    from changqing.screening.leads import go_on_with_lead
    from changqing_web.register.runs import find_run

    shown_run = find_run(here.workspace, run)
    typed = request.POST
    step = typed.get("step", "")
    if step not in {*LeadStep} - {LeadStep.OPENED}:
        raise Http404
    back = reverse("register_leads", args=[here.workspace.slug, run])
    name = " ".join(typed.get("by", "").split())[:_LONGEST]
    if not name and step in (LeadStep.CONFIRMED, LeadStep.REFUTED):
        messages.error(
            request,
            t(
                "复核要写姓名：开线索的人可能没有用账号。",
                "A second look takes your name: whoever opened the lead may have used "
                "no account.",
            ),
        )
        return HttpResponseRedirect(back, status=303)
    try:
        go_on_with_lead(
            shown_run.run,
            typed.get("case", ""),
            ScreenSignal(
                criterion=typed.get("criterion", ""), verdict=typed.get("verdict", "")
            ),
            LeadStep(step),
            by=name or here.name,
            account=here.name,
            now=timezone.now(),
            note=" ".join(typed.get("note", "").split())[:_LONGEST],
        )
    except CaseError as error:
        for line in list_issues(error):
            messages.error(request, line)
    else:
        messages.success(request, t("已记下。", "Recorded."))
    return HttpResponseRedirect(back, status=303)


def load_run(
    request: HttpRequest, here: Here, run: str
) -> tuple[ShownRun, dict[str, object]]:
    """Load the run that a page is about, and what every page of it shows."""
    from changqing.screening.result_words import COLUMNS
    from changqing.screening.screen import LEADS
    from changqing_web.register.figures import MARKED
    from changqing_web.register.runs import find_run

    shown_run = find_run(here.workspace, run)
    within = _read_group(request, shown_run)
    return shown_run, {
        "section": "register",
        "leads": LEADS,
        "shown": shown_run,
        "marked": MARKED,
        "heads": {
            "lapse": Text("哪一种", "Which"),
            **{name: column.capitalised for name, column in COLUMNS.items()},
        },
        "filters": _list_filters(within, shown_run),
        "narrowed": bool(within.region or within.licence),
    }


def _read_asked(request: HttpRequest, shown_run: ShownRun) -> AskedCompanies:
    """Which companies are asked for. Http404 for a signal that there is none of."""
    from changqing.screening.lead_journal import ScreenSignal
    from changqing_web.register.figures import MARKED
    from changqing_web.register.listing import AskedCompanies
    from changqing_web.register.runs import find_catalogue

    criterion, verdict = request.GET.get("criterion", ""), request.GET.get("verdict")
    signal = None
    if criterion or verdict:
        criteria = find_catalogue(shown_run.run).criteria
        if criterion not in criteria or verdict not in {
            marked.value for marked in MARKED
        }:
            raise Http404
        signal = ScreenSignal(criterion=criterion, verdict=str(verdict))
    return AskedCompanies(
        within=_read_group(request, shown_run),
        words=" ".join(request.GET.get("q", "").split())[:_LONGEST],
        signal=signal,
    )


def demand_polars() -> None:
    """Raise Http404 where the extra that reads runs is not installed."""
    if find_spec("polars") is None:
        raise Http404


def _read_group(request: HttpRequest, shown_run: ShownRun) -> CaseGroup:
    """Which cases are chosen. Http404 for what the rules of the run do not know."""
    from changqing.screening.results import CaseGroup
    from changqing_web.register.runs import find_catalogue

    run_law = find_catalogue(shown_run.run)
    region, licence = request.GET.get("region"), request.GET.get("licence")
    if (region and region not in run_law.regions) or (
        licence and licence not in run_law.licences
    ):
        raise Http404
    return CaseGroup(region=region or None, licence=licence or None)


def _list_filters(within: CaseGroup, shown_run: ShownRun) -> list[RunFilter]:
    from changqing_web.register.runs import find_catalogue

    run_law = find_catalogue(shown_run.run)
    return [
        RunFilter(
            code="region",
            name=Text("省份", "Province"),
            choices=tuple(
                (code, region.label) for code, region in run_law.regions.items()
            ),
            chosen=within.region,
        ),
        RunFilter(
            code="licence",
            name=Text("业务种类", "Licence"),
            choices=tuple(
                (code, Text(f"{code} {e.label.zh}", f"{code} {e.label.en}"))
                for code, e in run_law.licences.items()
            ),
            chosen=within.licence,
        ),
    ]


_RUN: Final = "w/<slug:workspace>/register/<slug:run>/"


def _make_route(ending: str, view: View, name: str, **sample: str) -> PageRoute:
    return PageRoute(
        path=f"{_RUN}{ending}",
        view=view,
        name=name,
        least=Role.EDITOR,
        sample={"run": "november", **sample},
    )


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/register/",
        view=show_runs,
        name="register",
        least=Role.EDITOR,
    ),
    _make_route("", show_run, "register_run"),
    _make_route("criteria/", show_criteria, "register_criteria"),
    _make_route(
        "criteria.<str:kind>",
        hand_out_criteria,
        "register_criteria_file",
        kind="csv",
    ),
    _make_route("change/", show_change, "register_change"),
    _make_route("companies/", show_companies, "register_companies"),
    _make_route(
        "companies.<str:kind>",
        hand_out_companies,
        "register_companies_file",
        kind="csv",
    ),
    _make_route("company/", show_company, "register_company"),
    _make_route("leads/", show_leads, "register_leads"),
    PageRoute(
        path=f"{_RUN}leads/step/",
        view=take_lead_on,
        name="register_lead_step",
        least=Role.EDITOR,
        methods=("POST",),
        sample={"run": "november"},
    ),
    PageRoute(
        path=f"{_RUN}open/",
        view=open_from_run,
        name="register_open",
        least=Role.EDITOR,
        methods=("POST",),
        sample={"run": "november"},
    ),
)
