"""Work that takes longer than a page may: looking, rendering, sealing.

A `Job` row is what a person sees; huey is what runs it, in a child process that is
ended when it takes too long. Doing it again is safe: everything written to a case
folder is written whole or not at all. What did not end after `MOST_TRIES` is given up
and says so.
"""

from __future__ import annotations

import logging
import os
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import close_old_connections, transaction
from django.db.models import F, Max
from django.utils import timezone
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey

from changqing.errors import BusyError, ChangqingError, GivenUpError
from changqing.jsondata import JsonObject
from changqing.sandbox.pool import Limits, Pool
from changqing.text import Language, Text
from changqing_web.errors import list_issues
from changqing_web.models import Job, Role, Workspace
from changqing_web.walls import Here

Work = Callable[[Job, Callable[[Text], None]], JsonObject]
WORK: Final[dict[str, Work]] = {}
"""What can be done in the background, by kind; modules add theirs with `work`."""
SECONDS: Final[dict[str, float]] = {}
"""After how long it is ended, where that is less than for all."""
AFTER: Final[dict[str, Callable[[Job], None]]] = {}
"""What is cleared away when a job has ended, by kind."""
EACH: Final[set[str]] = set()
"""The kinds of work that may be under way several times, for what is given."""
STOPPABLE: Final[set[str]] = set()
"""The kinds of work that look, in between, whether they were asked to stop."""
MOST_TRIES: Final = 2
_MOST_SECONDS: Final = 1800.0
_MOST_MEMORY: Final = 3 << 30
_MOST_OUTPUT: Final = 1 << 30
_NEVER: Final = datetime.min.replace(tzinfo=UTC)
_CUT_OFF: Final = Text(zh="每次都在中途中断", en="it broke off each time")

_PATIENCE: Final = 120.0  # seconds to wait for who is writing to the case
_PAUSE: Final = 0.5
_BUSY: Final = Text(
    zh="项目正由别的程序写入，等它写完",
    en="Waiting for another program that writes to the case",
)
_AGAIN: Final = Text(
    zh="上次没有办完，排队再试一次",
    en="Not finished last time; waiting to be tried again",
)
_log = logging.getLogger(__name__)


class GiveWay(Exception):  # noqa: N818 - nothing is wrong
    """Raised by long work that can go on where it was: what others wait for is first.

    What it has done so far stays in `job.result`, and it is begun again after them.
    """


class JobStopped(Exception):  # noqa: N818 - nothing is wrong
    """Raised by work that somebody asked to stop; what it has done stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOutcome:
    """What came of doing a job once: its end, or how far it got before it gave way."""

    state: Job.State
    result: JsonObject
    gives_way: bool = False


def make_queue(address: str | None, home: Path) -> Huey:
    """Make the queue: SQLite in the home folder, or what `CHANGQING_QUEUE` names."""
    if address is None:
        return SqliteHuey("changqing", filename=str(home / "queue.db"), fsync=True)
    if address.startswith(("redis://", "rediss://")):
        return RedisHuey("changqing", url=address)
    return PostgresHuey("changqing", dsn=address)


huey = make_queue(os.environ.get("CHANGQING_QUEUE"), settings.HOME)


def work(
    kind: str,
    *,
    seconds: float | None = None,
    after: Callable[[Job], None] | None = None,
    stoppable: bool = False,
    each: bool = False,
) -> Callable[[Work], Work]:
    """Let `function` do jobs of a kind. It gets the job and tells its steps.

    After `seconds` it is ended; what may take longer gives way in between. `after` is
    called once a job has ended, however it did. What is `stoppable` calls
    `stop_if_asked` in between. Of one kind on one case one is under way at a time, but
    for `each`, of which there is one for what it is given.
    """

    def register_work(function: Work) -> Work:
        WORK[kind] = function
        if seconds is not None:
            SECONDS[kind] = seconds
        if after is not None:
            AFTER[kind] = after
        if stoppable:
            STOPPABLE.add(kind)
        if each:
            EACH.add(kind)
        return function

    return register_work


def begin_job(here: Here, kind: str, **given: object) -> Job:
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
            **({"given": given} if kind in EACH else {}),
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
        transaction.on_commit(lambda: _enqueue_job(job))
    return job


def _do_job(job: Job) -> JsonObject:
    """Do it, and again after a while where another process writes to the case."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            return WORK[job.kind](job, lambda step: _save_step(job, step))
        except BusyError:
            if time.monotonic() > end:
                raise
            _save_step(job, _BUSY)
            time.sleep(_PAUSE)


