"""Which rows of the board are shown, and in which order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from changqing.agency.rows import Row
from changqing.casework.events import CaseStage


class Order(StrEnum):
    """By what the board is sorted."""

    DAY = "day"
    NAME = "name"
    OWNER = "owner"
    STAGE = "stage"
    BLOCKING = "blocking"
    PROVEN_UNTIL = "proven_until"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a row must be; what is None or empty asks for nothing.

    `owner` "" asks for cases that nobody looks after. `text` stands in the name, the
    credit code, the folder or what comes next.
    """

    owner: str | None = None
    stage: CaseStage | None = None
    licence: str | None = None
    region: str | None = None
    text: str = ""

    def takes(self, row: Row) -> bool:
        """Whether the row is wanted."""
        return (
            (self.owner is None or (row.owner or "") == self.owner)
            and (self.stage is None or row.stage is self.stage)
            and (self.licence is None or row.licence == self.licence)
            and (self.region is None or row.region == self.region)
            and (not self.text or self._found(row))
        )

    def _found(self, row: Row) -> bool:
        what = row.next_what
        places = (
            row.name,
            row.credit_code or "",
            row.folder,
            "" if what is None else f"{what.zh}\n{what.en}",
        )
        wanted = self.text.casefold()
        return any(wanted in place.casefold() for place in places)


def choose(
    rows: Iterable[Row], wanted: Wanted, order: Order = Order.DAY
) -> tuple[Row, ...]:
    """The wanted rows in order; ties go by day, then by folder."""
    chosen = [row for row in rows if wanted.takes(row)]
    chosen.sort(key=lambda row: (row.next_day or date.max, row.folder))
    match order:
        case Order.DAY:
            pass
        case Order.NAME:
            chosen.sort(key=lambda row: row.name)
        case Order.OWNER:
            chosen.sort(key=lambda row: (row.owner is None, row.owner or ""))
        case Order.STAGE:
            stages = list(CaseStage)
            chosen.sort(
                key=lambda row: (
                    len(stages) if row.stage is None else stages.index(row.stage)
                )
            )
        case Order.BLOCKING:
            chosen.sort(key=lambda row: -(row.blocking or 0))
        case Order.PROVEN_UNTIL:
            chosen.sort(key=lambda row: row.proven_until or date.max)
    return tuple(chosen)
