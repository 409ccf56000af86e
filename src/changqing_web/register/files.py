"""What a page of a register shows, as a file to take away."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpResponse

from changqing.screening.result_files import encode_csv, encode_workbook
from changqing.screening.result_words import name_table
from changqing.screening.results import ResultTable
from changqing_web.downloads import XLSX, make_download
from changqing_web.language import page_language

_CSV: Final = "text/csv; charset=utf-8"


def hand_out(table: ResultTable, name: str, kind: str) -> HttpResponse:
    """Hand out a table as CSV or as a workbook, in the words of the page.

    No cell of it is ever run as a formula, and every row says that it is a lead.
    """
    language = page_language()
    worded = name_table(table, language)
    if kind == "csv":
        return make_download(encode_csv(worded, language), f"{name}.csv", _CSV)
    if kind == "xlsx":
        return make_download(encode_workbook(worded, language), f"{name}.xlsx", XLSX)
    raise Http404
