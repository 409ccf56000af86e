"""`changqing new` goes on asking: a group at a time, each answer kept, back and out."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import click
import pytest

from changqing.case import edit
from changqing.cli import new, new_questions
from changqing.cli.main import main
from changqing.cli.new_questions import ask_on
from changqing.guide.interview import InterviewAnswers
from changqing.guide.write import write_case
from changqing.text import Language
from tests.documents.dossier_case import EXAMPLES
from tests.shipped import CATALOGUE

NOW = datetime(2026, 11, 28, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(new_questions, "read_clock", lambda: NOW)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    answers = InterviewAnswers(
        facts={"name": "某公司", "credit_code": "91330109MA0EXAM1YG"},
        region="33",
        scope="intra_province",
        submit_on=date(2027, 1, 20),
        url="",
        technician="",
    )
    case = tmp_path / "case"
    write_case(case, answers, CATALOGUE, now=NOW, language=Language.ZH)
    return case


def _typing(*typed: str) -> Callable[[str], str]:
    """A person who types these, and then leaves."""
    left: Iterator[str] = iter(typed)

    def ask(_: str) -> str:
        try:
            return next(left)
        except StopIteration:
            raise click.Abort from None

    return ask


def test_each_answer_is_kept_at_once_and_one_may_go_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    company = ("1000万", "250%", "0%", "0571-88880000", "<", "0571-88880001")
    offer = ("", "是", "是", "1 3", "以上都不涉及")
    with pytest.raises(click.Abort):
        ask_on(
            folder,
            CATALOGUE,
            Language.ZH,
            ask=_typing(*company, "", "", *offer),
        )
    said = edit.read(folder).data["applicant"]
    assert said["registered_capital"] == "1000万元"
    assert said["foreign_share"] == "0%"  # 250% was refused in a sentence
    assert said["contact_phone"] in ("0571-88880000", "0571-88880001")
    assert said["orders_taken"] is True
    assert said["has_served"] is True
    assert said["offered_items"] == ["publishing_delivery", "community"]
    assert said["content_fields"] == ["none"]
    out = capsys.readouterr().out
    assert "公司：5题，连后面的共" in out
    assert "超出范围" in out
    assert "例：1000万元；不清楚直接回车" in out
    assert "为什么问：" in out


def test_what_was_skipped_is_not_asked_again_and_answers_lead_on(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = iter(range(100))

    def ask(_: str) -> str:
        next(asked)
        out = capsys.readouterr().out
        return "是" if "服务已经对外提供了吗" in out else ""

    assert ask_on(folder, CATALOGUE, Language.ZH, ask=ask) == 1
    assert edit.read(folder).find_value(("applicant", "has_served")) is True
    assert 20 < next(asked) < 30


def test_what_was_answered_before_leaving_is_found_again(tmp_path: Path) -> None:
    new._keep_begun(tmp_path / "a case", {"licence": "B25", "name": "某公司"})
    assert new._load_begun(tmp_path / "a case") == {"licence": "B25", "name": "某公司"}
    (tmp_path / "a case" / ".new.json").write_text("[", encoding="utf-8")
    assert new._load_begun(tmp_path / "a case") == {}


def test_another_licence_of_the_company_begins_with_what_is_known(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new, "read_clock", lambda: NOW)

    def run(*typed: str) -> str:
        with pytest.raises(SystemExit):
            main(["new", *typed])
        told = capsys.readouterr()
        return told.out + told.err

    second = folder.with_name("second")
    assert "要一起写" in run(str(second), "--like", str(folder))
    assert not second.exists()
    told = run(str(second), "--like", str(folder), "--licence", "呼叫中心")
    assert told.startswith("公司、人员、网站和材料都带过来了")
    written = edit.read(second)
    assert written.find_value(("applicant", "name")) == "某公司"
    assert written.find_value(("application", "licence")) == "B24"


def test_who_the_contact_is_is_asked_once_of_all_people_and_written_of_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = tmp_path / "case"
    shutil.copytree(EXAMPLES / "newly-registered", case)
    shutil.rmtree(case / "evidence", ignore_errors=True)
    path = case / "case.yaml"
    said = re.compile(r", *named_contact: *(?:true|false)|^ +named_contact:.*\n", re.M)
    path.write_text(said.sub("", path.read_text("utf-8")), "utf-8")
    names = {str(p["id"]): str(p["name"]) for p in edit.read(case).data["people"]}
    assert len(names) > 2
    chosen = list(names)[1]
    asked: list[str] = []
    left = iter(["王没有", names[chosen]])

    def ask(_: str) -> str:
        out = capsys.readouterr().out
        if "申请里写的企业联系人是谁？" in out or "名单里没有“王没有”" in out:
            asked.append(out)
            return next(left)
        return ""

    monkeypatch.setattr(new_questions, "read_clock", lambda: NOW)
    ask_on(case, CATALOGUE, Language.ZH, ask=ask)
    people = {p["id"]: p["named_contact"] for p in edit.read(case).data["people"]}
    assert people == {name: name == chosen for name in names}
    assert len(asked) == 2
    assert all(name in asked[0] for name in names.values())


def test_once_the_contact_is_named_another_is_asked_about_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of a list of those nobody spoke of, none may be right."""
    case = tmp_path / "case"
    shutil.copytree(EXAMPLES / "newly-registered", case)
    shutil.rmtree(case / "evidence", ignore_errors=True)
    path = case / "case.yaml"
    text = path.read_text("utf-8").replace(
        "named_contact: true", "named_contact: false"
    )
    security = text.index("{id: lu,")
    text = text[:security] + text[security:].replace(
        "named_contact: false", "named_contact: true", 1
    )
    new = "  - {id: xin, name: 辛来, role: other, insured: true}\n"
    path.write_text(text.replace("  - {id: lu,", f"{new}  - {{id: lu,", 1), "utf-8")
    asked: list[str] = []

    def ask(_: str) -> str:
        out = capsys.readouterr().out
        if "企业联系人" in out:
            asked.append(out)
            return "否"
        return ""

    monkeypatch.setattr(new_questions, "read_clock", lambda: NOW)
    ask_on(case, CATALOGUE, Language.ZH, ask=ask)
    (question,) = asked
    assert "申请里写的企业联系人是这个人吗？（辛来" in question
    people = {p["id"]: p["named_contact"] for p in edit.read(case).data["people"]}
    assert [name for name, named in people.items() if named] == ["lu"]
