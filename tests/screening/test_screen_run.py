"""A run over a register: finished or not, gone on with, shown, compared, opened."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from changqing.cli.result_tables import print_table, write_table
from changqing.cli.sheet import Sheet
from changqing.disk import Disk
from changqing.errors import CaseError
from changqing.law.lookup import is_after_licence
from changqing.screening.case_results import find_case_results
from changqing.screening.layout import read_bucket, read_head, write_register
from changqing.screening.make import RegisterMaker
from changqing.screening.results import ResultTable, compare_sentences, compare_verdicts
from changqing.screening.screen import (
    BucketDone,
    ScreenJob,
    ScreenRun,
    read_run,
    run_in_pool,
    run_in_process,
    scan_results,
    screen,
    screen_bucket,
)
from changqing.text import Language
from tests.command_line import Done, run_command
from tests.shipped import CATALOGUE

AS_OF = date(2026, 11, 24)
CASES = 12


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "register"
    with write_register(folder, CATALOGUE, cases=5_000) as writer:  # several buckets
        list(RegisterMaker(CATALOGUE, seed=3, as_of=AS_OF).make_all(CASES, writer))
    return folder


@pytest.fixture(scope="module")
def run(register: Path) -> ScreenRun:
    job = ScreenJob(register=register, out=register.parent / "run", as_of=AS_OF)
    return screen(job, map_buckets=run_in_process)


def read_files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def changqing(tmp_path: Path) -> Callable[..., Done]:
    def run_here(*words: object) -> Done:
        return run_command(
            [str(word) for word in words],
            settings={"LANG": "zh_CN.UTF-8", "XDG_DATA_HOME": str(tmp_path / "home")},
        )

    return run_here


class _KilledError(Exception):
    pass


def test_every_file_bears_day_and_edition_and_that_it_holds_leads(
    run: ScreenRun,
) -> None:
    files = sorted(run.folder.rglob("*.parquet"))
    assert len(files) >= 3 * len(run.buckets)
    for path in files:
        told = pl.read_parquet_metadata(path)
        assert told["as_of"] == AS_OF.isoformat()
        assert told["catalogue"] == CATALOGUE.digest
        assert "不是认定" in told["leads_only"]


def test_each_case_has_one_row_of_sentences(run: ScreenRun) -> None:
    cases = scan_results(run, "sentences").collect()["case"].to_list()
    assert sorted(cases) == [f"made-{number:07d}" for number in range(1, CASES + 1)]
    assert run.cases == CASES


@pytest.mark.long
def test_a_run_that_was_killed_goes_on_and_ends_the_same(
    run: ScreenRun, register: Path, tmp_path: Path
) -> None:
    job = ScreenJob(register=register, out=tmp_path / "run", as_of=AS_OF)
    judged = []

    def die_after_one(job: ScreenJob, buckets: Sequence[int]) -> list[BucketDone]:
        judged.append(screen_bucket(job, buckets[0]).bucket)
        raise _KilledError

    with pytest.raises(_KilledError):
        screen(job, map_buckets=die_after_one)
    with pytest.raises(CaseError, match="not finished"):
        read_run(job.out)
    # A file that came out torn is not what the mark of its bucket says.
    torn = next((job.out / "sentences").iterdir())
    torn.write_bytes(torn.read_bytes()[:-9])

    def go_on(job: ScreenJob, buckets: Sequence[int]) -> list[BucketDone]:
        judged.extend(buckets)
        return list(run_in_process(job, buckets))

    screen(job, map_buckets=go_on)
    assert sorted(judged) == sorted([*run.buckets, judged[0]])
    assert read_files(job.out) == read_files(run.folder)
    judged.clear()
    screen(job, map_buckets=go_on)
    assert judged == []


@pytest.mark.long
def test_a_run_that_was_made_without_counts_gets_them(
    run: ScreenRun, register: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    shutil.copytree(run.folder, out)
    shutil.rmtree(out / "counts")
    for path in (out / "done").iterdir():
        told = json.loads(path.read_text("utf-8"))
        told["files"] = {n: d for n, d in told["files"].items() if "counts" not in n}
        path.write_text(json.dumps(told), "utf-8")
    job = ScreenJob(register=register, out=out, as_of=AS_OF)
    screen(job, map_buckets=run_in_process)
    assert read_files(out) == read_files(run.folder)


@pytest.mark.long
@pytest.mark.parametrize("name", ["run[1]", "*", "~"])
def test_a_folder_may_be_called_like_a_pattern(
    run: ScreenRun,
    register: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    made = Path(name) / "register"
    shutil.copytree(register, made)
    job = ScreenJob(register=made, out=Path(name) / "run", as_of=AS_OF)
    again = screen(job, map_buckets=run_in_process)
    assert again.cases == CASES
    said = compare_sentences(run, again), compare_verdicts(run, again)
    assert [table.rows for table in said] == [(), ()]
    [case, *_] = scan_results(run, "sentences").collect()["case"]
    assert find_case_results(again, case) == find_case_results(run, case)


def test_a_register_that_is_killed_while_written_is_the_old_one(
    register: Path, tmp_path: Path
) -> None:
    head = read_head(register)
    bucket = min(head.folders)
    case = read_bucket(register, head, bucket, CATALOGUE)[0]
    with write_register(tmp_path, CATALOGUE, cases=1) as writer:
        writer.add([case])
    before = read_head(tmp_path)

    def die(step: str) -> None:
        if step == "rename register.json":
            raise _KilledError

    renamed = replace(case, case=replace(case.case, name="新名字"))
    with (
        pytest.raises(_KilledError),
        write_register(tmp_path, CATALOGUE, cases=1, disk=Disk(step=die)) as writer,
    ):
        writer.add([renamed])
    assert read_head(tmp_path) == before
    (kept,) = read_bucket(tmp_path, before, 0, CATALOGUE)
    assert kept.case.name == case.case.name


def test_another_day_does_not_go_into_the_same_folder(
    run: ScreenRun, register: Path
) -> None:
    job = ScreenJob(register=register, out=run.folder, as_of=AS_OF + timedelta(days=1))
    with pytest.raises(CaseError, match="another run"):
        screen(job, map_buckets=run_in_process)


@pytest.mark.long
def test_two_days_differ_where_proof_has_ended(
    run: ScreenRun, register: Path, tmp_path: Path
) -> None:
    later = AS_OF + timedelta(days=900)
    other = screen(
        ScreenJob(register=register, out=tmp_path / "run", as_of=later),
        map_buckets=run_in_process,
    )
    assert not compare_verdicts(run, run).rows
    assert not compare_sentences(run, run).rows
    changed = compare_verdicts(run, other)
    one, two = (
        scan_results(each, "verdicts/service")
        .select("case", pl.col("complaint_channel_open").alias(side))
        .collect()
        for each, side in ((run, "before"), (other, "after"))
    )
    pairs = one.join(two, on="case")
    expected = pairs.filter(pl.col("before") != pl.col("after")).height
    told = {row[0]: sum(map(int, map(str, row[1:]))) for row in changed.rows}
    assert told["complaint_channel_open"] == expected > 0


def test_a_run_is_shown_counted_and_by_lot(
    run: ScreenRun, tmp_path: Path, changqing: Callable[..., Done]
) -> None:
    shown = changqing("screen", "show", run.folder, "--lang", "zh")
    assert shown.returncode == 0, shown.stdout
    assert "线索，不是认定" in shown.stdout
    into = tmp_path / "counts.csv"
    written = changqing(
        *("screen", "show", run.folder, "--criterion", "company_name_consistent"),
        *("--by", "region", "--csv", into),
    )
    assert written.returncode == 0, written.stderr
    with into.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    reasons = scan_results(run, "reasons").filter(
        pl.col("criterion") == "company_name_consistent"
    )
    assert sum(int(row["verdicts"]) for row in rows) == reasons.collect().height > 0
    assert all(row["leads_only"] for row in rows)
    one, again, other = (
        changqing(
            "screen", "show", run.folder, "--sample", 3, "--seed", seed
        ).stdout.replace(f"种子{seed}", "")
        for seed in (1, 1, 2)
    )
    assert one == again != other
    assert one.count("made-") == 4  # three drawn, and the command to open one
    wrong = changqing(
        "screen", "show", run.folder, "--criterion", "complaint_chanel_open"
    )
    assert wrong.returncode == 2
    assert "complaint_channel_open" in wrong.stderr


def test_a_case_of_a_run_opens_and_is_assessed_alike(
    run: ScreenRun, tmp_path: Path, changqing: Callable[..., Done]
) -> None:
    folder = tmp_path / "case"
    name = "made-0000004"
    opened = changqing("screen", "open", run.folder, name, "--into", folder)
    assert opened.returncode == 0, opened.stderr
    assert "线索" in opened.stdout
    assessed = json.loads(changqing("assess", folder, "--json").stdout)
    (said,) = (
        scan_results(run, "sentences")
        .filter(pl.col("case") == name)
        .collect()
        .iter_rows(named=True)
    )
    for sentence in ("readiness", "compliance"):
        assert assessed[sentence] == said[sentence]
    assert assessed["long_term"]["state"] == said["long_term"]
    caveat = assessed["caveats"][0]
    assert caveat["code"] == "register_extract"
    licence = CATALOGUE.licences[said["licence"]].label.zh
    region = CATALOGUE.regions[said["region"]].label.zh
    for word in ("线索", licence, region, run.as_of.isoformat()):
        assert word in caveat["text"]["zh"]
    holds = is_after_licence(said["stage"])
    assert (
        f"{region}{'持有' if holds else '申请'}{said['licence']}"
        in (caveat["text"]["zh"])
    )
    shown = changqing("assess", folder).stdout
    assert "线索：从登记册的筛查里取出" in shown
    assert "先办三件" not in shown
    sealed = changqing("seal", folder, "-o", tmp_path / "bundle.zip")
    assert sealed.returncode == 2
    assert "只是线索，不能封存" in sealed.stderr
    assert not (tmp_path / "bundle.zip").exists()
    gone = changqing(
        "screen", "open", run.folder, "nobody", "--into", tmp_path / "other"
    )
    assert gone.returncode == 2


@pytest.mark.long
def test_two_processes_write_what_one_writes(
    run: ScreenRun, register: Path, tmp_path: Path
) -> None:
    job = ScreenJob(register=register, out=tmp_path / "run", as_of=AS_OF)
    screen(job, map_buckets=run_in_pool(2))
    assert read_files(job.out) == read_files(run.folder)


def test_an_empty_register_is_not_run(tmp_path: Path) -> None:
    with write_register(tmp_path / "register", CATALOGUE, cases=1):
        pass
    job = ScreenJob(register=tmp_path / "register", out=tmp_path / "run", as_of=AS_OF)
    with pytest.raises(CaseError) as caught:
        screen(job, map_buckets=run_in_process)
    assert caught.value.issues[0].text.zh == "登记册是空的"


def test_a_damaged_plan_is_taken_for_another_run(
    register: Path, tmp_path: Path
) -> None:
    (tmp_path / "plan.json").write_bytes(b'{"version"')
    job = ScreenJob(register=register, out=tmp_path, as_of=AS_OF)
    with pytest.raises(CaseError, match="another run"):
        screen(job, map_buckets=run_in_process)


def test_names_are_shown_and_written_as_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = ResultTable(
        columns=("case", "company"),
        rows=(("open", "甲[/]公司"), ("=1+1", "\rx")),
        numbers=frozenset(),
    )
    print_table(Sheet(Language.ZH), table)
    shown = capsys.readouterr().out
    assert "甲[/]公司" in shown
    assert "open" in shown
    write_table(tmp_path / "t.csv", table, Language.ZH)
    written = (tmp_path / "t.csv").read_bytes().decode("utf-8-sig")
    assert "'=1+1" in written
    assert "'\rx" in written
    query = replace(table, columns=("=1+1", *table.columns[1:]))
    write_table(tmp_path / "q.csv", query, Language.ZH)
    assert (tmp_path / "q.csv").read_text("utf-8-sig").startswith("'=1+1,")


@pytest.mark.long
def test_a_register_that_changes_during_a_run_is_noticed(
    register: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "register"
    shutil.copytree(register, mine)
    job = ScreenJob(register=mine, out=tmp_path / "run", as_of=AS_OF)

    def add_meanwhile(job: ScreenJob, buckets: Sequence[int]) -> Iterator[BucketDone]:
        yield screen_bucket(job, buckets[0])
        with write_register(mine, CATALOGUE, cases=1) as writer:
            maker = RegisterMaker(CATALOGUE, seed=4, as_of=AS_OF)
            writer.add([maker.make(number) for number in range(1, CASES + 1)])
        yield from run_in_process(job, buckets[1:2])

    with pytest.raises(CaseError, match="changed during the run"):
        screen(job, map_buckets=add_meanwhile)
    with pytest.raises(CaseError, match="not finished"):
        read_run(job.out)
