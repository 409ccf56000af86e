"""A case made before papers were read opens, and what was typed is looked up."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from changqing.case.subjects import APPLICANT
from changqing.evidence.ledger.recorded import Evidence
from changqing.judge.assess import Judge
from changqing.papers.comparisons import count_unread
from changqing.papers.open import open_case
from changqing.run import run
from tests.shipped import CATALOGUE
from tests.upgrade.made_before import extract_case


def no_clock() -> datetime:
    raise AssertionError("a fixed day reads no clock")


def test_what_was_typed_and_stands_in_the_paper_rises_by_itself(
    tmp_path: Path,
) -> None:
    folder = extract_case("newly-registered", tmp_path)
    recorded = len(Evidence(folder).list_records())
    case = open_case(folder, CATALOGUE)
    outcome = run(
        folder,
        judge=Judge(CATALOGUE),
        clock=no_clock,
        key=tmp_path / "key",
        as_of=date(2026, 11, 24),
    )
    resolved = outcome.situation.resolved
    assert resolved[APPLICANT, "registered_capital"].proven == 100_000_000
    assert resolved[APPLICANT, "cash_on_hand"].proven == 88_000_000
    # The rest is not checked, and one sentence says how many and what mends it.
    unread = count_unread(case)
    assert 0 < unread.values < 60
    assert unread.papers == 0
    (said,) = [
        caveat.text
        for caveat in outcome.report.caveats
        if caveat.code == "papers_unread"
    ]
    assert f"{unread.values}处" in said.zh
    assert "changqing read" in said.en
    assert len(Evidence(folder).list_records()) == recorded
