"""How long it is between two days, as the engines count it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from changqing.rules.tree import (
    DaysBetween,
    GivenNode,
    Literal,
    Name,
    Operand,
    WholeMonths,
)
from changqing.rules.types import Value


def measure_span(
    span: DaysBetween | WholeMonths,
    facts: Mapping[str, Value | None],
    givens: Mapping[str, Value | None],
) -> int | None:
    """Count its days or whole months; None while one of its ends is unknown."""
    start, end = (
        _evaluate_day(expression, facts, givens)
        for expression in (span.start, span.end)
    )
    if start is None or end is None:
        return None
    if isinstance(span, DaysBetween):
        return (end - start).days
    months = 12 * (end.year - start.year) + end.month - start.month
    return months - (start.day > end.day and not _is_month_end(end))


def _evaluate_day(
    node: Operand,
    facts: Mapping[str, Value | None],
    givens: Mapping[str, Value | None],
) -> date | None:
    value: Value | None
    if isinstance(node, Name):
        value = facts[node.fact]
    elif isinstance(node, GivenNode):
        value = givens[node.name]
    else:
        value = node.value if isinstance(node, Literal) else None
    return value if isinstance(value, date) else None


def _is_month_end(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1
