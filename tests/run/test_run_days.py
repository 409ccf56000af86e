"""The days that a case says of itself must fit the day it is assessed on."""

from __future__ import annotations

from pathlib import Path

import pytest

from changqing.cli.main import main

CASE = """\
applicant:
  name: 杭州长青网络科技有限公司
application:
  licence: B25
  scope: intra_province
  region: '33'
  stage: {stage}
  submit_on: {submit_on}
declared_on: {declared_on}
services:
  - id: site
    kind: website
    url: https://www.changqing-example.cn/
people: []
papers: []
"""
Ran = tuple[int, str, str]


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "项目"


def write(
    folder: Path,
    *,
    submit_on: str = "2027-01-20",
    declared_on: str = "2026-11-20",
    stage: str = "apply",
    extra: str = "",
) -> None:
    folder.mkdir(exist_ok=True)
    text = CASE.format(submit_on=submit_on, declared_on=declared_on, stage=stage)
    (folder / "case.yaml").write_text(text + extra, encoding="utf-8")


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Ran:
    with pytest.raises(SystemExit) as ended:
        main([*(str(argument) for argument in arguments), "--lang", "zh"])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.mark.parametrize("command", ["assess", "outlook", "dossier", "seal"])
def test_a_day_of_handing_in_that_has_passed_is_refused_with_its_line(
    command: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, submit_on="2026-11-23")
    more = {"dossier": ["--list"], "seal": ["--digest"]}.get(command, [])
    on = ("--as-of", "2026-11-24")
    code, out, err = run(capsys, command, folder, *on, *more)
    assert (code, out) == (2, "")
    assert err == (
        f"{folder}/case.yaml:8 计划递交日2026-11-23在2026-11-24已经过去，"
        "还没有递交的，把submit_on改成2026-11-24或以后的日子；已经递交的，"
        "用changqing case 项目 submit --on记下哪天递交的\n"
    )
    assert not (folder / "report.html").exists()
    write(folder, submit_on="2026-11-24")  # today will do
    assert run(capsys, command, folder, *on, *more)[0] in (0, 1)


def test_a_fixed_day_of_the_case_counts_and_today_does_for_a_look(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, submit_on="2026-11-23", extra="as_of: 2026-11-24\n")
    assert run(capsys, "assess", folder)[0] == 2
    write(folder, submit_on="2020-01-15", extra="as_of: 2020-01-10\n")
    code, _, err = run(capsys, "assess", folder)
    assert (code, "自述的日子2026-11-20在2020-01-10还没有到" in err) == (2, True)
    write(folder, submit_on="2020-01-15")
    code, out, err = run(capsys, "assess", folder)  # before it looks at anything
    assert (code, out) == (2, "")
    assert "计划递交日2020-01-15在" in err
    assert not (folder / "evidence").exists()


def test_a_statement_of_a_day_to_come_is_refused_with_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, declared_on="2026-11-25")
    code, _, err = run(capsys, "assess", folder, "--as-of", "2026-11-24")
    assert (code, err) == (
        2,
        f"{folder}/case.yaml:9 自述的日子2026-11-25在2026-11-24还没有到，"
        "写2026-11-24或以前的日子\n",
    )


FALSE_PAPER = (
    "  - {id: plan, kind: business_plan, file: case.yaml, received_on: 2020-01-01, "
    "found_false: true, found_false_on: 2099-01-01}\n"
)


@pytest.mark.parametrize(
    ("extra", "place"),
    [
        ("absent: {lease: 2099-01-01}\n", "16 absent.lease"),
        ("nobody: {technical: 2099-01-01}\n", "16 nobody.technical"),
        (FALSE_PAPER, "16 plan.found_false_on"),
    ],
)
def test_what_was_said_or_found_on_a_day_to_come_is_refused_with_its_line(
    extra: str, place: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, submit_on="2099-06-01", declared_on="2026-11-20", extra=extra)
    if extra is FALSE_PAPER:
        path = folder / "case.yaml"
        text = path.read_text(encoding="utf-8").replace("papers: []", "papers:")
        path.write_text(text, encoding="utf-8")
    code, out, err = run(capsys, "assess", folder, "--offline")
    assert (code, out) == (2, "")
    assert err.startswith(f"{folder}/case.yaml:{place}的日子2099-01-01在")
    # On a fixed day what came after it is not counted, and nothing to refuse.
    assert run(capsys, "assess", folder, "--as-of", "2026-11-24")[0] == 1


@pytest.mark.parametrize("stage", ["operate", "annual_report"])
def test_who_holds_a_licence_hands_nothing_in(
    stage: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, submit_on="2024-03-01", stage=stage)
    assert run(capsys, "assess", folder, "--as-of", "2026-11-24")[0] in (0, 1)


def test_once_it_is_handed_in_the_planned_day_may_pass(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, submit_on="2026-11-20", declared_on="2026-11-10")
    submitted = ("submit", "--on", "2026-11-21", "--by", "林晓")
    code, _, err = run(capsys, "case", folder, *submitted)
    assert (code, err) == (0, "")  # written for the day of handing in, and kept
    assert run(capsys, "assess", folder, "--as-of", "2026-11-24")[0] in (0, 1)
    # Before it was handed in, the plan had passed.
    assert run(capsys, "assess", folder, "--as-of", "2026-11-20")[0] in (0, 1)
    write(folder, submit_on="2026-11-19", declared_on="2026-11-10")
    assert run(capsys, "assess", folder, "--as-of", "2026-11-20")[0] == 2


@pytest.mark.long
def test_a_licence_that_was_received_is_told_while_the_case_still_applies(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, submit_on="2026-11-02", declared_on="2026-11-01")
    for act in (
        ("submit", "--on", "2026-11-02"),
        ("receive", "acceptance", "--on", "2026-11-03"),
        ("receive", "grant", "--on", "2026-11-10"),
        ("receive", "licence", "--on", "2026-11-20", "--until", "2031-11-19"),
    ):
        assert run(capsys, "case", folder, *act, "--by", "林晓")[0] == 0
    told = "办理里记着2026-11-20收到许可证"
    assert told in run(capsys, "assess", folder, "--as-of", "2026-11-24")[1]
    # The day before, it was an application.
    assert told not in run(capsys, "assess", folder, "--as-of", "2026-11-19")[1]
    # Who has stopped since does not operate.
    gone = ("receive", "deregistration", "--on", "2026-11-22", "--by", "林晓")
    assert run(capsys, "case", folder, *gone)[0] == 0
    assert told not in run(capsys, "assess", folder, "--as-of", "2026-11-24")[1]
    assert run(capsys, "case", folder, "operate")[0] == 2
    assert run(capsys, "case", folder, "undo", "--by", "林晓")[0] == 0
    code, said, _ = run(capsys, "case", folder, "operate")
    assert code == 0
    assert "2026-11-20收到许可证，办理记录第4条，林晓记" in said
    assert "stage: operate" in (folder / "case.yaml").read_text(encoding="utf-8")
    # Once is enough: nothing applies any more.
    assert run(capsys, "case", folder, "operate")[0] == 2
    operating = run(capsys, "assess", folder, "--as-of", "2026-11-24")[1]
    assert told not in operating
    assert "持证后义务" in operating
