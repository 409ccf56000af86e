"""Columns known by what stands in them, where nobody listed their head.

A head that is no known word still names its column where every cell under it is of one
kind that the table lacks (a range of months, a state, a name) and the head does not say
otherwise. Two heads under which the same stands name none: nobody should choose.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from changqing.evidence.parse import find_days
from changqing.readers.flow import squeeze_signs
from changqing.readers.surnames import may_be_person
from changqing.readers.table_heads import MONTH, ColumnHead

_MOST_BLANK: Final = 0.2  # share of the rows in which nothing stands under a head
_HEAD: Final = re.compile(r"[^\d:,。;]{1,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnContent:
    """What every cell of a column is, and what an unknown head of it has or has not."""

    holds: Callable[[str], bool]
    head: re.Pattern[str]
    beside: str = ""
    """The column that the table must have as well."""


def name_by_content(
    heads: Sequence[ColumnHead],
    cells: Mapping[int, Sequence[str]],
    contents: Mapping[str, ColumnContent],
    rows: int,
) -> list[ColumnHead]:
    """Name the unknown heads of a table, whose cells are given by the head's place."""
    column_heads = list(heads)
    for column, content in contents.items():
        columns = {head.column for head in column_heads}
        if column in columns or (content.beside and content.beside not in columns):
            continue
        fitting = [
            place
            for place, head in enumerate(column_heads)
            if not head.column
            and _HEAD.fullmatch(plain := squeeze_signs(head.text))
            and content.head.search(plain)
            and (texts := cells.get(place))
            and len(texts) >= (1 - _MOST_BLANK) * rows
            and all(content.holds(squeeze_signs(text)) for text in texts)
        ]
        if len(fitting) == 1:
            place = fitting[0]
            column_heads[place] = replace(column_heads[place], column=column)
    return column_heads


def list_contents(
    words: Mapping[str, Sequence[str]], days: Sequence[str], owners: Sequence[str] = ()
) -> dict[str, ColumnContent]:
    """List the contents by which columns of insurance are known, of days and of people.

    `words` are what a state is called, paid or not; `days` the columns of days,
    `owners` those of who does what.
    """
    states = {squeeze_signs(word) for listed in words.values() for word in listed}
    of_insurance = {
        "period": ColumnContent(holds=_is_range, head=_NOT_OWED),
        "until": ColumnContent(holds=_is_month, head=_LAST, beside="from"),
        "from": ColumnContent(holds=_is_month, head=_FIRST, beside="until"),
        "state": ColumnContent(holds=states.__contains__, head=_STATE),
    }
    of_days = {column: ColumnContent(holds=_is_day, head=_DAY_HEAD) for column in days}
    of_owners = {
        column: ColumnContent(holds=_are_people, head=_OWNER_HEAD) for column in owners
    }
    return of_days | of_insurance | of_owners


def _is_month(plain: str) -> bool:
    return len(MONTH.findall(plain)) == 1 and not _FIGURE.search(MONTH.sub("", plain))


def _is_range(plain: str) -> bool:
    return len(MONTH.findall(plain)) == 2 and not _FIGURE.search(MONTH.sub("", plain))


def _is_day(plain: str) -> bool:
    days = find_days(plain)
    return len(days) == 1 and (days[0].start, days[0].end) == (0, len(plain))


def _are_people(plain: str) -> bool:
    names = re.split("[、,/和及]", plain)
    return all(_NAME.fullmatch(name) and may_be_person(name) for name in names)


_NAME: Final = re.compile(r"[一-龥]{2,4}")
_OWNER_HEAD: Final = re.compile(
    "^(?!.*[审核校监客户商])(?=.*[人者员责主牵执撰写办编管领笔])"
)
_FIGURE: Final = re.compile(r"\d")
_NOT_OWED: Final = re.compile(r"^(?!.*(?:补|欠|中断|视同|转))")
_LAST: Final = re.compile(r"^(?!.*起)(?=.*(?:止|终|最后|最近|截|结束|末))")
_FIRST: Final = re.compile(r"^(?!.*[止终])(?=.*(?:起|开始|始))(?!.*首次)")
_STATE: Final = re.compile("状态|情况|标志|标识|参保|缴|到账")
_DAY_HEAD: Final = re.compile("[日时期]")
