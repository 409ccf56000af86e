"""What waits in papers is the same whichever fact is asked for first."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from changqing.evidence.ledger.recorded import Evidence
from changqing.evidence.reading import Reading
from changqing.evidence.readings import KeptReadings, read_as_text
from changqing.papers.open import open_case
from changqing.papers.settle import (
    SettlementState,
    Settler,
    list_settlements,
)
from changqing.papers.waiting import WaitingReadings
from tests.sealing.sealed_bundle import copied
from tests.shipped import CATALOGUE

DAY = date(2026, 11, 28)
WAITING = {SettlementState.NEW, SettlementState.SURE, SettlementState.UNSURE}


def test_each_fact_waits_as_it_does_among_all_papers(tmp_path: Path) -> None:
    case = open_case(copied("newly-registered", tmp_path), CATALOGUE)
    kept = KeptReadings(Evidence(case.path))
    readings = {
        paper.file.digest: reading
        for paper in case.papers
        if (reading := kept.get(paper.file.digest) or read_as_text(case, paper))
    }
    waiting = {
        (settlement.subject, settlement.fact.id): about.paper.id
        for about in reversed(list_settlements(case, readings, on=DAY))
        for settlement in about.settlements
        if settlement.state in WAITING
    }
    assert waiting
    asked = WaitingReadings(case, DAY)
    found = {key: asked.find(*key) for key in waiting}
    assert {key: one.paper for key, one in found.items() if one} == waiting
    assert all(asked.is_in(paper, *key) for key, paper in waiting.items())
    assert asked.find(case.papers[0].subject, "no_such_fact") is None


def test_papers_that_are_read_one_by_one_show_what_all_together_show(
    tmp_path: Path,
) -> None:
    case = open_case(copied("newly-registered", tmp_path), CATALOGUE)
    kept = KeptReadings(Evidence(case.path))
    settler, readings = Settler(case, on=DAY), dict[str, Reading]()
    agreed = 0
    for paper in case.papers:
        reading = kept.get(paper.file.digest) or read_as_text(case, paper)
        if reading is None:
            continue
        before = settler.settle(readings)
        readings[paper.file.digest] = reading
        found = settler.settle(readings)
        agreed += any(each not in found for each in before)
    assert agreed  # one that came later agreed with one of before
    assert settler.settle(readings) == list_settlements(case, readings, on=DAY)
