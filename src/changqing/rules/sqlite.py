"""Rules as SQLite text, and an engine that runs them over the rows of one case.

The text stands by itself: whoever creates the schema, fills the tables and binds
`:names` gets the same verdicts from any SQLite since 3.30, with no function of ours.
Facts are columns; `agree(fact)` is the column `agree__fact`; the table `stances`
says, per stance, which lists are closed. Booleans are 1 and 0, dates `YYYY-MM-DD`,
a set is its sorted members between bars, `|a|b|`, and the empty set is `|`.
"""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, cast

from changqing.errors import RuleError
from changqing.jsondata import Json, JsonObject
from changqing.rules import tree
from changqing.rules.data import make_damage_error
from changqing.rules.expression import Expression
from changqing.rules.plan import RulePlan, lay_out
from changqing.rules.refusals import refuse
from changqing.rules.rows import MemberRow, Rows, Stance, select_open_lists
from changqing.rules.tree import Quantity
from changqing.rules.types import LARGEST, Kind, Value, ValueType, Vocabulary

Verdicts = Mapping[tuple[str, str, Stance], bool | None]
"""Truth by rule, member and stance."""

Stored = int | str | None
"""A value as a column holds it."""

_TRUTH: Mapping[Stored, bool | None] = {1: True, 0: False, None: None}
_AFFINITY = {Kind.BOOLEAN: "INTEGER", Kind.NUMBER: "INTEGER"}
_MOST_SHAPES = 1_000
"""INSERTs that are kept; what is used less is written anew."""
_PROVEN = Stance.PROVEN.value


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteProgram:
    """Compiled rules: plain text and names, made to travel."""

    schema: str
    queries: Mapping[str, str]
    rules: Mapping[str, tuple[str, ...]]
    facts: Mapping[str, tuple[str, ...]]
    agreements: Mapping[str, tuple[str, ...]]
    lists: tuple[str, ...]
    names: tuple[str, ...]

    def evaluate(
        self,
        rows: Rows,
        *,
        parameters: Mapping[str, Value | None],
        givens: Mapping[str, Value | None],
    ) -> Verdicts:
        """Judge the rows of one case, as `SqliteEngine.evaluate` does.

        For more than one case keep a `SqliteEngine`: this opens one for a single call.
        """
        with SqliteEngine(self) as engine:
            return engine.evaluate(rows, parameters=parameters, givens=givens)

    def to_data(self) -> dict[str, Json]:
        """Write plain JSON that `from_data` reads back."""
        return {
            "schema": self.schema,
            "queries": dict(self.queries),
            "rules": {subject: list(ids) for subject, ids in self.rules.items()},
            "facts": {subject: list(ids) for subject, ids in self.facts.items()},
            "agreements": {
                subject: list(ids) for subject, ids in self.agreements.items()
            },
            "lists": list(self.lists),
            "names": list(self.names),
        }

    @classmethod
    def from_data(cls, data: JsonObject) -> SqliteProgram:
        """Read what `to_data` wrote; RuleError when it is not that."""
        try:
            return cls(
                schema=cast("str", data["schema"]),
                queries=dict(cast("Mapping[str, str]", data["queries"])),
                rules=_read_tuples(data["rules"]),
                facts=_read_tuples(data["facts"]),
                agreements=_read_tuples(data["agreements"]),
                lists=tuple(cast("list[str]", data["lists"])),
                names=tuple(cast("list[str]", data["names"])),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as fault:
            raise make_damage_error() from fault


def _read_tuples(data: object) -> Mapping[str, tuple[str, ...]]:
    stored = cast("Mapping[str, list[str]]", data)
    return {subject: tuple(ids) for subject, ids in stored.items()}


class SqliteEngine:
    """One connection in memory, reused case after case. Not for two threads at once."""

    def __init__(self, program: SqliteProgram) -> None:
        self._program = program
        self._connection = sqlite3.connect(
            ":memory:", isolation_level=None, cached_statements=_MOST_SHAPES
        )
        # A judge keeps its engine for as long as it lives, and nobody closes it.
        self._close = weakref.finalize(self, _close_connection, self._connection)
        self._connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + program.schema
        )
        self._tables = {
            subject: _Table(subject, facts, program.agreements[subject])
            for subject, facts in program.facts.items()
        }
        self._columns = {
            rule: (subject, column)
            for subject, rules in program.rules.items()
            for column, rule in enumerate(
                rules, start=2
            )  # behind the id and the stance
        }
        places = ", ".join("?" * (1 + len(program.lists)))
        self._stances = f'INSERT INTO "stances" VALUES ({places})'

    def __enter__(self) -> SqliteEngine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        self._close()

    def evaluate(
        self,
        rows: Rows,
        *,
        parameters: Mapping[str, Value | None],
        givens: Mapping[str, Value | None],
    ) -> Verdicts:
        """Evaluate every rule for every member of its subject, in both stances.

        A parameter or given that is absent is unknown. A subject without members
        gives no entries. Raises RuleError for a value that no column can hold.
        """
        execute = self._connection.execute
        values = {**parameters, **givens}
        bound = {name: encode_value(values.get(name)) for name in self._program.names}
        # Without a journal SQLite cannot roll back (ROLLBACK is undefined then), so
        # what failed is committed as well; the next call empties every table before it
        # fills.
        execute("BEGIN")
        try:
            self._fill(rows)
            return self._read(bound)
        finally:
            execute("COMMIT")

    def _fill(self, rows: Rows) -> None:
        execute, executemany = self._connection.execute, self._connection.executemany
        program, members = self._program, rows.members
        execute('DELETE FROM "stances"')
        executemany(self._stances, list_closed(rows, program.lists))
        for subject, table in self._tables.items():
            execute(table.delete)
            for insert, alike in table.make_inserts(members.get(subject, ())):
                executemany(insert, alike)

    def _read(self, bound: Mapping[str, Stored]) -> Verdicts:
        claimed: dict[tuple[str, str], Sequence[Stored]] = {}
        proven: dict[tuple[str, str], Sequence[Stored]] = {}
        for subject, query in self._program.queries.items():
            for row in self._connection.execute(query, bound):
                rows = proven if row[1] == _PROVEN else claimed
                rows[subject, row[0]] = row
        return _Answers(self._columns, claimed, proven)


