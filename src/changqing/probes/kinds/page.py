"""The home page and a few linked ones: who runs it, under which numbers.

A number in a footer is what the site says, not what is so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from changqing.evidence.model import GapReason
from changqing.net.door import Net
from changqing.net.model import Exchange
from changqing.probes.attempt import attempt
from changqing.probes.channels import (
    find_agreement_links,
    find_chat_links,
    find_chat_scripts,
    find_complaint_links,
    find_emails,
    find_hotlines,
    find_privacy_links,
)
from changqing.probes.company import find_companies
from changqing.probes.document import Link, PageDocument, find_host, parse_page
from changqing.probes.flaws import make_unreadable
from changqing.probes.marks import TextMatch
from changqing.probes.model import (
    Capture,
    LookFailure,
    Part,
    ProbeObservation,
    Site,
    observe,
    report_unseen,
    report_withheld,
)
from changqing.probes.numbers import (
    Number,
    find_kind,
    find_licences,
    find_police_numbers,
)
from changqing.probes.own_page import (
    find_doubt,
    find_doubt_of_search,
    is_gone,
    make_not_recognised,
    observe_opening,
)
from changqing.probes.page_facts import find_number_link
from changqing.probes.scripts import find_scripted_numbers
from changqing.probes.whose import Attribution, find_attributions, find_source_sites
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
    "shows_filing_holder",
    "filing_holder_shown",
    "shows_source_site",
    "source_site_shown",
)

_MINISTRY = "miit.gov.cn"
_CONTACT = re.compile(r"联系|聯繫|关于我们|關於我們|contact|about\s*us", re.I)
_MOST_PAGES = 4
_OK = 200


async def capture(site: Site, net: Net) -> Capture:
    """Capture the home page, then the contact, complaint and policy pages it names."""
    at = net.clock()
    home: Part = await attempt(net, site.url, net.get(site.url))
    parts: list[Part] = [home]
    if isinstance(home, Exchange) and home.status == _OK:
        for url in _select_pages(parse_page(home), site):
            parts.append(await attempt(net, url, net.get(url)))
    return Capture(probe="page", site=site, at=at, parts=tuple(parts))


def read(capture: Capture) -> Iterator[ProbeObservation]:
    """Read what the pages show; "not there" only of whole pages surely the site's."""
    home = capture.parts[0]
    if isinstance(home, LookFailure):
        yield from report_unseen(FACTS, home)
        return
    site = capture.site
    answers = [part for part in capture.parts if isinstance(part, Exchange)]
    pages = [parse_page(part) for part in answers]
    first = pages[0]
    doubt = find_doubt(first, site)
    if doubt is not None and not first.legible:
        yield from report_unseen(FACTS, doubt)
        return
    failures = [part for part in capture.parts if isinstance(part, LookFailure)]
    doubts = [doubt] if doubt is not None else []
    yield from _observe_numbers(first, doubts)
    doubts += failures
    for page in pages[1:]:
        if not is_gone(page.fetched):
            about = find_doubt(page, site, called=_find_label(page, first))
            doubts += [about] if about is not None else []
    doubts += _find_unseen_contact(first, capture)
    pages = [page for page in pages if page.legible]
    yield from _observe_shown(
        "company_name", _find_on_pages(pages, find_companies), first, doubts
    )
    yield from _observe_shown(
        "hotline", _find_on_pages(pages, _find_hotlines_first), first, doubts
    )
    yield from _observe_shown(
        "service_email", _find_on_pages(pages, find_emails), first, doubts
    )
    yield from _observe_complaint(first, doubt, capture)
    of_first = [doubt] if doubt is not None else []
    yield from _observe_shown(
        "source_site", _find_on_pages([first], find_source_sites), first, of_first
    )
    yield _observe_link(
        "online_chat",
        first,
        (*find_chat_links(first), *find_chat_scripts(first)),
        doubt,
    )
    yield _observe_link("privacy_policy", first, find_privacy_links(first), doubt)
    yield _observe_link("user_agreement", first, find_agreement_links(first), doubt)


