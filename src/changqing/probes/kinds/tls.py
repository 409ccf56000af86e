"""The certificate the site shows: for whom, by whom, from when until when."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtensionOID, NameOID

from changqing.day import beijing_day
from changqing.evidence.model import GapReason
from changqing.net.door import Net
from changqing.net.model import Handshake
from changqing.probes.attempt import attempt
from changqing.probes.model import (
    Capture,
    Control,
    LookFailure,
    Part,
    ProbeObservation,
    Site,
    observe,
    report_unseen,
    report_withheld,
)

FACTS = (
    "https_served",
    "certificate_not_before",
    "certificate_not_after",
    "certificate_name_matches",
    "certificate_chain_trusted",
    "certificate_issuer",
    "certificate_key",
    "tls_version",
    "http2_offered",
)
_OF_THE_CERTIFICATE = tuple(fact for fact in FACTS if fact.startswith("certificate_"))

_HTTPS = 443


async def capture(site: Site, net: Net) -> Capture:
    """Shake hands on the port of the address, or on 443 when it is plain http."""
    at = net.clock()
    parts = urlsplit(site.url)
    port = (parts.port or _HTTPS) if parts.scheme == "https" else _HTTPS
    target = f"tls://{site.host}:{port}"
    shaken: Part = await attempt(net, target, net.shake_hands(site.host, port))
    capture_parts: list[Part] = [shaken]
    if isinstance(shaken, LookFailure):
        capture_parts.append(Control(at=net.clock(), ok=await net.is_network_working()))
    return Capture(probe="tls", site=site, at=at, parts=tuple(capture_parts))


def read(capture: Capture) -> Iterator[ProbeObservation]:
    """Read a handshake: refused is no https, if our own network worked; else a gap."""
    shaken = capture.parts[0]
    if isinstance(shaken, Handshake):
        yield from _observe_certificate(shaken)
    elif isinstance(shaken, LookFailure):
        control = [part.ok for part in capture.parts if isinstance(part, Control)]
        if shaken.reason is GapReason.REFUSED and control == [True]:
            yield observe(
                "https_served", value=False, place=shaken.target, raw="refused"
            )
            yield from report_unseen(FACTS[1:], shaken)
        else:
            yield from report_unseen(FACTS, shaken)


def _observe_certificate(shaken: Handshake) -> Iterator[ProbeObservation]:
    place = f"tls://{shaken.host}:{shaken.port}"
    yield observe("https_served", value=True, place=place, raw=shaken.version)
    yield observe("tls_version", value=shaken.version, place=place, raw=shaken.version)
    yield observe(
        "http2_offered",
        value=shaken.protocol == "h2",
        place=place,
        raw=shaken.protocol or None,
    )
    yield observe(
        "certificate_chain_trusted",
        value=shaken.verify_code == 0,
        place=place,
        raw=shaken.verify_message or "ok",
    )
    try:
        certificate = x509.load_der_x509_certificate(shaken.certificate)
        names = _list_names(certificate)
        issuer, key = _find_issuer(certificate), _describe_key(certificate)
        starts = certificate.not_valid_before_utc
        ends = certificate.not_valid_after_utc
    except ValueError as error:
        for fact in _OF_THE_CERTIFICATE:
            if fact != "certificate_chain_trusted":
                yield report_withheld(
                    fact,
                    GapReason.UNREADABLE,
                    place=place,
                    zh="证书内容无法读取",
                    en=f"the certificate cannot be read ({error})",
                )
        return
    yield observe(
        "certificate_not_before",
        value=beijing_day(starts),
        place=place,
        raw=starts.isoformat(),
    )
    yield observe(
        "certificate_not_after",
        value=beijing_day(ends),
        place=place,
        raw=ends.isoformat(),
    )
    matches = any(_is_name_of_host(name, shaken.host) for name in names)
    yield observe(
        "certificate_name_matches",
        value=matches,
        place=place,
        raw=", ".join(names)[:500],
    )
    if issuer:
        yield observe("certificate_issuer", value=issuer, place=place, raw=issuer)
    yield observe("certificate_key", value=key, place=place, raw=key)


def _list_names(certificate: x509.Certificate) -> list[str]:
    try:
        extension = certificate.extensions.get_extension_for_oid(
            ExtensionOID.SUBJECT_ALTERNATIVE_NAME
        ).value
    except x509.ExtensionNotFound:
        return []
    if not isinstance(extension, x509.SubjectAlternativeName):
        return []
    names = [str(name) for name in extension.get_values_for_type(x509.DNSName)]
    addresses = extension.get_values_for_type(x509.IPAddress)
    return names + [str(address) for address in addresses]


def _find_issuer(certificate: x509.Certificate) -> str:
    for kind in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        attributes = certificate.issuer.get_attributes_for_oid(kind)
        if attributes:
            return str(attributes[0].value)
    return ""


def _describe_key(certificate: x509.Certificate) -> str:
    """Describe the kind of key and its strength: RSA 2048, EC secp256r1."""
    key = certificate.public_key()
    match key:
        case rsa.RSAPublicKey():
            return f"RSA {key.key_size}"
        case ec.EllipticCurvePublicKey():
            return f"EC {key.curve.name}"
        case _:
            return type(key).__name__.removesuffix("PublicKey").lstrip("_")


def _is_name_of_host(name: str, host: str) -> bool:
    """Whether a name is one of the host; a star is the first label (RFC 6125)."""
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(host)
    except ValueError:
        pass
    pattern, host_name = name.lower().rstrip("."), host.lower().rstrip(".")
    if pattern.startswith("*."):
        first, _, parent = host_name.partition(".")
        return bool(first) and parent == pattern[2:] and "." in parent
    return pattern == host_name
