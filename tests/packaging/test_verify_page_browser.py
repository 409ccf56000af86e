"""verify.html, opened from a disk in Chromium: word for word what verify.py says."""

from __future__ import annotations

import hashlib
import lzma
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from changqing.evidence.ledger.note import make_key
from changqing.sealing import verify
from changqing.sealing.bundle import pack
from tests.packaging.verify_page import (
    TARBALL,
    NoPyodideError,
    build_page,
    fetch_pyodide,
)
from tests.sealing.make_example import BUNDLE, FINGERPRINT
from tests.sealing.sealed_bundle import Files, Sealed, edited, unpacked
from tests.web.web_live import chromium

_PATIENCE = 120_000.0  # milliseconds; Python starts anew for every check
_KEY = make_key()


@dataclass(slots=True, kw_only=True)
class Desk:
    """The page, opened from its file, and every address that it asked for."""

    page: Page
    asked: list[str] = field(default_factory=list)

    def check(self, *bundles: Path) -> tuple[int, list[str]]:
        """What the page says of bundles, and under which code."""
        self.page.set_input_files("#bundles", list(bundles))
        verdict = self.page.locator("#verdict")
        expect(verdict).to_be_visible(timeout=_PATIENCE)
        report = self.page.locator("#report").text_content() or ""
        lines = [*report.split("\n"), verdict.text_content() or ""]
        return int(verdict.get_attribute("data-code") or -1), [*filter(None, lines)]


