"""Types and values of the expression language: no floats, three truth values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from changqing.jsondata import Json
from changqing.text import Text, WordedEnum

Value = bool | int | str | date | frozenset[str]
"""A known value. Unknown is never a value: it is the absence of one (None)."""

LARGEST = 9_000_000_000_000_000
"""The greatest size of a number that a fact, a parameter or a rule may hold.

A thousand times as much still fits 64 bits, beyond which SQLite would go on in floating
point and Polars would wrap around. It is below 2**53 too, so that a reader of JSON who
holds numbers as doubles keeps it exact (RFC 7493, 2.2).
"""


WHOLE_SHARE = 10_000
"""The whole of what is told in basis points."""


def encode_plain(value: Value | None) -> Json:
    """Give a value as JSON has it: days as text, sets as sorted lists."""
    if isinstance(value, frozenset):
        return sorted(value)
    return value.isoformat() if isinstance(value, date) else value


class Kind(WordedEnum):
    """The six types of the language."""

    BOOLEAN = "boolean", Text("是否", "yes or no")
    NUMBER = "number", Text("整数", "whole number")
    DATE = "date", Text("日期", "day")
    CATEGORY = "category", Text("分类", "category")
    TEXT = "text", Text("文字", "text")
    SET = "set", Text("集合", "set")


@dataclass(frozen=True, slots=True)
class ValueType:
    """A type; `values` lists what a category or a set may hold."""

    kind: Kind
    values: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Every name an expression may use: facts by subject, parameters, givens.

    A subject's `kind`, `role` or `roles` is a fact like any other here;
    `structural` names those, which `applies` may use because they are never unknown.
    """

    facts: Mapping[str, Mapping[str, ValueType]]
    parameters: Mapping[str, ValueType]
    givens: Mapping[str, ValueType]
    structural: frozenset[str] = frozenset({"kind", "role", "roles"})
