"""What was answered × which fact: only a proven look makes anything absent.

Every answer is sent by a real server in place of one page of a site that has
everything. Whatever is then said must be what the whole site says, or a gap.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from changqing.evidence.model import GapReason
from changqing.net.door import Net
from changqing.net.model import Exchange, NetSettings
from changqing.probes.attempt import attempt
from changqing.probes.engine import read
from changqing.probes.kinds import feedback as feedback_probe
from changqing.probes.kinds import functions as functions_probe
from changqing.probes.kinds import hygiene as hygiene_probe
from changqing.probes.kinds import page as page_probe
from changqing.probes.kinds import publication as publication_probe
from changqing.probes.model import Capture, LookFailure, Part, ProbeObservation, Site
from tests.probes.probes_world import DOMAIN, NAV, NOW, WORDS

PROBES = {
    "feedback": feedback_probe,
    "functions": functions_probe,
    "hygiene": hygiene_probe,
    "page": page_probe,
    "publication": publication_probe,
}
ITEMS = "".join(
    f"<li><a href='/news/{day}.html'>第{day}期课程安排公布</a> <span>2026-11-{day:02}</span>"
    "</li>"
    for day in range(1, 20)
)
LINKS = """<a href="/contact.html">联系我们</a> <a href="/complaint.html">投诉建议</a>
<a href="/privacy.html">隐私政策</a> <a href="/terms.html">用户协议</a>
<a href="/chat.html">在线客服</a> <a href="/join.html">商家入驻</a>
<a href="/news/">新闻</a>"""
FOOTER = """<footer>杭州长青示例科技有限公司 版权所有
<a href="https://beian.miit.gov.cn/">浙ICP备20261234号-1</a>
浙公网安备 33010602001234号 增值电信业务经营许可证：浙B2-20260001</footer>"""
HEADERS = """Strict-Transport-Security: max-age=31536000
Content-Security-Policy: default-src 'self'; frame-ancestors 'none'
X-Content-Type-Options: nosniff"""


def page(title: str, inner: str) -> str:
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title>'
        '<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head>'
        f"<body>{NAV}{LINKS}<p>{WORDS}</p>{inner}{FOOTER}</body></html>"
    )


FEED = "<rss version='2.0'><channel>{}</channel></rss>".format(
    "".join(
        f"<item><title>{day}</title><pubDate>{day:02} Nov 2026 09:00:00 +0800</pubDate>"
        "</item>"
        for day in range(1, 20)
    )
)
CONTACT = "<p>客服热线：400-123-4567 邮箱：kefu@changqing-example.cn</p>"
SITE_PAGES = {
    "/": page("长青示例", f"<ul>{ITEMS}</ul>"),
    "/contact.html": page("联系我们", CONTACT),
    "/complaint.html": page("投诉建议", "<form><textarea></textarea></form>"),
    "/privacy.html": page("隐私政策", "我们如何处理个人信息"),
    "/terms.html": page("用户协议", "双方的权利和义务"),
    "/chat.html": page("在线客服", "请稍候"),
    "/join.html": page("商家入驻", "入驻须知"),
    "/news/": page("新闻", f"<ul>{ITEMS}</ul>"),
    "/feed.xml": FEED,
    "/.well-known/security.txt": "Contact: mailto:security@changqing-example.cn\n",
}


def answer(
    body: str | bytes,
    *headers: str,
    status: int = 200,
    kind: str = "text/html; charset=utf-8",
    length: bool = True,
) -> bytes:
    data = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} x", f"Content-Type: {kind}", *headers]
    if length:
        lines.append(f"Content-Length: {len(data)}")
    return "\r\n".join((*lines, "Connection: close", "", "")).encode() + data


def notice(title: str, words: str, more: str = "") -> str:
    """A page of somebody in between; with a head longer than any page of the site."""
    style = f"<style>{'body{margin:0;font:14px sans-serif}' * 200}</style>"
    return (
        f"<!doctype html><html><head><title>{title}</title>{style}</head>"
        f"<body><h1>{title}</h1><p>{words}</p>{more}</body></html>"
    )


GOOD = page("长青示例", f"<ul>{ITEMS}</ul>{CONTACT}")
PACKED = gzip.compress(GOOD.encode())
BACK = '<a href="/">返回首页</a> <a href="/help.html">帮助</a>'
SEARCHES = " ".join(f'<a href="/search?q={n}">热门推荐{n}</a>' for n in range(30))
ACCOUNT = """<a href="/register.html">注册账号</a> <a href="/forget.html">找回密码</a>
<a href="/privacy.html">隐私政策</a> <a href="/terms.html">用户协议</a>
<a href="/help.html">帮助</a>"""
MANUALS = " ".join(
    f'<a href="/{name}/">{name}</a>'
    for name in ("docs", "examples", "manager", "host-manager", "RELEASE-NOTES.txt")
)
ANSWERS: dict[str, bytes] = {
    **{
        f"status {code}": answer(GOOD if code not in (204, 304) else "", status=code)
        for code in (
            *(202, 203, 204, 206, 304, 401, 402, 403, 404, 405, 406, 407, 408, 410),
            *(418, 429, 499, 500, 502, 503),
        )
    },
    "empty": answer(""),
    "empty page": answer("<html></html>"),
    "bad gateway in words": answer("<html><body>502 Bad Gateway</body></html>"),
    "server error in words": answer(
        notice("提示", "服务器错误，请稍后再试。" + "错误编号 8f2c。" * 20, BACK)
    ),
    "maintenance": answer(notice("系统维护中", "给您带来不便，敬请谅解。" * 12, BACK)),
    "maintenance without a title": answer(
        f"<html><body>网站正在升级维护，预计两小时{'，请耐心等待' * 20}</body></html>"
    ),
    "paused": answer(notice("公告", "本网站暂停服务，恢复时间另行通知。" * 9, BACK)),
    "firewall 1": answer(notice("网站防火墙", "您的请求带有不合法参数，已被拦截！" * 9)),
    "firewall 2": answer(
        notice("405", "很抱歉，由于您访问的地址可能造成安全威胁，您的访问被阻断。" * 5)
    ),
    "firewall 3": answer(
        notice("提示信息", "当前访问疑似黑客攻击，已被云防护拦截。" * 8, BACK)
    ),
    "firewall 4": answer(
        notice("Request", "Your request has been blocked by the rules. " * 20, BACK)
    ),
    "firewall without telling words": answer(
        notice("请稍候", "编号a8f31c2，来自杭州节点。" * 20, BACK)
    ),
    "address banned": answer(
        notice("禁止访问", "您的IP地址203.0.113.9已被封禁，请联系管理员。" * 8)
    ),
    "address banned, in the words of links": answer(
        notice("提示", "您被列入名单，如有疑问请联系我们，或点投诉建议、隐私政策。" * 5, BACK)
    ),
    "words of a vendor with pages of its own": answer(
        notice(
            "网站云防护",
            "编号a8f31c2。" * 20,
            '<a href="/w/1">申诉</a><a href="/w/2">说明</a><a href="/w/3">产品</a>',
        )
    ),
    "folder of files": answer(
        notice("Index of /", "Name Last modified Size " * 9, MANUALS)
    ),
    "parked with pages of its own": answer(
        notice("127.0.0.1", "Related searches " * 20, MANUALS)
    ),
    "led on by a header": answer(page("长青示例", ""), "Refresh: 0; url=/real.html"),
    "a footer that a script fills": answer(
        page("长青示例", "<script src=/a.js></script>").replace(
            FOOTER, "<footer id=f> </footer>"
        )
    ),
    "checked in a browser": answer(
        notice("Just a moment...", "Checking your browser before accessing. " * 9)
    ),
    "parked": answer(notice(DOMAIN, f"This domain is for sale. {SEARCHES}", SEARCHES)),
    "parked without telling words": answer(notice(DOMAIN, SEARCHES, SEARCHES)),
    "welcome to nginx": answer(
        notice("Welcome to nginx!", "If you see this page, the server works. " * 9)
    ),
    "manuals of a server": answer(
        notice("Apache Tomcat/9.0", "If you're seeing this, congratulations! " * 9, MANUALS)
    ),
    "a new host": answer(notice("恭喜，站点创建成功！", "这是默认页面。" * 30)),
    "login": answer(
        notice("欢迎", "请输入账号和密码后继续。" * 12, f"<input type=password>{ACCOUNT}")
    ),
    "login by a code": answer(notice("欢迎", "请打开手机扫一扫。" * 15, ACCOUNT)),
    "drawn by a script": answer(
        "<html><head><title>长青示例</title></head><body><div id=app></div>"
        "<script src=/app.js></script></body></html>"
    ),
    "a script beside words": answer(
        page("长青示例", "").replace(FOOTER, "")
        .replace("</body>", "<div id=app> </div><script src=/app.js></script></body>")
    ),
    **{
        f"a script draws into {root}": answer(
            page("长青示例", f"<div id={root}></div><script src=/a.js></script>").replace(
                FOOTER, ""
            )
        )
        for root in ("root", "__nuxt", "vue-main", "mainApp", "react-root")
    },
    "slots of a template": answer(
        page("长青示例", "<ul><li>{{ item.title }}</li></ul>").replace(FOOTER, "")
    ),
    "a script that leads on": answer(
        "<html><head><title>x</title></head><body><script>location.href='/a'</script>"
        "</body></html>"
    ),
    "leads on by itself": answer(
        page("长青示例", "").replace(
            "<head>", "<head><meta http-equiv=refresh content='0;url=/real.html'>"
        )
    ),
    "frames": answer("<html><frameset><frame src=/a><frame src=/b></frameset></html>"),
    "a frame": answer(
        page("长青示例", "<iframe src=/inner.html></iframe>").replace(FOOTER, "")
    ),
    "json": answer(json.dumps({"code": 0, "data": []}), kind="application/json"),
    "json said to be html": answer(json.dumps({"code": 0, "data": ["x"] * 99})),
    "plain text": answer("长青示例 " * 60, kind="text/plain; charset=utf-8"),
    "pdf": answer(b"%PDF-1.7\n" + bytes(range(256)) * 9, kind="application/pdf"),
    "picture": answer(b"\x89PNG\r\n\x1a\n" + bytes(999), kind="image/png"),
    "picture said to be html": answer(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
    "gzip cut in the middle": answer(
        PACKED[: len(PACKED) // 2], "Content-Encoding: gzip"
    ),
    "gzip cut after an early end": answer(
        gzip.compress(b"<html><body></body></html>" + GOOD.encode())[:-30],
        "Content-Encoding: gzip",
    ),
    "second member cut": answer(
        gzip.compress(b"<html><title>x</title></html>") + PACKED[:-40],
        "Content-Encoding: gzip",
    ),
    "not gzip at all": answer(GOOD, "Content-Encoding: gzip"),
    "packed as nobody asked": answer(zlib.compress(b"x"), "Content-Encoding: br"),
    "chunks cut": answer("", "Transfer-Encoding: chunked", length=False)
    + b"40\r\n"
    + GOOD.encode()[:64]
    + b"\r\n",
    "shorter than promised": answer(GOOD)[:-300],
    "cut without a length": answer(GOOD[: len(GOOD) // 2], length=False),
    "cut after an early end": answer(
        GOOD.replace("<nav>", "<!-- </html> --><nav>")[: len(GOOD) // 2], length=False
    ),
    "noise": answer(
        b"<html><head><title>x</title></head><body>" + bytes(range(128, 256)) * 40
        + b"</body></html>"
    ),
    "another encoding than any": answer(GOOD.encode("utf-16-le")),
    "in UTF-7": answer(
        GOOD.replace("utf-8", "utf-7").encode("utf-7"), kind="text/html; charset=utf-7"
    ),
    "in seven bits, as nobody here knows them": answer(
        GOOD.encode("ascii", "ignore"), kind="text/html; charset=x-nobody-knows"
    ),
    "garbled": answer(GOOD.replace("utf-8", "x-none").encode().decode("gb18030", "ignore")),
    "too large": answer(GOOD + " " * 400_000),
}  # fmt: skip
GONE = {"status 404", "status 410"}
WHOLE = {
    "in two members": answer(
        gzip.compress(GOOD.encode()[:999]) + gzip.compress(GOOD.encode()[999:]),
        "Content-Encoding: gzip",
        *HEADERS.splitlines(),
    ),
    "in gb18030": answer(
        GOOD.replace("utf-8", "gb2312").encode("gb18030"),
        *HEADERS.splitlines(),
        kind="text/html",
    ),
}
PLACES = tuple(path for path in SITE_PAGES if path != "/")


@dataclass(slots=True)
class World:
    """A site on loopback: `sent` is what it answers at a path, byte by byte."""

    sent: dict[str, bytes]
    settings: NetSettings
    site: Site

    def url(self, path: str) -> str:
        return self.site.url.rstrip("/") + path

    def door(self) -> Net:
        return Net(self.settings, clock=lambda: NOW)


def whole_site() -> dict[str, bytes]:
    lines = HEADERS.splitlines()
    kinds = {".xml": "application/rss+xml", ".txt": "text/plain"}
    return {
        path: answer(body, *lines, kind=kinds.get(path[-4:], "text/html"))
        for path, body in SITE_PAGES.items()
    }


@asynccontextmanager
async def serve() -> AsyncIterator[World]:
    sent = whole_site()

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        writer.write(sent.get(path) or answer("no such page", status=404))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(say, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    site = Site.from_url("site", f"http://127.0.0.1:{port}/")
    settings = NetSettings(
        nameservers=("127.0.0.1:9",),
        opened=frozenset({("127.0.0.1", port)}),
        controls=(),
        pause_seconds=0.0,
        back_off_seconds=0.0,
        dns_seconds=0.1,
        total_seconds=3.0,
        max_bytes=300_000,
    )
    async with server:
        yield World(sent=sent, settings=settings, site=site)


def values(captures: Mapping[str, Capture]) -> dict[str, ProbeObservation]:
    return {o.fact: o for capture in captures.values() for o in read(capture)}


async def look(world: World) -> dict[str, Capture]:
    async with world.door() as net:
        return {
            name: await probe.capture(world.site, net) for name, probe in PROBES.items()
        }


def in_place_of(
    captures: Mapping[str, Capture], url: str, part: Part
) -> dict[str, Capture]:
    """The captures with the page at `url`, as if it had been answered like this."""
    if isinstance(part, Exchange):
        part = replace(part, url=url, hops=(url,))
    elif isinstance(part, LookFailure):
        part = replace(part, target=url)
    return {
        name: replace(
            capture,
            parts=tuple(
                part if isinstance(old, Exchange) and old.url == url else old
                for old in capture.parts
            ),
        )
        for name, capture in captures.items()
        if capture.find_page(url) is not None
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What was said in each case, by the place and the name of the answer."""

    whole: dict[str, ProbeObservation]
    home: dict[str, dict[str, ProbeObservation]]
    still_whole: dict[str, dict[str, ProbeObservation]]
    captures: dict[str, Capture]
    parts: dict[str, Part]
    world: World

    def say(self, place: str, name: str) -> dict[str, ProbeObservation]:
        """What is said where the page at a place was answered like this.

        Read when it is asked for: outside CI most pages are not.
        """
        if place == "/":
            return self.home[name]
        url = self.world.url(place)
        return values(in_place_of(self.captures, url, self.parts[name]))


