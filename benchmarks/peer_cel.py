"""The same rules in CEL, run by Google's C++ evaluator (`cel-expr-python`).

CEL's `&&`, `||` and `exists` absorb errors as Kleene's logic absorbs the unknown, and a
name without a value is an error; so the rules carry over as they are. An open list is
`rest_<list>` without a value. Only `at_least` counts needs two filters, for what surely
holds and for what may hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cel_expr_python import cel

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
_KINDS = {
    Kind.BOOLEAN: cel.Type.BOOL,
    Kind.NUMBER: cel.Type.INT,
    Kind.DATE: cel.Type.INT,
    Kind.CATEGORY: cel.Type.STRING,
    Kind.TEXT: cel.Type.STRING,
    Kind.SET: cel.Type.List(cel.Type.STRING),
}
_PARTS = {
    "month": cel.Type.INT,
    "day": cel.Type.INT,
    "last": cel.Type.BOOL,
}


class CelRules:
    """One typed environment for each subject, one program for each rule."""

    def __init__(self, rules: Mapping[str, Expression]) -> None:
        self._environments = {
            subject: _environment(
                [rule for rule in rules.values() if rule.subject == subject]
            )
            for subject in {rule.subject for rule in rules.values()}
        }
        self._programs: dict[str, list[tuple[str, cel.Expression]]] = {}
        for name, rule in rules.items():
            program = self._environments[rule.subject].compile(_write(rule.root, ""))
            self._programs.setdefault(rule.subject, []).append((name, program))

    def activate(self, asked: Sequence[Question]) -> list[cel.Activation]:
        """Hand the values over to CEL, which it needs once for each member."""
        return [
            self._environments[question.subject].Activation(question.context)
            for question in asked
        ]

    def judge(
        self, asked: Sequence[Question], activations: Sequence[cel.Activation]
    ) -> Verdicts:
        """The truth of every rule, by rule, member and stance."""
        verdicts: dict[tuple[str, str, Stance], bool | None] = {}
        for question, activation in zip(asked, activations, strict=True):
            member, stance = question.member, question.stance
            for name, program in self._programs[question.subject]:
                value = program.eval(activation).value()
                verdicts[name, member, stance] = (
                    value if value is True or value is False else None
                )
        return verdicts


def _environment(rules: Sequence[Expression]) -> cel.Env:
    variables: dict[str, cel.Type] = {"unknown": cel.Type.BOOL}
    record = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    for rule in rules:
        for node in rule.walk():
            match node:
                case Name(subject, fact, kind) if subject == rule.subject:
                    variables |= _variables(f"f_{fact}", kind)
                case ParameterNode(name, kind) | GivenNode(name, kind):
                    variables |= _variables(f"g_{name}", kind)
                case Agree(subject, fact) if subject == rule.subject:
                    variables[f"a_{fact}"] = cel.Type.BOOL
                case Quantifier():
                    variables[f"all_{node.subject}"] = cel.Type.List(record)
                    variables[f"rest_{node.subject}"] = cel.Type.BOOL
    return cel.NewEnv(variables=variables)


def _variables(name: str, kind: Kind) -> dict[str, cel.Type]:
    variables = {name: _KINDS[kind]}
    if kind is Kind.DATE:
        variables |= {f"{name}__{part}": type_ for part, type_ in _PARTS.items()}
    return variables


def _write(node: Node, scope: str) -> str:
    """`node` as CEL; `scope` is `q.` within a quantifier."""
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
        case Arithmetic(operator, left, right):
            return f"({_write(left, scope)} {operator} {_write(right, scope)})"
        case DaysBetween(start, end):
            return f"({_write(end, scope)} - {_write(start, scope)})"
        case WholeMonths(start, end):
            one, other = _write(start, scope), _write(end, scope)
            early = f"{one}__day > {other}__day && !{other}__last"
            return f"({other}__month - {one}__month - ({early} ? 1 : 0))"
        case Compare(comparator, left, right):
            sign = _OPERATORS.get(comparator, comparator)
            return f"({_write(left, scope)} {sign} {_write(right, scope)})"
        case In(item, values):
            listed = ", ".join(_write(value, scope) for value in values)
            return f"({_write(item, scope)} in [{listed}])"
        case Between(item, low, high):
            middle = _write(item, scope)
            least, most = _write(low, scope), _write(high, scope)
            return f"({least} <= {middle} && {middle} <= {most})"
        case Has(name, member):
            return f"({_text(member)} in {_write(name, scope)})"
        case SetLiteral(members):
            return "[" + ", ".join(_text(member) for member in members) + "]"
        case Within(left, right):
            return f"{_write(left, scope)}.all(x, x in {_write(right, scope)})"
        case Not(part):
            return f"!{_write(part, scope)}"
        case And(parts):
            return f"({' && '.join(_write(part, scope) for part in parts)})"
        case Or(parts):
            return f"({' || '.join(_write(part, scope) for part in parts)})"
        case _:
            return _quantified(node)


def _quantified(node: Quantifier) -> str:
    members, is_open = f"all_{node.subject}", f"rest_{node.subject}"
    body = node.body
    if node.quantity is Quantity.EVERY and body is not None:
        body = Not(body)
    parts = [part for part in (node.where, body) if part is not None]
    if node.quantity is Quantity.AT_LEAST:
        least = (
            _write(node.least, "")
            if isinstance(node.least, ParameterNode)
            else node.least
        )
        surely = " && ".join(_rail(part, wanted=True) for part in parts)
        hardly = " || ".join(_rail(part, wanted=False) for part in parts)
        low = f"{members}.filter(q, {surely or 'true'}).size()"
        high = f"{members}.filter(q, !({hardly or 'false'})).size()"
        maybe = f"({high} >= {least} && unknown)"
        return f"({low} >= {least} || {maybe} || {is_open})"
    condition = " && ".join(_write(part, "q.") for part in parts) or "true"
    some = f"({members}.exists(q, {condition}) || {is_open})"
    return some if node.quantity is Quantity.SOME else f"!{some}"


def _rail(node: Node, *, wanted: bool) -> str:
    """Whether `node` surely is what is wanted; never an error."""
    match node:
        case Not(part):
            return _rail(part, wanted=not wanted)
        case And(parts) | Or(parts):
            joined = "&&" if isinstance(node, And) is wanted else "||"
            rails = (_rail(part, wanted=wanted) for part in parts)
            return "(" + f" {joined} ".join(rails) + ")"
        case _:
            text = _write(node, "q.")
            names_read = dict.fromkeys(
                _write(name_node, "q.") for name_node in _names(node)
            )
            known = "".join(f"has({name}) && " for name in names_read)
            return f"({known}{'' if wanted else '!'}{text})"


def _names(node: Node) -> list[Node]:
    return [part for part in walk(node) if isinstance(part, Name | Agree)]


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
