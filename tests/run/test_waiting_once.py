"""No paper is looked through twice for what it shows and nobody confirmed."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from changqing.case.model import Case, Paper
from changqing.evidence.reading import Reading
from changqing.judge.assess import Judge
from changqing.judge.model import Readiness
from changqing.papers import settle
from changqing.papers.conclude import conclude_of_persons
from changqing.papers.open import open_case
from changqing.readers.proposal import ProposedPaper
from changqing.run import conclude, read_recorded
from tests.shipped import CATALOGUE

EXAMPLE = Path(__file__).parents[2] / "examples" / "newly-registered"
DAY = date(2026, 11, 24)


def test_an_assessment_and_its_documents_look_through_no_papers_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: Counter[str] = Counter()

    def count(
        case: Case, paper: Paper, reading: Reading, shown: ProposedPaper
    ) -> ProposedPaper:
        looked[paper.id] += 1
        return conclude_of_persons(case, paper, reading, shown)

    monkeypatch.setattr(settle, "conclude_of_persons", count)
    case = open_case(EXAMPLE, CATALOGUE)
    outcome = conclude(
        case, read_recorded(case), judge=Judge(CATALOGUE), as_of=DAY, assessed_at=None
    )
    assert outcome.assessment.readiness is Readiness.READY  # so documents are written
    assert not looked  # judging alone asks for none of it
    assert outcome.plan is outcome.plan
    assert outcome.report is outcome.report
    assert set(looked.values()) == {1}
    # Only what is asked for makes it look further.
    assert len(looked) < len(case.papers)
