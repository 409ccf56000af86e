"""Which licence a business needs, and which question could still change that.

The rules are the catalogue's (`classification/`), evaluated as every other rule; here
their truth becomes what a person is told. Nothing is asked that no longer matters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from changqing.law.kinds.classification import (
    Classification,
    ClassificationOutcome,
    Need,
    decide_need,
)
from changqing.law.kinds.fact import Fact
from changqing.law.law import fill
from changqing.law.lookup import list_vocabulary
from changqing.law.model import Catalogue
from changqing.rules.expression import Expression
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import SqliteEngine, compile_sqlite
from changqing.rules.tree import And, Has, Name, Not, Or, Truth, walk
from changqing.rules.types import Value
from changqing.text import Text

Answered = Mapping[str, Value | None]
"""Answers by question; None, or no entry, is unknown."""

_SUBJECT: Final = "offer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifyQuestion:
    """What to ask next; of a set, `options` are the members that still matter."""

    fact: Fact
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """What one rule says about this business.

    `open` names the questions that could still settle it, none unless doubtful.
    `near`: something the rule asks after is done here, so its no deserves a reason;
    that of a permit beside telecom, which is asked after by one field, never does.
    """

    rule: Classification
    need: Need
    reason: Text
    open: tuple[str, ...]
    near: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """All that the rules in force on a day say of a business, in catalogue order."""

    on: date
    answers: Answered
    ruled: tuple[Ruled, ...]

    def list_ruled(self, need: Need) -> tuple[Ruled, ...]:
        """List what was ruled so: by licence, then what concerns none.

        A licence stands under one need alone: when one of its rules calls for it or
        leaves it open, what another does not call for is a remark.
        """
        matching = [ruled for ruled in self.ruled if self._say_need(ruled) is need]
        return tuple(
            sorted(matching, key=lambda ruled_one: ruled_one.rule.licence or "~")
        )

    def _say_need(self, ruled_one: Ruled) -> Need:
        if ruled_one.need is not Need.NOT_NEEDED or ruled_one.rule.licence is None:
            return ruled_one.need
        licences_called_for = {
            ruled.rule.licence
            for ruled in self.ruled
            if ruled.rule.outcome is ClassificationOutcome.LICENCE
            and ruled.need in {Need.NEEDED, Need.DOUBTFUL}
        }
        return (
            Need.REMARKED
            if ruled_one.rule.licence in licences_called_for
            else ruled_one.need
        )


class Classifier:
    """The rules in force on a day, made ready once."""

    def __init__(self, catalogue: Catalogue, *, on: date) -> None:
        self._catalogue = catalogue
        self._on = on
        self._rules = {
            name: rule
            for name, rule in catalogue.classification.items()
            if rule.in_force.covers(on)
        }
        self._atoms: dict[Truth, str] = {}
        for rule in self._rules.values():
            for atom in rule.test.list_judgements():
                self._atoms.setdefault(atom, f"#{len(self._atoms)}")
        expressions = {name: rule.test for name, rule in self._rules.items()}
        for atom, name in self._atoms.items():
            expressions[name] = Expression(name, _SUBJECT, atom)
        self._engine = SqliteEngine(
            compile_sqlite(expressions, vocabulary=list_vocabulary(catalogue))
        )
        facts_asked = {
            fact for rule in self._rules.values() for _, fact in rule.test.facts
        }
        self.questions: Mapping[str, Fact] = {
            name: fact
            for (subject, name), fact in catalogue.facts.items()
            if subject == _SUBJECT and name in facts_asked
        }
        """All questions the rules rest on, by name."""

    def classify(self, answers: Answered) -> Classified:
        """Apply every rule, given `answers` by question."""
        truths = _Truths(self._evaluate_rules(answers), self._atoms)
        return Classified(
            on=self._on,
            answers=answers,
            ruled=tuple(
                ruled
                for rule in self._rules.values()
                if (ruled := self._apply_rule(rule, truths)).need is not Need.SILENT
            ),
        )

    def find_next_question(self, answers: Answered) -> ClassifyQuestion | None:
        """Find the question most open rules wait for; None if no answer changes one.

        A question that has an entry in `answers`, be it None, is not asked again.
        """
        truths = _Truths(self._evaluate_rules(answers), self._atoms)
        waiting: Counter[str] = Counter()
        members: dict[str, set[str]] = {}
        for rule in self._rules.values():
            atoms = list(truths.open(rule.test.root))
            names = [name for name in _list_facts(atoms) if name not in answers]
            waiting.update(names[:1])
            for atom in atoms:
                if isinstance(atom, Has):
                    members.setdefault(atom.set.fact, set()).add(atom.member)
        if not waiting:
            return None
        name = max(waiting, key=waiting.__getitem__)  # the first of equals
        fact = self.questions[name]
        return ClassifyQuestion(
            fact=fact,
            options=tuple(
                label for label in fact.value_labels if label in members.get(name, ())
            ),
        )

    def _apply_rule(self, rule: Classification, truths: _Truths) -> Ruled:
        need = decide_need(rule.outcome, truths.known[rule.id])
        text = rule.says.get(need)
        return Ruled(
            rule=rule,
            need=need,
            reason=Text("", "")
            if text is None
            else fill(self._catalogue, text, on=self._on),
            open=tuple(_list_facts(truths.open(rule.test.root))),
            near=rule.outcome is not ClassificationOutcome.OTHER_PERMIT
            and any(
                truths.find_truth(atom) is True for atom in rule.test.list_judgements()
            ),
        )

    def _evaluate_rules(self, answers: Answered) -> Mapping[str, bool | None]:
        member = MemberRow(id=_SUBJECT, stance=Stance.CLAIMED, values=answers)
        verdicts = self._engine.evaluate(
            Rows(
                members={_SUBJECT: [member]},
                open_lists={stance: frozenset() for stance in Stance},
            ),
            parameters={},
            givens={},
        )
        return {rule: truth for (rule, _, _), truth in verdicts.items()}


@dataclass(frozen=True, slots=True)
class _Truths:
    """The truth of every rule and of every comparison in it."""

    known: Mapping[str, bool | None]
    atoms: Mapping[Truth, str]

    def find_truth(self, node: Truth) -> bool | None:
        """Find the truth of any part of a rule, from that of its comparisons."""
        match node:
            case Not(part):
                truth = self.find_truth(part)
                return None if truth is None else not truth
            case And(parts) | Or(parts):
                truths = [self.find_truth(part) for part in parts]
                deciding = isinstance(node, Or)
                if deciding in truths:
                    return deciding
                return None if None in truths else not deciding
            case _:
                return self.known[self.atoms[node]]

    def open(self, node: Truth) -> Iterator[Truth]:
        """List the unknown comparisons that could decide `node`, in reading order."""
        if self.find_truth(node) is not None:
            return
        match node:
            case Not(part):
                yield from self.open(part)
            case And(parts) | Or(parts):
                for part in parts:
                    yield from self.open(part)
            case _:
                yield node


def _list_facts(atoms: Iterator[Truth] | list[Truth]) -> list[str]:
    """List the facts that comparisons read, each once, in reading order."""
    return list(
        dict.fromkeys(
            node.fact for atom in atoms for node in walk(atom) if isinstance(node, Name)
        )
    )
