"""The expression language: parse, types, SQLite and Polars. Knows no YAML."""

from typing import TYPE_CHECKING

from changqing.expression._expression import Expression
from changqing.expression._parse import parse
from changqing.expression._rows import Member, Rows, Stance, part_of, still_open
from changqing.expression._sqlite import (
    SqliteEngine,
    SqliteProgram,
    Verdicts,
    compile_sqlite,
)
from changqing.expression._tree import (
    Agree,
    And,
    Arithmetic,
    Between,
    Comparator,
    Compare,
    DaysBetween,
    Given,
    Has,
    In,
    Literal,
    Name,
    Node,
    Not,
    Operand,
    Operator,
    Or,
    Parameter,
    Quantifier,
    Quantity,
    SetLiteral,
    Truth,
    WholeMonths,
    Within,
    children,
    judgements,
    parts_counted,
    walk,
)
from changqing.expression._types import Kind, Value, ValueType, Vocabulary

if TYPE_CHECKING:
    from changqing.expression._polars import PolarsProgram, compile_polars
else:

    def __getattr__(name: str) -> object:
        """Polars is an extra: it is imported when first asked for."""
        if name not in {"PolarsProgram", "compile_polars"}:
            raise AttributeError(name)
        from changqing.expression import _polars

        return getattr(_polars, name)


__all__ = [
    "Agree",
    "And",
    "Arithmetic",
    "Between",
    "Comparator",
    "Compare",
    "DaysBetween",
    "Expression",
    "Given",
    "Has",
    "In",
    "Kind",
    "Literal",
    "Member",
    "Name",
    "Node",
    "Not",
    "Operand",
    "Operator",
    "Or",
    "Parameter",
    "PolarsProgram",
    "Quantifier",
    "Quantity",
    "Rows",
    "SetLiteral",
    "SqliteEngine",
    "SqliteProgram",
    "Stance",
    "Truth",
    "Value",
    "ValueType",
    "Verdicts",
    "Vocabulary",
    "WholeMonths",
    "Within",
    "children",
    "compile_polars",
    "compile_sqlite",
    "judgements",
    "parse",
    "part_of",
    "parts_counted",
    "still_open",
    "walk",
]
