"""Which record a document cites for what it says: of those that agree, the first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from changqing.case.subjects import Subject
from changqing.day import beijing_day
from changqing.documents.attachments import Attachment, Attachments
from changqing.evidence.model import OF_PAPERS, Record, Resolved, SourceKind
from changqing.law.kinds.material import Issuer
from changqing.law.kit import GradeGroup
from changqing.law.model import Catalogue
from changqing.rules.types import Value

ReadRecords = Mapping[tuple[Subject, str], Sequence[Record]]
"""What papers say of a fact of a subject."""


def group_read(records: Iterable[Record]) -> ReadRecords:
    """Group by fact what the papers of a case say."""
    by_fact: dict[tuple[Subject, str], list[Record]] = {}
    for record in records:
        if record.source.kind in OF_PAPERS:
            by_fact.setdefault((record.subject, record.fact), []).append(record)
    return by_fact


def find_standing(resolved_fact: Resolved | None) -> tuple[Value | None, Record | None]:
    """Find what may be printed: what is proven, else what is said, and who says it."""
    if resolved_fact is None:
        return None, None
    return resolved_fact.best, resolved_fact.best_by


def find_cited(
    resolved_fact: Resolved | None,
    read_records: ReadRecords,
    attachments: Attachments,
    as_of: date,
    *,
    own: Collection[str] = (),
) -> tuple[Value | None, Record | None]:
    """Find what to cite as `find_standing` does, of several papers the first.

    Attachments come in the authority's order, so that a business licence is cited for
    an address, and not the proof of insurance that is newer. Only a paper that counts
    on the day and proves no less takes the place of another, and none that of a paper
    whose kind is in `own`: the document stands for that very one. What the company says
    and a paper of its own says too is cited from the paper, though that proves nothing.
    """
    value, cited = find_standing(resolved_fact)
    if cited is not None and cited.source.kind is SourceKind.FORM:
        return value, _find_written(
            cited, value, read_records, attachments, as_of
        ) or cited
    if cited is None or (first := attachments.find(cited.source.name)) is None:
        return value, cited
    if first.paper.kind in own:
        return value, cited
    number = first.number
    for record in read_records.get((cited.subject, cited.fact), ()):
        attachment = attachments.find(record.source.name)
        if (
            attachment is not None
            and attachment.number < number
            and record.value == value
            and record.grade >= cited.grade
            and _counts(record, as_of)
        ):
            cited, number = record, attachment.number
    return value, cited


def _find_written(
    form_record: Record,
    value: Value | None,
    read_records: ReadRecords,
    attachments: Attachments,
    as_of: date,
) -> Record | None:
    """Find the first attachment in which stands what the company says."""
    attached = [
        (attachment.number, record)
        for record in read_records.get((form_record.subject, form_record.fact), ())
        if (attachment := attachments.find(record.source.name)) is not None
        and record.value == value
        and record.grade.group is not GradeGroup.SAID
        and _counts(record, as_of)
    ]
    return min(attached, key=lambda pair: pair[0])[1] if attached else None


def find_attached(
    subject: Subject,
    fact: str,
    value: Value,
    read_records: ReadRecords,
    attachments: Attachments,
    as_of: date,
) -> tuple[Attachment, Record] | None:
    """Find the first attachment that others issued and that says what was looked up.

    Who checks a package turns to the paper in it before looking the thing up again.
    """
    attached = [
        (attachment, record)
        for record in read_records.get((subject, fact), ())
        if (attachment := attachments.find(record.source.name)) is not None
        and attachment.issuer is not Issuer.COMPANY
        and record.value == value
        and record.grade.group is GradeGroup.PROVEN
        and _counts(record, as_of)
    ]
    return min(attached, key=lambda pair: pair[0].number, default=None)


def _counts(record: Record, as_of: date) -> bool:
    known_on = max(beijing_day(record.observed_at), beijing_day(record.received_at))
    return known_on <= as_of and (
        record.valid_until is None or as_of <= record.valid_until
    )


def label_record(catalogue: Catalogue, attachments: Attachments, record: Record) -> str:
    """Label what a record is about: the element a paper writes, or the fact."""
    paper = attachments.find(record.subject.id)
    if record.subject.type == "paper" and paper is not None:
        elements = catalogue.materials[paper.paper.kind].elements
        if record.fact in elements:
            return elements[record.fact].zh
    fact = catalogue.facts.get((record.subject.type, record.fact))
    return record.fact if fact is None else fact.label.zh
