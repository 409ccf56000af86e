"""What must hold of every rule and all rows."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.rules.expression import Expression
from changqing.rules.rows import MemberRow, Rows, Stance, name_part
from changqing.rules.sqlite import SqliteProgram, Verdicts, compile_sqlite
from tests.rules.expression_language import (
    GIVENS,
    VOCABULARY,
    Reader,
    a_value,
    later,
    rule,
    rules,
    seeds,
    some_givens,
    some_parameters,
    some_rows,
)
from tests.share import examples

_ROUNDS = 5


@settings(max_examples=examples(150))
@given(st.lists(rules, min_size=1, max_size=4), seeds)
def test_sqlite_says_what_a_plain_reading_says(
    expressions: list[Expression], random: Random
) -> None:
    named = {str(number): each for number, each in enumerate(expressions)}
    program = compile_sqlite(named, vocabulary=VOCABULARY)
    for _ in range(_ROUNDS):
        reader = Reader(
            rows=some_rows(random),
            parameters=some_parameters(random),
            givens=some_givens(random),
        )
        found = program.evaluate(
            reader.rows, parameters=reader.parameters, givens=reader.givens
        )
        assert found == reader.verdicts(named), reader


@given(rules)
def test_a_rule_survives_json_and_pickle(expression: Expression) -> None:
    stored = json.loads(json.dumps(expression.to_data()))
    assert Expression.from_data(stored) == expression
    assert pickle.loads(pickle.dumps(expression)) == expression  # noqa: S301  # our own
    program = compile_sqlite({"r": expression}, vocabulary=VOCABULARY)
    assert SqliteProgram.from_data(json.loads(json.dumps(program.to_data()))) == program


@given(rules, seeds)
def test_learning_a_value_changes_no_answer(
    expression: Expression, random: Random
) -> None:
    program = compile_sqlite({"r": expression}, vocabulary=VOCABULARY)
    for _ in range(_ROUNDS):
        rows, givens = some_rows(random), some_givens(random)
        parameters = some_parameters(random)
        before = program.evaluate(rows, parameters=parameters, givens=givens)
        learnt = replace(
            rows,
            members={
                subject: [_learnt(random, subject, member) for member in members]
                for subject, members in rows.members.items()
            },
        )
        after = program.evaluate(
            learnt,
            parameters={
                name: random.randint(-1, 4) if value is None else value
                for name, value in parameters.items()
            },
            givens={
                name: a_value(random, VOCABULARY.givens[name])
                if value is None
                else value
                for name, value in givens.items()
            },
        )
        assert _kept(before, after), (rows, learnt)


def _learnt(random: Random, subject: str, member: MemberRow) -> MemberRow:
    values, agree = dict(member.values), dict(member.agree)
    for fact, type_ in VOCABULARY.facts[subject].items():
        if values[fact] is None and random.random() < 0.5:
            values[fact] = a_value(random, type_)
        if agree[fact] is None and random.random() < 0.5:
            agree[fact] = random.random() < 0.5
    return replace(member, values=values, agree=agree)


def _kept(before: Verdicts, after: Verdicts) -> bool:
    return all(truth is None or after[row] is truth for row, truth in before.items())


def _may_join(rows: Rows, subject: str, member: MemberRow) -> bool:
    """Who joins is of a kind that is known, and not said to be absent."""
    role = member.values.get("role")
    if subject != "person" or not rows.absent:
        return True
    return role is not None and name_part("person", str(role)) not in rows.absent


@given(rules, seeds)
def test_members_that_join_an_open_list_change_no_answer(
    expression: Expression, random: Random
) -> None:
    program = compile_sqlite({"r": expression}, vocabulary=VOCABULARY)
    for _ in range(_ROUNDS):
        rows, more = some_rows(random), some_rows(random)
        parameters = some_parameters(random)
        grown = {
            subject: [
                *members,
                *(
                    replace(member, id=f"new-{member.id}")
                    for member in more.members[subject]
                    if subject in rows.open_lists[member.stance]
                    and _may_join(rows, subject, member)
                ),
            ]
            for subject, members in rows.members.items()
        }
        before = program.evaluate(rows, parameters=parameters, givens=GIVENS)
        joined = replace(rows, members=grown)
        after = program.evaluate(joined, parameters=parameters, givens=GIVENS)
        assert _kept(before, after), (rows, joined)


@given(rules, seeds)
def test_closing_a_list_changes_no_answer(
    expression: Expression, random: Random
) -> None:
    program = compile_sqlite({"r": expression}, vocabulary=VOCABULARY)
    for _ in range(_ROUNDS):
        rows, parameters = some_rows(random), some_parameters(random)
        before = program.evaluate(rows, parameters=parameters, givens=GIVENS)
        closed = replace(rows, open_lists={})
        after = program.evaluate(closed, parameters=parameters, givens=GIVENS)
        assert _kept(before, after), rows


@settings(max_examples=examples(300))
@given(st.dates(), st.dates(), st.integers(-2, 2))
def test_whole_months_is_the_greatest_number_that_fits(
    start: date, end: date, shift: int
) -> None:
    near = later(start, (end.year - start.year) * 12 + shift)
    for last in {end, near or end}:
        months = _whole_months(start, last)
        fits, next_one = later(start, months), later(start, months + 1)
        assert fits is not None
        assert fits <= last
        assert next_one is None or next_one > last


def _whole_months(start: date, end: date) -> int:
    """Find the number, which a rule can only compare, by asking for it."""
    most = (end.year - start.year) * 12 + end.month - start.month
    asked = f"whole_months('{start}', :as_of) = "
    named = {str(n): rule(f"{asked}{n}") for n in range(most - 2, most + 2)}
    anybody = MemberRow(id="self", stance=Stance.PROVEN, values={})
    found = compile_sqlite(named, vocabulary=VOCABULARY).evaluate(
        Rows(members={"applicant": [anybody]}, open_lists={}),
        parameters={},
        givens={"as_of": end},
    )
    (months,) = [int(name) for (name, *_), truth in found.items() if truth]
    return months
