"""The cases of a run, a part of them at a time; and all that it says of one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from changqing.law.model import Verdict
from changqing.screening.counts import GROUPS
from changqing.screening.judging import NOBODY
from changqing.screening.parquet import scan_files
from changqing.screening.results import (
    SENTENCE_NAMES,
    CaseGroup,
    ResultTable,
    collect_table,
    narrow_group,
)
from changqing.screening.screen import (
    REASONS,
    SENTENCES,
    VERDICTS_FOLDER,
    ScreenRun,
    scan_results,
)

CASE_COLUMNS: Final = ("case", "company", *GROUPS)
_URGENCY: Final = {verdict.value: place for place, verdict in enumerate(Verdict)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReason:
    """Why a criterion is not met of a member: what nothing proves, and why not.

    `id` is empty where the case has no member to ask. `entries` are the numbers in its
    log of what is on record.
    """

    criterion: str
    verdict: Verdict
    subject: str
    id: str
    not_proven: tuple[str, ...]
    gaps: tuple[str, ...]
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResults:
    """All that a run says of one case.

    `given` has the company and the columns of `GROUPS`, `sentences` what each of the
    two says, None of one that it is not said of; `met` names the criteria that are met
    of every member they were asked of.
    """

    case: str
    given: dict[str, str]
    sentences: dict[str, str | None]
    reasons: tuple[CaseReason, ...]
    met: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePart:
    """Some of the cases that were asked for, and how many there are in all."""

    table: ResultTable
    total: int


def list_cases(
    cases: pl.LazyFrame,
    *,
    within: CaseGroup,
    words: str = "",
    start: int = 0,
    most: int | None = None,
) -> CasePart:
    """List cases as they are ordered, `most` of them from place `start` on.

    `cases` has the columns `CASE_COLUMNS`: all of a run (`scan_cases`), or those that a
    signal marks (`leads.select_companies`). `words` stand in the id or the name.
    """
    matching = narrow_group(cases, within)
    if words:
        matching = matching.filter(
            pl.any_horizontal(
                pl.col("case", "company").str.contains(words, literal=True)
            )
        )
    frame = matching.collect()
    return CasePart(
        table=collect_table(frame.lazy().slice(start, most)), total=frame.height
    )


def scan_cases(run: ScreenRun) -> pl.LazyFrame:
    """Scan the cases of a run by their ids: whose each is, and nothing said of it."""
    return scan_results(run, SENTENCES).select(CASE_COLUMNS).sort("case")


def find_case_results(run: ScreenRun, case: str) -> CaseResults | None:
    """Find all that a run says of a case; None where it has no such case."""
    rows = _scan_with_files(run).filter(pl.col("case") == case).collect().to_dicts()
    if not rows:
        return None
    row = rows[0]
    bucket = replace(run, buckets=(int(Path(row["file"]).stem),))
    return CaseResults(
        case=case,
        given={name: str(row[name]) for name in CASE_COLUMNS},
        sentences={name: row[name] for name in SENTENCE_NAMES},
        reasons=_list_reasons(bucket, case),
        met=_list_met(bucket, case),
    )


def _scan_with_files(run: ScreenRun) -> pl.LazyFrame:
    """The sentences with the file in which each stands: it names the bucket."""
    return scan_files(
        [run.folder / SENTENCES / f"{bucket:04d}.parquet" for bucket in run.buckets],
        file_column="file",
    )


def _list_reasons(bucket: ScreenRun, case: str) -> tuple[CaseReason, ...]:
    rows = scan_results(bucket, REASONS).filter(pl.col("case") == case).collect()
    reasons = [
        CaseReason(
            criterion=row["criterion"],
            verdict=Verdict(row["verdict"]),
            subject=row["subject"],
            id=row["id"],
            not_proven=tuple(row["not_proven"]),
            gaps=tuple(row["gaps"]),
            entries=tuple(row["entries"]),
        )
        for row in rows.iter_rows(named=True)
    ]
    return tuple(sorted(reasons, key=lambda reason: _URGENCY[reason.verdict.value]))


def _list_met(bucket: ScreenRun, case: str) -> tuple[str, ...]:
    met: list[str] = []
    for folder in sorted((bucket.folder / VERDICTS_FOLDER).iterdir()):
        rows = (
            scan_results(bucket, f"{VERDICTS_FOLDER}/{folder.name}")
            .filter(pl.col("case") == case, pl.col("id") != NOBODY)
            .drop("case", "id")
            .collect()
        )
        for name in rows.columns:
            verdicts = {*rows[name].cast(pl.String)} - {Verdict.NOT_APPLICABLE.value}
            if verdicts == {Verdict.MET.value}:
                met.append(name)
    return tuple(met)
