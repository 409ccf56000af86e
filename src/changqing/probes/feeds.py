"""Entries of feeds, and when each was published."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from time import struct_time
from typing import Any

import feedparser

from changqing.net.model import Exchange
from changqing.probes.items import PublishedItem, Signal, is_plausible, is_stamp
from changqing.probes.written_dates import find_beijing_day, has_zone, parse_moment

_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF|channel)[\s>]", re.I)
_HEAD = 4000
_DATED_BY = ("published", "created", "updated")
_FIRST_YEAR = 1990  # 1970 is what programs write where they know no date


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry: its moment, without zone where none is written, and how it stood."""

    moment: datetime | None
    raw: str


def is_feed(body: bytes) -> bool:
    """Tell whether a feed begins within the first bytes."""
    return _FEED.search(body[:_HEAD].replace(b"\x00", b"")) is not None


def parse_feed_entries(exchange: Exchange) -> list[FeedEntry]:
    """Parse every entry of an RSS, RDF or Atom feed; none of what is no feed."""
    if not is_feed(exchange.body):
        return []
    parsed: Any = feedparser.parse(
        BytesIO(exchange.body),
        response_headers={"content-type": exchange.find_header("Content-Type")},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return [_read_entry(entry) for entry in parsed.entries]


def _read_entry(entry: Any) -> FeedEntry:
    for name in _DATED_BY:
        if name not in entry:
            continue
        raw = str(entry[name])
        moment = parse_moment(raw) or _convert_struct(entry.get(f"{name}_parsed"), raw)
        if moment is not None and moment.year >= _FIRST_YEAR:
            return FeedEntry(moment=moment, raw=raw)
    return FeedEntry(moment=None, raw="")


def _convert_struct(value: object, raw: str) -> datetime | None:
    if not isinstance(value, struct_time):
        return None
    try:
        moment = datetime(*value[:6], tzinfo=UTC)
    except ValueError:
        return None
    return moment if has_zone(raw) else moment.replace(tzinfo=None)


def find_feed_items(exchange: Exchange, today: date) -> list[PublishedItem]:
    """Find the dated entries of a feed, unless a program dated them all at once."""
    items = [
        PublishedItem(
            on=find_beijing_day(entry.moment),
            raw=entry.raw,
            signal=Signal.FEED,
            place=exchange.final_url,
        )
        for entry in parse_feed_entries(exchange)
        if entry.moment is not None
        and is_plausible(find_beijing_day(entry.moment), today)
    ]
    return items if not is_stamp([item.raw for item in items]) else []
