"""How what was typed of a paper becomes records: with which grade, and until when.

What was read in the paper has the grade of who issues it, what was not read is
transcribed and proves nothing, and what the paper denies stands beside what it says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from changqing.case.comparison import UNREAD, Comparison, ReadOutcome
from changqing.case.model import Case, Paper, Statement
from changqing.case.subjects import APPLICANT, Subject
from changqing.day import (
    beijing_day,
    find_day_start,
    find_earliest,
    find_last_valid_day,
)
from changqing.evidence.model import Gap, GapReason, Record, Source, SourceKind
from changqing.law.kinds.fact import Fact
from changqing.law.kinds.material import Issuer
from changqing.law.kit import Grade, GradeGroup
from changqing.law.model import Catalogue

_OF_THE_PAPER_ITSELF = (
    *("received_on", "issued_on", "valid_until"),
    *("found_false", "found_false_on", "found_false_by"),
)


def make_paper_records(
    case: Case, paper: Paper, catalogue: Catalogue
) -> Iterator[Record]:
    """Make a record of each value that somebody typed of a paper, with its grade."""
    for statement in paper.list_statements():
        fact = catalogue.facts.get((statement.subject.type, statement.fact))
        if statement.hidden is not None or fact is None:
            continue
        for record in make_typed_records(case, paper, statement):
            until = _find_last_day(case, record, paper, fact)
            yield replace(record, valid_until=until)


def make_typed_records(
    case: Case, paper: Paper, statement: Statement
) -> Iterator[Record]:
    """Make the records of what a paper says, once it is received, without their end.

    What was typed proves as much as its paper does where it was read there, and
    nothing where it was not. What the page of its issuer says too is attested, from
    the day on which somebody asked. Where the paper says otherwise, that is a record
    of the reading beside what was typed, and both are named as a conflict. So is what
    the page of the issuer says otherwise than a paper in which it was read.
    """
    compared = _find_comparison(case, paper, statement)
    grade = Grade.TRANSCRIBED
    if not statement.is_in_paper:
        grade = Grade.DECLARED
    elif compared.outcome is ReadOutcome.READ:
        grade = grade_of_paper(case.catalogue, paper.kind)
    was_read = compared.outcome is ReadOutcome.READ and compared.words is not None
    typed = Record(
        fact=statement.fact,
        subject=statement.subject,
        value=statement.value,
        source=Source(kind=SourceKind.PAPER, name=paper.id, place=statement.place),
        observer=compared.seen_by or case.name,
        grade=grade,
        digest=paper.file.digest,
        observed_at=find_day_start(paper.true_on),
        received_at=find_day_start(paper.received_on),
        valid_until=None,
        raw=compared.words if was_read else statement.raw,
    )
    yield typed
    check = paper.issuer_checked
    # Who asks the company whether its own paper is right asks nobody else.
    is_attested = compared.attested and grade.group is GradeGroup.PROVEN
    if was_read and is_attested and check is not None:
        yield replace(
            typed,
            grade=Grade.ATTESTED,
            received_at=find_day_start(max(check.on, paper.received_on)),
        )
    if was_read and grade.group is GradeGroup.PROVEN:
        yield from _make_issuer_record(paper, typed, compared.issuer)
    if compared.outcome is ReadOutcome.DENIED and compared.stands is not None:
        yield replace(
            typed,
            value=compared.stands,
            source=Source(
                kind=SourceKind.READING, name=paper.id, place=_name_page(compared)
            ),
            grade=grade_of_paper(case.catalogue, paper.kind),
            raw=compared.words,
        )


def _make_issuer_record(
    paper: Paper, typed: Record, comparison: Comparison | None
) -> Iterator[Record]:
    """Make the record of what the page of the issuer says otherwise than the paper."""
    check = paper.issuer_checked
    if (
        check is None
        or check.page is None
        or comparison is None
        or comparison.stands is None
    ):
        return
    yield replace(
        typed,
        value=comparison.stands,
        source=Source(kind=SourceKind.READING, name=paper.id, place=check.page.path),
        grade=Grade.ATTESTED,
        digest=check.page.digest,
        observed_at=find_day_start(max(check.on, paper.true_on)),
        received_at=find_day_start(max(check.on, paper.received_on)),
        raw=comparison.words,
    )


def _name_page(compared: Comparison) -> str:
    return "" if compared.page is None else f"第{compared.page}页"


def grade_of_paper(catalogue: Catalogue, kind: str) -> Grade:
    """Find the grade of what is read in a kind of paper: by who issues it."""
    material = catalogue.materials.get(kind)
    return Issuer.COMPANY.grade if material is None else material.issuer.grade


def _find_last_day(case: Case, record: Record, paper: Paper, fact: Fact) -> date | None:
    """The last day on which something read in a paper counts; None: for ever.

    A paper that states its own end counts until then, another so many days from when
    it was received: its day of issue ends nothing. Only where recent papers are asked
    for do the days count from the day of issue. An end that was typed and that nobody
    read in the paper ends it sooner, never later.
    """
    catalogue = case.catalogue
    if record.subject == paper.subject and record.fact in _OF_THE_PAPER_ITSELF:
        return None
    material = catalogue.materials.get(paper.kind)
    own_end = None if material is None else material.own_end
    days = fact.validity.days
    lasts_until = find_last_valid_day(beijing_day(record.received_at), days)
    ends = paper.valid_until
    if ends is None and lasts_until is not None:
        ends = _find_own_end(case, paper, record.subject, own_end)
    elif not case.was_read(paper, paper.subject, "valid_until"):
        ends = find_earliest(ends, lasts_until)
    until = ends or lasts_until
    if ends is not None and record.fact == own_end:
        # That it has ended is known after the end, as long as other things are.
        until = None if lasts_until is None else max(ends, lasts_until)
    asked_recent = None if material is None else material.freshness
    if fact.freshness or (asked_recent and record.fact in asked_recent.facts):
        until = find_earliest(until, find_last_valid_day(paper.true_on, days))
    return find_earliest(until, paper.last_believed_on)


def _find_own_end(
    case: Case, paper: Paper, subject: Subject, own_end: str | None
) -> date | None:
    """The end that a paper states of a subject: of one lease, one card, one domain.

    None where it was typed and not read there.
    """
    for statement in paper.backs:
        if (statement.subject, statement.fact) == (subject, own_end):
            was_read = case.was_read(paper, subject, statement.fact)
            return (
                statement.value
                if was_read and isinstance(statement.value, date)
                else None
            )
    return None


_WHY_NOT_READ = {
    ReadOutcome.NOT_FOUND: GapReason.NOT_SHOWN,
    ReadOutcome.DENIED: GapReason.NOT_SHOWN,
    ReadOutcome.UNREADABLE: GapReason.UNREADABLE,
    ReadOutcome.UNREAD: GapReason.NOT_READ,
}


def find_unread_values(case: Case, paper: Paper) -> Iterator[Gap]:
    """Find the gaps of a paper: what was typed of it and nobody has read in it."""
    statements = [
        *(statement for statement in paper.list_statements() if statement.is_in_paper),
        say_presence(paper),
    ]
    for statement in statements:
        compared = _find_comparison(case, paper, statement)
        if (
            compared.outcome is ReadOutcome.READ
            or statement.value is None
            or (statement.subject.type, statement.fact) not in case.catalogue.facts
        ):
            continue
        yield Gap(
            fact=statement.fact,
            subject=statement.subject,
            source=Source(kind=SourceKind.PAPER, name=paper.id, place=statement.place),
            reason=_WHY_NOT_READ[compared.outcome],
            detail=compared.why or compared.outcome.text,
            at=find_day_start(paper.received_on),
        )


def _find_comparison(case: Case, paper: Paper, statement: Statement) -> Comparison:
    """Find what became of a typed value when its paper was read."""
    comparisons = case.compared.get(paper.id)
    return (
        UNREAD
        if comparisons is None
        else comparisons.get((statement.subject, statement.fact), UNREAD)
    )


def say_presence(paper: Paper) -> Statement:
    """Say that a paper of this kind is there."""
    return Statement(
        subject=APPLICANT,
        fact=f"has_{paper.kind}",
        value=True,
        raw=paper.file.path,
        place=paper.file.path,
    )
