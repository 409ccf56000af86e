"""Whether the ways to reach the operator that a page names lead to anybody.

The page probe says what is named; this one tries it as far as a program politely may:
mail servers are greeted and left, chats are opened and not spoken in, nobody is called.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import phonenumbers

from changqing.evidence.model import GapReason
from changqing.net.challenge import is_challenge
from changqing.net.door import Net
from changqing.net.model import Answer, AnswerStatus, Dialogue, Exchange
from changqing.probes.attempt import attempt
from changqing.probes.channels import find_chat_links, find_emails, find_hotlines
from changqing.probes.document import PageDocument, parse_page
from changqing.probes.model import (
    Capture,
    Control,
    LookFailure,
    Part,
    ProbeObservation,
    Site,
    observe,
    report_unseen,
    report_withheld,
)
from changqing.probes.own_page import is_gone

FACTS: tuple[str, ...] = (
    "service_email_domain_receives",
    "service_mail_server_answers",
    "online_chat_opens",
    "hotline_dialable",
)

_OK: Final = 200
_READY: Final = "220"
_TAKES_NO_MAIL: Final = "521"  # RFC 7504: what a host says that takes mail of nobody
_SHORT: Final = ("400", "95", "96", "12", "10")
"""Service numbers of the mainland, which no plan of subscriber numbers lists."""


async def capture(site: Site, net: Net) -> Capture:
    """Capture the home page; then the mail server and the chat that it names."""
    at = net.clock()
    home: Part = await attempt(net, site.url, net.get(site.url))
    parts: list[Part] = [home]
    if isinstance(home, Exchange) and home.status == _OK:
        page = parse_page(home)
        domain = _find_mail_domain(page)
        if domain:
            parts.extend(await _look_at_mail(net, domain))
        chat = _find_chat(page)
        if chat:
            parts.append(await attempt(net, chat, net.glance(chat)))
    return Capture(probe="feedback", site=site, at=at, parts=tuple(parts))


async def _look_at_mail(net: Net, domain: str) -> list[Part]:
    """The exchangers of a domain, and the greeting of the first that gives one."""
    exchangers = await attempt(net, f"MX {domain}", net.query(domain, "MX"))
    parts: list[Part] = [exchangers]
    if isinstance(exchangers, Answer):
        if exchangers.status is AnswerStatus.NO_NAME:
            parts.append(Control(at=net.clock(), ok=await net.is_resolver_working()))
        for host in exchangers.values:
            if host:
                greeting = net.ask_mail_greeting(host)
                parts.append(await attempt(net, f"smtp://{host}", greeting))
                if isinstance(parts[-1], Dialogue):
                    break
    return parts


def read(capture: Capture) -> Iterator[ProbeObservation]:
    """Read which channels answer; of one that is not named nothing is said."""
    home = capture.parts[0]
    if isinstance(home, LookFailure):
        yield from report_unseen(FACTS, home)
        return
    if not isinstance(home, Exchange) or home.status != _OK:
        return
    page = parse_page(home)
    if not page.legible:
        return
    domain = _find_mail_domain(page)
    if domain:
        yield from _read_mail(capture, domain)
    chat = _find_chat(page)
    if chat:
        yield from _read_chat(capture, chat)
    yield from _observe_dialable(page)


def _find_mail_domain(page: PageDocument) -> str:
    mark = next(find_emails(page), None)
    return "" if mark is None else mark.value.rpartition("@")[2].lower()


def _find_chat(page: PageDocument) -> str:
    links = (link.url.partition("#")[0] for link in find_chat_links(page))
    return next((url for url in links if url), "")


def _read_mail(capture: Capture, domain: str) -> Iterator[ProbeObservation]:
    """Observe whether a domain takes mail: its records, then its server's greeting."""
    answer = next(
        (p for p in capture.parts if isinstance(p, Answer) and p.name == domain), None
    )
    failures = [part for part in capture.parts if isinstance(part, LookFailure)]
    if answer is None:
        silent = [part for part in failures if part.target == f"MX {domain}"]
        if silent:
            yield from report_unseen(FACTS[:2], silent[0])
        return
    if any(isinstance(part, Control) and not part.ok for part in capture.parts):
        yield report_withheld(
            FACTS[0],
            GapReason.OWN_NETWORK,
            place=f"MX {domain}",
            zh=f"没能查到域名{domain}：对照网站的域名也查不到，不能据此说它不存在",
            en=f"{domain} was not found, nor was any control site: it cannot be said "
            "that the name does not exist",
        )
        return
    # RFC 7505: a lone "." says that the domain takes no mail.
    hosts = [host for host in answer.values if host]
    place = f"MX {domain}"
    raw = ", ".join(answer.values) or answer.status.value
    if hosts or answer.status is AnswerStatus.NO_NAME or answer.values:
        receives = bool(hosts)
        yield observe(
            "service_email_domain_receives", value=receives, place=place, raw=raw
        )
    else:
        # RFC 5321, 5.1: without exchangers the domain itself may take mail.
        yield report_withheld(
            "service_email_domain_receives",
            GapReason.NO_RECORD,
            place=place,
            zh=f"{domain}没有登记邮件服务器，能不能收信要发一封试试",
            en=f"{domain} names no mail server; whether it takes mail takes a letter",
        )
    greeting = next((p for p in capture.parts if isinstance(p, Dialogue)), None)
    if greeting is not None:
        ready = greeting.received.startswith(_READY)
        greeting_line = greeting.received.partition("\r\n")[0][:200]
        place = f"smtp://{greeting.host}"
        if ready or greeting.received.startswith(_TAKES_NO_MAIL):
            yield observe(FACTS[1], value=ready, place=place, raw=greeting_line)
            return
        # Mail servers turn away whole networks, and answer others all the same.
        yield report_withheld(
            FACTS[1],
            GapReason.BLOCKED,
            place=place,
            zh=f"{greeting.host}没有接待这次查看（{greeting_line}），能不能收信要发一封试试",
            en=f"{greeting.host} turned this look away ({greeting_line}); whether it "
            "takes mail "
            "takes a letter",
        )
        return
    refused = [part for part in failures if part.target.startswith("smtp://")]
    if refused:
        # Many networks let no program out on the port of mail: no answer is no proof.
        yield from report_unseen(["service_mail_server_answers"], refused[0])


