"""Lines and rows fit the terminal and end in no blanks."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from rich.text import Text as Styled

from changqing.cli.shared import open_terminal
from changqing.cli.sheet import Sheet
from changqing.text import Language


@pytest.fixture
def sheet(monkeypatch: pytest.MonkeyPatch) -> Sheet:
    monkeypatch.setenv("COLUMNS", "40")
    return Sheet(Language.ZH)


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    lines = capsys.readouterr().out.split("\n")
    assert all(cell_len(line) <= 40 and line == line.rstrip() for line in lines)
    return lines


def test_numbers_stay_whole_and_brackets_are_no_markup(
    sheet: Sheet, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet.print_line(
        "注册资本在一省之内不低于100万元，跨省[red]不低于1,000万元。", indent=2
    )
    lines = printed(capsys)
    assert any("1,000万" in line for line in lines)
    assert "[red]" in "".join(lines)


def test_what_a_label_says_stands_beside_it(
    sheet: Sheet, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet.print_rows([("依据", "甲" * 20), ("", "乙")], label_width=6, indent=2)
    first, second, third, _ = printed(capsys)
    assert first.startswith("  依据   甲")
    assert second == " " * 9 + "甲" * 5
    assert third == " " * 9 + "乙"


def test_what_finds_no_room_beside_a_title_goes_below(
    sheet: Sheet, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet.print_title("延续", "hand_in", number=2, right=("最晚 2027-01-31", "bold"))
    assert printed(capsys)[0] == " 2. 延续  hand_in        最晚 2027-01-31"
    sheet.print_title(
        "申请延续许可证", "applicant", number=2, right=("最晚 2027-01-31", "")
    )
    assert printed(capsys)[:2] == [
        " 2. 申请延续许可证  applicant",
        "    最晚 2027-01-31",
    ]


@pytest.mark.parametrize("forced", [False, True])
def test_no_name_that_is_shown_gives_a_terminal_orders(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, forced: bool
) -> None:
    if forced:
        monkeypatch.setenv("FORCE_COLOR", "1")
    name = "青禾\x1b[2J\x9b里　[/x] \u202e社"

    Sheet(Language.ZH).print_line(name)
    open_terminal().print(Styled(name), style="bold")

    out = capsys.readouterr().out
    assert out.count("青禾\ufffd[2J\ufffd里　[/x] \ufffd社") == 2
    assert ("\x1b[1m" in out) is forced
