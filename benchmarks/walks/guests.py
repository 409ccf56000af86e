"""Two guests: a reviewer who was sent a link, a client who was invited to answer.

What the owner does to let them in is a step of its own. The reviewer marks every point
of the sheet, asks for what has no evidence, takes the notice along, and verifies the
sealed package; the client signs up, answers what is asked and hands in a paper.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, expect

from benchmarks.walks.walker import Walker
from tests.web.web_live import Live, open_signed_in

_REMARK: Final = "请补交证明材料。"
_ANSWERS: Final = {
    "contact_phone": "0571-88880000",
    "contact_email": "office@qinghe.example",
    "postal_address": "杭州市西湖区示例路8号 310012",
}


def walk_reviewer(
    browser: Browser, live: Live, pictures: Path | None, bundle: Path
) -> Walker:
    """Let a reviewer in by a link; they mark, take the notice along, and verify."""
    owner = Walker(page=open_signed_in(browser, live).new_page(), pictures=pictures)
    with owner.step("owner makes the link"):
        owner.go(f"{live.url}/w/examples/members/")
        owner.type(owner.page.locator("#review-case"), "local-life")
        owner.click(owner.page.get_by_role("button", name="生成审阅链接"))
        owner.click(owner.page.get_by_role("button", name="确认"))
        link = owner.page.locator(".notice code").inner_text()
    context = browser.new_context(base_url=live.url, locale="zh-CN")
    page = context.new_page()
    reviewer = Walker(page=page, pictures=pictures, steps=owner.steps)
    main = page.locator("main")
    with reviewer.step("reviewer opens the link"):
        reviewer.go(link)
        reviewer.click(page.get_by_role("link", name="审查一页").first)
    with reviewer.step("reviewer marks"):
        for point in main.locator(".point").all():
            is_open = point.locator(".v-met").count() == 0
            mark = "supplement" if is_open else "fine"
            reviewer.click(point.locator(f"input[type=radio][value={mark}]"))
            if is_open:
                reviewer.type(point.locator("input[type=text]"), _REMARK)
        reviewer.click(page.get_by_role("button", name="保存标记"))
    with reviewer.step("reviewer takes the notice"):
        reviewer.keep_download(page.get_by_role("link", name="Word", exact=True))
        text = reviewer.keep_download(page.get_by_role("link", name="文字", exact=True))
        assert _REMARK in text.decode()
    with reviewer.step("reviewer reads a document"):
        reviewer.go(live.case("local-life"))
        reviewer.click(page.get_by_role("link", name="申报材料", exact=True).first)
        reviewer.click(main.locator("ol a").first)
    with reviewer.step("reviewer verifies"):
        reviewer.go(f"{live.case('local-life')}seal/")
        reviewer.drop(page.locator("#f-bundle"), bundle)
        reviewer.click(page.get_by_role("button", name="核验"))
        reviewer.wait_for(page.get_by_role("heading", name="已核验", exact=True))
    context.close()
    return reviewer


def walk_client(
    browser: Browser, live: Live, pictures: Path | None, paper: Path
) -> Walker:
    """Invite a client; they sign up, answer what is asked and hand in a paper."""
    owner = Walker(page=open_signed_in(browser, live).new_page(), pictures=pictures)
    with owner.step("owner invites"):
        owner.go(f"{live.url}/w/examples/members/")
        owner.choose_value(owner.page.locator("#invite-role"), "respondent")
        owner.type(owner.page.locator("#invite-case"), "newly-registered")
        owner.click(owner.page.get_by_role("button", name="生成邀请链接"))
        owner.click(owner.page.get_by_role("button", name="确认"))
        link = owner.page.locator(".notice code").inner_text()
    context = browser.new_context(base_url=live.url, locale="zh-CN")
    page = context.new_page()
    client = Walker(page=page, pictures=pictures, steps=owner.steps)
    with client.step("client signs up"):
        client.go(link)
        client.click(page.locator("main a[href*='/account/signup/']"))
        client.type(page.locator("input[name=email]"), "client@walk.example")
        client.type(page.locator("input[name=password1]"), "a long enough word")
        client.click(page.locator("main form button").last)
        client.click(page.get_by_role("button", name="加入"))
    with client.step("client answers"):
        for field in page.locator("main form input[type=text]").all():
            name = (field.get_attribute("name") or "").rpartition(".")[2]
            if answer := _ANSWERS.get(name):
                client.type(field, answer)
        client.click(page.get_by_role("button", name="提交"))
        expect(page.locator(".notice").first).to_contain_text(re.compile("已收到"))
    with client.step("client hands in"):
        client.choose(page.locator("#f-kind"), index=1)
        client.drop(page.locator("#f-file"), paper)
        client.click(page.get_by_role("button", name="交上"))
        expect(page.locator(".notice").first).to_contain_text("已收")
    context.close()
    return client
