"""Rules as Polars expressions: the same verdicts for a register of many cases.

A subject's frame has the columns `case`, `id`, `stance`, its facts and, for
`agree(fact)`, `agree__fact`. The frame of lists has `case`, `stance` and, per
quantified subject, `closed__<subject>`, and the same for each part of a list that rules
count. Sets are stored as SQLite has them, `|a|b|`; dates are dates. Parameters and
givens hold for all cases of one call (`evaluate_frames`), or stand in a frame of their
own with a row for each case (`evaluate_register`), which is several times as fast as a
call for each licence, scope and region.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import cast

import polars as pl

from changqing.rules import tree
from changqing.rules.expression import Expression
from changqing.rules.plan import RulePlan, lay_out
from changqing.rules.rows import MemberRow, Rows, Stance
from changqing.rules.sqlite import Verdicts, encode_value, list_closed
from changqing.rules.tree import Comparator, Operator, Quantity
from changqing.rules.types import Kind, Value, Vocabulary

_KEY = ("case", "stance")
_TYPES: Mapping[Kind, type[pl.DataType]] = {
    Kind.BOOLEAN: pl.Boolean,
    Kind.NUMBER: pl.Int64,
    Kind.DATE: pl.Date,
    Kind.CATEGORY: pl.String,
    Kind.TEXT: pl.String,
    Kind.SET: pl.String,
}

Known = Mapping[str, Value | None]
"""Values of parameters and givens; absent or None is unknown."""
_NUMBER = "number of case and stance"
_EVERYBODY = "number of members"
_LOW = " at least"
_HIGH = " at most"
_NUMBERED = (
    2 * pl.col("case") + (pl.col("stance") == Stance.PROVEN.value).cast(pl.Int64)
).alias(_NUMBER)
"""Both keys as one number: quicker to group and to join by than a text."""
_STRICT = (tree.Compare, tree.In, tree.Has, tree.Within)
"""Conditions that are unknown of a row as soon as anything they read is."""
_KNOWN = "known__"
"""Begins the columns of parameters and givens; no fact may have such a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolarsProgram:
    """Rules ready for frames of any length."""

    plan: RulePlan
    vocabulary: Vocabulary
    _written: dict[str, _SubjectRules] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """By subject its rules once written, where parameters and givens are columns."""

    def make_schema(self, subject: str) -> pl.Schema:
        """List the columns, with types, that the frame of `subject` must have."""
        types = self.vocabulary.facts[subject]
        columns: dict[str, type[pl.DataType]] = {
            "case": pl.Int64,
            "id": pl.String,
            "stance": pl.String,
            **{fact: _TYPES[types[fact].kind] for fact in self.plan.facts[subject]},
            **{f"agree__{fact}": pl.Boolean for fact in self.plan.agreements[subject]},
        }
        return pl.Schema(columns)

    def make_lists_schema(self) -> pl.Schema:
        """List the columns of the frame that says which lists are closed."""
        closed = {f"closed__{name}": pl.Boolean for name in self.plan.lists}
        return pl.Schema({"case": pl.Int64, "stance": pl.String, **closed})

    def make_values_schema(self) -> pl.Schema:
        """List the columns of what holds for each case: parameters, givens."""
        words = self.vocabulary
        types = {**words.parameters, **words.givens}
        columns: dict[str, type[pl.DataType]] = {"case": pl.Int64}
        columns |= {_KNOWN + name: _TYPES[types[name].kind] for name in self.plan.names}
        return pl.Schema(columns)

    def evaluate_frames(
        self,
        frames: Mapping[str, pl.DataFrame],
        lists: pl.DataFrame,
        *,
        parameters: Known,
        givens: Known,
    ) -> Mapping[str, pl.DataFrame]:
        """Judge every member of every case; null is unknown.

        `frames` holds a frame for each subject, of the columns `make_schema` names; a
        subject without one has no members. `lists` has those of `make_lists_schema`.
        Returns by subject one boolean column per rule, beside `case`, `id` and
        `stance`. Rows keep their order.
        """
        return self._evaluate_cases(frames, lists, {**parameters, **givens}, None)

    def evaluate_register(
        self,
        frames: Mapping[str, pl.DataFrame],
        lists: pl.DataFrame,
        known: pl.DataFrame,
    ) -> Mapping[str, pl.DataFrame]:
        """Evaluate cases that have parameters and givens of their own.

        Else as `evaluate_frames`.
        `known` has the columns of `make_values_schema`, and a row for each case, in
        their order from 0. Raises ValueError where it has not.
        """
        if known["case"].to_list() != list(range(known.height)):
            msg = "known has no row for each case, in their order from 0"
            raise ValueError(msg)
        return self._evaluate_cases(frames, lists, None, known)

    def _evaluate_cases(
        self,
        frames: Mapping[str, pl.DataFrame],
        lists: pl.DataFrame,
        fixed: Known | None,
        values_by_case: pl.DataFrame | None,
    ) -> Mapping[str, pl.DataFrame]:
        """Judge with what is `fixed` for all cases, or with the values of each."""
        answers: dict[str, pl.DataFrame] = {}
        for subject in self.plan.rules:
            if subject not in frames:
                continue
            program = self._write_rules(subject, fixed)
            conditions, frame = program.conditions, frames[subject]
            # Keys alone are joined: to carry every fact along would copy it each time.
            beside = frame.select("case", _NUMBERED)
            if conditions.counted:
                beside = _join_column(
                    beside, lists.select(_NUMBERED, pl.exclude(_KEY)), _NUMBER
                )
            for counted, members in conditions.counted.items():
                there = frames.get(counted)
                if there is None:
                    there = pl.DataFrame(schema=self.make_schema(counted))
                beside = _join_bounds(
                    beside,
                    counted,
                    members,
                    members.join_known(there, values_by_case),
                )
            truths = conditions.evaluate(
                conditions.join_known(frame, values_by_case).hstack(
                    beside.drop("case", _NUMBER).get_columns()
                )
            )
            answers[subject] = pl.DataFrame(
                [
                    *frame.select("case", "id", "stance").get_columns(),
                    *(truths[name].alias(rule) for rule, name in program.rules.items()),
                ]
            )
        return answers

    def _write_rules(self, subject: str, fixed: Known | None) -> _SubjectRules:
        """Write the rules of a subject; once only, where nothing is fixed."""
        subject_rules = self._written.get(subject) if fixed is None else None
        if subject_rules is None:
            conditions = _Conditions(fixed)
            subject_rules = _SubjectRules(
                conditions=conditions,
                rules={
                    rule: conditions.write(expression.root)
                    for rule, expression in self.plan.rules[subject].items()
                },
            )
            if fixed is None:
                self._written[subject] = subject_rules
        return subject_rules

    def evaluate(self, rows: Rows, *, parameters: Known, givens: Known) -> Verdicts:
        """Evaluate every rule for every member of one case, as `SqliteEngine` does."""
        judged = self.evaluate_frames(
            self.make_frames(rows),
            self.make_lists(rows),
            parameters=parameters,
            givens=givens,
        )
        return {
            (rule, row["id"], Stance(row["stance"])): row[rule]
            for subject, frame in judged.items()
            for row in frame.iter_rows(named=True)
            for rule in self.plan.rules[subject]
        }

    def make_frames(self, rows: Rows) -> Mapping[str, pl.DataFrame]:
        """Make the frames of one case, 0, by those subjects that have members."""
        return {
            subject: pl.DataFrame(
                [self._encode_row(subject, member) for member in rows.members[subject]],
                schema=self.make_schema(subject),
                orient="row",
            )
            for subject in self.plan.facts
            if rows.members.get(subject)
        }

    def make_lists(self, rows: Rows) -> pl.DataFrame:
        """Make the frame that says which lists of one case, 0, are closed."""
        return pl.DataFrame(
            [
                (0, stance, *map(bool, closed))
                for stance, *closed in list_closed(rows, self.plan.lists)
            ],
            schema=self.make_lists_schema(),
            orient="row",
        )

    def _encode_row(self, subject: str, member: MemberRow) -> tuple[object, ...]:
        values = (member.values.get(fact) for fact in self.plan.facts[subject])
        return (
            0,
            member.id,
            member.stance.value,
            *(encode_value(v) if isinstance(v, int | frozenset) else v for v in values),
            *(member.agree.get(fact) for fact in self.plan.agreements[subject]),
        )


