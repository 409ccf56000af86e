"""Every page of the route table in a browser: nothing in anybody's way, no sideways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.urls import reverse
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    FloatRect,
    Locator,
    Page,
    expect,
)

from changqing_web.walls import PageRoute, collect_routes
from tests.web.web_live import (
    Live,
    chromium,
    find_overflow,
    list_faults,
    open_signed_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.long]
PAGES = [route for route in collect_routes() if "GET" in route.methods]


@pytest.fixture(scope="module")
def browser(served: Live) -> Iterator[BrowserContext]:
    """Chromium, signed in as the owner."""
    with chromium() as found:
        yield open_signed_in(found, served)


@dataclass(kw_only=True)
class Window:
    """One window for all pages: to open one for each takes a sixth of the time."""

    page: Page
    _said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen to what the policy or the console has to say of a page."""
        self.page.on("pageerror", lambda error: self._said.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if "Policy" in message.text:
            self._said.append(message.text)

    def look_at(self, address: str) -> list[str]:
        """Look at a page in all ways: what is wrong with it."""
        self._said.clear()
        faults = list_faults(self.page, address)
        assert self.page.title()
        return [*faults, *self._said]


@pytest.fixture(scope="module")
def window(browser: BrowserContext) -> Window:
    """The window in which the pages are looked at."""
    return Window(page=browser.new_page())


def _make_address(route: PageRoute) -> str:
    named = dict(route.sample)
    if "workspace>" in route.path:
        named["workspace"] = "examples"
    if ":case>" in route.path:
        named["case"] = "local-life"
    return reverse(route.name, kwargs=named)


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.name)
def test_a_page_can_be_used_by_anybody(
    browser: BrowserContext, window: Window, route: PageRoute
) -> None:
    address = _make_address(route)
    answer = browser.request.get(address, max_redirects=3)
    assert answer.status < 500
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    if not is_page or "content-disposition" in answer.headers:
        return  # a file
    if "<html" not in answer.text():
        return  # a part of a page, fetched by it
    assert window.look_at(address) == []


@pytest.mark.parametrize(
    "address",
    [
        "/account/password/set/",
        "/account/password/reset/",
        "/account/logout/",
        "/account/email/",
        "/account/2fa/",
        "/account/2fa/totp/activate/",
        "/no/such/page/",
    ],
)
def test_an_account_page_can_be_used_by_anybody(window: Window, address: str) -> None:
    assert window.look_at(address) == []


def test_cautions_stand_under_the_sentences_and_beside_nothing(
    browser: BrowserContext,
) -> None:
    page = browser.new_page()
    try:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto("/w/examples/c/contradictory/?lang=zh")
        # Until when is told on the one page, which stands before all of this.
        expect(page.get_by_text("佐证最早到期").first).to_be_visible()
        page.locator("details:has(.lasting)").first.evaluate("it => { it.open = true }")
        lasting = _measure_box(page.locator(".lasting"))
        caution = _measure_box(page.locator(".cautions li").first)
        words = _measure_box(page.locator(".cautions li > span").first)
        assert caution["x"] + caution["width"] <= lasting["x"]
        assert words["x"] >= caution["x"] + 14  # beside its mark
    finally:
        page.close()


def _measure_box(found: Locator) -> FloatRect:
    box = found.bounding_box()
    assert box is not None
    return box


def test_a_caution_never_widens_the_board(browser: BrowserContext) -> None:
    page = browser.new_page()
    try:
        page.goto("/w/examples/c/contradictory/?lang=zh")  # assesses it
        for language in ("zh", "en"):
            page.goto(f"/w/examples/?lang={language}")
            assert page.locator(".board .caution").count() > 0
            for width in (1280, 390, 360):
                page.set_viewport_size({"width": width, "height": 900})
                assert find_overflow(page) == ""
    finally:
        page.close()
