"""Why a criterion is not met: a row for each such verdict, made from columns."""

from __future__ import annotations

from typing import Final

import polars as pl

from changqing.law.model import Verdict
from changqing.screening.judging import NOBODY, JudgedCases

_GOOD: Final = [Verdict.MET.value, Verdict.NOT_APPLICABLE.value]
_KEY: Final = ("case", "subject", "id")


def list_reasons(judged: JudgedCases) -> pl.DataFrame:
    """List the verdicts that are not met: which facts leave them so, and why.

    `not_proven` has the facts of the member that the criterion reads and nothing
    proves, `gaps` why, `entries` the numbers in the log of what is on record of any.
    All three are empty where nobody is there to ask.
    """
    verdicts = pl.concat(
        [
            frame.unpivot(
                index=["case", "id"], variable_name="criterion", value_name="verdict"
            )
            .filter(~pl.col("verdict").is_in(_GOOD))
            .with_columns(subject=pl.lit(subject))
            for subject, frame in judged.verdicts.items()
        ]
    )
    asked = (
        verdicts.select(*_KEY, "criterion", "verdict")
        .sort(*_KEY, "criterion")
        .with_row_index("row")
    )
    read = pl.DataFrame(
        [(name, fact) for name, facts in judged.read_facts.items() for fact in facts],
        schema={"criterion": pl.String, "fact": pl.String},
        orient="row",
    )
    proven = pl.col("proven").fill_null(value=False)
    why = (
        asked.lazy()
        .filter(pl.col("id") != NOBODY)
        .select("row", *_KEY, "criterion")
        .join(read.lazy(), on="criterion")
        .join(judged.facts.lazy(), on=[*_KEY, "fact"], how="left")
        .group_by("row")
        .agg(
            pl.col("fact").filter(~proven).sort().alias("not_proven"),
            pl.col("gap").drop_nulls().unique().sort().alias("gaps"),
            pl.col("proven_by", "claimed_by").drop_nulls(),
        )
        .select(
            "row",
            "not_proven",
            "gaps",
            pl.concat_list("proven_by", "claimed_by")
            .list.unique()
            .list.sort()
            .alias("entries"),
        )
    )
    return (
        asked.lazy()
        .join(why, on="row", how="left", maintain_order="left")
        .select(
            *_KEY,
            "criterion",
            "verdict",
            pl.col("not_proven", "gaps").fill_null(pl.lit([], pl.List(pl.String))),
            pl.col("entries").fill_null(pl.lit([], pl.List(pl.Int64))),
        )
        .collect()
    )
