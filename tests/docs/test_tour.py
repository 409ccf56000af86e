"""What the pages show is what comes out, in both languages."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs import tour_page
from tests.docs.tour_page import PAGES, ROOT, Shown, output, same, shown

TWINS = (("README.md", "README.zh-CN.md"), ("docs/tour.md", "docs/tour.zh-CN.md"))
BROCHURES = sorted(
    str(path.relative_to(ROOT))
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.fixture(scope="module", autouse=True)
def _tidy() -> Iterator[None]:
    yield
    tour_page.forget_desk()


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=() if page == PAGES[0] else pytest.mark.long)
        for page in PAGES
    ],
)
def test_each_command_prints_what_the_page_shows(page: str) -> None:
    """In order: a command may need the folder that an earlier one made."""
    for each in shown(page):
        assert same(each), _difference(page, each)


def _difference(page: str, each: Shown) -> str:
    real = "\n".join(output(each.command))
    return f"{page}: {each.command}\nprints now (make docs renews the page):\n{real}"


def _plain(command: str) -> str:
    """A command without its language, and without words of either."""
    return re.sub(r"--lang \w+|lang=\w+", "", command).strip()


@pytest.mark.parametrize(("english", "chinese"), TWINS)
def test_both_languages_run_the_same_commands(english: str, chinese: str) -> None:
    one = [_plain(each.command) for each in shown(english)]
    other = [_plain(each.command) for each in shown(chinese)]
    assert one == other


@pytest.mark.parametrize(("english", "chinese"), TWINS)
def test_both_languages_have_the_same_sections(english: str, chinese: str) -> None:
    levels = [
        re.findall(r"^(#+) ", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
        for page in (english, chinese)
    ]
    assert levels[0] == levels[1]


@pytest.mark.share
@pytest.mark.parametrize("page", BROCHURES)
def test_every_link_leads_somewhere(page: str) -> None:
    here = ROOT / page
    for target in _LINK.findall(here.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("#"):
            continue
        path, _, anchor = target.partition("#")
        there = here.parent / path
        assert there.exists(), f"{page} links to {target}"
        if anchor:
            assert anchor in _anchors(there), f"{page}: {target}"


def _anchors(page: Path) -> set[str]:
    """Where a link may point to within a page: its headings and its anchors."""
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {
        *(
            re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
            for heading in headings
        ),
        *re.findall(r'<a (?:id|name)="([^"]+)"', text),
    }


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_of_a_page_exist(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"(?:^\$? ?|`)make ([a-z-]+)", text, re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_tour_asks_for_no_more_than_a_shell_and_the_program() -> None:
    known = {
        ".venv/bin/changqing",
        "make",
        "cp",
        "sed",
        "printf",
        "echo",
        "mkdir",
        "rm",
    }
    for page in PAGES:
        for each in shown(page):
            for part in re.split(r"&&|;|\|\|?", each.command):
                words = shlex.split(part)
                assert words, each.command
                assert words[0] in known, each.command


def test_the_picture_of_the_report_is_small() -> None:
    for picture in (ROOT / "docs" / "pictures").glob("*.png"):
        assert picture.stat().st_size < 300_000


@pytest.mark.long
def test_a_changed_line_is_noticed() -> None:
    first = shown("docs/tour.md")[0]
    changed = Shown(command=first.command, lines=("nonsense", *first.lines[1:]))
    assert same(first)
    assert not same(changed)
