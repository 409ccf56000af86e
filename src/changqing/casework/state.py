"""What the events of a case add up to, and the procedures that run in each stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from changqing.case.model import Case
from changqing.case.subjects import APPLICANT
from changqing.casework.events import CaseStage, Event, NoticeLine, name_stage
from changqing.evidence.records import list_records
from changqing.law.kit import Grade
from changqing.law.model import Catalogue
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """What the events add up to.

    `matter` is the procedure that runs, `days` its days that are known, by the names
    it gives them. `licensed_on` is the day of the newest licence, `licensed_since` of
    the first, where that was applied for in this case. `reports` has the day each
    report was handed in, by the end of the year reported on. `corrections` counts
    notices since the application was handed in first. `lines` are those of the last
    notice; `papers`, `sections` and `declared` are the digests of what was handed in
    last. `renewed` counts the licences that came out of a renewal.
    """

    stage: CaseStage
    matter: str
    since: date | None = None
    days: Mapping[str, date] = field(default_factory=dict)
    licensed_on: date | None = None
    licensed_since: date | None = None
    valid_until: date | None = None
    reports: Mapping[date, date] = field(default_factory=dict)
    refused_on: date | None = None
    corrections: int = 0
    lines: tuple[NoticeLine, ...] = ()
    notice: Event | None = None
    papers: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, str] = field(default_factory=dict)
    declared: str | None = None
    renewed: int = 0
    ended: bool = False

    @property
    def has_copy(self) -> bool:
        """Tell whether a copy was kept of what was handed in last."""
        return bool(self.papers or self.sections or self.declared)

    @property
    def years_reported(self) -> frozenset[date]:
        """Return the ends of the years reported on."""
        return frozenset(self.reports)

    @property
    def open_lines(self) -> tuple[NoticeLine, ...]:
        """Lines of the last notice that nobody has settled."""
        return tuple(line for line in self.lines if not line.is_settled)

    @property
    def stage_name(self) -> Text:
        """Name the stage, and that a licence is granted where it has yet to come."""
        return name_stage(self.stage, granted=self.is_granted)

    @property
    def is_granted(self) -> bool:
        """Tell whether the licence was granted and has yet to come."""
        return self.stage is CaseStage.EXAMINATION and "decide" in self.days

    @property
    def is_handed_in(self) -> bool:
        """Tell whether what runs was handed in, and no decision has been recorded."""
        return bool(HANDED_IN & self.days.keys()) and "decide" not in self.days


MATTERS: Final[Mapping[CaseStage, tuple[str, ...]]] = MappingProxyType(
    {
        CaseStage.PREPARE: ("apply", "number_apply"),
        CaseStage.ANNUAL_REPORT: ("annual_report", "number_report"),
        CaseStage.AMENDMENT: (
            "amend_registration",
            "amend_operator_or_scope",
            "amend_site_or_item",
            "number_contact",
        ),
        CaseStage.RENEWAL: ("renew", "number_renew"),
        CaseStage.STOPPED: ("stop", "leave_at_expiry", "number_withdrawal"),
    }
)
"""The procedures that run in each stage which a person begins."""


HANDED_IN: Final = frozenset({"hand_in", "tell", "report", "object"})
"""The steps of procedures by which something is handed in."""


_LICENCE_END: Final = "licence_valid_until"


def list_matters(catalogue: Catalogue, case: Case, stage: CaseStage) -> tuple[str, ...]:
    """List the procedures of a stage that concern the case’s licence."""
    application = case.application
    return tuple(
        name
        for name in MATTERS.get(stage, ())
        if catalogue.procedures[name].covers(
            licence=application.licence,
            scope=application.scope,
            region=application.region,
        )
    )


def find_licence_end(case: Case) -> date | None:
    """Find the last day of the licence as the folder has it.

    None where nothing says it.
    The newest paper or look is taken before the word of `case.yaml`.
    """
    if not any(statement.fact == _LICENCE_END for statement in case.list_statements()):
        return None  # most cases: their records are costly to collect
    records = [
        record
        for record in list_records(case)
        if (record.subject, record.fact) == (APPLICANT, _LICENCE_END)
        and isinstance(record.value, date)
    ]
    newest = max(
        records,
        key=lambda record: (record.grade > Grade.DECLARED, record.observed_at),
        default=None,
    )
    value = None if newest is None else newest.value
    return value if isinstance(value, date) else None


def find_stage_of(matter: str | None) -> CaseStage | None:
    """Find the stage in which a procedure runs that a licensed company begins."""
    for stage, names in MATTERS.items():
        if matter in names and stage is not CaseStage.PREPARE:
            return stage
    return None
