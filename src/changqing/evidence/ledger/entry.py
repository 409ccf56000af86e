"""Entries of the evidence log: canonical JSON, and what a leaf commits to.

An entry of version 1 commits to the SHA-256 of a salt and its content. Without both it
tells nothing, not even what it is about.

An entry of version 2 commits to its head and to that SHA-256, the digest of the rest.
The head says what the entry is about: its type, the kind of subject with an opaque id,
the fact, whether it withdraws a value, the grade, the times, the kind of source with an
opaque id, and the digest of the bytes, opaque too. So an entry can be withheld or
erased, and nobody can say afterwards that it was about something else. An opaque id is
a salted digest, the same for one subject or source throughout a log; its salt is part
of the rest, and is gone when the last entry that has it is erased. One log may hold
entries of both versions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from changqing.case.subjects import Subject
from changqing.evidence.model import Attempt, Gap, GapReason, Record, Source, SourceKind
from changqing.law.kit import grade_of
from changqing.rules.types import Value
from changqing.text import Text, WordedEnum

SALT_BYTES: Final = 32
MARK_SALT_BYTES: Final = 16
VERSION: Final = 2
_V1_BYTES: Final = hashlib.sha256().digest_size
COMMITMENT_BYTES: Final = frozenset({_V1_BYTES, _V1_BYTES + 1})
"""How long an entry of the log is, of either version."""
_TAG: Final = bytes([VERSION])
_HEAD: Final = (
    *("at", "fact", "grade", "observed_at", "received_at"),
    *("type", "valid_until", "what"),
)
"""What stands in the head as it stands in the content."""
_OPAQUE: Final = frozenset({"digest", "source", "subject"})
_SAID_BY_A_PAPER: Final = frozenset({"observed_at", "valid_until"})
"""When a paper was issued and until when it holds is part of what the paper says."""
_PAPERS: Final = frozenset({"paper", "reading"})
"""Kinds of source that tell what a paper says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """Bytes kept under `objects/`, by their SHA-256.

    `what` names a note of our own, so that withholding it does not hide that it is one.
    """

    digest: str
    size: int
    number: int = 0
    what: str | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReading:
    """A paper was read: the SHA-256 of the paper, and of its reading among `objects/`.

    It ends when the paper's file changes, for it is of these bytes alone.
    """

    paper: str
    digest: str  # of the reading, as `encode_reading` writes it
    reader: str
    version: str
    at: datetime
    pages: int
    number: int = 0


class ConfirmationKind(WordedEnum):
    """What a person settled of a paper that was read."""

    ACCEPT = "accept", Text("采信读到的值", "accepted what was read")
    POINT = "point", Text("指认原文", "pointed at the words")
    UNDO = "undo", Text("撤回", "took it back")
    ORIGINAL_SEEN = "original_seen", Text("核过原件", "saw the original")


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """A person settled what one paper says of one fact.

    Bound to the bytes of the paper, and to the reading where there was one. An undoing
    takes back all that was settled before of the fact in that paper.
    """

    what: ConfirmationKind
    by: str
    fact: str
    subject: Subject
    value: Value | None
    paper: str  # SHA-256 of the file
    at: datetime
    digest: str | None = None  # of the reading
    words: str | None = None
    page: int | None = None
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEntry:
    """An entry of a type that this release does not know: another one recorded it.

    `event` and `anchor` are reserved for such. Whatever the head takes of its content
    (`make_head`) must be nobody's secret.
    """

    type: str
    content: Mapping[str, object]
    number: int = 0


Item = Record | Gap | Attempt | Blob | Made | KeptReading | Confirmation | UnknownEntry
"""What one entry of the log holds."""


class BrokenEntryError(ValueError):
    """A line is no entry as this program writes them."""


Salts = Mapping[str, bytes]
"""The salts of what is opaque in the head of an entry: subject, source, digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of `entries.jsonl`; without content it is withheld.

    `commitment` is the entry of the log: 32 bytes of version 1, 33 of version 2, so
    that an entry of one version can never pass as one of the other. `salts` are there
    where version 2 is shown; `head` and `rest` where it is withheld.
    """

    number: int
    salt: bytes | None
    content: Mapping[str, object] | None
    commitment: bytes
    salts: Salts | None = None
    head: Mapping[str, object] | None = None
    rest: bytes | None = None
    _item: Item | None = field(default=None, init=False, compare=False, repr=False)

    def item(self) -> Item | None:
        """What the entry says, with its number; None when it is withheld.

        It is decoded once: a log is gone through some twenty times while it is sealed.
        """
        if self._item is None and self.content is not None:
            item = decode(self.content, self.number)
            object.__setattr__(self, "_item", item)
        return self._item

    def find_head(self) -> Mapping[str, object] | None:
        """What the entry is about; None for version 1, which does not say."""
        if self.content is None or self.salts is None:
            return self.head
        return make_head(self.content, self.salts)


