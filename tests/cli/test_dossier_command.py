from __future__ import annotations

import json
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from changqing.case.subjects import Subject
from changqing.cli.main import main
from changqing.evidence.observations import Observation, ObservationKind, Observations
from tests.documents.dossier_case import EXAMPLES, copied

DAY = ("--as-of", "2026-11-24")


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["dossier", *arguments])
    return int(left.value.code or 0)


def test_the_list_names_every_document_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = copied("newly-registered", tmp_path)
    before = sorted(path.name for path in case.iterdir())

    assert _run(str(case), "--list", *DAY, "--lang", "zh") == 0
    said = capsys.readouterr().out

    for words in ("written_application", "申请书", "待补", "6-3", "证据索引"):
        assert words in said
    assert sorted(path.name for path in case.iterdir()) == before


def test_a_document_that_is_none_is_answered_with_names_and_titles(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = str(EXAMPLES / "local-life")
    assert _run(case, "--list", "--only", "预案", *DAY, "--lang", "zh") == 2
    said = capsys.readouterr().err
    assert "没有预案这份文书" in said
    assert "emergency（应急预案）" in said


@pytest.mark.long
def test_the_list_speaks_english_wherever_the_option_stands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _run("--lang", "en", str(EXAMPLES / "local-life"), "--list", *DAY) == 0

    assert "blanks to fill" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "file"), [("emergency", "06-6应急预案"), ("index", "00申请材料目录")]
)
def test_one_document_is_written_in_both_forms_without_a_zip(
    name: str, file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    case = str(EXAMPLES / "local-life")

    assert _run(case, "--out", str(out), "--only", name, *DAY) == 0

    found = sorted(p.relative_to(out).as_posix() for p in out.rglob("*.*"))
    assert found == [
        f"annotated/{file}批注.docx",
        f"annotated/{file}批注.pdf",
        f"clean/{file}.docx",
        f"clean/{file}.pdf",
    ]
    assert zipfile.is_zipfile(out / "clean" / f"{file}.docx")
    assert str(out) in capsys.readouterr().out


def test_json_gives_every_statement_with_its_source(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = str(EXAMPLES / "local-life")

    assert _run(case, "--list", "--only", "funds_and_runway", "--json", *DAY) == 0
    (one,) = json.loads(capsys.readouterr().out)

    cash = next(each for each in one["statements"] if each["fact"] == "cash_on_hand")
    assert cash["text"] == "263万元"
    assert cash["evidence"].startswith("附件")
    assert "银行" in cash["source"]


def test_a_copy_is_made_once_and_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = copied("newly-registered", tmp_path)
    file = case / "dossier" / "maintenance.md"

    assert _run(str(case), "edit", "maintenance") == 0
    assert "made_from: " in file.read_text(encoding="utf-8")
    file.write_text("mine", encoding="utf-8")
    assert _run(str(case), "edit", "maintenance") == 0
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--only", "nope", "--list"),
        ("edit", "nope"),
        ("nope",),
    ],
)
def test_wrong_usage_is_told(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(str(EXAMPLES / "local-life"), *arguments) == 2
    assert capsys.readouterr().err


def test_the_case_folder_itself_is_no_place_to_write(tmp_path: Path) -> None:
    case = copied("newly-registered", tmp_path)

    assert _run(str(case), "--out", str(case), *DAY) == 2


@pytest.mark.parametrize("order", [("check", "CASE"), ("CASE", "check")])
def test_check_tells_both_places_and_the_way_to_mend(
    order: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    case = str(EXAMPLES / "contradictory")
    arguments = [case if word == "CASE" else word for word in order]

    assert _run(*arguments, *DAY, "--lang", "zh") == 1
    said = capsys.readouterr().out

    for words in (
        "说法不一",
        "28人",
        "35人",
        "04-company-profile.md",
        "改法：",
        "留空",
    ):
        assert words in said


def test_check_gives_json_in_both_languages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _run(str(EXAMPLES / "newly-registered"), "check", "--json", *DAY) == 1
    told = json.loads(capsys.readouterr().out)

    assert told["contradictions"] == []
    assert told["checks"] >= 40
    assert told["blanks"]
    assert {"document", "section", "fact", "subject", "text"} == set(
        told["unsupported"][0]
    )


def test_a_schedule_is_imported_checked_and_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = str(copied("newly-registered", tmp_path))
    table = tmp_path / "plan.csv"
    table.write_text("日期,题材,责任人\n2027-02-06,春节,秦暮云\n", encoding="utf-8")

    assert _run(case, "schedule", *DAY, "--lang", "zh") == 2
    assert "--from" in capsys.readouterr().err
    assert _run(case, "schedule", "--from", str(table), *DAY, "--lang", "zh") == 1
    said = capsys.readouterr().out
    for words in ("导入1项", "排到2027-02-06", "没有审核人", "休息日", "还没有到期"):
        assert words in said
    assert _run(case, "schedule", "--json", *DAY) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["items"][0]["on"] == "2027-02-06"
    assert told["kept"] == []


def test_a_schedule_is_held_against_what_was_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = copied("local-life", tmp_path)
    (case / "schedule.yaml").write_text(
        "items:\n"
        "  - {on: 2026-11-02, topic: 一, owner: 许南枝, reviewer: 周知白}\n"
        "  - {on: 2026-11-09, topic: 二, owner: 许南枝, reviewer: 周知白}\n"
        "  - {on: 2026-12-01, topic: 三, owner: 许南枝, reviewer: 周知白}\n",
        encoding="utf-8",
    )
    site = Subject("service", "site")
    shutil.rmtree(case / "evidence")
    checks, published = ObservationKind.CHECK, ObservationKind.PUBLICATION
    told = ((checks, 1), (published, 3), (checks, 22))
    rows = [
        Observation(
            subject=site,
            kind=kind,
            at=datetime(2026, 11, day, 4, tzinfo=UTC),
            source="x",
            value=1,
        )
        for kind, day in told
    ]
    Observations(case).append(rows, now=datetime(2026, 11, 22, tzinfo=UTC))

    assert _run(str(case), "schedule", *DAY, "--lang", "zh") == 1
    said = capsys.readouterr().out

    assert "到期2天，按时发布1天，没有看到发布1天" in said
    assert "· 2026-11-09" in said


def test_a_folder_that_is_not_there_is_told_before_what_the_command_lacks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(str(tmp_path / "nowhere"), "write", "--lang", "zh") == 2
    said = capsys.readouterr().err
    assert "文件不存在" in said
    assert "--out" not in said
    assert _run(str(copied("newly-registered", tmp_path)), "write", "--lang", "zh") == 2
    assert "--out" in capsys.readouterr().err
