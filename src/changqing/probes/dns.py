"""The name of the site: whether it resolves, to which addresses, served by whom."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from changqing.net import Answer, AnswerStatus, Net
from changqing.probes._attempt import attempt
from changqing.probes._model import Capture, Failure, Observation, Site, seen, unseen

FACTS = (
    "domain_resolves",
    "name_server_count",
    "mail_exchanger_present",
    "ipv6_present",
    "resolved_addresses",
)


async def capture(site: Site, net: Net) -> Capture:
    """Ask for the addresses of the host, and the servers of its domain."""
    at = net.clock()
    questions = (
        (site.host, "A"),
        (site.host, "AAAA"),
        (site.domain, "NS"),
        (site.domain, "MX"),
    )
    parts = await asyncio.gather(
        *(
            attempt(net, f"{kind} {name}", net.query(name, kind))
            for name, kind in questions
        )
    )
    return Capture(probe="dns", site=site, at=at, parts=tuple(parts))


def read(capture: Capture) -> Iterator[Observation]:
    """No such name, and no such record, are answers; silence is a gap."""
    four, six, servers, mail = capture.parts
    yield from _addresses(four, six)
    if isinstance(six, Answer):
        yield seen("ipv6_present", bool(six.values), place=_place(six), raw=_raw(six))
    elif isinstance(six, Failure):
        yield from unseen(["ipv6_present"], six)
    if isinstance(servers, Answer):
        count = len(servers.values)
        yield seen(
            "name_server_count", value=count, place=_place(servers), raw=_raw(servers)
        )
    elif isinstance(servers, Failure):
        yield from unseen(["name_server_count"], servers)
    if isinstance(mail, Answer):
        # RFC 7505: a lone "." says that the domain takes no mail.
        present = any(value for value in mail.values)
        yield seen(
            "mail_exchanger_present", value=present, place=_place(mail), raw=_raw(mail)
        )
    elif isinstance(mail, Failure):
        yield from unseen(["mail_exchanger_present"], mail)


def _addresses(four: object, six: object) -> Iterator[Observation]:
    answers = [part for part in (four, six) if isinstance(part, Answer)]
    failures = [part for part in (four, six) if isinstance(part, Failure)]
    found = [answer for answer in answers if answer.values]
    if found:
        raw = ", ".join(_raw(answer) for answer in found)
        yield seen("domain_resolves", value=True, place=_place(found[0]), raw=raw)
    elif not failures or any(a.status is AnswerStatus.NO_NAME for a in answers):
        place = _place(answers[0])
        yield seen(
            "domain_resolves", value=False, place=place, raw=answers[0].status.value
        )
    else:
        yield from unseen(["domain_resolves"], failures[0])
    if failures:
        yield from unseen(["resolved_addresses"], failures[0])
    elif answers:
        values = frozenset(value for answer in answers for value in answer.values)
        yield seen("resolved_addresses", value=values, place=_place(answers[0]))


def _place(answer: Answer) -> str:
    return f"{answer.kind} {answer.name}"


def _raw(answer: Answer) -> str:
    return ", ".join(answer.values) or answer.status.value
