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

from collections.abc import Mapping
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
_KNOWN = "known__"
"""Begins the columns of parameters and givens; no fact may have such a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolarsProgram:
    """Rules ready for frames of any length."""

    plan: RulePlan
    vocabulary: Vocabulary
    _written: dict[str, tuple[_PolarsWriter, list[pl.Expr]]] = field(
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
        return self._evaluate(frames, lists, {**parameters, **givens}, None)

    def evaluate_register(
        self,
        frames: Mapping[str, pl.DataFrame],
        lists: pl.DataFrame,
        known: pl.DataFrame,
    ) -> Mapping[str, pl.DataFrame]:
        """As `evaluate_frames`, where each case has parameters and givens of its own.

        `known` has the columns of `make_values_schema`, and a row for each case.
        """
        return self._evaluate(frames, lists, None, known)

    def _evaluate(
        self,
        frames: Mapping[str, pl.DataFrame],
        lists: pl.DataFrame,
        fixed: Known | None,
        known: pl.DataFrame | None,
    ) -> Mapping[str, pl.DataFrame]:
        """Judge with what is `fixed` for all cases, or with what is `known` of each."""
        found: dict[str, pl.DataFrame] = {}
        for subject, rules in self.plan.rules.items():
            if subject not in frames:
                continue
            writer, truths = self._write(subject, rules, fixed)
            frame = _join_known(frames[subject].lazy(), known, writer.read)
            if writer.counts:
                frame = frame.join(
                    lists.lazy(), on=_KEY, how="left", maintain_order="left"
                )
            for counted, conditions in writer.counts.items():
                members = _join_known(
                    frames.get(
                        counted, pl.DataFrame(schema=self.make_schema(counted))
                    ).lazy(),
                    known,
                    writer.read,
                )
                bounds = _compute_bounds(members, conditions)
                frame = frame.join(bounds, on=_KEY, how="left", maintain_order="left")
            found[subject] = frame.select("case", "id", "stance", *truths).collect()
        return found

    def _write(
        self, subject: str, rules: Mapping[str, Expression], fixed: Known | None
    ) -> tuple[_PolarsWriter, list[pl.Expr]]:
        """Write the rules of a subject; once only, where nothing is fixed."""
        found = self._written.get(subject) if fixed is None else None
        if found is None:
            writer = _PolarsWriter(fixed)
            found = (
                writer,
                [
                    writer.write_truth(expression.root).alias(rule)
                    for rule, expression in rules.items()
                ],
            )
            if fixed is None:
                self._written[subject] = found
        return found

    def evaluate(self, rows: Rows, *, parameters: Known, givens: Known) -> Verdicts:
        """Every rule for every member of one case, as `SqliteEngine` says it."""
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


def _join_known(
    frame: pl.LazyFrame, known: pl.DataFrame | None, read: set[str]
) -> pl.LazyFrame:
    """Put beside each row the parameters and givens of its case that rules read."""
    if known is None or not read:
        return frame
    columns = known.lazy().select("case", *(_KNOWN + name for name in sorted(read)))
    return frame.join(columns, on="case", how="left", maintain_order="left")


def _compute_bounds(members: pl.LazyFrame, conditions: list[pl.Expr]) -> pl.LazyFrame:
    """How many members surely meet each condition, and how many may."""
    # As in SQL a sum leaves null out, so each bound says first what unknown counts for.
    sums = [
        bound
        for condition in conditions
        for name in (condition.meta.output_name(),)
        for bound in (
            pl.col(name)
            .fill_null(value=False)
            .sum()
            .cast(pl.Int64)
            .name.suffix("_low"),
            pl.col(name)
            .fill_null(value=True)
            .sum()
            .cast(pl.Int64)
            .name.suffix("_high"),
        )
    ]
    return members.select(*_KEY, *conditions).group_by(*_KEY).agg(*sums)


class _PolarsWriter:
    """Writes conditions about a row, and collects what is to be counted.

    Where nothing is `fixed`, parameters and givens are columns; `read` names those.
    """

    def __init__(self, fixed: Known | None) -> None:
        self._fixed = fixed
        self.counts: dict[str, list[pl.Expr]] = {}
        self.read: set[str] = set()

    def write_truth(self, node: tree.Truth) -> pl.Expr:
        match node:
            # `~`, `&`, `|` and comparisons of nullable columns are Kleene's, as SQL has
            # them.
            case tree.Not(part):
                return ~self.write_truth(part)
            case tree.And(parts):
                return reduce(and_, [self.write_truth(part) for part in parts])
            case tree.Or(parts):
                return reduce(or_, [self.write_truth(part) for part in parts])
            case tree.Compare(comparator, left, right):
                return _compare(
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
                return self.write_operand(node)

    def write_operand(self, node: tree.Operand) -> pl.Expr:
        match node:
            case tree.Literal(value, kind):
                return pl.lit(value, dtype=_TYPES[kind])
            case tree.Name(_, fact):
                return pl.col(fact)
            case tree.ParameterNode(name, kind) | tree.GivenNode(name, kind):
                if self._fixed is not None:
                    return pl.lit(self._fixed.get(name), dtype=_TYPES[kind])
                self.read.add(name)
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
            case tree.SetLiteral(members), tree.Name():
                held = [
                    _contains_member(self.write_operand(right), member)
                    for member in members
                ]
                return reduce(and_, held)
            case tree.Name(), tree.SetLiteral(members):
                rest = self.write_operand(left)
                for member in members:
                    rest = rest.str.replace(f"|{member}|", "|", literal=True)
                return rest == "|"
            case _:
                one, other = (
                    self.write_operand(cast("tree.Name", side)).str.split("|")
                    for side in (left, right)
                )
                odd = one.list.set_difference(other).list.len()
                return pl.when(one.is_not_null() & other.is_not_null()).then(odd == 0)

    def _write_quantifier(self, node: tree.Quantifier) -> pl.Expr:
        negative = node.quantity in {Quantity.EVERY, Quantity.NONE}
        conditions = self.counts.setdefault(node.subject, [])
        name = f"{node.subject}__{len(conditions)}"
        conditions.append(self._write_count(node).alias(name))
        low, high = (pl.col(f"{name}_{end}").fill_null(0) for end in ("low", "high"))
        least = (
            self.write_operand(node.least)
            if isinstance(node.least, tree.ParameterNode)
            else pl.lit(node.least or 1, dtype=pl.Int64)
        )
        lists = tree.list_counted_parts(node) or (node.subject,)
        closed = reduce(and_, (pl.col(f"closed__{each}") for each in lists))
        # No `otherwise`: what neither bound settles is null, as in `sqlite`.
        return (
            pl.when(low >= least)
            .then(not negative)
            .when(closed & (high < least))
            .then(negative)
        )

    def _write_count(self, node: tree.Quantifier) -> pl.Expr:
        found: list[pl.Expr] = []
        if node.where is not None:
            found.append(self.write_truth(node.where))
        if node.body is not None:
            body = self.write_truth(node.body)
            found.append(~body if node.quantity is Quantity.EVERY else body)
        return reduce(and_, found, pl.lit(value=True))


def _compare(comparator: Comparator, left: pl.Expr, right: pl.Expr) -> pl.Expr:
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
