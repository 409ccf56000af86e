"""The pages of docs/ as a site: every link leads somewhere, and nothing is fetched."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.site import (
    ROOT,
    NoSiteError,
    fetch_shim,
    find_broken_links,
    list_pages,
    place_page,
    stage_language,
    turn_links,
)
from tests.web.web_live import chromium


def test_every_page_has_a_place_and_its_links_hold(tmp_path: Path) -> None:
    for language in ("zh", "en"):
        stage_language(language, tmp_path / language)
    for path in list_pages():
        found = place_page(path)
        assert found is not None
        for language in [found.language] if found.language else ["zh", "en"]:
            assert (tmp_path / language / "pages" / found.place).is_file()


def test_links_lead_to_the_same_language_unless_they_mean_the_other() -> None:
    text = "[a](papers.zh-CN.md#x) [b](../README.md) [c](reference/zh/law.md)"
    assert turn_links(text, "docs/install.zh-CN.md", "zh") == (
        "[a](papers.md#x) [b](../en/index.html) [c](reference/law.md)"
    )
    with pytest.raises(NoSiteError, match=r"none\.md"):
        turn_links("[a](none.md)", "docs/install.md", "en")


def test_what_leads_nowhere_and_what_is_fetched_is_found(tmp_path: Path) -> None:
    (tmp_path / "b.html").write_text('<h1 id="here">b</h1>', encoding="utf-8")
    (tmp_path / "a.html").write_text(
        '<a href="b.html#here"></a><a href="b.html#gone"></a><a href="c.html"></a>'
        '<a href="https://example.com/"></a><script src="https://example.com/x.js">',
        encoding="utf-8",
    )
    assert set(find_broken_links(tmp_path)) == {
        "a.html: b.html#gone",
        "a.html: c.html",
        "a.html: fetches https://example.com/x.js",
    }


def test_a_script_that_was_altered_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: "npm")
    (tmp_path / "iframe-worker-1.0.4.tgz").write_bytes(b"something else")
    with pytest.raises(NoSiteError, match=r"\.tgz is not what was published"):
        fetch_shim(tmp_path)


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.npm
def test_the_site_is_built_and_searched_from_a_disk(tmp_path: Path) -> None:
    site = tmp_path / "site"
    subprocess.run(["make", "site", f"SITE={site}"], cwd=ROOT, check=True)
    asked: list[str] = []
    with chromium() as browser:
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        for language, words, found in (
            ("zh", "注册资本", "注册资本"),
            ("en", "registered capital", "registered capital"),
        ):
            page.goto((site / language / "index.html").as_uri())
            page.locator("input.md-search__input").fill(words)
            first = page.locator(".md-search-result__item").first
            first.wait_for(timeout=30_000)
            assert found in first.inner_text().lower()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
