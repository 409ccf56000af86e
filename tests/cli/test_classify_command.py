"""`changqing classify` and `changqing licence`: what is printed, and bad input."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from changqing.cli.main import main

Ran = tuple[int, str, str]
Call = Callable[..., Ran]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run the command with what is typed, and give its exit code, output and errors."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str | Path, typed: str = "") -> Ran:
        stdin = io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8")
        monkeypatch.setattr(sys, "stdin", stdin)
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out, err

    return run


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    file = tmp_path / "回答.yaml"
    file.write_text("activities: [marketplace]\nchannels: [site]\n", encoding="utf-8")
    return file


def test_the_json_names_needed_not_needed_and_open(call: Call, answers: Path) -> None:
    code, out, _ = call("classify", "--answers", answers, "--json", "--lang", "en")
    data = json.loads(out)
    assert code == 0
    assert set(data) == {
        "version",
        "needed",
        "not_needed",
        "doubtful",
        "remarks",
        "answers",
        "as_of",
    }
    market = next(each for each in data["needed"] if each["licence"] == "B21")
    assert market["rule"] == "online_processing"
    assert market["citations"]
    assert market["confidence"] == "recalled"
    assert "B24" in {each["licence"] for each in data["not_needed"]}
    foreign = next(e for e in data["doubtful"] if e["rule"] == "foreign_uncapped")
    assert foreign["open"] == ["foreign_capital"]
    assert data["answers"] == {"activities": ["marketplace"], "channels": ["site"]}


def test_a_person_reads_it_in_both_languages(call: Call, answers: Path) -> None:
    for language, words in (
        ("zh", ("需要", "说不准", "不需要", "依据：", "网站备案")),
        ("en", ("Needed", "Open", "Not needed", "Basis: ", "Filing of the site")),
    ):
        code, out, _ = call("classify", "--answers", answers, "--lang", language)
        assert code == 0
        for word in words:
            assert word in out


def test_answers_may_come_through_a_pipe(call: Call) -> None:
    typed = '{"activities": ["company_page"], "channels": ["site"]}'
    code, out, _ = call("classify", "--answers", "-", "--json", typed=typed)
    assert code == 0
    assert [each["rule"] for each in json.loads(out)["needed"]] == ["site_filing"]


def test_questions_do_not_run_into_the_json(call: Call) -> None:
    code, out, err = call("classify", "--json", typed="1\n1\n")
    assert code == 0
    assert [each["rule"] for each in json.loads(out)["needed"]] == ["site_filing"]
    assert "这项业务向用户或客户做哪些事？" in err


def test_an_input_that_ends_early_ends_the_command(call: Call) -> None:
    code, _, _ = call("classify", typed="")
    assert code == 3


def test_a_bad_file_is_told_with_file_and_line(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("activities: [cdn]\nfee: 1\n", encoding="utf-8")
    code, out, err = call("classify", "--answers", file)
    assert (code, out) == (2, "")
    assert f"{file}:1 activities：" in err
    assert f"{file}:2 没有 fee 这个问题" in err
    assert call("classify", "--answers", tmp_path / "none.yaml")[0] == 2


def test_the_law_of_an_earlier_day_is_asked_for_by_day(
    call: Call, tmp_path: Path
) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("activities: [information]\nfields: [health]\n", encoding="utf-8")
    command = ("classify", "--answers", file, "--json", "--as-of")
    before = json.loads(call(*command, "2025-01-19")[1])
    after = json.loads(call(*command, "2025-01-20")[1])
    assert "named_sectors_until_2025" in {each["rule"] for each in before["needed"]}
    assert "named_sectors" in {each["rule"] for each in after["not_needed"]}


def test_all_licences_are_listed(call: Call) -> None:
    code, out, _ = call("licence", "--json", "--lang", "en")
    assert code == 0
    listed = {load["licence"] for load in json.loads(out)}
    assert {"B11", "B26", "A24-1", "N106"} <= listed
    code, out, _ = call("licence")
    assert code == 0
    assert all(each in out for each in listed)


def test_one_licence_is_explained(call: Call) -> None:
    code, out, _ = call("licence", "b25", "--scope", "intra_province", "--region", "33")
    assert code == 0
    for word in (
        "信息服务业务",
        "谁要办",
        "浙江省通信管理局",
        "100万元",
        "SP",
        "依据：",
    ):
        assert word in out
    data = json.loads(call("licence", "B25", "--json", "--lang", "en")[1])
    assert {each["scope"] for each in data["scopes"]} == {
        "intra_province",
        "cross_province",
    }
    assert data["confidence"] == "secondary"


@pytest.mark.parametrize(
    ("name", "code"),
    [("idc", "B11"), ("EDI", "B21"), ("sp", "B25"), ("a24-1", "A24-1")],
)
def test_a_licence_is_found_by_the_name_people_use(
    call: Call, name: str, code: str
) -> None:
    assert json.loads(call("licence", name, "--json")[1])["licence"] == code


@pytest.mark.parametrize(
    "wrong",
    [
        ("B99",),
        ("N95", "--scope", "intra_province"),
        ("B25", "--region", "99"),
    ],
)
def test_what_does_not_exist_is_wrong_usage(call: Call, wrong: tuple[str, ...]) -> None:
    code, out, err = call("licence", *wrong)
    assert (code, out) == (2, "")
    assert "可以写：" in err
