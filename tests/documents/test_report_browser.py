"""The report in a real browser: on a phone, and on paper."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser

from changqing.law.said import say_article
from changqing.report.build_one_page import build_one_page
from changqing.report.counting import is_settled, select_asked
from changqing.report.html import render_report
from changqing.report.one_page_rows import speak_one_page
from changqing.text import Language
from tests.documents.report_cases import TORN, bare_report, example_report
from tests.web.web_live import chromium

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of the file."""
    with chromium() as found:
        yield found


def _measure(
    browser: Browser, folder: Path, report: str, width: int
) -> tuple[int, str]:
    """How wide the report is in a window of `width`, and what sticks out."""
    file = folder / "report.html"
    file.write_text(report, encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(file.as_uri())
    found: tuple[int, str] = page.evaluate(
        """(width) => {
          const wide = [...document.body.querySelectorAll("*")]
            .filter(e => !e.closest("svg,.skip")
              && e.getBoundingClientRect().right > width + 1)
            .map(e => e.className || e.tagName);
          return [document.documentElement.scrollWidth, [...new Set(wide)].join(" ")];
        }""",
        width,
    )
    page.close()
    return found[0], found[1]


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("state", ["closed", "open"])
def test_a_phone_never_scrolls_sideways(
    browser: Browser, tmp_path: Path, language: Language, state: str
) -> None:
    report = render_report(example_report(TORN), language)
    if state == "open":
        report = report.replace("<details ", "<details open ")
    assert _measure(browser, tmp_path, report, 360) == (360, "")


@pytest.mark.long
def test_an_endless_word_does_not_widen_the_phone(
    browser: Browser, tmp_path: Path
) -> None:
    report = example_report(TORN)
    (service,) = report.case.services
    endless = replace(service, url="https://" + "y" * 300, domain=None)
    case = replace(report.case, name="x" * 200, services=(endless,))
    html = render_report(replace(report, case=case), Language.EN)
    assert _measure(browser, tmp_path, html, 360) == (360, "")


def _print(browser: Browser, folder: Path, report: str) -> tuple[str, str]:
    """The text of the printed report, and what is known of its pages."""
    file, paper = folder / "report.html", folder / "report.pdf"
    file.write_text(report, encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.pdf(path=paper, prefer_css_page_size=True)
    page.close()
    said = [
        subprocess.run(
            [str(part) for part in command], capture_output=True, check=True, timeout=60
        )
        for command in (("pdftotext", "-layout", paper, "-"), ("pdfinfo", paper))
    ]
    return said[0].stdout.decode(), said[1].stdout.decode()


@pytest.fixture(scope="module")
def printed(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, str]:
    """A report with much to say on paper, and what is known of its pages."""
    folder = tmp_path_factory.mktemp("printed")
    return _print(browser, folder, render_report(example_report(TORN), Language.ZH))


@pytest.mark.long
@pytest.mark.parametrize("language", list(Language))
def test_the_first_printed_page_is_the_whole_answer_and_nothing_else(
    browser: Browser, tmp_path: Path, language: Language
) -> None:
    report = example_report(TORN)
    file, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    file.write_text(render_report(report, language), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.pdf(path=paper, prefer_css_page_size=True)
    page.close()
    with pypdfium2.PdfDocument(paper) as pdf:
        first, second = (
            re.sub(r"\s", "", pdf[number].get_textpage().get_text_range())
            for number in range(2)
        )
    spoken = speak_one_page(build_one_page(report), language)
    # The report opens with the same sentence again: it is said in one way everywhere.
    assert re.sub(r"\s", "", spoken.sentences[0].text) in first
    for words in (spoken.sections[-1].title, spoken.foot):
        assert re.sub(r"\s", "", words) in first
        assert re.sub(r"\s", "", words) not in second
    assert report.catalogue.edition in second


@pytest.mark.long
@pytest.mark.poppler
def test_a_printed_report_can_be_searched_and_has_every_open_point_open(
    printed: tuple[str, str],
) -> None:
    report = example_report(TORN)
    company = report.case.name
    met = next(f for f in report.findings if f.verdict == "met" and f.explanation.zh)
    text, about = printed
    assert "A4" in about
    pages = re.findall(r"Pages:\s+(\d+)", about)[0]
    unsettled = [
        finding for finding in select_asked(report.findings) if not is_settled(finding)
    ]
    flat = re.sub(r"\s", "", text)
    for finding in unsettled[:5]:
        assert re.sub(r"\s", "", finding.sentence.zh) in flat
        for citation in finding.citations:
            assert re.sub(r"\s", "", citation.instrument.zh) in flat
            assert say_article(citation.article or "").zh in flat
    assert re.sub(r"\s", "", met.explanation.zh) not in flat
    for sentence in (
        company,
        "长期服务能力评估报告",
        report.findings[0].title.zh[:12],
        f"第1页，共{pages}页",
        f"第{pages}页，共{pages}页",
    ):
        assert sentence in text
    assert text.count(f"{company} ") >= int(pages)


@pytest.mark.long
@pytest.mark.poppler
def test_a_printed_heading_never_stands_alone_at_the_foot(
    printed: tuple[str, str],
) -> None:
    text, _ = printed
    for page in text.split("\f")[:-1]:
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        last = lines[-2] if len(lines) > 1 else ""
        assert not re.match(r"[一二三四五六七八九]、", last)
        assert not re.search(r"自述\d+，证实\d+，共\d+$", last)


@pytest.mark.long
@pytest.mark.poppler
def test_an_empty_report_prints_too(browser: Browser, tmp_path: Path) -> None:
    text, _ = _print(browser, tmp_path, render_report(bare_report(), Language.EN))
    assert "There is no evidence yet." in text
    assert re.search(r"Page 1 of \d", text)