def _find_unseen_contact(home: PageDocument, capture: Capture) -> Iterator[LookFailure]:
    """Find that ways to reach the operator stand on a page that was not looked at."""
    contacts = [link for link in home.links if _CONTACT.search(link.text)]
    for link in contacts:
        url = link.url.partition("#")[0]
        here = link.href.startswith("#") and len(link.href) > 1
        if here or url == home.url or _find_answer(url, capture) is not None:
            return
    if contacts:
        yield make_not_recognised(
            home,
            Text(
                "的联系方式由脚本打开或在别的网站上，须人工查看",
                "how to reach the operator is opened by a script or lies on another "
                "site; a person must look",
            ),
        )


def _find_label(page: PageDocument, home: PageDocument) -> str:
    """Find what the link of the home page says that led to a page."""
    for link in home.links:
        if link.text and link.url.partition("#")[0] in (page.asked, page.url):
            return link.text
    return ""


def _select_pages(home: PageDocument, site: Site) -> list[str]:
    """Select the linked pages to fetch: own ones, one of each kind, few."""
    urls: list[str] = []
    contacts = (link for link in home.links if _CONTACT.search(link.text))
    kinds = (
        contacts,
        find_complaint_links(home),
        find_privacy_links(home),
        find_agreement_links(home),
    )
    for links in kinds:
        for link in links:
            if link.leads and site.owns(link.url):
                url = link.url.partition("#")[0]
                if url != home.url and url not in urls:
                    urls.append(url)
                break
    return urls[:_MOST_PAGES]


# -- numbers of the home page


def _observe_numbers(
    home: PageDocument, flaws: list[LookFailure]
) -> Iterator[ProbeObservation]:
    attributions = sorted(find_attributions(home), key=_is_of_maker)
    numbers_by_name: dict[str, list[Number]] = {
        "filing_number": [number for number, _ in attributions],
        "licence_number": list(find_licences(home.text)),
        "police_number": list(find_police_numbers(home.text)),
    }
    scripted = () if flaws else tuple(find_scripted_numbers(home))
    for name, numbers in numbers_by_name.items():
        own = list(flaws)
        if not numbers and any(find_kind(number) == name for number in scripted):
            own.append(_doubt_script(home))
        yield from _observe_shown(
            name, ((home, number) for number in numbers), home, own
        )
        if name == "filing_number":
            yield _observe_ministry_link(home, numbers, own)
            yield from _observe_holder(home, attributions, own)


def _is_of_maker(attribution: tuple[Number, Attribution | None]) -> bool:
    """Whether a number is of who made the site; the site's own comes before."""
    return attribution[1] is not None and attribution[1].is_maker


def _observe_holder(
    home: PageDocument,
    attributions: list[tuple[Number, Attribution | None]],
    flaws: list[LookFailure],
) -> Iterator[ProbeObservation]:
    marks = (
        (home, TextMatch(value=attribution.name, raw=attribution.raw, start=-1))
        for _, attribution in attributions[:1]
        if attribution is not None
    )
    yield from _observe_shown(
        "filing_holder", marks, home, flaws if not attributions else []
    )


def _observe_ministry_link(
    home: PageDocument, filed: list[Number], flaws: list[LookFailure]
) -> ProbeObservation:
    """Observe whether the filing number leads to the ministry's own page."""
    place = home.url
    links = [
        find_number_link(home, tuple(n)) for n in (filed, find_licences(home.text))
    ]
    hrefs = [None if link is None else link.href or None for link in links]
    # The link of a licence number says nothing of where the filing number leads.
    href = next(filter(_leads_to_ministry, hrefs), hrefs[0] if filed else hrefs[1])
    leads = _leads_to_ministry(href)
    if not leads and flaws:
        return next(report_unseen(["filing_link_to_ministry"], flaws[0]))
    if filed and not href:  # a number that stands in no link, as far as was seen
        doubt = find_doubt_of_search("filing_link_to_ministry", home)
        if doubt is not None:
            return next(report_unseen(["filing_link_to_ministry"], doubt))
    return observe("filing_link_to_ministry", value=leads, place=place, raw=href)


