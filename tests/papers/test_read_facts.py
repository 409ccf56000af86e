"""What the criteria of a case read, of whom, and what of it is a key point."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from changqing.case.model import Case
from changqing.case.subjects import APPLICANT, Subject
from changqing.law.compiled import load_shipped
from changqing.papers.open import open_case
from changqing.papers.read_facts import find_read_facts
from tests.papers.settling_sample import ON, make_case

LISTED = """\
  - id: promise
    kind: service_assurance
    file: documents/存款.txt
    received_on: 2026-11-18
"""
PEOPLE = """\
people:
  - {id: he, name: 何一, role: [manager, technical]}
  - {id: fang, name: 方晓, role: content}
"""
OWN = "people:\n  - {id: liang, name: 梁其安, role: legal_representative}\n"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    make_case(tmp_path, cash=LISTED)
    path = tmp_path / "case.yaml"
    text = path.read_text(encoding="utf-8")
    assert OWN in text
    path.write_text(text.replace(OWN, PEOPLE), encoding="utf-8")
    return open_case(tmp_path, load_shipped())


def test_the_hours_of_a_technician_are_a_key_point_and_not_everybodys(
    case: Case,
) -> None:
    points = find_read_facts(case, ON).select_key_points()
    assert (Subject("person", "he"), "full_time") in points
    assert (Subject("person", "fang"), "full_time") not in points


def test_the_owner_that_a_promise_names_is_one_and_not_that_of_every_paper(
    case: Case,
) -> None:
    points = find_read_facts(case, ON).select_key_points()
    assert (Subject("paper", "promise"), "states_owner") in points
    assert (Subject("paper", "licence"), "states_owner") not in points


def test_what_only_another_application_asks_is_not_read(case: Case) -> None:
    registered = (APPLICANT, "registered_capital")
    assert registered in find_read_facts(case, ON)
    number = replace(
        case, application=replace(case.application, licence="N95", stage="amend")
    )
    assert registered not in find_read_facts(number, ON)
    assert (APPLICANT, "cash_on_hand") not in find_read_facts(number, ON)


def test_what_hangs_on_more_than_is_given_may_be_read(case: Case) -> None:
    points = find_read_facts(case, ON).select_key_points()
    assert (APPLICANT, "cash_on_hand") in points
    assert (Subject("service", "site"), "hosting_until") in points
    assert (APPLICANT, "funds_until") not in points
