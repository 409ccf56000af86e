"""How carefully a site is kept, and which ways in it offers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from changqing.evidence.model import GapReason
from changqing.net.model import Exchange
from changqing.probes.engine import read
from changqing.probes.kinds import functions as functions_probe
from changqing.probes.kinds import hygiene as hygiene_probe
from changqing.probes.model import Capture, Probe, ProbeObservation, Site
from tests.probes.probes_world import BARE, NOW, door, exchange, good_pages, world


def by_fact(capture: Capture) -> dict[str, ProbeObservation]:
    return {observation.fact: observation for observation in read(capture)}


def captured(folder: Path, probe: str = "hygiene") -> Capture:
    modules: dict[str, Probe] = {
        "hygiene": cast("Probe", hygiene_probe),
        "functions": cast("Probe", functions_probe),
    }

    async def run() -> Capture:
        async with world(folder) as here, door(here.settings) as net:
            return await modules[probe].capture(here.site, net)

    return asyncio.run(run())


def test_a_careful_site_is_seen_to_be_one(tmp_path: Path) -> None:
    good_pages(tmp_path)
    (tmp_path / ".well-known").mkdir()
    (tmp_path / ".well-known" / "security.txt").write_text(
        "Contact: mailto:security@changqing-example.cn\n", encoding="utf-8"
    )
    capture = captured(tmp_path)
    headers = (
        ("Strict-Transport-Security", "max-age=31536000"),
        ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
    )
    page = capture.parts[0]
    assert isinstance(page, Exchange)
    page = replace(page, headers=(*page.headers, *headers))
    seen = by_fact(replace(capture, parts=(page, *capture.parts[1:])))
    assert set(seen) == set(hygiene_probe.FACTS)
    values = {name: each.value for name, each in seen.items()}
    assert values.pop("mixed_content_seen") is False
    assert set(values.values()) == {True}


def test_a_careless_site_is_seen_to_be_one(tmp_path: Path) -> None:
    good_pages(tmp_path)
    seen = by_fact(captured(tmp_path))
    for fact in (
        "encryption_remembered",
        "content_policy_sent",
        "type_guessing_refused",
        "framing_restricted",
        "security_contact_published",
    ):
        assert seen[fact].value is False


@pytest.mark.parametrize(
    "part",
    [
        '<script src="http://cdn.example.cn/a.js"></script>',
        '</head><body><script src="http://cdn.example.cn/a.js"></script><p>',
        '<img src="HTTP://cdn.example.cn/a.png">',
        '<link rel="stylesheet" href="http://cdn.example.cn/a.css">',
    ],
)
def test_a_plain_part_of_an_encrypted_page_is_seen(part: str, tmp_path: Path) -> None:
    good_pages(tmp_path)
    (tmp_path / "index.html").write_text(
        BARE.replace("</head>", f"{part}</head>"), encoding="utf-8"
    )
    seen = by_fact(captured(tmp_path))["mixed_content_seen"]
    assert seen.value is True
    assert seen.raw is not None
    assert "cdn.example.cn" in seen.raw


def test_a_link_to_a_plain_page_is_no_mixed_content(tmp_path: Path) -> None:
    good_pages(tmp_path)
    page = BARE.replace("<p>", '<a href="http://beian.example.cn/">备案</a><p>')
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    assert by_fact(captured(tmp_path))["mixed_content_seen"].value is False


def test_a_policy_that_is_gone_does_not_open(tmp_path: Path) -> None:
    good_pages(tmp_path)
    (tmp_path / "privacy.html").unlink()
    seen = by_fact(captured(tmp_path))
    assert seen["privacy_policy_opens"].value is False
    assert seen["user_agreement_opens"].value is True


def test_an_error_page_says_nothing_of_how_the_site_is_kept(tmp_path: Path) -> None:
    seen = by_fact(captured(tmp_path))  # an empty folder: 404
    assert set(seen) == set(hygiene_probe.FACTS)
    assert {observation.reason for observation in seen.values()} == {
        GapReason.UNREADABLE
    }


@pytest.mark.parametrize("status", [200, 403, 404, 502])
def test_a_plain_address_that_somebody_else_answers_is_a_gap(
    status: int, tmp_path: Path
) -> None:
    good_pages(tmp_path)
    capture = captured(tmp_path)
    plain = exchange(
        "<html><body>blocked</body></html>",
        url=f"http://{capture.site.host}/",
        status=status,
    )
    parts = tuple(
        plain if isinstance(part, Exchange) and part.url == plain.url else part
        for part in capture.parts
    )
    assert plain in parts
    seen = by_fact(replace(capture, parts=parts))["plain_address_leads_to_https"]
    assert (seen.value, seen.reason is None) == (None, False)
    own = replace(plain, status=200, body=BARE.encode())
    parts = tuple(own if part is plain else part for part in parts)
    seen = by_fact(replace(capture, parts=parts))["plain_address_leads_to_https"]
    assert seen.value is False


# -- ways in


def home(*links: str) -> str:
    body = "".join(links)
    return BARE.replace("<p>", f"<nav>{body}</nav><p>")


def functions_of(folder: Path, *links: str) -> dict[str, ProbeObservation]:
    good_pages(folder)
    (folder / "index.html").write_text(home(*links), encoding="utf-8")
    (folder / "join.html").write_text(BARE, encoding="utf-8")
    return by_fact(captured(folder, "functions"))


def test_ways_in_are_seen_and_opened(tmp_path: Path) -> None:
    seen = functions_of(
        tmp_path,
        '<a href="/join.html">商家入驻</a>',
        '<a href="/gone.html">购物车</a>',
        '<a href="/join.html">登录</a>',
    )
    assert seen["function_entries"].value == frozenset(
        {"merchant_entry", "ordering", "registration"}
    )
    assert seen["function_entries_open"].value == frozenset(
        {"merchant_entry", "registration"}
    )


def test_a_way_in_that_a_script_opens_is_left_to_a_person(tmp_path: Path) -> None:
    seen = functions_of(tmp_path, '<a href="javascript:pay()">在线支付</a>')
    assert seen["function_entries"].value == frozenset({"payment"})
    assert seen["function_entries_open"].reason is GapReason.UNREADABLE


def test_a_headline_about_orders_is_no_way_to_order(tmp_path: Path) -> None:
    seen = functions_of(
        tmp_path, '<a href="/join.html">本平台上月在线预订量比去年同期增长了三成</a>'
    )
    assert seen["function_entries"].reason is GapReason.NOT_RECOGNISED


def test_a_page_drawn_by_a_script_says_nothing_of_its_ways_in() -> None:
    page = exchange("<html><body><script src=app.js></script></body></html>")
    site = Site.from_url("site", page.url)
    capture = Capture(probe="functions", site=site, at=NOW, parts=(page,))
    assert {observation.reason for observation in read(capture)} == {
        GapReason.UNREADABLE
    }
