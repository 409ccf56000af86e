"""What the annual report says, in one language: as JSON, and for terminal and page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict


class DutyData(TypedDict):
    """Whether a report is owed, and by when; days are ISO dates."""

    state: str
    owed: bool
    licensed_since: str | None
    filed_on: str | None
    opens: str | None
    last_day: str | None
    days_left: int | None
    text: str


class EntryData(TypedDict):
    """One value of a section, the year before beside it, and what it rests on."""

    fact: str
    label: str
    blank: bool
    own_word: bool
    apart: bool
    value: str | None
    claimed: str | None
    proven: str | None
    grade: str | None
    grade_name: str | None
    source: str | None
    evidence: str | None
    before: str | None
    before_own_word: bool
    difference: str | None
    question: str | None
    proof_by: str
    supply: str | None


class SuppliedEntry(EntryData):
    """A value that is to be supplied or proven, with the number of its section."""

    section: int


class FindingData(TypedDict):
    """What does not fit, and what to do about it."""

    criterion: str
    title: str
    verdict: str
    verdict_name: str
    standing: str
    explanation: str
    remedy: str
    sources: Sequence[str]


class SectionData(TypedDict):
    """One section of the report."""

    id: str
    number: int
    title: str
    state: str
    state_name: str
    glyph: str
    entered: bool | None
    blanks: Sequence[str]
    own_words: Sequence[str]
    entries: Sequence[EntryData]
    findings: Sequence[FindingData]


class ChangeData(TypedDict):
    """What is to be amended before the report is handed in."""

    what: str
    on_licence: str | None
    now: str | None
    compared: bool
    handed_in: bool
    open: bool
    procedure: str | None
    title: str
    day: str | None
    provisional: bool
    passed: bool


class SeasonStep(TypedDict):
    """One step of the season of reports."""

    step: str
    actor: str
    title: str
    does: str
    opens: str | None
    day: str | None
    kind: str | None
    office_day: str | None
    provisional: bool
    days_left: int | None
    passed: bool
    unset: str | None
    runs_out: str | None
    sources: Sequence[str]


class ServiceData(TypedDict):
    """How one service ran, as it was watched."""

    service: str
    checks: int
    days_observed: int
    outages: int
    availability: str | None


class FaultsData(TypedDict):
    """What the ledger of faults adds up to."""

    count: int
    availability: str
    paper: str | None


class ComplaintsData(TypedDict):
    """What the ledger of complaints adds up to."""

    received: int
    answered: int
    longest_days: int | None
    paper: str | None


class MeasuredData(TypedDict):
    """Where the service figures come from, each with its rule."""

    services: Sequence[ServiceData]
    services_rule: str
    faults: FaultsData | None
    faults_rule: str
    complaints: ComplaintsData | None
    complaints_rule: str


class PromiseData(TypedDict):
    """A promise of a plan, beside what was seen of it since."""

    choice: str
    title: str
    promised: str
    document: str
    since: str
    state: str
    state_name: str
    seen: str
    on: str | None
    asks_for: str | None
    due: str | None
    overdue: bool


class AnnualData(TypedDict):
    """The whole report."""

    case: str
    licence: str
    licence_name: str
    year: int
    as_of: str
    listed: bool
    submitted: bool | None
    duty: DutyData
    complete: bool
    headline: str
    deadline: SeasonStep | None
    law: Sequence[str]
    sections: Sequence[SectionData]
    supply: Sequence[SuppliedEntry]
    prove: Sequence[SuppliedEntry]
    other_findings: Sequence[FindingData]
    changes: Sequence[ChangeData]
    season: Sequence[SeasonStep]
    measured: MeasuredData
    promises: Sequence[PromiseData]


class AnnualWithTables(AnnualData):
    """The report with its tables: rows by the heads in English."""

    tables: Mapping[str, Sequence[Mapping[str, object]]]
