"""The next step of a case: what it is, who takes it, and how long that stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from changqing.agency.desk import Deed, Note
from changqing.casework.events import CaseStage
from changqing.day import beijing_day
from changqing.law.kinds.procedure import Actor, Bound
from changqing.law.model import Catalogue
from changqing.text import Text, WordedEnum

if TYPE_CHECKING:
    from changqing.case.model import Case
    from changqing.casework.dates import CaseDue, Status
    from changqing.casework.events import Event

_REPORT: Final = "hand_in"
OF_CHOICE: Final = frozenset({"reconsideration", "litigation", "reapply"})
"""Procedures that nobody has to begin: their days pass without anything being late."""


class Party(WordedEnum):
    """Who must act next: whoever keeps the case, its client, or the authority."""

    WE = "we", Text("我方", "we")
    CLIENT = "client", Text("客户", "client")
    AUTHORITY = "authority", Text("主管机关", "authority")


class DayKind(WordedEnum):
    """What a day is: set by law or by the authority, an estimate, or one's own plan."""

    STATUTORY = "statutory", Text("法定期限", "set by law")
    EXPECTED = "expected", Text("预计日期", "expected")
    OWN = "own", Text("自定计划", "own plan")


def name_day_kind(due: CaseDue | None) -> DayKind | None:
    """Tell what the day of a step is; None without a day.

    A day that a notice of the authority names counts as set by law.
    """
    if due is None or due.day is None:
        return None
    if not due.procedure:  # the applicant set it itself
        return DayKind.OWN
    return DayKind.EXPECTED if due.bound is Bound.EXPECTED else DayKind.STATUTORY


def select_first_due(status: Status) -> CaseDue | None:
    """Select what must be done first: the oldest day that was missed, else the next."""
    missed = [due for due in status.over if due.procedure not in OF_CHOICE]
    return missed[0] if missed else status.next


def find_party(
    due: CaseDue | None,
    notes: Sequence[Note],
    case: Case,
    events: Sequence[Event],
    today: date,
) -> Party | None:
    """Find who must take the next step; None without one.

    A step of the applicant is the client's from the day we asked for something until
    something came of it: a paper received after that day, or an event recorded since.
    A paper of the same day may have been there before we asked.
    """
    if due is None:
        return None
    if due.actor not in (Actor.APPLICANT, Actor.BOTH):
        return Party.AUTHORITY
    times_asked = [note.recorded_at for note in notes if note.deed is Deed.ASK]
    last = max((at for at in times_asked if at is not None), default=None)
    if last is None or beijing_day(last) > today:
        return Party.WE
    received = any(
        beijing_day(last) < paper.received_on <= today for paper in case.papers
    )
    recorded = any(event.recorded_at and event.recorded_at > last for event in events)
    return Party.WE if received or recorded else Party.CLIENT


def find_report_day(status: Status) -> date | None:
    """Find the last day for the next annual report; none for who is stopping."""
    from changqing.casework.state import MATTERS

    if status.state.stage is CaseStage.STOPPED:
        return None
    reports = MATTERS[CaseStage.ANNUAL_REPORT]
    handing_in = (
        d for d in status.dues if d.procedure in reports and d.step == _REPORT
    )
    return next(
        (due.day for due in handing_in if due.bound is not Bound.EARLIEST), None
    )


def name_step(due: CaseDue) -> Text:
    """Name a step; one whose day is unknown says why."""
    if due.day is not None or due.unset is None:
        return due.title
    return Text(
        zh=f"{due.title.zh}（{due.unset.zh}）", en=f"{due.title.en} ({due.unset.en})"
    )


def find_last_day(
    case: Case, events: Sequence[Event], status: Status, today: date
) -> date:
    """Find the last day for which the row of today comes out the same.

    It changes when a day ahead passes, when an event of a later day begins to count or
    a paper comes, at New Year (the year to report on), and when a number of law does.
    """
    ends = [
        due.day
        for due in status.dues
        if due.day is not None and not due.passed and due.bound is not Bound.EARLIEST
    ]
    ends += [date(today.year, 12, 31)]
    ends += [event.on - _ONE_DAY for event in events if event.on > today]
    ends += [p.received_on - _ONE_DAY for p in case.papers if p.received_on > today]
    ends += [day - _ONE_DAY for day in list_turns(case.catalogue) if day > today]
    return min(ends)


def list_turns(catalogue: Catalogue) -> Iterator[date]:
    """List the days on which a number that days are reckoned by begins or ends."""
    spans = [v.in_force for p in catalogue.parameters.values() for v in p.values]
    spans += [f.in_force for f in catalogue.law.values() if f.in_force is not None]
    for span in spans:
        yield span.start
        if span.end is not None:
            yield span.end + _ONE_DAY


_ONE_DAY: Final = timedelta(days=1)
