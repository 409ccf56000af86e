"""What the outlook derives stands in a bundle as given, and is said not recomputed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from changqing.sealing import verify
from tests.sealing.sealed_bundle import Sealed, edited


def given_with(full: Sealed, change: Callable[[Any], None]) -> verify.Report:
    files = full.files()
    files["given.json"] = edited(files["given.json"], change)
    return full.check(full.resealed(files))


def test_what_is_derived_is_carried_and_named(full: Sealed) -> None:
    carried = json.loads(full.files()["given.json"])["derived"]
    assert "committed_until" in {each["fact"] for each in carried}
    assert {each["source"]["name"] for each in carried} == {"outlook"}
    report = full.check(full.files())
    assert not report.damaged
    assert any("committed_until" in english for _, english in report.notes)


@pytest.mark.parametrize(
    ("fact", "grade"), [("service_reachable", "observed"), ("name", "attested")]
)
def test_no_other_fact_can_be_slipped_in(full: Sealed, fact: str, grade: str) -> None:
    def slip(given: Any) -> None:
        given["derived"][0] |= {"fact": fact, "grade": grade}

    report = given_with(full, slip)
    assert any(fact in part for part, _ in report.damaged)


def test_an_altered_value_is_not_what_the_log_has(full: Sealed) -> None:
    def alter(given: Any) -> None:
        for each in given["derived"]:
            if each["fact"] == "committed_until":
                each["value"] = {"date": "2099-01-01"}

    report = given_with(full, alter)
    assert [part for part, _ in report.damaged] == ["given.json"]
