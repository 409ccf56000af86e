"""From an empty home to a case made of dropped files, in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from changqing.case import edit
from changqing.day import beijing_day
from changqing.law.compiled import load_compiled
from tests.papers.settling_sample import HELD, LICENCE, TELECOM_LICENCE
from tests.web.web_live import Live, chromium, open_signed_in
from tests.web.web_world import EXAMPLES

pytestmark = [pytest.mark.browser, pytest.mark.long]
expect.set_options(timeout=40_000)
_DOCUMENTS = EXAMPLES / "newly-registered" / "documents"
_DROP = """async (area, files) => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name));
  area.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
}"""


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """An installation with nothing in it."""
    live = Live(home=tmp_path / "home")
    live.start()
    yield live
    live.kill()


@pytest.fixture
def newly_installed(tmp_path: Path) -> Iterator[Live]:
    """One that was never started before."""
    live = Live(home=tmp_path / "home", empty=True)
    live.start()
    yield live
    live.kill()


def _drop(page: Page, *names: str) -> None:
    files = [[name, (_DOCUMENTS / name).read_text("utf-8")] for name in names]
    area = page.locator("[data-start-drop]")
    area.evaluate(_DROP, files)


def _make_case(page: Page) -> str:
    """Drop a licence, choose a lease, and make the case; the address of it."""
    page.goto("/")
    expect(page.locator(".tabs.quick")).to_have_count(0)
    _drop(page, "03-business-licence.md")
    chosen = page.locator("[data-start-chosen]")
    expect(chosen).to_contain_text("03-business-licence.md")
    page.locator("#start-file").set_input_files([_DOCUMENTS / "13-lease.md"])
    expect(chosen).to_contain_text("2个文件")
    page.get_by_role("button", name="读取这些材料").press("Enter")
    page.wait_for_url("**/start/*/")
    expect(page.locator("h1")).to_contain_text("杭州初棠信息科技有限公司")
    expect(page.locator(".recognised")).to_contain_text("场地租赁合同")
    page.get_by_role("button", name="建项目").first.click()
    page.wait_for_url("**/reading/")
    expect(page.locator("h1")).to_have_text("读取材料")
    return page.url.removesuffix("reading/")


def _settle_singly(page: Page, address: str) -> None:
    """Take by keyboard what was read in a paper, one value after another."""
    page.goto(address)
    taken, take = 0, page.locator("button[value=accept]")
    while take.count():
        with page.expect_navigation():
            take.press("Enter")
        taken += 1
    assert taken > 1
    page.goto(address)
    expect(page.locator("h1 + .under")).to_contain_text("都确认过了")


def test_dropped_files_become_a_case_and_what_is_unread_is_read_from_the_board(
    newly_installed: Live,
) -> None:
    live = newly_installed
    with chromium() as browser:
        page = open_signed_in(browser, live).new_page()
        case = _make_case(page)
        slug, name = re.findall(r"/w/([^/]+)/c/([^/]+)/", case)[0]
        folder = live.home / "cases" / slug / name
        content = (_DOCUMENTS / "17-bank-statement.md").read_bytes()
        (folder / "documents" / "流水.md").write_bytes(content)
        item = {
            "id": "bank_statement",
            "kind": "bank_statement",
            "file": "documents/流水.md",
            "received_on": "2026-11-24",
        }
        known = load_compiled()
        edit.set_item(folder, "papers", item, catalogue=known, shown=None)
        page.goto(case)  # what was put there by hand is seen
        page.goto(f"/w/{slug}/")
        expect(page.locator(".waiting")).to_contain_text("1个项目有材料待读取")
        page.get_by_role("button", name="全部读取").click()
        expect(page.locator("main")).to_contain_text("读过1个项目的1份材料")
        page.goto(f"/w/{slug}/")
        expect(page.locator(".waiting")).to_have_count(0)


def test_a_licence_near_its_end_begins_a_renewal_that_the_board_shows_late(
    live: Live, tmp_path: Path
) -> None:
    end = beijing_day(datetime.now(UTC)) + timedelta(days=13)
    held = {**HELD, "end": f"{end:%Y年%m月%d日}"}
    papers = {"执照.txt": LICENCE, "许可证.txt": TELECOM_LICENCE.format_map(held)}
    for name, text in papers.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with chromium() as browser:
        page = open_signed_in(browser, live).new_page()
        page.goto("/")
        page.locator("#start-file").set_input_files([tmp_path / n for n in papers])
        page.get_by_role("button", name="读取这些材料").press("Enter")
        page.wait_for_url("**/start/*/")
        proposed = page.locator("#stage-proposed")
        expect(proposed).to_contain_text("建议按延续")
        expect(proposed).to_contain_text("离期满还有13天")
        expect(page.locator("#stage")).to_have_value("renew")
        page.get_by_role("button", name="建项目").first.press("Enter")
        page.wait_for_url("**/reading/")
        page.goto(f"{page.url.partition('/c/')[0]}/")
        expect(page.locator("main")).to_contain_text("申请延续")
        expect(page.locator("main")).to_contain_text("逾期77天")


def test_a_file_that_is_not_taken_is_told_before_the_rest_is_read(
    live: Live, tmp_path: Path
) -> None:
    empty = tmp_path / "空的.docx"
    empty.touch()
    with chromium() as browser:
        page = open_signed_in(browser, live).new_page()
        page.goto("/")
        licence = _DOCUMENTS / "03-business-licence.md"
        page.locator("#start-file").set_input_files([licence, empty])
        read = page.get_by_role("button", name="读取这些材料")
        read.press("Enter")
        faults = page.locator("[data-start-faults]")
        expect(faults).to_contain_text("“空的.docx”是空的")
        expect(faults).to_contain_text("先读其余的")
        read.press("Enter")
        page.wait_for_url("**/start/*/")
        expect(page.locator("h1")).to_contain_text("杭州初棠信息科技有限公司")


def test_a_reviewer_vouches_by_keyboard_and_takes_it_back(live: Live) -> None:
    with chromium() as browser:
        owner = open_signed_in(browser, live).new_page()
        case = _make_case(owner)
        _settle_singly(owner, f"{case}reading/business_licence/")
        slug, name = re.findall(r"/w/([^/]+)/c/([^/]+)/", case)[0]
        owner.goto(f"/w/{slug}/members/")
        owner.locator("#review-case").fill(name)
        owner.locator("#review-label").fill("受理窗口")
        owner.get_by_role("button", name="生成审阅链接").click()
        owner.get_by_role("button", name="确认").click()
        link = owner.locator(".notice code").inner_text()
        page = browser.new_context(base_url=live.url, locale="zh-CN").new_page()
        page.goto(link)
        page.goto(f"/w/{slug}/c/{name}/papers/business_licence/")
        first = page.locator(".seen-rows input[type=checkbox]").first
        first.press("Space")
        page.get_by_role("button", name="记为核过原件").press("Enter")
        expect(page.locator(".seen-rows")).to_contain_text("受理窗口")
        page.get_by_role("button", name="撤回").first.click()
        expect(page.locator(".seen-rows")).not_to_contain_text("受理窗口")
