"""Names, registration and certificates: there, absent, refused, slow, hostile."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dns.name
import dns.rrset
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from dns.dnssec import make_dnskey, make_ds, sign
from dns.dnssectypes import Algorithm
from hypothesis import given
from hypothesis import strategies as st

from changqing.evidence.model import GapReason
from changqing.net.model import Handshake, NetSettings
from changqing.probes.engine import read
from changqing.probes.kinds import dns as names_probe
from changqing.probes.kinds import tls
from changqing.probes.model import Capture, ProbeObservation, Site
from changqing.rehearsal.broken import Trouble, serve_broken
from changqing.rehearsal.dns import serve_dns
from tests.probes.probes_world import (
    BARE,
    DOMAIN,
    HOST,
    NOW,
    RDAP,
    door,
    exchange,
    pages,
    quick,
    world,
)

CONTROL = "https://control-example.cn/"
KNOWN = {("control-example.cn", "A"): ["127.0.0.1"]}
SITE = Site.from_url("site", f"https://{HOST}/", domain=DOMAIN)


def by_fact(capture: Capture) -> dict[str, ProbeObservation]:
    return {observation.fact: observation for observation in read(capture)}


def ask_names(
    zone: dict[tuple[str, str], list[str]] | None,
) -> dict[str, ProbeObservation]:
    """Ask a name server that knows `zone`; None: one that keeps silent."""

    async def run() -> Capture:
        async with serve_dns({**(zone or {}), **KNOWN}) as names:
            server = names if zone is not None else "127.0.0.1:9"
            settings = quick(
                NetSettings(
                    nameservers=(server,), resolvers=(server,), controls=(CONTROL,)
                )
            )
            async with door(settings) as net:
                return await names_probe.capture(SITE, net)

    return by_fact(asyncio.run(run()))


def signed_zone(*, fresh: bool) -> dict[tuple[str, str], list[str]]:
    """A delegation, its key, and the key's signature; stale: it ran out long ago."""
    name = dns.name.from_text(DOMAIN)
    key = ec.generate_private_key(ec.SECP256R1())
    record = make_dnskey(key.public_key(), Algorithm.ECDSAP256SHA256)
    keys = dns.rrset.from_rdata(name, 60, record)
    begin = NOW - timedelta(days=1 if fresh else 90)
    signature = sign(
        keys, key, name, record, inception=begin, expiration=begin + timedelta(days=30)
    )
    return {
        (HOST, "A"): ["127.0.0.1"],
        (DOMAIN, "DS"): [str(make_ds(name, record, "SHA256"))],
        (DOMAIN, "DNSKEY"): [str(record)],
        (DOMAIN, "RRSIG"): [str(signature)],
    }


def registered(answer: object, *, status: int = 200) -> dict[str, ProbeObservation]:
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    page = exchange(body, url=f"https://rdap.example/domain/{DOMAIN}", status=status)
    return by_fact(Capture(probe="registration", site=SITE, at=NOW, parts=(page,)))


def shake(
    folder: Path, *, certified: str = HOST, trusted: str = "yes"
) -> dict[str, ProbeObservation]:
    async def run() -> Capture:
        async with world(pages(folder, BARE), certified=certified) as here:
            settings = here.settings
            if trusted == "no":
                settings = replace(settings, trust=())
            async with door(settings) as net:
                return await tls.capture(here.site, net)

    return by_fact(asyncio.run(run()))


# -- names


def test_a_name_that_does_not_exist_is_a_fact() -> None:
    seen = ask_names({})
    assert seen["domain_resolves"].value is False
    assert seen["name_server_count"].value == 0
    assert seen["mail_exchanger_present"].value is False


def test_a_name_without_addresses_does_not_resolve() -> None:
    seen = ask_names({(HOST, "TXT"): ['"x"']})
    assert seen["domain_resolves"].value is False
    assert seen["resolved_addresses"].value == frozenset()


def test_a_domain_that_takes_no_mail_has_no_mail_exchanger() -> None:
    seen = ask_names({(DOMAIN, "MX"): ["0 ."], (HOST, "AAAA"): ["2400:3200::1"]})
    assert seen["mail_exchanger_present"].value is False
    assert seen["ipv6_present"].value is True
    assert seen["domain_resolves"].value is True


def test_a_silent_name_server_leaves_everything_unknown() -> None:
    seen = ask_names(None)
    assert {o.fact for o in seen.values()} == set(names_probe.FACTS)
    assert {o.reason for o in seen.values()} == {GapReason.DNS_FAILURE}


# -- registration


def test_a_domain_on_hold_is_seen_to_be() -> None:
    for state in ("client hold", "server hold", "redemption period", "pending delete"):
        seen = registered({**RDAP, "status": [state, "active"]})
        assert seen["domain_in_hold_or_redemption"].value is True
        assert state.replace(" ", "_") in str(seen["domain_status"].value)


