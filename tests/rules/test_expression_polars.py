"""Polars says what SQLite says, for one case and for many."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import changqing.rules
from changqing.rules.expression import Expression
from changqing.rules.polars import compile_polars
from changqing.rules.rows import Stance
from changqing.rules.sqlite import compile_sqlite
from tests.rules.expression_language import (
    GIVENS,
    VOCABULARY,
    rule,
    rules,
    seeds,
    some_givens,
    some_parameters,
    some_rows,
)
from tests.share import examples


@settings(max_examples=examples(60))
@given(st.lists(rules, min_size=1, max_size=6), seeds)
def test_polars_says_what_sqlite_says(
    expressions: list[Expression], random: Random
) -> None:
    named = {str(number): each for number, each in enumerate(expressions)}
    polars = compile_polars(named, vocabulary=VOCABULARY)
    sqlite = compile_sqlite(named, vocabulary=VOCABULARY)
    for _ in range(3):
        rows, parameters = some_rows(random), some_parameters(random)
        givens = some_givens(random)
        assert polars.evaluate(
            rows, parameters=parameters, givens=givens
        ) == sqlite.evaluate(rows, parameters=parameters, givens=givens), rows


EACH_FORM = [
    *(f"capital {sign} debt" for sign in ("=", "<>", "<", "<=", ">", ">=")),
    "capital + 2 * debt - :minimum BETWEEN -3 AND 9 OR capital IN (1, 2)",
    "whole_months(founded_on, lease_until) > 0",
    "days_between(founded_on, :as_of) > 30 AND NOT :renewing",
    "agree(name) OR name = registrant AND TRUE",
    "has(seen, 'news')",
    "within(seen, offered)",
    "within(('news'), seen)",
    "within(seen, ('news', 'shop'))",
    "every(person WHERE role = 'technical': full_time)",
    "none(person)",
    "some(service: answered)",
    "at_least(:least_staff, person: months > 3)",
]


@pytest.mark.parametrize("text", EACH_FORM)
def test_each_form_of_rule_is_the_same_on_both(text: str) -> None:
    random = Random(text)  # noqa: S311  # no secret
    named = {"r": rule(text)}
    polars = compile_polars(named, vocabulary=VOCABULARY)
    sqlite = compile_sqlite(named, vocabulary=VOCABULARY)
    seen = set()
    for _ in range(30):
        rows, parameters = some_rows(random), some_parameters(random)
        givens = some_givens(random)
        found = polars.evaluate(rows, parameters=parameters, givens=givens)
        assert found == sqlite.evaluate(rows, parameters=parameters, givens=givens)
        seen |= set(found.values())
    assert len(seen) > 1


def test_a_register_of_many_cases_is_judged_at_once() -> None:
    named = {
        "large": rule("capital >= :minimum AND founded_on < :as_of"),
        "staffed": rule("at_least(2, person WHERE role = 'technical': full_time)"),
        "lasting": rule("months > 12", "person"),
    }
    program = compile_polars(named, vocabulary=VOCABULARY)
    applicants = pl.DataFrame(
        [
            (7, "self", "proven", 100, date(2020, 1, 1)),
            (3, "self", "proven", 10, date(2020, 1, 1)),
            (5, "self", "proven", None, date(2020, 1, 1)),
        ],
        schema=program.make_schema("applicant"),
        orient="row",
    )
    people = pl.DataFrame(
        [
            (7, "lin", "proven", True, 24, "technical"),
            (7, "wu", "proven", True, None, "technical"),
            (3, "he", "proven", None, 6, "technical"),
        ],
        schema=program.make_schema("person"),
        orient="row",
    )
    lists = pl.DataFrame(
        [(case, "proven", True, True) for case in (3, 5, 7)],
        schema=program.make_lists_schema(),
        orient="row",
    )
    found = program.evaluate_frames(
        {"applicant": applicants, "person": people},
        lists,
        parameters={"minimum": 50},
        givens=GIVENS,
    )
    assert found["applicant"].rows() == [
        (7, "self", "proven", True, True),
        (3, "self", "proven", False, False),
        (5, "self", "proven", None, False),
    ]
    assert found["person"]["lasting"].to_list() == [True, None, False]


def test_each_case_of_a_register_has_its_own_parameters_and_givens() -> None:
    """Of many cases at once it says what it says of each with its own values."""
    named = {
        "large": rule("capital >= :minimum AND founded_on < :as_of"),
        "staffed": rule("at_least(:least_staff, person: months > :minimum)"),
        "plain": rule("capital > debt"),
        "lasting": rule("months > :minimum", "person"),
    }
    program = compile_polars(named, vocabulary=VOCABULARY)
    random = Random(7)  # noqa: S311  # no secret
    cases = [
        (some_rows(random), some_parameters(random) | some_givens(random))
        for _ in range(20)
    ]
    frames = {
        subject: pl.concat(
            [
                program.make_frames(rows)[subject].with_columns(
                    pl.lit(number, pl.Int64).alias("case")
                )
                for number, (rows, _) in enumerate(cases)
                if subject in program.make_frames(rows)
            ]
        )
        for subject in program.plan.facts
    }
    lists = pl.concat(
        [
            program.make_lists(rows).with_columns(
                pl.lit(number, pl.Int64).alias("case")
            )
            for number, (rows, _) in enumerate(cases)
        ]
    )
    known = pl.DataFrame(
        [
            (number, *(values.get(name) for name in program.plan.names))
            for number, (_, values) in enumerate(cases)
        ],
        schema=program.make_values_schema(),
        orient="row",
    )
    found = program.evaluate_register(frames, lists, known)
    # What was written for one bucket is used for the next.
    again = program.evaluate_register(frames, lists, known)
    assert all(again[subject].equals(frame) for subject, frame in found.items())
    seen = set()
    for number, (rows, values) in enumerate(cases):
        alone = program.evaluate(rows, parameters=values, givens=values)
        for subject, frame in found.items():
            for row in frame.filter(pl.col("case") == number).iter_rows(named=True):
                for name in program.plan.rules[subject]:
                    said = alone[name, row["id"], Stance(row["stance"])]
                    assert row[name] == said, (name, rows, values)
                    seen.add(said)
    assert seen == {True, False, None}
    with pytest.raises(ValueError, match="row for each case"):
        program.evaluate_register(frames, lists, known.reverse())


def test_a_case_that_the_lists_leave_out_has_open_lists() -> None:
    program = compile_polars({"r": rule("none(person)")}, vocabulary=VOCABULARY)
    applicants = pl.DataFrame(
        [(1, "self", "proven")], schema=program.make_schema("applicant"), orient="row"
    )
    found = program.evaluate_frames(
        {"applicant": applicants},
        pl.DataFrame(schema=program.make_lists_schema()),
        parameters={},
        givens={},
    )
    assert found["applicant"]["r"].to_list() == [None]


def test_a_subject_without_members_gets_no_verdict() -> None:
    named = {"r": rule("listed"), "s": rule("answered", "service")}
    program = compile_polars(named, vocabulary=VOCABULARY)
    rows = some_rows(Random(1))  # noqa: S311  # no secret
    alone = type(rows)(
        members={"applicant": rows.members["applicant"]}, open_lists=rows.open_lists
    )
    found = program.evaluate(alone, parameters={}, givens={})
    assert {(name, stance) for name, _, stance in found} == {
        ("r", stance) for stance in Stance
    }


def test_polars_is_imported_only_when_it_is_asked_for() -> None:
    asked = "import sys, changqing.rules; print('polars' in sys.modules)"
    found = subprocess.run(  # our own interpreter
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"


def test_what_the_language_does_not_offer_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="compile_spark"):
        getattr(changqing.rules, "compile_spark")  # noqa: B009  # mypy sees no such name