@pytest.fixture(scope="module")
def table() -> Table:
    async def run() -> Table:
        home: dict[str, dict[str, ProbeObservation]] = {}
        still_whole: dict[str, dict[str, ProbeObservation]] = {}
        parts: dict[str, Part] = {}
        async with serve() as world:
            whole = await look(world)
            for name, sent in (ANSWERS | WHOLE).items():
                world.sent["/"] = sent
                observed = values(await look(world))
                (still_whole if name in WHOLE else home)[name] = observed
            world.sent["/"] = whole_site()["/"]
            for name, sent in ANSWERS.items():
                world.sent["/odd.html"] = sent
                async with world.door() as net:
                    url = world.url("/odd.html")
                    parts[name] = await attempt(net, url, net.get(url))
        return Table(
            whole=values(whole),
            home=home,
            still_whole=still_whole,
            captures=whole,
            parts=parts,
            world=world,
        )

    return asyncio.run(run())


def contradicted(table: Table, said: dict[str, ProbeObservation]) -> Iterator[str]:
    """The facts of which something else is said than of the whole site."""
    for fact, observation in said.items():
        known = table.whole.get(fact)
        if observation.value is None:
            assert observation.reason is not None
        elif known is None:
            if observation.value is not True:
                yield f"{fact}={observation.value}"
        elif known.value != observation.value:
            yield f"{fact}={observation.value}"