def _enqueue_job(job: Job) -> None:
    """Hand a job to the queue; where that cannot be reached, the job says so."""
    try:
        do(job.pk)
    except Exception:  # noqa: BLE001 - every kind of queue fails in its own way
        _log.exception("job %s cannot be queued", job.pk)
        _end_job(job, Job.State.FAILED, {"error": _NO_QUEUE})


def _end_job(job: Job, state: Job.State, result: JsonObject) -> None:
    job.state, job.result, job.ended_at = state, result, timezone.now()
    job.save(update_fields=["state", "result", "ended_at"])
    if job.kind in AFTER:
        AFTER[job.kind](job)


@huey.task()  # type: ignore[untyped-decorator]
def do(key: int) -> None:
    """Run the job whose turn it is to its end, whatever that is.

    Each job is in the queue once, and each entry does one job: `key` was asked for,
    but another workspace may be first in turn.
    """
    if not huey.immediate:  # there the connection is of whoever asked
        close_old_connections()
    job = _begin_next()
    if job is None:
        return  # somebody else has it, or it is done
    try:
        outcome = _answer_apart(job)
    except GivenUpError as error:
        _log.warning("job %s of kind %s given up: %s", job.pk, job.kind, error.reason)
        if job.tries < MOST_TRIES:
            _wait_again(job)
        else:
            _end_job(job, Job.State.FAILED, {"error": describe_giving_up(error)})
        return
    if outcome.gives_way:
        _wait_again(job, outcome.result)
    else:
        _end_job(job, outcome.state, outcome.result)


def _begin_next() -> Job | None:
    """Begin the waiting job whose turn it is; None when nothing waits.

    Workspaces take turns: first the one for which nothing was begun for longest. In it
    what was never begun comes before what gave way.
    """
    waiting = Job.objects.filter(state=Job.State.WAITING)
    of = waiting.values_list("workspace", flat=True)
    last = dict(
        Job.objects.filter(workspace__in=set(of), begun_at__isnull=False)
        .values_list("workspace")
        .annotate(Max("begun_at"))
    )
    turns = sorted(
        waiting.values_list("pk", "workspace", "begun_at"),
        key=lambda row: (last.get(row[1]) or _NEVER, row[2] or _NEVER, row[0]),
    )
    for key, _, _ in turns:
        row_count = Job.objects.filter(pk=key, state=Job.State.WAITING).update(
            state=Job.State.RUNNING,
            tries=F("tries") + 1,
            begun_at=timezone.now(),
            machine=_name_machine(),
        )
        if row_count:
            return Job.objects.select_related("workspace").get(pk=key)
    return None


def _answer_apart(job: Job) -> JobOutcome:
    """Have a job done in a process that can be ended; GivenUpError when it was."""
    if huey.immediate:  # in the transaction of whoever asked
        return work_on(job.pk)
    seconds = min(SECONDS.get(job.kind, _MOST_SECONDS), settings.JOB_SECONDS)
    limits = Limits(
        seconds=seconds,
        processor=2 * seconds,  # some of it runs on several cores
        memory=_MOST_MEMORY,
        output=_MOST_OUTPUT,
    )
    return _make_pool().run(limits, work_on, job.pk)


@cache
def _make_pool() -> Pool:
    """As many children as threads may ask, each with Django in it."""
    return Pool(most=64, prepare="changqing_web.jobs_apart:prepare")


def work_on(key: int) -> JobOutcome:
    """Do a job that was begun, in whatever process this is, and say what came of it."""
    if not huey.immediate:
        close_old_connections()
    job = Job.objects.select_related("workspace").get(pk=key)
    try:
        return JobOutcome(state=Job.State.DONE, result=_do_job(job))
    except GiveWay:
        return JobOutcome(state=Job.State.WAITING, result=job.result, gives_way=True)
    except JobStopped:
        return JobOutcome(state=Job.State.STOPPED, result=job.result)
    except ChangqingError as error:
        error_lines = {
            language.value: list_issues(error, language) for language in Language
        }
        return JobOutcome(state=Job.State.FAILED, result={"error": error_lines})
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - the outermost shell of a job
        _log.exception("job %s of kind %s", job.pk, job.kind)
        return JobOutcome(state=Job.State.FAILED, result={"error": _UNFORESEEN})


