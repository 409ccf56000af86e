"""Try the errands before promising them.

The remedy of a criterion is what its first `met` example shows. Applying those values to
the situation and judging again tells whether the plan does what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from changqing.assessment._assess import Judge, rows_of, verdicts_of
from changqing.assessment._model import Assessment, Situation
from changqing.catalogue import Criterion, Example, Verdict
from changqing.evidence import Subject
from changqing.expression import Member, Rows, Stance, Value

_EXAMPLE_DAY = date(2026, 11, 24)
"""The `as_of` of catalogue examples that name none."""


def simulate(
    judge: Judge, assessment: Assessment, criteria: Iterable[str]
) -> Sequence[str]:
    """Apply the remedies of `criteria` and return those that are still not met."""
    situation = assessment.situation
    asked = sorted(set(criteria))
    known = {key: _Draft(situation, key) for key in ("claimed", "proven")}
    for name in asked:
        criterion = judge.catalogue.criteria[name]
        example = _first_met(criterion, situation)
        for draft in known.values():
            draft.apply(criterion, example)
    rows = known["claimed"].rows(known["proven"])
    truths = judge.truths(rows, situation.application, situation.as_of)
    subjects = known["proven"].subjects()
    left = []
    for name in asked:
        verdicts = verdicts_of(judge.catalogue.criteria[name], subjects, truths)
        if any(
            verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
            for _, verdict, _, _ in verdicts
        ):
            left.append(name)
    return left


def _first_met(criterion: Criterion, situation: Situation) -> Example:
    """The first `met` example, preferring one given for this scope."""
    met = [example for example in criterion.examples if example.then == "met"]
    scope = situation.application.scope
    return next((e for e in met if e.given.get("scope") == scope), met[0])


class _Draft:
    """One stance of a situation, with remedies written over it."""

    def __init__(self, situation: Situation, stance: str) -> None:
        rows = rows_of(situation)
        wanted = Stance(stance)
        self._stance = wanted
        self._situation = situation
        self._members = {
            subject_type: {
                member.id: (dict(member.values), dict(member.agree))
                for member in members
                if member.stance is wanted
            }
            for subject_type, members in rows.members.items()
        }
        self._open = set(rows.open_lists[wanted])

    def apply(self, criterion: Criterion, example: Example) -> None:
        """Write the example's values over every subject of the criterion."""
        shift = self._shift(example)
        own = self._members.setdefault(criterion.subject, {})
        if not own:
            own["remedy"] = ({}, {})
        agreeing = {fact: True for _, fact in criterion.test.agreements}
        for values, agree in own.values():
            values.update(_moved(example.proven, shift))
            agree.update(agreeing)
        for subject_type, members in example.members.items():
            of_type = self._members.setdefault(subject_type, {})
            for place, (role, examples) in enumerate(_by_role(members).items()):
                alike = [m for m in of_type.values() if _role(m[0]) == role]
                for at, (values, _) in enumerate(alike):
                    values.update(_moved(examples[min(at, len(examples) - 1)], shift))
                for at, example_member in enumerate(examples[len(alike) :]):
                    name = f"{criterion.id}-{place}-{at}"
                    of_type[name] = (_moved(example_member, shift), {})
        self._open -= example.closed

    def rows(self, other: _Draft) -> Rows:
        """Both stances as one set of rows."""
        members: dict[str, list[Member]] = {}
        for draft in (self, other):
            for subject_type, of_type in draft._members.items():
                for name, (values, agree) in of_type.items():
                    members.setdefault(subject_type, []).append(
                        Member(
                            id=name, stance=draft._stance, values=values, agree=agree
                        )
                    )
        return Rows(
            members=members,
            open_lists={
                draft._stance: frozenset(draft._open) for draft in (self, other)
            },
        )

    def subjects(self) -> tuple[Subject, ...]:
        """Every subject after the remedies."""
        return tuple(
            Subject(subject_type, name)
            for subject_type, of_type in self._members.items()
            for name in of_type
        )

    def _shift(self, example: Example) -> timedelta:
        given = example.given.get("as_of")
        then = given if isinstance(given, date) else _EXAMPLE_DAY
        return self._situation.as_of - then


def _role(values: Mapping[str, object]) -> object:
    """What tells one member of a list from another: its role, or its kind."""
    return values.get("role", values.get("kind"))


def _by_role(
    members: Sequence[Mapping[str, object]],
) -> Mapping[object, Sequence[Mapping[str, object]]]:
    grouped: dict[object, list[Mapping[str, object]]] = {}
    for member in members:
        grouped.setdefault(_role(member), []).append(member)
    return grouped


def _moved(values: Mapping[str, object], shift: timedelta) -> dict[str, Value | None]:
    """The example's values, its dates moved to today."""
    return {
        fact: value + shift if isinstance(value, date) else value  # type: ignore[misc]
        for fact, value in values.items()
    }
