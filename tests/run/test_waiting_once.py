"""No paper is looked through twice for what it shows and nobody confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from changqing.case.model import Case
from changqing.evidence.reading import Reading
from changqing.judge.assess import Judge
from changqing.judge.model import Readiness
from changqing.papers import waiting
from changqing.papers.open import open_case
from changqing.papers.settle import ReadPaper, list_settlements
from changqing.run import conclude, read_recorded
from tests.shipped import CATALOGUE

EXAMPLE = Path(__file__).parents[2] / "examples" / "newly-registered"
DAY = date(2026, 11, 24)


def test_an_assessment_and_its_documents_look_through_no_papers_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[frozenset[str]] = []

    def count(
        case: Case, readings: Mapping[str, Reading], *, on: date
    ) -> tuple[ReadPaper, ...]:
        looked.append(frozenset(readings))
        return list_settlements(case, readings, on=on)

    monkeypatch.setattr(waiting, "list_settlements", count)
    case = open_case(EXAMPLE, CATALOGUE)
    outcome = conclude(
        case, read_recorded(case), judge=Judge(CATALOGUE), as_of=DAY, assessed_at=None
    )
    assert outcome.assessment.readiness is Readiness.READY  # so documents are written
    assert not looked  # judging alone asks for none of it
    assert outcome.plan is outcome.plan
    assert outcome.report is outcome.report
    assert looked
    # Only what is asked for makes it look further, and always beyond what it knows.
    assert all(before < after for before, after in pairwise(looked))
