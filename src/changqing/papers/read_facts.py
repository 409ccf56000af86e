"""Which values the criteria of a case read, and which carry long-term capability.

A value is read where a criterion of this very application reads it of such a subject:
the working hours of a technician, not of everybody; the owner that a service promise
names, not the one in every other paper. Where the criterion is a core one the value is
on a key point, and settled singly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from changqing.case.model import Case
from changqing.case.subjects import Subject
from changqing.law.kept import keep_by_catalogue
from changqing.law.kinds.criterion import Criterion, Weight
from changqing.law.lookup import list_kinds_for, select_in_force
from changqing.law.model import Catalogue
from changqing.rules.partial import could_hold
from changqing.rules.tree import Agree, Literal, Name, Node, Quantifier, list_children
from changqing.rules.types import Kind


@dataclass(frozen=True, slots=True)
class _Readers:
    """The criteria that can be asked of some application on a day, and what they read.

    The same for every case that applies for this: so are the answers, which fill up.
    """

    criteria: tuple[Criterion, ...]
    givens: Mapping[str, str]
    _named: dict[tuple[str, str], list[Criterion]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """The criteria that name a fact of a kind of subject at all."""
    _answers: dict[tuple[str, str, frozenset[str]], bool] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for criterion in self.criteria:
            for fact_key in criterion.test.facts:
                self._named.setdefault(fact_key, []).append(criterion)

    def read(self, subject: str, fact: str, kinds: frozenset[str]) -> bool:
        """Tell whether one of them reads a fact of such a subject of some kinds."""
        key = (subject, fact, kinds)
        answer = self._answers.get(key)
        if answer is None:
            answer = any(
                self._reads(criterion, subject, fact, kinds)
                for criterion in self._named.get((subject, fact), ())
            )
            # People of many posts make many keys: what was asked first is asked again.
            if len(self._answers) < _MOST_ANSWERS:
                self._answers[key] = answer
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


@dataclass(frozen=True, slots=True)
class ReadFacts:
    """What some criteria read of the subjects of a case."""

    readers: _Readers
    core: _Readers
    """Of the readers those that carry a route to long-term capability."""
    kinds: Mapping[Subject, frozenset[str]]

    def __contains__(self, key: tuple[Subject, str]) -> bool:
        """Whether a fact of a subject is read by one of them."""
        subject, fact = key
        kinds = self.kinds.get(subject, frozenset())
        return self.readers.read(subject.type, fact, kinds)

    def select_key_points(self) -> ReadFacts:
        """Select what carries a route to long-term capability."""
        return replace(self, readers=self.core)


def find_read_facts(case: Case, on: date) -> ReadFacts:
    """Find what is read of a case, by what is applied for and whom it lists."""
    catalogue = case.catalogue
    kinds: dict[Subject, frozenset[str]] = {
        member.subject: frozenset(member.roles) for member in case.list_members()
    }
    for paper in case.papers:
        kinds[paper.subject] = _find_kinds_of(catalogue, paper.kind)
    applied = case.application
    readers, core = _find_readers(
        catalogue, applied.licence, applied.scope, applied.region, applied.stage, on
    )
    return ReadFacts(readers=readers, core=core, kinds=kinds)


@keep_by_catalogue
def _find_readers(
    catalogue: Catalogue, licence: str, scope: str, region: str, stage: str, on: date
) -> tuple[_Readers, _Readers]:
    """Find who reads for such an application, and of them those of core criteria."""
    givens = {"licence": licence, "scope": scope, "region": region, "stage": stage}
    criteria = tuple(
        criterion
        for criterion in select_in_force(catalogue, on).values()
        if could_hold(criterion.applies.root, givens, None)
    )
    core = tuple(
        criterion
        for criterion in criteria
        if criterion.long_term is not None and criterion.long_term.weight is Weight.CORE
    )
    return _Readers(criteria, givens), _Readers(core, givens)


@keep_by_catalogue
def _find_kinds_of(catalogue: Catalogue, kind: str) -> frozenset[str]:
    """Find all that a paper of a kind counts as: its own, and what it does for."""
    does_for = (
        kind_asked
        for kind_asked in catalogue.materials
        if kind in list_kinds_for(catalogue, kind_asked)
    )
    return frozenset({kind, *does_for})


_MOST_ANSWERS: Final = 20_000
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
    for child in list_children(node):
        yield from _find_places(child, subject, fact, where=inner)
