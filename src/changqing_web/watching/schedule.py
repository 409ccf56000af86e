"""How often a case is looked at by itself: set for one, or for many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from changqing.jsondata import JsonObject
from changqing.text import Text
from changqing.watch.settings import load_settings, set_interval
from changqing_web.jobs import work
from changqing_web.models import Job
from changqing_web.record import add_case_event_for
from changqing_web.walls import Here
from changqing_web.work.set_many import set_for_each

SET_SCHEDULES: Final = "set_watch_schedules"
INTERVALS: Final[tuple[tuple[str, Text], ...]] = (
    ("", Text("不定时，只在点“现在看一轮”时看", "only when somebody asks for a round")),
    ("2", Text("每2小时看一轮", "a round every two hours")),
    ("6", Text("每6小时看一轮", "a round every six hours")),
    ("24", Text("每天看一轮", "a round every day")),
    ("168", Text("每周看一轮", "a round every week")),
)
"""How often it can be looked at, by what the form sends: hours, or nothing."""


def say_schedule(every: str) -> Text:
    """Say how often, one of `INTERVALS`, as the record of the case has it."""
    name = dict(INTERVALS)[every]
    return Text(f"监测：{name.zh}", f"Watching: {name.en}")


def write_schedule(here: Here, every: str, *, by: str | None = None) -> bool:
    """Set how often a case is looked at and record who did; False where it stood so.

    `every` is one of `INTERVALS`. Raises CaseError where the settings of the case
    cannot be read or written.
    """
    hours = int(every) if every else None
    if load_settings(here.folder).every_hours == hours:
        return False
    set_interval(here.folder, hours)
    add_case_event_for(by or here.name, here, "watch", say_schedule(every))
    return True


@work(SET_SCHEDULES)
def set_schedules(job: Job, tell: Callable[[Text], None]) -> JsonObject:
    """Set how often many cases are looked at."""
    every = str(job.given["every"])

    def set_one(here: Here) -> bool:
        return write_schedule(here, every, by=job.asked_by)

    return set_for_each(job, tell, set_one)


def find_last_schedules(here: Here) -> Job | None:
    """Find the last time it was set for many, in this workspace."""
    return here.workspace.jobs.filter(kind=SET_SCHEDULES).order_by("-pk").first()
