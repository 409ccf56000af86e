"""Dates that stand at published items: in lists, in feeds, in sitemaps.

A date in running text tells of an event, a clock tells of the visitor's own day, and a
stamp that every entry shares tells when a program ran; none of them dates an item.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from io import BytesIO
from time import struct_time
from typing import Any
from urllib.parse import urlsplit

import feedparser
from usp.exceptions import SitemapException
from usp.objects.sitemap import AbstractIndexSitemap, AbstractPagesSitemap
from usp.tree import sitemap_from_str

from changqing.evidence import beijing_day
from changqing.net import Exchange
from changqing.probes._decode import decode
from changqing.probes._document import Document

_FIRST_YEAR = 1995

_DATE = re.compile(
    r"(?<![\d.])((?:19|20)\d{2})\s?(?:([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)"
    r"|年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日)"
)
_TIME = re.compile(r"\s*(?:[T上下中]?午?\s*\d{1,2}[:：]\d{2}(?::\d{2})?(?:\s?[AP]M)?)?")
_PARTIAL = re.compile(
    r"^[\[(（]?\s*(?:\d{1,2}-\d{1,2}|\d{1,2}月\d{1,2}日|\d{1,2}/\d{1,2})\s*[\])）]?$"
)
_DATED_BY = re.compile(
    r"(?:(?:发布|發布|发表|發表|更新|修改|提交|添加|录入|刊登|上传|回复)(?:于|時間|时间|日期)?"
    r"|时间|時間|日期|Date|(?:Posted|Published|Updated)(?:\s+on)?)\s*[:：|]?\s*[\[(]?\s*$",
    re.I,
)
_EVENT = re.compile(
    r"成立|注册|核准|出生|有效|截止|截至|开始|结束|开幕|闭幕|上映|举办|举行|开业|创办|"
    r"生效|到期|开展|展会|会议|报名|考试|比赛|活动|©|copyright|版权|since|生于|营业期限",
    re.I,
)
_CLOCK = re.compile(
    r"今天是|今天|当前|现在|现时|系统时间|北京时间|本地时间|GMT|processed|today|now|"
    r"星期[一二三四五六日天]|農曆|农历",
    re.I,
)
_SHORT = 14  # what may stand beside a date in a line of its own
_PROSE = 70
_LABEL = 10
_SHARE_OF_A_STAMP = 0.8
_FEW = 3
_NOT_ITEMS = re.compile(
    r"/(?:tags?|categor(?:y|ies)|archives?|authors?|page|search|about|contact|links?)"
    r"(?:/|$|\.|-)",
    re.I,
)
_RELATIVE = re.compile(r"(<loc>\s*)/(?!/)")
_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_MONTHS = {f"{name}月": number for number, name in enumerate(_NUMERALS, start=1)}
_GLUED = re.compile(r"(\d)([+-]\d{4})$")
_IN_CHINESE = re.compile(
    r"(\d{1,2})\s*(十[一二]?月|[一二三四五六七八九]月)\s*((?:19|20)\d{2})"
)


class Signal(StrEnum):
    """What dated an item; the more the publisher meant it, the better."""

    FEED = "feed"
    LIST = "list"
    TIME = "time"
    ARTICLE = "article"
    SITEMAP = "sitemap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something published: the Beijing day, how it was written, what dated it."""

    on: date
    raw: str
    signal: Signal
    place: str


def listed(page: Document, today: date) -> Iterator[Item]:
    """Items of a page that carry a full date; none later than `today`, no clocks."""
    for node in page.tree.css("time[datetime]"):
        raw = (node.attributes.get("datetime") or "").strip()
        day = _iso_day(raw)
        if day is not None and _plausible(day, today):
            yield Item(on=day, raw=raw, signal=Signal.TIME, place=page.url)
    if page.tree.css_first("time[datetime]") is not None:
        return
    before = ""
    for line in page.lines:
        for match in _DATE.finditer(line):
            day = _day_of(match)
            if day is None or not _plausible(day, today):
                continue
            if _dates_an_item(line, match, before, is_today=day == today):
                raw = line[:120]
                yield Item(on=day, raw=raw, signal=Signal.LIST, place=page.url)
        before = line


def shows_partial_dates(page: Document) -> bool:
    """Whether items carry a month and a day but no year."""
    return any(_PARTIAL.match(line) for line in page.lines)


def _dates_an_item(
    line: str, match: re.Match[str], previous: str, *, is_today: bool
) -> bool:
    time = _TIME.match(line, match.end())
    end = time.end() if time is not None else match.end()
    before, after = line[: match.start()], line[end:]
    # A line of its own under a label: `成立时间：` and then the date.
    labelled = not before.strip() and len(previous) <= _LABEL
    near = (previous if labelled else "") + before[-12:]
    if _EVENT.search(near) or _EVENT.search(after[:8]):
        return False
    named = _DATED_BY.search(before) is not None
    if not named and _CLOCK.search(before[-12:] + after[:12]):
        return False
    if is_today and not named and not before.strip() and _CLOCK.search(previous[-12:]):
        return False
    if named:
        return True
    rest = len(before.strip(" []()（）【】|·•")) + len(after.strip(" []()（）【】|·•"))
    if rest <= _SHORT:
        return not re.match(r"[，,。起至]", after)
    if len(line) > _PROSE:
        return False
    leads = not before.strip(" [(（【") and after[:1] in (
        " ",
        "]",
        ")",
        "）",
        "】",
        "|",
    )
    ends = not after.strip(" ])）】") and before[-1:] in (
        " ",
        "[",
        "(",
        "（",
        "【",
        "|",
    )
    within = before[-1:] == " " and after[:1] in (" ", "|", "")
    return leads or ends or within


