"""What a renewal sees when it looks back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.casework.events import Act
from changqing.casework.record import record
from changqing.casework.term import Behind, TermYear, Told, look_back
from changqing.cli.main import main
from changqing.papers.open import open_case
from changqing.text import Text
from changqing.watch.model import Incident, Lapse
from tests.casework.annual_sample import write_annual
from tests.casework.casework_sample import (
    NOW,
    catalogue,
    make_case,
    make_event,
    walk,
)


def told(year: TermYear, topic: str) -> list[tuple[Told, str, date | None]]:
    return [
        (remark.told, remark.text.zh, remark.on)
        for remark in year.remarks
        if remark.topic == topic
    ]


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
    years = look_back(state, date(2026, 1, 6), Behind(catalogue=catalogue()))
    assert [(year.year, year.reported) for year in years] == [
        (2023, False),
        (2024, True),
        (2025, False),
    ]
    assert told(years[1], "report") == [(Told.SOMETHING, "已报送", date(2025, 2, 10))]
    assert told(years[2], "report") == [(Told.NOTHING, "没有记录，不等于没有", None)]
    assert state.renewed == 0
    renewed = walk(
        case,
        make_event(Act.LICENCE, "2023-05-10", until=date(2028, 5, 9)),
        make_event(Act.BEGIN, "2026-01-05", matter="renew"),
        make_event(Act.SUBMIT, "2026-01-06"),
        make_event(Act.LICENCE, "2026-03-01", until=date(2033, 5, 9)),
    )
    assert renewed.renewed == 1


def test_an_incident_of_the_watch_stands_in_its_year(tmp_path: Path) -> None:
    case = make_case(tmp_path / "case", stage="operate")
    state = walk(case, make_event(Act.LICENCE, "2024-05-10", until=date(2029, 5, 9)))
    incident = Incident(
        id="1",
        lapse=Lapse.STOPPED_ANSWERING,
        key="site",
        text=Text("打不开", "does not answer"),
        since=datetime(2024, 12, 31, 17, tzinfo=UTC),  # the next day in Beijing
        opened_at=datetime(2025, 1, 1, tzinfo=UTC),
    )
    behind = Behind(catalogue=catalogue(), incidents=[incident])
    years = look_back(state, date(2026, 1, 6), behind)
    assert told(years[0], "watch") == [(Told.NOTHING, "没有记录，不等于没有", None)]
    assert told(years[1], "watch") == [
        (Told.TROUBLE, "打不开，没有恢复", date(2025, 1, 1))
    ]


def ran(argv: list[str]) -> int:
    with pytest.raises(SystemExit) as caught:
        main(argv)
    return int(caught.value.code or 0)


def renewing(folder: Path) -> Path:
    """A licence since 2024, its reports and ledgers, and a renewal under way."""
    write_annual(folder)
    path = folder / "case.yaml"
    told = path.read_text(encoding="utf-8")
    opened = told.replace("applicant:\n", "applicant:\n  opened_in_term: false\n", 1)
    path.write_text(opened, encoding="utf-8")
    for event in (
        make_event(Act.LICENCE, "2024-02-10", until=date(2027, 2, 9)),
        make_event(Act.BEGIN, "2026-03-01", matter="renew"),
    ):
        record(catalogue(), open_case(folder, catalogue()), event, now=NOW)
    return folder


def test_the_status_of_a_renewal_has_findings_papers_and_the_years(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = renewing(tmp_path / "c")
    assert ran(["case", str(folder), "--as-of", "2026-03-10", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    whole, first, second = data["term"]
    assert (whole["year"], first["year"], second["year"]) == (None, 2024, 2025)
    remarks = {each["topic"]: each for each in second["remarks"]}
    assert remarks["report"]["told"] == "trouble"  # case.yaml says it was not
    assert remarks["opened"]["text"] == "用户52,000，收入300万元"
    assert remarks["complaints"]["source"]
    assert remarks["penalties"]["told"] == "not_recorded"
    assert "renewal_service_opened" in {each["criterion"] for each in data["findings"]}
    blocking = [each["blocking"] for each in data["findings"]]
    assert blocking == sorted(blocking, reverse=True)
    assert data["findings"][0]["criterion"] == "renewal_service_opened"
    assert data["papers_asked"]


def test_the_page_and_the_screen_show_the_same_years(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = renewing(tmp_path / "c")
    assert ran(["case", str(folder), "--as-of", "2026-03-10"]) == 0
    screen = capsys.readouterr().out
    assert ran(["case", str(folder), "page", "--as-of", "2026-03-10"]) == 0
    page = (folder / "casework.html").read_text(encoding="utf-8")
    for words in ("回看有效期", "用户52,000，收入300万元", "没有记录，不等于没有"):
        assert words in screen
        assert words in page
