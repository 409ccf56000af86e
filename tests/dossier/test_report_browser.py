"""The report in a real browser: on a phone, and on paper."""

from __future__ import annotations

import html
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from changqing.dossier import render_report
from changqing.text import Language
from tests.dossier.dossier_sample import COMPANY, empty, troubled
from tests.needs import find_program

pytestmark = pytest.mark.browser
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Browse = Callable[..., str]


@pytest.fixture
def browse(tmp_path: Path) -> Browse:
    """Run a headless browser with a profile of its own; return what it prints."""
    found = find_program("browser")

    def run(*arguments: str) -> str:
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        done = subprocess.run(
            [found, *_FLAGS, profile, *arguments],
            capture_output=True,
            timeout=120,
            check=True,
        )
        return done.stdout.decode()

    return run


def _measure(browse: Browse, folder: Path, report: str, width: int) -> tuple[int, str]:
    """How wide the report is in a window of `width`, and what sticks out.

    Headless windows have a least width, so the phone is a frame within one.
    """
    page = folder / "frame.html"
    page.write_text(
        f'<iframe id="f" style="border:0;width:{width}px;height:800px" '
        f'srcdoc="{html.escape(report)}"></iframe><p id="out"></p><script>'
        "f.onload=()=>{const d=f.contentDocument;"
        "const wide=[...d.body.querySelectorAll('*')]"
        ".filter(e=>!e.closest('svg,.skip')"
        f"&&e.getBoundingClientRect().right>{width}+1)"
        ".map(e=>e.className||e.tagName);"
        "out.textContent=d.documentElement.scrollWidth+'|'+[...new Set(wide)].join(' ')}"
        "</script>",
        encoding="utf-8",
    )
    dom = browse(
        "--dump-dom", "--hide-scrollbars", "--virtual-time-budget=8000", page.as_uri()
    )
    found = re.search(r'<p id="out">(\d+)\|([^<]*)</p>', dom)
    assert found is not None
    return int(found[1]), found[2]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("state", ["closed", "open"])
def test_a_phone_never_scrolls_sideways(
    browse: Browse, tmp_path: Path, language: Language, state: str
) -> None:
    report = render_report(troubled(), language)
    if state == "open":
        report = report.replace("<details ", "<details open ")
    assert _measure(browse, tmp_path, report, 360) == (360, "")


def test_an_endless_word_does_not_widen_the_phone(
    browse: Browse, tmp_path: Path
) -> None:
    case = {"name": "x" * 200, "services": [{"url": "https://" + "y" * 300}]}
    report = render_report(troubled(case=case), Language.EN)
    assert _measure(browse, tmp_path, report, 360) == (360, "")


def _print(browse: Browse, folder: Path, report: str) -> tuple[str, str]:
    """The text of the printed report, and what is known of its pages."""
    page, paper = folder / "report.html", folder / "report.pdf"
    page.write_text(report, encoding="utf-8")
    browse("--no-pdf-header-footer", f"--print-to-pdf={paper}", page.as_uri())
    said = [
        subprocess.run(
            [str(part) for part in command], capture_output=True, check=True, timeout=60
        )
        for command in (("pdftotext", "-layout", paper, "-"), ("pdfinfo", paper))
    ]
    return said[0].stdout.decode(), said[1].stdout.decode()


@pytest.mark.poppler
def test_a_printed_report_can_be_searched_and_has_every_open_point_open(
    browse: Browse, tmp_path: Path
) -> None:
    text, about = _print(browse, tmp_path, render_report(troubled(), Language.ZH))
    assert "A4" in about
    pages = re.findall(r"Pages:\s+(\d+)", about)[0]
    unsettled = [
        finding["explanation"]["zh"]
        for finding in cast("list[dict[str, Any]]", troubled()["findings"])
        if finding["verdict"] not in ("met", "not_applicable")
    ]
    flat = re.sub(r"\s", "", text)
    assert all(re.sub(r"\s", "", said) in flat for said in unsettled[:5])
    assert "自述有限责任公司（证0002）；查得有限责任公司（证0003）。" not in text
    for sentence in (
        COMPANY,
        "长期服务能力评估报告",
        "投诉答复时限不超过15日",
        "第六条第（四）项",
        f"第1页，共{pages}页",
        f"第{pages}页，共{pages}页",
    ):
        assert sentence in text
    assert text.count(f"{COMPANY} ") >= int(pages)


@pytest.mark.poppler
def test_a_printed_heading_never_stands_alone_at_the_foot(
    browse: Browse, tmp_path: Path
) -> None:
    text, _ = _print(browse, tmp_path, render_report(troubled(), Language.ZH))
    for page in text.split("\f")[:-1]:
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        last = lines[-2] if len(lines) > 1 else ""
        assert not re.match(r"[一二三四五六七八九]、", last)
        assert not re.search(r"自述\d+，证实\d+，共\d+$", last)


@pytest.mark.poppler
def test_an_empty_report_prints_too(browse: Browse, tmp_path: Path) -> None:
    text, _ = _print(browse, tmp_path, render_report(empty(), Language.EN))
    assert "There is no evidence yet." in text
    assert re.search(r"Page 1 of \d", text)
