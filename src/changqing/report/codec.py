"""The report as JSON: what `--json` prints, what the API answers, what is kept.

Texts are `{zh, en}`; enums are their codes; days are ISO 8601. Same input, same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Final

from changqing.report.build_one_page import build_one_page
from changqing.report.model import CaseReport

Json = dict[str, Any]
_PLAIN: Final = frozenset({type(None), str, bool, int, float})


def write_json(report: CaseReport) -> Json:
    """Write a report and its one page as plain values, ready for `json.dumps`."""
    plain: Json = to_plain(report)
    return {**plain, "one_page": to_plain(build_one_page(report))}


def write_outlook(report: CaseReport) -> Json:
    """Write the outlook of a report alone, with the version of the whole."""
    return {"version": report.version, **to_plain(report.outlook)}


def to_plain(value: object) -> Any:
    """Turn a part of a report into what JSON knows, its keys in order."""
    kind: type = type(value)
    if kind in _PLAIN:
        return value
    return _find_writer(kind)(value)


@cache
def _find_writer(kind: type) -> Callable[[Any], Any]:
    """Find how values of a class are written: a report has a hundred thousand."""
    if is_dataclass(kind):
        keys = _list_keys(kind)

        def write(value: object) -> Json:
            plain = {}
            for name, key, default in keys:
                content = getattr(value, name)
                if content is not default:
                    plain_already = type(content) in _PLAIN
                    plain[key] = content if plain_already else to_plain(content)
            return plain

        return write
    if issubclass(kind, tuple | list):
        return lambda value: [to_plain(element) for element in value]
    if issubclass(kind, Mapping):
        return lambda value: {str(key): to_plain(part) for key, part in value.items()}
    if issubclass(kind, date):  # a moment too
        return lambda value: value.isoformat()
    return str  # the code of an enum


def _list_keys(kind: type) -> tuple[tuple[str, str, object], ...]:
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
