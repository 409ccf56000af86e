"""Stored rules: what was written is read back, what is damaged is refused."""

from __future__ import annotations

import copy
from datetime import date

import pytest

from changqing.errors import RuleError
from changqing.jsondata import Json
from changqing.rules.expression import Expression
from changqing.rules.sqlite import SqliteProgram, compile_sqlite
from changqing.rules.types import Value, encode_plain
from tests.rules.expression_language import VOCABULARY, rule

WHOLE = rule(
    "at_least(2, person WHERE role = 'technical': left_on > '2020-01-01')"
    " OR at_least(:least_staff, person) OR some(service) AND TRUE AND capital IN (1, 2)"
    " AND within(('news'), seen) AND has(seen, 'news')"
)


def test_a_rule_is_read_back() -> None:
    assert Expression.from_data(WHOLE.to_data()) == WHOLE
    deferred = Expression.defer(WHOLE.to_data())
    assert deferred.text == WHOLE.text
    assert deferred == WHOLE
    assert hash(deferred) == hash(WHOLE)
    assert deferred.root is deferred.root
    assert deferred.facts == WHOLE.facts
    with pytest.raises(AttributeError):
        _ = Expression.defer(WHOLE.to_data()).tree  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "root",
    [
        None,
        "listed",
        ["listed"],
        ["literal", 1, "boolean"],
        ["literal", "soon", "date"],
        ["literal", 1.5, "number"],
        ["literal", True, "number"],
        ["not", ["days_between", ["given", "as_of", "date"], ["given", "a", "date"]]],
        ["not"],
        ["not", ["name", "person", "full time", "boolean"]],
        ["not", ["name", "person", 3, "boolean"]],
        ["not", ["name", "person", "full_time", "float"]],
        ["has", ["set", ["news"]], "news"],
        ["quantifier", "some", True, "person", None, None],
        ["compare", "==", ["given", "a", "date"], ["given", "b", "date"]],
    ],
)
def test_a_damaged_rule_is_refused(root: Json) -> None:
    with pytest.raises(RuleError, match="damaged"):
        Expression.from_data({"text": "", "subject": "person", "root": root})


@pytest.mark.parametrize("data", [None, [], {}, {"root": ["literal", True, "boolean"]}])
def test_what_is_no_rule_is_refused(data: Json) -> None:
    with pytest.raises(RuleError, match="damaged"):
        Expression.from_data(data)


def test_a_tree_too_deep_to_read_is_refused() -> None:
    root: list[Json] = ["literal", True, "boolean"]
    for _ in range(5_000):
        root = ["not", root]
    with pytest.raises(RuleError, match="damaged"):
        Expression.from_data({"text": "", "subject": "person", "root": root})


@pytest.mark.parametrize("name", ["schema", "queries", "rules", "lists"])
def test_a_damaged_program_is_refused(name: str) -> None:
    data = copy.copy(compile_sqlite({"r": WHOLE}, vocabulary=VOCABULARY).to_data())
    del data[name]
    with pytest.raises(RuleError, match="damaged"):
        SqliteProgram.from_data(data)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (frozenset({"b", "a"}), ["a", "b"]),
        (date(2026, 11, 28), "2026-11-28"),
        (7, 7),
        (True, True),
        (None, None),
    ],
)
def test_a_value_is_written_as_json_has_it(value: Value | None, plain: Json) -> None:
    assert encode_plain(value) == plain
