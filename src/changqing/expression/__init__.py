"""The expression language: parse, types, SQLite and Polars. Knows no YAML."""

from changqing.expression._types import Kind, Value, ValueType, Vocabulary

__all__ = ["Kind", "Value", "ValueType", "Vocabulary"]
