#!/usr/bin/env python3
"""Check a sealed bundle of Changqing 长青 without trusting whoever made it.

    python3 -I verify.py bundle.zip [--key FINGERPRINT] [--rules DIGEST] [--lang zh|en]
    python3 -I verify.py one.zip other.zip    whether both tell one history

One file, the standard library of Python 3.9 or later, no network. Take it from a
published release and compare its digest: the copy inside a bundle was put there by
whoever made the bundle, and is a convenience.

It checks every digest, every signature and the whole log, rebuilds what was claimed
and what was proven from the records, runs the rules again and compares each verdict.

The sections go from the ground up: signatures, container, log, records, rules; then the
steps of a check in their order; last what is printed.

Exit codes: 0 verified; 1 verified, something could not be checked; 2 wrong usage;
3 could not finish; 4 tampered with. A file that never was a bundle is wrong usage.
"""

# ruff: noqa: S608 - every name in our own SQL is a checked word
from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import io
import json
import os
import re
import sqlite3
import struct
import sys
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, NamedTuple, TypedDict

# Bounds, and names of parts

PUBLISHED_RULES: dict[str, str] = {
    "d7584bf736d435783eac4d5448f527d5cd84c3709154e0b3ec2e57ad55546927": "2026.11",
    "8c8bacd33b38dfd989db7f71b105056aa85dc681efacbc7af71c01f5c95b35bf": "2026.11",
    "abb69f476078c70dadaee030c02b5b8694620f5e6217296313c47018c2ddfa35": "2026.11",
    "8bfd5eb1e0a16c1cee2c4fd75c73bc265ff586bf4f408c9295509534ab9a10f1": "2026.11",
    "d2ec0c103ee5c8c1120bcb463a481b476c43efb1fbbc032cde4a92a993c0b14c": "2026.11",
    "3890ee806f6d634045087b5e86a72bb66d5eb679b7832629b6ba0584db5012cd": "2026.11",
    "097b9011e4fe4802178b2680a416537acb49a12d50e537ed03d51db1c1c91ee5": "2026.11",
    "ad2dfa8445f24816671d359f12907426f37631354c6af5de12b1d6ea1562395b": "2026.11",
    "982da051a269c315cc3c0b03cb31c00aa5f0d1c03d7ce46c5d5578d76fba6494": "2026.11",
    "a8c5a74a3986cbc2821456e6c2e56c33c96fc3c35cf0c7df5d5a4de8742fc8ac": "2026.11",
    "4168b81dc554d13a5b35671cbe44dc2013f731bbb8e231fd39cff06e67d4b0db": "2026.11",
    "57be916709a1ff9180389f82bc4479deff99ec66ac8b8f2bda4b433fce1c7e13": "2026.11",
    "80f86096f784cb8b891ffda6012ff55e39144ec6e23782c78d0ebdd3aa9ea461": "2026.11",
    "45b00a7cee731abf53f9868f41d2ee9597b3559c922b7fbec7791122979f9a54": "2026.11",
    "0e0d836c94946b439317b07dd788aed8e1d247ddbbcfdd72ecc503b082ac93e1": "2026.11",
    "981641d3cdf87076036c109c127baea1b013482e76b1ce553f3726ffe46d15d1": "2026.11",
    "ed5d47f663f4a5b38bd1f54c9ec3dc87bb57d61b252449f4bb4c7ce5e26d21d6": "2026.11",
    "5e8ed6ba08b085bd9ced878d643028b71f89629f4039f2cf025d039729b3d29a": "2026.11",
    "fd903fedf3f4211f41eaa6a2c294013f8f7c0f5d55fa7dacc0e5f7dfe8ab1817": "2026.11",
}
"""Editions by the digest of their `rules/`; `make publish` adds the one at hand."""
MOST_BUNDLE = 512 << 20
MOST_FILES = 20_000
MOST_DIRECTORY = 4 << 20
MOST_ENTRIES = 256 << 20
MOST_DOCUMENT = 4 << 20
MOST_PAGE = 64 << 20
MOST_READING = 64 << 20
MOST_LINE = 256 << 10
MOST_SIGNATURES = 16
MOST_UNPACKED = 48 << 20
MOST_UNPACKING = 32 << 20
MOST_STEPS = 20_000_000
MOST_SIGNERS = 256
MOST_ROTATIONS = 256
MOST_TRIED = 64
MOST_TOKENS = 1_000
MOST_TEXT = 256 << 10
MOST_NOTE = 4 << 10
MOST_SHOWN = 40
MOST_TITLE = 120
MOST_LINE_SHOWN = 2_000
MOST_NAMED = 5
MOST_TYPES = 20
HEAP = 64 << 20
CHUNK = 1 << 20

UNSURE = 1
ROTATION = "changqing key rotation 1"
NOTE_OF_HAND_OVER = "hand-over"
HAND_OVER = b"changqing hand-over 1\n"
VERSION = 2
CONTAINER = "bundle.zip"
MANIFEST = "manifest.txt"
FORMAT = "changqing bundle 1"
ENTRIES = "log/entries.jsonl"


# What a check says

Said = tuple[str, str]
"""The same in Chinese and in English."""


class DamageError(Exception):
    """A part of the bundle is not what was sealed."""

    def __init__(self, part: str, zh: str, en: str) -> None:
        super().__init__(part, en)
        self.part = part
        self.said: Said = (zh, en)


class NoBundleError(Exception):
    """The file never was a bundle: nobody tampered with one."""


class UnfinishedError(Exception):
    """The check would take more than it may."""

    def __init__(self, part: str, zh: str, en: str) -> None:
        super().__init__(part, en)
        self.part = part
        self.said: Said = (zh, en)


class Report:
    """What was checked, what could not be and why, and what is damaged."""

    def __init__(self) -> None:
        self.about: list[Said] = []
        self.checked: list[Said] = []
        self.unchecked: list[Said] = []
        self.damaged: list[tuple[str, Said]] = []
        self.notes: list[Said] = []
        self.unfinished: list[tuple[str, Said]] = []

    def add_damage(self, error: DamageError) -> None:
        """Keep a fault, once."""
        if (error.part, error.said) not in self.damaged:
            self.damaged.append((error.part, error.said))

    @property
    def code(self) -> int:
        """The exit code."""
        if self.damaged:
            return 4
        if self.unfinished:
            return 3
        return UNSURE if self.unchecked else 0


def cut(text: object, most: int = MOST_SHOWN) -> str:
    """Cut a text of the bundle to a name's length; it cannot end its own quotes."""
    plain = str(text).replace("“", "\ufffd").replace("”", "\ufffd")
    return plain if len(plain) <= most else f"{plain[:most]}…"


def _write_to_second(at: datetime) -> str:
    return f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M:%S} UTC"  # noqa: UP017


def _write_to_minute(at: datetime) -> str:
    return f"{at.astimezone(timezone.utc):%Y-%m-%d %H:%M} UTC"  # noqa: UP017


# Ed25519 (RFC 8032), verification only

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _add_points(first: Point, second: Point) -> Point:
    a = (first[1] - first[0]) * (second[1] - second[0]) % P
    b = (first[1] + first[0]) * (second[1] + second[0]) % P
    c = 2 * first[3] * second[3] * D % P
    d = 2 * first[2] * second[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _multiply_point(scalar: int, point: Point) -> Point:
    product: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            product = _add_points(product, point)
        point, scalar = _add_points(point, point), scalar >> 1
    return product


def _unpack_point(text: bytes) -> Point | None:
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _pack_point(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


_BASE_Y = 4 * pow(5, P - 2, P) % P
_BASE = _unpack_point(_BASE_Y.to_bytes(32, "little"))
_NEUTRAL = (1).to_bytes(32, "little")


def _is_of_small_order(point: Point) -> bool:
    """Whether eight times the point is nothing: such a key would sign any text."""
    return _pack_point(_multiply_point(8, point)) == _NEUTRAL


def verify_ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature of `message` is that of the key.

    Points in another spelling, and those of small order, are refused in both.
    """
    if len(public) != 32 or len(signature) != 64 or _BASE is None:
        return False
    key, commitment = _unpack_point(public), _unpack_point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= L:
        return False
    if _is_of_small_order(key) or _is_of_small_order(commitment):
        return False
    challenge = hashlib.sha512(signature[:32] + public + message).digest()
    hashed = int.from_bytes(challenge, "little") % L
    negated = (P - key[0], key[1], key[2], P - key[3])
    return (
        _pack_point(
            _add_points(
                _multiply_point(scalar, _BASE), _multiply_point(hashed, negated)
            )
        )
        == (signature[:32])
    )


# Signed notes (C2SP)

_VERIFIER = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile("0|[1-9][0-9]{0,8}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE = re.compile(r"\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})")


class Key(NamedTuple):
    """A name and an Ed25519 public key."""

    name: str
    public: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key: how people name it."""
        return hashlib.sha256(self.public).hexdigest()

    @property
    def id(self) -> bytes:
        """The four bytes that name the key in a signature line."""
        text = self.name.encode() + b"\n\x01" + self.public
        return hashlib.sha256(text).digest()[:4]


def read_key(text: str, part: str) -> Key:
    """Read a key as `name+hash+key`; DamageError when it is none."""
    match = _VERIFIER.fullmatch(text)
    if match is not None:
        raw = _decode_base64(match[3], part)
        key = Key(match[1], raw[1:])
        if len(raw) == 33 and raw[:1] == b"\x01" and key.id.hex() == match[2]:
            return key
    raise DamageError(part, "公钥写法不对", "a public key is malformed")


def read_note(content: bytes, part: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Read the signed text of a note, and name and signature of each who signed."""
    try:
        body, blank, tail = content.decode().rpartition("\n\n")
    except UnicodeDecodeError:
        body, blank, tail = "", "", ""
    lines = tail[:-1].split("\n") if blank and tail.endswith("\n") else []
    matches = [_SIGNATURE.fullmatch(line) for line in lines[:MOST_SIGNATURES]]
    broken = not matches or any(match is None for match in matches)
    if broken or len(lines) > MOST_SIGNATURES or _CONTROL.search(body):
        raise DamageError(part, "签名写法不对", "its signature is malformed")
    signed = [
        (match[1], _decode_base64(match[2], part))
        for match in matches
        if match is not None
    ]
    return body + "\n", signed


def find_signer(
    body: str, signatures: Sequence[tuple[str, bytes]], keys: Iterable[Key], part: str
) -> Key:
    """Find which of the keys signed; DamageError when none did.

    Four bytes name a key, so that many may answer to one name: so many are tried.
    """
    by_key: dict[tuple[str, bytes], list[bytes]] = {}
    for name, signature in signatures:
        by_key.setdefault((name, signature[:4]), []).append(signature[4:])
    tried = 0
    for key in dict.fromkeys(keys):
        for signature in by_key.get((key.name, key.id), ()):
            tried += 1
            if tried > MOST_TRIED:
                break
            if verify_ed25519(key.public, body.encode(), signature):
                return key
    raise DamageError(
        part,
        "签名验不过：内容被改动，或不是所列的钥匙所签",
        "the signature does not hold: it was altered, or another key signed it",
    )


def _decode_base64(text: str, part: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DamageError(part, "编码不对", "its base64 is broken") from error
    if base64.b64encode(raw).decode() != text:  # the last letter has bits to spare
        raise DamageError(part, "编码不对", "its base64 is broken")
    return raw


# The container: a ZIP whose every byte is determined by the files in it

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_NAME = re.compile(r"[a-z0-9][a-zA-Z0-9_.-]*(/[a-z0-9][a-zA-Z0-9_.-]*){0,3}")
_STORED, _DATE = 0, 0x21  # not compressed; 1 January 1980


class Stored(NamedTuple):
    """One file: where its bytes begin, how many, their CRC-32."""

    name: str
    start: int
    size: int
    crc: int


def make_local_header(name: str, size: int, crc: int) -> bytes:
    """Make what stands before a file's bytes."""
    head = (b"PK\x03\x04", 20, 0, _STORED, 0, _DATE, crc, size, size, len(name), 0)
    return _LOCAL.pack(*head) + name.encode()


def make_central_header(name: str, size: int, crc: int, offset: int) -> bytes:
    """Make a file's line in the directory."""
    head = (b"PK\x01\x02", 20, 20, 0, _STORED, 0, _DATE, crc, size, size, len(name))
    return _CENTRAL.pack(*head, 0, 0, 0, 0, 0, offset) + name.encode()


def make_end_record(count: int, size: int, offset: int) -> bytes:
    """Make what ends the container."""
    return _END.pack(b"PK\x05\x06", 0, 0, count, count, size, offset, 0)


def read_directory(stream: BinaryIO) -> dict[str, Stored]:
    """Read where every file is; DamageError unless the container is as we write it."""
    length = stream.seek(0, os.SEEK_END)
    if not _END.size <= length <= MOST_BUNDLE:
        raise _make_container_error("大小不对", "its size is out of range")
    stream.seek(length - _END.size)
    end = stream.read(_END.size)
    count, size, offset = struct.unpack("<H2I", end[10:20])
    whole = offset + size + _END.size == length
    if end != make_end_record(count, size, offset) or not whole:
        raise _make_container_error("结尾被改动", "its end was altered")
    if count > MOST_FILES or size > MOST_DIRECTORY:
        raise _make_container_error("文件太多", "it lists too many files")
    stream.seek(offset)
    text = stream.read(size)
    files: dict[str, Stored] = {}
    at, begin, before = 0, 0, ""
    for _ in range(count):
        if at + _CENTRAL.size > size:
            raise _make_container_error("目录不完整", "its directory is cut short")
        fields = _CENTRAL.unpack_from(text, at)
        crc, bytes_, name_length = fields[7], fields[9], fields[10]
        raw = text[at + _CENTRAL.size : at + _CENTRAL.size + name_length]
        name = raw.decode("ascii", "replace")
        if _NAME.fullmatch(name) is None or ".." in name:
            shown_name = ascii(name)[:80]
            raise _make_container_error(
                f"文件名{shown_name}不许可", f"the name {shown_name} is not allowed"
            )
        if name <= before:
            raise _make_container_error(
                f"{name}重复或次序不对", f"{name} is doubled or out of order"
            )
        head = make_central_header(name, bytes_, crc, begin)
        if text[at : at + len(head)] != head:
            raise _make_container_error(
                f"{name}在目录里的记录被改动（如压缩、链接）",
                f"the directory's record of {name} was altered (compressed, a link)",
            )
        stream.seek(begin)
        local = make_local_header(name, bytes_, crc)
        if stream.read(len(local)) != local:
            raise _make_container_error(
                f"{name}的文件头被改动", f"the header of {name} was altered"
            )
        files[name] = Stored(name, begin + len(local), bytes_, crc)
        at, begin, before = at + len(head), begin + len(local) + bytes_, name
    if at != size or begin != offset:
        raise _make_container_error(
            "夹有多余的内容", "there is something between its files"
        )
    return files


def _make_container_error(zh: str, en: str) -> DamageError:
    return DamageError(CONTAINER, zh, en)


_FIRST = make_local_header("", 0, 0)[:14]  # up to what differs between files


def is_bundle(stream: BinaryIO) -> bool:
    """Tell whether a file was once sealed as a bundle, however cut or altered now.

    It begins as only our own container begins, or it is a ZIP that somebody packed
    anew, whose directory still lists the manifest.
    """
    stream.seek(0)
    if stream.read(len(_FIRST)) == _FIRST:
        return True
    length = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, length - MOST_DIRECTORY))
    tail = stream.read(MOST_DIRECTORY)
    at = tail.find(b"PK\x01\x02")
    return at >= 0 and MANIFEST.encode() in tail[at:]


class Bundle:
    """The files of a bundle, read when needed and never whole."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        try:
            self.files = read_directory(stream)
        except DamageError as error:
            if not is_bundle(stream):
                raise NoBundleError from error
            raise

    def chunks(self, name: str) -> Iterator[bytes]:
        """Read the bytes of a file, a piece at a time.

        Two files may be read by turns, so each piece is looked for anew.
        """
        stored = self.files[name]
        remaining = stored.size
        while remaining:
            self._stream.seek(stored.start + stored.size - remaining)
            piece = self._stream.read(min(CHUNK, remaining))
            if not piece:
                raise OSError(name)
            remaining -= len(piece)
            yield piece

    def digest(self, name: str) -> str:
        """SHA-256 of a file; empty when not even its CRC holds."""
        total, crc = hashlib.sha256(), 0
        for piece in self.chunks(name):
            total.update(piece)
            crc = zlib.crc32(piece, crc)
        return total.hexdigest() if crc == self.files[name].crc else ""

    def read(self, name: str, most: int = MOST_DOCUMENT) -> bytes:
        """Read a whole file; DamageError when it is missing or too large."""
        if name not in self.files:
            raise DamageError(name, "缺失", "it is missing")
        if self.files[name].size > most:
            raise DamageError(name, "大得不合理", "it is unreasonably large")
        return b"".join(self.chunks(name))

    def json(self, name: str) -> Any:
        """Read a file of JSON; DamageError when it is no object."""
        data = parse_json(self.read(name), name)
        if not isinstance(data, dict):
            raise DamageError(name, "写法不对", "it is malformed")
        return data


def read_lines(bundle: Bundle, name: str) -> Iterator[bytes]:
    """Read a file's lines, one at a time."""
    if name not in bundle.files:
        raise DamageError(name, "缺失", "it is missing")
    if bundle.files[name].size > MOST_ENTRIES:
        raise DamageError(name, "大得不合理", "it is unreasonably large")
    unfinished = b""
    for piece in bundle.chunks(name):
        *whole, unfinished = (unfinished + piece).split(b"\n")
        for line in whole:
            if len(line) > MOST_LINE:
                raise DamageError(name, "有一行长得不合理", "a line is too long")
            yield line
        if len(unfinished) > MOST_LINE:
            raise DamageError(name, "有一行长得不合理", "a line is too long")
    if unfinished:
        raise DamageError(name, "结尾不完整", "its end is cut")


def open_bundle(path: Path) -> BinaryIO:
    """Open a bundle; one that was compressed for its way (.xz) is unpacked."""
    if path.suffix != ".xz":
        return path.open("rb")
    import lzma

    unpacking = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_UNPACKING)
    content = bytearray()
    with path.open("rb") as stream:
        packed = io.BytesIO(stream.read(MOST_UNPACKED))
    # A piece at a time: what came out before the damage shows that it was a bundle.
    try:
        while len(content) <= MOST_UNPACKED and not unpacking.eof:
            piece = packed.read(CHUNK)
            if not piece:
                break
            content += unpacking.decompress(piece, MOST_UNPACKED + 1 - len(content))
    except lzma.LZMAError as error:
        if not content and packed.getvalue()[:6] == b"\xfd7zXZ\0":
            raise OSError(str(error)) from error  # nothing of it can be judged
    broken = not unpacking.eof or unpacking.unused_data or packed.read(1)
    if broken or len(content) > MOST_UNPACKED:
        del content[-1:]  # never taken for a whole one
    return io.BytesIO(bytes(content))


# How things are written: JSON, texts, days, times, digests


def parse_json(content: bytes, part: str) -> Any:
    """JSON without floats, doubled keys or huge numbers; DamageError otherwise."""

    def read_whole(text: str) -> int:
        if len(text) > 20:
            raise ValueError(text)
        return int(text)

    def refuse(text: str) -> Any:
        raise ValueError(text)

    def join_pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        unique = dict(members)
        if len(unique) != len(members):
            raise ValueError("doubled")
        return unique

    try:
        return json.loads(
            content.decode(),
            parse_int=read_whole,
            parse_float=refuse,
            parse_constant=refuse,
            object_pairs_hook=join_pairs,
        )
    except (ValueError, RecursionError) as error:
        raise DamageError(part, "写法不对", "it is malformed") from error


_WRITER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)


def encode_canonical(data: object) -> bytes:
    """RFC 8785 JSON of what is in a log: ASCII keys, whole numbers."""
    return _WRITER.encode(data).encode()


