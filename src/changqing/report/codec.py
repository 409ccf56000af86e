"""The report as JSON: what `--json` prints, what the API answers, what is kept.

Texts are `{zh, en}`; enums are their codes; days are ISO 8601. Same input, same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from changqing.report.model import CaseReport

Json = dict[str, Any]
_PLAIN: Final = frozenset({str, bool, int, float})


def write_json(report: CaseReport) -> Json:
    """Write a report as plain values, ready for `json.dumps`."""
    written: Json = to_plain(report)
    return written


def write_outlook(report: CaseReport) -> Json:
    """Write the outlook of a report alone, with the version of the whole."""
    return {"version": report.version, **to_plain(report.outlook)}


def to_plain(value: object) -> Any:
    """Turn a part of a report into what JSON knows, its keys in order."""
    if value is None or type(value) in _PLAIN:
        return value
    if is_dataclass(value) and not isinstance(value, type):
        plain = {}
        for name, key, default in _keys(type(value)):
            content = getattr(value, name)
            if content is not default:
                plain[key] = to_plain(content)
        return plain
    if isinstance(value, tuple | list):
        return [to_plain(element) for element in value]
    if isinstance(value, Mapping):
        return {str(key): to_plain(content) for key, content in value.items()}
    if isinstance(value, date):  # a moment too
        return value.isoformat()
    return str(value)  # the code of an enum


@cache
def _keys(kind: type) -> tuple[tuple[str, str, object], ...]:
    """The fields of a class: name, key in the JSON, and the value that is left out."""
    return tuple(
        # `from` is a key, and no name.
        (
            field.name,
            field.name.rstrip("_"),
            field.default if "omit_default" in field.metadata else MISSING,
        )
        for field in fields(kind)
    )
