"""The columns of the board as the database, the pages and the API have them.

Each is made from what `BoardRow` says of its field: none is written here again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, TypeVar

from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import Combinable

from changqing.agency.columns import BoardColumn, Content
from changqing.agency.rows import FIELDS, FILTERS, BoardRow, dump_row, load_row
from changqing.law.compiled import load_shipped
from changqing.law.lookup import find_licence

_Kept = TypeVar("_Kept", bound=models.Model)
NOBODY: Final = "-"
"""Stands in an address for a column without a value."""
NARROWING: Final = (*(column.name for column in FILTERS), "until", "q")
"""What in an address narrows the list."""
_EMPTY: Final = {Content.WORD: "", Content.TEXT: {}}
"""How the database keeps that there is no value, where it is not NULL."""


def make_model_field(column: BoardColumn) -> models.Field[Any, Any]:
    """Make the field of the database that keeps a column."""
    match column.content:
        case Content.WORD:
            return models.CharField(max_length=column.length, blank=True)
        case Content.DAY:
            return models.DateField(null=True)
        case Content.NUMBER if column.optional:
            return models.IntegerField(null=True)
        case Content.NUMBER:
            return models.IntegerField(default=0)
        case Content.FLAG:
            return models.BooleanField(default=False)
        case Content.TEXT:
            return models.JSONField(default=dict)
        case Content.TEXTS:
            return models.JSONField(default=list)


def make_api_field(column: BoardColumn) -> Any:
    """Make the type and the default of a column in the API."""
    match column.content:
        case Content.WORD:
            return (str, ...)
        case Content.DAY:
            return (date | None, ...)
        case Content.NUMBER:
            return (int | None if column.optional else int, ...)
        case Content.FLAG:
            return (bool, ...)
        case Content.TEXT:
            return (dict[str, str], ...)
        case Content.TEXTS:
            return (list[dict[str, str]], ...)


def to_database(row: BoardRow) -> dict[str, Any]:
    """Give the fields of the database for a row."""
    dumped = dump_row(row)
    fields: dict[str, Any] = {}
    for column in FIELDS:
        value = dumped[column.name]
        if column.content is Content.DAY:  # a page reads it before it was stored
            value = getattr(row, column.name)
        fields[column.name] = _EMPTY.get(column.content) if value is None else value
    return fields


def from_database(row: models.Model) -> BoardRow:
    """Make the row that `to_database` gave the fields of."""
    values = ((column.name, getattr(row, column.name)) for column in FIELDS)
    return load_row({name: value for name, value in values if value not in ("", {})})


def select_rows(
    rows: models.QuerySet[_Kept], narrowing: Mapping[str, str]
) -> models.QuerySet[_Kept]:
    """Keep the rows that have the values asked for and the words of `q`."""
    for column in FILTERS:
        if value := narrowing.get(column.name):
            rows = rows.filter(**{column.name: "" if value == NOBODY else value})
    if words := narrowing.get("q", "").strip():
        condition = Q()
        for column in FIELDS:
            if column.searched and column.content is Content.WORD:
                condition |= Q(**{f"{column.name}__icontains": words})
        if licence := find_licence(load_shipped(), words):
            condition |= Q(licence=licence)  # ICP, EDI, 呼叫中心: as people call it
        rows = rows.filter(condition)
    return rows


def order_by(column: BoardColumn) -> Iterator[str | Combinable]:
    """Order rows by a column, those without a value last; ties go by name."""
    descending = column.sort is not None and column.sort.descending
    if column.name == "next_day":
        yield "ended"
    if column.values is not None:
        places = [
            models.When(**{column.name: member.value}, then=place)
            for place, member in enumerate(column.values)
        ]
        yield models.Case(*places, default=len(places))
    elif column.content is Content.WORD:
        yield from _order_words_last(column, descending=descending)
    elif descending:
        yield F(column.name).desc(nulls_last=True)
    else:
        yield F(column.name).asc(nulls_last=True)
    if column.name != "name":
        yield "name"


def _order_words_last(
    column: BoardColumn, *, descending: bool
) -> Iterator[str | Combinable]:
    if column.optional:
        yield models.Case(models.When(**{column.name: ""}, then=1), default=0)
    yield f"-{column.name}" if descending else column.name
