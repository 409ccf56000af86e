"""What follows from a catalogue alone is computed once, and never for another."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from changqing.evidence.offered import find_needed_classes
from changqing.law.compiled import load_kept
from changqing.law.kept import keep_by_catalogue
from changqing.law.lookup import list_vocabulary
from changqing.law.model import Catalogue
from tests.shipped import CATALOGUE


def test_what_was_computed_is_shared_and_kept_apart_by_catalogue() -> None:
    asked: list[tuple[str, int]] = []

    @keep_by_catalogue
    def compute(catalogue: Catalogue, number: int) -> str:
        asked.append((catalogue.edition, number))
        return f"{catalogue.edition} {number}"

    other = replace(CATALOGUE, edition="other")
    assert compute(CATALOGUE, 1) == compute(CATALOGUE, 1)
    assert compute(other, 1) == "other 1"
    assert compute(CATALOGUE, 2) != compute(CATALOGUE, 1)
    edition = CATALOGUE.edition
    assert asked == [(edition, 1), ("other", 1), (edition, 2)]


def test_a_catalogue_that_is_equal_and_another_is_computed_anew() -> None:
    twin = replace(CATALOGUE)
    assert twin == CATALOGUE
    assert list_vocabulary(twin) is not list_vocabulary(CATALOGUE)
    assert list_vocabulary(twin) == list_vocabulary(CATALOGUE)


def test_only_the_last_few_catalogues_are_kept() -> None:
    first = list_vocabulary(CATALOGUE)
    for _ in range(4):
        list_vocabulary(replace(CATALOGUE))
    assert list_vocabulary(CATALOGUE) is not first
    assert list_vocabulary(CATALOGUE) == first


def test_classes_are_told_by_the_rules_of_the_catalogue_that_is_asked() -> None:
    offers = [{"activities": frozenset({"information"}), "earns": frozenset({"users"})}]
    on = date(2026, 11, 24)
    none = replace(CATALOGUE, classification={})
    assert find_needed_classes(offers, CATALOGUE, on)[0]
    assert find_needed_classes(offers, none, on) == (frozenset(), frozenset())
    assert find_needed_classes(offers, CATALOGUE, on)[0]


@pytest.fixture
def made() -> list[str]:
    return []


@pytest.fixture
def load(tmp_path: Path, made: list[str]) -> Callable[[str], list[str]]:
    def load(key: str) -> list[str]:
        def make() -> list[str]:
            made.append(key)
            return [key]

        return load_kept("index", key, make, tmp_path)

    return load


def test_two_versions_side_by_side_do_not_take_each_others_file_away(
    load: Callable[[str], list[str]], made: list[str]
) -> None:
    for key in ("one", "other", "one", "other"):
        assert load(key) == [key]
    assert made == ["one", "other"]


def test_files_of_one_name_are_few_and_the_least_used_goes(
    load: Callable[[str], list[str]], made: list[str], tmp_path: Path
) -> None:
    for at, key in enumerate(("a", "b", "c", "d")):
        load(key)
        newest = max(tmp_path.iterdir(), key=lambda file: file.stat().st_ctime_ns)
        os.utime(newest, (at, at))
    load("a")  # used again just now
    load("e")
    assert len(list(tmp_path.iterdir())) == 4
    made.clear()
    load("a")
    assert made == []
    load("b")
    assert made == ["b"]


def test_a_kept_file_of_another_key_is_not_believed(
    load: Callable[[str], list[str]], made: list[str], tmp_path: Path
) -> None:
    load("one")
    (first,) = tmp_path.iterdir()
    load("other")
    (second,) = set(tmp_path.iterdir()) - {first}
    second.write_bytes(first.read_bytes())
    assert load("other") == ["other"]
    assert made == ["one", "other", "other"]
