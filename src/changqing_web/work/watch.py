"""The job that looks at a case's services once, as watching does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from huey import crontab

from changqing.errors import ChangqingError
from changqing.jsondata import JsonObject
from changqing.notices.outbox import Outbox
from changqing.text import Text
from changqing.watch.settings import SETTINGS_FILE, load_settings
from changqing_web import cases, jobs
from changqing_web.index import catalogue
from changqing_web.jobs import huey, work
from changqing_web.models import CaseRow, Job, Role
from changqing_web.walls import Here, find_cases_folder
from changqing_web.work.desk import make_desk

WATCH: Final = "watch"
_SLACK: Final = timedelta(minutes=10)  # a round may come so much early


@huey.periodic_task(crontab(minute="*/5"))  # type: ignore[untyped-decorator]
def begin_rounds() -> None:
    """Begin, every five minutes, the rounds of watching that are due."""
    begin_due_rounds(timezone.now())


def begin_due_rounds(now: datetime) -> list[Job]:
    """Begin a round at each case that was set to be looked at and is due, one a case.

    A round counts from when it was asked for, also one that failed or that a person
    asked for: a site that is down is not looked at every five minutes.
    """
    jobs_begun = []
    rows = CaseRow.objects.filter(archived=False).select_related("workspace")
    for row in rows.iterator():
        folder = find_cases_folder(row.workspace) / row.folder
        if not (folder / "watch" / SETTINGS_FILE).is_file():
            continue
        try:
            own = load_settings(folder)
        except ChangqingError:
            continue  # the page of the case says what is wrong
        hours = own.every_hours
        if own.observers.names:
            continue  # these look by themselves, and the server is none of them
        if hours is None or not _is_due(row, timedelta(hours=hours), now):
            continue
        here = Here(
            user=AnonymousUser(), workspace=row.workspace, role=Role.EDITOR, case=row
        )
        jobs_begun.append(jobs.begin_job(here, WATCH))
    return jobs_begun


def _is_due(row: CaseRow, every: timedelta, now: datetime) -> bool:
    rounds = Job.objects.filter(
        workspace=row.workspace, case=row.folder, kind=WATCH
    ).order_by("-pk")
    last = rounds.first()
    return last is None or (
        not last.under_way and now - last.asked_at >= every - _SLACK
    )


@work(WATCH)
def watch_case(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Look, take account of what lapsed or is over, and judge again."""
    from changqing.watch.watch import EVERY, Round, watch

    here = make_desk(job)
    hours = load_settings(here.folder).every_hours
    tell(Text("正在看各项服务", "Looking at the services"))
    how = Round(
        catalogue=catalogue(),
        clock=timezone.now,
        key=cases.find_key_path(),
        net=settings.NET,
        hand=Outbox(find_cases_folder(here.workspace)).add,
        every=EVERY if hours is None else timedelta(hours=hours),
        person=lambda case: here.row.board.owner or case.name,
    )
    for standing in watch([here.folder], how):
        if standing.problem is not None:
            raise standing.problem
    cases.assess(here)
    opened = len(standing.opened)
    closed = len(standing.closed)
    return {
        "said": {
            "zh": f"新的异常{opened}处，恢复{closed}处。",
            "en": f"{opened} new incidents, {closed} over.",
        }
    }
