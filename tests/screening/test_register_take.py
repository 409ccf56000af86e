"""Case folders taken into a register are judged as `assess` judges them."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from changqing.case.folder import REMADE_FOLDER
from changqing.judge.assess import find_judge
from changqing.run import run
from changqing.screening.screen import (
    SENTENCES,
    ScreenJob,
    run_in_process,
    scan_results,
    screen,
)
from tests.command_line import run_command
from tests.shipped import CATALOGUE

EXAMPLES = Path(__file__).parents[2] / "examples"
AS_OF = date(2026, 11, 24)
NAMES = ("contradictory", "newly-registered")


@pytest.mark.long
def test_case_folders_are_judged_as_they_are_assessed(tmp_path: Path) -> None:
    cases, register = tmp_path / "cases", tmp_path / "register"
    for name in NAMES:
        leave = shutil.ignore_patterns(REMADE_FOLDER)
        shutil.copytree(EXAMPLES / name, cases / name, ignore=leave)
    (cases / "broken").mkdir()
    (cases / "broken" / "case.yaml").write_text("company: [", encoding="utf-8")
    done = run_command(
        ["register", "take", str(cases), "--into", str(register)],
        settings={"XDG_DATA_HOME": str(tmp_path / "home"), "LANG": "zh_CN.UTF-8"},
    )
    assert done.returncode == 1  # one could not be taken, and is named
    assert "broken" in done.stdout
    assert not list(cases.glob(f"*/{REMADE_FOLDER}"))  # nothing is written there

    job = ScreenJob(register=register, out=tmp_path / "run", as_of=AS_OF)
    screened = screen(job, map_buckets=run_in_process)
    said = {
        row["case"]: (row["readiness"], row["long_term"])
        for row in scan_results(screened, SENTENCES).collect().iter_rows(named=True)
    }
    assert said == {name: _assess(cases / name, tmp_path / "key") for name in NAMES}


def _assess(folder: Path, key: Path) -> tuple[str, str]:
    outcome = run(
        folder,
        judge=find_judge(CATALOGUE),
        clock=lambda: datetime(2026, 11, 24, 4, tzinfo=UTC),
        key=key,
        as_of=AS_OF,
        offline=True,
    )
    assert outcome.assessment.readiness is not None
    return outcome.assessment.readiness.value, outcome.assessment.long_term.state.value
