"""What an entry says as plain JSON, and back: every item of the log in one spelling.

A value goes with its kind, days and times have one spelling each, so that every checker
comes to the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from changqing.case.subjects import Subject
from changqing.evidence.ledger.items import (
    Blob,
    BrokenEntryError,
    Confirmation,
    ConfirmationKind,
    Item,
    KeptReading,
    Made,
    MadeKind,
    UnknownEntry,
)
from changqing.evidence.model import Attempt, Gap, GapReason, Record, Source, SourceKind
from changqing.law.kit import grade_of
from changqing.rules.types import Value
from changqing.text import Text


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
                "grade": item.grade.code,
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
            note = {} if item.what is None else {"what": item.what}
            return {"type": "blob", "digest": item.digest, "size": item.size, **note}
        case Made():
            return {
                "type": "made",
                "what": item.what.value,
                "name": item.name,
                "digest": item.digest,
                "size": item.size,
            }
        case KeptReading():
            return {
                "type": "reading",
                "paper": item.paper,
                "digest": item.digest,
                "reader": item.reader,
                "version": item.version,
                "at": _encode_time(item.at),
                "pages": item.pages,
            }
        case Confirmation():
            return {
                "type": "confirmation",
                "what": item.what.value,
                "by": item.by,
                "fact": item.fact,
                "subject": str(item.subject),
                "value": _encode_value(item.value),
                "paper": item.paper,
                "at": _encode_time(item.at),
                "digest": item.digest,
                "words": item.words,
                "page": item.page,
            }
        case UnknownEntry():
            return dict(item.content)


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
                fact=read_str(data["fact"]),
                subject=_subject(data["subject"]),
                value=_decode_value(data["value"]),
                source=_decode_source(data["source"]),
                observer=read_str(data["observer"]),
                grade=grade_of(read_str(data["grade"])),
                digest=_optional(data["digest"]),
                observed_at=_time(data["observed_at"]),
                received_at=_time(data["received_at"]),
                valid_until=None if until is None else _day(until),
                raw=_optional(data["raw"]),
                number=number,
            )
        case "gap":
            detail = read_dict(data["detail"])
            return Gap(
                fact=read_str(data["fact"]),
                subject=_subject(data["subject"]),
                source=_decode_source(data["source"]),
                reason=GapReason(read_str(data["reason"])),
                detail=Text(zh=read_str(detail["zh"]), en=read_str(detail["en"])),
                at=_time(data["at"]),
                number=number,
            )
        case "attempt":
            reason, status = data["reason"], data["status"]
            answered = data["answered"]
            return Attempt(
                subject=_subject(data["subject"]),
                url=read_str(data["url"]),
                at=_time(data["at"]),
                answered=None if answered is None else _bool(answered),
                reason=None if reason is None else GapReason(read_str(reason)),
                status=None if status is None else read_int(status),
                control_ok=_bool(data["control_ok"]),
                number=number,
            )
        case "blob":
            return Blob(
                digest=read_str(data["digest"]),
                size=read_int(data["size"]),
                number=number,
                what=_optional(data.get("what")),
            )
        case "made":
            return Made(
                what=MadeKind(read_str(data["what"])),
                name=read_str(data["name"]),
                digest=read_str(data["digest"]),
                size=read_int(data["size"]),
                number=number,
            )
        case "reading":
            return KeptReading(
                paper=read_str(data["paper"]),
                digest=read_str(data["digest"]),
                reader=read_str(data["reader"]),
                version=read_str(data["version"]),
                at=_time(data["at"]),
                pages=read_int(data["pages"]),
                number=number,
            )
        case "confirmation":
            page = data["page"]
            return Confirmation(
                what=ConfirmationKind(read_str(data["what"])),
                by=read_str(data["by"]),
                fact=read_str(data["fact"]),
                subject=_subject(data["subject"]),
                value=_decode_value(data["value"]),
                paper=read_str(data["paper"]),
                at=_time(data["at"]),
                digest=_optional(data["digest"]),
                words=_optional(data["words"]),
                page=None if page is None else read_int(page),
                number=number,
            )
        case other:
            return UnknownEntry(type=read_str(other), content=data, number=number)


def _encode_value(value: Value | None) -> dict[str, object] | None:
    # With its kind, since a day and a text that reads like one are two values.
    match value:
        case None:
            return None
        case bool():  # before int, which True is in Python
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
    ((kind, value),) = read_dict(data).items()
    match kind:
        case "boolean":
            return _bool(value)
        case "number":
            return read_int(value)
        case "date":
            return _day(value)
        case "set" if isinstance(value, list):
            return frozenset(read_str(member) for member in value)
        case "text":
            return read_str(value)
        case _:
            raise BrokenEntryError(f"there are no values of type {kind!r}")


def _encode_source(source: Source) -> dict[str, object]:
    return {"kind": source.kind.value, "name": source.name, "place": source.place}


def _decode_source(data: object) -> Source:
    source = read_dict(data)
    return Source(
        kind=SourceKind(read_str(source["kind"])),
        name=read_str(source["name"]),
        place=read_str(source["place"]),
    )


def _encode_time(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _time(data: object) -> datetime:
    """A time in the one spelling that is written: every checker must agree on it."""
    instant = datetime.fromisoformat(read_str(data))
    if instant.tzinfo is None:
        raise BrokenEntryError("a time without its zone")
    if _encode_time(instant) != data:
        raise BrokenEntryError("a time in another spelling")
    return instant.astimezone(UTC)


def _day(data: object) -> date:
    day = date.fromisoformat(read_str(data))
    if day.isoformat() != data:
        raise BrokenEntryError("a day in another spelling")
    return day


def _subject(data: object) -> Subject:
    kind, _, name = read_str(data).partition(":")
    return Subject(kind, name)


def read_str(data: object) -> str:
    """A text; raises BrokenEntryError for anything else."""
    if not isinstance(data, str):
        raise BrokenEntryError(f"{data!r} is no text")
    return data


def _optional(data: object) -> str | None:
    return None if data is None else read_str(data)


def read_int(data: object) -> int:
    """A whole number; raises BrokenEntryError for anything else."""
    if not isinstance(data, int) or isinstance(data, bool):
        raise BrokenEntryError(f"{data!r} is no whole number")
    return data


def _bool(data: object) -> bool:
    if not isinstance(data, bool):
        raise BrokenEntryError(f"{data!r} is neither true nor false")
    return data


def read_dict(data: object) -> dict[str, object]:
    """A mapping; raises BrokenEntryError for anything else."""
    if not isinstance(data, dict):
        raise BrokenEntryError(f"{data!r} is no mapping")
    return data
