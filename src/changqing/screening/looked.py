"""What was looked at of a case of a register, merged into what else is known of it.

Merging the same twice changes nothing, in whatever order it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.day import beijing_day
from changqing.evidence.model import Attempt, Gap, Record, SourceKind
from changqing.evidence.observations import Observation, ObservationKind
from changqing.run import Known

_Told = TypeVar("_Told", bound=Record | Gap)
_Row = TypeVar("_Row", bound=Attempt | Observation)
_SEEN: Final = frozenset(
    {
        ObservationKind.CHECK,
        ObservationKind.PUBLICATION,
        ObservationKind.CERTIFICATE,
        ObservationKind.REGISTRATION,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenOfCase:
    """What looks brought of the services of one case, none of it logged."""

    records: Sequence[Record]
    gaps: Sequence[Gap]
    attempts: Sequence[Attempt]
    observed: Sequence[Observation]


def merge_seen(recorded: Known, seen_now: SeenOfCase) -> Known:
    """Merge what was seen into what is known.

    Of what one probe says of one fact, the last word of each month is kept, so that a
    register that is looked at daily stays small; the journals hold every one.
    """
    return replace(
        recorded,
        records=_keep_last_words(recorded.records, seen_now.records),
        gaps=_keep_last_words(recorded.gaps, seen_now.gaps),
        attempts=_merge_rows(recorded.attempts, seen_now.attempts, _key_attempt),
        observed=_merge_rows(recorded.observed, seen_now.observed, _key_observation),
    )


def carry_seen(before: tuple[Case, Known], fresh: tuple[Case, Known]) -> Known:
    """Carry what was looked at over to the same case as it comes in anew.

    What was seen at another address is left behind.
    """
    case, known_before = before
    addresses = _list_addresses(case)
    still = {
        subject: url
        for subject, url in _list_addresses(fresh[0]).items()
        if addresses.get(subject) == url
    }

    def is_looked(item: Record | Gap) -> bool:
        # Of the register's own looks: what a case folder logged has a number there.
        return (
            item.source.kind is SourceKind.PROBE
            and item.number == 0
            and item.subject in still
            and item.source.name.endswith(f" {still[item.subject]}")
        )

    records = [record for record in known_before.records if is_looked(record)]
    gaps = [gap for gap in known_before.gaps if is_looked(gap)]
    subjects_looked_at = {record.subject for record in records} | {
        gap.subject for gap in gaps
    }
    if not subjects_looked_at:
        return fresh[1]
    return merge_seen(
        fresh[1],
        SeenOfCase(
            records=records,
            gaps=gaps,
            attempts=[
                attempt
                for attempt in known_before.attempts
                if attempt.number == 0 and attempt.subject in subjects_looked_at
            ],
            observed=[
                row
                for row in known_before.observed
                if row.kind in _SEEN and row.subject in subjects_looked_at
            ],
        ),
    )


def _list_addresses(case: Case) -> Mapping[Subject, str | None]:
    return {service.subject: service.url for service in case.services}


def _keep_last_words(
    items_before: Iterable[_Told], items_seen: Sequence[_Told]
) -> tuple[_Told, ...]:
    keys_seen = {_key_word(item) for item in items_seen}
    last: dict[Hashable, _Told] = {}
    others: list[_Told] = []
    for item in (*items_before, *items_seen):
        key = _key_word(item)
        if item.number or key not in keys_seen:
            others.append(item)
        elif key not in last or item.moment >= last[key].moment:
            last[key] = item
    return (*others, *sorted(last.values(), key=_make_order_key))


def _key_word(item: Record | Gap) -> Hashable:
    month = beijing_day(item.moment).replace(day=1)
    return (item.subject, item.fact, item.source.name, month)


def _make_order_key(item: Record | Gap) -> tuple[object, ...]:
    return (item.moment, item.subject, item.fact, item.source)


def _merge_rows(
    rows_before: Iterable[_Row],
    rows_seen: Iterable[_Row],
    key: Callable[[_Row], Hashable],
) -> tuple[_Row, ...]:
    """Merge what was seen; of one key the row of before stays."""
    rows: dict[Hashable, _Row] = {}
    for row in (*rows_before, *rows_seen):
        rows.setdefault(key(row), row)
    return tuple(rows.values())


def _key_attempt(attempt: Attempt) -> Hashable:
    return (attempt.subject, attempt.url, attempt.at)


def _key_observation(row: Observation) -> Hashable:
    # A page shows the same items for months: each is kept once, by subject and day.
    return (row.subject, row.kind, row.at)
