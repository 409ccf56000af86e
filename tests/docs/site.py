"""Build the pages of docs/ as a site that is read from a disk, in Chinese and English.

    python -m tests.docs.site FOLDER

Part of `make site`. Each language is a site of its own, below a page that leads to
both; the reference pages are in it, and nothing is fetched when it is read. MkDocs comes
with the dependency group `site`, in an environment of its own.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

ROOT: Final = Path(__file__).resolve().parents[2]
CHINESE: Final = ".zh-CN.md"
BOTH: Final = (
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "GLOSSARY.md",
    "benchmarks/README.md",
    "examples/README.md",
)
"""Written in English alone, and shown in both sites."""
_LINK: Final = re.compile(r"(?<=\]\()([^)\s]+)(?=[)\s])")
_SLUGS: Final = "!!python/object/apply:pymdownx.slugs.slugify {kwds: {case: lower}}"
"""Anchors as GitHub makes them, where the pages are read too."""
_SHIM: Final = "iframe-worker-1.0.4"
_SHIM_SHA256: Final = "e8c5d12d87829c503afba01d67772ea9f4aba5b7ae57a0c98e1917711030efbb"
_SHIM_PLACE: Final = "assets/javascripts/iframe-worker.js"
_SHIM_TAG: Final = re.compile(
    r"<script src=\"?https://unpkg\.com/iframe-worker/shim\"?></script>"
)
_CHINESE_SEARCH: Final = {
    "lang": "en",
    "separator": r"[\s\-，。、；：？！（）《》“”|/]+|(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])",
    "pipeline": [],
}
"""Character by character: no word of Chinese is cut off, and none has to be known."""
_TITLES: Final = {"zh": "长青", "en": "Changqing"}
_CHOOSE: Final = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>长青 · Changqing</title></head>
<body><p><a href="zh/index.html" lang="zh-CN">中文</a></p>
<p><a href="en/index.html" lang="en">English</a></p></body></html>
"""


class NoSiteError(Exception):
    """The site could not be built: the links that lead nowhere, or what MkDocs said."""


@dataclass(frozen=True, slots=True)
class SitePage:
    """Where a file of the repository stands in the sites; `language` None: in both."""

    language: str | None
    place: str


def place_page(path: str) -> SitePage | None:
    """Find where a file of the repository goes; None where it is no part of a site."""
    if path in BOTH or path == "LICENSE":
        place = path.replace("README.md", "index.md")
        return SitePage(None, place if path in BOTH else "LICENSE.txt")
    chinese = path.endswith(CHINESE)
    language = "zh" if chinese else "en"
    plain = path.removesuffix(CHINESE) + ".md" if chinese else path
    if plain in ("README.md", "SECURITY.md"):
        return SitePage(language, "index.md" if plain == "README.md" else plain)
    if not path.startswith("docs/"):
        return None
    inside = plain.removeprefix("docs/")
    for language in ("en", "zh"):
        start = f"reference/{language}/"
        if inside.startswith(start):
            name = inside.removeprefix(start).replace("README.md", "index.md")
            return SitePage(language, f"reference/{name}")
    if not inside.endswith(".md"):
        return SitePage(None, inside)
    return SitePage("zh" if chinese else "en", inside)


def list_pages() -> Iterator[str]:
    """List the files that the sites are made of, by their paths in the repository."""
    yield from BOTH
    yield from ("LICENSE", "README.md", "README.zh-CN.md")
    yield from ("SECURITY.md", "SECURITY.zh-CN.md")
    for path in sorted((ROOT / "docs").rglob("*")):
        if path.is_file():
            yield path.relative_to(ROOT).as_posix()


def turn_links(text: str, path: str, language: str) -> str:
    """Turn the links of a page so that they hold in the site of a language.

    A link to the page in the other language leads into the other site; one to a folder
    is kept as it is. NoSiteError for what is no part of a site.
    """
    here = place_page(path)
    assert here is not None

    def turn(match: re.Match[str]) -> str:
        link = urlsplit(match[1])
        if link.scheme or link.netloc or not link.path:
            return match[1]
        target = os.path.normpath(PurePosixPath(path).parent / unquote(link.path))
        fragment = f"#{link.fragment}" if link.fragment else ""
        if (ROOT / target / "README.md").is_file():
            target = f"{target}/README.md"
        found = place_page(target)
        if found is None or not (ROOT / target).exists():
            raise NoSiteError(f"{path}: {match[1]}")
        place, up = found.place, PurePosixPath(here.place).parent
        if found.language not in (None, language):
            page = re.sub(r"\.md$", ".html", place)
            return os.path.relpath(f"../{found.language}/{page}", up) + fragment
        return os.path.relpath(place, up) + fragment

    return _LINK.sub(turn, text)


def stage_language(language: str, folder: Path) -> None:
    """Put the sources of one language into a folder, with the settings of MkDocs."""
    pages = folder / "pages"
    for path in list_pages():
        found = place_page(path)
        if found is None or found.language not in (None, language):
            continue
        target = pages / found.place
        target.parent.mkdir(parents=True, exist_ok=True)
        if found.place.endswith(".md"):
            text = (ROOT / path).read_text(encoding="utf-8")
            target.write_text(turn_links(text, path, language), encoding="utf-8")
        else:
            shutil.copyfile(ROOT / path, target)
    settings = json.dumps(make_settings(language), ensure_ascii=False, indent=1)
    settings = settings.replace(f'"{_SLUGS}"', _SLUGS)  # JSON is YAML but for its tags
    (folder / "mkdocs.yml").write_text(settings, encoding="utf-8")


