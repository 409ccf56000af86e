"""What is known of the cases of a bucket, as the columns that rules take."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

from changqing.screening.agreed import split_agreed
from changqing.screening.columns import KnownColumns
from changqing.screening.judging import RegisterJudge
from changqing.screening.layout import (
    RegisterHead,
    iterate_tables,
    read_tables,
    tell_damage,
)

_CASES_AT_ONCE: Final = 500


def collect_bucket(
    judge: RegisterJudge,
    register: Path,
    head: RegisterHead,
    bucket: int,
    *,
    at_once: int = _CASES_AT_ONCE,
) -> KnownColumns:
    """Collect what is known of every case of a bucket, in the order of their ids.

    What sources agree on becomes columns at once; the rest is resolved case by case, by
    the very function that assesses a single one. So many cases are resolved `at_once`,
    which bounds the memory. Raises CaseError where the bucket cannot be read.
    """
    columns = judge.make_columns()
    tables = read_tables(register, head, bucket)
    for part in _divide_bucket(tables, at_once):
        with tell_damage(register, head, bucket):
            agreed = split_agreed(
                part,
                judge.catalogue,
                judge.as_of,
                facts_read=judge.facts_read,
                facts_taken=judge.facts_taken,
            )
        unagreed = iterate_tables(register, head, bucket, agreed.rest, judge.catalogue)
        with _hold_garbage():
            for case in unagreed:
                columns.add(case.id, case.case.name, judge.resolve_case(case))
        columns.add_agreed(agreed.facts)
    return columns


@contextmanager
def _hold_garbage() -> Iterator[None]:
    """Hold the garbage collector off: cases are let go of without it.

    It would go through the columns again and again as they grow, which is a fifth of
    the work. It is on between the parts of a bucket.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _divide_bucket(
    tables: Mapping[str, pl.DataFrame], at_once: int
) -> Iterator[dict[str, pl.DataFrame]]:
    """Divide the tables of a bucket by its cases."""
    cases = tables["cases"]
    for first in range(0, cases.height, at_once):
        part = cases.slice(first, at_once)
        names = part.select("case")
        yield {
            name: part
            if name == "cases"
            else table.join(names, on="case", how="semi", maintain_order="left")
            for name, table in tables.items()
        }