_MALFORMED = (
    ArithmeticError,
    AttributeError,
    KeyError,
    IndexError,
    RecursionError,
    TypeError,
    ValueError,
)


def _require_text(data: object) -> str:
    if not isinstance(data, str):
        raise TypeError(data)
    return data


def _decode_hex(text: str, length: int) -> bytes:
    content = bytes.fromhex(text)
    if len(content) != length or content.hex() != text:
        raise ValueError(text)
    return content


_HEX = re.compile("[0-9a-f]{64}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(rf"{_DAY.pattern}T[0-9:]{{8}}(?:[.][0-9]{{6}})?[+]00:00")


def read_day(data: object) -> date:
    """Read a day in the one spelling that is written; raises for any other.

    From 3.11 on Python reads more of them: what verifies must not depend on that.
    """
    text = _require_text(data)
    if _DAY.fullmatch(text) is None:
        raise ValueError(text)
    return date.fromisoformat(text)


def read_time(data: object) -> datetime:
    """Read a time in the one spelling that is written, in UTC; raises for any other."""
    text = _require_text(data)
    instant = datetime.fromisoformat(text if _TIME.fullmatch(text) else "")
    if instant.isoformat() != text:  # a fraction of nothing is not written
        raise ValueError(text)
    return instant


def beijing_day(instant: datetime) -> date:
    """Give the day of an instant in Beijing, summer time of 1986 to 1991 included."""
    utc = instant.astimezone(timezone.utc).replace(tzinfo=None)  # noqa: UP017
    summer = False
    if 1986 <= utc.year <= 1991:
        first = date(1986, 5, 4) if utc.year == 1986 else _find_sunday(utc.year, 4)
        begin = datetime.combine(first, time.min) - timedelta(hours=6)
        end = datetime.combine(_find_sunday(utc.year, 9), time.min) - timedelta(hours=7)
        summer = begin <= utc < end
    return (utc + timedelta(hours=9 if summer else 8)).date()


def _find_sunday(year: int, month: int) -> date:
    """The first Sunday on or after the eleventh."""
    day = date(year, month, 11)
    return day + timedelta(days=6 - day.weekday())


# The tree of the log: RFC 6962


def hash_leaf(entry: bytes) -> bytes:
    """Hash one leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def _hash_node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def compute_root(leaves: Sequence[bytes]) -> bytes:
    """Compute the root over leaf hashes."""
    return compute_roots(leaves, (len(leaves),))[len(leaves)]


def compute_roots(leaves: Sequence[bytes], sizes: Iterable[int]) -> dict[int, bytes]:
    """Compute the root over the first leaf hashes, for each size, in one pass."""
    sizes_asked = frozenset(sizes)
    stack: list[tuple[int, bytes]] = []
    roots = {0: hashlib.sha256(b"").digest()}
    for size, leaf in enumerate(leaves, start=1):
        level, root = 0, leaf
        while stack and stack[-1][0] == level:
            root = _hash_node(stack.pop()[1], root)
            level += 1
        stack.append((level, root))
        if size in sizes_asked:
            for _, before in reversed(stack[:-1]):
                root = _hash_node(before, root)
            roots[size] = root
    return roots


def is_included(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether a proof leads from a leaf hash to the root (RFC 9162, 2.1.3.2)."""
    place, last, computed = index, size - 1, leaf
    for part in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            computed = _hash_node(part, computed)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            computed = _hash_node(computed, part)
        place, last = place >> 1, last >> 1
    return last == 0 and computed == root


# What the files of a bundle say, as far as this program asks. Nothing vouches for it:
# whatever is missing or of another kind is found where it is used, and is damage.


class FactRule(TypedDict, total=False):
    """One fact in `rules/facts.json`: what it is, and what proves it."""

    label: Mapping[str, str]
    kind: str
    text_kind: str | None
    proof: str | int  # a number in rules that knew four grades
    tolerance: int
    generated: bool
    days: int | None
    derived: bool


Facts = Mapping[str, Mapping[str, FactRule]]
"""By the kind of subject and the name of the fact."""


class CriterionRule(TypedDict, total=False):
    """One criterion in `rules/criteria.json`."""

    title: Mapping[str, str]
    subject: str
    standing: str
    long_term: Sequence[str] | None  # the route, and how much it weighs there
    veto: bool
    in_force: Sequence[str | None]
    reads: Sequence[Sequence[str]]  # the kind of subject, and the fact
    counts: Sequence[str]
    applies: str


class ParameterRule(TypedDict):
    """One value in `rules/parameters.json`, and for whom it holds."""

    value: int | None
    licences: Sequence[str]
    scopes: Sequence[str]
    region: str | None
    in_force: Sequence[str | None]


class TableLayout(TypedDict):
    """What the SQL of the bundle expects of one kind of subject, in order."""

    facts: Sequence[str]
    agree: Sequence[str]
    rules: Sequence[str]


class Layout(TypedDict):
    """`rules/layout.json`: the tables that the SQL of the bundle reads."""

    lists: Sequence[str]
    names: Sequence[str]
    tables: Mapping[str, TableLayout]


class AppliedFor(TypedDict):
    """What is applied for, in `given.json`."""

    licence: str
    scope: str
    region: str
    stage: str
    submit_on: str


class StatedFinding(TypedDict):
    """One verdict in `assessment.json`."""

    criterion: str
    subject: str | None
    verdict: str


# Records and attempts

Value = Any  # bool, int, date, str, frozenset
GRADES = {
    "declared": 1,
    "transcribed": 2,  # typed from a paper in which nobody found it
    "undertaken": 3,  # read in a paper of the company itself
    "documented": 4,  # read in a paper that somebody else issued
    "observed": 5,
    "attested": 6,
}
DECLARED, TRANSCRIBED, UNDERTAKEN, DOCUMENTED, OBSERVED = 1, 2, 3, 4, 5
GRADES_BEFORE = ("declared", "documented", "observed", "attested")
"""What rules wrote as 1 to 4 that knew no other grades."""
STRUCTURAL = frozenset({"kind", "role", "roles"})
SAID_IN_THE_CASE = frozenset({"form", "paper", "reading", "look"})
OF_PAPERS = frozenset({"paper", "reading"})
COMPARED = ("reading", "papers.compared")
"""The source of what holds papers against each other; its place quotes them."""
CLOSED_PAPERS = "closed.papers"
APPLICANT = "applicant:self"
REACHABLE = "service_reachable"
LICENCE_HELD = "holds_telecom_licence"
LICENCE_DAYS = ("licence_valid_from", "licence_valid_until")


class Record(NamedTuple):
    """One fact of one subject, said by one source."""

    subject: str
    fact: str
    value: Value | None
    source: tuple[str, str, str]  # kind, name, place
    grade: int
    digest: str
    observed_at: datetime
    received_at: datetime
    valid_until: date | None
    raw: str
    number: int

    @property
    def seen(self) -> date:
        """The Beijing day on which it was true."""
        return beijing_day(self.observed_at)


class Attempt(NamedTuple):
    """One try at reaching a service."""

    subject: str
    url: str
    at: datetime
    answered: bool | None
    control_ok: bool
    number: int


def read_record(content: Mapping[str, Any], number: int) -> Record:
    """Read a record as it stands in the log; raises when it is none."""
    source, until = content["source"], content["valid_until"]
    return Record(
        subject=_require_text(content["subject"]),
        fact=_require_text(content["fact"]),
        value=_decode_value(content["value"]),
        source=(
            _require_text(source["kind"]),
            _require_text(source["name"]),
            _require_text(source["place"]),
        ),
        grade=GRADES[content["grade"]],
        digest=_require_text(content["digest"] or ""),
        observed_at=read_time(content["observed_at"]),
        received_at=read_time(content["received_at"]),
        valid_until=None if until is None else read_day(until),
        raw=_require_text(content["raw"] or ""),
        number=number,
    )


def read_attempt(content: Mapping[str, Any], number: int) -> Attempt:
    """Read an attempt as it stands in the log; raises when it is none."""
    answered, control = content["answered"], content["control_ok"]
    if not isinstance(answered, (bool, type(None))) or not isinstance(control, bool):
        raise TypeError(number)
    return Attempt(
        subject=_require_text(content["subject"]),
        url=_require_text(content["url"]),
        at=read_time(content["at"]),
        answered=answered,
        control_ok=control,
        number=number,
    )


def _decode_value(data: object) -> Value | None:
    """Decode a value by the kind that stands beside it."""
    if data is None:
        return None
    if not isinstance(data, dict):
        raise TypeError(data)
    ((kind, value),) = data.items()
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind == "number" and type(value) is int:
        return value
    if kind == "date":
        return read_day(value)
    if kind == "set" and isinstance(value, list):
        return frozenset(_require_text(member) for member in value)
    if kind == "text":
        return _require_text(value)
    raise ValueError(kind)


# Both rows: what is claimed and what is proven

_NEVER_TOLD = 2**63
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_NAMES = ("company_name", "person")


class Rule(NamedTuple):
    """What the rules say of comparing and proving one fact."""

    proof: int
    tolerance: int
    text_kind: str | None
    generated: bool
    structural: bool

    def suffices(self, record: Record) -> bool:
        """Tell whether a record proves the fact."""
        absent = self.generated and record.source[1] == CLOSED_PAPERS
        return self.structural or absent or record.grade >= self.proof

    def compare(self, one: Record, other: Record) -> bool | None:
        """Tell whether two known values are the same; None where it is unclear."""
        first, second = one.value, other.value
        if isinstance(first, str) and isinstance(second, str):
            return _compare_texts(self.text_kind, first, second)
        return _measure_distance(first, second) <= self.tolerance

    def differ(self, one: Record, other: Record) -> bool:
        """Tell whether two known values cannot be the same."""
        return self.compare(one, other) is False

    def agree(self, records: Sequence[Record]) -> bool | None:
        """Tell whether all say the same; None with fewer than two to compare.

        None, too, where it is unclear of two and none differ.
        """
        compared = self.select_one_script(records)
        if len(compared) < 2:
            return None
        # Equal values are compared once. Of numbers and days the ends are enough; of
        # anything else the first two that are not equal may differ.
        distinct = list(
            {_pair_with_type(record.value): record for record in compared}.values()
        )
        if all(type(record.value) in (int, date) for record in distinct):
            ends = (min, max)
            distinct = [end(distinct, key=_get_value) for end in ends]
        outcomes = {
            self.compare(first, second)
            for place, first in enumerate(distinct)
            for second in distinct[place + 1 :]
        }
        if False in outcomes:
            return False
        return None if None in outcomes else True

    def select_one_script(self, records: Sequence[Record]) -> list[Record]:
        """Select the records without those in Latin script where others are in Han."""
        scripts = [_detect_script(str(record.value)) for record in records]
        if self.text_kind not in _NAMES or "han" not in scripts:
            return list(records)
        return [
            record for record in records if _detect_script(str(record.value)) != "latin"
        ]


def _compare_texts(text_kind: str | None, one: str, other: str) -> bool | None:
    """Compare two texts by the kind of their fact; None where it is unclear."""
    if one == other:
        return True
    scripts = {_detect_script(one), _detect_script(other)}
    if text_kind in _NAMES and scripts == {"han", "latin"}:
        return None
    first, second = (
        unicodedata.normalize("NFKC", text).upper() for text in (one, other)
    )
    if text_kind == "address":
        return _compare_addresses(_read_address(first), _read_address(second))
    if text_kind == "company_name":
        return _compare_companies(_MARKS.sub("", first), _MARKS.sub("", second))
    if text_kind == "domain":
        return _strip_www(first) == _strip_www(second)
    if text_kind == "plain":
        return _list_items(first) == _list_items(second)
    return first == second


def _strip_www(domain: str) -> str:
    return domain[4:] if domain.startswith("WWW.") else domain


_MARKS = re.compile(r"[\W_]+")
_BETWEEN_ITEMS = re.compile(r"[,，;；、。|/\s]+")
_LIMITED = ("有限责任公司", "有限公司")
"""How a limited company may call its form; which of the two is in its name's entry."""
_FORMS = ("公司", "银行", "中心", "厂", "社", "院", "所", "局", "大学", "合伙)")


def _list_items(text: str) -> list[str]:
    """List what a text names, in one order."""
    return sorted(filter(None, _BETWEEN_ITEMS.split(text)))


def _compare_companies(first: str, second: str) -> bool | None:
    """Compare two names without their marks: brackets are left out in many papers."""
    if first == second:
        return True
    short, long = sorted((first, second), key=len)
    is_shortened = not short.endswith(_FORMS) and short in long
    if is_shortened or short == long.replace(*_LIMITED):
        return None
    return False


class Address(NamedTuple):
    """An address as its signs and numbers, and the rooms that it ends with."""

    parts: tuple[str, ...]
    rooms: frozenset[str]


_SAME_WORDS = (
    (re.compile(r"\((?:自主申报|一址多照|集群注册|仅限办公|住所申报)[^()]*\)"), ""),
    (re.compile("[‐‑‒–—―−－﹣─~～至]"), "-"),
    (re.compile(r"(?<=[0-9A-Z])(?:号楼|栋|座|幢)"), "幢"),
    (re.compile(r"(?<=[0-9])(?:层|楼|F(?![A-Z0-9]))"), "层"),
    (re.compile(r"(?<=[0-9A-Z])(?:号?房间?|号?室|单元室)(?![0-9A-Z])"), "室"),
)
"""Ways to write the same part of an address; the last of them is the one we compare."""
_ROOM = r"[A-Z]?[0-9]{3,5}[A-Z]?"
_ROOMS = re.compile(
    rf"(?<![0-9])(?P<rooms>{_ROOM}室?(?:[-、,;/&及和]+[A-Z]?[0-9]{{1,5}}[A-Z]?室?)*)室?[、,;]?$"
)
_FLOOR = re.compile(r"([0-9]{1,3})层、?$")
_PARTS = re.compile(r"[0-9]+(?:-[0-9]+)*|[A-Z]+|[\u3400-\u9fff]")
_LONGEST_RANGE = 30  # rooms: more are rather a building and its room
_REGION = re.compile("[\u4e00-\u9fff]{2,14}")
_WITHIN_TOWN = frozenset("路街巷道号镇村弄里园幢")


def _read_address(text: str) -> Address:
    plain = text
    for pattern, word in _SAME_WORDS:
        plain = pattern.sub(word, plain)
    plain = re.sub(r"\s+", "", plain)
    match = _ROOMS.search(plain)
    # A number after a street is the house, and no room.
    if match is None or (match.start() and plain[match.start() - 1] in "路街巷道弄"):
        return Address(_split_address(plain), frozenset())
    rooms = frozenset(_list_rooms(match["rooms"].replace("室", "")))
    before = plain[: match.start()]
    floor = _FLOOR.search(before)
    if floor and all(room.lstrip("ABCDEFGH").startswith(floor[1]) for room in rooms):
        before = before[: floor.start()]  # the number of the room says it again
    return Address(_split_address(before), rooms)


def _split_address(text: str) -> tuple[str, ...]:
    return tuple(part for part in _PARTS.findall(text) if part not in "省市")


def _list_rooms(text: str) -> list[str]:
    """List rooms: each of a range, and of a number cut short (2306、07) the whole."""
    rooms: list[str] = []
    for group in re.findall("[0-9A-Z-]+", text):
        ends: list[str] = []
        for part in filter(None, group.split("-")):
            last = (ends or rooms or [part])[-1]
            ends.append(last[: max(len(last) - len(part), 0)] + part)
        if len(ends) == 2 and all(map(str.isdigit, ends)):
            span = range(int(ends[0]), int(ends[1]) + 1)
            ends = [str(room) for room in span] if len(span) < _LONGEST_RANGE else ends
        rooms += ends
    return rooms


def _compare_addresses(first: Address, second: Address) -> bool | None:
    short, long = sorted((first, second), key=_order_address)
    if not short.rooms or not long.rooms:
        rooms_agree = short.rooms == long.rooms
    elif first.rooms == second.rooms:
        rooms_agree = True
    elif first.rooms <= second.rooms or second.rooms <= first.rooms:
        rooms_agree = False
    else:
        return False
    start = _find_start(short.parts, long.parts)
    if not _is_part_of(short.parts[start:], long.parts):
        return False
    more = len(long.parts) - len(short.parts)
    before = "".join(long.parts[:more])
    is_region = (not more and not start) or (
        long.parts[more:] == short.parts
        and _REGION.fullmatch(before) is not None
        and not _WITHIN_TOWN & set(before)
    )
    return True if rooms_agree and is_region else None


def _order_address(address: Address) -> tuple[int, tuple[str, ...]]:
    return len(address.parts), address.parts


def _find_start(short: tuple[str, ...], long: tuple[str, ...]) -> int:
    """Find where the shorter begins as the longer does, past a province it names."""
    places = [place for place in range(min(len(short), 8)) if short[place] == long[0]]
    start = places[0] if places else 0
    return 0 if _WITHIN_TOWN & set(short[:start]) else start


def _is_part_of(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Tell whether one address names all that the other names, in its order."""
    rest = iter(long)
    return all(part in rest for part in short)


def _pair_with_type(value: Value) -> tuple[str, Value]:
    """A value with its type: 1 is not true."""
    return type(value).__name__, value


def _get_value(record: Record) -> Value:
    return record.value


def _detect_script(text: str) -> str:
    if _HAN.search(text):
        return "han"
    return "latin" if _LATIN.search(text) else "none"


def _measure_distance(first: Value, second: Value) -> int:
    if type(first) is type(second):
        if first == second:
            return 0
        if isinstance(first, date) and isinstance(second, date):
            return abs((first - second).days)
        if type(first) is int:
            return abs(first - int(second))
    return _NEVER_TOLD


def _format_value(value: Value) -> str:
    return "|".join(sorted(value)) if isinstance(value, frozenset) else str(value)


def _order_by_telling(record: Record) -> tuple[Any, ...]:
    """What is told later replaces what one source told before."""
    number = record.number or _NEVER_TOLD
    observed, received = record.observed_at.timestamp(), record.received_at.timestamp()
    last = (
        record.grade,
        _format_value(record.value),
        record.source[2],
        -(record.valid_until or date.max).toordinal(),
        record.digest,
        record.raw,
    )
    if record.source[0] in SAID_IN_THE_CASE:
        return (number, received, observed, *last)
    return (observed, received, number, *last)


def _order_by_age(record: Record) -> tuple[Any, ...]:
    return (record.observed_at, record.source, _format_value(record.value))


def _order_by_proof(record: Record) -> tuple[Any, ...]:
    return (record.grade, record.seen, *_order_by_age(record))


class Resolved(NamedTuple):
    """What is claimed and what is proven of one fact of one subject."""

    claimed: Value | None
    proven: Value | None
    agree_claimed: bool | None
    agree_proven: bool | None


Rows = dict[tuple[str, str], Resolved]


def resolve(records: Iterable[Record], facts: Facts, as_of: date) -> Rows:
    """Resolve both rows on a Beijing day, by subject and fact."""
    last: dict[tuple[str, str], dict[tuple[str, str], Record]] = {}
    for record in records:
        if record.fact not in STRUCTURAL and as_of < find_first_day(record):
            continue
        by_source = last.setdefault((record.subject, record.fact), {})
        earlier = by_source.get(record.source[:2])
        if earlier is None or _order_by_telling(record) > _order_by_telling(earlier):
            by_source[record.source[:2]] = record
    rows: Rows = {}
    for (subject, fact), by_source in last.items():
        rule = _find_rule(facts, subject, fact)
        if rule is None:
            continue
        live = [
            record
            for record in by_source.values()
            if record.value is not None
            and (record.valid_until is None or as_of <= record.valid_until)
        ]
        claimed = _find_claimed(live, rule)
        proven = _find_proven(live, claimed, rule)
        least = rule.proof if rule.proof > DOCUMENTED else UNDERTAKEN
        strong = [record for record in live if record.grade >= least]
        proves = any(rule.suffices(record) for record in strong)
        agreed = rule.agree(strong) if proves else None
        all_agree = rule.agree(live)
        rows[subject, fact] = Resolved(
            claimed=None if claimed is None else claimed.value,
            proven=None if proven is None else proven.value,
            agree_claimed=all_agree,
            agree_proven=False if agreed and all_agree is False else agreed,
        )
    return rows


def find_first_day(record: Record) -> date:
    """Find the Beijing day from which a record counts: true by then, and received."""
    return max(record.seen, beijing_day(record.received_at))


def find_least_grade(fact: FactRule) -> int:
    """Find the least grade that proves a fact; raises when the rules name none."""
    proof = fact["proof"]
    if isinstance(proof, str):
        return GRADES[proof]
    if type(proof) is not int:
        raise TypeError(proof)
    return GRADES[GRADES_BEFORE[proof - 1]]


def _find_rule(facts: Facts, subject: str, fact: str) -> Rule | None:
    fact_rule = facts.get(subject.partition(":")[0], {}).get(fact)
    structural = fact in STRUCTURAL
    if fact_rule is None:
        return Rule(1, 0, None, False, True) if structural else None  # noqa: FBT003
    return Rule(
        find_least_grade(fact_rule),
        fact_rule["tolerance"],
        fact_rule["text_kind"],
        fact_rule["generated"],
        structural,
    )


def _find_claimed(live: Sequence[Record], rule: Rule) -> Record | None:
    """The declaration; without one, the best evidence, unless two are as good."""
    declared = [record for record in live if record.source[0] == "form"]
    if declared:
        return max(declared, key=_order_by_age)
    if not live:
        return None
    best = max(live, key=_order_by_proof)
    rivals = [r for r in live if r.grade == best.grade and r.seen == best.seen]
    return None if any(rule.differ(record, best) for record in rivals) else best


def _find_proven(
    live: Sequence[Record], claimed: Record | None, rule: Rule
) -> Record | None:
    """The record that proves the fact, if any does."""
    current = [
        record
        for record in live
        if rule.suffices(record)
        and not (
            claimed is not None
            and claimed.source[0] == "form"
            and record.source[0] != "reading"
            and record.seen < claimed.seen
            and rule.differ(record, claimed)
        )
    ]
    of_one_script = rule.select_one_script(live)
    readable = [record for record in current if record in of_one_script]
    if not readable:
        return None
    if rule.agree(readable) is not False:
        return max(readable, key=_order_by_proof)
    newest = max(record.seen for record in readable)
    best = max((r for r in readable if r.seen == newest), key=_order_by_proof)
    for record in readable:
        unsettled = record.seen == newest or record.grade > best.grade
        if unsettled and rule.differ(record, best):
            return None
    return best


def derive_reachability(
    attempts: Sequence[Attempt], subject: str, facts: Facts, as_of: date
) -> Record | None:
    """Derive `service_reachable` from at least three attempts over six hours."""
    counted = sorted(
        (
            attempt
            for attempt in attempts
            if attempt.subject == subject
            and as_of - timedelta(days=30) <= beijing_day(attempt.at) <= as_of
            and attempt.control_ok
            and attempt.answered is not None
        ),
        key=lambda attempt: (attempt.at, attempt.url, attempt.number),
    )
    enough: Sequence[Attempt] = ()
    for start in range(len(counted) - 3, -1, -1):
        if counted[-1].at - counted[start].at >= timedelta(hours=6):
            enough = counted[start:]
            break
    if not enough:
        return None
    answered = sum(attempt.answered is True for attempt in counted)
    lately = {attempt.answered for attempt in enough}
    if counted[-1].answered and 2 * answered > len(counted):
        reachable = True
    elif answered == 0:
        reachable = False
    elif len(lately) == 1:
        reachable = True in lately
    else:
        return None
    latest = counted[-1]
    days = facts.get("service", {}).get(REACHABLE, {}).get("days")
    return Record(
        subject=subject,
        fact=REACHABLE,
        value=reachable,
        source=("derived", "attempts", latest.url),
        grade=OBSERVED,
        digest="",
        observed_at=latest.at,
        received_at=latest.at,
        valid_until=None
        if days is None
        else beijing_day(latest.at) + timedelta(days=days),
        raw=f"{answered}/{len(counted)}",
        number=0,
    )


def add_licence_held(rows: Rows, facts: Facts, as_of: date) -> Rows:
    """Add to the rows whether a licence is held, which follows from its days."""
    key = (APPLICANT, LICENCE_HELD)
    if not facts["applicant"].get(key[1], {}).get("derived"):
        return rows
    first, last = (rows.get((APPLICANT, name)) for name in LICENCE_DAYS)
    if first is None or last is None:
        return rows

    def is_held(begin: Value | None, end: Value | None) -> bool | None:
        if isinstance(begin, date) and isinstance(end, date):
            return begin <= as_of <= end
        return None

    before = rows.get(key)
    claimed = None if before is None else before.claimed
    proven = None if before is None else before.proven
    return {
        **rows,
        key: Resolved(
            claimed=is_held(first.claimed, last.claimed)
            if claimed is None
            else claimed,
            proven=is_held(first.proven, last.proven) if proven is None else proven,
            agree_claimed=None if before is None else before.agree_claimed,
            agree_proven=None if before is None else before.agree_proven,
        ),
    }


def add_derived(rows: Rows, given: Given, facts: Facts) -> Rows:
    """Add to the rows what the sealer derived, where no entry of the log says the same.

    Only a fact that the vocabulary lets be derived is taken, and none that is derived
    here.
    """
    whole = dict(rows)
    for record in given.derived:
        kind = record.subject.partition(":")[0]
        fact = facts.get(kind, {}).get(record.fact, {})
        if (
            not fact.get("derived")
            or record.fact == REACHABLE
            or record.value is None
            or record.source[0] != "derived"
            or record.subject not in given.subjects
        ):
            raise DamageError(
                f"given.json {record.subject} {record.fact}",
                "不是可以推算的事实",
                "it is no fact that may be derived",
            )
        before = whole.get((record.subject, record.fact))
        until = record.valid_until
        over = given.as_of < record.seen or (until is not None and until < given.as_of)
        if over or (before is not None and before.proven is not None):
            continue
        claimed = None if before is None else before.claimed
        whole[record.subject, record.fact] = Resolved(
            claimed=record.value if claimed is None else claimed,
            proven=record.value if record.grade >= find_least_grade(fact) else None,
            agree_claimed=None,
            agree_proven=None,
        )
    return whole


# The rules, run again

_WORD = re.compile(r"[a-z][a-z0-9_]*")
_FUNCTIONS = frozenset(
    {"coalesce", "date", "instr", "julianday", "replace", "substr", "sum"}
)
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, 33})
"""33 is SQLITE_RECURSIVE, which Python does not name."""
STANCES = ("claimed", "proven")
Truths = dict[tuple[str, str, str], "bool | None"]
Member = tuple[str, Mapping[str, Value], Mapping[str, "bool | None"]]


def _find_text(text: object, part: object) -> int | None:
    """SQLite's `instr` of texts, bounded."""
    if text is None or part is None:
        return None
    return _check_length(text).find(_check_length(part)) + 1


def _replace_text(text: object, old: object, new: object) -> str | None:
    """SQLite's `replace` of texts, bounded."""
    if text is None or old is None or new is None:
        return None
    whole, was, now = _check_length(text), _check_length(old), _check_length(new)
    if not was:
        return whole
    grown = len(whole) + whole.count(was) * (len(now) - len(was))
    if grown > MOST_TEXT:
        raise ValueError(grown)
    return whole.replace(was, now)


def _check_length(text: object) -> str:
    if not isinstance(text, str) or len(text) > MOST_TEXT:
        raise ValueError(type(text))
    return text


class Engine:
    """The SQL of the bundle in a database of our own, which it can only read."""

    def __init__(
        self,
        layout: Layout,
        facts: Facts,
        queries: Mapping[str, str],
    ) -> None:
        self._layout, self._queries = layout, queries
        self._guarded = False
        self._refused: list[str] = []
        self._memory = sqlite3.connect(":memory:", isolation_level=None)
        lists = "".join(
            f', "{_require_word(name)}" INTEGER' for name in layout["lists"]
        )
        self._memory.execute(f'CREATE TABLE "stances" ("stance" TEXT{lists})')
        for subject, table in layout["tables"].items():
            columns = [
                f'"{_require_word(fact)}" '
                + _choose_affinity(facts[subject][fact]["kind"])
                for fact in table["facts"]
            ]
            columns += [
                f'"agree__{_require_word(fact)}" INTEGER' for fact in table["agree"]
            ]
            listed = ", ".join(['"id" TEXT', '"stance" TEXT', *columns])
            self._memory.execute(f'CREATE TABLE "{_require_word(subject)}" ({listed})')
        self._spent = 0
        # These two may take as long as what they are given: here they are bounded.
        self._memory.create_function("instr", 2, _find_text, deterministic=True)
        self._memory.create_function("replace", 3, _replace_text, deterministic=True)
        if hasattr(self._memory, "setlimit"):  # from Python 3.11
            self._memory.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_TEXT)
        # Once and for all: before Python 3.11 it cannot be taken away again.
        self._memory.set_authorizer(self._allow_action)

    def _allow_action(
        self, action: int, first: str | None, second: str | None, *_: object
    ) -> int:
        """What the SQL of a bundle may do; our own may do anything."""
        function = action == sqlite3.SQLITE_FUNCTION and second in _FUNCTIONS
        if not self._guarded or function or action in _ALLOWED:
            return sqlite3.SQLITE_OK
        self._refused.append(second or first or str(action))
        return sqlite3.SQLITE_DENY

    def evaluate(
        self,
        members: Mapping[str, Mapping[str, Sequence[Member]]],
        open_lists: Mapping[str, Iterable[str]],
        bound: Mapping[str, Value | None],
    ) -> Truths:
        """Evaluate every rule for every member, in both stances."""
        self._fill_tables(members, open_lists)
        names = {
            name: _encode_for_sqlite(bound.get(name)) for name in self._layout["names"]
        }
        truths: Truths = {}
        for subject, query in self._queries.items():
            most = sum(
                len(rows_of_stance)
                for rows_of_stance in members.get(subject, {}).values()
            )
            for row in self._run_query(subject, query, names, most):
                for rule, truth in zip(self._rules(subject), row[2:]):  # noqa: B905
                    truths[rule, row[0], row[1]] = None if truth is None else truth == 1
        return truths

    def close(self) -> None:
        """Let the database go."""
        self._memory.close()

    def _rules(self, subject: str) -> Sequence[str]:
        return self._layout["tables"][subject]["rules"]

    def _fill_tables(
        self,
        members: Mapping[str, Mapping[str, Sequence[Member]]],
        open_lists: Mapping[str, Iterable[str]],
    ) -> None:
        execute = self._memory.execute
        execute('DELETE FROM "stances"')
        for stance in STANCES:
            still = set(open_lists[stance])
            closed = [int(name not in still) for name in self._layout["lists"]]
            places = ", ".join("?" * (1 + len(closed)))
            execute(f'INSERT INTO "stances" VALUES ({places})', [stance, *closed])
        for subject, table in self._layout["tables"].items():
            execute(f'DELETE FROM "{subject}"')
            places = ", ".join("?" * (2 + len(table["facts"]) + len(table["agree"])))
            for stance in STANCES:
                for name, values, agree in members.get(subject, {}).get(stance, ()):
                    values_row = [
                        _encode_for_sqlite(values.get(fact)) for fact in table["facts"]
                    ]
                    agree_row = [
                        _encode_for_sqlite(agree.get(fact)) for fact in table["agree"]
                    ]
                    row = [name, stance, *values_row, *agree_row]
                    execute(f'INSERT INTO "{subject}" VALUES ({places})', row)

    def _run_query(
        self, subject: str, query: str, names: Mapping[str, Any], most: int
    ) -> list[Sequence[Any]]:
        """Run one query under the authoriser; the steps of all queries are counted."""
        part = f"rules/{subject}.sql"

        def count() -> int:
            self._spent += 10_000
            return int(self._spent > MOST_STEPS)

        refused = self._refused
        refused.clear()
        self._guarded = True
        self._memory.set_progress_handler(count, 10_000)
        try:
            cursor = self._memory.execute(query, names)
            rows = cursor.fetchmany(most + 1)
            columns = [column[0] for column in cursor.description or ()]
        except MemoryError as error:
            raise _make_memory_error(part) from error
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            if self._spent > MOST_STEPS:
                raise UnfinishedError(
                    part, "运算超过限度，已中止", "it computes beyond the limit"
                ) from error
            refusal = ascii(refused[0] if refused else str(error))[:120]
            raise DamageError(
                part, f"语句不许可（{refusal}）", f"its SQL is not allowed ({refusal})"
            ) from error
        finally:
            self._guarded = False
            self._memory.set_progress_handler(None, 0)
        whole = columns == ["id", "stance", *self._rules(subject)]
        clean = all(set(row[2:]) <= {0, 1, None} for row in rows)
        if not whole or len(rows) != most or not clean:
            raise DamageError(
                part, "结果的形状不对", "its result has not the shape of the rules"
            )
        return rows


def _require_word(name: object) -> str:
    if not isinstance(name, str) or _WORD.fullmatch(name) is None:
        raise ValueError(name)
    return name


def _choose_affinity(kind: str) -> str:
    return "INTEGER" if kind in ("boolean", "number") else "TEXT"


def _encode_for_sqlite(value: Value | None) -> int | str | None:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, frozenset):
        return "".join(("|", *(f"{member}|" for member in sorted(value))))
    if isinstance(value, date):
        return value.isoformat()
    stored: int | str | None = value
    return stored


