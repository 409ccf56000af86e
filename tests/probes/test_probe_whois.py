"""Registries that answer on port 43: what they print, and what they do not."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest

from changqing.evidence.model import GapReason
from changqing.net.model import NetSettings
from changqing.probes.engine import read
from changqing.probes.kinds import registration
from changqing.probes.model import Capture, ProbeObservation, Site
from changqing.rehearsal.dns import serve_dns
from changqing.rehearsal.whois import serve_whois
from tests.probes.probes_world import DOMAIN, HOST, door, quick

SITE = Site.from_url("site", f"https://{HOST}/", domain=DOMAIN)
REGISTRY = "whois.cnnic.cn"

CN = f"""Domain Name: {DOMAIN}
ROID: 20190301s10001s00000000-cn
Domain Status: {{status}}
Registrant: 杭州长青示例科技有限公司
Registrant Contact Email: admin@{DOMAIN}
Sponsoring Registrar: 示例注册商有限公司
Name Server: ns1.dns-example.cn
Registration Time: 2019-03-01 23:30:00
Expiration Time: 2029-03-01 23:30:00
DNSSEC: unsigned
"""

GENERIC = """Domain Name: CHANGQING-EXAMPLE.TV
Registrar: Example Registrar, Inc.
Creation Date: 2019-03-01T23:30:00Z
Registry Expiry Date: 2029-03-01T23:30:00Z
Domain Status: clientHold https://icann.org/epp#clientHold
Registrant Organization: Changqing Example Ltd
"""


def look_up(answers: dict[str, str], site: Site = SITE) -> dict[str, ProbeObservation]:
    """Ask the directory, then the registry it names; both on this machine."""

    async def run() -> Capture:
        zone = {
            ("whois.iana.org", "A"): ["127.0.0.1"],
            (REGISTRY, "A"): ["127.0.0.1"],
        }
        async with serve_dns(zone) as names, serve_whois(answers) as port:
            pairs = {("whois.iana.org", 43): port, (REGISTRY, 43): port}
            settings = NetSettings(
                nameservers=(names,),
                opened=frozenset(pairs),
                ports=pairs,
                rdap={"com": "https://rdap.example/"},
            )
            async with door(quick(settings)) as net:
                return await registration.capture(site, net)

    capture = asyncio.run(run())
    return {observation.fact: observation for observation in read(capture)}


def of_cn(status: str = "ok") -> dict[str, ProbeObservation]:
    directory = f"domain:       CN\n\nwhois:        {REGISTRY}\n\nstatus: ACTIVE\n"
    return look_up({"cn": directory, DOMAIN: CN.format(status=status)})


def test_the_directory_leads_to_the_registry() -> None:
    seen = of_cn()
    assert seen["domain_registrant"].value == "杭州长青示例科技有限公司"
    assert seen["domain_registrar"].value == "示例注册商有限公司"
    assert seen["domain_status"].value == frozenset({"ok"})
    assert seen["domain_in_hold_or_redemption"].value is False


def test_the_registry_of_cn_prints_beijing_time() -> None:
    seen = of_cn()
    assert seen["domain_registered_on"].value == date(2019, 3, 1)
    assert seen["domain_expires_on"].value == date(2029, 3, 1)


@pytest.mark.parametrize(
    ("status", "stopped", "renewed"),
    [
        ("clientHold", True, False),
        ("redemptionPeriod", True, False),
        ("pendingDelete", True, False),
        ("autoRenewPeriod", False, True),
        ("clientTransferProhibited", False, False),
    ],
)
def test_a_state_is_what_it_is(status: str, *, stopped: bool, renewed: bool) -> None:
    seen = of_cn(status)
    assert seen["domain_in_hold_or_redemption"].value is stopped
    assert seen["domain_in_auto_renew_period"].value is renewed


def test_another_registry_prints_utc_and_links_its_states() -> None:
    site = Site.from_url("site", "https://changqing-example.tv/")
    directory = f"whois: {REGISTRY}\n"
    seen = look_up({"tv": directory, "changqing-example.tv": GENERIC}, site)
    assert seen["domain_registered_on"].value == date(2019, 3, 2)
    assert seen["domain_status"].value == frozenset({"client_hold"})
    assert seen["domain_in_hold_or_redemption"].value is True


def test_no_record_is_not_an_empty_one() -> None:
    seen = look_up({"cn": f"whois: {REGISTRY}\n"})
    assert set(seen) == set(registration.FACTS)
    assert {observation.reason for observation in seen.values()} == {
        GapReason.NO_RECORD
    }


def test_an_answer_that_is_no_record_is_unreadable() -> None:
    seen = look_up({"cn": f"whois: {REGISTRY}\n", DOMAIN: "Query rate exceeded.\n"})
    assert {observation.reason for observation in seen.values()} == {
        GapReason.UNREADABLE
    }


def test_a_suffix_without_a_server_says_where_to_look_instead() -> None:
    seen = look_up({"cn": "domain: CN\nstatus: ACTIVE\n"})
    assert {observation.reason for observation in seen.values()} == {
        GapReason.NO_RECORD
    }
    detail = seen["domain_registrant"].detail
    assert detail is not None
    assert ".cn" in detail.zh


def test_the_directory_cannot_lead_into_our_own_network() -> None:
    seen = look_up({"cn": "whois: 127.0.0.1\n"})
    assert {observation.reason for observation in seen.values()} == {
        GapReason.OWN_NETWORK
    }
