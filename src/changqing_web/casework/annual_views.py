"""年报: its six sections as far as the case has them, last year beside this year."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from changqing.case import edit
from changqing.case.subjects import APPLICANT
from changqing.casework.annual import build_annual_report, move_to_report_stage
from changqing.casework.annual_data import AnnualData
from changqing.casework.annual_duty import find_year_due
from changqing.casework.annual_ledgers import read_ledgers
from changqing.casework.annual_measured import (
    Table,
    make_tables,
    make_tables_data,
    measure_year,
    write_csv,
    write_workbook,
)
from changqing.casework.annual_page import make_annual_data, write_annual_page
from changqing.casework.events import CaseStage
from changqing.day import find_day_start
from changqing.errors import ChangqingError
from changqing.latest import Latest
from changqing.run import make_situation, read_history, read_recorded
from changqing.text import Text
from changqing.yamlfile.plain import WritableItem
from changqing_web.cases import get_judge, make_case_context
from changqing_web.casework.correction import record_and_judge
from changqing_web.casework.forms import parse_number
from changqing_web.documents.written import read_case, replay_case
from changqing_web.errors import list_issues
from changqing_web.index import catalogue
from changqing_web.language import page_language
from changqing_web.models import Role
from changqing_web.stamp import compute_stamp
from changqing_web.walls import Here, PageRoute

_FIRST: Final = 2000
_RECORDED_BY: Final = {CaseStage.LICENSED: "begin", CaseStage.ANNUAL_REPORT: "submit"}
_KINDS: Final = {
    "report.html": "text/html; charset=utf-8",
    "report.json": "application/json",
    "figures.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """The report on one year in the language of the reader, and its tables."""

    number: int
    data: AnnualData
    tables: tuple[Table, ...]


_kept: Final[Latest[str, Year]] = Latest(most=4)


def show_annual_report(request: HttpRequest, here: Here) -> HttpResponse:
    """Show the six sections, what is missing, by when, and what to amend first."""
    try:
        year = _read_year(request, here)
    except ChangqingError as error:
        error_lines = list_issues(error)
        return render(
            request,
            "casework_unreadable.html",
            make_case_context(here, "casework", errors=error_lines),
            status=409,
        )
    this_year = timezone.localdate().year
    listed = _find_report_id(here, year.number)
    more = {
        "listed": listed,
        "r": {
            **year.data,
            "sections": _add_addresses(here, year.data["sections"], listed),
        },
        "year": year.number,
        "before": year.number - 1,
        "years": range(this_year, this_year - 5, -1),
        "record": _RECORDED_BY.get(replay_case(here, read_case(here), date.max).stage),
        "csv": [(f"{table.name}.csv", table.title) for table in year.tables],
    }
    return render(
        request, "casework/annual.html", make_case_context(here, "casework", **more)
    )


def begin_report(request: HttpRequest, here: Here) -> HttpResponse:
    """List the report on a year in the case, so that its figures can be filled in."""
    year = parse_number(request.POST.get("year", ""))
    if year is None or not _FIRST <= year <= timezone.localdate().year:
        raise Http404
    listed = _find_report_id(here, year)
    if listed is None:
        case_data = edit.read(here.folder)
        listed = edit.find_free_id(case_data, "reports", f"r{year}")
        item: WritableItem = {
            "id": listed,
            "name": f"{year}年度年报",
            "kind": "annual",
            "year": year,
        }
        edit.set_item(here.folder, "reports", item, catalogue=catalogue(), shown=None)
        event_text = Text(f"开始填{year}年度年报", f"Began the annual report on {year}")
        record_and_judge(here, event_text)
    return redirect(_make_report_address(here, listed))


def _find_report_id(here: Here, year: int) -> str | None:
    """The id under which the case lists the report on a year."""
    items = edit.read(here.folder).list_items("reports")
    items_of_year = (item for item in items if item.get("year") == year)
    return next((str(item["id"]) for item in items_of_year), None)


def _make_report_address(here: Here, listed: str) -> str:
    at = [here.workspace.slug, here.row.folder, "reports", listed]
    return f"{reverse('facts_member', args=at)}?all=1"


def _add_addresses(
    here: Here, sections: Sequence[Mapping[str, Any]], listed: str | None
) -> list[dict[str, Any]]:
    """The sections, each entry with the address where it is filled in."""
    return [
        {
            **section,
            "entries": [
                {**entry, "where": _find_figure_address(here, entry["fact"], listed)}
                for entry in section["entries"]
            ],
        }
        for section in sections
    ]


def _find_figure_address(here: Here, figure: str, listed: str | None) -> str | None:
    """Where a figure is filled in; nowhere until the report is listed in the case."""
    subject, _, name = figure.partition(".")
    if subject == "report":
        return listed and f"{_make_report_address(here, listed)}#report.{listed}.{name}"
    fact = catalogue().facts[subject, name]
    at = [here.workspace.slug, here.row.folder, fact.dimension.value]
    return f"{reverse('facts_of', args=at)}?all=1#{subject}.{APPLICANT.id}.{name}"


def download_report(request: HttpRequest, here: Here, file: str) -> HttpResponse:
    """Give the report to print, its data, or its figures; always as a download."""
    try:
        year = _read_year(request, here)
    except ChangqingError as error:
        raise Http404 from error
    language = page_language()
    kind = _KINDS.get(file, "text/csv; charset=utf-8")
    if file == "report.html":
        content = write_annual_page(year.data, language).encode()
    elif file == "report.json":
        whole = {**year.data, "tables": make_tables_data(year.tables, language)}
        content = json.dumps(whole, ensure_ascii=False, indent=2).encode()
    elif file == "figures.xlsx":
        content = write_workbook(year.tables, language)
    else:
        table = next(
            (figures for figures in year.tables if f"{figures.name}.csv" == file), None
        )
        if table is None:
            raise Http404
        content = write_csv(table, language).encode()
    answer = HttpResponse(content, content_type=kind)
    name = quote(f"{year.number}-{file}")
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


def _read_year(request: HttpRequest, here: Here) -> Year:
    return find_year(here, parse_number(request.GET.get("year", "")))


def find_year(here: Here, named: int | None) -> Year:
    """Find the report on a year; 404 for one that is still to come.

    Without a year it is the one that comes next, by what casework knows.
    """
    today = timezone.localdate()
    if named is None:
        case = read_case(here)
        year = find_year_due(catalogue(), case, replay_case(here, case, today), today)
    else:
        year = named
    if not _FIRST <= year <= today.year:
        raise Http404
    stamp = f"{compute_stamp(here)}|{year}|{page_language().value}"
    return _kept.find_or_make(stamp, lambda: _make_year(here, year, today))


def _make_year(here: Here, year: int, today: date) -> Year:
    law, case = catalogue(), read_case(here)
    on_record = read_recorded(case)
    ledgers = read_ledgers(case, year, today)
    situation = move_to_report_stage(make_situation(case, on_record, law, today))
    report = build_annual_report(
        case,
        get_judge().assess(situation),
        law,
        year=year,
        ledgers=ledgers,
        events=() if on_record.past is None else on_record.past.events,
    )
    now = min(timezone.now(), find_day_start(today + timedelta(days=1)))
    services = measure_year(
        case, on_record.attempts, read_history(here.folder), year, now
    )
    language = page_language()
    return Year(
        number=year,
        data=make_annual_data(case, report, services, law, language),
        tables=make_tables(services, ledgers, language),
    )


_AT: Final = "w/<slug:workspace>/c/<str:case>/casework/annual/"
ROUTES = (
    PageRoute(path=_AT, view=show_annual_report, name="annual", least=Role.EDITOR),
    PageRoute(
        path=f"{_AT}begin/",
        view=begin_report,
        name="annual_begin",
        least=Role.EDITOR,
        methods=("POST",),
    ),
    PageRoute(
        path=f"{_AT}<str:file>",
        view=download_report,
        name="annual_file",
        least=Role.EDITOR,
        sample={"file": "report.json"},
    ),
)
