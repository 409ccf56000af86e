"""Spark and Ray judge buckets as this process does: the same files, and our words."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from changqing.errors import CaseError
from changqing.screening.engines import _open, _try_bucket, find_engine, read_address
from changqing.screening.layout import write_register
from changqing.screening.make import RegisterMaker
from changqing.screening.screen import ScreenJob, run_in_process, screen
from tests.command_line import run_command
from tests.needs import ENGINES, require_engine
from tests.shipped import CATALOGUE

AS_OF = date(2026, 11, 24)
HERE = {"spark": "spark://local[2]", "ray": "ray://local"}
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""For a run of seconds: to compile its code best takes Java longer than to run it."""


def run_apart(home: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run `changqing` in a process of its own: an engine leaves threads and sockets."""
    return subprocess.run(
        [sys.executable, "-m", "changqing", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "LANG": "zh_CN.UTF-8",
            "XDG_DATA_HOME": str(home),
            "SPARK_SUBMIT_OPTS": QUICK_JAVA,
        },
    )


def read_files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.long
@pytest.mark.parametrize(
    "engine", [pytest.param("spark", marks=pytest.mark.java), "ray"]
)
def test_an_engine_makes_the_same_run_and_tells_a_damaged_bucket(
    engine: str, tmp_path: Path
) -> None:
    require_engine(engine)
    register = tmp_path / "register"
    with write_register(register, CATALOGUE, cases=5_000) as writer:  # several buckets
        list(RegisterMaker(CATALOGUE, seed=3, as_of=AS_OF).make_all(8, writer))
    job = ScreenJob(register=register, out=tmp_path / "here", as_of=AS_OF)
    run = screen(job, map_buckets=run_in_process)
    assert len(run.buckets) > 1
    asked = ("--as-of", AS_OF, "--on", HERE[engine])
    done = run_apart(tmp_path, "screen", register, *asked, "--out", tmp_path / "there")
    assert done.returncode == 0, done.stderr
    assert read_files(tmp_path / "there") == read_files(tmp_path / "here")
    damaged = next(register.glob("buckets/*/cases.parquet"))
    damaged.write_bytes(b"")
    done = run_apart(
        tmp_path, "screen", register, *asked, "--out", tmp_path / "damaged"
    )
    assert done.returncode != 0
    assert "登记册读不出" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "damaged" / "run.json").exists()


@pytest.mark.parametrize(
    ("address", "engine", "place"),
    [
        ("spark://local", "spark", "local"),
        ("spark://local[4]", "spark", "local[4]"),
        ("spark://local[*]", "spark", "local[*]"),
        ("spark://localhost:7077", "spark", "spark://localhost:7077"),
        ("spark://local.example:7077", "spark", "spark://local.example:7077"),
        ("ray://local", "ray", "local"),  # never one that RAY_ADDRESS names
        ("ray://localhost:10001", "ray", "ray://localhost:10001"),
    ],
)
def test_an_address_is_what_the_engine_itself_calls_the_place(
    address: str, engine: str, place: str
) -> None:
    assert read_address(address) == (engine, place)


@pytest.mark.parametrize("address", ["spark://", "hadoop://a", "local[2]", "ray"])
def test_an_address_of_no_engine_is_told_with_those_there_are(address: str) -> None:
    with pytest.raises(CaseError) as caught:
        find_engine(address)
    hint = caught.value.issues[0].hint
    assert hint is not None
    assert "spark://" in hint.en


def test_a_disk_that_refuses_is_told_as_it_is_without_an_engine(tmp_path: Path) -> None:
    register = tmp_path / "register"
    with write_register(register, CATALOGUE, cases=1) as writer:
        list(RegisterMaker(CATALOGUE, seed=3, as_of=AS_OF).make_all(1, writer))
    (tmp_path / "out").write_bytes(b"a file where a folder should be")
    job = ScreenJob(register=register, out=tmp_path / "out", as_of=AS_OF)
    told = pickle.loads(pickle.dumps(_try_bucket(job, 0)))  # noqa: S301 - as engines do
    assert isinstance(told, OSError)
    with pytest.raises(OSError, match="out"):
        _open(told)


def test_an_engine_that_is_not_installed_is_named_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with write_register(tmp_path / "register", CATALOGUE, cases=1) as writer:
        list(RegisterMaker(CATALOGUE, seed=3, as_of=AS_OF).make_all(1, writer))
    for engine, package in ENGINES.items():
        monkeypatch.setitem(sys.modules, package, None)
        done = run_command(
            [
                *("screen", str(tmp_path / "register"), "--as-of", AS_OF.isoformat()),
                *("--out", str(tmp_path / engine), "--on", HERE[engine]),
            ],
            settings={"LANG": "zh_CN.UTF-8", "XDG_DATA_HOME": str(tmp_path / "home")},
        )
        assert f"pip install 'changqing[{engine}]'" in done.stderr
        assert done.returncode == 2