@pytest.mark.long
def test_the_whole_site_has_everything_that_is_looked_for(table: Table) -> None:
    values = {fact: o.value for fact, o in table.whole.items()}
    lacking = {fact for fact, value in values.items() if not value}
    assert lacking == {
        "plain_address_leads_to_https",  # the site of the table speaks HTTP alone
        "shows_source_site",  # nobody copied it
    }


@pytest.mark.parametrize("name", ANSWERS)
def test_a_home_page_that_is_not_surely_the_sites_makes_nothing_absent(
    name: str, table: Table
) -> None:
    assert list(contradicted(table, table.say("/", name))) == []


@pytest.mark.share
@pytest.mark.parametrize("name", [name for name in ANSWERS if name not in GONE])
@pytest.mark.parametrize("place", PLACES)
def test_a_linked_page_that_was_not_seen_makes_nothing_absent(
    name: str, place: str, table: Table
) -> None:
    assert list(contradicted(table, table.say(place, name))) == []


@pytest.mark.parametrize("name", sorted(GONE))
@pytest.mark.parametrize(
    ("place", "fact"),
    [
        ("/complaint.html", "complaint_page_answers"),
        ("/privacy.html", "privacy_policy_opens"),
        ("/terms.html", "user_agreement_opens"),
        ("/chat.html", "online_chat_opens"),
        ("/.well-known/security.txt", "security_contact_published"),
    ],
)
def test_a_page_that_the_server_says_is_gone_is_gone(
    name: str, place: str, fact: str, table: Table
) -> None:
    assert table.say(place, name)[fact].value is False


