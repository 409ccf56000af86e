"""Trees as plain JSON and back, so that a compiled catalogue needs no parser."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import cast

from changqing.errors import Issue, RuleError
from changqing.rules import tree
from changqing.rules.types import Kind
from changqing.text import Text

_WORD = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


def to_data(node: tree.Node) -> list[object]:
    """A node as `[tag, field, …]`."""
    tag, fields = _TAGS[type(node)]
    return [tag, *(_write(getattr(node, name)) for name, _ in fields)]


def from_data(data: object) -> tuple[str, str, tree.Truth]:
    """Text, subject and root; RuleError when `data` is not an expression."""
    try:
        stored = cast("Mapping[str, object]", data)
        root = _truth(stored["root"])
        return _string(stored["text"]), _word(stored["subject"]), root
    except (KeyError, TypeError, ValueError, RecursionError) as fault:
        raise make_damage_error() from fault


def make_damage_error() -> RuleError:
    """Make the error for stored rules that cannot be read back."""
    return RuleError(
        Issue(
            text=Text(
                zh="存下的规则已损坏，无法读取",
                en="the stored rules are damaged and cannot be read",
            ),
            hint=Text(
                zh="请从目录文本重新编译", en="compile them again from their text"
            ),
        )
    )


def _write(value: object) -> object:
    if isinstance(value, tuple):
        return [_write(item) for item in value]
    if type(value) in _TAGS:
        return to_data(cast("tree.Node", value))
    if isinstance(value, date):
        return value.isoformat()
    return value


def _read(data: object, allowed: tuple[type, ...]) -> tree.Node:
    tag, *values = cast("list[object]", data)
    shape, fields = _SHAPES[cast("str", tag)]
    if shape not in allowed:
        raise ValueError(tag)
    given = [read(value) for (_, read), value in zip(fields, values, strict=True)]
    if shape is tree.Literal:
        return _literal(*values)
    return cast("tree.Node", shape(*given))


def _literal(value: object, kind: object) -> tree.Literal:
    match Kind(_string(kind)), value:
        case Kind.DATE, str():
            return tree.Literal(date.fromisoformat(value), Kind.DATE)
        case Kind.BOOLEAN, bool():
            return tree.Literal(value, Kind.BOOLEAN)
        case Kind.NUMBER, int() if not isinstance(value, bool):
            return tree.Literal(value, Kind.NUMBER)
        case Kind.CATEGORY | Kind.TEXT as known, str():
            return tree.Literal(value, known)
        case _:
            raise ValueError(value)


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _word(value: object) -> str:
    if _WORD.fullmatch(_string(value)) is None:
        raise ValueError(value)
    return cast("str", value)


def _any(value: object) -> object:
    return value


def _strings(value: object) -> tuple[str, ...]:
    return tuple(_string(item) for item in cast("list[object]", value))


def _kind(value: object) -> Kind:
    return Kind(_string(value))


def _operand(data: object) -> tree.Operand:
    return cast("tree.Operand", _read(data, _OPERANDS))


def _truth(data: object) -> tree.Truth:
    return cast("tree.Truth", _read(data, _TRUTHS))


def _truths(data: object) -> tuple[tree.Truth, ...]:
    return tuple(_truth(item) for item in cast("list[object]", data))


def _literals(data: object) -> tuple[tree.Node, ...]:
    return tuple(_read(item, (tree.Literal,)) for item in cast("list[object]", data))


def _name(data: object) -> tree.Node:
    return _read(data, (tree.Name,))


def _set(data: object) -> tree.Node:
    return _read(data, (tree.Name, tree.SetLiteral))


def _condition(data: object) -> tree.Truth | None:
    return None if data is None else _truth(data)


def _least(data: object) -> object:
    if data is None or (isinstance(data, int) and not isinstance(data, bool)):
        return data
    return _read(data, (tree.ParameterNode,))


_Field = tuple[str, Callable[[object], object]]
_TAGS: dict[type, tuple[str, tuple[_Field, ...]]] = {
    tree.Literal: ("literal", (("value", _any), ("kind", _any))),
    tree.SetLiteral: ("set", (("members", _strings),)),
    tree.Name: ("name", (("subject", _word), ("fact", _word), ("kind", _kind))),
    tree.ParameterNode: ("parameter", (("name", _word), ("kind", _kind))),
    tree.GivenNode: ("given", (("name", _word), ("kind", _kind))),
    tree.Arithmetic: (
        "arithmetic",
        (
            ("operator", lambda value: tree.Operator(_string(value))),
            ("left", _operand),
            ("right", _operand),
        ),
    ),
    tree.DaysBetween: ("days_between", (("start", _operand), ("end", _operand))),
    tree.WholeMonths: ("whole_months", (("start", _operand), ("end", _operand))),
    tree.Compare: (
        "compare",
        (
            ("operator", lambda value: tree.Comparator(_string(value))),
            ("left", _operand),
            ("right", _operand),
        ),
    ),
    tree.In: ("in", (("item", _operand), ("values", _literals))),
    tree.Between: (
        "between",
        (("item", _operand), ("low", _operand), ("high", _operand)),
    ),
    tree.Has: ("has", (("set", _name), ("member", _string))),
    tree.Within: ("within", (("left", _set), ("right", _set))),
    tree.Agree: ("agree", (("subject", _word), ("fact", _word))),
    tree.Not: ("not", (("part", _truth),)),
    tree.And: ("and", (("parts", _truths),)),
    tree.Or: ("or", (("parts", _truths),)),
    tree.Quantifier: (
        "quantifier",
        (
            ("quantity", lambda value: tree.Quantity(_string(value))),
            ("least", _least),
            ("subject", _word),
            ("where", _condition),
            ("body", _condition),
        ),
    ),
}
_SHAPES = {tag: (shape, fields) for shape, (tag, fields) in _TAGS.items()}
_LEAVES = (tree.Literal, tree.Name, tree.ParameterNode, tree.GivenNode)
_COUNTS = (tree.Arithmetic, tree.DaysBetween, tree.WholeMonths)
_OPERANDS: tuple[type, ...] = (*_LEAVES, *_COUNTS)
_TRUTHS: tuple[type, ...] = tuple(
    shape for shape in _TAGS if shape not in {*_COUNTS, tree.SetLiteral}
)
