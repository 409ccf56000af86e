"""What a word means, by key, by finger and by mouse, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect, sync_playwright

from changqing.guide.terms import load_terms
from changqing_web.models import Role
from tests.needs import find_program
from tests.web.web_world import Place, make_place

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.django_db(transaction=True),
]
_MEANS = load_terms()["unproven"].means.zh


@pytest.fixture
def torn(transactional_db: None) -> Place:
    return make_place("here", "contradictory")


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=find_program("browser"), args=["--no-sandbox"]
        )
        yield opened
        opened.close()


@pytest.mark.parametrize("width", [390, 1280])
def test_a_meaning_opens_and_closes_by_every_hand(
    torn: Place, chromium: Browser, live_server: Any, width: int
) -> None:
    context = chromium.new_context(
        base_url=live_server.url,
        locale="zh-CN",
        viewport={"width": width, "height": 800},
        has_touch=width == 390,
    )
    cookie = torn.people[Role.EDITOR].cookies["sessionid"].value
    context.add_cookies(
        [{"name": "sessionid", "value": cookie, "url": live_server.url}]
    )
    page = context.new_page()
    page.goto(torn.url("findings/"))
    word = page.locator('[popovertarget="means-line-unproven"]')
    said = page.locator("#means-line-unproven")
    expect(said).to_be_hidden()
    expect(word).to_have_accessible_description(_MEANS)
    word.focus()
    page.keyboard.press("Enter")
    expect(said).to_be_visible()
    box = said.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    found = Axe().run(page).response["violations"]
    grave = [
        violation
        for violation in found
        if violation["impact"] in ("serious", "critical")
    ]
    assert grave == []
    page.keyboard.press("Escape")
    expect(said).to_be_hidden()
    if width == 390:
        word.tap()
        expect(said).to_be_visible()
    else:
        word.hover()
        expect(said).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