def _verify(*bundles: Path, language: str = "zh") -> tuple[int, list[str]]:
    """What verify.py says of them, run by Python itself."""
    done = subprocess.run(
        [
            *(sys.executable, "-I", verify.__file__),
            *(bundle.name for bundle in bundles),
            *("--lang", language),
        ],
        cwd=bundles[0].parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page in a folder of its own."""
    try:
        text = build_page(fetch_pyodide())
    except NoPyodideError as error:
        pytest.xfail(str(error))
    path = tmp_path_factory.mktemp("page") / "verify.html"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def opened(made: Path) -> Iterator[Desk]:
    """Chromium with the page, as a double click opens it."""
    with chromium() as browser:
        context = browser.new_context(locale="zh-CN", offline=True)
        desk = Desk(page=context.new_page())
        desk.page.on("request", lambda request: desk.asked.append(request.url))
        desk.page.goto(made.as_uri())
        yield desk


@pytest.fixture
def desk(opened: Desk) -> Desk:
    """The page in Chinese, whatever was asked of it before."""
    opened.page.click("#zh")
    return opened


@pytest.fixture(scope="module")
def files() -> Files:
    """What is in the sealed example."""
    return unpacked(lzma.decompress(BUNDLE.read_bytes()))


def _reseal(files: Files) -> Files:
    """As somebody does who has a key, but not that of the sealer."""
    return Sealed(case=Path(), bundle=BUNDLE, key=_KEY).resealed(files)


def _edit(files: Files, name: str, change: Callable[[bytes], bytes]) -> Files:
    return {**files, name: change(files[name])}


def _flip(content: bytes) -> bytes:
    at = len(content) // 2
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def _swap(lines: bytes) -> bytes:
    first, second, *rest = lines.splitlines(keepends=True)
    return b"".join([second, first, *rest])


def _better(findings: bytes) -> bytes:
    """Every verdict turned into the one that everybody wants."""

    def change(told: dict[str, list[dict[str, object]]]) -> None:
        for finding in told["findings"]:
            finding["verdict"] = "met"

    return edited(findings, change)


def _without(files: Files, start: str) -> Files:
    name = next(name for name in sorted(files) if name.startswith(start))
    return {known: content for known, content in files.items() if known != name}


def _pack_twice(files: Files) -> bytes:
    """A container in which the first file stands twice."""
    listed = sorted(files.items())
    body, directory = b"", b""
    for name, content in [listed[0], *listed]:
        size, crc = len(content), zlib.crc32(content)
        directory += verify.make_central_header(name, size, crc, len(body))
        body += verify.make_local_header(name, size, crc) + content
    ending = verify.make_end_record(len(listed) + 1, len(directory), len(body))
    return body + directory + ending


FORGERIES: dict[str, Callable[[Files], bytes]] = {
    "a bit of the verdicts": lambda f: pack(_edit(f, "assessment.json", _flip)),
    "an original removed": lambda f: pack(_without(f, "objects/")),
    "a file added": lambda f: pack({**f, "objects/extra": b"more"}),
    "better verdicts": lambda f: pack(_edit(f, "assessment.json", _better)),
    "better verdicts under another key": lambda f: pack(
        _reseal(_edit(f, "assessment.json", _better))
    ),
    "entries swapped under another key": lambda f: pack(
        _reseal(_edit(f, "log/entries.jsonl", _swap))
    ),
    "the last entry lost under another key": lambda f: pack(
        _reseal(
            _edit(f, "log/entries.jsonl", lambda c: b"\n".join(c.split(b"\n")[:-2]))
        )
    ),
    "a page with a script under another key": lambda f: pack(
        _reseal(_edit(f, "index.html", lambda c: c + b"<script>alert(1)</script>"))
    ),
    "something behind the end": lambda f: pack(f) + b"x",
    "a bit of the directory": lambda f: _flip_at(pack(f), -20),
    "a file twice": _pack_twice,
    "cut short": lambda f: pack(f)[:-1000],
}


def _flip_at(content: bytes, at: int) -> bytes:
    changed = bytearray(content)
    changed[at] ^= 1
    return bytes(changed)


@pytest.mark.browser
@pytest.mark.npm
@pytest.mark.long
def test_the_sealed_example_is_checked_word_for_word(desk: Desk) -> None:
    code, lines = desk.check(BUNDLE)
    assert (code, lines) == _verify(BUNDLE)
    assert code == 1
    assert any("326条结论" in line for line in lines)
    shown = desk.page.locator("footer code").first.text_content()
    assert shown == hashlib.sha256(Path(verify.__file__).read_bytes()).hexdigest()
    # Nothing but the page itself and the script that it holds.
    assert {address.partition(":")[0] for address in desk.asked} == {"file", "blob"}


@pytest.mark.browser
@pytest.mark.npm
@pytest.mark.long
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_found_out(
    desk: Desk, files: Files, forgery: str, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(FORGERIES[forgery](files))
    code, lines = desk.check(bundle)
    assert code == 4, lines[:5]
    assert (code, lines) == _verify(bundle)


@pytest.mark.browser
@pytest.mark.npm
@pytest.mark.long
def test_keys_english_two_bundles_and_names_that_are_markup(
    desk: Desk, made: Path, tmp_path: Path
) -> None:
    page = desk.page
    page.reload()
    named = tmp_path / "<img src=x onerror=alert(1)>.zip.xz"
    named.write_bytes(BUNDLE.read_bytes())
    other = tmp_path / "other.zip.xz"
    other.write_bytes(BUNDLE.read_bytes())
    page.click("#en")
    page.fill("#keys", FINGERPRINT.read_text().strip())
    code, lines = desk.check(named, other)
    assert code == 1
    assert named.name in lines
    assert page.locator("main img").count() == 0
    assert any("the first 606 entries are the same" in line for line in lines)
    assert any("is the key given" in line for line in lines)
    # What is wrong is said before anything is run.
    page.fill("#keys", "beef")
    assert desk.check(named)[1] == [
        "A fingerprint or digest has 64 hexadecimal digits: beef"
    ]
    page.fill("#keys", "")
    stranger = tmp_path / "letter.zip"
    stranger.write_bytes(b"Dear all")
    assert desk.check(stranger) == _verify(stranger, language="en")
    # A check can be stopped, and is then no verdict.
    page.set_input_files("#bundles", named)
    page.click("#stop")
    assert page.locator("#verdict").get_attribute("data-code") == "3"


@pytest.mark.browser
@pytest.mark.npm
@pytest.mark.long
def test_a_check_that_is_started_again_leaves_no_worker_behind(
    desk: Desk, made: Path
) -> None:
    page = desk.page.context.new_page()  # that never unpacked anything yet
    page.goto(made.as_uri())
    page.set_input_files("#bundles", BUNDLE)
    twice = "form.dispatchEvent(new Event('submit', {cancelable: true}))"
    page.evaluate(f"() => {{ const form = document.forms[0]; {twice}; {twice}; }}")
    verdict = page.locator("#verdict")
    expect(verdict).to_have_attribute("data-code", "1", timeout=_PATIENCE)
    page.wait_for_timeout(500)
    assert page.workers == []
    page.close()


def test_a_package_that_was_altered_is_refused(tmp_path: Path) -> None:
    (tmp_path / TARBALL).write_bytes(b"something else")
    with pytest.raises(NoPyodideError, match="not what was published"):
        fetch_pyodide(tmp_path)


def test_where_npm_is_not_here_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoPyodideError, match="npm, which fetches"):
        fetch_pyodide(tmp_path)
