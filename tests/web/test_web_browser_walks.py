"""What people come for, walked from end to end in a browser, on a server as it is run.

Each walk is one of eight combinations of language, width and scheme, chosen so that any
two of them come together in one; the pages of guests, which no owner sees, are looked at
in all of them (`list_faults`), the others by `test_web_browser_pages`.
"""

from __future__ import annotations

import fcntl
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from changqing.evidence.ledger.recorded import Evidence
from changqing.law.compiled import load_compiled
from changqing.papers.open import open_case
from tests.web.web_live import Live, chromium, list_faults, open_signed_in
from tests.web.web_world import read_sealed_example

pytestmark = [pytest.mark.browser, pytest.mark.long]
expect.set_options(timeout=40_000)
_HEAD = 120  # pixels; what a phone shows above the name of the case
_ONCE = re.compile(r"^https?://[^/]+/(enter|join|review)/")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, nobody signed in."""
    with chromium() as found:
        yield found


@pytest.fixture
def owner(browser: Browser, served: Live) -> Iterator[BrowserContext]:
    """The owner's browser."""
    context = open_signed_in(browser, served)
    yield context
    context.close()


@pytest.fixture
def agency_owner(browser: Browser, tmp_path: Path) -> Iterator[BrowserContext]:
    """The owner's browser on a server that has the agency of 300 too."""
    live = Live(home=tmp_path / "home", examples=True, agency=True)
    live.start()
    context = open_signed_in(browser, live)
    yield context
    context.close()
    live.kill()


OpenSeat = Callable[[str, int, Literal["light", "dark"]], BrowserContext]
"""Opens a browser that was never here: language, width, scheme."""


@pytest.fixture
def strangers(browser: Browser, served: Live) -> Iterator[OpenSeat]:
    """Browsers that were never here."""
    contexts = []

    def open_seat(
        language: str, width: int, scheme: Literal["light", "dark"]
    ) -> BrowserContext:
        context = browser.new_context(
            base_url=served.url,
            locale="zh-CN" if language == "zh" else "en-GB",
            viewport={"width": width, "height": 844},
            has_touch=width < 500,
            color_scheme=scheme,
        )
        context.set_default_timeout(40_000)
        contexts.append(context)
        return context

    yield open_seat
    for context in contexts:
        context.close()


def _note_way(page: Page) -> list[str]:
    """Keep the addresses of the pages that somebody comes to, from now on."""
    way: list[str] = []

    def note(frame: Frame) -> None:
        if frame == page.main_frame and frame.url not in (*way, "about:blank"):
            way.append(frame.url)

    page.on("framenavigated", note)
    return way


def _list_faults_of_way(page: Page, way: list[str]) -> list[str]:
    """Look at each page of a way in every language, width and scheme.

    A link that lets somebody in once opens nothing when it is over.
    """
    pages = [address for address in way if not _ONCE.search(address)]
    assert pages
    return [fault for address in pages for fault in list_faults(page, address)]


def _measure_head(page: Page) -> float:
    """How high the bar of all pages is, in pixels."""
    box = page.locator("header.bar").bounding_box()
    assert box is not None
    return box["height"]


def _invite(
    owner: BrowserContext, who: BrowserContext, role: str, case: str, name: str
) -> Page:
    """Somebody new: invited on the page of members, signs up and joins."""
    members = owner.new_page()
    members.goto("/w/examples/members/")
    members.locator("#invite-role").select_option(role)
    members.locator("#invite-case").fill(case)
    members.get_by_role("button", name="生成邀请链接").click()
    members.get_by_role("button", name="确认").click()
    address = members.locator(".notice code").inner_text()
    page = who.new_page()
    page.goto(address)
    page.locator("main a[href*='/account/signup/']").click()
    page.locator("input[name=email]").fill(f"{name}@walk.example")
    page.locator("input[name=password1]").fill("a long enough word")
    page.locator("main form button").last.click()
    expect(page).not_to_have_url(re.compile("signup"))
    page.get_by_role("button", name=re.compile("^(加入|Join)$")).click()
    expect(page).not_to_have_url(re.compile("/join/"))
    return page


