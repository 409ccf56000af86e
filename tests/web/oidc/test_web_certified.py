"""Signing in at a provider of identities that others wrote and had certified.

It comes through npm, at the versions and with the digests of `certified`; it has a
sign-in page of its own and asks whoever comes for consent.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.needs import find_program
from tests.web.web_live import Live, chromium, find_free_port
from tests.web.web_provider import CLIENT, SECRET

_SOURCES = Path(__file__).with_name("certified")
_ADDRESS = "new@firm.example"


@contextmanager
def _serve_certified(place: Path, port: int, callback: str) -> Iterator[None]:
    """Install the provider in `place`, and serve it until the block ends."""
    shutil.copytree(_SOURCES, place)
    subprocess.run(
        [find_program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=place,
        capture_output=True,
        check=True,
        timeout=180,
    )
    serving = subprocess.Popen(
        ["node", "provider.mjs", str(port), CLIENT, SECRET, callback],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert serving.stdout is not None
    try:
        assert serving.stdout.readline() == "ready\n"
        yield
    finally:
        serving.kill()
        serving.wait()
        serving.stdout.close()


def _press_button(page: Page, live: Live) -> None:
    page.goto(f"{live.url}/me/")
    page.get_by_role("button", name="用甲公司登录").click()


@pytest.mark.browser
@pytest.mark.long
def test_a_person_signs_in_and_out_at_a_certified_provider(tmp_path: Path) -> None:
    port = find_free_port()
    live = Live(
        home=tmp_path / "home",
        settings={
            "CHANGQING_OIDC_ISSUER": f"http://127.0.0.1:{port}",
            "CHANGQING_OIDC_CLIENT": CLIENT,
            "CHANGQING_OIDC_SECRET": SECRET,
            "CHANGQING_OIDC_NAME": "甲公司",
            "CHANGQING_OIDC_SIGNUP": "open",
        },
    )
    live.start()
    callback = f"{live.url}/account/oidc/callback/"
    try:
        with _serve_certified(tmp_path / "op", port, callback), chromium() as browser:
            page = browser.new_context(locale="zh-CN").new_page()
            _press_button(page, live)
            page.locator("input[name=login]").fill(_ADDRESS)
            page.locator("input[name=password]").fill("any")
            page.locator("button[type=submit]").click()
            page.locator("button[type=submit]").click()  # consents
            page.wait_for_url(f"{live.url}/me/")
            expect(page.locator("main")).to_contain_text(f"可用甲公司登录：{_ADDRESS}")
            page.get_by_role("button", name="退出").click()
            page.goto(f"{live.url}/me/")
            assert page.url.startswith(f"{live.url}/account/login/")
            _press_button(page, live)  # the provider still knows who it is
            page.wait_for_url(f"{live.url}/me/")
            # Who refuses at the provider is told so, and is not let in.
            stranger = browser.new_context(locale="zh-CN").new_page()
            _press_button(stranger, live)
            stranger.get_by_role("link", name="Cancel").click()
            stranger.wait_for_url(f"{callback}**")
            expect(stranger.locator("main")).to_contain_text("没有登录")
    finally:
        live.kill()
