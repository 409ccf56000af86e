"""How carefully the site is kept: headers, encryption throughout, policies that open.

These are signs of maintenance, and none is a condition of any licence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from changqing.evidence.model import GapReason
from changqing.net.door import Net
from changqing.net.model import Exchange
from changqing.probes.attempt import attempt
from changqing.probes.channels import find_agreement_links, find_privacy_links
from changqing.probes.document import Link, PageDocument, parse_page
from changqing.probes.flaws import find_flaw
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
from changqing.probes.own_page import find_doubt, is_gone, observe_opening

_HEADERS: Final = (
    "encryption_remembered",
    "content_policy_sent",
    "type_guessing_refused",
    "framing_restricted",
)
_POLICIES: Final = (
    ("privacy_policy_opens", find_privacy_links),
    ("user_agreement_opens", find_agreement_links),
)
FACTS: tuple[str, ...] = (
    *_HEADERS,
    "plain_address_leads_to_https",
    "mixed_content_seen",
    "security_contact_published",
    *(fact for fact, _ in _POLICIES),
)

_SECURITY_TXT: Final = "/.well-known/security.txt"  # RFC 9116
_CONTACT: Final = re.compile(r"(?im)^contact:\s*\S")
_MAX_AGE: Final = re.compile(r"max-age\s*=\s*\"?(\d+)", re.I)
_PLAIN_PARTS: Final = (
    "script[src^='http:' i], iframe[src^='http:' i], img[src^='http:' i], "
    "link[rel~='stylesheet' i][href^='http:' i], video[src^='http:' i], "
    "audio[src^='http:' i], object[data^='http:' i]"
)
_OK: Final = 200


async def capture(site: Site, net: Net) -> Capture:
    """Capture the home page, its plain address, security.txt, and its policies."""
    at = net.clock()
    home: Part = await attempt(net, site.url, net.get(site.url))
    parts: list[Part] = [home]
    if isinstance(home, Exchange):
        plain = f"http://{site.host}/"
        if home.final_url.startswith("https:"):
            parts.append(await attempt(net, plain, net.glance(plain)))
        contact = _replace_path(home.final_url, _SECURITY_TXT)
        parts.append(await attempt(net, contact, net.get(contact)))
        if home.status == _OK:
            for link in _find_policies(parse_page(home), site):
                url = _strip_fragment(link)
                parts.append(await attempt(net, url, net.get(url)))
    return Capture(probe="hygiene", site=site, at=at, parts=tuple(parts))


def _find_policies(home: PageDocument, site: Site) -> Iterator[Link]:
    for _, links in _POLICIES:
        first = next((link for link in links(home) if link.leads), None)
        if first is not None and site.owns(first.url):
            yield first


def read(capture: Capture) -> Iterator[ProbeObservation]:
    """Read what is kept in order; what could not be asked stays unknown."""
    home = capture.parts[0]
    if not isinstance(home, Exchange):
        if isinstance(home, LookFailure):
            yield from report_unseen(FACTS, home)
        return
    page = parse_page(home)
    doubt = find_doubt(page, capture.site)
    if home.status != _OK:  # what sent an error page need not be what sends the site
        yield from report_unseen(FACTS, doubt or find_flaw(page))
        return
    for observation in _observe_home(capture, home, page):
        if doubt is not None and observation.value is False:
            yield from report_unseen([observation.fact], doubt)
        else:
            yield observation
    for fact, links in _POLICIES:
        yield from _observe_policy(fact, links(page), capture, doubt)


def _observe_home(
    capture: Capture, home: Exchange, page: PageDocument
) -> Iterator[ProbeObservation]:
    yield from _observe_headers(home)
    yield from _observe_plain_address(capture, home)
    yield from _observe_mixed_content(home, page)
    yield from _observe_security_contact(capture, home)


def _observe_headers(home: Exchange) -> Iterator[ProbeObservation]:
    place = home.final_url
    age = _MAX_AGE.search(home.find_header("Strict-Transport-Security"))  # RFC 6797
    policy = home.find_header("Content-Security-Policy")
    frames = home.find_header("X-Frame-Options")
    by_fact = {
        "encryption_remembered": (
            age is not None and int(age[1]) > 0,
            home.find_header("Strict-Transport-Security"),
        ),
        "content_policy_sent": (bool(policy), policy),
        "type_guessing_refused": (
            home.find_header("X-Content-Type-Options").strip().lower() == "nosniff",
            home.find_header("X-Content-Type-Options"),
        ),
        "framing_restricted": (
            bool(frames) or "frame-ancestors" in policy.lower(),
            frames or policy,
        ),
    }
    for fact, (value, raw) in by_fact.items():
        yield observe(fact, value=value, place=place, raw=raw[:300] or None)


def _observe_plain_address(
    capture: Capture, home: Exchange
) -> Iterator[ProbeObservation]:
    fact = "plain_address_leads_to_https"
    plain = f"http://{capture.site.host}/"
    if not home.final_url.startswith("https:"):
        yield observe(fact, value=False, place=home.final_url)
        return
    answer = capture.find_page(plain)
    if isinstance(answer, Exchange):
        leads = answer.final_url.startswith("https:")
        doubt = None if leads else find_doubt(parse_page(answer), capture.site)
        if doubt is not None:
            yield from report_unseen([fact], doubt)
            return
        yield observe(fact, value=leads, place=plain, raw=" → ".join(answer.hops))
    elif answer is not None:
        yield from report_unseen([fact], answer)


def _observe_mixed_content(
    home: Exchange, page: PageDocument
) -> Iterator[ProbeObservation]:
    """Find parts of an encrypted page that come unencrypted."""
    if not home.final_url.startswith("https:"):
        return
    # The tree of the page is without what nobody reads, scripts and frames among it.
    node = LexborHTMLParser(page.source).css_first(_PLAIN_PARTS)
    raw = None
    if node is not None:
        attributes = node.attributes
        raw = attributes.get("src") or attributes.get("href") or attributes.get("data")
    yield observe("mixed_content_seen", value=node is not None, place=page.url, raw=raw)


def _observe_security_contact(
    capture: Capture, home: Exchange
) -> Iterator[ProbeObservation]:
    place = _replace_path(home.final_url, _SECURITY_TXT)
    answer = capture.find_page(place)
    if isinstance(answer, Exchange):
        text = answer.body[:10_000].decode("utf-8", "replace")
        has_contact = answer.status == _OK and _CONTACT.search(text) is not None
        if has_contact or is_gone(answer):
            yield observe("security_contact_published", value=has_contact, place=place)
            return
        yield report_withheld(
            "security_contact_published",
            GapReason.NOT_RECOGNISED,
            place=place,
            zh=f"{place}返回{answer.status}，不是security.txt，也不是说没有",
            en=f"{place} answered {answer.status}: neither a security.txt nor that "
            "there is none",
        )
    elif answer is not None:
        yield from report_unseen(["security_contact_published"], answer)


def _observe_policy(
    fact: str, links: Iterable[Link], capture: Capture, of_home: LookFailure | None
) -> Iterator[ProbeObservation]:
    """Observe whether a linked policy can be read; whether there is one, see `page`."""
    for link in links:
        answer = capture.find_page(_strip_fragment(link))
        if answer is not None:
            yield observe_opening(fact, answer, link, capture.site, of_home=of_home)
            return


def _strip_fragment(link: Link) -> str:
    return link.url.partition("#")[0]


def _replace_path(url: str, path: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{path}"
