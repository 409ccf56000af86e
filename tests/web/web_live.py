"""A server as people run it: processes of its own, killed and started again at will."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.needs import SHARED, find_program

_ROOT = Path(__file__).parents[2]
_PATIENCE = 40_000.0  # milliseconds; two cores do everything


@dataclass(slots=True, kw_only=True)
class Live:
    """One installation, served on loopback; its home outlives its processes."""

    home: Path
    examples: bool = False
    agency: bool = False
    """Whether its 300 clients come with the examples: in the background, a minute."""
    empty: bool = False
    """Whether it begins with no database and no static files, as on a new machine."""
    settings: dict[str, str] = field(default_factory=dict)
    url: str = ""
    link: str = ""
    cookies: list[Any] = field(default_factory=list, repr=False)
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def key(self) -> Path:
        """The folder beside its home in which it keeps what it signs with."""
        return self.home.with_name(f"{self.home.name}-key")

    @contextmanager
    def open_database(self) -> Iterator[sqlite3.Connection]:
        """Open its database beside it; what is written is kept at the end."""
        path = self.home / "changqing.db"
        with closing(sqlite3.connect(path, timeout=20)) as database, database:
            yield database

    def start(self) -> None:
        """Serve, as `python -m changqing_web serve` does, and wait until it answers."""
        bind, self.link = f"127.0.0.1:{find_free_port()}", ""
        if not (self.empty or self.home.exists()):
            # Where the agency has a folder it is not made.
            _copy_prepared_home(self, examples=self.examples and not self.agency)
        if not self.agency:
            (self.home / "cases" / "agency").mkdir(parents=True, exist_ok=True)
        log = (self.home.parent / f"{self.home.name}.log").open("w", encoding="utf-8")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "changqing_web", "serve", "--bind", bind),
                *("--workers", "1", "--seconds", "1800"),
                *(("--examples", str(_ROOT / "examples")) if self.examples else ()),
            ],
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        )
        log.close()
        self.url = f"http://{bind}"
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if found := re.search(r"http://\S+/enter/\S+", line):
                self.examples = False  # they are made once
                self.link = found[0]
                break  # whoever is shown the link is answered
        if not self.link:
            raise RuntimeError(f"{bind} is not served")

    def kill(self) -> None:
        """As when the power goes: every process at once, with no word."""
        if self._process is not None:
            with suppress(ProcessLookupError):  # all of them ended before
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    def environment(self) -> dict[str, str]:
        """What its processes know, and nothing of the tests' own."""
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CHANGQING_", "DJANGO_", "DATABASE_URL"))
        }
        config = {"XDG_CONFIG_HOME": str(self.key)}
        home = {"CHANGQING_HOME": str(self.home)}
        return {**clean, **config, **home, **self.settings}

    def kill_worker(self) -> None:
        """End what works in the background, with no word; the pages stay."""
        for worker in self.workers():
            os.kill(worker, signal.SIGKILL)

    def workers(self) -> list[int]:
        """The processes that work in the background now."""
        assert self._process is not None
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                name = (entry / "comm").read_text().strip()
                group = os.getpgid(int(entry.name))
            except (OSError, ValueError):
                continue
            if group == self._process.pid and name == "changqing-work":
                found.append(int(entry.name))
        return found

    def case(self, name: str = "local-life") -> str:
        """The address of an example."""
        return f"{self.url}/w/examples/c/{name}/"

    def folder(self, name: str = "local-life") -> Path:
        """The folder of an example."""
        return self.home / "cases" / "examples" / name


def _copy_prepared_home(live: Live, *, examples: bool) -> None:
    """Begin with the database and the static files that an empty home was set up with.

    They are the same for every server, and to make them takes longer than the rest of
    its start: once for all tests of a run. So do the `examples`, and then the key that
    signed what they keep comes with them.
    """
    shared = Path(os.environ[SHARED], "with-examples" if examples else "empty")
    shared.mkdir(exist_ok=True)
    prepared = Live(home=shared / "home")
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not prepared.home.exists():
            making = Live(home=shared / "making" / "home")
            if examples:
                _copy_prepared_home(making, examples=False)
                making.examples = True
                making.start()
                making.kill()
            else:
                making.home.mkdir(parents=True)
                subprocess.run(
                    [sys.executable, "-m", "changqing_web", "setup"],
                    env=making.environment(),
                    check=True,
                )
            (making.home / "secret").unlink()  # each has its own
            if making.key.exists():
                making.key.rename(prepared.key)
            making.home.rename(prepared.home)
    shutil.copytree(prepared.home, live.home)
    if prepared.key.exists():
        shutil.copytree(prepared.key, live.key, dirs_exist_ok=True)


def find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    found = find_program("browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-quic", "--disable-background-networking"],
        )
        yield browser
        browser.close()


def open_signed_in(
    browser: Browser, live: Live, *, language: str = "zh"
) -> BrowserContext:
    """A browser of its own, signed in as the owner; their link is used up once."""
    locale = "zh-CN" if language == "zh" else "en-GB"
    context = browser.new_context(base_url=live.url, locale=locale)
    context.set_default_timeout(_PATIENCE)
    if live.cookies:
        context.add_cookies(live.cookies)
        return context
    page = context.new_page()
    page.goto(live.link)
    page.get_by_role("button", name="进入").click()
    expect(page).not_to_have_url(live.link)
    page.close()
    live.cookies = [
        {"name": cookie["name"], "value": cookie["value"], "url": live.url}
        for cookie in context.cookies()
    ]
    return context


def find_overflow(page: Page) -> str:
    """What sticks out to the right of the window; empty when nothing scrolls."""
    found: str = page.evaluate(
        """() => {
          const w = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= w) return "";
          return [...document.querySelectorAll("main *, header *, footer *")]
            .filter(e => e.getBoundingClientRect().right > w + 1)
            .slice(0, 5)
            .map(e => e.tagName + "." + e.className + " " + e.textContent.slice(0, 20))
            .join(" | ") || "something";
        }"""
    )
    return found


_WIDE, _NARROW = 1280, 360  # pixels; what fits the narrowest phone fits the others
_LOOKS: Final[Mapping[str, tuple[Literal["light", "dark"], tuple[int, int]]]] = {
    "zh": ("light", (_WIDE, _NARROW)),
    "en": ("dark", (_NARROW, _WIDE)),
}


def list_faults(page: Page, address: str) -> list[str]:
    """What is wrong with a page: both languages, wide and narrow, light and dark.

    What sticks out hangs on language and width: all four of them are looked at. What
    keeps somebody from using it is looked for wide and light in Chinese, narrow and dark
    in English. Contrast is measured once: it comes from the palette alone, of which every
    pair is computed in both schemes (`test_web_contrast`), and to measure it on a page
    takes as long as all the rest.
    """
    faults = []
    mark = "&" if "?" in address else "?"
    for language, (scheme, widths) in _LOOKS.items():
        page.emulate_media(color_scheme=scheme)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            first = width == widths[0]
            if first:
                page.goto(f"{address}{mark}lang={language}")
            beyond = find_overflow(page)
            faults += [beyond] if beyond else []
            if first:
                faults += list_violations(page, contrast=scheme == "light")
    return [f"{address}: {fault}" for fault in faults]


def list_violations(page: Page, *, contrast: bool = True) -> list[str]:
    """What keeps somebody from using a page, by WCAG 2.2 to its level AA."""
    levels = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    asked = {
        "runOnly": {"type": "tag", "values": levels},
        "rules": {"color-contrast": {"enabled": contrast}},
        "resultTypes": ["violations"],
    }
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
        for violation in Axe().run(page, options=asked).response["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]
