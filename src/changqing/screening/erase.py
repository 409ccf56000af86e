"""A case, or one member of it, erased from a register: from its bucket and all of it.

```
erased.jsonl    a line for each: what, when, by whose word; written before it goes
```
Who is erased was never said not to be there: the list that they stood in is open from
then on, so that rules say unknown and not no. The list of services is never open, and
what a paper says stands at others: those go with the whole case alone. So do the looks
at it, in the journals and the archives.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from changqing.case.subjects import Subject
from changqing.disk import Disk
from changqing.errors import CaseError, Issue
from changqing.law.model import Catalogue
from changqing.law.subjects import LISTED_SUBJECTS
from changqing.screening.layout import (
    choose_bucket,
    read_head,
    read_tables,
    write_register,
)
from changqing.screening.look_erase import erase_looks, lock_looks
from changqing.text import Text

ERASED_FILE: Final = "erased.jsonl"
_NEVER_ALONE: Final = frozenset({"service", "paper"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterErasure:
    """What was erased: `rows` of all tables. `member` None is the whole case."""

    case: str
    member: Subject | None
    rows: int


def erase_from_register(
    register: Path,
    case: str,
    catalogue: Catalogue,
    *,
    member: str | None,
    by: str,
    now: datetime,
) -> RegisterErasure:
    """Erase a case, or its member of the id `member` (or `person:lin`), and log it.

    Runs that were made before keep what they say. Raises BusyError while somebody looks
    at its sites, and CaseError where the register
    does not hold it, where several members have the id, or without a name in `by`.
    """
    if not by.strip():
        raise CaseError(
            Issue(
                text=Text(zh="没有写由谁删除", en="it is not said who erases it"),
                hint=Text(zh="加上 --by 姓名", en="add --by NAME"),
            )
        )
    head = read_head(register)
    bucket = choose_bucket(case, head.buckets)
    with (
        write_register(register, catalogue, cases=head.cases) as writer,
        lock_looks(register) if member is None else nullcontext(),
    ):
        tables = read_tables(register, writer.head, bucket)
        if not (tables["cases"]["case"] == case).any():
            raise _make_missing_error(register, case)
        subject = None if member is None else _find_member(tables, case, member)
        tables_left = _leave_out(tables, case, subject)
        rows = sum(tables[name].height - tables_left[name].height for name in tables)
        erasure = RegisterErasure(case=case, member=subject, rows=rows)
        _log_erasure(register, erasure, by=by.strip(), now=now)
        if member is None:
            erase_looks(register, case)
        writer.replace_bucket(bucket, tables_left)
    return erasure


def _find_member(tables: Mapping[str, pl.DataFrame], case: str, member: str) -> Subject:
    """Find who is meant in a case; CaseError unless it is one who can be erased."""
    rows = tables["subjects"].filter(pl.col("case") == case).select("type", "id")
    listed = [Subject(*row) for row in rows.iter_rows() if row[0] in LISTED_SUBJECTS]
    matching = [subject for subject in listed if member in (subject.id, str(subject))]
    alone = [subject for subject in listed if subject.type not in _NEVER_ALONE]
    subjects = [subject for subject in alone if subject in matching]
    if len(subjects) == 1:
        return subjects[0]
    several = [str(subject) for subject in subjects or alone]
    hint = Text(zh=f"有：{'、'.join(several)}", en=f"there are: {', '.join(several)}")
    if matching and not subjects:
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"“{member}”不能单独删除：服务和材料只随整家一起删除",
                    en=f"“{member}” cannot be erased by itself: services and papers go "
                    "with the whole case",
                ),
                hint=hint,
            )
        )
    raise CaseError(
        Issue(
            text=Text(
                zh=f"{case}里有几个“{member}”"
                if subjects
                else f"{case}里没有“{member}”",
                en=f"{case} has several “{member}”"
                if subjects
                else f"{case} has no “{member}”",
            ),
            hint=hint,
        )
    )


def _leave_out(
    tables: Mapping[str, pl.DataFrame], case: str, member: Subject | None
) -> dict[str, pl.DataFrame]:
    of_case = pl.col("case") == case
    if member is None:
        return {name: frame.filter(~of_case) for name, frame in tables.items()}
    theirs = of_case & (pl.col("type") == member.type) & (pl.col("id") == member.id)
    tables_left = {
        name: frame.filter(~theirs) for name, frame in tables.items() if name != "cases"
    }
    (closed,) = tables["cases"].filter(of_case)["closed"]
    still = {name: on for name, on in json.loads(closed).items() if name != member.type}
    columns_shown = ("holders_shown_from", "holders_shown_until")
    cases = tables["cases"].with_columns(
        pl.when(of_case)
        .then(pl.lit(json.dumps(still)))
        .otherwise("closed")
        .alias("closed"),
        *(
            pl.when(~of_case).then(name).alias(name)
            for name in columns_shown
            if member.type == "holder"
        ),
    )
    return {name: cases if name == "cases" else tables_left[name] for name in tables}


def _log_erasure(
    register: Path, erasure: RegisterErasure, *, by: str, now: datetime
) -> None:
    path = register / ERASED_FILE
    before = path.read_bytes() if path.exists() else b""
    line = {
        "case": erasure.case,
        "member": None if erasure.member is None else str(erasure.member),
        "rows": erasure.rows,
        "by": by,
        "at": now.isoformat(),
    }
    line_text = json.dumps(line, ensure_ascii=False) + "\n"
    # Replaced whole, so that no line is ever torn.
    Disk().replace(path, before + line_text.encode())


def _make_missing_error(register: Path, case: str) -> CaseError:
    return CaseError(
        Issue(
            text=Text(zh=f"登记册里没有{case}", en=f"the register has no {case}"),
            path=str(register),
        )
    )
