"""All of the outlook of one case, from what is known and what was observed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from changqing.case.subjects import APPLICANT, Subject
from changqing.day import beijing_day, find_day_start
from changqing.evidence.model import Attempt, Record, Resolved
from changqing.evidence.observations import Observation, ObservationKind
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.outlook.availability import Availability, UpCheck, judge_availability
from changqing.outlook.cadence import Cadence, UnseenDays, judge_cadence
from changqing.outlook.coefficients import Coefficients, load_shipped
from changqing.outlook.derived import (
    DERIVED_FACTS,
    derive_chances,
    derive_committed,
    derive_records,
    lay_derived_over,
)
from changqing.outlook.endurance import Endurance, LicenceTerm, compute_endurance
from changqing.outlook.observed import (
    list_blind_times,
    list_checks,
    list_publication_days,
    list_unseen_days,
)
from changqing.outlook.recent_changes import AppliedChange, list_recent_changes
from changqing.outlook.runway import Runway, compute_runway
from changqing.text import Text

_DAY: Final = timedelta(days=1)
CASH_END: Final = (APPLICANT, "cash_until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Five answers side by side; they are never made into one.

    `derived` is what follows from them as facts, `resolved` all facts with those in it.
    """

    cadence: Mapping[Subject, Cadence]
    availability: Mapping[Subject, Availability]
    runway: Runway
    endurance: Endurance
    recent_changes: tuple[AppliedChange, ...]
    derived: tuple[Record, ...]
    resolved: Mapping[tuple[Subject, str], Resolved]


def look_ahead(
    resolved: Mapping[tuple[Subject, str], Resolved],
    subjects: Sequence[Subject],
    *,
    records: Sequence[Record],
    attempts: Sequence[Attempt],
    observed: Sequence[Observation],
    labels: Mapping[Subject, Text],
    catalogue: Catalogue,
    as_of: date,
    term: LicenceTerm | None,
    coefficients: Coefficients | None = None,
    with_changes: bool = True,
) -> Outlook:
    """Judge every part on the day `as_of`: a pure function of its arguments.

    `recent_changes` stays empty without `with_changes`: no criterion reads it, and of
    a whole register it is an eighth of the work.

    `observed` is the history, empty where none is kept; attempts in the evidence log
    count as checks whether or not the history has them too.
    """
    fitted = load_shipped() if coefficients is None else coefficients
    services = [subject for subject in subjects if subject.type == "service"]
    rows_seen = [row for row in observed if beijing_day(row.at) <= as_of]
    by_service = {s: [r for r in rows_seen if r.subject == s] for s in services}
    lasting = compute_runway(resolved, rows_seen, as_of=as_of)
    cadences = {
        s: _measure_cadence(
            by_service[s], _find_days_looked(records, s, as_of), as_of, fitted
        )
        for s in services
    }
    availabilities = {
        s: _measure_availability(s, by_service[s], attempts, as_of, fitted)
        for s in services
    }
    derived = derive_records(
        records,
        {service: list_publication_days(rows) for service, rows in by_service.items()},
        {service: list_unseen_days(rows) for service, rows in by_service.items()},
        resolved,
        lasting,
        services=services,
        as_of=as_of,
    ) + derive_chances(cadences, availabilities, as_of)
    whole = lay_derived_over(resolved, derived, catalogue, as_of)
    enduring = compute_endurance(
        whole,
        subjects,
        catalogue,
        term=term,
        ranges=_list_ranges(lasting),
        observed=rows_seen,
    )
    until = derive_committed(enduring, as_of)
    return Outlook(
        cadence=cadences,
        availability=availabilities,
        runway=lasting,
        endurance=enduring,
        recent_changes=(
            list_recent_changes(whole, subjects, labels, catalogue, as_of=as_of)
            if with_changes
            else ()
        ),
        derived=(*derived, *until),
        resolved=lay_derived_over(whole, until, catalogue, as_of),
    )


_READ: Final = frozenset(
    {
        *(
            ("applicant", name)
            for name in ("cash_on_hand", "monthly_cost", "revenue_12m", "funds_until")
        ),
        *(
            ("service", name)
            for name in (
                *("domain_registrant", "shows_dated_items", "shows_privacy_policy"),
                *("shows_user_agreement", "shows_complaint_page"),
            )
        ),
    }
)


def list_outlook_facts(catalogue: Catalogue) -> frozenset[tuple[str, str]]:
    """List the facts that `look_ahead` reads or derives, by type of subject."""
    return (
        _READ
        | DERIVED_FACTS
        | {
            (commitment.subject, fact)
            for commitment in catalogue.commitments.values()
            for fact in (
                *("kind", commitment.until, commitment.open_ended),
                *(commitment.renews, commitment.detail),
            )
            if fact is not None
        }
    )


def _list_ranges(
    lasting: Runway,
) -> dict[tuple[Subject, str], tuple[date | None, date | None]]:
    """The range of the end of the cash, to stand beside it."""
    proven = lasting.proven
    return {} if proven is None else {CASH_END: (proven.early, proven.late)}


def _measure_cadence(
    rows: Sequence[Observation],
    searched: frozenset[date],
    as_of: date,
    fitted: Coefficients,
) -> Cadence:
    """Dated items tell of the time back to the oldest of them; silence counts until
    the last day on which the pages that bear them could be read (`searched`), or, where
    the log knows of none, on which the service answered or an item came out."""
    published = list_publication_days(rows)
    answered = frozenset(beijing_day(r.at) for r in rows if r.kind in _LOOKS)
    looked_on = searched or answered
    last = max((*looked_on, *published), default=None)
    unseen = list(list_unseen_days(rows))
    if last is not None and last < as_of:
        unseen.append(UnseenDays(first=last + _DAY, last=as_of))
    return judge_cadence(
        published,
        # Of what nobody has looked at yet not even this day was seen.
        watched_from=min((*looked_on, *published), default=as_of + _DAY),
        first_look=min(searched | answered, default=None),
        as_of=as_of,
        unseen=unseen,
        coefficients=fitted.cadence,
    )


_LOOKS: Final = (ObservationKind.CHECK,)
_ITEMS: Final = "shows_dated_items"


def _find_days_looked(
    records: Sequence[Record], service: Subject, as_of: date
) -> frozenset[date]:
    """Find the days on which the pages that bear dated items could be read."""
    return frozenset(
        day
        for record in records
        if record.subject == service
        and record.fact == _ITEMS
        and record.grade >= Grade.OBSERVED
        for day in [beijing_day(record.observed_at)]
        if day <= as_of
    )


def _measure_availability(
    service: Subject,
    rows: Sequence[Observation],
    attempts: Sequence[Attempt],
    as_of: date,
    fitted: Coefficients,
) -> Availability:
    tried = {
        UpCheck(at=attempt.at.replace(microsecond=0), up=attempt.answered)
        for attempt in attempts
        if attempt.subject == service
        and attempt.control_ok
        and attempt.answered is not None
    }
    return judge_availability(
        {*list_checks(rows), *tried},
        as_of=find_day_start(as_of + _DAY),
        blind=list_blind_times(rows),
        coefficients=fitted.availability,
    )
