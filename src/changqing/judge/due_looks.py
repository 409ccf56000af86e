"""Which guided looks would settle what open findings still ask."""

from __future__ import annotations

from collections.abc import Iterator

from changqing.case.subjects import Subject
from changqing.judge.model import Assessment
from changqing.law.model import Catalogue, Verdict
from changqing.readers.saved_page import DueRecord, select_due_looks


def find_due_looks(
    assessment: Assessment, catalogue: Catalogue
) -> tuple[DueRecord, ...]:
    """Find the looks that settle something not proven; those that settle most first."""
    return select_due_looks(catalogue, _list_unproven(assessment))


def _list_unproven(assessment: Assessment) -> Iterator[tuple[Subject, str]]:
    """What is not proven yet, of all that open findings ask, in their order."""
    situation = assessment.situation
    for finding in assessment.findings:
        if finding.verdict not in (Verdict.UNDETERMINED, Verdict.UNPROVEN):
            continue
        for subject_type, fact in sorted(finding.criterion.test.facts):
            for subject in situation.subjects:
                own = finding.subject if finding.subject is not None else subject
                if subject.type != subject_type or (
                    own.type == subject_type and own != subject
                ):
                    continue
                resolved = situation.resolved.get((subject, fact))
                if resolved is None or resolved.proven is None:
                    yield subject, fact
