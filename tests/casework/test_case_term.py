"""What a renewal sees when it looks back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from changqing.casework import Act, look_back
from tests.casework.casework_sample import make_case, make_event, walk


def test_years_without_a_recorded_report_are_unknown_and_renewals_are_counted(
    tmp_path: Path,
) -> None:
    case = make_case(tmp_path / "case", stage="operate")
    state = walk(
        case,
        make_event(Act.LICENCE, "2023-05-10", until=date(2028, 5, 9)),
        make_event(Act.BEGIN, "2025-01-10", matter="annual_report"),
        make_event(Act.SUBMIT, "2025-02-10"),
        make_event(Act.BEGIN, "2026-01-05", matter="renew"),
    )
    years = [(each.year, each.reported) for each in look_back(state, date(2026, 1, 6))]
    assert years == [(2023, False), (2024, True), (2025, False)]
    assert state.renewed == 0
    renewed = walk(
        case,
        make_event(Act.LICENCE, "2023-05-10", until=date(2028, 5, 9)),
        make_event(Act.BEGIN, "2026-01-05", matter="renew"),
        make_event(Act.SUBMIT, "2026-01-06"),
        make_event(Act.LICENCE, "2026-03-01", until=date(2033, 5, 9)),
    )
    assert renewed.renewed == 1
