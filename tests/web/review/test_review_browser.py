"""A reviewer with a link: marks a point and takes the notice home, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.web.web_live import Live, chromium, find_overflow, open_signed_in

pytestmark = pytest.mark.browser
_CASE = "/w/examples/c/contradictory/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, nobody signed in."""
    with chromium() as found:
        yield found


def _list_violations(page: Page) -> list[str]:
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]


def _invite(browser: Browser, served: Live) -> str:
    """Make a review link as the owner does; gives its address."""
    context = open_signed_in(browser, served)
    page = context.new_page()
    page.goto("/w/examples/members/")
    form = page.locator("form", has=page.locator('[name="do"][value="review"]'))
    form.locator('[name="case"]').fill("contradictory")
    form.locator('[name="label"]').fill("市局窗口")
    form.get_by_role("button").click()
    page.get_by_role("button", name="确认").click()
    address = page.locator(".notice code").inner_text()
    context.close()
    return address


@pytest.mark.long
def test_a_reviewer_marks_points_and_takes_a_notice_home(
    browser: Browser, served: Live
) -> None:
    address = _invite(browser, served)
    context = browser.new_context(base_url=served.url, locale="zh-CN")
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(address)
    expect(page.get_by_role("note")).to_contain_text("市局窗口")
    page.get_by_role("link", name="审查一页").first.click()
    assert _list_violations(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert find_overflow(page) == ""
    point = page.locator("#p1")
    point.get_by_label("补", exact=True).check()
    point.get_by_label("意见").fill("请提交域名归属的证明")
    page.get_by_role("button", name="保存标记").click()
    expect(page.get_by_text("已记下1处")).to_be_visible()
    expect(page.locator("#p1").get_by_label("意见")).to_have_value(
        "请提交域名归属的证明"
    )
    with page.expect_download() as got:
        page.get_by_role("link", name="文字").click()
    assert "请提交域名归属的证明" in got.value.path().read_text("utf-8")
    page.emulate_media(color_scheme="dark")
    page.goto(f"{_CASE}review/?lang=en")
    assert find_overflow(page) == ""
    assert _list_violations(page) == []
    page.goto("/w/examples/?lang=zh")
    expect(page.get_by_role("heading", name="没有这个页面")).to_be_visible()
    context.close()
