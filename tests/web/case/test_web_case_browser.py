"""Case, findings, errands and board in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright

from changqing_web.models import Job, Role
from tests.needs import find_program
from tests.web.web_world import Place, make_place

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def torn(transactional_db: None) -> Place:
    """A case in which word and proof differ."""
    return make_place("here", "contradictory")


@pytest.fixture
def save(live_server: Any) -> Callable[[Job], None]:
    """Save a job in a thread of its own, as the worker beside the pages would.

    Playwright's loop runs in the test's thread, where Django rightly refuses to wait.
    """

    def act(job: Job) -> None:
        for alias, connection in live_server.thread.connections_override.items():
            connections[alias] = connection  # one database in memory, one connection
        job.save()

    def save_elsewhere(job: Job) -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(act, job).result()

    return save_elsewhere


@pytest.fixture
def browser(torn: Place, live_server: Any) -> Iterator[BrowserContext]:
    """Chromium, signed in as the editor of the case."""
    cookie = torn.people[Role.EDITOR].cookies["sessionid"].value
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=find_program("browser"), args=["--no-sandbox"]
        )
        context = chromium.new_context(base_url=live_server.url, locale="zh-CN")
        context.add_cookies(
            [{"name": "sessionid", "value": cookie, "url": live_server.url}]
        )
        yield context
        chromium.close()


def _open_page(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


def test_a_row_opens_in_place_and_closes_the_one_before(
    torn: Place, browser: BrowserContext
) -> None:
    page = _open_page(browser, torn.url("findings/"))
    page.locator("#f1-a").click()
    expect(page.locator("#f1 .f-body")).to_be_visible()
    first = page.url
    assert "open=" in first
    page.locator("#f2-a").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#f2 .f-body")).to_be_visible()
    expect(page.locator(".f-body")).to_have_count(1)
    assert page.evaluate("document.activeElement.id") == "f2-a"
    page.reload()
    expect(page.locator("#f2 .f-body")).to_be_visible()
    page.goto(first)
    expect(page.locator("#f1 .f-body")).to_be_visible()


def test_ticking_an_errand_shows_what_would_change(
    torn: Place, browser: BrowserContext
) -> None:
    page = _open_page(browser, torn.url("errands/"))
    for box in page.locator(".errands input[name=try]").all():
        box.check()
    after = page.locator(".before-after tbody tr").first.locator("td").last
    expect(after).to_contain_text("已具备")


def test_work_under_way_is_shown_until_it_ended(
    torn: Place, browser: BrowserContext, save: Callable[[Job], None]
) -> None:
    job = Job(
        workspace=torn.workspace,
        case=torn.case.folder,
        kind="look",
        state=Job.State.RUNNING,
        step={"zh": "查看网站首页", "en": "Looking"},
        asked_by="editor",
    )
    save(job)
    page = _open_page(browser, torn.url())
    expect(page.locator(f"#job-{job.pk}").first).to_contain_text("查看网站首页")
    job.step = {"zh": "查看证书", "en": "Certificate"}
    save(job)
    expect(page.locator(f"#job-{job.pk}").first).to_contain_text("查看证书")
    job.state = Job.State.DONE
    job.result = {"requests": 12, "unseen": 1}
    job.ended_at = job.asked_at
    save(job)
    expect(page.locator(".again")).to_contain_text("发出12次请求，1处未能查看")


def test_work_that_failed_is_red_and_its_button_lives_again(
    torn: Place, browser: BrowserContext, save: Callable[[Job], None]
) -> None:
    job = Job(
        workspace=torn.workspace,
        case=torn.case.folder,
        kind="look",
        state=Job.State.RUNNING,
        asked_by="editor",
    )
    save(job)
    page = _open_page(browser, torn.url())
    button = page.locator(".casehead").get_by_role("button", name="再看一遍网站")
    expect(button).to_be_disabled()
    job.state = Job.State.FAILED
    job.result = {"error": {"zh": ["另一个进程正在写"], "en": ["being written"]}}
    job.ended_at = job.asked_at
    save(job)
    bar = page.locator(".progress").first
    expect(bar).to_contain_text("没有办成。")
    expect(bar).to_contain_text("另一个进程正在写")
    expect(button).to_be_enabled()
    red = page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--fill-red')"
    )
    edge = bar.evaluate("e => getComputedStyle(e).borderLeftColor")
    assert edge == page.evaluate(
        """colour => {
          const one = document.createElement("i");
          one.style.color = colour;
          document.body.append(one);
          return getComputedStyle(one).color;
        }""",
        red.strip(),
    )


def test_ticked_cases_are_counted_and_can_be_assigned(
    torn: Place, browser: BrowserContext
) -> None:
    page = _open_page(browser, f"/w/{torn.workspace.slug}/")
    expect(page.locator("#assign")).to_be_hidden()
    page.locator("[data-tick-all]").check()
    expect(page.locator("[data-ticked]")).to_have_text("已勾选1个")
    page.locator("#assign-owner").fill("沈岚")
    page.get_by_role("button", name="指派").click()
    expect(page.locator("td.c-owner")).to_have_text("沈岚")


def test_the_address_of_a_filtered_board_says_what_was_chosen_alone(
    torn: Place, browser: BrowserContext
) -> None:
    page = _open_page(browser, torn.url().partition("c/")[0])
    page.select_option("select[name=stage]", "prepare")
    page.wait_for_url("**stage=prepare**")
    assert "=&" not in page.url
    assert not page.url.endswith("=")
    assert "readiness" not in page.url


def test_nothing_serious_is_in_the_way_of_anybody(
    torn: Place, browser: BrowserContext
) -> None:
    page = browser.new_page()
    open_row = "findings/?dimension=infrastructure&open=domain_holder_relation"
    board = f"/w/{torn.workspace.slug}/"
    for address in (board, *map(torn.url, ("", open_row, "errands/"))):
        page.goto(address)
        for width in (1440, 360):
            page.set_viewport_size({"width": width, "height": 800})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, address
        found = Axe().run(page).response["violations"]
        assert [
            (address, violation["id"], violation["nodes"][0]["target"])
            for violation in found
            if violation["impact"] in ("serious", "critical")
        ] == []


def test_own_text_is_typed_as_it_prints_and_kept_as_plain_text(
    torn: Place, browser: BrowserContext
) -> None:
    page = browser.new_page()
    page.goto(torn.url("dossier/user_service/"))
    own = page.locator("[data-own-text]").first
    own.locator("[data-page]").click()
    page.keyboard.type("我们的客服")
    own.locator("[data-do=heading]").click()
    page.keyboard.press("Enter")
    page.keyboard.type("三个人，")
    own.locator("[data-do=bold]").click()
    page.keyboard.type("轮班")
    own.locator("[data-do=bold]").click()
    page.keyboard.type("。<b>*不是*</b>")
    page.keyboard.press("Enter")
    own.locator("[data-do=list]").click()
    page.keyboard.type("早班")
    own.locator("[data-do=table]").click()
    page.keyboard.type("班次")
    found = [
        (violation["id"], violation["impact"])
        for violation in Axe().run(page).response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]
    assert found == []
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存1处。")).to_be_visible()
    kept = page.locator("[data-page]").first
    expect(kept.locator("h3")).to_have_text("我们的客服")
    expect(kept.locator("strong")).to_have_text("轮班")
    expect(kept.locator("p").first).to_have_text("三个人，轮班。<b>*不是*</b>")
    expect(kept.locator("li")).to_have_text(["早班"])
    expect(kept.locator("th").first).to_have_text("班次")
    page.get_by_role("button", name="撤销上一次保存").click()
    expect(page.get_by_text("已撤销上一次保存。")).to_be_visible()
    expect(page.locator("[data-page]").first).to_have_text("")