def _wait_again(job: Job, result: JsonObject | None = None) -> None:
    """Let a job wait for its next turn; `result` is what it has done so far."""
    job.state = Job.State.WAITING
    if result is None:
        job.step = {"zh": _AGAIN.zh, "en": _AGAIN.en}
        job.save(update_fields=["state", "step"])
    else:  # it got somewhere: no try was in vain
        job.result, job.tries = result, 0
        job.save(update_fields=["state", "result", "tries"])
    do(job.pk)


def may_see(here: Here, job: Job) -> bool:
    """Tell whether a person may know of a job; of personal papers only who may edit."""
    return here.may(Role.EDITOR) or not job.given.get("full")


def ask_to_stop(job: Job) -> None:
    """Ask a job to end: one that waits ends now, one that runs after what it does."""
    Job.objects.filter(pk=job.pk).update(stop_asked=True)
    Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(
        state=Job.State.STOPPED, ended_at=timezone.now()
    )


def stop_if_asked(job: Job) -> None:
    """Raise JobStopped where somebody asked that the job ends."""
    if Job.objects.filter(pk=job.pk, stop_asked=True).exists():
        raise JobStopped


def has_others_waiting(job: Job) -> bool:
    """Tell whether somebody waits for something else to be done."""
    return Job.objects.filter(state=Job.State.WAITING).exclude(pk=job.pk).exists()


def take_up(machine: str | None = None) -> int:
    """Begin again, after a restart, what was left behind or never begun; give how many.

    What was begun so often that it may be what ends the worker is given up. With
    `machine` only what was begun there is left behind: others go on with theirs.
    """
    left_behind = Job.objects.filter(state=Job.State.RUNNING)
    if machine is not None:
        left_behind = left_behind.filter(machine=machine)
    for job in left_behind.filter(tries__gte=MOST_TRIES):
        _end_job(job, Job.State.FAILED, {"error": describe_giving_up(None)})
    left_behind.update(state=Job.State.WAITING)
    waiting = Job.objects.filter(state=Job.State.WAITING).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True))
    for key in keys:
        do(key)
    return len(keys)


def _name_machine() -> str:
    return platform.node()[:200]


def take_up_here() -> int:
    """Begin again as `take_up` does, after the worker of this machine died."""
    return take_up(_name_machine())


def describe_giving_up(error: GivenUpError | None) -> dict[str, list[str]]:
    """Say that a job was begun `MOST_TRIES` times and never ended."""
    why = _CUT_OFF if error is None else error.issues[0].text
    return {
        Language.ZH.value: [
            f"试了{MOST_TRIES}次都没有办完（{why.zh}），不再自动重试。"
            "已记录的内容没有丢失。可以换一份文件、减少内容后再办；还不行，请告诉管理员。"
        ],
        Language.EN.value: [
            f"Tried {MOST_TRIES} times and not finished ({why.en}); it is not tried "
            "again by itself. Nothing recorded is lost. Try with another file or with "
            "less; if that fails too, tell the administrator."
        ],
    }


def keep_progress(job: Job, result: JsonObject) -> None:
    """Keep what a job has done so far, for who looks on and for a next turn."""
    job.result = result
    job.save(update_fields=["result"])


def _save_step(job: Job, step: Text) -> None:
    job.step = {"zh": step.zh, "en": step.en}
    job.save(update_fields=["step"])


_NO_QUEUE: Final[JsonObject] = {
    "zh": ["后台任务的队列连不上，没有开始。请告诉管理员，恢复后再试一次。"],
    "en": [
        "The queue of background work cannot be reached, so nothing was begun. "
        "Tell the administrator, and try again when it is back."
    ],
}
_UNFORESEEN: Final[JsonObject] = {
    "zh": ["遇到没有料到的情况，已记录的内容没有丢失。请再试一次。"],
    "en": ["Something unforeseen happened; nothing recorded is lost. Try again."],
}
