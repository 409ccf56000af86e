"""Work that takes longer than a page may: looking, rendering, sealing.

A `Job` row is what a person sees; huey is what runs it. A worker that dies leaves a job
that says so, and doing it again is safe: everything written to a case folder is written
whole or not at all.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils import timezone
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey

from changqing.errors import BusyError, ChangqingError
from changqing.text import Language, Text
from changqing_web.errors import issues_of
from changqing_web.models import Job, Role, Workspace
from changqing_web.walls import Here

Work = Callable[[Job, Callable[[Text], None]], dict[str, object]]
WORK: Final[dict[str, Work]] = {}
"""What can be done in the background, by kind; modules add theirs with `work`."""

_PATIENCE: Final = 120.0  # seconds to wait for who is writing to the case
_PAUSE: Final = 0.5
_BUSY: Final = Text(
    zh="案件正由别的程序写入，等它写完",
    en="Waiting for another program that writes to the case",
)
_log = logging.getLogger(__name__)


class GiveWay(Exception):  # noqa: N818 - nothing is wrong
    """Raised by long work that can go on where it was: what others wait for is first.

    What it has done so far stays in `job.result`, and it is begun again after them.
    """


def queue(address: str | None, home: Path) -> Huey:
    """The queue: SQLite in the home folder, or what `CHANGQING_QUEUE` names."""
    if address is None:
        return SqliteHuey("changqing", filename=str(home / "queue.db"), fsync=True)
    if address.startswith(("redis://", "rediss://")):
        return RedisHuey("changqing", url=address)
    return PostgresHuey("changqing", dsn=address)


huey = queue(os.environ.get("CHANGQING_QUEUE"), settings.HOME)


def work(kind: str) -> Callable[[Work], Work]:
    """Let `function` do jobs of a kind. It gets the job and tells its steps."""

    def named(function: Work) -> Work:
        WORK[kind] = function
        return function

    return named


def begin(here: Here, kind: str, **given: object) -> Job:
    """Ask for work. The same work on the same case is not begun twice at once."""
    case = here.row.folder if here.case is not None else ""
    with transaction.atomic():
        # Whoever asks at the same moment waits here, and then finds this job.
        Workspace.objects.select_for_update().get(pk=here.workspace.pk)
        running = Job.objects.filter(
            workspace=here.workspace,
            case=case,
            kind=kind,
            state__in=[Job.State.WAITING, Job.State.RUNNING],
        ).first()
        if running is not None:
            return running
        job = Job.objects.create(
            workspace=here.workspace,
            case=case,
            kind=kind,
            given=given,
            asked_by=here.name,
            step={"zh": "排队中", "en": "Waiting its turn"},
        )
        transaction.on_commit(lambda: _enqueue(job))
    return job


def _work(job: Job) -> dict[str, object]:
    """Do it, and again after a while where another process writes to the case."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return WORK[job.kind](job, lambda step: _tell(job, step))
        except BusyError:
            if time.monotonic() > end:
                raise
            _tell(job, _BUSY)
            time.sleep(_PAUSE)


def _enqueue(job: Job) -> None:
    """Hand a job to the queue; where that cannot be reached, the job says so."""
    try:
        do(job.pk)
    except Exception:  # noqa: BLE001 - every kind of queue fails in its own way
        _log.exception("job %s cannot be queued", job.pk)
        _end(job, Job.State.FAILED, {"error": _NO_QUEUE})


def _end(job: Job, state: Job.State, result: dict[str, Any]) -> None:
    job.state, job.result, job.ended_at = state, result, timezone.now()
    job.save(update_fields=["state", "result", "ended_at"])


@huey.task()  # type: ignore[untyped-decorator]
def do(key: int) -> None:
    """Run one job to its end, whatever that is."""
    if not huey.immediate:  # there the connection is of whoever asked
        close_old_connections()
    waiting = Job.objects.filter(pk=key, state=Job.State.WAITING)
    if not waiting.update(state=Job.State.RUNNING):
        return  # somebody else has it, or it is done
    job = Job.objects.select_related("workspace").get(pk=key)
    try:
        result = _work(job)
    except GiveWay:
        job.state = Job.State.WAITING
        job.save(update_fields=["state", "result"])
        do(key)
    except ChangqingError as error:
        told = {language.value: issues_of(error, language) for language in Language}
        _end(job, Job.State.FAILED, {"error": told})
    except Exception:  # noqa: BLE001 - the outermost shell of a job
        _log.exception("job %s of kind %s", job.pk, job.kind)
        _end(job, Job.State.FAILED, {"error": _UNFORESEEN})
    else:
        _end(job, Job.State.DONE, result)


def may_see(here: Here, job: Job) -> bool:
    """Whether a person may know of a job; of personal papers only who may edit."""
    return here.may(Role.EDITOR) or not job.given.get("full")


def others_wait(job: Job) -> bool:
    """Whether somebody waits for something else to be done."""
    return Job.objects.filter(state=Job.State.WAITING).exclude(pk=job.pk).exists()


def take_up() -> int:
    """After a restart: begin again what was left behind or never begun. How many."""
    Job.objects.filter(state=Job.State.RUNNING).update(state=Job.State.WAITING)
    left = Job.objects.filter(state=Job.State.WAITING).order_by("pk")
    keys = list(left.values_list("pk", flat=True))
    for key in keys:
        do(key)
    return len(keys)


def _tell(job: Job, step: Text) -> None:
    job.step = {"zh": step.zh, "en": step.en}
    job.save(update_fields=["step"])


_NO_QUEUE: Final[dict[str, Any]] = {
    "zh": ["后台任务的队列连不上，没有开始。请告诉管理员，恢复后再试一次。"],
    "en": [
        "The queue of background work cannot be reached, so nothing was begun. "
        "Tell the administrator, and try again when it is back."
    ],
}
_UNFORESEEN: Final[dict[str, Any]] = {
    "zh": ["遇到没有料到的情况，已记录的内容没有丢失。请再试一次。"],
    "en": ["Something unforeseen happened; nothing recorded is lost. Try again."],
}