def choose_parameters(
    rules: Mapping[str, Sequence[ParameterRule]], given: AppliedFor, as_of: date
) -> dict[str, int | None]:
    """Choose each parameter's number for the application, a region's own first."""
    bound: dict[str, int | None] = {}
    for name, values in rules.items():
        choice: ParameterRule | None = None
        for rule in values:
            fits = (
                (not rule["licences"] or given["licence"] in rule["licences"])
                and (not rule["scopes"] or given["scope"] in rule["scopes"])
                and covers(rule["in_force"], as_of)
            )
            if fits and rule["region"] == given["region"]:
                choice = rule
                break
            if fits and rule["region"] is None and choice is None:
                choice = rule
        bound[name] = None if choice is None else choice["value"]
    return bound


def covers(in_force: Sequence[str | None], day: date) -> bool:
    """Tell whether a day lies between two days, both included."""
    begin, end = in_force
    started = begin is None or read_day(begin) <= day
    return started and (end is None or day <= read_day(end))


def decide_verdict(claimed: bool | None, proven: bool | None) -> str:  # noqa: FBT001
    """Decide the verdict on a criterion that applies."""
    if proven is True:
        return "met"
    if proven is False:
        return "contradicted" if claimed is True else "unmet"
    if claimed is True:
        return "unproven"
    return "unmet" if claimed is False else "undetermined"


def is_licensed(stage: object) -> bool:
    """Tell whether nothing is applied for at a stage: duties are judged."""
    return stage in ("operate", "annual_report")


def decide_sentences(
    findings: Sequence[StatedFinding],
    criteria: Mapping[str, CriterionRule],
    *,
    licensed: bool = False,
) -> tuple[str, str, str | None]:
    """Decide the first sentence, the state of long-term capability, and its route.

    The first sentence is about readiness before a licence, and about duties after it.
    """
    judged = [
        (criteria[finding["criterion"]], finding["verdict"])
        for finding in findings
        if finding["verdict"] != "not_applicable"
    ]
    required = [
        verdict
        for criterion, verdict in judged
        if criterion["standing"] in ("condition", "published")
        or (licensed and criterion["standing"] == "duty")
    ]
    first = "open"
    if {"unmet", "contradicted"} & set(required):
        first = "breached" if licensed else "not_ready"
    elif required and set(required) == {"met"}:
        first = "in_order" if licensed else "ready"
    cores: dict[str, list[str]] = {"ability": [], "standing": []}
    vetoed = False
    for criterion, verdict in judged:
        route, weight = criterion["long_term"] or (None, None)
        if weight == "core" and route in cores:
            cores[route].append(verdict)
        certain = verdict in ("unmet", "contradicted")
        vetoed |= certain and bool(criterion.get("veto"))
    contradicted = any("contradicted" in finding for finding in cores.values())
    if vetoed or contradicted or all("unmet" in finding for finding in cores.values()):
        return first, "in_doubt", None
    for route, verdicts in cores.items():
        if verdicts and set(verdicts) == {"met"}:
            return first, "shown", route
    return first, "open", None


# The files: the signed list of them, and the rules among them


class Listed(NamedTuple):
    """The signed list of all other files: their digests, and who signed."""

    digest: str
    origin: str
    sealer: Key
    files: dict[str, str]


def check_files(bundle: Bundle, report: Report) -> Listed:
    """Check the manifest's signature, and every other file against it."""
    content = bundle.read(MANIFEST)
    body, signatures = read_note(content, MANIFEST)
    lines = body[:-1].split("\n")
    if len(lines) < 3 or lines[0] != FORMAT:
        raise DamageError(MANIFEST, "开头不对", "it begins wrongly")
    sealer = read_key(lines[2], MANIFEST)
    find_signer(body, signatures, [sealer], MANIFEST)
    files: dict[str, str] = {}
    for line in lines[3:]:
        digest, gap, name = line.partition("  ")
        if not gap or _HEX.fullmatch(digest) is None or name in files:
            raise DamageError(MANIFEST, "写法不对", "it is malformed")
        files[name] = digest
    same = 0
    for name in sorted(bundle.files.keys() | files.keys()):
        if name == MANIFEST:
            continue
        if name not in bundle.files:
            report.add_damage(DamageError(name, "缺失", "it is missing"))
        elif name not in files:
            words = ("清单里没有，是后加的", "the manifest does not list it")
            report.add_damage(DamageError(name, *words))
        elif bundle.digest(name) != files[name]:
            report.add_damage(DamageError(name, "内容被改动", "it was altered"))
        else:
            same += 1
    report.checked.append(
        (
            f"签过名的清单列出{len(files)}个文件，{same}个的摘要一致",
            f"the digests of {same} of the {len(files)} files that the signed manifest "
            "lists agree with it",
        )
    )
    return Listed(hashlib.sha256(content).hexdigest(), lines[1], sealer, files)


_KNOWN = re.compile(
    r"manifest\.txt|verify\.py|index(?:\.en)?\.html"
    r"|(?:assessment|bound|given|withheld)\.json|rules/.*|objects/.*|documents/.*"
    r"|crops/.*"
    r"|log/(?:checkpoint|entries\.jsonl|proofs\.txt|signers|rotations/[0-9]{4})"
    r"|times/[0-9]{4}\.(?:checkpoint|tsr)"
)


def check_names(bundle: Bundle, report: Report) -> None:
    """Name the files that this verifier knows nothing of: nobody compared them."""
    strange = [name for name in sorted(bundle.files) if not _KNOWN.fullmatch(name)]
    if strange:
        names = ", ".join(strange[:MOST_NAMED])
        report.unchecked.append(
            (
                f"{len(strange)}个文件不认识，没有比对（{names}）",
                f"{len(strange)} files are unknown here and were not compared "
                f"({names})",
            )
        )


