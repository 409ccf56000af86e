"""Which questions a case is asked, as fields: by dimension, by subject, in groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from changqing.case.edit import CaseData, find_place
from changqing.case.subjects import Subject
from changqing.judge.questions import place_answer
from changqing.judge.verdict import URGENCY
from changqing.latest import Latest
from changqing.law.kinds.fact import Fact
from changqing.law.kit import Dimension, QuestionGroup, find_grade
from changqing.law.model import Catalogue, Verdict
from changqing.law.subjects import SUBJECTS
from changqing.report.counting import rank_urgency, select_asked
from changqing.report.model import CaseReport, FindingView, Tally
from changqing.text import Text
from changqing_web.facts.fact_field import Decides, FactField, FieldEvidence

_SETTLED: Final = frozenset({Verdict.MET, Verdict.NOT_APPLICABLE})
_STRUCTURAL: Final = frozenset({"kind", "role", "name"})
_FOLLOWING: Final = frozenset(
    {"offers_described", "needs_other_class", "offer_fits_licence"}
    | {"other_classes_needed"}
)
"""What follows from other answers, and is not asked beside them."""
_LEADING: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("applicant", "onsite_visited_on"): ("applicant", "onsite_matches"),
    ("applicant", "onsite_differs_in"): ("applicant", "onsite_matches"),
    ("paper", "found_false"): ("applicant", "paper_found_false"),
    ("paper", "found_false_on"): ("applicant", "paper_found_false"),
    ("paper", "found_false_by"): ("applicant", "paper_found_false"),
    ("offer", "activities"): ("applicant", "offers_described"),
    ("offer", "earns"): ("applicant", "offers_described"),
}
"""What is asked because another fact follows from it, and that fact."""


def find_list_name(subject_type: str) -> str:
    """Find the list of the file in which subjects of a type stand."""
    return SUBJECTS[subject_type].listed


def may_be_written(catalogue: Catalogue, subject_type: str) -> list[Fact]:
    """Select the facts of a type of subject that a form may ask."""
    return [
        fact
        for (of, name), fact in catalogue.facts.items()
        if of == subject_type
        and not fact.generated
        and name not in _STRUCTURAL | _FOLLOWING
    ]


@lru_cache(maxsize=1)
def _map_readers(catalogue_digest: str) -> dict[tuple[str, str], list[str]]:
    from changqing_web.index import catalogue

    del catalogue_digest
    readers: dict[tuple[str, str], list[str]] = {}
    for name, criterion in catalogue().criteria.items():
        for key in criterion.test.facts | criterion.applies.facts:
            readers.setdefault(key, []).append(name)
    for key, follows in _LEADING.items():
        readers.setdefault(key, []).extend(readers.get(follows, ()))
    return readers


def map_readers(catalogue: Catalogue) -> Mapping[tuple[str, str], Sequence[str]]:
    """Map the criteria that read each fact."""
    return _map_readers(catalogue.digest)


def list_fields(
    catalogue: Catalogue,
    case_data: CaseData,
    report: CaseReport,
    dimension: Dimension,
    *,
    every: bool = False,
) -> list[FactField]:
    """List the questions of a dimension, in the order of the catalogue.

    Those of the applicant and of each service that decide something here, and those
    that are answered; with `every`, all there are.
    """
    subjects = (Subject("applicant", "self"), *list_services(case_data))
    fields = list_fields_about(catalogue, case_data, report, subjects, every=every)
    return [
        fact_field for fact_field in fields if fact_field.fact.dimension is dimension
    ]


def list_fields_about(
    catalogue: Catalogue,
    case_data: CaseData,
    report: CaseReport,
    subjects: Sequence[Subject],
    *,
    every: bool = False,
) -> list[FactField]:
    """List the questions about some subjects, as `list_fields` chooses them."""
    criteria_asked = {finding.criterion for finding in select_asked(report.findings)}
    reading = map_readers(catalogue)
    evidence, findings = (
        group_evidence_by_label(report),
        group_findings_by_criterion(report),
    )
    fields: list[FactField] = []
    for subject in subjects:
        for fact in may_be_written(catalogue, subject.type):
            at = find_place(subject, fact.id)
            shown_value = case_data.find_value(at)
            deciding = [
                name
                for name in reading.get((subject.type, fact.id), ())
                if name in criteria_asked
            ]
            if not (every or deciding or shown_value is not None):
                continue
            field = FactField(
                subject=subject,
                fact=fact,
                at=at,
                shown=shown_value,
                found=tuple(evidence.get((str(subject), fact.label.zh), ())),
                decides=tuple(find_decided(findings, deciding, subject)),
            )
            field.take_shown()
            fields.append(field)
    return fields


def list_fields_asked(
    catalogue: Catalogue,
    case_data: CaseData,
    report: CaseReport,
    group: QuestionGroup | None = None,
) -> list[FactField]:
    """List the questions of the conversation as fields, of one group or all.

    What was answered since the assessment is left out.
    """
    findings = group_findings_by_criterion(report)
    fields: list[FactField] = []
    for view in report.questions:
        if group is not None and view.group.id != group.value:
            continue
        kind, _, name = view.subject.partition(":")
        subject = Subject(kind, name)
        at, _ = place_answer(subject, view.fact, None, adds=view.adds)
        if case_data.find_value(at) is None:
            fact = catalogue.facts[kind, view.fact]
            fact_field = FactField(
                subject=subject,
                fact=fact,
                at=at,
                decides=tuple(find_decided(findings, view.criteria, subject)),
                asked=view,
                among=_list_untold(case_data, subject, fact) if view.among else (),
            )
            fact_field.take_shown()
            fields.append(fact_field)
    return fields


def _list_untold(
    case_data: CaseData, subject: Subject, fact: Fact
) -> tuple[tuple[str, Text], ...]:
    """List of whom it was not said yet, by id and name, in the order of the file."""
    return tuple(
        (member, Text(name, name))
        for item in case_data.list_items(SUBJECTS[subject.type].listed)
        if item.get(fact.id) is None
        for member, name in [(str(item.get("id")), str(item.get("name")))]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSide:
    """A group of questions in the list at the left, and how many are open."""

    group: QuestionGroup
    label: Text
    open: int


def group_sides(fields: Iterable[FactField]) -> list[GroupSide]:
    """List the groups that still ask something, in the order of the conversation."""
    counts: dict[str, int] = {}
    for fact_field in fields:
        if fact_field.asked is not None:
            counts[fact_field.asked.group.id] = (
                counts.get(fact_field.asked.group.id, 0) + 1
            )
    return [
        GroupSide(group=group, label=group.text, open=counts[group.value])
        for group in QuestionGroup
        if group.value in counts
    ]


def list_services(written: CaseData) -> list[Subject]:
    """List the services of the case, in the order of the file."""
    return [
        Subject("service", str(service["id"]))
        for service in written.list_items("services")
        if service.get("id")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _GroupedEvidence:
    """The evidence of a report, held so that its identity stays its own."""

    report: CaseReport
    rows: Mapping[tuple[str, str], Sequence[FieldEvidence]]


_GROUPED: Final[Latest[int, _GroupedEvidence]] = Latest(most=8)


def group_evidence_by_label(
    report: CaseReport,
) -> Mapping[tuple[str, str], Sequence[FieldEvidence]]:
    """Group the evidence of an assessment by subject and by what the fact is called."""
    rows_by_label: dict[tuple[str, str], list[FieldEvidence]] = {}
    for row in report.evidence:
        subject = row.subject
        about = "" if subject is None else f"{subject.type}:{subject.id}"
        rows_by_label.setdefault((about, row.label.zh), []).append(
            FieldEvidence(
                grade=row.grade,
                value=row.value,
                source=row.source,
                observed_on=row.date,
                number=row.number,
                valid_until=row.valid_until,
            )
        )
    for rows in rows_by_label.values():
        rows.sort(key=lambda row: (-find_grade(row.grade), row.observed_on))
    return rows_by_label


def group_findings_by_criterion(report: CaseReport) -> dict[str, list[FindingView]]:
    """Group the findings of an assessment by their criterion."""
    findings: dict[str, list[FindingView]] = {}
    for finding in report.findings:
        findings.setdefault(finding.criterion, []).append(finding)
    return findings


def find_decided(
    findings: Mapping[str, Sequence[FindingView]],
    names: Iterable[str],
    subject: Subject,
) -> Iterator[Decides]:
    """Find the findings of some criteria that an answer about the subject decides."""
    rows = []
    for name in names:
        for finding in findings[name]:
            about = finding.subject
            if about.type == subject.type and about.id != subject.id:
                continue
            rows.append(
                Decides(
                    criterion=name,
                    title=finding.title,
                    verdict=finding.verdict,
                    subject=f"{about.type}:{about.id}",
                )
            )
    yield from sorted(rows, key=rank_urgency)[:4]


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionEntry:
    """A dimension in the list at the left; `known` counts what is said or shown."""

    dimension: Dimension
    label: Text
    known: int
    asked: int
    worst: Verdict | None


def summarise_dimensions(
    catalogue: Catalogue,
    case_data: CaseData,
    report: CaseReport,
    labels: Mapping[str, Text],
) -> list[DimensionEntry]:
    """Sum up the nine dimensions: how much is known, and the worst that was found."""
    evidence = group_evidence_by_label(report)
    criteria_asked = {finding.criterion for finding in select_asked(report.findings)}
    reading = map_readers(catalogue)
    counts: dict[Dimension, list[int]] = {dimension: [0, 0] for dimension in Dimension}
    for subject in (Subject("applicant", "self"), *list_services(case_data)):
        for fact in may_be_written(catalogue, subject.type):
            is_said = case_data.find_value(find_place(subject, fact.id)) is not None
            readers_ = reading.get((subject.type, fact.id), ())
            if is_said or any(name in criteria_asked for name in readers_):
                is_proven = (str(subject), fact.label.zh) in evidence
                counts[fact.dimension][0] += is_said or is_proven
                counts[fact.dimension][1] += 1
    tallies = report.counts.by_dimension
    return [
        DimensionEntry(
            dimension=dimension,
            label=labels[dimension.value],
            known=counts[dimension][0],
            asked=counts[dimension][1],
            worst=None if dimension not in tallies else _find_worst(tallies[dimension]),
        )
        for dimension in Dimension
    ]


def _find_worst(tally: Tally) -> Verdict | None:
    return next((v for v in URGENCY if v not in _SETTLED and tally.count(v)), None)
