"""What a run without looking says of papers that changed since they were recorded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from changqing.catalogue import load
from changqing.cli import main
from changqing.evidence import open_case
from changqing.run import changed_papers

EXAMPLE = Path(__file__).parents[2] / "examples" / "local-life"
LEASE = "documents/13-lease.md"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "case"))


def test_papers_as_recorded_are_not_called_changed(case: Path) -> None:
    assert changed_papers(open_case(case, load())) == ()


def test_a_paper_changed_since_it_was_recorded_is_named(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (case / LEASE).open("a", encoding="utf-8") as paper:
        paper.write("改过")
    assert changed_papers(open_case(case, load())) == (LEASE,)
    with pytest.raises(SystemExit):
        main(["assess", str(case), "--as-of", "2026-11-24", "--lang", "zh"])
    printed = capsys.readouterr().out.replace("\n", "")
    assert f"{LEASE}与存证时不同" in printed
