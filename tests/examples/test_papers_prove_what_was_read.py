"""What is typed beside a paper proves nothing unless it is read in that paper."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from changqing.evidence.model import COMPARED_PAPERS, OF_PAPERS, SourceKind
from changqing.judge.assess import Judge
from changqing.judge.model import LongTermState
from changqing.law.kit import Grade
from changqing.law.model import Verdict
from changqing.run import Outcome, run
from tests.printing import print_papers
from tests.shipped import CATALOGUE

EXAMPLES = Path(__file__).parents[2] / "examples"
DAY = date(2026, 11, 24)
JUDGE = Judge(CATALOGUE)
DOUBTS = {"content_schedule_dated", "revenue_last_year", "technician_full_time"}


def copied(tmp_path: Path) -> Path:
    """The newly registered company, without what was recorded of it."""
    folder = tmp_path / "case"
    shutil.copytree(EXAMPLES / "newly-registered", folder)
    shutil.rmtree(folder / "evidence")
    return folder


def assessed(folder: Path) -> Outcome:
    def no_clock() -> datetime:
        raise AssertionError("a fixed day reads no clock")

    return run(folder, judge=JUDGE, clock=no_clock, key=folder / "key", as_of=DAY)


def verdict_of(outcome: Outcome, criterion: str) -> Verdict:
    found = {
        finding.verdict
        for finding in outcome.assessment.findings
        if finding.criterion.id == criterion
    }
    (verdict,) = found
    return verdict


def rewritten(folder: Path, change: Callable[[str], str]) -> None:
    path = folder / "case.yaml"
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert before != after
    path.write_text(after, encoding="utf-8")


def test_the_doubts_of_the_example_are_read_in_its_papers(tmp_path: Path) -> None:
    outcome = assessed(copied(tmp_path))
    assert {
        doubt.criterion.id for doubt in outcome.assessment.long_term.doubts
    } == DOUBTS


def test_four_words_of_the_case_file_change_no_contract(tmp_path: Path) -> None:
    folder = copied(tmp_path)

    def lie(text: str) -> str:
        # A technician in full time, said and typed from the contract that says 非专职;
        # a dated schedule with people, typed from one that names neither.
        text = text.replace(
            "role: technical, is_holder: false, named_contact: false, "
            "dispatched: false, full_time: false",
            "role: technical, is_holder: false, named_contact: false, "
            "dispatched: false, full_time: true",
        )
        text = text.replace(
            "{fact: full_time, subject: 'person:meng', value: false",
            "{fact: full_time, subject: 'person:meng', value: true",
        )
        text = text.replace("dated_items: false", "dated_items: '第1条'")
        return text.replace("item_owners: false", "item_owners: '第1条'")

    rewritten(folder, lie)
    outcome = assessed(folder)
    assert outcome.assessment.long_term.state is not LongTermState.SHOWN
    assert verdict_of(outcome, "technician_full_time") is Verdict.CONTRADICTED
    assert verdict_of(outcome, "content_schedule_dated") is not Verdict.MET
    differing = [
        {conflict.one.source.kind, conflict.other.source.kind}
        for conflict in outcome.assessment.situation.conflicts
        if conflict.fact == "full_time"
    ]
    assert {SourceKind.PAPER, SourceKind.READING} in differing


@pytest.mark.parametrize("content", [b"x", b"\x00"])
def test_a_statement_of_one_byte_proves_no_cash(tmp_path: Path, content: bytes) -> None:
    folder = copied(tmp_path)
    (folder / "documents/17-bank-statement.md").write_bytes(content)
    rewritten(folder, lambda text: text.replace("'88万元'", "'9000万元'"))
    outcome = assessed(folder)
    known = {
        str(subject) + "." + fact: found
        for (subject, fact), found in outcome.situation.resolved.items()
    }
    cash = known["applicant:self.cash_on_hand"]
    assert (cash.claimed, cash.proven) == (9_000_000_000, None)
    assert cash.gap is not None
    assert cash.gap_detail is not None


def test_random_bytes_leave_gaps_and_prove_nothing(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    chance = random.Random(17)  # noqa: S311 - no secret hangs on it
    for paper in (folder / "documents").glob("*.md"):
        paper.write_bytes(chance.randbytes(3_000))
    outcome = assessed(folder)
    by_papers = [
        found.proven_by
        for found in outcome.situation.resolved.values()
        if found.proven_by is not None
        and found.proven_by.source.kind in OF_PAPERS
        # That no two papers were found to differ is read in none of them.
        and found.proven_by.source.name != COMPARED_PAPERS
    ]
    assert all(record.grade <= Grade.TRANSCRIBED for record in by_papers)
    assert outcome.assessment.long_term.state is not LongTermState.SHOWN
    assert verdict_of(outcome, "lease_long_enough") is Verdict.UNPROVEN


COMPANY_PAPERS = """\
  - id: best_team
    kind: team_structure
    file: documents/best-team.md
    received_on: 2026-11-13
    backs:
      - {fact: full_time, subject: 'person:meng', value: true, place: '第1条'}
  - id: best_funds
    kind: funding_plan
    file: documents/best-funds.md
    received_on: 2026-11-13
    backs:
      - {fact: cash_on_hand, value: '9000万元', place: '第1条'}
      - {fact: revenue_12m, value: '300万元', place: '第1条'}
  - id: best_maintenance
    kind: maintenance_plan
    file: documents/best-maintenance.md
    received_on: 2026-11-13
    states: {backup: '第1条', monitoring: '第1条', on_call: '第1条'}
"""


def test_the_best_papers_of_the_company_prove_nothing_of_the_world(
    tmp_path: Path,
) -> None:
    folder = copied(tmp_path)

    def boast(text: str) -> str:
        text = text.replace("cash_on_hand: '88万元'", "cash_on_hand: '9000万元'")
        text = text.replace("revenue_12m: '0元'", "revenue_12m: '300万元'")
        text = text.replace("dispatched: false, full_time: false", "full_time: true")
        for back in (
            "cash_on_hand",
            "revenue_12m",
            "full_time, subject: 'person:meng'",
        ):
            text = re.sub(rf"      - \{{fact: {back},.*\n", "", text)
        return text.replace("papers:\n", f"papers:\n{COMPANY_PAPERS}", 1)

    rewritten(folder, boast)
    print_papers(folder, "best_team", "best_funds", "best_maintenance")
    outcome = assessed(folder)
    resolved = {
        f"{subject}.{fact}": found
        for (subject, fact), found in outcome.situation.resolved.items()
    }
    for key in (
        "applicant:self.cash_on_hand",
        "applicant:self.revenue_12m",
        "person:meng.full_time",
    ):
        assert resolved[key].claimed is not None
        assert resolved[key].proven is None, key
    assert resolved["paper:best_maintenance.states_backup"].proven is True
    assert verdict_of(outcome, "emergency_drill_recorded") is not Verdict.MET
    assert verdict_of(outcome, "technician_full_time") is not Verdict.MET
    assert verdict_of(outcome, "revenue_last_year") is not Verdict.MET
    assert outcome.assessment.long_term.state is not LongTermState.SHOWN
