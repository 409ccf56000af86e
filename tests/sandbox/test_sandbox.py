"""Work in a child process: what it returns and raises, and what ends it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from changqing.errors import CaseError, GivenUpError, NetError
from changqing.sandbox import pool as pool_module
from changqing.sandbox.pool import Limits, Pool
from tests.sandbox import sandbox_work as work

_MB = 1024 * 1024
LIMITS = Limits(seconds=20, memory=256 * _MB, output=_MB)
SHORT = Limits(seconds=0.5, processor=60, memory=256 * _MB, output=_MB)


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(most=1, patience=0.2)
    yield made
    made.close()


def _reason(call: Callable[[], object]) -> str:
    with pytest.raises(GivenUpError) as ended:
        call()
    assert ended.value.exit_code == 3
    assert all(issue.text.zh and issue.text.en for issue in ended.value.issues)
    return ended.value.reason


def test_a_function_runs_in_another_process_which_is_kept(pool: Pool) -> None:
    first = pool.run(LIMITS, work.pid)
    assert first != os.getpid()
    assert pool.run(LIMITS, work.pid) == first
    assert pool.run(LIMITS, work.add, 1, other=2) == 3


def test_a_warm_call_costs_little(pool: Pool) -> None:
    pool.run(LIMITS, work.add, 1, 2)
    took = []
    for _ in range(50):
        began = time.perf_counter()
        pool.run(LIMITS, work.add, 1, 2)
        took.append(time.perf_counter() - began)
    assert sorted(took)[len(took) // 2] < 0.05


def test_what_is_printed_stands_in_no_answer(pool: Pool) -> None:
    assert pool.run(LIMITS, work.print_much) == ""
    assert pool.run(LIMITS, work.add, 1, 2) == 3


def test_errors_travel_with_all_that_they_say(pool: Pool) -> None:
    with pytest.raises(CaseError) as refused:
        pool.run(LIMITS, work.refuse, "case.yaml")
    (issue,) = refused.value.issues
    assert (issue.path, issue.line, issue.text.zh) == ("case.yaml", 3, "不对")
    with pytest.raises(NetError) as unseen:
        pool.run(LIMITS, work.fail_to_look)
    assert (unseen.value.reason, unseen.value.transient) == ("timeout", True)
    with pytest.raises(RuntimeError, match="odd"):
        pool.run(LIMITS, work.be_odd)


@pytest.mark.long
def test_each_limit_ends_the_work_and_the_next_call_is_answered(
    pool: Pool, tmp_path: Path
) -> None:
    little = Limits(seconds=60, processor=0.1, memory=256 * _MB, output=_MB)
    assert _reason(lambda: pool.run(SHORT, work.sleep, 60)) == "time"
    assert _reason(lambda: pool.run(SHORT, work.burn)) == "time"
    assert _reason(lambda: pool.run(little, work.burn)) == "processor"
    assert _reason(lambda: pool.run(LIMITS, work.take, 10**9)) == "memory"
    assert _reason(lambda: pool.run(LIMITS, work.die)) == "died"
    with pytest.raises(OSError, match="large"):
        pool.run(LIMITS, work.write, str(tmp_path / "big"), 2 * _MB)
    pool.run(LIMITS, work.write, str(tmp_path / "small"), 1000)
    assert pool.run(LIMITS, work.take, 100 * _MB) == 100 * _MB
    assert pool.run(LIMITS, work.add, 1, 2) == 3


def test_paths_are_those_of_who_asks(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
        monkeypatch.chdir(tmp_path / name)
        assert pool.run(LIMITS, work.read, "file") == name
    shutil.rmtree(tmp_path / "other")  # where this process stands
    assert pool.run(LIMITS, work.read, str(tmp_path / "one" / "file")) == "one"


def test_a_process_that_is_ended_before_it_is_asked_was_too_slow() -> None:
    child = pool_module._Child(None)

    def ask_too_late() -> bytes:
        while not child._process.stdin.closed:  # type: ignore[union-attr]
            time.sleep(0.01)
        child._send(b"question")
        return b""

    assert _reason(lambda: child._talk_within(0.0, ask_too_late)) == "time"


@pytest.mark.long
def test_what_a_child_started_ends_with_it(pool: Pool, tmp_path: Path) -> None:
    mark = tmp_path / "went on"
    assert _reason(lambda: pool.run(SHORT, work.start_another, str(mark))) == "time"
    time.sleep(4)
    assert not mark.exists()


def test_who_finds_every_child_busy_is_told(pool: Pool) -> None:
    pool.run(LIMITS, work.add, 1, 2)
    other = threading.Thread(target=pool.run, args=(LIMITS, work.sleep, 2))
    other.start()
    time.sleep(0.3)
    assert _reason(lambda: pool.run(LIMITS, work.add, 1, 2)) == "busy"
    other.join()


@pytest.mark.long
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "went on"
    program = (
        "from changqing.sandbox.pool import Limits, Pool\n"
        "from tests.sandbox import sandbox_work as work\n"
        "limits = Limits(seconds=60, memory=2**28, output=2**20)\n"
        "pool = Pool(most=1)\n"
        "print(pool.run(limits, work.pid), flush=True)\n"
        f"pool.run(limits, work.start_another, {str(mark)!r})\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    end = time.monotonic() + 10
    while Path(f"/proc/{child}").exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert not Path(f"/proc/{child}").exists()
    time.sleep(3.5)
    assert not mark.exists()
