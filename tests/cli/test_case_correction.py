"""A correction from the notice to the answer, as it is typed."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from changqing.casework.events import Act
from changqing.casework.record import record
from changqing.cli.main import main
from changqing.papers.open import open_case
from tests.casework.casework_sample import NOW, catalogue, make_event, write_case

NOTICE = Path(__file__).parents[1] / "casework" / "notice.txt"

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


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_case(tmp_path_factory.mktemp("handed in") / "case")
    event = make_event(Act.SUBMIT, "2026-02-09")
    record(catalogue(), open_case(folder, catalogue()), event, now=NOW)
    return folder


@pytest.fixture
def case(tmp_path: Path, handed_in: Path) -> Path:
    return Path(shutil.copytree(handed_in, tmp_path / "cases" / "one"))


@pytest.fixture(scope="module")
def with_notice(handed_in: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("noticed") / "case"
    shutil.copytree(handed_in, folder)
    given = ["correct", str(NOTICE), "--on", "2026-02-13", "--by", "林晓"]
    with pytest.raises(SystemExit):
        main(["case", str(folder), *given])
    return folder


@pytest.fixture
def noticed(tmp_path: Path, with_notice: Path) -> Path:
    return Path(shutil.copytree(with_notice, tmp_path / "cases" / "one"))


def settle(call: Call, case: Path, number: int, **more: str) -> None:
    options = [part for name, value in more.items() for part in (f"--{name}", value)]
    done = ("--done", "2026-02-20", "--answer", f"第{number}项已改。")
    assert call(case, "line", str(number), *done, *options)[0] == 0


def test_a_notice_is_shown_line_by_line_with_what_it_may_be_about(
    case: Path, call: Call
) -> None:
    code, out, _ = call(case, "correct", NOTICE, "--on", "2026-02-13", "--by", "林晓")
    assert code == 0
    assert "补正期限2026-03-06取自通知的文字" in out
    assert "社保月数不足（SI_MONTHS_SHORT）" in out
    assert "社保证明 · social_insurance" in out
    also = next(row for row in out.splitlines() if "也可能是" in row)
    assert re.search(r"也可能是 +[一-龥]\S* · [a-z_]+", also), also


@pytest.mark.long
def test_from_the_notice_to_the_answer(
    noticed: Path, call: Call, tmp_path: Path
) -> None:
    kept = list((noticed / "casework" / "notices").iterdir())
    assert [path.read_bytes() for path in kept] == [NOTICE.read_bytes()]
    code, _, err = call(noticed, "submit", "--on", "2026-03-02", "--by", "林晓")
    assert code == 2
    assert "第1、2、3、4、5条" in err
    settle(call, noticed, 1, owner="陈一", paper="stamped")
    code, out, err = call(noticed, "answer")
    assert code == 1
    assert "第2、3、4、5条还没有办结" in out
    assert "草稿" in err
    assert "材料没有变化" in out
    for number in range(2, 6):
        settle(call, noticed, number)
    plan = noticed / "documents" / "plan.md"
    plan.write_text("业务发展计划，第二稿", encoding="utf-8")
    code, out, err = call(noticed, "answer", "--out", tmp_path / "out")
    assert (code, err) == (0, "")
    for suffix in (".docx", ".pdf", ".html"):
        assert (tmp_path / "out" / f"补正说明{suffix}").stat().st_size
    letter = (tmp_path / "out" / "补正说明.txt").read_text(encoding="utf-8")
    assert letter.startswith("补正说明\n\n浙江省通信管理局：")
    assert "　　技术负责人未在本公司参保" in letter
    assert "陈一" in letter
    assert "草稿" not in letter
    assert "· 更换：《业务发展和实施计划》" in letter
    assert "新增" not in letter
    attached = [path.name for path in (tmp_path / "out" / "附件").iterdir()]
    assert len(attached) == 1
    assert attached[0].startswith("附件01")
    assert "· 证明：附件1《" in letter
    for mark in ("#", "**", "- ", "> ", "SHA-256", "documents/"):
        assert mark not in letter, mark
    assert not list((tmp_path / "out").glob("*.md"))
    page = (tmp_path / "out" / "补正说明.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<h2>第") == 5
    assert call(noticed, "submit", "--on", "2026-03-02", "--by", "林晓")[0] == 0
    _, out, _ = call(noticed, "status", "--json")
    found = json.loads(out)
    assert (found["stage"], found["corrections"]) == ("submitted", 1)
    assert found["next"]["no_day_because"] == "没有规定期限"


def test_a_letter_names_people_and_no_log_in_and_is_markdown_on_request(
    noticed: Path, call: Call
) -> None:
    settle(call, noticed, 1, owner="chen.yi@example.com", by="林晓")
    settle(call, noticed, 2, owner="lin", by="林晓")
    settle(call, noticed, 3, owner="陈一")
    _, plain, _ = call(noticed, "answer")
    assert "chen.yi" not in plain
    assert "，lin" not in plain
    assert "，陈一" in plain
    assert "# 补正说明" not in plain
    assert "# 补正说明" in call(noticed, "answer", "--markdown")[1]


def test_what_a_person_says_takes_the_place_of_the_proposal(
    noticed: Path, call: Call
) -> None:
    more = ("--criterion", "insured_months_enough", "--code", "SI_FORM_INVALID")
    call(noticed, "line", "1", *more)
    _, out, _ = call(noticed, "line", "1", "--json")
    (line,) = json.loads(out)
    assert line["criterion"] == "insured_months_enough"
    assert line["codes"] == ["SI_FORM_INVALID"]
    assert line["material"] == "social_insurance"
    assert not line["settled"]


def test_what_was_proposed_wrongly_is_taken_out(noticed: Path, call: Call) -> None:
    before = json.loads(call(noticed, "line", "1", "--json")[1])[0]
    assert {"codes", "criterion", "owner"} <= before.keys()
    cleared = ["--criterion", "-", "--material", "-", "--owner", "-", "--code", "-"]
    code, out, _ = call(noticed, "line", "1", *cleared, "--by", "林晓", "--json")
    after = json.loads(out)[0]
    assert code == 0
    assert not {"codes", "criterion", "material", "owner"} & after.keys()
    assert "说不准" in call(noticed, "line", "1")[1]


def test_events_say_what_was_done_about_which_line(noticed: Path, call: Call) -> None:
    settle(call, noticed, 2, owner="陈一")
    _, out, _ = call(noticed, "events")
    assert "收到补正通知  2026-02-13 · 林晓" in out
    assert "第2条        陈一 · 2026-02-20 · 第2项已改。" in out


@pytest.mark.long
def test_an_answer_is_escaped_in_the_page(
    noticed: Path, call: Call, tmp_path: Path
) -> None:
    call(noticed, "line", "1", "--answer", "<script>alert(1)</script>")
    call(noticed, "answer", "--out", tmp_path)
    page = (tmp_path / "补正说明.html").read_text(encoding="utf-8")
    assert "<script>" not in page


def test_the_same_notice_again_keeps_what_was_settled(
    noticed: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(call, noticed, 1)
    stdin = io.TextIOWrapper(io.BytesIO(NOTICE.read_bytes()))
    monkeypatch.setattr("sys.stdin", stdin)
    again = ("--on", "2026-02-13", "--by", "林晓", "--until", "2026-03-09")
    code, out, _ = call(noticed, "correct", "-", *again, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["next"]["day"] == "2026-03-09"
    assert found["corrections"] == 1
    assert [line["settled"] for line in found["lines"]] == [True, *[False] * 4]


def test_reasons_are_counted_over_the_cases_of_a_folder(
    noticed: Path, call: Call
) -> None:
    write_case(noticed.parent / "two")
    call(noticed, "line", "1", "--code", "SI_MONTHS_SHORT")
    code, out, _ = call("--reasons", noticed.parent, "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["cases"], found["corrected"], found["lines"]) == (2, 1, 5)
    reasons = {each["code"]: each for each in found["reasons"]}
    months = reasons["SI_MONTHS_SHORT"]
    assert (months["lines"], months["cases"], months["confirmed"]) == (1, 1, 1)
    assert "insurance_steady" in months["criteria"]
    assert reasons["EQUITY_NOT_TRACED"]["confirmed"] == 0
    (region,) = found["by"]["region"]
    assert (region["lines"], region["cases"], region["of"]) == (
        sum(each["lines"] for each in found["reasons"]),
        1,
        2,
    )
    _, out, _ = call("--reasons", noticed.parent)
    assert region["label"] in out
    assert "n=2" in out
    assert "n=5" in out


def test_a_case_whose_records_were_altered_is_named_and_the_others_are_counted(
    noticed: Path, call: Call
) -> None:
    other = noticed.parent / "altered"
    shutil.copytree(noticed, other)
    events = other / "casework" / "events.jsonl"
    events.write_bytes(events.read_bytes().replace(b"2026-", b"2025-", 1))

    code, out, err = call("--reasons", noticed.parent, "--json")

    found = json.loads(out)
    assert (code, found["cases"], found["altered"]) == (4, 1, ["altered"])
    assert f"{other} 记录被改动过，没有计入" in err
    assert call("--reasons", noticed.parent)[1].startswith("项目n=1，")


def test_reasons_stand_beside_the_criteria_they_hit(
    noticed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--offline", "--reasons", str(noticed.parent)]
    with pytest.raises(SystemExit):
        main(["assess", str(noticed), *options, "--json"])
    document = json.loads(capsys.readouterr().out)
    assert document["reasons"]["cases"] == 1
    hit = [each for each in document["findings"] if "reasons" in each]
    assert hit
    for finding in hit:
        assert finding["verdict"] != "met"
        codes = {each["code"] for each in finding["defects"]}
        for each in finding["reasons"]:
            assert each["code"] in codes
            assert 1 <= each["lines"] <= each["lines_n"]
    with pytest.raises(SystemExit):
        main(["assess", str(noticed), *options])
    screen = capsys.readouterr().out
    assert "各项目被要求补正过的" in screen
    assert hit[0]["reasons"][0]["label"]["zh"] in screen


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("line", "9", "--owner", "陈一"), "补正通知没有第9条，共5条"),
        (("line", "1", "--criterion", "insured_month_enough"), "是否指insured_months"),
        (("line", "1", "--paper", "x"), "papers里没有x"),
        (("line", "1", "--done", "2099-01-01"), "还没有到"),
        (("line", "1", "--code", "X"), "目录里没有--code X"),
        (("correct", "nowhere.txt", "--by", "林晓"), "读不出补正通知"),
    ],
)
def test_what_is_typed_wrong_exits_two_and_says_why(
    noticed: Path, call: Call, arguments: tuple[str, ...], said: str
) -> None:
    before = (noticed / "casework" / "events.jsonl").read_bytes()
    code, _, err = call(noticed, *arguments)
    assert code == 2
    assert said in err
    assert (noticed / "casework" / "events.jsonl").read_bytes() == before


def test_without_a_notice_there_is_nothing_to_answer(case: Path, call: Call) -> None:
    code, _, err = call(case, "answer")
    assert code == 2
    assert "没有记过要答复的补正通知" in err
    code, out, _ = call(case, "line")
    assert (code, out) == (0, "没有补正条目。\n")


def test_a_folder_without_cases_is_told(call: Call, tmp_path: Path) -> None:
    code, _, err = call("--reasons", tmp_path)
    assert code == 2
    assert "没有项目" in err
