"""Background work: done once, and taken up again after a restart."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

import changqing_web.work  # noqa: F401 - names what can be done
from changqing.text import Text
from changqing_web import jobs
from changqing_web.models import Job
from tests.web.web_world import Place


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The keys of the jobs that were done, in order."""
    keys: list[int] = []

    def work(job: Job, tell: Callable[[Text], None]) -> dict[str, object]:
        keys.append(job.pk)
        return {}

    monkeypatch.setitem(jobs.WORK, "count", work)
    return keys


def _job(place: Place, state: Job.State) -> Job:
    return Job.objects.create(
        workspace=place.workspace, kind="count", state=state, asked_by="somebody"
    )


@pytest.mark.parametrize("state", [Job.State.RUNNING, Job.State.WAITING])
def test_what_was_left_behind_is_taken_up(
    place: Place, done: list[int], state: Job.State
) -> None:
    left = _job(place, state)
    assert jobs.take_up() == 1
    assert done == [left.pk]
    left.refresh_from_db()
    assert left.state == Job.State.DONE


def test_a_job_that_is_asked_for_twice_is_done_once(
    place: Place, done: list[int]
) -> None:
    job = _job(place, Job.State.WAITING)
    jobs.do(job.pk)
    jobs.do(job.pk)
    assert done == [job.pk]


def test_a_job_that_fails_says_so_in_both_languages(place: Place) -> None:
    job = _job(place, Job.State.WAITING)
    job.kind = "no such work"
    job.save()
    jobs.do(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert set(job.result["error"]) == {"zh", "en"}


@pytest.mark.postgresql
def test_work_can_wait_in_postgresql(
    tmp_path: Path, postgresql: Callable[[], str]
) -> None:
    queue = jobs.queue(postgresql(), tmp_path)

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
    job = _job(place, Job.State.WAITING)
    jobs.do(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert job.result == {"steps": [0, 1, 1]}


def test_a_job_waits_for_who_is_writing_to_the_case(place: Place) -> None:
    (place.folder / "evidence").mkdir(exist_ok=True)
    lock = os.open(place.folder / "evidence" / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    threading.Timer(1.5, os.close, [lock]).start()
    sealed = _job(place, Job.State.WAITING)
    sealed.kind, sealed.case = "seal", place.case.folder
    sealed.save()
    jobs.do(sealed.pk)
    sealed.refresh_from_db()
    assert sealed.state == Job.State.DONE, sealed.result
