"""The summary in the terminal."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from changqing.law.kit import Standing
from changqing.law.model import Verdict
from changqing.report.model import CaseReport, CautionView
from changqing.report.terminal import print_summary
from changqing.report.topic import print_topic
from changqing.text import Language, Text
from tests.documents.report_cases import NAMES, TORN, bare_report, example_report


def _show(
    report: CaseReport,
    language: Language = Language.ZH,
    *,
    path: Path | None = None,
    width: int = 80,
) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, no_color=True)
    print_summary(report, console, language, paths=() if path is None else (path,))
    return out.getvalue()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_is_wider_than_the_terminal(language: Language, width: int) -> None:
    said = _show(example_report(TORN), language, width=width)
    assert max(cell_len(line) for line in said.splitlines()) <= min(width, 100)


@pytest.mark.parametrize("name", NAMES)
def test_lines_break_where_a_person_would_break_them(name: str) -> None:
    for line in _show(example_report(name)).splitlines():
        assert not re.match(r" *[，。；：、）》”]", line), line
        assert not re.search(r"[0-9]-[0-9]?$", line), line  # within a day


def blocked() -> CaseReport:
    """The torn example, all of it asked for."""
    report = example_report(TORN)
    required = tuple(replace(finding, required=True) for finding in report.findings)
    return replace(report, findings=required)


def test_the_one_page_comes_before_what_blocks_in_full_before_the_outlook() -> None:
    said = _show(blocked(), path=Path("out/report.html"))
    order = [
        "一页结论",
        "还不能递交：1项",
        "长期服务能力存疑",
        "疑点2处",
        "四问",
        "走通一条即可",
        "佐证最早到期",
        "先办三件",
        "把社保转到本公司缴纳",
        "不鉴定真伪",
        "加分项",
        "什么挡住了：10项\n",
        "另有5项",
        "各项到期日",
        "报告：out/report.html",
    ]
    places = [said.index(words) for words in order]
    assert places == sorted(places)
    assert "合计" not in said
    assert "--about counts" in said


def test_the_counts_stand_without_colour() -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, no_color=True)
    print_topic(example_report(TORN), console, Language.EN, topic="counts")
    lines = out.getvalue().splitlines()
    total = next(line for line in lines if line.startswith("Total"))
    assert total.split()[1:] == ["142", "133", "9", "162"]
    team = next(line for line in lines if line.startswith("Team"))
    assert team.split()[1:] == ["28", "27", "1", "32", "◆", "1", "■", "2", "○", "2"]


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
    assert "● 形式上可以递交" in said
    assert "没有不满足或矛盾的要求。" in said


def test_a_name_cannot_steer_the_terminal() -> None:
    report = bare_report()
    named = replace(report.case, name="[red]\x1b[2Jx\u202e\x07")
    said = _show(replace(report, case=named))
    assert "[red][2Jx" in said
    assert not {"\x1b", "\u202e", "\x07"} & set(said)


def test_the_first_things_to_do_are_those_that_handing_in_waits_for() -> None:
    report = example_report(TORN)
    needed = [errand for errand in report.errands if errand.required]
    advised = [errand for errand in report.errands if not errand.required]
    said = _show(report)
    first = min(needed, key=lambda errand: errand.start)
    assert f"{first.done_by}前，{first.who.zh}：{first.title.zh}" in said
    assert len(needed) >= 3
    assert all(f"：{errand.title.zh}：" not in said for errand in advised)


def test_whoever_is_not_the_applicant_is_named_on_the_routes() -> None:
    report = example_report(TORN)
    investors = "main_investors_off_dishonesty_list"
    open_now = tuple(
        replace(finding, verdict=Verdict.UNDETERMINED)
        if finding.criterion == investors
        else finding
        for finding in report.findings
    )
    said = "".join(_show(replace(report, findings=open_now), width=100).split())
    title = next(f.title.zh for f in report.findings if f.criterion == investors)
    for name in ("方远志", "梁双桥"):
        assert f"{title}（{name}）" in said
