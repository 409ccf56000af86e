"""A small internet on 127.0.0.1: one site, its name server, its registry."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from changqing.jsondata import JsonObject
from changqing.net.door import Net
from changqing.net.model import Exchange, NetSettings
from changqing.probes.model import Site
from changqing.rehearsal.authority import make_authority
from changqing.rehearsal.dns import serve_dns
from changqing.rehearsal.http import serve_rdap, serve_redirect, serve_site
from changqing.rehearsal.mail import serve_mail

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOST = "www.changqing-example.cn"
DOMAIN = "changqing-example.cn"
MAIL = f"mx.{DOMAIN}"

HOME = """<!doctype html><html><head><meta charset="utf-8"><title>长青示例</title>
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>
<ul><li><a href="/news/1.html">秋季课程上线</a> <span>2026-11-20</span></li>
<li><a href="/news/2.html">系统维护通知</a> <span>2026-10-01</span></li></ul>
<div>今天是2026年11月24日 星期二</div>
<footer><p>杭州长青示例科技有限公司 版权所有 © 2026</p>
<p><a href="https://beian.miit.gov.cn/">浙ICP备20261234号-1</a>
浙公网安备 33010602001234号 增值电信业务经营许可证：浙B2-20260001</p>
<p>客服热线：400-123-4567 邮箱：kefu@changqing-example.cn</p>
<p><a href="/complaint.html">投诉与建议</a> <a href="/privacy.html">隐私政策</a>
<a href="/terms.html">用户协议</a> <a href="/chat.html">在线客服</a>
</p></footer></body></html>"""

FEED = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>
<title>长青示例</title><link>/</link><description>x</description>
<item><title>一</title><pubDate>Fri, 20 Nov 2026 09:00:00 +0800</pubDate></item>
<item><title>二</title><pubDate>Mon, 02 Nov 2026 23:30:00 +0800</pubDate></item>
<item><title>将来</title><pubDate>Mon, 01 Feb 2027 09:00:00 +0800</pubDate></item>
</channel></rss>"""

NAV = """<nav><a href="/study.html">学习方法</a> <a href="/teachers.html">师资</a>
<a href="/places.html">校区分布</a></nav>"""
"""What leads on to pages of the site, as home pages do."""

WORDS = (
    "这个页面只有一段足够长的文字，用来说明它已经完整地读到了结尾，没有别的内容。" * 5
)

BARE = f"""<!doctype html><html><head><meta charset="utf-8"><title>空站</title></head>
<body>{NAV}<p>{WORDS}</p>
</body></html>"""

RDAP: JsonObject = {
    "objectClassName": "domain",
    "ldhName": DOMAIN,
    "status": ["client transfer prohibited", "active"],
    "events": [
        {"eventAction": "registration", "eventDate": "2019-03-01T10:00:00Z"},
        {"eventAction": "expiration", "eventDate": "2029-03-01T10:00:00Z"},
    ],
    "entities": [
        {
            "objectClassName": "entity",
            "roles": ["registrant"],
            "vcardArray": [
                "vcard",
                [
                    ["version", {}, "text", "4.0"],
                    ["fn", {}, "text", "杭州长青示例科技有限公司"],
                ],
            ],
        },
        {
            "objectClassName": "entity",
            "roles": ["registrar"],
            "vcardArray": ["vcard", [["fn", {}, "text", "示例注册商"]]],
        },
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The door into it, and the site that stands there."""

    settings: NetSettings
    site: Site


def pages(folder: Path, home: str = HOME, **more: str) -> Path:
    """A folder of pages; `more` is keyed by name with `_` for the dot."""
    files = {"index.html": home}
    files |= {name.replace("_", "."): text for name, text in more.items()}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def good_pages(folder: Path) -> Path:
    """The site with everything on it."""
    policy = BARE.replace("空站", "政策")
    return pages(
        folder,
        feed_xml=FEED,
        complaint_html=policy,
        privacy_html=policy,
        terms_html=policy,
        chat_html=policy,
    )


def quick(settings: NetSettings) -> NetSettings:
    """The same door, impatient enough for tests."""
    return replace(
        settings,
        pause_seconds=0.0,
        back_off_seconds=0.0,
        total_seconds=1.5,
        connect_seconds=1.0,
        dns_seconds=0.5,
    )


@asynccontextmanager
async def world(
    folder: Path,
    *,
    rdap: JsonObject | None = None,
    certified: str = HOST,
    zone: dict[tuple[str, str], list[str]] | None = None,
) -> AsyncIterator[World]:
    """Everything works here, unless a test says otherwise."""
    started = datetime.now(UTC)
    authority = make_authority(now=started)
    context = authority.issue(
        certified,
        not_before=started - timedelta(days=10),
        not_after=started + timedelta(days=80),
    )
    if zone is None:
        zone = {
            (HOST, "A"): ["127.0.0.1"],
            (DOMAIN, "NS"): ["ns1.dns-example.cn.", "ns2.dns-example.cn."],
            (DOMAIN, "MX"): [f"10 {MAIL}."],
            (MAIL, "A"): ["127.0.0.1"],
        }
    objects: dict[str, JsonObject] = {DOMAIN: RDAP if rdap is None else rdap}
    async with (
        serve_site(folder, context=context) as web,
        serve_redirect(web.make_url(HOST)) as plain,
        serve_mail() as mail,
        serve_dns(zone) as names,
        serve_rdap(objects) as registry,
    ):
        settings = NetSettings(
            nameservers=(names,),
            opened=frozenset(
                {(HOST, web.port), (HOST, 80), (MAIL, 25), registry.address}
            ),
            ports={(HOST, 80): plain.port, (MAIL, 25): mail},
            trust=(authority.pem,),
            controls=(registry.make_url(),),
            rdap={"cn": registry.make_url(path="")},
        )
        site = Site.from_url("site", web.make_url(HOST), domain=DOMAIN)
        yield World(settings=quick(settings), site=site)


def door(settings: NetSettings, at: datetime = NOW) -> Net:
    """A door whose clock stands still."""
    return Net(settings, clock=lambda: at)


def exchange(
    body: bytes | str,
    *,
    url: str = "https://www.changqing-example.cn/",
    status: int = 200,
) -> Exchange:
    """A page as if it had been fetched."""
    data = body.encode() if isinstance(body, str) else body
    return Exchange(
        url=url,
        hops=(url,),
        at=NOW,
        seconds=0.1,
        address="127.0.0.1",
        request_headers=(),
        status=status,
        phrase="OK",
        headers=(("Content-Type", "text/html"),),
        body=data,
        certificate=None,
    )
