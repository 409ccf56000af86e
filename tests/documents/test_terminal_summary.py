"""The summary in the terminal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from changqing.report.terminal import print_summary
from changqing.text import Language
from tests.documents.dossier_sample import empty, troubled


def _show(
    assessment: dict[str, object],
    language: Language = Language.ZH,
    *,
    report: Path | None = None,
    width: int = 80,
) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, no_color=True)
    print_summary(assessment, console, language, report=report)
    return out.getvalue()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_is_wider_than_the_terminal(language: Language, width: int) -> None:
    said = _show(troubled(), language, width=width)
    assert max(cell_len(line) for line in said.splitlines()) <= min(width, 100)


def test_the_answer_comes_before_what_blocks_before_the_table() -> None:
    said = _show(troubled(), report=Path("out/report.html"))
    order = [
        "尚不能递交：12项",
        "长期服务能力存疑",
        "疑点",
        "加分项",
        "什么挡住了：13项",
        "另有8项",
        "第一件要办的事",
        "补足首年资金",
        "自述成立",
        "合计",
        "报告：out/report.html",
    ]
    places = [said.index(words) for words in order]
    assert places == sorted(places)


def test_the_counts_stand_without_colour() -> None:
    lines = _show(troubled(), Language.EN).splitlines()
    total = next(line for line in lines if line.startswith("Total"))
    assert total.split()[1:] == ["43", "21", "22", "52"]
    team = next(line for line in lines if line.startswith("Team"))
    assert team.split()[1:] == ["7", "2", "5", "7", "◆", "3", "◐", "2"]


@pytest.mark.parametrize("length", range(60, 90))
def test_a_long_point_begins_beside_its_mark_and_fills_its_lines(length: int) -> None:
    said = "很长的一句提醒" * 20
    caution = {"criterion": "other", "says": {"zh": said[:length], "en": ""}}
    lines = _show(troubled(cautions=[caution])).splitlines()
    first = next(place for place, line in enumerate(lines) if "■ 很长的" in line)
    assert cell_len(lines[first].rstrip()) >= 79
    words = "".join(line.strip() for line in lines[first : first + 3])
    assert words.startswith(f"■ {said[:length]}")


def test_a_long_path_is_never_broken() -> None:
    path = Path("/", *("folder" * 3,) * 8, "report.html")
    assert str(path) in _show(troubled(), report=path)


def test_nothing_known_is_said_plainly() -> None:
    said = _show(empty())
    assert "◐ 申报条件尚待证实" in said
    assert "没有不满足或矛盾的要求。" in said


def test_a_name_cannot_steer_the_terminal() -> None:
    said = _show(troubled(case={"name": "[red]\x1b[2Jx\u202e\x07"}))
    assert "[red][2Jx" in said
    assert not {"\x1b", "\u202e", "\x07"} & set(said)


def test_the_first_errand_is_one_that_handing_in_waits_for() -> None:
    assessment = troubled(first_errand="insurance_list")
    said = _show(assessment)
    assert "第一件要办的事\n  打印近三个月参保证明" in said
