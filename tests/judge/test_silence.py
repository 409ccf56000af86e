"""Silence is a gap: what is blanked makes nothing absent, false or zero.

Each fact is taken away in turn, from the examples of every criterion and from whole
cases of which every derived fact is known. What was known may become unknown; what is
missing never becomes a no. A new derived fact fails here until a world knows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest

from changqing.case.model import Application, Case, Look, Member, Paper, Statement
from changqing.case.subjects import Subject
from changqing.casework.derived import Past
from changqing.casework.events import Act
from changqing.casework.record import record
from changqing.day import find_day_start
from changqing.evidence.implied import list_implied_facts
from changqing.evidence.model import Record, Resolved, SourceKind
from changqing.evidence.observations import Observation, ObservationKind
from changqing.evidence.records import list_records
from changqing.evidence.resolve import STRUCTURAL
from changqing.judge.assess import Judge, bound_parameters
from changqing.judge.model import Assessment
from changqing.law.examples import read_value
from changqing.law.kinds.classification import Need, decide_need
from changqing.law.kinds.criterion import Criterion, Example
from changqing.law.lookup import APPLIES, EXAMPLE_GIVENS, list_vocabulary
from changqing.law.model import Verdict
from changqing.law.subjects import LISTED_SUBJECTS
from changqing.papers.open import open_case
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import SqliteEngine, compile_sqlite
from changqing.rules.types import Value
from changqing.run import Known, make_situation, read_recorded
from tests.casework.annual_sample import write_annual
from tests.casework.casework_sample import NOW, make_event
from tests.evidence.evidence_factory import make_attempt
from tests.share import every_so_many
from tests.shipped import CATALOGUE

EXAMPLES = Path(__file__).parents[2] / "examples"
SITE = Subject("service", "site")
AS_OF = date(2026, 11, 24)
JUDGE = Judge(CATALOGUE)
TOLD_ELSEWHERE = {
    ("applicant", "papers_contradict"): "recorded of two papers, and never as a no",
    ("service", "domain"): "read from the address in case.yaml",
    (
        "applicant",
        "slowest_test_reply_hours",
    ): "recorded by the watch, answer by answer",
}
"""Derived facts that are recorded like any other, with where."""


def is_no(value: Value | None) -> bool:
    """Whether a value says that there is none: no, zero, an empty set."""
    return value is False or value == 0 or value == frozenset()


# -- every criterion


def _blank_rows(
    rows: Sequence[Mapping[str, Value | None]], place: int, fact: str
) -> list[Mapping[str, Value | None]]:
    return [
        {name: value for name, value in row.items() if (at, name) != (place, fact)}
        for at, row in enumerate(rows)
    ]


def _make_rows(
    criterion: Criterion, example: Example, blank: tuple[str, int, str] | None
) -> Rows:
    """Rows as the example proves them, without the fact that is blanked."""
    members = {criterion.subject: [example.proven]} | {
        kind: [*([example.proven] if kind == criterion.subject else []), *rows]
        for kind, rows in example.members.items()
    }
    if blank is not None:
        kind, place, fact = blank
        members[kind] = _blank_rows(members[kind], place, fact)
    return Rows(
        members={
            kind: [
                MemberRow(id=f"{place}", stance=stance, values=row)
                for stance in Stance
                for place, row in enumerate(rows)
            ]
            for kind, rows in members.items()
        },
        open_lists={
            stance: frozenset(LISTED_SUBJECTS) - example.closed for stance in Stance
        },
    )


def _list_blanks(
    criterion: Criterion, example: Example
) -> Iterator[tuple[str, int, str]]:
    rows = _make_rows(criterion, example, None)
    for kind, members in rows.members.items():
        for member in members:
            if member.stance is Stance.PROVEN:
                for fact in member.values:
                    if fact not in STRUCTURAL:
                        yield kind, int(member.id), fact


@pytest.mark.share
@pytest.mark.parametrize("name", sorted(CATALOGUE.criteria))
def test_a_blanked_fact_turns_no_answer_of_a_criterion(name: str) -> None:
    criterion = CATALOGUE.criteria[name]
    rules = {name: criterion.test, APPLIES + name: criterion.applies}
    program = compile_sqlite(rules, vocabulary=list_vocabulary(CATALOGUE))
    with SqliteEngine(program) as engine:
        for example in criterion.examples:
            givens = {g: example.given.get(g, v) for g, v in EXAMPLE_GIVENS.items()}
            asked = Application(
                **{g: givens[g] for g in ("licence", "scope", "region", "stage")},  # type: ignore[arg-type]
                submit_on=givens["submit_on"],  # type: ignore[arg-type]
            )
            parameters = bound_parameters(CATALOGUE, asked, givens["as_of"])  # type: ignore[arg-type]

            def ask(blank: tuple[str, int, str] | None) -> Mapping[Any, bool | None]:
                rows = _make_rows(criterion, example, blank)  # noqa: B023
                return engine.evaluate(rows, parameters=parameters, givens=givens)  # noqa: B023

            whole = ask(None)
            for blank in _list_blanks(criterion, example):
                for key, truth in ask(blank).items():
                    assert truth in (None, whole[key]), (blank, key, whole[key], truth)


# -- every derived fact


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A case with all that is on record of it, and the day it is looked at."""

    name: str
    case: Case
    known: Known
    as_of: date

    def resolve(self) -> Mapping[tuple[Subject, str], Resolved]:
        return make_situation(self.case, self.known, CATALOGUE, self.as_of).resolved

    def assess(self) -> Assessment:
        return JUDGE.assess(
            make_situation(self.case, self.known, CATALOGUE, self.as_of)
        )


