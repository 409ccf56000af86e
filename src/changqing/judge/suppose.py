"""What if: the verdict as it would be once some errands are done. Tried, not promised.

Each criterion counts as met only if the trial of its remedy holds
(`simulate_remedies`); everything else stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from changqing.judge.assess import Judge
from changqing.judge.model import Assessment, Finding
from changqing.judge.simulate import simulate_remedies
from changqing.judge.verdict import (
    blocks,
    decide_compliance,
    decide_long_term,
    decide_readiness,
    lacks_proof,
)
from changqing.law.model import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseStanding:
    """Both sentences by their codes, and what stands in their way."""

    readiness: str | None
    compliance: str | None
    long_term: str
    blocking: int
    waiting: int
    met: int

    @property
    def state(self) -> str:
        """The code of the first sentence."""
        return self.readiness or self.compliance or ""

    @classmethod
    def from_findings(
        cls, findings: tuple[Finding, ...], *, licensed: bool
    ) -> CaseStanding:
        """Count where these findings leave the case."""
        findings_asked = [finding for finding in findings if finding.asked]
        return cls(
            readiness=None if licensed else decide_readiness(findings).value,
            compliance=decide_compliance(findings).value if licensed else None,
            long_term=decide_long_term(findings).state.value,
            blocking=sum(blocks(finding) for finding in findings),
            waiting=sum(lacks_proof(f.verdict, required=f.required) for f in findings),
            met=sum(finding.verdict is Verdict.MET for finding in findings_asked),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """Before, after, and which criteria the trial left as they were."""

    before: CaseStanding
    after: CaseStanding
    settled: tuple[str, ...]
    left: tuple[str, ...]


def try_remedies(
    judge: Judge, assessment: Assessment, criteria: Iterable[str]
) -> Supposed:
    """Try the remedies of these criteria, of those that the catalogue has."""
    remedied = sorted(set(criteria) & judge.catalogue.criteria.keys())
    unmet = set(simulate_remedies(judge, assessment, remedied))
    settled = [name for name in remedied if name not in unmet]
    after = tuple(
        replace(finding, verdict=Verdict.MET)
        if finding.criterion.id in settled
        and finding.verdict is not Verdict.NOT_APPLICABLE
        else finding
        for finding in assessment.findings
    )
    return Supposed(
        before=CaseStanding.from_findings(
            assessment.findings, licensed=assessment.compliance is not None
        ),
        after=CaseStanding.from_findings(
            after, licensed=assessment.compliance is not None
        ),
        settled=tuple(settled),
        left=tuple(sorted(unmet)),
    )