def _close_connection(connection: sqlite3.Connection) -> None:
    # In a thread that did not open it, it can only go with its object.
    with suppress(sqlite3.ProgrammingError):
        connection.close()


class _Answers(Mapping[tuple[str, str, Stance], bool | None]):
    """The verdicts as they stand in the rows that the queries gave.

    Of the thousands that all rules give for all members few are asked for: to make a
    key for each took longer than all of SQLite's work.
    """

    def __init__(
        self,
        columns: Mapping[str, tuple[str, int]],
        claimed: Mapping[tuple[str, str], Sequence[Stored]],
        proven: Mapping[tuple[str, str], Sequence[Stored]],
    ) -> None:
        self._columns = columns
        self._claimed = claimed
        self._proven = proven

    def __getitem__(self, key: tuple[str, str, Stance]) -> bool | None:
        rule, member, stance = key
        subject, column = self._columns[rule]
        rows = self._proven if stance is Stance.PROVEN else self._claimed
        return _TRUTH[rows[subject, member][column]]

    def get(self, key: tuple[str, str, Stance], default: Any = None) -> Any:
        """Get as of a mapping, without an error raised for what is absent."""
        rule, member, stance = key
        column = self._columns.get(rule)
        if column is None:
            return default
        rows = self._proven if stance is Stance.PROVEN else self._claimed
        row = rows.get((column[0], member))
        return default if row is None else _TRUTH[row[column[1]]]

    def __iter__(self) -> Iterator[tuple[str, str, Stance]]:
        for stance, rows in (
            (Stance.CLAIMED, self._claimed),
            (Stance.PROVEN, self._proven),
        ):
            members: dict[str, list[str]] = {}
            for subject, member in rows:
                members.setdefault(subject, []).append(member)
            for rule, (subject, _) in self._columns.items():
                for member in members.get(subject, ()):
                    yield rule, member, stance

    def __len__(self) -> int:
        return sum(1 for _ in self)


