"""`case CASE review`: the sheet, a reviewer's marks, and the notice made of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from changqing.casework.notice import read_notice
from changqing.casework.review import ReviewJournal, ReviewMark
from changqing.cli.main import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "newly-registered"
POINT = "technician_full_time"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return shutil.copytree(EXAMPLE, tmp_path / "case")


def _run(
    capsys: pytest.CaptureFixture[str], case: Path, *typed: str, lang: str = "zh"
) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main(["case", str(case), "review", *typed, "--lang", lang])
    assert isinstance(ended.value.code, int)
    told = capsys.readouterr()
    return ended.value.code, told.out + ("" if ended.value.code == 0 else told.err)


def test_a_reviewer_marks_a_point_and_takes_the_notice(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    marked = ("--mark", POINT, "supplement", "--words", "合同写明非专职")
    assert _run(capsys, case, *marked)[0] == 2  # by whom is not said
    assert ReviewJournal(case).list_remarks() == ()
    code, text = _run(capsys, case, *marked, "--by", "审计所")
    assert code == 0
    assert "补 合同写明非专职 — 审计所" in text
    (kept,) = ReviewJournal(case).list_remarks()
    assert (kept.point, kept.mark, kept.by) == (POINT, ReviewMark.SUPPLEMENT, "审计所")
    out = case.parent / "out"
    code, text = _run(capsys, case, "--by", "审计所", "--out", str(out), "--json")
    found = json.loads(text)
    (point,) = (each for each in found["points"] if each["point"] == POINT)
    assert point["marks"][0]["words"] == "合同写明非专职"
    assert any("非专职" in source["text"]["zh"] for source in point["sources"])
    files = {Path(name).suffix: name for name in found["files"]}
    assert set(files) == {".docx", ".pdf", ".txt"}
    notice = read_notice((out / files[".txt"]).read_bytes(), name="notice")
    assert len(notice.lines) == 1
    # Nobody else's marks are written into it.
    assert _run(capsys, case, "--by", "别人", "--out", str(out))[0] == 2
    taken = ("--mark", POINT, "none", "--by", "审计所")
    assert "审计所" not in _run(capsys, case, *taken)[1]
    assert len(ReviewJournal(case).list_remarks()) == 2


def test_what_is_not_on_the_sheet_cannot_be_marked(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = ("--mark", "no_such_point", "doubt", "--by", "Gu")
    code, text = _run(capsys, case, *wrong, lang="en")
    assert code == 2
    assert "no_such_point is not on the sheet" in text
    assert _run(capsys, case, "--mark", POINT, "perfect", "--by", "Gu")[0] == 2


def test_the_sheet_is_read_in_english_too(
    case: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = _run(capsys, case, lang="en")
    assert code == 0
    assert "Doubts (3)" in text
    assert POINT in text
