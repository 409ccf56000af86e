"""The domain in its registry (RDAP): by whom, since when, until when, in what state."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime

from changqing.evidence import GapReason, beijing_day
from changqing.net import Exchange, Net
from changqing.probes._attempt import attempt
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

FACTS = (
    "domain_registrant",
    "domain_registrar",
    "domain_registered_on",
    "domain_expires_on",
    "domain_status",
    "domain_in_hold_or_redemption",
)

BOOTSTRAP = "https://data.iana.org/rdap/dns.json"  # RFC 9224

_STOPPED = frozenset(
    {"client_hold", "server_hold", "redemption_period", "pending_delete"}
)
_EVENTS = {"registration": "domain_registered_on", "expiration": "domain_expires_on"}
_OK, _NOT_FOUND = 200, 404


async def capture(site: Site, net: Net) -> Capture:
    """Find the registry's server, then ask it for the domain."""
    at = net.clock()
    parts: list[Part] = []
    server = _longest(net.settings.rdap, site.domain)
    if server is None and not net.settings.rdap:
        directory = await attempt(net, BOOTSTRAP, net.get(BOOTSTRAP))
        parts.append(directory)
        if isinstance(directory, Exchange):
            server = _longest(_services(_load(directory.body)), site.domain)
    if server is not None:
        url = f"{server.rstrip('/')}/domain/{site.domain}"
        parts.append(await attempt(net, url, net.get(url)))
    elif not parts or isinstance(parts[0], Exchange):
        parts.append(_no_server(site, net))
    return Capture(probe="registration", site=site, at=at, parts=tuple(parts))


def read(capture: Capture) -> Iterator[Observation]:
    """A withheld registrant is hidden, never "nobody"."""
    part = capture.parts[-1]
    if isinstance(part, Failure):
        yield from unseen(FACTS, part)
    elif isinstance(part, Exchange):
        yield from _read_answer(part, capture.site)


def _read_answer(exchange: Exchange, site: Site) -> Iterator[Observation]:
    place = exchange.url
    if exchange.status == _NOT_FOUND:
        for fact in FACTS:
            yield withheld(
                fact,
                GapReason.NO_RECORD,
                place=place,
                zh=f"注册局没有{site.domain}的记录",
                en=f"the registry has no record of {site.domain}",
            )
        return
    found = _load(exchange.body) if exchange.status == _OK else {}
    if found.get("objectClassName") != "domain":
        for fact in FACTS:
            yield withheld(
                fact,
                GapReason.UNREADABLE,
                place=place,
                zh="注册局的应答不是域名记录",
                en="the registry's answer is no domain record",
            )
        return
    yield _registrant(found, place)
    yield _registrar(found, place)
    yield from _dates(found, place)
    yield from _status(found, place)


def _registrant(found: Mapping[str, object], place: str) -> Observation:
    names = _entity_names(found, "registrant")
    if not names:
        return withheld(
            "domain_registrant",
            GapReason.HIDDEN,
            place=place,
            zh="注册局没有公开域名注册人",
            en="the registry does not publish the registrant",
        )
    return seen("domain_registrant", value=names[0], place=place, raw=names[0])


def _registrar(found: Mapping[str, object], place: str) -> Observation:
    names = _entity_names(found, "registrar")
    if not names:
        return withheld(
            "domain_registrar",
            GapReason.NO_RECORD,
            place=place,
            zh="注册局的记录里没有注册商",
            en="the registry's record names no registrar",
        )
    return seen("domain_registrar", value=names[0], place=place, raw=names[0])


def _dates(found: Mapping[str, object], place: str) -> Iterator[Observation]:
    days: dict[str, tuple[date, str]] = {}
    for event in _maps(found.get("events")):
        fact = _EVENTS.get(str(event.get("eventAction", "")).lower())
        raw = str(event.get("eventDate", ""))
        day = _day(raw)
        if fact is not None and day is not None:
            days.setdefault(fact, (day, raw))
    for fact in _EVENTS.values():
        if fact in days:
            day, raw = days[fact]
            yield seen(fact, value=day, place=place, raw=raw)
        else:
            yield withheld(
                fact,
                GapReason.NO_RECORD,
                place=place,
                zh="注册局的记录里没有这个日期",
                en="the registry's record lacks this date",
            )


def _status(found: Mapping[str, object], place: str) -> Iterator[Observation]:
    listed = found.get("status")
    if not isinstance(listed, list):
        for fact in ("domain_status", "domain_in_hold_or_redemption"):
            yield withheld(
                fact,
                GapReason.NO_RECORD,
                place=place,
                zh="注册局的记录里没有域名状态",
                en="the registry's record has no status",
            )
        return
    raw = ", ".join(str(word) for word in listed)
    states = frozenset(
        "_".join(str(word).lower().replace("|", " ").split()) for word in listed
    )
    yield seen("domain_status", value=states, place=place, raw=raw)
    stopped = bool(states & _STOPPED)
    yield seen("domain_in_hold_or_redemption", value=stopped, place=place, raw=raw)


def _entity_names(found: Mapping[str, object], role: str) -> list[str]:
    """The names in the vCards of one role, organisation before person (RFC 9083)."""
    names: list[str] = []
    for entity in _maps(found.get("entities")):
        roles = entity.get("roles")
        if not isinstance(roles, list) or role not in roles:
            continue
        card = entity.get("vcardArray")
        fields = card[1] if isinstance(card, list) and len(card) > 1 else None
        by_kind = {
            str(field[0]).lower(): str(field[3]).strip()
            for field in (fields if isinstance(fields, list) else ())
            if isinstance(field, list) and len(field) > 3 and isinstance(field[3], str)
        }
        names.extend(n for n in (by_kind.get("org"), by_kind.get("fn")) if n)
    return names


def _day(text: str) -> date | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return beijing_day(moment)


def _load(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _maps(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def _services(directory: Mapping[str, object]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    services = directory.get("services")
    for entry in services if isinstance(services, list) else ():
        if not isinstance(entry, list) or len(entry) < 2:
            continue
        suffixes, urls = entry[0], entry[1]
        if isinstance(suffixes, list) and isinstance(urls, list):
            secure = [str(u) for u in urls if str(u).startswith("https://")]
            if secure:
                found.update({str(suffix).lower(): secure[0] for suffix in suffixes})
    return found


def _longest(servers: Mapping[str, str], domain: str) -> str | None:
    labels: Sequence[str] = domain.lower().split(".")
    for start in range(1, len(labels)):
        server = servers.get(".".join(labels[start:]))
        if server is not None:
            return server
    return None


def _no_server(site: Site, net: Net) -> Failure:
    suffix = site.domain.rpartition(".")[2]
    return Failure(
        target=site.domain,
        at=net.clock(),
        reason=GapReason.NO_RECORD,
        detail=Text(
            zh=f".{suffix}的注册局不提供RDAP查询，请到注册商处查询并保存页面",
            en=f"the registry of .{suffix} offers no RDAP; look the domain up with its "
            "registrar and save the page",
        ),
        transient=False,
    )
