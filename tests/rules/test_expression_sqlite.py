"""The SQL stands by itself, and counts, dates, sets and agreement mean what they say."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date

import pytest

from changqing.errors import RuleError
from changqing.rules.parse import parse
from changqing.rules.rows import MemberRow, Rows, Stance, name_part
from changqing.rules.sqlite import SqliteEngine, compile_sqlite
from changqing.rules.types import Kind, Value, ValueType, Vocabulary
from tests.rules.expression_language import GIVENS, VOCABULARY, rule

BOTH_OPEN = {stance: frozenset({"person", "service"}) for stance in Stance}
CLOSED: dict[Stance, frozenset[str]] = {}


def answer(
    text: str,
    *people: Mapping[str, Value | None],
    facts: Mapping[str, Value | None] | None = None,
    agree: Mapping[str, bool | None] | None = None,
    parameters: Mapping[str, Value | None] | None = None,
    open_lists: Mapping[Stance, frozenset[str]] = CLOSED,
    absent: frozenset[str] = frozenset(),
) -> bool | None:
    applicant = MemberRow(
        id="self", stance=Stance.PROVEN, values=facts or {}, agree=agree or {}
    )
    members = [
        MemberRow(id=str(number), stance=Stance.PROVEN, values=values)
        for number, values in enumerate(people)
    ]
    found = compile_sqlite({"r": rule(text)}, vocabulary=VOCABULARY).evaluate(
        Rows(
            members={"applicant": [applicant], "person": members},
            open_lists=open_lists,
            absent=absent,
        ),
        parameters=parameters or {},
        givens=GIVENS,
    )
    return found["r", "self", Stance.PROVEN]


YES: dict[str, Value | None] = {"role": "technical", "full_time": True}
NO: dict[str, Value | None] = {"role": "technical", "full_time": False}
UNKNOWN: dict[str, Value | None] = {"role": "technical"}
MANAGER: dict[str, Value | None] = {"role": "manager"}


@pytest.mark.parametrize(
    ("quantifier", "people", "closed", "still_open"),
    [
        ("every", [], True, None),
        ("every", [YES, MANAGER], True, None),
        ("every", [YES, UNKNOWN], None, None),
        ("every", [YES, NO], False, False),
        ("some", [], False, None),
        ("some", [NO, MANAGER], False, None),
        ("some", [NO, UNKNOWN], None, None),
        ("some", [NO, YES], True, True),
        ("none", [], True, None),
        ("none", [NO, UNKNOWN], None, None),
        ("none", [YES], False, False),
    ],
)
def test_a_quantifier_knows_what_its_list_allows(
    quantifier: str,
    people: list[dict[str, Value | None]],
    closed: bool | None,  # a truth value
    still_open: bool | None,
) -> None:
    text = f"{quantifier}(person WHERE role = 'technical': full_time)"
    assert answer(text, *people) is closed
    assert answer(text, *people, open_lists=BOTH_OPEN) is still_open


@pytest.mark.parametrize(
    ("where", "absent", "expected"),
    [
        ("role = 'technical'", ("technical",), False),
        ("role = 'technical'", ("manager",), None),
        ("role IN ('technical', 'manager')", ("technical",), None),
        ("role IN ('technical', 'manager')", ("technical", "manager"), False),
        ("(role = 'technical' OR role = 'manager')", ("technical",), None),
        ("(role = 'technical' OR role = 'manager')", ("technical", "manager"), False),
        ("(role = 'technical' AND months > 3)", ("technical",), False),
        ("(role = 'technical' OR months > 3)", ("technical", "manager"), None),
    ],
)
def test_an_open_list_need_not_hold_whom_nobody_is(
    where: str, absent: tuple[str, ...], expected: bool | None
) -> None:
    parts = frozenset(name_part("person", role) for role in absent)
    text = f"some(person WHERE {where}: full_time)"
    assert answer(text, open_lists=BOTH_OPEN, absent=parts) is expected


@pytest.mark.parametrize(
    ("people", "least", "expected"),
    [
        ([YES, YES], 2, True),
        ([YES, UNKNOWN], 2, None),
        ([YES, NO], 2, False),
        ([], 0, True),
        ([YES, YES], None, None),
    ],
)
def test_how_many_are_asked_for_may_be_a_parameter(
    people: list[dict[str, Value | None]], least: int | None, expected: bool | None
) -> None:
    text = "at_least(:least_staff, person: full_time)"
    found = answer(text, *people, parameters={"least_staff": least})
    assert found is expected
    if least == 2:
        assert answer("at_least(2, person: full_time)", *people) is expected


def test_members_count_in_their_own_stance_alone() -> None:
    rows = Rows(
        members={
            "applicant": [
                MemberRow(id="self", stance=stance, values={}) for stance in Stance
            ],
            "person": [MemberRow(id="lin", stance=Stance.CLAIMED, values=YES)],
        },
        open_lists={Stance.CLAIMED: frozenset({"person"})},
    )
    program = compile_sqlite(
        {"r": rule("some(person: full_time)")}, vocabulary=VOCABULARY
    )
    assert program.evaluate(rows, parameters={}, givens={}) == {
        ("r", "self", Stance.CLAIMED): True,
        ("r", "self", Stance.PROVEN): False,
    }


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2020-01-31", "2020-02-28", 0),
        ("2020-01-31", "2020-02-29", 1),
        ("2020-01-31", "2020-03-30", 1),
        ("2020-02-29", "2021-02-28", 12),
        ("2020-05-01", "2020-04-30", -1),
        ("2020-05-01", "2020-04-01", -1),
        ("2020-05-01", "2020-03-31", -2),
        ("0001-01-01", "9999-12-31", 119_987),
    ],
)
def test_a_month_is_whole_at_its_end(start: str, end: str, months: int) -> None:
    assert answer(
        f"whole_months(founded_on, lease_until) = {months}",
        facts={
            "founded_on": date.fromisoformat(start),
            "lease_until": date.fromisoformat(end),
        },
    )


def test_days_between_counts_from_the_first_to_the_second() -> None:
    facts: dict[str, Value | None] = {"founded_on": date(2024, 2, 28)}
    assert answer("days_between(founded_on, '2024-03-01') = 2", facts=facts)
    assert answer("days_between('2024-03-01', founded_on) = -2", facts=facts)
    assert answer("days_between('0001-01-01', '9999-12-31') = 3652058")
    assert answer("days_between(founded_on, lease_until) = 2", facts=facts) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("within(offered, seen)", True),
        ("within(seen, offered)", False),
        ("within(offered, ('games', 'news'))", True),
        ("within(seen, ('games', 'news'))", False),
        ("within(('news', 'shop'), seen)", True),
        ("within(('games', 'shop'), seen)", False),
        ("within(addresses, seen)", None),
        ("within(seen, addresses)", None),
        ("within(addresses, ('::1'))", None),
        ("has(seen, 'news')", True),
        ("has(seen, 'games')", False),
        ("has(addresses, '::1')", None),
    ],
)
def test_sets(text: str, expected: bool | None) -> None:
    seen = frozenset({"news", "shop"})
    facts: dict[str, Value | None] = {"offered": frozenset({"news"}), "seen": seen}
    assert answer(text, facts=facts) is expected


def test_an_empty_set_is_known_and_within_any() -> None:
    facts: dict[str, Value | None] = {"offered": frozenset(), "seen": frozenset()}
    assert answer("within(offered, seen) AND within(offered, ('news'))", facts=facts)
    assert answer("has(offered, 'news')", facts=facts) is False


def test_a_member_is_not_found_inside_a_longer_one() -> None:
    facts: dict[str, Value | None] = {"addresses": frozenset({"10.0.0.11"})}
    assert answer("has(addresses, '10.0.0.1')", facts=facts) is False
    assert answer("within(addresses, ('0.0.11', '10.0.0.1'))", facts=facts) is False


def test_agreement_is_a_column_of_its_own() -> None:
    assert answer("agree(name)", agree={"name": True})
    assert answer("agree(name)", agree={"name": False}) is False
    assert answer("agree(name)", facts={"name": "甲"}) is None


def test_quotes_in_text_stay_text() -> None:
    facts: dict[str, Value | None] = {"name": '甲\'; DROP TABLE "stances"; --'}
    assert answer("name = '甲''; DROP TABLE \"stances\"; --'", facts=facts)


def test_the_text_runs_on_bare_sqlite() -> None:
    named = {"staffed": rule("at_least(1, person: full_time) AND capital >= :minimum")}
    program = compile_sqlite(named, vocabulary=VOCABULARY)
    bare = sqlite3.connect(":memory:")
    bare.executescript(program.schema)
    bare.execute("INSERT INTO stances VALUES ('proven', 1)")
    bare.execute("INSERT INTO person VALUES ('lin', 'proven', 1)")
    bare.execute("INSERT INTO applicant VALUES ('self', 'proven', 100)")
    found = bare.execute(program.queries["applicant"], {"minimum": 100}).fetchall()
    bare.close()
    assert found == [("self", "proven", 1)]


def test_an_engine_forgets_the_case_before() -> None:
    named = {"r": rule("some(person: full_time)")}
    person = MemberRow(id="lin", stance=Stance.PROVEN, values=YES)
    applicant = MemberRow(id="self", stance=Stance.PROVEN, values={})
    with SqliteEngine(compile_sqlite(named, vocabulary=VOCABULARY)) as engine:
        for people, expected in (([person], True), ([], False), ([person], True)):
            rows = Rows(
                members={"applicant": [applicant], "person": people}, open_lists=CLOSED
            )
            found = engine.evaluate(rows, parameters={}, givens={})
            assert list(found.values()) == [expected]


def test_an_engine_recovers_from_rows_it_cannot_hold() -> None:
    named = {"r": rule("has(addresses, '::1') AND capital > 0")}
    good: dict[str, Value | None] = {"addresses": frozenset({"::1"}), "capital": 1}
    bad: list[dict[str, Value | None]] = [
        {"capital": 9 * 10**15 + 1},
        {"addresses": frozenset({"a|b"})},
        {"addresses": frozenset({""})},
    ]
    with SqliteEngine(compile_sqlite(named, vocabulary=VOCABULARY)) as engine:
        for values in bad:
            with pytest.raises(RuleError, match="cannot hold"):
                engine.evaluate(_alone(values), parameters={}, givens={})
        found = engine.evaluate(_alone(good), parameters={}, givens={})
    assert list(found.values()) == [True]


def _alone(values: Mapping[str, Value | None]) -> Rows:
    member = MemberRow(id="self", stance=Stance.PROVEN, values=values)
    return Rows(members={"applicant": [member]}, open_lists=CLOSED)


def test_the_longest_rule_that_parses_also_runs() -> None:
    nested = "(" * 40 + "listed" + ")" * 40
    wide = " OR ".join(["listed"] * 380)
    for text in (wide, nested, "NOT " * 40 + "listed"):
        assert answer(text, facts={"listed": True})


@pytest.mark.parametrize(
    ("subject", "fact"),
    [("applicant", "id"), ("applicant", "agree__name"), ("stances", "x")],
)
def test_names_the_engine_needs_are_refused(subject: str, fact: str) -> None:
    vocabulary = Vocabulary(
        facts={subject: {fact: ValueType(Kind.BOOLEAN)}}, parameters={}, givens={}
    )
    named = {"r": parse(fact, subject=subject, vocabulary=vocabulary)}
    with pytest.raises(RuleError, match="kept for the engine"):
        compile_sqlite(named, vocabulary=vocabulary)


def test_more_rules_than_sqlite_has_columns_are_refused() -> None:
    named = {str(number): rule("listed") for number in range(1_901)}
    with pytest.raises(RuleError, match="more than 1900 rules"):
        compile_sqlite(named, vocabulary=VOCABULARY)


def test_a_rule_about_facts_that_are_gone_is_refused() -> None:
    gone = Vocabulary(facts={"applicant": {}}, parameters={}, givens={})
    with pytest.raises(RuleError, match="has no fact listed"):
        compile_sqlite({"r": rule("listed")}, vocabulary=gone)
