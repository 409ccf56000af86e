"""A copy taken while everything is being written restores to what was there."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dj_database_url import parse

from changqing.disk import only_writer
from changqing.errors import CaseError
from changqing.evidence.ledger.recorded import Evidence
from changqing_web.backup import (
    BackupError,
    DatabaseAddress,
    Installation,
    UnusableError,
    back_up,
    restore,
)
from tests.web.web_world import EXAMPLES

_NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)


def _run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CHANGQING_")}
    clean.pop("DJANGO_SETTINGS_MODULE", None)
    config = {"XDG_CONFIG_HOME": str(home.parent / f"{home.name}-config")}
    return subprocess.run(
        [sys.executable, "-m", "changqing_web", *arguments],
        env={**clean, **config, "CHANGQING_HOME": str(home), **more},
        capture_output=True,
        text=True,
        timeout=120,
    )


def _digest_files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lock" and not path.name.endswith(".new")
    }


@pytest.fixture
def kept(tmp_path: Path) -> Installation:
    """An installation with two cases, a database that is written to, and its keys."""
    home = tmp_path / "home"
    for name in ("local-life", "newly-registered"):
        leave = shutil.ignore_patterns(".changqing")
        shutil.copytree(EXAMPLES / name, home / "cases" / "w" / name, ignore=leave)
    (home / "secret").write_text("the secret")
    (home / "made" / "w").mkdir(parents=True)
    (home / "made" / "w" / "bundle.zip").write_bytes(b"a bundle")
    key = tmp_path / "key"
    key.write_text("the key")
    with closing(sqlite3.connect(home / "changqing.db")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE event (n INTEGER)")
        database.executemany("INSERT INTO event VALUES (?)", [(n,) for n in range(9)])
        database.commit()
    return Installation(
        home=home, key=key, database=_locate(f"sqlite:///{home / 'changqing.db'}")
    )


def _locate(url: str) -> DatabaseAddress:
    return DatabaseAddress.from_settings({**parse(url)})


def _move_elsewhere(kept: Installation, name: str = "other") -> Installation:
    home = kept.home.parent / name
    return Installation(
        home=home,
        key=home.parent / f"{name}-key",
        database=_locate(f"sqlite:///{home / 'changqing.db'}"),
    )


def _list_rows(kept: Installation) -> list[int]:
    with closing(sqlite3.connect(kept.database.name)) as database:
        return [n for (n,) in database.execute("SELECT n FROM event ORDER BY n")]


def test_a_restored_home_equals_the_original(
    kept: Installation, tmp_path: Path
) -> None:
    done = back_up(kept, tmp_path / "copy.tar.gz", now=_NOW)
    assert done.cases == 2
    other = _move_elsewhere(kept)
    assert restore(other, tmp_path / "copy.tar.gz").files == done.files
    assert _digest_files(other.home / "cases") == _digest_files(kept.home / "cases")
    assert _digest_files(other.home / "made") == _digest_files(kept.home / "made")
    assert (other.home / "secret").read_text() == "the secret"
    assert other.key.read_text() == "the key"
    assert _list_rows(other) == list(range(9))


def test_what_can_be_made_again_is_not_copied(
    kept: Installation, tmp_path: Path
) -> None:
    whole = _digest_files(kept.home / "cases")
    for place in (kept.home / "cases", kept.home / "cases" / "w" / "local-life"):
        (place / ".changqing" / "papers").mkdir(parents=True)
        (place / ".changqing" / "papers" / "found.json").write_text(
            "张伟", encoding="utf-8"
        )
    back_up(kept, tmp_path / "copy.tar.gz", now=_NOW)
    other = _move_elsewhere(kept)
    restore(other, tmp_path / "copy.tar.gz")
    assert _digest_files(other.home / "cases") == whole


def test_only_its_owner_reads_a_copy(kept: Installation, tmp_path: Path) -> None:
    back_up(kept, tmp_path / "copy.tar.gz", now=_NOW)
    assert (tmp_path / "copy.tar.gz").stat().st_mode & 0o777 == 0o600


@pytest.fixture
def busy(kept: Installation) -> Iterator[None]:
    """Somebody writes events to the database and pairs of files to a case, always."""
    stop = threading.Event()
    case = kept.home / "cases" / "w" / "local-life"

    def write_events() -> None:
        with closing(sqlite3.connect(kept.database.name, timeout=20)) as database:
            n = 100
            while not stop.is_set():
                database.execute("BEGIN IMMEDIATE")
                database.execute("INSERT INTO event VALUES (?)", (n,))
                database.execute("INSERT INTO event VALUES (?)", (n + 1,))
                database.commit()
                n += 2

    def write_files() -> None:
        n = 0
        while not stop.is_set():
            time.sleep(0.003)
            with (
                suppress(CaseError),  # the copy holds the lock: try again
                only_writer(case / "evidence" / "lock"),
            ):
                for name in ("a", "z"):
                    (case / "evidence" / name).write_text(str(n))
            n += 1

    threads = [threading.Thread(target=write) for write in (write_events, write_files)]
    for thread in threads:
        thread.start()
    patience = time.monotonic() + 20
    while not (case / "evidence" / "z").exists() and time.monotonic() < patience:
        time.sleep(0.003)
    yield
    stop.set()
    for thread in threads:
        thread.join()


@pytest.mark.long
@pytest.mark.usefixtures("busy")
def test_a_copy_taken_while_being_written_is_of_one_moment(
    kept: Installation, tmp_path: Path
) -> None:
    for turn in range(3):
        copy = tmp_path / f"copy-{turn}.tar.gz"
        back_up(kept, copy, now=_NOW)
        other = _move_elsewhere(kept, f"other-{turn}")
        restore(other, copy)
        assert len(_list_rows(other)) % 2 == 1  # nine, and pairs
        evidence = other.home / "cases" / "w" / "local-life" / "evidence"
        assert (evidence / "a").read_text() == (evidence / "z").read_text()


def test_a_case_that_stays_busy_is_named_and_no_half_copy_is_left(
    kept: Installation, tmp_path: Path
) -> None:
    case = kept.home / "cases" / "w" / "local-life"
    with (
        only_writer(case / "evidence" / "lock"),
        pytest.raises(BackupError, match="local-life"),
    ):
        back_up(kept, tmp_path / "copies" / "copy.tar.gz", now=_NOW, wait=0.2)
    assert list((tmp_path / "copies").iterdir()) == []


def test_nothing_is_written_over(kept: Installation, tmp_path: Path) -> None:
    copy = tmp_path / "copy.tar.gz"
    back_up(kept, copy, now=_NOW)
    before = copy.read_bytes()
    with pytest.raises(UnusableError, match="there already"):
        back_up(kept, copy, now=_NOW)
    with pytest.raises(UnusableError, match="empty folder"):
        restore(kept, copy)
    assert copy.read_bytes() == before
    assert _list_rows(kept) == list(range(9))


@pytest.mark.long
@pytest.mark.share
@pytest.mark.parametrize("at", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_damaged_copy_restores_nothing(
    kept: Installation, tmp_path: Path, at: float
) -> None:
    copy = tmp_path / "copy.tar.gz"
    back_up(kept, copy, now=_NOW)
    whole = copy.read_bytes()
    for broken in (whole[: int(len(whole) * at)], _flip_byte(whole, at)):
        copy.write_bytes(broken)
        other = _move_elsewhere(kept)
        with pytest.raises(BackupError):
            restore(other, copy)
        assert list(other.home.iterdir()) == []
        assert not other.key.exists()


def _flip_byte(whole: bytes, at: float) -> bytes:
    place = int(len(whole) * at)
    return whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]


def test_a_member_that_leads_out_of_the_folder_is_refused(
    kept: Installation, tmp_path: Path
) -> None:
    evil = tmp_path / "evil.tar.gz"
    with tarfile.open(evil, "w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../../escaped"))
    with pytest.raises(BackupError):
        restore(_move_elsewhere(kept), evil)
    assert not (tmp_path / "escaped").exists()


def test_another_signing_key_is_never_replaced(
    kept: Installation, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.tar.gz"
    back_up(kept, copy, now=_NOW)
    other = _move_elsewhere(kept)
    other.key.write_text("a key of its own")
    with pytest.raises(UnusableError, match="signing key"):
        restore(other, copy)
    assert other.key.read_text() == "a key of its own"


def _go_whole_way(
    tmp_path: Path, first: dict[str, str], second: dict[str, str]
) -> None:
    """Set up, back up and restore by the commands that people type."""
    home, other = tmp_path / "one", tmp_path / "two"
    made = _run(home, "setup", **first)
    assert made.returncode == 0, made.stderr
    case = home / "cases" / "w" / "local-life"
    shutil.copytree(
        EXAMPLES / "local-life", case, ignore=shutil.ignore_patterns(".changqing")
    )
    done = _run(home, "backup", str(tmp_path / "copy.tar.gz"), **first)
    assert done.returncode == 0, done.stderr
    back = _run(other, "restore", str(tmp_path / "copy.tar.gz"), **second)
    assert back.returncode == 0, back.stderr
    assert _digest_files(other / "cases") == _digest_files(home / "cases")
    assert (other / "secret").read_bytes() == (home / "secret").read_bytes()
    Evidence(other / "cases" / "w" / "local-life").verify()
    again = _run(other, "restore", str(tmp_path / "copy.tar.gz"), **second)
    assert again.returncode == 2
    assert "空的文件夹" in again.stderr


@pytest.mark.long
def test_the_commands_on_sqlite(tmp_path: Path) -> None:
    _go_whole_way(tmp_path, {}, {})


@pytest.mark.long
@pytest.mark.postgresql
def test_the_commands_on_postgresql(
    tmp_path: Path, postgresql: Callable[[], str]
) -> None:
    first, second = ({"DATABASE_URL": postgresql()} for _ in range(2))
    _go_whole_way(tmp_path, first, second)