def _keep(statements: tuple[Statement, ...], key: tuple[Subject, str]) -> Any:
    return tuple(s for s in statements if (s.subject, s.fact) != key)


def _forget(part: Any, key: tuple[Subject, str]) -> Any:
    """Take every statement of a fact out of a part of a case, however deep it lies."""
    if isinstance(part, tuple) and part and isinstance(part[0], Statement):
        return _keep(part, key)
    if isinstance(part, tuple) and part and isinstance(part[0], Member | Paper | Look):
        return tuple(_forget(item, key) for item in part)
    if isinstance(part, Case | Member | Paper | Look):
        values = {f.name: getattr(part, f.name) for f in fields(part)}
        changed = {
            name: _forget(value, key)
            for name, value in values.items()
            if isinstance(value, tuple)
        }
        return replace(part, **changed)
    return part


def blank_fact(world: World, key: tuple[Subject, str]) -> World:
    """The same world, in which nobody says or shows one fact."""
    case = _forget(world.case, key)
    seen = (r for r in world.known.records if r.source.kind not in _OF_THE_CASE)
    records = [*list_records(case), *seen]
    known = replace(
        world.known,
        records=tuple(
            r for r in records if (r.subject, r.fact) != key or _follows(r, world)
        ),
        gaps=tuple(g for g in world.known.gaps if (g.subject, g.fact) != key),
    )
    return replace(world, case=case, known=known)


_OF_THE_CASE = {SourceKind.FORM, SourceKind.PAPER, SourceKind.LOOK, SourceKind.READING}


def _follows(record: Record, world: World) -> bool:
    """Whether a record of the blanked fact itself follows from others."""
    return (record.subject.type, record.fact) in list_implied_facts()


T = TypeVar("T")


def _list_shorter(items: tuple[T, ...]) -> Iterator[tuple[int, tuple[T, ...]]]:
    for place in range(len(items)):
        yield place, items[:place] + items[place + 1 :]


def list_blanked(world: World) -> Iterator[tuple[str, World]]:
    """Every world that lacks one thing: a fact, the looks, events, or lists of a case."""
    said = {(s.subject, s.fact) for s in world.case.list_statements()}
    shown = {(r.subject, r.fact) for r in world.known.records}
    for key in sorted(said | shown, key=str):
        if key[1] not in STRUCTURAL:
            yield f"{key[0]}.{key[1]}", blank_fact(world, key)
    known = world.known
    for place, attempts in _list_shorter(known.attempts):
        less = replace(known, attempts=attempts)
        yield f"attempt {place}", replace(world, known=less)
    for kind in ObservationKind:
        other = tuple(row for row in known.observed if row.kind is not kind)
        yield str(kind), replace(world, known=replace(known, observed=other))
    for place, rows in _list_shorter(known.observed):
        yield f"observed {place}", replace(world, known=replace(known, observed=rows))
    past = known.past or Past()
    for place, events in _list_shorter(past.events):
        shorter = replace(known, past=replace(past, events=events))
        yield f"event {place}", replace(world, known=shorter)
    for name, faults in past.faults.items():
        if isinstance(faults, tuple):
            for place, fault in enumerate(faults):
                some = [*faults]
                some[place] = replace(fault, end=None)
                endless = {**past.faults, name: tuple(some)}
                shorter = replace(known, past=replace(past, faults=endless))
                yield f"end of fault {place}", replace(world, known=shorter)
    for name in world.case.closed:
        closed = {n: c for n, c in world.case.closed.items() if n != name}
        yield f"closed {name}", replace(world, case=replace(world.case, closed=closed))


