"""A small vocabulary, random rules over it, random rows, and a slow, plain reader."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import cast

from hypothesis import strategies as st

from changqing.rules.expression import Expression
from changqing.rules.parse import parse
from changqing.rules.rows import MemberRow, Rows, Stance, name_part, select_open_lists
from changqing.rules.tree import (
    Agree,
    And,
    Arithmetic,
    Between,
    Compare,
    DaysBetween,
    GivenNode,
    Has,
    In,
    Literal,
    Name,
    Node,
    Not,
    Or,
    ParameterNode,
    Quantifier,
    SetLiteral,
    WholeMonths,
    Within,
    list_counted_parts,
)
from changqing.rules.types import Kind, Value, ValueType, Vocabulary

BOOLEAN = ValueType(Kind.BOOLEAN)
NUMBER = ValueType(Kind.NUMBER)
DATE = ValueType(Kind.DATE)
TEXT = ValueType(Kind.TEXT)


def category(*values: str) -> ValueType:
    return ValueType(Kind.CATEGORY, frozenset(values))


def one_of(*values: str) -> ValueType:
    return ValueType(Kind.SET, frozenset(values))


VOCABULARY = Vocabulary(
    facts={
        "applicant": {
            "listed": BOOLEAN,
            "has_lease": BOOLEAN,
            "capital": NUMBER,
            "debt": NUMBER,
            "founded_on": DATE,
            "lease_until": DATE,
            "form": category("limited", "joint_stock"),
            "name": TEXT,
            "registrant": TEXT,
            "offered": one_of("news", "shop", "games"),
            "seen": one_of("news", "shop", "games"),
            "addresses": ValueType(Kind.SET),
        },
        "service": {
            "kind": category("website", "app"),
            "answered": BOOLEAN,
            "items": NUMBER,
        },
        "person": {
            "role": category("manager", "technical"),
            "full_time": BOOLEAN,
            "months": NUMBER,
            "left_on": DATE,
            "skills": one_of("network", "content"),
        },
    },
    parameters={"minimum": NUMBER, "least_staff": NUMBER},
    givens={
        "licence": category("B21", "B25"),
        "as_of": DATE,
        "report_year": NUMBER,
        "renewing": BOOLEAN,
    },
)

GIVENS: Mapping[str, Value | None] = {
    "licence": "B25",
    "as_of": date(2026, 11, 24),
    "report_year": 2025,
    "renewing": False,
}


def rule(text: str, subject: str = "applicant") -> Expression:
    return parse(text, subject=subject, vocabulary=VOCABULARY)


# -- random rules, as text: the parser is under test as well

LARGEST = 9 * 10**15
_DAYS = st.dates(date(2019, 12, 25), date(2020, 3, 5))
_SMALL = st.integers(-4, 9)
_COMPARATORS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])


def _names(subject: str, kind: Kind) -> list[str]:
    facts = VOCABULARY.facts[subject].items()
    return [fact for fact, type_ in facts if type_.kind is kind]


def _globals(kind: Kind) -> list[str]:
    both = {**VOCABULARY.parameters, **VOCABULARY.givens}
    return [f":{name}" for name, type_ in both.items() if type_.kind is kind]


def _dates(subject: str) -> st.SearchStrategy[str]:
    return st.sampled_from([*_names(subject, Kind.DATE), *_globals(Kind.DATE)])


@st.composite
def _numbers(draw: st.DrawFn, subject: str, depth: int) -> str:
    shape = draw(st.integers(0, 5 if depth else 1))
    if shape == 0:
        return str(draw(_SMALL))
    if shape == 1:
        known = [*_names(subject, Kind.NUMBER), *_globals(Kind.NUMBER)]
        return draw(st.sampled_from(known))
    if shape == 2:
        return f"{draw(_SMALL)} * {draw(_numbers(subject, 0))}"
    if shape == 3:
        left = draw(_numbers(subject, depth - 1))
        right = draw(_numbers(subject, depth - 1))
        return f"({left} {draw(st.sampled_from('+-'))} {right})"
    function = "days_between" if shape == 4 else "whole_months"
    return f"{function}({draw(_dates(subject))}, {draw(_dates(subject))})"


@st.composite
def _tests(draw: st.DrawFn, subject: str) -> str:
    kinds = {type_.kind for type_ in VOCABULARY.facts[subject].values()}
    kind = draw(st.sampled_from(sorted(kinds | {Kind.NUMBER, Kind.CATEGORY})))
    if kind is Kind.BOOLEAN:
        known = [*_names(subject, kind), *_globals(kind), "TRUE", "FALSE"]
        return draw(st.sampled_from(known))
    if kind is Kind.NUMBER:
        one, other = (draw(_numbers(subject, 2)) for _ in range(2))
        if draw(st.booleans()):
            return f"{one} {draw(_COMPARATORS)} {other}"
        if draw(st.booleans()):
            return f"{one} BETWEEN {other} AND {draw(_numbers(subject, 1))}"
        return f"{one} IN ({draw(_SMALL)}, {draw(_SMALL)})"
    if kind is Kind.DATE:
        one = draw(_dates(subject))
        day = st.builds(lambda day: f"'{day}'", _DAYS)
        other = draw(st.one_of(_dates(subject), day))
        sign = draw(_COMPARATORS)
        return draw(
            st.sampled_from(
                [f"{one} {sign} {other}", f"{one} NOT IN ({draw(day)}, {draw(day)})"]
            )
        )
    if kind is Kind.CATEGORY:
        facts = VOCABULARY.facts[subject]
        named = [(name, facts[name]) for name in _names(subject, kind)]
        name, type_ = draw(
            st.sampled_from([*named, (":licence", VOCABULARY.givens["licence"])])
        )
        value = draw(st.sampled_from(sorted(type_.values or ())))
        return f"{name} {draw(st.sampled_from(['=', '<>']))} '{value}'"
    if kind is Kind.TEXT:
        sign = draw(st.sampled_from(["=", "<>"]))
        return draw(
            st.sampled_from([f"name {sign} registrant", f"'甲''乙' {sign} name"])
        )
    return draw(_set_tests(subject))


@st.composite
def _set_tests(draw: st.DrawFn, subject: str) -> str:
    named = _names(subject, Kind.SET)
    name, other = draw(st.sampled_from(named)), draw(st.sampled_from(named))
    values = VOCABULARY.facts[subject][name].values or {"1.2.3.4", "::1"}
    members = draw(st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=3))
    listed = ", ".join(f"'{member}'" for member in members)
    return draw(
        st.sampled_from(
            [
                f"has({name}, '{members[0]}')",
                f"within({name}, {other})",
                f"within(({listed}), {name})",
                f"within({name}, ({listed}))",
            ]
        )
    )


@st.composite
def _truths(draw: st.DrawFn, subject: str, depth: int, *, count: bool) -> str:
    shape = draw(st.integers(0, 5 if depth else 0))
    if shape == 1:
        return f"NOT {draw(_truths(subject, depth - 1, count=count))}"
    if shape in {2, 3}:
        parts = draw(
            st.lists(_truths(subject, depth - 1, count=count), min_size=2, max_size=3)
        )
        return "(" + (" AND " if shape == 2 else " OR ").join(parts) + ")"
    if shape == 4 and count:
        return draw(_quantifiers())
    if shape == 5:
        return f"agree({draw(st.sampled_from(sorted(VOCABULARY.facts[subject])))})"
    return draw(_tests(subject))


@st.composite
def _quantifiers(draw: st.DrawFn) -> str:
    subject = draw(st.sampled_from(["person", "service"]))
    inner = _truths(subject, 1, count=False)
    where = f" WHERE {draw(inner)}" if draw(st.booleans()) else ""
    head = draw(
        st.sampled_from(
            ["every(", "some(", "none(", "at_least(2, ", "at_least(:least_staff, "]
        )
    )
    body = f": {draw(inner)}" if head == "every(" or draw(st.booleans()) else ""
    return f"{head}{subject}{where}{body})"


rules = st.sampled_from(["applicant", "person"]).flatmap(
    lambda subject: st.builds(rule, _truths(subject, 3, count=True), st.just(subject))
)


# -- random rows: hypothesis draws the seed, for drawing each value takes too long

seeds = st.integers(0, 2**32 - 1).map(Random)
"""Sources of chance for rows; a failure prints its rows in full."""


def a_value(random: Random, type_: ValueType) -> Value:
    """Often from a small range, so that values meet; sometimes from all there are."""
    match type_.kind:
        case Kind.BOOLEAN:
            return random.random() < 0.5
        case Kind.NUMBER:
            most = random.choice([6, 6, 6, LARGEST])
            return random.randint(-most, most)
        case Kind.DATE:
            first, days = random.choice([(date(2019, 12, 25), 75), (date.min, 3652058)])
            return first + timedelta(days=random.randint(0, days))
        case Kind.CATEGORY:
            return random.choice(sorted(type_.values or ()))
        case Kind.TEXT:
            return random.choice(["甲'乙", "乙"])
        case Kind.SET:
            members = sorted(type_.values or {"1.2.3.4", "::1"})
            return frozenset(random.sample(members, random.randint(0, len(members))))


def maybe(random: Random, type_: ValueType) -> Value | None:
    return a_value(random, type_) if random.random() < 0.75 else None


def a_member(random: Random, subject: str, id_: str, stance: Stance) -> MemberRow:
    types = VOCABULARY.facts[subject]
    return MemberRow(
        id=id_,
        stance=stance,
        values={fact: maybe(random, type_) for fact, type_ in types.items()},
        agree={fact: random.choice([True, False, None]) for fact in types},
    )


def some_rows(random: Random) -> Rows:
    return Rows(
        members={
            subject: [
                a_member(random, subject, f"{subject}-{number}", stance)
                for stance in Stance
                for number in range(random.randint(1 if most == 1 else 0, most))
            ]
            for subject, most in (("applicant", 1), ("person", 3), ("service", 2))
        },
        open_lists={
            stance: frozenset(
                subject for subject in ("person", "service") if random.random() < 0.4
            )
            for stance in Stance
        },
        absent=frozenset(
            name_part("person", role)
            for role in ("manager", "technical")
            if random.random() < 0.3
        ),
    )


def some_parameters(random: Random) -> dict[str, Value | None]:
    return {
        name: None if random.random() < 0.2 else random.randint(-1, 4)
        for name in VOCABULARY.parameters
    }


def some_givens(random: Random) -> dict[str, Value | None]:
    return {name: maybe(random, type_) for name, type_ in VOCABULARY.givens.items()}


# -- the reader: what the design says, word for word, with no thought of speed


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Says what is TRUE, FALSE or unknown (None) of one member."""

    rows: Rows
    parameters: Mapping[str, Value | None]
    givens: Mapping[str, Value | None]

    def verdicts(
        self, rules: Mapping[str, Expression]
    ) -> dict[tuple[str, str, Stance], bool | None]:
        return {
            (name, member.id, member.stance): self.truth(expression.root, member)
            for name, expression in rules.items()
            for member in self.rows.members.get(expression.subject, ())
        }

    def truth(self, node: Node, member: MemberRow) -> bool | None:
        match node:
            case Not(part):
                return _not(self.truth(part, member))
            case And(parts):
                return _all([self.truth(part, member) for part in parts])
            case Or(parts):
                return _not(_all([_not(self.truth(part, member)) for part in parts]))
            case Agree(_, fact):
                return member.agree.get(fact)
            case Quantifier():
                return self._quantified(node, member.stance)
            case Compare(sign, left, right):
                return _compare(
                    sign, self.value(left, member), self.value(right, member)
                )
            case Between(item, low, high):
                known = [self.value(part, member) for part in (item, low, high)]
                low_end = _compare(">=", known[0], known[1])
                return _all([low_end, _compare("<=", known[0], known[2])])
            case In(item, values):
                value = self.value(item, member)
                return None if value is None else value in {v.value for v in values}
            case Has(name, item):
                held = cast("frozenset[str] | None", self.value(name, member))
                return None if held is None else item in held
            case Within(left, right):
                one, other = (self._set(side, member) for side in (left, right))
                return None if one is None or other is None else one <= other
            case _:
                return cast("bool | None", self.value(node, member))

    def value(self, node: Node, member: MemberRow) -> Value | None:
        match node:
            case Literal(value):
                return value
            case Name(_, fact):
                return member.values.get(fact)
            case ParameterNode(name):
                return self.parameters[name]
            case GivenNode(name):
                return self.givens[name]
            case Arithmetic(operator, left, right):
                one, other = self.value(left, member), self.value(right, member)
                if one is None or other is None:
                    return None
                a, b = cast("int", one), cast("int", other)
                return {"+": a + b, "-": a - b, "*": a * b}[operator]
            case DaysBetween(start, end) | WholeMonths(start, end):
                one, other = self.value(start, member), self.value(end, member)
                if one is None or other is None:
                    return None
                first, last = cast("date", one), cast("date", other)
                if isinstance(node, DaysBetween):
                    return (last - first).days
                return slow_whole_months(first, last)
            case _:
                raise AssertionError(node)

    def _set(self, side: Name | SetLiteral, member: MemberRow) -> frozenset[str] | None:
        if isinstance(side, SetLiteral):
            return frozenset(side.members)
        return cast("frozenset[str] | None", self.value(side, member))

    def _quantified(self, node: Quantifier, stance: Stance) -> bool | None:
        surely = possibly = 0
        for member in self.rows.members.get(node.subject, ()):
            if member.stance is not stance:
                continue
            body = None if node.body is None else self.truth(node.body, member)
            if node.quantity == "every":
                body = _not(body)
            where = True if node.where is None else self.truth(node.where, member)
            met = _all([where, True if node.body is None else body])
            surely += met is True
            possibly += met is not False
        growing = self.rows.open_lists.get(stance, frozenset())
        closed = not growing or not select_open_lists(
            list_counted_parts(node) or (node.subject,), growing, self.rows.absent
        )
        if node.quantity in {"every", "none"}:
            return _not(_reached(1, surely, possibly, closed=closed))
        least = node.least if isinstance(node.least, int) else 1
        if isinstance(node.least, ParameterNode):
            known = self.parameters[node.least.name]
            if known is None:
                return None
            least = cast("int", known)
        return _reached(least, surely, possibly, closed=closed)


