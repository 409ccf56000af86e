"""An administrator's way from a folder of files to a sealed package, in a browser.

The papers of the ready example are set as such papers look (`effort_papers`), its site
is served on this machine, and an empty installation is started as `make serve` starts
it. Whoever sits there is played by a program that does only what the pages offer: drop
the files, settle what was read, answer what is asked, have the site looked at, add the
pages of public look-ups, choose what documents promise, generate and seal. Clicks, keys
and typed values are counted, and how long pages make one wait; with `--pictures` every
step leaves a picture. Values are taken as they were read: nobody looks at them here, so
it counts the work of the hand and not of the eye. `--effort` of `papers` holds what is
taken against the truth. On a phone the same is done without a keyboard.
"""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, ViewportSize

from benchmarks.effort_papers import make_papers
from benchmarks.walks.walker import Walker
from changqing.law.compiled import load_compiled
from changqing.papers.open import open_case
from changqing.rehearsal.live import RehearsalStage, stage
from tests.web.web_live import Live
from tests.web.web_rehearsal import lead_to

EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "local-life"
_AHEAD: Final = timedelta(days=10)
_ANSWERS: Final = {
    "applicant.self.contact_phone": "0571-88880000",
    "applicant.self.contact_email": "office@qinghe.example",
    "applicant.self.postal_address": "杭州市西湖区示例路8号 310012",
    "applicant.self.third_parties_pay": "true",
    "applicant.self.content_fields": "none",
    "service.site.collects_personal_information": "true",
    "service.site.users_can_publish": "true",
    "person.customer_service.name": "何晚晴",
}
"""What the example would answer; every other question is answered with no."""
_LOOKED_UP: Final = {
    "dishonesty_list": "look-dishonesty.html",
    "court_list": "look-court.html",
    "filing_lookup": "look-filing.html",
}
_CONTACT: Final = 4  # whoever stands fourth on the list of people
_SIGNED: Final = ("commitment", "written_application", "equity_chart")
"""Papers of which a person says that they are signed and sealed."""


def walk_administrator(
    walker: Walker, live: Live, papers: Path, staged: RehearsalStage
) -> None:
    """Go from a folder of files to a sealed package."""
    page, main = walker.page, walker.page.locator("main")
    with walker.step("open"):
        page.goto(live.link)
        walker.click(main.locator("button").first)
    with walker.step("drop"):
        files = sorted(path for path in papers.iterdir() if path.is_file())
        walker.drop(page.locator("input[type=file]").first, *files)
        walker.click(page.get_by_role("button", name="读取这些材料"))
        walker.wait_for(page.get_by_role("button", name="建项目"))
    with walker.step("begin"):
        walker.click(main.locator("input[type=radio][value=no]").last)
        walker.type(main.locator("textarea").first, f"https://{staged.world.host}/")
        day = (datetime.now(UTC).date() + _AHEAD).isoformat()
        walker.type(main.locator("input[type=date]").first, day)
        walker.click(page.get_by_role("button", name="建项目").last)
        walker.wait_for(page.get_by_role("heading", name="读取材料"))
    with walker.step("take together"):
        while (button := main.get_by_role("button", name="采用勾选的值")).count():
            walker.click(button.first)
    with walker.step("settle"):
        walker.click(page.get_by_role("link", name="一份一份确认"))
        _settle(walker)
    with walker.step("answer"):
        _answer(walker)
    case = re.sub(r"(/c/[^/]+/).*", r"\1", page.url)
    with walker.step("look"):
        walker.go(case)
        walker.click(page.get_by_role("button", name="再看一遍网站").first)
        walker.wait_for_work()
    with walker.step("look up"):
        _look_up(walker, case, staged.folder / "documents")
    with walker.step("signed"):
        walker.go(f"{case}signing/")
        walker.click(main.locator("[data-yes=sealed]"))
        for paper in _SIGNED:
            for fact in ("signed", "sealed"):
                answer = main.locator(f"[name='paper.{paper}.{fact}'][value=true]")
                if not answer.is_checked():
                    walker.click(answer)
        walker.click(page.get_by_role("button", name="保存并评估"))
    with walker.step("choose"):
        walker.go(f"{case}choices/")
        _choose(walker)
    with walker.step("generate"):
        walker.go(f"{case}dossier/")
        walker.click(page.get_by_role("button", name="生成全套"))
        walker.wait_for_work()
    with walker.step("seal"):
        walker.go(f"{case}seal/")
        walker.click(main.get_by_role("button", name=re.compile("封存$")).first)
        walker.wait_for(page.get_by_role("link", name="下载封存包"))


