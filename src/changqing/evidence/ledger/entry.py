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
from typing import Final

from changqing.evidence.ledger.codec import decode
from changqing.evidence.ledger.items import BrokenEntryError, Item
from changqing.jsondata import Json, JsonObject, read_object, read_text, read_whole

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


Salts = Mapping[str, bytes]
"""The salts of what is opaque in the head of an entry: subject, source, digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of `entries.jsonl`; without content it is withheld.

    `commitment` is the entry of the log: 32 bytes of version 1, 33 of version 2, so
    that an entry of one version can never pass as one of the other. `salts` are there
    where version 2 is shown; `head` and `rest` where it is withheld.
    """

    number: int
    salt: bytes | None
    content: JsonObject | None
    commitment: bytes
    salts: Salts | None = None
    head: JsonObject | None = None
    rest: bytes | None = None
    _item: Item | None = field(default=None, init=False, compare=False, repr=False)

    def decode_item(self) -> Item | None:
        """Decode what the entry says, with its number; None when it is withheld.

        It is decoded once: a log is gone through some twenty times while it is sealed.
        """
        if self._item is None and self.content is not None:
            item = decode(self.content, self.number)
            object.__setattr__(self, "_item", item)
        return self._item

    def find_head(self) -> JsonObject | None:
        """Find what the entry is about; None for version 1, which does not say."""
        if self.content is None or self.salts is None:
            return self.head
        return make_head(self.content, self.salts)


# RFC 8785 sorts keys by UTF-16 units and writes numbers as ECMAScript does; Python
# agrees with it for ASCII keys and whole numbers, and we write no others.
_WRITER: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def encode_canonical(data: object) -> bytes:
    """Encode what we write as RFC 8785 JSON: ASCII keys, whole numbers, no floats."""
    return _WRITER.encode(data).encode()


def make_head(content: JsonObject, salts: Salts) -> dict[str, Json]:
    """Make what an entry of version 2 is about, apart from what it says.

    The same for every type of entry, so that a reader that does not know the type can
    make it too. KeyError where a salt is missing.
    """
    source = content.get("source")
    by_paper = isinstance(source, Mapping) and source.get("kind") in _PAPERS
    says = by_paper and content.get("value") is not None
    hidden = _SAID_BY_A_PAPER if says else frozenset[str]()
    head: dict[str, Json] = {
        name: content[name] for name in _HEAD if name in content and name not in hidden
    }
    head["version"] = VERSION
    if "value" in content:
        head["cleared"] = content["value"] is None
    for name, text in find_marked(content).items():
        mark = hashlib.sha256(salts[name] + text.encode()).hexdigest()
        kind, colon, _ = text.partition(":")  # without a colon it is all a name
        opaque = {"id": mark, "type": kind if colon else ""}
        head[name] = mark if name == "digest" else opaque
    return head


def find_marked(content: JsonObject) -> dict[str, str]:
    """Find what is opaque in the head of an entry; its salts have the same names."""
    source = content.get("source")
    source_name = (
        f"{source.get('kind')}:{source.get('name')}"
        if isinstance(source, Mapping)
        else None
    )
    candidates = {
        "digest": content.get("digest"),
        "source": source_name,
        "subject": content.get("subject"),
    }
    return {name: text for name, text in candidates.items() if isinstance(text, str)}


def _make_commitment(head: JsonObject, rest: bytes) -> bytes:
    """The entry of version 2 as the log has it."""
    return (
        _TAG + hashlib.sha256(encode_canonical({**head, "rest": rest.hex()})).digest()
    )


def _compute_salted_digest(salt: bytes, content: bytes) -> bytes:
    return hashlib.sha256(salt + content).digest()


def make_line(content: JsonObject, number: int, salt: bytes, salts: Salts) -> LogLine:
    """Make the line that records what `encode` made of an item, in version 2."""
    rest_digest = _compute_salted_digest(salt, encode_canonical(content))
    return LogLine(
        number=number,
        salt=salt,
        content=content,
        salts=salts,
        commitment=_make_commitment(make_head(content, salts), rest_digest),
    )


def write_line(line: LogLine) -> bytes:
    """Write a line as it stands in the file, with its end."""
    if line.content is not None and line.salt is not None:
        return _write_shown(line, encode_canonical(line.content))
    data: dict[str, Json] = {"number": line.number}
    if line.head is not None and line.rest is not None:
        data |= {"head": line.head, "rest": line.rest.hex()}
    else:
        data["commitment"] = line.commitment.hex()
    return encode_canonical(data) + b"\n"


def _write_shown(line: LogLine, content: bytes) -> bytes:
    """A line with its content, which is canonical already."""
    fields: dict[str, Json] = {"number": line.number}
    if line.salt is not None:
        fields["salt"] = line.salt.hex()
    if line.salts is not None:
        fields["salts"] = {name: salt.hex() for name, salt in line.salts.items()}
        fields["version"] = VERSION
    return b'{"content":' + content + b"," + encode_canonical(fields)[1:] + b"\n"


def withhold_entry(line: LogLine) -> LogLine:
    """Leave out what an entry says: its place in the log stays provable.

    Of version 2 the head stays, which says what it is about.
    """
    head, rest_digest = line.find_head(), line.rest
    if line.content is not None and line.salt is not None and head is not None:
        rest_digest = _compute_salted_digest(line.salt, encode_canonical(line.content))
    return LogLine(
        number=line.number,
        salt=None,
        content=None,
        commitment=line.commitment,
        head=head,
        rest=rest_digest,
    )


def read_line(text: bytes) -> LogLine:
    """Parse a line; raises BrokenEntryError unless it is exactly as we write it."""
    try:
        data = json.loads(text)
        line, content = _parse_entry(data)
        exact = write_line(line) if content is None else _write_shown(line, content)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BrokenEntryError(str(error)) from error
    # The commitment is made of the parsed content: another order of keys, or a key told
    # twice of which readers may take either, would pass as the same entry.
    if exact != text:
        raise BrokenEntryError("the line is not in canonical form")
    return line


def _parse_entry(data: JsonObject) -> tuple[LogLine, bytes | None]:
    """A line of either version, and its content as the digest is of it."""
    number = read_whole(data["number"])
    if "commitment" in data:
        commitment = bytes.fromhex(read_text(data["commitment"]))
        if len(commitment) != _V1_BYTES:
            raise BrokenEntryError("that is no commitment of version 1")
        return LogLine(
            number=number, salt=None, content=None, commitment=commitment
        ), None
    if "head" in data:
        head, rest = read_object(data["head"]), bytes.fromhex(read_text(data["rest"]))
        line = LogLine(
            number=number,
            salt=None,
            content=None,
            head=head,
            rest=rest,
            commitment=_make_commitment(head, rest),
        )
        if head["version"] != VERSION or len(rest) != _V1_BYTES:
            raise BrokenEntryError("that is no head of version 2")
        return line, None
    content, salt = read_object(data["content"]), bytes.fromhex(read_text(data["salt"]))
    canonical = encode_canonical(content)
    digest, salts = _compute_salted_digest(salt, canonical), None
    if "salts" in data:
        salts_data = read_object(data["salts"])
        salts = {
            name: bytes.fromhex(read_text(salts_data[name]))
            for name in sorted(salts_data)
        }
        head = make_head(content, salts)
        if salts.keys() != head.keys() & _OPAQUE or data["version"] != VERSION:
            raise BrokenEntryError("that is no entry of version 2")
        digest = _make_commitment(head, digest)
    line = LogLine(
        number=number, salt=salt, content=content, salts=salts, commitment=digest
    )
    return line, canonical
