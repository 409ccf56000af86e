"""Registries, certificates, name servers, archives: any answer at all."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import dns.message
import dns.rrset
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from changqing.errors import CaseError
from changqing.net.model import Answer, AnswerStatus, Dialogue, Handshake
from changqing.probes.engine import read
from changqing.probes.model import Capture, Part, Site
from changqing.probes.warc import dump, load
from changqing.probes.whois import find_referral
from changqing.rehearsal.authority import make_authority
from tests.fuzzing import fuzz, fuzz_json
from tests.probes.probes_world import DOMAIN, FEED, HOME, HOST, NOW, RDAP, exchange
from tests.probes.test_probe_whois import CN, GENERIC

pytestmark = pytest.mark.fuzz
SITE = Site.from_url("site", f"https://{HOST}/", domain=DOMAIN)


def told(probe: str, *parts: Any) -> None:
    """Read a capture: each observation is a value or a gap."""
    for seen in read(Capture(probe=probe, site=SITE, at=NOW, parts=parts)):
        assert (seen.reason is None) != (seen.value is None)


def dialogue(received: bytes) -> Dialogue:
    return Dialogue(
        host="whois.example",
        port=43,
        at=NOW,
        seconds=0.1,
        address="127.0.0.1",
        sent=DOMAIN,
        received=received.decode("utf-8", "replace"),
    )


def answer(kind: str, *values: str, name: str = DOMAIN, wire: str = "") -> Answer:
    return Answer(
        name=name,
        kind=kind,
        at=NOW,
        seconds=0.1,
        status=AnswerStatus.FOUND if values else AnswerStatus.NO_DATA,
        values=values,
        wire=wire,
    )


def test_whois(fuzz_seconds: float) -> None:
    def look(content: bytes) -> None:
        told("registration", dialogue(content))
        find_referral(content.decode("utf-8", "replace"))

    seeds = [CN.format(status="ok"), GENERIC, "refer: whois.nic.cn\n", "No match."]
    fuzz(look, [seed.encode() for seed in seeds], fuzz_seconds)


def test_rdap(fuzz_seconds: float) -> None:
    def look(data: Any) -> None:
        told("registration", exchange(json.dumps(data)))

    fuzz_json(look, [RDAP], fuzz_seconds)


def test_rdap_bytes(fuzz_seconds: float) -> None:
    def look(content: bytes) -> None:
        told("registration", exchange(content))

    fuzz(look, [json.dumps(RDAP, ensure_ascii=False).encode()], fuzz_seconds)


def test_a_certificate(fuzz_seconds: float) -> None:
    day = timedelta(days=1)
    pem = make_authority(now=NOW).certify(
        HOST, f"*.{DOMAIN}", "127.0.0.1", not_before=NOW - day, not_after=NOW + day
    )
    first = x509.load_pem_x509_certificate(pem[pem.index("-----BEGIN CERT") :].encode())

    def look(content: bytes) -> None:
        shaken = Handshake(
            host=HOST,
            port=443,
            at=NOW,
            seconds=0.1,
            address="127.0.0.1",
            version="TLSv1.3",
            certificate=content,
            verify_code=0,
            verify_message="ok",
        )
        told("tls", shaken)

    fuzz(look, [first.public_bytes(Encoding.DER)], fuzz_seconds)


RECORDS = {
    "A": ["127.0.0.1", "198.51.100.7"],
    "AAAA": ["2001:db8::1"],
    "CNAME": [f"cdn.{DOMAIN}"],
    "NS": [f"ns1.{DOMAIN}", f"ns2.{DOMAIN}"],
    "MX": [f"mx.{DOMAIN}", ""],
    "SOA": [f"ns1.{DOMAIN}. root.{DOMAIN}. 2026112401 7200 3600 1209600 3600"],
    "CAA": ['0 issue "ca.example"'],
    "DS": ["12345 8 2 " + "ab" * 32],
}


def test_what_name_servers_say(fuzz_seconds: float) -> None:
    def look(records: Any) -> None:
        if not isinstance(records, dict):
            return
        parts = [
            answer(kind, *map(str, values), name=name)
            for kind, values in records.items()
            if isinstance(values, list)
            for name in (HOST, DOMAIN)
        ]
        told("dns", *parts)

    fuzz_json(look, [RECORDS], fuzz_seconds)


def test_a_signed_answer(fuzz_seconds: float) -> None:
    query = dns.message.make_query(DOMAIN, "DNSKEY", want_dnssec=True)
    reply = dns.message.make_response(query)
    key = "257 3 8 AwEAAc0="
    reply.answer.append(dns.rrset.from_text(f"{DOMAIN}.", 3600, "IN", "DNSKEY", key))

    def look(content: bytes) -> None:
        wire = base64.b64encode(content).decode()
        told(
            "dns",
            answer("DS", "12345 8 2 " + "ab" * 32),
            answer("DNSKEY", key, wire=wire),
        )

    fuzz(look, [reply.to_wire()], fuzz_seconds)


@pytest.mark.parametrize("probe", ["hygiene", "feedback", "functions", "page"])
def test_headers_and_page(probe: str, fuzz_seconds: float) -> None:
    def look(content: bytes) -> None:
        head, _, body = content.partition(b"\n\n")
        lines = head.decode("utf-8", "replace").splitlines()
        pairs = tuple((n, v) for n, _, v in (line.partition(": ") for line in lines))
        one = replace(exchange(body), headers=pairs)
        told(probe, one, replace(one, url=f"http://{HOST}/"))

    head = (
        "Content-Type: text/html; charset=utf-8\n"
        "Strict-Transport-Security: max-age=31536000; includeSubDomains\n"
        "Content-Security-Policy: default-src 'self'\nX-Frame-Options: DENY\n"
        "X-Content-Type-Options: nosniff\n\n"
    )
    fuzz(look, [(head + HOME).encode()], fuzz_seconds)


def test_mail_and_contact_dialogues(fuzz_seconds: float) -> None:
    def look(content: bytes) -> None:
        for probe in ("feedback", "reach"):
            told(probe, exchange(HOME), dialogue(content), dialogue(content))

    fuzz(look, [b"220 mx ready\r\n250 ok\r\n221 bye\r\n"], fuzz_seconds)


def test_an_archive(fuzz_seconds: float) -> None:
    parts: tuple[Part, ...] = (
        *(exchange(HOME), exchange(FEED, url=f"https://{HOST}/feed.xml")),
        *(dialogue(b"x"), answer("A", "127.0.0.1")),
    )
    kept = dump(Capture(probe="page", site=SITE, at=NOW, parts=parts))
    fuzz(load, [kept], fuzz_seconds)


def test_of_what_was_never_asked_nothing_is_said() -> None:
    servers = answer("NS", f"ns1.{DOMAIN}")
    seen = read(Capture(probe="dns", site=SITE, at=NOW, parts=(servers,)))
    assert {observation.fact for observation in seen} & {
        "domain_resolves",
        "resolved_addresses",
    } == (set())


def test_an_archive_of_nothing_in_particular_is_damaged() -> None:
    head = "WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 0\r\n"
    kind = "Content-Type: application/http; msgtype=response\r\n\r\n\r\n\r\n"
    with pytest.raises(CaseError):
        load((head + kind).encode())
