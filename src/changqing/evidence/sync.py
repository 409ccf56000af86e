"""Between the case file and what was recorded: what is new in it, and what is gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.evidence.ledger.items import Item
from changqing.evidence.ledger.store import Store
from changqing.evidence.model import OF_PAPERS, Gap, Record, SourceKind
from changqing.evidence.readings import record_readings
from changqing.evidence.records import list_gaps, list_records

_Key = tuple[Subject, str, SourceKind, str]

SAID_IN_THE_CASE = frozenset({SourceKind.FORM, SourceKind.LOOK}) | OF_PAPERS


def record_changes(store: Store, case: Case, now: datetime) -> None:
    """Bring the log up to what the folder says, and to what its text papers say."""
    store.append(compute_changes(case, store.list_items(), now))
    record_readings(store, case, now)


def compute_changes(case: Case, recorded: Iterable[Item], now: datetime) -> list[Item]:
    """Compute what to append, so that the evidence says what the case file says.

    What the file still says as before is not recorded again; what it says no longer is
    cleared as of `now`. Appending the result and asking again gives nothing.
    """
    if case.register is not None:
        return []  # it says nothing itself: what is known of it was recorded at once
    items = list(recorded)
    recorded_by_source = _group_by_source(
        item for item in items if isinstance(item, Record)
    )
    case_by_source = _group_by_source(list_records(case))
    fresh: list[Item] = []
    for key, records in case_by_source.items():
        before = [_drop_number(record) for record in recorded_by_source.get(key, ())]
        fresh += records[_count_overlap(before, records) :]
    for key, records in recorded_by_source.items():
        last = records[-1]
        if key not in case_by_source and last.value is not None:
            fresh.append(
                replace(
                    last,
                    value=None,
                    raw=None,
                    observed_at=now,
                    received_at=now,
                    valid_until=None,
                    number=0,
                )
            )
    recorded_gaps = {replace(item, number=0) for item in items if isinstance(item, Gap)}
    fresh += [gap for gap in list_gaps(case) if gap not in recorded_gaps]
    return fresh


def merge_records(case: Case, recorded: Iterable[Record]) -> list[Record]:
    """Merge the case file and what was looked at, where nothing is to be written.

    Forms, papers and looks are as the file has them now, with the numbers they were
    recorded under, also where it was recorded by other rules how long they count;
    probes and what is derived come from the recorded evidence.
    """
    stored = list(recorded)
    if case.register is not None:
        return stored
    logged = {
        _compare_key(record): record
        for record in stored
        if record.source.kind in SAID_IN_THE_CASE
    }
    return [
        *(
            _number_alike(record, logged.get(_compare_key(record)))
            for record in list_records(case)
        ),
        *(record for record in stored if record.source.kind not in SAID_IN_THE_CASE),
    ]


def _number_alike(record: Record, logged: Record | None) -> Record:
    """Give a record the number under which the log says the same, if it does."""
    if logged is None:
        return record
    # Hundreds of records of each case are the logged ones to the last field: to make
    # them once more takes longer than to see it. Of numbers, 1 equals true.
    same = (
        logged.valid_until == record.valid_until
        and logged.based_on == record.based_on
        and type(logged.value) is type(record.value)
    )
    return logged if same else replace(record, number=logged.number)


def _group_by_source(records: Iterable[Record]) -> dict[_Key, list[Record]]:
    by_source: dict[_Key, list[Record]] = {}
    for record in records:
        source = record.source
        if source.kind in SAID_IN_THE_CASE:
            key = (record.subject, record.fact, source.kind, source.name)
            by_source.setdefault(key, []).append(record)
    return by_source


def _drop_number(record: Record) -> Record:
    return replace(record, number=0)


def _compare_key(record: Record) -> tuple[object, ...]:
    """What a record says, whatever its number and however long it counts."""
    subject, source = record.subject, record.source
    return (
        *(subject.type, subject.id, record.fact, record.value, record.raw),
        *(source.kind, source.name, source.place, record.observer, record.grade),
        *(record.digest, record.observed_at, record.received_at),
    )


def _count_overlap(before: Sequence[Record], after: Sequence[Record]) -> int:
    """How many of `after` the end of `before` says already."""
    for count in range(min(len(before), len(after)), 0, -1):
        if list(before[-count:]) == list(after[:count]):
            return count
    return 0
