"""What the site lets its users do: the ways in that its home page offers.

Each way in is opened once and read; nothing is filled in, ordered or paid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from changqing.net.door import Net
from changqing.net.model import Exchange
from changqing.probes.attempt import attempt
from changqing.probes.document import Link, PageDocument, parse_page
from changqing.probes.flaws import find_flaw, make_unreadable
from changqing.probes.model import (
    Capture,
    LookFailure,
    Part,
    ProbeObservation,
    Site,
    observe,
    report_unseen,
)
from changqing.probes.own_page import find_doubt, find_doubt_of_search, is_gone

FACTS: tuple[str, ...] = ("function_entries", "function_entries_open")

_WAYS_IN: Final[Mapping[str, re.Pattern[str]]] = {
    name: re.compile(pattern, re.I)
    for name, pattern in {
        "merchant_entry": r"(?:商家|商户|商戶|卖家|供应商|店铺|门店|招商|服务商|机构|"
        r"讲师)入驻|(?:我要|免费|立即|申请)开店|sell with us|"
        r"become a (?:seller|merchant)",
        "ordering": r"购物车|立即购买|我的订单|去结算|在线(?:下单|订购|预订|预约)|"
        r"立即(?:下单|订购|预订|预约)|shopping cart|my orders|book now",
        "payment": r"充值|收银台|在线支付|立即支付|缴费|支付方式|付款方式|"
        r"checkout|top up|payment",
        "membership": r"会员(?:中心|专区|服务|权益|登录|卡)|开通会员|vip|"
        r"membership|become a member",
        "registration": r"注册|登录|登入|sign\s*(?:in|up)|log\s*in|register",
        "community": r"论坛|社区|社群|圈子|贴吧|发帖|问答|forum|community",
        "publishing": r"(?:免费|我要|立即)?发布(?:信息|需求|供求|职位|文章)|投稿|"
        r"post an? (?:ad|article)",
        "search": r"^(?:站内|高级|全文)?(?:搜索|检索|查询)$|^search$",
        "support": r"帮助中心|客服中心|常见问题|help cent(?:er|re)|^faqs?$",
    }.items()
}
_LONGEST: Final = 16


async def capture(site: Site, net: Net) -> Capture:
    """Capture the home page, then one page for each way in on the site itself."""
    at = net.clock()
    home: Part = await attempt(net, site.url, net.get(site.url))
    parts: list[Part] = [home]
    if isinstance(home, Exchange):
        urls = [
            _strip_fragment(link)
            for link in find_function_links(parse_page(home)).values()
        ]
        for url in dict.fromkeys(urls):
            if url and site.owns(url):
                parts.append(await attempt(net, url, net.get(url)))
    return Capture(probe="functions", site=site, at=at, parts=tuple(parts))


def find_function_links(page: PageDocument) -> Mapping[str, Link]:
    """Find the first way in to each function; one that leads to a page comes before.

    A link counts by what it says, which is short: a headline that speaks of orders is
    no way to order.
    """
    links: dict[str, Link] = {}
    for link in page.links:
        if not link.text or len(link.text) > _LONGEST:
            continue
        for name, pattern in _WAYS_IN.items():
            if pattern.search(link.text):
                link_before = links.get(name)
                if link_before is None or (link.leads and not link_before.leads):
                    links[name] = link
    return links


def read(capture: Capture) -> Iterator[ProbeObservation]:
    """Read which ways in there are, and which of those opened could be read."""
    home = capture.parts[0]
    if isinstance(home, LookFailure):
        yield from report_unseen(FACTS, home)
        return
    if not isinstance(home, Exchange):
        return
    page = parse_page(home)
    doubt = find_doubt(page, capture.site)
    links = find_function_links(page)
    if doubt is None and not links:
        doubt = find_doubt_of_search("function_entries", page)
    if doubt is not None:
        yield from report_unseen(FACTS, doubt)
        return
    raw = "; ".join(f"{link.text} {link.href}" for link in links.values())
    yield observe(
        "function_entries", value=frozenset(links), place=page.url, raw=raw[:500]
    )
    opened: set[str] = set()
    for name, link in links.items():
        answer = capture.find_page(_strip_fragment(link))
        if not isinstance(answer, Exchange):
            # One way in that could not be looked at leaves the set unknown.
            yield from report_unseen(
                ["function_entries_open"], answer or _make_out_of_reach(page)
            )
            return
        if not is_gone(answer):
            document = parse_page(answer)
            if document.flaw is not None:
                yield from report_unseen(["function_entries_open"], find_flaw(document))
                return
            opened.add(name)
    yield observe("function_entries_open", value=frozenset(opened), place=page.url)


def _strip_fragment(link: Link) -> str:
    return link.url.partition("#")[0]


def _make_out_of_reach(page: PageDocument) -> LookFailure:
    return make_unreadable(
        page,
        zh="有的功能入口由脚本打开或在别的网站上，须人工查看",
        en="some ways in are opened by a script or lie on another site; a person "
        "must look",
    )
