"""The values of examples: as files write them, and as facts have them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, overload

from changqing.jsondata import JsonObject
from changqing.law.entry import revive
from changqing.law.kinds.criterion import Example, gather_members
from changqing.law.kinds.fact import Fact
from changqing.rules.types import Kind, Value, ValueType


def read_value(kind: ValueType, written: object) -> Value | None:
    """Read a value as a file writes it; None when it is not of the type."""
    match kind.kind:
        case Kind.BOOLEAN:
            return written if isinstance(written, bool) else None
        case Kind.NUMBER:
            if isinstance(written, int) and not isinstance(written, bool):
                return written if abs(written) <= 9_000_000_000_000_000 else None
        case Kind.DATE:
            if isinstance(written, str) and len(written) == 10:
                try:
                    return date.fromisoformat(written)
                except ValueError:
                    return None
        case Kind.CATEGORY | Kind.TEXT:
            if isinstance(written, str) and (
                kind.values is None or written in kind.values
            ):
                return written
        case Kind.SET:
            if (
                isinstance(written, list)
                and all(isinstance(item, str) for item in written)
                and (kind.values is None or kind.values.issuperset(written))
            ):
                return frozenset(written)
    return None


def _get_same(
    facts: Mapping[tuple[str, str], Fact],
) -> Mapping[tuple[str, str], Fact]:
    return facts


class Examples(Sequence[Example]):
    """The examples of a criterion, their values typed when first looked at."""

    __slots__ = ("_load_facts", "_made", "_subject", "_written")

    def __init__(
        self,
        examples: Sequence[Example | JsonObject],
        subject: str,
        load_facts: Callable[[], Mapping[tuple[str, str], Fact]],
    ) -> None:
        self._written = examples
        self._subject = subject
        self._load_facts = load_facts
        self._made: tuple[Example, ...] | None = None

    def __reduce__(self) -> tuple[type[Examples], tuple[Any, ...]]:
        """Go to another process with the facts, not with what loads them."""
        facts = self._load_facts()
        return Examples, (self._written, self._subject, partial(_get_same, facts))

    def _build_all(self) -> tuple[Example, ...]:
        if self._made is None:
            self._made = tuple(map(self._build_example, self._written))
        return self._made

    def _build_example(self, example: Example | JsonObject) -> Example:
        if not isinstance(example, Example):
            example = revive(Example, gather_members(example))
        proven = self._build_row(self._subject, example.proven)
        return replace(
            example,
            given={
                name: date.fromisoformat(value)
                if name in {"as_of", "submit_on"} and isinstance(value, str)
                else value
                for name, value in example.given.items()
            },
            claimed={**proven, **self._build_row(self._subject, example.claimed)},
            proven=proven,
            members={
                subject: tuple(self._build_row(subject, row) for row in rows)
                for subject, rows in example.members.items()
            },
        )

    def _build_row(
        self, subject: str, values: Mapping[str, Value | None]
    ) -> dict[str, Value | None]:
        row: dict[str, Value | None] = {}
        for name, value in values.items():
            fact = self._load_facts().get((subject, name))
            typed_value = None if fact is None else read_value(fact.type, value)
            if typed_value is not None:
                row[name] = typed_value
        return row

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Example, ...]: ...
    def __getitem__(self, index: int | slice) -> Example | tuple[Example, ...]:
        return self._build_all()[index]

    def __len__(self) -> int:
        return len(self._build_all())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Examples):
            return NotImplemented
        return self._build_all() == other._build_all()

    def __hash__(self) -> int:
        return hash(self._subject)

    def __repr__(self) -> str:
        return f"Examples({self._build_all()!r})"
