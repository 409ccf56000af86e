"""What a run without looking says of papers that changed since they were recorded."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from changqing.cli.main import main
from changqing.evidence.ledger.note import make_key
from changqing.evidence.ledger.store import Store
from changqing.papers.open import open_case
from changqing.run import find_changed_papers
from tests.shipped import CATALOGUE

EXAMPLE = Path(__file__).parents[2] / "examples" / "local-life"
LEASE = "documents/13-lease.md"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "case"))


def test_papers_as_recorded_are_not_called_changed(case: Path) -> None:
    assert find_changed_papers(open_case(case, CATALOGUE)) == ()


@pytest.mark.long
def test_a_paper_changed_since_it_was_recorded_is_named(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (case / LEASE).open("a", encoding="utf-8") as paper:
        paper.write("改过")
    assert find_changed_papers(open_case(case, CATALOGUE)) == (LEASE,)
    with pytest.raises(SystemExit):
        main(["assess", str(case), "--as-of", "2026-11-24", "--lang", "zh"])
    printed = capsys.readouterr().out.replace("\n", "")
    assert f"{LEASE}与记录时不同" in printed


def _main(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0)


@pytest.mark.long
@pytest.mark.parametrize("left", ["nothing", "a log begun anew"])
def test_evidence_that_was_taken_away_is_missed(
    left: str,
    case: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert _main("assess", case, "--offline") in (0, 1)
    shutil.rmtree(case / "evidence")
    if left != "nothing":
        kept = (case / "assessment.json").rename(tmp_path / "kept.json")
        assert _main("seal", case, "--digest") == 4  # this machine remembers too
        with Store(case, make_key()) as store:  # somebody else's, begun anew
            store.keep(b"page")
        kept.rename(case / "assessment.json")
    capsys.readouterr()
    for command in (
        ("assess", case, "--offline"),
        ("assess", case),  # says so before it looks, and records nothing
        ("seal", case, "-o", tmp_path / "b.zip"),
        ("outlook", case),
    ):
        assert _main(*command, "--lang", "zh") == 4
        printed = capsys.readouterr()
        assert "证据日志被删：上次评估时记录了" in printed.err
        assert "从备份恢复evidence文件夹" in printed.err
        assert "查看" not in printed.out
    assert (case / "evidence").exists() is (left != "nothing")
    (case / "assessment.json").unlink()  # not the only one that remembers
    assert _main("assess", case, "--offline") == 4
    assert _main("accept", case) == 0  # as it was told: begin anew
    assert _main("assess", case, "--offline") in (0, 1)


@pytest.mark.long
def test_a_summary_of_before_remembers_that_a_look_was_recorded(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = {"as_of": "2026-11-24", "assessed_at": "2026-11-24T10:00:00+08:00"}
    (case / "assessment.json").write_text(json.dumps(summary))
    assert _main("assess", case, "--offline") in (0, 1)
    (case / "assessment.json").write_text(json.dumps(summary))
    shutil.rmtree(case / "evidence")
    assert _main("assess", case, "--offline") == 4


@pytest.mark.long
def test_without_polars_a_history_is_said_to_be_left_out(
    case: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    assert any((case / "evidence" / "history").glob("*.parquet"))
    assert _main("assess", case, "--offline", "--lang", "zh") in (0, 1)
    shown = capsys.readouterr().out.replace("\n", "").replace(" ", "")
    assert "历次观察的记录，这里没有装Polars，读不出来" in shown
    assert "pipinstall'changqing[bulk]'" in shown
    assert "没有装Polars" in (case / "report.html").read_text(encoding="utf-8")
    # It is missed without Polars too: its digest stands in the log.
    shutil.rmtree(case / "evidence" / "history")
    assert _main("assess", case, "--offline", "--lang", "zh") == 4
    assert "观察记录的文件不见了" in capsys.readouterr().err
