"""What is known of many cases as columns, filled case by case.

A case is resolved, told here and let go, so that a bucket of thousands takes the memory
of its columns and of one case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, cast

import polars as pl

from changqing.case.model import Application
from changqing.case.subjects import Subject
from changqing.evidence.model import Resolved
from changqing.judge.assess import bound_parameters, list_givens
from changqing.judge.model import Situation
from changqing.law.model import Catalogue
from changqing.rules.polars import PolarsProgram
from changqing.rules.rows import Rows, Stance
from changqing.rules.sqlite import encode_value, list_closed
from changqing.rules.types import Value

ABOUT: Final = "about"
"""A column that says type and fact as one word of few."""
GIVEN_SCHEMA: Final = pl.Schema(
    {
        "case": pl.Int64,
        "name": pl.String,
        "company": pl.String,
        "licence": pl.String,
        "scope": pl.String,
        "region": pl.String,
        "stage": pl.String,
    }
)
"""The columns that say whose a case is; `case` is its place among all, from 0."""
_TOLD_FACTS: Final = pl.Schema(
    [
        ("case", pl.Int64),
        ("subject", pl.String),
        ("id", pl.String),
        ("fact", pl.String),
        ("proven", pl.Boolean),
        ("gap", pl.String),
        ("proven_by", pl.Int64),
        ("claimed_by", pl.Int64),
    ]
)
_BASED_ON: Final = pl.Schema([("row", pl.Int64), ("based_on", pl.Int64)])
_FACTS: Final = pl.Schema({**_TOLD_FACTS, "based_on": pl.List(pl.Int64)})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFrames:
    """What `KnownColumns` has of many cases, as the rules take it.

    `members` has by type of subject two rows for each member, one a stance, `empty` the
    places of the cases without any. `lists` and `values` are what `PolarsProgram` calls
    so. `given` has a row a case, and `facts` one for each fact that was spoken of:
    whether it is proven, why it is not, and the entries in the log that say so.
    """

    members: Mapping[str, pl.DataFrame]
    empty: Mapping[str, list[int]]
    lists: pl.DataFrame
    values: pl.DataFrame
    given: pl.DataFrame
    facts: pl.DataFrame


class KnownColumns:
    """Columns of what is known of cases, by what the rules of a program read."""

    def __init__(
        self,
        program: PolarsProgram,
        catalogue: Catalogue,
        as_of: date,
        *,
        explained: frozenset[tuple[str, str]],
    ) -> None:
        """`explained` are the facts, by type of subject, that `facts` speaks of."""
        self._program = program
        self._catalogue = catalogue
        self._as_of = as_of
        self._explained = explained
        self._members = {
            subject: _MemberColumns(program, subject) for subject in program.plan.facts
        }
        self._empty: dict[str, list[int]] = {member: [] for member in self._members}
        self._given: dict[str, list[str]] = {
            name: [] for name in GIVEN_SCHEMA if name != "case"
        }
        # What many cases have in common is kept once, and of each case where.
        self._values: dict[str, list[Value | None]] = {
            name: [] for name in list(program.make_values_schema())[1:]
        }
        self._values_of: list[int] = []
        self._bound: dict[Application, int] = {}
        self._lists: list[tuple[object, ...]] = []
        self._lists_of: list[int] = []
        self._closed: dict[tuple[frozenset[str], ...], int] = {}
        self._facts: dict[str, list[object]] = {name: [] for name in _TOLD_FACTS}
        self._based_on: dict[str, list[int]] = {name: [] for name in _BASED_ON}
        self._agreed: list[pl.DataFrame] = []

    def __len__(self) -> int:
        """How many cases there are."""
        return len(self._values_of)

    def add(self, name: str, company: str, situation: Situation) -> None:
        """Tell what is known of one more case, of the id `name`."""
        place, about = len(self), situation.application
        whose = (name, company, about.licence, about.scope, about.region, about.stage)
        for column, word in zip(self._given.values(), whose, strict=True):
            column.append(word)
        self._values_of.append(self._bind_application(about))
        self._lists_of.append(self._list_closed(situation))
        rows: dict[Subject, int] = {}
        for member in situation.subjects:
            columns = self._members.get(member.type)
            if columns is not None and member not in rows:
                rows[member] = columns.add(place, member.id)
        having = {member.type for member in rows}
        for subject, empty in self._empty.items():
            if subject not in having:
                empty.append(place)
        for (member, fact), resolved in situation.resolved.items():
            row = rows.get(member)
            if row is None:
                continue
            self._members[member.type].tell(row, fact, resolved)
            if (member.type, fact) in self._explained:
                self._explain_fact(place, member, fact, resolved)

    def add_agreed(self, facts: pl.DataFrame) -> None:
        """Tell facts that sources agree on, of cases and members told of before.

        `facts` is that of `agreed.AgreedFacts`.
        """
        members = pl.concat(
            [
                columns.list_new_members(subject, self._given["name"])
                for subject, columns in self._members.items()
            ]
        )
        # What is told of no member is left out.
        located = facts.join(members, on=["case", "type", "id"])
        self._agreed.append(located.drop("case").rename({"place": "case"}))

    def build(self) -> KnownFrames:
        """Build the frames of all that was told."""
        facts = [self._build_facts()]
        stacks = {type_: _ColumnStack(type_) for type_ in _VALUES}
        for columns in self._members.values():
            columns.stack(stacks)
        if self._agreed:
            agreed = pl.concat(self._agreed)
            _fill_agreed(stacks, agreed)
            facts.append(self._select_explained(agreed))
        filled: dict[str, pl.Series] = {}
        for stack in stacks.values():
            filled |= stack.build()
        return KnownFrames(
            members={
                subject: columns.build(filled)
                for subject, columns in self._members.items()
            },
            empty=self._empty,
            lists=self._build_lists(),
            values=self._build_values(),
            given=pl.DataFrame(
                {"case": range(len(self)), **self._given}, schema=GIVEN_SCHEMA
            ),
            facts=pl.concat(facts),
        )

    def _build_facts(self) -> pl.DataFrame:
        """Build what was told case by case of the facts that are explained."""
        # The lists are put together by Polars, which is slow to read those of Python.
        based_on = (
            pl.DataFrame(self._based_on, schema=_BASED_ON)
            .group_by("row", maintain_order=True)
            .agg("based_on")
        )
        return (
            pl.DataFrame(self._facts, schema=_TOLD_FACTS)
            .with_columns(pl.int_range(pl.len(), dtype=pl.Int64).alias("row"))
            .join(based_on, on="row", how="left", maintain_order="left")
            .select(_FACTS.names())
        )

    def _select_explained(self, agreed: pl.DataFrame) -> pl.DataFrame:
        """Select what is told of facts that are explained, as `_FACTS` has it."""
        about = agreed[ABOUT]
        explained = {" ".join(key) for key in self._explained}
        is_explained = pl.Series(
            [name in explained for name in cast("pl.Enum", about.dtype).categories],
            dtype=pl.Boolean,
        )
        frame = agreed.rename({"type": "subject"}).select(_FACTS.names())
        return frame.filter(is_explained.gather(about.to_physical()))

    def _build_values(self) -> pl.DataFrame:
        """Build the parameters and givens of each case."""
        cases, *columns = self._program.make_values_schema().items()
        values = pl.DataFrame(self._values, schema=columns)
        places = pl.Series(*cases[:1], range(len(self)), cases[1])
        return values[self._values_of].insert_column(0, places)

    def _build_lists(self) -> pl.DataFrame:
        """Build which lists of each case are closed, in a row for each stance."""
        cases, *columns = self._program.make_lists_schema().items()
        lists = pl.DataFrame(self._lists, schema=columns, orient="row")
        turns = range(len(_STANCES))
        rows = [
            len(turns) * list_row + turn
            for list_row in self._lists_of
            for turn in turns
        ]
        places = [case for case in range(len(self)) for _ in turns]
        return lists[rows].insert_column(0, pl.Series(cases[0], places, cases[1]))

    def _bind_application(self, application: Application) -> int:
        """Find the row of parameters and givens of a case; None where none is set."""
        row = self._bound.get(application)
        if row is None:
            bound = bound_parameters(self._catalogue, application, self._as_of)
            givens = list_givens(application, self._as_of)
            row = self._bound[application] = len(self._bound)
            names = self._program.plan.names
            for name, column in zip(names, self._values.values(), strict=True):
                column.append(givens[name] if name in givens else bound.get(name))
        return row

    def _list_closed(self, situation: Situation) -> int:
        """Find which rows say what lists are closed: a number for those of a case."""
        list_states = (situation.open_claimed, situation.open_proven, situation.absent)
        number = self._closed.get(list_states)
        if number is None:
            rows = Rows(
                members={},
                open_lists={
                    Stance.CLAIMED: situation.open_claimed,
                    Stance.PROVEN: situation.open_proven,
                },
                absent=situation.absent,
            )
            number = self._closed[list_states] = len(self._closed)
            self._lists += [
                (stance, *map(bool, closed))
                for stance, *closed in list_closed(rows, self._program.plan.lists)
            ]
        return number

    def _explain_fact(
        self, place: int, member: Subject, fact: str, resolved: Resolved
    ) -> None:
        """Note of a fact whether it is proven, and by which evidence."""
        proven = resolved.proven is not None
        deciding_records = (resolved.proven_by, resolved.claimed_by)
        row = (
            *(place, member.type, member.id, fact, proven),
            None if proven or resolved.gap is None else resolved.gap.value,
            *(
                None if record is None or not record.number else record.number
                for record in deciding_records
            ),
        )
        # A computed fact has no number of its own, and names what it comes from.
        based_on = [
            *(
                n
                for record in deciding_records
                if record is not None
                for n in record.based_on
            ),
            *(() if proven else resolved.gap_entries),
        ]
        if based_on:
            about = len(self._facts["case"])
            self._based_on["row"] += [about] * len(based_on)
            self._based_on["based_on"] += based_on
        for column, value in zip(self._facts.values(), row, strict=True):
            column.append(value)


class _ColumnStack:
    """Columns of one type, one below the other: to fill one costs as to fill many."""

    def __init__(self, type_: type[pl.DataType]) -> None:
        self._type = type_
        self._rows: list[pl.Series] = []
        self._values: list[pl.Series] = []
        self._length = 0
        self._places: dict[str, tuple[int, int]] = {}
        """By name the first row of each column, and how many it has."""

    def add(self, name: str, length: int, told: Sequence[object]) -> None:
        """Add a column, of which what was `told` of its first rows stands there."""
        first = self._length
        self._places[name] = (first, length)
        self._length += length
        if told:
            rows = pl.int_range(first, first + len(told), eager=True)
            self.fill(rows, pl.Series(told, dtype=self._type))

    def find_rows(self, names: Sequence[str], facts: pl.DataFrame) -> pl.DataFrame:
        """Find where facts stand here, without those that have no column.

        `facts` has the place of each in `names`, and the `row` of its column.
        """
        firsts = {name: first for name, (first, _) in self._places.items()}
        first = pl.Series([firsts.get(name) for name in names], dtype=pl.Int64)
        rows = first.gather(facts[ABOUT].to_physical()) + facts["row"]
        return facts.with_columns(rows.alias("row")).filter(rows.is_not_null())

    def fill(self, rows: pl.Series, values: pl.Series) -> None:
        """Put values into rows; into a row that has one, the last."""
        self._rows.append(rows)
        self._values.append(values)

    def build(self) -> dict[str, pl.Series]:
        """Build the columns by name: nothing stands where nothing was put."""
        stack = pl.Series([None], dtype=self._type).new_from_index(0, self._length)
        if self._rows:
            stack.scatter(pl.concat(self._rows), pl.concat(self._values))
        return {name: stack.slice(*place) for name, place in self._places.items()}


def _fill_agreed(
    stacks: Mapping[type[pl.DataType], _ColumnStack], agreed: pl.DataFrame
) -> None:
    """Put what sources agree on into the columns that rules read."""
    names = cast("pl.Enum", agreed[ABOUT].dtype).categories.to_list()
    for type_, held in _VALUES.items():
        stack = stacks[type_]
        for name in held:
            facts = agreed.select(ABOUT, "row", name, "proven").drop_nulls(name)
            facts = stack.find_rows(names, facts)
            rows, values, proven = facts["row"], facts[name], facts["proven"]
            stack.fill(rows, values)
            stack.fill(rows.filter(proven) + 1, values.filter(proven))
    names = [name.replace(" ", f" {_AGREE}") for name in names]
    stack = stacks[pl.Boolean]
    for turn, name in enumerate(("agree_claimed", "agree_proven")):
        facts = agreed.select(ABOUT, "row", name).drop_nulls(name)
        facts = stack.find_rows(names, facts)
        stack.fill(facts["row"] + turn, facts[name])


class _MemberColumns:
    """Two rows for each member of one type: what is claimed and what is proven."""

    def __init__(self, program: PolarsProgram, subject: str) -> None:
        self._subject = subject
        self._schema = program.make_schema(subject)
        self._cases: list[int] = []
        self._ids: list[str] = []
        self._listed = 0
        self._facts: dict[str, list[object]] = {
            fact: [] for fact in program.plan.facts[subject]
        }
        self._agreements: dict[str, list[object]] = {
            fact: [] for fact in program.plan.agreements[subject]
        }

    def add(self, place: int, id_: str) -> int:
        """Add a member of a case, of which nothing is known yet; its first row."""
        row = len(self._cases)
        self._cases += (place, place)
        self._ids += (id_, id_)
        return row

    def tell(self, row: int, fact: str, resolved: Resolved) -> None:
        """Tell a fact of the member whose first row is `row`."""
        column = self._facts.get(fact)
        if column is not None:
            self._fill_column(
                column,
                row,
                _encode_value(resolved.claimed),
                _encode_value(resolved.proven),
            )
        column = self._agreements.get(fact)
        if column is not None:
            self._fill_column(
                column, row, resolved.agree_claimed, resolved.agree_proven
            )

    def list_new_members(self, subject: str, names: Sequence[str]) -> pl.DataFrame:
        """List the members that were not listed before, each with its first `row`.

        `names` has the id of the case at each place.
        """
        first, self._listed = self._listed, len(self._cases)
        places = self._cases[first::2]
        return pl.DataFrame(
            {
                "case": [names[place] for place in places],
                "type": [subject] * len(places),
                "id": self._ids[first::2],
                "place": places,
                "row": range(first, self._listed, 2),
            },
            schema={
                **dict.fromkeys(("case", "type", "id"), pl.String),
                **dict.fromkeys(("place", "row"), pl.Int64),
            },
        )

    @property
    def length(self) -> int:
        """How many rows there are."""
        return len(self._cases)

    def stack(self, stacks: Mapping[type[pl.DataType], _ColumnStack]) -> None:
        """Add the columns, and what was told case by case, to those of their type."""
        agreements = {_AGREE + fact: told for fact, told in self._agreements.items()}
        for name, told in {**self._facts, **agreements}.items():
            stack = stacks[self._schema[name].base_type()]
            stack.add(f"{self._subject} {name}", self.length, told)

    def build(self, filled: Mapping[str, pl.Series]) -> pl.DataFrame:
        """Build the frame that the program wants from the columns that are filled."""
        stances = [stance.value for stance in _STANCES] * (self.length // 2)
        keys = (
            pl.Series("case", self._cases, pl.Int64),
            pl.Series("id", self._ids, pl.String),
            pl.Series("stance", stances, pl.String),
        )
        names = self._schema.names()[len(keys) :]
        columns = (filled[f"{self._subject} {name}"].alias(name) for name in names)
        return pl.DataFrame([*keys, *columns])

    def _fill_column(
        self, column: list[object], row: int, claimed: object, proven: object
    ) -> None:
        if len(column) <= row:  # nobody before had anything to say of it
            column += [None] * (self.length - len(column))
        column[row] = claimed
        column[row + 1] = proven


_STANCES: Final = (Stance.CLAIMED, Stance.PROVEN)
_AGREE: Final = "agree__"
_VALUES: Final[Mapping[type[pl.DataType], tuple[str, ...]]] = {
    pl.Boolean: ("boolean",),
    pl.Int64: ("number",),
    pl.Date: ("day",),
    pl.String: ("text", "members"),
}
"""Where the value of an agreed fact may stand, by the type of its column."""


def _encode_value(value: Value | None) -> object:
    """Encode a value as a column holds it; what has a type of its own stays."""
    if isinstance(value, bool | date | str) or value is None:
        return value
    return encode_value(value)