def feed_items(exchange: Exchange, today: date) -> list[Item]:
    """The dated entries of an RSS or Atom feed; none of what is no feed."""
    items = [
        Item(on=day, raw=raw, signal=Signal.FEED, place=exchange.final_url)
        for day, raw in feed_days(exchange)
        if _plausible(day, today)
    ]
    return items if not _is_stamp([item.raw for item in items]) else []


def feed_days(exchange: Exchange) -> Iterator[tuple[date, str]]:
    """Beijing day and raw text of each entry that has a date."""
    parsed: Any = feedparser.parse(
        BytesIO(exchange.body),
        response_headers={"content-type": exchange.header("Content-Type")},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    for entry in parsed.entries:
        for name in ("published", "created", "updated"):
            if name not in entry:
                continue
            raw = str(entry.get(name, ""))
            day = _struct_day(entry.get(f"{name}_parsed")) or _odd_day(raw)
            if day is not None:
                yield day, raw
                break


def sitemap_items(exchange: Exchange, today: date) -> list[Item]:
    """Dated pages of a sitemap, unless one run of a program dated them all."""
    items: list[Item] = []
    for url, moment, raw in sitemap_entries(exchange):
        path = urlsplit(url).path
        if moment is None or path in ("", "/") or _NOT_ITEMS.search(path):
            continue
        day = _beijing(moment)
        if _plausible(day, today):
            items.append(
                Item(on=day, raw=raw, signal=Signal.SITEMAP, place=exchange.final_url)
            )
    return items if not _is_stamp([str(item.on) for item in items]) else []


def sitemap_entries(
    exchange: Exchange,
) -> Iterator[tuple[str, datetime | None, str]]:
    """Address and date of each page a sitemap lists."""
    sitemap = _sitemap(exchange)
    if isinstance(sitemap, AbstractPagesSitemap):
        for page in sitemap.pages:
            story = page.news_story
            moment = page.last_modified if story is None else story.publish_date
            yield page.url, moment, "" if moment is None else moment.isoformat()


def sitemap_children(exchange: Exchange) -> list[str]:
    """The sitemaps that a sitemap index lists."""
    sitemap = _sitemap(exchange)
    if isinstance(sitemap, AbstractIndexSitemap):
        return [child.url for child in sitemap.sub_sitemaps]
    return []


def _sitemap(exchange: Exchange) -> object:
    text = decode(exchange.body, exchange.header("Content-Type")).text
    origin = "{0.scheme}://{0.netloc}/".format(urlsplit(exchange.final_url))
    text = _RELATIVE.sub(rf"\g<1>{origin}", text)
    try:
        return sitemap_from_str(text)
    except (SitemapException, ValueError):
        return None


def _is_stamp(marks: list[str]) -> bool:
    """Whether the dates are those of a program's run: nearly all of them the same."""
    if len(marks) <= _FEW:
        return False
    [(_, most)] = Counter(marks).most_common(1)
    return bool(most / len(marks) >= _SHARE_OF_A_STAMP)


def by_day(sources: Iterable[list[Item]]) -> dict[date, int]:
    """How many items each day has; an item shown on two pages counts once."""
    most: Counter[date] = Counter()
    for items in sources:
        for day, count in Counter(item.on for item in items).items():
            most[day] = max(most[day], count)
    return dict(most)


def _day_of(match: re.Match[str]) -> date | None:
    month = match.group(3) or match.group(5)
    day = match.group(4) or match.group(6)
    try:
        return date(int(match.group(1)), int(month), int(day))
    except ValueError:
        return None


def _plausible(day: date, today: date) -> bool:
    return date(_FIRST_YEAR, 1, 1) <= day <= today


def _iso_day(text: str) -> date | None:
    try:
        return _beijing(datetime.fromisoformat(text))
    except ValueError:
        match = _DATE.match(text)
        return None if match is None else _day_of(match)


def _beijing(moment: datetime) -> date:
    """The day in Beijing; a moment without zone is a Beijing one already."""
    if moment.tzinfo is None:
        return moment.date()
    return beijing_day(moment)


def _struct_day(value: object) -> date | None:
    if not isinstance(value, struct_time):
        return None
    try:
        return _beijing(datetime(*value[:6], tzinfo=UTC))
    except ValueError:
        return None


def _odd_day(raw: str) -> date | None:
    """Dates as servers write them that feedparser leaves alone.

    `周五, 20 十一月 2026 09:00:00 +0800`, and a zone glued to the time.
    """
    match = _IN_CHINESE.search(raw)
    try:
        if match is not None:
            month = _MONTHS[match.group(2)]
            return date(int(match.group(3)), month, int(match.group(1)))
        return _beijing(parsedate_to_datetime(_GLUED.sub(r"\1 \2", raw)))
    except ValueError:
        return None
