"""What a registry's answer on port 43 says of a domain (RFC 3912)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Final

from changqing.day import beijing_day
from changqing.probes.registered import Registered

_REFERRAL: Final = re.compile(r"(?im)^\s*(?:whois|refer):\s*([a-z0-9.-]{3,253})\s*$")
_LOCAL_TIME: Final = frozenset({"cn", "xn--fiqs8s", "中国"})
"""Registries that print Beijing time without a zone."""


def find_referral(answer: str) -> str | None:
    """Find the server that the directory names for a suffix; None for none."""
    match = _REFERRAL.search(answer)
    return match[1].lower() if match else None


def read_whois(answer: str, domain: str) -> Registered | None:
    """Read the domain record in an answer; None when there is no such domain.

    Raises ValueError for an answer that is no record of a domain.
    """
    from whois.exceptions import PywhoisError, WhoisDomainNotFoundError
    from whois.parser import WhoisEntry

    try:
        entry = dict(WhoisEntry.load(domain, answer))
    except WhoisDomainNotFoundError:
        return None
    except (
        PywhoisError,
        AttributeError,
        TypeError,
        IndexError,
        OverflowError,
    ) as error:
        raise ValueError(answer[:200]) from error
    suffix = domain.rpartition(".")[2]
    registrant = _find_first(entry.get("org")) or _find_first(
        entry.get("registrant_name")
    )
    registrant = registrant or _find_first(entry.get("name"))
    registered = Registered(
        registrant=registrant,
        registrar=_find_first(entry.get("registrar")),
        registered_on=_parse_day(entry.get("creation_date"), suffix),
        expires_on=_parse_day(entry.get("expiration_date"), suffix),
        status=_list_texts(entry.get("status")),
    )
    if (
        registered.registrar is None
        and registered.registered_on is None
        and not registered.status
    ):
        raise ValueError(answer[:200])
    return registered


def _list_texts(value: object) -> list[str] | None:
    if value is None:
        return None
    values = value if isinstance(value, list) else [value]
    return [str(item) for item in values]


def _find_first(value: object) -> str | None:
    values = _list_texts(value)
    return values[0].strip() or None if values else None


def _parse_day(value: object, suffix: str) -> tuple[date, str] | None:
    moment = value[0] if isinstance(value, list) and value else value
    if not isinstance(moment, datetime):
        return None
    raw = moment.isoformat(sep=" ")
    if suffix in _LOCAL_TIME:
        return moment.date(), moment.replace(tzinfo=None).isoformat(sep=" ")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return beijing_day(moment), raw
