"""The mill labels what it prints, where it prints it, and keeps families apart."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pypdfium2
import pytest

from tests.shipped import CATALOGUE
from training.layouts import PAIRS, ROWS, lay_out
from training.mill import write_folder
from training.papers import KINDS, TEST, TRAIN, Wordings
from training.sheet import FONTS, HEIGHT, WIDTH
from training.world import invent_company


def read_labels(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "labels.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mill")
    write_folder(
        folder, split=TEST, count=2, seed=5, forms=["pdf_text", "docx", "xlsx"]
    )
    return folder


def test_the_same_seed_writes_the_same_labels(folder: Path, tmp_path: Path) -> None:
    write_folder(
        tmp_path, split=TEST, count=2, seed=5, forms=["pdf_text", "docx", "xlsx"]
    )
    assert read_labels(tmp_path) == read_labels(folder)


def test_each_value_stands_in_its_box(folder: Path) -> None:
    checked = 0
    for row in read_labels(folder):
        if row["form"] != "pdf_text":
            continue
        with pypdfium2.PdfDocument(folder / row["file"]) as document:
            for fact in row["documents"][0]["facts"]:
                left, top, right, bottom = fact["bbox"]
                page = document[fact["page"] - 1].get_textpage()
                words = page.get_text_bounded(
                    left * WIDTH - 1,
                    HEIGHT * (1 - bottom) - 1,
                    right * WIDTH + 1,
                    HEIGHT * (1 - top) + 1,
                )
                assert fact["raw"].replace(" ", "") in "".join(words.split())
                checked += 1
    assert checked > 20


def test_all_that_is_labelled_is_known_to_the_catalogue(folder: Path) -> None:
    for row in read_labels(folder):
        (paper,) = row["documents"]
        assert paper["kind"] in CATALOGUE.materials
        for fact in paper["facts"]:
            assert (fact["subject"].split(":")[0], fact["fact"]) in CATALOGUE.facts


def test_what_only_tests_is_never_shown_to_what_learns() -> None:
    """No label of one split is chosen in the other; each layout belongs to one."""
    chosen: dict[str, set[str]] = {TRAIN: set(), TEST: set()}
    families: dict[str, set[str]] = {TRAIN: set(), TEST: set()}
    for split in chosen:
        for number in range(60):
            dice = Random(number)  # noqa: S311 - invented papers
            company = invent_company(dice)
            content = KINDS[number % len(KINDS)](company, Wordings(dice, split), dice)
            _, family = lay_out(content, split, dice, next(iter(FONTS)))
            families[split] |= set(family.split("+"))
            # What is printed the same everywhere is no wording of a split.
            chosen[split] |= {
                pair.label for pair in content.pairs if pair.cell.shows
            } - {"类型", "公司", "单位名称"}
    assert not chosen[TRAIN] & chosen[TEST]
    assert {split for split, _ in (*PAIRS.values(), *ROWS.values())} == {TRAIN, TEST}
    pairs = {split: families[split] & PAIRS.keys() for split in families}
    assert not pairs[TRAIN] & pairs[TEST]
