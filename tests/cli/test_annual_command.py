"""`changqing case CASE report`: what is told, and what is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from changqing.cli import main
from tests.casework.annual_sample import write_annual


def call(
    capsys: pytest.CaptureFixture[str], *arguments: str | Path
) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["case", *(str(each) for each in arguments)])
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
