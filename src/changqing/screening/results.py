"""What a run says, counted; two runs side by side; and whom to look at, drawn by lot.

A company is never listed because a rule marked it. How often a signal is right is not
known before people have looked, so a run gives counts, and a random sample to look at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from changqing.errors import CaseError, Issue
from changqing.law.model import Catalogue, Verdict
from changqing.screening.counts import GROUPS, CountKey, add_up
from changqing.screening.judging import NOBODY
from changqing.screening.screen import (
    REASONS,
    SENTENCES,
    VERDICTS_FOLDER,
    ScreenRun,
    scan_counts,
    scan_results,
)
from changqing.text import Text
from changqing.yamlfile.suggest import suggest_word

SENTENCE_NAMES: Final = ("readiness", "compliance", "long_term")
CERTAIN: Final = (Verdict.CONTRADICTED, Verdict.UNMET)
"""Certain by what is on record; the other verdicts that are not met lack proof."""
_BAD: Final = [verdict.value for verdict in CERTAIN]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultTable:
    """Rows of counts or cases, to be shown; `numbers` are the columns of counts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    numbers: frozenset[str]

    def take_first(self, most: int) -> ResultTable:
        """Take the first rows alone."""
        return replace(self, rows=self.rows[:most])


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseGroup:
    """Which cases are counted or listed: of one province, one licence; None is all."""

    region: str | None = None
    licence: str | None = None


