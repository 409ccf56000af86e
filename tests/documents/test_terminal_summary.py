"""The summary in the terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from changqing.law.kit import Standing
from changqing.law.model import Verdict
from changqing.report.model import CaseReport, CautionView
from changqing.report.terminal import print_summary
from changqing.text import Language, Text
from tests.documents.report_cases import TORN, bare_report, example_report


def _show(
    report: CaseReport,
    language: Language = Language.ZH,
    *,
    path: Path | None = None,
    width: int = 80,
) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, no_color=True)
    print_summary(report, console, language, path=path)
    return out.getvalue()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_is_wider_than_the_terminal(language: Language, width: int) -> None:
    said = _show(example_report(TORN), language, width=width)
    assert max(cell_len(line) for line in said.splitlines()) <= min(width, 100)


def blocked() -> CaseReport:
    """The torn example, all of it asked for."""
    report = example_report(TORN)
    required = tuple(replace(finding, required=True) for finding in report.findings)
    return replace(report, findings=required)


def test_the_answer_comes_before_what_blocks_before_the_table() -> None:
    said = _show(blocked(), path=Path("out/report.html"))
    order = [
        "尚不具备申报条件：1项",
        "长期服务能力存疑",
        "疑点",
        "加分项",
        "什么挡住了：10项",
        "另有5项",
        "第一件要办的事",
        "把社保转到本公司缴纳",
        "自述成立",
        "合计",
        "报告：out/report.html",
    ]
    places = [said.index(words) for words in order]
    assert places == sorted(places)


def test_the_counts_stand_without_colour() -> None:
    lines = _show(example_report(TORN), Language.EN).splitlines()
    total = next(line for line in lines if line.startswith("Total"))
    assert total.split()[1:] == ["143", "135", "8", "161"]
    team = next(line for line in lines if line.startswith("Team"))
    assert team.split()[1:] == ["28", "27", "1", "31", "◆", "1", "■", "2", "○", "1"]


@pytest.mark.parametrize("length", range(60, 90))
def test_a_long_point_begins_beside_its_mark_and_fills_its_lines(length: int) -> None:
    said = "很长的一句提醒" * 20
    report = bare_report()
    caution = CautionView(
        criterion="other",
        subject=None,
        defects=(),
        standing=Standing.PRACTICE,
        verdict=Verdict.UNMET,
        says=Text(said[:length], ""),
    )
    lines = _show(replace(report, cautions=(caution,))).splitlines()
    first = next(place for place, line in enumerate(lines) if "■ 很长的" in line)
    assert cell_len(lines[first].rstrip()) >= 79
    words = "".join(line.strip() for line in lines[first : first + 3])
    assert words.startswith(f"■ {said[:length]}")


def test_a_long_path_is_never_broken() -> None:
    path = Path("/", *("folder" * 3,) * 8, "report.html")
    assert str(path) in _show(bare_report(), path=path)


def test_nothing_known_is_said_plainly() -> None:
    said = _show(bare_report())
    assert "● 申报条件已具备" in said
    assert "没有不满足或矛盾的要求。" in said


def test_a_name_cannot_steer_the_terminal() -> None:
    report = bare_report()
    named = replace(report.case, name="[red]\x1b[2Jx\u202e\x07")
    said = _show(replace(report, case=named))
    assert "[red][2Jx" in said
    assert not {"\x1b", "\u202e", "\x07"} & set(said)


def test_the_first_errand_is_one_that_handing_in_waits_for() -> None:
    report = example_report(TORN)
    last = report.errands[-1]
    said = _show(replace(report, first_errand=last.errand))
    assert f"第一件要办的事\n  {last.title.zh}" in said
