"""Facts that follow from others over time: records with the weakest grade they rest on.

They enter both rows where no source says the same, so that criteria and pages can read
them. Each counts as long as its fact does. A verifier without the history and the model
cannot make them again: a bundle carries them as given (`OUTLOOK` is their source).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from changqing.case.subjects import APPLICANT, Subject
from changqing.day import beijing_day, find_day_start, find_last_valid_day
from changqing.evidence.model import (
    Record,
    Resolved,
    Source,
    SourceKind,
    join_entries,
)
from changqing.evidence.resolve import order_by_telling
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.outlook.availability import Availability
from changqing.outlook.cadence import Cadence, UnseenDays
from changqing.outlook.endurance import Endurance
from changqing.outlook.runway import Runway, find_weakest_grade
from changqing.rules.types import WHOLE_SHARE, Value

OUTLOOK: Final = Source(kind=SourceKind.DERIVED, name="outlook")

_WINDOW: Final = timedelta(days=29)
_POLICIES: Final = (
    "shows_privacy_policy",
    "shows_user_agreement",
    "shows_complaint_page",
)
_TOGETHER: Final = 2
_SOON: Final = 180  # days

Facts = Mapping[tuple[Subject, str], Resolved]

DERIVED_FACTS: Final = frozenset(
    {
        *(
            ("applicant", name)
            for name in (
                *("cash_until", "cash_open_ended", "runway_months", "committed_until"),
            )
        ),
        *(
            ("service", name)
            for name in (
                *("days_with_items_last_30", "silent_days_before_last_30"),
                *("domain_registrant_changed_on", "policies_appeared_on"),
                *("chance_of_item_180", "availability_last_30"),
                "chance_of_available_90",
            )
        ),
    }
)
"""The facts that are derived here, by type of subject."""


def derive_records(
    records: Sequence[Record],
    published: Mapping[Subject, frozenset[date]],
    unseen: Mapping[Subject, Sequence[UnseenDays]],
    resolved: Facts,
    lasting: Runway,
    *,
    services: Iterable[Subject],
    as_of: date,
) -> tuple[Record, ...]:
    """Derive everything that follows, for the day `as_of`."""
    derived: list[Record] = []
    for service in services:
        days = published.get(service, frozenset())
        derived += _derive_burst(service, days, unseen.get(service, ()), as_of)
        observed = [
            r for r in records if r.subject == service and _is_observed(r, as_of)
        ]
        derived += _derive_registrant_change(service, observed)
        derived += _derive_policies(service, observed)
    derived += _derive_funds_end(resolved, lasting, as_of)
    derived += _derive_months(lasting, as_of)
    return tuple(derived)


def derive_chances(
    cadences: Mapping[Subject, Cadence],
    availabilities: Mapping[Subject, Availability],
    as_of: date,
) -> tuple[Record, ...]:
    """Derive what cadence and availability come to, in basis points, if known."""
    records: list[Record] = []
    for service, cadence in cadences.items():
        if _SOON in cadence.chances:
            chance = cadence.chances[_SOON].probability
            records.append(
                _make_record(
                    service, "chance_of_item_180", _round_to_points(chance), as_of
                )
            )
    for service, availability in availabilities.items():
        if availability.unknown is None and availability.recent.level is not None:
            level = _round_to_points(availability.recent.level)
            records.append(_make_record(service, "availability_last_30", level, as_of))
        if availability.alike is not None:  # the lower end: one number for a range
            least = _round_to_points(availability.alike.reached.low)
            records.append(
                _make_record(service, "chance_of_available_90", least, as_of)
            )
    return tuple(records)


def derive_committed(endurance: Endurance, as_of: date) -> tuple[Record, ...]:
    """Derive the earliest proven end, as good as what carries it."""
    first = endurance.carried_by
    if first is None or first.record is None or endurance.committed_until is None:
        return ()
    return (
        _make_record(
            APPLICANT,
            "committed_until",
            endurance.committed_until,
            as_of,
            grade=first.record.grade,
            based_on=[first.record],
        ),
    )


def lay_derived_over(
    resolved: Facts, derived: Iterable[Record], catalogue: Catalogue, as_of: date
) -> dict[tuple[Subject, str], Resolved]:
    """Lay what was derived over the facts, where nothing else says the same."""
    whole = dict(resolved)
    for derived_record in derived:
        key = (derived_record.subject, derived_record.fact)
        fact = catalogue.facts.get((derived_record.subject.type, derived_record.fact))
        before = whole.get(key)
        if fact is None or (before is not None and before.proven is not None):
            continue
        observed_on = beijing_day(derived_record.observed_at)
        record = replace(
            derived_record,
            valid_until=find_last_valid_day(observed_on, fact.validity.days),
        )
        if record.valid_until is not None and record.valid_until < as_of:
            continue
        proven = record.grade >= fact.proof
        claimed = None if before is None else before.claimed
        whole[key] = Resolved(
            fact=record.fact,
            subject=record.subject,
            claimed=record.value if claimed is None else claimed,
            claimed_by=record
            if before is None or claimed is None
            else before.claimed_by,
            proven=record.value if proven else None,
            proven_by=record if proven else None,
            gap=None if proven or before is None else before.gap,
            gap_detail=None if proven or before is None else before.gap_detail,
            agree_claimed=None,
            agree_proven=None,
            gap_at=None if proven or before is None else before.gap_at,
            gap_entries=() if proven or before is None else before.gap_entries,
        )
    return whole


def _is_observed(record: Record, as_of: date) -> bool:
    return (
        record.grade >= Grade.OBSERVED
        and record.value is not None
        and beijing_day(record.observed_at) <= as_of
    )


def _order_by_sight(record: Record) -> tuple[object, ...]:
    """The older first; of one moment in an order that no order of records changes."""
    return (record.observed_at, *order_by_telling(record), record.fact)


def _derive_burst(
    service: Subject,
    published: frozenset[date],
    unseen: Sequence[UnseenDays],
    as_of: date,
) -> Iterator[Record]:
    """Days with items of late, and the silence before, where every day was seen."""
    recent = sorted(day for day in published if as_of - _WINDOW <= day <= as_of)
    if not recent:
        return
    yield _make_record(service, "days_with_items_last_30", len(recent), as_of)
    last = max((day for day in published if day < as_of - _WINDOW), default=None)
    if last is not None and not any(
        days.first < recent[0] and last < days.last for days in unseen
    ):
        silent = (recent[0] - last).days - 1
        yield _make_record(service, "silent_days_before_last_30", silent, as_of)


def _derive_registrant_change(
    service: Subject, observed: Sequence[Record]
) -> Iterator[Record]:
    """The last time a source showed another registrant than it had shown before."""
    changed: list[tuple[Record, Record]] = []
    last: dict[Source, Record] = {}
    for record in sorted(observed, key=_order_by_sight):
        if record.fact != "domain_registrant":
            continue
        source = Source(kind=record.source.kind, name=record.source.name)
        before = last.get(source)
        if before is not None and before.value != record.value:
            changed.append((before, record))
        last[source] = record
    if changed:
        day = beijing_day(changed[-1][1].observed_at)
        yield _make_record(
            service, "domain_registrant_changed_on", day, day, based_on=changed[-1]
        )


def _derive_policies(service: Subject, observed: Sequence[Record]) -> Iterator[Record]:
    """The last day on which two or more pages were there that had not been."""
    appeared: dict[date, dict[str, tuple[Record, Record]]] = {}
    last: dict[str, Record] = {}
    for record in sorted(observed, key=_order_by_sight):
        if record.fact not in _POLICIES:
            continue
        before = last.get(record.fact)
        if record.value is True and before is not None and before.value is False:
            day = beijing_day(record.observed_at)
            appeared.setdefault(day, {})[record.fact] = (before, record)
        last[record.fact] = record
    days = [day for day, pages in appeared.items() if len(pages) >= _TOGETHER]
    if days:
        yield _make_record(
            service,
            "policies_appeared_on",
            max(days),
            max(days),
            based_on=[
                record for pair in appeared[max(days)].values() for record in pair
            ],
        )


def _derive_funds_end(
    resolved: Facts, lasting: Runway, as_of: date
) -> Iterator[Record]:
    """The day the cash ends, proven where all that it follows from is.

    A day that only a plan or the applicant tells stands in for it, as a claim: no
    company proves by its own paper how long its money lasts.
    """
    lasting_cash = lasting.proven or lasting.claimed
    if lasting_cash is None:
        declared_end = resolved.get((APPLICANT, "funds_until"))
        if declared_end is not None and isinstance(declared_end.best, date):
            yield _make_record(
                APPLICANT,
                "cash_until",
                declared_end.best,
                as_of,
                grade=Grade.DECLARED,
                based_on=[declared_end.proven_by or declared_end.claimed_by],
            )
        return
    grade, inputs = _find_grade(lasting), lasting_cash.inputs
    if lasting_cash.until is not None:
        yield _make_record(
            APPLICANT,
            "cash_until",
            lasting_cash.until,
            as_of,
            grade=grade,
            based_on=inputs,
        )
    # Where no revenue is known none is counted: it may well cover the cost.
    if lasting_cash.until is None or lasting_cash.range_known:
        yield _make_record(
            APPLICANT,
            "cash_open_ended",
            lasting_cash.until is None,
            as_of,
            grade=grade,
            based_on=inputs,
        )


def _derive_months(lasting: Runway, as_of: date) -> Iterator[Record]:
    lasting_cash = lasting.proven or lasting.claimed
    if lasting_cash is not None and lasting_cash.months is not None:
        grade = _find_grade(lasting)
        yield _make_record(
            APPLICANT,
            "runway_months",
            lasting_cash.months,
            as_of,
            grade=grade,
            based_on=lasting_cash.inputs,
        )


def _find_grade(lasting: Runway) -> Grade:
    """How well the answer is proven; by what is only claimed it is a claim."""
    if lasting.proven is None:
        return Grade.DECLARED
    return find_weakest_grade(lasting.proven)


def _round_to_points(share: float) -> int:
    """Round down to basis points: never more than it was."""
    return int(share * WHOLE_SHARE)


def _make_record(
    subject: Subject,
    fact: str,
    value: Value,
    day: date,
    *,
    grade: Grade = Grade.OBSERVED,
    based_on: Iterable[Record | None] = (),
) -> Record:
    at = find_day_start(day)
    return Record(
        fact=fact,
        subject=subject,
        value=value,
        source=OUTLOOK,
        observer="changqing",
        grade=grade,
        digest=None,
        observed_at=at,
        received_at=at,
        valid_until=None,
        based_on=join_entries(based_on),
    )
