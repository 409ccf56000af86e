"""What a condition comes to when only some of what it asks is known.

`could_hold` tells to whom a criterion may apply: by licence, region or stage.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from changqing.rules.tree import (
    And,
    Comparator,
    Compare,
    GivenNode,
    Has,
    In,
    Literal,
    Name,
    Node,
    Not,
    Or,
)
from changqing.rules.types import Value

_NOUNS: Final = frozenset({"kind", "role", "roles"})


def could_hold(
    node: Node, givens: Mapping[str, str], kinds: frozenset[str] | None = None
) -> bool:
    """Tell whether a condition is not false yet.

    `givens` are those that are known, by name; `kinds` the kinds or roles of the
    subject, None where they are not known.
    """
    return _judge_condition(node, givens, kinds) is not False


def _judge_condition(
    node: Node, givens: Mapping[str, str], kinds: frozenset[str] | None
) -> bool | None:
    """Whether a condition holds; None where it hangs on anything else."""
    match node:
        case Literal(value=bool() as value):
            return value
        case Not(part):
            holds = _judge_condition(part, givens, kinds)
            return None if holds is None else not holds
        case And(parts):
            held_parts = [_judge_condition(part, givens, kinds) for part in parts]
            return _join_truths(held_parts, decides=False)
        case Or(parts):
            held_parts = [_judge_condition(part, givens, kinds) for part in parts]
            return _join_truths(held_parts, decides=True)
        case Has(Name(fact="roles"), member):
            return None if kinds is None else member in kinds
        case Compare(Comparator.EQUAL, item, Literal(value=value)):
            return _is_one_of(item, (value,), givens, kinds)
        case In(item, values):
            return _is_one_of(
                item, tuple(literal.value for literal in values), givens, kinds
            )
        case _:
            return None


def _join_truths(truths: Sequence[bool | None], *, decides: bool) -> bool | None:
    if decides in truths:
        return decides
    return None if None in truths else not decides


def _is_one_of(
    item: Node,
    values: tuple[Value, ...],
    givens: Mapping[str, str],
    kinds: frozenset[str] | None,
) -> bool | None:
    match item:
        case GivenNode(name) if name in givens:
            return givens[name] in values
        case Name(fact=noun) if noun in _NOUNS and kinds is not None:
            return not kinds.isdisjoint(map(str, values))
        case _:
            return None
