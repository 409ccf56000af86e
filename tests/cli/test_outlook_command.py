"""`changqing outlook`: the same answers as the assessment, each by itself."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from changqing.cli.main import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "newly-registered"
PARTS = {"cadence", "availability", "runway", "endurance", "recent_changes"}


def printed(
    capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0
) -> tuple[str, str]:
    with pytest.raises(SystemExit) as end:
        main(["outlook", *arguments])
    assert end.value.code == code
    shown = capsys.readouterr()
    return shown.out, shown.err


def test_json_has_five_parts_and_no_blend(capsys: pytest.CaptureFixture[str]) -> None:
    out, _ = printed(capsys, str(EXAMPLE), "--as-of", "2026-11-24", "--json")
    data = json.loads(out)
    assert set(data) == PARTS | {"derived", "version"}
    assert data["runway"]["proven"]["basis"] == "plan"
    # Cash is read in a bank's paper; the cost is the company's own plan.
    assert data["runway"]["proven"]["grade"] == "undertaken"
    assert data["cadence"][0]["unknown"]["zh"].startswith("未知")
    assert data["cadence"][0]["within"] == {}


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "zh",
            (
                "各项到期日",
                "更新节奏",
                "在线率",
                "资金能用多久",
                "递交前的变化",
                "未知",
            ),
        ),
        ("en", ("What ends when", "Cadence", "Availability", "Runway", "Unknown")),
    ],
)
def test_a_person_reads_every_part_in_either_language(
    capsys: pytest.CaptureFixture[str], lang: str, words: tuple[str, ...]
) -> None:
    out, _ = printed(capsys, str(EXAMPLE), "--as-of", "2026-11-24", "--lang", lang)
    for word in words:
        assert word in out


def test_a_folder_that_is_not_there_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out, err = printed(capsys, str(tmp_path / "none"), "--lang", "en", code=2)
    assert out == ""
    assert "none" in err


@pytest.mark.parametrize(
    "day", ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"]
)
def test_a_day_in_no_cases_years_is_refused(
    capsys: pytest.CaptureFixture[str], day: str
) -> None:
    _, err = printed(capsys, str(EXAMPLE), "--as-of", day, "--lang", "en", code=2)
    assert "--as-of" in err
    assert "from 1900 to 2199" in err


@pytest.mark.parametrize("name", ["submit_on", "declared_on", "hosting_until"])
def test_a_registers_day_without_end_is_told_with_its_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    case = tmp_path / "case"
    shutil.copytree(EXAMPLE, case)
    file = case / "case.yaml"
    text, changed = re.subn(
        rf"\b{name}: \d{{4}}-\d\d-\d\d", f"{name}: 9999-12-31", file.read_text("utf-8")
    )
    assert changed
    file.write_text(text, "utf-8")
    _, err = printed(capsys, str(case), "--lang", "en", code=2)
    assert re.search(rf"case\.yaml:\d+ .*{name}", err)
    assert "what has no end gets no date" in err


def test_a_folders_name_gives_the_terminal_no_orders(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, err = printed(capsys, str(tmp_path / "no\x1b[2Jne"), "--lang", "en", code=2)
    assert "\x1b" not in err
    assert "no\ufffd[2Jne" in err
