"""What follows from other facts of a case, where no source says it.

The day reporting opens, from law; last year's figures, from last year's report once it
was handed in; the availability that a fault ledger gives; and what the events of the
case tell: the term of the licence, what was handed in, the renewals on record. Each is
proven as well as the weakest of its inputs. What was said is never replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import MAXYEAR, MINYEAR, date
from types import MappingProxyType
from typing import Final

from changqing.case.comparison import ReadOutcome
from changqing.case.model import Case
from changqing.case.subjects import APPLICANT, Subject
from changqing.casework.annual_ledgers import (
    ServiceFault,
    compute_availability,
    find_newest_faults,
    list_fault_papers,
    read_faults,
    select_year,
)
from changqing.casework.event_papers import EventCheck, TypedDay, check_events
from changqing.casework.events import Act, Event, Journal
from changqing.casework.files import EVENTS, FOLDER
from changqing.casework.stages import list_states_around
from changqing.casework.state import CaseState
from changqing.day import find_day_start
from changqing.errors import CaseError
from changqing.evidence.model import (
    Conflict,
    GapReason,
    Record,
    Resolved,
    Source,
    SourceKind,
    join_entries,
)
from changqing.evidence.paper_records import grade_of_paper
from changqing.evidence.resolve import resolve_unknown
from changqing.judge.model import Situation
from changqing.law.kit import Grade
from changqing.law.law import find_law_on
from changqing.law.model import Catalogue
from changqing.rules.types import Value
from changqing.text import Text

_AGAIN: Final = ("users", "revenue")
_REPORTS: Final = "annual_report"
_HANDED_IN: Final = "hand_in"
_LICENCE_TERM: Final = "licence_term"
TAKEN_FACTS: Final = frozenset(
    {
        *(
            ("applicant", name)
            for name in (
                *("holds_telecom_licence", "licence_valid_from", "licence_valid_until"),
                *("renewed_times", "renewal_submitted", "renewal_submitted_on"),
            )
        ),
        *(
            ("report", name)
            for name in (
                *("kind", "year", "submitted", "submitted_on", "opens_on"),
                *("users", "revenue", "availability_from_faults"),
                *("filed_last_year_users", "filed_last_year_revenue"),
                "first_of_licence",
            )
        ),
    }
)
"""The facts that are read or derived here, by type of subject."""
_NO_END: Final = Text(
    "台账里有一次故障没有写恢复时间，算不出可用率",
    "the ledger has a fault without an end, so no availability can be worked out",
)
_WHY_NOT_PROVEN: Final = {
    ReadOutcome.READ: GapReason.WEAK_GRADE,
    ReadOutcome.UNREAD: GapReason.NOT_READ,
    ReadOutcome.UNREADABLE: GapReason.UNREADABLE,
}
"""Why the day of an event is not proven, where its paper does not say otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a case folder tells beside its evidence, read once.

    `checks` are the days typed beside events, held against the papers that came with
    them. A fault ledger that cannot be read is kept as the reason, by the id of its
    paper.
    """

    events: tuple[Event, ...] = ()
    checks: tuple[EventCheck, ...] = ()
    faults: Mapping[str, tuple[ServiceFault, ...] | Text] = field(
        default_factory=lambda: MappingProxyType({})
    )


def recall(case: Case) -> Past:
    """Read the events and the fault ledgers of a case. TamperError as `Journal`."""
    if case.register is not None:
        return Past()  # an extract of a register holds neither
    faults: dict[str, tuple[ServiceFault, ...] | Text] = {}
    for paper in list_fault_papers(case):
        try:
            faults[paper.id] = read_faults(case, paper)
        except CaseError as error:
            faults[paper.id] = error.issues[0].text
    events = Journal(case.path).list_events()
    return Past(events=events, checks=check_events(case, events), faults=faults)


def find_report(situation: Situation, year: int) -> Subject | None:
    """Find the annual report on a year that the case lists."""
    for subject, on in _list_annual_reports(situation):
        if on == year:
            return subject
    return None


def _list_annual_reports(situation: Situation) -> Iterator[tuple[Subject, int]]:
    for subject in situation.subjects:
        if subject.type != "report":
            continue
        kind, year = (
            situation.resolved.get((subject, name)) for name in ("kind", "year")
        )
        if kind is None or year is None or kind.best != "annual":
            continue
        on = year.best
        if isinstance(on, int):
            yield subject, on


def complete_facts(
    situation: Situation, case: Case, catalogue: Catalogue, past: Past
) -> Situation:
    """Add to a situation what follows from its facts and from the past."""
    filling = _Filling(situation, case, catalogue, past.checks)
    filling.tell(past.events)
    filling.hold_licence()
    for subject, year in _list_annual_reports(situation):
        filling.derive_for_report(subject, year, past)
    return replace(
        situation,
        resolved=filling.resolved,
        conflicts=(*situation.conflicts, *filling.conflicts),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Derivation:
    """A value that follows from others: how well they prove it, and where they are."""

    value: Value
    grade: Grade
    place: str
    digest: str | None = None
    source: str = ""  # where the place does not tell it
    check: EventCheck | None = None  # where a day of an event says it
    based_on: tuple[int, ...] = ()  # the entries in the log that it follows from


class _Filling:
    """The facts of one situation while what follows is added, blank by blank."""

    def __init__(
        self,
        situation: Situation,
        case: Case,
        catalogue: Catalogue,
        checks: Sequence[EventCheck],
    ) -> None:
        self.resolved = dict(situation.resolved)
        self.conflicts: list[Conflict] = []
        self._checks = {(check.event, check.day): check for check in checks}
        self._situation = situation
        self._case = case
        self._catalogue = catalogue
        self._papers = {paper.id: paper for paper in case.papers}

    def tell(self, events: tuple[Event, ...]) -> None:
        """Tell what the events up to the day say; nothing where they do not add up."""
        past_events = [event for event in events if event.on <= self._situation.as_of]
        try:
            walked = list(list_states_around(self._catalogue, self._case, past_events))
        except CaseError as error:
            self._add_gap(APPLICANT, "renewed_times", error.issues[0].text)
            return
        reports = {
            year: subject for subject, year in _list_annual_reports(self._situation)
        }
        licence: Event | None = None
        submitted: Event | None = None
        for event, before, after in walked:
            if event.act is Act.LICENCE:
                licence = event
            if event.act is Act.SUBMIT:
                submitted = event
                for year_end in after.years_reported - before.years_reported:
                    self._fill_report(reports.get(year_end.year), event)
        if walked and licence is not None:
            self._fill_licence(walked[-1][2], licence, submitted)

    def hold_licence(self) -> None:
        """Derive whether a licence is held from its days, as well as they are proven.

        Without them it stays open: a licence of which nothing is known may still be.
        """
        name, day = "holds_telecom_licence", self._situation.as_of
        first = self._find_resolved(APPLICANT, "licence_valid_from")
        last = self._find_resolved(APPLICANT, "licence_valid_until")
        for begin, end, since, by, fill in (
            (
                *(first.claimed, last.claimed, first.claimed_by, last.claimed_by),
                self._claim_fact,
            ),
            (
                *(first.proven, last.proven, first.proven_by, last.proven_by),
                self._prove_fact,
            ),
        ):
            if isinstance(begin, date) and isinstance(end, date) and by is not None:
                derivation = _Derivation(
                    value=begin <= day <= end,
                    grade=by.grade,
                    place=by.source.place,
                    digest=by.digest,
                    source=_LICENCE_TERM,
                    based_on=join_entries((since, by)),
                )
                fill(APPLICANT, name, derivation)

    def derive_for_report(self, subject: Subject, year: int, past: Past) -> None:
        """Derive what follows for one annual report; nothing of a year that is none."""
        if not MINYEAR < year < MAXYEAR:
            return
        window = find_law_on(
            self._catalogue, "annual_report_window", date(year + 1, 1, 1)
        )
        quarter = window.values["quarter"].number
        if quarter is not None:
            self._fill_fact(
                subject,
                "opens_on",
                _Derivation(
                    value=date(year + 1, 3 * quarter - 2, 1),
                    grade=Grade.DECLARED,
                    place=window.id,
                ),
            )
        self._fill_last_year(subject, find_report(self._situation, year - 1))
        self._fill_first(subject, year)
        paper = find_newest_faults(self._case, year, self._situation.as_of)
        fault_log = None if paper is None else past.faults.get(paper.id)
        if paper is None or fault_log is None:
            return
        if isinstance(fault_log, Text):
            self._add_gap(subject, "availability_from_faults", fault_log)
            return
        faults = select_year(fault_log, year)
        availability = None if faults is None else compute_availability(faults, year)
        if faults is not None and availability is None:
            self._add_gap(subject, "availability_from_faults", _NO_END)
        if availability is not None:
            self._fill_fact(
                subject,
                "availability_from_faults",
                _Derivation(
                    value=availability,
                    grade=grade_of_paper(self._catalogue, paper.kind),
                    place=paper.file.path,
                    digest=paper.file.digest,
                ),
            )

    def _fill_last_year(self, subject: Subject, last: Subject | None) -> None:
        """Tell which report is last year's by its kind and year, as a listing does."""
        handed_in = None if last is None else self.resolved.get((last, "submitted"))
        if last is None or handed_in is None:
            return
        for name in _AGAIN:
            resolved = self.resolved.get((last, name))
            if resolved is None:
                continue
            claim, by = resolved.claimed, resolved.claimed_by
            record = handed_in.claimed_by
            if handed_in.claimed is True and claim is not None and by and record:
                self._claim_fact(
                    subject,
                    f"filed_last_year_{name}",
                    _derive_from_weakest(claim, last, by, record),
                )
            proof, by, record = resolved.proven, resolved.proven_by, handed_in.proven_by
            if handed_in.proven is True and proof is not None and by and record:
                self._prove_fact(
                    subject,
                    f"filed_last_year_{name}",
                    _derive_from_weakest(proof, last, by, record),
                )

    def _fill_first(self, subject: Subject, year: int) -> None:
        """Tell whether the company had no licence before the year reported on.

        Who filed figures of the year before had one. A licence that was renewed is not
        the first; where that is not known, its first day tells no more than that it was
        held in an earlier year.
        """
        first = self._find_resolved(APPLICANT, "licence_valid_from")
        times = self._find_resolved(APPLICANT, "renewed_times")
        filed = [self._find_resolved(subject, f"filed_last_year_{n}") for n in _AGAIN]
        for begin, count, records, filed_by, fill in (
            (
                *(first.claimed, times.claimed, (first.claimed_by, times.claimed_by)),
                *([resolved.claimed_by for resolved in filed], self._claim_fact),
            ),
            (
                *(first.proven, times.proven, (first.proven_by, times.proven_by)),
                *([resolved.proven_by for resolved in filed], self._prove_fact),
            ),
        ):
            by, counted = records
            last = next((record for record in filed_by if record is not None), None)
            is_first: bool | None = None
            if last is not None:
                is_first, by, counted = False, last, last
            elif isinstance(begin, date) and begin.year < year:
                is_first, counted = False, by
            elif isinstance(begin, date) and begin.year == year and count == 0:
                is_first = True
            if is_first is not None and by is not None and counted is not None:
                derivation = _derive_from_weakest(is_first, subject, by, counted)
                fill(subject, "first_of_licence", derivation)

    def _fill_report(self, subject: Subject | None, event: Event) -> None:
        """Fill in that, and when, it was handed in; not where the case denies it."""
        if (
            subject is not None
            and self._find_resolved(subject, "submitted").claimed is not False
        ):
            self._fill_submission(subject, ("submitted", "submitted_on"), event)

    def _fill_submission(
        self, subject: Subject, names: tuple[str, str], event: Event
    ) -> None:
        """Fill in that something was handed in, and the day, which its receipt says."""
        whether, day = names
        self._fill_fact(
            subject, whether, self._derive_value(event, TypedDay.ON, value=True)
        )
        self._fill_day(
            subject, day, self._derive_value(event, TypedDay.ON, value=event.on)
        )

    def _fill_licence(
        self, state: CaseState, licence: Event, submitted: Event | None
    ) -> None:
        # A record that begins with a licence in force does not know how often it was
        # renewed before: none on record is none only where it holds the first grant.
        if state.renewed or state.licensed_since is not None:
            renewed = self._derive_value(licence, TypedDay.UNTIL, value=state.renewed)
            self._fill_fact(APPLICANT, "renewed_times", renewed)
        if state.valid_until is not None:
            until = self._derive_value(licence, TypedDay.UNTIL, value=state.valid_until)
            self._fill_day(APPLICANT, "licence_valid_until", until)
        applied = state.days.get(_HANDED_IN)
        if state.matter == "renew" and applied is not None and submitted is not None:
            names = ("renewal_submitted", "renewal_submitted_on")
            handed = (
                submitted
                if submitted.on == applied
                else replace(submitted, on=applied, paper=None)
            )
            self._fill_submission(APPLICANT, names, handed)

    def _derive_value(
        self, event: Event, day: TypedDay, *, value: Value
    ) -> _Derivation:
        """Take a value from an event, proven as well as its day was read in a paper."""
        paper = self._papers.get(event.paper or "")
        check = None if paper is None else self._checks.get((event.number, day))
        grade = Grade.DECLARED if paper is None else Grade.TRANSCRIBED
        return _Derivation(
            value=value,
            grade=grade if check is None else check.grade,
            place=f"{FOLDER}/{EVENTS}:{event.number}",
            digest=None if paper is None else paper.file.digest,
            check=check,
        )

    def _fill_day(self, subject: Subject, name: str, derivation: _Derivation) -> None:
        """Fill in a day; where its paper gives another, both are a conflict.

        The paper's own day is then what is proven, as of every paper that denies what
        was typed of it.
        """
        self._fill_fact(subject, name, derivation)
        check = derivation.check
        if check is None or not check.is_denied or check.paper is None:
            return
        stands = check.found.stands
        if stands is None:
            return
        denied = replace(
            derivation,
            value=stands,
            grade=grade_of_paper(self._catalogue, check.paper.kind),
            check=None,
        )
        typed = self._make_record(subject, name, derivation)
        page = "" if check.found.page is None else f"第{check.found.page}页"
        read_record = replace(
            self._make_record(subject, name, denied),
            source=Source(kind=SourceKind.READING, name=check.paper.id, place=page),
            raw=check.found.words,
        )
        self.conflicts.append(
            Conflict(fact=name, subject=subject, one=typed, other=read_record)
        )
        self._prove_fact(subject, name, denied, by=read_record)

    def _fill_fact(self, subject: Subject, name: str, derivation: _Derivation) -> None:
        self._claim_fact(subject, name, derivation)
        self._prove_fact(subject, name, derivation)

    def _claim_fact(self, subject: Subject, name: str, derivation: _Derivation) -> None:
        now = self._find_resolved(subject, name)
        if now.claimed is None:
            record = self._make_record(subject, name, derivation)
            self.resolved[subject, name] = replace(
                now, claimed=derivation.value, claimed_by=record
            )

    def _prove_fact(
        self,
        subject: Subject,
        name: str,
        derivation: _Derivation,
        *,
        by: Record | None = None,
    ) -> None:
        now = self._find_resolved(subject, name)
        proof = self._catalogue.facts[subject.type, name].proof
        if now.proven is not None:
            return
        if derivation.grade >= proof:
            self.resolved[subject, name] = replace(
                now,
                proven=derivation.value,
                proven_by=by or self._make_record(subject, name, derivation),
                gap=None,
                gap_detail=None,
                gap_at=None,
                gap_entries=(),
                ended_by=None,
            )
        elif derivation.check is not None:
            self.resolved[subject, name] = replace(
                now,
                gap=_WHY_NOT_PROVEN.get(
                    derivation.check.found.outcome, GapReason.NOT_SHOWN
                ),
                gap_detail=derivation.check.say(),
                gap_at=None,
                gap_entries=(),
                ended_by=None,
            )

    def _add_gap(self, subject: Subject, name: str, why: Text) -> None:
        """It could not be derived: a gap, if nobody said it."""
        now = self._find_resolved(subject, name)
        if now.proven is None:
            self.resolved[subject, name] = replace(
                now,
                gap=GapReason.UNREADABLE,
                gap_detail=why,
                gap_at=None,
                gap_entries=(),
                ended_by=None,
            )

    def _find_resolved(self, subject: Subject, name: str) -> Resolved:
        resolved = self.resolved.get((subject, name))
        return (
            resolve_unknown(subject, name, self._catalogue)
            if resolved is None
            else resolved
        )

    def _make_record(
        self, subject: Subject, name: str, derivation: _Derivation
    ) -> Record:
        at = find_day_start(self._situation.as_of)
        source = FOLDER if derivation.place.startswith(f"{FOLDER}/") else _REPORTS
        source = derivation.source or source
        return Record(
            fact=name,
            subject=subject,
            value=derivation.value,
            source=Source(kind=SourceKind.DERIVED, name=source, place=derivation.place),
            observer="changqing",
            grade=derivation.grade,
            digest=derivation.digest,
            observed_at=at,
            received_at=at,
            valid_until=None,
            based_on=derivation.based_on,
        )


def _derive_from_weakest(
    value: Value, last: Subject, first: Record, second: Record
) -> _Derivation:
    weaker = min(first, second, key=lambda record: record.grade)
    return _Derivation(
        value=value,
        grade=weaker.grade,
        place=str(last),
        digest=first.digest,
        based_on=join_entries((first, second)),
    )
