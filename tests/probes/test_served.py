"""What stands where a site should be: its own pages, maintenance, parked, expired, or
the site of somebody else; what is not sure is a gap. Served on loopback, of many hands.
"""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from aiohttp import web

from changqing.evidence.model import GapReason
from changqing.net.model import NetSettings
from changqing.probes.kinds import reach
from changqing.probes.model import ProbeObservation, Site
from changqing.rehearsal.dns import serve_dns
from changqing.rehearsal.http import serve_app
from tests.probes.probes_world import BARE, DOMAIN, HOST, NAV, NOW, WORDS, door, quick

OTHER_HOST = "www.somebody-else.example"
SALE_HOST = "www.sedo.com"
NOT_SURE = None

SOMEBODY = "<title>别家</title>" + "".join(
    [*(f"<a href='/p{n}'>栏目{n}</a>" for n in range(8)), WORDS]
)
PAGES = {
    "own": ("own_pages", 200, BARE),
    "own_news_of_maintenance": (
        "own_pages",
        200,
        f"<title>长青示例</title>{NAV}<a href='/n/1'>系统维护中的公告</a><p>{WORDS}</p>",
    ),
    "maintenance_plain": (
        "maintenance_notice",
        503,
        "<title>系统维护中</title><p>网站正在维护，预计2026年11月26日恢复访问。</p>",
    ),
    "maintenance_english": (
        "maintenance_notice",
        200,
        "<title>Be right back</title><h1>Scheduled maintenance</h1>"
        "<p>We are back online on 2026-11-26.</p>",
    ),
    "maintenance_picture": (
        "maintenance_notice",
        200,
        "<title>公告</title><div><img src='x.png'><h2>停机维护通知</h2>"
        "<p>因设备升级暂停服务</p></div>",
    ),
    "sale_chinese": (
        "parking_page",
        200,
        f"<title>{DOMAIN}</title><h1>{DOMAIN} 域名正在出售</h1><p>一口价，联系中介</p>",
    ),
    "sale_english": (
        "parking_page",
        200,
        f"<title>{DOMAIN}</title><h1>This domain is for sale</h1><a>Make an offer</a>",
    ),
    "parked_ads": (
        "parking_page",
        200,
        f"<title>{DOMAIN}</title><div>Related searches</div><a href='/s?q=a'>Loans</a>"
        "<footer>Domain parking by example</footer>",
    ),
    "expired_domain": (
        "expiry_notice",
        200,
        "<title>温馨提示</title><p>您访问的域名已过期，请域名所有者尽快续费</p>",
    ),
    "expired_host": (
        "expiry_notice",
        403,
        "<title>站点暂停</title><p>该主机已到期，数据保留七天，请续费。</p>",
    ),
    "suspended": (
        "expiry_notice",
        200,
        "<title>Account Suspended</title><h1>This Account has been suspended.</h1>"
        "<p>Contact your hosting provider about billing.</p>",
    ),
    "sale_of_an_expired_domain": (  # two things at once: which, a person must say
        NOT_SURE,
        200,
        "<title>x</title><p>域名已过期</p><p>域名转让</p>",
    ),
    "default_page": (NOT_SURE, 200, "<title>Welcome to nginx!</title><p>It works</p>"),
    "empty": (NOT_SURE, 200, ""),
    "login": (NOT_SURE, 200, "<title>登录</title><input type='password'>"),
}
KEPT_ASIDE = {
    "maintenance_of_a_bank": (
        "maintenance_notice",
        503,
        "<title>服务公告</title><h3>尊敬的用户：</h3><p>为提供更好的服务，系统将于"
        "2026年11月23日22:00至2026年11月25日6:00进行升级维护，期间暂停服务，"
        "给您带来不便，敬请谅解。</p>",
    ),
    "maintenance_wordpress": (
        "maintenance_notice",
        503,
        "<title>Maintenance</title><p>Briefly unavailable for scheduled maintenance. "
        "Check back in a minute.</p>",
    ),
    "sale_of_a_broker": (
        "parking_page",
        200,
        "<title>米表</title><h1>本域名可以转让</h1><p>有意者请报价，可走中介</p>",
    ),
    "sale_parked_free": (
        "parking_page",
        200,
        "<title>Coming soon</title><p>This Web page is parked for FREE, courtesy of "
        "Example.</p><a>Is this your domain?</a>",
    ),
    "expired_cloud_host": (
        "expiry_notice",
        200,
        "<title>提示</title><p>您的虚拟主机已经到期，为了不影响使用请及时续费。</p>",
    ),
    "expired_registrar": (
        "expiry_notice",
        200,
        f"<title>{DOMAIN}</title><p>{DOMAIN} expired on 2026-10-01 and is pending "
        "renewal or deletion.</p>",
    ),
}


