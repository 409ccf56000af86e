"""`changqing board` and `changqing clients`, as typed."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from changqing.agency.desk import DeskJournal
from changqing.cli.given import choose_day
from changqing.cli.main import main


def _run(capsys: pytest.CaptureFixture[str], *typed: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main([*typed, "--lang", "en"])
    told = capsys.readouterr()
    assert isinstance(ended.value.code, int)
    return ended.value.code, told.out + told.err


@pytest.mark.long
def test_an_example_agency_from_folder_to_board(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "clients")
    made = ("clients", "example", folder, "--clients", "12", "--in-correction", "3")
    assert _run(capsys, *made)[0] == 0
    code, text = _run(capsys, "board", folder)
    assert code == 0
    assert "12 cases" in text
    assert "not assessed" in text
    code, text = _run(capsys, "board", folder, "--stage", "correction", "--json")
    assert [row["stage"] for row in json.loads(text)] == ["correction"] * 3
    everyone = ("clients", "assign", folder, "--to", "Lu", "--by", "Gu")
    assert _run(capsys, *everyone) == (0, "12 cases given to Lu\n")
    assert _run(capsys, *everyone) == (0, "0 cases given to Lu\n")
    code, text = _run(capsys, "clients", "look", folder, "--offline", "--limit", "2")
    assert (code, text) == (
        1,
        "2 assessed, 0 could not be, 4 were today already, 6 left\n",
    )
    code, text = _run(capsys, "clients", "look", folder, "--offline", "--limit", "1")
    assert "6 were today already, 5 left" in text
    code, text = _run(capsys, "board", folder, "--owner", "Lu", "--json")
    assert sum(row["readiness"] is not None for row in json.loads(text)) == 7
    asked = _run(capsys, "board", folder, "--must-act", "客户", "--json")
    assert json.loads(asked[1]) == []
    code, text = _run(capsys, "clients", "ask", folder, *_ours(capsys, folder)[:1])
    assert code == 0
    assert text.startswith("Asked of ")
    assert "#" not in text
    wanted = ("--must-act", "client", "--out", str(tmp_path / "letters"))
    assert _run(capsys, "clients", "ask", folder, *wanted)[0] == 0
    letters = sorted(path.suffix for path in (tmp_path / "letters").iterdir())
    assert letters == [".docx", ".pdf", ".txt"]
    code, text = _run(capsys, "board", folder, "--must-act", "client", "--json")
    assert [row["must_act"] for row in json.loads(text)] == ["client"]
    listed = " ".join(_run(capsys, "board", folder, "--all")[1].split())
    assert "who acts: client" in listed  # wherever the line is broken
    code, text = _run(capsys, "clients", "outcome", folder, "--json")
    assert json.loads(text)["cases"] == 12
    events = next(Path(folder).glob("*/casework/events.jsonl"))
    whole = events.read_bytes()
    events.write_bytes(whole.replace(b"202", b"201", 1))
    code, text = _run(capsys, "clients", "outcome", folder, "--json")
    assert code == 4
    assert json.loads(text[: text.rindex("}") + 1])["altered"] == [
        events.parents[1].name
    ]
    events.write_bytes(whole)
    out = tmp_path / "board.xlsx"
    assert _run(capsys, "clients", "export", folder, "-o", str(out))[0] == 0
    assert out.exists()


@pytest.mark.long
def test_two_cases_of_one_client_get_a_letter_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clients = tmp_path / "clients"
    example = Path(__file__).parents[2] / "examples" / "newly-registered"
    for name in ("first", "second"):
        shutil.copytree(example, clients / name)
    letters = tmp_path / "letters"
    asked = ("clients", "ask", str(clients), "first", "second", "--out", str(letters))
    assert _run(capsys, *asked)[0] == 0
    names = sorted(path.name for path in letters.glob("*.txt"))
    client = "杭州初棠信息科技有限公司材料清单"
    assert names == [f"{client}-second.txt", f"{client}.txt"]


def test_nothing_is_on_record_as_asked_that_could_not_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clients = tmp_path / "clients"
    example = Path(__file__).parents[2] / "examples" / "newly-registered"
    shutil.copytree(example, clients / "first")
    (tmp_path / "file").write_text("in the way")
    out = str(tmp_path / "file" / "letters")
    assert _run(capsys, "clients", "ask", str(clients), "first", "--out", out)[0] == 3
    assert DeskJournal(clients / "first").list_notes() == ()


def _ours(capsys: pytest.CaptureFixture[str], folder: str) -> list[str]:
    """The cases in which it is our turn."""
    _, text = _run(capsys, "board", folder, "--must-act", "we", "--json")
    return [row["folder"] for row in json.loads(text)]


@pytest.mark.long
def test_clients_made_anew_in_the_folder_of_others_are_no_alarm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, book = tmp_path / "clients", tmp_path / "clients.xlsx"
    planned = (choose_day(None) + timedelta(days=60)).isoformat()
    sheet = Workbook()
    assert sheet.active is not None
    sheet.active.title = "客户"
    sheet.active.append(
        ["公司名称", "统一社会信用代码", "许可证", "省份", "计划递交日"]
    )
    sheet.active.append(
        ["南京甲乙科技有限公司", "91320105MA0EXAM2XG", "ICP", "江苏", planned]
    )
    sheet.save(book)
    example = ("clients", "example", str(folder), "--clients", "1")
    imported = ("clients", "import", str(book), "--into", str(folder), "--write")
    for made in (example, imported):
        for _ in range(2):
            assert _run(capsys, *made)[0] == 0
            (case,) = folder.iterdir()
            code, text = _run(capsys, "assess", str(case), "--offline")
            assert code == 1, text
            shutil.rmtree(folder)


@pytest.mark.parametrize(
    "typed",
    [
        ("board", "nowhere"),
        ("board", ".", "--stage", "nonsense"),
        ("board", ".", "--licence", "B99"),
        ("clients", "import", "nothing.xlsx", "--into", "in"),
        ("clients", "assign", ".", "--to", " "),
        ("clients", "ask", ".", "nobody"),
        ("clients", "ask", "."),
        ("clients", "outcome", "nowhere"),
    ],
)
def test_what_is_typed_wrong_ends_with_2(
    typed: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _ = _run(capsys, *typed)
    assert code == 2
    assert not list(tmp_path.glob("nobody*"))


def test_a_case_that_is_put_away_is_listed_alone_and_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "clients")
    made = ("clients", "example", folder, "--clients", "2", "--in-correction", "0")
    assert _run(capsys, *made)[0] == 0
    rows = json.loads(_run(capsys, "board", folder, "--json")[1])
    first, second = (str(row["folder"]) for row in rows)
    case = str(tmp_path / "clients" / first)
    code, text = _run(capsys, "case", case, "archive", "--by", "Gu")
    assert (code, text.startswith("Put away")) == (0, True)
    listed = json.loads(_run(capsys, "board", folder, "--json")[1])
    assert [row["folder"] for row in listed] == [second]
    away = json.loads(_run(capsys, "board", folder, "--archived", "--json")[1])
    assert [(row["folder"], row["archived"]) for row in away] == [(first, True)]
    back = ("case", case, "archive", "--back", "--by", "Gu", "--json")
    assert json.loads(_run(capsys, *back)[1])["archived"] is False
    assert len(json.loads(_run(capsys, "board", folder, "--json")[1])) == 2
