"""Background work: done once, and taken up again after a restart."""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import changqing_web.work.every  # noqa: F401 - names what can be done
from changqing.text import Text
from changqing_web import jobs
from changqing_web.models import Job, Workspace
from tests.web.web_live import Live
from tests.web.web_world import Place, make_place


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The keys of the jobs that were done, in order."""
    keys: list[int] = []

    def work(job: Job, tell: Callable[[Text], None]) -> dict[str, object]:
        keys.append(job.pk)
        return {}

    monkeypatch.setitem(jobs.WORK, "count", work)
    return keys


def _make_job(place: Place, state: Job.State) -> Job:
    return Job.objects.create(
        workspace=place.workspace, kind="count", state=state, asked_by="somebody"
    )


@pytest.mark.parametrize("state", [Job.State.RUNNING, Job.State.WAITING])
def test_what_was_left_behind_is_taken_up(
    place: Place, done: list[int], state: Job.State
) -> None:
    left = _make_job(place, state)
    assert jobs.take_up() == 1
    assert done == [left.pk]
    left.refresh_from_db()
    assert left.state == Job.State.DONE


def test_a_job_that_is_asked_for_twice_is_done_once(
    place: Place, done: list[int]
) -> None:
    job = _make_job(place, Job.State.WAITING)
    jobs.do(job.pk)
    jobs.do(job.pk)
    assert done == [job.pk]


def test_a_job_that_fails_says_so_in_both_languages(place: Place) -> None:
    job = _make_job(place, Job.State.WAITING)
    job.kind = "no such work"
    job.save()
    jobs.do(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert set(job.result["error"]) == {"zh", "en"}


@pytest.mark.long
@pytest.mark.postgresql
def test_work_can_wait_in_postgresql(
    tmp_path: Path, postgresql: Callable[[], str]
) -> None:
    queue = jobs.make_queue(postgresql(), tmp_path)

    @queue.task()  # type: ignore[untyped-decorator]
    def add(one: int, other: int) -> int:
        return one + other

    waiting = add(1, 2)
    task = queue.dequeue()
    queue.execute(task)
    assert waiting.get(blocking=True, timeout=10) == 3
    queue.storage.close()


def test_long_work_gives_way_and_goes_on_where_it_was(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def work(job: Job, tell: Callable[[Text], None]) -> dict[str, object]:
        job.result = {"steps": [*job.result.get("steps", ()), len(job.result)]}
        if len(job.result["steps"]) < 3:
            raise jobs.GiveWay
        return dict(job.result)

    monkeypatch.setitem(jobs.WORK, "count", work)
    job = _make_job(place, Job.State.WAITING)
    jobs.do(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert job.result == {"steps": [0, 1, 1]}


@pytest.mark.long
def test_a_job_waits_for_who_is_writing_to_the_case(place: Place) -> None:
    (place.folder / "evidence").mkdir(exist_ok=True)
    lock = os.open(place.folder / "evidence" / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    threading.Timer(1.5, os.close, [lock]).start()
    sealed = _make_job(place, Job.State.WAITING)
    sealed.kind, sealed.case = "seal", place.case.folder
    sealed.save()
    jobs.do(sealed.pk)
    sealed.refresh_from_db()
    assert sealed.state == Job.State.DONE, sealed.result


def test_workspaces_take_turns(place: Place, done: list[int]) -> None:
    other, third = make_place("other"), make_place("third")
    many = [_make_job(place, Job.State.WAITING) for _ in range(3)]
    one, two = _make_job(other, Job.State.WAITING), _make_job(other, Job.State.WAITING)
    last = _make_job(third, Job.State.WAITING)
    for job in [*many, one, two, last]:
        jobs.do(job.pk)
    order = [many[0], one, last, many[1], two, many[2]]
    assert done == [job.pk for job in order]


def test_what_gave_way_is_behind_what_its_own_workspace_asks_for(
    place: Place, done: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def long(job: Job, tell: Callable[[Text], None]) -> dict[str, object]:
        done.append(job.pk)
        if jobs.has_others_waiting(job):
            job.result = {"so far": True}
            raise jobs.GiveWay
        return {}

    monkeypatch.setitem(jobs.WORK, "long", long)
    first = _make_job(place, Job.State.WAITING)
    first.kind = "long"
    first.save()
    second = _make_job(place, Job.State.WAITING)
    jobs.do(first.pk)
    jobs.do(second.pk)
    assert done == [first.pk, second.pk, first.pk]


def test_what_twice_ended_its_worker_is_given_up_after_a_restart(
    place: Place, done: list[int]
) -> None:
    poisoned, once = (_make_job(place, Job.State.RUNNING) for _ in range(2))
    poisoned.tries, once.tries = 2, 1
    poisoned.save()
    once.save()
    assert jobs.take_up() == 1
    assert done == [once.pk]
    poisoned.refresh_from_db()
    assert poisoned.state == Job.State.FAILED
    assert "不再自动重试" in poisoned.result["error"]["zh"][0]
    assert "not tried again" in poisoned.result["error"]["en"][0]


def test_where_one_worker_died_others_go_on_with_theirs(
    place: Place, done: list[int]
) -> None:
    elsewhere = _make_job(place, Job.State.RUNNING)
    elsewhere.machine = "another"
    elsewhere.save()
    assert jobs.take_up_here() == 0
    assert jobs.take_up() == 1


@pytest.mark.long
def test_a_job_that_never_ends_is_ended_and_given_up_and_stops_nobody(
    tmp_path: Path,
) -> None:
    live = Live(
        home=tmp_path / "home", examples=True, settings={"CHANGQING_JOB_SECONDS": "4"}
    )
    live.start()
    try:
        hanging = _ask_to_verify(live, "local-life")
        os.mkfifo(hanging)  # who opens it waits for ever
        text = _ask_to_verify(live, "newly-registered")
        text.write_text("no bundle")
        live.kill_worker()  # the next takes up what waits
        assert _wait_for_ends(live) == ["failed", "done"]
        assert not hanging.exists()
        assert not text.exists()
        with live.open_database() as database:
            said = database.execute(
                f"SELECT result FROM {Job._meta.db_table}"  # noqa: S608
                " WHERE kind = 'verify' ORDER BY id"
            ).fetchone()
        told = json.loads(said[0])["error"]
        assert "用的时间太长" in told["zh"][0]
        assert "took too long" in told["en"][0]
    finally:
        live.kill()


def _ask_to_verify(live: Live, case: str) -> Path:
    """A job as the page makes it; where its bundle belongs."""
    with live.open_database() as database:
        (workspace,) = database.execute(
            f"SELECT id FROM {Workspace._meta.db_table} WHERE slug = 'examples'"  # noqa: S608
        ).fetchone()
        key = database.execute(
            f"INSERT INTO {Job._meta.db_table} (workspace_id, {_TEXTS}, tries, machine,"  # noqa: S608
            " asked_at) VALUES (?, ?, 'verify', '{}', 'waiting', '{}', '{}', 'me', 0,"
            " '', '2026-01-01')",
            (workspace, case),
        ).lastrowid
    path = live.home / "made" / "examples" / case / "bundles" / f"verify-{key}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


_TEXTS = '"case", kind, given, state, step, result, asked_by'


def _wait_for_ends(live: Live) -> list[str]:
    """How the checks ended, in the order in which they were asked for."""
    end = time.monotonic() + 90
    while True:
        with live.open_database() as database:
            states = [
                str(row[0])
                for row in database.execute(
                    f"SELECT state FROM {Job._meta.db_table}"  # noqa: S608
                    " WHERE kind = 'verify' ORDER BY id"
                )
            ]
        if not {"waiting", "running"} & set(states):
            return states
        assert time.monotonic() < end, states
        time.sleep(0.2)
