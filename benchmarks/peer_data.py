"""What the peers are given: the same rows as plain mappings.

A fact is the key `f_<fact>`, `agree(fact)` is `a_<fact>`, a parameter or given
`g_<name>`; what is unknown is left out. A date is its ordinal day; beside it stand the
parts that `whole_months` needs, so that the peers compute months themselves. Only facts
that a rule reads are handed over, as for our own tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from changqing.rules.expression import Expression
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import SqliteProgram
from changqing.rules.tree import GivenNode, Name, ParameterNode, Quantifier, WholeMonths
from changqing.rules.types import Value

Plain = bool | int | str | list[str]
Values = dict[str, Plain]
Context = dict[str, Plain | list[Values]]
Verdicts = Mapping[tuple[str, str, Stance], bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One member in one stance, and all that the rules about it may read."""

    subject: str
    member: str
    stance: Stance
    context: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Reads:
    """What the rules read, found once when they are compiled."""

    facts: Mapping[str, Sequence[str]]
    agreements: Mapping[str, Sequence[str]]
    lists: Mapping[str, frozenset[str]]
    """Subjects that the rules about a subject count the members of."""
    months: frozenset[str]
    """Names of dates that `whole_months` reads."""

    @classmethod
    def of(cls, rules: Mapping[str, Expression], program: SqliteProgram) -> Reads:
        """Walk all expressions once."""
        lists: dict[str, set[str]] = {}
        months: set[str] = set()
        for rule in rules.values():
            for node in rule.walk():
                if isinstance(node, Quantifier):
                    lists.setdefault(rule.subject, set()).add(node.subject)
                if isinstance(node, WholeMonths):
                    months |= {_key(node.start), _key(node.end)}
        return cls(
            facts=program.facts,
            agreements=program.agreements,
            lists={subject: frozenset(names) for subject, names in lists.items()},
            months=frozenset(months),
        )


def _key(node: object) -> str:
    match node:
        case Name(_, fact, _):
            return f"f_{fact}"
        case GivenNode(name, _) | ParameterNode(name, _):
            return f"g_{name}"
        case _:
            raise NotImplementedError(node)


def names(values: Mapping[str, Value | None]) -> Values:
    """Parameters and givens as the peers hold them."""
    return dict(_encoded((f"g_{name}", value) for name, value in values.items()))


def _encoded(values: Iterable[tuple[str, Value | None]]) -> Iterator[tuple[str, Plain]]:
    for key, value in values:
        if isinstance(value, date):
            yield key, value.toordinal()
        elif isinstance(value, frozenset):
            yield key, sorted(value)
        elif value is not None:
            yield key, value


def _parts(key: str, value: Value | None) -> Iterator[tuple[str, Plain]]:
    if isinstance(value, date):
        yield f"{key}__month", 12 * value.year + value.month
        yield f"{key}__day", value.day
        yield f"{key}__last", (value + timedelta(days=1)).day == 1


def month_parts(values: Mapping[str, Value | None], reads: Reads) -> Values:
    """The parts of those parameters and givens whose months are counted."""
    return {
        name: part
        for key, value in values.items()
        if f"g_{key}" in reads.months
        for name, part in _parts(f"g_{key}", value)
    }


def _member(subject: str, member: MemberRow, reads: Reads) -> Values:
    known = member.values
    values = dict(
        _encoded(
            (f"f_{fact}", known[fact]) for fact in reads.facts[subject] if fact in known
        )
    )
    for fact in reads.facts[subject]:
        if f"f_{fact}" in reads.months:
            values.update(_parts(f"f_{fact}", known.get(fact)))
    for fact in reads.agreements[subject]:
        agreed = member.agree.get(fact)
        if agreed is not None:
            values[f"a_{fact}"] = agreed
    return values


def questions(rows: Rows, known: Values, reads: Reads) -> list[Question]:
    """Every member in both stances, beside the members its rules count."""
    encoded = {
        subject: [(member, _member(subject, member, reads)) for member in members]
        for subject, members in rows.members.items()
        if subject in reads.facts
    }
    counted = {
        (subject, stance): [
            values for member, values in members if member.stance is stance
        ]
        for subject, members in encoded.items()
        for stance in Stance
    }
    listed = []
    for subject, members in encoded.items():
        beside: dict[Stance, Context] = {}
        for stance in Stance:
            context: Context = {**known}
            for name in reads.lists.get(subject, ()):
                context[f"all_{name}"] = counted.get((name, stance), [])
                if name not in rows.open_lists[stance]:
                    context[f"rest_{name}"] = False
            beside[stance] = context
        listed += [
            Question(
                subject=subject,
                member=member.id,
                stance=member.stance,
                context={**beside[member.stance], **values},
            )
            for member, values in members
        ]
    return listed
