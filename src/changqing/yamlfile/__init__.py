"""YAML files from outside: read strictly, checked by pydantic, errors with lines."""

from changqing.yamlfile._read import (
    Loc,
    YamlFile,
    as_mapping,
    examine,
    read,
)
from changqing.yamlfile._shape import (
    Count,
    Day,
    Shape,
    Words,
    check_shape,
    nearest,
    read_shape,
    refusal,
    validate,
)

__all__ = [
    "Count",
    "Day",
    "Loc",
    "Shape",
    "Words",
    "YamlFile",
    "as_mapping",
    "check_shape",
    "examine",
    "nearest",
    "read",
    "read_shape",
    "refusal",
    "validate",
]
