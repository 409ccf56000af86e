"""The home page and a few linked ones: who runs it, under which numbers.

A number in a footer is what the site says, not what is so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from changqing.evidence import GapReason
from changqing.net import Exchange, Net
from changqing.probes._attempt import attempt
from changqing.probes._company import companies
from changqing.probes._document import Document, Link, parse
from changqing.probes._marks import (
    Mark,
    chat_numbers,
    emails,
    filings,
    fold,
    licences,
    phones,
    police_numbers,
)
from changqing.probes._model import (
    Capture,
    Failure,
    Observation,
    Part,
    Site,
    seen,
    unseen,
    withheld,
)
from changqing.text import Text

_PAIRS = (
    "filing_number",
    "licence_number",
    "police_number",
    "company_name",
    "hotline",
    "service_email",
)
_LINKED = ("complaint_page", "online_chat", "privacy_policy", "user_agreement")
FACTS = (
    *(f"shows_{name}" for name in _PAIRS),
    *(f"{name}_shown" for name in _PAIRS),
    *(f"shows_{name}" for name in _LINKED),
    "filing_link_to_ministry",
    "complaint_page_answers",
)

_MINISTRY = "miit.gov.cn"
_CONTACT = re.compile(r"联系|聯繫|关于我们|關於我們|contact|about\s*us", re.I)
_COMPLAINT = re.compile(
    r"投诉|投訴|举报|舉報|意见(?:反馈|箱|建议|与建议)|意見(?:回饋|反饋)|建议反馈|"
    r"(?:信息|用户|问题|在线|我要|网站|产品)反馈|^反馈$|(?:在线|在線|我要|客户|访客|给我们)留言|^留言(?:板|本)?$|complain|feedback|"
    r"report abuse",
    re.I,
)
_STATE_CENTRES = ("12377.cn", "12321.cn", "12318.cn", "12315.cn", "cyberpolice.cn")
_NOT_OURS = re.compile(r"互联网举报中心|举报中心|违法和不良信息|网络不良|12377|12321")
_PRIVACY = re.compile(r"隐私|隱私|privacy|个人信息(?:保护|处理)", re.I)
_AGREEMENT = re.compile(
    r"(?:用户|用戶|服务|服務|使用|注册|会员|平台|许可|网站)(?:服务|使用|注册)?"
    r"(?:协议|協議|条款|條款|须知|章程)|服务声明|使用声明|user\s*agreement|"
    r"terms\s*(?:of|and|&)|^terms$|^协议$|用户守则",
    re.I,
)
_CHAT = re.compile(
    r"在线(?:客服|咨询|沟通|交谈)|在線(?:客服|諮詢)|联系客服|智能客服|人工客服|"
    r"QQ\s*(?:咨询|客服|交谈|在线)|点击咨询|立即咨询|live\s*chat",
    re.I,
)
_CHAT_LINK = re.compile(
    r"wpa\.(?:b\.)?qq\.com|wpa1\.qq\.com|tencent://message|mqqwpa:|/im/chat|"
    r"meiqia|udesk\.cn|sobot\.com|qiyukf|53kf|kefu|v5kf|easemob|zhichi|kf5\.com|"
    r"work\.weixin\.qq\.com/kfid|amos\.alicdn|wangwang|livechat",
    re.I,
)
_MOST_PAGES = 4
_OK = 200


async def capture(site: Site, net: Net) -> Capture:
    """The home page, then the contact, complaint and policy pages it links to."""
    at = net.clock()
    home: Part = await attempt(net, site.url, net.get(site.url))
    parts: list[Part] = [home]
    if isinstance(home, Exchange) and home.status == _OK:
        for url in _worth_reading(parse(home), site):
            parts.append(await attempt(net, url, net.get(url)))
    return Capture(probe="page", site=site, at=at, parts=tuple(parts))


def read(capture: Capture) -> Iterator[Observation]:
    """Says "not there" only after a whole, readable page; otherwise a gap."""
    home = capture.parts[0]
    if isinstance(home, Failure):
        yield from unseen(FACTS, home)
        return
    pages = [parse(part) for part in capture.parts if isinstance(part, Exchange)]
    failures = [part for part in capture.parts if isinstance(part, Failure)]
    first, others = pages[0], pages[1:]
    yield from _numbers(first)
    flaws = [_flaw_of(page) for page in pages if page.flaw is not None] + failures
    yield from _pair("company_name", _companies(pages), first, flaws)
    yield from _pair("hotline", _each(pages, _phone_marks), first, flaws)
    yield from _pair("service_email", _each(pages, _email_marks), first, flaws)
    yield from _complaint(first, others, failures, capture.site)
    yield _linked("online_chat", first, chat_links(first))
    yield _linked("privacy_policy", first, _matching(first, _PRIVACY))
    yield _linked("user_agreement", first, _matching(first, _AGREEMENT))


def _worth_reading(home: Document, site: Site) -> list[str]:
    """Which linked pages to fetch: own ones, one of each kind, few."""
    found: list[str] = []
    for kind in (_CONTACT, _COMPLAINT, _PRIVACY, _AGREEMENT):
        for link in home.links:
            if kind.search(link.text) and link.leads and site.owns(link.url):
                url = link.url.partition("#")[0]
                if url != home.url and url not in found:
                    found.append(url)
                break
    return found[:_MOST_PAGES]


# -- numbers of the home page


def _numbers(home: Document) -> Iterator[Observation]:
    folded = fold(home.text)
    recognise: dict[str, Callable[[str], Iterator[Mark]]] = {
        "filing_number": filings,
        "licence_number": licences,
        "police_number": police_numbers,
    }
    flaws: list[Failure] = []
    if home.flaw is not None:
        flaws.append(_flaw_of(home))
    for name, find in recognise.items():
        marks = [(home, mark) for mark in find(folded)]
        own = list(flaws)
        if not marks and not own and any(find(fold(home.source))):
            own.append(_written_by_script(home))
        yield from _pair(name, iter(marks), home, own)
        if name == "filing_number":
            yield _ministry_link(home, [mark for _, mark in marks], own)


def _ministry_link(
    home: Document, marks: list[Mark], flaws: list[Failure]
) -> Observation:
    place = home.url
    if not marks and flaws:
        return next(unseen(["filing_link_to_ministry"], flaws[0]))
    href = filing_link(home)
    host = (urlsplit(href).hostname or "") if href else ""
    leads = host == _MINISTRY or host.endswith(f".{_MINISTRY}")
    return seen("filing_link_to_ministry", value=leads, place=place, raw=href)


def filing_link(page: Document) -> str | None:
    """Where the anchor around the first filing or licence number leads, as written."""
    for find in (filings, licences):
        for link in page.links:
            if any(find(fold(link.text))):
                return link.href or None
    return None


# -- what may stand on any of the pages


def _pair(
    name: str,
    marks: Iterator[tuple[Document, Mark]],
    home: Document,
    flaws: list[Failure],
) -> Iterator[Observation]:
    """`shows_X` and, when there is one, `X_shown`; or a gap for both."""
    found = next(marks, None)
    if found is not None:
        page, mark = found
        place = page.url
        yield seen(f"shows_{name}", value=True, place=place, raw=mark.raw)
        yield seen(f"{name}_shown", value=mark.value, place=place, raw=mark.raw)
    elif flaws:
        yield from unseen([f"shows_{name}", f"{name}_shown"], flaws[0])
    else:
        yield seen(f"shows_{name}", value=False, place=home.url)


def _each(
    pages: list[Document], find: Callable[[Document], Iterator[Mark]]
) -> Iterator[tuple[Document, Mark]]:
    for page in pages:
        for mark in find(page):
            yield page, mark


def _companies(pages: list[Document]) -> Iterator[tuple[Document, Mark]]:
    yield from _each(pages, lambda page: companies(page.lines, page.title))


def _phone_marks(page: Document) -> Iterator[Mark]:
    """Toll-free numbers first: they are what a site means by its hotline."""
    marks = list(phone_marks(page))
    yield from sorted(marks, key=lambda mark: not mark.value.startswith(("400", "95")))


def phone_marks(page: Document) -> Iterator[Mark]:
    """Numbers in the text, then those of `tel:` links."""
    yield from phones(fold(page.text))
    for link in page.links:
        if link.href.lower().startswith("tel:"):
            value = link.href[4:].strip()
            yield Mark(value=value, raw=link.href, start=-1)


def email_marks(page: Document) -> Iterator[Mark]:
    """Addresses in the text, then those of `mailto:` links."""
    yield from emails(page.text)
    for link in page.links:
        scheme, _, rest = link.href.partition(":")
        if scheme.lower() in ("mailto", "maito"):
            yield from emails(rest.partition("?")[0])


def _email_marks(page: Document) -> Iterator[Mark]:
    yield from email_marks(page)


# -- links of the home page


def _complaint(
    home: Document, others: list[Document], failures: list[Failure], site: Site
) -> Iterator[Observation]:
    links = list(complaint_links(home))
    yield _linked("complaint_page", home, links)
    if not links:
        if home.flaw is not None:
            yield from unseen(["complaint_page_answers"], _flaw_of(home))
        else:
            yield seen("complaint_page_answers", value=False, place=home.url)
        return
    for link in links:
        url = link.url.partition("#")[0]
        if url and url == home.url:
            yield seen("complaint_page_answers", value=True, place=url, raw=link.text)
            return
        for page in others:
            if url and url in (page.asked, page.url):
                answers = page.flaw is None
                yield seen("complaint_page_answers", value=answers, place=url)
                return
        for failure in failures:
            if failure.target == url:
                yield from unseen(["complaint_page_answers"], failure)
                return
    yield withheld(
        "complaint_page_answers",
        GapReason.NOT_LOOKED,
        place=links[0].href,
        zh="投诉入口由脚本打开或在别的网站上，须人工查看",
        en="the way to complain is opened by a script or lies on another site; a "
        "person must look",
    )


def complaint_links(home: Document) -> Iterator[Link]:
    """Ways to complain to the site itself; the state's report centres are none."""
    for link in home.links:
        if not _COMPLAINT.search(link.text) or len(link.text) > 24:
            continue
        host = urlsplit(link.url).hostname or ""
        if _NOT_OURS.search(link.text) or host.endswith(_STATE_CENTRES):
            continue
        yield link


