"""Why a finding is what it is, made when it is first asked for, and the same then."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from changqing.judge.derivation import LazyDerivation
from changqing.judge.model import Finding, KnownDerivation
from changqing.law.model import Verdict
from changqing.run import Outcome
from tests.documents.dossier_case import EXAMPLES, assessed


@pytest.fixture(name="outcome", scope="module")
def _outcome() -> Outcome:
    return assessed(EXAMPLES / "contradictory")


def _select_lazy(outcome: Outcome) -> list[tuple[Finding, LazyDerivation]]:
    return [
        (finding, finding.derivation)
        for finding in outcome.assessment.findings
        if isinstance(finding.derivation, LazyDerivation)
    ]


@pytest.mark.usefixtures("outcome")  # has the rules read before
def test_judging_puts_nothing_into_words_but_what_it_warns_of() -> None:
    outcome = assessed(EXAMPLES / "contradictory")
    warned = [caution.finding for caution in outcome.assessment.cautions]
    found = _select_lazy(outcome)
    assert len(found) > len(warned) > 0
    for finding, derivation in found:
        made = {"explanation", "evidence", "gaps", "terms"} & vars(derivation).keys()
        assert made <= ({"terms"} if finding in warned else set())


def test_what_is_made_later_is_what_a_second_judgement_makes(outcome: Outcome) -> None:
    again = assessed(EXAMPLES / "contradictory")
    outcome.report  # noqa: B018 - made whole before the other is looked at
    assert again.assessment.findings == outcome.assessment.findings


def test_findings_that_say_other_things_are_not_equal(outcome: Outcome) -> None:
    (finding, derivation), (_, other) = _select_lazy(outcome)[:2]
    assert replace(finding, derivation=other) != finding
    assert replace(finding, derivation=derivation.make()) == finding
    assert derivation != derivation.explanation


def test_a_finding_goes_to_another_process_without_the_case(outcome: Outcome) -> None:
    finding, _ = next(
        each for each in _select_lazy(outcome) if each[0].verdict is Verdict.MET
    )
    content = pickle.dumps(finding)
    there = pickle.loads(content)  # noqa: S301 - our own
    assert isinstance(there.derivation, KnownDerivation)
    assert there.derivation == finding.derivation
