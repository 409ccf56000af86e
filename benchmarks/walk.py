"""An administrator's way from a folder of files to a sealed package, in a browser.

    python -m benchmarks.walk [--pictures DIR] [--seed N]

The papers of the ready example are set as such papers look (`effort_papers`), its site
is served on this machine, and an empty installation is started as `make serve` starts
it. Whoever sits there is played by a program that does only what the pages offer: drop
the files, settle what was read, answer what is asked, have the site looked at, add the
pages of public look-ups, choose what documents promise, generate and seal. Clicks, keys
and typed values are counted, and how long pages make one wait; with `--pictures` every
step leaves a picture. Values are taken as they were read: nobody looks at them here, so
it counts the work of the hand and not of the eye. `--effort` of `papers` holds what is
taken against the truth.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, Page

from benchmarks.effort_papers import make_papers
from changqing.law.compiled import load_compiled
from changqing.papers.open import open_case
from changqing.rehearsal.live import RehearsalStage, stage
from tests.web.web_live import Live, chromium
from tests.web.web_rehearsal import lead_to

EXAMPLE: Final = Path(__file__).parent.parent / "examples" / "local-life"
_PATIENCE: Final = 300.0  # seconds that reading, looking or sealing may take
_AHEAD: Final = timedelta(days=10)
_ANSWERS: Final = {
    "applicant.self.contact_phone": "0571-88880000",
    "applicant.self.contact_email": "office@qinghe.example",
    "applicant.self.postal_address": "杭州市西湖区示例路8号 310012",
    "applicant.self.third_parties_pay": "true",
    "applicant.self.content_fields": "none",
    "service.site.collects_personal_information": "true",
    "service.site.users_can_publish": "true",
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


@dataclass(slots=True, kw_only=True)
class WalkStep:
    """One stretch of the way, and what it took."""

    name: str
    clicks: int = 0
    keys: int = 0
    typed: int = 0
    waited: float = 0.0  # seconds


@dataclass(slots=True, kw_only=True)
class Walker:
    """Somebody at a browser, whose every click, key and typed value is counted."""

    page: Page
    pictures: Path | None = None
    steps: list[WalkStep] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[WalkStep]:
        """Count what follows as one step, and take a picture at its end."""
        step = WalkStep(name=name)
        self.steps.append(step)
        yield step
        if self.pictures is not None:
            path = self.pictures / f"{len(self.steps):02d}-{name}.png"
            self.page.screenshot(path=path, full_page=True)

    def click(self, target: Locator) -> None:
        """Click, and wait until the page that follows is there."""
        with self._waiting():
            target.click()
            self.page.wait_for_load_state("load")
        self.steps[-1].clicks += 1

    def choose(self, target: Locator, *, index: int) -> None:
        """Choose from a menu, by the place of the entry."""
        target.select_option(index=index)
        self.steps[-1].clicks += 1

    def drop(self, target: Locator, *files: Path) -> None:
        """Drop files on the page: they are marked, and dragged."""
        target.set_input_files(list(files))
        self.steps[-1].clicks += 2

    def press(self, key: str) -> None:
        """Press a key of the page, and wait until the next page is there."""
        with self._waiting(), self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.steps[-1].keys += 1

    def type(self, target: Locator, text: str) -> None:
        """Type a value."""
        target.fill(text)
        self.steps[-1].typed += 1

    def wait_for(self, target: Locator) -> None:
        """Wait for something that takes its time."""
        with self._waiting():
            target.first.wait_for(timeout=_PATIENCE * 1000)

    def wait_for_work(self) -> None:
        """Wait until no work in the background is shown."""
        with self._waiting():
            self.page.wait_for_function(
                "() => !document.querySelector('.job[hx-get]')",
                timeout=_PATIENCE * 1000,
            )

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.steps[-1].waited += time.monotonic() - begun


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
        page.goto(case)
        walker.click(page.get_by_role("button", name="再看一遍网站").first)
        walker.wait_for_work()
    with walker.step("look up"):
        _look_up(walker, case, staged.folder / "documents")
    with walker.step("signed"):
        for paper in _SIGNED:
            page.goto(f"{case}papers/{paper}/")
            for fact in ("signed", "sealed"):
                name = f"paper.{paper}.{fact}"
                walker.click(main.locator(f"input[name='{name}'][value=true]"))
            walker.click(page.get_by_role("button", name="保存并评估"))
    with walker.step("choose"):
        page.goto(f"{case}choices/")
        _choose(walker)
    with walker.step("generate"):
        page.goto(f"{case}dossier/")
        walker.click(page.get_by_role("button", name="生成全套"))
        walker.wait_for_work()
    with walker.step("seal"):
        page.goto(f"{case}seal/")
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
            asked = form.first.locator(f"[name='{name}']")
            if form.first.locator(f"select[name='{name}']").count():
                walker.choose(asked, index=_CONTACT)
            elif asked.first.get_attribute("type") == "text":
                walker.type(asked.first, answer)
            else:
                walker.click(form.first.locator(f"[name='{name}'][value='{answer}']"))
        walker.click(page.get_by_role("button", name="提交并评估"))


def _look_up(walker: Walker, case: str, documents: Path) -> None:
    """Add the pages that were saved of public look-ups."""
    page = walker.page
    for look, saved in _LOOKED_UP.items():
        page.goto(f"{case}lookups/")
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


def run_walk(pictures: Path | None, seed: int) -> list[WalkStep]:
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
                with chromium() as browser:
                    page = browser.new_page(
                        viewport={"width": 1280, "height": 900}, locale="zh-CN"
                    )
                    page.on("dialog", lambda dialog: dialog.accept())
                    walker = Walker(page=page, pictures=pictures)
                    walk_administrator(walker, live, papers, staged)
                    return walker.steps
            finally:
                live.kill()


def main() -> None:
    """Walk, and print what each step took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--seed", type=int, default=17)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if given.pictures is not None:
        given.pictures.mkdir(parents=True, exist_ok=True)
    steps = run_walk(given.pictures, given.seed)
    whole = WalkStep(
        name="in all",
        clicks=sum(step.clicks for step in steps),
        keys=sum(step.keys for step in steps),
        typed=sum(step.typed for step in steps),
        waited=sum(step.waited for step in steps),
    )
    if given.json:
        print(json.dumps([dataclasses.asdict(step) for step in [*steps, whole]]))
        return
    print(f"{'step':<14}{'clicks':>8}{'keys':>8}{'typed':>8}{'waited, s':>12}")
    for step in [*steps, whole]:
        print(
            f"{step.name:<14}{step.clicks:>8}{step.keys:>8}{step.typed:>8}"
            f"{step.waited:>12.1f}"
        )


if __name__ == "__main__":
    main()
