"""One question in SQL over the tables of a run; nothing of it can be changed."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from changqing.errors import CaseError, Issue
from changqing.screening.results import ResultTable
from changqing.screening.screen import (
    REASONS,
    SENTENCES,
    VERDICTS_FOLDER,
    ScreenRun,
    scan_results,
)
from changqing.text import Text

MOST_ROWS: Final = 10_000
_LONGEST: Final = 10_000  # characters
_ASKS: Final = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)
_READS_FILES: Final = re.compile(r"\b(?:read|scan)_", re.IGNORECASE)
"""How every function that opens a file begins: its name may stand in quotes, and a
comment before its bracket, so that only the name tells. No table or column of a run
begins so."""


def query_run(run: ScreenRun, query: str) -> ResultTable:
    """Answer one SELECT over the tables of a run: `MOST_ROWS` rows at most.

    Tables are `sentences`, `reasons`, and `verdicts_<subject>` for each type of
    subject. Raises CaseError where the query is none, or cannot be answered.
    """
    tables = {SENTENCES: SENTENCES, REASONS: REASONS}
    for folder in sorted((run.folder / VERDICTS_FOLDER).iterdir()):
        tables[f"verdicts_{folder.name}"] = f"{VERDICTS_FOLDER}/{folder.name}"
    if len(query) > _LONGEST or not _ASKS.match(query) or _READS_FILES.search(query):
        raise _make_query_error(
            Text(
                zh="只能用一条SELECT查这次筛查的表",
                en="only one SELECT over the tables of the run is answered",
            ),
            tables,
        )
    frames = {name: scan_results(run, folder) for name, folder in tables.items()}
    try:
        with pl.SQLContext(frames, eager=False) as context:
            found = context.execute(query).head(MOST_ROWS).collect()
    except pl.exceptions.PolarsError as error:
        first = str(error).strip().splitlines()[0]
        raise _make_query_error(
            Text(zh=f"查不了：{first}", en=f"it cannot be answered: {first}"), tables
        ) from error
    return ResultTable(
        columns=tuple(found.columns),
        rows=tuple(
            tuple("、".join(map(str, c)) if isinstance(c, list) else c for c in row)
            for row in found.iter_rows()
        ),
        numbers=frozenset(n for n in found.columns if found[n].dtype.is_numeric()),
    )


def _make_query_error(text: Text, tables: dict[str, str]) -> CaseError:
    names = ", ".join(tables)
    return CaseError(
        Issue(
            text=text,
            hint=Text(zh=f"表有：{names}", en=f"the tables are {names}"),
        )
    )