def _settle(walker: Walker) -> None:
    """Settle page by page, as the page says: one look where it offers one."""
    page = walker.page
    while "/reading/" in page.url:
        main = page.locator("main")
        show = main.get_by_role("link", name="查看原件")
        if "先查看原件" in main.inner_text() and show.count():
            walker.click(show.last)
            continue
        deciding = main.locator(".deciding")
        if not deciding.count():
            return
        first = deciding.first.inner_text()
        walker.press("Enter" if "Enter" in first else "a" if "A" in first else "x")


def _answer(walker: Walker) -> None:
    """Answer what is asked, group by group, until nothing more is."""
    page = walker.page
    begin = page.locator("main .actions a[href$='/facts/']")
    if not begin.count():
        return
    walker.click(begin.first)
    for _ in range(20):
        form = page.locator("main form").filter(has=page.locator("[name*='.']"))
        if "/facts/ask/" not in page.url or not form.count():
            return
        names = form.first.locator("input[name], select[name]").evaluate_all(
            "all => [...new Set(all.map(e => e.name).filter("
            r"n => /^(applicant|service|person|holder)\./.test(n)"
            r" && !n.includes('~')))]"
        )
        for name in names:
            answer = _ANSWERS.get(name, "false")
            control = form.first.locator(f"[name='{name}']")
            if form.first.locator(f"select[name='{name}']").count():
                walker.choose(control, index=_CONTACT)
            elif control.first.get_attribute("type") == "text":
                walker.type(control.first, _ANSWERS[name])
            else:
                walker.click(form.first.locator(f"[name='{name}'][value='{answer}']"))
        walker.click(page.get_by_role("button", name="提交并评估"))


def _look_up(walker: Walker, case: str, documents: Path) -> None:
    """Add the pages that were saved of public look-ups."""
    page = walker.page
    for look, saved in _LOOKED_UP.items():
        walker.go(f"{case}lookups/")
        section = page.locator(f"#{look}")
        if section.count():
            walker.drop(section.locator("input[type=file]"), documents / saved)
            walker.click(section.locator("form button"))


def _choose(walker: Walker) -> None:
    """Take the first usual answer wherever the company has to decide."""
    main = walker.page.locator("main")
    for choice in main.locator("fieldset").all():
        answers = [each for each in choice.locator("input").all() if each.is_visible()]
        usual = [
            each
            for each in answers
            if each.get_attribute("type") == "radio"
            and each.get_attribute("value") not in ("", "own_words")
        ]
        if usual:
            walker.click(usual[0])
    walker.click(main.get_by_role("button", name="保存").last)


_DESK: Final[ViewportSize] = {"width": 1280, "height": 900}
_PHONE: Final[ViewportSize] = {"width": 390, "height": 844}


def run_administrator(
    browser: Browser, pictures: Path | None, *, seed: int, on_phone: bool
) -> Walker:
    """Make the folder, the site and the server, walk, and end what was started."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with stage(EXAMPLE, folder / "world", now=datetime.now(UTC)) as staged:
            papers = folder / "papers"
            make_papers(open_case(staged.folder, load_compiled()), papers, seed=seed)
            home = folder / "home"
            home.mkdir()
            live = Live(home=home, empty=True, settings=lead_to(staged.settings))
            live.start()
            try:
                page = browser.new_page(
                    viewport=_PHONE if on_phone else _DESK,
                    has_touch=on_phone,
                    locale="zh-CN",
                )
                page.on("dialog", lambda dialog: dialog.accept())
                walker = Walker(page=page, pictures=pictures, has_keys=not on_phone)
                walk_administrator(walker, live, papers, staged)
                return walker
            finally:
                live.kill()
