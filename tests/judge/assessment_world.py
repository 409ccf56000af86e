"""Random cases of the real catalogue: members, papers, records, gaps, attempts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from hypothesis import strategies as st

from changqing.case.model import Application, Case, CaseFile, Closing, Member, Paper
from changqing.case.subjects import Subject
from changqing.day import find_day_start
from changqing.evidence.model import Attempt, Gap, GapReason, Record, Source, SourceKind
from changqing.evidence.records import list_records
from changqing.judge.assess import Judge
from changqing.judge.model import Assessment, Situation
from changqing.law.kinds.fact import Fact
from changqing.law.kit import Grade
from changqing.law.lookup import STAGES
from changqing.rules.types import Kind, Value
from changqing.run import Known, make_situation
from changqing.text import both
from tests.shipped import CATALOGUE

AS_OF = date(2026, 11, 24)
JUDGE = Judge(CATALOGUE)
STRUCTURAL = {"kind", "role", "roles"}
SOURCES = (
    (SourceKind.FORM, "case.yaml", Grade.DECLARED),
    (SourceKind.PAPER, "p1", Grade.DOCUMENTED),
    (SourceKind.PAPER, "p2", Grade.DOCUMENTED),
    (SourceKind.PROBE, "page", Grade.OBSERVED),
    (SourceKind.LOOK, "filing", Grade.OBSERVED),
    (SourceKind.PAPER, "p3", Grade.ATTESTED),
)
NUMBERS = (0, 1, 2, 3, 5, 6, 12, 15, 30, 60, 180, 10_000, 100_000_000, 1_200_000_000)
NAMES = ("杭州绿洲网络科技有限公司", "宁波长青网络有限公司", "Green Oasis Ltd")
SHA = "0" * 64


def dice(seed: int) -> Random:
    """The same throws for the same seed."""
    return Random(seed)  # noqa: S311 - no secret hangs on it


class World:
    """A case and all that is known of it; shown by its seed alone."""

    def __init__(self, case: Case, known: Known, seed: int | None = None) -> None:
        self.case = case
        self.known = known
        self.seed = seed

    def __repr__(self) -> str:
        return f"any_world(dice({self.seed}))"

    def situation(self) -> Situation:
        return make_situation(self.case, self.known, CATALOGUE, AS_OF)

    def assess(self) -> Assessment:
        return JUDGE.assess(self.situation())

    def with_records(self, *records: Record) -> World:
        return World(self.case, replace(self.known, records=records), self.seed)


def verdicts(assessment: Assessment) -> dict[tuple[str, Subject | None], str]:
    return {
        (finding.criterion.id, finding.subject): finding.verdict.value
        for finding in assessment.findings
    }


def facts_of(subject: Subject) -> list[Fact]:
    return [
        fact
        for (subject_type, name), fact in CATALOGUE.facts.items()
        if subject_type == subject.type and name not in STRUCTURAL
    ]


def any_value(chance: Random, fact: Fact) -> Value:
    match fact.type.kind:
        case Kind.BOOLEAN:
            return chance.random() < 0.7
        case Kind.NUMBER:
            return chance.choice(NUMBERS)
        case Kind.DATE:
            return AS_OF + timedelta(days=chance.randrange(-800, 1200))
        case Kind.CATEGORY:
            return chance.choice(sorted(fact.type.values or {"a", "b"}))
        case Kind.SET:
            members = sorted(fact.type.values or {"a", "b", "c"})
            return frozenset(chance.sample(members, chance.randint(0, len(members))))
        case Kind.TEXT:
            return chance.choice(NAMES)


def any_record(chance: Random, subject: Subject, fact: Fact) -> Record:
    kind, name, grade = chance.choice(SOURCES)
    seen = AS_OF - timedelta(days=chance.choice((0, 0, 1, 3, 30, 400, -5)))
    received = max(seen, AS_OF - timedelta(days=chance.choice((0, 1, 40))))
    until = None
    if chance.random() < 0.3:
        until = AS_OF + timedelta(days=chance.choice((-30, -1, 0, 1, 90)))
    return Record(
        fact=fact.id,
        subject=subject,
        value=None if chance.random() < 0.05 else any_value(chance, fact),
        source=Source(kind=kind, name=name),
        observer="somebody",
        grade=grade,
        digest=None if grade is Grade.DECLARED else SHA,
        observed_at=find_day_start(seen),
        received_at=find_day_start(received),
        valid_until=until,
        number=chance.choice((0, chance.randrange(1, 10_000))),
    )


def any_gap(chance: Random, subject: Subject, fact: Fact) -> Gap:
    reason = chance.choice(list(GapReason))
    return Gap(
        fact=fact.id,
        subject=subject,
        source=Source(kind=SourceKind.PROBE, name="page"),
        reason=reason,
        detail=both(reason.value),
        at=find_day_start(AS_OF - timedelta(days=chance.choice((0, 1, 20)))),
    )


def any_attempt(chance: Random, subject: Subject) -> Attempt:
    answered = chance.choice((True, True, False, None))
    hours = chance.randrange(0, 48)
    return Attempt(
        subject=subject,
        url="https://www.example.cn/",
        at=datetime.combine(AS_OF, find_day_start(AS_OF).timetz())
        - timedelta(hours=hours),
        answered=answered,
        reason=None if answered else GapReason.TIMEOUT,
        status=200 if answered else None,
        control_ok=chance.random() < 0.8,
    )


def any_world(
    chance: Random, *, told: float | None = None, seed: int | None = None
) -> World:
    """A case in which each fact is told of with some chance, up to four times."""
    density = chance.choice((0.05, 0.3, 0.7, 1.0)) if told is None else told
    case = any_case(chance)
    records: list[Record] = list_records(case)
    gaps: list[Gap] = []
    attempts: list[Attempt] = []
    for subject in case.list_subjects():
        for fact in facts_of(subject):
            while chance.random() < density * 0.7:
                records.append(any_record(chance, subject, fact))
            if chance.random() < 0.1:
                gaps.append(any_gap(chance, subject, fact))
    for service in case.services:
        attempts += [
            any_attempt(chance, service.subject) for _ in range(chance.randrange(6))
        ]
    chance.shuffle(records)
    return World(
        case,
        Known(records=tuple(records), gaps=tuple(gaps), attempts=tuple(attempts)),
        seed,
    )


def any_case(chance: Random) -> Case:
    def members(subject: str, fact: str, most: int) -> tuple[Member, ...]:
        kinds = sorted(CATALOGUE.facts[subject, fact].type.values or ())
        return tuple(
            Member(
                subject=Subject(subject, f"{subject}{place}"),
                name=f"{subject} {place}",
                kind=chance.choice(kinds),
                facts=(),
                more_roles=tuple(
                    chance.sample(kinds, 1)
                    if fact == "role" and chance.random() < 0.3
                    else ()
                ),
            )
            for place in range(chance.randint(0, most))
        )

    closed = {
        name: Closing(on=AS_OF - timedelta(days=chance.choice((0, 5, -3))))
        for name in ("paper", "person", "holder", "offer", "resource", "report")
        if chance.random() < 0.5
    }
    materials = sorted(CATALOGUE.materials)
    papers = tuple(
        any_paper(chance, f"paper{place}", chance.choice(materials))
        for place in range(chance.randint(0, 8))
    )
    if "holder" in closed and papers:
        closed["holder"] = replace(closed["holder"], paper=papers[0].id)
    return Case(
        path=Path("case"),
        digest=SHA,
        catalogue=CATALOGUE,
        name=NAMES[0],
        credit_code=None,
        facts=(),
        application=Application(
            licence=chance.choice(sorted(CATALOGUE.licences)),
            scope=chance.choice(("intra_province", "cross_province")),
            region=chance.choice(sorted(CATALOGUE.regions)),
            stage=chance.choice(STAGES),
            submit_on=AS_OF + timedelta(days=chance.choice((0, 30, 120))),
        ),
        services=members("service", "kind", 2),
        people=members("person", "role", 5),
        holders=members("holder", "kind", 3),
        offers=members("offer", "kind", 2),
        resources=members("resource", "kind", 3),
        reports=members("report", "kind", 2),
        papers=papers,
        looks=(),
        closed=closed,
        declared_on=AS_OF - timedelta(days=chance.choice((0, 10))),
        as_of=None,
    )


def any_paper(chance: Random, name: str, kind: str) -> Paper:
    received = AS_OF - timedelta(days=chance.choice((0, 5, 50)))
    until = None
    if chance.random() < 0.3:
        until = AS_OF + timedelta(days=chance.choice((-3, 0, 300)))
    return Paper(
        id=name,
        kind=kind,
        file=CaseFile(path=f"documents/{name}.pdf", digest=SHA, size=1),
        received_on=received,
        issued_on=chance.choice((None, received - timedelta(days=4))),
        valid_until=until,
        issuer_checked=None,
        facts=(),
        backs=(),
        states=(),
    )


def empty_world() -> World:
    """A case that says nothing but that it exists, all lists open."""
    case = replace(
        any_case(dice(0)),
        services=(),
        people=(),
        holders=(),
        offers=(),
        resources=(),
        reports=(),
        papers=(),
        closed={},
        application=Application(
            licence="B25",
            scope="intra_province",
            region="33",
            stage="apply",
            submit_on=date(2027, 1, 20),
        ),
    )
    return World(case, Known(records=(), gaps=(), attempts=()))


worlds = st.integers(0, 2**32 - 1).map(lambda seed: any_world(dice(seed), seed=seed))
"""Cases by seed: made plainly, so that drawing one costs less than judging it."""
