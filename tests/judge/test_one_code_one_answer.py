"""A defect is not certain by one criterion and ruled out by another at once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changqing.judge.assess import bound_parameters
from changqing.judge.model import Assessment, DefectCertainty
from changqing.law.defect_check import _list_compared_numbers
from changqing.law.model import Verdict
from changqing.run import Outcome
from tests.documents.dossier_case import EXAMPLES, assessed, judge

NAMES = ("contradictory", "local-life", "newly-registered")


def both_ways(assessment: Assessment) -> list[tuple[str, str, str]]:
    """Codes certain by one criterion and, by the same measure, met by another."""
    return [
        (code, bad.criterion.id, good.criterion.id)
        for bad in assessment.findings
        if bad.fails
        for code in bad.criterion.defects
        for good in assessment.findings
        if good.verdict is Verdict.MET
        and code in good.criterion.defects
        and good.criterion is not bad.criterion
        and _list_compared_numbers(bad.criterion).keys()
        & _list_compared_numbers(good.criterion).keys()
    ]


@pytest.mark.parametrize("name", NAMES)
def test_no_code_of_an_example_is_certain_and_ruled_out_at_once(name: str) -> None:
    assert both_ways(assessed(EXAMPLES / name).assessment) == []


OUTCOME: list[Outcome] = []


@settings(max_examples=12, deadline=None)
@given(months=st.lists(st.integers(0, 5), min_size=6, max_size=6))
def test_however_long_people_are_insured_the_months_are_too_few_or_they_are_not(
    months: list[int],
) -> None:
    if not OUTCOME:
        OUTCOME.append(assessed(EXAMPLES / "local-life"))
    situation = OUTCOME[0].situation
    people = [s for s in situation.subjects if s.type == "person"]
    changed = {
        (person, "si_months_unbroken"): replace(
            situation.resolved[person, "si_months_unbroken"], claimed=n, proven=n
        )
        for person, n in zip(people, months, strict=False)
    }

    found = judge().assess(
        replace(situation, resolved={**situation.resolved, **changed})
    )

    assert both_ways(found) == []
    short = [
        f
        for f in found.findings
        if "SI_MONTHS_SHORT" in f.criterion.defects and f.fails
    ]
    assert {f.certainty for f in short} <= {DefectCertainty.POSSIBLE}
    held = {person.id: n for person, n in zip(people, months, strict=False)}
    key = [
        held[p.subject.id]
        for p in OUTCOME[0].case.people
        if p.kind in ("manager", "technical", "customer_service", "security")
    ]
    numbers = bound_parameters(
        judge().catalogue, situation.application, situation.as_of
    )
    advised = numbers["si_months_advised"]
    assert advised is not None
    assert bool(short) is (min(key) < advised)
