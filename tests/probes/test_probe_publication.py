"""Which dates are those of published items, and which are not."""

from __future__ import annotations

from datetime import date

import pytest

from changqing.evidence.model import GapReason
from changqing.net.model import Exchange
from changqing.probes.document import parse_page
from changqing.probes.engine import read
from changqing.probes.items import Signal
from changqing.probes.kinds.publication import find_dated_items
from changqing.probes.listed import find_items
from changqing.probes.model import Capture, LookFailure, ProbeObservation, Site
from changqing.text import Text
from tests.probes.probes_world import BARE, DOMAIN, FEED, HOST, NAV, NOW, exchange

SITE = Site.from_url("site", f"https://{HOST}/", domain=DOMAIN)
TODAY = date(2026, 11, 24)


def made(*parts: Exchange | LookFailure) -> Capture:
    return Capture(probe="publication", site=SITE, at=NOW, parts=parts)


def facts(*parts: Exchange | LookFailure) -> dict[str, ProbeObservation]:
    return {observation.fact: observation for observation in read(made(*parts))}


def body(inner: str) -> str:
    words = "这里是一段足够长的正文，说明页面已经完整读到。" * 8
    head = "<html><head><title>示例</title></head>"
    return f"{head}<body>{NAV}{words}{inner}</body></html>"


def days(inner: str) -> list[str]:
    return [
        str(item.on) for item in find_items(parse_page(exchange(body(inner))), TODAY)
    ]


@pytest.mark.parametrize(
    "inner",
    [
        "<li><a href=/1>新课上线</a><span>2026-11-20</span></li>",
        "<li><span>[2026/11/20]</span><a href=/1>新课上线</a></li>",
        "<p>发布时间：2026年11月20日 10:11 来源：本站</p>",
        "<li>怎样开通会员？ 2026-11-20</li>",
        "<time datetime='2026-11-19T18:00:00Z'>昨天</time>",
        "<p>发布于 2026.11.20</p>",
    ],
)
def test_dates_that_stand_at_items(inner: str) -> None:
    assert days(inner) == ["2026-11-20"]


@pytest.mark.parametrize(
    "inner",
    [
        "<p>今天是2026年11月20日</p>",
        "<p>2026年11月20日 星期五</p>",
        "<p>GMT+8, 2026-11-20 16:00 , Processed in 0.05 second(s)</p>",
        "<p>公司成立于2016年11月20日，位于杭州市西湖区，是一家互联网企业。</p>",
        "<p>成立时间：</p><p>2016-11-20</p>",
        "<p>版权所有 © 2016-11-20</p>",
        "<p>2026年11月20日，某集团召开会议，宣布了新的计划。</p>",
        "<p>报名截止2026-11-20</p>",
        "<li>预告 2027-01-05</li>",
        "<li>2026-13-45</li>",
        "<script>var d='2026-11-20'</script>",
    ],
)
def test_dates_that_do_not(inner: str) -> None:
    assert days(inner) == []


def test_a_stamp_that_all_entries_share_dates_none() -> None:
    entry = "<item><title>x</title><pubDate>Fri, 20 Nov 2026 09:00:00 +0800</pubDate>"
    feed = f"<rss version='2.0'><channel>{(entry + '</item>') * 6}</channel></rss>"
    seen = facts(exchange(BARE), exchange(feed))
    assert seen["shows_dated_items"].reason is GapReason.NOT_RECOGNISED


def test_a_sitemap_counts_only_for_want_of_better() -> None:
    urls = "".join(
        f"<url><loc>https://{HOST}/news/{n}.html</loc>"
        f"<lastmod>2026-11-0{n}</lastmod></url>"
        for n in range(1, 6)
    )
    sitemap = exchange(
        "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/"
        f"0.9'>{urls}</urlset>",
        url=f"https://{HOST}/sitemap.xml",
    )
    alone = made(exchange(BARE), sitemap)
    assert {item.signal for item in find_dated_items(alone)} == {Signal.SITEMAP}
    with_feed = made(exchange(BARE), sitemap, exchange(FEED))
    assert {item.signal for item in find_dated_items(with_feed)} == {Signal.FEED}


def test_an_item_shown_on_two_pages_counts_once() -> None:
    page = body("<li>新课上线 <span>2026-11-20</span></li>")
    twice = facts(exchange(page), exchange(page, url=f"https://{HOST}/news/"))
    assert twice["items_last_180_days"].value == 1


def test_dates_without_a_year_are_a_gap() -> None:
    seen = facts(exchange(body("<li>新课上线 <span>11-20</span></li>")))
    assert seen["shows_dated_items"].reason is GapReason.UNREADABLE


def test_a_feed_that_could_not_be_seen_leaves_the_counts_unknown() -> None:
    failure = LookFailure(
        target=f"https://{HOST}/feed.xml",
        at=NOW,
        reason=GapReason.TIMEOUT,
        detail=Text(zh="没有及时应答", en="no answer in time"),
    )
    page = exchange(body("<li>新课上线 <span>2026-11-20</span></li>"))
    seen = facts(page, failure)
    assert seen["shows_dated_items"].value is True
    assert seen["newest_item_on"].reason is GapReason.TIMEOUT
    assert seen["items_last_180_days"].value is None


def test_chinese_months_in_a_feed_are_understood() -> None:
    feed = (
        "<rss version='2.0'><channel><item><title>x</title><pubDate>周五, 20 十一月 2026 "
        "09:00:00 +0800</pubDate></item></channel></rss>"
    )
    seen = facts(exchange(BARE), exchange(feed))
    assert seen["newest_item_on"].value == date(2026, 11, 20)


@pytest.mark.parametrize(
    "junk",
    [
        b"<rss><channel><item>" * 2000,
        b"<urlset>" + b"\xff\xfe" * 3000,
        b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'cc'>]><rss>&b;</rss>",
    ],
)
def test_a_hostile_feed_never_raises_and_dates_nothing(junk: bytes) -> None:
    assert find_dated_items(made(exchange(BARE), exchange(junk))) == ()