class _Table:
    """Fills the table of one subject.

    A member knows a few of a wide table's facts, and each value handed over costs more
    than all of SQLite's work on the row: members who know the same facts share an
    INSERT that names these alone.
    """

    def __init__(
        self, subject: str, facts: Sequence[str], agreements: Sequence[str]
    ) -> None:
        self.delete = f"DELETE FROM {_quote_name(subject)}"
        self._subject = subject
        self._facts = frozenset(facts)
        self._agreements = [(fact, f"agree__{fact}") for fact in agreements]

    def make_inserts(
        self, members: Sequence[MemberRow]
    ) -> Iterator[tuple[str, list[list[Stored]]]]:
        """Make each INSERT and the rows that belong to it."""
        facts = self._facts
        alike: dict[tuple[str, ...], list[list[Stored]]] = {}
        for member in members:
            names = ["id", "stance"]
            row: list[Stored] = [member.id, member.stance.value]
            for fact, value in member.values.items():
                if value is not None and fact in facts:
                    names.append(fact)
                    row.append(_STORE[type(value)](value))
            for fact, name in self._agreements:
                agreed = member.agree.get(fact)
                if agreed is not None:
                    names.append(name)
                    row.append(int(agreed))
            alike.setdefault(tuple(names), []).append(row)
        for shape, rows in alike.items():
            yield _write_insert(self._subject, shape), rows


@lru_cache(maxsize=_MOST_SHAPES)
def _write_insert(table: str, names: tuple[str, ...]) -> str:
    listed, places = ", ".join(map(_quote_name, names)), ", ".join("?" * len(names))
    return f"INSERT INTO {_quote_name(table)} ({listed}) VALUES ({places})"


def encode_value(value: Value | None) -> Stored:
    """Encode a value as a column holds it; RuleError if no column can."""
    return _STORE[type(value)](value)


def list_closed(rows: Rows, lists: Sequence[str]) -> Iterator[list[Stored]]:
    """Give each stance, and 1 for each of `lists` that can grow no more."""
    for stance in Stance:
        growing = select_open_lists(lists, rows.open_lists.get(stance, ()), rows.absent)
        yield [stance.value, *(int(name not in growing) for name in lists)]


def _store_unchanged(value: Any) -> Stored:
    return value  # type: ignore[no-any-return]  # None or text


def _store_number(value: Any) -> Stored:
    if not -LARGEST <= value <= LARGEST:
        raise _make_unfit_error(str(value))
    return value  # type: ignore[no-any-return]  # a number


def _store_members(value: Any) -> Stored:
    if any(not member or "|" in member for member in value):
        raise _make_unfit_error(str(sorted(value)))
    return "".join(("|", *(f"{member}|" for member in sorted(value))))


_STORE: Mapping[type, Callable[[Any], Stored]] = {
    type(None): _store_unchanged,
    str: _store_unchanged,
    bool: int,
    int: _store_number,
    date: date.isoformat,
    frozenset: _store_members,
}


def compile_sqlite(
    rules: Mapping[str, Expression], *, vocabulary: Vocabulary
) -> SqliteProgram:
    """Compile rules by id. Only what they read gets a column.

    Raises RuleError for a fact that `vocabulary` has not, a name that the engine keeps
    for itself, or more rules or facts of one subject than a table can hold.
    """
    plan = lay_out(rules, vocabulary)
    return SqliteProgram(
        schema=_write_schema(plan, vocabulary),
        queries={
            subject: _write_query(subject, its) for subject, its in plan.rules.items()
        },
        rules={subject: tuple(its) for subject, its in plan.rules.items()},
        facts=plan.facts,
        agreements=plan.agreements,
        lists=plan.lists,
        names=plan.names,
    )


def _make_unfit_error(value: str) -> RuleError:
    return refuse(0, f"存不下这个值：{value}", f"cannot hold {value}")


def _write_schema(plan: RulePlan, vocabulary: Vocabulary) -> str:
    closed = "".join(f",\n  {_quote_name(subject)} INTEGER" for subject in plan.lists)
    tables = [f'CREATE TABLE "stances" (\n  "stance" TEXT PRIMARY KEY{closed}\n);']
    for subject, names in plan.facts.items():
        types: Mapping[str, ValueType] = vocabulary.facts[subject]
        agreements = plan.agreements[subject]
        lines = [
            '"id" TEXT NOT NULL',
            '"stance" TEXT NOT NULL',
            *(
                f"{_quote_name(fact)} {_AFFINITY.get(types[fact].kind, 'TEXT')}"
                for fact in names
            ),
            *(f"{_quote_name('agree__' + fact)} INTEGER" for fact in agreements),
            'PRIMARY KEY ("stance", "id")',
        ]
        body = ",\n  ".join(lines)
        tables.append(
            f"CREATE TABLE {_quote_name(subject)} (\n  {body}\n) WITHOUT ROWID;"
        )
    return "\n".join(tables) + "\n"


