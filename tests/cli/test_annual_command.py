"""`changqing case CASE report`: what is told, and what is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from changqing.casework.events import Act, Journal
from changqing.cli.main import main
from tests.casework.annual_sample import write_annual
from tests.casework.casework_sample import NOW, make_event, write_case


def call(
    capsys: pytest.CaptureFixture[str], *arguments: str | Path
) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["case", *(str(argument) for argument in arguments)])
    out, err = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, out, err


def test_a_glance_says_what_is_missing_and_by_when(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_annual(tmp_path / "c")
    on = ("--as-of", "2026-03-10", "--lang", "zh")
    code, out, err = call(capsys, folder, "report", *on)
    assert (code, err) == (1, "")
    assert "2026-03-31 还有21天" in out
    assert "要补什么" in out
    assert "先变更，再报送" in out
    written = folder / "casework" / "annual-2025"
    names = {path.name for path in written.iterdir()}
    assert {"report.html", "report.json", "figures.xlsx", "replies.csv"} <= names


def test_json_is_the_page_as_data_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_annual(tmp_path / "c")
    on = ("--as-of", "2026-04-10", "--lang", "en", "--json")
    code, out, _ = call(capsys, folder, "report", *on)
    data = json.loads(out)
    assert code == 1
    assert data["deadline"]["days_left"] == -10
    assert data["tables"]["complaints"][-1]["received"] == 3
    assert not (folder / "casework").exists()


def test_a_year_to_come_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_annual(tmp_path / "c")
    on = ("--as-of", "2026-03-10", "--year", "2027", "--lang", "zh")
    code, _, err = call(capsys, folder, "report", *on)
    assert code == 2
    assert "2027年还没有到" in err


def test_without_a_licence_there_is_no_report_and_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_case(tmp_path / "c")
    code, out, err = call(capsys, folder, "report", "--lang", "zh")
    assert (code, err) == (0, "")
    assert "项目里没有许可证，没有年报要报。" in out
    assert "逾期" not in out
    assert not (folder / "casework").exists()


def test_who_filed_is_led_to_the_next_year(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_case(tmp_path / "c", stage="operate")
    with Journal(folder) as journal:
        journal.append(
            make_event(Act.BEGIN, "2026-03-10", matter="annual_report"), now=NOW
        )
        journal.append(make_event(Act.SUBMIT, "2026-03-12"), now=NOW)
    on = ("--as-of", "2026-11-27", "--lang", "zh", "--json")
    data = json.loads(call(capsys, folder, "report", *on)[1])
    assert (data["year"], data["duty"]["state"]) == (2026, "ahead")
    _, out, _ = call(capsys, folder, "report", *on[:-1], "--year", "2025")
    assert "2025年度年报已于2026-03-12报送。" in out
    assert "逾期" not in out
