"""What is erased from a register is gone from its bucket, and nothing else is."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from changqing.case.model import Closing, RegisterExtract
from changqing.disk import Disk
from changqing.errors import CaseError
from changqing.screening.erase import ERASED_FILE, erase_from_register
from changqing.screening.layout import (
    choose_bucket,
    read_bucket,
    read_head,
    read_tables,
    write_register,
)
from changqing.screening.make import RegisterMaker
from changqing.screening.screen import ScreenJob, run_in_process, scan_results, screen
from tests.command_line import run_command
from tests.shipped import CATALOGUE

AS_OF = date(2026, 11, 24)
NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
CASE = "made-0000003"


@pytest.fixture
def register(tmp_path: Path) -> Path:
    folder = tmp_path / "register"
    with write_register(folder, CATALOGUE, cases=1) as writer:
        list(RegisterMaker(CATALOGUE, seed=3, as_of=AS_OF).make_all(5, writer))
    head = read_head(folder)
    for made in read_bucket(folder, head, 0, CATALOGUE):
        if made.id == CASE:
            closed = {name: Closing(on=AS_OF) for name in ("person", "holder")}
            shown = RegisterExtract(holders_shown=(AS_OF, None))
            case = replace(made.case, closed=closed, register=shown)
            with write_register(folder, CATALOGUE, cases=1) as writer:
                writer.add([replace(made, case=case)])
    return folder


def read_case_tables(register: Path, case: str) -> dict[str, pl.DataFrame]:
    head = read_head(register)
    tables = read_tables(register, head, choose_bucket(case, head.buckets))
    return {name: each.filter(pl.col("case") == case) for name, each in tables.items()}


def erase(register: Path, case: str, member: str | None, by: str = "甲") -> int:
    return erase_from_register(
        register, case, CATALOGUE, member=member, by=by, now=NOW
    ).rows


def find_somebody(register: Path, type_: str) -> str:
    subjects = read_case_tables(register, CASE)["subjects"]
    return str(subjects.filter(pl.col("type") == type_)["id"][0])


def test_an_erased_case_is_in_no_file_and_the_others_are_unchanged(
    register: Path,
) -> None:
    head = read_head(register)
    before = {c.id: c for c in read_bucket(register, head, 0, CATALOGUE)}
    assert erase(register, CASE, None) > 100
    head = read_head(register)
    assert head.cases == 4
    after = {c.id: c for c in read_bucket(register, head, 0, CATALOGUE)}
    assert after == {name: case for name, case in before.items() if name != CASE}
    for path in register.glob("buckets/*/*.parquet"):
        assert CASE not in pl.read_parquet(path)["case"].to_list()
    (line,) = (register / ERASED_FILE).read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert (told["case"], told["member"], told["by"]) == (CASE, None, "甲")
    with pytest.raises(CaseError, match="has no made"):
        erase(register, CASE, None)


@pytest.mark.parametrize("type_", ["person", "holder"])
def test_an_erased_member_opens_the_list_that_they_stood_in(
    register: Path, type_: str
) -> None:
    somebody = find_somebody(register, type_)
    before = read_case_tables(register, CASE)
    assert type_ in json.loads(before["cases"]["closed"][0])
    assert erase(register, CASE, f"{type_}:{somebody}") > 1
    after = read_case_tables(register, CASE)
    for name in ("subjects", "records", "gaps"):
        theirs = (pl.col("type") == type_) & (pl.col("id") == somebody)
        assert after[name].filter(theirs).is_empty()
        assert after[name].equals(before[name].filter(~theirs))
    closed = json.loads(after["cases"]["closed"][0])
    assert closed.keys() == json.loads(before["cases"]["closed"][0]).keys() - {type_}
    shown = [None] if type_ == "holder" else [AS_OF]
    assert after["cases"]["holders_shown_from"].to_list() == shown


def test_a_register_of_which_all_was_erased_is_screened_as_empty(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "one"
    with write_register(folder, CATALOGUE, cases=1) as writer:
        list(RegisterMaker(CATALOGUE, seed=3, as_of=AS_OF).make_all(1, writer))
    erase(folder, "made-0000001", None)
    job = ScreenJob(register=folder, out=tmp_path / "run", as_of=AS_OF)
    run = screen(job, map_buckets=run_in_process)
    assert run.cases == 0
    assert scan_results(run, "sentences").collect().is_empty()


def test_who_is_not_there_or_not_named_is_told_and_nothing_is_written(
    register: Path,
) -> None:
    before = (register / "register.json").read_bytes()
    with pytest.raises(CaseError, match="no “nobody”") as caught:
        erase(register, CASE, "nobody")
    hint = caught.value.issues[0].hint
    assert hint is not None
    assert "person:" in hint.en
    with pytest.raises(CaseError, match="who erases"):
        erase(register, CASE, None, by=" ")
    assert (register / "register.json").read_bytes() == before
    assert not (register / ERASED_FILE).exists()


def test_what_would_leave_a_no_or_its_words_behind_goes_with_its_case_alone(
    register: Path,
) -> None:
    before = (register / "register.json").read_bytes()
    for type_ in ("service", "paper"):
        member = f"{type_}:{find_somebody(register, type_)}"
        with pytest.raises(CaseError, match="cannot be erased by itself") as caught:
            erase(register, CASE, member)
        hint = caught.value.issues[0].hint
        assert hint is not None
        assert "person:" in hint.en
        assert member not in hint.en
    assert (register / "register.json").read_bytes() == before


def test_what_a_crash_left_of_the_erased_goes_when_the_register_is_opened(
    register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(_: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", die)
        with pytest.raises(KeyboardInterrupt):
            erase(register, CASE, None)
    assert len([*register.glob("buckets/*/cases.parquet")]) == 2
    with pytest.raises(CaseError, match="has no made"):
        erase(register, CASE, None)
    (left,) = register.glob("buckets/*/cases.parquet")
    assert CASE not in pl.read_parquet(left)["case"].to_list()


def test_nothing_is_erased_without_a_line_of_it(
    register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced = Disk.replace

    def die(self: Disk, path: Path, content: bytes) -> None:
        if path.name == "register.json":
            raise KeyboardInterrupt
        replaced(self, path, content)

    with monkeypatch.context() as patch:
        patch.setattr(Disk, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            erase(register, CASE, None)
    assert read_head(register).cases == 5
    erase(register, CASE, None)
    lines = (register / ERASED_FILE).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2


def test_the_command_tells_what_is_left_to_do(register: Path, tmp_path: Path) -> None:
    done = run_command(
        ["register", "erase", register, CASE, "--by", "甲"],
        settings={"LANG": "zh_CN.UTF-8", "XDG_DATA_HOME": str(tmp_path / "home")},
    )
    assert done.returncode == 0, done.stderr
    assert f"已删除{CASE}" in done.stdout
    assert "有4家" in done.stdout
    assert "重新筛查" in done.stdout