def _example(name: str) -> World:
    case = open_case(EXAMPLES / name, CATALOGUE)
    known = read_recorded(case)
    records = (
        *list_records(case),
        *(r for r in known.records if r.source.kind not in _OF_THE_CASE),
    )
    return World(
        name=name, case=case, known=replace(known, records=records), as_of=AS_OF
    )


def _seen(fact: str, value: Value, days_ago: int, subject: Subject = SITE) -> Record:
    at = find_day_start(AS_OF - timedelta(days=days_ago))
    like = next(
        r
        for r in _example("local-life").known.records
        if r.source.kind is SourceKind.PROBE
    )
    return replace(
        like, subject=subject, fact=fact, value=value, observed_at=at, received_at=at,
        number=0, valid_until=None,
    )  # fmt: skip


def _published(days_ago: int) -> Observation:
    return Observation(
        subject=SITE,
        kind=ObservationKind.PUBLICATION,
        at=find_day_start(AS_OF - timedelta(days=days_ago)),
        source="https://qinghe.example/",
    )


@cache
def make_worlds(folder: Path) -> tuple[World, ...]:
    """Cases of which, together, every derived fact is known."""
    lively = _example("local-life")
    known = lively.known
    changed = (
        _seen("domain_registrant", "杭州旧时公司", 40),
        _seen("domain_registrant", "杭州青禾里生活服务有限公司", 1),
        *(
            _seen(page, value, days)
            for page in ("shows_privacy_policy", "shows_user_agreement")
            for value, days in ((False, 30), (True, 2))
        ),
    )
    gap = tuple(
        row for row in known.observed if row.kind is not ObservationKind.PUBLICATION
    )
    burst = replace(
        lively,
        name="burst",
        known=replace(
            known,
            records=(*known.records, *changed),
            observed=(*gap, _published(200), *(_published(n) for n in range(1, 9))),
            attempts=tuple(make_attempt(h, answered=False) for h in (9, 6, 3, 0)),
        ),
    )
    return (lively, burst, *_make_licensed(folder))


def _make_licensed(folder: Path) -> Iterator[World]:
    path = write_annual(folder / "licensed")
    text = (path / "case.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("    submitted: false\n", ""),
        ("people: []\n", _PEOPLE),
        ("  security_incident: false\n", f"  security_incident: false\n{_SAID}"),
        (
            "    received_on: 2026-01-31\n",
            "    received_on: 2026-01-31\n    found_false: false\n",
        ),
        (
            "    file: documents/faults.csv\n",
            "    file: documents/faults.csv\n    found_false: false\n",
        ),
        (
            "    file: documents/complaints.csv\n",
            "    file: documents/complaints.csv\n    found_false: false\n",
        ),
    ):
        assert old in text, old
        text = text.replace(old, new, 1)
    (path / "case.yaml").write_text(text, encoding="utf-8")
    for act, on, more in (
        (Act.LICENCE, "2021-05-10", {"until": date(2026, 5, 9)}),
        (Act.BEGIN, "2025-12-20", {"matter": "renew"}),
        (Act.SUBMIT, "2025-12-28", {}),
        (Act.LICENCE, "2026-01-10", {"until": date(2031, 5, 9), "paper": "accounts"}),
        (Act.BEGIN, "2026-02-01", {"matter": "annual_report"}),
        (Act.SUBMIT, "2026-02-10", {}),
    ):
        case = open_case(path, CATALOGUE)
        record(CATALOGUE, case, make_event(act, on, **more), now=NOW)
        if act is Act.SUBMIT and on == "2025-12-28":
            yield _read(path, "renewing", date(2026, 2, 1), upto=date(2025, 12, 31))
    yield _read(path, "licensed", date(2026, 3, 10))


