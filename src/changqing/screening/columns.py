"""What is known of many cases as columns, filled case by case.

A case is resolved, told here and let go, so that a bucket of thousands takes the memory
of its columns and of one case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

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
_NUMBERS: Final = pl.List(pl.Int64)
_FACTS: Final = pl.Schema(
    [
        ("case", pl.Int64),
        ("subject", pl.String),
        ("id", pl.String),
        ("fact", pl.String),
        ("proven", pl.Boolean),
        ("gap", pl.String),
        ("proven_by", pl.Int64),
        ("claimed_by", pl.Int64),
        ("based_on", _NUMBERS),
    ]
)


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
        self._given: list[tuple[int, str, str, str, str, str, str]] = []
        self._values: list[tuple[Value | None, ...]] = []
        self._bound: dict[Application, tuple[Value | None, ...]] = {}
        self._lists: list[tuple[object, ...]] = []
        self._closed: dict[
            tuple[frozenset[str], ...], tuple[tuple[object, ...], ...]
        ] = {}
        self._facts: dict[str, list[object]] = {name: [] for name in _FACTS}
        self._agreed: list[pl.DataFrame] = []

    def __len__(self) -> int:
        """How many cases there are."""
        return len(self._given)

    def add(self, name: str, company: str, situation: Situation) -> None:
        """Tell what is known of one more case, of the id `name`."""
        place, about = len(self._given), situation.application
        self._given.append(
            (
                *(place, name, company, about.licence, about.scope, about.region),
                about.stage,
            )
        )
        self._values.append((place, *self._bind(about)))
        self._lists += [(place, *row) for row in self._list_closed(situation)]
        rows: dict[Subject, int] = {}
        for member in situation.subjects:
            columns = self._members.get(member.type)
            if columns is not None and member not in rows:
                rows[member] = columns.add(place, member.id)
        having = {member.type for member in rows}
        for subject, empty in self._empty.items():
            if subject not in having:
                empty.append(place)
        for (member, fact), found in situation.resolved.items():
            row = rows.get(member)
            if row is None:
                continue
            self._members[member.type].tell(row, fact, found)
            if (member.type, fact) in self._explained:
                self._explain(place, member, fact, found)

    def add_agreed(self, facts: pl.DataFrame) -> None:
        """Tell facts that sources agree on, of cases and members told of before.

        `facts` is that of `agreed.AgreedFacts`.
        """
        places = pl.DataFrame(
            {"place": range(len(self._given)), "case": [row[1] for row in self._given]},
            schema={"place": pl.Int64, "case": pl.String},
        )
        self._agreed.append(
            facts.join(places, on="case").drop("case").rename({"place": "case"})
        )

    def build(self) -> KnownFrames:
        """Build the frames of all that was told."""
        program = self._program
        facts = [pl.DataFrame(self._facts, schema=_FACTS)]
        agreed = pl.concat(self._agreed) if self._agreed else None
        members = {}
        for subject, columns in self._members.items():
            if agreed is None:
                members[subject] = columns.build(None)
                continue
            mine = agreed.filter(pl.col("type") == subject).join(
                columns.list_members(), on=["case", "id"]
            )
            members[subject] = columns.build(mine)
            explained = [fact for about, fact in self._explained if about == subject]
            facts.append(
                mine.filter(pl.col("fact").is_in(explained))
                .rename({"type": "subject"})
                .select(_FACTS.names())
            )
        return KnownFrames(
            members=members,
            empty=self._empty,
            lists=pl.DataFrame(
                self._lists, schema=program.make_lists_schema(), orient="row"
            ),
            values=pl.DataFrame(
                self._values, schema=program.make_values_schema(), orient="row"
            ),
            given=pl.DataFrame(self._given, schema=GIVEN_SCHEMA, orient="row"),
            facts=pl.concat(facts),
        )

    def _bind(self, application: Application) -> tuple[Value | None, ...]:
        """Look up the parameters and givens of a case; None where none is set."""
        found = self._bound.get(application)
        if found is None:
            bound = bound_parameters(self._catalogue, application, self._as_of)
            givens = list_givens(application, self._as_of)
            found = self._bound[application] = tuple(
                givens[name] if name in givens else bound.get(name)
                for name in self._program.plan.names
            )
        return found

    def _list_closed(self, situation: Situation) -> tuple[tuple[object, ...], ...]:
        told = (situation.open_claimed, situation.open_proven, situation.absent)
        found = self._closed.get(told)
        if found is None:
            rows = Rows(
                members={},
                open_lists={
                    Stance.CLAIMED: situation.open_claimed,
                    Stance.PROVEN: situation.open_proven,
                },
                absent=situation.absent,
            )
            found = self._closed[told] = tuple(
                (stance, *map(bool, closed))
                for stance, *closed in list_closed(rows, self._program.plan.lists)
            )
        return found

    def _explain(self, place: int, member: Subject, fact: str, found: Resolved) -> None:
        proven = found.proven is not None
        told = (found.proven_by, found.claimed_by)
        row = (
            *(place, member.type, member.id, fact, proven),
            None if proven or found.gap is None else found.gap.value,
            *(
                None if record is None or not record.number else record.number
                for record in told
            ),
            # A computed fact has no number of its own, and names what it comes from.
            [
                *(n for record in told if record is not None for n in record.based_on),
                *(() if proven else found.gap_entries),
            ]
            or None,
        )
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

    def tell(self, row: int, fact: str, found: Resolved) -> None:
        """Tell a fact of the member whose first row is `row`."""
        column = self._facts.get(fact)
        if column is not None:
            self._fill(column, row, _encode(found.claimed), _encode(found.proven))
        column = self._agreements.get(fact)
        if column is not None:
            self._fill(column, row, found.agree_claimed, found.agree_proven)

    def list_members(self) -> pl.DataFrame:
        """List the members by `case` and `id`, each with its first `row`."""
        first = range(0, len(self._cases), 2)
        return pl.DataFrame(
            {"case": self._cases[::2], "id": self._ids[::2], "row": first},
            schema={"case": pl.Int64, "id": pl.String, "row": pl.Int64},
        )

    def build(self, agreed: pl.DataFrame | None) -> pl.DataFrame:
        """Build the frame, of the columns that the program wants.

        `agreed` are facts of its members, as `add_agreed` takes them, with the `row` of
        the member.
        """
        length = len(self._cases)
        parts = [] if agreed is None else _divide_by_fact(agreed)
        # Of most columns nothing was told case by case: these are shared until filled.
        blank = {
            type_: pl.Series([None], dtype=type_).new_from_index(0, length)
            for type_ in {*self._schema.values()}
        }
        return pl.DataFrame(
            {
                "case": self._cases,
                "id": self._ids,
                "stance": [stance.value for stance in _STANCES] * (length // 2),
                **self._build_facts(parts, blank),
                **self._build_agreements(parts, blank),
            },
            schema=self._schema,
        )

    def _build_facts(
        self, parts: Sequence[_FactRows], blank: _Blank
    ) -> dict[str, pl.Series]:
        columns = {
            fact: self._make_column(fact, told, blank)
            for fact, told in self._facts.items()
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
            fact: self._make_column(f"agree__{fact}", told, blank)
            for fact, told in self._agreements.items()
        }
        for part in parts:
            column = columns.get(part.fact)
            if column is not None:
                column.scatter(part.known["row"], part.known["agree_claimed"])
                column.scatter(part.known[_NEXT], part.known["agree_proven"])
        return {f"agree__{fact}": column for fact, column in columns.items()}

    def _make_column(self, name: str, told: list[object], blank: _Blank) -> pl.Series:
        """Make a column of what was told of the first rows, and nothing of the rest."""
        if not told:
            return blank[self._schema[name]].alias(name)
        rest = [None] * (len(self._cases) - len(told))
        return pl.Series(name, told + rest, dtype=self._schema[name])

    def _fill(
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

    fact: str
    known: pl.DataFrame
    proven: pl.DataFrame


def _divide_by_fact(agreed: pl.DataFrame) -> list[_FactRows]:
    """Divide agreed facts by fact: sorted once, so that each is a slice and no copy."""
    known = agreed.with_columns(
        pl.coalesce("text", "members").alias(_WORDS),
        (pl.col("row") + 1).alias(_NEXT),
        pl.col("fact").cast(pl.Categorical),
    ).sort("fact")
    proven = known.filter("proven")
    counts = known.group_by("fact", maintain_order=True).agg(
        all=pl.len(), proven=pl.col("proven").sum()
    )
    found, first, first_proven = [], 0, 0
    for fact, length, length_proven in counts.iter_rows():
        found.append(
            _FactRows(
                fact=fact,
                known=known.slice(first, length),
                proven=proven.slice(first_proven, length_proven),
            )
        )
        first, first_proven = first + length, first_proven + length_proven
    return found


def _encode(value: Value | None) -> object:
    """Encode a value as a column holds it; what has a type of its own stays."""
    if isinstance(value, bool | date | str) or value is None:
        return value
    return encode_value(value)
