"""Calendar, search, papers and the review sheet in a browser: named, in view, dark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, expect

from tests.web.web_live import (
    Live,
    chromium,
    list_faults,
    open_signed_in,
)

pytestmark = [pytest.mark.browser, pytest.mark.long]

_CASE: Final = "/w/examples/c/newly-registered/"
_PAGES: Final = (
    "/w/examples/calendar/?by=month",
    "/w/examples/calendar/?by=past",
    "/w/examples/find/?q=谁缺社保",
    "/w/examples/find/lacking/?paper=social_insurance",
    f"{_CASE}evidence/",
    f"{_CASE}papers/lease/",
    f"{_CASE}review/",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.mark.parametrize("address", _PAGES)
def test_pages_are_named_readable_and_fit(
    browser: Browser, served: Live, address: str
) -> None:
    context = open_signed_in(browser, served)
    assert list_faults(context.new_page(), address) == []
    context.close()


def test_the_tab_one_is_on_is_in_view_on_a_phone(
    browser: Browser, served: Live
) -> None:
    context = open_signed_in(browser, served)
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    for rest in ("dossier/", "casework/", "evidence/", ""):
        page.goto(f"{_CASE}{rest}")
        box = page.locator(".tabs [aria-current]").first.bounding_box()
        assert box is not None
        assert box["x"] >= 0, rest
        assert box["x"] + box["width"] <= 390, rest
    context.close()


def test_a_program_is_refused_before_it_is_sent(browser: Browser, served: Live) -> None:
    context = open_signed_in(browser, served)
    page = context.new_page()
    page.goto(f"{_CASE}evidence/")
    program = {"name": "setup.exe", "mimeType": "text/plain", "buffer": b"MZ"}
    page.locator("form[data-upload] input[type=file]").set_input_files(program)  # type: ignore[arg-type]
    expect(page.locator("form[data-upload] [data-chosen]")).to_contain_text("不收")
    context.close()
