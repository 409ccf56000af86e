"""Any bytes at all: reading them never fails and never takes long.

A few seconds and small pages in the suite; `make fuzz` goes on for longer. With
`CHANGQING_FUZZ_SECONDS` pages of 400 kB are held to a second.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from changqing.net.model import Exchange
from changqing.probes.channels import find_phones
from changqing.probes.document import parse_page
from changqing.probes.engine import read as read_capture
from changqing.probes.feeds import find_feed_items
from changqing.probes.model import Capture, Site
from changqing.probes.page_facts import read_page_facts
from changqing.probes.sitemaps import find_sitemap_items, read_sitemap
from changqing.probes.whose import find_attributions, find_source_sites
from tests.probes.probes_world import DOMAIN, HOST, NOW, exchange

TODAY = date(2026, 11, 24)
SITE = Site.from_url("site", f"https://{HOST}/", domain=DOMAIN)
AT_LENGTH = "CHANGQING_FUZZ_SECONDS" in os.environ
SIZE, SLOWEST = (400_000, 1.0) if AT_LENGTH else (60_000, 0.5)  # bytes, seconds of CPU


def within(
    seconds: float, read: Callable[[Exchange], object], answer: Exchange
) -> None:
    began = time.process_time()
    read(answer)
    assert time.process_time() - began < seconds, read.__name__


def read_page(answer: Exchange) -> None:
    read_page_facts(answer, TODAY)
    page = parse_page(answer)
    list(find_attributions(page))
    list(find_source_sites(page))
    for probe in ("page", "publication"):
        capture = Capture(probe=probe, site=SITE, at=NOW, parts=(answer,))
        for seen in read_capture(capture):
            assert seen.reason is not None or seen.value is not None


def read_xml(answer: Exchange) -> None:
    find_feed_items(answer, TODAY)
    read_sitemap(answer)
    find_sitemap_items(answer, TODAY)


@pytest.fixture(scope="module", autouse=True)
def only_reading_is_timed() -> Iterator[None]:
    """Neither what the first reading loads, nor garbage of the tests before."""
    read_page(exchange("<p>2026年11月24日 浙ICP备20261234号 0571-88880000 a@b.cn</p>"))
    read_xml(exchange("<rss><channel><item/></channel></rss>"))
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


# -- what pages are made of, in any order

PIECES = st.sampled_from(
    [
        *(
            "<p>",
            "</p>",
            "<a href='",
            "'>",
            "</a>",
            "<script>",
            "</script>",
            "<!--",
            "-->",
        ),
        *(
            "<div style='display:none'>",
            "</div>",
            "<svg>",
            "<b hidden>",
            "<time datetime='",
        ),
        *(
            "<title>",
            "</title>",
            "<base href='",
            "<meta charset=gbk>",
            "<frameset>",
            "&nbsp;",
        ),
        *(
            "</body></html>",
            "<noscript>",
            "<![CDATA[",
            "]]>",
            "{{",
            "}}",
            "<%",
            "%>",
            "${",
        ),
        *(
            "京ICP备",
            "粵ICP備(bei)",
            "I C P",
            "备",
            "号",
            "-1",
            "20261234",
            "2026012346",
        ),
        *(
            "京ICP证",
            "B2-",
            "A2.B1.",
            "许可证编号：",
            "公网安备",
            "网安备案",
            "11010802012346",
        ),
        *("有限公司", "公司", "（", "）", "版权所有", "©", "Ltd", "Inc", "技术支持："),
        *(
            "电话：",
            "传真：",
            "400-",
            "0571-",
            "13812345678",
            "8888",
            "(",
            ")",
            "+86",
            "转",
        ),
        *(
            "a@b.cn",
            "@",
            "(at)",
            "#",
            "mailto:",
            "tel:",
            "QQ：",
            "微信：",
            "wpa.qq.com",
        ),
        *(
            "2026-11-20",
            "2026年",
            "11月",
            "20日",
            "Nov 20, 2026",
            "十一月",
            "今天是",
            "/2026/11/20/",
        ),
        *("<rss><channel>", "<item>", "<pubDate>", "</item>", "<entry>", "<updated>"),
        *(
            "<urlset>",
            "<url>",
            "<loc>",
            "</loc>",
            "<lastmod>",
            "<sitemapindex>",
            "\x1f\x8b",
        ),
        *(
            " ",
            "\n",
            "\t",
            "\u3000",
            "\u200b",
            "\x00",
            "，",
            "、",
            "/",
            "\\u5907",
            "%u5907",
        ),
        *(
            "http://",
            "https://[::1",
            "//x.cn/",
            "javascript:;",
            "#",
            "saved from url=(1)",
        ),
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=6)), max_size=60).map("".join)
ENCODINGS = st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-8-sig"])
BODIES = st.one_of(
    st.binary(max_size=300),
    st.builds(
        lambda text, encoding, junk: text.encode(encoding, "replace") + junk,
        TEXTS,
        ENCODINGS,
        st.binary(max_size=4),
    ),
)


@pytest.mark.long
@pytest.mark.share
@pytest.mark.fuzz
@pytest.mark.parametrize("read", [read_page, read_xml])
def test_no_bytes_make_reading_fail(
    read: Callable[[Exchange], None], fuzz_seconds: float
) -> None:
    ends = time.monotonic() + (fuzz_seconds or 1.5)

    @settings(
        max_examples=100,
        deadline=None,  # of the wall; what counts is CPU
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(body=BODIES)
    def once(body: bytes) -> None:
        within(SLOWEST, read, exchange(body))

    once()
    while time.monotonic() < ends:
        once()


# -- what makes careless expressions run away: one piece, over and over

REPEATED = [
    *(
        "<a href='x'>",
        "<script ",
        "<script>",
        "<!--",
        "<p>",
        "<div style='display:none'>",
    ),
    *("{{", "{a:", "${", "<%", "(a", "（a", "&nbsp;", "<time datetime='2026-11-20'>x"),
    *(
        "备",
        "京ICP备",
        "京ICP备20261234",
        "京ICP备 ",
        "ICP",
        "证",
        "京ICP证",
        "许可证",
        "B2-",
        "A2.",
    ),
    *(
        "公网安备",
        "公网安备1101080201234",
        "1",
        "13812345678",
        "13812345678\n",
        "0571-",
        "400-",
    ),
    *(
        "(",
        "+86",
        "- ",
        "1-",
        "1 ",
        "电话 1",
        "a",
        "A ",
        "Aa1 ",
        "a@",
        "a.",
        "@",
        "(at)",
        "#",
        "-a",
    ),
    *(
        "有限公司",
        "中有限公司",
        "公司",
        "中",
        "中 ",
        "中A",
        "（中文）有限公司",
        "A Ltd ",
        "Ltd",
    ),
    *("版权所有", "©", "© 中", "2026", "2026-11-20", "2026-11-20，中", "2026\n11-20\n"),
    *("Nov 20, 2026 ", "Nov ", "十一月 ", "十月", "一二三年", "QQ：1", "微信", "QQ"),
    *(
        "<item><pubDate>",
        "<url><loc>",
        "<url>",
        "<urlset>",
        "<![CDATA[",
        "https://a.cn/\n",
    ),
    *(
        "<a href='/2026/11/20/'>新闻新闻新闻</a>",
        "<a href='mailto:a@b.cn'>",
        "<b>中</b>",
    ),
    *(
        "<link rel=canonical href=",
        "<base href=",
        "www.a.cn ",
        "© www.a.cn\n",
        "\\u5907",
    ),
    *("<script>京ICP备", "<script>备</script>", "<pre>", "<svg>", "<option>x"),
]


@pytest.mark.share
@pytest.mark.parametrize("piece", REPEATED)
def test_one_piece_over_and_over_takes_no_time(piece: str) -> None:
    many = (piece * (SIZE // len(piece.encode())))[:SIZE]
    answer = exchange(f"<html><body>{many}</body></html>")
    within(SLOWEST, read_facts, answer)
    within(SLOWEST, read_sitemap, answer)


def read_hotlines(answer: Exchange) -> None:
    list(find_phones(parse_page(answer)))


def read_facts(answer: Exchange) -> None:
    read_page_facts(answer, TODAY)


@pytest.mark.share
@pytest.mark.parametrize("tags", ["<pre>", "<div>", "<b><p>", "<font><div>", "<table>"])
def test_a_page_nested_without_end_is_read_at_either_end_alone(tags: str) -> None:
    nested = tags * (400_000 // len(tags))
    answer = exchange(f"<html><body>{nested}<p>浙ICP备20261234号</p></body></html>")
    within(1.0, read_facts, answer)
    assert parse_page(answer).flaw is not None


def test_letters_that_hold_the_bytes_of_a_tag_hide_no_depth() -> None:
    """In UTF-16 the bytes of `⼼` are those of `</`."""
    nested = "丁" * 40 + "<div>⼼" * 60_000
    answer = exchange(nested.encode("utf-16"))
    within(1.0, read_facts, answer)
    assert parse_page(answer).flaw is not None


@pytest.mark.parametrize("line", ["© ", "版权所有", "Copyright "])
def test_a_line_of_nothing_but_claims_is_read_at_once(line: str) -> None:
    claims = line * (150 // len(line))
    within(1.0, read_facts, exchange(f"<html><body><p>{claims}x</p></body></html>"))


def test_many_numbers_in_pieces_are_read_in_linear_time() -> None:
    pieces = "".join(f"<p>{piece}</p>" for piece in ("400", *"12345678"))
    within(3.0, read_hotlines, exchange(f"<html><body>{pieces * 8_000}</body></html>"))
