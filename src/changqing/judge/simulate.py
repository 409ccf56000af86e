"""Try the errands before promising them.

The remedy of a criterion is what its first `met` example shows. Applying those values
to the situation and judging again tells whether the plan does what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from changqing.calendar import add_months
from changqing.case.subjects import Subject
from changqing.judge.assess import Judge, decide_verdicts, list_givens, make_rows
from changqing.judge.model import Assessment, Situation
from changqing.law.kinds.criterion import Criterion, Example
from changqing.law.lookup import EXAMPLE_GIVENS
from changqing.law.model import Verdict
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.tree import WholeMonths
from changqing.rules.types import Value

_ROUNDS = 3
_PLACE = frozenset({"licence", "scope", "region", "stage"})
_WHAT_IT_IS = ("roles", "role", "kind")


def simulate_remedies(
    judge: Judge, assessment: Assessment, criteria: Iterable[str]
) -> Sequence[str]:
    """Apply the remedies of `criteria` and return those that are still not met.

    Remedies may touch the same fact, so those that did not hold are applied again.
    """
    unmet: Sequence[str] = sorted(set(criteria))
    if not unmet:
        return unmet
    remedied = unmet
    situation = assessment.situation
    claimed, proven = (
        _DraftSituation(situation, Stance.CLAIMED),
        _DraftSituation(situation, Stance.PROVEN),
    )
    for _ in range(_ROUNDS):
        for name in unmet:
            criterion = judge.catalogue.criteria[name]
            example = _find_best_example(criterion, situation)
            claimed.apply(criterion, example)
            proven.apply(criterion, example)
        truths = judge.evaluate_rules(
            claimed.combine_rows(proven), situation.application, situation.as_of
        )
        subjects = proven.list_subjects()
        unmet = [
            name
            for name in remedied
            if any(
                verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE)
                for _, verdict, _, _ in decide_verdicts(
                    judge.catalogue.criteria[name], subjects, truths
                )
            )
        ]
        if not unmet:
            break
    return unmet


def _find_best_example(criterion: Criterion, situation: Situation) -> Example:
    """The first `met` example of those whose givens fit the application best."""
    givens = list_givens(situation.application, situation.as_of)

    def fit(example: Example) -> int:
        places = {n: v for n, v in example.given.items() if n in _PLACE}
        return sum(1 if givens[name] == value else -1 for name, value in places.items())

    return max((e for e in criterion.examples if e.then == "met"), key=fit)


class _DraftSituation:
    """One stance of a situation, with remedies written over it."""

    def __init__(self, situation: Situation, stance: Stance) -> None:
        rows = make_rows(situation)
        wanted = stance
        self._stance = stance
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
        moved = _Clock(criterion, example, self._situation)
        own = self._members.setdefault(criterion.subject, {})
        if own:
            remedy = _drop_place(moved(example.proven))
        else:
            own["remedy"] = ({}, {})
            remedy = moved(example.proven)
        agreeing = {fact: True for _, fact in criterion.test.agreements}
        for values, agree in own.values():
            values.update(remedy)
            agree.update(agreeing)
        for subject_type, members in example.members.items():
            of_type = self._members.setdefault(subject_type, {})
            for place, (role, examples) in enumerate(_group_by_role(members).items()):
                alike = [m for m in of_type.values() if _fits_role(m[0], role)]
                for at, (values, _) in enumerate(alike):
                    member_example = examples[min(at, len(examples) - 1)]
                    values.update(_drop_place(moved(member_example)))
                # Who holds more posts is changed too, but stands for nobody else:
                # a rule that wants three people wants a person for each post.
                same = sum(_find_role(m[0]) == role for m in of_type.values())
                for at, example_member in enumerate(examples[same:]):
                    name = f"{criterion.id}-{place}-{at}"
                    of_type[name] = (moved(example_member), {})
        self._open -= example.closed

    def combine_rows(self, other: _DraftSituation) -> Rows:
        """Combine both stances into one set of rows."""
        members: dict[str, list[MemberRow]] = {}
        for draft in (self, other):
            for subject_type, of_type in draft._members.items():
                for name, (values, agree) in of_type.items():
                    members.setdefault(subject_type, []).append(
                        MemberRow(
                            id=name, stance=draft._stance, values=values, agree=agree
                        )
                    )
        return Rows(
            members=members,
            open_lists={
                draft._stance: frozenset(draft._open) for draft in (self, other)
            },
            absent=self._situation.absent,
        )

    def list_subjects(self) -> tuple[Subject, ...]:
        """List every subject there is after the remedies."""
        return tuple(
            Subject(subject_type, name)
            for subject_type, of_type in self._members.items()
            for name in of_type
        )


class _Clock:
    """Moves the dates of an example to the days of a case.

    A rule about the day of submission keeps its distance from that day, any other from
    the day of assessment; a rule that counts months keeps it in months.
    """

    def __init__(
        self, criterion: Criterion, example: Example, situation: Situation
    ) -> None:
        anchor = "submit_on" if "submit_on" in criterion.test.givens else "as_of"
        example_day = example.given.get(anchor, EXAMPLE_GIVENS[anchor])
        self._old = example_day if isinstance(example_day, date) else situation.as_of
        self._new = situation.as_of
        if anchor == "submit_on":
            self._new = situation.application.submit_on
        self._by_months = any(
            isinstance(node, WholeMonths) for node in criterion.test.walk()
        )

    def __call__(self, values: Mapping[str, Value | None]) -> dict[str, Value | None]:
        return {
            fact: self._move_day(value) if isinstance(value, date) else value
            for fact, value in values.items()
        }

    def _move_day(self, day: date) -> date:
        if not self._by_months:
            return self._new + (day - self._old)
        months = 12 * (day.year - self._old.year) + day.month - self._old.month
        if day.day < self._old.day:
            months -= 1
        days = day - add_months(self._old, months)
        return add_months(self._new, months) + days


def _drop_place(values: dict[str, Value | None]) -> dict[str, Value | None]:
    """A remedy changes what a subject is like, never which kind of subject it is."""
    return {fact: v for fact, v in values.items() if fact not in _WHAT_IT_IS}


def _find_role(values: Mapping[str, Value | None]) -> object:
    """What tells one member of a list from another: its posts, or its kind."""
    return next((values[fact] for fact in _WHAT_IT_IS if fact in values), None)


def _fits_role(values: Mapping[str, Value | None], role: object) -> bool:
    """Whether a member is what an example shows; who holds more posts is that too."""
    own = _find_role(values)
    if isinstance(own, frozenset) and isinstance(role, frozenset):
        return role <= own
    return own == role


def _group_by_role(
    members: Sequence[Mapping[str, Value | None]],
) -> Mapping[object, Sequence[Mapping[str, Value | None]]]:
    grouped: dict[object, list[Mapping[str, Value | None]]] = {}
    for member in members:
        grouped.setdefault(_find_role(member), []).append(member)
    return grouped
