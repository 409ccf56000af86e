"""The name of the site: where it leads, who serves it, whether that is well kept."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import Final

import dns.dnssec
import dns.exception
import dns.message
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from changqing.evidence.model import GapReason
from changqing.net.door import Net
from changqing.net.model import Answer, AnswerStatus
from changqing.probes.attempt import attempt
from changqing.probes.model import (
    Capture,
    Control,
    LookFailure,
    Part,
    ProbeObservation,
    Site,
    find_registrable,
    observe,
    report_unseen,
    report_withheld,
)
from changqing.text import Text

FACTS: tuple[str, ...] = (
    "domain_resolves",
    "name_server_count",
    "mail_exchanger_present",
    "ipv6_present",
    "resolved_addresses",
    "found_by_every_resolver",
    "name_server_networks",
    "delegation_signed",
    "delegation_signature_valid",
    "certificate_authorities_restricted",
    "zone_serial",
    "behind_cdn",
)

_MOST_SERVERS: Final = 6
_NETWORK_BITS: Final = {4: 24, 6: 48}
"""What is announced and fails as one: the smallest prefixes routed on the internet."""

Asked = Answer | LookFailure | None


async def capture(site: Site, net: Net) -> Capture:
    """Ask our resolver for every record, and the public ones whether they find it."""
    at = net.clock()
    host, domain = site.host, site.domain
    own = [
        (host, "A"),
        (host, "AAAA"),
        (host, "CNAME"),
        (domain, "NS"),
        (domain, "MX"),
        (domain, "SOA"),
        (host, "CAA"),
        (domain, "CAA"),
        (domain, "DS"),
    ]
    parts: list[Part] = list(
        await asyncio.gather(
            *(_ask_resolver(net, name, kind) for name, kind in dict.fromkeys(own)),
            *(
                _ask_resolver(net, host, "A", server=server)
                for server in net.settings.beside
            ),
            _ask_resolver(net, domain, "DNSKEY", signed=True),
        )
    )
    servers = _find_answer(parts, domain, "NS")
    if isinstance(servers, Answer):
        parts += await asyncio.gather(
            *(
                _ask_resolver(net, name, kind)
                for name in servers.values[:_MOST_SERVERS]
                for kind in ("A", "AAAA")
            )
        )
    parts.append(Control(at=net.clock(), ok=await net.is_resolver_working()))
    return Capture(probe="dns", site=site, at=at, parts=tuple(parts))


async def _ask_resolver(
    net: Net, name: str, kind: str, *, server: str | None = None, signed: bool = False
) -> Answer | LookFailure:
    target = f"{kind} {name}" if server is None else f"{kind} {name} @{server}"
    return await attempt(
        net, target, net.query(name, kind, server=server, signed=signed)
    )


def read(capture: Capture) -> Iterator[ProbeObservation]:
    """Read the answers: no such name and no such record are some, silence is a gap.

    So is "no such name" from a resolver that does not find the control targets either.
    """
    parts, site = capture.parts, capture.site
    answers = [part for part in parts if isinstance(part, Answer)]
    lost = any(isinstance(part, Control) and not part.ok for part in parts)
    if lost and answers and not any(answer.values for answer in answers):
        yield from report_unseen(FACTS, _report_own_network(capture))
        return
    four, six = (
        _find_answer(parts, site.host, "A"),
        _find_answer(parts, site.host, "AAAA"),
    )
    yield from _observe_addresses(four, six)
    if isinstance(six, Answer):
        yield observe(
            "ipv6_present",
            bool(six.values),
            place=_format_place(six),
            raw=_format_values(six),
        )
    elif isinstance(six, LookFailure):
        yield from report_unseen(["ipv6_present"], six)
    servers = _find_answer(parts, site.domain, "NS")
    if isinstance(servers, Answer):
        count = len(servers.values)
        yield observe(
            "name_server_count",
            value=count,
            place=_format_place(servers),
            raw=_format_values(servers),
        )
        yield from _observe_networks(parts, servers)
    elif isinstance(servers, LookFailure):
        yield from report_unseen(["name_server_count", "name_server_networks"], servers)
    mail = _find_answer(parts, site.domain, "MX")
    if isinstance(mail, Answer):
        # RFC 7505: a lone "." says that the domain takes no mail.
        present = any(value for value in mail.values)
        yield observe(
            "mail_exchanger_present",
            value=present,
            place=_format_place(mail),
            raw=_format_values(mail),
        )
    elif isinstance(mail, LookFailure):
        yield from report_unseen(["mail_exchanger_present"], mail)
    yield from _observe_resolvers(parts, site)
    yield from _check_delegation(parts, site)
    yield from _observe_authorities(parts, site)
    yield from _observe_serial(_find_answer(parts, site.domain, "SOA"))
    yield from _observe_alias(_find_answer(parts, site.host, "CNAME"), site)


def _report_own_network(capture: Capture) -> LookFailure:
    return LookFailure(
        target=f"A {capture.site.host}",
        at=capture.at,
        reason=GapReason.OWN_NETWORK,
        detail=Text(
            zh="所用的域名解析服务连对照网站也查不到，不能据此说域名不存在",
            en="our resolver does not find the control sites either; it cannot be said "
            "that the name does not exist",
        ),
    )


def _find_answer(parts: Sequence[Part], name: str, kind: str) -> Asked:
    """Find what our own resolver said of one question."""
    for part in parts:
        if isinstance(part, Answer):
            if (part.name, part.kind, part.server) == (name.lower(), kind, None):
                return part
        elif isinstance(part, LookFailure) and part.target == f"{kind} {name}":
            return part
    return None


def _observe_addresses(four: Asked, six: Asked) -> Iterator[ProbeObservation]:
    """Observe whether a name resolves and where to; one address is enough."""
    answers = [part for part in (four, six) if isinstance(part, Answer)]
    failures = [part for part in (four, six) if isinstance(part, LookFailure)]
    with_address = [answer for answer in answers if answer.values]
    if with_address:
        raw = ", ".join(_format_values(answer) for answer in with_address)
        yield observe(
            "domain_resolves", value=True, place=_format_place(with_address[0]), raw=raw
        )
    elif answers and (
        not failures or any(a.status is AnswerStatus.NO_NAME for a in answers)
    ):
        place = _format_place(answers[0])
        yield observe(
            "domain_resolves", value=False, place=place, raw=answers[0].status.value
        )
    elif failures:
        yield from report_unseen(["domain_resolves"], failures[0])
    if failures:
        yield from report_unseen(["resolved_addresses"], failures[0])
    elif answers:
        values = frozenset(value for answer in answers for value in answer.values)
        yield observe(
            "resolved_addresses", value=values, place=_format_place(answers[0])
        )


def _observe_networks(
    parts: Sequence[Part], servers: Answer
) -> Iterator[ProbeObservation]:
    """Count the networks that the name servers stand in; one alone fails as a whole."""
    networks: set[str] = set()
    for name in servers.values[:_MOST_SERVERS]:
        for kind in ("A", "AAAA"):
            answer = _find_answer(parts, name, kind)
            if isinstance(answer, LookFailure):
                yield from report_unseen(["name_server_networks"], answer)
                return
            if answer is not None:
                networks.update(map(_find_network, answer.values))
    yield observe(
        "name_server_networks",
        value=len(networks),
        place=_format_place(servers),
        raw=", ".join(sorted(networks)),
    )


def _find_network(text: str) -> str:
    address = ip_address(text)
    bits = address.max_prefixlen - _NETWORK_BITS[address.version]
    network = type(address)(int(address) >> bits << bits)
    return f"{network}/{_NETWORK_BITS[address.version]}"


def _observe_resolvers(parts: Sequence[Part], site: Site) -> Iterator[ProbeObservation]:
    """Observe whether every resolver that answers at all finds the name."""
    answers = [
        part for part in parts if isinstance(part, Answer) and part.server is not None
    ]
    failures = [
        part for part in parts if isinstance(part, LookFailure) and " @" in part.target
    ]
    place = f"A {site.host}"
    if answers:
        raw = "; ".join(
            f"{answer.server}: {_format_values(answer)}" for answer in answers
        )
        is_found = all(answer.status is not AnswerStatus.NO_NAME for answer in answers)
        yield observe("found_by_every_resolver", value=is_found, place=place, raw=raw)
    elif failures:
        yield from report_unseen(["found_by_every_resolver"], failures[0])


def _check_delegation(parts: Sequence[Part], site: Site) -> Iterator[ProbeObservation]:
    """Tell whether the parent vouches for a key (RFC 4034), and the key for itself."""
    delegation = _find_answer(parts, site.domain, "DS")
    keys = _find_answer(parts, site.domain, "DNSKEY")
    if isinstance(delegation, LookFailure):
        both = ["delegation_signed", "delegation_signature_valid"]
        yield from report_unseen(both, delegation)
        return
    if delegation is None:
        return
    signed = bool(delegation.values)
    yield observe(
        "delegation_signed",
        value=signed,
        place=_format_place(delegation),
        raw=_format_values(delegation),
    )
    if not signed:
        return
    if isinstance(keys, LookFailure):
        yield from report_unseen(["delegation_signature_valid"], keys)
    elif keys is not None:
        valid = _verify_keys(delegation, keys)
        place = _format_place(keys)
        if valid is None:
            yield report_withheld(
                "delegation_signature_valid",
                GapReason.UNREADABLE,
                place=place,
                zh="没有拿到能验证的签名",
                en="no signature that can be checked came with the answer",
            )
        else:
            raw = _format_values(keys)[:200]
            yield observe(
                "delegation_signature_valid", value=valid, place=place, raw=raw
            )


def _verify_keys(delegation: Answer, keys: Answer) -> bool | None:
    """Tell whether a key the parent names had signed the keys (RFC 4035, 5.2).

    None when the answer holds no keys or no signature, as many resolvers leave them
    out, or an algorithm that is not known here.
    """
    name = dns.name.from_text(keys.name)
    try:
        message = dns.message.from_wire(base64.b64decode(keys.wire))
        keyset = message.find_rrset(
            message.answer, name, dns.rdataclass.IN, dns.rdatatype.DNSKEY
        )
        signatures = message.find_rrset(
            message.answer,
            name,
            dns.rdataclass.IN,
            dns.rdatatype.RRSIG,
            dns.rdatatype.DNSKEY,
        )
    except (KeyError, ValueError, dns.exception.DNSException):
        return None
    try:
        delegated = [
            dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.DS, text)
            for text in delegation.values
        ]
        entry = [
            key
            for key in keyset
            if any(
                dns.dnssec.make_ds(name, key, record.digest_type) == record  # type: ignore[attr-defined]
                for record in delegated
            )
        ]
        if not entry:
            return False
        trusted = dns.rrset.from_rdata_list(name, keyset.ttl, entry)
        dns.dnssec.validate(
            keyset, signatures, {name: trusted}, now=keys.at.timestamp()
        )
    except dns.exception.ValidationFailure:
        return False
    except (ValueError, dns.exception.DNSException):
        return None  # an algorithm that we cannot judge
    return True


def _observe_authorities(
    parts: Sequence[Part], site: Site
) -> Iterator[ProbeObservation]:
    """Observe whether CAA stands at the name or at a parent of it (RFC 8659)."""
    results = [_find_answer(parts, name, "CAA") for name in (site.host, site.domain)]
    answers = [answer for answer in results if isinstance(answer, Answer)]
    failures = [answer for answer in results if isinstance(answer, LookFailure)]
    restricting = [answer for answer in answers if answer.values]
    if restricting:
        yield observe(
            "certificate_authorities_restricted",
            value=True,
            place=_format_place(restricting[0]),
            raw=_format_values(restricting[0]),
        )
    elif failures:
        yield from report_unseen(["certificate_authorities_restricted"], failures[0])
    elif answers:
        yield observe(
            "certificate_authorities_restricted",
            value=False,
            place=_format_place(answers[0]),
        )


def _observe_serial(answer: Asked) -> Iterator[ProbeObservation]:
    if isinstance(answer, LookFailure):
        yield from report_unseen(["zone_serial"], answer)
    elif answer is not None and answer.values:
        fields = answer.values[0].split()
        if len(fields) > 2 and fields[2].isdecimal():  # RFC 1035, 3.3.13
            yield observe(
                "zone_serial",
                value=int(fields[2]),
                place=_format_place(answer),
                raw=answer.values[0],
            )


def _observe_alias(answer: Asked, site: Site) -> Iterator[ProbeObservation]:
    """Observe an alias of somebody else's name, which hides where the site stands.

    Without one nothing is said: an address of its own may be a network's too.
    """
    if isinstance(answer, LookFailure):
        yield from report_unseen(["behind_cdn"], answer)
    elif answer is not None:
        elsewhere = [
            name for name in answer.values if find_registrable(name) != site.domain
        ]
        if elsewhere:
            yield observe(
                "behind_cdn", value=True, place=_format_place(answer), raw=elsewhere[0]
            )


def _format_place(answer: Answer) -> str:
    return f"{answer.kind} {answer.name}"


def _format_values(answer: Answer) -> str:
    return ", ".join(answer.values) or answer.status.value
