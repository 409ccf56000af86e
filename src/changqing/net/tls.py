"""Handshakes: what is trusted here, and the certificate that a server shows."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, replace

from changqing.net.model import NetSettings

_NO_CHECK_TIME = ssl.VerifyFlags(0x200000)  # OpenSSL's X509_V_FLAG_NO_CHECK_TIME


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCertificate:
    """What a handshake came to; `verify_code` is 0 where the chain is trusted here."""

    certificate: bytes
    version: str
    protocol: str
    verify_code: int = 0
    verify_message: str = ""


def trust_as_browsers_do(trust: Iterable[str]) -> ssl.SSLContext:
    """Make a context that trusts what the machine does, and authorities given as PEM.

    From 3.13 Python also refuses certificates that leave out what RFC 5280 asks for:
    no browser does, so that a user of the site would meet no warning.
    """
    context = ssl.create_default_context()
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    for pem in trust:
        context.load_verify_locations(cadata=pem)
    return context


def make_context(settings: NetSettings) -> ssl.SSLContext:
    """Make a context for looks, which check dates by a time of their own, if any."""
    context = trust_as_browsers_do(settings.trust)
    if settings.own_time:
        context.verify_flags |= _NO_CHECK_TIME
    return context


async def ask_certificate(
    address: str, port: int, host: str, settings: NetSettings
) -> ShownCertificate:
    """Shake hands with an address that was checked; OSError where nobody does."""
    context = make_context(settings)
    context.check_hostname = False
    try:
        return await _shake_hands(address, port, host, context, settings)
    except ssl.SSLCertVerificationError as error:
        # The bad certificate is the very thing to report: it is fetched without being
        # trusted, and nothing is said over this connection.
        context = make_context(settings)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        certificate_shown = await _shake_hands(address, port, host, context, settings)
        return replace(
            certificate_shown,
            verify_code=error.verify_code,
            verify_message=error.verify_message,
        )


async def _shake_hands(
    address: str,
    port: int,
    host: str,
    context: ssl.SSLContext,
    settings: NetSettings,
) -> ShownCertificate:
    context.set_alpn_protocols(["h2", "http/1.1"])
    async with asyncio.timeout(settings.connect_seconds):
        _, writer = await asyncio.open_connection(
            address, port, ssl=context, server_hostname=host
        )
    try:
        secured = writer.get_extra_info("ssl_object")
        der = secured.getpeercert(binary_form=True)
        return ShownCertificate(
            certificate=bytes(der or b""),
            version=str(secured.version() or ""),
            protocol=str(secured.selected_alpn_protocol() or ""),
        )
    finally:
        writer.transport.abort()