# RFC 8785 sorts keys by UTF-16 units and writes numbers as ECMAScript does; Python
# agrees with it for ASCII keys and whole numbers, and we write no others.
_WRITER: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def canonical(data: object) -> bytes:
    """RFC 8785 JSON of what we write: ASCII keys, whole numbers, no floats."""
    return _WRITER.encode(data).encode()


def make_head(content: Mapping[str, object], salts: Salts) -> dict[str, object]:
    """What an entry of version 2 is about, apart from what it says.

    The same for every type of entry, so that a reader that does not know the type can
    make it too. KeyError where a salt is missing.
    """
    source = content.get("source")
    by_paper = isinstance(source, Mapping) and source.get("kind") in _PAPERS
    says = by_paper and content.get("value") is not None
    hidden = _SAID_BY_A_PAPER if says else frozenset[str]()
    head: dict[str, object] = {
        name: content[name] for name in _HEAD if name in content and name not in hidden
    }
    head["version"] = VERSION
    if "value" in content:
        head["cleared"] = content["value"] is None
    for name, text in find_marked(content).items():
        mark = hashlib.sha256(salts[name] + text.encode()).hexdigest()
        kind, colon, _ = text.partition(":")  # without a colon it is all a name
        told = {"id": mark, "type": kind if colon else ""}
        head[name] = mark if name == "digest" else told
    return head


def find_marked(content: Mapping[str, object]) -> dict[str, str]:
    """What is opaque in the head of an entry; its salts have the same names."""
    source = content.get("source")
    named = (
        f"{source.get('kind')}:{source.get('name')}"
        if isinstance(source, Mapping)
        else None
    )
    told = {
        "digest": content.get("digest"),
        "source": named,
        "subject": content.get("subject"),
    }
    return {name: text for name, text in told.items() if isinstance(text, str)}


def _commit(head: Mapping[str, object], rest: bytes) -> bytes:
    """The entry of version 2 as the log has it."""
    return _TAG + hashlib.sha256(canonical({**head, "rest": rest.hex()})).digest()


def _digest(salt: bytes, content: bytes) -> bytes:
    return hashlib.sha256(salt + content).digest()


def make_line(
    content: Mapping[str, object], number: int, salt: bytes, salts: Salts
) -> Line:
    """The line that records what `encode` made of an item, in version 2."""
    rest = _digest(salt, canonical(content))
    return Line(
        number=number,
        salt=salt,
        content=content,
        salts=salts,
        commitment=_commit(make_head(content, salts), rest),
    )


def write_line(line: Line) -> bytes:
    """A line as it stands in the file, with its end."""
    if line.content is not None and line.salt is not None:
        return _write_shown(line, canonical(line.content))
    data: dict[str, object] = {"number": line.number}
    if line.head is not None and line.rest is not None:
        data |= {"head": line.head, "rest": line.rest.hex()}
    else:
        data["commitment"] = line.commitment.hex()
    return canonical(data) + b"\n"


def _write_shown(line: Line, content: bytes) -> bytes:
    """A line with its content, which is canonical already."""
    rest: dict[str, object] = {"number": line.number}
    if line.salt is not None:
        rest["salt"] = line.salt.hex()
    if line.salts is not None:
        rest["salts"] = {name: salt.hex() for name, salt in line.salts.items()}
        rest["version"] = VERSION
    return b'{"content":' + content + b"," + canonical(rest)[1:] + b"\n"


def withhold(line: Line) -> Line:
    """The same entry without what it says: its place in the log stays provable.

    Of version 2 the head stays, which says what it is about.
    """
    head, rest = line.find_head(), line.rest
    if line.content is not None and line.salt is not None and head is not None:
        rest = _digest(line.salt, canonical(line.content))
    return Line(
        number=line.number,
        salt=None,
        content=None,
        commitment=line.commitment,
        head=head,
        rest=rest,
    )


