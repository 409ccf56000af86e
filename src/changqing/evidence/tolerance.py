"""When two values of one fact are the same, by the kind of fact.

Three outcomes: two writings of one thing are no contradiction, and neither are two that
may be one thing, such as a paper that names one room of two.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import Enum
from typing import Final, NamedTuple

from changqing.case.normalise import are_comparable
from changqing.law.kinds.fact import Fact
from changqing.rules.types import Value


class Sameness(Enum):
    """What comparing two values of one fact gives."""

    SAME = "same"
    DIFFERENT = "different"
    UNCLEAR = "unclear"


def compare_values(
    one: Value | None,
    other: Value | None,
    *,
    tolerance: int = 0,
    text_kind: str | None = None,
) -> Sameness:
    """Compare two values as what they are.

    `tolerance` is in the unit of a number, or in days. Values that are no measure, and
    two that are not of one type, are the same only where they are equal: TRUE is not 1.
    Texts are compared by their kind; `sealing/verify.py` does the same a second time.
    """
    if type(one) is not type(other):
        return Sameness.DIFFERENT
    if isinstance(one, str) and isinstance(other, str):
        return _compare_texts(text_kind, one, other)
    if isinstance(one, date) and isinstance(other, date):
        near = abs((one - other).days) <= tolerance
    elif isinstance(one, int) and isinstance(other, int) and type(one) is int:
        near = abs(one - other) <= tolerance
    else:
        near = one == other
    return Sameness.SAME if near else Sameness.DIFFERENT


def compare_for(fact: Fact, one: Value | None, other: Value | None) -> Sameness:
    """Compare two values of a fact by its kind, within its tolerance."""
    return compare_values(
        one, other, tolerance=fact.tolerance, text_kind=fact.text_kind
    )


def _compare_texts(text_kind: str | None, one: str, other: str) -> Sameness:
    if one == other:
        return Sameness.SAME
    if not are_comparable(text_kind, one, other):
        return Sameness.UNCLEAR  # a translation is no difference
    first, second = (
        unicodedata.normalize("NFKC", text).upper() for text in (one, other)
    )
    match text_kind:
        case "address":
            return _compare_addresses(_read_address(first), _read_address(second))
        case "company_name":
            return _compare_companies(
                _NO_LETTER.sub("", first), _NO_LETTER.sub("", second)
            )
        case "domain":
            same = first.removeprefix("WWW.") == second.removeprefix("WWW.")
        case "plain":
            same = _list_items(first) == _list_items(second)
        case _:
            same = first == second
    return Sameness.SAME if same else Sameness.DIFFERENT


_NO_LETTER: Final = re.compile(r"[\W_]+")
_BETWEEN_ITEMS: Final = re.compile(r"[,，;；、。|/\s]+")
_LIMITED: Final = ("有限责任公司", "有限公司")
"""How a limited company may call its form; which of the two is in its name's entry."""
_FORMS: Final = ("公司", "银行", "中心", "厂", "社", "院", "所", "局", "大学", "合伙)")


def _list_items(text: str) -> list[str]:
    """List what a text names, in one order."""
    return sorted(filter(None, _BETWEEN_ITEMS.split(text)))


def _compare_companies(first: str, second: str) -> Sameness:
    """Compare two names without their marks: brackets are left out in many papers."""
    if first == second:
        return Sameness.SAME
    short, long = sorted((first, second), key=len)
    is_shortened = not short.endswith(_FORMS) and short in long
    if is_shortened or short == long.replace(*_LIMITED):
        return Sameness.UNCLEAR
    return Sameness.DIFFERENT


class _Address(NamedTuple):
    """An address as its signs and numbers, and the rooms that it ends with."""

    parts: tuple[str, ...]
    rooms: frozenset[str]


