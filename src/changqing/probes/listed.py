"""Dates that stand at the items a page lists, or at the article it is.

A date in running text tells of an event, a clock tells of the visitor's own day;
neither dates an item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from changqing.case.suffix import find_registrable_domain
from changqing.probes.document import Link, PageDocument
from changqing.probes.items import PublishedItem, Signal, is_plausible
from changqing.probes.written_dates import (
    WrittenDate,
    find_beijing_day,
    find_dates,
    parse_moment,
)

_TIME = re.compile(r"\s*(?:[T上下中]?午?\s*\d{1,2}[:：]\d{2}(?::\d{2})?(?:\s?[AP]M)?)?")
_PARTIAL = re.compile(
    r"^[\[(（]?\s*(?:\d{1,2}-\d{1,2}|\d{1,2}月\d{1,2}日|\d{1,2}/\d{1,2})"
    r"(?:\s+\d{1,2}:\d{2})?\s*[\])）]?$"
)
_DATED_BY = re.compile(
    r"(?:(?:发布|發布|发表|發表|更新|修改|提交|添加|录入|刊登|上传|回复)(?:于|時間|时间|日期)?"
    r"|时间|時間|日期|Date|(?:Posted|Published|Updated)(?:\s+on)?)\s*[:：|]?\s*[\[(]?\s*$",
    re.I,
)
_HAPPENS = (
    "成立|注册|核准|出生|有效|截止|截至|开始|结束|开幕|闭幕|上映|举办|举行|开业|创办|生效|"
    "到期|开展|展会|会议|报名|考试|比赛|活动|生于|营业期限"
)
# `成立于…`, `报名截止…`, `活动时间：…`; but a headline may end in such a word, and then
# a space or a bracket stands before the date.
_EVENT_BEFORE = re.compile(
    rf"(?:{_HAPPENS})(?:(?:于|在|至|日|时间|日期|期限)\s?[:：]?\s?|[:：]\s?)?$"
    r"|(?:©|copyright|版权(?:所有)?|since)[^\d]{0,8}$",
    re.I,
)
_EVENT_LABEL = re.compile(
    rf"(?:{_HAPPENS})(?:(?:于|在)\s?[:：]?|(?:时间|日期|期限)\s?[:：]?|[:：])$"
)
_EVENT_AFTER = re.compile(rf"(?:正式|起|至)?(?:{_HAPPENS})")
_CLOCK = re.compile(
    r"今天是|今天|当前|现在|现时|系统时间|北京时间|本地时间|GMT|processed|\btoday\b|\bnow\b|"
    r"星期[一二三四五六日天]|農曆|农历",
    re.I,
)
_FRAME = " []()（）【】|·•"
_OPENS, _CLOSES = " [(（【|", " ])）】|"
_SHORT = 14  # what may stand beside a date in a line of its own
_PROSE = 70
_AROUND = 80  # characters on either side that may tell
_LABEL = 10

# A date in pieces: the day in one element and the rest in the next, as designs like it.
_DAY = re.compile(r"^(\d{1,2})[日号]?$")
_YEAR_MONTH = re.compile(r"^((?:19|20)\d{2})\s?[-/.年]\s?(\d{1,2})月?$")
_MONTH_DAY = re.compile(r"^(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?$")
_YEAR = re.compile(r"^((?:19|20)\d{2})年?$")
_PIECE = 9  # characters of the longest piece

_OPENING = 14  # characters within which a line of a chronicle names its day
_A_CHRONICLE = 4  # lines that do

_IN_ADDRESS = re.compile(
    r"/(?:t|art_)?((?:19|20)\d{2})([-/]?)(\d{2})\2(\d{2})(?:[/_.-]|\d{0,3}[A-Z]|$)"
    r"|/((?:19|20)\d{2})[-/](\d{2})(\d{2})/"
)
_SAYS_SOMETHING = 6  # characters of the shortest headline
_A_LIST = 3  # links to dated addresses


def find_items(page: PageDocument, today: date) -> list[PublishedItem]:
    """Find items of a page that carry a full date; none later than `today`.

    `<time>` elements and dates beside items, but no clocks; for want of those a
    chronicle, line after line beginning with a day; else addresses that contain one.
    """
    for find in (_find_items_beside_dates, _find_chronicle, _find_items_in_addresses):
        items = [item for item in find(page, today) if is_plausible(item.on, today)]
        if items:
            return items
    return []


def shows_partial_dates(page: PageDocument) -> bool:
    """Tell whether items carry a month and a day but no year."""
    return any(_PARTIAL.match(line) for line in page.lines)


def _find_items_beside_dates(
    page: PageDocument, today: date
) -> Iterator[PublishedItem]:
    times = list(_find_time_elements(page))
    yield from times
    days = {item.on for item in times}  # what a `<time>` shows as text is the same item
    for item in _find_beside_lines(page, today):
        if item.on not in days:
            yield item


def _find_time_elements(page: PageDocument) -> Iterator[PublishedItem]:
    for node in page.tree.css("time[datetime]"):
        raw = (node.attributes.get("datetime") or "").strip()
        moment = parse_moment(raw)
        if moment is not None:
            day = find_beijing_day(moment)
            yield PublishedItem(on=day, raw=raw, signal=Signal.TIME, place=page.url)


def _find_beside_lines(page: PageDocument, today: date) -> Iterator[PublishedItem]:
    before = ""
    for line in page.lines:
        for written_date in find_dates(line):
            if _dates_an_item(
                line, written_date, before, is_today=written_date.on == today
            ):
                yield _make_item(page, written_date.on, line, Signal.LIST)
        before = line
    for line, next_line in zip(page.lines, page.lines[1:], strict=False):
        if len(line) <= _PIECE and len(next_line) <= _PIECE:
            day = _join_date(line, next_line) or _join_date(next_line, line)
            if day is not None:
                yield _make_item(page, day, f"{line} {next_line}", Signal.LIST)


def _make_item(
    page: PageDocument, day: date, line: str, signal: Signal
) -> PublishedItem:
    return PublishedItem(on=day, raw=line[:120], signal=signal, place=page.url)


def _join_date(first: str, second: str) -> date | None:
    """Join a date in two pieces: `2026-11` and `20`, or `2026` and `11-20`."""
    year_month, day = _YEAR_MONTH.match(first), _DAY.match(second)
    year, month_day = _YEAR.match(first), _MONTH_DAY.match(second)
    try:
        if year_month and day:
            return date(int(year_month[1]), int(year_month[2]), int(day[1]))
        if year and month_day:
            return date(int(year[1]), int(month_day[1]), int(month_day[2]))
    except ValueError:
        pass
    return None


def _find_chronicle(page: PageDocument, today: date) -> Iterator[PublishedItem]:
    days: list[tuple[date, str]] = []
    for line in page.lines:
        first = next(find_dates(line[: _OPENING + _LABEL + 2]), None)
        if first is not None and first.start <= _OPENING and len(line) > _SHORT:
            days.append((first.on, line))
    if len({day for day, _ in days}) >= _A_CHRONICLE:
        for day, line in days:
            yield _make_item(page, day, line, Signal.CHRONICLE)


def _find_items_in_addresses(
    page: PageDocument, today: date
) -> Iterator[PublishedItem]:
    home = find_registrable_domain(page.url)
    items: dict[str, tuple[date, Link]] = {}
    for link in page.links:
        own = find_registrable_domain(link.url) == home
        if own and len(link.text) >= _SAYS_SOMETHING:
            day = _find_day_in_address(link.href)
            if day is not None and is_plausible(day, today):
                items.setdefault(link.href, (day, link))
    if len(items) >= _A_LIST:
        for day, link in items.values():
            yield _make_item(page, day, f"{link.text} {link.href}", Signal.ADDRESS)


def _find_day_in_address(href: str) -> date | None:
    try:
        path = urlsplit(href).path
    except ValueError:
        return None
    match = _IN_ADDRESS.search(path)
    if match is None:
        return None
    year, month, day = match[1] or match[5], match[3] or match[6], match[4] or match[7]
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _dates_an_item(
    line: str, written_date: WrittenDate, previous: str, *, is_today: bool
) -> bool:
    """Whether a day is that of an item in a list, not one told of in prose."""
    time = _TIME.match(line, written_date.end)
    end = time.end() if time is not None else written_date.end
    before = line[max(0, written_date.start - _AROUND) : written_date.start]
    after = line[end : end + _AROUND]
    # A line of its own under a label: `成立时间：` and then the date.
    labelled = not before.strip() and len(previous) <= _LABEL
    if labelled and _EVENT_LABEL.search(previous):
        return False
    if _EVENT_BEFORE.search(before) or _EVENT_AFTER.match(line, written_date.end):
        return False
    is_labelled = _DATED_BY.search(before) is not None
    if not is_labelled and _CLOCK.search(before[-12:] + after[:12]):
        return False
    if (
        is_today
        and not is_labelled
        and not before.strip()
        and _CLOCK.search(previous[-12:])
    ):
        return False
    if is_labelled:
        return True
    if len(before.strip(_FRAME)) + len(after.strip(_FRAME)) <= _SHORT:
        return not re.match(r"[，,。起至]", after)
    if len(line) > _PROSE:
        return False
    leads = not before.strip(_OPENS) and after[:1] != "" and after[:1] in _CLOSES
    ends = not after.strip(_CLOSES) and before[-1:] != "" and before[-1:] in _OPENS
    within = before[-1:] == " " and after[:1] in (" ", "|", "")
    return leads or ends or within