def _page(html: str, status: int = 200, **headers: str) -> web.Response:
    text = f"<!doctype html><html><meta charset='utf-8'>{html}</html>"
    return web.Response(
        text=text, status=status, content_type="text/html", headers=headers
    )


def look(
    html: str, status: int = 200, *, led_to: str = "", **headers: str
) -> tuple[dict[str, ProbeObservation], bool | None]:
    """Serve a page at the address of a site, and look as a case does."""

    async def answer(request: web.Request) -> web.Response:
        if led_to and request.host.partition(":")[0] == HOST:
            return web.Response(status=302, headers={"Location": f"http://{led_to}/"})
        return _page(html, status, **headers)

    async def run() -> tuple[dict[str, ProbeObservation], bool | None]:
        app = web.Application()
        app.router.add_get("/{rest:.*}", answer)
        names = {(h, "A"): ["127.0.0.1"] for h in (HOST, OTHER_HOST, SALE_HOST)}
        async with (
            serve_app(app) as server,
            serve_app(web.Application()) as control,
            serve_dns(names) as nameserver,
        ):
            ports = {(host, 80): server.port for host, _ in names}
            settings = NetSettings(
                nameservers=(nameserver,),
                opened=frozenset({*ports, control.address}),
                ports=ports,
                controls=(control.make_url(),),
            )
            site = Site.from_url("site", f"http://{HOST}/", domain=DOMAIN)
            async with door(quick(settings)) as net:
                capture = await reach.capture(site, net)
            [attempt] = reach.read_attempts(capture)
            return {o.fact: o for o in reach.read(capture)}, attempt.answered

    return asyncio.run(run())


@pytest.mark.parametrize("name", [*PAGES, *KEPT_ASIDE])
def test_a_page_is_told_for_what_it_is_or_not_at_all(name: str) -> None:
    kind, status, html = (PAGES | KEPT_ASIDE)[name]
    seen, _ = look(html, status)
    served = seen["page_served"]
    # What words are not known yet leaves a gap; what is told is right.
    allowed = {kind} if name in PAGES else {kind, None}
    assert served.value in allowed
    if served.value is None:
        assert served.reason is GapReason.NOT_RECOGNISED


def test_words_that_nobody_had_seen_are_told_for_the_most_part() -> None:
    told = [
        look(html, status)[0]["page_served"].value == kind
        for kind, status, html in KEPT_ASIDE.values()
    ]
    assert sum(told) >= len(told) / 2, told


@pytest.mark.parametrize(
    ("led_to", "html", "kind"),
    [
        (SALE_HOST, "<title>Sedo</title><p>Acme</p>", "parking_page"),
        (OTHER_HOST, SOMEBODY, "other_site"),
        (OTHER_HOST, "<title>登录</title><input type='password'>", None),
    ],
)
def test_an_address_that_leads_away(led_to: str, html: str, kind: str | None) -> None:
    seen, answered = look(html, led_to=led_to)
    assert seen["page_served"].value == kind
    assert answered is True


@pytest.mark.parametrize(
    ("html", "headers", "answered"),
    [
        ("<title>x</title>", {}, False),
        ("<title>x</title>", {"Retry-After": "3600"}, None),
        ("<title>x</title>", {"Retry-After": "Wed, 25 Nov 2026 02:00:00 GMT"}, None),
        ("<title>x</title>", {"Retry-After": "Mon, 23 Nov 2026 02:00:00 GMT"}, False),
        ("<title>x</title>", {"Retry-After": "soon"}, False),
        ("<title>系统维护中</title><p>2026年11月26日恢复</p>", {}, None),
        ("<title>系统维护中</title><p>2026年11月20日恢复</p>", {}, False),
        ("<title>系统维护中</title><p>稍后恢复</p>", {}, False),
    ],
)
def test_a_maintenance_is_no_outage_while_it_is_announced(
    html: str, headers: dict[str, str], answered: bool | None
) -> None:
    assert look(html, 503, **headers)[1] is answered


def test_the_end_that_is_announced_is_a_fact() -> None:
    _, status, html = PAGES["maintenance_plain"]
    seen, _ = look(html, status)
    assert seen["maintenance_until"].value == date(2026, 11, 26)
    seen, _ = look("<title>系统维护中</title>", 503, **{"Retry-After": "172800"})
    assert seen["maintenance_until"].value == (NOW + timedelta(days=2)).date()


def test_a_number_of_seconds_too_large_is_no_end() -> None:
    assert look("<title>x</title>", 503, **{"Retry-After": "9" * 12})[1] is False
