"""Tokens of time (RFC 3161): an authority says that a checkpoint existed by then.

A token is judged at its own time: an authority's certificate that has ended since was
good when it signed.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from changqing.errors import CaseError, Issue
from changqing.net.door import Net
from changqing.net.model import NetSettings
from changqing.sealing import verify
from changqing.sealing.signature import is_signed_by
from changqing.text import Text

_QUERY = "application/timestamp-query"
_BROKEN = (ValueError, TypeError, VerificationError, x509.ExtensionNotFound)


def read_authorities(content: bytes, path: str) -> Sequence[x509.Certificate]:
    """Read the certificates of authorities that are trusted, PEM.

    CaseError otherwise.
    """
    try:
        return x509.load_pem_x509_certificates(content)
    except ValueError as error:
        raise CaseError(Issue(text=_NO_CERTIFICATE, path=path)) from error


def make_asker(url: str, clock: Callable[[], datetime]) -> Callable[[bytes], bytes]:
    """Make what asks an authority for tokens; loopback is opened when it is named."""
    address = urlsplit(url)
    opened = frozenset(
        {(address.hostname, address.port)}
        if address.hostname == "127.0.0.1" and address.port is not None
        else ()
    )
    settings = NetSettings(opened=opened)
    return lambda checkpoint: ask_time(url, checkpoint, net=settings, clock=clock)


def ask_time(
    url: str, checkpoint: bytes, *, net: NetSettings, clock: Callable[[], datetime]
) -> bytes:
    """Ask an authority for its token over a checkpoint; CaseError if it gives none.

    A clock that differs from the authority's would date entries on the wrong side of
    the token, for good: then it is not taken.
    """
    request = (
        TimestampRequestBuilder()
        .data(checkpoint)
        .hash_algorithm(HashAlgorithm.SHA256)
        .build()
    )

    async def ask() -> bytes:
        async with Net(net, clock=clock) as door:
            return await door.post(url, request.as_bytes(), _QUERY)

    token = asyncio.run(ask())
    try:
        response = decode_timestamp_response(token)
        same = response.tst_info.nonce == request.nonce
        _check_names_checkpoint(response, checkpoint)
    except _BROKEN as error:
        raise CaseError(Issue(text=_say_refused(url), hint=_ANOTHER)) from error
    if not same:
        raise CaseError(Issue(text=_say_refused(url), hint=_ANOTHER))
    theirs, ours = response.tst_info.gen_time, clock()
    if abs(theirs - ours) > verify.SLACK:
        raise CaseError(
            Issue(text=_describe_other_time(theirs, ours), hint=_SET_THE_CLOCK)
        )
    return token


def make_witness(trusted: Sequence[x509.Certificate]) -> verify.Witness:
    """Make what judges a token for the verifier, knowing some authorities."""

    def witness(checkpoint: bytes, token: bytes) -> tuple[verify.Said, bool]:
        try:
            response = decode_timestamp_response(token)
            carried = _find_certificates(response)
            _check_names_checkpoint(response, checkpoint)
            at, signing = response.tst_info.gen_time, _find_signer(response, carried)
            name = signing.subject.rfc4514_string()
        except _BROKEN as error:
            raise verify.DamageError(
                "times",
                "时间戳不是这个检查点的",
                "a time token is not of its checkpoint",
            ) from error
        if not is_signed_by(response.time_stamp_token(), signing):
            raise verify.DamageError(
                "times",
                f"时间戳的签名验不过：不是{name}的证书所签，或被改动",
                f"the signature of a time token does not hold: {name}'s certificate "
                "did not sign it, or it was altered",
            )
        moment = at.strftime("%Y-%m-%d %H:%M:%S UTC")
        try:
            if not trusted:
                raise VerificationError
            _check_token(response, checkpoint, trusted)
        except _BROKEN as error:
            if any(_is_issued_by(signing, root) for root in trusted):
                raise verify.DamageError(
                    "times",
                    f"时间戳不是{name}在当时签的",
                    f"a time token was not signed by {name} at its time",
                ) from error
            print_ = hashlib.sha256(carried[0].public_bytes(Encoding.DER)).hexdigest()
            return (
                (
                    f"时间戳说最迟在{moment}已有，签名也对，但不认识签发机构"
                    f"{name}（证书{print_}）；用--authority给出它的根证书",
                    f"a time token says that it existed by {moment} and its "
                    f"signature holds, but its authority {name} (certificate {print_}) "
                    "is unknown: give its root certificate with --authority",
                ),
                False,
            )
        return (
            (
                f"外来的时间见证：{name}签发，最迟在{moment}已有，按当时判断",
                f"outside witness of time: {name} vouches that it existed by {moment}, "
                "judged at that time",
            ),
            True,
        )

    return witness


def _find_certificates(response: TimeStampResponse) -> list[x509.Certificate]:
    certificates = [
        x509.load_der_x509_certificate(certificate)
        for certificate in response.signed_data.certificates
    ]
    if not certificates:
        raise ValueError(certificates)
    return sorted(certificates, key=lambda certificate: certificate.serial_number)


def _find_signer(
    response: TimeStampResponse, carried: Sequence[x509.Certificate]
) -> x509.Certificate:
    """The certificate of whoever signed."""
    signers = {
        (info.issuer, info.serial_number) for info in response.signed_data.signer_infos
    }
    signing = [e for e in carried if (e.issuer, e.serial_number) in signers]
    return (signing or list(carried))[0]


def _is_issued_by(signing: x509.Certificate, root: x509.Certificate) -> bool:
    """Tell whether an authority that is known issued the certificate."""
    try:
        signing.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _check_names_checkpoint(response: TimeStampResponse, checkpoint: bytes) -> None:
    """Raise unless the token names the checkpoint, by its SHA-256."""
    if response.tst_info.message_imprint.message != hashlib.sha256(checkpoint).digest():
        raise ValueError(checkpoint)


def _check_token(
    response: TimeStampResponse, checkpoint: bytes, roots: Sequence[x509.Certificate]
) -> None:
    """Raise unless the token is over the checkpoint, and leads to one of the roots."""
    builder = VerifierBuilder(roots=list(dict.fromkeys(roots)))
    builder.build().verify_message(response, checkpoint)


def _say_refused(url: str) -> Text:
    return Text(
        zh=f"{url}没有给出可用的时间戳",
        en=f"{url} gave no usable time token",
    )


def _describe_other_time(theirs: datetime, ours: datetime) -> Text:
    their_time, our_time = (
        f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" for at in (theirs, ours)
    )
    return Text(
        zh=f"本机时钟是{our_time}，时间戳机构的是{their_time}",
        en=f"this machine's clock says {our_time}, the time authority's {their_time}",
    )


_SET_THE_CLOCK = Text(
    zh="校准本机时钟后再封；封存包没有写出",
    en="set the clock and seal again; no bundle was written",
)
_ANOTHER = Text(
    zh="换一个时间戳机构，或不用--time-authority；封存包没有写出",
    en="use another authority, or leave --time-authority out; no bundle was written",
)
_NO_CERTIFICATE = Text(
    zh="这个文件里没有PEM证书", en="there is no PEM certificate in this file"
)
