"""A mistake is taken back in a browser: an entry, a paper, a whole project."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.web.web_live import Live, chromium, find_overflow, open_signed_in

pytestmark = [pytest.mark.browser, pytest.mark.long]
CASE = "/w/examples/c/newly-registered/"


@pytest.fixture(scope="module")
def browser(served: Live) -> Iterator[BrowserContext]:
    with chromium() as found:
        yield open_signed_in(found, served)


@pytest.fixture(params=[1280, 390])
def page(browser: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = browser.new_page()
    page.set_viewport_size({"width": request.param, "height": 900})
    yield page
    assert find_overflow(page) == ""
    page.close()


def test_an_entry_is_undone(page: Page) -> None:
    page.goto(f"{CASE}casework/?act=submit#record")
    page.locator("form.record button.primary").click()
    expect(page.locator(".notice").first).to_contain_text("已记下：递交")
    page.locator("#events summary").click()
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.locator(".notice").first).to_contain_text("它和这次撤销都留在记录里")
    expect(page.locator("#events .undone").first).to_contain_text("不再作数")
    expect(page.locator("#events summary")).to_have_count(0)
    assert find_overflow(page) == ""


def test_a_paper_is_taken_out_and_put_back(page: Page) -> None:
    page.goto(f"{CASE}papers/lease/?lang=en")
    # By key: a click right after the page scrolled goes to the frame of the file above.
    page.get_by_text("Take it out of this case").press("Enter")
    page.get_by_role("button", name="Take it out", exact=True).click()
    expect(page.locator(".notice").first).to_contain_text("counts no longer")
    page.get_by_text("Papers taken out: 1").click()
    assert find_overflow(page) == ""
    page.get_by_role("button", name="Put back").click()
    expect(page.locator("h1")).to_contain_text("Lease")
    page.goto(f"{CASE}?lang=zh")


def test_a_project_is_put_away_and_listed_again(page: Page) -> None:
    page.goto(CASE)
    page.get_by_text("归档这个项目").click()
    page.get_by_role("button", name="归档", exact=True).click()
    expect(page.locator(".notice").first).to_contain_text("什么也没有删")
    name = "杭州初棠信息科技有限公司"
    expect(page.locator("table.board")).not_to_contain_text(name)
    page.locator(".tabs.quick").get_by_text("已归档").click()
    page.get_by_role("link", name=name).first.click()
    page.get_by_role("button", name="放回列表").click()
    expect(page.locator(".notice").first).to_contain_text("已放回列表")
    page.goto("/w/examples/")
    expect(page.locator("table.board")).to_contain_text(name)
    expect(page.locator(".tabs.quick")).not_to_contain_text("已归档")