def _leads_to_ministry(href: str | None) -> bool:
    host = find_host(href) if href else ""
    return host == _MINISTRY or host.endswith(f".{_MINISTRY}")


# -- what may stand on any of the pages


def _observe_shown(
    name: str,
    marks: Iterator[tuple[PageDocument, TextMatch]],
    home: PageDocument,
    doubts: list[LookFailure],
) -> Iterator[ProbeObservation]:
    """Observe `shows_X` and, when there is one, `X_shown`; or a gap for both."""
    page_and_mark = next(marks, None)
    if page_and_mark is not None:
        page, mark = page_and_mark
        place = page.url
        yield observe(f"shows_{name}", value=True, place=place, raw=mark.raw)
        yield observe(f"{name}_shown", value=mark.value, place=place, raw=mark.raw)
        return
    if doubts:
        yield from report_unseen([f"shows_{name}", f"{name}_shown"], doubts[0])
        return
    not_sure = find_doubt_of_search(name, home)
    if not_sure is not None:
        yield from report_unseen([f"shows_{name}"], not_sure)
    else:
        yield observe(f"shows_{name}", value=False, place=home.url)


def _find_on_pages(
    pages: list[PageDocument], find: Callable[[PageDocument], Iterator[TextMatch]]
) -> Iterator[tuple[PageDocument, TextMatch]]:
    for page in pages:
        for mark in find(page):
            yield page, mark


def _find_hotlines_first(page: PageDocument) -> Iterator[TextMatch]:
    """Find toll-free numbers first: they are what a site means by its hotline."""
    yield from sorted(
        find_hotlines(page), key=lambda mark: not mark.value.startswith(("400", "95"))
    )


# -- links of the home page


def _observe_complaint(
    home: PageDocument, doubt: LookFailure | None, capture: Capture
) -> Iterator[ProbeObservation]:
    fact = "complaint_page_answers"
    links = list(find_complaint_links(home))
    yield _observe_link("complaint_page", home, links, doubt)
    if not links:
        why = doubt or find_doubt_of_search("complaint_page", home)
        if why is not None:
            yield from report_unseen([fact], why)
        else:
            yield observe(fact, value=False, place=home.url)
        return
    for link in links:
        url = link.url.partition("#")[0]
        if url and url == home.url:
            yield observe(fact, value=True, place=url, raw=link.text)
            return
        part = _find_answer(url, capture)
        if part is not None:
            yield observe_opening(fact, part, link, capture.site, of_home=doubt)
            return
    yield report_withheld(
        fact,
        GapReason.NOT_LOOKED,
        place=links[0].href,
        zh="投诉入口由脚本打开或在别的网站上，须人工查看",
        en="the way to complain is opened by a script or lies on another site; a "
        "person must look",
    )


def _find_answer(url: str, capture: Capture) -> Exchange | LookFailure | None:
    """Find what came of the page that a link leads to, by its first or last address."""
    if not url:
        return None
    for part in capture.parts[1:]:
        if isinstance(part, Exchange) and url in (part.url, part.final_url):
            return part
        if isinstance(part, LookFailure) and part.target == url:
            return part
    return None


def _observe_link(
    name: str, home: PageDocument, links: Iterable[Link], doubt: LookFailure | None
) -> ProbeObservation:
    fact = f"shows_{name}"
    for link in links:
        raw = f"{link.text} {link.href}".strip()
        return observe(fact, value=True, place=home.url, raw=raw[:300])
    why = doubt or find_doubt_of_search(name, home)
    if why is not None:
        return next(report_unseen([fact], why))
    return observe(fact, value=False, place=home.url)


def _doubt_script(page: PageDocument) -> LookFailure:
    return make_unreadable(
        page,
        zh=f"{page.url}的号码只在脚本里，须人工查看",
        en=f"the number stands only in a script of {page.url}; a person must look",
    )
