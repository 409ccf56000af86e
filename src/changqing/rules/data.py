"""Trees as plain JSON and back, so that a compiled catalogue needs no parser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import cast

from changqing.errors import Issue, RuleError
from changqing.jsondata import Json, read_list, read_object, read_text
from changqing.rules import tree
from changqing.rules.types import Kind
from changqing.text import Text

_WORD = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


def to_data(node: tree.Node) -> list[Json]:
    """Write a node as `[tag, field, …]`."""
    tag, fields = _TAGS[type(node)]
    return [tag, *(_write_value(getattr(node, name)) for name, _ in fields)]


def from_data(data: Json) -> tuple[str, str, tree.Truth]:
    """Read text, subject and root; RuleError when `data` is not an expression."""
    try:
        stored = read_object(data)
        root = _read_truth(stored["root"])
        return read_text(stored["text"]), _read_word(stored["subject"]), root
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


def _write_value(value: object) -> Json:
    if isinstance(value, tuple):
        return [_write_value(item) for item in value]
    if type(value) in _TAGS:
        return to_data(cast("tree.Node", value))
    if isinstance(value, date):
        return value.isoformat()
    return cast("Json", value)  # a word, a number, yes or no


def _read_node(data: Json, allowed: tuple[type, ...]) -> tree.Node:
    tag, *values = read_list(data)
    shape, fields = _SHAPES[read_text(tag)]
    if shape not in allowed:
        raise ValueError(tag)
    fields_read = [
        read_field(value) for (_, read_field), value in zip(fields, values, strict=True)
    ]
    if shape is tree.Literal:
        return _read_literal(*values)
    return cast("tree.Node", shape(*fields_read))


def _read_literal(value: Json, kind: Json) -> tree.Literal:
    match Kind(read_text(kind)), value:
        case Kind.DATE, str():
            return tree.Literal(date.fromisoformat(value), Kind.DATE)
        case Kind.BOOLEAN, bool():
            return tree.Literal(value, Kind.BOOLEAN)
        case Kind.NUMBER, int() if not isinstance(value, bool):
            return tree.Literal(value, Kind.NUMBER)
        case Kind.CATEGORY | Kind.TEXT as text_kind, str():
            return tree.Literal(value, text_kind)
        case _:
            raise ValueError(value)


def _read_word(value: Json) -> str:
    word = read_text(value)
    if _WORD.fullmatch(word) is None:
        raise ValueError(value)
    return word


def _read_any(value: Json) -> object:
    return value


def _read_strings(value: Json) -> tuple[str, ...]:
    return tuple(read_text(item) for item in read_list(value))


def _read_kind(value: Json) -> Kind:
    return Kind(read_text(value))


def _read_operand(data: Json) -> tree.Operand:
    return cast("tree.Operand", _read_node(data, _OPERANDS))


def _read_truth(data: Json) -> tree.Truth:
    return cast("tree.Truth", _read_node(data, _TRUTHS))


def _read_truths(data: Json) -> tuple[tree.Truth, ...]:
    return tuple(_read_truth(item) for item in read_list(data))


def _read_literals(data: Json) -> tuple[tree.Node, ...]:
    return tuple(_read_node(item, (tree.Literal,)) for item in read_list(data))


def _read_name(data: Json) -> tree.Node:
    return _read_node(data, (tree.Name,))


def _read_set(data: Json) -> tree.Node:
    return _read_node(data, (tree.Name, tree.SetLiteral))


def _read_condition(data: Json) -> tree.Truth | None:
    return None if data is None else _read_truth(data)


def _read_least(data: Json) -> object:
    if data is None or (isinstance(data, int) and not isinstance(data, bool)):
        return data
    return _read_node(data, (tree.ParameterNode,))


_Field = tuple[str, Callable[[Json], object]]
_TAGS: dict[type, tuple[str, tuple[_Field, ...]]] = {
    tree.Literal: ("literal", (("value", _read_any), ("kind", _read_any))),
    tree.SetLiteral: ("set", (("members", _read_strings),)),
    tree.Name: (
        "name",
        (("subject", _read_word), ("fact", _read_word), ("kind", _read_kind)),
    ),
    tree.ParameterNode: ("parameter", (("name", _read_word), ("kind", _read_kind))),
    tree.GivenNode: ("given", (("name", _read_word), ("kind", _read_kind))),
    tree.Arithmetic: (
        "arithmetic",
        (
            ("operator", lambda value: tree.Operator(read_text(value))),
            ("left", _read_operand),
            ("right", _read_operand),
        ),
    ),
    tree.DaysBetween: (
        "days_between",
        (("start", _read_operand), ("end", _read_operand)),
    ),
    tree.WholeMonths: (
        "whole_months",
        (("start", _read_operand), ("end", _read_operand)),
    ),
    tree.Compare: (
        "compare",
        (
            ("operator", lambda value: tree.Comparator(read_text(value))),
            ("left", _read_operand),
            ("right", _read_operand),
        ),
    ),
    tree.In: ("in", (("item", _read_operand), ("values", _read_literals))),
    tree.Between: (
        "between",
        (("item", _read_operand), ("low", _read_operand), ("high", _read_operand)),
    ),
    tree.Has: ("has", (("set", _read_name), ("member", read_text))),
    tree.Within: ("within", (("left", _read_set), ("right", _read_set))),
    tree.Agree: ("agree", (("subject", _read_word), ("fact", _read_word))),
    tree.Not: ("not", (("part", _read_truth),)),
    tree.And: ("and", (("parts", _read_truths),)),
    tree.Or: ("or", (("parts", _read_truths),)),
    tree.Quantifier: (
        "quantifier",
        (
            ("quantity", lambda value: tree.Quantity(read_text(value))),
            ("least", _read_least),
            ("subject", _read_word),
            ("where", _read_condition),
            ("body", _read_condition),
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
