"""A picture of a page, by a Chromium that can reach nothing of our own network.

The browser runs in a child process with limits, with a profile that is deleted, and
asks for everything at a `GuardedProxy`. What it loads is hostile: Chromium's own
sandbox is on unless the operator says that another one stands around it.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from changqing.errors import ChangqingError, GivenUpError, NetError
from changqing.masks import has_identity_number
from changqing.net.failures import make_failure
from changqing.net.model import NetSettings
from changqing.sandbox.pool import Limits, get_shared_pool
from changqing.text import Text

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Playwright

BROWSER: Final = "CHANGQING_BROWSER"
"""The setting that names the browser's program."""
UNGUARDED: Final = "CHANGQING_BROWSER_SANDBOX"
"""The setting that says, with 0, that Chromium need not isolate pages by itself."""
VIEW: Final = (1280, 800)
"""CSS pixels, width and height."""
_HIGHEST: Final = 8000
"""CSS pixels of a page that are kept; a page without end has more."""
_MOST_BYTES: Final = 8 << 20
_LIMITS: Final = Limits(
    seconds=90,
    # Address space, of which Chromium reserves terabytes that it never uses.
    memory=1 << 46,
    output=256 << 20,
)
_LOADING: Final = 30_000  # milliseconds
_SETTLING: Final = 3_000  # milliseconds in which the page may go on loading
_READING: Final = 5  # seconds for the words of all frames
_LONGEST: Final = 8_000  # characters of an address
_WORDS: Final = """() => {
  const words = [document.body ? document.body.innerText : ""];
  const collect = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (typeof element.value === "string") words.push(element.value);
      if (element.shadowRoot) {
        words.push(element.shadowRoot.textContent);
        collect(element.shadowRoot);
      }
    }
  };
  collect(document);
  return words.join("\\n");
}"""
"""The words of a frame, with what is typed in it and what its components show."""
_NAMES: Final = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    *("chrome", "msedge", "microsoft-edge", "chromium-headless-shell"),
)
_ARGUMENTS: Final = (
    # No name is resolved and nothing is asked but at the proxy, loopback included.
    "--proxy-bypass-list=<-loopback>",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--js-flags=--max-old-space-size=512",
    "--hide-scrollbars",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPicture:
    """What a browser showed: the PNG, the address it ended at, and which browser."""

    png: bytes
    shown: str
    browser: str
    personal: bool

    @property
    def digest(self) -> str:
        """SHA-256 hex of the picture."""
        return hashlib.sha256(self.png).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserProgram:
    """A browser on this machine, and whether it isolates pages by itself."""

    path: str
    sandboxed: bool = True


def find_browser(environment: Mapping[str, str]) -> BrowserProgram:
    """Find a Chromium that may show pages of strangers.

    Raises ChangqingError: none is there, or it would not isolate what it shows.
    """
    configured = environment.get(BROWSER, "")
    names = (configured,) if configured else _NAMES
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise ChangqingError.of(
            Text(
                zh=f"没有找到浏览器{configured}"
                if configured
                else "这台机器上没有Chromium",
                en=f"the browser {configured} was not found"
                if configured
                else "there is no Chromium on this machine",
            ),
            hint=Text(
                zh=f"安装chromium，或用{BROWSER}指明程序",
                en=f"install chromium, or name the program in {BROWSER}",
            ),
        )
    sandboxed = environment.get(UNGUARDED) != "0"
    if sandboxed and hasattr(os, "geteuid") and os.geteuid() == 0:
        raise ChangqingError.of(_AS_ROOT, hint=_APART)
    return BrowserProgram(path=path, sandboxed=sandboxed)


def take_picture(
    url: str, browser: BrowserProgram, settings: NetSettings
) -> TakenPicture:
    """Show a page in a browser, and take a picture of it.

    The page is asked for by the door first: robots.txt, challenge pages and errors
    are told as for every look. Raises NetError when it could not be seen or its address
    may not be reached, GivenUpError when it took too much, ModuleNotFoundError without
    the extra `screenshot`.
    """
    import playwright  # noqa: F401 - missing, it is missed here and not in the child

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            return get_shared_pool("screenshot").run(
                _LIMITS, _take_apart, url, browser, settings, folder
            )
        except GivenUpError as error:
            if error.reason == "busy":
                raise
            raise make_failure(
                "timeout",
                f"{url}用的时间或内存太多，没有截图",
                f"{url} took too much time or memory; no picture was taken",
            ) from error


def _take_apart(
    url: str, browser: BrowserProgram, settings: NetSettings, folder: str
) -> TakenPicture:
    os.environ["TMPDIR"] = folder  # where the profile is made; this process is its own
    return asyncio.run(_take_picture(url, browser, settings, folder))


async def _take_picture(
    url: str, program: BrowserProgram, settings: NetSettings, folder: str
) -> TakenPicture:
    from playwright.async_api import Error, async_playwright

    from changqing.net.door import Net
    from changqing.net.proxy import GuardedProxy

    async with Net(settings, clock=lambda: datetime.now(UTC)) as door:
        exchange = await door.get(url)
        async with GuardedProxy(door) as proxy, async_playwright() as playwright:
            try:
                browser = await _launch_browser(playwright, program, proxy.port, folder)
            except Error as error:
                raise _explain_start(error) from error
            try:
                page = await _open_page(browser, settings)
                return await _show_page(page, exchange.final_url, browser.version)
            except Error as error:
                raise _translate_error(error, url) from error
            finally:
                await browser.close()


async def _launch_browser(
    playwright: Playwright, program: BrowserProgram, port: int, folder: str
) -> Browser:
    return await playwright.chromium.launch(
        executable_path=program.path,
        chromium_sandbox=program.sandboxed,
        args=list(_ARGUMENTS),
        proxy={"server": f"http://127.0.0.1:{port}", "bypass": "<-loopback>"},
        # Nothing of ours: a page that breaks out finds no secret and no home.
        env={"HOME": folder, "TMPDIR": folder, "PATH": os.environ.get("PATH", "")},
        timeout=_LOADING,
    )


async def _open_page(browser: Browser, settings: NetSettings) -> Page:
    major = browser.version.partition(".")[0]
    context = await browser.new_context(
        viewport={"width": VIEW[0], "height": VIEW[1]},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        accept_downloads=False,
        service_workers="block",
        user_agent="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like "
        f"Gecko) Chrome/{major}.0.0.0 Safari/537.36 {settings.user_agent}",
    )
    return await context.new_page()


async def _show_page(page: Page, url: str, version: str) -> TakenPicture:
    from playwright.async_api import TimeoutError as LateError

    await page.goto(url, wait_until="load", timeout=_LOADING)
    with suppress(LateError):  # some pages never stop loading
        await page.wait_for_load_state("networkidle", timeout=_SETTLING)
    personal = await _shows_number(page)
    height = await page.evaluate("document.documentElement.scrollHeight")
    whole = max(VIEW[1], min(int(height), _HIGHEST))
    png = await _photograph_page(page, whole)
    if len(png) > _MOST_BYTES:
        png = await _photograph_page(page, VIEW[1])
    if len(png) > _MOST_BYTES:
        raise make_failure(
            "too_large", f"{url}的截图太大", f"the picture of {url} is too large"
        )
    if len(page.url) > _LONGEST:  # a script may write whatever it likes there
        raise make_failure(
            "too_large",
            f"{url}显示时的网址太长",
            f"the address that {url} ended at is too long",
        )
    return TakenPicture(
        png=png,
        shown=page.url,
        browser=f"Chromium {version}",
        # Again: a page may write on while its picture is taken.
        personal=personal or await _shows_number(page),
    )


async def _shows_number(page: Page) -> bool:
    """Whether a citizen's number stands on a page, or might: a frame cannot be read."""
    from playwright.async_api import Error

    try:
        async with asyncio.timeout(_READING):
            return any(
                [
                    has_identity_number(str(await frame.evaluate(_WORDS)))
                    for frame in page.frames
                ]
            )
    except (Error, TimeoutError):
        return True


async def _photograph_page(page: Page, height: int) -> bytes:
    return await page.screenshot(
        full_page=True,
        clip={"x": 0, "y": 0, "width": VIEW[0], "height": height},
        animations="disabled",
        timeout=_LOADING,
    )


def _explain_start(error: Exception) -> ChangqingError:
    """Why the browser did not start."""
    if "No usable sandbox" in str(error):
        return ChangqingError.of(_NO_SANDBOX, hint=_APART)
    return ChangqingError.of(
        Text(zh="浏览器没有启动", en="the browser did not start"),
        hint=Text(
            zh="单独运行一次，看它说什么", en="start it by itself and see what it says"
        ),
    )


def _translate_error(error: Exception, url: str) -> NetError:
    """The reason why the browser showed nothing."""
    message = str(error)
    if "ERR_CERT" in message or "ERR_SSL" in message:
        return make_failure(
            "tls",
            f"浏览器不认可{url}的证书，没有截图",
            f"the browser does not trust the certificate of {url}; no picture",
        )
    if "Timeout" in message:
        return make_failure(
            "timeout",
            f"{url}没有在时限内显示出来",
            f"{url} was not shown in time",
        )
    return make_failure(
        "unreadable",
        f"浏览器没有显示出{url}",
        f"the browser did not show {url}",
    )


_AS_ROOT: Final = Text(
    zh="以root运行时，Chromium不能隔离网页",
    en="Chromium cannot isolate pages when it runs as root",
)
_NO_SANDBOX: Final = Text(
    zh="这台机器上，Chromium不能隔离网页",
    en="Chromium cannot isolate pages on this machine",
)
_APART: Final = Text(
    zh=f"换普通用户运行；在单独的容器里，可以设{UNGUARDED}=0",
    en=f"run as a user of its own; in a container of its own, set {UNGUARDED}=0",
)
