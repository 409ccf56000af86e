"""An opened name may listen at another port; no other name ever does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changqing.errors import NetError
from changqing.net.door import Net
from changqing.net.model import NetSettings
from changqing.rehearsal.dns import serve_dns
from changqing.rehearsal.http import serve_site

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
HOST = "door.example"
ZONE = {(HOST, "A"): ["127.0.0.1"]}


def seen_url(folder: Path, *, opened: frozenset[tuple[str, int]]) -> str:
    (folder / "index.html").write_text("<p>hello</p>", encoding="utf-8")

    async def ask() -> str:
        async with serve_site(folder) as site, serve_dns(ZONE) as nameserver:
            settings = NetSettings(
                nameservers=(nameserver,),
                opened=opened,
                ports={(HOST, 80): site.port},
                pause_seconds=0.0,
            )
            async with Net(settings, clock=lambda: NOW) as door:
                exchange = await door.get(f"http://{HOST}/")
        assert b"hello" in exchange.body
        return exchange.final_url

    return asyncio.run(ask())


def test_an_opened_name_answers_under_its_own_address(tmp_path: Path) -> None:
    url = seen_url(tmp_path, opened=frozenset({(HOST, 80)}))
    assert url == f"http://{HOST}/"


def test_a_name_that_is_not_opened_is_not_led_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(NetError):
        seen_url(tmp_path, opened=frozenset())
