"""`changqing look CASE --screenshot`: what is kept, and what is refused in words."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changqing.cli.look_screenshot import encode_screenshot, photograph
from changqing.cli.main import main
from changqing.errors import NetError
from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.screenshots import list_screenshots
from changqing.law.compiled import load_compiled
from changqing.net.model import NetSettings
from tests.needs import find_program
from tests.probes.test_screenshot import serve
from tests.readers import reader_pages as pages

NOW = datetime(2026, 11, 30, 4, tzinfo=UTC)
Call = Callable[..., tuple[int, str]]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("CHANGQING_BROWSER_SANDBOX", "0")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str | Path) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out + err

    return run


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    pages.make_case(folder, load_compiled())
    return folder


def test_without_a_browser_that_is_said_and_nothing_written(
    call: Call, case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, said = call("look", case, "--screenshot", "https://www.example.cn/")
    assert code == 2
    assert "这台机器上没有Chromium，安装chromium" in said
    assert not (case / "evidence").exists()


def test_what_is_neither_address_nor_service_is_refused(call: Call, case: Path) -> None:
    code, said = call("look", case, "--screenshot", "shop", "--lang", "en")
    assert code == 2
    assert "“shop” is neither an address nor a service of the case" in said
    assert "write https://…, or a service: site" in said


@pytest.mark.parametrize(
    "other",
    [("filing_lookup",), ("--by", "甲"), ("--dry-run",), ("--on", "2026-11-20")],
)
def test_a_screenshot_is_taken_by_itself(
    call: Call, case: Path, other: tuple[str, ...]
) -> None:
    code, said = call("look", case, *other, "--screenshot", "site")
    assert code == 2
    assert "截图单独做" in said


def test_a_case_that_stands_on_a_day_takes_no_picture(call: Call, case: Path) -> None:
    text = (case / "case.yaml").read_text(encoding="utf-8")
    (case / "case.yaml").write_text(f"as_of: 2026-11-20\n{text}", encoding="utf-8")
    code, said = call("look", case, "--screenshot", "site")
    assert code == 2
    assert "不再记录新的证据" in said


@pytest.mark.browser
@pytest.mark.long
@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000/", "http://10.0.0.1/", "http://[::1]/"]
)
def test_our_own_network_is_not_shown(call: Call, case: Path, address: str) -> None:
    code, said = call("look", case, "--screenshot", address)
    assert code == 3
    assert "不是公网地址，未予访问" in said
    assert not (case / "evidence").exists()


@pytest.mark.browser
@pytest.mark.long
@pytest.mark.parametrize(
    "address", ["file:///etc/passwd", "http://a:b@www.example.cn/"]
)
def test_what_is_no_address_of_a_page_is_not_shown(
    call: Call, case: Path, address: str
) -> None:
    code, said = call("look", case, "--screenshot", address)
    assert code == 3
    assert "不是可以访问的网页地址" in said


@pytest.mark.browser
@pytest.mark.long
def test_the_picture_is_kept_with_its_time_address_and_window(
    case: Path, tmp_path: Path
) -> None:
    environment = {
        "CHANGQING_BROWSER": find_program("browser"),
        "CHANGQING_BROWSER_SANDBOX": "0",
    }
    with serve({"/": b"<body>hello"}) as site:
        settings = NetSettings(
            opened=frozenset({("127.0.0.1", site.port)}), pause_seconds=0.0
        )

        def take(what: str) -> None:
            photograph(
                case,
                what,
                key=tmp_path / "key",
                clock=lambda: NOW,
                environment=environment,
                net=settings,
            )

        take(site.url)
        shutil.copytree(case, tmp_path / "before")
        site.pages.clear()
        site.moved = {"/": "http://192.168.0.1/"}
        with pytest.raises(NetError):
            take(site.url)
    evidence = Evidence(case)
    evidence.verify()
    (taken,) = list_screenshots(evidence)
    assert (taken.asked, taken.shown, taken.at) == (site.url, site.url, NOW)
    assert taken.view == (1280, 800)
    assert evidence.read_blob(taken.digest).startswith(b"\x89PNG")
    assert json.loads(json.dumps(encode_screenshot(taken)))["digest"] == taken.digest
    # It says nothing: no record, no gap and no attempt comes of it.
    before = {
        type(item).__name__ for item in Evidence(tmp_path / "before").list_items()
    }
    assert "Attempt" not in before
    assert not [r for r in evidence.list_records() if r.digest == taken.digest]
