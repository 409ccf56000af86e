"""Dates as people and servers write them, in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from changqing.day import beijing_day

_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct")
_MONTHS = {name: number for number, name in enumerate((*_ENGLISH, "nov", "dec"), 1)}
_DIGITS = {digit: str(number) for number, digit in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": "0", "○": "0"}
_CHINESE_MONTH = "十[一二]月|[一二三四五六七八九十]月"
_IN_ENGLISH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_YEAR = r"(?:19|20)\d{2}"

_NUMERIC = re.compile(
    rf"(?<![\d.])({_YEAR})\s?(?:([-/.])\s?(\d{{1,2}})\s?\2\s?(\d{{1,2}})(?!\d)"
    r"|年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?[日号])"
)
_NAMED = re.compile(
    rf"(?<![A-Za-z\d])(?:({_IN_ENGLISH})\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s({_YEAR})(?!\d)"
    rf"|(\d{{1,2}})(?:st|nd|rd|th)?[\s-]({_IN_ENGLISH}|{_CHINESE_MONTH}),?[\s-]({_YEAR})(?!\d)"
    rf"|({_CHINESE_MONTH})\s(\d{{1,2}}),?\s({_YEAR})(?!\d))",
    re.I,
)
_SPELLED = re.compile(
    r"([一二][〇○零一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2})月"
    r"([一二三四五六七八九十]{1,3})日"
)
_HAS_A_NAME = re.compile(rf"{_IN_ENGLISH}[\s-]|[一二三四五六七八九十]月", re.I)

_THE_YEAR_ONE = re.compile(r"(?:^|\s)000\d(?:-|\s|$)")
_WEEKDAY = re.compile(r"^(?:周|星期|礼拜)[一二三四五六日天][,，]?\s*")
_GLUED = re.compile(r"(\d)([+-]\d{4})$")
_ZONED = re.compile(r"(?:Z|[+-]\d{2}:?\d{2}|\d\s+[A-Z]{1,5})\s*$")
_CLOCK = re.compile(r"\s*(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDate:
    """A full date in a line of text, and where it stands there."""

    on: date
    start: int
    end: int


def find_dates(line: str) -> Iterator[WrittenDate]:
    """Find the full dates of a line, in order; impossible ones are left out."""
    candidates = [
        _make_date(match, match[1], match[3] or match[5], match[4] or match[6])
        for match in _NUMERIC.finditer(line)
    ]
    if _HAS_A_NAME.search(line):
        candidates += [
            _make_date(
                match,
                match[3] or match[6] or match[9],
                _read_month(match),
                _read_day(match),
            )
            for match in _NAMED.finditer(line)
        ]
        candidates += [
            _make_date(
                match,
                _spell_figures(match[1]),
                _parse_count(match[2]),
                _parse_count(match[3]),
            )
            for match in _SPELLED.finditer(line)
        ]
    yield from sorted(
        (written_date for written_date in candidates if written_date),
        key=lambda written_date: written_date.start,
    )


def _make_date(
    match: re.Match[str], year: str, month: str, day: str
) -> WrittenDate | None:
    try:
        on = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return WrittenDate(on=on, start=match.start(), end=match.end())


def _read_month(match: re.Match[str]) -> str:
    name: str = match[1] or match[5] or match[7]
    if name.endswith("月"):
        return _parse_count(name.removesuffix("月"))
    return str(_MONTHS[name[:3].lower()])


def _read_day(match: re.Match[str]) -> str:
    day: str = match[2] or match[4] or match[8]
    return day


def _spell_figures(spelled: str) -> str:
    return "".join(_DIGITS[character] for character in spelled)


def _parse_count(spelled: str) -> str:
    """Parse a number up to 99: `十一`, `二十`, `三十一`."""
    tens, ten, ones = spelled.rpartition("十")
    if not ten:
        return _spell_figures(spelled)
    return f"{_spell_figures(tens) or 1}{_spell_figures(ones) or 0}"


def parse_moment(text: str) -> datetime | None:
    """Parse a moment as feeds and sitemaps write it; no zone when none is written.

    Also `周三, 23 十一月 2016 23:30:23 +0800`, a zone glued to the time, and dates as
    readers see them. None for what is no date.
    """
    raw = _WEEKDAY.sub("", text.strip())
    if _THE_YEAR_ONE.search(raw):  # what programs write where they know no date
        return None
    try:
        return datetime.fromisoformat(raw)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(_GLUED.sub(r"\1 \2", raw))
    except (ValueError, IndexError, TypeError):
        pass
    for written_date in find_dates(raw):
        return _add_clock(raw, written_date)
    return None


def _add_clock(raw: str, written_date: WrittenDate) -> datetime:
    moment = datetime(written_date.on.year, written_date.on.month, written_date.on.day)  # noqa: DTZ001
    clock = _CLOCK.match(raw.replace("T", " "), written_date.end)
    if clock is None:
        return moment
    zone = re.search(r"[+-]\d{2}:?\d{2}\s*$", raw)
    iso = f"{moment:%Y-%m-%d}T{clock[1]:0>2}:{clock[2]}:{clock[3] or '00'}"
    try:
        return datetime.fromisoformat(iso + (zone.group().strip() if zone else ""))
    except ValueError:
        return moment


def has_zone(text: str) -> bool:
    """Tell whether a written moment says in which zone it is meant."""
    return _ZONED.search(text) is not None


def find_beijing_day(moment: datetime) -> date:
    """Find the day in Beijing; a moment without zone is a Beijing one already."""
    if moment.tzinfo is None:
        return moment.date()
    try:
        return beijing_day(moment)
    except OverflowError:  # the last hours of the year 9999
        return moment.date()
