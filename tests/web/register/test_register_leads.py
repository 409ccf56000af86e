"""The leads of a run on pages: with every step, and taken on by who is signed in."""

from __future__ import annotations

import csv
import html
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from changqing.screening.lead_journal import LeadStep, ScreenSignal, read_journal
from changqing.screening.leads import open_lead
from changqing.screening.screen import ScreenRun, read_run, scan_results
from changqing.screening.signals import write_sample
from changqing_web.index import catalogue
from changqing_web.models import Role
from tests.web.register.register_world import make_run, put_run
from tests.web.web_world import Place, make_place

_LEADS = "/w/here/register/november/leads/"
_NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
_DEADLINE = date(2099, 12, 20)


def _find_signal() -> ScreenSignal:
    reasons = scan_results(make_run(), "reasons").filter(pl.col("verdict") == "unmet")
    criterion = reasons.sort("case", "criterion").collect()["criterion"][0]
    return ScreenSignal(criterion=criterion, verdict="unmet")


@pytest.fixture
def run(place: Place) -> ScreenRun:
    return read_run(put_run(place.workspace, "november"))


@pytest.fixture
def case(run: ScreenRun) -> str:
    """A company with an open lead, found right in a sample of all that is marked."""
    path = write_sample(run, _find_signal(), catalogue(), size=10_000, seed=1)
    _answer_all(path)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        case = next(csv.DictReader(stream))["case"]
    signal = _find_signal()
    open_lead(run, case, signal, catalogue(), deadline=_DEADLINE, by="李四", now=_NOW)
    return case


def _answer_all(path: Path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "right": "是"} for row in rows)


def _step(case: str, step: str, **more: str) -> dict[str, str]:
    signal = _find_signal()
    said = {"criterion": signal.criterion, "verdict": signal.verdict}
    return {"case": case, "step": step, **said, **more}


def _read(place: Place) -> str:
    answer = place.editor.get(_LEADS)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_a_run_without_leads_says_how_they_come(place: Place, run: ScreenRun) -> None:
    page = _read(place)
    assert "还没有线索" in page
    assert "还没有抽样" in page


def test_a_lead_is_told_with_every_step_and_taken_on(
    place: Place, run: ScreenRun, case: str
) -> None:
    page = _read(place)
    for word in (case, "李四", "已告知企业", _DEADLINE.isoformat(), "能列企业"):
        assert word in page
    told = place.editor.post(f"{_LEADS}step/", _step(case, "answered", note="有回函"))
    assert (told.status_code, told["Location"]) == (303, _LEADS)
    user = place.workspace.memberships.get(role=Role.EDITOR).user
    last = read_journal(run)[-1]
    assert (last.step, last.by, last.note) == (
        LeadStep.ANSWERED,
        user.get_username(),
        "有回函",
    )
    place.editor.post(f"{_LEADS}step/", _step(case, "refuted"))
    assert "复核要写姓名" in _read(place)
    assert read_journal(run)[-1].step is LeadStep.ANSWERED
    place.editor.post(f"{_LEADS}step/", _step(case, "refuted", by="李 四"))
    assert "另一个人" in _read(place)
    assert read_journal(run)[-1].step is LeadStep.ANSWERED
    place.editor.post(f"{_LEADS}step/", _step(case, "refuted", by="王五"))
    last = read_journal(run)[-1]
    assert (last.by, last.account) == ("王五", user.get_username())
    page = _read(place)
    assert "复核不属实" in page
    assert 'value="王五"' in page  # is there the next time
    place.editor.post(f"{_LEADS}step/", _step(case, "passed_on"))
    assert "复核属实以后才能移交" in _read(place)
    assert read_journal(run)[-1].step is LeadStep.REFUTED


def test_a_damaged_journal_is_told_and_nothing_is_lost(
    place: Place, run: ScreenRun, case: str
) -> None:
    journal = run.folder / "leads" / "journal.jsonl"
    journal.write_text("{", encoding="utf-8")
    page = _read(place)
    assert "这一行读不出" in page
    assert "还没有线索" not in page
    place.editor.post(f"{_LEADS}step/", _step(case, "answered"))
    assert journal.read_text(encoding="utf-8") == "{"


def test_nobody_else_sees_a_lead_or_takes_it_on(
    place: Place, run: ScreenRun, case: str
) -> None:
    other = make_place("there", "local-life")
    for client in (
        other.editor,
        place.people[Role.REVIEWER],
        place.people[Role.RESPONDENT],
    ):
        assert client.get(_LEADS).status_code == 404
        told = client.post(f"{_LEADS}step/", _step(case, "answered"))
        assert told.status_code == 404
    for step in ("opened", "nothing"):
        told = place.editor.post(f"{_LEADS}step/", _step(case, step))
        assert told.status_code == 404
    assert [entry.step for entry in read_journal(run)] == [LeadStep.OPENED]


def test_a_file_among_the_samples_that_is_none_is_told(
    place: Place, run: ScreenRun, case: str
) -> None:
    (run.folder / "leads" / "samples" / "notes.csv").write_text("x", encoding="utf-8")
    page = _read(place)
    assert "notes.csv" in page
    assert "还没有抽样" not in page
    assert "已告知企业" in page


def test_a_journal_with_a_verdict_that_there_is_none_of_is_told(
    place: Place, run: ScreenRun, case: str
) -> None:
    journal = run.folder / "leads" / "journal.jsonl"
    told = journal.read_text(encoding="utf-8").replace('"unmet"', '"bad"')
    journal.write_text(told, encoding="utf-8")
    assert "这一行读不出" in _read(place)