def _write_query(subject: str, rules: Mapping[str, Expression]) -> str:
    counts: dict[str, dict[str, int]] = {}
    writer = _SqlWriter("m", counts)
    selected = [
        f"  {writer.write_truth(expression.root)} AS {_quote_name(rule)}"
        for rule, expression in rules.items()
    ]
    lines = []
    if counts:
        lines.append(
            "WITH " + ",\n".join(_write_bounds(*count) for count in counts.items())
        )
    lines += ["SELECT", ",\n".join(['  m."id"', '  m."stance"', *selected])]
    lines.append(f"FROM {_quote_name(subject)} AS m")
    if counts:
        lines.append('JOIN "stances" AS closed ON closed."stance" = m."stance"')
    for counted in counts:
        bounds = _quote_name(f"{counted}__bounds")
        lines.append(f'LEFT JOIN {bounds} ON {bounds}."stance" = m."stance"')
    return "\n".join(lines) + "\n"


def _write_bounds(counted: str, conditions: Mapping[str, int]) -> str:
    """How many members surely meet each condition, and how many may."""
    # SUM leaves NULL out: summed as it is, a member of whom it is unknown would count
    # in neither bound. IS TRUE keeps it out of `low`, IS NOT FALSE takes it into
    # `high`.
    sums = "".join(
        f",\n    SUM({condition} IS TRUE) AS low{number}"
        f",\n    SUM({condition} IS NOT FALSE) AS high{number}"
        for condition, number in conditions.items()
    )
    source = f'FROM {_quote_name(counted)} AS q\n  GROUP BY "stance"'
    bounds = _quote_name(f"{counted}__bounds")
    return f'{bounds} AS (\n  SELECT "stance"{sums}\n  {source}\n)'