def compute_rules_digest(files: Mapping[str, str]) -> str:
    """Compute what names a set of rules: a digest over the digests below `rules/`."""
    lines = [
        f"{digest}  {name}\n"
        for name, digest in sorted(files.items())
        if name.startswith("rules/")
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


# Entries of the log: what they say, and what they are about

_HEAD = (
    *("at", "fact", "grade", "observed_at", "received_at"),
    *("type", "valid_until", "what"),
)
_OPAQUE = {"digest", "source", "subject"}
_SAID_BY_A_PAPER = ("observed_at", "valid_until")


def make_head(content: Mapping[str, Any], salts: Mapping[str, bytes]) -> dict[str, Any]:
    """Make the head of an entry of version 2: what it is about, not what it says.

    About whom, by which source and by which bytes stands there opaque. When a paper was
    issued, and until when it holds, is what the paper says.
    """
    source = content.get("source")
    by_paper = isinstance(source, dict) and source.get("kind") in OF_PAPERS
    hidden = _SAID_BY_A_PAPER if by_paper and content.get("value") is not None else ()
    head = {n: content[n] for n in _HEAD if n in content and n not in hidden}
    head["version"] = VERSION
    if "value" in content:
        head["cleared"] = content["value"] is None
    for name, text in find_marked(content).items():
        mark, (kind, colon, _) = make_mark(salts[name], text), text.partition(":")
        opaque = {"id": mark, "type": kind if colon else ""}
        head[name] = mark if name == "digest" else opaque
    return head


def find_marked(content: Mapping[str, Any]) -> dict[str, str]:
    """Find what is opaque in the head of an entry, by name."""
    source = content.get("source")
    source_name = (
        f"{source.get('kind')}:{source.get('name')}"
        if isinstance(source, dict)
        else None
    )
    candidates = {
        "digest": content.get("digest"),
        "source": source_name,
        "subject": content.get("subject"),
    }
    return {name: text for name, text in candidates.items() if isinstance(text, str)}


def make_mark(salt: bytes, text: str) -> str:
    """Make the opaque form of a subject, source or digest."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


def commit(head: Mapping[str, Any], rest: bytes) -> bytes:
    """Make an entry of version 2 in the log: one byte longer than of version 1."""
    return (
        bytes([VERSION])
        + hashlib.sha256(encode_canonical({**head, "rest": rest.hex()})).digest()
    )


class About(NamedTuple):
    """What one entry is about. Of version 2 the log itself says so.

    `whom` and `source` are opaque ids, empty where the version or type has none; `name`
    is the subject where anybody can say who it is. `times` are when it was true and
    when it was received, None where that is hidden.
    """

    number: int
    kind: str
    name: str
    fact: str
    whom: str = ""
    source: str = ""
    by: str = ""
    cleared: bool = False
    times: tuple[str | None, str | None] = (None, None)
    shown: bool = False

    def known_by(self, day: date) -> bool:
        """Tell whether it surely counts on a Beijing day, as everything that lists."""
        if self.fact in STRUCTURAL:
            return True
        return all(
            moment is not None and beijing_day(read_time(moment)) <= day
            for moment in self.times
        )


class Withheld(NamedTuple):
    """What is known of entries that are not shown, or not understood.

    `heads` are of the entries of version 2 among the `numbers`; `opened` the subjects
    by their opaque ids; `about` what each entry is about that matters to a fact, those
    that are shown included; `unknown` numbers by types that are not known.
    """

    numbers: set[int]
    heads: dict[int, Mapping[str, Any]]
    opened: dict[str, str]
    about: list[About]
    unknown: dict[str, Some]

    @property
    def old(self) -> set[int]:
        """The entries of version 1: what they are about is not bound."""
        return self.numbers - self.heads.keys()


class PaperRead(NamedTuple):
    """That a paper was read, and by what; `digest` is of the reading."""

    number: int
    digest: str
    reader: str
    version: str


class Log(NamedTuple):
    """What the log holds."""

    origin: str
    signer: Key
    size: int
    records: list[Record]
    attempts: list[Attempt]
    digests: set[str]
    withheld: Withheld
    made: dict[tuple[str, str], str]
    leaves: list[bytes]
    history: list[Key]
    before: dict[bytes, bytes]
    documents: set[int]
    notes: dict[int, str]  # small bytes that were kept, by the number of their entry
    gaps: list[tuple[int, datetime, str]]  # number, when, kind of source
    readings: dict[str, PaperRead]  # by the digest of the paper


def check_log(bundle: Bundle, expected: str, report: Report) -> Log:
    """Check the checkpoint's signature, and every entry against it."""
    part = "log/checkpoint"
    body, signatures = read_note(bundle.read(part), part)
    lines = body.split("\n")
    if len(lines) < 4 or _SIZE.fullmatch(lines[1]) is None:
        raise DamageError(part, "写法不对", "it is malformed")
    origin, size, root = lines[0], int(lines[1]), _decode_base64(lines[2], part)
    if origin != expected:
        raise DamageError(part, "是另一份日志的", "it is of another log")
    signers = bundle.read("log/signers").decode().splitlines()
    if len(signers) > MOST_SIGNERS:
        raise UnfinishedError(
            "log/signers",
            f"钥匙超过{MOST_SIGNERS}把，不再核验",
            f"it names more than {MOST_SIGNERS} keys",
        )
    history = [read_key(line, "log/signers") for line in signers]
    signer = find_signer(body, signatures, history, part)
    leaves: list[bytes] = []
    before = _read_rotations(bundle)
    log = Log(
        origin=origin,
        signer=signer,
        size=size,
        records=[],
        attempts=[],
        digests=set(),
        withheld=Withheld(set(), {}, {}, [], {}),
        made={},
        leaves=leaves,
        history=history,
        before=before,
        documents=set(),
        notes={},
        gaps=[],
        readings={},
    )
    proofs = read_lines(bundle, "log/proofs.txt")
    for number, line in enumerate(read_lines(bundle, ENTRIES), start=1):
        where = f"{ENTRIES} 证{number:04d}"
        if number > size:
            raise DamageError(
                where, "不在检查点之内", "the checkpoint does not cover it"
            )
        leaf = hash_leaf(_check_entry(line, number, where, log))
        leaves.append(leaf)
        line_of_proof = next(proofs, None)
        proof = [
            _decode_base64(word, "log/proofs.txt")
            for word in _split_words(line_of_proof)
        ]
        if line_of_proof is None or not is_included(
            leaf, number - 1, size, proof, root
        ):
            report.add_damage(
                DamageError(
                    where,
                    "与检查点对不上：被改动、调换或补写",
                    "it does not lead to the checkpoint: altered, swapped or made up",
                )
            )
    if len(leaves) < size:
        raise DamageError(
            ENTRIES,
            f"少了{size - len(leaves)}条",
            f"{size - len(leaves)} entries are missing",
        )
    if next(proofs, None) is not None:
        raise DamageError("log/proofs.txt", "多出一行", "it has a line too many")
    if compute_root(leaves) != root:
        raise DamageError(
            part, "根与全部记录不符", "its root is not that of the entries"
        )
    report.checked.append(
        (
            f"证据日志{size}条，逐条证到签过名的检查点，一条不少",
            f"all {size} entries of the log, each proven against the signed checkpoint",
        )
    )
    return log


def _read_rotations(bundle: Bundle) -> dict[bytes, bytes]:
    """Which key each key took over from: both signed that it did."""
    before: dict[bytes, bytes] = {}
    names = sorted(name for name in bundle.files if name.startswith("log/rotations/"))
    if len(names) > MOST_ROTATIONS:
        raise UnfinishedError(
            "log/rotations",
            f"换钥匙超过{MOST_ROTATIONS}次，不再核验",
            f"keys were changed more than {MOST_ROTATIONS} times",
        )
    for name in names:
        body, signatures = read_note(bundle.read(name), name)
        lines = body[:-1].split("\n")
        if len(lines) != 3 or lines[0] != ROTATION:
            raise DamageError(name, "写法不对", "it is malformed")
        old, new = (read_key(line, name) for line in lines[1:])
        find_signer(body, signatures, [old], name)
        find_signer(body, signatures, [new], name)
        before[new.public] = old.public
    return before


def _split_words(line: bytes | None) -> list[str]:
    return (line or b"").decode("ascii", "replace").split()


def _check_entry(line: bytes, number: int, where: str, log: Log) -> bytes:
    """One entry as the tree has it; what it says is kept in `log`."""
    data = parse_json(line, where)
    try:
        version = _read_version(data)
        if type(data["number"]) is not int or data["number"] != number:
            raise ValueError(number)  # JSON takes true for 1
        if version > VERSION:
            raise UnfinishedError(
                where,
                f"按第{version}版写成，本核验程序只认识到第{VERSION}版，请用更新的",
                f"it is written in version {version}; this verifier knows {VERSION}: "
                "take a newer one",
            )
        if "content" in data:
            return _check_shown_entry(data, line, log)
        parts = set(data) - {"number"}
        if encode_canonical(data) != line:
            raise ValueError(number)
        if version == 1 and parts == {"commitment"}:
            log.withheld.numbers.add(number)
            return _decode_hex(data["commitment"], 32)
        if version != VERSION or parts != {"head", "rest"}:
            raise ValueError(number)
        log.withheld.numbers.add(number)
        log.withheld.heads[number] = _check_head(data["head"])
        return commit(data["head"], _decode_hex(data["rest"], 32))
    except _MALFORMED as error:
        raise DamageError(where, "写法不对", "it is malformed") from error


def _check_shown_entry(data: dict[str, Any], line: bytes, log: Log) -> bytes:
    """An entry that is shown as the tree has it; raises when it is malformed."""
    number, content = data["number"], data.pop("content")
    canonical_content = encode_canonical(content)
    if b'{"content":' + canonical_content + b"," + encode_canonical(data)[1:] != line:
        raise ValueError(number)
    rest_digest = hashlib.sha256(
        _decode_hex(data["salt"], 32) + canonical_content
    ).digest()
    _read_entry(content, number, log)
    if "version" not in data:
        if set(data) != {"number", "salt"}:
            raise ValueError(number)
        if content["type"] == "record":
            log.withheld.about.append(_make_about_of_record(log.records[-1]))
        return rest_digest
    if set(data) != {"number", "salt", "salts", "version"}:
        raise ValueError(number)
    salts = {name: _decode_hex(salt, 16) for name, salt in data["salts"].items()}
    head = make_head(content, salts)
    if set(salts) != set(head) & _OPAQUE:
        raise ValueError(number)
    if "subject" in head:
        log.withheld.opened[head["subject"]["id"]] = content["subject"]
    if head["type"] == "record":
        log.withheld.about.append(_make_about_of_head(head, number, content))
    return commit(head, rest_digest)


def _read_version(data: Mapping[str, Any]) -> int:
    """By which version of the format a line is written."""
    version = data["head"]["version"] if "head" in data else data.get("version", 1)
    if type(version) is not int or version < 1:
        raise ValueError(version)
    return version


_HEADS: dict[str, frozenset[str]] = {
    "record": frozenset(
        {"cleared", "fact", "grade", "received_at", "source", "subject"}
    ),
    "gap": frozenset({"at", "fact", "source", "subject"}),
    "attempt": frozenset({"at", "subject"}),
    "blob": frozenset({"digest"}),
    "made": frozenset({"digest", "what"}),
    "reading": frozenset({"at", "digest"}),
    "confirmation": frozenset({"at", "fact", "subject", "what"}),
}
"""What the head of each known type of entry says at least."""
_RESERVED: dict[str, Said] = {
    "event": ("事件", "what happened"),
    "anchor": ("锚定", "how far other files reach"),
}
"""Types that a later release may record, and what they will be of."""


def _check_head(head: Any) -> Mapping[str, Any]:
    """A head as it may stand in a log; raises when it cannot."""
    kind = _require_text(head["type"])
    needed = _HEADS.get(kind, frozenset())
    allowed = {*_HEAD, "cleared", "digest", "source", "subject", "version"}
    if not needed <= set(head) <= allowed or head["version"] != VERSION:
        raise ValueError(kind)
    for name in ("source", "subject"):
        if name in head:
            if set(head[name]) != {"id", "type"}:
                raise ValueError(kind)
            _decode_hex(head[name]["id"], 32)
            _require_text(head[name]["type"])
    if "digest" in head:
        _decode_hex(head["digest"], 32)
    for name in needed & {"fact", "grade", "what"}:
        _require_text(head[name])
    if needed:  # types that are not known may write them in another way
        for name in head.keys() & {"at", "observed_at", "received_at"}:
            read_time(head[name])
        if head.get("valid_until") is not None:
            read_day(head["valid_until"])
    checked: Mapping[str, Any] = head
    return checked


def _make_about_of_head(
    head: Mapping[str, Any], number: int, content: Mapping[str, Any] | None = None
) -> About:
    """What a head says, of an entry that is shown or not."""
    fact, subject, source = _find_fact(head), head.get("subject"), head.get("source")
    name = (
        "" if content is None else _require_text(content["subject"]).partition(":")[2]
    )
    times = head if content is None else content
    return About(
        number=number,
        kind=subject["type"] if subject else "",
        name=name,
        fact=REACHABLE if head["type"] == "attempt" else fact,
        whom=subject["id"] if subject else "",
        source=source["id"] if source else "",
        by=source["type"] if source else "",
        cleared=head.get("cleared") is True,
        times=(times.get("observed_at"), times.get("received_at")),
        shown=content is not None,
    )


def _find_fact(head: Mapping[str, Any]) -> str:
    fact = head.get("fact")
    return fact if isinstance(fact, str) else ""


def _make_about_of_record(record: Record) -> About:
    """What a record of version 1 is about, which is shown."""
    kind, _, name = record.subject.partition(":")
    return About(
        number=record.number,
        kind=kind,
        name=name,
        fact=record.fact,
        by=record.source[0],
        cleared=record.value is None,
        shown=True,
    )


def _read_entry(content: Mapping[str, Any], number: int, log: Log) -> None:
    """Keep in `log` what an entry says."""
    kind = _require_text(content["type"])
    if kind == "record":
        record = read_record(content, number)
        log.records.append(record)
        if record.digest:
            log.digests.add(record.digest)
    elif kind == "attempt":
        log.attempts.append(read_attempt(content, number))
    elif kind == "blob":
        log.digests.add(_require_text(content["digest"]))
        if content["size"] < MOST_NOTE:
            log.notes[number] = _require_text(content["digest"])
    elif kind == "made":
        kind_and_name = (_require_text(content["what"]), _require_text(content["name"]))
        log.made[kind_and_name] = _require_text(content["digest"])
        if kind_and_name[0] == "document":
            log.documents.add(number)
    elif kind == "gap":
        by = _require_text(content["source"]["kind"])
        log.gaps.append((number, read_time(content["at"]), by))
    elif kind == "reading":
        log.digests.add(_require_text(content["digest"]))
        read_time(content["at"])
        log.readings[_require_text(content["paper"])] = PaperRead(
            number=number,
            digest=_require_text(content["digest"]),
            reader=_require_text(content["reader"]),
            version=_require_text(content["version"]),
        )
    elif kind == "confirmation":
        read_time(content["at"])
    elif kind not in _HEADS:
        log.withheld.unknown.setdefault(kind, Some()).add(number, withheld=False)
        subject, fact = content.get("subject"), content.get("fact")
        if isinstance(subject, str) and isinstance(fact, str):
            whose, _, name = subject.partition(":")
            log.withheld.about.append(About(number, whose, name, fact))


# What is withheld


def check_withheld(bundle: Bundle, log: Log, report: Report) -> None:
    """Check the signed list of what is withheld against what the log says of it."""
    part = "withheld.json"
    withheld_data, withheld = bundle.json(part), log.withheld
    listed = {entry["number"]: entry for entry in withheld_data["entries"]}
    if len(listed) < len(withheld_data["entries"]):
        raise DamageError(part, "同一条列了两次", "an entry is listed twice")
    for number in sorted(withheld.numbers ^ listed.keys()):
        raise DamageError(
            part,
            f"证{number:04d}隐去了却没有列出，或列出了却没有隐去",
            f"no. {number:04d} is withheld and not listed, or listed and not withheld",
        )
    _open_subjects(withheld_data.get("subjects", []), withheld)
    for number, entry in sorted(listed.items()):
        _note_withheld(
            number, (_require_text(entry["subject"]), _require_text(entry["fact"])), log
        )
    absent = {entry["digest"] for entry in withheld_data["absent"]}
    objects = {name[8:] for name in bundle.files if name.startswith("objects/")}
    for digest in sorted(objects ^ (log.digests - absent)):
        if withheld.unknown and digest in objects:
            continue  # an entry that is not understood may name it
        raise DamageError(
            f"objects/{digest}",
            "没有记录提到它，或提到了却没有",
            "no record names it, or one does and it is not there",
        )
    _say_withheld(
        withheld, len({entry["subject"] for entry in withheld_data["papers"]}), report
    )
    _say_unknown(withheld, report)
    if absent:
        report.unchecked.append(
            (
                f"{len(absent)}份原件没有保存，只有摘要",
                f"{len(absent)} originals that were not kept: only their digests are "
                "there",
            )
        )


def _open_subjects(opened: Sequence[Mapping[str, Any]], withheld: Withheld) -> None:
    """Take in whom opaque ids name of which no shown entry says so."""
    part = "withheld.json"
    ids = {
        head["subject"]["id"] for head in withheld.heads.values() if "subject" in head
    }
    for entry in opened:
        subject = _require_text(entry["subject"])
        mark = make_mark(_decode_hex(entry["salt"], 16), subject)
        if mark not in ids or mark in withheld.opened:
            raise DamageError(
                part,
                f"{subject[:40]}不是隐去的记录所关于的",
                f"no withheld entry is about {subject[:40]}",
            )
        withheld.opened[mark] = subject


def _note_withheld(number: int, subject_and_fact: tuple[str, str], log: Log) -> None:
    """Keep what a withheld entry is about; DamageError when the list says otherwise."""
    withheld = log.withheld
    head = withheld.heads.get(number)
    if head is None:  # of version 1, which does not say
        kind, _, name = subject_and_fact[0].partition(":")
        withheld.about.append(About(number, kind, name, subject_and_fact[1]))
        return
    kind, about = head["type"], _make_about_of_head(head, number)
    subject = withheld.opened.get(about.whom, f"{about.kind}:" if about.kind else "")
    name = subject.partition(":")[2]
    if subject_and_fact != (subject, _find_fact(head)):
        raise DamageError(
            "withheld.json",
            f"证{number:04d}关于什么，写的与日志里定下的不同",
            f"what it says no. {number:04d} is about is not what the log has fixed",
        )
    if kind in ("record", "attempt"):  # from nothing else a value comes
        withheld.about.append(about._replace(name=name))
    elif kind == "made" and head["what"] == "document":
        log.documents.add(number)
    elif kind not in _HEADS:
        withheld.unknown.setdefault(kind, Some()).add(number, withheld=True)
        withheld.about.append(About(number, about.kind, name, about.fact))


class Some:
    """Some entries: the first few by number, how many, and whether all are withheld.

    `bound` says that of one of them the log itself says what it is about.
    """

    def __init__(self) -> None:
        self.first: list[int] = []
        self.count = 0
        self.withheld = True
        self.bound = False

    def add(self, number: int, *, withheld: bool, bound: bool = False) -> None:
        """Take in an entry; they come in order."""
        self.bound |= bound
        if len(self.first) < MOST_NAMED:
            self.first.append(number)
        self.count += 1
        self.withheld &= withheld


class Rests(NamedTuple):
    """What a verdict rests on and is not shown, by fact.

    `applies` says that it is open, too, whether the rule applies; `members` that the
    log's own word leaves open of whom there is a verdict.
    """

    facts: Mapping[str, Sequence[Some]]
    applies: bool
    members: bool


LISTED = "listed"
"""Whether a subject is in the case: as if it were a fact that every rule reads."""


class Unseen:
    """The entries that are not shown and on which a fact may rest.

    By kind of subject and fact; of one subject, of one that nobody can name (""), and
    of any.
    """

    def __init__(self, withheld: Withheld) -> None:
        self._withheld = withheld.numbers
        self._named = frozenset(withheld.opened.values())
        self._of: dict[tuple[str, str, str], Some] = {}
        self._of_any: dict[tuple[str, str], Some] = {}

    def add(self, about: About) -> None:
        """Take in an entry, and what follows from its fact."""
        kind = about.kind
        # The applicant is always there: no label of version 1 makes that uncertain.
        listing = about.fact in STRUCTURAL and (about.whom or kind != "applicant")
        whose = f"{kind}:{about.name}" if about.name else ""
        follows = (LICENCE_HELD,) if about.fact in LICENCE_DAYS else ()
        for fact in (about.fact, *follows, *((LISTED,) if listing else ())):
            for some in (
                self._of.setdefault((kind, fact, whose), Some()),
                self._of_any.setdefault((kind, fact), Some()),
            ):
                some.add(
                    about.number,
                    withheld=about.number in self._withheld,
                    bound=about.whom != "",
                )

    def list_for(self, subject: str, fact: str) -> list[Some]:
        """List what may bear on a fact of one subject.

        An entry about nobody knows whom is not about one whose opaque id is known.
        """
        kind = subject.partition(":")[0]
        whose = (subject,) if subject in self._named else (subject, "")
        entries = [self._of.get((kind, fact, some)) for some in whose]
        return [some for some in entries if some is not None]

    def list_for_any(self, kind: str, fact: str) -> list[Some]:
        """List what may bear on a fact of whichever subject of a kind."""
        some = self._of_any.get((kind, fact))
        return [] if some is None else [some]

    def unnamed(self) -> dict[str, Some]:
        """Group by kind what lists or clears somebody whom nobody can name."""
        return {
            kind: some
            for (kind, fact, whose), some in sorted(self._of.items())
            if fact == LISTED and whose == "" and some.bound
        }

    def may_list(self, subject: str) -> bool:
        """Tell whether it is open if a subject is in the case.

        That must be the log's own word, as it is of version 2: else one label could
        hide who is in it.
        """
        return any(some.bound for some in self.list_for(subject, LISTED))

    def rests(
        self,
        criterion: CriterionRule,
        subject: str | None,
        facts: Facts,
    ) -> Rests:
        """List what a verdict rests on and is not shown.

        Who is in the case is counted by every rule that reads of them.
        """
        mine = criterion["subject"]
        reads = [(kind, fact) for kind, fact in criterion["reads"]]
        condition_facts, counted = _list_facts_in(criterion["applies"], mine, facts)
        counts = {*criterion["counts"], *counted}
        kinds = sorted({mine, *counts, *(kind for kind, _ in reads)})
        listed = [(kind, LISTED) for kind in kinds]
        rests: dict[str, list[Some]] = {}
        applies = members = False
        for kind, fact in dict.fromkeys((*reads, *sorted(condition_facts), *listed)):
            if kind != mine or kind in counts:
                unseen_entries = self.list_for_any(kind, fact)
            elif subject is not None:
                unseen_entries = self.list_for(subject, fact)
            else:  # on nobody: none of the kind is listed, or it applies to none
                open_ = (kind, fact) in condition_facts or fact == LISTED
                unseen_entries = self.list_for_any(kind, fact) if open_ else []
            if unseen_entries:
                rests[fact] = [*rests.get(fact, ()), *unseen_entries]
                opens = (kind, fact) in condition_facts or fact == LISTED
                applies |= opens
                members |= opens and any(some.bound for some in unseen_entries)
        return Rests(rests, applies, members)


def _list_facts_in(
    applies: str, mine: str, facts: Facts
) -> tuple[set[tuple[str, str]], set[str]]:
    """The facts that a condition may read, and the kinds of subject that it may count.

    By the words of its text: rather too many than too few.
    """
    text = re.sub("'[^']*'", " ", applies)
    words = set(re.findall(r"(?<![:\w])[a-z][a-z0-9_]*", text))
    counted = words & set(facts)
    kinds = {mine, *counted}
    facts_read = {
        (kind, fact) for kind in kinds for fact in words & set(facts.get(kind, ()))
    }
    return facts_read, counted


class Shown:
    """The earliest values that are shown, to tell what a later entry may withdraw."""

    def __init__(self, order: Iterable[About]) -> None:
        self._first: dict[tuple[str, ...], int] = {}
        for about in order:
            if about.shown and not about.cleared:
                for key in self._keys(about):
                    self._first.setdefault(key, about.number)

    def withdrawn_by(self, about: About) -> bool:
        """Tell whether an entry may withdraw a value that is shown."""
        of_old = (about.kind, about.fact, about.by, about.name)
        keys = [(about.whom, about.fact, about.source), of_old]
        return any(self._first.get(key, about.number) < about.number for key in keys)

    def _keys(self, about: About) -> list[tuple[str, ...]]:
        """Under which it is found: of version 1 the opaque ids are not known."""
        if about.whom:
            return [(about.whom, about.fact, about.source)]
        of_old = (about.kind, about.fact, about.by)
        return [(*of_old, about.name), (*of_old, "")]


def find_unseen(withheld: Withheld, as_of: date) -> Unseen:
    """Find the entries that may bear on a fact, and are not shown.

    What a form, paper or look said before counts no longer when the same source said
    something else that is shown, or withdrew it; and of whoever is listed no longer,
    nothing counts.
    """
    unseen = Unseen(withheld)
    if not withheld.numbers and not withheld.unknown:
        return unseen
    order = sorted(withheld.about, key=lambda about: about.number)
    shown_entries = Shown(order)
    last: dict[tuple[str, str, str], int] = {}
    listing: dict[str, dict[str, bool]] = {}
    for about in order:
        in_order = about.source != "" and about.by in SAID_IN_THE_CASE
        if in_order and (about.shown or about.cleared) and about.known_by(as_of):
            last[about.whom, about.fact, about.source] = about.number
        if about.whom and about.fact in STRUCTURAL:
            has_gone = about.cleared and (
                about.shown or not shown_entries.withdrawn_by(about)
            )
            listing.setdefault(about.whom, {})[about.fact] = has_gone
    departed = {whom for whom, facts in listing.items() if all(facts.values())}
    for about in order:
        if about.shown or not about.fact or about.whom in departed:
            continue
        if about.source and about.by in SAID_IN_THE_CASE:
            later = last.get((about.whom, about.fact, about.source), 0)
            nothing = about.cleared and not shown_entries.withdrawn_by(about)
            if later > about.number or nothing:
                continue
        unseen.add(about)
    return unseen


def _say_withheld(withheld: Withheld, papers: int, report: Report) -> None:
    """What of the log is not shown, and who says what it is about."""
    old, bound = len(withheld.old), len(withheld.heads)
    if withheld.numbers:
        report.unchecked.append(
            (
                f"隐去的{len(withheld.numbers)}条记录和{papers}份材料的内容"
                "（见 withheld.json），只核验了摘要",
                f"what {len(withheld.numbers)} withheld entries and {papers} papers "
                "say (see withheld.json): only their digests were",
            )
        )
    if bound:
        report.checked.append(
            (
                f"{bound}条隐去的记录关于什么，与记录时定下的一致",
                f"what {bound} withheld entries are about, against what "
                "was fixed when they were recorded",
            )
        )
    if old:
        report.unchecked.append(
            (
                f"{old}条隐去的记录按第1版写成，关于什么只是封存者所说："
                "任何一条结论都可能依据它们",
                f"{old} withheld entries are of version 1, and what they are about is "
                "the sealer's word: any verdict may rest on them",
            )
        )


def _say_unknown(withheld: Withheld, report: Report) -> None:
    """Name the types of entry that are not known here, and their numbers."""
    types = sorted(withheld.unknown.items())
    if len(types) > MOST_TYPES:
        remaining = len(types) - MOST_TYPES
        report.unchecked.append(
            (
                f"还有{remaining}种本核验程序不认识的记录",
                f"{remaining} more types of entries that this verifier does not know",
            )
        )
    for kind, some in types[:MOST_TYPES]:
        words = _RESERVED.get(kind)
        many = _name_entries([some])
        report.unchecked.append(
            (
                f"{kind[:40]}类型的{some.count}条记录"
                + ("" if words is None else f"（{words[0]}）")
                + f"：本核验程序不认识这种记录，请用更新的（{many[0]}）",
                f"{some.count} entries of type {kind[:40]}"
                + ("" if words is None else f" ({words[1]})")
                + f": this verifier does not know the type; take a newer one "
                f"({many[1]})",
            )
        )


def _name_entries(entries: Iterable[Some]) -> Said:
    """The numbers of some entries, the first few of many."""
    groups = list(entries)
    count = sum(group.count for group in groups)
    first = sorted({number for group in groups for number in group.first})[:MOST_NAMED]
    zh, en = (
        "、".join(f"证{n:04d}" for n in first),
        ", ".join(f"{n:04d}" for n in first),
    )
    if count <= len(first):
        return zh, f"no. {en}"
    return f"{zh}等{count}条", f"no. {en} and {count - len(first)} more"


# Originals, documents and pages


def check_objects(bundle: Bundle, listed: Listed, log: Log, report: Report) -> None:
    """Check that each original has the digest that is its name; count what has none."""
    count = 0
    for name, digest in listed.files.items():
        if name.startswith("objects/"):
            count += 1
            if name != f"objects/{digest}":
                report.add_damage(
                    DamageError(name, "不是记录时的原件", "it is not what was recorded")
                )
    report.checked.append(
        (
            f"{count}份原件，与记录的摘要一致",
            f"{count} originals, against their digests in the records",
        )
    )
    proving = [
        record
        for record in log.records
        if record.grade > DECLARED
        and record.value is not None
        and record.source[:2] != COMPARED
    ]
    bare = [
        record for record in proving if f"objects/{record.digest}" not in bundle.files
    ]
    if bare:
        report.unchecked.append(
            (
                f"{len(proving)}条材料、实测或核实的记录里，{len(bare)}条的原件不在包里："
                "只是记录者的话",
                f"of {len(proving)} records read in papers, observed or checked with "
                f"issuers, {len(bare)} have no original inside: the recorder’s word",
            )
        )


APART = " … "
"""Between pieces of a quotation that do not stand together."""
PRESENT = "has_"
"""How a fact begins that says that a paper is there; no words of it say so."""


def check_readings(bundle: Bundle, log: Log, report: Report) -> None:
    """Check that what counts as read in a paper stands in the kept reading of it.

    The words of each value, in the reading of the paper with that digest. What was
    typed and nobody read is named; of a bundle of before nothing was read.
    """
    if tell_grades(bundle):
        return
    last: dict[tuple[str, str, str, str], Record] = {}
    is_compared = False
    for record in log.records:
        if record.source[:2] == COMPARED:
            # That nothing was found to differ carries no verdict.
            is_compared = is_compared or record.value is True
        elif record.source[0] in OF_PAPERS:
            last[record.subject, record.fact, *record.source[:2]] = record
    stands = 0
    unread = Some()
    readings: dict[str, ReadWords] = {}
    for record in sorted(last.values(), key=lambda record: record.number):
        is_stated = record.value is not None and not record.fact.startswith(PRESENT)
        if not is_stated or record.grade < TRANSCRIBED:
            continue
        kept_reading = log.readings.get(record.digest)
        if kept_reading is not None and kept_reading.digest not in readings:
            readings[kept_reading.digest] = _read_words(bundle, kept_reading.digest)
        if (
            kept_reading is not None
            and record.grade >= UNDERTAKEN
            and readings[kept_reading.digest].hold(record)
        ):
            stands += 1
        else:
            unread.add(record.number, withheld=False)
    if stands:
        report.checked.append(
            (
                f"{stands}处读自材料的值，原文都在所存的读取结果里（只核对材料上写了什么，"
                "不鉴定真伪）",
                f"{stands} values read in papers, whose words stand in the readings "
                "kept of them (what papers say, not whether they are genuine)",
            )
        )
    if is_compared:
        report.unchecked.append(
            (
                "材料之间对得上对不上，照封存包所写，没有重新比对",
                "whether papers contradict each other is as the bundle says; they were "
                "not compared again",
            )
        )
    if unread.count:
        zh, en = _name_entries([unread])
        report.unchecked.append(
            (
                f"{unread.count}处从材料填写的值没有人在材料里读到，或没有存下原文（{zh}）",
                f"{unread.count} values typed from papers that nobody read there, or "
                f"of which no words were kept ({en})",
            )
        )


class ReadWords(NamedTuple):
    """What a kept reading holds: the words of each page, and the kinds of its marks."""

    pages: list[str]
    marks: set[str]

    def hold(self, record: Record) -> bool:
        """Tell whether all pieces of a quotation are on one page, or a mark is."""
        if MARKS.get(record.fact) in self.marks and record.value is True:
            return True
        pieces = [squeeze(piece) for piece in record.raw.split(APART)]
        return any(all(piece in page for piece in pieces) for page in self.pages)


MARKS = {"sealed": "seal", "signed": "signature"}
"""The mark on a page that says so of a paper, by fact."""


def _read_words(bundle: Bundle, digest: str) -> ReadWords:
    """The words of a kept reading; none where it is withheld."""
    name = f"objects/{digest}"
    if name not in bundle.files:
        return ReadWords([], set())
    try:
        pages = parse_json(bundle.read(name, MOST_READING), name)["pages"]
        return ReadWords(
            pages=[
                squeeze("".join(_require_text(span["text"]) for span in page["spans"]))
                for page in pages
            ],
            marks={
                _require_text(mark["kind"])
                for page in pages
                for mark in page.get("marks", ())
            },
        )
    except _MALFORMED as error:
        raise DamageError(
            name, "读取结果的写法不对", "it is no reading of a paper"
        ) from error


def squeeze(words: str) -> str:
    """Words without blanks, width and case."""
    folded = unicodedata.normalize("NFKC", words).casefold()
    return "".join(folded.split())


def check_made(bundle: Bundle, log: Log, report: Report) -> None:
    """Check what is applied for and the verdicts against the log."""
    given, assessment = bundle.json("given.json"), bundle.json("assessment.json")
    day = _require_text(given["as_of"])
    for finding in assessment["findings"]:
        finding.pop("explanation", None)
    for part, kind, data, (zh, en) in (
        (
            "given.json",
            "given",
            given,
            ("申请事项和哪些清单已列全", "application and closed lists"),
        ),
        ("assessment.json", "assessment", assessment, ("结论", "verdicts")),
    ):
        names = (day, f"{MASKED}{day}")  # the other one as it may be told of persons
        digests = [log.made[kind, n] for n in names if (kind, n) in log.made]
        if not digests:
            report.unchecked.append(
                (
                    f"{part}不在日志里",
                    f"{part} is not in the log: only the sealer's word",
                )
            )
        elif hashlib.sha256(encode_canonical(data)).hexdigest() not in digests:
            report.add_damage(
                DamageError(
                    part, "与日志里记的不一致", "it is not what the log has of it"
                )
            )
        else:
            report.checked.append((f"{zh}，与日志里记的一致", f"{en}, against the log"))


MASKED = "/masked/"
"""Begins what the log calls the masked copy of a document: no file's name does."""
_DOCUMENT = re.compile(r"documents/(?:masked-)?([0-9a-f]{64})(?:\.[a-z0-9]{1,8})?")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


def name_place(name: str, digest: str) -> str:
    """Name the place of a document that the log names, or of its masked copy."""
    suffix = PurePosixPath(name).suffix.lower()
    kind = "masked-" if name.startswith(MASKED) else ""
    ending = suffix if _SUFFIX.fullmatch(suffix) else ""
    return f"documents/{kind}{digest}{ending}"


def check_documents(bundle: Bundle, log: Log, report: Report) -> None:
    """Check each document against its entry in the log, masked copies too."""
    recorded: dict[str, str] = {}  # name by place
    for (kind, name), digest in log.made.items():
        if _HEX.fullmatch(digest) is None:
            words = (f"{cut(name)}没有摘要", f"{cut(name)} has no digest")
            raise DamageError(ENTRIES, *words)
        if kind == "document":
            recorded[name_place(name, digest)] = name
    documents = bundle.json("withheld.json").get("documents", ())
    masked = {
        document["masked"] for document in documents if document["masked"] is not None
    }
    present = {name for name in bundle.files if name.startswith("documents/")}
    unrecorded = [
        masked_name for masked_name in masked & present if masked_name not in recorded
    ]
    mentioned = (recorded.keys() & present) | masked
    for place in sorted(present ^ mentioned):
        raise DamageError(
            place,
            "没有记录提到它，或提到了却没有",
            "no record names it, or one does and it is not there",
        )
    for place in sorted(present):
        match = _DOCUMENT.fullmatch(place)
        hidden = place.startswith("documents/masked-")
        if match is None or hidden != (place in masked):
            raise DamageError(place, "名字不对", "it is wrongly named")
        if bundle.digest(place) != match[1]:
            report.add_damage(
                DamageError(place, "不是记录时的文书", "it is not what was recorded")
            )
    plain = [place for place, name in recorded.items() if not name.startswith(MASKED)]
    missing = len([place for place in plain if place not in present])
    if missing:
        report.unchecked.append(
            (
                f"日志里记的{missing}份文书不在包里",
                f"{missing} documents that the log has are not in the bundle",
            )
        )
    _say_masked(len(masked), len(unrecorded), report)
    if plain:
        matching = len(plain) - missing
        report.checked.append(
            (
                f"{matching}份文书，与日志里记的一致",
                f"{matching} documents, against the log",
            )
        )


def _say_masked(masked: int, unrecorded: int, report: Report) -> None:
    """Say what nobody can check of copies in which something was blacked out."""
    if not masked:
        return
    zh = f"，其中{unrecorded}份日志里没有" if unrecorded else ""
    en = f"; the log does not have {unrecorded} of them" if unrecorded else ""
    report.unchecked.append(
        (
            f"{masked}份文书是遮去后的一份{zh}：遮去以外是否照原样，只是封存者的话",
            f"{masked} documents are masked copies{en}: that nothing else differs from "
            "the document is the sealer's word",
        )
    )


CROPS = "crops/"
"""Where the pictures of places in papers stand that the page shows."""
_CROP = re.compile(r"crops/([0-9a-f]{64})\.jpg")
_JPEG = b"\xff\xd8\xff"


def check_crops(bundle: Bundle, report: Report) -> None:
    """Check that each picture on the page is one, and has the digest that is its name.

    That it shows the paper is the sealer's word, for nothing here draws papers.
    """
    crops = sorted(name for name in bundle.files if name.startswith(CROPS))
    for name in crops:
        match = _CROP.fullmatch(name)
        if match is None or bundle.digest(name) != match[1]:
            raise DamageError(name, "名字不对", "it is wrongly named")
        if not next(iter(bundle.chunks(name)), b"").startswith(_JPEG):
            raise DamageError(name, "不是图片", "it is no picture")
    if crops:
        report.notes.append(
            (
                f"网页上有{len(crops)}张从材料上截下的图：是否照材料截取，只是封存的人的话",
                f"the page shows {len(crops)} pictures cut out of papers: that they "
                "show the papers is the sealer’s word",
            )
        )


_TAG = re.compile(r'</?([a-z][a-z0-9]*)((?: [a-z]+="[^"<>]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_STYLE = re.compile(r"<style>([^<]*)</style>")
_DOING = re.compile(
    r"url\s*\(|@import|image-set|expression|behavior|[\\]", re.IGNORECASE
)
_LINK = re.compile(r"#[a-z0-9-]+|index(?:\.en)?\.html|documents/[\w.-]+")
_PICTURE = re.compile(r"objects/[0-9a-f]{64}|crops/[0-9a-f]{64}\.jpg")
PASSIVE = frozenset(
    re.findall(
        "[a-z0-9]+",
        "a b body br caption code dd div dl dt em figcaption figure h1 h2 h3 h4 head "
        "html i img li main meta ol p pre section small span strong sub sup table "
        "tbody td tfoot th thead time title tr ul",
    )
)
"""Tags that do nothing by themselves."""
HARMLESS = frozenset(
    re.findall(
        "[a-z]+",
        "alt class colspan content datetime height id lang name rowspan title width",
    )
)
"""Attributes that neither run nor fetch anything."""
VALUES = {"href": _LINK, "src": _PICTURE, "charset": re.compile("utf-8")}
"""What others may be."""
START = "<!doctype html>\n"
_STILL = re.compile(
    r".*\.(?:bmp|csv|docx?|gif|jpe?g|json|md|ofd|pdf|png|pptx?|tiff?|txt|webp|wps|xlsx?)"
)
"""Documents that no browser runs when somebody follows a link to them."""


def check_links(bundle: Bundle, report: Report) -> None:
    """Name the documents that the page leads to and that may do something there."""
    acting = [
        name
        for name, stored in sorted(bundle.files.items())
        if name.startswith("documents/") and _STILL.fullmatch(name) is None
        if stored.size > MOST_PAGE or not is_passive(b"".join(bundle.chunks(name)))
    ]
    if acting:
        names = ", ".join(acting[:MOST_NAMED])
        report.unchecked.append(
            (
                f"{len(acting)}份文书在浏览器里可能会自己动（脚本、外链）："
                f"不要打开（{names}）",
                f"{len(acting)} documents may act in a browser (scripts, links out): "
                f"do not open them ({names})",
            )
        )


def check_page(bundle: Bundle, report: Report) -> None:
    """Refuse a page that could do something by itself or that leads out of the bundle.

    Sealing writes `<` only where a tag of a few kinds begins, so that no browser can
    read the page otherwise than it is read here.
    """
    for name in ("index.html", "index.en.html"):
        if name not in bundle.files:
            continue
        if bundle.files[name].size > MOST_PAGE:
            report.unchecked.append(
                (
                    f"{name}太大，没有查过里面有没有脚本：不要打开",
                    f"{name} is too large to be searched for a script: do not open it",
                )
            )
            continue
        content = b"".join(bundle.chunks(name))
        if not is_passive(content):
            report.add_damage(
                DamageError(
                    name,
                    "里面有脚本、外链或别的会动的内容，封存时从不这样写：不要打开",
                    "it holds a script, a link out or something else that acts, which "
                    "sealing never writes: do not open it",
                )
            )


def is_passive(content: bytes) -> bool:
    """Tell whether a page only shows what stands in it."""
    try:
        page = content.decode()
    except UnicodeDecodeError:
        return False
    style = _STYLE.search(page)
    if not page.startswith(START) or (style and _DOING.search(style[1])):
        return False
    markup = (
        page[len(START) :].replace(style[0], "", 1) if style else page[len(START) :]
    )
    passed: set[str] = set()  # most tags of a page are one another's likes
    at = markup.find("<")
    while at >= 0:
        tag = _TAG.match(markup, at)
        if tag is None or not (tag[0] in passed or _is_harmless(tag)):
            return False
        passed.add(tag[0])
        at = markup.find("<", tag.end())
    return True


def _is_harmless(tag: re.Match[str]) -> bool:
    for attribute, value in _ATTRIBUTE.findall(tag[2]):
        allowed = VALUES.get(attribute)
        if allowed is None and attribute in HARMLESS:
            continue
        if allowed is None or allowed.fullmatch(value) is None:
            return False
    return tag[1] in PASSIVE


def compute_bound_digest(rules: str, origin: str, leaves: Sequence[bytes]) -> str:
    """Compute what an undertaking binds: the rules, and the log up to the documents."""
    root = base64.b64encode(compute_root(leaves)).decode()
    text = f"changqing bound 1\n{rules}\n{origin}\n{len(leaves)}\n{root}\n"
    return hashlib.sha256(text.encode()).hexdigest()


def check_bound(bundle: Bundle, log: Log, listed: Listed, report: Report) -> None:
    """Check the digest that stands on the undertaking by computing it again."""
    part = "bound.json"
    bound = bundle.json(part)
    size = bound["size"]
    if type(size) is not int or not 0 < size <= log.size:
        raise ValueError(size)
    after = set(range(size + 1, log.size + 1)) - log.documents
    unbound = after - log.withheld.old
    digest = compute_bound_digest(
        compute_rules_digest(listed.files), log.origin, log.leaves[:size]
    )
    if unbound or digest != bound["digest"]:
        raise DamageError(part, "与记录和规则不符", "it is not that of log and rules")
    report.checked.append(
        (
            f"承诺书上应印的摘要{digest}",
            f"the digest to find on the undertaking: {digest}",
        )
    )


# Tokens of time (RFC 3161), as far as the standard library reads them

_INTEGER, _OCTETS, _OBJECT, _MOMENT = 0x02, 0x04, 0x06, 0x18
_SEQUENCE, _SET, _INSIDE = 0x30, 0x31, 0xA0
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_TIME_TOLD = bytes.fromhex("2a864886f70d0109100104")


_SHA256 = bytes.fromhex("608648016503040201")


_GENERAL_TIME = re.compile(rb"([0-9]{14})(?:\.[0-9]+)?Z")


def _split_der(data: bytes, *tags: int) -> list[bytes]:
    """What is in the first elements of DER, which have these tags; else ValueError."""
    contents: list[bytes] = []
    at = 0
    for tag in tags:
        if len(data) < at + 2 or data[at] != tag:
            raise ValueError(tag)
        length, at = data[at + 1], at + 2
        if length >= 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
        if length > len(data) - at:
            raise ValueError(tag)
        contents.append(data[at : at + length])
        at += length
    return contents


def read_token_time(token: bytes, note: bytes) -> datetime | None:
    """Read the time that a token says of a note; None where it is no such token.

    Each field is looked for where RFC 3161 has it, so that nothing beside it can be
    taken for it. Who signed is for `changqing verify` to judge.
    """
    try:
        (response,) = _split_der(token, _SEQUENCE)
        status, content = _split_der(response, _SEQUENCE, _SEQUENCE)
        (granted,) = _split_der(status, _INTEGER)
        kind, wrapped = _split_der(content, _OBJECT, _INSIDE)
        (signed,) = _split_der(wrapped, _SEQUENCE)
        imprint = _split_der(signed, _INTEGER, _SET, _SEQUENCE)[2]
        method_asked, wrapped = _split_der(imprint, _OBJECT, _INSIDE)
        (octets,) = _split_der(wrapped, _OCTETS)
        (info,) = _split_der(octets, _SEQUENCE)
        fields = _split_der(info, _INTEGER, _OBJECT, _SEQUENCE, _INTEGER, _MOMENT)
        algorithm, digest = _split_der(fields[2], _SEQUENCE, _OCTETS)
        (method,) = _split_der(algorithm, _OBJECT)
        moment = _GENERAL_TIME.fullmatch(fields[4])
        values = (granted in (b"\0", b"\1"), kind, method_asked, method, digest)
        mine = (True, _SIGNED_DATA, _TIME_TOLD, _SHA256, hashlib.sha256(note).digest())
        if values != mine or moment is None:
            return None
        at = datetime.strptime(moment[1].decode(), "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        return None
    return at.replace(tzinfo=timezone.utc)  # noqa: UP017


Witness = Callable[[bytes, bytes], "tuple[Said, bool]"]
"""Says of a checkpoint and its token who vouches for when, and whether we know them."""


class Stamp(NamedTuple):
    """A time token: how many entries it covers, and the time that it says.

    `vouched` when an authority that is known signed it.
    """

    name: str
    size: int
    at: datetime
    vouched: bool


def check_times(
    bundle: Bundle, log: Log, report: Report, witness: Witness | None
) -> list[Stamp]:
    """Check each time token: it is of this log, and what its authority says."""
    names = sorted(name for name in bundle.files if name.startswith("times/"))
    if len(names) > 2 * MOST_TOKENS:
        raise UnfinishedError(
            "times",
            f"时间戳超过{MOST_TOKENS}份，不再核验",
            f"there are more than {MOST_TOKENS} time tokens",
        )
    sizes: dict[str, int] = {}
    claimed: dict[str, bytes] = {}
    for name in names:
        if name.endswith(".tsr"):
            sizes[name], claimed[name] = _find_stamped_root(bundle, name, log)
        elif f"{name.rpartition('.')[0]}.tsr" not in bundle.files:
            raise DamageError(name, "没有对应的时间戳", "it has no time token")
    roots = compute_roots(log.leaves, sizes.values())
    stamps: list[Stamp] = []
    for name, size in sizes.items():
        if roots.get(size) != claimed[name]:
            raise DamageError(name, *_OF_ANOTHER_LOG)
        note, token = bundle.read(f"{name[:-4]}.checkpoint"), bundle.read(name)
        if b"\x04\x20" + hashlib.sha256(note).digest() not in token:
            raise DamageError(name, "不是这个检查点的", "it is of another checkpoint")
        is_vouched = _check_token(name, note, token, size, report, witness)
        at = read_token_time(token, note)
        if at is not None:
            stamps.append(Stamp(name, size, at, is_vouched))
    covered = max((stamp.size for stamp in stamps), default=0)
    if covered == 0:
        report.notes.append(NO_WITNESS)
    elif covered < log.size:
        later = log.size - covered
        report.notes.append(
            (
                f"最后{later}条在时间戳之后，没有外来的时间见证",
                f"the last {later} entries came after the time token: no outside "
                "witness of their time",
            )
        )
    return stamps


_OF_ANOTHER_LOG: Said = (
    "是另一份日志的：日志在取得它之后重做过",
    "it is of another log: this one was made again after it",
)


def _find_stamped_root(bundle: Bundle, name: str, log: Log) -> tuple[int, bytes]:
    """How many entries the checkpoint of a token covers, and the root it says."""
    part = f"{name[:-4]}.checkpoint"
    body, signatures = read_note(bundle.read(part), part)
    lines = body.split("\n")
    if len(lines) < 4 or _SIZE.fullmatch(lines[1]) is None:
        raise DamageError(part, "写法不对", "it is malformed")
    find_signer(body, signatures, log.history, part)
    if lines[0] != log.origin:
        raise DamageError(name, *_OF_ANOTHER_LOG)
    return int(lines[1]), _decode_base64(lines[2], part)


def _check_token(
    name: str,
    note: bytes,
    token: bytes,
    size: int,
    report: Report,
    witness: Witness | None,
) -> bool:
    """Say who vouches for the time of a token; whether it is an authority we know."""
    if read_token_time(token, note) is None:
        report.unchecked.append(
            (
                f"{name}读不出是时间戳（RFC 3161），不算时间的见证",
                f"{name} cannot be read as a time token (RFC 3161): it witnesses "
                "nothing",
            )
        )
    if witness is None:
        report.unchecked.append(
            (
                f"时间戳{name}：只用标准库验不了签发机构的签名，用changqing verify核验",
                f"time token {name}: the standard library alone cannot check the "
                "authority's signature; changqing verify does",
            )
        )
        return False
    words, known = witness(note, token)
    (report.checked if known else report.unchecked).append(
        (f"{words[0]}（前{size}条）", f"{words[1]} (the first {size} entries)")
    )
    return known


# The order of times


class Moment(NamedTuple):
    """When an entry says that it was recorded.

    `measured` by the clock of the program; else somebody wrote on which day it came.
    """

    number: int
    at: datetime
    measured: bool
    proves: bool


SLACK = timedelta(minutes=10)
"""What clocks may differ by."""
LOOK = timedelta(hours=1)
"""What a look may take: it is recorded at its end, with the time of each page."""


def list_moments(log: Log) -> list[Moment]:
    """List when each entry was recorded, in the order of the log."""
    moments: list[Moment | None] = [
        Moment(
            record.number,
            record.received_at,
            record.source[0] not in SAID_IN_THE_CASE,
            record.value is not None and record.grade > DECLARED,
        )
        for record in log.records
    ]
    moments += [Moment(record.number, record.at, True, True) for record in log.attempts]  # noqa: FBT003
    moments += [
        Moment(number, at, kind not in SAID_IN_THE_CASE, False)  # noqa: FBT003
        for number, at, kind in log.gaps
    ]
    moments += [
        _make_moment(number, head) for number, head in log.withheld.heads.items()
    ]
    return sorted(record for record in moments if record is not None)


def _make_moment(number: int, head: Mapping[str, Any]) -> Moment | None:
    """When an entry was recorded that is withheld: its head says so."""
    at = head.get("received_at", head.get("at"))
    if at is None or head["type"] not in _HEADS:
        return None
    measured = "source" not in head or head["source"]["type"] not in SAID_IN_THE_CASE
    strong = GRADES.get(head.get("grade", ""), 0) > DECLARED
    return Moment(number, read_time(at), measured, strong and not head.get("cleared"))


def check_order(log: Log, stamps: Sequence[Stamp], report: Report) -> None:
    """Times rise with the log, and agree with the tokens that cover a part of it.

    What the program measured cannot lie on the wrong side of a token. The day on which
    a paper came is the word of who wrote it: of it is said what no token vouches for.
    """
    moments = list_moments(log)
    ordered = sorted(stamps, key=lambda stamp: stamp.size)
    place = 0
    after: Stamp | None = None
    covering = _find_earliest_from(ordered)
    typed: list[int] = []
    for moment in moments:
        while place < len(ordered) and ordered[place].size < moment.number:
            if after is None or ordered[place].at > after.at:
                after = ordered[place]
            place += 1
        before = covering[place] if place < len(ordered) else None
        if before is not None and moment.at > before.at + SLACK:
            report.add_damage(_describe_younger(moment, before))
        if after is None:
            continue
        if moment.measured:
            if moment.at < after.at - LOOK:
                report.add_damage(_describe_older(moment, after))
        elif moment.proves and beijing_day(moment.at) < beijing_day(after.at):
            typed.append(moment.number)
    if typed:
        report.unchecked.append(
            (
                f"{len(typed)}条记录（证{typed[0]:04d}起）写的收到日期早于日志里在先的"
                "时间戳，那时日志里还没有它们：日期只是写的人的话",
                f"{len(typed)} records (from no. {typed[0]:04d} on) give a day of "
                "receipt before a time token that the log had earlier, and were not in "
                "it then: the day is the word of who wrote it",
            )
        )
    _check_rising(moments, report)


def _find_earliest_from(ordered: Sequence[Stamp]) -> list[Stamp]:
    """For each token, the one that says the earliest time of it and those after it."""
    earliest: list[Stamp] = []
    for stamp in reversed(ordered):
        earliest.append(min([stamp, *earliest[-1:]], key=lambda stamp: stamp.at))
    return earliest[::-1]


def _describe_younger(moment: Moment, stamp: Stamp) -> DamageError:
    return DamageError(
        f"{ENTRIES} 证{moment.number:04d}",
        f"自称记于{_write_to_second(moment.at)}，时间戳{stamp.name}却在"
        f"{_write_to_second(stamp.at)}已盖住它",
        f"it says that it was recorded on {_write_to_second(moment.at)}, but the time "
        "token "
        f"{stamp.name} of {_write_to_second(stamp.at)} covers it already",
    )


def _describe_older(moment: Moment, stamp: Stamp) -> DamageError:
    return DamageError(
        f"{ENTRIES} 证{moment.number:04d}",
        f"自称记于{_write_to_second(moment.at)}，但时间戳{stamp.name}在"
        f"{_write_to_second(stamp.at)}签发时日志里还没有它",
        f"it says that it was recorded on {_write_to_second(moment.at)}, but was not "
        "yet in "
        f"the log that the time token {stamp.name} of {_write_to_second(stamp.at)} "
        "covers",
    )


def _check_rising(moments: Iterable[Moment], report: Report) -> None:
    """Say where the program's own clock went back: somebody may have set it right."""
    latest: Moment | None = None
    first: tuple[Moment, Moment] | None = None
    fallen = 0
    for moment in moments:
        if not moment.measured:
            continue
        if latest is not None and moment.at < latest.at - LOOK:
            first = first or (moment, latest)
            fallen += 1
        if latest is None or moment.at > latest.at:
            latest = moment
    if first is not None:
        low, high = first
        report.unchecked.append(
            (
                f"{fallen}条记录的时间倒退：证{low.number:04d}记于{_write_to_second(low.at)}，"
                f"在它之前的证{high.number:04d}却已是{_write_to_second(high.at)}；"
                "时钟拨回过，或时间是编的",
                f"the times of {fallen} entries go back: no. {low.number:04d} says "
                f"{_write_to_second(low.at)}, no. {high.number:04d} before it "
                f"{_write_to_second(high.at)}; a clock was set back, or they are made "
                "up",
            )
        )


# Whose case


class Given(NamedTuple):
    """What the sealer says of the application and of whom the case consists."""

    name: str
    credit_code: str | None
    as_of: date
    application: AppliedFor
    values: Mapping[str, Value]
    subjects: Sequence[str]
    open_lists: Mapping[str, Sequence[str]]
    derived: Sequence[Record]  # from observations over time and a model


def read_given(bundle: Bundle) -> Given:
    """Read `given.json`; raises when it is not that."""
    given_data = bundle.json("given.json")
    as_of, application = read_day(given_data["as_of"]), given_data["application"]
    code = given_data["case"].get("credit_code")
    names = ("licence", "scope", "region", "stage")
    return Given(
        name=_require_text(given_data["case"]["name"]),
        credit_code=None if code is None else _require_text(code),
        as_of=as_of,
        application=application,
        values={
            **{name: _require_text(application[name]) for name in names},
            "submit_on": read_day(application["submit_on"]),
            "as_of": as_of,
            "report_year": as_of.year - 1,
        },
        subjects=[_require_text(item["id"]) for item in given_data["subjects"]],
        open_lists={
            stance: [_require_text(name) for name in given_data["open"][stance]]
            for stance in STANCES
        },
        derived=[read_record(item, 0) for item in given_data.get("derived", ())],
    )


def check_case(given: Given, log: Log, unseen: Unseen, report: Report) -> list[Said]:
    """Whose case it is, against what the log has of the applicant; gives the doubts.

    Sealing records the name as the case declares it, unless it hides a part of it: one
    that differs from all that were ever declared is damage.
    """
    doubts: list[Said] = []
    for fact, name_stated, label in (
        ("name", given.name, ("名称", "name")),
        ("credit_code", given.credit_code, ("信用代码", "credit code")),
    ):
        if name_stated is not None:
            records = [
                record
                for record in log.records
                if (record.subject, record.fact) == (APPLICANT, fact)
            ]
            hidden = bool(unseen.list_for(APPLICANT, fact))
            _check_declared(records, name_stated, label, hidden=hidden)
            doubts += _list_doubts(records, name_stated, label, given.as_of)
    report.unchecked += doubts
    return doubts


def _check_declared(
    records: Sequence[Record], name_stated: str, label: Said, *, hidden: bool
) -> None:
    declared = [record for record in records if record.source[0] == "form"]
    if not declared or declared[-1].value is None or hidden:
        return
    if not any(_is_called(record, name_stated) for record in declared):
        last = cut(declared[-1].value)
        raise DamageError(
            "given.json",
            f"{label[0]}写的是“{cut(name_stated)}”，日志里记的却是“{last}”",
            f"it gives the {label[1]} “{cut(name_stated)}”, the log has “{last}”",
        )


def _list_doubts(
    records: Sequence[Record], name_stated: str, label: Said, as_of: date
) -> Iterator[Said]:
    """What is said of a name that no record has, or that papers do not have."""
    proven = _find_newest_paper(records, as_of)
    if proven is not None and not _is_called(proven, name_stated):
        yield (
            f"项目的{label[0]}与材料不同：材料里是“{cut(proven.value)}”",
            f"the {label[1]} of the case differs: papers have “{cut(proven.value)}”",
        )
    elif not any(_is_called(record, name_stated) for record in records):
        yield (
            f"项目的{label[0]}只是封存者的话：日志里看不到",
            f"the {label[1]} of the case is the sealer’s word: the log does not show "
            "it",
        )


def _find_newest_paper(records: Sequence[Record], as_of: date) -> Record | None:
    """What a paper or a look said last, of what was known by a day."""
    known_records = [
        record
        for record in records
        if record.grade > DECLARED
        and record.value is not None
        and find_first_day(record) <= as_of
    ]
    return max(
        known_records, key=lambda record: (record.seen, record.number), default=None
    )


def _is_called(record: Record, name: str) -> bool:
    """Whether a record says this name, whatever its width, spaces and brackets."""
    spellings = {
        _strip_name(spelling) for spelling in (record.value, record.raw) if spelling
    }
    return record.value is not None and _strip_name(name) in spellings


def _strip_name(text: Value) -> str:
    plain = unicodedata.normalize("NFKC", str(text)).casefold()
    return "".join(character for character in plain if character.isalnum()) or plain


# The verdicts, computed again


class Judged(NamedTuple):
    """What the rules say of the log, computed here."""

    findings: dict[tuple[str, str | None], tuple[str, bool | None, bool | None]]
    criteria: Mapping[str, CriterionRule]
    facts: Facts
    stage: object
    unseen: Unseen

    def rests(self, criterion: str, subject: str | None) -> Rests:
        """List what a verdict rests on and is not shown."""
        rule = self.criteria.get(criterion)
        if rule is None:
            return Rests({}, applies=False, members=False)
        return self.unseen.rests(rule, subject, self.facts)


def judge(bundle: Bundle, given: Given, log: Log, report: Report) -> Judged:
    """Rebuild both rows from the records, and run the rules over them."""
    as_of, subjects = given.as_of, given.subjects
    facts, layout = bundle.json("rules/facts.json"), bundle.json("rules/layout.json")
    criteria = bundle.json("rules/criteria.json")
    queries = {
        subject: bundle.read(f"rules/{_require_word(subject)}.sql").decode()
        for subject, table in layout["tables"].items()
        if table["rules"]
    }
    unseen = find_unseen(log.withheld, as_of)
    _check_members(subjects, log.records, unseen)
    derived = [
        derive_reachability(log.attempts, subject, facts, as_of)
        for subject in subjects
        if subject.startswith("service:")
    ]
    records = [*log.records, *(record for record in derived if record is not None)]
    resolved = add_licence_held(resolve(records, facts, as_of), facts, as_of)
    rows = add_derived(resolved, given, facts)
    _say_derived(given, criteria, facts, report)
    parameters = bundle.json("rules/parameters.json")
    bound = choose_parameters(parameters, given.application, as_of)
    engine = Engine(layout, facts, queries)
    try:
        nothing = engine.evaluate(
            {subject: {"proven": [("any", {}, {})]} for subject in layout["tables"]},
            dict.fromkeys(STANCES, layout["lists"]),
            given.values,
        )
        truths = engine.evaluate(
            _collect_members(subjects, rows),
            given.open_lists,
            {**bound, **given.values},
        )
    finally:
        engine.close()
    findings: dict[tuple[str, str | None], tuple[str, bool | None, bool | None]] = {}
    for name, criterion in criteria.items():
        if covers(criterion["in_force"], as_of):
            for subject, *verdict in _compute_verdicts(
                name, criterion["subject"], subjects, truths, nothing
            ):
                findings[name, subject] = (verdict[0], verdict[1], verdict[2])
    report.checked.append(
        (
            f"自述与证实两行，由{len(records)}条记录重建（{len(rows)}项事实）",
            f"both rows, rebuilt from {len(records)} records ({len(rows)} facts)",
        )
    )
    return Judged(findings, criteria, facts, given.values["stage"], unseen)


def _say_derived(
    given: Given,
    criteria: Mapping[str, CriterionRule],
    facts: Facts,
    report: Report,
) -> None:
    """What was taken as derived: a note, unless a criterion that decides reads it.

    A duty or practice without weight changes neither sentence before a licence.
    """
    derived = {(item.subject.partition(":")[0], item.fact) for item in given.derived}
    if not derived:
        return
    labels = sorted(
        _name_code(facts.get(kind, {}).get(fact, {}).get("label"), [fact], [fact])
        for kind, fact in derived
    )
    licensed = is_licensed(given.values["stage"])
    reads = {
        (kind, fact)
        for item in criteria.values()
        if item["long_term"] is not None
        or item["standing"] in ("condition", "published")
        or licensed
        for kind, fact in item["reads"]
    }
    note = (
        f"推算的事实照封存包所写，没有重算：{'、'.join(zh for zh, _ in labels)}",
        "derived facts are as the bundle has them, not recomputed: "
        + ", ".join(en for _, en in labels),
    )
    (report.unchecked if reads & derived else report.notes).append(note)


def _check_members(
    subjects: Sequence[str], records: Iterable[Record], unseen: Unseen
) -> None:
    """Who is in the case: the applicant, and whom the log lists and has not cleared.

    Whoever it lists or clears in an entry that is withheld may be there or not.
    """
    last: dict[str, Record] = {}
    for record in records:
        if record.fact in STRUCTURAL:
            last[record.subject] = record
    listed = {name for name, record in last.items() if record.value is not None}
    for name in sorted((listed | {APPLICANT}) ^ set(subjects)):
        if not unseen.may_list(name):
            raise DamageError(
                f"given.json {name}",
                "与日志所列的人和物不符",
                "it is not whom and what the log lists",
            )


def _collect_members(
    subjects: Sequence[str], rows: Rows
) -> dict[str, dict[str, Sequence[Member]]]:
    of: dict[str, list[tuple[str, Resolved]]] = {subject: [] for subject in subjects}
    for (subject, fact), resolved in rows.items():
        if subject in of:
            of[subject].append((fact, resolved))
    members: dict[str, dict[str, Sequence[Member]]] = {}
    for subject, resolved_facts in of.items():
        kind, _, name = subject.partition(":")
        both = members.setdefault(kind, {stance: [] for stance in STANCES})
        claimed = (
            name,
            {fact: resolved.claimed for fact, resolved in resolved_facts},
            {fact: resolved.agree_claimed for fact, resolved in resolved_facts},
        )
        proven = (
            name,
            {fact: resolved.proven for fact, resolved in resolved_facts},
            {fact: resolved.agree_proven for fact, resolved in resolved_facts},
        )
        both["claimed"] = [*both["claimed"], claimed]
        both["proven"] = [*both["proven"], proven]
    return members


def _compute_verdicts(
    criterion: str,
    kind: str,
    subjects: Sequence[str],
    truths: Truths,
    nothing: Truths,
) -> Iterator[tuple[Any, ...]]:
    """Each subject of a criterion: verdict, claimed truth, proven truth."""
    applies = f"applies:{criterion}"
    mine = [subject for subject in subjects if subject.startswith(f"{kind}:")]
    if nothing.get((applies, "any", "proven")) is False:
        yield None, "not_applicable", None, None
        return
    if not mine:
        yield None, "undetermined", None, None
        return
    ids = {subject: subject.partition(":")[2] for subject in mine}
    applicable = [
        e for e in mine if truths.get((applies, ids[e], "proven")) is not False
    ]
    if not applicable:
        only = mine[0] if len(mine) == 1 else None
        yield only, "not_applicable", None, None
    for subject in applicable:
        claimed = truths.get((criterion, ids[subject], "claimed"))
        proven = truths.get((criterion, ids[subject], "proven"))
        yield subject, decide_verdict(claimed, proven), claimed, proven


class Counted(NamedTuple):
    """How many verdicts were recomputed, how many rest on the sealer's word.

    `says` are the two sentences, and how often each verdict was reached.
    """

    compared: int
    blind: int
    says: Sequence[Said]


def check_verdicts(bundle: Bundle, judged: Judged, report: Report) -> Counted:
    """Check each verdict of the assessment, and its two sentences, against our own."""
    part = "assessment.json"
    assessment = bundle.json(part)
    stated_verdicts: dict[tuple[str, str | None], tuple[Any, ...]] = {}
    for finding in assessment["findings"]:
        key = (finding["criterion"], finding["subject"])
        if key in stated_verdicts:
            raise DamageError(
                part, f"{_write_key(key)}有两条", f"{_write_key(key)} is doubled"
            )
        stated_verdicts[key] = (
            finding["verdict"],
            finding["claimed"],
            finding["proven"],
        )
    compared, blind = 0, 0
    blind_on: dict[str, list[tuple[str | None, Rests]]] = {}
    for key in sorted(stated_verdicts.keys() | judged.findings.keys(), key=_write_key):
        here, there = judged.findings.get(key), stated_verdicts.get(key)
        rests = judged.rests(*key)
        if (here is None or there is None) and not rests.members:
            report.add_damage(
                DamageError(
                    f"{part} {_write_key(key)}",
                    "多出或缺少这一条结论",
                    "this verdict is one too many, or missing",
                )
            )
            continue
        applied = here is not None and here[0] != "not_applicable"
        if rests.applies or (rests.facts and applied):
            blind += 1
            blind_on.setdefault(key[0], []).append((key[1], rests))
            same = there is None or _hangs_together(there, rests)
        else:
            compared += 1
            same = here == there
        if not same:
            says, gives = (
                "" if finding is None else finding[0] for finding in (there, here)
            )
            report.add_damage(
                DamageError(
                    f"{part} {_write_key(key)}",
                    f"封存包写{says}，重算得{gives}",
                    f"the bundle says {says}, recomputing gives {gives}",
                )
            )
    sentences = _check_sentences(assessment, judged, blind, report)
    report.checked.append(
        (
            f"{compared}条结论重新计算，逐条比对；两句总评由各条结论得出",
            f"{compared} verdicts, recomputed and compared; the two sentences follow "
            "from the verdicts",
        )
    )
    if blind:
        report.unchecked.append(
            (
                f"{blind}条结论依据没有展示的内容，没有重算，照封存者所写，逐条列在下面",
                f"{blind} verdicts rest on what is withheld and were not recomputed: "
                "they are as the sealer says, and each is named below",
            )
        )
    for criterion, verdicts in sorted(blind_on.items()):
        report.unchecked.append(_say_blind(criterion, verdicts, judged))
    for kind, some in judged.unseen.unnamed().items():
        many = _name_entries([some])
        report.unchecked.append(
            (
                f"隐去的记录还列了谁（{kind}）看不出来，关于它的结论不在这里（{many[0]}）",
                f"withheld entries list or clear somebody ({kind}) whom nobody can "
                f"name: no verdict about them is here ({many[1]})",
            )
        )
    return Counted(compared, blind, sentences)


def _say_blind(
    criterion: str, verdicts: Sequence[tuple[str | None, Rests]], judged: Judged
) -> Said:
    """Which verdicts on a criterion were not recomputed, and what they rest on."""
    whom = [subject for subject, _ in verdicts if subject is not None]
    rests: dict[str, dict[int, Some]] = {}
    for _, rests_of_subject in verdicts:
        for fact, entries in rests_of_subject.facts.items():
            rests.setdefault(fact, {}).update((id(entry), entry) for entry in entries)
    rule = judged.criteria.get(criterion, {})
    zh, en = _name_code(rule.get("title"), [criterion], [criterion])
    labelled = [
        _name_code(
            _find_label(fact, rule, judged.facts), [fact, many[0]], [fact, many[1]]
        )
        for fact, entries in sorted(rests.items())
        for many in [_name_entries(entries.values())]
    ]
    withheld = all(entry.withheld for e in rests.values() for entry in e.values())
    why = (
        ("隐去的", "withheld")
        if withheld
        else ("隐去的或不认识的", "withheld or unknown")
    )
    return (
        f"{'、'.join([zh, *whom])}：没有重算，依据{why[0]}"
        + "、".join(entry[0] for entry in labelled),
        f"{', '.join([en, *whom])}: not recomputed, rests on {why[1]} "
        + ", ".join(entry[1] for entry in labelled),
    )


def _find_label(fact: str, criterion: CriterionRule, facts: Facts) -> Any:
    """What the rules call a fact: of several, that which the criterion reads."""
    if fact == LISTED:
        return {"zh": "是否在项目里", "en": "who is in the case"}
    kinds = [
        kind for kind, fact_read in criterion.get("reads", ()) if fact_read == fact
    ]
    for kind in (*kinds, *facts):
        if fact in facts.get(kind, {}):
            return facts[kind][fact].get("label")
    return None


def _name_code(text: Any, zh: Sequence[str], en: Sequence[str]) -> Said:
    """What the rules call something, with its code and what follows in brackets."""
    if text is None:
        names, zh, en = (zh[0], en[0]), zh[1:], en[1:]
    else:
        names = (_quote_title(text["zh"]), _quote_title(text["en"]))
    return (
        names[0] + (f"（{'，'.join(zh)}）" if zh else ""),
        names[1] + (f" ({', '.join(en)})" if en else ""),
    )


def _quote_title(title: object) -> str:
    return f"“{cut(_require_text(title), MOST_TITLE)}”"


def _hangs_together(stated_verdict: tuple[Any, ...], rests: Rests) -> bool:
    """Whether a verdict that cannot be computed follows from its own two truths."""
    verdict, claimed, proven = stated_verdict
    if rests.applies and verdict == "not_applicable":
        return claimed is None and proven is None
    return bool(verdict == decide_verdict(claimed, proven))


def _write_key(key: tuple[str, str | None]) -> str:
    return key[0] if key[1] is None else f"{key[0]} {key[1]}"


def _check_sentences(
    assessment: Mapping[str, Any], judged: Judged, blind: int, report: Report
) -> Sequence[Said]:
    """The two sentences against the verdicts; gives them in words, and a tally."""
    stage, criteria = judged.stage, judged.criteria
    # Bundles made before duties had a sentence of their own tell readiness throughout.
    licensed = is_licensed(stage) and "compliance" in assessment
    first, state, route = decide_sentences(
        assessment["findings"], criteria, licensed=licensed
    )
    if (first, state, route) != (
        assessment["compliance" if licensed else "readiness"],
        assessment["long_term"]["state"],
        assessment["long_term"]["route"],
    ):
        report.add_damage(
            DamageError(
                "assessment.json",
                f"总评与各条结论不符（应为{first}、{state}）",
                f"its sentences do not follow from its verdicts ({first}, {state})",
            )
        )
    count: dict[str, int] = {}
    for finding in assessment["findings"]:
        count[finding["verdict"]] = count.get(finding["verdict"], 0) + 1
    tally = sorted(count.items())
    whose = ("照封存者所写，", "as the sealer says, ") if blind else ("", "")
    return [
        (
            f"{whose[0]}{'持证后义务' if licensed else '申报条件'}"
            f"{_SENTENCES[first][0]}，长期服务能力{_SENTENCES[state][0]}",
            f"{whose[1]}{'duties under the licence' if licensed else 'readiness'}: "
            f"{_SENTENCES[first][1]}; long-term capability: {_SENTENCES[state][1]}",
        ),
        (
            "      "
            + "、".join(
                f"{VERDICTS.get(name, name)} {number}" for name, number in tally
            ),
            "      " + ", ".join(f"{name} {number}" for name, number in tally),
        ),
    ]


VERDICTS = {
    "met": "已证实",
    "unmet": "不满足",
    "contradicted": "矛盾",
    "unproven": "待证",
    "undetermined": "缺证",
    "not_applicable": "不适用",
}
_SENTENCES: dict[str, Said] = {
    "ready": ("已具备", "ready"),
    "open": ("尚待证实", "not yet proven"),
    "not_ready": ("未具备", "not ready"),
    "in_order": ("均已履行", "in order"),
    "breached": ("有未履行的", "breached"),
    "shown": ("有佐证", "shown"),
    "in_doubt": ("存疑", "in doubt"),
}
_APPLIED: dict[str, Said] = {
    "intra_province": ("省内", "within one province"),
    "cross_province": ("跨地区", "across provinces"),
    "prepare": ("准备申请", "preparing to apply"),
    "apply": ("首次申请", "first application"),
    "operate": ("持证经营", "operating under the licence"),
    "annual_report": ("年报", "annual report"),
    "amend": ("变更", "amendment"),
    "renew": ("延续", "renewal"),
    "stop": ("停业注销", "stopping"),
}


# By which rules, and whose keys


def tell_grades(bundle: Bundle) -> list[Said]:
    """Tell what stands first of a bundle whose rules knew four grades alone."""
    kinds = bundle.json("rules/facts.json").values()
    proofs = {type(fact["proof"]) for facts in kinds for fact in facts.values()}
    return [TYPED] if int in proofs else []


TYPED: Said = (
    "按当时的规则：“书证”（documented）指有人对着文件录入的值，没有在文件里核对过",
    "By the rules of its time: “documented” means typed beside a file, and nobody "
    "looked for it there",
)


def check_trust(
    listed: Listed,
    log: Log,
    report: Report,
    keys: frozenset[str],
    rules: Mapping[str, str],
) -> list[Said]:
    """Check whether the rules and the signers are known, and the copy of this file.

    Gives for the first screen whose keys they are.
    """
    digest = compute_rules_digest(listed.files)
    published = {
        digest_published: f"changqing {name}"
        for digest_published, name in PUBLISHED_RULES.items()
    }
    edition = {**published, **rules}.get(digest)
    if edition is None:
        report.unchecked.append(
            (
                f"不认识的规则：{digest}不是已发布的版本，规则可能被放宽过",
                f"unknown rules: {digest} is no published edition; they may have been "
                "softened",
            )
        )
    else:
        report.checked.append((f"规则是{edition}", f"the rules are those of {edition}"))
    whose: list[Said] = []
    roles = [
        (log.signer, _LOG_SIGNER, ("日志", "Log by")),
        (listed.sealer, _SEALER, ("封存包", "Key")),
    ]
    if log.signer.public == listed.sealer.public:
        roles = [(listed.sealer, _BOTH, ("签名", "Key"))]
    for key, role, label in roles:
        first = _find_first_known(key.public, log.before, keys)
        whose += _describe_key(key, first, label)
        if first == key.fingerprint:
            report.checked.append(
                (f"{role[0]}是所给的{key.fingerprint}", f"{role[1]} is the key given")
            )
        elif first is not None:
            report.checked.append(
                (
                    f"{role[0]}由所给的{first}逐次签名交接而来",
                    f"{role[1]} was named, one key signing for the next, by {first}",
                )
            )
        else:
            report.unchecked.append(
                (
                    f"不认识的签名者：{role[0]}{key.fingerprint}，向本人核实指纹后用--key",
                    f"unknown signer: {role[1]} is {key.fingerprint}; ask its owner "
                    "for the fingerprint and give it with --key",
                )
            )
    own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    if listed.files.get("verify.py") != own:
        report.unchecked.append(
            (
                "包里的verify.py与本核验程序不同（版本不同或伪造），不要运行它",
                "the verify.py inside is not this verifier (another release, or "
                "forged): do not run it",
            )
        )
    return whose


def _describe_key(key: Key, first: str | None, label: Said) -> Iterator[Said]:
    """A key by its fingerprint, and whether it is known."""
    state = ("不认识", "unknown") if first is None else ("认识", "known")
    zh, en = label
    yield (
        f"{zh}：{key.fingerprint}，{state[0]}",
        f"{en}: {key.fingerprint}, {state[1]}",
    )
    if first is not None and first != key.fingerprint:
        yield (
            f"      由所给的{first}交接",
            f"      named by {first}",
        )


def check_hand_overs(
    bundle: Bundle, log: Log, report: Report, keys: frozenset[str]
) -> None:
    """Name each key that went on with what another one had recorded.

    The note is an entry of the log, which whoever took over signed: it binds nobody
    else, so that what stands before it is the word of the key that signed it then.
    """
    hidden = [
        f"{number:04d}"
        for number, head in sorted(log.withheld.heads.items())
        if head["type"] == "blob" and head.get("what") == NOTE_OF_HAND_OVER
    ]
    if hidden:
        report.unchecked.append(
            (
                f"谁接手了日志的说明隐去了（证{'、证'.join(hidden[:MOST_NAMED])}）："
                "前面各条可能由另一把钥匙签名",
                f"the note of who took the log over is withheld (no. "
                f"{', '.join(hidden[:MOST_NAMED])}): another key may have signed what "
                "stands before it",
            )
        )
    pages = {record.digest for record in log.records}
    for number, digest in log.notes.items():
        name = f"objects/{digest}"
        stored = bundle.files.get(name)
        if digest in pages or stored is None or stored.size >= MOST_NOTE:
            continue
        content = bundle.read(name)
        if not content.startswith(HAND_OVER):
            continue
        _, origin, size, tip, before, after, _ = content.decode().split("\n")
        fits = _SIZE.fullmatch(size) is not None and 0 < int(size) < number
        if fits:
            root = compute_roots(log.leaves, [int(size)])[int(size)]
            fits = origin == log.origin and _decode_base64(tip, ENTRIES) == root
        if not fits:
            report.add_damage(
                DamageError(
                    f"{ENTRIES} 证{number:04d}",
                    "接手的说明与日志不符",
                    "its note of taking over does not fit the log",
                )
            )
            continue
        old, new = read_key(before, ENTRIES), read_key(after, ENTRIES)
        is_known = _find_first_known(old.public, log.before, keys) is not None
        note = (
            f"照接手者所写，前{size}条由钥匙{old.fingerprint}签名，此后由"
            f"{new.fingerprint}接手"
            + ("" if is_known else "；不认识前一把，前面各条是不是真的，要问它的主人"),
            f"by the word of who took over, the first {size} entries were signed by "
            f"key {old.fingerprint}, then {new.fingerprint} took over"
            + ("" if is_known else "; the first is unknown: ask its owner for them"),
        )
        # The key before did not sign the note: of a known one it proves nothing.
        (report.notes if is_known else report.unchecked).append(note)


def _find_first_known(
    public: bytes, before: Mapping[bytes, bytes], keys: frozenset[str]
) -> str | None:
    """The fingerprint that is known: of a key, or of one that it goes back to."""
    passed: set[bytes] = set()
    at: bytes | None = public
    while at is not None and at not in passed:
        fingerprint = hashlib.sha256(at).hexdigest()
        if fingerprint in keys:
            return fingerprint
        passed.add(at)
        at = before.get(at)
    return None


_LOG_SIGNER = ("日志的签名钥匙", "the key that signed the log")
_SEALER = ("封存包的签名钥匙", "the key that sealed the bundle")
_BOTH = ("日志和封存包的签名钥匙", "the key that signed log and bundle")


# The first screen


def _say_applied(given: Given) -> Said:
    """What is applied for; a scope or stage that is not known as it is written."""
    licence, scope, region, stage = (
        cut(given.values[name]) for name in ("licence", "scope", "region", "stage")
    )
    at, now = (_APPLIED.get(name, (name, name)) for name in (scope, stage))
    return (
        f"申请：{licence}，{at[0]}，行政区划{region}，{now[0]}",
        f"Applies for: {licence}, {at[1]}, region {region}, {now[1]}",
    )


def write_first_screen(
    given: Given,
    doubts: Sequence[Said],
    log: Log,
    stamps: Sequence[Stamp],
    counted: Counted,
    today: date | None,
) -> Iterator[Said]:
    """Whose case, sealed when and by whose word, how old, what was recomputed; then
    the two sentences."""
    code = "" if given.credit_code is None else cut(given.credit_code)
    name = cut(given.name)
    yield (
        f"项目：“{name}”" + (f"，{code}" if code else ""),
        f"Case: “{name}”" + (f", {code}" if code else ""),
    )
    for zh, en in doubts:
        yield f"      {zh}", f"      {en}"
    yield _say_applied(given)
    moments = list_moments(log)
    newest = max((moment.at for moment in moments), default=None)
    yield from _say_sealed(newest, log, stamps)
    yield from _say_age(given.as_of, newest, log, today)
    yield _say_recomputed(counted)
    if log.withheld.old:
        yield (
            f"      隐去的{len(log.withheld.old)}条旧记录没有定下关于什么："
            "任何一条结论都可能依据它们",
            f"      {len(log.withheld.old)} old withheld entries name no fact: any "
            "verdict may rest on them",
        )
    yield from counted.says
    yield PAGE


def _say_sealed(
    newest: datetime | None, log: Log, stamps: Sequence[Stamp]
) -> Iterator[Said]:
    if newest is None:
        yield "封存：没有写明时间的记录", "Sealed: no record says when"
    else:
        yield (
            f"封存：最新一条记录是{_write_to_minute(newest)}，时间是封存者自己写的",
            f"Sealed: newest record {_write_to_minute(newest)}, by the sealer’s own "
            "word",
        )
    witnessed = [stamp for stamp in stamps if stamp.vouched]
    best = max(witnessed or stamps, key=lambda stamp: stamp.size, default=None)
    if best is None:
        yield "      没有外来的时间见证", "      no outside witness of time"
        return
    word = ("有外来的见证", "witnessed from outside")
    if not best.vouched:
        word = ("签发机构没有核验", "authority not checked here")
    yield (
        f"      {log.size}条里的前{best.size}条最迟{_write_to_minute(best.at)}已有，"
        f"{word[0]}",
        f"      {best.size} of {log.size} entries by {_write_to_minute(best.at)}, "
        f"{word[1]}",
    )


def _say_age(
    as_of: date, newest: datetime | None, log: Log, today: date | None
) -> Iterator[Said]:
    """The day of the verdicts: how long ago, and how it lies to the newest record."""
    if today is None:
        yield f"日期：按{as_of}判断", f"Judged: as of {as_of}"
    elif as_of > today:
        yield (
            f"日期：按{as_of}判断，照本机时钟这一天还没有到",
            f"Judged: as of {as_of}, a day to come by this machine’s clock",
        )
    else:
        days = (today - as_of).days
        ago = ("就是今天", "today")
        if days:
            ago = (f"距今{days}天", f"{days} day{'s' if days > 1 else ''} ago")
        yield (
            f"日期：按{as_of}判断，{ago[0]}（照本机时钟）",
            f"Judged: as of {as_of}, {ago[1]} by this machine’s clock",
        )
    younger = sum(
        item.fact not in STRUCTURAL and as_of < find_first_day(item)
        for item in log.records
    ) + sum(as_of < beijing_day(item.at) for item in log.attempts)
    if younger:
        yield (
            f"      这一天以后的{younger}条记录没有计入",
            f"      {younger} younger records are left out",
        )
    late = 0 if newest is None else (as_of - beijing_day(newest)).days
    if late > 0:
        yield (
            f"      比最新一条记录晚{late}天：其间没有再看过",
            f"      {late} days after the newest record: nothing was seen since",
        )


def _say_recomputed(counted: Counted) -> Said:
    if not counted.blind:
        return (
            f"结论：{counted.compared}条，都在这里重新算过",
            f"Verdicts: {counted.compared}, all recomputed here",
        )
    return (
        f"结论：{counted.compared}条在这里重新算过，{counted.blind}条没有，只是封存者的话",
        f"Verdicts: {counted.compared} recomputed here, {counted.blind} rest on the "
        "sealer’s word",
    )


PAGE: Said = (
    "网页：包里的index.html没有比对，以这里所说为准",
    "Page: the index.html inside was not compared; go by what is said here",
)


# The whole check

NO_BUNDLE: Said = (
    "不是封存包：请选用changqing seal封好的zip文件",
    " is no bundle: name the zip file that changqing seal wrote",
)
NO_WITNESS: Said = (
    "没有外来的时间见证：时间是封存的人自己写的",
    "no outside witness of time: the times are the sealer’s own",
)
NOTES: tuple[Said, ...] = (
    (
        "说明文字和网页只供阅读，没有重算",
        "explanations and pages are for reading; they were not recomputed",
    ),
)


def check(
    stream: BinaryIO,
    keys: frozenset[str],
    rules: Mapping[str, str],
    witness: Witness | None = None,
    today: date | None = None,
) -> tuple[Report, Listed | None]:
    """Check a bundle; `rules` are digests of rules that are known, with their names.

    `witness` validates a time token; it raises DamageError when the token is bad.
    `today` is for the line that says how old the verdicts are, and for nothing else.
    Raises NoBundleError for a file that never was a bundle.
    """
    checked = check_bundle(stream, keys, rules, witness, today)
    return checked.report, checked.listed


class Checked(NamedTuple):
    """What a check found; without log and case where it did not come so far."""

    report: Report
    listed: Listed | None
    log: Log | None
    given: Given | None = None


def check_bundle(
    stream: BinaryIO,
    keys: frozenset[str],
    rules: Mapping[str, str],
    witness: Witness | None = None,
    today: date | None = None,
) -> Checked:
    """Do as `check`; give the log too, to be compared with another."""
    report = Report()
    listed: Listed | None = None
    log: Log | None = None
    case: Given | None = None
    try:
        bundle = Bundle(stream)
        listed = files = _stage(MANIFEST, lambda: check_files(bundle, report))
        if report.damaged:
            return Checked(report, listed, None)
        log = checked_log = _stage(
            ENTRIES, lambda: check_log(bundle, files.origin, report)
        )
        _stage("withheld.json", lambda: check_withheld(bundle, checked_log, report))
        check_objects(bundle, files, checked_log, report)
        report.about += _stage("rules/facts.json", lambda: tell_grades(bundle))
        report.about += check_trust(files, checked_log, report, keys, rules)
        _stage(ENTRIES, lambda: check_hand_overs(bundle, checked_log, report, keys))
        case = checked_given = _stage("given.json", lambda: read_given(bundle))
        judged = _stage(
            "rules", lambda: judge(bundle, checked_given, checked_log, report)
        )
        doubts = _stage(
            "given.json",
            lambda: check_case(checked_given, checked_log, judged.unseen, report),
        )
        counted = _stage(
            "assessment.json",
            lambda: check_verdicts(bundle, judged, report),
        )
        _stage("rules/facts.json", lambda: check_readings(bundle, checked_log, report))
        _stage("given.json", lambda: check_made(bundle, checked_log, report))
        _stage("withheld.json", lambda: check_documents(bundle, checked_log, report))
        check_names(bundle, report)
        _stage("index.html", lambda: check_crops(bundle, report))
        check_page(bundle, report)
        check_links(bundle, report)
        _stage("bound.json", lambda: check_bound(bundle, checked_log, files, report))
        stamps = _stage(
            "times", lambda: check_times(bundle, checked_log, report, witness)
        )
        check_order(checked_log, stamps, report)
        report.about += write_first_screen(
            checked_given, doubts, checked_log, stamps, counted, today
        )
        report.notes += NOTES
    except DamageError as error:
        report.add_damage(error)
    except UnfinishedError as error:
        report.unfinished.append((error.part, error.said))
    except MemoryError:
        beyond = _make_memory_error(CONTAINER)
        report.unfinished.append((beyond.part, beyond.said))
    return Checked(report, listed, log, case)


def _stage(part: str, work: Callable[[], Any]) -> Any:
    """Do one step; what it cannot make sense of is damage of that part."""
    try:
        return work()
    except MemoryError as error:
        raise _make_memory_error(part) from error
    except (*_MALFORMED, sqlite3.Error) as error:
        raise DamageError(part, "写法不对", "it is malformed") from error


def _make_memory_error(part: str) -> UnfinishedError:
    """An honest bundle may be too large for a small machine: that is no damage."""
    return UnfinishedError(
        part, "要用的内存超过限度，已中止", "it needs more memory than the limit"
    )


# Two bundles


def compare_bundles(one: Checked, other: Checked) -> tuple[int, Said] | None:
    """Tell whether two bundles tell one history; None where a log could not be read.

    Two logs of one company are told from two of different ones: a history that does
    not suit can also be begun anew.
    """
    if one.log is None or other.log is None:
        return None
    if one.log.origin == other.log.origin:
        return compare_logs(one.log, other.log)
    if one.given is not None and other.given is not None:
        codes = {one.given.credit_code, other.given.credit_code}
        names = {_strip_name(one.given.name), _strip_name(other.given.name)}
        if (len(codes) == 1 and None not in codes) or len(names) == 1:
            return UNSURE, (
                "同一家公司的两份不同日志：有一份是另起的，没有一份接着另一份",
                "two different logs of one company: one was begun anew, neither goes "
                "on with the other",
            )
    return compare_logs(one.log, other.log)


def compare_logs(one: Log, other: Log) -> tuple[int, Said]:
    """Tell whether two logs tell one history: the exit code, and why.

    Both carry every leaf, and each was proven against its own signed checkpoint: so
    the shorter one is compared leaf by leaf with the beginning of the other.
    """
    if one.origin != other.origin:
        return UNSURE, (
            "两份封存包是两份不同的日志，比不出什么",
            "the two bundles have two different logs: nothing to compare",
        )
    size = min(one.size, other.size)
    pairs = zip(one.leaves[:size], other.leaves[:size])  # noqa: B905
    place = next((n for n, (a, b) in enumerate(pairs, start=1) if a != b), None)
    if place is None:
        more = abs(one.size - other.size)
        return 0, (
            f"两份封存包是同一份日志：前{size}条完全相同"
            + (f"，一份后来多了{more}条" if more else ""),
            f"the two bundles have one log: the first {size} entries are the same"
            + (f", one has {more} more" if more else ""),
        )
    if _list_ancestors(one).isdisjoint(_list_ancestors(other)):
        return UNSURE, (
            f"两份日志同名，从证{place:04d}起不同，签名的钥匙也不同："
            "其中一份不是日志主人的，向他核实指纹",
            f"the two logs have one name and differ from no. {place:04d} on, under "
            "different keys: one is not its owner’s; ask for the fingerprint",
        )
    return 4, (
        f"同一把钥匙给同一份日志签了两种历史，从证{place:04d}起不同："
        "给不同的人看了不同的记录，两份都不可采信",
        f"one key signed two histories of one log, which differ from no. {place:04d} "
        "on: different people were shown different records; rely on neither",
    )


def _list_ancestors(log: Log) -> set[bytes]:
    """The key that signed a log, and those that it took over from."""
    passed: set[bytes] = set()
    at: bytes | None = log.signer.public
    while at is not None and at not in passed:
        passed.add(at)
        at = log.before.get(at)
    return passed


# What is printed

_HEADINGS: tuple[Said, Said, Said, Said, Said] = (
    ("损坏", "Damaged"),
    ("没有做完", "Not finished"),
    ("未能核验", "Could not be checked"),
    ("注意", "Note"),
    ("已核验", "Checked"),
)
RESULTS: dict[int, Said] = {
    0: ("核验通过。", "Verified."),
    1: ("已核验的都对，但有未能核验的。", "What was checked holds; not all could be."),
    3: ("没能做完。", "Could not finish."),
    4: ("内容被改动过，不可采信。", "Tampered with: do not rely on it."),
}


def write_lines(report: Report, listed: Listed | None, language: int) -> Iterator[str]:
    """Write the report as a person reads it; language 0 is Chinese, 1 English.

    What comes from the bundle can neither move the cursor nor hide a line.
    """
    for line in _format_lines(report, listed, language):
        plain = show_plainly(line)
        yield cut(plain, MOST_LINE_SHOWN) if len(plain) > MOST_LINE_SHOWN else plain


def show_plainly(text: str) -> str:
    """Show a text with a mark for whatever cannot be printed."""
    return "".join(
        character if character.isprintable() else "\ufffd" for character in text
    )


def _format_lines(
    report: Report, listed: Listed | None, language: int
) -> Iterator[str]:
    """Write a report as lines, what is in doubt before what holds."""
    if not report.damaged:
        yield from (entry[language] for entry in report.about)
    if listed is not None:
        yield f"{('清单摘要', 'Manifest digest')[language]} {listed.digest}"
    joint = ("：", ": ")[language]
    # What is in doubt stands before what holds.
    blocks = [
        [f"{part}{joint}{said[language]}" for part, said in report.damaged[:50]],
        [f"{part}{joint}{said[language]}" for part, said in report.unfinished],
        [entry[language] for entry in report.unchecked],
        [entry[language] for entry in report.notes],
        [entry[language] for entry in report.checked],
    ]
    marks = ("✗", "✗", "?", "·", "✓")
    for heading, mark, entry in zip(_HEADINGS, marks, blocks):  # noqa: B905
        if entry and not (report.damaged and mark == "·"):
            yield heading[language]
            yield from (f"  {mark} {line}" for line in entry)
    yield RESULTS[report.code][language]


def print_lines(lines: Iterable[str]) -> None:
    """Print lines: as they are into a file, folded where somebody reads them."""
    if sys.stdout.isatty():
        width = os.get_terminal_size(sys.stdout.fileno()).columns
        lines = [piece for line in lines for piece in fold(line, max(width, 40))]
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode())
    sys.stdout.flush()


_PIECE = re.compile("[ ]*(?:[\u2e80-\uffff]|[^ \u2e80-\uffff]+)[，。：；、）”]*")


def fold(line: str, width: int) -> list[str]:
    """Fold a line into parts that fit so many columns, the further ones set in.

    Han characters take two columns, and nothing ends a sentence at the start of a part.
    """
    mark = re.match("  [?·✓✗] |[ ]*", line)
    inset = " " * (len(mark[0]) if mark and mark[0] else 2)
    parts = [""]
    for piece in _PIECE.findall(line):
        if parts[-1].strip() and _count_columns(parts[-1] + piece) > width:
            parts.append(inset + piece.lstrip())
        else:
            parts[-1] += piece
    return parts


def _count_columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(e) in "WF" else 1 for e in text)


# The command


def main(
    arguments: Sequence[str] | None = None,
    rules: Mapping[str, str] | None = None,
    witness: Witness | None = None,
    compare: Callable[[Path], Sequence[Said]] | None = None,
) -> int:
    """Check the bundle that is named, print what was found, give the exit code.

    `compare` gives notes on a bundle that was checked: how its rules differ.
    """
    today = beijing_day(datetime.now(timezone.utc))  # noqa: UP017
    english = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    parser = argparse.ArgumentParser(
        prog="verify.py",
        description="核验封存包 · Check a sealed bundle of Changqing.",
        allow_abbrev=False,
    )
    parser.add_argument("bundle", help="bundle.zip")
    parser.add_argument(
        "other",
        nargs="?",
        help="另一份封存包，两份相比 · another bundle to compare with it",
    )
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="FINGERPRINT",
        help="认识的签名者 · a signer that you know (SHA-256 of the key)",
    )
    parser.add_argument(
        "--rules",
        action="append",
        default=[],
        metavar="DIGEST",
        help="认识的规则 · rules that you know",
    )
    parser.add_argument("--lang", choices=("zh", "en"))
    given = parser.parse_args(arguments)
    language = int(
        given.lang == "en" or (given.lang is None and english.lower().startswith("en"))
    )
    known_rules = {digest.lower(): digest.lower() for digest in given.rules}
    keys = frozenset(key.lower() for key in given.key)
    both = [path for path in (given.bundle, given.other) if path is not None]
    outcomes: list[Checked] = []
    for path in both:
        try:
            with open_bundle(Path(path)) as stream:
                checked = check_bundle(
                    stream, keys, {**known_rules, **(rules or {})}, witness, today
                )
        except NoBundleError:
            sys.stderr.write(f"{path}{NO_BUNDLE[language]}\n")
            return 2
        except OSError as error:
            unread = ("读不出", "cannot be read")[language]
            sys.stderr.write(f"{path} {unread} ({error.strerror or error})\n")
            return 2 if isinstance(error, (FileNotFoundError, IsADirectoryError)) else 3
        outcomes.append(checked)
        own = show_plainly(Path(path).name)
        report = checked.report
        if compare is not None and report.code in (0, UNSURE):
            report.notes += compare(Path(path))
        report.damaged = [
            (own if part == CONTAINER else part, words)
            for part, words in report.damaged
        ]
        lines = write_lines(report, checked.listed, language)
        print_lines([*([own] if len(both) > 1 else ()), *lines])
    code = max(outcome.report.code for outcome in outcomes)
    compared = compare_bundles(*outcomes) if len(outcomes) == 2 else None
    if compared is not None and code in (0, UNSURE):
        differs, words = compared
        mark = {0: "✓", 4: "✗"}.get(differs, "?")
        code = max(code, differs)
        print_lines([f"{mark} {words[language]}", RESULTS[code][language]])
    return code


def _limit_heap() -> None:
    """Bound what SQLite may take: for the whole process, and for good."""
    sqlite3.connect(":memory:").execute(f"PRAGMA hard_heap_limit = {HEAP}")


if __name__ == "__main__":
    _limit_heap()
    sys.exit(main())
