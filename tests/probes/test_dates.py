"""Dates as people and servers write them; feeds and sitemaps that carry them."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from changqing.net.model import Exchange
from changqing.probes.document import parse_page
from changqing.probes.feeds import find_feed_items, parse_feed_entries
from changqing.probes.items import Signal
from changqing.probes.listed import find_items
from changqing.probes.sitemaps import find_sitemap_items, list_children, read_sitemap
from changqing.probes.written_dates import find_beijing_day, find_dates, parse_moment
from tests.probes.probes_world import HOST, exchange

TODAY = date(2026, 11, 24)
CHINA = timezone(timedelta(hours=8))


def unzoned(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0
) -> datetime:
    return datetime.combine(date(year, month, day), time(hour, minute))


WORDS = "<p>这里是一段足够长的正文，说明这个页面已经完整读到了结尾。</p>" * 3


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20",
        "2026/11/20",
        "2026.11.20",
        "2026年11月20日",
        "2026 年 11 月 20 日",
        "2026年11月20号",
        "二〇二六年十一月二十日",
        "二○二六年十一月二十日",
        "Nov 20, 2026",
        "November 20th, 2026",
        "20 Nov 2026",
        "20-Nov-2026",
        "十一月 20, 2026",
        "20 十一月, 2026",
    ],
)
def test_a_full_date_is_read_however_it_is_written(text: str) -> None:
    [found] = find_dates(f"发布于 {text} 来源")
    assert found.on == date(2026, 11, 20)


@pytest.mark.parametrize(
    "text",
    ["2026-13-45", "11-20", "192.168.2026.11", "20261120", "2026年", "1.2026-11-20"],
)
def test_what_is_no_full_date(text: str) -> None:
    assert list(find_dates(text)) == []


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20T09:00:00+08:00", datetime(2026, 11, 20, 9, tzinfo=CHINA)),
        ("2026-11-20T01:00:00Z", datetime(2026, 11, 20, 1, tzinfo=UTC)),
        ("2026-11-20 09:00:00", unzoned(2026, 11, 20, 9)),
        ("2026-11-20", unzoned(2026, 11, 20)),
        ("2026/11/20 9:05", unzoned(2026, 11, 20, 9, 5)),
        ("2026年11月20日 09:05", unzoned(2026, 11, 20, 9, 5)),
        ("Fri, 20 Nov 2026 09:00:00 +0800", datetime(2026, 11, 20, 9, tzinfo=CHINA)),
        ("Fri, 20 Nov 2026 09:00:00+0800", datetime(2026, 11, 20, 9, tzinfo=CHINA)),
        (
            "周五, 20 十一月 2026 09:00:00 +0800",
            datetime(2026, 11, 20, 9, tzinfo=CHINA),
        ),
        ("星期五, 20 十一月 2026", unzoned(2026, 11, 20)),
    ],
)
def test_moments_as_servers_write_them(text: str, moment: datetime) -> None:
    found = parse_moment(text)
    assert found == moment
    assert found is not None
    assert (found.tzinfo is None) is (moment.tzinfo is None)


@pytest.mark.parametrize("text", ["", "mpad_help", "{{ .Date }}", "昨天", "2026-99-99"])
def test_what_is_no_moment(text: str) -> None:
    assert parse_moment(text) is None


def test_a_moment_without_zone_is_a_beijing_one() -> None:
    assert find_beijing_day(unzoned(2026, 11, 20, 23, 30)) == date(2026, 11, 20)
    assert find_beijing_day(datetime(2026, 11, 20, 23, 30, tzinfo=UTC)) == date(
        2026, 11, 21
    )
    assert find_beijing_day(datetime.max.replace(tzinfo=UTC)) == date.max


# -- lists


def found_on(
    inner: str, url: str = f"https://{HOST}/news/"
) -> list[tuple[Signal, str]]:
    page = parse_page(exchange(f"<html><body>{WORDS}{inner}</body></html>", url=url))
    return [(item.signal, str(item.on)) for item in find_items(page, TODAY)]


@pytest.mark.parametrize(
    "inner",
    [
        "<li><b>20</b><i>2026-11</i><a href=/1>新课</a></li>",
        "<li><i>2026/11</i><b>20</b><a href=/1>新课</a></li>",
        "<li><i>2026年11月</i><b>20日</b><a href=/1>新课</a></li>",
        "<li><b>2026</b><p>11-20</p><a href=/1>新课</a></li>",
        "<li><p>11-20</p><b>2026</b><a href=/1>新课</a></li>",
    ],
)
def test_a_date_in_pieces_is_put_together(inner: str) -> None:
    assert found_on(inner) == [(Signal.LIST, "2026-11-20")]


@pytest.mark.parametrize(
    "inner",
    [
        "<li><a href=/1>某工程开工仪式举行</a> 2026-11-20</li>",
        "<li>某地召开工作会议 [2026-11-20]</li>",
        "<li>2026-11-20 会议纪要</li>",
        "<li>(2026-11-20) 某校举办开放日活动</li>",
        "<li>关于报名考试（2026-11-20）</li>",
    ],
)
def test_a_headline_may_speak_of_an_event(inner: str) -> None:
    assert found_on(inner) == [(Signal.LIST, "2026-11-20")]


@pytest.mark.parametrize(
    "inner",
    [
        "<p>报名截止：2026-11-20</p>",
        "<p>活动时间：2026年11月20日</p>",
        "<p>成立于2026年11月20日</p>",
        "<p>2026年11月20日成立</p>",
        "<p>Copyright © 2026-11-20</p>",
    ],
)
def test_the_date_of_an_event_dates_no_item(inner: str) -> None:
    assert found_on(inner) == []


def test_a_time_element_and_its_text_are_one_item() -> None:
    inner = (
        "<li><time datetime='2026-11-20T09:00:00+08:00'>2026-11-20</time></li>"
        "<li>旧闻 <span>2026-11-02</span></li>"
    )
    assert found_on(inner) == [
        (Signal.TIME, "2026-11-20"),
        (Signal.LIST, "2026-11-02"),
    ]


def test_line_after_line_that_begins_with_a_day_is_a_chronicle() -> None:
    days = ["2026年11月20日", "2026年10月8日", "2026年9月1日", "喜讯！2026年8月1日"]
    lines = "".join(f"<p>{day}，某校举办了一场说明会，到会者众。</p>" for day in days)
    assert [day for _, day in found_on(lines)] == [
        "2026-11-20",
        "2026-10-08",
        "2026-09-01",
        "2026-08-01",
    ]
    assert found_on("".join(lines.partition("</p>")[:2])) == []


@pytest.mark.parametrize(
    "path",
    [
        "/2026/11/2{}/a.html",
        "/omn/2026112{}/x.html",
        "/a/2026-11-2{}/x.html",
        "/xw/202611/t2026112{}_123.html",
        "/2026/112{}/c1.html",
    ],
)
def test_addresses_date_items_that_show_no_date(path: str) -> None:
    links = "".join(
        f"<li><a href='{path.format(n)}'>这是一条新闻的标题</a></li>" for n in range(3)
    )
    assert {signal for signal, _ in found_on(links)} == {Signal.ADDRESS}
    assert max(day for _, day in found_on(links)) == "2026-11-22"
    elsewhere = links.replace("href='", "href='https://news.example.com")
    assert found_on(elsewhere) == []


def test_a_copyright_year_is_no_date_be_it_in_the_future() -> None:
    assert found_on("<p>© 2016-2027 长青示例 版权所有</p><p>版权所有 2027</p>") == []


# -- feeds


def feed(*dates: str, element: str = "pubDate") -> str:
    entries = "".join(
        f"<item><title>{n}</title>{f'<{element}>{text}</{element}>' if text else ''}</item>"
        for n, text in enumerate(dates)
    )
    return (
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>"
        f"<title>长青</title>{entries}</channel></rss>"
    )


def moments(data: str | bytes) -> list[datetime | None]:
    return [entry.moment for entry in parse_feed_entries(exchange(data))]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Fri, 20 Nov 2026 09:00:00 +0800", "2026-11-20"),
        ("Thu, 19 Nov 2026 18:00:00 GMT", "2026-11-20"),
        ("周五, 20 十一月 2026 09:00:00 +0800", "2026-11-20"),
        ("2026-11-20 23:30:00", "2026-11-20"),
        ("Fri, 20 Nov 2026 23:30:00", "2026-11-20"),
        ("2026-11-20T23:30:00", "2026-11-20"),
        ("2026年11月20日", "2026-11-20"),
    ],
)
def test_the_day_of_an_entry_is_the_one_in_beijing(text: str, day: str) -> None:
    [moment] = moments(feed(text))
    assert moment is not None
    assert str(find_beijing_day(moment)) == day


def test_a_feed_in_gbk_is_read() -> None:
    text = "<?xml version='1.0' encoding='gbk'?>" + feed(
        "周五, 20 十一月 2026 09:00:00 +0800"
    )
    [moment] = moments(text.encode("gbk"))
    assert moment == datetime(2026, 11, 20, 9, tzinfo=CHINA)


def test_undated_entries_count_as_entries_and_date_nothing() -> None:
    assert moments(feed("", "", "mpad_help")) == [None, None, None]
    assert find_feed_items(exchange(feed("", "")), TODAY) == []


def test_the_date_that_a_program_puts_for_none_is_none() -> None:
    assert moments(feed("Mon, 01 Jan 0001 00:00:00 +0000")) == [None]


def test_dublin_core_dates_entries_too() -> None:
    [moment] = moments(feed("2026-11-20T09:00:00+08:00", element="dc:date"))
    assert moment == datetime(2026, 11, 20, 9, tzinfo=CHINA)


@pytest.mark.parametrize("data", [b"", b"<html><body>x</body></html>", b"\xff\xfe\x00"])
def test_what_is_no_feed_has_no_entries(data: bytes) -> None:
    assert moments(data) == []


# -- sitemaps

URL = "<url><loc>{}</loc><lastmod>{}</lastmod></url>"


def sitemap(inner: str, root: str = "urlset") -> str:
    return f"<?xml version='1.0' encoding='UTF-8'?><{root}>{inner}</{root}>"


def urls(data: str | bytes) -> list[str]:
    found = read_sitemap(exchange(data, url=f"https://{HOST}/maps/sitemap.xml"))
    return [] if found is None else [entry.url for entry in found.entries]


def test_relative_addresses_are_those_of_the_site() -> None:
    inner = URL.format("/a.html", "2026-11-20") + URL.format("b.html", "2026-11-21")
    assert urls(sitemap(inner)) == [
        f"https://{HOST}/a.html",
        f"https://{HOST}/maps/b.html",
    ]


@pytest.mark.parametrize(
    "data",
    [
        sitemap(URL.format("https://a.cn/?a=1&b=2", "2026-11-20")),
        sitemap(URL.format("https://a.cn/?a=1&amp;b=2", "2026-11-20")),
        "\n\n " + sitemap(URL.format("https://a.cn/?a=1&amp;b=2", "2026-11-20")),
        sitemap(URL.format("<![CDATA[https://a.cn/?a=1&b=2]]>", "2026-11-20")),
        sitemap(
            "<!-- <url><loc>x</loc></url> -->" + URL.format("https://a.cn/?a=1&b=2", "")
        ),
        sitemap(URL.format("https://a.cn/?a=1&b=2", ""))[:-12],
        sitemap("<url>\n<loc>\nhttps://a.cn/?a=1&b=2\n</loc>\n</url>"),
        "https://a.cn/?a=1&b=2\n",
        gzip.compress(
            sitemap(URL.format("https://a.cn/?a=1&b=2", "")).encode(), mtime=0
        ),
        sitemap(URL.format("https://a.cn/?a=1&b=2", "")).encode("utf-8-sig"),
        sitemap(
            "<url><loc>https://a.cn/?a=1&b=2</loc><image:image>"
            "<image:loc>https://a.cn/i.png</image:loc></image:image></url>"
        ),
        "<sm:urlset xmlns:sm='http://www.sitemaps.org/schemas/sitemap/0.9'><sm:url>"
        "<sm:loc>https://a.cn/?a=1&amp;b=2</sm:loc></sm:url></sm:urlset>",
    ],
)
def test_a_sitemap_is_read_leniently(data: str | bytes) -> None:
    assert urls(data) == ["https://a.cn/?a=1&b=2"]


def test_entries_that_repeat_are_all_counted() -> None:
    assert len(urls(sitemap(URL.format("https://a.cn/1", "") * 3))) == 3


def test_an_entry_without_address_leaves_the_others() -> None:
    inner = "<url><loc></loc></url>" + URL.format("https://a.cn/1", "")
    assert urls(sitemap(inner)) == ["", "https://a.cn/1"]


def test_a_template_that_nobody_filled_in_lists_nothing() -> None:
    inner = "{{ range .Pages }}" + URL.format("{{ .Permalink }}", "{{ .Date }}")
    assert urls(sitemap(inner)) == []


@pytest.mark.parametrize(
    "data", ["", "<html><body><p>404</p></body></html>", "hello", "\x1f\x8b junk"]
)
def test_what_is_no_sitemap_is_none(data: str) -> None:
    assert read_sitemap(exchange(data)) is None


def test_the_sitemaps_of_an_index_are_absolute() -> None:
    inner = (
        "<sitemap><loc>/post.xml</loc></sitemap><sitemap><loc>https://a.cn/b.xml</loc>"
    )
    answer = exchange(sitemap(inner, "sitemapindex"), url=f"https://{HOST}/sitemap.xml")
    assert list_children(answer) == [
        f"https://{HOST}/post.xml",
        "https://a.cn/b.xml",
    ]
    assert find_sitemap_items(answer, TODAY) == []


def test_news_dates_count_for_want_of_a_change() -> None:
    inner = (
        "<url><loc>https://a.cn/news/1.html</loc><news:news><news:publication_date>"
        "2026-11-20</news:publication_date></news:news></url>"
    )
    [item] = find_sitemap_items(sitemap_exchange(inner), TODAY)
    assert item.on == date(2026, 11, 20)


def sitemap_exchange(inner: str) -> Exchange:
    return exchange(sitemap(inner), url=f"https://{HOST}/sitemap.xml")
