"""Time tokens (RFC 3161) without a signature, over any beginning of a log."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from changqing.evidence.ledger.merkle import hash_leaf
from changqing.evidence.ledger.note import Checkpoint
from changqing.sealing import verify
from tests.sealing.sealed_bundle import Files, Sealed, commitment_of

INTEGER, OCTETS, OBJECT, MOMENT = 0x02, 0x04, 0x06, 0x18
SEQUENCE, SET, INSIDE = 0x30, 0x31, 0xA0
SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
TIME_TOLD = bytes.fromhex("2a864886f70d0109100104")
SHA256 = bytes.fromhex("608648016503040201")


def der(tag: int, *inside: bytes) -> bytes:
    """One element of DER."""
    content = b"".join(inside)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes(-(-size.bit_length() // 8), "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def make_token(note: bytes, at: datetime, *, status: bytes = b"") -> bytes:
    """What an authority would answer of a note, `status` beside that it grants it."""
    return wrap_token(
        der(
            SEQUENCE,
            der(INTEGER, b"\x01"),
            der(OBJECT, b"\x2a\x03\x04\x01"),
            der(
                SEQUENCE,
                der(SEQUENCE, der(OBJECT, SHA256), b"\x05\x00"),
                der(OCTETS, hashlib.sha256(note).digest()),
            ),
            der(INTEGER, b"\x07"),
            der(MOMENT, f"{at:%Y%m%d%H%M%S}Z".encode()),
        ),
        status=status,
    )


def wrap_token(told: bytes, *, status: bytes = b"") -> bytes:
    """An answer that says this of the time."""
    inside = der(SEQUENCE, der(OBJECT, TIME_TOLD), der(INSIDE, der(OCTETS, told)))
    signed = der(SEQUENCE, der(INTEGER, b"\x03"), der(SET), inside, der(SET))
    return der(
        SEQUENCE,
        der(SEQUENCE, der(INTEGER, b"\x00"), status),
        der(SEQUENCE, der(OBJECT, SIGNED_DATA), der(INSIDE, signed)),
    )


def stamped(
    sealed: Sealed, files: Files, *tokens: tuple[int, datetime | bytes]
) -> Files:
    """The files with a token over the first so many entries, of a time or as it is."""
    origin = files["log/checkpoint"].decode().split("\n")[0]
    leaves = [
        hash_leaf(commitment_of(json.loads(line)))
        for line in files["log/entries.jsonl"].splitlines()
    ]
    times: Files = {}
    for number, (size, said) in enumerate(tokens, start=1):
        body = Checkpoint(
            origin, size, verify.compute_root(leaves[:size])
        ).format_body()
        note = sealed.key.sign(body, origin).encode()
        token = said if isinstance(said, bytes) else make_token(note, said)
        if isinstance(said, bytes) and said == DIGEST_ALONE:
            token = b"\x04\x20" + hashlib.sha256(note).digest()
        times[f"times/{number:04d}.checkpoint"] = note
        times[f"times/{number:04d}.tsr"] = token
    return sealed.resealed({**files, **times})


DIGEST_ALONE = b"digest alone"
"""Stands for 34 bytes that name the checkpoint and say nothing else."""
