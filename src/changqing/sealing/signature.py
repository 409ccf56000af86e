"""Whether a time token was signed by the certificate it carries, whoever issued that.

A token is a CMS SignedData (RFC 5652) with one signer. The chain of certificates is
another question; see `times`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

_SET: Final = 0x31
_ATTRIBUTES: Final = 0xA0
_MESSAGE_DIGEST: Final = bytes.fromhex("2a864886f70d010904")
_PSS: Final = bytes.fromhex("2a864886f70d01010a")
_HASHES: Final = {
    bytes.fromhex("608648016503040201"): hashes.SHA256(),
    bytes.fromhex("608648016503040202"): hashes.SHA384(),
    bytes.fromhex("608648016503040203"): hashes.SHA512(),
}


class _Part(NamedTuple):
    """One DER element: its tag, all its bytes, and what is in it."""

    tag: int
    whole: bytes
    inside: bytes

    def split_parts(self) -> list[_Part]:
        return list(_split_parts(self.inside))


def _split_parts(data: bytes) -> Iterator[_Part]:
    at = 0
    while at < len(data):
        length, begin = data[at + 1], at + 2
        if length >= 0x80:
            begin += length & 0x7F
            length = int.from_bytes(data[at + 2 : begin], "big")
        end = begin + length
        if end > len(data):
            raise ValueError(data)
        yield _Part(data[at], data[at:end], data[begin:end])
        at = end


def is_signed_by(token: bytes, signing: x509.Certificate) -> bool:
    """Tell whether `signing` signed the token; ValueError when it is no such structure.

    A method that is not known here is not held against the token.
    """
    try:
        content, signer = _find_signed(token)
        fields = signer.split_parts()
        digest_by, attributes, signed_by, signature = fields[2:6]
        hash_method = _HASHES.get(digest_by.split_parts()[0].inside)
        if hash_method is None or attributes.tag != _ATTRIBUTES:
            return True
        message_digests = [
            part.split_parts()[1].split_parts()[0].inside
            for part in attributes.split_parts()
            if part.split_parts()[0].inside == _MESSAGE_DIGEST
        ]
        pss = signed_by.split_parts()[0].inside == _PSS
    except IndexError as error:
        raise ValueError(token) from error
    if message_digests != [hashlib.new(hash_method.name, content).digest()]:
        return False
    covered = bytes([_SET]) + attributes.whole[1:]
    key = signing.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey) and not pss:
            key.verify(signature.inside, covered, padding.PKCS1v15(), hash_method)
        elif isinstance(key, rsa.RSAPublicKey):
            way = padding.PSS(padding.MGF1(hash_method), padding.PSS.AUTO)
            key.verify(signature.inside, covered, way, hash_method)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature.inside, covered, ec.ECDSA(hash_method))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature.inside, covered)
    except InvalidSignature:
        return False
    except UnsupportedAlgorithm:
        return True
    return True


def _find_signed(token: bytes) -> tuple[bytes, _Part]:
    """Find what is signed, and the one who signs."""
    (outer,) = _split_parts(token)
    _, wrapped = outer.split_parts()
    (data,) = wrapped.split_parts()
    fields = data.split_parts()
    (_, content), (signer,) = fields[2].split_parts(), fields[-1].split_parts()
    return content.split_parts()[0].inside, signer
