"""What is known of many cases as columns, filled case by case.

A case is resolved, told here and let go, so that a bucket of thousands takes the memory
of its columns and of one case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
        self._values: list[tuple[Value | None, ...]] = []
        self._values_of: list[int] = []
        self._bound: dict[Application, int] = {}
        self._lists: list[tuple[object, ...]] = []
        self._lists_of: list[int] = []
        self._closed: dict[tuple[frozenset[str], ...], int] = {}
        self._facts: dict[str, list[object]] = {name: [] for name in _TOLD_FACTS}
        self._based_on: list[tuple[int, int]] = []
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
        parts: dict[str, list[_FactRows]] = {}
        if self._agreed:
            agreed = pl.concat(self._agreed)
            for part in _divide_by_fact(agreed):
                parts.setdefault(part.subject, []).append(part)
            facts.append(self._select_explained(agreed))
        return KnownFrames(
            members={
                subject: columns.build(parts.get(subject, ()))
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
            pl.DataFrame(self._based_on, schema=_BASED_ON, orient="row")
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
        values = pl.DataFrame(self._values, schema=columns, orient="row")
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
            row = self._bound[application] = len(self._values)
            self._values.append(
                tuple(
                    givens[name] if name in givens else bound.get(name)
                    for name in self._program.plan.names
                )
            )
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
            self._based_on += [(about, entry) for entry in based_on]
        for column, value in zip(self._facts.values(), row, strict=True):
            column.append(value)


_Blank = Mapping[pl.DataType, pl.Series]
"""By its type a column in which nothing stands."""


class _MemberColumns:
    """Two rows for each member of one type: what is claimed and what is proven."""

    def __init__(self, program: PolarsProgram, subject: str) -> None:
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

    def build(self, agreed: Sequence[_FactRows]) -> pl.DataFrame:
        """Build the frame, of the columns that the program wants.

        `agreed` is what sources agree on of its members.
        """
        length = len(self._cases)
        # Of most columns nothing was told case by case: these are shared until filled.
        blank = {
            type_: pl.Series([None], dtype=type_).new_from_index(0, length)
            for type_ in {*self._schema.values()}
        }
        stances = [stance.value for stance in _STANCES] * (length // 2)
        keys: dict[str, list[int] | list[str]] = {
            "case": self._cases,
            "id": self._ids,
            "stance": stances,
        }
        return pl.DataFrame(
            [
                *(
                    pl.Series(name, values, self._schema[name])
                    for name, values in keys.items()
                ),
                *self._build_facts(agreed, blank).values(),
                *self._build_agreements(agreed, blank).values(),
            ]
        )

    def _build_facts(
        self, parts: Sequence[_FactRows], blank: _Blank
    ) -> dict[str, pl.Series]:
        columns = {
            fact: self._make_column(fact, values, blank)
            for fact, values in self._facts.items()
        }
        for part in parts:
            column = columns.get(part.fact)
            if column is None:
                continue
            value = _VALUES[self._schema[part.fact].base_type()]
            column.scatter(part.known["row"], part.known[value])
            if part.proven.height:
                column.scatter(part.proven[_NEXT], part.proven[value])
        return columns

    def _build_agreements(
        self, parts: Sequence[_FactRows], blank: _Blank
    ) -> dict[str, pl.Series]:
        columns = {
            fact: self._make_column(f"agree__{fact}", values, blank)
            for fact, values in self._agreements.items()
        }
        for part in parts:
            column = columns.get(part.fact)
            if column is not None:
                column.scatter(part.known["row"], part.known["agree_claimed"])
                column.scatter(part.known[_NEXT], part.known["agree_proven"])
        return {f"agree__{fact}": column for fact, column in columns.items()}

    def _make_column(self, name: str, values: list[object], blank: _Blank) -> pl.Series:
        """Make a column of what was told of the first rows, and nothing of the rest."""
        if not values:
            return blank[self._schema[name]].alias(name)
        blanks = [None] * (len(self._cases) - len(values))
        return pl.Series(name, values + blanks, dtype=self._schema[name])

    def _fill_column(
        self, column: list[object], row: int, claimed: object, proven: object
    ) -> None:
        if len(column) <= row:  # nobody before had anything to say of it
            column += [None] * (len(self._cases) - len(column))
        column[row] = claimed
        column[row + 1] = proven


_STANCES: Final = (Stance.CLAIMED, Stance.PROVEN)
_WORDS: Final = "words"
_NEXT: Final = "next row"
_VALUES: Final[Mapping[type[pl.DataType], str]] = {
    pl.Boolean: "boolean",
    pl.Int64: "number",
    pl.Date: "day",
    pl.String: _WORDS,
}
"""Where the value of an agreed fact stands, by the type of its column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _FactRows:
    """What is agreed of one fact: all rows, and those that are proven."""

    subject: str
    fact: str
    known: pl.DataFrame
    proven: pl.DataFrame


def _divide_by_fact(agreed: pl.DataFrame) -> Iterator[_FactRows]:
    """Divide agreed facts, once in the order of facts: no part is a copy."""
    columns = agreed.select(
        ABOUT,
        "row",
        (pl.col("row") + 1).alias(_NEXT),
        pl.coalesce("text", "members").alias(_WORDS),
        "proven",
        *("boolean", "number", "day", "agree_claimed", "agree_proven"),
    )
    # In one piece: to take rows out of several takes ten times as long.
    known_rows = columns.rechunk().sort(pl.col(ABOUT).to_physical())
    proven = known_rows.filter("proven")
    lengths = dict(_count_by_fact(proven).iter_rows())
    first = first_proven = 0
    for about, length in _count_by_fact(known_rows).iter_rows():
        subject, fact = about.split()
        length_proven = lengths.get(about, 0)
        yield _FactRows(
            subject=subject,
            fact=fact,
            known=known_rows.slice(first, length),
            proven=proven.slice(first_proven, length_proven),
        )
        first, first_proven = first + length, first_proven + length_proven


def _count_by_fact(agreed: pl.DataFrame) -> pl.DataFrame:
    """Count agreed facts by fact, in their order."""
    return agreed.select(ABOUT).group_by(ABOUT, maintain_order=True).len()


def _encode_value(value: Value | None) -> object:
    """Encode a value as a column holds it; what has a type of its own stays."""
    if isinstance(value, bool | date | str) or value is None:
        return value
    return encode_value(value)