def compile_polars(
    rules: Mapping[str, Expression], *, vocabulary: Vocabulary
) -> PolarsProgram:
    """Prepare rules by id for Polars. Needs the extra `bulk`.

    Raises RuleError as `compile_sqlite` does.
    """
    return PolarsProgram(plan=lay_out(rules, vocabulary), vocabulary=vocabulary)


def _join_column(frame: pl.DataFrame, other: pl.DataFrame, key: str) -> pl.DataFrame:
    """Put beside each row that of `other` with the same key, or null."""
    return frame.join(other, on=key, how="left", maintain_order="left")


def _join_bounds(
    beside: pl.DataFrame, subject: str, members: _Conditions, frame: pl.DataFrame
) -> pl.DataFrame:
    """Put beside each row how many members surely meet each condition, how many may."""
    truths = members.evaluate(frame)
    # As in SQL a sum leaves null out, so each bound says first what unknown counts for.
    conditions = pl.DataFrame(
        [truths[name].alias(f"{subject} {name}") for name in members.asked]
    )
    bounds = conditions.select(pl.all().name.suffix(_LOW)).hstack(
        conditions.select(pl.all().fill_null(value=True).name.suffix(_HIGH))
    )
    # What is true of nobody, or of everybody, need not be added up for each row.
    totals = {bound.name: bound.sum() for bound in bounds.iter_columns()}
    split = [name for name, total in totals.items() if 0 < total < frame.height]
    sums = (
        frame.select(_NUMBERED)
        .hstack(bounds.select(split))
        .group_by(_NUMBER)
        .agg(pl.len().alias(_EVERYBODY), pl.all().sum())
        .cast(pl.Int64)
    )
    beside = _join_column(beside, sums, _NUMBER)
    everybody = beside[_EVERYBODY]
    nobody = pl.Series([0], dtype=pl.Int64).new_from_index(0, beside.height)
    return beside.drop(_EVERYBODY).hstack(
        [
            (everybody if total else nobody).alias(name)
            for name, total in totals.items()
            if name not in split
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SubjectRules:
    """The rules of a subject: the conditions, and which of them is which rule."""

    conditions: _Conditions
    rules: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _TruthStep:
    """A truth computed from others, all by their names."""

    name: str
    operator: Callable[[pl.Series, pl.Series], pl.Series] | None
    parts: tuple[str, ...]

    def compute(self, truths: Mapping[str, pl.Series]) -> pl.Series:
        """Compute it; without an operator the only part is negated."""
        # `~`, `&` and `|` of nullable columns are Kleene's, as SQL has them.
        first, *others = [truths[name] for name in self.parts]
        if self.operator is None:
            return ~first
        return reduce(self.operator, others, first)


class _Conditions:
    """Conditions on the rows of one frame, of which each distinct part is judged once.

    What compares values is written as expressions, which Polars computes together; what
    only joins truths are steps over whole columns of them. As one expression a rule
    would be planned anew in each call, and what it shares with another rule judged
    twice: with hundreds of rules that takes longer than judging the rows.

    Where nothing is `fixed`, parameters and givens are columns.
    """

    def __init__(self, fixed: Known | None) -> None:
        self._fixed = fixed
        self._read: set[str] = set()
        self._expressions: dict[str, pl.Expr] = {}
        self._needed: dict[str, frozenset[str]] = {}
        """By name of a condition the columns without which it is unknown."""
        self._steps: list[_TruthStep] = []
        self._names: dict[tree.Truth, str] = {}
        self.asked: dict[str, None] = {}
        """The names of what is counted, where these rows are members of another."""
        self.counted: dict[str, _Conditions] = {}
        """Conditions on the members of other subjects, which these count."""

    def join_known(
        self, frame: pl.DataFrame, known: pl.DataFrame | None
    ) -> pl.DataFrame:
        """Put beside each row the parameters and givens of its case that are read."""
        if known is None or not self._read:
            return frame
        columns = known.select(_KNOWN + name for name in sorted(self._read))
        # A case is the number of its row: to take rows is quicker than to join them.
        return frame.hstack(columns[frame["case"]])

    def evaluate(self, frame: pl.DataFrame) -> Mapping[str, pl.Series]:
        """Judge each row of `frame`; a column of truths by each name, null unknown."""
        # Of a register much is known of nobody: what needs that is not compared.
        unknown = {
            name
            for name in frozenset().union(*self._needed.values())
            if frame[name].null_count() == frame.height
        }
        blank = pl.Series([None], dtype=pl.Boolean).new_from_index(0, frame.height)
        truths = {column.name: column for column in frame.iter_columns()}
        expressions = []
        for name, expression in self._expressions.items():
            if unknown.isdisjoint(self._needed.get(name, ())):
                expressions.append(expression)
            else:
                truths[name] = blank
        # With a column of the frame, so that what a rule says outright is as long.
        judged = frame.select_seq("case", *expressions)
        truths |= {column.name: column for column in judged.iter_columns()}
        for step in self._steps:
            truths[step.name] = step.compute(truths)
        return truths

    def write(self, node: tree.Truth) -> str:
        """Write a condition, unless it is written; the name of its truths."""
        name = self._names.get(node)
        if name is None:
            match node:
                case tree.Not(part):
                    name = self._add_step(None, (part,))
                case tree.And(parts):
                    name = self._add_step(and_, parts)
                case tree.Or(parts):
                    name = self._add_step(or_, parts)
                case tree.Name(_, fact):
                    name = fact  # a column of the frame says it
                case _:
                    name = self._name_next()
                    expression = self._write_leaf(node)
                    self._expressions[name] = expression.alias(name)
                    if isinstance(node, _STRICT):
                        self._needed[name] = frozenset(expression.meta.root_names())
            self._names[node] = name
        return name

    def _add_step(
        self,
        operator: Callable[[pl.Series, pl.Series], pl.Series] | None,
        parts: Sequence[tree.Truth],
    ) -> str:
        # Parts first: a step takes what steps before it have computed.
        operands = tuple(self.write(part) for part in parts)
        name = self._name_next()
        self._steps.append(_TruthStep(name, operator, operands))
        return name

    def _name_next(self) -> str:
        return f"truth {len(self._expressions) + len(self._steps)}"

    def _write_leaf(self, node: tree.Truth) -> pl.Expr:
        """Write a condition that joins no others."""
        match node:
            case tree.Compare(comparator, left, right):
                return _compare_sides(
                    comparator, self.write_operand(left), self.write_operand(right)
                )
            case tree.In(item, values):
                value = self.write_operand(item)
                return reduce(
                    or_, [value == self.write_operand(literal) for literal in values]
                )
            case tree.Between(item, low, high):
                value = self.write_operand(item)
                return (value >= self.write_operand(low)) & (
                    value <= self.write_operand(high)
                )
            case tree.Has(name, member):
                return _contains_member(self.write_operand(name), member)
            case tree.Within(left, right):
                return self._write_within(left, right)
            case tree.Agree(_, fact):
                return pl.col(f"agree__{fact}")
            case tree.Quantifier():
                return self._write_quantifier(node)
            case _:
                return self.write_operand(cast("tree.Operand", node))

    def write_operand(self, node: tree.Operand) -> pl.Expr:
        match node:
            case tree.Literal(value, kind):
                return pl.lit(value, dtype=_TYPES[kind])
            case tree.Name(_, fact):
                return pl.col(fact)
            case tree.ParameterNode(name, kind) | tree.GivenNode(name, kind):
                if self._fixed is not None:
                    return pl.lit(self._fixed.get(name), dtype=_TYPES[kind])
                self._read.add(name)
                return pl.col(_KNOWN + name)
            case tree.Arithmetic(operator, left, right):
                return _apply_operator(
                    operator, self.write_operand(left), self.write_operand(right)
                )
            case tree.DaysBetween(start, end):
                return (
                    self.write_operand(end) - self.write_operand(start)
                ).dt.total_days()
            case _:
                return _count_whole_months(
                    self.write_operand(node.start), self.write_operand(node.end)
                )

    def _write_within(
        self, left: tree.Name | tree.SetLiteral, right: tree.Name | tree.SetLiteral
    ) -> pl.Expr:
        match left, right:
            case [tree.SetLiteral(members), tree.Name()]:
                memberships = [
                    _contains_member(self.write_operand(right), member)
                    for member in members
                ]
                return reduce(and_, memberships)
            case [tree.Name(), tree.SetLiteral(members)]:
                remainder = self.write_operand(left)
                for member in members:
                    remainder = remainder.str.replace(f"|{member}|", "|", literal=True)
                return remainder == "|"
            case _:
                expression, other = (
                    self.write_operand(cast("tree.Name", side)).str.split("|")
                    for side in (left, right)
                )
                odd = expression.list.set_difference(other).list.len()
                return pl.when(expression.is_not_null() & other.is_not_null()).then(
                    odd == 0
                )

    def _write_quantifier(self, node: tree.Quantifier) -> pl.Expr:
        negative = node.quantity in {Quantity.EVERY, Quantity.NONE}
        members = self.counted.setdefault(node.subject, _Conditions(self._fixed))
        name = members.write(_find_counted(node))
        members.asked[name] = None
        low, high = (
            pl.col(f"{node.subject} {name}{end}").fill_null(0) for end in (_LOW, _HIGH)
        )
        least = (
            self.write_operand(node.least)
            if isinstance(node.least, tree.ParameterNode)
            else pl.lit(node.least or 1, dtype=pl.Int64)
        )
        lists = tree.list_counted_parts(node) or (node.subject,)
        closed = reduce(and_, (pl.col(f"closed__{column}") for column in lists))
        # No `otherwise`: what neither bound settles is null, as in `sqlite`.
        return (
            pl.when(low >= least)
            .then(not negative)
            .when(closed & (high < least))
            .then(negative)
        )


def _find_counted(node: tree.Quantifier) -> tree.Truth:
    """Find what a member has to be like to be counted by a quantifier."""
    parts = [] if node.where is None else [node.where]
    if node.body is not None:
        # Of EVERY those are counted that fail the body.
        is_every = node.quantity is Quantity.EVERY
        parts.append(tree.Not(node.body) if is_every else node.body)
    match parts:
        case []:
            return tree.Literal(value=True, kind=Kind.BOOLEAN)
        case [part]:
            return part
        case _:
            return tree.And(tuple(parts))


def _compare_sides(comparator: Comparator, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    match comparator:
        case Comparator.EQUAL:
            return left == right
        case Comparator.UNEQUAL:
            return left != right
        case Comparator.LESS:
            return left < right
        case Comparator.AT_MOST:
            return left <= right
        case Comparator.GREATER:
            return left > right
        case _:
            return left >= right


def _apply_operator(operator: Operator, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    match operator:
        case Operator.ADD:
            return left + right
        case Operator.SUBTRACT:
            return left - right
        case _:
            return left * right


def _contains_member(column: pl.Expr, member: str) -> pl.Expr:
    return column.str.contains(f"|{member}|", literal=True)


def _count_whole_months(start: pl.Expr, end: pl.Expr) -> pl.Expr:
    """Months between the two months, less one if the last is not yet whole."""

    def count_months(day: pl.Expr) -> pl.Expr:
        return day.dt.year().cast(pl.Int64) * 12 + day.dt.month().cast(pl.Int64)

    early = (start.dt.day() > end.dt.day()) & (end.dt.month_end() != end)
    return count_months(end) - count_months(start) - early.cast(pl.Int64)
