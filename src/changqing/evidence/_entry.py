"""Entries of the evidence log: canonical JSON, and what a leaf commits to.

A leaf is the SHA-256 of a salt and the entry's content. Without salt and content it
tells nothing, so that an entry can be withheld and the log still verifies.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from changqing.catalogue import Grade
from changqing.evidence._model import (
    Attempt,
    Gap,
    GapReason,
    Record,
    Source,
    SourceKind,
    Subject,
)
from changqing.expression import Value
from changqing.text import Text

SALT_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Bytes kept under `objects/`, by their SHA-256."""

    digest: str
    size: int
    number: int = 0


class MadeKind(StrEnum):
    """What was made of the evidence."""

    GIVEN = "given"
    ASSESSMENT = "assessment"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Something made of the evidence, by its SHA-256: what was given, judged, written.

    `name` is the day an assessment is of, or a document's file name.
    """

    what: MadeKind
    name: str
    digest: str
    size: int
    number: int = 0


Item = Record | Gap | Attempt | Blob | Made
"""What one entry of the log holds."""


class BrokenEntryError(ValueError):
    """A line is no entry as this program writes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of `entries.jsonl`; without content it is withheld."""

    number: int
    salt: bytes | None
    content: Mapping[str, object] | None
    commitment: bytes

    def item(self) -> Item | None:
        """What the entry says, with its number; None when it is withheld."""
        return None if self.content is None else decode(self.content, self.number)


def canonical(data: object) -> bytes:
    """RFC 8785 JSON of what we write: ASCII keys, whole numbers, no floats."""
    text = json.dumps(
        data,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )
    return text.encode()


def commitment(salt: bytes, content: Mapping[str, object]) -> bytes:
    """What the leaf of an entry is."""
    return hashlib.sha256(salt + canonical(content)).digest()


def make_line(item: Item, number: int, salt: bytes) -> Line:
    """The line that records `item` as entry `number`."""
    content = encode(item)
    return Line(
        number=number,
        salt=salt,
        content=content,
        commitment=commitment(salt, content),
    )


def write_line(line: Line) -> bytes:
    """A line as it stands in the file, with its end."""
    if line.content is None or line.salt is None:
        data: dict[str, object] = {
            "commitment": line.commitment.hex(),
            "number": line.number,
        }
    else:
        data = {
            "content": line.content,
            "number": line.number,
            "salt": line.salt.hex(),
        }
    return canonical(data) + b"\n"


def withheld(line: Line) -> Line:
    """The same entry without what it says: its place in the log stays provable."""
    return Line(number=line.number, salt=None, content=None, commitment=line.commitment)


def read_line(text: bytes) -> Line:
    """Parse a line; raises BrokenEntryError unless it is exactly as we write it."""
    try:
        data = json.loads(text)
        number = _int(data["number"])
        if "commitment" in data:
            given = bytes.fromhex(_str(data["commitment"]))
            line = Line(number=number, salt=None, content=None, commitment=given)
        else:
            salt, content = bytes.fromhex(_str(data["salt"])), _dict(data["content"])
            line = Line(
                number=number,
                salt=salt,
                content=content,
                commitment=commitment(salt, content),
            )
        exact = write_line(line) == text
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BrokenEntryError(str(error)) from error
    if not exact or len(line.commitment) != hashlib.sha256().digest_size:
        raise BrokenEntryError("the line is not in canonical form")
    return line


def encode(item: Item) -> dict[str, object]:
    """What an item says, as plain JSON; its number is not part of it."""
    match item:
        case Record():
            return {
                "type": "record",
                "fact": item.fact,
                "subject": str(item.subject),
                "value": _encode_value(item.value),
                "source": _encode_source(item.source),
                "observer": item.observer,
                "grade": item.grade.name.lower(),
                "digest": item.digest,
                "observed_at": _encode_time(item.observed_at),
                "received_at": _encode_time(item.received_at),
                "valid_until": None
                if item.valid_until is None
                else item.valid_until.isoformat(),
                "raw": item.raw,
            }
        case Gap():
            return {
                "type": "gap",
                "fact": item.fact,
                "subject": str(item.subject),
                "source": _encode_source(item.source),
                "reason": item.reason.value,
                "detail": {"zh": item.detail.zh, "en": item.detail.en},
                "at": _encode_time(item.at),
            }
        case Attempt():
            return {
                "type": "attempt",
                "subject": str(item.subject),
                "url": item.url,
                "at": _encode_time(item.at),
                "answered": item.answered,
                "reason": None if item.reason is None else item.reason.value,
                "status": item.status,
                "control_ok": item.control_ok,
            }
        case Blob():
            return {"type": "blob", "digest": item.digest, "size": item.size}
        case Made():
            return {
                "type": "made",
                "what": item.what.value,
                "name": item.name,
                "digest": item.digest,
                "size": item.size,
            }


def decode(data: Mapping[str, object], number: int) -> Item:
    """The item that `encode` made this of; raises BrokenEntryError if there is none."""
    try:
        return _decode(data, number)
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenEntryError(str(error)) from error


def _decode(data: Mapping[str, object], number: int) -> Item:
    match data["type"]:
        case "record":
            until = data["valid_until"]
            return Record(
                fact=_str(data["fact"]),
                subject=_subject(data["subject"]),
                value=_decode_value(data["value"]),
                source=_decode_source(data["source"]),
                observer=_str(data["observer"]),
                grade=Grade[_str(data["grade"]).upper()],
                digest=_optional(data["digest"]),
                observed_at=_time(data["observed_at"]),
                received_at=_time(data["received_at"]),
                valid_until=None if until is None else date.fromisoformat(_str(until)),
                raw=_optional(data["raw"]),
                number=number,
            )
        case "gap":
            detail = _dict(data["detail"])
            return Gap(
                fact=_str(data["fact"]),
                subject=_subject(data["subject"]),
                source=_decode_source(data["source"]),
                reason=GapReason(_str(data["reason"])),
                detail=Text(zh=_str(detail["zh"]), en=_str(detail["en"])),
                at=_time(data["at"]),
                number=number,
            )
        case "attempt":
            reason, status = data["reason"], data["status"]
            answered = data["answered"]
            return Attempt(
                subject=_subject(data["subject"]),
                url=_str(data["url"]),
                at=_time(data["at"]),
                answered=None if answered is None else _bool(answered),
                reason=None if reason is None else GapReason(_str(reason)),
                status=None if status is None else _int(status),
                control_ok=_bool(data["control_ok"]),
                number=number,
            )
        case "blob":
            return Blob(
                digest=_str(data["digest"]), size=_int(data["size"]), number=number
            )
        case "made":
            return Made(
                what=MadeKind(_str(data["what"])),
                name=_str(data["name"]),
                digest=_str(data["digest"]),
                size=_int(data["size"]),
                number=number,
            )
        case other:
            raise BrokenEntryError(f"there are no entries of type {other!r}")


def _encode_value(value: Value | None) -> dict[str, object] | None:
    match value:
        case None:
            return None
        case bool():
            return {"boolean": value}
        case int():
            return {"number": value}
        case date():
            return {"date": value.isoformat()}
        case frozenset():
            return {"set": sorted(value)}
        case str():
            return {"text": value}


def _decode_value(data: object) -> Value | None:
    if data is None:
        return None
    ((kind, value),) = _dict(data).items()
    match kind:
        case "boolean":
            return _bool(value)
        case "number":
            return _int(value)
        case "date":
            return date.fromisoformat(_str(value))
        case "set" if isinstance(value, list):
            return frozenset(_str(member) for member in value)
        case "text":
            return _str(value)
        case _:
            raise BrokenEntryError(f"there are no values of type {kind!r}")


def _encode_source(source: Source) -> dict[str, object]:
    return {"kind": source.kind.value, "name": source.name, "place": source.place}


def _decode_source(data: object) -> Source:
    source = _dict(data)
    return Source(
        kind=SourceKind(_str(source["kind"])),
        name=_str(source["name"]),
        place=_str(source["place"]),
    )


def _encode_time(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _time(data: object) -> datetime:
    instant = datetime.fromisoformat(_str(data))
    if instant.tzinfo is None:
        raise BrokenEntryError("a time without its zone")
    return instant.astimezone(UTC)


def _subject(data: object) -> Subject:
    kind, _, name = _str(data).partition(":")
    return Subject(kind, name)


def _str(data: object) -> str:
    if not isinstance(data, str):
        raise BrokenEntryError(f"{data!r} is no text")
    return data


def _optional(data: object) -> str | None:
    return None if data is None else _str(data)


def _int(data: object) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise BrokenEntryError(f"{data!r} is no whole number")
    return data


def _bool(data: object) -> bool:
    if not isinstance(data, bool):
        raise BrokenEntryError(f"{data!r} is neither true nor false")
    return data


def _dict(data: object) -> dict[str, object]:
    if not isinstance(data, dict):
        raise BrokenEntryError(f"{data!r} is no mapping")
    return data
