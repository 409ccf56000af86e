"""What was seen and said, and what could not be seen, as a report lists it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from changqing.case.comparison import Comparisons
from changqing.case.subjects import Subject
from changqing.day import beijing_day
from changqing.evidence.model import Conflict, Record
from changqing.judge.model import Assessment, FindingGap, Situation
from changqing.judge.words import say_value
from changqing.law.model import Catalogue, Verdict
from changqing.report.model import (
    ConflictView,
    EvidenceView,
    FactGap,
    GapView,
    StatementView,
)
from changqing.report.outlook_model import SubjectView
from changqing.report.sources import find_number, write_source
from changqing.text import both

_BEIJING = ZoneInfo("Asia/Shanghai")
Quotes = Mapping[str, Comparisons]
"""How the papers of a case compare with what was typed of them, by paper."""


def build_subject(situation: Situation, subject: Subject) -> SubjectView:
    """Name a subject as the case does."""
    label = situation.labels.get(subject, both(subject.id))
    return SubjectView(type=subject.type, id=subject.id, label=label)


def list_numbers(records: Sequence[Record]) -> tuple[str, ...]:
    """List the numbers of records that are logged."""
    return tuple(number for record in records if (number := find_number(record)))


def build_fact_gap(gap: FindingGap) -> FactGap:
    """Say why one fact of a finding is not proven."""
    return FactGap(
        fact=gap.fact,
        label=gap.label,
        reason=gap.reason.value,
        text=gap.detail,
        at=_convert_to_beijing(gap.at),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceBuilder:
    """Lists the evidence of one assessment: records, conflicts and gaps."""

    assessment: Assessment
    catalogue: Catalogue

    def build_conflict(self, conflict: Conflict) -> ConflictView:
        """Show two sources that differ, each with its place."""
        fact = self.catalogue.facts[conflict.subject.type, conflict.fact]
        return ConflictView(
            fact=conflict.fact,
            label=fact.label,
            subject=build_subject(self.assessment.situation, conflict.subject),
            one=self._view_statement(conflict.one),
            other=self._view_statement(conflict.other),
            criteria=tuple(
                finding.criterion.id
                for finding in self.assessment.findings
                if conflict in finding.conflicts
            ),
        )

    def _view_statement(self, record: Record) -> StatementView:
        fact = self.catalogue.facts[record.subject.type, record.fact]
        return StatementView(
            value=say_value(record.value, fact),
            grade=record.grade.code,
            source=write_source(record, self.assessment.situation.labels),
            place=record.source.place,
            evidence=find_number(record),
            date=beijing_day(record.observed_at),
        )

    def build_gaps(self) -> tuple[GapView, ...]:
        """Build what could not be looked at, each once, with the criteria that wait."""
        waiting: dict[tuple[Subject, str], dict[str, None]] = {}
        first: dict[tuple[Subject, str], FindingGap] = {}
        for finding in self.assessment.findings:
            if finding.verdict is Verdict.MET:
                continue
            for gap in finding.gaps:
                key = (gap.subject, gap.fact)
                first.setdefault(key, gap)
                waiting.setdefault(key, {})[finding.criterion.id] = None
        return tuple(
            GapView(
                fact=gap.fact,
                label=gap.label,
                subject=build_subject(self.assessment.situation, gap.subject),
                reason=gap.reason.value,
                text=gap.detail,
                at=_convert_to_beijing(gap.at),
                criteria=tuple(waiting[key]),
            )
            for key, gap in sorted(first.items())
        )

    def list_evidence(self, quotes: Quotes) -> tuple[EvidenceView, ...]:
        """List the records that decide something, with the words of what is doubted.

        With them what proved something that nothing proves any more: its end is past.
        """
        records: dict[tuple[Subject, str, object], Record] = {}
        for resolved in self.assessment.situation.resolved.values():
            for record in (
                resolved.claimed_by,
                resolved.proven_by,
                resolved.ended_by,
            ):
                if record is not None:
                    records[record.subject, record.fact, record.source] = record
        ordered = sorted(records.values(), key=_order_by_number)
        doubted = {
            id(record)
            for finding in self.assessment.findings
            if finding.required or finding.criterion.long_term is not None
            if finding.verdict in (Verdict.UNMET, Verdict.CONTRADICTED)
            for record in finding.evidence
        }
        return tuple(
            self._view_evidence(
                record, _find_quote(record, quotes) if id(record) in doubted else None
            )
            for record in ordered
        )

    def _view_evidence(self, record: Record, quote: str | None) -> EvidenceView:
        fact = self.catalogue.facts[record.subject.type, record.fact]
        situation, number = self.assessment.situation, find_number(record)
        day = beijing_day(record.observed_at)
        return EvidenceView(
            number=number,
            label=fact.label,
            subject=build_subject(situation, record.subject),
            value=say_value(record.value, fact),
            grade=record.grade.code,
            source=write_source(record, situation.labels),
            place=record.source.place,
            evidence=number,
            date=day,
            observed_at=day,
            valid_until=record.valid_until,
            digest=record.digest,
            quote=quote,
        )


def _find_quote(record: Record, quotes: Quotes) -> str | None:
    """The words of a paper that say a value of its, or deny it."""
    comparison = quotes.get(record.source.name, {}).get((record.subject, record.fact))
    return None if comparison is None else comparison.words


def _order_by_number(record: Record) -> tuple[object, ...]:
    subject, source = record.subject, record.source
    subject_and_fact = (subject.type, subject.id, record.fact)
    return (record.number, *subject_and_fact, source.kind, source.name, source.place)


def _convert_to_beijing(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.astimezone(_BEIJING).replace(microsecond=0)