def _read_chat(capture: Capture, url: str) -> Iterator[ProbeObservation]:
    part = capture.find_page(url)
    if isinstance(part, Exchange):
        is_absent, came = is_gone(part), part.status == _OK and bool(part.body)
        walled = is_challenge(part.status, part.headers, part.body)
        if walled or not (is_absent or came):
            yield report_withheld(
                "online_chat_opens",
                GapReason.BLOCKED if walled else GapReason.NOT_RECOGNISED,
                place=url,
                zh=f"{url}返回{part.status}，看不出客服能不能打开",
                en=f"{url} answered {part.status}; it cannot be seen whether it opens",
            )
            return
        yield observe("online_chat_opens", value=came, place=url, raw=str(part.status))
    elif part is not None:
        yield from report_unseen(["online_chat_opens"], part)


def _observe_dialable(page: PageDocument) -> Iterator[ProbeObservation]:
    """Observe whether the first number shown is one that can exist at all.

    A number of the right length in a range that the plan does not list may be newer
    than the plan.
    """
    mark = next(find_hotlines(page), None)
    if mark is None:
        return
    fact, place = "hotline_dialable", page.url
    digits = "".join(filter(str.isdigit, mark.value))
    if digits.startswith(_SHORT):
        yield observe(fact, value=True, place=place, raw=mark.raw)
        return
    try:
        number = phonenumbers.parse(mark.value, "CN")
    except phonenumbers.NumberParseException:
        yield observe(fact, value=False, place=place, raw=mark.raw)
        return
    if phonenumbers.is_valid_number(number):
        yield observe(fact, value=True, place=place, raw=mark.raw)
    elif not phonenumbers.is_possible_number(number):
        yield observe(fact, value=False, place=place, raw=mark.raw)
    else:
        yield report_withheld(
            fact,
            GapReason.NO_RECORD,
            place=place,
            zh=f"{mark.raw}不在已知号段里，要拨一次才知道",
            en=f"{mark.raw} is in no range on record; a call would tell",
        )
