"""Vectors that others published: C2SP's notes and checkpoints, RFC 8785's JSON.

The notes of PeterNeumann and EnochRoot are those of Go's `sumdb/note`, from which the
C2SP specification was written; the checkpoint is the one that specification prints.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from changqing.evidence.ledger.entry import encode_canonical
from changqing.evidence.ledger.note import (
    BrokenNoteError,
    SignedCheckpoint,
    SigningKey,
    Verifier,
    verify_note,
)
from changqing.sealing import verify
from tests.sealing.make_example import BUNDLE

TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETER_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETER = (
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZ"
    "SNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
ENOCH = (
    "\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ov"
    "TG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe"
    "4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)


def _opened(note: str, *keys: str) -> str:
    """Who signed, by the verifier that is handed out."""
    body, signatures = verify.read_note(note.encode(), "note")
    named = [verify.read_key(key, "key") for key in keys]
    return verify.find_signer(body, signatures, named, "note").name


def test_a_note_is_signed_as_published() -> None:
    seed = base64.b64decode(PETER_SEED)[1:]
    assert SigningKey(seed).sign(TEXT, "PeterNeumann") == f"{TEXT}\n{PETER}"
    assert str(SigningKey(seed).make_verifier("PeterNeumann")) == PETER_KEY


@pytest.mark.parametrize(
    ("signatures", "keys", "signer"),
    [
        (PETER, [PETER_KEY], "PeterNeumann"),
        (PETER + ENOCH, [PETER_KEY], "PeterNeumann"),
        (PETER + ENOCH, [ENOCH_KEY], "EnochRoot"),
        (ENOCH + PETER, [PETER_KEY, ENOCH_KEY], "PeterNeumann"),
    ],
)
def test_a_published_note_opens_in_both(
    signatures: str, keys: list[str], signer: str
) -> None:
    assert _opened(f"{TEXT}\n{signatures}", *keys) == signer
    known = [Verifier.parse(key) for key in keys]
    assert verify_note(TEXT, signatures, known[0])


@pytest.mark.parametrize(
    "note",
    [
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\n{PETER[:-1]}",
        f"\x01{TEXT}\n{PETER}",
        f"{TEXT}\n{PETER.replace('PeterNeumann', 'Bad Name')}",
        f"{TEXT}\n{PETER}Unexpected line.\n",
        f"{TEXT}\n{PETER * 101}",
        f"{TEXT}\n{PETER[:60]}ABCD{PETER[60:]}",
        f"{TEXT}\n{ENOCH}",
        f"{TEXT.replace('crypto', 'crypt0')}\n{PETER}",
    ],
)
def test_what_the_reference_refuses_is_refused(note: str) -> None:
    with pytest.raises(verify.DamageError):
        _opened(note, PETER_KEY)


def test_bytes_that_are_no_text_are_no_note() -> None:
    with pytest.raises(verify.DamageError):
        verify.read_note(b"\xff" + f"{TEXT}\n{PETER}".encode(), "note")


@pytest.mark.parametrize(
    "key",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        *(PETER_KEY[:at] + chr(ord(PETER_KEY[at]) + 1) + PETER_KEY[at + 1 :]
          for at in range(len(PETER_KEY))),
    ],
)  # fmt: skip
def test_a_mangled_key_is_no_key(key: str) -> None:
    with pytest.raises(verify.DamageError):
        verify.read_key(key, "key")
    with pytest.raises(BrokenNoteError):
        Verifier.parse(key)


def test_the_published_checkpoint_is_read() -> None:
    found = SignedCheckpoint.parse(CHECKPOINT).checkpoint
    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert CHECKPOINT.startswith(found.format_body())


@pytest.mark.parametrize(
    "change",
    [
        ("20852163", "020852163"),
        ("20852163", "-1"),
        ("20852163\n", ""),
        ("CsUYap", "CsU"),
        ("example.com/behind-the-sofa\n2", "example.com\x07\n2"),
    ],
)
def test_a_checkpoint_that_is_none_is_refused(change: tuple[str, str]) -> None:
    with pytest.raises(BrokenNoteError):
        SignedCheckpoint.parse(CHECKPOINT.replace(*change))


PUBLISHED_JSON = [
    # RFC 8785, section 3.2.2, without the numbers that no log has
    (
        '{"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/",'
        '"literals":[null,true,false]}',
        bytes.fromhex(
            "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c"
            "22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d"
        ),
    ),
    # its author's test data: structures, french, unicode
    (
        '{"1": {"f": {"f": "hi","F": 5} ,"\\n": 56}, "10": { }, "": "empty", "a": { },'
        ' "111": [ { } ], "A": { }}',
        b'{"":"empty","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{}],'
        b'"A":{},"a":{}}',
    ),
    (
        '{"peach":"a","p\u00e9ch\u00e9":"b","p\u00eache":"c","sin":"d"}',
        '{"peach":"a","p\u00e9ch\u00e9":"b","p\u00eache":"c","sin":"d"}'.encode(),
    ),
    (
        '{"Unnormalized Unicode":"\\u1e0d\\u0307"}',
        '{"Unnormalized Unicode":"\u1e0d\u0307"}'.encode(),
    ),
]


@pytest.mark.parametrize(("text", "expected"), PUBLISHED_JSON)
def test_json_is_written_as_published(text: str, expected: bytes) -> None:
    data = json.loads(text)
    assert encode_canonical(data) == verify.encode_canonical(data) == expected
    assert rfc8785.dumps(data) == expected


_KEYS = st.text(st.characters(max_codepoint=126), max_size=6)
_WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
_LEAF = st.none() | st.booleans() | _WHOLE | st.text(max_size=12)
_LOGGED = st.recursive(
    _LEAF, lambda e: st.lists(e, max_size=3) | st.dictionaries(_KEYS, e, max_size=4)
)


@given(_LOGGED)
def test_both_writers_write_what_the_library_does(data: Any) -> None:
    assert (
        encode_canonical(data) == verify.encode_canonical(data) == rfc8785.dumps(data)
    )


def test_every_entry_of_the_sealed_example_is_canonical() -> None:
    with verify.open_bundle(BUNDLE) as stream:
        bundle = verify.Bundle(stream)
        for line in bundle.read(verify.ENTRIES, verify.MOST_ENTRIES).splitlines():
            assert rfc8785.dumps(json.loads(line)) == line
