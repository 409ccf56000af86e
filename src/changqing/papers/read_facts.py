"""Which values the criteria of a case read, and which carry long-term capability.

A value is read where a criterion of this very application reads it of such a subject:
the working hours of a technician, not of everybody; the owner that a service promise
names, not the one in every other paper. Where the criterion is a core one the value is
on a key point, and settled singly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.law.kept import keep_by_catalogue
from changqing.law.kinds.criterion import Criterion, Weight
from changqing.law.lookup import in_force, list_kinds_for
from changqing.law.model import Catalogue
from changqing.rules.partial import could_hold
from changqing.rules.tree import Agree, Literal, Name, Node, Quantifier, children
from changqing.rules.types import Kind


@dataclass(frozen=True, slots=True)
class ReadFacts:
    """What some criteria read of the subjects of a case."""

    criteria: tuple[Criterion, ...]
    givens: Mapping[str, str]
    kinds: Mapping[Subject, frozenset[str]]
    _readers: Mapping[tuple[str, str], Sequence[Criterion]] = field(
        init=False, repr=False, compare=False
    )
    """The criteria that name a fact of a kind of subject at all."""
    _answers: dict[tuple[str, str, frozenset[str]], bool] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What was asked before: every paper of a case is asked for every value."""

    def __post_init__(self) -> None:
        readers: dict[tuple[str, str], list[Criterion]] = {}
        for criterion in self.criteria:
            for named in criterion.test.facts:
                readers.setdefault(named, []).append(criterion)
        object.__setattr__(self, "_readers", readers)

    def __contains__(self, asked: tuple[Subject, str]) -> bool:
        """Whether a fact of a subject is read by one of them."""
        subject, fact = asked
        kinds = self.kinds.get(subject, frozenset())
        key = (subject.type, fact, kinds)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = any(
                self._reads(criterion, subject.type, fact, kinds)
                for criterion in self._readers.get((subject.type, fact), ())
            )
        return answer

    def _reads(
        self, criterion: Criterion, subject: str, fact: str, kinds: frozenset[str]
    ) -> bool:
        own = criterion.subject == subject
        applies = criterion.applies.root
        return could_hold(applies, self.givens, kinds if own else None) and any(
            could_hold(where, self.givens, kinds)
            for where in _find_places(criterion.test.root, subject, fact)
        )

    def select_key_points(self) -> ReadFacts:
        """Select what carries a route to long-term capability."""
        return replace(
            self,
            criteria=tuple(
                criterion
                for criterion in self.criteria
                if criterion.long_term is not None
                and criterion.long_term.weight is Weight.CORE
            ),
        )


def find_read_facts(case: Case, on: date) -> ReadFacts:
    """Find what is read of a case, by what is applied for and whom it lists."""
    catalogue = case.catalogue
    kinds: dict[Subject, frozenset[str]] = {
        member.subject: frozenset(member.roles) for member in case.list_members()
    }
    for paper in case.papers:
        kinds[paper.subject] = _find_kinds_of(catalogue, paper.kind)
    applied = case.application
    givens = {
        "licence": applied.licence,
        "scope": applied.scope,
        "region": applied.region,
        "stage": applied.stage,
    }
    return ReadFacts(
        criteria=tuple(
            criterion
            for criterion in in_force(catalogue, on).values()
            if could_hold(criterion.applies.root, givens, None)
        ),
        givens=givens,
        kinds=kinds,
    )


@keep_by_catalogue
def _find_kinds_of(catalogue: Catalogue, kind: str) -> frozenset[str]:
    """Find all that a paper of a kind counts as: its own, and what it does for."""
    does_for = (
        asked
        for asked in catalogue.materials
        if kind in list_kinds_for(catalogue, asked)
    )
    return frozenset({kind, *does_for})


_ANY: Final = Literal(value=True, kind=Kind.BOOLEAN)


def _find_places(
    node: Node, subject: str, fact: str, *, where: Node = _ANY
) -> Iterator[Node]:
    """Give, for each place that reads a fact, of which members it is read there."""
    match node:
        case Quantifier(subject=of) if of == subject:
            inner = where if node.where is None else node.where
        case Name(subject=of, fact=name) | Agree(subject=of, fact=name):
            if (of, name) == (subject, fact):
                yield where
            return
        case _:
            inner = where
    for child in children(node):
        yield from _find_places(child, subject, fact, where=inner)
