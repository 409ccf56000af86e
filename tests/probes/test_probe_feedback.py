"""Whether the channels a page names lead to anybody."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from changqing.evidence.model import GapReason
from changqing.probes.engine import read
from changqing.probes.kinds import feedback
from changqing.probes.model import Capture, ProbeObservation
from changqing.rehearsal.mail import serve_mail
from tests.probes.probes_world import (
    BARE,
    DOMAIN,
    HOST,
    MAIL,
    NOW,
    door,
    exchange,
    good_pages,
    world,
)


def by_fact(capture: Capture) -> dict[str, ProbeObservation]:
    return {observation.fact: observation for observation in read(capture)}


def tried(
    folder: Path,
    *,
    page: str | None = None,
    mail: list[str] | None = None,
    greeting: str | None = None,
) -> dict[str, ProbeObservation]:
    good_pages(folder)
    if page is not None:
        (folder / "index.html").write_text(
            BARE.replace("<p>", f"<p>{page} "), encoding="utf-8"
        )
    zone = {
        (HOST, "A"): ["127.0.0.1"],
        (MAIL, "A"): ["127.0.0.1"],
        (DOMAIN, "MX"): [f"10 {MAIL}."] if mail is None else mail,
        (DOMAIN, "TXT"): ['"the domain is there"'],
    }

    async def run() -> Capture:
        async with world(folder, zone=zone) as here:
            settings = here.settings
            async with serve_mail(greeting or "220 ready") as port:
                if greeting is not None:
                    settings.ports[MAIL, 25] = port  # type: ignore[index]
                async with door(settings) as net:
                    return await feedback.capture(here.site, net)

    return by_fact(asyncio.run(run()))


def test_channels_that_work_are_seen_to(tmp_path: Path) -> None:
    seen = tried(tmp_path)
    assert {name: each.value for name, each in seen.items()} == dict.fromkeys(
        feedback.FACTS, True
    )
    assert seen["service_mail_server_answers"].raw == "220 mx ESMTP ready"


def test_a_domain_that_takes_no_mail_is_seen(tmp_path: Path) -> None:
    seen = tried(tmp_path, mail=["0 ."])
    assert seen["service_email_domain_receives"].value is False
    assert "service_mail_server_answers" not in seen


def test_without_an_exchanger_only_a_letter_would_tell(tmp_path: Path) -> None:
    seen = tried(tmp_path, mail=[])
    assert seen["service_email_domain_receives"].reason is GapReason.NO_RECORD


def test_a_server_that_takes_mail_of_nobody_does_not_answer(tmp_path: Path) -> None:
    seen = tried(tmp_path, greeting="521 example.cn does not accept mail")
    assert seen["service_mail_server_answers"].value is False


@pytest.mark.parametrize("greeting", ["554 no service", "421 busy", "HTTP/1.1 400"])
def test_a_server_that_turns_us_away_may_take_the_mail_of_others(
    greeting: str, tmp_path: Path
) -> None:
    seen = tried(tmp_path, greeting=greeting)
    assert seen["service_mail_server_answers"].reason is GapReason.BLOCKED


def test_no_way_to_the_mail_server_is_a_gap(tmp_path: Path) -> None:
    seen = tried(tmp_path, mail=["10 elsewhere.changqing-example.cn."])
    assert seen["service_email_domain_receives"].value is True
    assert seen["service_mail_server_answers"].reason is GapReason.DNS_FAILURE


def test_a_chat_that_is_gone_does_not_open(tmp_path: Path) -> None:
    seen = tried(tmp_path, page='<a href="/gone.html">在线客服</a>')
    assert seen["online_chat_opens"].value is False


@pytest.mark.parametrize(
    ("number", "possible"),
    [
        ("400-123-4567", True),
        ("95533", True),
        ("0571-88776655", True),
        ("13800138000", True),
        ("010-1234", None),
        ("12345", None),
        ("10086", None),
    ],
)
def test_a_number_is_one_that_can_exist(number: str, possible: object) -> None:
    from changqing.probes.model import Site

    page = exchange(BARE.replace("<p>", f"<p>客服电话：{number} "))
    site = Site.from_url("site", page.url)
    capture = Capture(probe="feedback", site=site, at=NOW, parts=(page,))
    seen = by_fact(capture).get("hotline_dialable")
    assert (None if seen is None else seen.value) is possible


def test_of_channels_that_are_not_named_nothing_is_said(tmp_path: Path) -> None:
    assert tried(tmp_path, page="没有联系方式") == {}
