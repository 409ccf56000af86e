"""A whole look over loopback: there, absent, refused, slow, hostile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from changqing.evidence.model import GapReason
from changqing.probes.engine import list_probe_names, look
from changqing.probes.model import LookStep, ProbeObservation, Site, SiteLook
from changqing.rehearsal.broken import Trouble, serve_broken
from tests.probes.probes_world import BARE, DOMAIN, HOST, NOW, door, good_pages, pages
from tests.probes.probes_world import world as a_world


def by_fact(seen: SiteLook) -> dict[str, ProbeObservation]:
    return {
        o.fact: o for observation in seen.observations.values() for o in observation
    }


def look_at(folder: Path, **changes: object) -> SiteLook:
    async def run() -> SiteLook:
        async with (
            a_world(folder, **changes) as world,  # type: ignore[arg-type]
            door(world.settings) as net,
        ):
            return await look(world.site, net, now=NOW)

    return asyncio.run(run())


def look_at_trouble(trouble: Trouble) -> SiteLook:
    async def run() -> SiteLook:
        async with (
            a_world(Path("/nowhere")) as world,
            serve_broken(trouble) as broken,
        ):
            settings = replace(
                world.settings,
                opened=world.settings.opened | {(HOST, broken.port)},
            )
            site = Site.from_url("site", broken.make_url(HOST), domain=DOMAIN)
            async with door(settings) as net:
                return await look(site, net, now=NOW)

    return asyncio.run(run())


def test_the_probes_are_found_by_scanning_the_folder() -> None:
    names = (
        "dns",
        "feedback",
        "functions",
        "hygiene",
        "page",
        "publication",
        "reach",
        "registration",
        "tls",
    )
    assert list_probe_names() == names


def test_a_good_site_shows_what_is_there(tmp_path: Path) -> None:
    facts = by_fact(look_at(good_pages(tmp_path)))
    values = {name: observation.value for name, observation in facts.items()}
    assert values["filing_number_shown"] == "浙ICP备20261234号-1"
    assert values["filing_link_to_ministry"] is True
    assert values["licence_number_shown"] == "浙B2-20260001"
    assert values["police_number_shown"] == "33010602001234"
    assert values["company_name_shown"] == "杭州长青示例科技有限公司"
    assert values["hotline_shown"] == "400-123-4567"
    assert values["service_email_shown"] == "kefu@changqing-example.cn"
    assert values["complaint_page_answers"] is True
    assert values["shows_online_chat"] is True
    assert values["shows_privacy_policy"] is True
    assert values["shows_user_agreement"] is True
    assert values["domain_resolves"] is True
    assert values["name_server_count"] == 2
    assert values["mail_exchanger_present"] is True
    assert values["ipv6_present"] is False
    assert values["resolved_addresses"] == frozenset({"127.0.0.1"})
    assert values["domain_registrant"] == "杭州长青示例科技有限公司"
    assert values["domain_registrar"] == "示例注册商"
    assert values["domain_registered_on"] == date(2019, 3, 1)
    assert values["domain_expires_on"] == date(2029, 3, 1)
    assert values["domain_in_hold_or_redemption"] is False
    assert values["https_served"] is True
    assert values["certificate_name_matches"] is True
    assert values["certificate_chain_trusted"] is True
    assert values["certificate_issuer"] == "Changqing rehearsal authority"
    unknown = {name for name, each in facts.items() if each.reason is not None}
    assert unknown == {  # it has none of these, which is not surely seen
        "shows_source_site",
        *("function_entries", "function_entries_open"),
    }


def test_publication_takes_neither_the_clock_nor_the_future(tmp_path: Path) -> None:
    facts = by_fact(look_at(good_pages(tmp_path)))
    assert facts["newest_item_on"].value == date(2026, 11, 20)
    assert facts["items_last_180_days"].value == 3
    assert facts["weeks_with_items_last_52"].value == 3


def test_a_bare_site_is_seen_to_lack_things(tmp_path: Path) -> None:
    facts = by_fact(look_at(pages(tmp_path, BARE)))
    assert facts["shows_filing_number"].value is False
    assert "filing_number_shown" not in facts
    for name in (  # found too seldom to be told absent
        *("shows_licence_number", "shows_police_number", "shows_hotline"),
        *("shows_company_name", "shows_complaint_page"),
    ):
        assert facts[name].reason is GapReason.NOT_RECOGNISED
    assert facts["complaint_page_answers"].value is None
    assert facts["shows_dated_items"].value is False
    assert facts["items_last_180_days"].value == 0


def test_a_good_site_answers(tmp_path: Path) -> None:
    [attempt] = look_at(good_pages(tmp_path)).attempts
    assert (attempt.answered, attempt.status, attempt.control_ok) == (True, 200, True)


@pytest.mark.share
@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (Trouble.SILENT, GapReason.TIMEOUT),
        (Trouble.DRIP, GapReason.TIMEOUT),
        (Trouble.GARBAGE, GapReason.UNREADABLE),
        (Trouble.RESET, GapReason.RESET),
        (Trouble.CUT, GapReason.RESET),
        (Trouble.ENDLESS, GapReason.TOO_LARGE),
        (Trouble.LOOP, GapReason.UNREADABLE),
        (Trouble.BOMB, GapReason.TOO_LARGE),
    ],
)
def test_a_failed_look_never_says_that_something_is_absent(
    trouble: Trouble, reason: GapReason
) -> None:
    seen = look_at_trouble(trouble)
    for probe in ("page", "publication"):
        assert seen.observations[probe]
        for observation in seen.observations[probe]:
            assert observation.value is None
            assert observation.reason is reason


def test_progress_is_told_once_for_each_probe(tmp_path: Path) -> None:
    told: list[LookStep] = []

    async def run() -> None:
        async with (
            a_world(good_pages(tmp_path)) as world,
            door(world.settings) as net,
        ):
            await look(world.site, net, now=NOW, progress=told.append)

    asyncio.run(run())
    assert sorted(p.probe for p in told) == list(list_probe_names())
    assert [p.done for p in told] == list(range(1, len(list_probe_names()) + 1))
