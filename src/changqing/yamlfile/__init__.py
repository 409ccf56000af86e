"""YAML files from outside: read strictly, checked by pydantic, errors with lines.

`_shape` brings pydantic with it; who only reads files does not wait for that.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from changqing.yamlfile._read import (
    Loc,
    YamlFile,
    as_mapping,
    examine,
    read,
)

if TYPE_CHECKING:
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


def __getattr__(name: str) -> object:
    """Import what is heavy only when it is asked for."""
    if name not in __all__:
        raise AttributeError(name)
    value: object = getattr(import_module("changqing.yamlfile._shape"), name)
    globals()[name] = value
    return value
