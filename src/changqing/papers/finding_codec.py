"""What is found in papers as JSON and back, to the very values and types.

A class is written by its name and its fields in their order, so that what one edition
of the program wrote another must not read: whoever keeps it keeps the program's stamp.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any, Final

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.case.model import Statement
from changqing.case.subjects import Subject
from changqing.evidence.reading import Box, Cell, ReadingProblem, Span
from changqing.jsondata import Json
from changqing.papers.compare.sought import NamedSubjects
from changqing.papers.part import PaperPart, TextComparison
from changqing.readers.layout import Quote, SpanPart
from changqing.readers.proposal import (
    CaseNames,
    ProposedElement,
    ProposedFact,
    ProposedPaper,
    SelfCheck,
    UnclearFact,
)
from changqing.text import Text

_CLASSES: Final[Mapping[str, type[Any]]] = {
    kind.__name__: kind
    for kind in (
        *(Statement, NamedSubjects, CaseNames),
        *(TextComparison, Comparison, ReadOutcome, Text),
        *(PaperPart, ProposedPaper, ProposedFact, ProposedElement, UnclearFact),
        *(Quote, SpanPart, Span, Box, Cell, ReadingProblem, SelfCheck),
    )
}
_IS: Final = "is"


def encode_found(value: object) -> Json:
    """Write a value; TypeError for one of a class that is not among ours."""
    if isinstance(value, Enum):
        return {_IS: _name_class(value), "of": value.value}
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Subject):
        return {_IS: "Subject", "of": [value.type, value.id]}
    if isinstance(value, tuple | list):
        return [encode_found(item) for item in value]
    if isinstance(value, frozenset):
        return {_IS: "set", "of": sorted(map(encode_found, value), key=repr)}
    if isinstance(value, Mapping):
        pairs = [[encode_found(key), encode_found(item)] for key, item in value.items()]
        return {_IS: "map", "of": pairs}
    if isinstance(value, date):
        return {_IS: "date", "of": value.isoformat()}
    if is_dataclass(value):
        return {
            _IS: _name_class(value),
            "of": [encode_found(getattr(value, field.name)) for field in fields(value)],
        }
    raise TypeError(f"{value!r} cannot be kept")


def _name_class(value: object) -> str:
    name = type(value).__name__
    if _CLASSES.get(name) is not type(value):
        raise TypeError(f"{value!r} cannot be kept")
    return name


def decode_found(data: Any) -> Any:
    """Read what `encode_found` wrote; ValueError, KeyError or TypeError else."""
    if isinstance(data, list):
        return tuple(map(decode_found, data))
    if not isinstance(data, dict):
        return data
    name, content = data[_IS], data["of"]
    plain = _PLAIN.get(name)
    if plain is not None:
        return plain(content)
    kind = _CLASSES[name]
    if issubclass(kind, Enum):
        return kind(content)
    names = _FIELDS[name]
    values = map(decode_found, content)
    return kind(**dict(zip(names, values, strict=True)))


_PLAIN: Final[Mapping[str, Callable[[Any], Any]]] = {
    "Subject": lambda told: Subject(*told),
    "set": lambda told: frozenset(map(decode_found, told)),
    "map": lambda told: {decode_found(key): decode_found(item) for key, item in told},
    "date": date.fromisoformat,
}
_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    name: tuple(field.name for field in fields(kind))
    for name, kind in _CLASSES.items()
    if is_dataclass(kind)
}
