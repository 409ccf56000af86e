"""What is known of many cases as columns, filled case by case.

A case is resolved, told here and let go, so that a bucket of thousands takes the memory
of its columns and of one case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from changqing.case.model import Application
from changqing.case.subjects import Subject
from changqing.evidence.model import Resolved
from changqing.judge.assess import bound_parameters, givens_of
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
_FACTS: Final = pl.Schema(
    {
        "case": pl.Int64,
        "subject": pl.String,
        "id": pl.String,
        "fact": pl.String,
        "proven": pl.Boolean,
        "gap": pl.String,
        "proven_by": pl.Int64,
        "claimed_by": pl.Int64,
    }
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

    def build(self) -> KnownFrames:
        """Build the frames of all that was told."""
        program = self._program
        return KnownFrames(
            members={name: each.build() for name, each in self._members.items()},
            empty=self._empty,
            lists=pl.DataFrame(
                self._lists, schema=program.lists_schema(), orient="row"
            ),
            values=pl.DataFrame(
                self._values, schema=program.values_schema(), orient="row"
            ),
            given=pl.DataFrame(self._given, schema=GIVEN_SCHEMA, orient="row"),
            facts=pl.DataFrame(self._facts, schema=_FACTS),
        )

    def _bind(self, application: Application) -> tuple[Value | None, ...]:
        """Look up the parameters and givens of a case; None where none is set."""
        found = self._bound.get(application)
        if found is None:
            bound = bound_parameters(self._catalogue, application, self._as_of)
            givens = givens_of(application, self._as_of)
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
        row = (
            *(place, member.type, member.id, fact, proven),
            None if proven or found.gap is None else found.gap.value,
            *(
                None if record is None or not record.number else record.number
                for record in (found.proven_by, found.claimed_by)
            ),
        )
        for column, value in zip(self._facts.values(), row, strict=True):
            column.append(value)


class _MemberColumns:
    """Two rows for each member of one type: what is claimed and what is proven."""

    def __init__(self, program: PolarsProgram, subject: str) -> None:
        self._schema = program.schema(subject)
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

    def build(self) -> pl.DataFrame:
        """Build the frame, of the columns that the program wants."""
        length = len(self._cases)
        for column in (*self._facts.values(), *self._agreements.values()):
            column += [None] * (length - len(column))
        return pl.DataFrame(
            {
                "case": self._cases,
                "id": self._ids,
                "stance": [stance.value for stance in _STANCES] * (length // 2),
                **self._facts,
                **{f"agree__{fact}": each for fact, each in self._agreements.items()},
            },
            schema=self._schema,
        )

    def _fill(
        self, column: list[object], row: int, claimed: object, proven: object
    ) -> None:
        if len(column) <= row:  # nobody before had anything to say of it
            column += [None] * (len(self._cases) - len(column))
        column[row] = claimed
        column[row + 1] = proven


_STANCES: Final = (Stance.CLAIMED, Stance.PROVEN)


def _encode(value: Value | None) -> object:
    """Encode a value as a column holds it; what has a type of its own stays."""
    if isinstance(value, bool | date | str) or value is None:
        return value
    return encode_value(value)
