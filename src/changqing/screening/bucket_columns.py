"""What is known of the cases of a bucket, as the columns that rules take."""

from __future__ import annotations

from pathlib import Path

from changqing.run import situation_of
from changqing.screening.agreed import split_agreed
from changqing.screening.columns import KnownColumns
from changqing.screening.judging import RegisterJudge
from changqing.screening.layout import (
    RegisterHead,
    iterate_tables,
    read_tables,
    tell_damage,
)


def collect_bucket(
    judge: RegisterJudge, register: Path, head: RegisterHead, bucket: int
) -> KnownColumns:
    """Collect what is known of every case of a bucket, in the order of their ids.

    What sources agree on becomes columns at once; the rest is resolved case by case, by
    the very function that assesses a single one. Raises CaseError where the bucket
    cannot be read.
    """
    columns = judge.make_columns()
    tables = read_tables(register, head, bucket)
    with tell_damage(register, head, bucket):
        agreed = split_agreed(
            tables,
            judge.program,
            judge.catalogue,
            judge.as_of,
            explained=judge.reason_facts,
        )
    del tables
    rest = iterate_tables(register, head, bucket, agreed.rest, judge.catalogue)
    for case in rest:
        columns.add(
            case.id,
            case.case.name,
            situation_of(case.case, case.known, judge.catalogue, judge.as_of),
        )
    columns.add_agreed(agreed.facts)
    return columns
