"""Take the pictures of the pages that docs/pages.md shows, from the examples as served.

    python -m tests.docs.web_pictures [FOLDER]

Chinese and English, each page as wide as a desk shows it, the board on a phone too.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.web.web_live import Live, chromium, open_signed_in

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
_PAGES = {
    "board": "/w/agency/",
    "case": "/w/examples/c/contradictory/",
    "findings": "/w/examples/c/contradictory/findings/",
}
_ENDINGS = {"zh": ".zh-CN.png", "en": ".png"}


def take(folder: Path) -> list[Path]:
    """Serve the examples, open each page in both languages, and keep what is seen."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    with tempfile.TemporaryDirectory() as place:
        live = Live(home=Path(place, "home"), examples=True, agency=True)
        live.start()
        try:
            with chromium() as browser:
                page = open_signed_in(browser, live).new_page()
                _assessed(page)
                for language, ending in _ENDINGS.items():
                    for name, address in _PAGES.items():
                        page.set_viewport_size({"width": 1280, "height": 800})
                        page.goto(f"{address}?lang={language}")
                        made.append(_kept(page, folder / f"web-{name}{ending}"))
                    page.set_viewport_size({"width": 360, "height": 720})
                    page.goto(f"{_PAGES['case']}?lang={language}")
                    made.append(_kept(page, folder / f"web-phone{ending}"))
        finally:
            live.kill()
    return made


def _assessed(page: Page) -> None:
    """Wait until the background has made every client and assessed it."""
    page.goto(_PAGES["board"])
    while page.locator(".job[hx-get], .progress[hx-get]").count():
        page.wait_for_timeout(2_000)
        page.reload()


def _kept(page: Page, path: Path) -> Path:
    page.screenshot(path=path, animations="disabled")
    return path


if __name__ == "__main__":
    for picture in take(Path(sys.argv[1]) if sys.argv[1:] else PICTURES):
        sys.stdout.write(f"{picture}\n")
