"""What an attempt says: answered, not answered, or in doubt of ourselves."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from aiohttp import web

from changqing.evidence.model import Attempt, GapReason
from changqing.net.model import NetSettings
from changqing.probes.kinds import reach as probe
from changqing.probes.model import Capture, Control, LookFailure, Part, Site
from changqing.rehearsal.broken import Trouble, serve_broken
from changqing.rehearsal.dns import serve_dns
from changqing.rehearsal.http import serve_app
from changqing.text import Text
from tests.probes.probes_world import DOMAIN, HOST, NOW, door, exchange, quick

SITE = Site.from_url("site", f"https://{HOST}/", domain=DOMAIN)


def attempt(answer: Part, *, control: bool = True) -> Attempt:
    parts = (answer, Control(at=NOW, ok=control))
    capture = Capture(probe="reach", site=SITE, at=NOW, parts=parts)
    [made] = probe.read_attempts(capture)
    return made


def failure(reason: GapReason, *, transient: bool = True) -> LookFailure:
    return LookFailure(
        target=SITE.url,
        at=NOW,
        reason=reason,
        detail=Text(zh="没有看到", en="not seen"),
        transient=transient,
    )


@pytest.mark.parametrize("status", [200, 204, 301, 401, 403, 404, 410, 429])
def test_whoever_says_something_has_answered(status: int) -> None:
    made = attempt(exchange("<html>", status=status))
    assert (made.answered, made.reason, made.status) == (True, None, status)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_no_answer(status: int) -> None:
    made = attempt(exchange("<html>", status=status))
    assert (made.answered, made.reason) == (False, GapReason.SERVER_ERROR)


def test_a_challenge_page_has_answered_whatever_its_status() -> None:
    page = replace(
        exchange("<script>", status=521), headers=(("Set-Cookie", "__jsluid_s=1"),)
    )
    assert attempt(page).answered is True


@pytest.mark.parametrize("reason", [GapReason.REFUSED, GapReason.TIMEOUT])
def test_a_refusal_and_a_timeout_are_no_answer(reason: GapReason) -> None:
    made = attempt(failure(reason))
    assert (made.answered, made.reason) == (False, reason)


def test_a_name_that_does_not_exist_is_no_answer() -> None:
    made = attempt(failure(GapReason.DNS_FAILURE, transient=False))
    assert (made.answered, made.reason) == (False, GapReason.DNS_FAILURE)


@pytest.mark.parametrize(
    "reason",
    [
        GapReason.DNS_FAILURE,  # the name servers kept silent
        GapReason.OWN_NETWORK,
        GapReason.TLS,
        GapReason.RESET,
        GapReason.UNREADABLE,
    ],
)
def test_what_the_design_does_not_decide_stays_unknown(reason: GapReason) -> None:
    made = attempt(failure(reason))
    assert (made.answered, made.reason) == (None, reason)


@pytest.mark.parametrize(
    "answer", [exchange("<html>"), exchange("", status=503), failure(GapReason.TIMEOUT)]
)
def test_without_control_nothing_is_said(answer: Part) -> None:
    made = attempt(answer, control=False)
    assert (made.answered, made.reason) == (None, GapReason.OWN_NETWORK)
    assert not made.control_ok


def knock(trouble: Trouble | None) -> Attempt:
    """Knock at a server in trouble, or where nobody listens."""

    async def run() -> Attempt:
        app = web.Application()
        zone = {(HOST, "A"): ["127.0.0.1"]}
        async with (
            serve_app(app) as control,
            serve_dns(zone) as names,
            serve_broken(trouble or Trouble.RESET) as broken,
        ):
            port = broken.port if trouble is not None else 1
            settings = NetSettings(
                nameservers=(names,),
                opened=frozenset({control.address, (HOST, port)}),
                controls=(control.make_url(),),
            )
            site = Site.from_url("site", f"http://{HOST}:{port}/", domain=DOMAIN)
            async with door(quick(settings)) as net:
                [made] = probe.read_attempts(await probe.capture(site, net))
        return made

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("trouble", "answered"),
    [
        (Trouble.SILENT, False),
        (Trouble.DRIP, True),  # it said 200, then dawdled
        (Trouble.ENDLESS, True),
        (Trouble.RESET, None),
        (Trouble.GARBAGE, None),
        (Trouble.LOOP, None),
    ],
)
def test_knocking_at_a_server_in_trouble(
    trouble: Trouble, answered: bool | None
) -> None:
    made = knock(trouble)
    assert made.control_ok
    assert made.answered is answered


def test_knocking_where_nobody_listens_is_refused_or_not_tried() -> None:
    made = knock(None)
    assert made.answered in (False, None)


def test_how_the_answer_came_is_seen() -> None:
    page = replace(
        exchange("<html>"),
        hops=("http://changqing-example.cn/", "https://www.changqing-example.cn/"),
        seconds=0.25,
    )
    capture = Capture(
        probe="reach", site=SITE, at=NOW, parts=(page, Control(at=NOW, ok=True))
    )
    seen = {observation.fact: observation.value for observation in probe.read(capture)}
    # So short a page is surely no page of the site, nor anything else.
    unclear = dict.fromkeys(("page_served", "maintenance_until"))
    assert seen == {"answer_milliseconds": 250, "redirect_count": 1, **unclear}


@pytest.mark.parametrize("listening", [True, False])
def test_a_name_with_an_ipv6_address_is_knocked_at_over_ipv6(
    *, listening: bool
) -> None:
    async def run() -> Capture:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "::1", 0)
        port = server.sockets[0].getsockname()[1]
        if not listening:
            server.close()
        zone = {(HOST, "A"): ["127.0.0.1"], (HOST, "AAAA"): ["::1"]}
        async with serve_dns(zone) as names:
            settings = NetSettings(
                nameservers=(names,),
                opened=frozenset({(HOST, 443)}),
                ports={(HOST, 443): port},
                controls=(),
            )
            async with door(quick(settings)) as net:
                capture = await probe.capture(SITE, net)
        server.close()
        return capture

    seen = {
        observation.fact: observation for observation in probe.read(asyncio.run(run()))
    }
    assert seen["ipv6_answers"].value is listening