_SAME_WORDS: Final = (
    (re.compile(r"\((?:自主申报|一址多照|集群注册|仅限办公|住所申报)[^()]*\)"), ""),
    (re.compile("[‐‑‒–—―−－﹣─~～至]"), "-"),
    (re.compile(r"(?<=[0-9A-Z])(?:号楼|栋|座|幢)"), "幢"),
    (re.compile(r"(?<=[0-9])(?:层|楼|F(?![A-Z0-9]))"), "层"),
    (re.compile(r"(?<=[0-9A-Z])(?:号?房间?|号?室|单元室)(?![0-9A-Z])"), "室"),
)
"""Ways to write the same part of an address; the last of them is the one we compare."""
_ROOM: Final = r"[A-Z]?[0-9]{3,5}[A-Z]?"
_ROOMS: Final = re.compile(
    rf"(?<![0-9])(?P<rooms>{_ROOM}室?(?:[-、,;/&及和]+[A-Z]?[0-9]{{1,5}}[A-Z]?室?)*)室?[、,;]?$"
)
_FLOOR: Final = re.compile(r"([0-9]{1,3})层、?$")
_PARTS: Final = re.compile(r"[0-9]+(?:-[0-9]+)*|[A-Z]+|[\u3400-\u9fff]")
_LONGEST_RANGE: Final = 30  # rooms: more are rather a building and its room
_REGION: Final = re.compile("[\u4e00-\u9fff]{2,14}")
_WITHIN_TOWN: Final = frozenset("路街巷道号镇村弄里园幢")


def _read_address(text: str) -> _Address:
    plain = text
    for pattern, word in _SAME_WORDS:
        plain = pattern.sub(word, plain)
    plain = re.sub(r"\s+", "", plain)
    match = _ROOMS.search(plain)
    # A number after a street is the house, and no room.
    if match is None or (match.start() and plain[match.start() - 1] in "路街巷道弄"):
        return _Address(_list_parts(plain), frozenset())
    rooms = frozenset(_list_rooms(match["rooms"].replace("室", "")))
    before = plain[: match.start()]
    floor = _FLOOR.search(before)
    if floor and all(room.lstrip("ABCDEFGH").startswith(floor[1]) for room in rooms):
        before = before[: floor.start()]  # the number of the room says it again
    return _Address(_list_parts(before), rooms)


def _list_parts(text: str) -> tuple[str, ...]:
    return tuple(part for part in _PARTS.findall(text) if part not in "省市")


def _list_rooms(text: str) -> list[str]:
    """List rooms: each of a range, and of a number cut short (2306、07) the whole."""
    rooms: list[str] = []
    for group in re.findall("[0-9A-Z-]+", text):
        ends: list[str] = []
        for part in filter(None, group.split("-")):
            last = (ends or rooms or [part])[-1]
            ends.append(last[: max(len(last) - len(part), 0)] + part)
        if len(ends) == 2 and all(map(str.isdigit, ends)):
            span = range(int(ends[0]), int(ends[1]) + 1)
            ends = [str(room) for room in span] if len(span) < _LONGEST_RANGE else ends
        rooms += ends
    return rooms


def _compare_addresses(first: _Address, second: _Address) -> Sameness:
    short, long = sorted((first, second), key=_order_address)
    if not short.rooms or not long.rooms:
        rooms_agree = short.rooms == long.rooms
    elif first.rooms == second.rooms:
        rooms_agree = True
    elif first.rooms <= second.rooms or second.rooms <= first.rooms:
        rooms_agree = False
    else:
        return Sameness.DIFFERENT
    start = _find_start(short.parts, long.parts)
    if not _is_part_of(short.parts[start:], long.parts):
        return Sameness.DIFFERENT
    more = len(long.parts) - len(short.parts)
    before = "".join(long.parts[:more])
    is_region = (not more and not start) or (
        long.parts[more:] == short.parts
        and _REGION.fullmatch(before) is not None
        and not _WITHIN_TOWN & set(before)
    )
    return Sameness.SAME if rooms_agree and is_region else Sameness.UNCLEAR


def _order_address(address: _Address) -> tuple[int, tuple[str, ...]]:
    return len(address.parts), address.parts


def _find_start(short: tuple[str, ...], long: tuple[str, ...]) -> int:
    """Find where the shorter begins as the longer does, past a province it names."""
    places = [place for place in range(min(len(short), 8)) if short[place] == long[0]]
    start = places[0] if places else 0
    return 0 if _WITHIN_TOWN & set(short[:start]) else start


def _is_part_of(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Tell whether one address names all that the other names, in its order."""
    rest = iter(long)
    return all(part in rest for part in short)
