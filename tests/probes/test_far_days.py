"""Days that are no days: "never" as certificates and registries say it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from changqing.day import beijing_day
from changqing.net.model import Handshake
from changqing.probes.engine import read
from changqing.probes.model import Capture, Site
from tests.probes.probes_world import DOMAIN, HOST, NOW, RDAP, exchange

SITE = Site.from_url("site", f"https://{HOST}/", domain=DOMAIN)
NEVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_what_lies_beyond_the_days_is_on_the_last_or_the_first() -> None:
    assert beijing_day(NEVER) == date.max
    first = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14)))
    assert beijing_day(first) == date.min
    assert beijing_day(datetime(2026, 11, 27, 16, tzinfo=UTC)) == date(2026, 11, 28)


def test_a_certificate_without_an_end_has_one() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NEVER)
        .sign(key, hashes.SHA256())
    )
    shaken = Handshake(
        host=HOST,
        port=443,
        at=NOW,
        seconds=0.1,
        address="127.0.0.1",
        version="TLSv1.3",
        certificate=certificate.public_bytes(Encoding.DER),
        verify_code=0,
        verify_message="ok",
    )
    seen = read(Capture(probe="tls", site=SITE, at=NOW, parts=(shaken,)))
    [ends] = [
        observation
        for observation in seen
        if observation.fact == "certificate_not_after"
    ]
    assert ends.value == date.max


@pytest.mark.parametrize("written", ["9999-12-31T23:59:59Z", "9999-12-31"])
def test_a_registry_that_says_never_is_read(written: str) -> None:
    events = [{"eventAction": "expiration", "eventDate": written}]
    body = json.dumps({**RDAP, "events": events})
    parts = (exchange(body),)
    seen = read(Capture(probe="registration", site=SITE, at=NOW, parts=parts))
    [ends] = [
        observation for observation in seen if observation.fact == "domain_expires_on"
    ]
    assert ends.value == date.max
