"""Why a criterion is not met: a row for each such verdict, made from columns."""

from __future__ import annotations

from typing import Final

import polars as pl

from changqing.law.model import Verdict
from changqing.screening.judging import NOBODY, JudgedCases

_KEY: Final = ("case", "subject", "id")
_LISTS: Final = {"not_proven": pl.String, "gaps": pl.String, "entries": pl.Int64}


def list_reasons(judged: JudgedCases) -> pl.DataFrame:
    """List the verdicts that are not met: which facts leave them so, and why.

    `not_proven` has the facts of the member that the criterion reads and nothing
    proves, `gaps` why, `entries` the numbers in the log of what is on record of any: of
    a computed fact those of the records that it was computed from, and of what nothing
    proves those of the look that failed or of the proof that has ended.
    All three are empty where nobody is there to ask.
    """
    facts = pl.Enum(sorted({f for facts in judged.read_facts.values() for f in facts}))
    gaps = pl.Enum(judged.facts["gap"].drop_nulls().unique().sort())
    # Words are numbers in their own order here, so that joins and lists are cheap.
    unmet = (
        judged.asked.filter(pl.col("verdict") != Verdict.MET.value)
        .select(*_KEY, "criterion", "verdict")
        .sort(*_KEY, "criterion")
        .with_row_index("row")
    )
    facts_read = pl.LazyFrame(
        [
            (name, fact)
            for name, facts in judged.read_facts.items()
            for fact in sorted(facts)
        ],
        schema={"criterion": unmet.schema["criterion"], "fact": facts},
        orient="row",
    )
    facts_known = judged.facts.lazy().with_columns(
        pl.col("subject").cast(unmet.schema["subject"]),
        pl.col("fact").cast(facts),
        pl.col("gap").cast(gaps),
    )
    why = (
        unmet.lazy()
        .filter(pl.col("id") != NOBODY)
        .select("row", *_KEY, "criterion")
        .join(facts_read, on="criterion")
        .join(facts_known, on=[*_KEY, "fact"], how="left")
        .select("row", "fact", "proven", "gap", "proven_by", "claimed_by", "based_on")
        .collect()
        .lazy()
    )
    lists = {
        "not_proven": why.filter(~pl.col("proven").fill_null(value=False)).select(
            "row", not_proven="fact"
        ),
        "gaps": why.select("row", gaps="gap"),
        "entries": pl.concat(
            [
                *(
                    why.select("row", entries=name)
                    for name in ("proven_by", "claimed_by")
                ),
                why.select("row", entries="based_on").drop_nulls().explode("entries"),
            ]
        ),
    }
    frame = unmet.lazy()
    for name, rows in lists.items():
        frame = frame.join(
            rows.drop_nulls()
            .unique()
            .sort("row", name)
            .group_by("row", maintain_order=True)
            .agg(name),
            on="row",
            how="left",
            maintain_order="left",
        )
    return frame.select(
        "case",
        pl.col("subject").cast(pl.String),
        "id",
        pl.col("criterion").cast(pl.String),
        "verdict",
        *(
            pl.col(name).cast(pl.List(type_)).fill_null(pl.lit([], pl.List(type_)))
            for name, type_ in _LISTS.items()
        ),
    ).collect()