@pytest.mark.parametrize("name", WHOLE)
def test_a_page_that_came_whole_is_read_however_it_was_sent(
    name: str, table: Table
) -> None:
    said = table.still_whole[name]
    assert list(contradicted(table, said)) == []
    assert said["filing_number_shown"].value == "浙ICP备20261234号-1"
    assert said["items_last_180_days"].value == table.whole["items_last_180_days"].value


def test_a_page_that_shows_nothing_lacks_only_what_is_surely_found() -> None:
    """Telephones, mail and policies are written in too many ways to say "none"."""

    async def run() -> dict[str, ProbeObservation]:
        async with serve() as world:
            bare = page("长青示例", "").replace(FOOTER, "").replace(LINKS, "")
            bare = bare.replace("/feed.xml", "/none.txt").replace("rss+xml", "x")
            world.sent["/"] = answer(bare)
            return values(await look(world))

    said = asyncio.run(run())
    for fact in (
        *("shows_filing_number", "shows_dated_items", "encryption_remembered"),
    ):
        assert said[fact].value is False, fact
    for fact in (
        *("shows_licence_number", "shows_police_number"),
        *("shows_hotline", "shows_service_email", "shows_company_name"),
        *("shows_privacy_policy", "shows_user_agreement", "shows_online_chat"),
    ):
        assert said[fact].value is None, fact
        assert said[fact].reason is GapReason.NOT_RECOGNISED, fact
    assert said["items_last_180_days"].value == 0