_EVERY_CASE: Final = CaseGroup()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which verdicts are counted: of one criterion, of one kind; None is all."""

    criterion: str | None = None
    verdict: str | None = None
    by: str | None = None
    within: CaseGroup = _EVERY_CASE


def count_sentences(
    run: ScreenRun, by: str | None = None, within: CaseGroup = _EVERY_CASE
) -> ResultTable:
    """Count the cases by what their sentences say, and by one more column if asked."""
    columns = [*SENTENCE_NAMES, *([] if by is None else [by])]
    return collect_table(
        narrow_group(scan_results(run, SENTENCES), within)
        .group_by(columns)
        .agg(pl.len().alias("cases"))
        .sort("cases", *columns, descending=[True, *(False for _ in columns)])
    )


def count_verdicts(run: ScreenRun, query: Asked, catalogue: Catalogue) -> ResultTable:
    """Count verdicts that are not met by criterion, and by one more column if asked.

    `cases` counts companies, `verdicts` members of them, such as people. Raises
    CaseError for a criterion that the catalogue does not know.
    """
    _refuse_unknown(query, catalogue)
    counts = scan_counts(run, "criterion", catalogue)
    narrowed = narrow_group(_narrow_rows(counts, query), query.within)
    return collect_table(_sum_counts(narrowed, "criterion", query.by))


def count_dimensions(
    run: ScreenRun, catalogue: Catalogue, within: CaseGroup = _EVERY_CASE
) -> ResultTable:
    """Count verdicts that are not met by dimension.

    `cases` counts companies with at least one such verdict in the dimension.
    """
    counts = narrow_group(scan_counts(run, "dimension", catalogue), within)
    return collect_table(_sum_counts(counts, "dimension", None))


def draw_sample(
    run: ScreenRun, query: Asked, catalogue: Catalogue, *, size: int, seed: int
) -> ResultTable:
    """Draw cases by lot of those that are counted, the same for the same seed."""
    cases = _select_rows(run, query, catalogue).select("case").unique().collect()
    ordered = cases.sort("case")["case"]
    drawn_cases = ordered.sample(min(size, len(ordered)), shuffle=True, seed=seed)
    companies = scan_results(run, SENTENCES).select("case", "company", *GROUPS)
    return collect_table(
        pl.LazyFrame({"case": drawn_cases}).join(
            companies, on="case", how="left", maintain_order="left"
        )
    )


def compare_sentences(before: ScreenRun, after: ScreenRun) -> ResultTable:
    """Count the cases by what a sentence said in one run and says in the other."""
    frames = []
    for name in SENTENCE_NAMES:
        frame, other = (
            scan_results(run, SENTENCES).select("case", pl.col(name).alias(side))
            for run, side in ((before, "before"), (after, "after"))
        )
        frames.append(
            frame.join(other, on="case", how="full", coalesce=True)
            .filter(pl.col("before").ne_missing(pl.col("after")))
            .group_by("before", "after")
            .agg(pl.len().alias("cases"))
            .with_columns(sentence=pl.lit(name))
            .select("sentence", "before", "after", "cases")
        )
    return collect_table(
        pl.concat(frames).sort(
            *("cases", "sentence", "before", "after"),
            descending=[True, False, False, False],
        )
    )


def compare_certain(before: ScreenRun, after: ScreenRun) -> ResultTable:
    """Count by criterion the cases that fall and rise from one run to another.

    `falls` counts those in which something became certain not to hold of some member,
    `rises` those in which something is no longer so. It reads the reasons alone.
    """
    return collect_table(
        _compare_certain(before, after).sort(
            "falls", "rises", "criterion", descending=[True, True, False]
        )
    )


def _compare_certain(before: ScreenRun, after: ScreenRun) -> pl.LazyFrame:
    keys = ["case", "id", "criterion"]
    earlier, later = (
        scan_results(run, REASONS)
        .filter(pl.col("verdict").is_in(_BAD), pl.col("id") != NOBODY)
        .select(keys)
        for run in (before, after)
    )

    def count(frame: pl.LazyFrame, name: str) -> pl.LazyFrame:
        cases = pl.col("case").n_unique().alias(name)
        return frame.group_by("criterion").agg(cases)

    return (
        count(later.join(earlier, on=keys, how="anti"), "falls")
        .join(
            count(earlier.join(later, on=keys, how="anti"), "rises"),
            on="criterion",
            how="full",
            coalesce=True,
        )
        .with_columns(pl.col("falls", "rises").fill_null(0))
    )


def compare_verdicts(before: ScreenRun, after: ScreenRun) -> ResultTable:
    """Count by criterion the cases in which a verdict on some member changed.

    `falls` and `rises` are those of `compare_certain`; `other` counts those with any
    other change. A member or criterion that one run does not have counts as not asked
    there. It reads every verdict, and takes minutes where `compare_certain` does not.
    """
    pairs = []
    for subject in sorted({*_list_subjects(before), *_list_subjects(after)}):
        sides = []
        for run, side in ((before, "before"), (after, "after")):
            if not (run.folder / VERDICTS_FOLDER / subject).is_dir():
                sides.append(_make_no_verdicts(side))
                continue
            long = (
                scan_results(run, f"{VERDICTS_FOLDER}/{subject}")
                .filter(pl.col("id") != NOBODY)
                .unpivot(
                    index=["case", "id"], variable_name="criterion", value_name=side
                )
                .with_columns(pl.col(side).cast(pl.String))
            )
            sides.append(long)
        pairs.append(
            sides[0]
            .join(sides[1], on=["case", "id", "criterion"], how="full", coalesce=True)
            .with_columns(
                pl.col("before", "after").fill_null(Verdict.NOT_APPLICABLE.value)
            )
            .filter(pl.col("before") != pl.col("after"))
        )
    was, is_ = pl.col("before").is_in(_BAD), pl.col("after").is_in(_BAD)
    others = (
        pl.concat(pairs)
        .filter(was == is_)
        .group_by("criterion")
        .agg(pl.col("case").n_unique().alias("other"))
    )
    return collect_table(
        _compare_certain(before, after)
        .join(others, on="criterion", how="full", coalesce=True)
        .with_columns(pl.col("falls", "rises", "other").fill_null(0))
        .sort("falls", "rises", "criterion", descending=[True, True, False])
    )


def _sum_counts(counts: pl.LazyFrame, key: CountKey, by: str | None) -> pl.LazyFrame:
    keys = [key, "verdict", *([] if by is None else [by])]
    return add_up(counts, keys).sort(
        "cases", *keys, descending=[True, *(False for _ in keys)]
    )


def collect_table(lazy: pl.LazyFrame) -> ResultTable:
    """Collect rows into a table to be shown."""
    frame = lazy.collect()
    return ResultTable(
        columns=tuple(frame.columns),
        rows=tuple(frame.iter_rows()),
        numbers=frozenset(n for n in frame.columns if frame[n].dtype.is_numeric()),
    )


def _list_subjects(run: ScreenRun) -> list[str]:
    return [path.name for path in (run.folder / VERDICTS_FOLDER).iterdir()]


def _make_no_verdicts(side: str) -> pl.LazyFrame:
    schema = {"case": pl.String, "id": pl.String, "criterion": pl.String}
    return pl.LazyFrame(schema={**schema, side: pl.String})


def _select_rows(run: ScreenRun, query: Asked, catalogue: Catalogue) -> pl.LazyFrame:
    _refuse_unknown(query, catalogue)
    frame = _narrow_rows(scan_results(run, REASONS), query)
    if query.within == _EVERY_CASE:
        return frame
    cases = narrow_group(scan_results(run, SENTENCES), query.within).select("case")
    return frame.join(cases, on="case", how="semi")


def narrow_group(frame: pl.LazyFrame, group: CaseGroup) -> pl.LazyFrame:
    """Leave the rows of a group; the frame has the columns `region` and `licence`."""
    if group.region is not None:
        frame = frame.filter(pl.col("region") == group.region)
    if group.licence is not None:
        frame = frame.filter(pl.col("licence") == group.licence)
    return frame


def _narrow_rows(frame: pl.LazyFrame, query: Asked) -> pl.LazyFrame:
    if query.criterion is not None:
        frame = frame.filter(pl.col("criterion") == query.criterion)
    if query.verdict is not None:
        frame = frame.filter(pl.col("verdict") == query.verdict)
    return frame


def _refuse_unknown(query: Asked, catalogue: Catalogue) -> None:
    """Raise CaseError for a criterion that the catalogue does not know."""
    if query.criterion is not None and query.criterion not in catalogue.criteria:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"没有判据{query.criterion}",
                    en=f"there is no criterion {query.criterion}",
                ),
                hint=suggest_word(query.criterion, catalogue.criteria),
            )
        )
