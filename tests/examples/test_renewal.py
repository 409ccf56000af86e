"""A licence of 2022, renewed in time, on the strength of the licence itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.judge.model import LongTermState, Readiness
from changqing.law.model import Verdict
from tests.documents.dossier_case import assessed, copied
from tests.printing import print_papers

LICENCE = """\
papers:
  - id: existing_licence
    kind: existing_licence
    file: documents/01-written-application.md
    issued_on: 2022-03-15
    received_on: {received}
    {own_end}
    sealed: true
    legible: true
    backs:
      - {{fact: holds_telecom_licence, value: true, place: 第1页}}
      - {{fact: licence_valid_until, value: {until}, place: 第1页}}
"""
# Of the customer's contract: what the company counts itself does not show that it served.
SIGNED = "      fee: '第3条 费用'\n"
OPENED_IN_TERM = """\
    backs:
      - {fact: opened_in_term, value: true, place: '第2条 期限'}
      - {fact: opening_proof_ready, value: true, place: '第2条 期限'}
"""


def renewing(
    folder: Path, *, received: str, until: str = "2027-03-14", own_end: str = ""
) -> Path:
    """The example whose papers are all in order, asking to renew its licence."""
    case = copied("local-life", folder)
    file = case / "case.yaml"
    licence = LICENCE.format(received=received, until=until, own_end=own_end)
    text = file.read_text(encoding="utf-8")
    for old, new in (
        ("stage: apply", "stage: renew"),
        ("  has_served: true\n", "  has_served: true\n  renewal_submitted: false\n"),
        ("papers:\n", licence),
        (SIGNED, SIGNED + OPENED_IN_TERM),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")
    print_papers(case)
    return case


@pytest.mark.share
@pytest.mark.parametrize(
    ("received", "own_end"),
    [
        ("2026-11-13", ""),
        ("2026-11-13", "valid_until: 2027-03-14"),
        ("2022-03-20", ""),
        ("2022-03-20", "valid_until: 2027-03-14"),
    ],
)
def test_a_timely_renewal_is_ready(received: str, own_end: str, tmp_path: Path) -> None:
    found = assessed(renewing(tmp_path, received=received, own_end=own_end)).assessment
    assert found.readiness is Readiness.READY
    assert found.long_term.state is LongTermState.SHOWN
    (in_time,) = (
        finding
        for finding in found.findings
        if finding.criterion.id == "renewal_applied_in_time"
    )
    assert in_time.verdict is Verdict.MET


def test_a_late_renewal_is_not(tmp_path: Path) -> None:
    case = renewing(tmp_path, received="2026-11-13", until="2027-02-14")
    found = assessed(case).assessment
    assert found.readiness is Readiness.NOT_READY
    unmet = {f.criterion.id for f in found.findings if f.verdict is Verdict.UNMET}
    assert "renewal_applied_in_time" in unmet
