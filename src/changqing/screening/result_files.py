"""The tables of a run as files to take away; every row says that it is a lead."""

from __future__ import annotations

import csv
import io
from typing import Final

from changqing.report.workbook import write_workbook
from changqing.screening.results import ResultTable
from changqing.screening.screen import LEADS
from changqing.text import Language, guard_formula

_LEADS_ONLY: Final = "leads_only"
_SHEET: Final = "线索 leads"


def encode_csv(table: ResultTable, language: Language) -> bytes:
    """Write a table as CSV, with the mark that spreadsheets want for Chinese."""
    notice = LEADS.say(language)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    # A column of somebody's own query is called whatever stands in the query.
    writer.writerow([*map(guard_formula, table.columns), _LEADS_ONLY])
    for row in table.rows:
        guarded = [guard_formula(c) if isinstance(c, str) else c for c in row]
        writer.writerow([*guarded, notice])
    return out.getvalue().encode("utf-8-sig")


def encode_workbook(table: ResultTable, language: Language) -> bytes:
    """Write a table as a workbook of values, none of them a formula."""
    notice = LEADS.say(language)
    return write_workbook(
        _SHEET,
        [*table.columns, _LEADS_ONLY],
        [[*map(_to_cell, row), notice] for row in table.rows],
    )


def _to_cell(value: object) -> str | int | None:
    return value if isinstance(value, str | int) or value is None else str(value)
