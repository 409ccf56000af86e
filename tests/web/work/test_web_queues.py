"""Background work that waits in Redis or PostgreSQL survives the end of its worker."""

from __future__ import annotations

import http.cookiejar
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from changqing_web import jobs
from changqing_web.models import Job, Role
from changqing_web.walls import Here
from tests.web import web_redis
from tests.web.web_live import Live
from tests.web.web_world import Place

_PATIENCE = 90.0


class _Visitor:
    """A person with a browser that knows cookies and forms, and nothing else."""

    def __init__(self, url: str) -> None:
        self._url = url
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def post(self, form: str, to: str, **fields: str) -> str:
        """Send a form of the page at `form`; the page that follows."""
        page = self._read(form)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None, page[:500]
        sent = {"csrfmiddlewaretoken": found[1], **fields}
        return self._read(to, urllib.parse.urlencode(sent).encode())

    def _read(self, path: str, data: bytes | None = None) -> str:
        with self._opener.open(self._url + path, data, timeout=60) as answer:
            return str(answer.read().decode())


def _state(live: Live) -> str:
    """How far the newest job is, as the database has it."""
    with live.open_database() as database:
        row = database.execute(
            f"SELECT state FROM {Job._meta.db_table} ORDER BY id DESC"  # noqa: S608
        ).fetchone()
    return "" if row is None else str(row[0])


def _wait_until(live: Live, *states: str) -> str:
    end = time.monotonic() + _PATIENCE
    while (state := _state(live)) not in states:
        assert time.monotonic() < end, state
        time.sleep(0.02)
    return state


@pytest.mark.parametrize(
    "queue",
    [
        pytest.param("redis", marks=[pytest.mark.redis, pytest.mark.long]),
        pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.long]),
    ],
)
def test_work_is_taken_up_after_its_worker_was_killed(
    tmp_path: Path, queue: str, request: pytest.FixtureRequest
) -> None:
    with _serving(queue, request) as address:
        live = Live(
            home=tmp_path / "home",
            examples=True,
            settings={"CHANGQING_QUEUE": address},
        )
        live.start()
        try:
            _walk(live)
        finally:
            live.kill()


@contextmanager
def _serving(queue: str, request: pytest.FixtureRequest) -> Iterator[str]:
    if queue == "redis":
        with web_redis.server() as address:
            yield address
    else:
        yield request.getfixturevalue("postgresql")()


def _walk(live: Live) -> None:
    visitor = _Visitor(live.url)
    link = live.link.removeprefix(live.url)
    visitor.post(link, link)
    dossier = "/w/examples/c/newly-registered/dossier/"
    visitor.post(dossier, f"{dossier}make")
    _wait_until(live, "running")
    live.kill_worker()
    assert _state(live) == "running"
    assert _wait_until(live, "done", "failed") == "done"


def test_a_queue_that_cannot_be_reached_is_said(
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[None]],
) -> None:
    gone = jobs.make_queue("redis://127.0.0.1:1/0", tmp_path)
    monkeypatch.setattr(jobs, "do", gone.task()(lambda key: None))
    owner = place.workspace.memberships.get(role=Role.OWNER).user
    here = Here(user=owner, workspace=place.workspace, role=Role.OWNER, case=place.case)
    with django_capture_on_commit_callbacks(execute=True):
        job = jobs.begin_job(here, "look")
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert set(job.result["error"]) == {"zh", "en"}
