"""The domain in its registry: by whom, since when, until when, in what state.

RDAP first (RFC 9083); the registries without it, .cn among them, still answer on port
43, at the server that the directory of top-level domains names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from changqing.evidence.model import GapReason
from changqing.jsondata import JsonObject
from changqing.net.door import Net
from changqing.net.model import Dialogue, Exchange
from changqing.probes.attempt import attempt
from changqing.probes.model import (
    Capture,
    LookFailure,
    Part,
    ProbeObservation,
    Site,
    report_unseen,
    report_withheld,
)
from changqing.probes.rdap import load_object, read_rdap
from changqing.probes.registered import FACTS as _REGISTERED
from changqing.probes.registered import Registered, observe_record
from changqing.probes.whois import find_referral, read_whois
from changqing.text import Text

FACTS: tuple[str, ...] = _REGISTERED

BOOTSTRAP: Final = "https://data.iana.org/rdap/dns.json"  # RFC 9224
DIRECTORY: Final = "whois.iana.org"

_OK, _NOT_FOUND = 200, 404


async def capture(site: Site, net: Net) -> Capture:
    """Find the registry's server, then ask it for the domain."""
    at = net.clock()
    parts: list[Part] = []
    server = _find_longest(net.settings.rdap, site.domain)
    if server is None and not net.settings.rdap:
        directory = await attempt(net, BOOTSTRAP, net.get(BOOTSTRAP))
        parts.append(directory)
        if isinstance(directory, Exchange):
            server = _find_longest(
                _read_services(load_object(directory.body)), site.domain
            )
    if server is not None:
        url = f"{server.rstrip('/')}/domain/{site.domain}"
        parts.append(await attempt(net, url, net.get(url)))
    else:
        parts.extend(await _ask_port_43(site, net))
    return Capture(probe="registration", site=site, at=at, parts=tuple(parts))


async def _ask_port_43(site: Site, net: Net) -> Sequence[Part]:
    parts: list[Part] = []
    server = _find_longest(net.settings.whois, site.domain)
    if server is None:
        suffix = site.domain.rpartition(".")[2]
        directory = await attempt(net, DIRECTORY, net.ask_whois(DIRECTORY, suffix))
        parts.append(directory)
        if isinstance(directory, LookFailure):
            return parts
        server = find_referral(directory.received)
    if server is None:
        return [*parts, _make_no_server(site, net)]
    return [*parts, await attempt(net, server, net.ask_whois(server, site.domain))]


def read(capture: Capture) -> Iterator[ProbeObservation]:
    """Read the registry's answer, which is the last part, or why there is none."""
    part, domain = capture.parts[-1], capture.site.domain
    if isinstance(part, LookFailure):
        yield from report_unseen(FACTS, part)
    elif isinstance(part, Exchange):
        if part.status == _NOT_FOUND:
            yield from _observe_no_record(domain, part.url)
        else:
            registered = read_rdap(part.body) if part.status == _OK else None
            yield from _observe_registration(registered, part.url)
    elif isinstance(part, Dialogue):
        place = f"{part.host}:{part.port} {part.sent}"
        try:
            registered = read_whois(part.received, domain)
        except ValueError:
            yield from _observe_registration(None, place)
        else:
            if registered is None:
                yield from _observe_no_record(domain, place)
            else:
                yield from _observe_registration(registered, place)


def _observe_registration(
    registered: Registered | None, place: str
) -> Iterator[ProbeObservation]:
    if registered is not None:
        yield from observe_record(registered, place)
        return
    for fact in FACTS:
        yield report_withheld(
            fact,
            GapReason.UNREADABLE,
            place=place,
            zh="注册局的应答不是域名记录",
            en="the registry's answer is no domain record",
        )


def _observe_no_record(domain: str, place: str) -> Iterator[ProbeObservation]:
    for fact in FACTS:
        yield report_withheld(
            fact,
            GapReason.NO_RECORD,
            place=place,
            zh=f"注册局没有{domain}的记录",
            en=f"the registry has no record of {domain}",
        )


def _read_services(directory: JsonObject) -> Mapping[str, str]:
    services_by_suffix: dict[str, str] = {}
    services = directory.get("services")
    for entry in services if isinstance(services, list) else ():
        if not isinstance(entry, list) or len(entry) < 2:
            continue
        suffixes, urls = entry[0], entry[1]
        if isinstance(suffixes, list) and isinstance(urls, list):
            secure = [str(u) for u in urls if str(u).startswith("https://")]
            if secure:
                services_by_suffix.update(
                    {str(suffix).lower(): secure[0] for suffix in suffixes}
                )
    return services_by_suffix


def _find_longest(servers: Mapping[str, str], domain: str) -> str | None:
    labels: Sequence[str] = domain.lower().split(".")
    for start in range(1, len(labels)):
        server = servers.get(".".join(labels[start:]))
        if server is not None:
            return server
    return None


def _make_no_server(site: Site, net: Net) -> LookFailure:
    suffix = site.domain.rpartition(".")[2]
    return LookFailure(
        target=site.domain,
        at=net.clock(),
        reason=GapReason.NO_RECORD,
        detail=Text(
            zh=f".{suffix}的注册局不提供查询，请到注册商处查询并保存页面",
            en=f"the registry of .{suffix} answers no queries; look the domain up with "
            "its registrar and save the page",
        ),
        transient=False,
    )