def test_from_the_first_page_to_a_sealed_bundle(
    owner: BrowserContext, served: Live, tmp_path: Path
) -> None:
    page = owner.new_page()
    page.goto("/")
    page.get_by_role("link", name="示例公司").click()
    page.get_by_role("link", name="杭州青禾里生活服务有限公司").first.click()
    page.get_by_role("link", name="申报材料", exact=True).click()
    page.get_by_role("link", name="封存与核验").click()
    page.locator("main").get_by_role("button", name="封存", exact=True).click()
    expect(page.get_by_role("heading", name="已封好")).to_be_visible()
    signer = page.locator("dl code").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载封存包").click()
    bundle = tmp_path / "bundle.zip"
    download.value.save_as(bundle)
    page.get_by_role("link", name="封存与核验").first.click()
    page.locator("#f-bundle").set_input_files(bundle)
    page.locator("#f-key").fill(signer)
    page.get_by_role("button", name="核验").click()
    expect(page.get_by_role("heading", name="已核验", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="损坏", exact=True)).to_have_count(0)


def test_a_respondent_answers_what_is_asked_and_sees_nothing_else(
    owner: BrowserContext, strangers: OpenSeat, served: Live
) -> None:
    seat = strangers("en", 390, "dark")
    page = _invite(owner, seat, "respondent", "newly-registered", "client")
    way = _note_way(page)
    page.goto("/w/examples/c/newly-registered/answers/")
    assert _measure_head(page) <= _HEAD
    asked = "At which number does the authority reach the contact?"
    page.get_by_label(asked).fill("0571-88880000")
    page.get_by_role("button", name="Hand in").click()
    expect(page.locator(".notice")).to_contain_text("1 ")
    page.goto("/w/examples/c/newly-registered/answers/")
    expect(page.locator(".question", has_text=asked)).to_have_count(0)
    for closed in ("findings/", "seal/", "events/"):
        answer = page.goto(f"/w/examples/c/newly-registered/{closed}")
        assert answer is not None
        assert answer.status == 404, closed
    events = owner.new_page()
    events.goto("/w/examples/c/newly-registered/events/")
    expect(events.locator("main")).to_contain_text("client@walk.example")
    assert _list_faults_of_way(page, way[:1]) == []


def test_a_reviewer_verifies_by_a_link_and_can_change_nothing(
    owner: BrowserContext, strangers: OpenSeat, served: Live
) -> None:
    members = owner.new_page()
    members.goto("/w/examples/members/")
    members.locator("#review-case").fill("local-life")
    members.get_by_role("button", name="生成审阅链接").click()
    members.get_by_role("button", name="确认").click()
    page = strangers("en", 1280, "light").new_page()
    way = _note_way(page)
    page.goto(members.locator(".notice code").inner_text())
    expect(page.locator("main h1")).to_be_visible()
    page.get_by_role("link", name="Review sheet").first.click()
    expect(page.locator(".point").first).to_be_visible()
    page.goto("/w/examples/c/local-life/seal/")
    page.locator("#f-bundle").set_input_files(
        {
            "name": "bundle.zip",
            "mimeType": "application/zip",
            "buffer": read_sealed_example(),
        }
    )
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_role("heading", name="Checked", exact=True)).to_be_visible()
    page.goto("/w/examples/c/local-life/seal/")
    expect(page.get_by_role("button", name="Seal", exact=True)).to_have_count(0)
    assert _list_faults_of_way(page, way) == []
    answer = page.goto("/w/examples/")
    assert answer is not None
    assert answer.status == 404


def test_two_people_edit_the_same_case_and_both_values_are_shown(
    owner: BrowserContext, strangers: OpenSeat, served: Live
) -> None:
    second = _invite(owner, strangers("zh", 390, "light"), "editor", "", "colleague")
    first = owner.new_page()
    address = "/w/examples/c/contradictory/facts/team/?all=1"
    field = 'input[type=text][name$="headcount"]'
    for page in (first, second):
        page.goto(address)
    assert _measure_head(second) <= _HEAD
    first.locator(field).first.fill("41")
    first.get_by_role("button", name="提交并评估").click()
    expect(first.locator(field).first).to_have_value("41")
    expect(first.locator(".summary[role=alert]")).to_have_count(0)
    second.locator(field).first.fill("36")
    second.get_by_role("button", name="提交并评估").click()
    expect(second.locator(".summary[role=alert]")).to_be_visible()
    expect(second.locator(field).first).to_have_value("36")
    expect(second.locator("main")).to_contain_text("41")
    assert "headcount: 41" in (served.folder("contradictory") / "case.yaml").read_text(
        encoding="utf-8"
    )


