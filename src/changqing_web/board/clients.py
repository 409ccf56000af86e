"""Work on many clients at once, in the background: each is looked at and judged."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from huey import crontab

from changqing.errors import ChangqingError, TamperError
from changqing.jsondata import JsonObject
from changqing.run import run
from changqing.text import Language, Text
from changqing_web import cases
from changqing_web.board import previews
from changqing_web.errors import say_briefly
from changqing_web.index import refresh_case
from changqing_web.jobs import GiveWay, has_others_waiting, huey, work
from changqing_web.models import CaseRow, Job, Role
from changqing_web.walls import Here

LOOK_AT_ALL = "look_at_all"
_STRETCH = 300.0  # seconds


def find_last_job(here: Here) -> Job | None:
    """Find the look at many that was asked for last."""
    return here.workspace.jobs.filter(kind=LOOK_AT_ALL).order_by("-pk").first()


def find_look_under_way(here: Here) -> Job | None:
    """Find the look at many that is not over yet."""
    job = find_last_job(here)
    return job if job is not None and job.under_way else None


@huey.periodic_task(crontab(minute="7"))  # type: ignore[untyped-decorator]
def forget_previews() -> None:
    """Delete, every hour, the workbooks that were previewed and never imported."""
    previews.forget_untaken(timezone.now())


@work(LOOK_AT_ALL)
def look_at_all(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Look at one case after another; one that cannot be judged stops no other.

    Those judged today are passed over. After each it gives way to whoever waits, and
    every few minutes in any case: no limit of time is meant for all of them together.
    """
    folders = [str(folder) for folder in job.given["folders"]]
    rows = {row.folder: row for row in job.workspace.cases.filter(folder__in=folders)}
    rows_left = [
        rows[folder]
        for folder in folders
        if folder in rows and rows[folder].board.assessed_on != timezone.localdate()
    ]
    progress = job.result or {
        "done": 0,
        "passed": len(rows) - len(rows_left),
        "wrong": [],
    }
    job.result = progress
    failed = {line["folder"] for line in progress["wrong"]}
    rows_left = [row for row in rows_left if row.folder not in failed]
    end = time.monotonic() + _STRETCH
    for number, row in enumerate(rows_left, start=len(rows) - len(rows_left) + 1):
        tell(
            Text(
                f"第{number}个，共{len(rows)}个：{row.name}",
                f"{number} of {len(rows)}: {row.name}",
            )
        )
        _try_look(job, row, progress)
        if has_others_waiting(job) or time.monotonic() > end:
            raise GiveWay
    return progress


def _try_look(job: Job, row: CaseRow, progress: dict[str, Any]) -> None:
    """Look at one case, and tell what came of it."""
    here = Here(
        user=AnonymousUser(), workspace=job.workspace, role=Role.EDITOR, case=row
    )
    try:
        _look_again(here, offline=bool(job.given.get("offline")))
        progress["done"] += 1
    except TamperError:
        refresh_case(job.workspace, row.folder)
        raise
    except ChangqingError as error:
        progress["wrong"].append(
            {
                "folder": row.folder,
                "name": row.name,
                **{
                    language.value: say_briefly(error, language)
                    for language in Language
                },
            }
        )


def _look_again(here: Here, *, offline: bool) -> None:
    if not offline:
        run(
            here.folder,
            judge=cases.get_judge(),
            clock=timezone.now,
            key=cases.find_key_path(),
            net=settings.NET,
        )
    cases.assess(here)
