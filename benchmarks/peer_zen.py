"""The same rules in ZEN, the expression language of GoRules (`zen-engine`, Rust).

ZEN has no third value, so each rule is written on two rails, "surely true" and "surely
false", with tests for null before whatever null would break. All rules about a subject
are one compiled expression: a list, evaluated once for each member.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import zen

from benchmarks.peer_data import Question, Verdicts
from changqing.rules.expression import Expression
from changqing.rules.rows import Stance
from changqing.rules.tree import (
    Agree,
    And,
    Arithmetic,
    Between,
    Compare,
    DaysBetween,
    GivenNode,
    Has,
    In,
    Literal,
    Name,
    Node,
    Not,
    Or,
    ParameterNode,
    Quantifier,
    Quantity,
    SetLiteral,
    WholeMonths,
    Within,
    walk,
)
from changqing.rules.types import Kind

_OPERATORS = {"=": "==", "<>": "!="}
_OPPOSITE = {"=": "!=", "<>": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_TRUTHS = {1: True, 0: False, 2: None}


class ZenRules:
    """One compiled expression for each subject."""

    def __init__(self, rules: Mapping[str, Expression]) -> None:
        written: dict[str, list[tuple[str, str]]] = {}
        for name, rule in rules.items():
            true = _rail(rule.root, "", wanted=True)
            false = _rail(rule.root, "", wanted=False)
            text = f"{true} ? 1 : ({false} ? 0 : 2)"
            written.setdefault(rule.subject, []).append((name, text))
        self._programs = {
            subject: (
                [name for name, _ in its],
                zen.compile_expression("[" + ", ".join(text for _, text in its) + "]"),
            )
            for subject, its in written.items()
        }

    def judge(self, asked: Sequence[Question]) -> Verdicts:
        """The truth of every rule, by rule, member and stance."""
        verdicts: dict[tuple[str, str, Stance], bool | None] = {}
        for question in asked:
            names, program = self._programs[question.subject]
            member, stance = question.member, question.stance
            for name, truth in zip(
                names, program.evaluate(question.context), strict=True
            ):
                verdicts[name, member, stance] = _TRUTHS[truth]
        return verdicts


def _rail(node: Node, scope: str, *, wanted: bool) -> str:
    """Whether `node` surely is what is wanted; `scope` is `#.` within a quantifier."""
    match node:
        case Literal(value, _):
            return str(bool(value) is wanted).lower()
        case Name() | ParameterNode() | GivenNode() | Agree():
            return f"{_value(node, scope)} == {str(wanted).lower()}"
        case Not(part):
            return _rail(part, scope, wanted=not wanted)
        case And(parts) | Or(parts):
            joined = " and " if isinstance(node, And) is wanted else " or "
            rails = (_rail(part, scope, wanted=wanted) for part in parts)
            return f"({joined.join(rails)})"
        case Quantifier():
            return _quantified(node, wanted=wanted)
        case Compare(comparator, left, right):
            one, other = _value(left, scope), _value(right, scope)
            sign = (
                _OPERATORS.get(comparator, comparator)
                if wanted
                else _OPPOSITE[comparator]
            )
            # Equal to a literal: null is not, and needs no test of its own.
            alone = sign == "==" and isinstance(right, Literal)
            known = (
                ""
                if alone and isinstance(left, Name | GivenNode)
                else _known(node, scope)
            )
            return f"({known}{one} {sign} {other})"
        case Has(name, member):
            held = f"{_text(member)} in {_value(name, scope)}"
            return _tested(node, held, scope, wanted=wanted)
        case In(item, values):
            listed = ", ".join(_value(value, scope) for value in values)
            held = f"{_value(item, scope)} in [{listed}]"
            return _tested(node, held, scope, wanted=wanted)
        case Between(item, low, high):
            middle = _value(item, scope)
            least, most = _value(low, scope), _value(high, scope)
            held = f"{least} <= {middle} and {middle} <= {most}"
            return _tested(node, held, scope, wanted=wanted)
        case Within(left, right):
            held = f"all({_value(left, scope)}, # in {_value(right, scope)})"
            return _tested(node, held, scope, wanted=wanted)
        case _:
            raise NotImplementedError(node)


def _tested(node: Node, held: str, scope: str, *, wanted: bool) -> str:
    return f"({_known(node, scope)}{'' if wanted else 'not '}({held}))"


def _known(node: Node, scope: str) -> str:
    """Tests that nothing which `node` reads is null."""
    values_read = (
        _value(part, scope)
        for part in walk(node)
        if isinstance(part, Name | ParameterNode | GivenNode | Agree)
    )
    return "".join(f"{name} != null and " for name in dict.fromkeys(values_read))


def _value(node: Node, scope: str) -> str:
    match node:
        case Literal(value, kind):
            if kind is Kind.DATE:
                return str(value.toordinal())  # type: ignore[union-attr]
            if isinstance(value, bool):
                return str(value).lower()
            return _text(value) if isinstance(value, str) else str(value)
        case Name(_, fact, _):
            return f"{scope}f_{fact}"
        case ParameterNode(name, _) | GivenNode(name, _):
            return f"g_{name}"
        case Agree(_, fact):
            return f"{scope}a_{fact}"
        case SetLiteral(members):
            return "[" + ", ".join(_text(member) for member in members) + "]"
        case Arithmetic(operator, left, right):
            return f"({_value(left, scope)} {operator} {_value(right, scope)})"
        case DaysBetween(start, end):
            return f"({_value(end, scope)} - {_value(start, scope)})"
        case WholeMonths(start, end):
            one, other = _value(start, scope), _value(end, scope)
            early = f"{one}__day > {other}__day and {other}__last == false"
            return f"({other}__month - {one}__month - ({early} ? 1 : 0))"
        case _:
            raise NotImplementedError(node)


def _quantified(node: Quantifier, *, wanted: bool) -> str:
    members, closed = f"all_{node.subject}", f"rest_{node.subject} == false"
    body = node.body
    if node.quantity is Quantity.EVERY and body is not None:
        body = Not(body)
    parts = [part for part in (node.where, body) if part is not None]
    surely = " and ".join(_rail(part, "#.", wanted=True) for part in parts) or "true"
    hardly = " or ".join(_rail(part, "#.", wanted=False) for part in parts) or "false"
    if node.quantity is Quantity.AT_LEAST:
        if isinstance(node.least, ParameterNode):
            least, known = _value(node.least, ""), _known(node.least, "")
        else:
            least, known = str(node.least), ""
        low = f"count({members}, {surely}) >= {least}"
        high = f"count({members}, not ({hardly})) < {least}"
        return f"({known}{low})" if wanted else f"({known}{closed} and {high})"
    if wanted is (node.quantity is Quantity.SOME):
        return f"some({members}, {surely})"
    return f"({closed} and all({members}, {hardly}))"


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
