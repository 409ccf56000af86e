"""A screenshot of a page, kept in the evidence of a case."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypedDict

from changqing.day import BEIJING
from changqing.errors import CaseError, Issue
from changqing.text import Language, Text

if TYPE_CHECKING:
    from rich.console import Console

    from changqing.case.model import Case
    from changqing.evidence.screenshots import Screenshot
    from changqing.net.model import NetSettings

_FIXED: Final = Text(
    zh="项目写明了截至日期（as_of），不再记录新的证据",
    en="the case is as of a day of its own (as_of); no new evidence is recorded",
)
_NO_SITE: Final = Text(
    zh="这个服务没有网址，没有可截图的", en="this service has no address to be shown"
)


class ScreenshotData(TypedDict):
    """A screenshot that was kept: of what, when, in which window, and its picture."""

    number: str
    asked: str
    shown: str
    at: str
    width: int
    height: int
    browser: str
    digest: str
    size: int


def photograph(
    folder: Path,
    what: str,
    *,
    key: Path,
    clock: Callable[[], datetime],
    environment: Mapping[str, str] = os.environ,
    net: NetSettings | None = None,
) -> Screenshot:
    """Take a picture of a page, by its address or by the service, and keep it.

    Raises CaseError: there is no such service, or the case takes no evidence;
    ChangqingError: there is no browser; NetError: the page could not be seen, or its
    address may not be reached.
    """
    from changqing.evidence.ledger.note import load_key
    from changqing.evidence.ledger.store import Store
    from changqing.evidence.screenshots import Screenshot, record_screenshot
    from changqing.law.compiled import load_compiled
    from changqing.net.model import NetSettings
    from changqing.papers.open import open_case
    from changqing.probes.screenshot import VIEW, find_browser, take_picture
    from changqing.visit import record_case

    case = open_case(folder, load_compiled())
    if case.as_of is not None:
        raise CaseError(Issue(text=_FIXED))
    url = _choose_address(case, what)
    picture = take_picture(url, find_browser(environment), net or NetSettings())
    at = clock()
    screenshot = Screenshot(
        digest=picture.digest,
        size=len(picture.png),
        asked=url,
        shown=picture.shown,
        at=at,
        view=VIEW,
        browser=picture.browser,
        personal=picture.personal,
    )
    with Store(case.path, load_key(key)) as store:
        record_case(store, case, now=at)
        return record_screenshot(store, screenshot, picture.png)


def _choose_address(case: Case, what: str) -> str:
    """The address that was given, or that of the service with this name."""
    if "://" in what:
        return what
    services = {service.subject.id: service for service in case.services}
    service = services.get(what.removeprefix("service:"))
    if service is None:
        listed: Sequence[str] = list(services)
        raise CaseError(
            Issue(
                text=Text(
                    zh=f"“{what}”既不是网址，也不是本项目的服务",
                    en=f"“{what}” is neither an address nor a service of the case",
                ),
                hint=Text(
                    zh=f"写成https://…，或写服务：{'、'.join(listed)}",
                    en=f"write https://…, or a service: {', '.join(listed)}",
                ),
            )
        )
    if service.url is None:
        raise CaseError(Issue(text=_NO_SITE))
    return service.url


def encode_screenshot(screenshot: Screenshot) -> ScreenshotData:
    """Encode it for another program."""
    width, height = screenshot.view
    return {
        "number": f"证{screenshot.number:04d}",
        "asked": screenshot.asked,
        "shown": screenshot.shown,
        "at": screenshot.at.isoformat(),
        "width": width,
        "height": height,
        "browser": screenshot.browser,
        "digest": screenshot.digest,
        "size": screenshot.size,
    }


def show_screenshot(
    console: Console, screenshot: Screenshot, language: Language
) -> None:
    """Show what was kept, and what it is worth."""
    at = screenshot.at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")
    confirmation = Text(
        zh=f"已截图：证{screenshot.number:04d}，{screenshot.shown}，{at}，"
        f"窗口{screenshot.view[0]}×{screenshot.view[1]}",
        en=f"Kept: no. {screenshot.number:04d}, {screenshot.shown}, {at}, "
        f"window {screenshot.view[0]}×{screenshot.view[1]}",
    )
    console.print(confirmation.say(language), markup=False, soft_wrap=True)
    console.print(f"  SHA-256 {screenshot.digest}", style="dim", markup=False)
    console.print(_WORTH.say(language), style="dim", markup=False, soft_wrap=True)
    if screenshot.personal:
        console.print(_PERSONAL.say(language), markup=False, soft_wrap=True)


_WORTH: Final = Text(
    zh="截图供人看，本身不证明页面上的文字，任何判据都不读它。",
    en="It is for people to see: it proves no word of the page, and no criterion "
    "reads it.",
)
_PERSONAL: Final = Text(
    zh="页面上有公民身份号码，遮盖后的封存包不放这张截图。",
    en="A citizen’s number stands on the page: a masked bundle leaves it out.",
)