def read_line(text: bytes) -> Line:
    """Parse a line; raises BrokenEntryError unless it is exactly as we write it."""
    try:
        data = json.loads(text)
        line, content = _parse(data)
        exact = write_line(line) if content is None else _write_shown(line, content)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BrokenEntryError(str(error)) from error
    # The commitment is made of the parsed content: another order of keys, or a key told
    # twice of which readers may take either, would pass as the same entry.
    if exact != text:
        raise BrokenEntryError("the line is not in canonical form")
    return line


def _parse(data: Mapping[str, object]) -> tuple[Line, bytes | None]:
    """A line of either version, and its content as the digest is of it."""
    number = _int(data["number"])
    if "commitment" in data:
        given = bytes.fromhex(_str(data["commitment"]))
        if len(given) != _V1_BYTES:
            raise BrokenEntryError("that is no commitment of version 1")
        return Line(number=number, salt=None, content=None, commitment=given), None
    if "head" in data:
        head, rest = _dict(data["head"]), bytes.fromhex(_str(data["rest"]))
        line = Line(
            number=number,
            salt=None,
            content=None,
            head=head,
            rest=rest,
            commitment=_commit(head, rest),
        )
        if head["version"] != VERSION or len(rest) != _V1_BYTES:
            raise BrokenEntryError("that is no head of version 2")
        return line, None
    content, salt = _dict(data["content"]), bytes.fromhex(_str(data["salt"]))
    told = canonical(content)
    digest, salts = _digest(salt, told), None
    if "salts" in data:
        kept = _dict(data["salts"])
        salts = {name: bytes.fromhex(_str(kept[name])) for name in sorted(kept)}
        head = make_head(content, salts)
        if salts.keys() != head.keys() & _OPAQUE or data["version"] != VERSION:
            raise BrokenEntryError("that is no entry of version 2")
        digest = _commit(head, digest)
    line = Line(
        number=number, salt=salt, content=content, salts=salts, commitment=digest
    )
    return line, told


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
                fact=_str(data["fact"]),
                subject=_subject(data["subject"]),
                value=_decode_value(data["value"]),
                source=_decode_source(data["source"]),
                observer=_str(data["observer"]),
                grade=grade_of(_str(data["grade"])),
                digest=_optional(data["digest"]),
                observed_at=_time(data["observed_at"]),
                received_at=_time(data["received_at"]),
                valid_until=None if until is None else _day(until),
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
                digest=_str(data["digest"]),
                size=_int(data["size"]),
                number=number,
                what=_optional(data.get("what")),
            )
        case "made":
            return Made(
                what=MadeKind(_str(data["what"])),
                name=_str(data["name"]),
                digest=_str(data["digest"]),
                size=_int(data["size"]),
                number=number,
            )
        case "reading":
            return KeptReading(
                paper=_str(data["paper"]),
                digest=_str(data["digest"]),
                reader=_str(data["reader"]),
                version=_str(data["version"]),
                at=_time(data["at"]),
                pages=_int(data["pages"]),
                number=number,
            )
        case "confirmation":
            page = data["page"]
            return Confirmation(
                what=ConfirmationKind(_str(data["what"])),
                by=_str(data["by"]),
                fact=_str(data["fact"]),
                subject=_subject(data["subject"]),
                value=_decode_value(data["value"]),
                paper=_str(data["paper"]),
                at=_time(data["at"]),
                digest=_optional(data["digest"]),
                words=_optional(data["words"]),
                page=None if page is None else _int(page),
                number=number,
            )
        case other:
            return UnknownEntry(type=_str(other), content=data, number=number)


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
    ((kind, value),) = _dict(data).items()
    match kind:
        case "boolean":
            return _bool(value)
        case "number":
            return _int(value)
        case "date":
            return _day(value)
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
    """A time in the one spelling that is written: every checker must agree on it."""
    instant = datetime.fromisoformat(_str(data))
    if instant.tzinfo is None:
        raise BrokenEntryError("a time without its zone")
    if _encode_time(instant) != data:
        raise BrokenEntryError("a time in another spelling")
    return instant.astimezone(UTC)


def _day(data: object) -> date:
    day = date.fromisoformat(_str(data))
    if day.isoformat() != data:
        raise BrokenEntryError("a day in another spelling")
    return day


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
