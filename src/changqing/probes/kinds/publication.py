"""What the site publishes and when: feeds, lists of news, articles, sitemaps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import cast
from urllib.parse import urljoin

from htmldate import find_date

from changqing.errors import NetError
from changqing.net.door import Net
from changqing.net.model import Exchange
from changqing.probes.attempt import attempt, make_failure
from changqing.probes.document import PageDocument, parse_page
from changqing.probes.feeds import find_feed_items, is_feed, parse_feed_entries
from changqing.probes.flaws import make_unreadable
from changqing.probes.items import PublishedItem, Signal, count_by_day
from changqing.probes.listed import find_items, shows_partial_dates
from changqing.probes.model import (
    Capture,
    LookFailure,
    Part,
    ProbeObservation,
    Site,
    observe,
    report_unseen,
)
from changqing.probes.own_page import (
    find_doubt,
    find_doubt_of_answer,
    find_doubt_of_search,
    is_gone,
    make_not_recognised,
)
from changqing.probes.sitemaps import find_sitemap_items, list_children
from changqing.text import Text

FACTS = (
    "shows_dated_items",
    "newest_item_on",
    "items_last_180_days",
    "weeks_with_items_last_52",
)

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
_NEWS = re.compile(
    r"^.{0,6}(?:新闻|新聞|动态|動態|资讯|資訊|公告|通知|文章|博客|日志|更新|"
    r"news|blog|posts?|updates?).{0,6}$",
    re.I,
)
_ARTICLE = re.compile(r"/\d{2,}|\d{4}[-/]?\d{2}|article|detail|show|content|post", re.I)
_SITEMAP = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>]")
_XML_END = re.compile(rb"</(?:\w+:)?(?:urlset|sitemapindex|rss|feed|rdf)\s*>", re.I)
_HEAD = 2000
_MOST_LISTS, _MOST_FEEDS, _MOST_SITEMAPS, _MOST_ARTICLES = 2, 2, 2, 2
_OK = 200
_RECENT = timedelta(days=180)
_WEEK, _WEEKS = 7, 52


async def capture(site: Site, net: Net) -> Capture:
    """Capture the home page, its feeds and news lists.

    Where none is dated, sitemaps too.
    """
    at = net.clock()
    home: Part = await attempt(net, site.url, net.get(site.url))
    parts: list[Part] = [home]
    if isinstance(home, Exchange) and home.status == _OK:
        page = parse_page(home)
        for url in (
            _find_feeds(page)[:_MOST_FEEDS] + _find_lists(page, site)[:_MOST_LISTS]
        ):
            parts.append(await attempt(net, url, net.get(url)))
        so_far = Capture(probe="publication", site=site, at=at, parts=tuple(parts))
        if not any(_find_sources(so_far)):
            parts += await _fetch_sitemaps(site, net)
            for url in _find_articles(parts, site)[:_MOST_ARTICLES]:
                parts.append(await attempt(net, url, net.get(url)))
    return Capture(probe="publication", site=site, at=at, parts=tuple(parts))


def read(capture: Capture) -> Iterator[ProbeObservation]:
    """Count what could be seen; with any part unseen a count stays unknown."""
    home = capture.parts[0]
    if isinstance(home, LookFailure):
        yield from report_unseen(FACTS, home)
        return
    failures = [part for part in capture.parts if isinstance(part, LookFailure)]
    items = [item for source in _find_sources(capture) for item in source]
    if not items:
        yield from _observe_nothing(capture, failures)
        return
    newest = max(items, key=lambda item: item.on)
    raw = f"{newest.signal}: {newest.raw}"
    yield observe("shows_dated_items", value=True, place=newest.place, raw=raw)
    doubt = _find_doubt_of_publication(capture, failures)
    if doubt is not None:
        yield from report_unseen(FACTS[1:], doubt)
        return
    yield observe("newest_item_on", value=newest.on, place=newest.place, raw=raw)
    days = count_by_day(_find_sources(capture))
    recent = sum(n for day, n in days.items() if capture.day - day < _RECENT)
    weeks = {(capture.day - day).days // _WEEK for day in days}
    alive = sum(1 for week in weeks if week < _WEEKS)
    place = capture.site.url
    yield observe("items_last_180_days", value=recent, place=place)
    yield observe("weeks_with_items_last_52", value=alive, place=place)


def find_dated_items(capture: Capture) -> tuple[PublishedItem, ...]:
    """Find every dated item with the signal that dated it, newest first."""
    published_items = [item for source in _find_sources(capture) for item in source]
    return tuple(sorted(published_items, key=lambda item: item.on, reverse=True))


def _observe_nothing(
    capture: Capture, failures: list[LookFailure]
) -> Iterator[ProbeObservation]:
    doubt = _find_doubt_of_publication(capture, failures) or _find_doubt_of_silence(
        capture
    )
    if doubt is not None:
        yield from report_unseen(FACTS, doubt)
        return
    place = capture.site.url
    yield observe("shows_dated_items", value=False, place=place)
    yield observe("items_last_180_days", value=0, place=place)
    yield observe("weeks_with_items_last_52", value=0, place=place)


def _find_doubt_of_publication(
    capture: Capture, failures: list[LookFailure]
) -> LookFailure | None:
    """Find why more may have been published than was seen."""
    if failures:
        return failures[0]
    home = parse_page(cast("Exchange", capture.parts[0]))
    doubt = find_doubt(home, capture.site)
    if doubt is not None:
        return doubt
    called = {link.url.partition("#")[0]: link.text for link in home.links}
    for part in capture.parts[1:]:
        if not isinstance(part, Exchange) or is_gone(part):
            continue
        if part.status == _OK and (
            _SITEMAP.search(part.body[:_HEAD]) or is_feed(part.body)
        ):
            if not _XML_END.search(part.body[-_HEAD:].replace(b"\x00", b"")):
                return make_unreadable(
                    parse_page(part),
                    zh=f"{part.url}没有读完整",
                    en=f"{part.url} is not whole",
                )
            continue
        doubt = find_doubt_of_answer(
            part, capture.site, called=called.get(part.url, "")
        )
        if doubt is not None:
            return doubt
    return None


def _is_list_for_programs(part: Exchange) -> bool:
    return _SITEMAP.search(part.body[:_HEAD]) is not None or is_feed(part.body)


def _find_doubt_of_silence(capture: Capture) -> LookFailure | None:
    """Find why a site may date its items though no dated one was found."""
    home = parse_page(cast("Exchange", capture.parts[0]))
    for _, page in _list_pages(capture):
        if shows_partial_dates(page):
            return make_unreadable(
                page,
                zh=f"{page.url}的日期没有年份",
                en=f"{page.url}: its dates lack the year",
            )
    for part in capture.parts:
        if (
            isinstance(part, Exchange)
            and is_feed(part.body)
            and parse_feed_entries(part)
        ):
            return make_not_recognised(
                parse_page(part),
                Text("的日期认不出来", "no date of its entries was recognised"),
            )
    urls_asked = {part.url for part in capture.parts if isinstance(part, Exchange)}
    urls_left = [
        url for url in _find_lists(home, capture.site) if url not in urls_asked
    ]
    if urls_left:
        return make_not_recognised(
            home,
            Text(
                f"的列表没有全部看：{urls_left[0]}",
                f"not every list was read: {urls_left[0]}",
            ),
        )
    return find_doubt_of_search("dated_items", home)


def _find_sources(capture: Capture) -> Iterator[list[PublishedItem]]:
    """Find the dated items of each page or feed; a sitemap only for want of better."""
    today = capture.day
    has_source = False
    later: list[Exchange] = []
    for part in capture.parts:
        if not isinstance(part, Exchange) or part.status != _OK:
            continue
        if _SITEMAP.search(part.body[:_HEAD]):
            later.append(part)
        elif is_feed(part.body):
            source = find_feed_items(part, today)
            has_source = has_source or bool(source)
            yield from [source] if source else []
    for part, page in _list_pages(capture):
        source = find_items(page, today) or _date_article(part, page, capture)
        has_source = has_source or bool(source)
        yield from [source] if source else []
    for part in [] if has_source else later:
        source = find_sitemap_items(part, today)
        yield from [source] if source else []


def _list_pages(capture: Capture) -> Iterator[tuple[Exchange, PageDocument]]:
    for part in capture.parts:
        if not isinstance(part, Exchange) or part.status != _OK:
            continue
        if not _is_list_for_programs(part):
            page = parse_page(part)
            if page.legible:
                yield part, page


def _date_article(
    part: Exchange, page: PageDocument, capture: Capture
) -> list[PublishedItem]:
    """Find the date of a page that is an article and dates itself in its markup."""
    path = part.url.removeprefix(capture.site.url)
    if part is capture.parts[0] or not _ARTICLE.search(path):
        return []
    today = capture.day
    day_text = find_date(
        page.source, extensive_search=False, original_date=True, max_date=str(today)
    )
    if day_text is None:
        return []
    day = date.fromisoformat(day_text)
    if day >= today:  # a page that bears the day of the look has a clock
        return []
    return [PublishedItem(on=day, raw=day_text, signal=Signal.ARTICLE, place=page.url)]


def _find_feeds(page: PageDocument) -> list[str]:
    urls: list[str] = []
    for node in page.tree.css("link[rel~=alternate][href]"):
        kind = (node.attributes.get("type") or "").lower()
        url = urljoin(page.url, node.attributes.get("href") or "")
        of_items = kind in _FEED_TYPES and "comments" not in url
        if of_items and url.startswith("http") and url not in urls:
            urls.append(url)
    return urls


def _find_lists(page: PageDocument, site: Site) -> list[str]:
    urls: list[str] = []
    for link in page.links:
        url = link.url.partition("#")[0]
        fine = link.leads and url != page.url and site.owns(url) and url not in urls
        if fine and len(link.text) <= 16 and _NEWS.match(link.text):
            urls.append(url)
    return urls


def _find_articles(parts: list[Part], site: Site) -> list[str]:
    """Find pages linked from the lists that look like articles."""
    urls_known = {part.url for part in parts if isinstance(part, Exchange)}
    urls: list[str] = []
    pages = [
        part for part in parts if isinstance(part, Exchange) and part.status == _OK
    ]
    for part in reversed(pages):
        if _is_list_for_programs(part):
            continue
        for link in parse_page(part).links:
            url = link.url.partition("#")[0]
            path = url.removeprefix(site.url)
            is_article = len(link.text) >= 8 and _ARTICLE.search(path)
            if (
                is_article
                and site.owns(url)
                and url not in urls_known
                and url not in urls
            ):
                urls.append(url)
    return urls


async def _fetch_sitemaps(site: Site, net: Net) -> list[Part]:
    try:
        urls = list(await net.list_sitemaps(site.url))
    except NetError as error:
        return [make_failure(net, site.url, error)]
    urls = [url for url in urls if site.owns(url)] or [
        urljoin(site.url, "/sitemap.xml")
    ]
    parts: list[Part] = []
    while urls and len(parts) < _MOST_SITEMAPS:
        url = urls.pop(0)
        part: Part = await attempt(net, url, net.get(url))
        parts.append(part)
        if isinstance(part, Exchange) and part.status == _OK:
            urls = [u for u in list_children(part) if site.owns(u)] + urls
    return parts
