"""Facts and evidence as somebody uses them: typed, dropped, killed, taken up again."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from changqing.case import edit
from changqing.evidence.ledger.recorded import Evidence
from tests.web.web_live import Live, chromium, open_signed_in

pytestmark = [pytest.mark.browser, pytest.mark.long]
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
CASE = "newly-registered"
_SLOW = 30_000.0  # milliseconds; each file is taken, recorded and assessed


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """An installation with the examples."""
    found = Live(home=Path(tmp_path_factory.mktemp("facts")) / "home", examples=True)
    found.start()
    yield found
    found.kill()


@pytest.fixture(scope="module")
def browser(live: Live) -> Iterator[BrowserContext]:
    """Chromium, signed in as the owner."""
    with chromium() as found:
        yield open_signed_in(found, live)


@pytest.fixture
def page(browser: BrowserContext) -> Iterator[Page]:
    """A new tab."""
    found = browser.new_page()
    yield found
    found.close()


def test_what_is_typed_outlives_the_tab_and_is_handed_in(
    live: Live, browser: BrowserContext
) -> None:
    address = f"{live.case(CASE)}facts/funding/"
    page = browser.new_page()
    page.goto(address)
    field = page.get_by_label("注册资本", exact=True)
    field.fill("不少")
    expect(page.locator("[data-draft-said]")).to_contain_text("草稿已于")
    page.close()
    again = browser.new_page()
    again.goto(address)
    field = again.get_by_label("注册资本", exact=True)
    expect(field).to_have_value("不少")
    again.get_by_role("button", name="提交并评估").click()
    summary = again.locator(".summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    field.fill("300")
    again.get_by_role("button", name="提交并评估").click()
    expect(again.locator(".notice")).to_contain_text("已提交1项并重新评估")
    expect(field).to_have_value("300")
    again.close()
    written = edit.read(live.folder(CASE))
    assert written.find_value(("applicant", "registered_capital")) == "300万元"


def test_a_file_is_dropped_and_shown(live: Live, page: Page) -> None:
    page.goto(f"{live.case(CASE)}evidence/?kind=lease")
    data = page.evaluate_handle(
        """(bytes) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(bytes)], "scan.pdf"));
          return data;
        }""",
        list(PDF),
    )
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": data})
    expect(page.locator("[data-chosen]")).to_contain_text("scan.pdf")
    page.get_by_role("button", name="上传材料").click()
    expect(page.get_by_role("heading", name="场地租赁合同")).to_be_visible()
    assert page.locator("iframe").count() == 1
    papers = {
        paper["id"] for paper in edit.read(live.folder(CASE)).list_items("papers")
    }
    assert "lease_2" in papers


def test_a_server_killed_during_an_upload_leaves_nothing_half(
    live: Live, browser: BrowserContext, page: Page
) -> None:
    folder = live.folder(CASE)
    before = {path.name for path in (folder / "documents").iterdir()}
    papers = edit.read(folder).list_items("papers")
    page.goto(f"{live.case(CASE)}evidence/")
    token = page.locator("form.upload [name=csrfmiddlewaretoken]").get_attribute(
        "value"
    )
    cookies = "; ".join(f"{c['name']}={c['value']}" for c in browser.cookies())
    boundary = "xxxxxx"
    head = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in {"csrfmiddlewaretoken": token, "kind": "lease"}.items()
    )
    head += (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
        'filename="big.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    )
    whole = 8_000_000
    sending = http.client.HTTPConnection(urlsplit(live.url).netloc, timeout=20)
    sending.putrequest("POST", f"/w/examples/c/{CASE}/evidence/upload/")
    sending.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
    sending.putheader("Content-Length", str(whole))
    sending.putheader("Cookie", cookies)
    sending.endheaders()
    sending.send(head.encode() + PDF + b"\0" * 3_000_000)
    time.sleep(0.5)
    live.kill()
    sending.close()
    assert {path.name for path in (folder / "documents").iterdir()} == before
    assert edit.read(folder).list_items("papers") == papers
    live.start()
    page.goto(live.link)
    page.locator("main button").click()
    page.goto(f"{live.case(CASE)}evidence/")
    expect(page.locator("#log")).to_contain_text("复算一致")
    assert Evidence(folder).verify() is not None


def _make_payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def test_each_of_several_files_gets_its_kind_and_a_refused_one_stays(
    live: Live, page: Page
) -> None:
    page.goto(f"{live.case(CASE)}evidence/")
    page.locator("#up-file").set_input_files(
        [
            _make_payload("新签的劳动合同.pdf", PDF + b"1"),
            _make_payload("scan 7.pdf", PDF + b"2"),
            _make_payload("list.pdf", b"no paper at all"),
        ]
    )
    rows = page.locator("[data-sendings] > li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0).locator("select")).to_have_value("labour_contract")
    rows.nth(1).locator("select").select_option("lease")
    rows.nth(2).locator("select").select_option("lease")
    page.get_by_role("button", name="上传材料").click()
    refused = rows.nth(2).locator("[data-state]")
    expect(refused).to_contain_text("按内容看不是PDF", timeout=_SLOW)
    expect(rows.nth(0).locator("[data-state]")).to_contain_text("已收《劳动合同》")
    rows.nth(2).get_by_role("button", name="不传").click()
    expect(page.locator(".notice").first).to_contain_text("已收《劳动合同》")
    kinds = [
        paper["kind"] for paper in edit.read(live.folder(CASE)).list_items("papers")
    ]
    assert kinds.count("labour_contract") == 2


def test_a_paper_is_put_where_it_is_asked_for(live: Live, page: Page) -> None:
    page.goto(f"{live.case(CASE)}facts/funding/")
    row = page.locator("#paper-business_contract")
    row.locator("input[type=file]").set_input_files(
        _make_payload("合同.pdf", PDF + b"3")
    )
    row.get_by_role("button", name="上传").click()
    expect(page.locator(".notice")).to_contain_text("已收《业务合同》", timeout=_SLOW)
    expect(row.locator("summary")).to_be_visible()
    expect(page).to_have_url(f"{live.case(CASE)}facts/funding/#paper-business_contract")


def test_a_reload_after_an_error_brings_back_what_was_typed_last(
    live: Live, page: Page
) -> None:
    page.goto(f"{live.url}/w/examples/new/")
    page.locator("#registered_capital").fill("一百")
    page.get_by_role("button", name="看第一份结论").click()
    expect(page.locator(".summary")).to_be_focused()
    page.locator("#name").fill("杭州新禾平台有限公司")
    expect(page.locator("[data-draft-said]")).to_contain_text("草稿已于")
    page.reload()
    expect(page.locator("#name")).to_have_value("杭州新禾平台有限公司")
