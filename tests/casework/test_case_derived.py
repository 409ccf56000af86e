"""What follows from other facts of a case reaches every assessment of it."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from changqing.case.subjects import APPLICANT, Subject
from changqing.casework.annual import build_annual_report, move_to_report_stage
from changqing.casework.annual_ledgers import read_ledgers
from changqing.casework.events import Act
from changqing.casework.record import record
from changqing.evidence.model import GapReason, Resolved
from changqing.judge.assess import Judge
from changqing.law.kit import Grade
from changqing.law.model import Verdict
from changqing.papers.open import open_case
from changqing.run import Outcome, conclude, read_recorded
from tests.casework.annual_sample import FACTS, write_annual
from tests.casework.casework_sample import NOW, catalogue, make_event

R2024, R2025 = Subject("report", "r2024"), Subject("report", "r2025")


@cache
def judge() -> Judge:
    return Judge(catalogue())


def assessed(folder: Path, on: str = "2026-03-10") -> Outcome:
    case = open_case(folder, catalogue())
    return conclude(
        case,
        read_recorded(case),
        judge=judge(),
        as_of=date.fromisoformat(on),
        assessed_at=None,
    )


def known(outcome: Outcome, subject: Subject, fact: str) -> Resolved:
    return outcome.situation.resolved[subject, fact]


def tell(folder: Path, act: Act, on: str, **more: object) -> None:
    case = open_case(folder, catalogue())
    record(catalogue(), case, make_event(act, on, **more), now=NOW)


def verdict(outcome: Outcome, criterion: str, subject: Subject) -> Verdict:
    return next(
        finding.verdict
        for finding in outcome.assessment.findings
        if finding.criterion.id == criterion and finding.subject == subject
    )


def test_criteria_see_the_day_reporting_opens(tmp_path: Path) -> None:
    folder = write_annual(tmp_path / "c")
    before, after = assessed(folder), assessed(folder, "2026-05-10")
    assert known(before, R2025, "opens_on").proven == date(2026, 1, 1)
    # Nobody wrote when reporting opens: without it neither could be told.
    assert verdict(before, "annual_report_filed", R2025) is not Verdict.UNMET
    assert verdict(after, "annual_report_filed", R2025) is Verdict.UNMET


@pytest.mark.parametrize(
    ("begin", "renewed", "first"),
    [
        ("2025-03-01", 0, True),
        ("2025-03-01", 1, None),  # since when it was held before is not known
        ("2025-03-01", None, None),
        ("2022-03-01", None, False),
    ],
)
def test_a_first_report_is_asked_no_figures_of_a_year_without_a_licence(
    tmp_path: Path, begin: str, renewed: int | None, first: bool | None
) -> None:
    folder = write_annual(tmp_path / "c")
    path = folder / "case.yaml"
    text = path.read_text(encoding="utf-8")
    lines = [
        line
        for line in text.splitlines()
        if "licence_valid_from" not in line and "renewed_times" not in line
    ]
    place = lines.index("applicant:") + 1
    lines[place:place] = [f"  licence_valid_from: {begin}"]
    lines[place:place] = [] if renewed is None else [f"  renewed_times: {renewed}"]
    # No report on the year before is on record.
    text = "\n".join(lines) + "\n"
    text = text.replace("    submitted: true\n    submitted_on: 2025-02-20\n", "")
    path.write_text(text, encoding="utf-8")
    outcome = assessed(folder)
    resolved = outcome.situation.resolved.get((R2025, "first_of_licence"))
    assert (None if resolved is None else resolved.claimed) is first
    case = open_case(folder, catalogue())
    report = build_annual_report(
        case,
        judge().assess(move_to_report_stage(outcome.situation)),
        catalogue(),
        year=2025,
        ledgers=read_ledgers(case, 2025, date(2026, 3, 10)),
    )
    figures = {
        entry.fact.id for section in report.sections for entry in section.entries
    }
    assert ("filed_last_year_users" in figures) is (first is not True)


def test_who_filed_a_report_on_the_year_before_has_no_first_one(tmp_path: Path) -> None:
    outcome = assessed(write_annual(tmp_path / "c"))
    assert known(outcome, R2025, "first_of_licence").claimed is False


def test_what_was_filed_is_as_well_proven_as_its_weakest_input(tmp_path: Path) -> None:
    folder = write_annual(tmp_path / "c")
    found = known(assessed(folder), R2025, "filed_last_year_users")
    assert (found.claimed, found.proven) == (48000, None)
    path = folder / "case.yaml"
    told = path.read_text(encoding="utf-8") + (
        "  - id: last\n    kind: annual_finance\n    file: documents/accounts.md\n"
        "    received_on: 2026-01-31\n    backs:\n"
        "      - {subject: 'report:r2024', fact: users, value: 48000, place: 第1页}\n"
    )
    path.write_text(told, encoding="utf-8")
    found = known(assessed(folder), R2025, "filed_last_year_users")
    assert found.proven is None  # that it was handed in is still the company's word


def test_a_ledger_proves_availability_and_an_unreadable_one_is_a_gap(
    tmp_path: Path,
) -> None:
    found = known(assessed(write_annual(tmp_path / "a")), R2025, "availability")
    ledger = known(
        assessed(write_annual(tmp_path / "b")), R2025, "availability_from_faults"
    )
    assert found.claimed == 9990
    assert ledger.proven == int((365 - 2.5) * 10_000 / 365)
    assert ledger.proven_by is not None
    assert ledger.proven_by.grade is Grade.UNDERTAKEN  # the company keeps it itself
    torn = known(
        assessed(write_annual(tmp_path / "c", faults="何时\n2025\n")),
        R2025,
        "availability_from_faults",
    )
    assert (torn.proven, torn.gap) == (None, GapReason.UNREADABLE)


def test_what_was_said_stays(tmp_path: Path) -> None:
    facts = f"{FACTS}    availability_from_faults: 97%\n    opens_on: 2026-02-01\n"
    outcome = assessed(write_annual(tmp_path / "c", facts=facts))
    assert known(outcome, R2025, "availability_from_faults").claimed == 9700
    assert known(outcome, R2025, "opens_on").claimed == date(2026, 2, 1)


def test_events_tell_of_renewals_reports_and_the_term(tmp_path: Path) -> None:
    folder = write_annual(tmp_path / "c")
    assert (APPLICANT, "renewed_times") not in assessed(folder).situation.resolved
    tell(folder, Act.LICENCE, "2021-05-10", until=date(2026, 5, 9))
    tell(folder, Act.BEGIN, "2025-12-20", matter="renew")
    tell(folder, Act.SUBMIT, "2025-12-28")
    renewing = assessed(folder)
    assert known(renewing, APPLICANT, "renewal_submitted").claimed is True
    assert known(renewing, APPLICANT, "licence_valid_until").claimed == date(2026, 5, 9)
    tell(folder, Act.LICENCE, "2026-01-10", until=date(2031, 5, 9), paper="accounts")
    tell(folder, Act.BEGIN, "2026-02-01", matter="annual_report")
    tell(folder, Act.SUBMIT, "2026-02-10")
    outcome = assessed(folder)
    renewed = known(outcome, APPLICANT, "renewed_times")
    # The licence was recorded with a paper of the case, but with the company's own.
    assert (renewed.claimed, renewed.proven) == (1, None)
    path = folder / "case.yaml"
    told = path.read_text(encoding="utf-8")
    path.write_text(told.replace("annual_finance", "existing_licence"), "utf-8")
    # Nor does a licence prove it in which nobody read its last day.
    assert known(assessed(folder), APPLICANT, "renewed_times").proven is None
    licence = folder / "documents" / "accounts.md"
    licence.write_text("电信业务经营许可证\n有效期至：2031年5月9日\n", "utf-8")
    outcome = assessed(folder)
    renewed = known(outcome, APPLICANT, "renewed_times")
    assert (renewed.claimed, renewed.proven) == (1, 1)
    assert known(outcome, APPLICANT, "licence_valid_until").proven == date(2031, 5, 9)
    # case.yaml says that the report was not handed in: that stays, and no day is told.
    assert known(outcome, R2025, "submitted").claimed is False
    assert (R2025, "submitted_on") not in outcome.situation.resolved
    # A day before the statement is no day to assess it on: it is made earlier here.
    file = folder / "case.yaml"
    text = file.read_text(encoding="utf-8")
    earlier = text.replace("declared_on: 2026-02-01", "declared_on: 2026-01-01")
    assert earlier != text
    file.write_text(earlier, encoding="utf-8")
    # Before the renewal on record nobody knows of one before it.
    earlier_facts = assessed(folder, "2026-01-05").situation.resolved
    assert (APPLICANT, "renewed_times") not in earlier_facts