def _reached(least: int, surely: int, possibly: int, *, closed: bool) -> bool | None:
    if surely >= least:
        return True
    return False if closed and possibly < least else None


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _all(truths: Sequence[bool | None]) -> bool | None:
    if False in truths:
        return False
    return None if None in truths else True


def _compare(sign: str, one: Value | None, other: Value | None) -> bool | None:
    if one is None or other is None:
        return None
    a, b = cast("int", one), cast("int", other)  # any ordered kind, for the checker
    order = {"<": a < b, "=": a == b, ">": a > b} if _ordered(one) else {"=": a == b}
    match sign:
        case "<>":
            return not order["="]
        case "<=":
            return order["<"] or order["="]
        case ">=":
            return order[">"] or order["="]
        case _:
            return order[sign]


def _ordered(value: Value) -> bool:
    return not isinstance(value, frozenset)


def slow_whole_months(start: date, end: date) -> int:
    """The greatest n with start + n months ≤ end, found by trying."""
    days = (end - start).days
    n = days // (31 if days > 0 else 28) - 2  # never too many
    while (day := later(start, n + 1)) is not None and day <= end:
        n += 1
    return n


def later(day: date, months: int) -> date | None:
    """`day` + `months`, clamped to the month's end; None past the calendar."""
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if year < date.min.year else None
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
