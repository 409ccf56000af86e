"""What follows from a catalogue alone is computed once, and never for another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from changqing.evidence.offered import classes_needed
from changqing.law.kept import keep_by_catalogue
from changqing.law.lookup import vocabulary
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
    assert vocabulary(twin) is not vocabulary(CATALOGUE)
    assert vocabulary(twin) == vocabulary(CATALOGUE)


def test_only_the_last_few_catalogues_are_kept() -> None:
    first = vocabulary(CATALOGUE)
    for _ in range(4):
        vocabulary(replace(CATALOGUE))
    assert vocabulary(CATALOGUE) is not first
    assert vocabulary(CATALOGUE) == first


def test_classes_are_told_by_the_rules_of_the_catalogue_that_is_asked() -> None:
    offers = [{"activities": frozenset({"information"}), "earns": frozenset({"users"})}]
    on = date(2026, 11, 24)
    none = replace(CATALOGUE, classification={})
    assert classes_needed(offers, CATALOGUE, on)[0]
    assert classes_needed(offers, none, on) == (frozenset(), frozenset())
    assert classes_needed(offers, CATALOGUE, on)[0]
