"""The verifier's own Ed25519: the vectors of RFC 8032, and the library beside it."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.evidence.ledger.note import Verifier
from changqing.sealing.verify import L, verify_ed25519
from tests.share import examples

VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bac"
        "c61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e"
        "458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290"
        "ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_specification_verify(
    public: str, message: str, signature: str
) -> None:
    key, text, signed = map(bytes.fromhex, (public, message, signature))
    assert verify_ed25519(key, text, signed)
    assert not verify_ed25519(key, text + b"x", signed)


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200))
@settings(max_examples=examples(20))
def test_it_agrees_with_the_library_and_refuses_one_flipped_bit(
    seed: bytes, message: bytes
) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    signature = private.sign(message)
    assert verify_ed25519(public, message, signature)
    flipped = bytearray(signature)
    flipped[len(message) % 64] ^= 1
    assert not verify_ed25519(public, message, bytes(flipped))


def test_a_signature_with_a_larger_scalar_is_refused() -> None:
    public, message, signature = map(bytes.fromhex, VECTORS[0])
    scalar = int.from_bytes(signature[32:], "little") + L
    assert not verify_ed25519(
        public, message, signature[:32] + scalar.to_bytes(32, "little")
    )


@pytest.mark.parametrize("public", [b"", b"\xff" * 32, b"\x02" + bytes(31)])
def test_what_is_no_key_signs_nothing(public: bytes) -> None:
    assert not verify_ed25519(public, b"", bytes(64))


SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]
"""Every point whose multiple by eight is nothing."""
OTHER_SPELLINGS = [
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
]
"""Of some of them: y not below the prime, or a sign where x is nothing."""


@pytest.mark.parametrize("point", [*SMALL_ORDER, *OTHER_SPELLINGS])
@pytest.mark.parametrize("message", [b"", b"one", b"two", b"three"])
def test_a_key_that_would_sign_anything_signs_nothing(
    point: str, message: bytes
) -> None:
    key = bytes.fromhex(point)
    for commitment in (key, *map(bytes.fromhex, SMALL_ORDER)):
        assert not verify_ed25519(key, message, commitment + bytes(32))
        assert not Verifier("x", key).verify(message.decode(), commitment + bytes(32))


def test_a_commitment_of_small_order_is_refused() -> None:
    """With S = h·a the equation holds for R = nothing, by whoever has the key."""
    seed = bytes(range(32))
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    digest = bytearray(hashlib.sha512(seed).digest()[:32])
    digest[0] &= 248
    digest[31] = digest[31] & 63 | 64
    secret = int.from_bytes(digest, "little")
    nothing = bytes.fromhex(SMALL_ORDER[0])
    hashed = int.from_bytes(hashlib.sha512(nothing + public).digest(), "little")
    scalar = hashed * secret % L
    signature = nothing + scalar.to_bytes(32, "little")
    assert not verify_ed25519(public, b"", signature)
    assert not Verifier("x", public).verify("", signature)
