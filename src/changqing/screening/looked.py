"""What was looked at of a case of a register, merged into what else is known of it.

Merging the same twice changes nothing, in whatever order it comes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
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


def merge_seen(known: Known, seen: SeenOfCase) -> Known:
    """Merge what was seen into what is known.

    Of what one probe says of one fact, the last word of each month is kept, so that a
    register that is looked at daily stays small; the journals hold every one.
    """
    return replace(
        known,
        records=_keep_last_words(known.records, seen.records),
        gaps=_keep_last_words(known.gaps, seen.gaps),
        attempts=_merge(known.attempts, seen.attempts, _key_attempt),
        observed=_merge(known.observed, seen.observed, _key_observation),
    )


def carry_seen(before: tuple[Case, Known], fresh: tuple[Case, Known]) -> Known:
    """Carry what was looked at over to the same case as it comes in anew.

    What was seen at another address is left behind.
    """
    case, known = before
    addresses = _list_addresses(case)
    still = {
        subject: url
        for subject, url in _list_addresses(fresh[0]).items()
        if addresses.get(subject) == url
    }

    def is_looked(told: Record | Gap) -> bool:
        # Of the register's own looks: what a case folder logged has a number there.
        return (
            told.source.kind is SourceKind.PROBE
            and told.number == 0
            and told.subject in still
            and told.source.name.endswith(f" {still[told.subject]}")
        )

    records = [record for record in known.records if is_looked(record)]
    gaps = [gap for gap in known.gaps if is_looked(gap)]
    looked = {record.subject for record in records} | {gap.subject for gap in gaps}
    if not looked:
        return fresh[1]
    return merge_seen(
        fresh[1],
        SeenOfCase(
            records=records,
            gaps=gaps,
            attempts=[
                attempt
                for attempt in known.attempts
                if attempt.number == 0 and attempt.subject in looked
            ],
            observed=[
                row
                for row in known.observed
                if row.kind in _SEEN and row.subject in looked
            ],
        ),
    )


def _list_addresses(case: Case) -> Mapping[Subject, str | None]:
    return {service.subject: service.url for service in case.services}


def _keep_last_words(
    known: Iterable[_Told], seen: Sequence[_Told]
) -> tuple[_Told, ...]:
    looked = {_key_word(told) for told in seen}
    last: dict[Hashable, _Told] = {}
    rest: list[_Told] = []
    for told in (*known, *seen):
        key = _key_word(told)
        if told.number or key not in looked:
            rest.append(told)
        elif key not in last or _find_moment(told) >= _find_moment(last[key]):
            last[key] = told
    return (*rest, *sorted(last.values(), key=_order))


def _key_word(item: Record | Gap) -> Hashable:
    month = beijing_day(_find_moment(item)).replace(day=1)
    return (item.subject, item.fact, item.source.name, month)


def _order(told: Record | Gap) -> tuple[object, ...]:
    return (_find_moment(told), told.subject, told.fact, told.source)


def _find_moment(told: Record | Gap) -> datetime:
    return told.observed_at if isinstance(told, Record) else told.at


def _merge(
    known: Iterable[_Row], seen: Iterable[_Row], key: Callable[[_Row], Hashable]
) -> tuple[_Row, ...]:
    rows: dict[Hashable, _Row] = {}
    for row in (*known, *seen):
        rows.setdefault(key(row), row)
    return tuple(rows.values())


def _key_attempt(attempt: Attempt) -> Hashable:
    return (attempt.subject, attempt.url, attempt.at)


def _key_observation(row: Observation) -> Hashable:
    # A page shows the same items for months: each is kept once, by subject and day.
    return (row.subject, row.kind, row.at)
