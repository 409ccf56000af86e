"""What a case folder says, as records and gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from changqing.case.model import Case, Look, Paper, Statement
from changqing.case.subjects import APPLICANT, Subject
from changqing.day import find_day_start, find_last_valid_day
from changqing.evidence.clashes import find_clashes
from changqing.evidence.implied import imply_facts
from changqing.evidence.model import (
    CLOSED_PAPERS,
    COMPARED_PAPERS,
    Gap,
    GapReason,
    Record,
    Source,
    SourceKind,
)
from changqing.evidence.paper_records import (
    find_unread_values,
    make_paper_records,
    make_typed_records,
    say_presence,
)
from changqing.law.kit import Grade
from changqing.law.lookup import list_kinds_for
from changqing.law.model import Catalogue
from changqing.rules.types import Value

FORM = "case.yaml"


def list_records(case: Case) -> list[Record]:
    """List everything a case says: declared, backed by papers, looked at; oldest first.

    They are not logged yet. Facts the catalogue does not know, such as `name` where it
    has no such word, give no record. The order does not depend on the
    order of the lists in the file.
    """
    global _latest
    latest_case, records = _latest
    if latest_case is not case:
        records = tuple(_collect_records(case))
        _latest = (case, records)  # at once, for another thread may read it
    return list(records)


_latest: tuple[Case | None, tuple[Record, ...]] = (None, ())
"""The case that was asked for last: one page or assessment asks several times over."""


def _collect_records(case: Case) -> list[Record]:
    if case.register is not None:
        return []  # an extract of a register says nothing itself
    catalogue = case.catalogue
    records = [
        *_record_structure(case),
        *_declare_all(case, catalogue),
        *(
            record
            for paper in case.papers
            for record in make_paper_records(case, paper, catalogue)
        ),
        *(record for look in case.looks for record in _read_look(look, catalogue)),
        *_record_presence(case, catalogue),
        *_record_clashes(case, catalogue),
    ]
    return sorted(
        records,
        key=lambda record: (
            record.received_at,
            record.observed_at,
            record.source,
            record.subject,
            record.fact,
        ),
    )


def list_gaps(case: Case) -> list[Gap]:
    """List a gap `hidden` for each value that a paper, look or form withholds."""
    gaps = [
        _make_gap(case.declared_on, FORM_SOURCE, statement)
        for statement in case.list_form_statements()
    ]
    for paper in case.papers:
        source = Source(kind=SourceKind.PAPER, name=paper.id)
        gaps += [
            _make_gap(paper.received_on, source, statement)
            for statement in paper.list_statements()
        ]
        gaps += find_unread_values(case, paper)
    for look in case.looks:
        source = Source(kind=SourceKind.LOOK, name=look.what)
        gaps += [_make_gap(look.on, source, statement) for statement in look.backs]
        gaps += _list_not_shown(look, source)
    return [gap for gap in gaps if gap is not None]


FORM_SOURCE = Source(kind=SourceKind.FORM, name=FORM)


def _make_gap(day: date, source: Source, statement: Statement) -> Gap | None:
    if statement.hidden is None:
        return None
    return Gap(
        fact=statement.fact,
        subject=statement.subject,
        source=Source(kind=source.kind, name=source.name, place=statement.place),
        reason=GapReason.HIDDEN,
        detail=statement.hidden,
        at=find_day_start(day),
    )


def _list_not_shown(look: Look, source: Source) -> Iterator[Gap]:
    """What a look says that the page kept of it does not show."""
    for statement in look.backs:
        backed = look.shown.get((statement.subject, statement.fact))
        if statement.hidden is None and backed is not None and backed.why is not None:
            yield Gap(
                fact=statement.fact,
                subject=statement.subject,
                source=Source(
                    kind=source.kind, name=source.name, place=statement.place
                ),
                reason=GapReason.NOT_SHOWN,
                detail=backed.why,
                at=find_day_start(look.on),
            )


def list_structure(case: Case) -> Iterator[tuple[Subject, str, Value]]:
    """List what kind each member is of, and every post of a person."""
    for member in case.list_members():
        fact = "role" if member.subject.type == "person" else "kind"
        yield member.subject, fact, member.kind
    for paper in case.papers:
        yield paper.subject, "kind", paper.kind
    for person in case.people:
        yield person.subject, "roles", frozenset(person.roles)


def _record_clashes(case: Case, catalogue: Catalogue) -> Iterator[Record]:
    """Record whether papers contradict each other, with every pair of quotations.

    What differs, and not for sure, is a question: neither yes nor no.
    """
    clashes = find_clashes(case)
    certain = True if clashes and clashes[0].is_certain else None
    place = "；".join(map(str, clashes))
    at = find_day_start(
        max((paper.received_on for paper in case.papers), default=case.declared_on)
    )
    for fact, value in (
        ("papers_clash", bool(clashes)),
        ("papers_contradict", certain),
    ):
        if value is not None and ("applicant", fact) in catalogue.facts:
            yield Record(
                fact=fact,
                subject=APPLICANT,
                value=value,
                source=Source(
                    kind=SourceKind.READING, name=COMPARED_PAPERS, place=place
                ),
                observer=case.name,
                grade=Grade.DOCUMENTED,
                # Shares the fate of a paper that it quotes: withheld or erased with it.
                digest=clashes[0].one.paper.file.digest if clashes else None,
                observed_at=at,
                received_at=at,
                valid_until=None,
            )


def _record_structure(case: Case) -> Iterator[Record]:
    """The kind or posts of every member: known from the listing itself."""
    at = find_day_start(case.declared_on)
    for subject, fact, value in list_structure(case):
        yield Record(
            fact=fact,
            subject=subject,
            value=value,
            source=Source(kind=SourceKind.FORM, name=FORM, place=f"{subject}.{fact}"),
            observer=case.name,
            grade=Grade.DECLARED,
            digest=None,
            observed_at=at,
            received_at=at,
            valid_until=None,
            raw=value if isinstance(value, str) else None,
        )


def _declare_all(case: Case, catalogue: Catalogue) -> Iterator[Record]:
    """Declare what the form says, and claim what follows where it does not say it."""
    implied = {(s, fact): value for s, fact, value in imply_facts(case, catalogue)}
    for statement in case.list_form_statements():
        if (statement.subject, statement.fact) not in implied:
            yield from _declare_statement(case, statement, catalogue)
    for (subject, fact), value in implied.items():
        statement = Statement(
            subject=subject, fact=fact, value=value, raw=None, place=f"{subject}.{fact}"
        )
        yield from _declare_statement(case, statement, catalogue)


def _declare_statement(
    case: Case, statement: Statement, catalogue: Catalogue
) -> Iterator[Record]:
    """One statement of the applicant, if the catalogue knows the fact."""
    at = find_day_start(case.declared_on)
    fact = catalogue.facts.get((statement.subject.type, statement.fact))
    if fact is not None and statement.hidden is None:
        yield Record(
            fact=statement.fact,
            subject=statement.subject,
            value=statement.value,
            source=Source(kind=SourceKind.FORM, name=FORM, place=statement.place),
            observer=case.name,
            grade=Grade.DECLARED,
            digest=None,
            observed_at=at,
            received_at=at,
            valid_until=find_last_valid_day(case.declared_on, fact.validity.days),
            raw=statement.raw,
        )


def _read_look(look: Look, catalogue: Catalogue) -> Iterator[Record]:
    at = find_day_start(look.on)
    for statement in look.backs:
        fact = catalogue.facts.get((statement.subject.type, statement.fact))
        backed = look.shown.get((statement.subject, statement.fact))
        if fact is None or statement.hidden is not None or backed is None:
            continue
        yield Record(
            fact=statement.fact,
            subject=statement.subject,
            value=statement.value,
            source=Source(kind=SourceKind.LOOK, name=look.what, place=statement.place),
            observer=look.by,
            grade=backed.grade,
            digest=look.file.digest,
            observed_at=at,
            received_at=at,
            valid_until=find_last_valid_day(look.on, fact.validity.days),
            raw=backed.words or statement.raw,
        )


def _record_presence(case: Case, catalogue: Catalogue) -> Iterator[Record]:
    """`has_<material>`: TRUE from each paper that does for it; FALSE once closed.

    FALSE too from the day on which the applicant says of it alone that it is not there.

    While a paper is in force nothing is FALSE; when the last one ends, the closed list
    speaks from the next day on.
    """
    closing = case.closed.get("paper")
    for material in catalogue.materials:
        name = f"has_{material}"
        if ("applicant", name) not in catalogue.facts:
            continue
        kinds = set(list_kinds_for(catalogue, material))
        papers = [paper for paper in case.papers if paper.kind in kinds]
        for paper in papers:
            until = case.find_last_day(paper)
            statement = say_presence(paper)
            for record in make_typed_records(case, paper, statement):
                yield replace(record, fact=name, raw=statement.raw, valid_until=until)
        if closing is not None:
            since = _find_absent_since(case, papers, closing.on)
            if since is not None:
                yield _record_absence(case, name, closing.on, since)
        day = _find_day_absent(case, kinds)
        if day is not None and (closing is None or day < closing.on):
            yield _record_absence(case, name, day, day, place="absent")


def _find_day_absent(case: Case, kinds: set[str]) -> date | None:
    """Find since when it is said that there is none of these kinds of paper."""
    days = sorted(case.absent.values())
    return next((day for day in days if kinds <= case.list_absent_kinds(day)), None)


def _find_absent_since(case: Case, papers: list[Paper], closed: date) -> date | None:
    since = closed
    for paper in papers:
        until = case.find_last_day(paper)
        if until is None or until == date.max:
            return None
        since = max(since, until + timedelta(days=1))
    return since


def _record_absence(
    case: Case, name: str, closed: date, since: date, *, place: str = "closed.papers"
) -> Record:
    return Record(
        fact=name,
        subject=APPLICANT,
        value=False,
        source=Source(kind=SourceKind.FORM, name=CLOSED_PAPERS, place=place),
        observer=case.name,
        grade=Grade.DECLARED,
        digest=None,
        observed_at=find_day_start(since),
        received_at=find_day_start(closed),
        valid_until=None,
    )