def _matching(home: Document, pattern: re.Pattern[str]) -> list[Link]:
    return [
        link
        for link in home.links
        if len(link.text) <= 30 and pattern.search(link.text)
    ]


def privacy_links(home: Document) -> list[Link]:
    """Links to a privacy policy."""
    return _matching(home, _PRIVACY)


def agreement_links(home: Document) -> list[Link]:
    """Links to terms of use."""
    return _matching(home, _AGREEMENT)


def chat_links(home: Document) -> Iterator[Link]:
    """Ways to talk to the service: links that open a chat, then QQ and WeChat names."""
    for link in home.links:
        named = len(link.text) <= 16 and _CHAT.search(link.text) is not None
        if named or _CHAT_LINK.search(link.href):
            yield link
    for mark in chat_numbers(fold(home.text)):
        yield Link(text=mark.raw, href="", url="")


def _linked(name: str, home: Document, links: Iterable[Link]) -> Observation:
    fact = f"shows_{name}"
    for link in links:
        raw = f"{link.text} {link.href}".strip()
        return seen(fact, value=True, place=home.url, raw=raw[:300])
    if home.flaw is not None:
        return next(unseen([fact], _flaw_of(home)))
    return seen(fact, value=False, place=home.url)


# -- why "not there" cannot be said


def _flaw_of(page: Document) -> Failure:
    zh, en = page.flaw or ("无法读取", "cannot be read")
    return _failure(page, f"{page.url}{zh}", f"{page.url}: {en}")


def _written_by_script(page: Document) -> Failure:
    return _failure(
        page,
        f"{page.url}的号码只在脚本里，须人工查看",
        f"the number stands only in a script of {page.url}; a person must look",
    )


def _failure(page: Document, zh: str, en: str) -> Failure:
    return Failure(
        target=page.url,
        at=page.at,
        reason=GapReason.UNREADABLE,
        detail=Text(zh=zh, en=en),
        transient=False,
    )
