"""`changqing case`: what is typed, what is told, and what stands in the folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from changqing.cli.main import main
from tests.casework.casework_sample import write_case

Ran = tuple[int, str, str]
Call = Callable[..., Ran]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run the command and give its exit code, output and errors."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str | Path) -> Ran:
        with pytest.raises(SystemExit) as ended:
            main(["case", *(str(argument) for argument in arguments)])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return run


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return write_case(tmp_path / "项目")


def test_a_case_of_which_nothing_is_recorded_is_being_prepared(
    call: Call, case: Path
) -> None:
    code, out, err = call(case)
    assert (code, err) == (0, "")
    assert out.startswith("准备")
    assert "2026-12-10" in out
    assert not (case / "casework").exists()


def test_handing_in_is_recorded_and_the_next_day_told(call: Call, case: Path) -> None:
    handed_in = ("submit", "--on", "2026-02-11", "--by", "林晓", "--paper", "stamped")
    assert call(case, *handed_in)[0] == 0
    code, out, _ = call(case, "status", "--as-of", "2026-02-12", "--json")
    found = json.loads(out)
    assert (code, found["stage"], found["since"]) == (0, "submitted", "2026-02-11")
    assert found["next"]["day"] == "2026-02-25"
    assert found["next"]["actor"] == "authority"
    assert "算受理" in found["next"]["runs_out"]
    _, out, _ = call(case, "status", "--as-of", "2026-02-12", "--lang", "en")
    assert out.startswith("handed in")
    _, out, _ = call(case, "events", "--json")
    (event,) = json.loads(out)
    assert (event["act"], event["by"], event["paper"]) == ("submit", "林晓", "stamped")


def test_an_earlier_day_is_shown_as_it_stood(call: Call, case: Path) -> None:
    call(case, "submit", "--on", "2026-02-11", "--by", "林晓")
    call(case, "receive", "acceptance", "--on", "2026-02-13", "--by", "林晓")
    _, out, _ = call(case, "status", "--as-of", "2026-02-12", "--json")
    assert json.loads(out)["stage"] == "submitted"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("receive", "grant", "--by", "林晓"), "在“准备”阶段不能记“收到准予决定”"),
        (("submit", "--on", "2099-01-01", "--by", "林晓"), "还没有到"),
        (("submit", "--by", "林晓", "--paper", "x"), "papers里没有x"),
        (("submit",), "还缺选项--by"),
        (("begin", "renew", "--by", "林晓", "--start", "x=1"), "应写成KEY=DATE"),
        (
            ("begin", "renew", "--by", "林晓", "--start", "planned=2026-01-01"),
            "renew没有planned这个日子，可以写：valid_until",
        ),
        (
            ("receive", "grant", "--by", "林晓", "--number", "B2-1"),
            "--number只和licence一起写",
        ),
        (("receive", "letter", "--by", "林晓"), "参数WHAT的写法不对"),
    ],
)
def test_what_cannot_be_recorded_exits_two_and_says_why(
    call: Call, case: Path, arguments: tuple[str, ...], said: str
) -> None:
    code, _, err = call(case, *arguments)
    assert code == 2
    assert said in err
    assert not (case / "casework" / "events.jsonl").exists()


def test_a_case_with_options_alone_shows_its_status(call: Call, case: Path) -> None:
    for arguments in ((case, "--json"), ("--json", case)):
        code, out, _ = call(*arguments)
        assert (code, json.loads(out)["stage"]) == (0, "prepare")
    assert call(case, "--lang", "en")[1].startswith("preparing")
    assert "changqing case" in call("--help")[1]


def test_without_a_folder_it_says_so(call: Call, tmp_path: Path) -> None:
    assert call()[0] == 2
    code, _, err = call(tmp_path / "none")
    assert code == 2
    assert err


def test_an_altered_event_exits_four(call: Call, case: Path) -> None:
    call(case, "submit", "--on", "2026-02-11", "--by", "林晓")
    path = case / "casework" / "events.jsonl"
    path.write_text(path.read_text("utf-8").replace("林晓", "陈一"), "utf-8")
    code, _, err = call(case)
    assert code == 4
    assert "events.jsonl:1" in err


@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", "不是文件夹"), ("en", "evidence is no folder")],
)
def test_handing_in_is_recorded_even_when_the_dossier_cannot_be_written(
    call: Call, case: Path, lang: str, words: str
) -> None:
    (case / "evidence").write_text("no folder", encoding="utf-8")
    handed_in = ("submit", "--on", "2026-02-11", "--by", "林晓", "--lang", lang)
    code, _, err = call(case, *handed_in)
    assert (code, words in err) == (0, True)
    assert ("put the file or folder itself there" in err) == (lang == "en")


def test_the_last_entry_is_undone_and_both_are_listed(call: Call, case: Path) -> None:
    assert call(case, "undo", "--by", "林晓")[0] != 0
    assert call(case, "submit", "--on", "2026-02-11", "--by", "林晓")[0] == 0
    code, out, _ = call(case, "undo", "--by", "陈一")
    assert (code, out.splitlines()[0]) == (
        0,
        "已撤销：递交，2026-02-11。它和这次撤销都留在记录里。",
    )
    assert "准备" in out
    code, out, _ = call(case, "events", "--json")
    first, second = json.loads(out)
    assert (first["undone_by"], second["undoes"]) == (2, 1)
    _, out, _ = call(case, "events", "--lang", "en")
    assert "Takes back" in out
    assert "entry 2" in out


def test_a_paper_is_taken_out_put_back_and_of_another_kind(
    call: Call, case: Path
) -> None:
    assert call(case, "paper", "stamped")[0] != 0
    assert call(case, "paper", "stamped", "--out")[0] != 0
    code, out, _ = call(case, "paper", "stamped", "--out", "--by", "林晓", "--json")
    found = json.loads(out)
    assert (code, found["papers"], found["set_aside"][0]["by"]) == (0, [], "林晓")
    assert call(case, "paper", "stamped", "--back")[0] == 0
    assert call(case, "paper", "stamped", "--kind", "letter")[0] != 0
    assert call(case, "paper", "stamped", "--kind", "lease")[0] == 0
    _, out, _ = call(case, "paper", "--lang", "en")
    assert out.split() == [
        "Papers",
        *["Lease", "of", "premises", "lease", "documents/plan.md"],
    ]
