"""What a list of many cases shows of one assessment, and a search over them reads.

It takes less than half of what a report takes: no plan is made and nothing is put into
words that no list shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from changqing.case.subjects import Subject
from changqing.judge.advice import Adviser
from changqing.judge.model import (
    Assessment,
    Compliance,
    Finding,
    LongTermState,
    Readiness,
)
from changqing.judge.verdict import blocks
from changqing.law.model import Catalogue, Verdict
from changqing.outlook.ahead import Outlook
from changqing.outlook.endurance import Endurance, Support
from changqing.report.counting import is_settled, join_key, rank_urgency
from changqing.report.words import HandingInState
from changqing.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryCaution:
    """A certain defect of practice or duty, as a list says it."""

    says: Text
    defects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCriterion:
    """A criterion that is not settled: its gravest verdict, of how many subjects.

    `key` is the name by which that finding is addressed.
    """

    criterion: str
    verdict: Verdict
    count: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportEnd:
    """The last day of what the service rests on, `said` where no proof reaches it."""

    id: str
    label: Text
    day: date
    said: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentSummary:
    """One assessment in a line. `wanted` are papers that open findings ask for.

    `claimed` and `proven` count the criteria that hold, of those that apply.
    """

    as_of: date
    assessed_at: datetime | None
    catalogue: str
    readiness: Readiness | None
    compliance: Compliance | None
    handing_in: HandingInState | None
    cautions: tuple[SummaryCaution, ...]
    long_term: LongTermState
    scope: str
    blocking: int
    claimed: int
    proven: int
    proven_until: date | None
    carried_by: Text | None
    open: tuple[OpenCriterion, ...]
    wanted: tuple[str, ...]
    ends: tuple[SupportEnd, ...]


def build_summary(
    assessment: Assessment,
    outlook: Outlook,
    *,
    catalogue: Catalogue,
    adviser: Adviser,
    handing_in: HandingInState | None,
    assessed_at: datetime | None,
) -> AssessmentSummary:
    """Sum up an assessment; `assessed_at` is None where nothing was looked at."""
    situation, endurance = assessment.situation, outlook.endurance
    findings_asked = [finding for finding in assessment.findings if finding.asked]
    applying = [
        f for f in findings_asked if f.effective_verdict is not Verdict.NOT_APPLICABLE
    ]
    unsettled = [finding for finding in findings_asked if not is_settled(finding)]
    carried = endurance.carried_by
    return AssessmentSummary(
        as_of=situation.as_of,
        assessed_at=None if assessed_at is None else assessed_at.replace(microsecond=0),
        catalogue=catalogue.digest,
        readiness=assessment.readiness,
        compliance=assessment.compliance,
        handing_in=handing_in,
        cautions=tuple(
            SummaryCaution(
                says=caution.says, defects=tuple(caution.finding.criterion.defects)
            )
            for caution in assessment.cautions
        ),
        long_term=assessment.long_term.state,
        scope=situation.application.scope,
        blocking=sum(map(blocks, findings_asked)),
        claimed=sum(finding.claimed is True for finding in applying),
        proven=sum(finding.proven is True for finding in applying),
        proven_until=endurance.committed_until,
        carried_by=None if carried is None else carried.commitment.label,
        open=_list_open(unsettled),
        wanted=tuple(
            sorted(
                {
                    material
                    for finding in unsettled
                    for material in adviser.advise(finding).materials
                }
            )
        ),
        ends=_list_ends(endurance),
    )


def _list_open(unsettled: Sequence[Finding]) -> tuple[OpenCriterion, ...]:
    first: dict[str, Finding] = {}
    for finding in sorted(unsettled, key=rank_urgency):
        first.setdefault(finding.criterion.id, finding)
    counts = Counter(finding.criterion.id for finding in unsettled)
    return tuple(
        OpenCriterion(
            criterion=criterion,
            verdict=finding.verdict,
            count=counts[criterion],
            key=_format_key(criterion, finding.subject),
        )
        for criterion, finding in first.items()
    )


def _format_key(criterion: str, subject: Subject | None) -> str:
    if subject is None:
        return criterion
    return join_key(criterion, subject.type, subject.id)


def _list_ends(endurance: Endurance) -> tuple[SupportEnd, ...]:
    return tuple(
        SupportEnd(
            id=support.commitment.id,
            label=support.commitment.label,
            day=day,
            said=is_claimed,
        )
        for support in (*endurance.commitments, *endurance.renewals)
        for day, is_claimed in (_find_end(support),)
        if day is not None
    )


def _find_end(support: Support) -> tuple[date | None, bool]:
    """Find the last day of a support, and whether it is stated only."""
    if support.renews and support.next_by is not None:
        return support.next_by, False
    if support.proven_until is not None:
        return support.proven_until, False
    return support.claimed_until, True
