"""The rules that are asked of an application, as questions that a search can answer."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache

from changqing.case.model import Application
from changqing.case.subjects import APPLICANT, Subject
from changqing.judge.assess import (
    bound_parameters,
    list_givens,
)
from changqing.law.applicable import find_applicable
from changqing.law.kinds.criterion import Criterion
from changqing.law.lookup import load_sqlite_program
from changqing.law.subjects import LISTED_SUBJECTS
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import SqliteEngine
from changqing.rules.tree import Quantifier
from changqing.rules.types import Value
from tests.law.order_solver import (
    Goal,
    Known,
    Search,
    Slot,
    Values,
)
from tests.rules.expression_language import Reader
from tests.shipped import CATALOGUE

AS_OF = date(2026, 11, 24)
SUBMIT_ON = date(2026, 12, 24)
ENGINE = SqliteEngine(load_sqlite_program(CATALOGUE))
_CRITERIA = {
    id(criterion.test.root): criterion for criterion in CATALOGUE.criteria.values()
}


_COUNTS = {
    criterion.id: tuple(
        part for part in criterion.test.walk() if isinstance(part, Quantifier)
    )
    for criterion in CATALOGUE.criteria.values()
}


_GIVENS = {
    criterion.id: sorted(criterion.applies.givens)
    for criterion in CATALOGUE.criteria.values()
}
"""What of an application the premise of each criterion reads."""
_NOBODY = Rows(
    members={}, open_lists={stance: frozenset(LISTED_SUBJECTS) for stance in Stance}
)
"""Of nobody anything is known: a premise that counts members is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Ask:
    """What is applied for, where, and at which stage."""

    licence: str
    stage: str
    scope: str = "intra_province"
    region: str = "33"

    @property
    def application(self) -> Application:
        return Application(
            licence=self.licence,
            scope=self.scope,
            region=self.region,
            stage=self.stage,
            submit_on=SUBMIT_ON,
        )

    def __str__(self) -> str:
        return f"{self.licence}-{self.stage}-{self.scope}-{self.region}"


class Questions:
    """All that is asked of one application, and of whom.

    With `papers`, of those kinds alone is there a paper.
    """

    def __init__(self, ask: Ask, *, papers: frozenset[str] | None = None) -> None:
        self.ask = ask
        self._papers = papers
        self.givens = list_givens(ask.application, AS_OF)
        self.parameters: Mapping[str, Value | None] = bound_parameters(
            CATALOGUE, ask.application, AS_OF
        )
        asked = list_asked_criteria(ask)
        self.criteria = tuple(
            criterion
            for criterion in CATALOGUE.criteria.values()
            if criterion.id in asked and criterion.in_force.covers(AS_OF)
        )
        self.kinds = dict(self._members())
        self.subjects = (APPLICANT, *self.kinds)
        self._structure = {
            subject: structure_of(subject.type, kind)
            for subject, kind in self.kinds.items()
        }
        self._known = Known()
        self.goals = [
            Goal(criterion.test.root, subject)
            for criterion in self.criteria
            for subject in self.asked_of(criterion)
        ]

    def search(
        self,
        values: Values | None = None,
        *,
        once: bool = False,
        unset: int | None = None,
    ) -> Search:
        """A search that begins with what always is known, and with `values`.

        A number that no rule sets is taken to be `unset`.
        """
        return Search(
            CATALOGUE,
            self.subjects,
            parameters={
                name: unset if number is None else number
                for name, number in self.parameters.items()
            },
            givens=self.givens,
            structure=self._structure,
            known=self._known,
            values=values,
            once=once,
        )

    def structure(self) -> Values:
        """What always is known of whom."""
        return {
            Slot(subject, fact): value
            for subject, facts in self._structure.items()
            for fact, value in facts.items()
        }

    def name_search(
        self, goals: Sequence[Goal], pins: Values, *, unset: int | None
    ) -> Hashable:
        """Name all that a search for goals rests on, which other applications share.

        That is who is asked and counted, and the numbers and givens that are read.
        """
        tests = {
            name: CATALOGUE.criteria[name].test
            for name in {criterion_of(goal).id for goal in goals}
        }
        types = {goal.subject.type for goal in goals} | {
            count.subject for name in tests for count in _COUNTS[name]
        }
        numbers = {name for test in tests.values() for name in test.parameters}
        givens = {name for test in tests.values() for name in test.givens}
        return (
            tuple((criterion_of(goal).id, goal.subject, goal.truth) for goal in goals),
            tuple(subject for subject in self.subjects if subject.type in types),
            tuple((name, self.parameters[name]) for name in sorted(numbers)),
            tuple((name, self.givens[name]) for name in sorted(givens)),
            frozenset(pins.items()),
            unset,
        )

    def slots_read(self, criterion: Criterion, subject: Subject) -> frozenset[Slot]:
        """What the test of a criterion reads, of the subject and those it counts."""
        return self._plain.slots_read(criterion.test.root, subject)

    @cached_property
    def _plain(self) -> Search:
        return self.search()

    def asked_of(self, criterion: Criterion) -> list[Subject]:
        """The members a criterion asks about."""
        return [
            subject
            for subject in self.subjects
            if subject.type == criterion.subject
            and self._applies(criterion, self.kinds.get(subject))
        ]

    def _applies(self, criterion: Criterion, kind: str | None) -> bool:
        row = make_row_of_kind(criterion.subject, kind)
        return self._of_nobody.truth(criterion.applies.root, row) is not False

    @cached_property
    def _of_nobody(self) -> Reader:
        return Reader(rows=_NOBODY, parameters=self.parameters, givens=self.givens)

    def _members(self) -> Iterator[tuple[Subject, str]]:
        """One member of each kind that a rule asks about or counts, more if counted."""
        for subject_type in LISTED_SUBJECTS:
            fact = "role" if subject_type == "person" else "kind"
            kinds = [
                kind
                for kind in sorted(
                    CATALOGUE.facts[subject_type, fact].type.values or ()
                )
                if any(self._concerns(c, subject_type, kind) for c in self.criteria)
                and (
                    subject_type != "paper"
                    or self._papers is None
                    or kind in self._papers
                )
            ]
            for kind in kinds:
                yield Subject(subject_type, kind.replace("_", "-")), kind

    def _concerns(self, criterion: Criterion, subject_type: str, kind: str) -> bool:
        if criterion.subject == subject_type and self._applies(criterion, kind):
            return True
        row = make_row_of_kind(subject_type, kind)
        return any(
            node.where is None or self._of_nobody.truth(node.where, row) is not False
            for node in _COUNTS[criterion.id]
            if node.subject == subject_type
        )


@lru_cache(maxsize=512)
def list_asked_criteria(ask: Ask) -> frozenset[str]:
    return find_applicable(ENGINE, list_givens(ask.application, AS_OF))


def structure_of(subject_type: str, kind: str) -> Mapping[str, Value]:
    """What always is known of a member of a list."""
    if subject_type == "person":
        return {"role": kind, "roles": frozenset({kind})}
    return {"kind": kind}


@cache
def make_row_of_kind(subject_type: str, kind: str | None) -> MemberRow:
    known = {} if kind is None else structure_of(subject_type, kind)
    return MemberRow(id="any", stance=Stance.PROVEN, values=known)


def criterion_of(goal: Goal) -> Criterion:
    """The criterion whose test a goal is."""
    return _CRITERIA[id(goal.node)]
