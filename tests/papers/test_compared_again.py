"""What was compared is compared again only where something it rests on changed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from changqing.case.comparison import Comparison, ReadOutcome
from changqing.law.model import Catalogue
from changqing.papers.open import open_case
from tests.shipped import CATALOGUE

EXAMPLE = Path(__file__).parents[2] / "examples" / "newly-registered"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "case"))


def compared(folder: Path, catalogue: Catalogue = CATALOGUE) -> list[Comparison]:
    """What was typed of the papers, in their order, beside what stands in them."""
    case = open_case(folder, catalogue)
    return [
        comparison
        for paper in case.papers
        for comparison in case.compared[paper.id].values()
    ]


def edit(folder: Path, old: str, new: str) -> None:
    file = folder / "case.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def same(one: list[Comparison], other: list[Comparison]) -> bool:
    return all(a is b for a, b in zip(one, other, strict=True))


def test_a_change_elsewhere_leaves_what_was_compared(folder: Path) -> None:
    before = compared(folder)
    assert any(comparison.outcome is ReadOutcome.READ for comparison in before)
    edit(folder, "declared_on: 2026-11-20", "declared_on: 2026-11-21")
    assert same(compared(folder), before)


@pytest.mark.long
def test_another_name_or_catalogue_is_compared_anew(folder: Path) -> None:
    before = compared(folder)
    assert not same(compared(folder, replace(CATALOGUE)), before)
    name = open_case(folder, CATALOGUE).name
    edit(folder, name, "杭州别家网络科技有限公司")
    after = compared(folder)
    read = sum(comparison.outcome is ReadOutcome.READ for comparison in before)
    assert sum(comparison.outcome is ReadOutcome.READ for comparison in after) < read


def test_another_paper_is_compared_anew(folder: Path) -> None:
    case = open_case(folder, CATALOGUE)
    paper = next(
        paper
        for paper in case.papers
        if any(
            comparison.outcome is ReadOutcome.READ
            for comparison in case.compared[paper.id].values()
        )
        and paper.file.path.endswith(".md")
    )
    (folder / paper.file.path).write_text("别的内容", encoding="utf-8")
    after = open_case(folder, CATALOGUE).compared[paper.id]
    assert after != case.compared[paper.id]
