"""What an entry says as plain JSON, and back: every item of the log in one spelling.

A value goes with its kind, days and times have one spelling each, so that every checker
comes to the same bytes.
"""

from __future__ import annotations

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
from changqing.jsondata import (
    Json,
    JsonObject,
    find_text,
    read_flag,
    read_object,
    read_text,
    read_text_or_null,
    read_whole,
    read_words,
    write_day,
    write_words,
)
from changqing.law.kit import find_grade
from changqing.rules.types import Value


def encode(item: Item) -> dict[str, Json]:
    """Encode what an item says as plain JSON; its number is not part of it."""
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
                "valid_until": write_day(item.valid_until),
                "raw": item.raw,
            }
        case Gap():
            return {
                "type": "gap",
                "fact": item.fact,
                "subject": str(item.subject),
                "source": _encode_source(item.source),
                "reason": item.reason.value,
                "detail": write_words(item.detail),
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


def decode(data: JsonObject, number: int) -> Item:
    """Decode the item that `encode` made this of.

    Raises BrokenEntryError if there is none.
    """
    try:
        return _decode_entry(data, number)
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenEntryError(str(error)) from error


def _decode_entry(data: JsonObject, number: int) -> Item:
    match data["type"]:
        case "record":
            until = data["valid_until"]
            return Record(
                fact=read_text(data["fact"]),
                subject=_read_subject(data["subject"]),
                value=_decode_value(data["value"]),
                source=_decode_source(data["source"]),
                observer=read_text(data["observer"]),
                grade=find_grade(read_text(data["grade"])),
                digest=read_text_or_null(data["digest"]),
                observed_at=_read_time(data["observed_at"]),
                received_at=_read_time(data["received_at"]),
                valid_until=None if until is None else _read_day(until),
                raw=read_text_or_null(data["raw"]),
                number=number,
            )
        case "gap":
            return Gap(
                fact=read_text(data["fact"]),
                subject=_read_subject(data["subject"]),
                source=_decode_source(data["source"]),
                reason=GapReason(read_text(data["reason"])),
                detail=read_words(data["detail"]),
                at=_read_time(data["at"]),
                number=number,
            )
        case "attempt":
            reason, status = data["reason"], data["status"]
            answered = data["answered"]
            return Attempt(
                subject=_read_subject(data["subject"]),
                url=read_text(data["url"]),
                at=_read_time(data["at"]),
                answered=None if answered is None else read_flag(answered),
                reason=None if reason is None else GapReason(read_text(reason)),
                status=None if status is None else read_whole(status),
                control_ok=read_flag(data["control_ok"]),
                number=number,
            )
        case "blob":
            return Blob(
                digest=read_text(data["digest"]),
                size=read_whole(data["size"]),
                number=number,
                what=find_text(data, "what"),
            )
        case "made":
            return Made(
                what=MadeKind(read_text(data["what"])),
                name=read_text(data["name"]),
                digest=read_text(data["digest"]),
                size=read_whole(data["size"]),
                number=number,
            )
        case "reading":
            return KeptReading(
                paper=read_text(data["paper"]),
                digest=read_text(data["digest"]),
                reader=read_text(data["reader"]),
                version=read_text(data["version"]),
                at=_read_time(data["at"]),
                pages=read_whole(data["pages"]),
                number=number,
            )
        case "confirmation":
            page = data["page"]
            return Confirmation(
                what=ConfirmationKind(read_text(data["what"])),
                by=read_text(data["by"]),
                fact=read_text(data["fact"]),
                subject=_read_subject(data["subject"]),
                value=_decode_value(data["value"]),
                paper=read_text(data["paper"]),
                at=_read_time(data["at"]),
                digest=read_text_or_null(data["digest"]),
                words=read_text_or_null(data["words"]),
                page=None if page is None else read_whole(page),
                number=number,
            )
        case other:
            return UnknownEntry(type=read_text(other), content=data, number=number)


def _encode_value(value: Value | None) -> dict[str, Json] | None:
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


def _decode_value(data: Json) -> Value | None:
    if data is None:
        return None
    ((kind, value),) = read_object(data).items()
    match kind:
        case "boolean":
            return read_flag(value)
        case "number":
            return read_whole(value)
        case "date":
            return _read_day(value)
        case "set" if isinstance(value, list):
            return frozenset(read_text(member) for member in value)
        case "text":
            return read_text(value)
        case _:
            raise BrokenEntryError(f"there are no values of type {kind!r}")


def _encode_source(source: Source) -> dict[str, Json]:
    return {"kind": source.kind.value, "name": source.name, "place": source.place}


def _decode_source(data: Json) -> Source:
    source = read_object(data)
    return Source(
        kind=SourceKind(read_text(source["kind"])),
        name=read_text(source["name"]),
        place=read_text(source["place"]),
    )


def _encode_time(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat()


def _read_time(data: Json) -> datetime:
    """A time in the one spelling that is written: every checker must agree on it."""
    instant = datetime.fromisoformat(read_text(data))
    if instant.tzinfo is None:
        raise BrokenEntryError("a time without its zone")
    if _encode_time(instant) != data:
        raise BrokenEntryError("a time in another spelling")
    return instant.astimezone(UTC)


def _read_day(data: Json) -> date:
    day = date.fromisoformat(read_text(data))
    if day.isoformat() != data:
        raise BrokenEntryError("a day in another spelling")
    return day


def _read_subject(data: Json) -> Subject:
    kind, _, name = read_text(data).partition(":")
    return Subject(kind, name)
