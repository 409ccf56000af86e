"""退回统计: our own returns by province, licence and defect, each with its n."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from changqing.casework.returns import (
    ReturnCount,
    ReturnedCase,
    ReturnsBy,
    count_returns,
    name_counted,
)
from changqing.text import Text
from changqing_web.board.views import list_filters, narrow_rows
from changqing_web.index import catalogue
from changqing_web.models import Role
from changqing_web.walls import Here, PageRoute, find_cases_folder

_NARROWED_BY = ("region", "licence", "owner")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """One line of a table: what came back, how often, and where or for what most."""

    name: Text
    count: ReturnCount
    most: tuple[tuple[Text, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountTable:
    """The returns counted by one thing."""

    by: ReturnsBy
    rows: tuple[CountRow, ...]


def show_returns(request: HttpRequest, here: Here) -> HttpResponse:
    """Show what came back, counted three ways over the cases that are chosen."""
    rows = narrow_rows(request, here).values_list("folder", "region", "licence")
    root = find_cases_folder(here.workspace)
    returns = count_returns(
        ReturnedCase(folder=root / folder, region=region, licence=licence)
        for folder, region, licence in rows.iterator()
    )
    return render(
        request,
        "returns/returns.html",
        {
            "section": "returns",
            "found": returns,
            "tables": [_make_table(by, returns.by[by]) for by in ReturnsBy],
            "filters": [
                board_filter
                for board_filter in list_filters(request, here)
                if board_filter.code in _NARROWED_BY
            ],
        },
    )


def _make_table(by: ReturnsBy, counts: tuple[ReturnCount, ...]) -> CountTable:
    law = catalogue()
    inner = ReturnsBy.REGION if by is ReturnsBy.DEFECT else ReturnsBy.DEFECT
    return CountTable(
        by=by,
        rows=tuple(
            CountRow(
                name=name_counted(law, by, count.code),
                count=count,
                most=tuple(
                    (name_counted(law, inner, code), n) for code, n in count.most
                ),
            )
            for count in counts
        ),
    )


ROUTES = (
    PageRoute(
        path="w/<slug:workspace>/returns/",
        view=show_returns,
        name="returns",
        least=Role.EDITOR,
    ),
)
