"""Which annual report is due, from the licence and from what was handed in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from changqing.agency.read_row import read_row
from changqing.casework.annual_duty import ReportDuty, ReportState, find_duty
from changqing.casework.dates import compute_status
from changqing.casework.events import Act, CaseStage, Event, Journal
from changqing.casework.stages import replay_events
from changqing.papers.open import open_case
from tests.casework.casework_sample import NOW, catalogue, make_event, write_case

TODAY = date(2026, 11, 27)
LICENSED_LONG_AGO = make_event(
    Act.LICENCE,
    "2023-05-12",
    number=1,
    until=date(2028, 5, 11),
    stage=CaseStage.EXAMINATION,
    matter="apply",
)
FILED = (
    make_event(Act.BEGIN, "2026-03-10", matter="annual_report"),
    make_event(Act.SUBMIT, "2026-03-12"),
)


def _duty(
    folder: Path,
    *events: Event,
    more: str = "",
    stage: str = "apply",
    today: date = TODAY,
    year: int | None = None,
) -> ReportDuty:
    write_case(folder, stage=stage)
    path = folder / "case.yaml"
    name = "  name: 杭州长青网络科技有限公司\n"
    text = path.read_text(encoding="utf-8").replace(name, name + more, 1)
    path.write_text(text, encoding="utf-8")
    case = open_case(folder, catalogue())
    state = replay_events(catalogue(), case, events)
    return find_duty(catalogue(), case, state, today, year=year)


def _listed(folder: Path, of: str) -> None:
    path = folder / "case.yaml"
    text = path.read_text(encoding="utf-8")
    report = (
        f"reports:\n  - {{id: r2025, name: 年报, kind: annual, year: 2025, {of}}}\n"
    )
    path.write_text(text + report, encoding="utf-8")


def test_who_filed_is_told_when_and_looks_to_the_next_year(tmp_path: Path) -> None:
    duty = _duty(tmp_path / "c", LICENSED_LONG_AGO, *FILED)
    assert (duty.year, duty.state) == (2026, ReportState.AHEAD)
    assert duty.text.zh == "2026年度年报从2027-01-01起填报，最迟2027-03-31，还有124天。"
    last = _duty(tmp_path / "d", LICENSED_LONG_AGO, *FILED, year=2025)
    assert (last.state, last.filed_on) == (ReportState.FILED, date(2026, 3, 12))
    assert "2026-03-12" in last.text.en


def test_who_was_licensed_this_year_begins_with_this_year(tmp_path: Path) -> None:
    licence = make_event(
        Act.LICENCE,
        "2026-11-27",
        number=1,
        until=date(2031, 11, 26),
        stage=CaseStage.EXAMINATION,
        matter="apply",
    )
    duty = _duty(tmp_path / "c", licence)
    assert (duty.year, duty.state) == (2026, ReportState.AHEAD)
    before = _duty(tmp_path / "d", licence, year=2025)
    assert before.state is ReportState.NOT_OWED
    assert not before.is_owed
    assert before.text.zh == "2026-11-27才取得许可证，2025年度没有年报要报。"


@pytest.mark.parametrize(
    ("stage", "more"),
    [("apply", ""), ("operate", "  holds_telecom_licence: false\n")],
)
def test_without_a_licence_nothing_is_due(
    tmp_path: Path, stage: str, more: str
) -> None:
    duty = _duty(tmp_path / "c", stage=stage, more=more)
    assert duty.state is ReportState.NO_LICENCE
    assert not duty.is_owed
    assert "逾期" not in duty.text.zh


def test_what_nobody_recorded_is_not_called_late(tmp_path: Path) -> None:
    duty = _duty(tmp_path / "c", stage="operate")
    assert (duty.year, duty.state) == (2025, ReportState.UNRECORDED)
    assert "逾期" not in duty.text.zh
    assert "2025年底还没有许可证的，不用报" in duty.text.zh
    known = _duty(tmp_path / "d", LICENSED_LONG_AGO)
    assert known.state is ReportState.UNRECORDED
    assert "还没有许可证" not in known.text.zh


def test_what_nobody_recorded_is_to_be_found_out_in_the_list_of_dates(
    tmp_path: Path,
) -> None:
    write_case(tmp_path / "c")
    case = open_case(tmp_path / "c", catalogue())
    for events, title in (
        ((LICENSED_LONG_AGO,), "查明2025年度年报报没报"),
        ((LICENSED_LONG_AGO, *FILED), "报送年报"),
    ):
        state = replay_events(catalogue(), case, events)
        dues = compute_status(catalogue(), case, state, TODAY).dues
        (report,) = [due for due in dues if due.procedure == "annual_report"]
        assert report.title.zh == title
        assert "逾期" not in report.does.zh


def test_what_the_company_says_was_not_handed_in_is_late(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    write_case(folder, stage="operate")
    _listed(folder, "submitted: false")
    case = open_case(folder, catalogue())
    duty = find_duty(catalogue(), case, replay_events(catalogue(), case, ()), TODAY)
    assert (duty.year, duty.state, duty.days_left) == (2025, ReportState.LATE, -241)
    assert "已逾期241天" in duty.text.zh


def test_what_the_folder_says_was_handed_in_needs_no_event(tmp_path: Path) -> None:
    folder = tmp_path / "c"
    write_case(folder, stage="operate")
    _listed(folder, "submitted: true, submitted_on: 2026-02-20")
    case = open_case(folder, catalogue())
    state = replay_events(catalogue(), case, ())
    assert find_duty(catalogue(), case, state, TODAY).year == 2026
    last = find_duty(catalogue(), case, state, TODAY, year=2025)
    assert (last.state, last.filed_on) == (ReportState.FILED, date(2026, 2, 20))
    dues = compute_status(catalogue(), case, state, TODAY).dues
    days = [due.day for due in dues if due.procedure == "annual_report"]
    assert days == [date(2027, 3, 31)]


def test_in_season_the_report_is_open(tmp_path: Path) -> None:
    duty = _duty(tmp_path / "c", LICENSED_LONG_AGO, today=date(2026, 3, 10))
    assert (duty.year, duty.state) == (2025, ReportState.OPEN)
    assert duty.text.zh == "2025年度年报待报，最迟2026-03-31，还有21天。"


def test_a_licence_of_this_year_by_its_own_first_day(tmp_path: Path) -> None:
    first = "  licence_valid_from: 2026-05-06\n"
    assert _duty(tmp_path / "c", stage="operate", more=first).year == 2026
    renewed = first + "  renewed_times: 1\n"
    assert _duty(tmp_path / "d", stage="operate", more=renewed).year == 2025


def test_a_renewal_does_not_begin_the_licence_anew(tmp_path: Path) -> None:
    renewal = (
        make_event(Act.BEGIN, "2026-02-01", matter="renew"),
        make_event(Act.SUBMIT, "2026-02-02"),
        make_event(Act.LICENCE, "2026-04-15", until=date(2031, 5, 11)),
    )
    duty = _duty(tmp_path / "c", LICENSED_LONG_AGO, *renewal)
    assert duty.licensed_since == date(2023, 5, 12)
    assert (duty.year, duty.state) == (2025, ReportState.UNRECORDED)


def test_who_is_stopping_has_no_report_waiting_on_the_board(tmp_path: Path) -> None:
    folder = write_case(tmp_path / "c")
    stop = make_event(Act.BEGIN, "2026-06-01", matter="stop")
    with Journal(folder) as journal:
        for event in (LICENSED_LONG_AGO, *FILED):
            journal.append(event, now=NOW)
        due = read_row(catalogue(), tmp_path, "c", TODAY).row.report_due
        assert due == date(2027, 3, 31)
        journal.append(stop, now=NOW)
    assert read_row(catalogue(), tmp_path, "c", TODAY).row.report_due is None
    case = open_case(folder, catalogue())
    state = replay_events(catalogue(), case, (LICENSED_LONG_AGO, *FILED, stop))
    dues = compute_status(catalogue(), case, state, TODAY).dues
    assert "annual_report" not in {due.procedure for due in dues}
