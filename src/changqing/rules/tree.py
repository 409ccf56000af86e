"""The tree of an expression: small frozen values, and ways to walk them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from changqing.rules.rows import name_part
from changqing.rules.types import Kind

_WORD: Final = re.compile(r"[a-z][a-z0-9_]*")


class Comparator(StrEnum):
    """How two values are compared."""

    EQUAL = "="
    UNEQUAL = "<>"
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="


class Operator(StrEnum):
    """Arithmetic on whole numbers; there is no division."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"


class Quantity(StrEnum):
    """How many members a quantifier asks for."""

    EVERY = "every"
    SOME = "some"
    NONE = "none"
    AT_LEAST = "at_least"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the rule itself."""

    value: bool | int | str | date
    kind: Kind


@dataclass(frozen=True, slots=True)
class SetLiteral:
    """A set written in the rule: sorted, without repeats, never empty."""

    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """A fact of `subject`: the rule's own, or that of the quantifier around it."""

    subject: str
    fact: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class ParameterNode:
    """A number set by law or by a province, written `:name`."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class GivenNode:
    """What is given about the application itself, written `:name`."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A sum, difference or product that cannot leave 64 bits."""

    operator: Operator
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """Days from `start` to `end`, negative when `end` comes first."""

    start: Operand
    end: Operand


@dataclass(frozen=True, slots=True)
class WholeMonths:
    """The greatest n with `start` + n months ≤ `end`, clamped to the month's end."""

    start: Operand
    end: Operand


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison; unknown when either side is."""

    operator: Comparator
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class In:
    """Whether a value is one of the literals."""

    item: Operand
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """`low` ≤ `item` ≤ `high`, both ends included."""

    item: Operand
    low: Operand
    high: Operand


@dataclass(frozen=True, slots=True)
class Has:
    """Whether a set fact holds a member."""

    set: Name
    member: str


@dataclass(frozen=True, slots=True)
class Within:
    """Whether each member of `left` is in `right`; at least one side is a fact."""

    left: Name | SetLiteral
    right: Name | SetLiteral


@dataclass(frozen=True, slots=True)
class Agree:
    """Whether all live records of a fact say the same."""

    subject: str
    fact: str


@dataclass(frozen=True, slots=True)
class Not:
    """Negation; unknown stays unknown."""

    part: Truth


@dataclass(frozen=True, slots=True)
class And:
    """FALSE if a part is; else unknown if a part is; else TRUE."""

    parts: tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """TRUE if a part is; else unknown if a part is; else FALSE."""

    parts: tuple[Truth, ...]


@dataclass(frozen=True, slots=True)
class Quantifier:
    """A count over the members of another subject, in the same row.

    `least` is set for AT_LEAST alone; `body` None means that any member counts.
    """

    quantity: Quantity
    least: int | ParameterNode | None
    subject: str
    where: Truth | None
    body: Truth | None


Operand = (
    Literal | Name | ParameterNode | GivenNode | Arithmetic | DaysBetween | WholeMonths
)
Truth = (
    Literal
    | Name
    | ParameterNode
    | GivenNode
    | Compare
    | In
    | Between
    | Has
    | Within
    | Agree
    | Not
    | And
    | Or
    | Quantifier
)
Node = Operand | Truth | SetLiteral


def list_children(node: Node) -> tuple[Node, ...]:
    """List the nodes directly below `node`, in reading order."""
    match node:
        case Not(part):
            return (part,)
        case And(parts) | Or(parts):
            return parts
        case Arithmetic(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Within(left, right):
            return (left, right)
        case DaysBetween(start, end) | WholeMonths(start, end):
            return (start, end)
        case In(item, values):
            return (item, *values)
        case Between(item, low, high):
            return (item, low, high)
        case Has(name, _):
            return (name,)
        case Quantifier(_, least, _, where, body):
            below = (least if isinstance(least, ParameterNode) else None, where, body)
            return tuple(part for part in below if part is not None)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Walk over `node` and all below it, in reading order."""
    yield node
    for child in list_children(node):
        yield from walk(child)


def list_judgements(node: Truth) -> Iterator[Truth]:
    """List the parts that AND, OR and NOT join; an explanation gives each a line.

    A quantifier is one judgement; its own body is not entered.
    """
    match node:
        case Not(part):
            yield from list_judgements(part)
        case And(parts) | Or(parts):
            for part in parts:
                yield from list_judgements(part)
        case _:
            yield node


def list_counted_parts(node: Quantifier) -> tuple[str, ...]:
    """List the parts of the list where alone a member could count; none if in any.

    `some(person WHERE has(roles, 'technical'): full_time)` asks of technicians: where
    nobody is one, the list need not be closed to know that nobody counts.
    """
    # Of EVERY only a member who fails the body counts, so the body narrows nothing
    # down: every(person: role = 'x') is failed by whoever is of another role.
    conditions = [node.where]
    if node.quantity is not Quantity.EVERY:
        conditions.append(node.body)
    kinds = _list_required_kinds(
        And(tuple(part for part in conditions if part is not None))
    )
    return tuple(name_part(node.subject, kind) for kind in sorted(kinds))


def _list_required_kinds(node: Truth) -> frozenset[str]:
    """The kinds of which a member has to be for `node` to hold; none if of any."""
    # May miss a narrowing, never invent one: without it the answer waits for the whole
    # list to be closed; a wrong one would settle it while somebody who changes it may
    # still be added. So NOT narrows nothing, and OR only where each part does.
    required_kinds: frozenset[str] = frozenset()
    match node:
        case Has(Name(fact="roles"), member):
            required_kinds = frozenset({member})
        case Compare(
            Comparator.EQUAL, Name(fact="kind" | "role"), Literal(value=str() as kind)
        ):
            required_kinds = frozenset({kind})
        case In(Name(fact="kind" | "role"), values):
            required_kinds = frozenset(str(value.value) for value in values)
        case And(parts):
            narrowed = [
                kinds for part in parts if (kinds := _list_required_kinds(part))
            ]
            required_kinds = min(narrowed, key=len, default=required_kinds)
        case Or(parts):
            kinds_of_parts = [_list_required_kinds(part) for part in parts]
            required_kinds = (
                frozenset().union(*kinds_of_parts)
                if all(kinds_of_parts)
                else required_kinds
            )
    # What is no plain word is the name of no column.
    return (
        required_kinds
        if all(_WORD.fullmatch(kind) for kind in required_kinds)
        else frozenset()
    )
