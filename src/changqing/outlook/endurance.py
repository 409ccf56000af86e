"""续航图: until when everything the service rests on is committed.

Commitments end on a day and set the headline: the earliest proven end. Renewals are
short by nature (a certificate, staff insurance) and never set it (design section 7).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from changqing import calendar
from changqing.catalogue import Catalogue, Commitment
from changqing.evidence import Record, Resolved, Subject
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """One thing the service rests on, and until when.

    `proven_until` None with `open_ended` False means the end is not known.
    """

    commitment: Commitment
    subject: Subject
    detail: Text | None
    claimed_until: date | None
    proven_until: date | None
    open_ended: bool
    claimed_open_ended: bool
    record: Record | None

    @property
    def next_by(self) -> date | None:
        """By when the next renewal has to be on record, its usual delay included."""
        if self.proven_until is None:
            return None
        return self.proven_until + timedelta(days=self.commitment.grace_days)

    @property
    def unknown(self) -> bool:
        """Whether no end is proven."""
        return self.proven_until is None and not self.open_ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """The term of the licence, from an assumed day of grant."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Endurance:
    """Commitments and renewals apart; `carried_by` is the earliest proven end."""

    commitments: tuple[Support, ...]
    renewals: tuple[Support, ...]
    committed_until: date | None
    carried_by: Support | None
    term: Term | None


def endurance(
    resolved: Mapping[tuple[Subject, str], Resolved],
    subjects: Sequence[Subject],
    catalogue: Catalogue,
    *,
    term: Term | None,
) -> Endurance:
    """Read every commitment of the catalogue off the resolved facts."""
    supports = [
        support
        for commitment in catalogue.commitments.values()
        for subject in subjects
        if subject.type == commitment.subject
        and (support := _support(commitment, subject, resolved)) is not None
    ]
    supports.sort(key=_by_end)
    commitments = [s for s in supports if s.commitment.kind == "commitment"]
    renewals = [s for s in supports if s.commitment.kind == "renewal"]
    ending = [s for s in commitments if s.proven_until is not None]
    first = ending[0] if ending else None
    return Endurance(
        commitments=tuple(commitments),
        renewals=tuple(renewals),
        committed_until=None if first is None else first.proven_until,
        carried_by=first,
        term=term,
    )


def licence_term(granted_on: date, years: int) -> Term:
    """The term from the day of grant; 29 February ends on 28 February."""
    return Term(start=granted_on, end=calendar.add_months(granted_on, 12 * years))


def _support(
    commitment: Commitment,
    subject: Subject,
    resolved: Mapping[tuple[Subject, str], Resolved],
) -> Support | None:
    until = resolved.get((subject, commitment.until))
    open_ended = (
        None
        if commitment.open_ended is None
        else resolved.get((subject, commitment.open_ended))
    )
    detail = (
        None
        if commitment.detail is None
        else resolved.get((subject, commitment.detail))
    )
    named = None if detail is None else detail.proven or detail.claimed
    claimed = None if until is None else until.claimed
    proven = None if until is None else until.proven
    return Support(
        commitment=commitment,
        subject=subject,
        detail=None if named is None else Text(zh=str(named), en=str(named)),
        claimed_until=claimed if isinstance(claimed, date) else None,
        proven_until=proven if isinstance(proven, date) else None,
        open_ended=open_ended is not None and open_ended.proven is True,
        claimed_open_ended=open_ended is not None and open_ended.claimed is True,
        record=None if until is None else until.proven_by,
    )


def _by_end(support: Support) -> tuple[int, date, str, str]:
    """Earliest proven end first, then the open-ended, then the unknown."""
    place = 0 if support.proven_until is not None else 1 if support.open_ended else 2
    return (
        place,
        support.proven_until or date.max,
        support.commitment.id,
        support.subject.id,
    )