class _SqlWriter:
    """Writes conditions about the row `alias`, and collects what is to be counted."""

    def __init__(self, alias: str, counts: dict[str, dict[str, int]]) -> None:
        self._alias = alias
        self._counts = counts

    def write_truth(self, node: tree.Truth) -> str:
        match node:
            # NOT, AND, OR and comparisons of SQL are those of Kleene's three values:
            # with NULL as unknown they need no help. IN stays sound because its list
            # holds only literals: with a NULL among them it could never be false.
            case tree.Literal(value):
                return str(int(cast("bool", value)))
            case tree.Not(part):
                return f"(NOT {self.write_truth(part)})"
            case tree.And(parts):
                return f"({' AND '.join(self.write_truth(part) for part in parts)})"
            case tree.Or(parts):
                return f"({' OR '.join(self.write_truth(part) for part in parts)})"
            case tree.Compare(comparator, left, right):
                sides = self.write_operand(left), self.write_operand(right)
                return f"({sides[0]} {comparator} {sides[1]})"
            case tree.In(item, values):
                listed = ", ".join(self.write_operand(value) for value in values)
                return f"({self.write_operand(item)} IN ({listed}))"
            case tree.Between(item, low, high):
                ends = f"{self.write_operand(low)} AND {self.write_operand(high)}"
                return f"({self.write_operand(item)} BETWEEN {ends})"
            case tree.Has(name, member):
                return self._write_membership(self.write_operand(name), member)
            case tree.Within(left, right):
                return self._write_within(left, right)
            case tree.Agree(_, fact):
                return self._write_column(f"agree__{fact}")
            case tree.Quantifier():
                return self._write_quantifier(node)
            case _:
                return self.write_operand(node)

    def write_operand(self, node: tree.Operand) -> str:
        match node:
            case tree.Literal(value):
                value_text = encode_value(value)
                return (
                    _quote_text(value_text)
                    if isinstance(value_text, str)
                    else str(value_text)
                )
            case tree.Name(_, fact):
                return self._write_column(fact)
            case tree.ParameterNode(name) | tree.GivenNode(name):
                return f":{name}"
            case tree.Arithmetic(operator, left, right):
                terms = self.write_operand(left), self.write_operand(right)
                return f"({terms[0]} {operator} {terms[1]})"
            case tree.DaysBetween(start, end):
                # Both days are midnights, n + ½ in a double: their difference is exact
                # and the cast cuts nothing off.
                days = [self.write_operand(day) for day in (end, start)]
                difference = f"julianday({days[0]}) - julianday({days[1]})"
                return f"CAST({difference} AS INTEGER)"
            case _:
                return _write_whole_months(
                    self.write_operand(node.start), self.write_operand(node.end)
                )

    def _write_column(self, name: str) -> str:
        return f"{self._alias}.{_quote_name(name)}"

    def _write_membership(self, column: str, member: str) -> str:
        return f"(instr({column}, {_quote_text(f'|{member}|')}) > 0)"

    def _write_within(
        self, left: tree.Name | tree.SetLiteral, right: tree.Name | tree.SetLiteral
    ) -> str:
        match left, right:
            case tree.SetLiteral(members), tree.Name():
                column = self.write_operand(right)
                memberships = " AND ".join(
                    self._write_membership(column, member) for member in members
                )
                return f"({memberships})"
            case tree.Name(), tree.SetLiteral(members):
                remainder = self.write_operand(left)
                for member in members:
                    remainder = (
                        f"replace({remainder}, {_quote_text(f'|{member}|')}, '|')"
                    )
                return f"({remainder} = '|')"
            case _:
                inner = self.write_operand(cast("tree.Name", left))
                outer = self.write_operand(cast("tree.Name", right))
                return _write_all_in(inner, outer)

    def _write_quantifier(self, node: tree.Quantifier) -> str:
        body = node.body
        if node.quantity is Quantity.EVERY and body is not None:
            body = tree.Not(body)
        parts = tuple(part for part in (node.where, body) if part is not None)
        inner = _SqlWriter("q", {})
        condition = inner.write_truth(tree.And(parts)) if parts else "1"
        # Members on record can only be joined by others: `low` settles an answer at
        # once, `high` only where every list that could bring another is closed. EVERY
        # is that nobody fails. Without ELSE, or with an unknown `least`, CASE is NULL:
        # unknown.
        conditions = self._counts.setdefault(node.subject, {})
        number = conditions.setdefault(condition, len(conditions) + 1)
        bounds = _quote_name(f"{node.subject}__bounds")
        low = f"COALESCE({bounds}.low{number}, 0)"
        high = f"COALESCE({bounds}.high{number}, 0)"
        names = tree.list_counted_parts(node) or (node.subject,)
        closed = " AND ".join(f"closed.{_quote_name(name)}" for name in names)
        if node.quantity in {Quantity.EVERY, Quantity.NONE}:
            return (
                f"(CASE WHEN {low} > 0 THEN 0 WHEN {closed} AND {high} = 0 THEN 1 END)"
            )
        least = (
            self.write_operand(node.least)
            if isinstance(node.least, tree.ParameterNode)
            else str(node.least or 1)
        )
        return (
            f"(CASE WHEN {low} >= {least} THEN 1"
            f" WHEN {closed} AND {high} < {least} THEN 0 END)"
        )


def _write_all_in(inner: str, outer: str) -> str:
    """Cut `inner` into its members and look for any that `outer` has not."""
    first = f"SELECT '', substr({inner}, 2)"
    following = (
        "SELECT substr(rest, 1, instr(rest, '|')), substr(rest, instr(rest, '|') + 1)"
    )
    cut = (
        f"cut(item, rest) AS ({first} UNION ALL {following} FROM cut WHERE rest <> '')"
    )
    odd = f"FROM cut WHERE item <> '' AND instr({outer}, '|' || item) = 0"
    # With either side unknown no odd member is found, and NOT EXISTS alone would call
    # that a yes.
    known = f"{inner} IS NOT NULL AND {outer} IS NOT NULL"
    return (
        f"(CASE WHEN {known} THEN NOT EXISTS (WITH RECURSIVE {cut} SELECT 1 {odd}) END)"
    )


def _write_whole_months(start: str, end: str) -> str:
    """Months between the two months, less one if the last is not yet whole."""

    def write_date_part(day: str, first: int, length: int) -> str:
        return f"CAST(substr({day}, {first}, {length}) AS INTEGER)"

    years = f"{write_date_part(end, 1, 4)} - {write_date_part(start, 1, 4)}"
    months = f"{write_date_part(end, 6, 2)} - {write_date_part(start, 6, 2)}"
    early = f"{write_date_part(start, 9, 2)} > {write_date_part(end, 9, 2)}"
    last = f"substr(date({end}, '+1 day'), 9, 2) = '01'"
    return f"(12 * ({years}) + ({months}) - ({early} AND NOT {last}))"


def _quote_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _quote_text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
