"""A consultant's Monday with 300 clients: what is due, who must act, letters, watch.

The example agency is served as `make serve` serves it. The consultant looks at what is
overdue, answers each correction that is due today up to the letter, gives clients
without anybody to a colleague, asks all whose turn it is for what they lack, and looks
at the watch over all. The pages alone are used.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Final

from playwright.sync_api import expect

from benchmarks.walks.walker import Walker
from tests.web.web_live import Live

_ANSWER: Final = "已按通知改正，更换后的材料随本说明交回。"
_COLLEAGUE: Final = "周可"


def walk_consultant(walker: Walker, live: Live) -> None:
    """Go through Monday morning."""
    page, main = walker.page, walker.page.locator("main")
    with walker.step("open"):
        page.goto(live.link)
        walker.click(main.locator("button").first)
        walker.go(f"{live.url}/w/agency/")
    with walker.step("overdue"):
        walker.click(main.get_by_role("link", name=re.compile("^已逾期")))
        names = main.locator("tbody .name a, tbody td a").all_inner_texts()
        walker.click(main.get_by_role("link", name=names[0]).first)
        walker.click(page.get_by_role("link", name="办理", exact=True).first)
        expect(main.locator(".clock")).to_contain_text("已过")
    with walker.step("today"):
        walker.go(f"{live.url}/w/agency/?view=today")
        due = main.locator("tbody td a").evaluate_all("all => all.map(a => a.href)")
    for at, case in enumerate(due, start=1):
        with walker.step(f"correction {at}"):
            walker.click(main.locator(f"tbody a[href='{_path(live, case)}']").first)
            walker.click(page.get_by_role("link", name="办理", exact=True).first)
            _answer_lines(walker)
            walker.click(main.get_by_role("link", name="补正说明", exact=True))
            expect(main).not_to_contain_text("这是草稿")
            letter = walker.keep_download(page.get_by_role("link", name="Word").first)
            assert _ANSWER in _read_word(letter)
            walker.go(f"{live.url}/w/agency/?view=today")
    with walker.step("assign"):
        walker.go(f"{live.url}/w/agency/")
        with page.expect_response(re.compile(r"/w/agency/\?")):
            walker.choose_value(page.locator("#by-owner"), "-")
        expect(page.locator("#by-owner")).not_to_have_value("")
        walker.click(page.locator("[data-tick-all]"))
        walker.type(page.locator("#assign-owner"), _COLLEAGUE)
        walker.click(page.get_by_role("button", name="指派"))
        expect(page.locator(".notice").first).to_contain_text(_COLLEAGUE)
    with walker.step("ask"):
        walker.go(f"{live.url}/w/agency/")
        walker.click(main.get_by_role("link", name=re.compile("^有阻断")))
        walker.click(page.locator("[data-tick-all]"))
        walker.click(page.get_by_role("button", name="要材料、催办"))
        walker.click(page.get_by_role("button", name="写信并记录"))
        letters = page.get_by_role("link", name="下载全部信件")
        walker.wait_for(letters)
        with zipfile.ZipFile(io.BytesIO(walker.keep_download(letters))) as made:
            assert made.namelist()
    with walker.step("watch"):
        walker.go(f"{live.url}/w/agency/")
        walker.click(page.get_by_role("link", name="监测总览"))
    with walker.step("export"):
        walker.go(f"{live.url}/w/agency/?view=week")
        assert walker.keep_download(page.get_by_role("link", name="导出表格"))


def _answer_lines(walker: Walker) -> None:
    """Answer every line of the notice that is open."""
    page, main = walker.page, walker.page.locator("main")
    while (step := main.get_by_role("link", name=re.compile(r"^办理第\d+条$"))).count():
        walker.click(step.first)
        walker.type(page.locator("#f-answer"), _ANSWER)
        today = page.locator("#f-done").get_attribute("max") or ""
        walker.type(page.locator("#f-done"), today)
        walker.click(page.get_by_role("button", name="确认这一条"))


def _path(live: Live, address: str) -> str:
    return address.removeprefix(live.url)


def _read_word(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as word:
        return re.sub("<[^>]+>", "", word.read("word/document.xml").decode())
