"""Pages a sitemap lists. Read leniently, because sitemaps are often written by hand.

A strict parser loses the whole file to one unescaped ampersand, an empty address or a
line before the declaration.
"""

from __future__ import annotations

import html
import re
import zlib
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urljoin, urlsplit

from changqing.net.model import Exchange
from changqing.probes.decode import decode
from changqing.probes.items import PublishedItem, Signal, is_plausible, is_stamp
from changqing.probes.written_dates import find_beijing_day, parse_moment

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.S)
_ROOT = re.compile(r"<(?:\w+:)?(urlset|sitemapindex)[\s>]")
_ENTRY = re.compile(r"<(\w+:)?(url|sitemap)(?:\s[^<>]{0,300})?>")
_SLOT = re.compile(r"\{\{|\{%|<%|<\?php|\$\{")
_NEWS_DATE = re.compile(r"<\w+:publication_date>\s*([^<]{4,60})<")
_NOT_ITEMS = re.compile(
    r"/(?:tags?|categor(?:y|ies)|archives?|authors?|page|search|about|contact|links?)"
    r"(?:/|$|\.|-)",
    re.I,
)
_GZIP = b"\x1f\x8b"
_MOST_BYTES = 50_000_000  # what the protocol lets a sitemap have


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapEntry:
    """One listed page or sitemap: absolute address, last change, first publication."""

    url: str
    modified: datetime | None
    published: datetime | None
    raw: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """`is_index` when the entries are sitemaps themselves."""

    is_index: bool
    entries: tuple[SitemapEntry, ...]


def read_sitemap(exchange: Exchange) -> Sitemap | None:
    """Read a sitemap in XML or as a list of addresses; None for what is none.

    Entries of a template that nobody filled in do not count.
    """
    body = exchange.body
    if body.startswith(_GZIP):
        body = _unpack_body(body)
    text = decode(body, exchange.find_header("Content-Type")).text
    text = _CDATA.sub(lambda match: html.escape(match[1]), _COMMENT.sub("", text))
    root = _ROOT.search(text)
    if root is None:
        return _parse_list(text, exchange.final_url)
    pieces = _ENTRY.split(text[root.end() :])
    entry_kind = "url" if root[1] == "urlset" else "sitemap"
    entries = [
        _read_entry(prefix or "", piece, exchange.final_url)
        for prefix, kind, piece in zip(
            pieces[1::3], pieces[2::3], pieces[3::3], strict=True
        )
        if kind == entry_kind
        and not _SLOT.search(_find_value("loc", prefix or "", piece))
    ]
    return Sitemap(is_index=entry_kind == "sitemap", entries=tuple(entries))


def _read_entry(prefix: str, piece: str, root: str) -> SitemapEntry:
    raw = _find_value("lastmod", prefix, piece)
    news = _NEWS_DATE.search(piece)
    return SitemapEntry(
        url=_make_absolute(root, _find_value("loc", prefix, piece)),
        modified=parse_moment(raw) if raw else None,
        published=parse_moment(news[1]) if news else None,
        raw=raw or (news[1].strip() if news else ""),
    )


def _find_value(name: str, prefix: str, piece: str) -> str:
    begin = piece.find(f"<{prefix}{name}>")
    if begin < 0:
        return ""
    begin += len(prefix) + len(name) + 2
    end = piece.find("<", begin)
    return html.unescape(piece[begin : end if end >= 0 else None]).strip()


def _make_absolute(root: str, address: str) -> str:
    try:
        return urljoin(root, address) if address else ""
    except ValueError:
        return ""


def _parse_list(text: str, root: str) -> Sitemap | None:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or not all(re.match(r"https?://\S+$", line) for line in lines):
        return None
    entries = (
        SitemapEntry(
            url=_make_absolute(root, line), modified=None, published=None, raw=""
        )
        for line in lines
    )
    return Sitemap(is_index=False, entries=tuple(entries))


def _unpack_body(body: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(body, _MOST_BYTES)
    except zlib.error:
        return b""


def find_sitemap_items(exchange: Exchange, today: date) -> list[PublishedItem]:
    """Find dated pages of a sitemap, unless one run of a program dated them all."""
    sitemap = read_sitemap(exchange)
    if sitemap is None or sitemap.is_index:
        return []
    items: list[PublishedItem] = []
    for entry in sitemap.entries:
        moment = entry.published or entry.modified
        path = urlsplit(entry.url).path if entry.url else ""
        if moment is None or path in ("", "/") or _NOT_ITEMS.search(path):
            continue
        day = find_beijing_day(moment)
        if is_plausible(day, today):
            items.append(
                PublishedItem(
                    on=day,
                    raw=entry.raw,
                    signal=Signal.SITEMAP,
                    place=exchange.final_url,
                )
            )
    return items if not is_stamp([str(item.on) for item in items]) else []


def list_children(exchange: Exchange) -> list[str]:
    """List the sitemaps that a sitemap index names."""
    sitemap = read_sitemap(exchange)
    if sitemap is None or not sitemap.is_index:
        return []
    return [entry.url for entry in sitemap.entries if entry.url]
