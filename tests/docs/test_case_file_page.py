"""Every example on the page of the case file is read as a case, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from changqing.case.model import Case
from changqing.law.compiled import load_shipped
from changqing.papers.open import open_case
from tests.docs.tour_page import ROOT

PAGES = {
    name: (ROOT / "docs" / name).read_text(encoding="utf-8")
    for name in ("case-file.md", "case-file.zh-CN.md")
}
_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PART = re.compile(r"^(\w+):.*\n(?:[ \n].*\n?)*", re.MULTILINE)
EXPLAINED = (
    "papers",
    "states",
    "backs",
    "place",
    "words",
    "absent",
    "nobody",
    "closed",
)


def examples(page: str) -> list[str]:
    """Give the page's examples; the first is a whole case, the others parts of it."""
    return [match[1] for match in _BLOCK.finditer(PAGES[page])]


def parts_of(text: str) -> dict[str, str]:
    """Split a case file at its keys."""
    return {match[1]: match[0] for match in _PART.finditer(text)}


def open_example(folder: Path, page: str, number: int) -> Case:
    """Read an example, with the rest of the first one around it."""
    found = examples(page)
    shown = found[number]
    rest = [
        part for key, part in parts_of(found[0]).items() if key not in parts_of(shown)
    ]
    text = "".join(rest) + shown
    (folder / "documents").mkdir()
    for name in re.findall(r"file: (documents/\S+)", text):
        (folder / name).write_text("原件", encoding="utf-8")
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return open_case(folder, load_shipped())


@pytest.mark.parametrize(
    ("page", "number"),
    [(page, number) for page in PAGES for number in range(len(examples(page)))],
)
def test_an_example_of_the_page_is_read_as_it_stands(
    tmp_path: Path, page: str, number: int
) -> None:
    case = open_example(tmp_path, page, number)
    assert case.application.licence == "B25"


@pytest.mark.parametrize("number", range(len(examples("case-file.md"))))
def test_both_languages_say_the_same(tmp_path: Path, number: int) -> None:
    english, chinese = tmp_path / "en", tmp_path / "zh"
    english.mkdir()
    chinese.mkdir()
    one = open_example(english, "case-file.md", number)
    other = open_example(chinese, "case-file.zh-CN.md", number)
    assert one.application == other.application
    assert [(said.fact, said.value, said.words) for said in one.list_statements()] == [
        (said.fact, said.value, said.words) for said in other.list_statements()
    ]
    assert (one.absent, one.nobody, one.closed) == (
        *(other.absent, other.nobody, other.closed),
    )


@pytest.mark.parametrize("page", PAGES)
def test_each_part_is_explained_with_an_example(page: str) -> None:
    shown = "".join(examples(page))
    for name in EXPLAINED:
        assert re.search(rf"\b{name}:", shown), name