def make_settings(language: str) -> Mapping[str, object]:
    """Make the settings of MkDocs for one language; nothing is fetched by a reader."""
    return {
        "site_name": _TITLES[language],
        "docs_dir": "pages",
        "use_directory_urls": False,
        "theme": {
            "name": "material",
            "language": language,
            "font": False,
            "features": ["navigation.top", "search.highlight"],
        },
        "plugins": [
            {"search": _CHINESE_SEARCH if language == "zh" else {"lang": "en"}},
            "offline",
        ],
        "markdown_extensions": [
            "admonition",
            "tables",
            {"toc": {"permalink": True, "slugify": _SLUGS}},
        ],
        "validation": {"links": {"not_found": "ignore", "anchors": "ignore"}},
    }


def build_site(folder: Path, *, mkdocs: Path, shim: bytes | None) -> None:
    """Build both sites, and check that every link in them leads somewhere.

    Args:
        folder: Where the sites go, each below its language.
        mkdocs: The program.
        shim: What `fetch_shim` gives; None: pages opened from a disk have no search.

    Raises NoSiteError with what MkDocs said, or with the links that lead nowhere.
    """
    with tempfile.TemporaryDirectory() as work:
        for language in _TITLES:
            staged = Path(work) / language
            staged.mkdir()
            stage_language(language, staged)
            made = subprocess.run(
                [mkdocs, "build", "--strict", "--quiet", "-d", staged / "site"],
                cwd=staged,
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
            )
            if made.returncode:
                raise NoSiteError((made.stdout + made.stderr).strip())
            shutil.rmtree(folder / language, ignore_errors=True)
            shutil.copytree(staged / "site", folder / language)
            _keep_shim(folder / language, shim)
    (folder / "index.html").write_text(_CHOOSE, encoding="utf-8")
    if broken := list(find_broken_links(folder)):
        raise NoSiteError("\n".join(broken))


def fetch_shim(folder: Path) -> bytes | None:
    """Give the script by which the search works from a disk; None where npm is not.

    A browser starts no worker for a page that was opened from a disk; the theme would
    fetch this script from the internet. Raises NoSiteError for other bytes.
    """
    npm, path = shutil.which("npm"), folder / f"{_SHIM}.tgz"
    if npm is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    if not path.is_file():
        package = _SHIM.replace("worker-", "worker@")
        asked = [npm, "pack", package, "--silent", "--pack-destination", str(folder)]
        subprocess.run(asked, capture_output=True, check=False, timeout=300)
    if not path.is_file():
        return None
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != _SHIM_SHA256:
        raise NoSiteError(f"{path} is not what was published; delete it")
    with tarfile.open(fileobj=io.BytesIO(content)) as package_file:
        member = package_file.extractfile("package/shim/index.js")
        assert member is not None
        return member.read()


def _keep_shim(site: Path, shim: bytes | None) -> None:
    """Let the pages of a site take the script from beside them, or not at all."""
    if shim is not None:
        (site / _SHIM_PLACE).write_bytes(shim)
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        beside = Path(os.path.relpath(site / _SHIM_PLACE, path.parent)).as_posix()
        tag = f'<script src="{beside}"></script>' if shim is not None else ""
        path.write_text(_SHIM_TAG.sub(tag, text), encoding="utf-8")


class _Links(HTMLParser):
    """The links of a page, and the places in it that links may name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names."""
        for name, value in attrs:
            if value is None:
                continue
            if name == "id" or (tag == "a" and name == "name"):
                self.places.add(value)
            elif name in ("href", "src"):
                self.links.add(value)
                if name == "src" or tag == "link":
                    self.fetched.add(value)


def find_broken_links(folder: Path) -> Iterator[str]:
    """Find the links of a site that lead nowhere in it, and what it would fetch."""
    pages = {
        path: _Links(path.read_text(encoding="utf-8"))
        for path in sorted(folder.rglob("*.html"))
        if path.name != "404.html"  # of a server: its links begin at the root
    }
    for path, page in pages.items():
        name = path.relative_to(folder).as_posix()
        yield from (
            f"{name}: fetches {link}"
            for link in sorted(page.fetched)
            if urlsplit(link).netloc
        )
        for link in sorted(page.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = path.parent / unquote(parts.path) if parts.path else path
            there = pages.get(Path(os.path.normpath(target)))
            if (there is None and not target.exists()) or (
                there and unquote(parts.fragment) not in {*there.places, "", "__skip"}
            ):
                yield f"{name}: {link}"


def main(folder: Path) -> int:
    """Build the site; 1 and why where that could not be."""
    try:
        shim = fetch_shim(ROOT / "build" / "site-parts")
        build_site(folder, mkdocs=Path(sys.executable).parent / "mkdocs", shim=shim)
    except NoSiteError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