@pytest.mark.long
def test_what_is_due_today_is_found_among_300_and_a_correction_is_answered(
    agency_owner: BrowserContext,
) -> None:
    page = agency_owner.new_page()
    page.emulate_media(color_scheme="dark")
    page.goto("/w/agency/")
    expect(page.locator(".job")).to_have_count(0, timeout=240_000)  # all are made
    page.get_by_role("link", name=re.compile("^今天")).click()
    expect(page).to_have_url(re.compile("view=today"))
    due = page.locator("main tbody tr")
    assert 0 < due.count() < 60
    page.goto("/w/agency/?view=correction")
    page.locator("main tbody td a").first.click()
    page.get_by_role("link", name="办理").click()
    page.locator("main").get_by_role("link", name=re.compile("^办理")).first.click()
    page.locator("#f-answer").fill("已在网站底部标明许可证编号。")
    page.locator("#f-done").fill(page.locator("#f-done").get_attribute("max") or "")
    page.get_by_role("button", name="确认这一条").click()
    expect(page.locator("main")).to_contain_text("已在网站底部标明许可证编号。")
    page.get_by_role("link", name=re.compile("补正说明")).click()
    expect(page.locator("main")).to_contain_text("已在网站底部标明许可证编号。")


def _check_unhurt(served: Live, name: str) -> set[str]:
    """The case can be read, every paper it lists is there whole, its log verifies."""
    folder = served.folder(name)
    case = open_case(folder, load_compiled())
    for paper in case.papers:
        assert (folder / paper.file.path).stat().st_size > 0
    Evidence(folder).verify()
    return {paper.file.path for paper in case.papers}


@pytest.mark.parametrize("after", [0.0, pytest.param(0.3, marks=pytest.mark.long)])
def test_a_server_killed_during_an_upload_loses_nothing(
    browser: Browser, served: Live, after: float
) -> None:
    name = "newly-registered"
    before = _check_unhurt(served, name)
    page = open_signed_in(browser, served).new_page()
    page.goto(f"{served.case(name)}evidence/")
    page.locator("#up-kind").select_option(index=1)
    paper = PDF + b"%" + str(after).encode() + b"x" * 4_000_000
    page.locator("#up-file").set_input_files(
        {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": paper}
    )
    page.get_by_role("button", name="上传材料").click(no_wait_after=True)
    page.wait_for_timeout(after * 1000)
    served.kill()
    page.context.close()
    assert _check_unhurt(served, name) >= before
    served.start()
    kept = _check_unhurt(served, name)
    page = open_signed_in(browser, served).new_page()
    page.goto(f"{served.case(name)}evidence/")
    if kept == before:  # it had not been taken: taking it again is all there is to do
        page.locator("#up-kind").select_option(index=1)
        page.locator("#up-file").set_input_files(
            {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": paper}
        )
        page.get_by_role("button", name="上传材料").click()
        expect(page.locator(".notice")).to_contain_text("已收")
    page.context.close()
    assert len(_check_unhurt(served, name)) == len(before) + 1


def test_a_look_waits_for_who_writes_and_then_sees_the_site(
    owner: BrowserContext, served: Live
) -> None:
    name, started = "newly-registered", datetime.now(UTC)
    page = owner.new_page()
    # Papers that an earlier test sent are read first; the one worker is busy with them.
    page.goto(f"{served.case(name)}reading/")
    expect(page.locator(".job[hx-get]")).to_have_count(0)
    page.goto(served.case(name))
    again = page.locator(".casehead").get_by_role("button", name="再看一遍网站")
    with (served.folder(name) / "evidence" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process writes to the case
        again.click()
        expect(page.locator(".job").first).to_contain_text("等它写完")
    expect(page.locator(".again")).to_contain_text(re.compile("发出[1-9][0-9]*次请求"))
    expect(page.locator(".job")).to_have_count(0)
    seen = Evidence(served.folder(name)).list_attempts()
    assert any(attempt.answered and attempt.at > started for attempt in seen)


def test_a_server_killed_while_sealing_goes_on_when_it_is_back(
    browser: Browser, served: Live
) -> None:
    page = open_signed_in(browser, served).new_page()
    page.goto(f"{served.case('contradictory')}seal/")
    page.locator("main").get_by_role("button", name="还没有备齐，仍要封存").click()
    expect(page).to_have_url(re.compile(r"/seal/\d+/"))
    where = page.url.removeprefix(served.url)
    page.wait_for_timeout(800)
    served.kill()
    page.context.close()
    _check_unhurt(served, "contradictory")
    served.start()
    page = open_signed_in(browser, served).new_page()
    page.goto(where)
    expect(page.get_by_role("heading", name="已封好")).to_be_visible()
    page.context.close()
    _check_unhurt(served, "contradictory")