def test_an_unregistered_domain_is_no_record_and_not_a_missing_owner() -> None:
    seen = registered({"errorCode": 404}, status=404)
    assert {o.reason for o in seen.values()} == {GapReason.NO_RECORD}


def test_days_of_the_registry_are_days_in_beijing() -> None:
    events = [{"eventAction": "expiration", "eventDate": "2029-02-28T16:30:00Z"}]
    seen = registered({**RDAP, "events": events})
    assert seen["domain_expires_on"].value == date(2029, 3, 1)
    assert seen["domain_registered_on"].reason is GapReason.NO_RECORD


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>not json</html>",
        b"[" * 100_000,
        b'{"objectClassName": "domain", "entities": 7, "events": {}, "status": "x"}',
        b'{"objectClassName": "domain", "entities": [{"roles": ["registrant"],'
        b' "vcardArray": ["vcard", [[], [1], null, ["fn", 1, 2, {}]]]}]}',
    ],
)
def test_a_hostile_registry_gives_gaps(answer: bytes) -> None:
    assert all(o.value is None for o in registered(answer).values())


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["roles", "vcardArray", "eventAction", "eventDate", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(entities=JSON, events=JSON, status=JSON)
def test_any_json_at_all_is_read_without_raising(
    entities: object, events: object, status: object
) -> None:
    answer = {"objectClassName": "domain", "entities": entities}
    registered({**answer, "events": events, "status": status})


# -- how well the name is kept


def test_name_servers_in_one_network_are_one_network() -> None:
    zone = {
        (HOST, "A"): ["127.0.0.1"],
        (DOMAIN, "NS"): ["ns1.example.cn.", "ns2.example.cn."],
        ("ns1.example.cn", "A"): ["203.0.113.1"],
        ("ns2.example.cn", "A"): ["203.0.113.9"],
    }
    assert ask_names(zone)["name_server_networks"].value == 1
    zone["ns2.example.cn", "A"] = ["198.51.100.1"]
    assert ask_names(zone)["name_server_networks"].value == 2


def test_authorities_are_restricted_at_the_name_or_above_it() -> None:
    zone = {(HOST, "A"): ["127.0.0.1"], (DOMAIN, "CAA"): ['0 issue "ca.example"']}
    assert ask_names(zone)["certificate_authorities_restricted"].value is True
    del zone[DOMAIN, "CAA"]
    assert ask_names(zone)["certificate_authorities_restricted"].value is False


def test_an_alias_of_another_domain_hides_where_the_site_stands() -> None:
    own = {(HOST, "A"): ["127.0.0.1"], (HOST, "CNAME"): [f"web.{DOMAIN}."]}
    assert "behind_cdn" not in ask_names(own)
    seen = ask_names({**own, (HOST, "CNAME"): ["changqing.cdn-example.com."]})
    assert seen["behind_cdn"].value is True
    assert seen["behind_cdn"].raw == "changqing.cdn-example.com"


def test_a_resolver_that_finds_nothing_at_all_says_nothing_of_a_name() -> None:
    async def run(*, known: str) -> Capture:
        async with serve_dns({(known, "A"): ["127.0.0.1"]}) as names:
            settings = NetSettings(
                nameservers=(names,), controls=("https://control.cn/",)
            )
            async with door(quick(settings)) as net:
                return await names_probe.capture(SITE, net)

    lost = by_fact(asyncio.run(run(known="other.cn")))
    assert {observation.reason for observation in lost.values()} == {
        GapReason.OWN_NETWORK
    }
    sound = by_fact(asyncio.run(run(known="control.cn")))
    assert sound["domain_resolves"].value is False


def test_the_serial_of_the_zone_is_kept() -> None:
    soa = "ns1.example.cn. admin.example.cn. 2026112401 7200 900 1209600 86400"
    zone = {(HOST, "A"): ["127.0.0.1"], (DOMAIN, "SOA"): [soa]}
    assert ask_names(zone)["zone_serial"].value == 2026112401


def test_a_resolver_that_does_not_find_the_name_is_seen() -> None:
    async def run() -> Capture:
        async with (
            serve_dns({(HOST, "A"): ["127.0.0.1"]}) as one,
            serve_dns({}) as other,
        ):
            settings = NetSettings(nameservers=(one,), resolvers=(one, other))
            async with door(quick(settings)) as net:
                return await names_probe.capture(SITE, net)

    seen = by_fact(asyncio.run(run()))
    assert seen["found_by_every_resolver"].value is False
    assert seen["domain_resolves"].value is True


def test_a_signature_is_judged_at_the_time_of_the_look() -> None:
    seen = ask_names(signed_zone(fresh=True))
    assert seen["delegation_signed"].value is True
    assert seen["delegation_signature_valid"].value is True
    assert ask_names(signed_zone(fresh=False))["delegation_signature_valid"].value is (
        False
    )


def test_a_key_the_parent_does_not_name_vouches_for_nothing() -> None:
    zone = signed_zone(fresh=True)
    zone[DOMAIN, "DS"] = signed_zone(fresh=True)[DOMAIN, "DS"]
    assert ask_names(zone)["delegation_signature_valid"].value is False


def test_a_resolver_without_signatures_proves_nothing_invalid() -> None:
    zone = signed_zone(fresh=True)
    del zone[DOMAIN, "RRSIG"]
    seen = ask_names(zone)["delegation_signature_valid"]
    assert (seen.value, seen.reason) == (None, GapReason.UNREADABLE)


def test_an_unsigned_domain_has_no_signature_to_judge() -> None:
    seen = ask_names({(HOST, "A"): ["127.0.0.1"]})
    assert seen["delegation_signed"].value is False
    assert "delegation_signature_valid" not in seen


# -- certificates


def test_a_certificate_for_another_name_is_seen_not_to_match(tmp_path: Path) -> None:
    seen = shake(tmp_path, certified="other.cn")
    assert seen["certificate_name_matches"].value is False
    assert seen["certificate_chain_trusted"].value is True
    assert seen["certificate_name_matches"].raw == "other.cn"


def test_the_key_and_the_protocol_are_seen(tmp_path: Path) -> None:
    seen = shake(tmp_path)
    assert seen["tls_version"].value == "TLSv1.3"
    assert str(seen["certificate_key"].value).startswith(("RSA ", "EC "))
    assert seen["http2_offered"].value is False


def test_a_star_stands_for_one_label(tmp_path: Path) -> None:
    assert shake(tmp_path, certified=f"*.{DOMAIN}")["certificate_name_matches"].value
    assert not shake(tmp_path, certified="*.cn")["certificate_name_matches"].value


def test_a_stranger_authority_is_not_trusted_but_dates_are_read(
    tmp_path: Path,
) -> None:
    seen = shake(tmp_path, trusted="no")
    assert seen["certificate_chain_trusted"].value is False
    assert seen["https_served"].value is True
    ends = seen["certificate_not_after"].value
    assert isinstance(ends, date)
    assert ends > (datetime.now(UTC) + timedelta(days=70)).date()


@pytest.mark.parametrize("trouble", [Trouble.SILENT, Trouble.GARBAGE, Trouble.RESET])
def test_no_handshake_is_a_gap(trouble: Trouble, tmp_path: Path) -> None:
    async def run() -> Capture:
        async with world(tmp_path) as here, serve_broken(trouble) as broken:
            opened = here.settings.opened | {(HOST, broken.port)}
            site = Site.from_url(
                "site", f"https://{HOST}:{broken.port}/", domain=DOMAIN
            )
            async with door(replace(here.settings, opened=opened)) as net:
                return await tls.capture(site, net)

    seen = by_fact(asyncio.run(run()))
    assert set(seen) == set(tls.FACTS)
    assert all(o.value is None for o in seen.values())


def test_a_refused_port_serves_no_https_but_only_if_our_own_network_works(
    tmp_path: Path,
) -> None:
    async def run(*, control: str) -> Capture:
        async with world(tmp_path) as here, serve_broken(Trouble.RESET) as broken:
            port = broken.port
            settings = replace(
                here.settings, opened=here.settings.opened | {(HOST, port)}
            )
        # Both servers are gone now; a name server and a control are needed again.
        async with world(tmp_path) as again:
            controls = again.settings.controls if control == "ok" else ()
            settings = replace(
                again.settings,
                opened=again.settings.opened | settings.opened,
                controls=controls,
            )
            site = Site.from_url("site", f"https://{HOST}:{port}/", domain=DOMAIN)
            async with door(settings) as net:
                return await tls.capture(site, net)

    assert by_fact(asyncio.run(run(control="ok")))["https_served"].value is False
    doubtful = by_fact(asyncio.run(run(control="none")))["https_served"]
    assert doubtful.reason is GapReason.REFUSED


def test_a_certificate_of_garbage_is_a_gap() -> None:
    async def run() -> Capture:
        async with world(Path("/nowhere")) as here, door(here.settings) as net:
            return await tls.capture(here.site, net)

    capture = asyncio.run(run())
    shaken = capture.parts[0]
    assert isinstance(shaken, Handshake)
    broken = replace(shaken, certificate=b"\x30\x03junk")
    seen = by_fact(replace(capture, parts=(broken,)))
    assert seen["certificate_not_after"].reason is GapReason.UNREADABLE
    assert seen["https_served"].value is True
