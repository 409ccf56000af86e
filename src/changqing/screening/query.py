"""One question in SQL over the tables of a run; nothing of it can be changed.

It is answered in a process of its own within limits of time and memory: a join without
a condition over a large run would otherwise take both till somebody ends it.
"""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from changqing.errors import CaseError, GivenUpError, Issue
from changqing.sandbox.pool import Limits, get_shared_pool
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

LIMITS: Final = Limits(seconds=60, processor=600, memory=4 << 30, output=0)
"""Of one question. Polars takes every core: processor time is more than seconds."""
_LESS: Final = Text(
    zh="问得小一些：JOIN要有ON条件，先用WHERE筛选",
    en="ask for less: give each JOIN its ON, and filter with WHERE first",
)
_TOO_MANY_ROWS: Final = "maximum length reached"
"""What Polars says of a table of over 4,294,967,295 rows."""
_TOO_LARGE: Final = Text(
    zh="查询中途的表太大，查不完", en="a table on the way is too large to be finished"
)
_NO_TABLE: Final = re.compile(r"relation '(.+?)' was not found")
_NO_COLUMN: Final = re.compile(
    r"(?:unable to find column \"|no column named ')(?P<name>.+?)[\"']"
)


def query_run(run: ScreenRun, query: str, *, limits: Limits = LIMITS) -> ResultTable:
    """Answer one SELECT over the tables of a run: `MOST_ROWS` rows at most.

    Tables are `sentences`, `reasons`, and `verdicts_<subject>` for each type of
    subject. Raises CaseError where the query is none, cannot be answered, or takes more
    than `limits`.
    """
    tables = _list_tables(run)
    if len(query) > _LONGEST or not _ASKS.match(query) or _READS_FILES.search(query):
        raise _make_query_error(
            Text(
                zh="只能用一条SELECT查这次筛查的表",
                en="only one SELECT over the tables of the run is answered",
            ),
            tables,
        )
    try:
        return get_shared_pool("sql").run(limits, answer_query, run, query)
    except GivenUpError as error:
        raise CaseError(Issue(text=error.issues[0].text, hint=_LESS)) from error


def answer_query(run: ScreenRun, query: str) -> ResultTable:
    """Answer a query that `query_run` let through, here and without any limit."""
    tables = _list_tables(run)
    frames = {name: scan_results(run, folder) for name, folder in tables.items()}
    try:
        with pl.SQLContext(frames, eager=False) as context:
            frame = context.execute(query).head(MOST_ROWS).collect()
    except pl.exceptions.PolarsError as error:
        if _TOO_MANY_ROWS in str(error):
            raise CaseError(Issue(text=_TOO_LARGE, hint=_LESS)) from error
        raise _make_query_error(_explain_message(str(error)), tables) from error
    return ResultTable(
        columns=tuple(frame.columns),
        rows=tuple(
            tuple("、".join(map(str, c)) if isinstance(c, list) else c for c in row)
            for row in frame.iter_rows()
        ),
        numbers=frozenset(n for n in frame.columns if frame[n].dtype.is_numeric()),
    )


def _list_tables(run: ScreenRun) -> dict[str, str]:
    """The folder in the run of each table, by the name it has in a query."""
    tables = {SENTENCES: SENTENCES, REASONS: REASONS}
    for folder in sorted((run.folder / VERDICTS_FOLDER).iterdir()):
        tables[f"verdicts_{folder.name}"] = f"{VERDICTS_FOLDER}/{folder.name}"
    return tables


def _explain_message(message: str) -> Text:
    """Say in our words what is most often wrong with a query, else in Polars' own."""
    if table := _NO_TABLE.search(message):
        name = table[1]
        return Text(zh=f"没有“{name}”这张表", en=f"there is no table “{name}”")
    if column := _NO_COLUMN.search(message):
        name = column["name"]
        return Text(
            zh=f"没有“{name}”这一列；SELECT * … LIMIT 1可以看到各列",
            en=f"there is no column “{name}”; SELECT * … LIMIT 1 shows them",
        )
    first = message.strip().splitlines()[0]
    return Text(zh=f"查不了：{first}", en=f"it cannot be answered: {first}")


def _make_query_error(text: Text, tables: dict[str, str]) -> CaseError:
    names = ", ".join(tables)
    return CaseError(
        Issue(
            text=text,
            hint=Text(zh=f"表有：{names}", en=f"the tables are {names}"),
        )
    )
