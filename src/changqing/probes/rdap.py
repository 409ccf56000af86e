"""What a registry's RDAP answer says of a domain (RFC 9083)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

from changqing.day import beijing_day
from changqing.jsondata import JsonObject
from changqing.probes.registered import Registered


def read_rdap(body: bytes) -> Registered | None:
    """Read the domain record in an answer; None when it is none."""
    record = load_object(body)
    if record.get("objectClassName") != "domain":
        return None
    days = dict(_read_days(record))
    listed = record.get("status")
    registrants, registrars = (
        _read_names(record, "registrant"),
        _read_names(record, "registrar"),
    )
    return Registered(
        registrant=registrants[0] if registrants else None,
        registrar=registrars[0] if registrars else None,
        registered_on=days.get("registration"),
        expires_on=days.get("expiration"),
        status=[str(word) for word in listed] if isinstance(listed, list) else None,
    )


def load_object(body: bytes) -> JsonObject:
    """Load a JSON object; an empty one when the bytes are none."""
    try:
        loaded = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _read_days(record: JsonObject) -> Iterator[tuple[str, tuple[date, str]]]:
    actions: set[str] = set()
    for event in _select_maps(record.get("events")):
        action = str(event.get("eventAction", "")).lower()
        raw = str(event.get("eventDate", ""))
        day = _parse_day(raw)
        if day is not None and action not in actions:
            actions.add(action)
            yield action, (day, raw)


def _read_names(record: JsonObject, role: str) -> list[str]:
    """Read the names in the vCards of one role, organisation before person."""
    names: list[str] = []
    for entity in _select_maps(record.get("entities")):
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


def _parse_day(text: str) -> date | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return beijing_day(moment)


def _select_maps(value: object) -> Iterator[JsonObject]:
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))
