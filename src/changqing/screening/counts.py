"""Counts of a run, made bucket by bucket, so that a page need not read every reason.

```
counts/criterion/0007.parquet   cases and verdicts by criterion, verdict and group
counts/criterion.parquet        those of all buckets added up
counts/dimension…               the same by dimension
```
A case lies in one bucket and one group, so counts of cases add up over buckets and over
groups; those of two verdicts do not, since a case may have both. A run that was made
before there were counts is counted from its reasons, by the same function.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import polars as pl

from changqing.law.model import Catalogue

COUNTS_FOLDER: Final = "counts"
GROUPS: Final = ("licence", "region", "scope", "stage")
"""The columns by which a count may be split."""

CountKey = Literal["criterion", "dimension"]
KEYS: Final[tuple[CountKey, ...]] = ("criterion", "dimension")


def name_dimensions(catalogue: Catalogue) -> Mapping[str, str]:
    """Name the dimension of each criterion."""
    return {
        name: criterion.dimension.value
        for name, criterion in catalogue.criteria.items()
    }


def count_reasons(
    reasons: pl.LazyFrame,
    sentences: pl.LazyFrame,
    key: CountKey,
    dimensions: Mapping[str, str],
) -> pl.LazyFrame:
    """Count reasons by criterion or dimension, verdict and group.

    `reasons` has a row for each verdict that is not met, `sentences` one for each case.
    In what comes of it `cases` counts cases, `verdicts` members of them.
    """
    if key == "dimension":
        dimension = pl.col("criterion").replace_strict(
            pl.Series([*dimensions], dtype=pl.String),
            pl.Series([*dimensions.values()], dtype=pl.String),
            default=None,
            return_dtype=pl.String,
        )
        reasons = reasons.with_columns(dimension.alias("dimension")).drop_nulls(
            "dimension"
        )
    keys = [key, "verdict", *GROUPS]
    return (
        reasons.select("case", key, "verdict")
        .join(sentences.select("case", *GROUPS), on="case", how="left")
        .group_by(keys)
        .agg(pl.col("case").n_unique().alias("cases"), pl.len().alias("verdicts"))
        .sort(keys)
    )


def add_up(counts: pl.LazyFrame, keys: Sequence[str]) -> pl.LazyFrame:
    """Add up counts by fewer keys, or those of several buckets by the same."""
    return counts.group_by(keys).agg(pl.col("cases", "verdicts").sum()).sort(keys)
