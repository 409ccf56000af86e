"""Something that was published, and what dated it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_FIRST_YEAR = 1995
_SHARE_OF_A_STAMP = 0.8
_FEW = 3


class Signal(StrEnum):
    """What dated an item; the more the publisher meant it, the better."""

    FEED = "feed"
    LIST = "list"
    TIME = "time"
    CHRONICLE = "chronicle"
    ARTICLE = "article"
    ADDRESS = "address"
    SITEMAP = "sitemap"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedItem:
    """Something published: the Beijing day, how it was written, what dated it."""

    on: date
    raw: str
    signal: Signal
    place: str


def is_plausible(day: date, today: date) -> bool:
    """Tell whether a day is neither before there were web sites nor in the future."""
    return date(_FIRST_YEAR, 1, 1) <= day <= today


def is_stamp(marks: list[str]) -> bool:
    """Tell whether the dates are those of a program's run.

    Nearly all of them the same.
    """
    if len(marks) <= _FEW:
        return False
    [(_, most)] = Counter(marks).most_common(1)
    return bool(most / len(marks) >= _SHARE_OF_A_STAMP)


def count_by_day(sources: Iterable[list[PublishedItem]]) -> dict[date, int]:
    """Count the items of each day; an item shown on two pages counts once."""
    most: Counter[date] = Counter()
    for items in sources:
        for day, count in Counter(item.on for item in items).items():
            most[day] = max(most[day], count)
    return dict(most)