def _read(path: Path, name: str, day: date, upto: date = date.max) -> World:
    case = open_case(path, CATALOGUE)
    known = read_recorded(case)
    past = known.past or Past()
    events = tuple(event for event in past.events if event.on <= upto)
    return World(
        name=name,
        case=case,
        known=replace(known, past=replace(past, events=events)),
        as_of=day,
    )


_SAID = """\
  licence_valid_from: 2021-05-10
  onsite_differs_in: [people]
  lease_until: 2027-01-31
  cash_on_hand: 100万元
  monthly_cost: 5万元
  revenue_12m: 300万元
"""
_PEOPLE = """\
people:
  - {id: tang, name: 唐砚, role: technical, left_on: 2026-01-31}
  - {id: he, name: 何晚晴, role: customer_service, still_employed: false}
offers:
  - {id: forum, name: 论坛, kind: running, activities: [marketplace], earns: [users], own_use: [], channels: [site]}
"""


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, ...]:
    return make_worlds(tmp_path_factory.mktemp("silence"))


def test_every_derived_fact_is_known_in_some_world(worlds: Sequence[World]) -> None:
    derived = {
        key for key, fact in CATALOGUE.facts.items() if "derived" in fact.sources
    }
    wanted = (derived | list_implied_facts()) - TOLD_ELSEWHERE.keys()
    known = {
        (subject.type, fact)
        for world in worlds
        for (subject, fact), resolved in world.resolve().items()
        if resolved.claimed is not None
    }
    assert wanted <= known, sorted(wanted - known)


@pytest.mark.parametrize("place", range(4))
def test_what_is_blanked_makes_no_fact_a_no(
    worlds: Sequence[World], place: int
) -> None:
    world = worlds[place]
    before = world.resolve()
    wrong = []
    for what, blanked in every_so_many(list(list_blanked(world))):
        for key, after in blanked.resolve().items():
            was = before.get(key)
            for stance in ("claimed", "proven"):
                now = getattr(after, stance)
                if is_no(now) and now != (was and getattr(was, stance)):
                    wrong.append(
                        (
                            what,
                            str(key[0]),
                            key[1],
                            stance,
                            was and getattr(was, stance),
                            now,
                        )
                    )
    assert wrong == []


_NO = {Verdict.UNMET: "no", Verdict.CONTRADICTED: "no", Verdict.NOT_APPLICABLE: "none"}


def _verdicts(assessment: Assessment) -> dict[tuple[str, str], str | None]:
    return {
        (finding.criterion.id, str(finding.subject)): _NO.get(finding.verdict)
        for finding in assessment.findings
    }


@pytest.mark.parametrize("place", range(4))
def test_what_is_blanked_fails_no_criterion(
    worlds: Sequence[World], place: int
) -> None:
    world = worlds[place]
    before = _verdicts(world.assess())
    wrong = []
    for what, blanked in every_so_many(list(list_blanked(world))):
        for key, now in _verdicts(blanked.assess()).items():
            if now is not None and now != before.get(key):
                wrong.append((what, *key, before.get(key), now))
    assert wrong == []


@pytest.mark.parametrize("name", sorted(CATALOGUE.classification))
def test_a_blanked_answer_needs_no_licence_less(name: str) -> None:
    rule = CATALOGUE.classification[name]
    program = compile_sqlite({name: rule.test}, vocabulary=list_vocabulary(CATALOGUE))
    kinds = {key: fact.type for key, fact in CATALOGUE.facts.items()}

    def answer(engine: SqliteEngine, row: Mapping[str, Value | None]) -> Need:
        member = MemberRow(id="0", stance=Stance.CLAIMED, values=row)
        open_lists: dict[Stance, frozenset[str]] = {s: frozenset() for s in Stance}
        rows = Rows(members={"offer": [member]}, open_lists=open_lists)
        truths = engine.evaluate(rows, parameters={}, givens={})
        return decide_need(rule.outcome, truths[name, "0", Stance.CLAIMED])

    with SqliteEngine(program) as engine:
        for example in rule.examples:
            row = {
                q: read_value(kinds["offer", q], a) for q, a in example.answers.items()
            }
            whole = answer(engine, row)
            for question in row:
                rest = {q: a for q, a in row.items() if q != question}
                assert answer(engine, rest) in (whole, decide_need(rule.outcome, None))
