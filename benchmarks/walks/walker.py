"""Somebody at a browser, whose clicks, keys, typed values and waiting are counted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, Page

_PATIENCE: Final = 300.0  # seconds that reading, looking or sealing may take


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
    has_keys: bool = True
    """Whether there is a keyboard beside the page; not on a phone."""
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

    def choose_value(self, target: Locator, value: str) -> None:
        """Choose from a menu, by the value of the entry."""
        target.select_option(value=value)
        self.steps[-1].clicks += 1

    def drop(self, target: Locator, *files: Path) -> None:
        """Drop files on the page: they are marked, and dragged."""
        target.set_input_files(list(files))
        self.steps[-1].clicks += 2

    def press(self, key: str) -> None:
        """Press a key of the page, or its button, and wait until the next page."""
        if not self.has_keys:
            self.click(self.page.locator(f"main .deciding [data-key={key}]").first)
            return
        with self._waiting(), self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.steps[-1].keys += 1

    def keep_download(self, target: Locator) -> bytes:
        """Click on what is downloaded, and return what came."""
        with self._waiting(), self.page.expect_download() as download:
            target.click()
        self.steps[-1].clicks += 1
        return Path(download.value.path()).read_bytes()

    def go(self, address: str) -> None:
        """Open an address: a link in a message, or a bookmark."""
        with self._waiting():
            self.page.goto(address)
        self.steps[-1].clicks += 1

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
