"""The job that looks at a case's services once, as watching does."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.utils import timezone

from changqing.notices.outbox import Outbox
from changqing.text import Text
from changqing_web import cases
from changqing_web.index import catalogue
from changqing_web.jobs import work
from changqing_web.models import Job
from changqing_web.walls import cases_of
from changqing_web.work.desk import desk_of


@work("watch")
def watch(job: Job, tell: Callable[[Text], None]) -> dict[str, object]:
    """Look, take account of what lapsed or is over, and judge again."""
    from changqing.watch.watch import Round, watch

    here = desk_of(job)
    tell(Text("正在看各项服务", "Looking at the services"))
    how = Round(
        catalogue=catalogue(),
        clock=timezone.now,
        key=cases.key_path(),
        net=settings.NET,
        hand=Outbox(cases_of(here.workspace)).add,
    )
    for standing in watch([here.folder], how):
        if standing.problem is not None:
            raise standing.problem
    cases.assess(here)
    opened = len(standing.opened)
    closed = len(standing.closed)
    return {
        "said": {
            "zh": f"新的中断{opened}处，恢复{closed}处。",
            "en": f"{opened} new lapses, {closed} over.",
        }
    }
